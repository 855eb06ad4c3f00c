"""packaging.version: versions that are known compare as PEP 440 orders them."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...values import ClassV, Instance, Scalar, Unknown, Value
from .registry import MODULES, native, native_class, plain_class, prop
from .support import payload

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.add("packaging.version")
plain_class("packaging.version.InvalidVersion", "builtins.ValueError")
#: Longer texts are no version that anybody released.
_MAX_TEXT = 80
_NAMES = {"alpha": "a", "beta": "b", "c": "rc", "pre": "rc", "preview": "rc"}
_PATTERN = re.compile(
    r"v?(?:(?P<epoch>\d+)!)?(?P<release>\d+(?:\.\d+)*)"
    r"(?:[-_.]?(?P<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?P<pre_n>\d*))?"
    r"(?P<post>-(?P<post_1>\d+)|[-_.]?(?:post|rev|r)[-_.]?(?P<post_2>\d*))?"
    r"(?P<dev>[-_.]?dev[-_.]?(?P<dev_n>\d*))?(?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Version:
    """The parts of a version, as numbers; None for a part that it does not have."""

    epoch: int
    release: tuple[int, ...]
    pre: tuple[str, int] | None
    post: int | None
    dev: int | None
    local: str | None

    @property
    def key(self) -> tuple[Any, ...]:
        """Orders versions: a development release before its pre-releases, these before the release."""
        length = max((i + 1 for i, n in enumerate(self.release) if n), default=0)
        before_all = self.pre is None and self.post is None and self.dev is not None
        pre = ("", -1) if before_all else self.pre or ("~", 0)
        local: list[tuple[float, str]] = []
        for part in re.split(r"[-_.]", self.local) if self.local else []:
            local.append((int(part), "") if part.isdigit() else (-1, part))
        return (
            self.epoch, self.release[:length], pre, -1 if self.post is None else self.post,
            math.inf if self.dev is None else self.dev, [(-math.inf, ""), *local] if local else [],
        )  # fmt: skip

    @property
    def base(self) -> str:
        return (f"{self.epoch}!" if self.epoch else "") + ".".join(map(str, self.release))

    @property
    def public(self) -> str:
        pre = "" if self.pre is None else f"{self.pre[0]}{self.pre[1]}"
        post = "" if self.post is None else f".post{self.post}"
        return self.base + pre + post + ("" if self.dev is None else f".dev{self.dev}")


def parse_version(text: str) -> Version | None:
    """The parts of a version; None if it is none."""
    found = _PATTERN.fullmatch(text.strip()) if len(text) <= _MAX_TEXT else None
    if found is None:
        return None
    pre, post = found["pre"], found["post"]
    return Version(
        int(found["epoch"] or 0),
        tuple(map(int, found["release"].split("."))),
        (_NAMES.get(pre.lower(), pre.lower()), int(found["pre_n"] or 0)) if pre else None,
        int(found["post_1"] or found["post_2"] or 0) if post else None,
        int(found["dev_n"] or 0) if found["dev"] else None,
        found["local"].lower() if found["local"] else None,
    )


@native_class("packaging.version.Version")
def version_(it: Interp, cls: ClassV, version: Value) -> Value:
    made = Instance(cls, {}, it.here())
    text = payload(version)
    if isinstance(text, str):
        parts = parse_version(text)
        if parts is None and len(text) <= _MAX_TEXT:
            return it.fail("packaging.version.InvalidVersion", f"Invalid version: {text!r}")
        made.extra["version"] = parts
    return made


@native("packaging.version.parse")
def parse(it: Interp, version: Value) -> Value:
    return it.instantiate(it.native_class("packaging.version.Version"), [version], {})


def _parts(value: Value) -> Version | None:
    return value.extra.get("version") if isinstance(value, Instance) else None


def _comparison(name: str, compare: Callable[[Any, Any], bool]) -> None:
    @native(f"packaging.version.Version.{name}")
    def ask(it: Interp, self: Value, other: Value) -> Value:
        if not isinstance(other, Instance) and not isinstance(other, Unknown):
            return NotImplemented
        a, b = _parts(self), _parts(other)
        return Scalar("bool") if a is None or b is None else compare(a.key, b.key)


for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    _comparison(f"__{_name}__", getattr(operator, _name))


def _attribute(name: str, read: Callable[[Version], Value], kind: str) -> None:
    @prop(f"packaging.version.Version.{name}")
    def get(it: Interp, self: Value) -> Value:
        parts = _parts(self)
        return Scalar(kind) if parts is None else read(parts)


def _number(index: int) -> Callable[[Version], Value]:
    return lambda parts: parts.release[index] if len(parts.release) > index else 0


for _index, _name in enumerate(("major", "minor", "micro")):
    _attribute(_name, _number(_index), "int")
_attribute("release", lambda parts: parts.release, "number")
_attribute("base_version", lambda parts: parts.base, "str")
_attribute("public", lambda parts: parts.public, "str")
_attribute("local", lambda parts: parts.local, "str")
_attribute("is_prerelease", lambda parts: parts.pre is not None or parts.dev is not None, "bool")
_attribute("is_devrelease", lambda parts: parts.dev is not None, "bool")
_attribute("is_postrelease", lambda parts: parts.post is not None, "bool")


@native("packaging.version.Version.__str__", "packaging.version.Version.__repr__")
def text(it: Interp, self: Value) -> Value:
    parts = _parts(self)
    return Scalar("str") if parts is None else parts.public + (f"+{parts.local}" if parts.local else "")
