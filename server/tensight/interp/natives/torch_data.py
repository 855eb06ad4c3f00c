"""torch.utils.data: datasets, samplers, random_split. Loading is in torch_loader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...dims import Expr, Truth, equal
from ...values import BoundMethod, FunctionV, Instance, ListV, Native, Reason, Scalar, Tensor, Unknown, Value, join
from .registry import MODULES, NATIVES, native, plain_class
from .support import index_of, items_of, known_items, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

DATA = "torch.utils.data"
MODULES.update({DATA, f"{DATA}.dataset", f"{DATA}.dataloader", f"{DATA}.sampler", f"{DATA}.distributed"})
DATASET, ITERABLE = f"{DATA}.Dataset", f"{DATA}.IterableDataset"
plain_class(DATASET)
plain_class(ITERABLE, DATASET)
for _name in ("TensorDataset", "Subset", "ConcatDataset", "StackDataset"):
    plain_class(f"{DATA}.{_name}", DATASET)
plain_class(f"{DATA}.ChainDataset", ITERABLE)


def length(it: Interp, value: Value) -> Value:
    """`len(value)` of a dataset or sampler: an int, an Expr, or Scalar("int") (no `__len__` included)."""
    if isinstance(value, Instance) and not isinstance(value.cls.lookup("__len__"), FunctionV | Native):
        return Scalar("int")
    result = NATIVES["builtins.len"].call(it, [value], {})
    return result if isinstance(result, int | Expr) else Scalar("int")


def item(it: Interp, dataset: Value, index: Value) -> Value:
    """`dataset[index]`."""
    if isinstance(dataset, Instance):
        method = dataset.cls.lookup("__getitem__")
        if isinstance(method, FunctionV | Native):
            return it.call(BoundMethod(method, dataset), [index])
        return it.unknown(Reason.OPAQUE, f"{dataset.cls.name}[…]")
    return it.getitem(dataset, index)


#: Items of a dataset that are looked at where it has more than a few.
_FEW = 8


def sample(it: Interp, dataset: Value) -> Value:
    """What any item is like: the join of all of a short dataset, of some from all parts of a long one."""
    n = length(it, dataset)
    if isinstance(n, int) and n == 0:
        return it.unknown(Reason.DATA_DEPENDENT, "an empty dataset")
    if isinstance(n, int):
        places = range(n) if n <= _FEW else sorted({0, 1, n // 2, n - 1})
    else:
        places = range(1)
    result: Value = item(it, dataset, places[0])
    for place in places[1:]:
        result = join(result, item(it, dataset, place))
    return result


@native(f"{DATASET}.__getitem__")
def no_getitem(it: Interp, self: Value, index: Value) -> Value:
    if not isinstance(self, Instance) or any(c.open for c in self.cls.mro):
        return it.unknown(Reason.OPAQUE, "Dataset")
    return it.fail("NotImplementedError", "Subclasses of Dataset should implement __getitem__.")


@native(f"{DATASET}.__add__")
def add_datasets(it: Interp, self: Value, other: Value) -> Value:
    return it.instantiate(it.native_class(f"{DATA}.ConcatDataset"), [ListV([self, other])])


# ---- TensorDataset
@native(f"{DATA}.TensorDataset.__init__")
def tensors_init(it: Interp, self: Value, *tensors: Value) -> Value:
    if isinstance(self, Instance):
        it.journal.write(self, "tensors", tuple(tensors))
        known = [t for t in tensors if isinstance(t, Tensor) and not t.is_open and t.rank > 0]
        for tensor in known[1:]:
            if equal(tensor.shape[0], known[0].shape[0]) is Truth.NO:
                return it.refuse_with("size-mismatch", "Size mismatch between tensors", "AssertionError", list(tensors))
    return None


def _tensors(self: Value) -> tuple[Value, ...]:
    found = self.attrs.get("tensors") if isinstance(self, Instance) else None
    return found if isinstance(found, tuple) else ()


@native(f"{DATA}.TensorDataset.__getitem__")
def tensors_get(it: Interp, self: Value, index: Value) -> Value:
    return tuple(it.getitem(tensor, index) for tensor in _tensors(self))


@native(f"{DATA}.TensorDataset.__len__")
def tensors_len(it: Interp, self: Value) -> Value:
    for tensor in _tensors(self):
        if isinstance(tensor, Tensor) and not tensor.is_open and tensor.rank > 0:
            return tensor.shape[0]
        break
    return Scalar("int")


# ---- Subset
@native(f"{DATA}.Subset.__init__")
def subset_init(it: Interp, self: Value, dataset: Value, indices: Value) -> Value:
    if isinstance(self, Instance):
        it.journal.write(self, "dataset", dataset)
        it.journal.write(self, "indices", indices)
    return None


@native(f"{DATA}.Subset.__getitem__")
def subset_get(it: Interp, self: Value, index: Value) -> Value:
    dataset, indices = it.getattr(self, "dataset"), it.getattr(self, "indices")
    size = self.extra.get("length") if isinstance(self, Instance) else None
    if size is not None or not isinstance(index, int):
        return sample(it, dataset)
    return item(it, dataset, it.getitem(indices, index))


@native(f"{DATA}.Subset.__len__")
def subset_len(it: Interp, self: Value) -> Value:
    if isinstance(self, Instance) and "length" in self.extra:
        return self.extra["length"]
    return length(it, it.getattr(self, "indices"))


@native(f"{DATA}.random_split")
def random_split(it: Interp, dataset: Value, lengths: Value, generator: Value = None) -> Value:
    """Subsets of random items; their lengths are known, their indices are not."""
    n, parts = length(it, dataset), known_items(it, lengths)
    if parts is None:
        return it.unknown(Reason.DATA_DEPENDENT, "random_split")
    sizes = list(parts)
    if any(isinstance(p, float) for p in parts):
        if not isinstance(n, int) or not all(isinstance(p, int | float) for p in parts):
            sizes = [Scalar("int") for _ in parts]
        else:
            sizes = [int(p * n) for p in parts]
            for i in range(n - sum(sizes)):
                sizes[i % len(sizes)] += 1
    elif isinstance(n, int) and all(isinstance(p, int) for p in parts) and sum(parts) != n:
        return it.fail("ValueError", "Sum of input lengths does not equal the length of the input dataset!")
    out = []
    for size in sizes:
        subset = it.new(f"{DATA}.Subset", dataset=dataset, indices=ListV([], Scalar("int")))
        subset.extra["length"] = size
        out.append(subset)
    return ListV(out)


# ---- ConcatDataset, StackDataset, ChainDataset
@native(f"{DATA}.ConcatDataset.__init__", f"{DATA}.ChainDataset.__init__")
def concat_init(it: Interp, self: Value, datasets: Value) -> Value:
    if isinstance(self, Instance):
        it.journal.write(self, "datasets", ListV(*items_of(it, datasets)))
    return None


def _parts(it: Interp, self: Value) -> tuple[list[Value], Value | None]:
    return items_of(it, it.getattr(self, "datasets"))


def _sum_of_lengths(it: Interp, parts: list[Value]) -> Value:
    total: Value = 0
    for part in parts:
        total = it.binary("+", total, length(it, part))
    return total


@native(f"{DATA}.ConcatDataset.__len__")
def concat_len(it: Interp, self: Value) -> Value:
    parts, rest = _parts(it, self)
    return _sum_of_lengths(it, parts) if rest is None else Scalar("int")


@native(f"{DATA}.ConcatDataset.__getitem__")
def concat_get(it: Interp, self: Value, index: Value) -> Value:
    parts, rest = _parts(it, self)
    position = index_of(it, index)
    sizes = [length(it, part) for part in parts]
    if rest is None and position is not None and all(isinstance(size, int) for size in sizes):
        place = position + sum(sizes) if position < 0 else position
        for part, size in zip(parts, sizes):
            if 0 <= place < size:
                return item(it, part, place)
            place -= size
        return it.fail("IndexError", "list index out of range")
    if rest is not None or not parts:
        return unknown_of(it, [rest], "ConcatDataset")
    result = sample(it, parts[0])
    for part in parts[1:]:
        result = join(result, sample(it, part))
    return result


@native(f"{DATA}.StackDataset.__init__")
def not_followed(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    if isinstance(self, Instance):
        self.open = True
    return None


@native(f"{DATA}.ChainDataset.__iter__")
def chain_iter(it: Interp, self: Value) -> Value:
    items: list[Value] = []
    parts, rest = _parts(it, self)
    for part in parts:
        found, more = items_of(it, part)
        if more is not None:
            return NATIVES["builtins.iter"].call(it, [ListV(items, more if not found else Unknown(Reason.JOINED))], {})
        items += found
    return NATIVES["builtins.iter"].call(it, [ListV(items, rest)], {})


@native(f"{DATA}.get_worker_info")
def get_worker_info(it: Interp) -> Value:
    return None
