"""Between our plain data and the protocol's: positions in the negotiated encoding, places, labels, edits."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lsprotocol import types

from ..diagnostics import Diagnostic, Severity, TextEdit
from ..features.inlay_hints import Hint, HintKind
from ..syntax.columns import from_utf8, from_utf16, to_utf8, to_utf16
from ..syntax.span import Span

SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFORMATION: types.DiagnosticSeverity.Information,
    Severity.HINT: types.DiagnosticSeverity.Hint,
}
#: Lines of a file by its path, for columns of places in other files; None: it cannot be read.
LinesOf = Callable[[str], Sequence[str] | None]
UriOf = Callable[[str], str]


class Columns:
    """Columns in the unit that the client counts in."""

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding

    def to_client(self, line: str, col: int) -> int:
        if self.encoding == types.PositionEncodingKind.Utf8:
            return to_utf8(line, col)
        if self.encoding == types.PositionEncodingKind.Utf32:
            return min(col, len(line))
        return to_utf16(line, col)

    def from_client(self, line: str, character: int) -> int:
        if self.encoding == types.PositionEncodingKind.Utf8:
            return from_utf8(line, character)
        if self.encoding == types.PositionEncodingKind.Utf32:
            return min(character, len(line))
        return from_utf16(line, character)


class Converter:
    """Conversions of one client: its column unit, our files as its URIs."""

    def __init__(self, columns: Columns, uri_of: UriOf, lines_of: LinesOf) -> None:
        self.columns, self.uri_of, self.lines_of = columns, uri_of, lines_of

    def position(self, lines: Sequence[str], line: int, col: int) -> types.Position:
        """From a 1-based line and a code point column; behind the text: its end."""
        if not lines:
            return types.Position(0, 0)
        if line > len(lines):
            line, col = len(lines), len(lines[-1])
        return types.Position(max(line - 1, 0), self.columns.to_client(lines[line - 1], col))

    def place(self, lines: Sequence[str], position: types.Position) -> tuple[int, int]:
        """To a 1-based line and a code point column."""
        text = lines[position.line] if position.line < len(lines) else ""
        return position.line + 1, self.columns.from_client(text, position.character)

    def range(self, lines: Sequence[str], span: Span) -> types.Range:
        return types.Range(self.position(lines, span.line, span.col), self.position(lines, span.end_line, span.end_col))

    def location(self, span: Span) -> types.Location | None:
        """A place in any file; None where that cannot be read."""
        lines = self.lines_of(span.file)
        return types.Location(self.uri_of(span.file), self.range(lines, span)) if lines is not None else None

    def diagnostic(self, lines: Sequence[str], diagnostic: Diagnostic, *, related: bool) -> types.Diagnostic:
        """`related`: whether the client shows related places; else they are left out."""
        message = "\n".join((diagnostic.message, *diagnostic.notes))
        places = [(place.message, self.location(place.span)) for place in diagnostic.related] if related else []
        information = [types.DiagnosticRelatedInformation(where, text) for text, where in places if where is not None]
        unused = [types.DiagnosticTag.Unnecessary] if diagnostic.code == "unused-ignore" else None
        return types.Diagnostic(
            range=self.range(lines, diagnostic.shown),
            message=message,
            severity=SEVERITIES[diagnostic.severity],
            code=diagnostic.code,
            source="tensight",
            tags=unused,
            related_information=information or None,
        )

    def hint(self, lines: Sequence[str], hint: Hint) -> types.InlayHint:
        parts = [
            types.InlayHintLabelPart(
                value=part.text,
                tooltip=part.tooltip or None,
                location=self.location(part.location) if part.location is not None else None,
            )
            for part in hint.parts
        ]
        kind = types.InlayHintKind.Parameter if hint.kind is HintKind.PARAMETER else types.InlayHintKind.Type
        return types.InlayHint(
            position=self.position(lines, hint.line, hint.col), label=parts, kind=kind, tooltip=hint.tooltip or None
        )

    def edits(self, edits: Sequence[TextEdit]) -> types.WorkspaceEdit:
        """Edits by file; of a file that cannot be read none (the others would not make sense alone)."""
        changes: dict[str, list[types.TextEdit]] = {}
        for edit in edits:
            lines = self.lines_of(edit.span.file)
            if lines is None:
                return types.WorkspaceEdit(changes={})
            text_edit = types.TextEdit(self.range(lines, edit.span), edit.text)
            changes.setdefault(self.uri_of(edit.span.file), []).append(text_edit)
        return types.WorkspaceEdit(changes=dict(changes))
