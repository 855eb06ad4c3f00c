"""PyTorch as the judge of op rules. Tests of a family use four things:

    infos("tensight.ops.reduction")      the OpInfos of torch's own `op_db` that rules of these modules answer
    check_samples(info, unknown=…)       every sample: shape, dtype, fields, values; what stays unknown needs a reason
    check_errors(info, exempt=…)         every sample that eager CPU refuses: refused, in eager's words
    check_commuting(info)                sizes as symbols, then numbers: the same answer (call it right after
                                         check_samples: the samples are kept)
    agree("torch.sum", x, dim=1)         one call with real arguments, for tables and hypothesis (see `arguments`)

Refusals are compared by exception class and first line."""

from __future__ import annotations

import functools
import random
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import numpy
import torch
from torch.testing._internal import common_utils
from torch.testing._internal.common_methods_invocations import op_db
from torch.testing._internal.opinfo.core import OpInfo, SampleInput

import profiles
import tensight.ops  # noqa: F401  (fills the registry)
from ops.convert import DATA_LIMIT, Comparison, to_value
from tensight.dims import Expr, FreshNames, evaluate, symbol, use_names
from tensight.ops.errors import NOTES, ShapeError
from tensight.ops.registry import RULES, OpRule
from tensight.values import DictV, Fields, ListV, Size, Tensor, Unknown

profiles.restore()
# Samples are small: threads only wait for each other.
torch.set_num_threads(1)

#: Element types of the samples. float32 first; an OpInfo that takes none of them is run with its first one.
SAMPLED = (torch.float32, torch.int64, torch.bool, torch.complex64)
#: Complaints of the argument parser tell the types of the arguments, which are not a rule's matter.
PARSER_ERRORS = (
    "received an invalid combination of arguments", "must be", "got an unexpected keyword", "missing", "takes ",
    "unsupported operand", "incompatible function arguments", "argument of type", "got multiple values", "descriptor",
)  # fmt: skip
#: OpInfos whose sample has another order of arguments than the function `torch.<name>`: positions of its arguments.
REORDERED = {"where": (1, 0, 2), "polygamma": (1, 0), "special.polygamma": (1, 0)}
#: The samples of the OpInfo that was asked for last.
_KEPT: dict[str, tuple[tuple[str, SampleInput], ...]] = {}


@dataclass
class Report:
    """What happened to the samples of one OpInfo."""

    samples: int = 0
    unknown: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(self, comparison: Comparison, label: str) -> None:
        self.samples += 1
        self.unknown += [f"{label}: {text}" for text in comparison.unknown]
        self.wrong += [f"{label}: {text}" for text in comparison.wrong]


@dataclass(frozen=True)
class Refusal:
    """An exception as a user sees it."""

    exception: str
    message: str

    @classmethod
    def of(cls, error: Exception) -> Refusal:
        return cls(type(error).__name__, (str(error).splitlines() or [""])[0])

    @property
    def by_parser(self) -> bool:
        return self.exception == "AttributeError" or (
            self.exception == "TypeError" and any(text in self.message for text in PARSER_ERRORS)
        )


def resolve(name: str) -> Callable[..., Any]:
    """The real function of a registered name."""
    found: Any = torch
    for part in name.split(".")[1:]:
        found = getattr(found, part)
    return found  # type: ignore[no-any-return]


def full_name(info: OpInfo) -> str:
    return f"{info.name}.{info.variant_test_name}" if info.variant_test_name else info.name


def rules_of(info: OpInfo) -> list[tuple[str, OpRule, Callable[..., Any]]]:
    """The distinct rules that answer an OpInfo, each with what it has to agree with."""
    found: list[tuple[str, OpRule, Callable[..., Any]]] = []
    plain = resolve(f"torch.{info.name}") if info.name in REORDERED else info.op
    candidates: list[tuple[str, Callable[..., Any] | None]] = [
        (f"torch.{info.name}", plain),
        (f"torch.Tensor.{info.name}", info.method_variant or info.op),
    ]
    if info.variant_test_name == "in_place":
        candidates = [(f"torch.Tensor.{info.name}_", info.op)]
    elif not hasattr(torch, info.name.split(".")[0]):
        candidates.append((f"torch.Tensor.{info.name}_", info.op))
    candidates += [(f"torch.{alias.name}", alias.op) for alias in info.aliases]
    for name, function in candidates:
        rule = RULES.get(name)
        if rule is not None and function is not None and all(rule is not other for _, other, _ in found):
            found.append((name, rule, function))
    return found


def arguments(info: OpInfo, name: str, sample: SampleInput) -> tuple[Any, ...]:
    """The positional arguments of a sample for the function `name`."""
    args = (sample.input, *sample.args)
    order = REORDERED.get(info.name)
    if order is None or name != f"torch.{info.name}" or len(args) < len(order):
        return args
    return (*(args[i] for i in order), *args[len(order) :])


@functools.cache
def infos(*modules: str) -> tuple[OpInfo, ...]:
    """The OpInfos that a rule of one of these modules answers (no module: of any), in the order of their names."""
    chosen = [
        info
        for info in op_db
        if any(not modules or rule.function.__module__ in modules for _, rule, _ in rules_of(info))
    ]
    return tuple(sorted(chosen, key=full_name))


def samples(info: OpInfo) -> tuple[tuple[str, SampleInput], ...]:
    """All samples of an OpInfo with a label each; the same ones in every run."""
    key = full_name(info)
    if key not in _KEPT:
        _KEPT.clear()
        _KEPT[key] = _samples(info)
    return _KEPT[key]


def _samples(info: OpInfo) -> tuple[tuple[str, SampleInput], ...]:
    supported = info.supported_dtypes("cpu")
    chosen = [dtype for dtype in SAMPLED if dtype in supported] or sorted(supported, key=str)[:1]
    found = []
    with mock.patch.object(common_utils, "set_rng_seed", _seed):
        for dtype in chosen:
            _seed()
            for i, sample in enumerate(info.sample_inputs("cpu", dtype)):
                found.append((f"{full_name(info)} {str(dtype).removeprefix('torch.')}#{i} {_describe(sample)}", sample))
    return tuple(found)


def _seed(seed: int = 0) -> None:
    """For the CPU only: torch's own notes a traceback per accelerator, which takes longer than all samples."""
    random.seed(seed)
    numpy.random.seed(seed)
    torch.default_generator.manual_seed(seed)


def _describe(sample: SampleInput) -> str:
    parts = [short(sample.input), *map(short, sample.args)]
    return f"({', '.join(parts + [f'{k}={short(v)}' for k, v in sample.kwargs.items()])})"


def short(value: Any) -> str:
    if isinstance(value, torch.Tensor):
        return f"{list(value.shape)}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(short, value))}]"
    return repr(value)


def run_real(function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """The real answer, or how it was refused."""
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        try:
            return function(*args, **kwargs)
        except (
            RuntimeError,
            ValueError,
            IndexError,
            TypeError,
            NotImplementedError,
            AssertionError,
            AttributeError,
        ) as error:
            return Refusal.of(error)


def run_rule(rule: OpRule, args: tuple[Any, ...], kwargs: Mapping[str, Any], *, data: bool = False) -> Any:
    """The rule's answer, or how it refused. Its remarks are dropped."""
    try:
        return rule(*(to_value(a, data=data) for a in args), **{k: to_value(v, data=data) for k, v in kwargs.items()})
    except ShapeError as error:
        return Refusal(error.exception, error.message)
    finally:
        NOTES.clear()
        use_names(FreshNames())


def judge(got: Any, real: Any) -> Comparison:
    """Compare two answers, refusals included."""
    comparison = Comparison()
    if isinstance(real, Refusal):
        if got == real or (real.by_parser and isinstance(got, Unknown)):
            pass
        elif isinstance(got, Refusal):
            comparison.wrong.append(f"refused with {got}, torch with {real}")
        elif isinstance(got, Unknown) or (isinstance(got, Tensor) and got.is_open):
            comparison.unknown.append(f"refused by torch: {real}")
        else:
            comparison.wrong.append(f"answered {got!r}, torch refuses: {real}")
    elif isinstance(got, Refusal):
        comparison.wrong.append(f"FALSE ALARM {got}")
    else:
        comparison.compare(got, real)
    return comparison


def agree(name: str, *args: Any, **kwargs: Any) -> Comparison:
    """Run the rule `name` and the real function on real arguments, without and with known values.

    Asserts that nothing contradicts; the result says what stayed unknown without known values."""
    rule, function = RULES[name], resolve(name)
    copied = [a.clone() if isinstance(a, torch.Tensor) and name.endswith("_") else a for a in args]
    real = run_real(function, tuple(copied), kwargs)
    first = judge(run_rule(rule, args, kwargs), real)
    second = judge(run_rule(rule, args, kwargs, data=True), real)
    wrong = first.wrong + second.wrong
    call = f"{name}({', '.join([*map(short, args), *(f'{k}={short(v)}' for k, v in kwargs.items())])})"
    assert not wrong, "\n".join([call, *wrong])
    return first


def check_samples(info: OpInfo, unknown: Mapping[str, str] | None = None) -> Report:
    """Every sample through every rule that answers `info`, without and with known values.

    `unknown`: full name (or name) of an OpInfo → why some of its samples may stay unknown. A row that no sample
    needs is an error as well."""
    report = Report()
    for label, sample in samples(info):
        for name, rule, function in rules_of(info):
            args = arguments(info, name, sample)
            real = run_real(function, args, sample.kwargs)
            report.add(judge(run_rule(rule, args, sample.kwargs), real), label)
            if any(map(_has_values, (*args, *sample.kwargs.values()))):
                valued = judge(run_rule(rule, args, sample.kwargs, data=True), real)
                report.wrong += [f"{label} with values: {text}" for text in valued.wrong]
        _check_inplace(info, sample, label, report)
    allowed = _reason(info, unknown)
    assert not report.wrong, _first(report.wrong)
    if allowed is None:
        assert not report.unknown, _first(report.unknown)
    else:
        assert report.unknown, f"{full_name(info)}: every sample is answered, drop the row {allowed!r}"
    return report


def _has_values(value: Any) -> bool:
    """Whether a converted argument carries elements: without any the second run asks the same question again."""
    if isinstance(value, torch.Tensor):
        return value.numel() <= DATA_LIMIT
    return isinstance(value, list | tuple) and any(map(_has_values, value))


def _check_inplace(info: OpInfo, sample: SampleInput, label: str, report: Report) -> None:
    name = f"torch.Tensor.{info.name}_"
    rule = RULES.get(name)
    if rule is None or info.inplace_variant is None or not isinstance(sample.input, torch.Tensor):
        return
    target = sample.input.detach().clone()
    real = run_real(info.inplace_variant, (target, *sample.args), sample.kwargs)
    report.add(judge(run_rule(rule, (sample.input, *sample.args), sample.kwargs), real), f"in place: {label}")


def _reason(info: OpInfo, table: Mapping[str, str] | None) -> str | None:
    return None if table is None else table.get(full_name(info), table.get(info.name))


def _first(texts: list[str], count: int = 12) -> str:
    more = [f"… and {len(texts) - count} more"] if len(texts) > count else []
    return "\n".join(texts[:count] + more)


def errors(info: OpInfo) -> Iterator[SampleInput]:
    """The samples that are to be refused."""
    _seed()
    for error in info.error_inputs("cpu"):
        yield error.sample_input


def has_errors(info: OpInfo) -> bool:
    return info.error_inputs_func is not None


def check_errors(info: OpInfo, exempt: Mapping[str, str] | None = None) -> Report:
    """Every error input that eager CPU refuses is refused with the same exception and first line.

    `exempt`: "<name of the OpInfo>: <start of eager's first line>" → why the rule does not say so (it must then
    answer unknown or a shape, never another refusal). Complaints of the argument parser need no row."""
    report = Report()
    for sample in errors(info):
        for name, rule, function in rules_of(info):
            args = arguments(info, name, sample)
            report.samples += 1
            real = run_real(function, args, sample.kwargs)
            if not isinstance(real, Refusal) or real.by_parser:
                continue
            got = run_rule(rule, args, sample.kwargs, data=True)
            if got == real:
                continue
            line = f"{info.name}: {real.message}"
            if not isinstance(got, Refusal) and any(line.startswith(key) for key in exempt or ()):
                report.unknown.append(line)
            else:
                report.wrong.append(f"{line}\n    {_describe(sample)} gave {got!r}")
    assert not report.wrong, _first(report.wrong)
    return report


def check_commuting(info: OpInfo) -> Report:
    """rule(symbols) with numbers put in == rule(numbers), for every sample the rule answers.

    Samples that differ in dtype or values only are one and the same question, which is asked once."""
    report = Report()
    asked: set[tuple[str, str]] = set()
    for label, sample in samples(info):
        for name, rule, _ in rules_of(info):
            report.samples += 1
            question = (name, _describe(sample))
            if question in asked:
                continue
            asked.add(question)
            args = arguments(info, name, sample)
            texts = commuting(rule, tuple(map(to_value, args)), {k: to_value(v) for k, v in sample.kwargs.items()})
            report.wrong += [f"{label}: {text}" for text in texts]
    assert not report.wrong, _first(report.wrong)
    return report


def commuting(rule: OpRule, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> list[str]:
    """What differs when the sizes of all tensors are symbols: equal numbers from 2 on become the same symbol."""
    env: dict[str, int] = {}
    try:
        concrete = rule(*args, **kwargs)
    except ShapeError:
        return []
    finally:
        NOTES.clear()
    use_names(FreshNames())
    lifted = tuple(_symbolic(a, env) for a in args)
    try:
        symbolic = rule(*lifted, **{k: _symbolic(v, env) for k, v in kwargs.items()})
    except ShapeError as error:
        return [f"FALSE ALARM with symbols: {error.message}"]
    finally:
        assumed = list(NOTES.assumptions)
        NOTES.clear()
    if any(_put_in(a, env) != _put_in(b, env) for a, b in assumed):
        return []  # what was assumed of the sizes is not so
    return _differences(_put_in(symbolic, env), concrete)


def _symbolic(value: Any, env: dict[str, int]) -> Any:
    if isinstance(value, Tensor):
        dims = tuple(_symbol(d, env) for d in value.shape)
        return Tensor(dims, value.dtype, value.device)
    if isinstance(value, ListV):
        return ListV([_symbolic(item, env) for item in value.items])
    if type(value) is tuple:
        return tuple(_symbolic(item, env) for item in value)
    return value


def _symbol(dim: Any, env: dict[str, int]) -> Any:
    if not isinstance(dim, int) or dim < 2:
        return dim
    env[f"s{dim}"] = dim
    return symbol(f"s{dim}")


def _put_in(value: Any, env: dict[str, int]) -> Any:
    if isinstance(value, Expr):
        names = {s.name for s in value.symbols}
        return evaluate(value, env) if names <= env.keys() else None
    if isinstance(value, Tensor):
        dims = None if value.dims is None else tuple(d if d is ... else _put_in(d, env) for d in value.dims)
        return Tensor(dims, value.dtype, value.device)
    if isinstance(value, ListV):
        return ListV([_put_in(item, env) for item in value.items], value.rest)
    if isinstance(value, Size):
        return Size(_put_in(item, env) for item in value)
    if isinstance(value, Fields):
        return Fields(value.typename, value.names, tuple(_put_in(item, env) for item in value))
    if isinstance(value, tuple):
        return tuple(_put_in(item, env) for item in value)
    return value


def _differences(symbolic: Any, concrete: Any) -> list[str]:
    """Contradictions only: unknown on the symbolic side is allowed."""
    if symbolic is None or isinstance(symbolic, Unknown) or isinstance(concrete, Expr | Unknown | DictV):
        return []
    if isinstance(concrete, Tensor):
        if not isinstance(symbolic, Tensor):
            return [f"{symbolic!r} instead of {concrete!r}"]
        if symbolic.dims is None or concrete.dims is None or ... in symbolic.dims:
            return []
        fits = len(symbolic.dims) == len(concrete.dims) and all(
            a is None or isinstance(b, Expr) or a == b for a, b in zip(symbolic.dims, concrete.dims)
        )
        return [] if fits else [f"{symbolic.dims} instead of {concrete.dims}"]
    if isinstance(concrete, ListV | tuple):
        left = symbolic.items if isinstance(symbolic, ListV) else symbolic
        right = concrete.items if isinstance(concrete, ListV) else concrete
        if isinstance(symbolic, ListV) and symbolic.rest is not None:
            return []
        if not isinstance(left, list | tuple):
            return [f"{type(symbolic).__name__} instead of {concrete!r}"]
        if len(left) != len(right):
            return [f"{len(left)} items instead of {len(right)}"]
        return [text for a, b in zip(left, right) for text in _differences(a, b)]
    if isinstance(concrete, int) and isinstance(symbolic, int) and symbolic != concrete:
        return [f"{symbolic} instead of {concrete}"]
    return []
