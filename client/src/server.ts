// Starts, stops and restarts the server; restarts never overlap, and what is asked for meanwhile is done once.
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { env, Uri, window, workspace, type Disposable, type ExtensionContext } from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  MessageType,
  RevealOutputChannelOn,
  ShowMessageNotification,
  State,
  type LanguageClientOptions,
  type ServerOptions,
} from "vscode-languageclient/node";
import { reasonOf, type Log } from "./logger";
import type { Found, PythonFinder } from "./python";
import { enabled, serverOptions, type Pythons } from "./settings";
import type { Status, StatusItem } from "./status";

const LEARN_MORE = "https://www.python.org/downloads/";
const CRASHES_ALLOWED = 4;
const CRASH_WINDOW_MS = 3 * 60_000;

/** Says in the log what the library would pop up: nothing may come between the user and the next key. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

export class Server implements Disposable {
  private client: LanguageClient | undefined;
  private pythons: Pythons | undefined;
  private working: Promise<void> | undefined;
  private again = false;
  private crashes: number[] = [];
  private refused = false;
  private disposed = false;

  constructor(
    private readonly context: ExtensionContext,
    private readonly finder: PythonFinder,
    private readonly status: StatusItem,
    private readonly log: Log,
  ) {}

  /** Looks for the Pythons again and starts the server anew. */
  restart(reason: string): Promise<void> {
    this.log.info(`restart: ${reason}`);
    this.crashes = [];
    return this.queue();
  }

  /** Restarts only if the choice of Pythons has changed. */
  async pythonsMayHaveChanged(): Promise<void> {
    await this.working;
    const found = await this.finder.find();
    const same = found.interpreter === this.pythons?.interpreter && found.pythonPath === (this.pythons?.pythonPath ?? null);
    if (!same) await this.restart("another Python");
  }

  /** Tells the running server what the settings are now. */
  async settingsChanged(): Promise<void> {
    if (!this.client || this.client.state !== State.Running || !this.pythons) return;
    await this.client.sendNotification("workspace/didChangeConfiguration", { settings: serverOptions(this.pythons) });
  }

  private queue(): Promise<void> {
    if (this.working) {
      this.again = true;
      return this.working;
    }
    this.working = this.work().finally(() => (this.working = undefined));
    return this.working;
  }

  private async work(): Promise<void> {
    do {
      this.again = false;
      try {
        await this.stop();
        if (!this.disposed) await this.start();
      } catch (error) {
        this.log.error(`the server did not start: ${reasonOf(error)}`);
        this.status.set({ state: "error", message: "the server did not start", detail: reasonOf(error) }, this.pythons?.interpreter);
      }
    } while (this.again && !this.disposed);
  }

  private async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (!client) return;
    try {
      await client.dispose();
    } catch (error) {
      this.log.info(`while stopping: ${reasonOf(error)}`); // it may be dead already
    }
  }

  private async start(): Promise<void> {
    if (!enabled()) {
      this.status.set({ state: "stopped", message: "switched off", detail: "The setting tensight.enable is off." });
      return;
    }
    this.status.set({ state: "starting" });
    const found = await this.finder.find();
    if (!found.interpreter) {
      this.refuse(found);
      return;
    }
    this.pythons = { interpreter: found.interpreter, pythonPath: found.pythonPath };
    const analysed = found.pythonPath ?? "what the server finds beside the project";
    this.log.info(`server runs on Python ${found.version} (${found.interpreter}); analysed: ${analysed}`);
    const client = new QuietClient("tensight", "Tensight", this.command(found.interpreter), this.options(this.pythons));
    client.onNotification("tensight/status", (status: Status) => this.status.receive(status));
    client.onNotification(ShowMessageNotification.type, ({ type, message }) => {
      if (type === MessageType.Error) this.log.error(message);
      else this.log.info(message);
    });
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running) this.running(found);
    });
    this.client = client;
    await client.start();
  }

  private running(found: Found): void {
    const status: Status = workspace.isTrusted ? { state: "ready" } : { state: "limited", message: "restricted mode" };
    this.status.set(status, found.version, found.remark);
  }

  private command(interpreter: string): ServerOptions {
    const folder = this.context.extensionPath;
    const args = ["-X", "utf8", "-I", "-S", join(folder, "bundled", "main.py"), "server"];
    return { command: interpreter, args, options: { cwd: folder } };
  }

  private options(pythons: Pythons): LanguageClientOptions {
    return {
      documentSelector: [
        { scheme: "file", language: "python" },
        { scheme: "untitled", language: "python" },
      ],
      diagnosticCollectionName: "tensight",
      outputChannel: this.log,
      stdioOptions: { stdout: this.logLines, stderr: this.logLines },
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: () => serverOptions(pythons),
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => ({ action: this.afterCrash(), handled: true }),
      },
    };
  }

  private logLines = (stream: Readable): void => {
    createInterface({ input: stream }).on("line", (line) => this.log.info(`server: ${line}`));
  };

  /** Tries again a few times; then the status item says that it stays down. */
  private afterCrash(): CloseAction {
    const now = Date.now();
    this.crashes = [...this.crashes.filter((time) => now - time < CRASH_WINDOW_MS), now];
    if (this.crashes.length <= CRASHES_ALLOWED) {
      this.status.set({ state: "starting", message: "restarting after a crash" });
      return CloseAction.Restart;
    }
    const detail = `The server ended ${this.crashes.length} times within three minutes; the log says why.`;
    this.status.set({ state: "error", message: "the server keeps crashing", detail }, this.pythons?.interpreter);
    return CloseAction.DoNotRestart;
  }

  /** No Python: one notification a session, and the status item from then on. */
  private refuse(found: Found): void {
    this.pythons = undefined;
    const message = "Tensight needs Python 3.10 or newer to run, and found none.";
    this.status.set({ state: "error", message: "no Python 3.10 or newer found", detail: found.remark });
    this.log.error(message);
    if (this.refused) return;
    this.refused = true;
    void window.showErrorMessage(message, "Choose Interpreter", "Learn More").then((answer) => {
      if (answer === "Choose Interpreter") void this.chooseInterpreter();
      if (answer === "Learn More") void env.openExternal(Uri.parse(LEARN_MORE));
    });
  }

  /** Lets the user point at a Python; the changed setting restarts the server. */
  async chooseInterpreter(): Promise<void> {
    const chosen = await window.showOpenDialog({ title: "A Python 3.10 or newer", openLabel: "Run Tensight with This Python" });
    const path = chosen?.[0]?.fsPath;
    if (path) await workspace.getConfiguration("tensight").update("interpreter", path, true);
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    await this.working;
    await this.stop();
  }
}
