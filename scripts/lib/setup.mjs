// Everything that a verb needs and that is not in the checkout. Each step is skipped when its stamp fits.
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { SETUP, VENV, VENV_PYTHON, at, which } from "./project.mjs";
import { pythonForVenv } from "./pythons.mjs";
import { Refusal, must, npm, run, say } from "./run.mjs";
import { once } from "./stamps.mjs";

export function needNode() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 20) throw new Refusal(`Node 20 or newer is needed; this is ${process.versions.node}.`);
}

/** node_modules, exactly as locked; no package runs a script of its own. */
export async function needModules() {
  needNode();
  await once("modules", [at("package-lock.json")], at("node_modules", ".package-lock.json"), async () => {
    say("installing the Node packages…");
    await npm(["ci", "--ignore-scripts"]);
  });
}

async function makeVenv() {
  const python = await pythonForVenv();
  const make = () => {
    rmSync(VENV, { recursive: true, force: true });
    return run(python, ["-m", "venv", VENV], { quiet: true });
  };
  let made = await make();
  if (made.code !== 0 && which("apt-get") && python.startsWith("/usr/bin/")) {
    await needDebian({ "python3-venv": () => false }); // Debian splits it off
    made = await make();
  }
  if (made.code === 0) return;
  console.error(made.out.slice(-3000));
  throw new Refusal(`${python} cannot make a virtual environment; its output is above.`);
}

const pip = (what, args) => must(what, VENV_PYTHON, ["-m", "pip", "install", "--disable-pip-version-check", "--quiet", ...args]);

/** A virtual environment with nothing in it but pip: enough to bundle. */
export async function needVenv() {
  if (existsSync(VENV_PYTHON) && (await run(VENV_PYTHON, ["-m", "pip", "--version"], { quiet: true })).code === 0) return;
  say("making the Python environment .venv…");
  await makeVenv();
}

/** .venv with the pinned tools and PyTorch, and the libraries that are only read as sources. */
export async function needDevelopment() {
  await needVenv();
  const lists = [at("requirements-dev.txt"), at("requirements-sources.txt")];
  await once("venv", lists, VENV_PYTHON, async () => {
    say("installing the Python packages (PyTorch among them: a few minutes)…");
    await pip("installing requirements-dev.txt", ["-r", lists[0]]);
    await pip("installing requirements-sources.txt", ["--no-deps", "-r", lists[1]]);
  });
}

/** The same with the libraries that only `npm run corpus` reads. */
export async function needCorpus() {
  await needDevelopment();
  const list = at("requirements-corpus.txt");
  await once("corpus", [list, at("requirements-dev.txt")], VENV_PYTHON, async () => {
    say("installing the libraries of the corpus…");
    await pip("installing requirements-corpus.txt", ["--no-deps", "-r", list]);
  });
}

// -- VS Code in a browser ---------------------------------------------------------------------------------------

const CODE_SERVER = "4.139.1";
const NODE_24 = "24.21.0";
const HOST = join(SETUP, "vscode");
const HOST_NODE_PACKAGE = join(HOST, "node_modules", `node-linux-${process.arch}`);

export const hostNode = () => join(HOST_NODE_PACKAGE, "bin", "node");
export const codeServerEntry = () => join(HOST, "node_modules", "code-server", "out", "node", "entry.js");
/** The environment in which Node 24 and its headers come first. */
export const hostEnv = () => ({
  ...process.env,
  PATH: `${dirname(hostNode())}:${process.env.PATH}`,
  npm_config_nodedir: HOST_NODE_PACKAGE,
  npm_config_engine_strict: "false",
});

/** Debian packages: installed when this user may, otherwise one sentence says which are missing. */
async function needDebian(wanted) {
  const missing = Object.entries(wanted).filter(([, there]) => !there()).map(([name]) => name);
  if (missing.length === 0) return;
  const sentence = `the Debian packages ${missing.join(", ")} are needed`;
  if (!which("apt-get")) throw new Refusal(`${sentence}, or what they are called on this system: install them and run this again.`);
  if (process.getuid() !== 0) throw new Refusal(`${sentence}: run "sudo apt-get install ${missing.join(" ")}" and run this again.`);
  say(`installing ${missing.join(", ")}…`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await must("apt-get update", "apt-get", ["update"], { env });
  await must("apt-get install", "apt-get", ["install", "-y", "--no-install-recommends", ...missing], { env });
}

/** Debian's browser, for the journeys. */
export const CHROMIUM = () => which("chromium") ?? which("chromium-browser") ?? which("google-chrome");
export const needBrowser = () =>
  needDebian({ chromium: () => CHROMIUM(), "fonts-dejavu-core": () => existsSync("/usr/share/fonts/truetype/dejavu") || !which("apt-get") });

/** code-server (a real VS Code), with the Node that it wants, in .setup/vscode. */
export async function needCodeServer() {
  if (process.platform !== "linux") throw new Refusal("VS Code in a browser is set up on Linux only.");
  await needDebian({ "build-essential": () => which("g++") && which("make") });
  await once("vscode", [CODE_SERVER, NODE_24, process.arch], codeServerEntry(), async () => {
    say("installing VS Code for the browser (half a minute to two)…");
    rmSync(HOST, { recursive: true, force: true }); // a failed install must not be built upon
    mkdirSync(HOST, { recursive: true });
    const packages = [`code-server@${CODE_SERVER}`, `node-linux-${process.arch}@${NODE_24}`];
    await npm(["install", "--ignore-scripts", "--no-package-lock", "--prefix", HOST, ...packages], { cwd: HOST });
    const inner = { cwd: join(HOST, "node_modules", "code-server", "lib", "vscode"), env: hostEnv(), node: hostNode() };
    await npm(["install", "--omit=dev", "--ignore-scripts", "--no-package-lock"], inner);
    await npm(["rebuild", "@vscode/spdlog", "@vscode/native-watchdog"], inner);
  });
}
