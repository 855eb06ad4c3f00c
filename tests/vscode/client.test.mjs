// What only the client can get wrong: crashes, trust, no Python. In a real VS Code, since that is what reacts.
import assert from "node:assert/strict";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { CodeServer } from "../../scripts/lib/code-server.mjs";
import { at, vsixPath, which } from "../../scripts/lib/project.mjs";
import { run } from "../../scripts/lib/run.mjs";
import { Editor, openBrowser, until } from "./editor.mjs";

const FILE = "autoencoder.py";
const HINT = "encoded: (1, 64)";
const TRUSTED = { "security.workspace.trust.enabled": true, "security.workspace.trust.startupPrompt": "never" };
let browser, home, workspace, vscode;

before(async () => (browser = await openBrowser()));
after(() => browser?.close());

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "tensight client "));
  workspace = join(home, "my project");
  cpSync(at("tests", "vscode", "workspace"), workspace, { recursive: true });
  vscode = new CodeServer(home);
  await vscode.install(vsixPath());
});

afterEach(() => {
  vscode.stop();
  rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 300 });
});

/** The processes that run this VS Code's Tensight server. */
const servers = () =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
        return words.some((word) => word.startsWith(home) && word.endsWith("main.py")) && words.includes("server");
      } catch {
        return false;
      }
    })
    .map(Number);

async function open(settings) {
  vscode.settings(settings);
  await vscode.start({ keepSettings: true });
  return Editor.open(browser, vscode.url(workspace, FILE));
}

/** Runs the walk; a failure leaves a screenshot. */
async function walk(name, settings, steps) {
  const editor = await open(settings);
  try {
    await steps(editor);
  } catch (error) {
    await editor.screenshot(`failed-${name}`);
    throw error;
  } finally {
    await editor.page.close();
  }
}

test("a crash: the server comes back; crash after crash: the status says so, nothing pops up", { timeout: 240_000 }, () =>
  walk("crash", {}, async (editor) => {
    await editor.line(HINT);
    for (let crash = 1; crash <= 5; crash++) {
      const [pid] = await until("a running server", () => (servers().length === 1 ? servers() : undefined));
      process.kill(pid, "SIGKILL");
      await until("its end", () => !servers().includes(pid));
      if (crash === 1) {
        await until("a new server", () => servers().length === 1);
        await editor.line(HINT);
      }
    }
    await editor.page.waitForTimeout(3000);
    assert.deepEqual(servers(), [], "it stays down");
    assert.match(await editor.status(), /the server keeps crashing/);
    await editor.screenshot("7-crashed");
    assert.deepEqual(await editor.notifications(), []);
    await editor.command("Tensight: Restart Server");
    await until("the server again", () => servers().length === 1);
    assert.equal((await until("shapes", async () => /shape/.test(await editor.status()))) && servers().length, 1);
  }),
);

test("an untrusted workspace: shapes show, and no Python in it is run", { timeout: 180_000 }, () => {
  const bin = join(workspace, ".venv", "bin");
  const mark = join(home, "it was run");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(workspace, ".venv", "pyvenv.cfg"), "home = /usr/bin\nversion = 3.11.2\n");
  for (const name of ["python", "python3"]) {
    writeFileSync(join(bin, name), `#!/bin/sh\ntouch '${mark}'\nexec python3 "$@"\n`);
    chmodSync(join(bin, name), 0o755);
  }
  mkdirSync(join(workspace, ".vscode"));
  const own = { "tensight.interpreter": join(bin, "python"), "tensight.pythonPath": join(bin, "python") };
  writeFileSync(join(workspace, ".vscode", "settings.json"), JSON.stringify(own));
  vscode.env.PATH = `${bin}:${vscode.env.PATH}`;
  return walk("untrusted", TRUSTED, async (editor) => {
    await editor.line(HINT);
    assert.match(await editor.status(), /not trusted/);
    await editor.screenshot("8-untrusted");
    assert.ok(!existsSync(mark), "the workspace's Python was run");
  });
});

const hides = which("unshare") && process.getuid() === 0 && (await run("unshare", ["-m", "true"], { quiet: true })).code === 0;

test("no Python: one notification with a button", { timeout: 180_000, skip: !hides && "needs unshare, as root" }, async () => {
  vscode.hidePythons();
  await walk("no-python", {}, async (editor) => {
    const [text] = await until("a notification", async () => (await editor.notifications()).length > 0 && editor.notifications());
    assert.match(text, /needs Python 3\.10 or newer/);
    assert.match(text, /Choose Interpreter/);
    await editor.screenshot("9-no-python");
    await editor.escape(); // it may be closed without an answer
    await until("its end", async () => (await editor.notifications()).length === 0);
    assert.match(await editor.status(), /no Python 3\.10 or newer found/);
    await editor.command("Tensight: Restart Server");
    await editor.page.waitForTimeout(3000);
    assert.deepEqual(await editor.notifications(), [], "once a session");
  });
});
