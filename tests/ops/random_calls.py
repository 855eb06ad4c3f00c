"""Random calls of every rule: PyTorch's own samples, or examples of ours, with other sizes, axes, numbers and element
types; where there are none, arguments by the kinds of the rule's parameters."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from typing import Any

import torch
from torch.nn.utils.rnn import PackedSequence
from torch.utils._pytree import tree_flatten, tree_unflatten

from ops import oracle
from ops.examples import EXAMPLES, Keywords
from tensight.ops.registry import RULES, OpRule
from tensight.ops.signature import REQUIRED

Call = tuple[tuple[Any, ...], dict[str, Any]]

#: Samples of one OpInfo that calls start from.
_SAMPLES = 12
_DTYPES = (torch.float32, torch.float32, torch.float32, torch.int64, torch.bool, torch.float64, torch.complex64)
_SIZES = (1, 2, 2, 3, 3, 4, 5, 6, 8, 0)
#: OpInfos whose samples are not what users give: another order of arguments, factors of a matrix.
_OTHER = ("nn.functional.embedding", "nn.functional.embedding_bag", "svd_lowrank", "pca_lowrank")


class Seeds:
    """Arguments that PyTorch accepts, by name; else those of a name of the same rule, or of the same last word."""

    def __init__(self) -> None:
        self._by_name: dict[str, list[Call]] = {}
        self._by_rule: dict[int, list[Call]] = {}
        self._by_word: dict[str, list[Call]] = {}
        for name, found in EXAMPLES.items():
            for args in found():
                keywords = dict(args[-1]) if args and isinstance(args[-1], Keywords) else {}
                self._add(name, args[:-1] if keywords else args, keywords)
        for info in oracle.infos():
            if info.name not in _OTHER:
                self._add_samples(info)

    def _add_samples(self, info: oracle.OpInfo) -> None:
        dtypes = info.supported_dtypes("cpu")
        dtype = min(dtypes or {torch.float32}, key=lambda found: (found is not torch.float32, str(found)))
        names = [name for name, _, _ in oracle.rules_of(info)]
        names += [f"torch.Tensor.{info.name}_"] * (info.inplace_variant is not None)
        for number, sample in enumerate(info.sample_inputs("cpu", dtype)):
            if number == _SAMPLES:
                break
            for name in names:
                self._add(name, oracle.arguments(info, name, sample), dict(sample.kwargs))

    def _add(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._by_name.setdefault(name, []).append((args, kwargs))
        self._by_word.setdefault(_word(name), []).append((args, kwargs))
        if name in RULES:
            self._by_rule.setdefault(id(RULES[name]), []).append((args, kwargs))

    def of(self, name: str) -> list[Call] | None:
        plain = "torch." + name.removeprefix("torch.Tensor.")
        return (
            self._by_name.get(name)
            or self._by_name.get(plain)
            or self._by_rule.get(id(RULES[name]))
            or self._by_word.get(_word(name))
        )


def _word(name: str) -> str:
    word = name.rpartition(".")[2]
    return word if word.startswith("__") else word.rstrip("_")


def calls(name: str, seeds: Seeds, count: int, seed: int = 0) -> Iterator[Call]:
    """Random calls of one function: the same ones for the same seed."""
    choose = random.Random(zlib.crc32(name.encode()) + seed)
    torch.manual_seed(seed)
    known = seeds.of(name)
    for _ in range(count):
        args, kwargs = changed(choose, *choose.choice(known)) if known else invented(choose, RULES[name])
        if name.endswith("_") or name.startswith("torch.Tensor.__i"):
            args = tuple(a.clone() if isinstance(a, torch.Tensor) else a for a in args)
        yield args, kwargs


def changed(choose: random.Random, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
    """The same arguments with other sizes (alike in all tensors, so that they mostly still fit), types and numbers."""
    leaves, spec = tree_flatten((args, kwargs), is_leaf=lambda value: isinstance(value, PackedSequence))
    sizes: dict[int, int] = {}
    if choose.random() < 0.7:
        found = {size for leaf in leaves if isinstance(leaf, torch.Tensor) for size in leaf.shape}
        sizes = {size: choose.choice(_SIZES) for size in found if choose.random() < 0.6}
    dtype = choose.choice(_DTYPES)
    recast = choose.random() < 0.3
    out = []
    for leaf in leaves:
        if isinstance(leaf, torch.Tensor):
            shape = [sizes.get(size, size) for size in leaf.shape]
            made = _tensor(choose, leaf, shape, dtype if recast and leaf.dtype is torch.float32 else leaf.dtype)
            out.append(made.requires_grad_() if leaf.requires_grad and made.is_floating_point() else made)
        elif isinstance(leaf, bool):
            out.append(leaf if choose.random() < 0.8 else not leaf)
        elif isinstance(leaf, int) and choose.random() < 0.3:
            out.append(leaf + choose.choice((-1, 1, 1, 2)) if choose.random() < 0.6 else sizes.get(leaf, leaf))
        else:
            out.append(leaf)
    return tree_unflatten(out, spec)  # type: ignore[no-any-return]


def _tensor(choose: random.Random, like: torch.Tensor, shape: list[int], dtype: torch.dtype) -> torch.Tensor:
    if choose.random() < 0.12 and shape:
        at = choose.randrange(len(shape))
        shape = [*shape[:at], *((1,) if choose.random() < 0.5 else ()), *shape[at + 1 :]]
    elif choose.random() < 0.06:
        shape = [choose.choice(_SIZES), *shape]
    if like.layout is not torch.strided or like.is_quantized or (list(like.shape) == shape and like.dtype is dtype):
        return like.detach()
    count = int(torch.Size(shape).numel())
    source = like.detach().flatten()
    if not source.numel():
        return torch.ones(shape, dtype=dtype)
    return source[torch.arange(count) % source.numel()].reshape(shape).to(dtype)


_OF_KIND: dict[str, tuple[Any, ...]] = {
    "Int": (0, 1, 2, 3),
    "OptInt": (0, 1, 2, None),
    "Axis": (0, 1, -1),
    "OptAxis": (0, -1, None),
    "Axes": ((0,), (0, 1), None),
    "Sizes": ((2, 3), (6,), (1,)),
    "OptSizes": ((2, 3), None),
    "IntOrSizes": (1, 2, (1, 1)),
    "Number": (1, 0.5, 2),
    "Flag": (True, False),
    "OptText": (None,),
    "DTypeArg": (None, torch.float64),
}
_SHAPES = ([2, 3], [2, 3], [3], [2, 3, 4], [4, 4], [3, 3], [2, 2, 3], [])


def invented(choose: random.Random, rule: OpRule) -> Call:
    """Arguments by the kinds of the rule's parameters; optional ones are mostly left out."""
    args: list[Any] = []
    shape = choose.choice(_SHAPES)
    dtype = choose.choice(_DTYPES)

    def tensor() -> torch.Tensor:
        return (torch.rand(shape if choose.random() < 0.85 else choose.choice(_SHAPES)) * 2).to(dtype)

    annotations = rule.function.__annotations__
    for at, name in enumerate(rule.parameters[: rule.positional] or rule.parameters):
        required = rule.defaults[at] is REQUIRED
        if not required and choose.random() < 0.7:
            break
        kind = str(annotations.get(name, "Raw"))
        if kind in ("Tensor", "TensorLike", "Raw"):
            args.append(tensor())
        elif kind == "Tensors":
            args.append([tensor(), tensor()])
        elif kind in ("OptTensor", "OptTensorLike"):
            args.append(choose.choice((None, tensor())))
        else:
            args.append(choose.choice(_OF_KIND.get(kind, (1,))))
    if rule.var_positional is not None:
        kind = str(annotations.get(rule.parameters[rule.var_positional], ""))
        more = {"TensorArgs": (tensor(), tensor()), "SizeArgs": (2, 3), "AxisArgs": (0,)}.get(kind, ())
        args = [*args[: rule.var_positional], *more]
    return tuple(args), {}
