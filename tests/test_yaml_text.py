"""YAML of configuration files: what PyYAML's safe loader gives, or a refusal that says why."""

from __future__ import annotations

import math

import pytest
import yaml

from tensight import limits
from tensight.libs.yaml_text import Unclear, load_yaml

READ = [
    "", "# nothing\n", "a: 1\nb: two\nc: 3.5\nd: yes\ne: ~\nf:\n", "- 1\n- a: 2\n  b: 3\n- - 4\n  - 5\n-\n  c: 6\n",
    "lr: 1e-3\nwd: 1.0e-3\nx: 0x1F\ny: 010\nz: 1_000\nw: -.inf\nv: +5\nu: 1.\nt: 1:30\n",
    "base: &b\n  n: 1\n  m: 2\nother:\n  <<: *b\n  m: 3\nlist: [*b, 4]\n", "---\na: 1\n...\n",
    "text: |\n  one\n   two\n\n  three\nnext: >-\n  four\n\n  five\n", "? a\n: b\n", "a: !!str 1\nb: 2020-01-01\n",
]  # fmt: skip
REFUSED = {
    "a: !!python/tuple [1, 2]\n": "could not determine a constructor",
    "a: 1\n---\nb: 2\n": "another document (line 2)",
    "a: b: c\n": "mapping values are not allowed here (line 1)",
    "a: [1, 2\n": "expected ',' or ']'",
    "a: *nowhere\n": "undefined alias 'nowhere'",
    "a: \x07\n": "special characters are not allowed",
    "a: &a [*a]\n": "too large",
    "a: !!bool maybe\n": "does not fit",
    "a: !!timestamp maybe\n": "does not fit",
    "a: 2020-99-99\n": "does not fit",
    "{a: 1}: 2\n": "unhashable key",
    "[" * 101: "too deep",
    "a: 1\n" * limits.MAX_YAML: "too long",
}


@pytest.mark.parametrize("text", READ)
def test_as_pyyaml(text: str) -> None:
    assert repr(load_yaml(text)) == repr(yaml.safe_load(text))


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_refused(text: str) -> None:
    with pytest.raises(Unclear) as error:
        load_yaml(text)
    assert REFUSED[text] in str(error.value)


@pytest.mark.parametrize("text", READ)
def test_every_prefix(text: str) -> None:
    """A file that is being typed: a value or a reason, never another exception."""
    for end in range(len(text)):
        try:
            load_yaml(text[:end])
        except Unclear as error:
            assert str(error)


@pytest.mark.parametrize("what", ["[*{0}, *{0}]", "{{<<: [*{0}, *{0}]}}"])
def test_aliases_that_grow(what: str) -> None:
    text = "a0: &a0 {x: 1}\n" + "".join(f"a{i + 1}: &a{i + 1} {what.format(f'a{i}')}\n" for i in range(60))
    with pytest.raises(Unclear, match="too large"):
        load_yaml(text)


def test_omegaconf() -> None:
    text = "a: 1e-3\nb: '1e-3'\nc: 2020-01-01\nd: 12\ne: 1.5\nf: .5\ng: -.inf\nh: 1e5x\n"
    found = load_yaml(text, omegaconf=True)
    assert found == {
        "a": 1e-3, "b": "1e-3", "c": "2020-01-01", "d": 12, "e": 1.5, "f": 0.5, "g": -math.inf, "h": "1e5x",
    }  # fmt: skip
    assert load_yaml(text)["a"] == "1e-3"
