"""The forms that people see: one table a behaviour."""

from __future__ import annotations

import pytest

from tensight.dims import Dim, ceil_div, dim_max, dim_min, fresh_unknown, symbol, to_python, to_text

B, C, D, H, W, T, n = (symbol(name) for name in ("B", "C", "D", "H", "W", "T", "n"))


@pytest.mark.parametrize(
    ("dim", "text"),
    [
        (B * T, "B·T"),
        (3 * H, "3·H"),
        (H - 4, "H-4"),
        (4 - H, "4-H"),
        (H * H, "H²"),
        ((4 * H - 8) // 4, "H-2"),
        ((H - 4) // 2, "H//2-2"),
        ((2 * H + 1) // 2, "H"),
        ((H + 1) // 2, "(H+1)//2"),
        (ceil_div(H, 2), "(H+1)//2"),
        (-(-H // 2), "(H+1)//2"),
        ((H - 1) // 2 + 1, "(H+1)//2"),
        (((H - 1) // 2 + 1 - 1) // 2 + 1, "(H+3)//4"),
        ((H // 2) // 3, "H//6"),
        ((H // n) // W, "H//(W·n)"),
        ((C * n) // n, "C"),
        (n * (C // n), "n·(C//n)"),
        (B * T * C // (B * n), "C·T//n"),
        (64 * ((H - 4) // 2) * ((W - 4) // 2), "64·(H//2-2)·(W//2-2)"),
        (64 * ((H - 4) // 2) * ((W - 4) // 2) // 64, "(H//2-2)·(W//2-2)"),
        (B * (64 * ((H - 4) // 2) * ((W - 4) // 2)) // B, "64·(H//2-2)·(W//2-2)"),
        ((H - H % 2) // 2, "H//2"),
        ((H + H % 2) // 2, "(H+1)//2"),
        ((H + H % 2 + 1) // 2, "(H+1)//2"),
        ((H + (n - H % n) % n) // n, "(H-1)//n+1"),
        ((H - H % n) % n, "0"),
        ((4 - H % 4) % 4, "(-H)%4"),
        ((2 * H + 1) % 2, "1"),
        (2 * H % 4, "2·(H%2)"),
        (dim_min(H // 2, H), "H//2"),
        (dim_max(0, H - 4), "max(H-4, 0)"),
        (dim_min(H, 8, 16), "min(H, 8)"),
        (dim_min(dim_max(H, W), H), "H"),
        (H + fresh_unknown(), "?"),
        (H // H, "1"),
        (H % H, "0"),
        ((H + W) * (H - W) // (H + W), "H-W"),
        (H // (H + 1), "0"),
    ],
)
def test_text_for_people(dim: Dim, text: str) -> None:
    assert to_text(dim) == text


def test_python_text() -> None:
    assert to_python(64 * (H // 2 - 2) * (W // 2 - 2)) == "64*(H//2-2)*(W//2-2)"
    assert to_python(H * H) == "H**2"
    assert to_python(7) == 7
    assert to_python(fresh_unknown()) is None
