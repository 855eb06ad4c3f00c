"""torch.utils.data's samplers: in which order a data set is read. Indices that chance draws are ints, no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import limits
from ...dims import Expr
from ...values import Instance, ListV, Scalar, Value, join
from .registry import NATIVES, native, plain_class
from .torch_data import DATA, length

if TYPE_CHECKING:
    from ..machine import Interp

SAMPLER = f"{DATA}.Sampler"
plain_class(SAMPLER)
for _name in ("SequentialSampler", "RandomSampler", "SubsetRandomSampler", "WeightedRandomSampler", "BatchSampler",
              "DistributedSampler"):  # fmt: skip
    plain_class(f"{DATA}.{_name}", SAMPLER)
plain_class(f"{DATA}.distributed.DistributedSampler", f"{DATA}.DistributedSampler")


def _sampler(name: str, *parameters: str) -> None:
    @native(f"{DATA}.{name}.__init__")
    def init(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
        if isinstance(self, Instance):
            for key, value in [*zip(parameters, args), *kwargs.items()]:
                it.journal.write(self, key, value)
        return None


_sampler("Sampler", "data_source")
_sampler("SequentialSampler", "data_source")
_sampler("RandomSampler", "data_source", "replacement", "num_samples", "generator")
_sampler("SubsetRandomSampler", "indices", "generator")
_sampler("WeightedRandomSampler", "weights", "num_samples", "replacement", "generator")
_sampler("BatchSampler", "sampler", "batch_size", "drop_last")
_sampler("DistributedSampler", "dataset", "num_replicas", "rank", "shuffle", "seed", "drop_last")


def _source_length(it: Interp, self: Value) -> Value:
    attrs = self.attrs if isinstance(self, Instance) else {}
    count = attrs.get("num_samples")
    if isinstance(count, int | Expr):
        return count
    source = attrs.get("data_source", attrs.get("indices"))
    return Scalar("int") if source is None or count is not None else length(it, source)


for _name in ("SequentialSampler", "RandomSampler", "SubsetRandomSampler", "WeightedRandomSampler"):
    native(f"{DATA}.{_name}.__len__")(_source_length)


@native(f"{DATA}.BatchSampler.__len__")
def batches_len(it: Interp, self: Value) -> Value:
    attrs = self.attrs if isinstance(self, Instance) else {}
    n, size, drop = length(it, attrs.get("sampler")), attrs.get("batch_size"), attrs.get("drop_last")
    if isinstance(n, int) and isinstance(size, int) and size > 0 and isinstance(drop, bool):
        return n // size if drop else -(-n // size)
    return Scalar("int")


@native(f"{DATA}.SequentialSampler.__iter__", f"{DATA}.RandomSampler.__iter__", f"{DATA}.SubsetRandomSampler.__iter__",
        f"{DATA}.WeightedRandomSampler.__iter__", f"{DATA}.DistributedSampler.__iter__")  # fmt: skip
def indices(it: Interp, self: Value) -> Value:
    return NATIVES["builtins.iter"].call(it, [ListV([], Scalar("int"))], {})


@native(f"{DATA}.BatchSampler.__iter__")
def batches(it: Interp, self: Value) -> Value:
    """Lists of indices; how long they are is known where the sampler's length is."""
    attrs = self.attrs if isinstance(self, Instance) else {}
    sampler, size, drop = attrs.get("sampler"), attrs.get("batch_size"), attrs.get("drop_last")
    some = ListV([], Scalar("int"))
    if not isinstance(size, int) or size <= 0 or size > limits.MAX_ITEMS or not isinstance(drop, bool):
        return NATIVES["builtins.iter"].call(it, [ListV([], some)], {})
    whole = _indices(size)
    n = length(it, sampler)
    if not isinstance(n, int):
        return NATIVES["builtins.iter"].call(it, [ListV([], whole if drop else join(whole, some))], {})
    last = [] if drop or n % size == 0 else [_indices(n % size)]
    if n > limits.MAX_UNROLL:
        further = [ListV([], join(whole, last[0]) if last else whole)]
        return NATIVES["builtins.iter"].call(it, further, {})
    return NATIVES["builtins.iter"].call(it, [ListV([*(_indices(size) for _ in range(n // size)), *last])], {})


def _indices(count: int) -> ListV:
    return ListV([Scalar("int") for _ in range(count)])


@native(f"{DATA}.DistributedSampler.set_epoch")
def set_epoch(it: Interp, self: Value, epoch: Value) -> Value:
    return None
