// The output channel "Tensight".
import { window, type LogOutputChannel } from "vscode";

export type Log = LogOutputChannel;

export const createLog = (): Log => window.createOutputChannel("Tensight", { log: true });

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
