// A run of many checks: all of them run, each is timed, a table at the end says which failed.
import { Refusal, run } from "./run.mjs";
import { VENV_PYTHON, VENV, WINDOWS, at } from "./project.mjs";
import { join } from "node:path";

const tool = (name) => (WINDOWS ? join(VENV, "Scripts", `${name}.exe`) : join(VENV, "bin", name));

const KEPT = 4_000; // characters of a failed step's last output that the end of the run repeats

/** What the running step printed last. */
let last = "";
const heard = (text) => (last = (last + text).slice(-KEPT));

/** A step is [name, () => Promise<exit code | undefined>]. What failed is the last thing printed: a log may be cut. */
export async function runSteps(steps) {
  const results = [];
  for (const [name, step] of steps) {
    console.log(`\n=== ${name}`);
    const start = performance.now();
    last = "";
    let code = 1;
    try {
      code = (await step()) ?? 0;
    } catch (error) {
      const told = error instanceof Refusal ? `tensight: ${error.message}` : error.stack;
      console.error(told);
      heard(`${told}\n`);
    }
    results.push({ name, ok: code === 0, seconds: (performance.now() - start) / 1000, end: last });
  }
  const width = Math.max(...results.map(({ name }) => name.length));
  console.log("\n=== summary");
  for (const { name, ok, seconds } of results) {
    console.log(`${ok ? "ok    " : "FAILED"}  ${name.padEnd(width)}  ${seconds.toFixed(1).padStart(7)} s`);
  }
  const failed = results.filter(({ ok }) => !ok);
  for (const { name, end } of failed) console.log(`\n=== the end of ${name}, which failed\n${end.trimEnd()}`);
  console.log(`\n${results.length - failed.length} passed, ${failed.length} failed`);
  return failed.length === 0 ? 0 : 1;
}

const code = async (command, args, options) => (await run(command, args, { heard, ...options })).code;

export const python = (args, options) => code(VENV_PYTHON, args, options);
export const node = (args, options) => code(process.execPath, args, options);
const PYTHON_FOLDERS = ["."]; // what .gitignore and pyproject.toml do not exclude

/** What looks at the sources without running them: seconds, not minutes. */
export const STATIC_STEPS = [
  ["ruff check", () => code(tool("ruff"), ["check", ...PYTHON_FOLDERS])],
  ["ruff format", () => code(tool("ruff"), ["format", "--check", ...PYTHON_FOLDERS])],
  ["mypy", () => code(tool("mypy"), [])],
  ["import contracts", () => code(tool("lint-imports"), [], { env: { ...process.env, PYTHONPATH: at("server") } })],
  ["tsc", () => node([at("node_modules", "typescript", "bin", "tsc"), "--noEmit", "-p", at()])],
  ["generated docs", () => node([at("scripts", "docs.mjs"), "--check"])],
];

export const fixSources = async () =>
  Math.max(await code(tool("ruff"), ["check", "--fix", ...PYTHON_FOLDERS]), await code(tool("ruff"), ["format", ...PYTHON_FOLDERS]));
