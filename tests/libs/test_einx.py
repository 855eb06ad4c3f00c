"""einx rules: the shapes and element types that einx 0.4.3 gives, and what says nothing."""

from __future__ import annotations

from typing import Any

import pytest

import tensight.libs  # noqa: F401  (fills the registries)
from tensight.dims import symbol, to_text
from tensight.ops.registry import RULES
from tensight.values import FLOAT32, INT64, Tensor, Unknown


def _tensor(*dims: Any) -> Tensor:
    return Tensor(dims, FLOAT32)


_INDEX = Tensor((4, 1, 40), INT64)
KNOWN: list[tuple[str, str, list[Any], tuple[int, ...], str | None]] = [
    ("add", "a b, b", [_tensor(2, 3), _tensor(3)], (2, 3), "float32"),
    ("add", "b, a b", [_tensor(3), _tensor(2, 3)], (2, 3), "float32"),
    ("add", "a b, b c -> c a b", [_tensor(2, 3), _tensor(3, 4)], (4, 2, 3), "float32"),
    ("add", "..., ... d -> ... d", [_tensor(2, 3), _tensor(2, 3, 5)], (2, 3, 5), "float32"),
    ("add", "a b,", [_tensor(2, 3), 3.0], (2, 3), "float32"),
    ("subtract", "j, i -> 1 i j", [Tensor((3,), INT64), Tensor((4,), INT64)], (1, 4, 3), None),
    ("multiply", "b n h, b h n d ->b h n d", [_tensor(2, 3, 4), _tensor(2, 4, 3, 5)], (2, 4, 3, 5), "float32"),
    ("where", "b n, b n d, -> b n d", [_tensor(2, 3), _tensor(2, 3, 4), 0.0], (2, 3, 4), "float32"),
    ("less", "a, b -> a b", [_tensor(3), _tensor(4)], (3, 4), "bool"),
    ("sum", "b [n] d", [_tensor(2, 3, 4)], (2, 4), None),
    ("sum", "... c -> ...", [_tensor(2, 3, 4)], (2, 3), None),
    ("dot", "a [b], [b] c -> a c", [_tensor(2, 3), _tensor(3, 7)], (2, 7), "float32"),
    ("get_at", "h [c] d, h b n -> h b n d", [_tensor(4, 50, 16), _INDEX], (4, 1, 40, 16), "float32"),
    ("get_at", "b n [l], b n -> b n", [_tensor(2, 3, 9), Tensor((2, 3), INT64)], (2, 3), "float32"),
]
#: No expression of names alone, or one that does not fit.
OPEN: list[tuple[str, str, list[Any], dict[str, Any]]] = [
    ("add", "a b, b c", [_tensor(2, 3), _tensor(3, 4)], {}),
    ("add", "a b, a", [_tensor(2, 3), _tensor(4)], {}),
    ("add", "a b, a", [_tensor(2, 3), 3.0], {}),
    ("add", "(a b), b -> a b", [_tensor(6), _tensor(3)], {}),
    ("add", "a..., b -> a... b", [_tensor(6), _tensor(3)], {}),
    ("sum", "[a a] b -> b", [_tensor(2, 2, 3)], {}),
    ("sum", "b [n] d", [_tensor(2, 3, 4)], {"keepdims": True}),
    ("get_at", "[c] d, b n", [_tensor(50, 16), _INDEX], {}),
    ("add", "a, b -> a b c", [_tensor(3), _tensor(4)], {}),
    ("add", "a b, b", [Tensor(None), _tensor(3)], {}),
]


@pytest.mark.parametrize(("name", "text", "operands", "dims", "dtype"), KNOWN)
def test_known(name: str, text: str, operands: list[Any], dims: tuple[int, ...], dtype: str | None) -> None:
    found = RULES[f"einx.{name}"](text, *operands)
    assert isinstance(found, Tensor)
    assert found.dims == dims
    assert (found.dtype and found.dtype.name) == dtype


@pytest.mark.parametrize(("name", "text", "operands", "options"), OPEN)
def test_open(name: str, text: str, operands: list[Any], options: dict[str, Any]) -> None:
    found = RULES[f"einx.{name}"](text, *operands, **options)
    assert isinstance(found, Unknown) or (isinstance(found, Tensor) and found.dims is None)


def test_symbols() -> None:
    b, t = symbol("B"), symbol("T")
    found = RULES["einx.where"]("b n, b n d, -> b n d", _tensor(b, t), _tensor(b, t, 8), 0.0)
    assert isinstance(found, Tensor)
    assert [to_text(d) for d in found.shape] == ["B", "T", "8"]
