// The language status item: what is going on, and why a file shows nothing.
import {
  languages,
  LanguageStatusSeverity,
  window,
  workspace,
  type Command,
  type Disposable,
  type TextDocument,
} from "vscode";
import { sameForm } from "./uris";

/** The server's notification `tensight/status`: of one file, or without `uri` of the server. */
export interface Status {
  readonly uri?: string | null;
  readonly state: "starting" | "analysing" | "ready" | "stopped" | "error" | "limited";
  readonly message?: string | null;
  readonly detail?: string | null;
  readonly python?: string | null;
}

const RESTRICTED = "The workspace is not trusted: no Python in it is run, the installed PyTorch is not asked.";
const SHOW_LOG: Command = { title: "Show Log", command: "tensight.showLog" };
const CHOOSE: Command = { title: "Choose Interpreter", command: "tensight.selectInterpreter" };
const TRUST: Command = { title: "Manage Trust", command: "workbench.trust.manage" };
const WORDS: Record<Status["state"], string> = {
  starting: "starting",
  analysing: "analysing",
  ready: "ready",
  stopped: "stopped",
  error: "error",
  limited: "limited",
};

/** Why a document is not analysed at all, whatever the server does. */
function outOfReach(document: TextDocument): string | undefined {
  if (document.uri.scheme.startsWith("vscode-notebook")) return "notebooks are not supported yet";
  if (document.uri.scheme !== "file" && document.uri.scheme !== "untitled") return `not analysed (${document.uri.scheme}:)`;
  return undefined;
}

function hintsAreOff(document: TextDocument): boolean {
  const editor = workspace.getConfiguration("editor", document).get<string>("inlayHints.enabled");
  return editor === "off";
}

export class StatusItem implements Disposable {
  private readonly item = languages.createLanguageStatusItem("tensight", { language: "python" });
  private readonly files = new Map<string, Status>();
  private server: Status = { state: "starting" };
  private python = "";
  private remark = "";
  private readonly listening: Disposable[];

  constructor() {
    this.item.name = "Tensight";
    this.listening = [
      window.onDidChangeActiveTextEditor(() => this.render()),
      workspace.onDidCloseTextDocument((document) => this.files.delete(sameForm(document.uri.toString()))),
      workspace.onDidChangeConfiguration((change) => change.affectsConfiguration("editor.inlayHints") && this.render()),
    ];
    this.render();
  }

  /** Of the server as a whole, as the client sees it; what it said of files before is void. */
  set(server: Status, python = "", remark = ""): void {
    this.files.clear();
    this.server = server;
    this.python = python;
    this.remark = remark;
    this.render();
  }

  /** As the server says it. */
  receive(status: Status): void {
    if (status.uri) this.files.set(sameForm(status.uri), status);
    else this.server = status;
    this.render();
  }

  private render(): void {
    const document = window.activeTextEditor?.document;
    const outside = document && outOfReach(document);
    const running = this.server.state === "ready" || this.server.state === "limited" || this.server.state === "analysing";
    const own = document && running ? this.files.get(sameForm(document.uri.toString())) : undefined;
    const status = own ?? this.server;

    this.item.text = `Tensight: ${outside ?? status.message ?? WORDS[status.state]}`;
    this.item.busy = !outside && (status.state === "starting" || status.state === "analysing");
    this.item.severity = this.severity(status);
    const hints = document && !outside && hintsAreOff(document) ? "Inlay hints are off in the editor (editor.inlayHints.enabled)." : "";
    const trust = workspace.isTrusted || this.server.state === "stopped" ? "" : RESTRICTED;
    const runs = status.python ?? (this.python && `Python ${this.python}`);
    this.item.detail = [status.detail, this.remark, hints, trust, runs].filter(Boolean).join(" · ");
    this.item.command = this.command(status);
  }

  private severity(status: Status): LanguageStatusSeverity {
    if (status.state === "error") return LanguageStatusSeverity.Error;
    return this.remark ? LanguageStatusSeverity.Warning : LanguageStatusSeverity.Information;
  }

  private command(status: Status): Command {
    if (status.state === "error" && !this.python) return CHOOSE;
    return workspace.isTrusted ? SHOW_LOG : TRUST;
  }

  dispose(): void {
    this.listening.forEach((one) => one.dispose());
    this.item.dispose();
  }
}
