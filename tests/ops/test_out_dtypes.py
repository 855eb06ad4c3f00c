"""`out=` of every other element type, for all of op_db: converted or refused as PyTorch does."""

from __future__ import annotations

import pytest
import torch

import tensight.interp  # noqa: F401  (fills the tables)
from ops import oracle
from ops.convert import dtype_of, to_value
from tensight.ops.errors import NOTES, ShapeError
from tensight.ops.out_dtypes import castable

OUT = (torch.int64, torch.float64, torch.float32, torch.bool, torch.complex64)
RESULTS = (torch.float32, torch.int64, torch.complex64)


def test_casts_are_those_of_pytorch() -> None:
    for source in OUT:
        for target in OUT:
            assert castable(dtype_of(source), dtype_of(target)) == torch.can_cast(source, target), (source, target)


def test_out_of_other_types(capsys: pytest.CaptureFixture[str]) -> None:
    wrong: set[str] = set()
    said = silent = 0
    for info in oracle.infos():
        for name, rule, function in oracle.rules_of(info) if info.supports_out else ():
            if rule.out_words is None or name.startswith("torch.Tensor."):
                continue
            for dtype in RESULTS:
                sample = next(iter(info.sample_inputs("cpu", dtype)), None) if dtype in info.dtypes else None
                if sample is None or "out" in sample.kwargs:
                    continue
                args = oracle.arguments(info, name, sample)
                plain = oracle.run_real(function, args, sample.kwargs)
                for other in OUT if isinstance(plain, torch.Tensor) else ():
                    out = torch.empty(plain.shape, dtype=other)
                    real = oracle.run_real(function, args, {**sample.kwargs, "out": out})
                    try:
                        named = {key: to_value(value) for key, value in sample.kwargs.items()}
                        rule(*map(to_value, args), **named, out=to_value(out))
                        ours = None
                    except ShapeError as error:
                        ours = error.message
                    finally:
                        NOTES.clear()
                    refused = real.message if isinstance(real, oracle.Refusal) else None
                    said += ours is not None
                    silent += ours is None and refused is not None
                    if ours is not None and ours != refused:
                        wrong.add(f"{name} {dtype} {other}: {ours!r}, PyTorch {refused!r}")
    with capsys.disabled():
        print(f"\nout=: {said} refusals in PyTorch's words, silent about {silent}", end="")
    assert not wrong, "\n".join(sorted(wrong)[:30])
    assert said > 20 * silent
