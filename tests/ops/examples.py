"""Arguments that PyTorch accepts, for functions of which it has no samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy
import torch
from torch.nn.utils.rnn import pack_padded_sequence

#: The positional arguments; keywords stand behind them.
Arguments = tuple[Any, ...]


class Keywords(dict[str, Any]):
    """Keyword arguments of a call."""


def _x(*shape: int) -> torch.Tensor:
    return torch.rand(shape)


def _ints(*shape: int) -> torch.Tensor:
    return torch.randint(0, 4, shape)


def _coo(dtype: torch.dtype = torch.float32) -> torch.Tensor:
    return torch.eye(4, dtype=dtype).to_sparse_coo()


def _matrix() -> list[Arguments]:
    return [(_coo(),), (_coo(torch.int64),), (torch.ones(2, 3, 4).to_sparse_coo(),), (_x(4, 2).to_sparse_coo(),)]


def _compressed(layout: str) -> Callable[[], list[Arguments]]:
    return lambda: [(getattr(_x(*shape), f"to_sparse_{layout}")(),) for shape in ((4, 6), (2, 3), (2, 4, 3))]


def _hook(grad: torch.Tensor) -> torch.Tensor:
    return grad


def _learned(*more: Any) -> Callable[[], list[Arguments]]:
    return lambda: [(_x(2, 3).requires_grad_(), *more), (_x(4).double().requires_grad_(), *more)]


def _dropout() -> list[Arguments]:
    return [(_x(2, 3, 4), 0.5, True), (_x(2, 3), 0.1, False), (_x(2, 3, 4, 5), 0.0, True)]


def _norm() -> list[Arguments]:
    return [(_x(2, 3, *rest), _x(3), _x(3), _x(3), _x(3), True, 0.1, 1e-5, False) for rest in ((), (4,), (4, 5))] + [
        (_x(2, 3, 4), None, None, None, None, True, 0.1, 1e-5, False)
    ]


def _pooled() -> list[Arguments]:
    return [(_x(2, 3, 8, 9), 2), (_x(2, 8, 8), (2, 3)), (_x(1, 2, 7, 8), 3, 2), (_x(2, 2, 8, 8), 2, 2, True)]


def _windows(rank: int) -> Callable[[], list[Arguments]]:
    sizes = (8, 9, 7)[:rank]
    return lambda: [(_x(2, 3, *sizes), 2), (_x(2, *sizes), 3, 2), (_x(1, 2, *sizes), 3, 1, 1), (_x(2, 3, *sizes), 2, 2)]


def _adaptive(rank: int) -> Callable[[], list[Arguments]]:
    sizes = (8, 9, 7)[:rank]
    return lambda: [(_x(2, 3, *sizes), (2,) * rank), (_x(2, *sizes), (3,) * rank), (_x(1, 2, *sizes), (1,) * rank)]


def _fractional(rank: int) -> Callable[[], list[Arguments]]:
    sizes = (8, 9, 7)[:rank]
    return lambda: [(_x(2, 3, *sizes), 2, (3,) * rank), (_x(3, *sizes), (2,) * rank, (4,) * rank)]


def _lp(rank: int) -> Callable[[], list[Arguments]]:
    sizes = (8, 9, 7)[:rank]
    return lambda: [(_x(2, 3, *sizes), 2.0, 2), (_x(2, *sizes), 2, 3, 2), (_x(1, 2, *sizes), 2.0, 2, 1, True)]


def _parts(count: int, *rest: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Positions in compressed rows (or columns) and those within them, of one element in each."""
    return torch.arange(count + 1), torch.zeros(count, dtype=torch.int64)


def _einsums() -> list[Arguments]:
    return [
        ("ij,jk->ik", _x(2, 3), _x(3, 4)),
        ("bij,bjk", _x(2, 3, 4), _x(2, 4, 5)),
        ("...i->...", _x(2, 3)),
        ("ii", _x(3, 3)),
        ("i,j->ij", _x(2), _x(3)),
        ("bhqd,bhkd->bhqk", _x(2, 3, 4, 5), _x(2, 3, 6, 5)),
    ]


def _sparse_pair() -> list[Arguments]:
    return [(_coo(), _x(4, 3)), (_x(2, 4).to_sparse_coo(), _x(4, 5)), (_coo(torch.float64), _x(4, 1).double())]


def _sspaddmm() -> list[Arguments]:
    return [
        (_x(4, 3).to_sparse_coo(), _coo(), _x(4, 3)),
        (_x(2, 5).to_sparse_coo(), _x(2, 4).to_sparse_coo(), _x(4, 5)),
    ]


def _indexed() -> list[Arguments]:
    x = _x(4, 3)
    return [
        (x, 0, 1.0),
        (x, slice(1, 3), _x(2, 3)),
        (x, (slice(None), 1), _x(4)),
        (x, x > 0.5, 0.0),
        (x, ..., _x(3)),
        (x, torch.tensor([0, 2]), _x(2, 3)),
        (x, (torch.tensor([0, 2]), torch.tensor([1, 1])), _x(2)),
        (x, (None, 1), _x(1, 3)),
    ]


def _packed() -> list[Arguments]:
    return [
        (_x(5, 2, 3), torch.tensor([5, 3])),
        (_x(2, 5, 3), [5, 3], True),
        (_x(4, 3, 2), torch.tensor([1, 4, 2]), False, False),
    ]


def _unpadded() -> list[Arguments]:
    return [(pack_padded_sequence(*args),) for args in _packed()] + [
        (pack_padded_sequence(_x(5, 2, 3), [5, 3]), True),
        (pack_padded_sequence(_x(5, 2, 3), [5, 3]), False, 1.0, 7),
    ]


def _compressed_parts(*more: Any) -> list[Arguments]:
    rows, columns = _parts(3)
    return [
        (rows, columns, _x(3), *more),
        (rows, columns, _x(3), (3, 4), *more),
        (rows, columns, [1.0, 2.0, 3.0], (3, 3)),
    ]


def _blocks() -> list[Arguments]:
    rows, columns = _parts(3)
    return [(rows, columns, _x(3, 2, 2)), (rows, columns, _x(3, 2, 3), (6, 6))]


EXAMPLES: dict[str, Callable[[], list[Arguments]]] = {
    "torch.Tensor.__deepcopy__": lambda: [(_x(2, 3), {}), (_x(), {}), (_ints(4), {})],
    "torch.Tensor.__index__": lambda: [(torch.tensor(3),), (torch.tensor([2]),), (torch.tensor(True),)],
    "torch.Tensor.__ixor__": lambda: [(_ints(2, 3), _ints(3)), (_ints(2), 1), (_x(3) > 0.5, _x(3) > 0.5)],
    "torch.Tensor.__iand__": lambda: [(_ints(2, 3), _ints(3)), (_ints(2), 1), (_x(3) > 0.5, _x(3) > 0.5)],
    "torch.Tensor.__ior__": lambda: [(_ints(2, 3), _ints(3)), (_ints(2), 1), (_x(3) > 0.5, _x(3) > 0.5)],
    "torch.Tensor.__long__": lambda: [(torch.tensor(3),), (_x(1, 1),)],
    "torch.Tensor.__rrshift__": lambda: [(_ints(2, 3), 5), (_ints(4), 1)],
    "torch.Tensor.__setitem__": _indexed,
    "torch.Tensor._indices": _matrix,
    "torch.Tensor._nnz": _matrix,
    "torch.Tensor._to_dense": _matrix,
    "torch.Tensor._values": _matrix,
    "torch.Tensor.ccol_indices": _compressed("csc"),
    "torch.Tensor.clip_": lambda: [(_x(2, 3), 0, 1), (_x(4), 0.5), (_ints(2, 3), 1, 2), (_x(2, 3), _x(3), None)],
    "torch.Tensor.coalesce": _matrix,
    "torch.Tensor.col_indices": _compressed("csr"),
    "torch.Tensor.crow_indices": _compressed("csr"),
    "torch.Tensor.float_power_": lambda: [(_x(2, 3).double(), 2), (_x(2, 3).double(), _x(3))],
    "torch.Tensor.indices": _matrix,
    "torch.Tensor.is_coalesced": _matrix,
    "torch.Tensor.is_nonzero": lambda: [(_x(),), (_x(1, 1),), (_ints(1),)],
    "torch.Tensor.register_hook": _learned(_hook),
    "torch.Tensor.register_post_accumulate_grad_hook": _learned(_hook),
    "torch.Tensor.is_shared": lambda: [(_x(2, 3),), (_ints(4),)],
    "torch.Tensor.resize": lambda: [(_x(2, 3), 3, 2), (_x(4), 2, 2), (_x(2, 3), (6,))],
    "torch.Tensor.retain_grad": _learned(),
    "torch.Tensor.row_indices": _compressed("csc"),
    "torch.Tensor.sparse_mask": lambda: [(_x(4, 4), _coo()), (_x(4, 2), _x(4, 2).to_sparse_coo())],
    "torch.Tensor.to_sparse_bsc": lambda: [(_x(4, 6), (2, 3)), (_x(2, 2), (1, 1)), (_x(3, 4, 4), (2, 2))],
    "torch.Tensor.to_sparse_bsr": lambda: [(_x(4, 6), (2, 3)), (_x(2, 2), (1, 1)), (_x(3, 4, 4), (2, 2))],
    "torch.Tensor.type": lambda: [(_x(2, 3),), (_x(2, 3), torch.float64), (_ints(2), "torch.FloatTensor")],
    "torch.Tensor.values": _matrix,
    "torch.alpha_dropout": _dropout,
    "torch.batch_norm": _norm,
    "torch.can_cast": lambda: [(torch.float32, torch.int64), (torch.int64, torch.float32), (torch.bool, torch.int8)],
    "torch.conv_tbc": lambda: [(_x(7, 2, 3), _x(3, 3, 4), _x(4)), (_x(7, 2, 3), _x(2, 3, 5), _x(5), 1)],
    "torch.convolution": lambda: [
        (_x(1, 2, 7, 8), _x(3, 2, 3, 3), _x(3), (1, 1), (1, 1), (1, 1), False, (0, 0), 1),
        (_x(2, 3, 7), _x(3, 4, 3), None, (2,), (0,), (1,), True, (1,), 1),
    ],
    "torch.cosine_embedding_loss": lambda: [(_x(2, 3), _x(2, 3), _x(2)), (_x(3), _x(3), _x(), 0.1, 0)],
    "torch.ctc_loss": lambda: [
        (_x(8, 2, 5), _ints(2, 3), torch.tensor([8, 7]), torch.tensor([3, 2])),
        (_x(8, 2, 5), _ints(2, 3), [8, 7], [3, 2], 0, 0),
    ],
    "torch.dropout": _dropout,
    "torch.einsum": _einsums,
    "torch.feature_alpha_dropout": _dropout,
    "torch.feature_dropout": _dropout,
    "torch.from_numpy": lambda: [(numpy.zeros((2, 3)),), (numpy.zeros(4, dtype=numpy.int64),)],
    "torch.hinge_embedding_loss": lambda: [(_x(2, 3), _x(2, 3)), (_x(3), _x(3), 1.0, 0)],
    "torch.hspmm": _sparse_pair,
    "torch.instance_norm": _norm,
    "torch.is_nonzero": lambda: [(_x(),), (_x(1, 1),), (_ints(1),)],
    "torch.kl_div": lambda: [(_x(2, 3), _x(2, 3)), (_x(2, 3), _x(3), 0), (_x(2, 3), _x(2, 3), 2)],
    "torch.margin_ranking_loss": lambda: [(_x(3), _x(3), _x(3)), (_x(3), _x(3), _x(3), 0.1, 0)],
    "torch.nn.functional.adaptive_max_pool1d_with_indices": _adaptive(1),
    "torch.nn.functional.adaptive_max_pool2d_with_indices": _adaptive(2),
    "torch.nn.functional.adaptive_max_pool3d_with_indices": _adaptive(3),
    "torch.nn.functional.affine_grid": lambda: [(_x(2, 2, 3), (2, 1, 4, 5)), (_x(1, 3, 4), (1, 2, 4, 5, 6), True)],
    "torch.embedding": lambda: [(_x(5, 4), _ints(2, 3)), (_x(5, 2), _ints(7), 0)],
    "torch.nn.functional.embedding": lambda: [(_ints(2, 3), _x(5, 4)), (_ints(7), _x(5, 2), 0), (_ints(), _x(4, 2))],
    "torch.nn.functional.embedding_bag": lambda: [
        (_ints(2, 3), _x(5, 4)),
        (_ints(6), _x(5, 2), torch.tensor([0, 3])),
        (_ints(2, 3), _x(5, 4), None, None, 2.0, False, "sum"),
        (_x(5, 4), _ints(6), torch.tensor([0, 2, 4])),
    ],
    "torch.nn.functional.fractional_max_pool2d_with_indices": _fractional(2),
    "torch.nn.functional.fractional_max_pool3d_with_indices": _fractional(3),
    "torch.nn.functional.lp_pool1d": _lp(1),
    "torch.nn.functional.lp_pool2d": _lp(2),
    "torch.nn.functional.lp_pool3d": _lp(3),
    "torch.max_pool1d": _windows(1),
    "torch.max_pool2d": _windows(2),
    "torch.max_pool3d": _windows(3),
    "torch.nn.functional.max_pool1d_with_indices": _windows(1),
    "torch.nn.functional.max_pool2d_with_indices": _windows(2),
    "torch.nn.functional.max_pool3d_with_indices": _windows(3),
    "torch.nn.functional.upsample": lambda: [
        (_x(1, 2, 3, 4), 6),
        (_x(1, 2, 3), None, 2),
        (_x(1, 2, 3, 4), (5, 6), None, "bilinear"),
    ],
    "torch.nn.utils.rnn.pack_padded_sequence": _packed,
    "torch.nn.utils.rnn.pad_packed_sequence": _unpadded,
    "torch.nn.utils.rnn.unpack_sequence": lambda: [(pack_padded_sequence(*args),) for args in _packed()],
    "torch.nn.utils.rnn.unpad_sequence": lambda: [
        (_x(5, 2, 3), torch.tensor([5, 3])),
        (_x(2, 5, 3), torch.tensor([4, 1]), True),
        (_x(4, 3), torch.tensor([1, 4, 2])),
    ],
    "torch.pca_lowrank": lambda: [(_x(6, 8),), (_x(8, 7), 3), (_x(2, 8, 9), 4, False)],
    "torch.poisson_nll_loss": lambda: [
        (_x(2, 3), _x(2, 3), True, False, 1e-8, 1),
        (_x(2), _x(2), False, True, 1e-8, 0),
    ],
    "torch.promote_types": lambda: [
        (torch.float32, torch.int64),
        (torch.bool, torch.int8),
        (torch.half, torch.complex64),
    ],
    "torch.range": lambda: [(0, 4), (1, 2.5, 0.5), (3, 1, -1)],
    "torch.segment_reduce": lambda: [
        (_x(6, 2), "sum", Keywords(lengths=torch.tensor([2, 4]))),
        (_x(6), "amax", Keywords(lengths=torch.tensor([1, 5]))),
    ],
    "torch.smm": _sparse_pair,
    "torch.sparse.log_softmax": lambda: [(*args, 1) for args in _matrix()[::2]] + [(_coo(), 0, torch.float64)],
    "torch.sparse.mm": _sparse_pair,
    "torch.sparse.softmax": lambda: [(*args, 1) for args in _matrix()[::2]] + [(_coo(), 0, torch.float64)],
    "torch.sparse.spdiags": lambda: [(_x(3, 4), torch.tensor([0, 1, -1]), (4, 4)), (_x(4), torch.tensor([2]), (5, 6))],
    "torch.sparse.sum": lambda: [(_coo(),), (_coo(), 0), (torch.ones(2, 3, 4).to_sparse_coo(), (0, 1))],
    "torch.sparse_bsc_tensor": _blocks,
    "torch.sparse_bsr_tensor": _blocks,
    "torch.sparse_compressed_tensor": lambda: [
        (*args, Keywords(layout=layout))
        for args, layout in (
            *((args, torch.sparse_csr) for args in _compressed_parts()),
            *((args, torch.sparse_bsc) for args in _blocks()),
        )
    ],
    "torch.sparse_coo_tensor": lambda: [
        (torch.tensor([[0, 1], [1, 0]]), _x(2)),
        (torch.tensor([[0, 1], [1, 0]]), _x(2), (3, 4)),
        (_ints(1, 3), _x(3, 5), (4, 5)),
    ],
    "torch.sparse_csc_tensor": _compressed_parts,
    "torch.sparse_csr_tensor": _compressed_parts,
    "torch.split_copy": lambda: [(_x(4, 6), 2), (_x(4, 6), [1, 3]), (_x(4, 6), 3, 1)],
    "torch.sspaddmm": _sspaddmm,
    "torch.svd_lowrank": lambda: [(_x(6, 8),), (_x(8, 7), 3), (_x(2, 8, 9), 4)],
    "torch.sym_int": lambda: [(2.5,), (3,), (True,)],
    "torch.sym_ite": lambda: [(True, 1, 2), (False, 1.5, 2.5)],
    "torch.sym_max": lambda: [(1, 2), (1.5, 2), (4, 2.5)],
    "torch.sym_min": lambda: [(1, 2), (1.5, 2), (4, 2.5)],
    "torch.sym_sum": lambda: [((1, 2, 3),), ([4],)],
}
