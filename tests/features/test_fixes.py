"""Quick fixes: the preferred one removes the error for the analysis, and the program then runs under PyTorch."""

import textwrap

import pytest

from tensight.diagnostics import Severity
from tensight.features.fixes import fixes_for
from tensight.features.source import Source
from tensight.features.trial import read, trial
from tensight.project.project import Project

HEAD = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"

#: name → (program, title of the preferred fix, what it writes into the program)
CASES = {
    "wrong latent size between encoder and decoder": (
        """
        encoder, decoder = nn.Linear(784, 64), nn.Linear(32, 784)
        out = decoder(encoder(torch.randn(16, 784)))
        """,
        "Change in_features to 64",
        "nn.Linear(64, 784)",
    ),
    "neighbouring layers disagree inside a Sequential": (
        """
        net = nn.Sequential(
            nn.Linear(10, 20),
            nn.ReLU(),
            nn.Linear(in_features=30, out_features=5),
        )
        out = net(torch.randn(2, 10))
        """,
        "Change in_features to 20",
        "nn.Linear(in_features=20, out_features=5)",
    ),
    "a flatten is missing at the call": (
        """
        conv, fc = nn.Conv2d(1, 4, 3), nn.Linear(4 * 26 * 26, 10)
        out = fc(conv(torch.randn(2, 1, 28, 28)))
        """,
        "Insert a flatten",
        "fc(conv(torch.randn(2, 1, 28, 28)).flatten(1))",
    ),
    "a flatten is missing inside a Sequential": (
        """
        net = nn.Sequential(
            nn.Conv2d(1, 4, 3),
            nn.Linear(4 * 26 * 26, 10),
        )
        out = net(torch.randn(2, 1, 28, 28))
        """,
        "Insert a flatten",
        "    nn.Flatten(),\n    nn.Linear(4 * 26 * 26, 10),",
    ),
    "no flatten and a wrong number": (
        """
        conv, fc = nn.Conv2d(1, 4, 3), nn.Linear(100, 10)
        out = F.cross_entropy(fc(conv(torch.randn(2, 1, 28, 28))), torch.tensor([1, 2]))
        """,
        "Insert a flatten and change in_features to 2704",
        "nn.Linear(2704, 10)",
    ),
    "a view with a wrong number": (
        """
        x = nn.Conv2d(1, 4, 3)(torch.randn(2, 1, 28, 28))
        x = x.view(-1, 4 * 24 * 25)
        out = nn.Linear(4 * 26 * 26, 10)(x)
        """,
        "Flatten all but the batch",
        "x = x.flatten(1)",
    ),
    "in_features computed for another image size": (
        """
        net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8 * 16 * 16, 10))
        out = net(torch.randn(4, 3, 32, 32))
        """,
        "Change in_features to 1800",
        "nn.Linear(1800, 10)",
    ),
    "a layer in a helper that is called twice": (
        """
        def block(c_in, c_out):
            return nn.Sequential(nn.Conv2d(c_in, c_out, 3, padding=1), nn.BatchNorm2d(c_in), nn.ReLU())

        net = nn.Sequential(block(3, 8), block(8, 16))
        out = net(torch.randn(2, 3, 8, 8))
        """,
        "Change num_features to c_out",
        "nn.BatchNorm2d(c_out)",
    ),
    "a forgotten batch axis": (
        """
        net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8))
        image = torch.randn(3, 32, 32)
        out = net(image)
        """,
        "Add the batch axis: image.unsqueeze(0)",
        "net(image.unsqueeze(0))",
    ),
    "cat along the wrong axis": (
        """
        a, b = torch.randn(8, 64, 7), torch.randn(8, 32, 7)
        c = torch.cat([a, b], 2)
        """,
        "Join along dim=1",
        "torch.cat([a, b], 1)",
    ),
    "cat without its dim, seen at the next layer": (
        """
        a, b = torch.randn(8, 32), torch.randn(8, 32)
        both = torch.cat((a, b))
        out = nn.Linear(64, 2)(both) + torch.zeros(8, 2)
        """,
        "Join along dim=1 in line 6",
        "torch.cat((a, b), dim=1)",
    ),
    "the second operand lies the wrong way": (
        """
        q, k = torch.randn(2, 4, 10, 8), torch.randn(2, 4, 12, 8)
        s = torch.matmul(q, k)
        """,
        "Transpose the second operand",
        "torch.matmul(q, k.transpose(-2, -1))",
    ),
    "swapped operands": (
        """
        w, x = torch.randn(5, 3), torch.randn(7, 5)
        y = w @ x
        """,
        "Swap the operands",
        "y = x @ w",
    ),
    "channels last": (
        """
        images = torch.rand(4, 32, 32, 3)
        out = nn.Conv2d(3, 8, 3)(images)
        """,
        "Move the channels to axis 1: .permute(0, 3, 1, 2)",
        "nn.Conv2d(3, 8, 3)(images.permute(0, 3, 1, 2))",
    ),
    "in_channels": (
        """
        net = nn.Sequential(nn.Conv2d(1, 16, 3), nn.ReLU(), nn.Conv2d(32, 8, 3))
        out = net(torch.randn(4, 1, 28, 28))
        """,
        "Change in_channels to 16",
        "nn.Conv2d(16, 8, 3)",
    ),
    "normalized_shape": (
        """
        norm = nn.LayerNorm((8, 64))
        out = norm(torch.randn(2, 8, 32))
        """,
        "Change normalized_shape to (8, 32)",
        "nn.LayerNorm((8, 32))",
    ),
    "an LSTM with the wrong input size": (
        """
        lstm = nn.LSTM(1, 50, batch_first=True)
        out, _ = lstm(torch.randn(64, 30, 5))
        """,
        "Change input_size to 5",
        "nn.LSTM(5, 50, batch_first=True)",
    ),
    "a target without its last axis": (
        """
        out = torch.sigmoid(nn.Linear(4, 1)(torch.randn(32, 4)))
        loss = F.binary_cross_entropy(out, torch.ones(32))
        """,
        "Add an axis to the target: .unsqueeze(1)",
        "F.binary_cross_entropy(out, torch.ones(32).unsqueeze(1))",
    ),
    "a mask without its head axis": (
        """
        att, mask = torch.randn(3, 4, 11, 11), torch.ones(3, 1, 11)
        att = att.masked_fill(mask == 0, -1e9)
        """,
        "Add an axis: [:, None, :, :]",
        "att.masked_fill((mask == 0)[:, None, :, :], -1e9)",
    ),
}


def first_fix(program, tmp_path):
    """All fixes of the first error, and the program with the first of them."""
    path = str(tmp_path / "program.py")
    (tmp_path / "program.py").write_text(program, encoding="utf-8")
    project = Project((str(tmp_path),))
    analysis = project.analyse(path)
    assert not analysis.internal_errors
    source = Source(path, program)
    error = next(one for one in analysis.diagnostics if one.severity is Severity.ERROR)
    fixes = fixes_for(
        analysis, source, error, lambda edits: trial(project, edits, lambda scratch: scratch.analyse(path)),
        lambda file: Source(file, text) if (text := read(file)) is not None else None,
    )  # fmt: skip
    return fixes, source.applied(fixes[0].edits) if fixes else program


@pytest.mark.parametrize("name", CASES)
def test_the_preferred_fix_makes_the_program_run(name, tmp_path):
    torch = pytest.importorskip("torch")
    body, title, written = CASES[name]
    program = HEAD + textwrap.dedent(body)
    with pytest.raises((RuntimeError, ValueError, IndexError)):
        exec(compile(program, name, "exec"), {"__name__": "program"})
    fixes, fixed = first_fix(program, tmp_path)
    assert fixes
    assert fixes[0].preferred
    assert fixes[0].title == title
    assert written in fixed
    with torch.no_grad():
        exec(compile(fixed, name, "exec"), {"__name__": "program"})


def test_only_one_is_preferred(tmp_path):
    fixes, _ = first_fix(HEAD + textwrap.dedent(CASES["wrong latent size between encoder and decoder"][0]), tmp_path)
    assert [fix.preferred for fix in fixes] == [True] + [False] * (len(fixes) - 1)
    assert "Change out_features of the Linear in line 5 to 32" in [fix.title for fix in fixes]


@pytest.mark.parametrize(
    ("program", "fixed"),
    [
        ("import torch\nimport torch.nn as nn\n\nx = F.relu(torch.ones(2))\n",
         "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\nx = F.relu(torch.ones(2))\n"),
        ('"""Doc."""\nx = torch.ones(2)\n', '"""Doc."""\nimport torch\nx = torch.ones(2)\n'),
        ("# comment\nx = torch.ones(2)\n", "# comment\nimport torch\nx = torch.ones(2)\n"),
        ("from __future__ import annotations\nx = np.ones(2)\n",
         "from __future__ import annotations\nimport numpy as np\nx = np.ones(2)\n"),
        ("import torch\r\nx = rearrange(torch.ones(2, 3), 'a b -> b a')\r\n",
         "import torch\r\nfrom einops import rearrange\r\nx = rearrange(torch.ones(2, 3), 'a b -> b a')\r\n"),
    ],
)  # fmt: skip
def test_an_import_is_added_where_imports_stand(program, fixed, tmp_path):
    path = str(tmp_path / "program.py")
    project = Project((str(tmp_path),))
    project.open(path, program)
    analysis = project.analyse(path)
    (error,) = [one for one in analysis.diagnostics if one.code == "undefined-name"]
    fix, = fixes_for(analysis, program, error, lambda edits: trial(
        project, edits, lambda scratch: scratch.analyse(path), {path: program}
    ))  # fmt: skip
    assert fix.preferred
    assert Source(path, program).applied(fix.edits) == fixed


def test_a_fix_that_does_not_help_is_not_offered(tmp_path):
    program = HEAD + "x = torch.randn(2, 3) + torch.randn(4, 5)\n"
    assert first_fix(program, tmp_path) == ((), program)


def test_a_layer_in_another_file_is_changed_there(tmp_path):
    names = ("program.py", "model.py")
    program, model = "import torch\nfrom model import fc\n\ny = fc(torch.randn(2, 9))\n", "fc = nn.Linear(8, 4)\n"
    for name, text in zip(names, (program, f"import torch.nn as nn\n\n{model}")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    files = [str(tmp_path / name) for name in names]
    project = Project((str(tmp_path),))
    analysis = project.check(files).analyses[0]
    fixes = fixes_for(
        analysis, program, analysis.diagnostics[0],
        lambda edits: trial(project, edits, lambda scratch: scratch.check(files).analyses[0]),
        lambda file: Source(file, text) if (text := read(file)) is not None else None,
    )  # fmt: skip
    assert fixes[0].title == "Change in_features to 9"
    assert fixes[0].edits[0].span.file == files[1]
