// Wires the parts to VS Code's events.
import { workspace, type ExtensionContext } from "vscode";
import { registerCommands } from "./commands";
import { createLog } from "./logger";
import { PythonFinder } from "./python";
import { onDidChangeEnvironment } from "./pythonExtensions";
import { Server } from "./server";
import { effectOf } from "./settings";
import { ShapesView } from "./shapesView";
import { StatusItem } from "./status";

let server: Server | undefined;

export function activate(context: ExtensionContext): void {
  const log = createLog();
  const status = new StatusItem();
  const shapes = new ShapesView();
  const running = new Server(context, new PythonFinder(log, context.globalState), status, log);
  server = running;
  context.subscriptions.push(
    log,
    status,
    shapes.register(),
    ...registerCommands(running, shapes, log),
    workspace.onDidGrantWorkspaceTrust(() => void running.restart("the workspace is trusted now")),
    workspace.onDidChangeConfiguration((change) => {
      const effect = effectOf(change);
      if (effect === "restart") void running.restart("settings");
      if (effect === "options") void running.settingsChanged();
    }),
  );
  void running.restart("activated").then(async () => {
    context.subscriptions.push(...(await onDidChangeEnvironment(() => void running.pythonsMayHaveChanged())));
    await running.pythonsMayHaveChanged(); // the Python extension may have been too slow for the start
  });
}

export const deactivate = (): Promise<void> | undefined => server?.dispose();
