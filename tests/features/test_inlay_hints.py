"""Where hints stand and where they stay away."""

from features.build import Built, tensor
from tensight.dims import fresh_unknown, symbol
from tensight.features.inlay_hints import HintOptions, inlay_hints
from tensight.features.source import Source
from tensight.syntax.span import Span
from tensight.values import Provenance

B, H, W = symbol("B"), symbol("H"), symbol("W")

NET = """\
def forward(self, x):
    x = F.relu(self.conv1(x))
    x = F.relu(x)
    return self.fc1(x)
"""


def test_targets_parameters_and_returns():
    built = Built(NET)
    built.add("param", 1, "x", tensor(B, 1, H, W)).add("target", 2, "x", tensor(B, 32, H - 2, W - 2))
    built.add("name", 2, "x", tensor(B, 1, H, W), nth=1)
    built.add("return", 4, "self.fc1(x)", tensor(B, 128))
    assert built.rendered() == NET.replace("self, x", "self, x«: (B, 1, H, W)»").replace(
        "x = F.relu(self", "x«: (B, 32, H-2, W-2)» = F.relu(self"
    ).replace("return self.fc1(x)", "return self.fc1(x)«: (B, 128)»")


def test_each_kind_can_be_switched_off():
    built = Built(NET)
    built.add("param", 1, "x", tensor(B, 1)).add("target", 2, "x", tensor(B, 2))
    built.add("return", 4, "self.fc1(x)", tensor(B))
    kinds = {"targets": "target", "parameters": "parameter", "returns": "return"}
    for option, kind in kinds.items():
        hints = inlay_hints(built.analysis, built.source, HintOptions(**{option: False}))
        assert {hint.kind.value for hint in hints} == set(kinds.values()) - {kind}


def test_an_unchanged_shape_is_not_repeated():
    built = Built(NET)
    built.add("param", 1, "x", tensor(B, 64))
    built.add("target", 2, "x", tensor(B, 64)).add("name", 2, "x", tensor(B, 64), nth=1)
    built.add("target", 3, "x", tensor(B, 64)).add("name", 3, "x", tensor(B, 64), nth=1)
    assert built.rendered() == NET.replace("self, x", "self, x«: (B, 64)»")


def test_the_other_branch_repeats_nothing_of_the_first():
    text = "def f(x):\n    if c:\n        x = a(x)\n    else:\n        x = b(x)\n    return x\n"
    built = Built(text).add("param", 1, "x", tensor(B, 2))
    for line in (3, 5):
        built.add("target", line, "x", tensor(B, 4)).add("name", line, "x", tensor(B, 2), nth=1)
    built.add("return", 6, "x", tensor(B, 4))
    assert built.rendered() == text.replace("(x):", "(x«: (B, 2)»):").replace("x =", "x«: (B, 4)» =")


def test_a_returned_name_is_hinted_only_if_its_shape_was_not():
    text = "def f(x):\n    y = g(x)\n    return y\n"
    seen = Built(text).add("target", 2, "y", tensor(3)).add("return", 3, "y", tensor(3))
    assert "return y\n" in seen.rendered()
    unseen = Built(text).add("return", 3, "y", tensor(3))
    assert "return y«: (3,)»" in unseen.rendered()


def test_a_returned_tuple_of_hinted_names_is_quiet():
    text = "def f(x):\n    y = g(x)\n    return x, y\n"
    built = Built(text).add("param", 1, "x", tensor(2)).add("target", 2, "y", tensor(3))
    built.add("return", 3, "x, y", (tensor(2), tensor(3)))
    assert "return x, y\n" in built.rendered()


def test_tuple_targets_get_one_each():
    text = "q, (k, *v) = split(x)\n"
    built = Built(text)
    for name, size in (("q", 2), ("k", 3), ("v", 4)):
        built.add("target", 1, name, tensor(size))
    assert built.rendered() == "q«: (2,)», (k«: (3,)», *v«: (4,)») = split(x)\n"


def test_a_chain_of_targets_gets_one():
    built = Built("a = b = f()\n").add("target", 1, "a", tensor(2)).add("target", 1, "b", tensor(2))
    assert built.rendered() == "a«: (2,)» = b = f()\n"


def test_loops_with_walrus_and_attributes():
    text = "for x in xs:\n    self.w = g(x)\nwith f() as y:\n    pass\nif (z := h()) is None:\n    pass\n"
    built = Built(text)
    for line, name in ((1, "x"), (2, "self.w"), (3, "y"), (5, "z")):
        built.add("target", line, name, tensor(line))
    assert built.rendered() == (
        "for x«: (1,)» in xs:\n    self.w«: (2,)» = g(x)\nwith f() as y«: (3,)»:\n    pass\n"
        "if (z«: (5,)» := h()) is None:\n    pass\n"
    )


def test_in_place_arithmetic_is_quiet():
    built = Built("x += y\n").add("target", 1, "x", tensor(2))
    assert built.rendered() == "x += y\n"


def test_nothing_known_is_no_hint():
    built = Built("x = f()\n").add("target", 1, "x", tensor(fresh_unknown(), fresh_unknown()))
    assert built.rendered() == "x = f()\n"


def test_an_annotated_parameter_is_hinted_behind_its_annotation():
    built = Built("def f(x: Tensor = None, *a, y): ...\n")
    built.add("param", 1, "x", tensor(2)).add("param", 1, "y", tensor(3))
    assert built.rendered() == "def f(x: Tensor« (2,)» = None, *a, y«: (3,)»): ...\n"


def test_sizes_that_fit_stand_behind_the_parameter():
    built = Built("def forward(self, x): ...\n").entry(1, "x", tensor(B, 1, H, W), {"H": 28, "W": 28})
    assert built.rendered() == "def forward(self, x«: (B, 1, H, W) e.g. 28 × 28»): ...\n"
    one = Built("def forward(self, x): ...\n").entry(1, "x", tensor(B, H), {"H": 100})
    assert one.rendered() == "def forward(self, x«: (B, H) e.g. H = 100»): ...\n"


def test_parts_link_to_where_a_size_comes_from():
    text = "def f(self, x):\n    y = g(x)\n"
    built = Built(text).entry(1, "x", tensor(B, 3))
    step = Provenance("torch.cat", Span("/project/net.py", 2, 8, 2, 12), (tensor(B, 3),))
    built.add("target", 2, "y", tensor(B, 6, by=step))
    hint = next(hint for hint in inlay_hints(built.analysis, built.source) if hint.line == 2)
    assert [(part.text, part.location and part.location.line, part.tooltip) for part in hint.parts] == [
        (": (", None, ""),
        ("B", 1, "B: axis 0 of x"),
        (", ", None, ""),
        ("6", 2, "6: from cat"),
        (")", None, ""),
    ]


def test_columns_are_code_points():
    built = Built("é = '😀'; x = f()\n").add("target", 1, "x", tensor(2))
    assert built.rendered() == "é = '😀'; x«: (2,)» = f()\n"


def test_lines_end_where_editors_end_them():
    source = Source("/project/a.py", "a = 1\x0c\nb = 2\r\nc = '\u2028'\rd = 4")
    assert source.lines == ["a = 1\x0c", "b = 2", "c = '\u2028'", "d = 4"]
