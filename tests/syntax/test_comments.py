"""Comments that address Tensight."""

import pytest

from tensight.syntax import read_comments


def test_nothing_said() -> None:
    said = read_comments("x = 1  # a comment\n", "f.py")
    assert not said.ignores and not said.stated and not said.skip_file and not said.bad


def test_ignore_all_and_some() -> None:
    said = read_comments("x = 1  # tensight: ignore\ny = 2  #tensight:ignore[a-b, c]\n", "f.py")
    assert [(i.line, i.codes) for i in said.ignores] == [(1, None), (2, ("a-b", "c"))]
    assert str(said.ignores[0].span) == "f.py:1:8" and said.ignores[0].span.end_col == 25


def test_a_comment_of_its_own_speaks_of_the_next_line() -> None:
    said = read_comments("# tensight: ignore[c]\n\n# why\nx = 1\n", "f.py")
    assert said.ignores[0].line == 4 and said.ignores[0].span.line == 1


@pytest.mark.parametrize(
    ("text", "name", "shape"),
    [
        ("x = (B, 3, 224, 224)", "x", ("B", 3, 224, 224)),
        ("x: [B, T]", "x", ("B", "T")),
        ("tokens=(B,)", "tokens", ("B",)),
        ("x = ()", "x", ()),
        ("x = (..., C)  # as in the paper", "x", ("...", "C")),
        ("x = (…, C)", "x", ("...", "C")),
    ],
)
def test_stated_inputs(text: str, name: str, shape: tuple[int | str, ...]) -> None:
    (stated,) = read_comments(f"def f(x):\n    # tensight: {text}\n    return x\n", "f.py").stated
    assert (stated.line, stated.name, stated.shape) == (2, name, shape)


@pytest.mark.parametrize(
    "text", ["", "ignroe", "x = 3", "x = (B, 3", "x = (B-, 3)", "x = (..., ...)", "ignore[", "x = (B]"]
)
def test_what_is_not_understood_is_told(text: str) -> None:
    said = read_comments(f"x = 1 # tensight: {text}\n", "f.py")
    assert len(said.bad) == 1 and not said.ignores and not said.stated


def test_strings_are_no_comments() -> None:
    text = (
        "a = '# tensight: skip-file'\n"
        'b = """\n# tensight: ignore\n"""\n'
        "c = 'it\\'s # tensight: ignore'\n"
        "d = r'\\' # tensight: ignore[x]\n"
        "e = f'{a}' # tensight: ignore[y]\n"
    )
    said = read_comments(text, "f.py")
    assert not said.skip_file
    assert [(i.line, i.codes) for i in said.ignores] == [(7, ("y",))]


def test_an_unfinished_string_ends_with_its_line() -> None:
    said = read_comments("a = 'abc\nb = 1  # tensight: ignore\n", "f.py")
    assert [i.line for i in said.ignores] == [2]


def test_skip_file() -> None:
    assert read_comments("# tensight: skip-file\n", "f.py").skip_file


def test_windows_lines_count_once() -> None:
    said = read_comments("a = 1\r\n\r\nb = 1 # tensight: ignore\r\n", "f.py")
    assert [(i.line, i.span.col) for i in said.ignores] == [(3, 6)]
