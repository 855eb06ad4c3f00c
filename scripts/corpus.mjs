// npm run corpus: every file of the installed libraries and of the standard library through one analysis each; options
// are handed on: `npm run corpus -- --only timm --resume`. It takes an hour or two; --every 50 takes a sample.
import { VENV_PYTHON, at } from "./lib/project.mjs";
import { main, run } from "./lib/run.mjs";
import { needCorpus } from "./lib/setup.mjs";

await main(async (options) => {
  await needCorpus();
  return (await run(VENV_PYTHON, [at("tests", "corpus", "run.py"), ...options])).code;
});
