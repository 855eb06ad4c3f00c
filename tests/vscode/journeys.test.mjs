// The ways of a person through Tensight in a real VS Code. The screenshots are kept in .artifacts/screenshots.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CodeServer } from "../../scripts/lib/code-server.mjs";
import { at, vsixPath } from "../../scripts/lib/project.mjs";
import { Editor, openBrowser, until } from "./editor.mjs";

const MESSAGE = "mat1 and mat2 shapes cannot be multiplied (1x64 and 32x128)";
const home = mkdtempSync(join(tmpdir(), "tensight journey ")); // a blank in every path
const workspace = join(home, "my project");
const vscode = new CodeServer(home);
let browser;

before(async () => {
  cpSync(at("tests", "vscode", "workspace"), workspace, { recursive: true });
  cpSync(at("examples", "mnist.py"), join(workspace, "mnist.py"));
  await vscode.install(vsixPath());
  await vscode.start();
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  vscode.stop();
  rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 300 });
});

/** Opens a fresh copy of a file and hands over the editor; a failure leaves a screenshot. */
async function journey(name, file, walk) {
  cpSync(file === "mnist.py" ? at("examples", file) : at("tests", "vscode", "workspace", file), join(workspace, file));
  const editor = await Editor.open(browser, vscode.url(workspace, file));
  try {
    await walk(editor);
    assert.deepEqual(await editor.notifications(), [], "nothing pops up");
  } catch (error) {
    await editor.screenshot(`failed-${name}`);
    throw error;
  } finally {
    await editor.page.close();
  }
}

test("open a file: hints, hover and squiggle", { timeout: 180_000 }, () =>
  journey("open", "autoencoder.py", async (editor) => {
    await editor.line("encoded: (1, 64) = self.encoder(x)");
    await until("a squiggle", editor.squiggles);
    await editor.screenshot("1-hints-and-squiggle");
    const hover = await editor.hover("encoded", "(1, 64)");
    assert.match(hover, /float32/);
    await editor.screenshot("2-hover");
    await editor.escape();
    await editor.hover("self.decoder(encoded)", MESSAGE);
    await editor.screenshot("3-hover-on-the-squiggle");
  }),
);

test("apply the preferred fix: the file changes and the squiggle goes", { timeout: 180_000 }, () =>
  journey("fix", "autoencoder.py", async (editor) => {
    await editor.line("nn.Linear(32, 128)");
    await until("a squiggle", editor.squiggles);
    await editor.click("self.decoder(encoded)");
    const rows = await editor.fixes("64");
    await editor.screenshot("4-quick-fixes");
    await rows.first().click();
    await editor.line("nn.Linear(64, 128), # Input is 32");
    await until("no squiggle", async () => (await editor.squiggles()) === 0);
    await editor.line("decoded: (1, 784) = self.decoder(encoded)");
    await editor.screenshot("5-fixed");
  }),
);

test("break the syntax while typing: the other hints stay", { timeout: 180_000 }, () =>
  journey("break", "mnist.py", async (editor) => {
    const hints = ["forward(self, x: (B, 1, H, W) e.g. 28 × 28)", "x: (B, 32, H-2, W-2) = F.relu(self.conv1(x))", "x: (B, 10) = self.fc2(x)"];
    for (const hint of hints) await editor.line(hint);
    await editor.click("self.fc2(x)", 0.9);
    await editor.page.keyboard.press("End");
    await editor.page.keyboard.type("\ny = self.");
    for (let look = 0; look < 20; look++) {
      const lines = await editor.lines();
      for (const hint of hints) assert.ok(lines.some((line) => line.includes(hint)), `${hint} has gone`);
      await editor.page.waitForTimeout(100);
    }
    await editor.escape(); // the suggestions
    assert.ok((await editor.squiggles()) <= 1, "at most the broken place itself is marked");
    await editor.screenshot("6-broken-syntax");
  }),
);
