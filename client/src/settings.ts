// What the user has set, in the form in which the server gets it.
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { workspace, type ConfigurationChangeEvent } from "vscode";
import { expandSetting, type Platform } from "./interpreters";
import { foldersOf, variableIn } from "./pythonPath";

export const platform: Platform =
  process.platform === "win32" || process.platform === "darwin" ? process.platform : "linux";

export const folders = (): string[] => (workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);

const get = <T>(name: string): T => workspace.getConfiguration("tensight").get(name) as T;

/** A path setting with its variables filled in; empty when it is not set. */
function pathSetting(name: string): string {
  const text = get<string>(name);
  return text ? expandSetting(text, { home: homedir(), workspace: folders()[0], env: process.env }) : "";
}

export const enabled = (): boolean => get<boolean>("enable");
export const interpreterSetting = (): string => pathSetting("interpreter");
export const pythonPathSetting = (): string => pathSetting("pythonPath");

/** The settings of every feature, by the names that package.json gives them. */
function features() {
  return {
    enable: get<boolean>("enable"),
    inlayHints: {
      enable: get<boolean>("inlayHints.enable"),
      targets: get<boolean>("inlayHints.targets"),
      parameters: get<boolean>("inlayHints.parameters"),
      returns: get<boolean>("inlayHints.returns"),
      maxLength: get<number>("inlayHints.maxLength"),
    },
    hover: { enable: get<boolean>("hover.enable") },
    codeLens: { enable: get<boolean>("codeLens.enable") },
    diagnostics: {
      enable: get<boolean>("diagnostics.enable"),
      severity: get<Record<string, string>>("diagnostics.severity"),
    },
    searchPaths: get<string[]>("searchPaths"),
    exclude: get<string[]>("exclude"),
    worker: { enable: get<boolean>("worker.enable") },
  };
}

export interface Pythons {
  /** Runs the server. */
  readonly interpreter: string;
  /** Its environment is analysed; null: the server looks for one beside the project. */
  readonly pythonPath: string | null;
}

/** Everything the server is told: as initializationOptions, and again whenever something changes. */
export function serverOptions(pythons: Pythons) {
  const trusted = workspace.isTrusted;
  const settings = features();
  if (!trusted) settings.worker.enable = false; // the analysed environment may lie in the workspace: read, never run
  return {
    settings,
    trusted,
    interpreter: pythons.interpreter,
    pythonPath: pythons.pythonPath,
    extraPaths: [...(workspace.getConfiguration("python.analysis").get<string[]>("extraPaths") ?? []), ...pythonPath()],
  };
}

/** The folders of PYTHONPATH in `python.envFile` and in the variables of VS Code's terminals. */
function pythonPath(): string[] {
  const [folder] = folders();
  if (folder === undefined) return [];
  const around = { workspace: folder, home: homedir(), windows: platform === "win32" };
  const terminal = { win32: "windows", darwin: "osx", linux: "linux" }[platform];
  const variables = workspace.getConfiguration("terminal.integrated.env").get<Record<string, string | null>>(terminal);
  const file = workspace.getConfiguration("python").get<string>("envFile") || "${workspaceFolder}/.env";
  const values = [variableIn(textOf(expandSetting(file, { home: homedir(), workspace: folder, env: process.env })), "PYTHONPATH")];
  values.push(variables?.["PYTHONPATH"] ?? undefined);
  return values.flatMap((value) => (value ? foldersOf(value, around) : []));
}

/** The text of a small file that need not be there. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Settings of others that the search path depends on. */
const PATHS = ["python.analysis.extraPaths", "python.envFile", "terminal.integrated.env"];

/** Does the change need another server, or only other options? */
export function effectOf(change: ConfigurationChangeEvent): "restart" | "options" | "none" {
  const restarts = ["tensight.enable", "tensight.interpreter", "tensight.pythonPath"];
  if (restarts.some((name) => change.affectsConfiguration(name))) return "restart";
  return ["tensight", ...PATHS].some((name) => change.affectsConfiguration(name)) ? "options" : "none";
}
