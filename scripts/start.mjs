// npm start: sets everything up, installs the extension into VS Code and opens the examples.
// npm start -- --no-open: the same without opening; ends after the server has answered.
import { join } from "node:path";
import { exampleHints } from "./lib/bare.mjs";
import { bundledMain, packageVsix } from "./lib/bundle.mjs";
import { CodeServer } from "./lib/code-server.mjs";
import { SETUP, VENV_PYTHON, at, which } from "./lib/project.mjs";
import { Refusal, main, must, say } from "./lib/run.mjs";
import { needCodeServer } from "./lib/setup.mjs";

const EXAMPLE = "mnist.py";

async function checkServer() {
  const hints = await exampleHints(VENV_PYTHON, bundledMain()).catch((error) => {
    throw new Refusal(`the server does not answer: ${error.message}`);
  });
  say(`the server answers; examples/${EXAMPLE} shows ${hints.slice(0, 3).join(" ")} …`);
}

/** The desktop's `code`, which does not run as root (inside a VS Code terminal it only talks to one that runs). */
function desktopCode() {
  const root = process.platform === "linux" && process.getuid() === 0 && !process.env.VSCODE_IPC_HOOK_CLI;
  return root ? undefined : which("code");
}

async function desktop(code, vsix, open) {
  await must("installing the extension", code, ["--install-extension", vsix, "--force"]);
  say("installed into VS Code.");
  if (open) await must("opening VS Code", code, [at("examples"), "--goto", at("examples", EXAMPLE)]);
}

async function browser(vsix, open) {
  await needCodeServer();
  const vscode = new CodeServer(join(SETUP, "vscode-home"));
  await vscode.install(vsix);
  say("installed into VS Code for the browser.");
  const ended = new Promise((done) => ["SIGINT", "SIGTERM", "SIGHUP"].forEach((signal) => process.on(signal, done)));
  await vscode.start({ keepSettings: true });
  try {
    if (!open) return say(`VS Code starts (${vscode.address}).`);
    say(`VS Code with examples/${EXAMPLE} (only programs on this machine reach it; Ctrl+C ends it):\n\n    ${vscode.url(at("examples"), EXAMPLE)}\n`);
    await ended;
  } finally {
    vscode.stop();
  }
}

await main(async (options) => {
  const unknown = options.filter((option) => option !== "--no-open");
  if (unknown.length > 0) throw new Refusal(`npm start knows only the option --no-open, not ${unknown.join(" ")}.`);
  const open = options.length === 0;
  const vsix = await packageVsix();
  await checkServer();
  const code = desktopCode();
  if (!code && process.platform !== "linux") {
    throw new Refusal("VS Code's command `code` is not on PATH (in VS Code: Shell Command: Install 'code' command in PATH).");
  }
  await (code ? desktop(code, vsix, open) : browser(vsix, open));
});
