"""Parsing never fails, and what does not parse loses no more than its statement."""

import ast
import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tensight
from tensight.syntax import BROKEN, Parsed, node_span, parse, split_lines

OWN = sorted(Path(tensight.__file__).parent.glob("*/*.py"))
SAMPLES = [path.read_text() for path in OWN if 2_000 < path.stat().st_size < 9_000][:12]

MODEL = '''\
import torch
from torch import nn


class Net(nn.Module):
    """A model."""

    def __init__(self, width=8):
        super().__init__()
        self.conv = nn.Conv2d(1, width, 3)
        self.fc = nn.Linear(
            width,
            10,
        )

    def forward(self, x):
        x = self.conv(x)
        if x.shape[0] > 1:
            x = x.relu()
        else:
            x = x.tanh()
        return self.fc(x)

    def other(self, y):
        """Doc."""
        return y + 1


net = Net()
'''


def replaced(line: int, text: str, source: str = MODEL) -> Parsed:
    """The model with one of its lines (by number) changed."""
    lines = source.split("\n")
    lines[line - 1] = text
    return parse("\n".join(lines), "m.py")


def unparsed(parsed: Parsed) -> str:
    return ast.unparse(parsed.tree)


def test_what_parses_is_untouched() -> None:
    parsed = parse(MODEL, "m.py")
    assert not parsed.problems and not parsed.broken
    assert ast.dump(parsed.tree) == ast.dump(ast.parse(MODEL))


@pytest.mark.parametrize(
    ("line", "text", "stands_in"),
    [
        (10, "        self.conv = nn.Conv2d(1, width, ", f"self.conv = {BROKEN}"),
        (17, "        x = self.", f"x = {BROKEN}"),
        (17, "        x = self.conv(x", f"x = {BROKEN}"),
        (17, "        x, y = a = f(3 4)", f"x, y = a = {BROKEN}"),
        (17, "        x += ", f"x = {BROKEN}"),
        (17, "        x: int = ", f"x = {BROKEN}"),
        (17, "        x = 'abc", f"x = {BROKEN}"),
        (17, '        x = f"{x', f"x = {BROKEN}"),
        (18, "        if x.shape[0] >", f"if {BROKEN}:"),
        (18, "        if x", f"if {BROKEN}:"),
        (22, "        return self.fc(", f"return {BROKEN}"),
        (16, "    def forward(self, x", "def forward(self, x):"),
        (16, "    def forward(self, x: ", "def forward(self, x):"),
        (16, "    def forward(self, x=, *, y: int = 3 4", "def forward(self, x, *, y):"),
        (5, "class Net(nn.Module", "class Net(nn.Module):"),
        (5, "class Net(nn.", f"class Net({BROKEN}):"),
        (29, "net = Net(", f"net = {BROKEN}"),
        (2, "from torch import (nn", "from torch import nn"),
        (1, "import torch as", f"torch = {BROKEN}"),
    ],
)
def test_a_broken_line_is_replaced_and_all_others_stay(line: int, text: str, stands_in: str) -> None:
    parsed = replaced(line, text)
    assert parsed.problems[0].span.file == "m.py"
    assert stands_in in unparsed(parsed)
    assert parsed.broken == ((line, line),)


def test_a_broken_call_over_lines_is_one_statement() -> None:
    parsed = replaced(12, "            width 3,")
    assert f"self.fc = {BROKEN}" in unparsed(parsed) and parsed.broken == ((11, 14),)


def test_an_open_bracket_does_not_swallow_what_follows() -> None:
    parsed = replaced(17, "        x = self.conv(")
    assert "x = x.relu()" in unparsed(parsed) and "def other(self, y):" in unparsed(parsed)


def test_open_quotes_lose_their_own_line_only() -> None:
    parsed = replaced(17, '        """unfinished')
    assert parsed.broken == ((17, 17),) and "return y + 1" in unparsed(parsed)


def test_a_header_without_body_gets_none() -> None:
    parsed = parse("def f(x):\n    if x:\n    return x\n\n\ndef g(y):\n", "m.py")
    text = unparsed(parsed)
    assert "return x" in text and f"return {BROKEN}" in text


def test_try_without_except_keeps_its_body() -> None:
    parsed = parse("def f(x):\n    try:\n        y = x\n    return y\n", "m.py")
    assert "y = x" in unparsed(parsed) and "return y" in unparsed(parsed)


def test_a_name_being_typed_before_a_body_is_a_header_to_be() -> None:
    parsed = parse("def f(x):\n    fo\n        y = x\n    return x\n", "m.py")
    assert "y = x" in unparsed(parsed) and "return x" in unparsed(parsed)


def test_wrong_indentation_keeps_the_return() -> None:
    parsed = parse("def f(x):\n      y = 3\n    return y\ndef g(): pass\n", "m.py")
    assert f"return {BROKEN}" in unparsed(parsed) and "def g()" in unparsed(parsed)


def test_an_unfinished_table_in_a_table_at_the_end() -> None:
    parsed = parse(MODEL + "T = call(\n    a={\n        'b': {\n            1: 2,\n", "m.py")
    assert f"T = {BROKEN}" in unparsed(parsed) and "class Net" in unparsed(parsed)


def test_all_problems_of_one_text_are_told_first_pythons_own() -> None:
    parsed = parse("x = (\n\n\ndef f():\n    return 1 +\n\ny = 2\n", "m.py")
    with pytest.raises(SyntaxError) as error:
        compile("x = (\n\n\ndef f():\n    return 1 +\n\ny = 2\n", "m.py", "exec")
    assert parsed.problems[0].message == error.value.msg
    assert "y = 2" in unparsed(parsed) and f"return {BROKEN}" in unparsed(parsed)


def test_an_error_on_every_line() -> None:
    broken = "\n".join(line.replace(line.strip(), "x = (") if line.strip() else line for line in MODEL.split("\n"))
    parsed = parse(broken, "m.py")
    assert parsed.problems and isinstance(parsed.tree, ast.Module)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "\ufeffx = 1\n",
        "x = 1\r\ny = 2\r\n",
        "x = 1\ry = 2\r",
        "\fx = 1\n\f\ndef f():\n\tpass\n",
        "if 1:\n\tx = 1\n        y = 2\n",
        "# -*- coding: latin-1 -*-\nx = 'é'\n",
        "x = '\ud800'\n",
        "\\",
        "'''",
        '"""' * 3,
        "@",
        "@a\n",
        "    x = 1\n",
        ")",
        "else:\n    x = 1\n",
        "match x:\n    case\n        y = 1\n",
        "lambda",
        "print 'hello'\n",
        "async def f(\n",
        "x = 0777\n",
        "é€😀 = (\n",
    ],
)
def test_odd_texts_parse_to_something(text: str) -> None:
    assert isinstance(parse(text, "m.py").tree, ast.Module)


def test_a_byte_order_mark_takes_no_column() -> None:
    (statement,) = parse("\ufeffx = 1\n", "m.py").tree.body
    assert node_span(statement, "m.py", ["x = 1"]).col == 0


def test_nul_is_told_and_replaced() -> None:
    parsed = parse("x = 1\ny = '\0'\nz = 2\n", "m.py")
    assert parsed.problems[0].message == "source code cannot contain null bytes"
    assert parsed.problems[0].span.line == 2 and len(parsed.tree.body) == 3


@pytest.mark.parametrize("text", ["-" * 30_000 + "1", "(" * 500 + ")" * 500, "[" * 150 + "]" * 150])
def test_deep_nesting_costs_its_own_statement(text: str) -> None:
    parsed = parse(f"a = 1\nb = {text}\nc = 3\n", "m.py")
    assert "a = 1" in unparsed(parsed) and "c = 3" in unparsed(parsed)


def test_a_huge_file_is_not_parsed() -> None:
    parsed = parse("x = 1\n" * 400_000, "m.py")
    assert not parsed.tree.body and not parsed.problems[0].certain


def test_warnings_of_the_parser_are_not_printed(recwarn: pytest.WarningsRecorder) -> None:
    parse("x = '\\d' is 3\n", "m.py")
    assert not recwarn.list


@pytest.mark.parametrize("path", OWN[:6], ids=lambda path: path.stem)
def test_every_prefix_parses_and_keeps_the_functions_before(path: Path) -> None:
    text = path.read_text()
    lines = split_lines(text)
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    for end in range(0, len(text), max(len(text) // 60, 1)):
        prefix = text[:end]
        number = prefix.count("\n") + 1
        parsed = parse(prefix, "m.py")
        kept = {ast.dump(node) for node in ast.walk(parsed.tree) if isinstance(node, ast.FunctionDef)}
        indent = len(lines[number - 1]) - len(lines[number - 1].lstrip())
        for node in functions:
            # a function is complete once a line follows that is not in it
            if (node.end_lineno or 0) < number - 1 and node.col_offset <= indent:
                assert ast.dump(node) in kept, (prefix[-80:], node.name)


@settings(max_examples=60)
@given(
    st.sampled_from(SAMPLES),
    st.integers(0, 9_000),
    st.text("()[]{}'\":=.,@\\ \n\tabdefx#", max_size=6),
    st.integers(0, 6),
)
def test_any_edit_parses_to_something(text: str, at: int, insert: str, drop: int) -> None:
    at %= len(text)
    edited = text[:at] + insert + text[at + drop :]
    parsed = parse(edited, "m.py")
    lines = split_lines(edited)
    assert parsed.lines == tuple(lines)
    for node in ast.walk(parsed.tree):
        if isinstance(node, ast.expr | ast.stmt):
            assert 1 <= node.lineno <= (node.end_lineno or 0) <= len(lines)
    for problem in parsed.problems:
        assert 1 <= problem.span.line <= len(lines)
        assert 0 <= problem.span.col <= problem.span.end_col <= len(lines[problem.span.line - 1])


def test_a_broken_line_in_two_thousand_is_quick() -> None:
    body = "\n\n".join(MODEL.replace("Net", f"Net{number}") for number in range(64))
    lines = body.split("\n")
    assert len(lines) > 1_900
    spans = []
    for number in random.Random(1).sample([n for n, line in enumerate(lines) if "self.conv(x)" in line], 5):
        edited = "\n".join([*lines[:number], "        x = self.conv(", *lines[number + 1 :]])
        start = time.process_time()
        parsed = parse(edited, "m.py")
        spans.append(time.process_time() - start)
        assert parsed.broken == ((number + 1, number + 1),)
    assert min(spans) < 0.1  # about 12 ms on an idle machine; the benchmark holds the budget


def test_spans_count_code_points() -> None:
    text = "é = '😀' + ünï(\n    'ß', ä\n)\n"
    parsed = parse(text, "m.py")
    lines = split_lines(text)
    call = next(node for node in ast.walk(parsed.tree) if isinstance(node, ast.Call))
    span = node_span(call, "m.py", lines)
    assert (span.line, span.col, span.end_line, span.end_col) == (1, 10, 3, 1)
    name = call.args[1]
    assert node_span(name, "m.py", lines).col == 9
