"""docs/rules: a page for each code; its example is reported in PyTorch's words, its repair is clean."""

import re
from pathlib import Path

import pytest

from tensight.diagnostics import CODES, Severity
from tensight.project.project import Project

FOLDER = Path(__file__).parents[2] / "docs" / "rules"
PAGES = {page.stem: page.read_text(encoding="utf-8") for page in FOLDER.glob("*.md")}
BLOCK = re.compile(r"```py\n(.*?)```", re.DOTALL)
WANTED = re.compile(r"  # error: \[([\w-]+)\](?: \"(.*)\")?$", re.MULTILINE)
#: A machine without a GPU cannot judge it.
NOT_RUN = {"device-mismatch"}
WITH_EXAMPLE = sorted(code for code, text in PAGES.items() if BLOCK.search(text))


def blocks(code):
    example, repaired = BLOCK.findall(PAGES[code])
    return example, repaired


def found(text, tmp_path):
    path = tmp_path / "example.py"
    path.write_text(text, encoding="utf-8")
    analysis = Project((str(tmp_path),)).analyse(str(path))
    assert not analysis.internal_errors
    bad = [one for one in analysis.diagnostics if one.severity in (Severity.ERROR, Severity.WARNING)]
    return [(one.span.line, one.code, one.message) for one in bad]


def test_every_code_has_a_page_and_every_page_a_code():
    assert set(PAGES) == set(CODES)


@pytest.mark.parametrize("code", sorted(PAGES))
def test_a_page_begins_with_its_summary(code):
    title, _, summary = PAGES[code].split("\n")[:3]
    assert title == f"# {code}"
    assert summary == CODES[code].summary


@pytest.mark.parametrize("code", WITH_EXAMPLE)
def test_the_example_is_reported(code, tmp_path):
    example, _ = blocks(code)
    wanted = WANTED.search(example)
    line = example.count("\n", 0, wanted.start()) + 1
    ((at, reported, message),) = found(WANTED.sub("", example), tmp_path)
    assert (at, reported) == (line, wanted[1]) == (line, code)
    assert message.startswith(wanted[2] or "")


@pytest.mark.parametrize("code", WITH_EXAMPLE)
def test_the_repair_is_clean(code, tmp_path):
    assert found(blocks(code)[1], tmp_path) == []


@pytest.mark.parametrize("code", sorted(set(WITH_EXAMPLE) - NOT_RUN))
def test_pytorch_agrees(code):
    example, repaired = blocks(code)
    message = WANTED.search(example)[2]
    if message is not None:
        with pytest.raises((RuntimeError, ValueError, IndexError, NameError)) as raised:
            exec(compile(example, code, "exec"), {"__name__": "example"})
        assert message in f"{raised.type.__name__}: {raised.value}"
    exec(compile(repaired, code, "exec"), {"__name__": "example"})
