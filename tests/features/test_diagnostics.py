"""Severities and comments decide what is reported."""

from tensight.diagnostics import Diagnostic, Severity
from tensight.features.diagnostics import reported
from tensight.features.fixes import ignore_fix
from tensight.features.source import Source
from tensight.syntax.comments import Comments, read_comments
from tensight.syntax.span import Span

FILE = "/project/net.py"


def at(line, code="matmul-mismatch", severity=Severity.ERROR, end=None) -> Diagnostic:
    return Diagnostic(code, Span(FILE, line, 0, end or line, 4), "message", severity)


def codes(text: str, *found: Diagnostic) -> list[tuple[int, str]]:
    return [(one.span.line, one.code) for one in reported(found, read_comments(text, FILE))]


def test_severities_as_set():
    (one,) = reported([at(1)], Comments(), {"matmul-mismatch": Severity.WARNING})
    assert one.severity is Severity.WARNING
    assert reported([at(1)], Comments(), {"matmul-mismatch": Severity.OFF}) == ()


def test_what_is_less_certain_stays_milder():
    (one,) = reported([at(1, severity=Severity.WARNING)], Comments(), {"matmul-mismatch": Severity.ERROR})
    assert one.severity is Severity.WARNING


def test_comments_ignore():
    assert codes("x  # tensight: ignore[matmul-mismatch]\ny\n", at(1), at(2)) == [(2, "matmul-mismatch")]
    assert codes("x  # tensight: ignore\n", at(1)) == []
    assert codes("f(\n x)  # tensight: ignore\n", at(1, end=2)) == []


def test_a_comment_that_ignores_nothing_is_named():
    assert codes("x  # tensight: ignore[cat-mismatch]\n", at(1)) == [(1, "matmul-mismatch"), (1, "unused-ignore")]


def test_the_fix_that_ignores():
    def fixed(text: str, diagnostic: Diagnostic) -> str:
        source = Source(FILE, text)
        fix = ignore_fix(source, diagnostic)
        assert fix is not None
        return source.applied(fix.edits)

    assert fixed("x = 1  \n", at(1)) == "x = 1  # tensight: ignore[matmul-mismatch]\n"
    assert fixed("x  # tensight: ignore[a]\n", at(1)) == "x  # tensight: ignore[a, matmul-mismatch]\n"
    assert fixed("x  # why\n", at(1)) == "x  # tensight: ignore[matmul-mismatch]  # why\n"
    assert fixed('x("""\n""")\n', at(1, end=2)) == 'x("""\n""")  # tensight: ignore[matmul-mismatch]\n'
    assert ignore_fix(Source(FILE, 'x("""\n\n""")\n'), at(1, end=2)) is None
