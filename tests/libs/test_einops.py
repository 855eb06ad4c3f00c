"""einops rules and layers against einops itself: shapes, dtypes, refusals, symbols, open ranks."""

from __future__ import annotations

from typing import Any

import einops
import einops.layers.torch as layers
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import tensight.libs  # noqa: F401  (fills the registries)
from ops.arguments import BOUNDED, make
from ops.convert import to_value
from ops.oracle import Refusal, commuting, judge, run_real, run_rule
from tensight.dims import symbol, to_text
from tensight.modules.registry import LAYERS, Attrs
from tensight.ops.errors import NOTES, ShapeError
from tensight.ops.registry import RULES
from tensight.values import FLOAT32, DictV, ListV, Size, Tensor

TRANSFORMS: list[tuple[str, list[int], str, dict[str, int]]] = [
    ("rearrange", [2, 3, 4, 5], "b c h w -> b h w c", {}),
    ("rearrange", [2, 3, 4, 5], "b c h w -> b (c h w)", {}),
    ("rearrange", [2, 3, 8, 8], "b c (h p) (w q) -> b (h w) (p q c)", {"p": 4, "q": 2}),
    ("rearrange", [2, 3, 8, 8], "b c (h p1) (w p2) -> b (h w) (p1 p2 c)", {"p1": 3, "p2": 2}),
    ("rearrange", [2, 6], "b (h d) -> b h d", {"h": 4}),
    ("rearrange", [2, 6], "b (h d) -> b h d", {"h": 2, "d": 4}),
    ("rearrange", [2, 6], "b (h d) -> b h d", {"h": 2, "d": 3}),
    ("rearrange", [2, 6], "b (h d) -> b h d", {}),
    ("rearrange", [2, 6], "b n -> b n", {"b": 3}),
    ("rearrange", [2, 6], "b n -> b n", {"b": 2}),
    ("rearrange", [2, 3, 4], "b n -> n b", {}),
    ("rearrange", [2], "b n -> n b", {}),
    ("rearrange", [2, 3], "b n -> b", {}),
    ("rearrange", [2, 3], "b -> b n", {}),
    ("rearrange", [2, 3], "b b -> b", {}),
    ("rearrange", [2, 3], "b n n", {}),
    ("rearrange", [2, 3], "b n -> n b -> b", {}),
    ("rearrange", [2, 3], "b (n -> n b", {}),
    ("rearrange", [2, 3], "b n) -> n b", {}),
    ("rearrange", [2, 3], "b ((n)) -> n b", {}),
    ("rearrange", [2, 3], "b .. -> .. b", {}),
    ("rearrange", [2, 3], "... b ... -> ... b", {}),
    ("rearrange", [2, 3], "b n -> n b", {"x": 2}),
    ("rearrange", [2, 3], "b n -> n b", {"_b": 2}),
    ("rearrange", [2, 3], "b _n -> _n b", {}),
    ("rearrange", [2, 3], "b n! -> n! b", {}),
    ("rearrange", [2, 3], "b 3 -> 3 b", {}),
    ("rearrange", [2, 3], "b 0 -> 0 b", {}),
    ("rearrange", [2, 1, 3], "b 1 n -> n b", {}),
    ("rearrange", [2, 1, 3], "b () n -> n () b 1", {}),
    ("rearrange", [2, 2, 3], "b 1 n -> n b", {}),
    ("rearrange", [2, 3, 4, 5], "b ... -> b (...)", {}),
    ("rearrange", [2, 3, 4, 5], "... c -> c ...", {}),
    ("rearrange", [2, 3, 4, 5], "b ... c -> c (b ...)", {}),
    ("rearrange", [2], "a b ... -> b a ...", {}),
    ("rearrange", [2, 3], "a b ... -> b a ...", {}),
    ("rearrange", [2, 3], "a b -> b a ...", {}),
    ("rearrange", [2, 3], "a (b ...) -> b a ...", {}),
    ("rearrange", [2, 3], "batch time -> time batch", {}),
    ("rearrange", [0, 3], "a b -> b a", {}),
    ("repeat", [2, 3], "h w -> h w c", {"c": 3}),
    ("repeat", [2, 3], "h w -> h w c", {}),
    ("repeat", [2, 3], "h w -> (h 2) (3 w)", {}),
    ("repeat", [2, 3], "h w -> (r h) w", {"r": 2}),
    ("repeat", [2, 3], "h w -> h", {}),
    ("repeat", [3], "d -> b d", {"b": 4}),
    ("repeat", [1, 1, 3], "1 1 d -> b 1 d", {"b": 4}),
    ("repeat", [1, 3], "() d -> b d", {"b": 4}),
    ("repeat", [2, 3], "... w -> ... w 2", {}),
]  # fmt: skip
REDUCTIONS: list[tuple[list[int], str, str, dict[str, int]]] = [
    ([2, 3, 4, 5], "b c h w -> b c", "mean", {}),
    ([2, 3, 4, 5], "b c h w -> b c 1 1", "max", {}),
    ([2, 3, 4, 6], "b c (h h2) (w 2) -> b c h w", "min", {"h2": 2}),
    ([2, 3, 4, 5], "b c h w -> b c", "foo", {}),
    ([2, 3, 4, 5], "b c h w -> b x", "mean", {}),
    ([2, 3, 4, 5], "b c h w ->", "sum", {}),
    ([2, 3, 4, 5], "b ... -> b", "prod", {}),
    ([2, 3, 4, 5], "b ... c -> ...", "any", {}),
    ([2, 3, 4, 5], "... -> ...", "all", {}),
    ([2, 3, 4, 5], "b c (h h2) w -> b c h w", "mean", {"h2": 3}),
]  # fmt: skip


def _check(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """The rule agrees with einops, symbols included."""
    rule = RULES[f"einops.{name}"]
    real = run_real(getattr(einops, name), args, kwargs)
    comparison = judge(run_rule(rule, args, kwargs), real)
    assert not comparison.wrong, comparison.wrong
    assert not comparison.unknown, comparison.unknown
    if not isinstance(real, Refusal):
        values = tuple(map(to_value, args))
        assert commuting(rule, values, {key: to_value(value) for key, value in kwargs.items()}) == []


@pytest.mark.parametrize(("name", "shape", "pattern", "lengths"), TRANSFORMS)
def test_transforms_agree(name: str, shape: list[int], pattern: str, lengths: dict[str, int]) -> None:
    _check(name, (make(shape), pattern), lengths)


@pytest.mark.parametrize(("shape", "pattern", "reduction", "lengths"), REDUCTIONS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.int64, torch.bool, torch.float16])
def test_reductions_agree(
    shape: list[int], pattern: str, reduction: str, lengths: dict[str, int], dtype: torch.dtype
) -> None:
    _check("reduce", (make(shape, dtype), pattern, reduction), lengths)


def test_lists_are_stacked() -> None:
    images = [make([4, 5, 3]) for _ in range(6)]
    for pattern in ("b h w c -> b c h w", "b h w c -> (b h) w c", "b h w -> b h w"):
        _check("rearrange", (images, pattern), {})
    _check("rearrange", ([], "b -> b"), {})


EINSUMS: list[tuple[list[list[int]], str]] = [
    ([[2, 3, 4], [2, 5, 4]], "b i d, b j d -> b i j"),
    ([[2, 3, 4], [2, 5, 6]], "b i d, b j d -> b i j"),
    ([[2, 3], [3, 4]], "batch in, in out -> batch out"),
    ([[2, 3], [3, 4]], "batch in, in out -> batch foo"),
    ([[2, 3], [3, 4]], "batch in, in out"),
    ([[2, 3]], "(a b) c -> c"),
    ([[2, 3]], "() c -> c"),
    ([[2, 3]], "2 c -> c"),
    ([[3, 3]], "i i ->"),
    ([[2, 3, 4], [4, 5]], "... i, i j -> ... j"),
    ([[2, 3]], "a b -> b -> a"),
    ([[2, 3]], "a b! -> a"),
    ([[2, 3]], "a -> a"),
]  # fmt: skip


@pytest.mark.parametrize(("shapes", "pattern"), EINSUMS)
def test_einsum_agrees(shapes: list[list[int]], pattern: str) -> None:
    _check("einsum", (*(make(shape) for shape in shapes), pattern), {})


def test_einsum_wants_a_pattern() -> None:
    _check("einsum", (make([2]),), {})
    _check("einsum", (make([2]), make([2])), {})


@pytest.mark.parametrize(
    ("shapes", "pattern"),
    [
        ([[2, 3, 5], [2, 3, 7, 5], [2, 3, 7, 9, 5]], "i j * k"),
        ([[2, 5], [2, 3, 7, 5]], "i j * k"),
        ([[2, 5], [2, 5]], "*"),
        ([[2, 5], [2, 6]], "a *"),
        ([[2, 5], [3, 6]], "a *"),
        ([[2, 5]], "a a *"),
        ([[2, 5]], "a b"),
        ([[2, 5]], "_a *"),
        ([[2, 3, 4, 5]], "b * c"),
    ],
)
def test_pack_agrees(shapes: list[list[int]], pattern: str) -> None:
    _check("pack", ([make(shape) for shape in shapes], pattern), {})


@pytest.mark.parametrize(
    ("shape", "shapes", "pattern"),
    [
        ([2, 3, 71, 5], [(), (7,), (7, 9)], "i j * k"),
        ([2, 3, 71, 5], [(), (7,), (-1, 9)], "i j * k"),
        ([2, 3, 71, 5], [(), (7,), (-1,)], "i j * k"),
        ([2, 3, 71, 5], [(-1,), (7,), (-1,)], "i j * k"),
        ([2, 3, 71, 5], [(), (7,), (-1, 10)], "i j * k"),
        ([2, 3, 71, 5], [(), (7,), (7,)], "i j * k"),
        ([2, 3, 71], [(), (7,)], "i j * k"),
        ([2, 8], [torch.Size([3]), torch.Size([5])], "a *"),
        ([2, 8], [torch.Size([3]), torch.Size([6])], "a *"),
        ([2, 8], [[3], [5]], "a *"),
        ([2, 8], ([3], [4]), "a *"),
    ],
)
def test_unpack_agrees(shape: list[int], shapes: Any, pattern: str) -> None:
    _check("unpack", (make(shape), shapes, pattern), {})


@pytest.mark.parametrize(
    "pattern",
    ["b c h w", "b _ _ w", "b ...", "... w", "b c", "b (c d) e f", "b 1 _ _", "b 3 _ _", "b 4 _ _", "a b c d e f ..."],
)
def test_parse_shape_agrees(pattern: str) -> None:
    real = run_real(einops.parse_shape, (make([2, 3, 4, 5]), pattern), {})
    got = run_rule(RULES["einops.parse_shape"], (make([2, 3, 4, 5]), pattern), {})
    assert got == real if isinstance(real, Refusal) else isinstance(got, DictV) and got.items == real


NAMES = ["a", "b", "c", "d", "...", "(", ")", "1", "2"]


@BOUNDED
@given(
    st.lists(st.sampled_from(NAMES), max_size=5),
    st.lists(st.sampled_from(NAMES), max_size=5),
    st.lists(st.integers(1, 4), max_size=4),
    st.dictionaries(st.sampled_from("abc"), st.integers(1, 3), max_size=2),
    st.sampled_from(["rearrange", "repeat", "reduce"]),
)
def test_random_patterns_agree(
    left: list[str], right: list[str], shape: list[int], lengths: dict[str, int], name: str
) -> None:
    pattern = f"{' '.join(left)} -> {' '.join(right)}"
    _check(name, (make(shape), pattern, *(["sum"] if name == "reduce" else [])), lengths)


@pytest.mark.parametrize("seed", range(40))
def test_random_rearrangements_agree(seed: int) -> None:
    """Patterns that einops accepts: axes grouped on both sides, the sizes of all but one given."""
    generator = torch.Generator().manual_seed(seed)

    def draw(n: int) -> int:
        return int(torch.randint(n, (1,), generator=generator))

    names = "abcde"[: 1 + draw(5)]
    sizes = {name: 1 + draw(3) for name in names}

    def grouped(order: list[str]) -> list[list[str]]:
        groups: list[list[str]] = []
        for name in order:
            if groups and draw(3) == 0:
                groups[-1].append(name)
            else:
                groups.append([name])
        return groups

    left = grouped(list(names))
    right = grouped([names[i] for i in torch.randperm(len(names), generator=generator).tolist()])
    text = " -> ".join(" ".join(f"({' '.join(g)})" if len(g) > 1 else g[0] for g in side) for side in (left, right))
    shape = [int(torch.tensor([sizes[name] for name in group]).prod()) for group in left]
    _check("rearrange", (make(shape), text), {name: sizes[name] for group in left for name in group[1:]})


def _layer(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return run_rule(LAYERS[f"einops.layers.torch.{name}"].init, args, kwargs)


def _keyed(module: torch.nn.Module) -> Any:
    """A rank for which a layer is not prepared is a KeyError."""

    def call(input: torch.Tensor) -> Any:
        try:
            return module(input)
        except KeyError as error:
            return Refusal.of(error)

    return call


LAYER_CASES: list[tuple[str, tuple[Any, ...], dict[str, Any], list[int]]] = [
    ("Rearrange", ("b c (h p) (w q) -> b (h w) (p q c)",), {"p": 4, "q": 4}, [2, 3, 8, 8]),
    ("Rearrange", ("b c (h p) (w q) -> b (h w) (p q c)",), {"p": 4, "q": 4}, [2, 3, 8, 9]),
    ("Rearrange", ("b c h w -> b (c h w)",), {}, [2, 3, 8]),
    ("Rearrange", ("b c h w -> b (c h)",), {}, [2, 3, 8]),
    ("Rearrange", ("b c h w",), {}, [2, 3, 8]),
    ("Rearrange", ("b ... -> b (...)",), {}, [2, 3, 8]),
    ("Rearrange", ("b ... -> b (...)",), {"x": 2}, [2, 3, 8]),
    ("Rearrange", ("b ... -> b (...)",), {}, [1] * 9),
    ("Reduce", ("b c h w -> b c", "mean"), {}, [2, 3, 4, 5]),
    ("Reduce", ("b c (h 2) (w 2) -> b c h w", "max"), {}, [2, 3, 4, 5]),
    ("Reduce", ("b c (h 2) (w 2) -> b c h w", "max"), {}, [2, 3, 4, 6]),
    ("Reduce", ("b c -> b", "all"), {}, [2, 3]),
    ("Reduce", ("b c -> b", "foo"), {}, [2, 3]),
    ("EinMix", ("t b c -> t b d",), {"weight_shape": "c d", "bias_shape": "d", "c": 4, "d": 6}, [2, 3, 4]),
    ("EinMix", ("t b cin -> t b cout",), {"weight_shape": "cin cout", "cin": 4, "cout": 6}, [2, 3, 5]),
    ("EinMix", ("b (h c) -> b (h d)",), {"weight_shape": "h c d", "bias_shape": "h d", "h": 2, "c": 3, "d": 4}, [5, 6]),
    ("EinMix", ("b ... c -> b ... d",), {"weight_shape": "c d", "c": 3, "d": 4}, [5, 6, 7, 3]),
    ("EinMix", ("b c -> b d",), {"weight_shape": "c d", "c": 3}, [5, 3]),
    ("EinMix", ("b c -> b d",), {"weight_shape": "c", "c": 3}, [5, 3]),
    ("EinMix", ("b c -> b",), {"weight_shape": "c d", "c": 3, "d": 4}, [5, 3]),
    ("EinMix", ("b c -> b d",), {"weight_shape": "(c d)", "c": 3, "d": 4}, [5, 3]),
    ("EinMix", ("b c -> b 3",), {"weight_shape": "c", "c": 3}, [5, 3]),
    ("EinMix", ("b ... -> b",), {"weight_shape": "b", "b": 3}, [5, 3]),
    ("EinMix", ("b c -> b d",), {"weight_shape": "c d", "bias_shape": "c", "c": 3, "d": 4}, [5, 3]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args", "kwargs", "shape"), LAYER_CASES)
@pytest.mark.filterwarnings("ignore")
def test_layers_agree(name: str, args: tuple[Any, ...], kwargs: dict[str, Any], shape: list[int]) -> None:
    real = run_real(getattr(layers, name), args, kwargs)
    attributes = _layer(name, args, kwargs)
    if isinstance(real, Refusal):
        assert attributes == real
        return
    assert isinstance(attributes, dict)
    for key in ("weight", "bias"):
        if key in attributes:
            comparison = judge(attributes[key], None if getattr(real, key) is None else getattr(real, key).detach())
            assert not comparison.wrong, comparison.wrong
    forward = LAYERS[f"einops.layers.torch.{name}"].forward
    assert forward is not None
    try:
        got: Any = forward(Attrs(attributes), to_value(make(shape)))
    except ShapeError as error:
        got = Refusal(error.exception, error.message)
    comparison = judge(got, run_real(_keyed(real), (make(shape),), {}))
    assert not comparison.wrong, comparison.wrong
    assert not comparison.unknown, comparison.unknown


B, H, W, C = (symbol(name) for name in "BHWC")


def _texts(tensor: Tensor) -> list[str]:
    return [to_text(d) for d in tensor.shape]


def test_patches_with_symbols_assume_divisibility() -> None:
    NOTES.clear()
    image = Tensor((B, 3, H, W), FLOAT32)
    result = RULES["einops.rearrange"](image, "b c (h p1) (w p2) -> b (h w) (p1 p2 c)", p1=16, p2=16)
    assert _texts(result) == ["B", "(H//16)·(W//16)", "768"]
    assert [(to_text(a), to_text(b)) for a, b in NOTES.assumptions] == [("H", "16·(H//16)"), ("W", "16·(W//16)")]
    NOTES.clear()


def test_heads_with_symbols() -> None:
    x = Tensor((B, H * W, 3 * C), FLOAT32)
    result = RULES["einops.rearrange"](x, "b n (qkv h d) -> qkv b h n d", qkv=3, h=8)
    assert _texts(result) == ["3", "B", "8", "H·W", "C//8"]
    NOTES.clear()


def test_open_input_learns_its_rank_from_the_pattern() -> None:
    NOTES.clear()
    x = Tensor(None, FLOAT32, entry="x")
    result = RULES["einops.rearrange"](x, "b c (h p) (w q) -> b (h w) (c p q)", p=4, q=4)
    assert result.rank == 3
    assert [template for _, template in NOTES.demands] == [("B", "C", "H", "W")]
    NOTES.clear()
    opened = RULES["einops.rearrange"](Tensor((..., 6), FLOAT32, entry="x"), "... (h d) -> ... h d", h=2)
    assert opened.dims == (..., 2, 3)
    assert [template for _, template in NOTES.demands] == [(..., "D")]
    NOTES.clear()


def test_what_einops_says_is_kept_behind_the_first_line() -> None:
    with pytest.raises(ShapeError) as caught:
        RULES["einops.rearrange"](Tensor((2, 6)), "b (h d) -> b h d", h=4)
    assert caught.value.code == "pattern-mismatch"
    assert caught.value.data["detail"].endswith("Shape mismatch, can't divide axis of length 6 in chunks of 4")


def test_packed_shapes_are_sizes() -> None:
    packed, shapes = RULES["einops.pack"](ListV([Tensor((B, 3, C)), Tensor((B, C))]), "b * c")
    assert _texts(packed) == ["B", "4", "C"]
    assert shapes.items == [Size((3,)), Size(())]
    parts = RULES["einops.unpack"](packed, shapes, "b * c")
    assert [_texts(item) for item in parts.items] == [["B", "3", "C"], ["B", "C"]]
