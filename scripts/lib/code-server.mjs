// A real VS Code for a browser: code-server with the extension installed, in folders of its own.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HOME } from "./project.mjs";
import { Refusal, must } from "./run.mjs";
import { codeServerEntry, hostEnv, hostNode } from "./setup.mjs";

/** Nothing moves, asks or loads in the background. */
const QUIET = {
  "chat.disableAIFeatures": true,
  "editor.cursorBlinking": "solid",
  "extensions.autoUpdate": false,
  "git.enabled": false,
  "security.workspace.trust.enabled": false,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "workbench.reduceMotion": "on",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
};

export class CodeServer {
  constructor(home) {
    this.home = home;
    this.extensions = join(home, "extensions");
    this.data = join(home, "data");
    this.env = {
      ...hostEnv(),
      HOME: home,
      XDG_CONFIG_HOME: join(home, "config"),
      XDG_DATA_HOME: join(home, "share"),
      XDG_CACHE_HOME: join(home, "cache"),
      EXTENSIONS_GALLERY: "{}",
    };
    for (const name of ["PORT", "PASSWORD", "HASHED_PASSWORD", "VSCODE_IPC_HOOK_CLI"]) delete this.env[name];
  }

  #args(...more) {
    const folders = ["--user-data-dir", this.data, "--extensions-dir", this.extensions, "--config", join(this.home, "config.yaml")];
    return [codeServerEntry(), ...folders, ...more];
  }

  /** Installs the extension, in place of one of the same version. */
  async install(vsix) {
    rmSync(this.extensions, { recursive: true, force: true });
    mkdirSync(this.home, { recursive: true });
    writeFileSync(join(this.home, "config.yaml"), "cert: false\n");
    await must("installing the extension", hostNode(), this.#args("--install-extension", vsix), { env: this.env });
  }

  /** Merges settings into the user's; starting from quiet ones. */
  settings(settings = {}) {
    const folder = join(this.data, "User");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "settings.json"), JSON.stringify({ ...QUIET, ...settings }, null, 2));
  }

  /** For a test: this VS Code finds no Python (a mount namespace of its own hides them; needs root and unshare). */
  hidePythons() {
    const hide = "mount -t tmpfs none $HOME_OF_USER/.pyenv 2>/dev/null; for p in /usr/bin/python3.* /usr/local/bin/python3*; do [ -f $p ] && mount --bind /bin/false $p; done; exec \"$@\"";
    this.wrapper = ["unshare", "-m", "sh", "-c", hide, "sh"];
    this.env = { ...this.env, HOME_OF_USER: HOME, PATH: "/usr/bin:/bin" };
  }

  /** Starts it on a free port of 127.0.0.1; resolves when it listens. */
  async start({ keepSettings = false } = {}) {
    if (!keepSettings || !existsSync(join(this.data, "User", "settings.json"))) this.settings();
    const args = this.#args("--auth", "none", "--bind-addr", "127.0.0.1:0", "--disable-telemetry", "--disable-update-check");
    const [command, ...words] = [...(this.wrapper ?? []), hostNode(), ...args];
    this.process = spawn(command, words, { env: this.env, cwd: this.home, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    this.output = "";
    this.address = await new Promise((done, fail) => {
      const late = setTimeout(() => fail(new Refusal(`VS Code did not start within 60 s: ${this.output.slice(-2000)}`)), 60_000);
      const read = (data) => {
        this.output += data;
        const found = /HTTP server listening on (http:\/\/[\d.:]+)/.exec(this.output);
        if (found) (clearTimeout(late), done(found[1]));
      };
      this.process.stdout.on("data", read);
      this.process.stderr.on("data", read);
      this.process.on("exit", (code) => (clearTimeout(late), fail(new Refusal(`VS Code ended (${code}): ${this.output.slice(-2000)}`))));
    });
  }

  /** The address that opens a folder and, in it, a file. */
  url(folder, file) {
    const host = this.address.replace("http://", "");
    const payload = file ? `&payload=${encodeURIComponent(JSON.stringify([["openFile", `vscode-remote://${host}${join(folder, file)}`]]))}` : "";
    return `${this.address}/?folder=${encodeURIComponent(folder)}${payload}`;
  }

  /** Ends it and what it started: the extension host outlives a closed page. */
  stop() {
    if (!this.process || this.process.exitCode !== null) return;
    this.process.removeAllListeners("exit");
    try {
      process.kill(-this.process.pid, "SIGTERM");
    } catch {
      // already gone
    }
  }
}
