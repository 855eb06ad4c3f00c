"""From a demand on a tensor of open rank back to the parameter that it was made of."""

from __future__ import annotations

from ..ops.errors import Template
from ..values import Instance, Tensor

_MOST_STEPS = 64


def demand_source(tensor: Tensor, template: Template) -> tuple[str | None, Template]:
    """The entry behind `tensor` and what it has to look like; (None, …) if the way back is not known.

    An embedding adds an axis; a step that keeps the run of unknown length (`(…, 64)` to `(…, 128)`) changes the last
    axis only."""
    for _ in range(_MOST_STEPS):
        if tensor.entry is not None:
            return tensor.entry, template
        step = tensor.made_by
        if step is None or not step.inputs:
            return None, template
        before = step.inputs[0]
        if not before.is_open:
            return None, template
        if _is_embedding(step.name, step.layer):
            if template is None or not template:
                return None, template
            template = template[:-1]
        elif not _keeps_run(tensor, before):
            return None, template
        elif template is not None:
            last = before.dims[-1] if before.dims else "C"
            template = (*template[:-1], "C" if last is ... else last)
        tensor = before
    return None, template


def _is_embedding(name: str, layer: object) -> bool:
    if isinstance(layer, Instance):
        return layer.cls.derives_from("torch.nn.Embedding")
    return name == "torch.nn.functional.embedding"


def _keeps_run(after: Tensor, before: Tensor) -> bool:
    """Whether both shapes are a run followed by one axis."""
    return (
        after.dims is not None and before.dims is not None
        and len(after.dims) == 2 and len(before.dims) == 2 and after.dims[0] is ... and before.dims[0] is ...
    )  # fmt: skip
