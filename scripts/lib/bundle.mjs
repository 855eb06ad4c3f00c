// What goes into the extension: the client in one file, the server with its libraries, and the .vsix of both.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { BUNDLED, VENV_PYTHON, at, manifest, vsixPath } from "./project.mjs";
import { Refusal, must, say } from "./run.mjs";
import { needModules, needVenv } from "./setup.mjs";
import { once } from "./stamps.mjs";

export const bundledMain = () => join(BUNDLED, "main.py");

async function esbuild(options) {
  const { build } = await import(pathToFileURL(at("node_modules", "esbuild", "lib", "main.js")).href);
  await build({ bundle: true, platform: "node", target: "node20", format: "cjs", external: ["vscode"], logLevel: "warning", ...options });
}

export const buildClient = () =>
  esbuild({ entryPoints: [at("client", "src", "extension.ts")], outfile: at("client", "dist", "extension.js"), minify: true });

/** The client's unit tests, compiled to plain JavaScript; resolves to the folder. */
export async function buildClientTests() {
  const outdir = join(at(".setup"), "client-test");
  rmSync(outdir, { recursive: true, force: true });
  const tests = readdirSync(at("client", "test")).filter((name) => name.endsWith(".test.ts"));
  await esbuild({ entryPoints: tests.map((name) => at("client", "test", name)), outdir });
  return tests.map((name) => join(outdir, name.replace(/\.ts$/, ".js")));
}

const pins = (path) =>
  new Map([...readFileSync(path, "utf8").matchAll(/^([\w-]+)==([^\s;]+)/gm)].map(([, name, version]) => [name.toLowerCase(), version]));

const PURE = at("server", "requirements.txt");
const STRIPPED = at("server", "requirements-stripped.txt");

/** What is tested must be what is shipped. */
function checkPins() {
  const tested = pins(at("requirements-dev.txt"));
  for (const lock of [PURE, STRIPPED]) {
    for (const [name, version] of pins(lock)) {
      if (tested.has(name) && tested.get(name) !== version) {
        throw new Refusal(`${name} is ${tested.get(name)} in requirements-dev.txt, but ${version} in ${lock}.`);
      }
    }
  }
}

const compiledIn = (libs) =>
  readdirSync(libs, { recursive: true })
    .map(String)
    .filter((name) => /\.(so|pyd|dll|dylib|pth)$/.test(name));

function checkPure(libs) {
  const native = compiledIn(libs);
  if (native.length > 0) throw new Refusal(`bundled/libs must be pure Python and free of .pth files, but has ${native.join(", ")}.`);
}

const PURE_WHEELS = ["--platform", "any", "--implementation", "py", "--abi", "none"];
const WHEELS_TO_STRIP = ["--platform", "manylinux2014_x86_64", "--implementation", "cp", "--abi", "cp310"];

/** bundled/libs: exactly the locked wheels, whatever Python runs pip, and of them what is Python. */
async function bundleLibs() {
  const libs = join(BUNDLED, "libs");
  checkPins();
  await once("libs", [PURE, STRIPPED], libs, async () => {
    say("bundling the server's libraries…");
    rmSync(libs, { recursive: true, force: true });
    const how = ["--only-binary", ":all:", "--python-version", "3.10", "--no-deps", "--require-hashes", "--no-compile"];
    const install = (wheels, lock) =>
      must(`bundling ${lock}`, VENV_PYTHON, ["-m", "pip", "install", "-t", libs, "--disable-pip-version-check", "--quiet", ...how, ...wheels, "-r", lock]);
    await install(PURE_WHEELS, PURE);
    checkPure(libs);
    await install(WHEELS_TO_STRIP, STRIPPED);
    for (const name of compiledIn(libs)) rmSync(join(libs, name));
    for (const name of ["bin", "_yaml"]) rmSync(join(libs, name), { recursive: true, force: true }); // nothing imports them
  });
  checkPure(libs);
}

const isCode = (path) => !/(__pycache__|\.pyc)$/.test(path);

/** bundled/: main.py, libs/ and server/tensight, from which the packaged extension runs. */
export async function bundleServer() {
  await needVenv();
  await bundleLibs();
  rmSync(join(BUNDLED, "server"), { recursive: true, force: true });
  cpSync(at("server", "tensight"), join(BUNDLED, "server", "tensight"), { recursive: true, filter: isCode });
  cpSync(at("server", "main.py"), bundledMain());
}

/** The files of the extension and nothing else, in a folder of their own: vsce would read all of the checkout. */
function stage() {
  const folder = at(".setup", "extension");
  rmSync(folder, { recursive: true, force: true });
  const { scripts: _scripts, devDependencies: _tools, ...shipped } = manifest();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify(shipped, null, 2));
  for (const name of ["README.md", "CHANGELOG.md", "LICENSE", "docs/images", "client/dist/extension.js", "bundled"]) {
    if (existsSync(at(name))) cpSync(at(name), join(folder, name), { recursive: true, filter: isCode });
  }
  return folder;
}

/** Builds all of it and packs dist/tensight-VERSION.vsix; resolves to its path. */
export async function packageVsix() {
  await needModules();
  await buildClient();
  await bundleServer();
  const vsix = vsixPath();
  rmSync(vsix, { force: true });
  mkdirSync(dirname(vsix), { recursive: true });
  const vsce = at("node_modules", "@vscode", "vsce", "vsce");
  // The search for secrets takes minutes, and only what stage() names is there to be searched.
  const unsearched = ["--allow-package-all-secrets", "--allow-package-env-file"];
  const flags = ["--no-dependencies", "--allow-missing-repository", "--no-rewrite-relative-links", ...unsearched, "--out", vsix];
  await must("vsce package", process.execPath, [vsce, "package", ...flags], { cwd: stage() });
  if (!existsSync(vsix)) throw new Refusal(`vsce wrote no ${vsix}.`);
  return vsix;
}
