// npm run bench: the project's own benchmark; options are handed on.
import { existsSync } from "node:fs";
import { bundleServer } from "./lib/bundle.mjs";
import { VENV_PYTHON, at } from "./lib/project.mjs";
import { Refusal, main, run } from "./lib/run.mjs";
import { needDevelopment } from "./lib/setup.mjs";

await main(async (options) => {
  const bench = at("tests", "bench", "bench.py");
  if (!existsSync(bench)) throw new Refusal("tests/bench/bench.py is not there.");
  await needDevelopment();
  await bundleServer(); // what is measured is what is shipped
  const env = { ...process.env, PYTHONPATH: at("server") };
  return (await run(VENV_PYTHON, [bench, ...options], { env })).code;
});
