// The packaged extension under another Python in which nothing is installed, with an empty environment.
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hintsOf } from "./lsp-probe.mjs";
import { VENV_PYTHON, WINDOWS, at, manifest } from "./project.mjs";
import { secondPython } from "./pythons.mjs";
import { Refusal, must, run, say } from "./run.mjs";

/** Where a .vsix keeps the entry of the server, once unpacked. */
const mainOf = (folder) => join(folder, "extension", "bundled", "main.py");

const CONFIGURED = 'import torch\nimport yaml\ntorch.zeros(yaml.safe_load(open("sizes.yaml"))["input"]) @ torch.zeros(4, 5)\n';

/** Starts the unpacked extension's server as the client does; resolves to the hints of the example. */
export const exampleHints = (python, main, options) =>
  hintsOf(python, ["-X", "utf8", "-I", "-S", main, "server"], at("examples", "mnist.py"), options);

export async function tryBare(vsix, folder) {
  const python = await secondPython();
  if (!python.other) say("this machine has only one Python >= 3.10: the extension is tried under that one.");
  await must("unpacking the .vsix", VENV_PYTHON, ["-m", "zipfile", "-e", vsix, folder]);
  const main = mainOf(folder);
  const cwd = join(folder, "an empty folder");
  mkdirSync(cwd);
  const env = WINDOWS ? { SystemRoot: process.env.SystemRoot } : { HOME: cwd };
  const isolated = ["-I", "-S", main];

  const version = await must("tensight --version", python.path, [...isolated, "--version"], { env, cwd });
  say(`Python 3.${python.minor} (${python.path}): ${version.trim()}`);
  if (!version.includes(manifest().version)) throw new Refusal(`the version should be ${manifest().version}, as in package.json.`);

  const refuses = async (file, message) => {
    const { code, out } = await run(python.path, [...isolated, "check", file], { env, cwd, quiet: true });
    console.log(out);
    if (code !== 1 || !out.includes(message)) throw new Refusal(`tensight check should exit with 1 and say "${message}".`);
  };
  copyFileSync(at("examples", "broken_autoencoder.py"), join(cwd, "broken.py"));
  await refuses("broken.py", "mat1 and mat2 shapes cannot be multiplied (16x64 and 32x128)");
  writeFileSync(join(cwd, "sizes.yaml"), "input: [2, 3]\n");
  writeFileSync(join(cwd, "configured.py"), CONFIGURED); // the bundled reader of YAML
  await refuses("configured.py", "mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)");

  const hints = await exampleHints(python.path, main, { env });
  say(`the server's hints: ${hints.join(" ")}`);
}
