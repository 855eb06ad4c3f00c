"""What the real worker answers agrees with what PyTorch computes on the CPU, with numbers and with symbols."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ops.convert import Comparison, to_value
from ops.oracle import RULES, full_name, op_db, resolve, run_real, samples
from tensight.dims import Expr, evaluate, fresh_data, fresh_unknown, is_unknown, symbol
from tensight.values import DTYPES, DictV, Fields, ListV, Reason, Scalar, Tensor, Unknown
from tensight.worker import TorchOracle, main
from worker.workers import VERSION, real, tensor

B, H, W, C = symbol("B"), symbol("H"), symbol("W"), symbol("C")


@pytest.fixture(scope="module")
def oracle() -> Iterator[TorchOracle]:
    made = real()
    yield made
    made.close()


#: What may be asked of the PyTorch that runs the tests.
NAMES = main.allowed_names(torch)
#: One sample in so many is asked.
EVERY = 12


def _infos() -> list[Any]:
    return [info for i, info in enumerate(op_db) if i % 5 == 0 and main.allowed(f"torch.{info.name}")]


@pytest.mark.parametrize("info", _infos(), ids=full_name)
def test_samples_of_op_db(oracle: TorchOracle, info: Any) -> None:
    """Never another shape or dtype than the CPU's; the answer may lack."""
    name = f"torch.{info.name}"
    for label, sample in samples(info)[::EVERY][:6]:
        args = (sample.input, *sample.args)
        got = oracle.ask(name, [to_value(a) for a in args], {k: to_value(v) for k, v in sample.kwargs.items()})
        if got is None:
            continue
        truth = run_real(resolve(name), args, sample.kwargs)
        comparison = Comparison()
        comparison.compare(got, truth)
        assert not comparison.wrong, (label, comparison.wrong)


CALLS: list[tuple[str, list[Any], dict[str, Any], Any]] = [
    ("torch.slice_scatter", [tensor(B, 8), tensor(B, 4)], {"dim": 1, "start": 0, "end": 4}, (B, 8)),
    ("torch.unfold_copy", [tensor(B, 10), 1, 4, 2], {}, (B, 4, 4)),
    ("torch.flatten", [tensor(B, C, H, W), 1], {}, (B, C * H * W)),
    ("torch.cat", [ListV([tensor(B, 3), tensor(H, 3)])], {}, (B + H, 3)),
    ("torch.nn.functional.conv2d", [tensor(B, 3, H, W), tensor(8, 3, 3, 3)], {}, (B, 8, H - 2, W - 2)),
    ("torch.nn.functional.pad", [tensor(B, H), (1, 2)], {}, (B, H + 3)),
    ("torch.cdist", [tensor(B, H, 5), tensor(B, W, 5)], {}, (B, H, W)),
    ("torch.kron", [tensor(2, H), tensor(3, W)], {}, (6, H * W)),
    ("torch.repeat_interleave", [tensor(B, H), 3], {"dim": 1}, (B, 3 * H)),
    ("torch.zeros", [(B, H)], {}, (B, H)),
    ("torch.special.xlogy", [tensor(B, 1), tensor(1, H)], {}, (B, H)),
    ("torch.view_copy", [tensor(B, H), (H, B)], {}, (H, B)),
    ("torch.tril_indices", [4, 4], {}, (2, 10)),
]


@pytest.mark.parametrize(("name", "args", "kwargs", "dims"), CALLS, ids=[call[0] for call in CALLS])
def test_symbolic_sizes(oracle: TorchOracle, name: str, args: list[Any], kwargs: dict[str, Any], dims: Any) -> None:
    assert oracle.ask(name, args, kwargs).dims == dims


def test_sizes_that_follow_no_simple_formula_are_unknown(oracle: TorchOracle) -> None:
    pooled = oracle.ask("torch.nn.functional.max_pool2d", [tensor(B, 3, H, W), 2], {})
    assert pooled.dims[:2] == (B, 3) and all(map(is_unknown, pooled.dims[2:]))
    _, values, _ = oracle.ask("torch.linalg.svd", [tensor(H, W)], {})
    assert is_unknown(values.dims[0])
    at_most = oracle.ask("torch.pca_lowrank", [tensor(H, W)], {})
    assert at_most is None or is_unknown(at_most[1].dims[0])


def test_a_rank_that_depends_on_a_size_is_no_answer(oracle: TorchOracle) -> None:
    assert oracle.ask("torch.squeeze", [tensor(B, H)], {}) is None


def test_what_fails_for_some_sizes_is_no_answer(oracle: TorchOracle) -> None:
    assert oracle.ask("torch.special.xlogy", [tensor(B), tensor(H)], {}) is None
    assert oracle.ask("torch.view_copy", [tensor(B, H), (3, -1)], {}) is None


def test_unknown_sizes_stay_what_they_are(oracle: TorchOracle) -> None:
    unknown, data = fresh_unknown(), fresh_data()
    assert oracle.ask("torch.special.entr", [tensor(unknown, data)], {}).dims == (unknown, data)


def test_named_results_lists_and_dtypes(oracle: TorchOracle) -> None:
    found = oracle.ask("torch.max", [tensor(B, H), 1], {})
    assert isinstance(found, Fields) and found.names == ("values", "indices")
    assert found.typename == "torch.return_types.max"
    assert found.get("indices").dtype is DTYPES["int64"] and found.get("values").dims == (B,)
    parts = oracle.ask("torch.functional.split", [tensor(6, H), 2], {})
    assert isinstance(parts, tuple) and [part.dims for part in parts] == [(2, H)] * 3
    copies = oracle.ask("torch.unbind_copy", [tensor(3, H)], {})
    assert [part.dims for part in (copies.items if isinstance(copies, ListV) else copies)] == [(H,)] * 3
    assert oracle.ask("torch.zeros", [2], {"dtype": DTYPES["int8"]}).dtype is DTYPES["int8"]


def test_device_of_the_result(oracle: TorchOracle) -> None:
    x, y = tensor(2, device="cpu"), tensor(2, device="cuda")
    assert oracle.ask("torch.special.entr", [x], {}).device == "cpu"
    assert oracle.ask("torch.special.xlogy", [x, y], {}).device is None
    assert oracle.ask("torch.zeros", [2], {"device": "cuda:1"}).device == "cuda:1"


def test_an_unknown_dtype_stays_unknown(oracle: TorchOracle) -> None:
    found = oracle.ask("torch.special.entr", [tensor(B, 2, dtype=None)], {})
    assert found.dims == (B, 2) and found.dtype is None
    assert oracle.ask("torch.view_as_real", [tensor(B, 2, dtype=None)], {}) is None


@pytest.mark.parametrize(
    "value",
    [
        Unknown(Reason.OPAQUE), Scalar("float"), DictV({}), fresh_unknown(None), Tensor(None), Tensor((2, ...)),
        tensor(2, device="numpy"), float("inf"), ListV([1], rest=1), object(), ListV([1] * 20_000),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_is_not_plain_is_not_asked(oracle: TorchOracle, value: Any) -> None:
    before = oracle.started
    assert oracle.ask("torch.special.xlogy", [tensor(2), value], {}) is None
    assert oracle.ask("torch.special.xlogy", [tensor(2)], {"other": value}) is None
    assert oracle.started == before


@pytest.mark.parametrize(
    "name",
    [
        "torch.save", "torch.load", "torch.compile", "torch.hub.load", "torch.distributed.init_process_group",
        "torch.Tensor.backward", "torch.Tensor.set_", "torch.Tensor.resize_", "torch.Tensor.cuda", "torch.jit.trace",
        "torch.Tensor.share_memory_", "torch.Tensor.numpy", "torch.Tensor.item", "torch.set_default_dtype",
        "torch.Tensor.__reduce_ex__", "torch.ops.load_library", "torch._assert_async", "os.system", "torch.cuda.init",
        "torch.manual_seed", "torch.utils.cpp_extension.load", "torch.from_file", "torch.Tensor.tolist",
    ],
)  # fmt: skip
def test_what_has_effects_is_not_asked(oracle: TorchOracle, name: str) -> None:
    assert name not in NAMES
    assert oracle.ask(name, [tensor(2)], {}) is None


def test_the_worker_itself_refuses_them(oracle: TorchOracle) -> None:
    """The list is the worker's; that the other side knows it saves only a start."""
    assert oracle.ask("torch.special.entr", [tensor(1)], {}) is not None
    assert oracle._client is not None
    answers = oracle._client.ask("torch.save", [{"args": [1, "/tmp/x"], "kwargs": {}}])
    assert answers == [{"none": "not asked: torch.save"}]


def test_functions_that_reshape_their_argument_are_no_answer(oracle: TorchOracle) -> None:
    assert oracle.ask("torch.Tensor.squeeze_", [tensor(1, 3)], {}) is None
    assert oracle.ask("torch.Tensor.t_", [tensor(2, 3)], {}) is None
    assert oracle.ask("torch.Tensor.relu_", [tensor(2, 3)], {}).dims == (2, 3)


SIZES = st.lists(st.integers(0, 3), min_size=1, max_size=4)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SIZES, st.sampled_from(["flatten", "sum", "cumsum", "unsqueeze", "cat", "outer", "diff", "mean"]))
def test_asking_commutes_with_putting_in_numbers(oracle: TorchOracle, which: list[int], op: str) -> None:
    """ask(symbols) with numbers put in == ask(numbers)."""
    pool = (B, H, 4, W + 2)
    env = {"B": 5, "H": 6, "W": 7}
    dims = tuple(pool[i] for i in which)
    numbers = tuple(evaluate(dim, env) for dim in dims)

    def ask(sizes: tuple[Any, ...]) -> Any:
        one = tensor(*sizes)
        args: dict[str, list[Any]] = {
            "flatten": [one], "sum": [one, 0], "cumsum": [one, 0], "unsqueeze": [one, 0], "mean": [one, -1],
            "cat": [ListV([one, one])], "outer": [tensor(sizes[0]), tensor(sizes[-1])], "diff": [one],
        }  # fmt: skip
        return oracle.ask(f"torch.{op}", args[op], {})

    symbolic, concrete = ask(dims), ask(numbers)
    if symbolic is None or concrete is None:
        return
    assert len(symbolic.dims) == len(concrete.dims)
    for dim, number in zip(symbolic.dims, concrete.dims):
        if not (isinstance(dim, Expr) and is_unknown(dim)):
            assert evaluate(dim, env) == number


# ---- the file of answers


def test_answers_outlive_the_process(tmp_path: Path) -> None:
    first = real(tmp_path)
    asked = [("torch.special.entr", [tensor(B, 3)]), ("torch.squeeze", [tensor(B)]), ("torch.max", [tensor(B, 2), 1])]
    said = [repr(first.ask(name, args, {})) for name, args in asked]
    first.close()
    second = real(tmp_path)
    assert [repr(second.ask(name, args, {})) for name, args in asked] == said
    assert second.started == 0


@pytest.mark.parametrize(
    "damage",
    [b"", b"\0\xff\xfe garbage", b'["q", {"value": {"tensor": [[-1], 2]}}]\n', b"[" * 200_000, b'{"a": 1}\n["x"'],
    ids=["empty", "bytes", "no shape", "deep", "cut off"],
)
def test_a_damaged_file_is_read_as_far_as_it_goes(tmp_path: Path, damage: bytes) -> None:
    first = real(tmp_path)
    assert first.ask("torch.special.entr", [tensor(2)], {}) is not None
    first.close()
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes() + damage)
    second = real(tmp_path)
    assert second.ask("torch.special.entr", [tensor(2)], {}) is not None
    assert second.started == 0
    assert second.ask("torch.special.entr", [tensor(3)], {}) is not None
    second.close()
    third = real(tmp_path)
    assert third.ask("torch.special.entr", [tensor(3)], {}) is not None
    assert third.started == 0


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    oracle = real(tmp_path / "file" / "folder")
    assert oracle.ask("torch.special.entr", [tensor(2)], {}) is not None
    oracle.close()


def test_answers_are_kept_by_version(tmp_path: Path) -> None:
    oracle = real(tmp_path)
    oracle._version = "1.0"  # what was read of the environment is out of date
    assert oracle.ask("torch.special.entr", [tensor(2)], {}) is not None
    oracle.close()
    assert [file.name for file in tmp_path.iterdir()] == [f"torch-{VERSION}-1.jsonl"]


# ---- the file that runs elsewhere


def test_main_is_one_file_for_python_3_8() -> None:
    text = Path(main.__file__).read_text()
    tree = ast.parse(text, feature_version=(3, 8))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            found.add(str(node.module).partition(".")[0])
    assert found - {"torch"} <= sys.stdlib_module_names


def test_names_that_may_be_asked() -> None:
    assert len(NAMES) > 1200
    assert len([name for name in RULES if name in NAMES]) > 900
    assert not [name for name in NAMES if name.rpartition(".")[2].startswith("_")]


def test_sizes_are_counted_in_reading_order(oracle: TorchOracle) -> None:
    found = oracle.ask("torch.linalg.qr", [tensor(B, 5, 3)], {})
    assert [part.dims for part in found] == [(B, 5, 3), (B, 3, 3)]
