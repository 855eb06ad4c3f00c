// A stamp says for which inputs a set-up step was done, so that the next run skips it.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SETUP } from "./project.mjs";

/** One hash over files and folders (by content) and over plain words (what is not a path). */
export function hashOf(inputs) {
  const hash = createHash("sha256");
  const add = (path) => {
    if (!existsSync(path)) hash.update(`word ${path}\n`);
    else if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) {
        if (name !== "__pycache__" && name !== "node_modules") add(join(path, name));
      }
    } else hash.update(`file ${path}\n`).update(readFileSync(path));
  };
  inputs.forEach(add);
  return hash.digest("hex");
}

const file = (name) => join(SETUP, "stamps", name);

/** Does the step unless its stamp shows that it was done for the same inputs and `result` is still there. */
export async function once(name, inputs, result, step) {
  const hash = hashOf(inputs);
  if (existsSync(result) && existsSync(file(name)) && readFileSync(file(name), "utf8") === hash) return false;
  rmSync(file(name), { force: true });
  await step();
  mkdirSync(join(SETUP, "stamps"), { recursive: true });
  writeFileSync(file(name), hash);
  return true;
}
