"""YAML of configuration files: what PyYAML's safe loader gives, or a refusal; never another value."""

from __future__ import annotations

import pytest
import yaml

from tensight.libs.yaml_flow import Unclear
from tensight.libs.yaml_text import load_yaml

READ = [
    "", "# nothing\n", "a: 1\nb: two\nc: 3.5\nd: yes\ne: ~\nf:\n", "- 1\n- a: 2\n  b: 3\n- - 4\n  - 5\n-\n  c: 6\n",
    "k:\n- 1\n- 2\nm:\n  - 3\n", "a: [1, 2.0, x, 'y z', \"q\\n\", [true, null]]\nb: {c: 1, d: {e: off}}\n",
    "lr: 1e-3\nwd: 1.0e-3\nx: 0x1F\ny: 010\nz: 1_000\nw: -.inf\nv: +5\nu: 1.\n",
    "base: &b\n  n: 1\n  m: 2\nother:\n  <<: *b\n  m: 3\nlist: [*b, 4]\n", "--- \na: 1\n", "---\na: 1\n...\n",
    "text: |\n  one\n   two\n\n  three\nnext: >-\n  four\n  five\n", "a: 'it''s'  # no\nb: \"# yes\"\nc: d#e\n",
    "url: http://x.y/z:8\ntime: 'a: b'\n\"quoted key\": 1\n3: three\n", "a:\n  b:\n    c:\n      - {d: 1}\n      - e\n",
    "long: one\n  two\n  three\nlist: [1,\n  2,\n  3]\n", "plain scalar", "[1, 2]", "a: '-'\n",
]  # fmt: skip
REFUSED = [
    "a: !!python/tuple [1, 2]\n", "a: 1\n---\nb: 2\n", "a: 2020-01-01\n", "a: b: c\n", "? a\n: b\n", "a: 1:30\n",
    "\ta: 1\n", "a: [1, 2\n", "a: *nowhere\n", "%YAML 1.1\n---\na: 1\n", "a: 1\n b: 2\n", "a: -\n", "a: 1\n...\nrest",
]  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_as_pyyaml(text: str) -> None:
    assert repr(load_yaml(text)) == repr(yaml.safe_load(text))


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    with pytest.raises(Unclear):
        load_yaml(text)


@pytest.mark.parametrize("text", READ)
def test_every_prefix(text: str) -> None:
    """A file that is being typed: read as PyYAML reads it, or refused."""
    for end in range(len(text)):
        try:
            found = load_yaml(text[:end])
        except Unclear:
            continue
        assert repr(found) == repr(yaml.safe_load(text[:end]))
