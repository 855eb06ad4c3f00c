"""The worker: real PyTorch on the meta device, run by the interpreter of the analysed environment.

One file in the syntax of Python 3.8 that imports the standard library and torch only: `python -I main.py`. It reads
questions and writes answers, a JSON object a line, until its input ends. A question names an operation of an
allow-list and carries plain data; nothing of the user's is ever imported, no file is read or written.

    {"id": 1, "op": "torch.special.xlogy", "points": [{"args": [{"tensor": [[2, 3], "float32"]}], "kwargs": {}}]}
    {"id": 1, "answers": [{"value": {"tensor": [[2, 3], "float32"]}}]}

Each point is answered on its own: {"value": …}, {"refused": "<exception>: <text>"} or {"none": "<why>"}.
"""

from __future__ import annotations

import faulthandler
import json
import math
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

#: Seconds for one question; whoever asked has given up long before, this ends a worker that nobody waits for.
WATCHDOG = 30.0
#: Bytes of memory beyond those that `import torch` takes: tensors of the meta device have no elements.
MEMORY = 4 << 30
#: Levels of lists and tuples in a question or an answer.
MAX_DEPTH = 8
#: Items of one list.
MAX_ITEMS = 4096

#: Modules and classes whose overridable functions are answered.
OWNERS = (
    "torch.",
    "torch.functional.",
    "torch.nn.functional.",
    "torch.linalg.",
    "torch.fft.",
    "torch.special.",
    "torch.Tensor.",
)
#: What is not asked though it may be overridden: it changes what tensors are stored in, crosses devices or
#: processes, reads elements, or speaks of gradients, which have no meaning for tensors without elements.
DENIED = frozenset({
    "apply_", "autocast", "backward", "coalesce", "cpu", "cuda", "cudnn_is_acceptable", "data_ptr", "detach_",
    "dim_order", "equal", "from_file", "get_device", "hpu", "ipu", "is_shared", "item", "map2_", "map_",
    "module_load", "mtia", "numpy", "pin_memory", "record_stream", "register_hook",
    "register_post_accumulate_grad_hook", "reinforce", "rename", "rename_", "requires_grad_", "resize", "resize_",
    "resize_as", "resize_as_", "resize_as_sparse_", "retain_grad", "save", "set_", "share_memory_", "sparse_resize_",
    "sparse_resize_and_clear_", "storage", "storage_offset", "storage_type", "tolist", "type", "untyped_storage",
    "xpu",
})  # fmt: skip
#: Creation functions, which take no tensor and therefore cannot be overridden.
CREATION = frozenset({
    "arange", "bartlett_window", "blackman_window", "empty", "empty_strided", "eye", "full", "hamming_window",
    "hann_window", "kaiser_window", "linspace", "logspace", "ones", "rand", "randint", "randn", "randperm", "range",
    "tril_indices", "triu_indices", "vander", "zeros",
})  # fmt: skip


class Refused(Exception):
    """The question cannot be asked: a name that is not allowed, data that is not plain."""


def allowed_names(torch: Any) -> dict[str, Callable[..., Any]]:
    """Qualified name -> function, for all that may be asked."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from torch.overrides import get_overridable_functions, resolve_name

        found: dict[str, Callable[..., Any]] = {}
        for functions in get_overridable_functions().values():
            for function in functions:
                name = resolve_name(function)
                if name is not None and allowed(name):
                    found[name] = function
        for name in list(found):
            if name.startswith("torch.functional."):
                found.setdefault("torch." + name[len("torch.functional.") :], found[name])
        for owner, prefix in ((torch, "torch."), (torch.nn.functional, "torch.nn.functional.")):
            known = {id(function) for function in found.values()}
            for name, function in vars(owner).items():
                if allowed(prefix + name) and id(function) in known:
                    found.setdefault(prefix + name, function)
        for name in CREATION:
            if hasattr(torch, name):
                found.setdefault("torch." + name, getattr(torch, name))
    return found


def allowed(name: str) -> bool:
    """Whether an overridable function may be asked."""
    owner, _, short = name.rpartition(".")
    return owner + "." in OWNERS and not short.startswith("_") and short not in DENIED


def decode(torch: Any, data: Any, depth: int = 0) -> Any:
    """The argument that a question describes."""
    if data is None or isinstance(data, (bool, int, float, str)):
        return data
    if depth > MAX_DEPTH:
        raise Refused("nested too deep")
    if isinstance(data, list):
        if len(data) > MAX_ITEMS:
            raise Refused("too many items")
        return [decode(torch, item, depth + 1) for item in data]
    if isinstance(data, dict) and len(data) == 1:
        ((kind, value),) = data.items()
        if kind == "tensor":
            shape, dtype = value
            if len(shape) > 64 or not all(isinstance(size, int) and 0 <= size < 1 << 62 for size in shape):
                raise Refused(f"not a shape: {shape!r}")
            return torch.empty(shape, dtype=dtype_named(torch, dtype), device="meta")
        if kind == "dtype":
            return dtype_named(torch, value)
        if kind == "tuple":
            return tuple(decode(torch, item, depth + 1) for item in value)
        if kind == "complex":
            return complex(*value)
    raise Refused(f"not plain data: {data!r}")


def dtype_named(torch: Any, name: object) -> Any:
    """The dtype; Refused if there is none of that name."""
    found = getattr(torch, name, None) if isinstance(name, str) else None
    if not isinstance(found, torch.dtype):
        raise Refused(f"no dtype: {name!r}")
    return found


def encode(torch: Any, value: Any, depth: int = 0) -> Any:
    """An answer as plain data."""
    if depth > MAX_DEPTH:
        raise Refused("nested too deep")
    if isinstance(value, torch.Tensor):
        return {"tensor": [[int(size) for size in value.shape], str(value.dtype).rpartition(".")[2]]}
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"float": str(value)}
    if isinstance(value, complex):
        return {"complex": [value.real, value.imag]}
    if isinstance(value, torch.dtype):
        return {"dtype": str(value).rpartition(".")[2]}
    if isinstance(value, (tuple, list)):
        if len(value) > MAX_ITEMS:
            raise Refused("too many items")
        items = [encode(torch, item, depth + 1) for item in value]
        if isinstance(value, list):
            return items
        if isinstance(value, torch.Size):
            return {"size": items}
        names = fields_of(value)
        if names is not None:
            kind = type(value)
            return {"fields": [f"{kind.__module__}.{kind.__name__}", names, items]}
        return {"tuple": items}
    raise Refused(f"an answer of type {type(value).__name__}")


def fields_of(value: Any) -> list[str] | None:
    """The names of the items of a named tuple, as PyTorch and `collections` make them; None for a plain one."""
    names = getattr(value, "_fields", None)
    if names is not None:
        return list(names)
    if hasattr(type(value), "n_sequence_fields"):
        members = [name for name, kind in vars(type(value)).items() if type(kind).__name__ == "member_descriptor"]
        return members[: len(value)] if len(members) >= len(value) else None
    return None


def tensors_in(torch: Any, value: Any) -> list[Any]:
    """Every tensor of a question or an answer."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, (tuple, list)):
        return [found for item in value for found in tensors_in(torch, item)]
    if isinstance(value, dict):
        return [found for item in value.values() for found in tensors_in(torch, item)]
    return []


def answer(torch: Any, function: Callable[..., Any], point: Any) -> dict[str, Any]:
    """One point of a question: call the operation."""
    try:
        args = [decode(torch, item) for item in point["args"]]
        kwargs = {name: decode(torch, item) for name, item in point["kwargs"].items()}
        given = tensors_in(torch, [args, kwargs])
        before = [(tensor.shape, tensor.dtype) for tensor in given]
        if hasattr(torch.device, "__enter__"):
            with torch.no_grad(), torch.device("meta"):
                result = function(*args, **kwargs)
        elif given:
            with torch.no_grad():
                result = function(*args, **kwargs)
        else:
            raise Refused("this PyTorch creates no tensors on the meta device")
        if before != [(tensor.shape, tensor.dtype) for tensor in given]:
            raise Refused("it changes the shape of an argument")
        if not tensors_in(torch, result):
            raise Refused("no tensor in the answer")
        return {"value": encode(torch, result)}
    except Refused as error:
        return {"none": str(error)}
    except Exception as error:  # whatever PyTorch says is an answer
        lines = str(error).splitlines() or [""]
        return {"refused": f"{type(error).__name__}: {lines[0][:500]}"}


def serve(torch: Any, lines: Iterable[str], write: Callable[[Any], None]) -> None:
    """Answer questions until there are no more."""
    functions = allowed_names(torch)
    with torch.no_grad():
        try:  # the kernels that are written in Python are imported at their first use, which takes seconds
            torch.special.xlogy(torch.empty(1, device="meta"), 1.0)
        except (AttributeError, NotImplementedError, RuntimeError):
            pass
    write({"ready": {"torch": str(torch.__version__), "names": len(functions)}})
    for line in lines:
        faulthandler.dump_traceback_later(WATCHDOG, exit=True)
        question = json.loads(line)
        function = functions.get(question["op"])
        if function is None:
            answers = [{"none": f"not asked: {question['op']}"} for _ in question["points"]]
        else:
            answers = [answer(torch, function, point) for point in question["points"]]
        faulthandler.cancel_dump_traceback_later()
        write({"id": question["id"], "answers": answers})


def limit_memory() -> None:
    """An operation that allocates after all must not take the machine down."""
    try:
        import resource

        with open("/proc/self/statm") as statm:
            size = int(statm.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, OSError, ValueError):
        pass


def main() -> None:
    """Keep the pipes, start PyTorch, serve."""
    import warnings

    answers = os.fdopen(os.dup(1), "w", encoding="ascii", newline="\n")
    questions = os.fdopen(os.dup(0), "r", encoding="utf-8")
    quiet = os.open(os.devnull, os.O_RDONLY)
    os.dup2(quiet, 0)
    os.dup2(2, 1)  # what anything prints must not come between the answers
    if hasattr(os, "nice"):
        os.nice(5)
    warnings.simplefilter("ignore")
    import torch

    torch.set_num_threads(1)
    limit_memory()

    def write(message: Any) -> None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    try:
        serve(torch, questions, write)
    except (BrokenPipeError, KeyboardInterrupt):
        pass
    sys.stderr.flush()
    os._exit(0)  # nothing is left to save


if __name__ == "__main__":
    main()
