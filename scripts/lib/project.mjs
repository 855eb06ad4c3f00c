// Where things are in the checkout, and small facts about this machine.
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..");
export const SETUP = join(ROOT, ".setup");
export const ARTIFACTS = join(ROOT, ".artifacts");
export const VENV = join(ROOT, ".venv");
export const BUNDLED = join(ROOT, "bundled");
export const WINDOWS = process.platform === "win32";
export const VENV_PYTHON = WINDOWS ? join(VENV, "Scripts", "python.exe") : join(VENV, "bin", "python");
export const HOME = homedir();

export const at = (...parts) => join(ROOT, ...parts);
export const manifest = () => JSON.parse(readFileSync(at("package.json"), "utf8"));
export const vsixPath = () => at("dist", `tensight-${manifest().version}.vsix`);

/** The full path of a program on PATH, or undefined. */
export function which(name) {
  const endings = WINDOWS ? (process.env.PATHEXT ?? ".EXE;.CMD;.BAT").split(";") : [""];
  for (const folder of (process.env.PATH ?? "").split(WINDOWS ? ";" : ":")) {
    for (const ending of endings) {
      const candidate = join(folder, name + ending);
      if (folder && existsSync(candidate)) return candidate;
    }
  }
  return undefined;
}
