// npm run check: what looks at the sources without running them.
import { main } from "./lib/run.mjs";
import { needDevelopment, needModules } from "./lib/setup.mjs";
import { STATIC_STEPS, runSteps } from "./lib/steps.mjs";

await main(async () => {
  await needModules();
  await needDevelopment();
  return runSteps(STATIC_STEPS);
});
