"""Settings: defaults, two sources, and a sentence for what is not understood."""

from pathlib import Path

import pytest

from tensight.diagnostics import Severity
from tensight.project.settings import DEFAULTS, combine, from_editor, from_table, read_pyproject


def test_spellings() -> None:
    camel = {"inlayHints": {"maxLength": 20, "returns": False}, "searchPaths": ["lib"], "codeLens": {"enable": False}}
    kebab = {"inlay-hints": {"max-length": 20, "returns": False}, "search-paths": ["lib"], "code-lens": False}
    dotted = {
        "inlayHints.maxLength": 20,
        "inlay_hints.returns": False,
        "search_paths": ["lib"],
        "code-lens.enable": False,
    }
    found = {str(from_table(table, "x")) for table in (camel, kebab, dotted)}
    assert len(found) == 1
    settings, problems = from_table(camel, "x")
    assert not problems
    assert settings.max_hint_length == 20 and not settings.hint_returns and not settings.code_lens
    assert settings.search_paths == ("lib",) and settings.hint_targets


def test_severities() -> None:
    table = {"diagnostics": {"severity": {"matmul-mismatch": "warning", "nonsense": "off", "undefined-name": "loud"}}}
    settings, problems = from_table(table, "x")
    assert settings.severity == {"matmul-mismatch": Severity.WARNING}
    assert "unknown code 'nonsense'" in problems[0] and "'loud'" in problems[1]


@pytest.mark.parametrize(
    ("table", "part"),
    [
        ({"enabel": True}, "unknown setting enabel (do you mean enable?)"),
        ({"enable": "yes"}, "enable takes true or false, not 'yes'"),
        ({"inlayHints": {"maxLength": 3}}, "takes a number from 5 to 200, not 3"),
        ({"inlayHints": {"maxLength": True}}, "takes a number"),
        ({"exclude": "a"}, "takes a list of strings"),
        ({"exclude": [1]}, "takes a list of strings"),
        ({"python": 3}, "takes a path"),
        ({"diagnostics": {"severity": "off"}}, "takes a table of severities"),
        ([1], "expected a table"),
    ],
)
def test_what_is_wrong_is_told_and_left_at_its_default(table: object, part: str) -> None:
    settings, problems = from_table(table, "there")
    assert settings == DEFAULTS and len(problems) == 1
    assert problems[0].startswith("there: ") and part in problems[0]


def test_pyproject(tmp_path: Path) -> None:
    assert read_pyproject(str(tmp_path)) == (DEFAULTS, ())
    path = tmp_path / "pyproject.toml"
    path.write_text(
        "[project]\nname = 'x'\n[tool.tensight]\nexclude = ['old/**']\n[tool.tensight.inlay-hints]\nenable = false\n"
    )
    settings, problems = read_pyproject(str(tmp_path))
    assert settings.exclude == ("old/**",) and not settings.hints and not problems
    path.write_text("[tool.tensight\n")
    settings, (problem,) = read_pyproject(str(tmp_path))
    assert settings == DEFAULTS and str(path) in problem
    path.write_text("[tool]\ntensight = 3\n")
    assert "expected a table" in read_pyproject(str(tmp_path))[1][0]


def test_the_editor_goes_before_the_project_where_it_says_something() -> None:
    project, _ = from_table(
        {"hover": False, "inlayHints": {"maxLength": 40}, "exclude": ["a"], "severity": {"cat-mismatch": "off"}}, ""
    )
    editor, _ = from_table(
        {"hover": True, "inlayHints": {"maxLength": 50}, "exclude": ["b"], "severity": {"cat-mismatch": "hint"}}, ""
    )
    both = combine(project, editor)
    assert not both.hover and both.max_hint_length == 50 and both.exclude == ("b", "a")
    assert both.severity == {"cat-mismatch": Severity.HINT}


def test_what_the_client_sends() -> None:
    options, problems = from_editor(
        {
            "settings": {"enable": True, "worker": {"enable": False}, "diagnostics": {"enable": True, "severity": {}}},
            "trusted": False,
            "interpreter": "/usr/bin/python3",
            "pythonPath": "/venv/bin/python",
            "extraPaths": ["lib", 3],
        }
    )
    assert not problems and not options.settings.worker and not options.trusted
    assert options.python == "/venv/bin/python" and options.extra_paths == ("lib",)
    assert from_editor(None)[1] == () and from_editor({"pythonPath": None, "settings": None})[1] == ()
    assert "expected an object" in from_editor(3)[1][0]
    assert from_editor({"hover": {"enable": False}})[0].settings.hover is False
