"""Parts of a script that an edit did not touch are not run again, and the outcome is that of a first analysis."""

from __future__ import annotations

import ast
import random
import re
from contextlib import suppress
from pathlib import Path

import pytest

from editing import Editing, outcome
from tensight.interp import World
from tensight.interp.machine import Interp
from tensight.interp.ports import Cancelled, Request, Source
from tensight.interp.script_parts import Part
from tensight.ops.defaults import defaults
from tensight.values import FLOAT32

FILE = """\
import torch
import torch.nn as nn

class Left(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.layer = nn.Linear(4, width)

    def forward(self, x):
        sizes = [n for n in x.shape]
        return self.layer(x)

left = Left()
a = left(torch.rand(2, 4))

class Right(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Conv2d(3, 6, 3)

    def forward(self, x):
        return self.layer(x)

right = Right()
b = right(torch.rand(1, 3, 9, 9))
c = b.flatten(1)

def helper(x):
    return x + 1

def unused(n):
    return helper(torch.rand(n, 2))
"""


class Editor(Editing):
    """One file in one project."""

    def __init__(self, folder: Path, text: str = FILE) -> None:
        super().__init__(folder, text)

    def edit(self, old: str, new: str) -> tuple[set[str], set[str]]:
        """The first lines of the parts that were taken over, and of those that were run; the outcome is checked."""
        assert old in self.text
        analysis = self.show(self.text.replace(old, new, 1))
        assert outcome(analysis) == outcome(Editing(self.folder, self.text).analysis), self.text
        lines = self.text.split("\n")
        kept, run = self.memory.parts
        return {lines[line - 1] for line in kept}, {lines[line - 1] for line in run}


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    return Editor(tmp_path)


LEFT, RIGHT, REST = "class Left(nn.Module):", "class Right(nn.Module):", "def helper(x):"
HEAD = "import torch"


def test_an_edit_runs_the_statements_that_share_names_with_it(editor: Editor) -> None:
    assert editor.edit("torch.rand(2, 4)", "torch.rand(7, 4)") == ({HEAD, RIGHT, REST}, {LEFT})
    assert editor.edit("nn.Conv2d(3, 6, 3)", "nn.Conv2d(3, 5, 3)") == ({HEAD, LEFT, REST}, {RIGHT})
    assert editor.edit("c = b.flatten(1)", "c = b.flatten(9)") == ({HEAD, LEFT, REST}, {RIGHT})


def test_lines_that_move_run_again(editor: Editor) -> None:
    assert editor.edit("right = Right()", "\nright = Right()") == ({HEAD, LEFT}, {RIGHT, REST})


def test_imports_are_what_all_parts_rest_on(editor: Editor) -> None:
    assert editor.edit("import torch.nn as nn", "import torch.nn as nn  #")[0] == set()


def test_a_comment_runs_nothing(editor: Editor) -> None:
    editor.edit("\ndef unused", "# tensight: n = 3\ndef unused")
    assert editor.edit("n = 3", "n = 5") == ({HEAD, LEFT, RIGHT, REST}, set())
    assert editor.edit("return helper(", "# why\n    return helper(") == ({HEAD, LEFT, RIGHT}, {REST})
    assert editor.edit("# why", "#") == ({HEAD, LEFT, RIGHT, REST}, set())


def test_a_body_that_nothing_entered_is_replaced(editor: Editor) -> None:
    all_parts = {HEAD, LEFT, RIGHT, REST}
    assert editor.edit("return x + 1", "return x + 2; y = x") == (all_parts, set())
    assert editor.edit("y = x", "y = [x for x in ()]") == (all_parts, set())
    assert editor.edit("helper(torch.rand(n, 2))", "helper(torch.rand(n, 3))") == (all_parts, set())
    assert editor.edit("return helper", "'What it does.'; return helper") == ({HEAD, LEFT, RIGHT}, {REST})
    assert editor.edit("def unused(n):", "def unused(n, m=2):") == ({HEAD, LEFT, RIGHT}, {REST})
    assert editor.edit("x + 2; y = [x for x in ()]", "right") == ({HEAD, LEFT}, {RIGHT})
    assert editor.edit("return right", "return left") == ({HEAD}, {LEFT, RIGHT})


@pytest.mark.parametrize(
    "look",
    [
        "seen = torch.rand(len(plan.__code__.co_varnames))",
        "seen = torch.rand(len(plan.__doc__ or 'no'))",
        "again = type(plan)(plan.__code__, globals())",
        "kept = functools.lru_cache(plan)",
        "kept = functools.wraps(plan)(lambda: None)",
        "class Holder:\n    run = staticmethod(plan)\n    more = functools.partial(plan)",
        "class Holder:\n    def method(self):\n        return plan()",
    ],
)
def test_a_body_that_something_holds_or_reads(tmp_path: Path, look: str) -> None:
    text = f"import functools\nimport torch\ndef plan():\n    a = torch.rand(3)\n    return a\n{look}\n"
    editor = Editor(tmp_path, text)
    for new in ("a = b = torch.rand(4)", "'ab'; a = torch.rand(5)", "'abc'", "a = torch.rand(6)", "a = torch.rand(3)"):
        editor.edit(editor.text.split("\n")[3].strip(), new)


def test_a_name_that_is_bound_links_its_parts(editor: Editor) -> None:
    assert editor.edit("a = left(torch.rand(2, 4))", "b = left(torch.rand(2, 4))") == ({HEAD, REST}, {LEFT})
    assert editor.edit("b = left(torch.rand(2, 4))", "z = left(torch.rand(2, 4))") == ({HEAD, REST}, {LEFT, RIGHT})


@pytest.mark.parametrize(
    "statement",
    [
        "globals()['left'] = None",
        "nn.Linear.forward = lambda self, x: x",
        "setattr(nn.Linear, 'forward', lambda self, x: x)",
        "torch.set_default_dtype(torch.float64)",
        "torch.set_grad_enabled(False)",
        "from torch import *",
        "exec('left = None')",
        "torch = None",
        "import sys; left = sys.modules[__name__].right",
        "raise SystemExit",
    ],
)
def test_what_may_reach_everything_links_all(editor: Editor, statement: str) -> None:
    editor.edit("c = b.flatten(1)", statement)
    assert editor.edit("torch.rand(2, 4)", "torch.rand(7, 4)")[0] <= {HEAD}


@pytest.mark.parametrize(
    ("shared", "use"),
    [
        ("TABLE = []", "TABLE.append(4); seen = torch.rand(len(TABLE))"),
        ("def count(at=[0]):\n    at[0] += 1\n    return torch.rand(at[0])", "seen = count()"),
        ("class Held:\n    n = 3", "Held.n += 1; seen = torch.rand(Held.n)"),
        ("N = 2\ndef grow():\n    global N\n    N = N + 1\n    return torch.rand(N)", "seen = grow()"),
        ("import itertools\nids = itertools.count(1)", "seen = torch.rand(next(ids))"),
    ],
)
def test_shared_state_links_its_users(tmp_path: Path, shared: str, use: str) -> None:
    again = use.replace("seen", "later")
    editor = Editor(tmp_path, f"import torch\n{shared}\n{use}\n{again}\nalone = torch.rand(5)\n")
    for size in (6, 7, 8):
        assert len(editor.edit(f"torch.rand({size - 1})", f"torch.rand({size})")[0]) == 2
        moved = again.replace("later ", "later  ")
        assert editor.edit(again, moved)[0] == {HEAD, f"alone = torch.rand({size})"}
        again = moved
    editor.edit(again, "pass")
    editor.edit("pass", again)


def test_the_users_modules_are_one_resource(tmp_path: Path) -> None:
    (tmp_path / "sizes.py").write_text("WIDTHS = [8]\n")
    (tmp_path / "more.py").write_text("from sizes import WIDTHS\ndef add():\n    WIDTHS.append(3)\n")
    text = "import torch\nimport sizes\nimport more\nmore.add()\na = torch.rand(len(sizes.WIDTHS))\nb = torch.rand(2)\n"
    editor = Editor(tmp_path, text)
    assert editor.edit("torch.rand(2)", "torch.rand(3)") == ({HEAD, "import sizes"}, {"b = torch.rand(3)"})
    assert editor.edit("more.add()", "more.add();more.add()")[0] == {HEAD, "b = torch.rand(3)"}


def test_sizes_that_depend_on_data_keep_their_names_apart(tmp_path: Path) -> None:
    lines = ["import torch", "a = torch.rand(4)", "b = torch.nonzero(a)", "c = torch.rand(5)", "d = torch.nonzero(c)"]
    editor = Editor(tmp_path, "\n".join([*lines, "e = torch.rand(6)"]))
    assert editor.edit("torch.rand(6)", "torch.rand(7)")[0] == {HEAD, "a = torch.rand(4)", "c = torch.rand(5)"}
    assert editor.edit("torch.rand(5)", "torch.rand(8)")[0] == {HEAD, "e = torch.rand(7)"}
    assert editor.edit("torch.rand(7)", "torch.rand(7).nonzero()")[0] == set()
    assert editor.edit("torch.rand(7).nonzero()", "torch.rand(7)")[0] == {HEAD}


@pytest.mark.parametrize("limit", range(1, 30, 3))
def test_a_run_that_is_cancelled_leaves_what_it_kept(editor: Editor, limit: int) -> None:
    calls = 0

    def poll() -> None:
        nonlocal calls
        calls += 1
        if calls > limit:
            raise Cancelled

    editor.project.open(editor.path, editor.text.replace("torch.rand(2, 4)", "torch.rand(5, 4)"))
    with suppress(Cancelled):
        editor.project.analyse(editor.path, poll)
    kept, _ = editor.edit("c = b.flatten(1)", "c = b.flatten(2)")
    assert REST in kept


def test_what_exploring_writes_is_taken_back(tmp_path: Path) -> None:
    factory = "def factory():\n    SEEN.append(1)\n    return torch.rand(len(SEEN))"
    text = f"import torch\nSEEN = []\n{factory}\nother = torch.rand(2)\n"
    editor = Editor(tmp_path, text)
    for size in range(3, 6):
        editor.edit(f"torch.rand({size - 1})", f"torch.rand({size})")


@pytest.mark.parametrize("seed", range(4))
def test_any_edits_end_as_a_first_analysis_would(editor: Editor, seed: int) -> None:
    chance = random.Random(seed)
    taken = 0
    for _ in range(10):
        lines = editor.text.split("\n")
        at = chance.choice([number for number, line in enumerate(lines) if line])
        indent = re.match(r" *", lines[at])[0]  # type: ignore[index]
        match chance.randrange(6):
            case 0:
                lines[at] += "  # a comment"
            case 1 | 2:
                lines[at] = re.sub(r"\d+", lambda found: str(int(found[0]) + 1), lines[at])
            case 3:
                lines.insert(at, lines[at])
            case 4:
                lines[at] = lines[at][: len(lines[at]) // 2]
            case _:
                lines[at] = indent + "pass"
        before = editor.text
        kept, _ = editor.edit(before, "\n".join(lines))
        taken += len(kept)
        if chance.random() < 0.5:
            editor.edit(editor.text, before)
    assert taken


def test_defaults_of_a_program_end_with_its_analysis(tmp_path: Path) -> None:
    for setting in ("set_default_dtype(torch.float64)", "set_default_device('meta')"):
        Editing(tmp_path, f"import torch\ntorch.{setting}\nx = torch.zeros(2)\n")
        assert defaults() == (FLOAT32, "cpu", False, True)


#: What an Interp holds that is the same for all parts, is set anew for each, or is no state of the program.
_NEUTRAL = {
    "request", "world", "journal", "modules", "deferred", "frames", "doubt", "forks", "handlers", "escaped", "steps",
    "last_step", "deadline", "allowance", "started", "began", "root_until", "explore_until", "alarm", "user_files",
    "library_depth", "internal_errors", "limits", "root", "reached", "assumed", "grad_enabled", "handling",
    "module_calls", "survivor", "guarded_import", "fresh", "diagnostics", "autocast", "summaries", "trouble",
    "reaching", "rerun", "views", "deep_since", "deep_steps", "written_over",
}  # fmt: skip


def test_each_part_has_what_an_analysis_collects(editor: Editor) -> None:
    """Whatever is added to an Interp must be kept by part, or be neutral: else a part that is taken over lacks it."""
    request = Request(Source("m", editor.path, ast.parse(""), ""), (), loader=None)  # type: ignore[arg-type]
    it = Interp(request, World())
    it.alarm.stop()
    collected = set(vars(it)) - _NEUTRAL
    own = {"statements", "found", "named", "names", "steps", "facts", "followed", "left"}
    assert collected == {*Part.__slots__} - own
