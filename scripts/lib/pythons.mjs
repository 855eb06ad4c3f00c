// Which Pythons this machine has.
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { HOME, VENV_PYTHON, WINDOWS, which } from "./project.mjs";
import { Refusal, run } from "./run.mjs";

const PROBE = "import sys, json; print(json.dumps([sys.version_info[:2], sys.base_prefix, sys.executable]))";

/** {minor, prefix, path} of a Python 3, or undefined when it does not run (a stub, a shim of something not installed). */
async function probe(path) {
  const { code, out } = await run(path, ["-I", "-c", PROBE], { quiet: true, seconds: 20 });
  try {
    const [[major, minor], prefix, executable] = JSON.parse(code === 0 ? out : "");
    return major === 3 ? { minor, prefix, path: executable } : undefined;
  } catch {
    return undefined;
  }
}

function* candidates() {
  const names = ["python3", "python", ...[13, 12, 11, 14, 10].map((minor) => `python3.${minor}`)];
  for (const name of names) {
    const path = which(name);
    if (path) yield path;
  }
  for (const folder of [join(HOME, ".pyenv", "versions"), join(HOME, ".local", "share", "uv", "python")]) {
    if (!existsSync(folder)) continue;
    for (const version of readdirSync(folder).sort()) {
      const path = join(folder, version, ...(WINDOWS ? ["python.exe"] : ["bin", "python3"]));
      if (existsSync(path)) yield path;
    }
  }
  if (existsSync("/usr/bin/python3")) yield "/usr/bin/python3";
}

/** Every Python >= 3.10 found, in order of preference, one per installation. */
async function all() {
  const found = new Map();
  for (const path of candidates()) {
    const python = await probe(path);
    if (python && python.minor >= 10 && !found.has(python.prefix)) found.set(python.prefix, python);
  }
  return [...found.values()];
}

/** The Python from which .venv is made: `python3` if the pinned PyTorch has a build for it (3.10 to 3.14). */
export async function pythonForVenv() {
  const pythons = await all();
  const python = pythons.find(({ minor }) => minor <= 14);
  if (!python) throw new Refusal("Python 3.10 to 3.14 is needed and was not found on PATH: install it and run this again.");
  return python.path;
}

/** A Python of another installation than .venv's (3.10 if there is one), else .venv's own base: {other, minor, path}. */
export async function secondPython() {
  const own = await probe(VENV_PYTHON);
  const pythons = await all();
  const others = pythons.filter(({ prefix }) => realpathSync(prefix) !== realpathSync(own.prefix));
  others.sort((a, b) => a.minor - b.minor);
  return others[0] ? { ...others[0], other: true } : { ...pythons[0], other: false };
}
