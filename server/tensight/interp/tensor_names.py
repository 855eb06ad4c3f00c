"""Which attributes a tensor has, apart from those that rules and natives answer: for hasattr and getattr's default."""

from __future__ import annotations

from ..ops import ATTRIBUTES, RULES
from ..values import Tensor
from .natives.registry import NATIVES, PROPERTIES

_NAMES = """as_strided_scatter as_subclass ccol_indices col_indices crow_indices dequantize dim_order eig
grad_dtype index indices
int_repr ipu lstsq map2_ module_load mtia name nonzero_static q_per_channel_axis q_per_channel_scales
q_per_channel_zero_points q_scale q_zero_point qscheme reinforce resize resize_as resize_as_sparse_ row_indices
slice_inverse slice_scatter smm solve sparse_mask sparse_resize_ sparse_resize_and_clear_ sspaddmm storage_type symeig
to_padded_tensor to_sparse_bsc to_sparse_bsr to_sparse_coo to_sparse_csc to_sparse_csr values xpu
_backward_hooks _base _cdata _coalesced_ _conj _grad _grad_fn _indices _is_view _is_zerotensor _make_subclass _neg_view
_nnz _post_accumulate_grad_hooks _to_dense _typed_storage _values _version _view_func"""
_OTHERS = frozenset(_NAMES.split())


def is_known(tensor: Tensor, name: str) -> bool:
    """Whether PyTorch's tensors have an attribute of this name; of arrays nothing is said."""
    if tensor.device == "numpy" or name.startswith("__") or name in ATTRIBUTES or name in _OTHERS:
        return True
    qualified = f"torch.Tensor.{name}"
    return qualified in RULES or qualified in NATIVES or qualified in PROPERTIES
