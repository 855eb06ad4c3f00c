// npm run score: compares what Tensight says with what real PyTorch computed (recorded in ../shared/truth, or in
// TENSIGHT_TRUTH). Options are score.py's: `npm run score -- --corpus seeds`.
import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { bundleServer, bundledMain } from "./lib/bundle.mjs";
import { ARTIFACTS, ROOT, VENV_PYTHON } from "./lib/project.mjs";
import { Refusal, main, run } from "./lib/run.mjs";
import { needDevelopment } from "./lib/setup.mjs";

const USUAL = ["seeds", "bugs", "twins"].flatMap((name) => ["--corpus", name]);

await main(async (options) => {
  const truth = resolve(ROOT, process.env.TENSIGHT_TRUTH ?? join("..", "shared", "truth"));
  if (!existsSync(join(truth, "score.py"))) throw new Refusal(`the recorded truth is not in ${truth}: say where it is in TENSIGHT_TRUTH.`);
  await needDevelopment();
  await bundleServer();
  mkdirSync(ARTIFACTS, { recursive: true });
  const tensight = [VENV_PYTHON, "-I", "-S", bundledMain()];
  const adapter = [VENV_PYTHON, join(truth, "tensight_adapter.py"), ...tensight];
  const chosen = options.length > 0 ? options : USUAL;
  const score = [join(truth, "score.py"), "--server", "-o", join(ARTIFACTS, "score.json"), ...chosen, "--", ...adapter];
  return (await run(VENV_PYTHON, score)).code;
});
