"""Which regular expressions are matched: those that certainly end soon."""

from __future__ import annotations

import re

import pytest

from tensight.interp.natives.re_ import _cheap

ENDLESS = [
    (r"(a+)+$", "a" * 40 + "b"), (r"(x+x+)+y", "x" * 50), (r"^(([a-z])+.)+[A-Z]([a-z])+$", "a" * 60),
    (r"(a|a)*b", "a" * 60), (r"(.*)*,", "a" * 60), (r"(a?){60}a{60}", "a" * 60), (r"(?:a?){50}b", "a" * 50),
    (r"(b(a?)){60}", "ba" * 50), (r"(\w+\s?)*$", "a " * 40 + "!"), (r"(a{1,30}){1,30}b", "a" * 60),
    (r"a*a*a*a*a*a*b", "a" * 200), ("a?" * 30 + "a" * 30, "a" * 30), (r"(?=(a+))+b", "a" * 40),
]  # fmt: skip
USUAL = [
    (r"layer(\d+)\.(\d+)", "layer4.2"), (r"^(.*)\.(weight|bias)$", "blocks.0.attn.qkv.weight"),
    (r"([a-z]+)_?([0-9]*)", "resnet_50"), (r"(\w+)\s*=\s*(\w+)", "a = b"),
    (r"r(\d+)_k(\d)_s(\d{1,2})_e(\d)", "r2_k3_s1_e6"),
    (r"(?<=[a-z])(?=[A-Z])", "camelCase"), (r"[^\w\s-]*x?", "abc"), (r"\(a+\)+", "(aa)"),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "text"), ENDLESS)
def test_what_may_not_end_is_not_matched(pattern: str, text: str) -> None:
    assert not _cheap(pattern, text)


@pytest.mark.parametrize(("pattern", "text"), USUAL)
def test_what_people_write_is_matched(pattern: str, text: str) -> None:
    re.compile(pattern)
    assert _cheap(pattern, text)
