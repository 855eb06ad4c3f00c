// "Show This File with Its Shapes": a read-only copy of the file with the hints written into it.
import { commands, EventEmitter, Range, Uri, ViewColumn, window, workspace, type InlayHint, type TextDocumentContentProvider } from "vscode";

const SCHEME = "tensight-shapes";

const textOf = (hint: InlayHint): string =>
  typeof hint.label === "string" ? hint.label : hint.label.map((part) => part.value).join("");

export class ShapesView implements TextDocumentContentProvider {
  private readonly changed = new EventEmitter<Uri>();
  readonly onDidChange = this.changed.event;

  register = () => workspace.registerTextDocumentContentProvider(SCHEME, this);

  async provideTextDocumentContent(view: Uri): Promise<string> {
    const document = await workspace.openTextDocument(Uri.parse(view.query));
    const all = new Range(0, 0, document.lineCount, 0);
    const hints = await commands.executeCommand<InlayHint[]>("vscode.executeInlayHintProvider", document.uri, all);
    const lines = document.getText().split(/\r?\n/);
    for (const hint of [...hints].sort((a, b) => b.position.compareTo(a.position))) {
      const { line, character } = hint.position;
      const text = lines[line] ?? "";
      lines[line] = text.slice(0, character) + textOf(hint) + text.slice(character);
    }
    return lines.join("\n");
  }

  async show(): Promise<void> {
    const document = window.activeTextEditor?.document;
    if (!document || document.languageId !== "python") return;
    const view = Uri.from({ scheme: SCHEME, path: document.uri.path, query: document.uri.toString() });
    this.changed.fire(view);
    await window.showTextDocument(view, { viewColumn: ViewColumn.Beside, preview: true });
  }
}
