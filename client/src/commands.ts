// The commands of the palette.
import { commands, type Disposable } from "vscode";
import type { Log } from "./logger";
import type { Server } from "./server";
import type { ShapesView } from "./shapesView";

export function registerCommands(server: Server, shapes: ShapesView, log: Log): Disposable[] {
  return [
    commands.registerCommand("tensight.restart", () => server.restart("command")),
    commands.registerCommand("tensight.showLog", () => log.show()),
    commands.registerCommand("tensight.selectInterpreter", () => server.chooseInterpreter()),
    commands.registerCommand("tensight.showShapes", () => shapes.show()),
  ];
}
