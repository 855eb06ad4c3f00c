// npm test: sets up what is missing and runs every check and test; the last line counts the steps.
// `npm test -- NAME…` runs only the steps whose names contain one of the words.
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tryBare } from "./lib/bare.mjs";
import { buildClientTests, packageVsix } from "./lib/bundle.mjs";
import { at, vsixPath } from "./lib/project.mjs";
import { Refusal, main, say } from "./lib/run.mjs";
import { needBrowser, needCodeServer, needDevelopment, needModules } from "./lib/setup.mjs";
import { STATIC_STEPS, node, python, runSteps } from "./lib/steps.mjs";

const tests = async (files) => node(["--test", "--test-reporter=spec", "--test-concurrency=1", ...files]);

async function journeys() {
  if (process.platform !== "linux") return say("skipped: the journeys need Linux, on which VS Code runs in a browser.");
  if (!existsSync(vsixPath())) throw new Refusal("there is no .vsix to try: the package step above failed.");
  await needCodeServer();
  await needBrowser();
  const files = readdirSync(at("tests", "vscode")).filter((name) => name.endsWith(".test.mjs"));
  return tests(files.map((name) => at("tests", "vscode", name)));
}

async function bare() {
  const folder = mkdtempSync(join(tmpdir(), "tensight bare "));
  try {
    return await tryBare(vsixPath(), folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const STEPS = [
  ...STATIC_STEPS,
  ["client tests", async () => tests(await buildClientTests())],
  ["pytest", () => python(["-m", "pytest", "-n", "2", "--durations=10"])],
  ["package", async () => void (await packageVsix())],
  ["bare install", bare],
  ["journeys in VS Code", journeys],
];

await main(async (words) => {
  await needModules();
  await needDevelopment();
  const chosen = STEPS.filter(([name]) => words.length === 0 || words.some((word) => name.includes(word)));
  if (chosen.length === 0) throw new Refusal(`no step is called so; there are: ${STEPS.map(([name]) => name).join(", ")}.`);
  return runSteps(chosen);
});
