"""re: evaluated by Python where text and pattern are known, short and cheap to match."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from ...values import DictV, Instance, IteratorV, ListV, Reason, Scalar, Value
from .registry import ALIASES, BASES, CONSTANTS, MODULES, native, native_class, plain_class, prop
from .support import payload, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.add("re")
plain_class("re.Match")
BASES["re.error"] = ("builtins.Exception",)
ALIASES["re.PatternError"] = "re.error"
for _name in (
    "A",
    "ASCII",
    "I",
    "IGNORECASE",
    "M",
    "MULTILINE",
    "S",
    "DOTALL",
    "X",
    "VERBOSE",
    "U",
    "UNICODE",
    "NOFLAG",
):
    CONSTANTS[f"re.{_name}"] = int(getattr(re, _name, 0))
#: Characters of a pattern, and of a text that is matched.
MAX_PATTERN = 500
#: Characters of a pattern that is compiled: names of a whole library joined by `|`.
MAX_COMPILED = 20_000
MAX_SUBJECT = 20_000
#: Steps a match may take in the worst case: the text's length to the power of the number of open repeats.
MAX_MATCH_STEPS = 5_000_000
_OPEN_REPEAT = re.compile(r"(?<!\\)(?:[*+]|\{\d*,\d*\})")
_OPTIONAL = re.compile(r"(?<![\\*+?}(])\?")
#: What decides how a pattern may be matched: escapes and sets (skipped), groups, repeats, alternatives.
_PARTS = re.compile(r"\\.|\[\^?\]?(?:[^\]\\]|\\.)*\]|\(\?(?:[:=!>]|<[=!]|P<\w+>)|[()*+?|]|\{\d*,?\d*\}", re.DOTALL)


def _cheap(pattern: str, text: str) -> bool:
    """Whether matching certainly ends soon: no repeat inside a repeat, and few of them."""
    repeats, optional = len(_OPEN_REPEAT.findall(pattern)), len(_OPTIONAL.findall(pattern))
    if repeats == optional == 0 and "{" not in pattern and len(pattern) * len(text) <= MAX_MATCH_STEPS:
        return True
    if len(pattern) > MAX_PATTERN or len(text) > MAX_SUBJECT or _repeats_a_choice(pattern):
        return False
    ways = 1 << optional
    if repeats > 1:
        ways *= math.comb(len(text) + repeats, repeats)
    return ways == 1 or ways * max(len(text), 1) <= MAX_MATCH_STEPS


def _repeats_a_choice(pattern: str) -> bool:
    """Whether a group that can match in several ways is repeated: `(a+)+`, `(x|y)*`, `(b(a?)){60}`."""
    choices = [False]
    for found in _PARTS.finditer(pattern):
        part, after = found.group(), pattern[found.end() : found.end() + 1]
        if part[0] == "(":
            choices.append(False)
        elif part == ")" and len(choices) > 1:
            inner = choices.pop()
            if inner and after in ("*", "+", "{"):
                return True
            choices[-1] |= inner
        elif part[0] in "*+?|{":
            choices[-1] = True
    return False


# ---- patterns
@native_class("re.Pattern")
def pattern_(it: Interp, cls: Value, *args: Value) -> Value:
    return unknown_of(it, args, "re.Pattern")


def _compile(it: Interp, pattern: Value, flags: Value) -> Any:
    """The host's pattern; None if it is not known; the error has been sent if it is wrong."""
    if isinstance(pattern, Instance) and "pattern" in pattern.extra:
        return pattern.extra["pattern"]
    pattern = payload(pattern)
    if not isinstance(pattern, str) or not isinstance(flags, int) or len(pattern) > MAX_COMPILED:
        return None
    try:
        return re.compile(pattern, flags)
    except (re.error, OverflowError, RecursionError, ValueError) as error:
        it.fail("re.error", str(error))
        return None


@native("re.compile")
def compile_(it: Interp, pattern: Value, flags: Value = 0) -> Value:
    host = _compile(it, pattern, flags)
    made = it.new("re.Pattern", pattern=pattern, flags=Scalar("int"))
    made.extra["pattern"] = host
    return made


def _ready(it: Interp, pattern: Value, text: Value, flags: Value) -> tuple[Any, Any]:
    """The host's pattern and the text, or (None, None). A compiled pattern takes a position in place of flags."""
    if isinstance(pattern, Instance) and flags != 0:
        return None, None
    host, text = _compile(it, pattern, flags), payload(text)
    if host is None or not isinstance(text, str) or not _cheap(host.pattern, text):
        return None, None
    return host, text


def _match_object(it: Interp, found: re.Match[str] | None) -> Value:
    if found is None:
        return None
    made = it.new("re.Match", string=found.string, lastindex=found.lastindex, lastgroup=found.lastgroup)
    made.extra["match"] = found
    return made


def _undecided(it: Interp) -> Value:
    """None or a match, nobody knows: an object that may be anything."""
    return it.unknown(Reason.DATA_DEPENDENT, "a match")


def _finder(name: str) -> None:
    @native(f"re.{name}", f"re.Pattern.{name}")
    def find(it: Interp, pattern: Value, string: Value, flags: Value = 0) -> Value:
        host, text = _ready(it, pattern, string, flags)
        return _undecided(it) if host is None else _match_object(it, getattr(host, name)(text))


for _name in ("match", "search", "fullmatch"):
    _finder(_name)


@native("re.findall", "re.Pattern.findall")
def findall(it: Interp, pattern: Value, string: Value, flags: Value = 0) -> Value:
    host, text = _ready(it, pattern, string, flags)
    return ListV([], it.unknown(Reason.DATA_DEPENDENT, "findall")) if host is None else ListV(list(host.findall(text)))


@native("re.finditer", "re.Pattern.finditer")
def finditer(it: Interp, pattern: Value, string: Value, flags: Value = 0) -> Value:
    host, text = _ready(it, pattern, string, flags)
    if host is None:
        return IteratorV([], it.unknown(Reason.DATA_DEPENDENT, "finditer"))
    return IteratorV([_match_object(it, found) for found in host.finditer(text)])


@native("re.split", "re.Pattern.split")
def split(it: Interp, pattern: Value, string: Value, maxsplit: Value = 0, flags: Value = 0) -> Value:
    host, text = _ready(it, pattern, string, flags)
    if host is None or not isinstance(maxsplit, int):
        return ListV([], Scalar("str"))
    return ListV(list(host.split(text, maxsplit)))


def _substitute(
    it: Interp, pattern: Value, repl: Value, string: Value, count: Value, flags: Value
) -> tuple[Value, Value]:
    host, text = _ready(it, pattern, string, flags)
    if host is None or not isinstance(count, int):
        return Scalar("str"), Scalar("int")
    if isinstance(repl, str):
        try:
            return host.subn(repl, text, count)  # type: ignore[no-any-return]
        except (re.error, IndexError) as error:
            return it.fail("re.error", str(error)), Scalar("int")
    out: list[str] = []
    position = done = 0
    for found in host.finditer(text):
        if count and done >= count:
            break
        new = it.call(repl, [_match_object(it, found)])
        if not isinstance(new, str):
            return Scalar("str"), Scalar("int")
        out += [text[position : found.start()], new]
        position, done = found.end(), done + 1
    return "".join([*out, text[position:]]), done


@native("re.sub", "re.Pattern.sub")
def sub(it: Interp, pattern: Value, repl: Value, string: Value, count: Value = 0, flags: Value = 0) -> Value:
    return _substitute(it, pattern, repl, string, count, flags)[0]


@native("re.subn", "re.Pattern.subn")
def subn(it: Interp, pattern: Value, repl: Value, string: Value, count: Value = 0, flags: Value = 0) -> Value:
    return _substitute(it, pattern, repl, string, count, flags)


@native("re.escape")
def escape(it: Interp, pattern: Value) -> Value:
    return re.escape(pattern) if isinstance(pattern, str) else Scalar("str")


@native("re.purge")
def purge(it: Interp) -> Value:
    return None


# ---- matches
def _match(self: Value) -> re.Match[str] | None:
    return self.extra.get("match") if isinstance(self, Instance) else None


def _of_match(name: str, unknown: str) -> None:
    @native(f"re.Match.{name}")
    def ask(it: Interp, self: Value, *args: Value) -> Value:
        found = _match(self)
        if found is None or not all(isinstance(a, int | str | None) for a in args):
            return unknown_of(it, args, "a match") if unknown == "" else Scalar(unknown)
        try:
            return getattr(found, name)(*args)
        except (IndexError, TypeError) as error:
            return it.fail(type(error).__name__, str(error))


for _name, _kind in (("group", ""), ("groups", ""), ("start", "int"), ("end", "int"), ("span", ""), ("expand", "str"),
                     ("__getitem__", "")):  # fmt: skip
    _of_match(_name, _kind)


@native("re.Match.groupdict")
def groupdict(it: Interp, self: Value, default: Value = None) -> Value:
    found = _match(self)
    return DictV({}, unknown_of(it, [], "a group")) if found is None else DictV(found.groupdict(default))


@prop("re.Pattern.groups")
def groups(it: Interp, self: Value) -> Value:
    host = self.extra.get("pattern") if isinstance(self, Instance) else None
    return Scalar("int") if host is None else host.groups
