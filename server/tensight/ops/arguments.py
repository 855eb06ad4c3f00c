"""PyTorch's own parser of arguments: which calls it refuses for the types of what they are given, and in which words.

`signatures.txt` has what its parsers are made of, word for word; `mismatch` does with it what
`torch/csrc/utils/python_arg_parser.cpp` does. It is asked only after a rule has found an argument that is none of its
kinds, so it costs a call that goes well nothing. What is not certain (an unknown type, a keyword that another version
may have) is no mismatch."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from ..dims import Truth
from ..values import ListV, Value
from .argument_types import fits, is_sequence, type_name
from .errors import Lift, ShapeError
from .wrapped import WRAPPED as WRAPPED
from .wrapped import calls

_TABLE = os.path.join(os.path.dirname(__file__), "signatures.txt")
#: Other names under which numpy's users may give a parameter.
_NUMPY = {"dim": ("axis",), "keepdim": ("keepdims",), "input": ("x", "a", "x1"), "other": ("x2",)}
_YES, _NO, _MAYBE = Truth.YES, Truth.NO, Truth.MAYBE


@dataclass(frozen=True, slots=True)
class Parameter:
    """`size`: a list of this length may be given as one number. `keyword`: by keyword only."""

    name: str
    kind: str
    size: int
    none: bool
    optional: bool
    keyword: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """One of the signatures that a parser tries. A hidden one is tried and never named."""

    name: str
    parameters: tuple[Parameter, ...]
    hidden: bool

    @property
    def positional(self) -> int:
        return sum(not p.keyword for p in self.parameters)

    @property
    def required(self) -> int:
        return sum(not p.optional for p in self.parameters)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """Whether the arguments fit a signature, and what is said where they certainly do not."""

    truth: Truth
    message: str = ""
    #: said at once, whatever other signatures there are
    final: bool = False


_FITS, _OPEN = _Outcome(_YES), _Outcome(_MAYBE)


@cache
def _lines() -> dict[str, str]:
    found = {}
    with open(_TABLE, encoding="utf-8") as file:
        text = file.read()
    for line in text.splitlines():
        name, separator, text = line.partition(": ")
        if separator:
            found[name] = text
    return found


@cache
def signatures(name: str) -> tuple[Signature, ...]:
    """The signatures of a function of PyTorch's own, in the order in which they are tried; none for any other."""
    text = _lines().get(name)
    return () if text is None else tuple(_signature(part) for part in text.split("; "))


def _signature(text: str) -> Signature:
    hidden = text.endswith("|deprecated")
    name, _, listed = text.removesuffix("|deprecated").removesuffix(")").partition("(")
    return Signature(name, tuple(_parameters(listed)), hidden)


def _parameters(listed: str) -> Iterator[Parameter]:
    keyword = False
    for part in listed.split(", ") if listed else ():
        if part == "*":
            keyword = True
            continue
        kind, _, name = part.partition(" ")
        name, default, value = name.partition("=")
        none = kind.endswith("?") or value == "None"
        kind, _, size = kind.removesuffix("?").removesuffix("]").partition("[")
        yield Parameter(name, kind, int(size or 0), none, bool(default), keyword)


def mismatch(
    name: str, args: Sequence[Value], kwargs: Mapping[str, Value], bound: Mapping[str, Value]
) -> ShapeError | None:
    """The error with which PyTorch refuses this call for the types of its arguments, if it certainly does.

    A method gets its object as the first of `args`. `bound` are the arguments by the names of the parameters."""
    if name not in WRAPPED:
        return (_missing_method(name, args) if args else None) or _parse(name, args, kwargs)
    try:
        for target, handed in calls(name, bound):
            error = _missing_method(target, handed) or _parse(target, handed, {})
            if error is not None:
                return error
    except Lift:
        pass
    return None


def _missing_method(target: str, handed: Sequence[Value]) -> ShapeError | None:
    """A method of tensors is called of something that has none of this name."""
    if not target.startswith("torch.Tensor."):
        return None
    method, name = target.removeprefix("torch.Tensor."), type_name(handed[0])
    plain = _PLAIN.get(name or "")
    if plain is None or hasattr(plain, method):
        return None
    return ShapeError("invalid-argument", f"'{name}' object has no attribute '{method}'", "AttributeError")


#: Types whose attributes are known.
_PLAIN: dict[str, type] = {
    "tuple": tuple, "list": list, "dict": dict, "int": int, "float": float, "str": str, "NoneType": type(None),
}  # fmt: skip


def _parse(name: str, args: Sequence[Value], kwargs: Mapping[str, Value]) -> ShapeError | None:
    """What `torch/csrc/utils/python_arg_parser.cpp` says of a call of a function of PyTorch's own."""
    tried = signatures(name)
    if not tried:
        return None
    given = args
    if name.startswith("torch.Tensor."):
        if not args or fits("Tensor", args[0], 0)[0] is not _YES:
            return None
        given = args[1:]
    if name.startswith("torch.Tensor.") and len(tried) == 1 and not tried[0].parameters and given:
        return _error(_too_many(tried[0], len(given), method=True))
    outcomes = []
    known = _keywords(name)
    for signature in tried:
        outcome = _try(signature, given, kwargs, known)
        if outcome.final:
            return _error(outcome.message)
        if outcome.truth is _YES:
            return _unpack(signature, given, kwargs)
        if outcome.truth is _MAYBE:
            return None
        outcomes.append(outcome)
    count = len(given) + len(kwargs)
    plausible = [o for s, o in zip(tried, outcomes) if not s.hidden and s.required <= count <= len(s.parameters)]
    if len(tried) == 1:
        return _error(outcomes[0].message)
    if len(plausible) == 1:
        return _error(plausible[0].message)
    words = _words(given, kwargs)
    if words is None:
        return None
    shown = [s for s in tried if not s.hidden]
    if len(shown) == 1:
        return None  # the words then show the one signature, and which words did not match
    return _error(f"{tried[0].name}() received an invalid combination of arguments - got {words}, but expected one of:")


def _error(message: str) -> ShapeError | None:
    return ShapeError("invalid-argument", message, "TypeError") if message else None


def _words(args: Sequence[Value], kwargs: Mapping[str, Value]) -> str | None:
    names = [type_name(value) for value in args]
    named = [(key, type_name(value)) for key, value in kwargs.items()]
    if None in names or any(kind is None for _, kind in named):
        return None
    listed = [*(str(n) for n in names), *(f"{key}={kind}" for key, kind in named)]
    return f"({', '.join(listed)}{', ' if kwargs and not args else ''})"


@cache
def _keywords(name: str) -> frozenset[str]:
    """The keywords that one of a function's signatures has."""
    names = [p.name for signature in signatures(name) for p in signature.parameters]
    return frozenset(names) | {other for n in names for other in _NUMPY.get(n, ())}


def _try(signature: Signature, args: Sequence[Value], kwargs: Mapping[str, Value], known: frozenset[str]) -> _Outcome:
    """Whether one signature takes the arguments. Follows `FunctionSignature::parse` step by step."""
    name, parameters, limit = signature.name, signature.parameters, signature.positional
    spread = limit == 1 and parameters[0].kind in ("IntArrayRef", "SymIntArrayRef")
    if len(args) > limit and not spread:
        return _Outcome(_NO, _too_many(signature, len(args)))
    at, left, open_ = 0, len(kwargs), False
    for i, parameter in enumerate(parameters):
        if at < len(args):
            if parameter.keyword:
                return _Outcome(_NO, _too_many(signature, len(args)))
            given, value, by_keyword = True, args[at], False
        else:
            key = _key(parameter, kwargs)
            given, by_keyword = key is not None, True
            value = kwargs[key] if key is not None else None
        if given and not (value is None and parameter.none):
            truth, failed = fits(parameter.kind, value, parameter.size, name)
            if truth is _NO and spread and at == 0 and not by_keyword:
                whole, _ = fits(parameter.kind, tuple(args), parameter.size, name)
                if whole is _YES:
                    return _FITS if left == 0 else _OPEN
                if whole is _MAYBE:
                    return _OPEN
                if len(args) > limit:
                    return _Outcome(_NO, _too_many(signature, len(args)))
            if truth is _NO and open_:
                return _Outcome(_NO)
            if truth is _NO:
                return _refusal(signature, parameter, value, failed, i, None if by_keyword else at + 1)
            open_ = open_ or truth is _MAYBE
        elif not given and not parameter.optional:
            return _Outcome(_NO, "" if open_ else _missing(signature, i))
        if not by_keyword:
            at += 1
        elif given:
            left -= 1
    if at < len(args):
        return _Outcome(_NO, "" if open_ else _too_many(signature, len(args)))
    if left and known.issuperset(kwargs):
        own = {p.name for p in parameters} | {n for p in parameters for n in _NUMPY.get(p.name, ())}
        extra = next((key for key in kwargs if key not in own), None)
        if open_ or extra is None:
            return _Outcome(_NO) if extra is not None else _OPEN
        return _Outcome(_NO, f"{name}() got an unexpected keyword argument '{extra}'")
    if left:
        return _OPEN  # a keyword of another version, or a misspelling
    return _OPEN if open_ else _FITS


def _key(parameter: Parameter, kwargs: Mapping[str, Value]) -> str | None:
    for key in (parameter.name, *_NUMPY.get(parameter.name, ())):
        if key in kwargs:
            return key
    return None


def _refusal(
    signature: Signature, parameter: Parameter, value: Value, failed: int | None, i: int, position: int | None
) -> _Outcome:
    got = type_name(value)
    if got is None:
        return _Outcome(_NO)
    if parameter.kind == "TensorList" and failed is not None:
        item = type_name(_items(value)[failed])
        return _Outcome(_NO, f"expected Tensor as element {failed} in argument {i}, but got {item}", final=True)
    where = f"{signature.name}(): argument '{parameter.name}'"
    wanted = _WANTED.get(parameter.kind, parameter.kind)
    if position is None:
        return _Outcome(_NO, f"{where} must be {wanted}, not {got}")
    where += f" (position {position})"
    if failed is not None:
        item = type_name(_items(value)[failed])
        return _Outcome(_NO, f"{where} must be {wanted}, but found element of type {item} at pos {failed}")
    return _Outcome(_NO, f"{where} must be {wanted}, not {got}")


#: Kinds as messages name them.
_WANTED = {
    "IntArrayRef": "tuple of ints", "SymIntArrayRef": "tuple of ints", "int64_t": "int", "SymInt": "int",
    "double": "float", "Scalar": "Number", "TensorList": "tuple of Tensors", "c10::string_view": "str",
    "ScalarType": "torch.dtype", "Layout": "torch.layout", "MemoryFormat": "torch.memory_format",
    "Device": "torch.device", "Generator": "torch.Generator", "ScalarList": "tuple of Scalars",
    "ArrayRef<double>": "tuple of floats",
}  # fmt: skip


def _items(value: Value) -> Sequence[Value]:
    return value.items if isinstance(value, ListV) else value


def _too_many(signature: Signature, given: int, method: bool = False) -> str:
    if not signature.parameters and method:
        return f"TensorBase.{signature.name}() takes no arguments ({given} given)"
    most, least = signature.positional, signature.required
    if least != most:
        return f"{signature.name}() takes from {least} to {most} positional arguments but {given} were given"
    plural, verb = "s" if most != 1 else "", "was" if given == 1 else "were"
    return f"{signature.name}() takes {most} positional argument{plural} but {given} {verb} given"


def _missing(signature: Signature, at: int) -> str:
    absent = [f'"{p.name}"' for p in signature.parameters[at:] if not p.optional]
    plural = "s" if len(absent) == 1 else ""  # as PyTorch has it
    return f"{signature.name}() missing {len(absent)} required positional argument{plural}: {', '.join(absent)}"


def _unpack(signature: Signature, args: Sequence[Value], kwargs: Mapping[str, Value]) -> ShapeError | None:
    """The arguments fit; but only the first item of a list of ints was looked at so far."""
    if "out" in kwargs:
        return None  # whether it fits is looked at before
    found: list[str] = []
    for i, parameter in enumerate(signature.parameters):
        if parameter.kind not in ("IntArrayRef", "SymIntArrayRef"):
            continue
        key = _key(parameter, kwargs)
        value = args[i] if i < len(args) else None if key is None else kwargs[key]
        if i == 0 and signature.positional == 1 and args and args[0] is not None and not is_sequence(args[0]):
            value = tuple(args)
        if not is_sequence(value):
            continue
        for at, item in enumerate(_items(value)):
            truth, _ = fits("SymInt", item, 0)
            if truth is _MAYBE or isinstance(item, bool):
                return None
            if truth is _NO:
                found.append(
                    f"{signature.name}(): argument '{parameter.name}' failed to unpack the object at pos {at + 1}"
                    f' with error "type must be tuple of ints,but got {type_name(item)}"'
                )
                break
    return _error(found[0]) if len(found) == 1 else None  # of several, nobody knows which is unpacked first
