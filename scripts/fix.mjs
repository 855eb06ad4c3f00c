// npm run fix: formats the Python sources, repairs what the linter can repair, writes the generated pages.
import { at } from "./lib/project.mjs";
import { main } from "./lib/run.mjs";
import { needDevelopment } from "./lib/setup.mjs";
import { fixSources, node } from "./lib/steps.mjs";

await main(async () => {
  await needDevelopment();
  return Math.max(await fixSources(), await node([at("scripts", "docs.mjs")]));
});
