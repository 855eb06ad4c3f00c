// npm run bench: the project's own benchmark; options are handed on.
import { existsSync } from "node:fs";
import { VENV_PYTHON, at } from "./lib/project.mjs";
import { Refusal, main, run } from "./lib/run.mjs";
import { needDevelopment } from "./lib/setup.mjs";

await main(async (options) => {
  const bench = at("tests", "bench", "bench.py");
  if (!existsSync(bench)) throw new Refusal("tests/bench/bench.py is not there.");
  await needDevelopment();
  const env = { ...process.env, PYTHONPATH: at("server") };
  delete env.PYTHONDONTWRITEBYTECODE; // the extension starts from compiled modules, too
  return (await run(VENV_PYTHON, [bench, ...options], { env })).code;
});
