"""Resampling: interpolate and its old names, grid_sample, affine_grid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..dims import Dim, Truth, equal, fresh_data, fresh_unknown, is_unknown
from ..values import Kind, ListV, Scalar, Unknown, Value
from .argument_types import type_name
from .checks import check, refuse, require_equal
from .coerce import items_of, to_int
from .errors import Template
from .kinds import Raw, Sizes, Tensor, Text
from .registry import alias, op
from .spatial import certainly_below, dtypes_clash, known, list_text, refuse_kinds, tuple_text

_MODES = "nearest | linear | bilinear | bicubic | trilinear | lanczos | area | nearest-exact"
_CORNERED = ("linear", "bilinear", "bicubic", "trilinear")
_RANKS = {
    "nearest": (3, 4, 5), "nearest-exact": (3, 4, 5), "area": (3, 4, 5), "linear": (3,), "bilinear": (4,),
    "bicubic": (4,), "trilinear": (5,), "lanczos": (4,),
}  # fmt: skip


def _is_list(value: Value) -> bool:
    return isinstance(value, tuple | ListV)


def _shown(value: Value, items: Sequence[Any]) -> str:
    if isinstance(value, ListV):
        return list_text(items)
    return tuple_text(items)


#: The functions that do the work, by mode and number of spatial axes.
_KERNELS = {
    "nearest": ("upsample_nearest1d", "upsample_nearest2d", "upsample_nearest3d"),
    "nearest-exact": ("_upsample_nearest_exact1d", "_upsample_nearest_exact2d", "_upsample_nearest_exact3d"),
    **dict.fromkeys(
        ("linear", "bilinear", "trilinear"), ("upsample_linear1d", "upsample_bilinear2d", "upsample_trilinear3d")
    ),
}


def _given_size(size: Value, spatial: tuple[Dim, ...]) -> list[Dim]:
    if not _is_list(size):
        return [to_int(size)] * len(spatial)
    given = items_of(size)
    if len(given) == len(spatial) and any(isinstance(item, float) for item in given):
        kinds = [type_name(item) for item in given]
        if None not in kinds:
            raise refuse(
                "invalid-argument",
                "expected size to be one of int or Tuple[int] or Tuple[int, int] or Tuple[int, int, int], but got size"
                f" with types [{', '.join(f'<class {kind!r}>' for kind in kinds)}]",
                "TypeError",
            )
    items = [to_int(item) for item in given]
    check(
        len(items) == len(spatial), "invalid-argument",
        "Input and output must have the same number of spatial dimensions, but got input with spatial dimensions of "
        f"{list_text(spatial)} and output size of {_shown(size, items)}. Please provide input tensor in "
        "(N, C, d1, d2, ...,dK) format and output size in (o1, o2, ...,oK) format.", "ValueError",
    )  # fmt: skip
    return items


def _factors(scale: Value, spatial: tuple[Dim, ...]) -> list[Value]:
    if not _is_list(scale):
        return [scale] * len(spatial)
    items = list(items_of(scale))
    check(
        len(items) == len(spatial), "invalid-argument",
        "Input and scale_factor must have the same number of spatial dimensions, but got input with spatial "
        f"dimensions of {list_text(spatial)} and scale_factor of shape {_shown(scale, items)}. Please provide input "
        "tensor in (N, C, d1, d2, ...,dK) format and scale_factor in (s1, s2, ...,sK) format.", "ValueError",
    )  # fmt: skip
    return items


def scaled(size: Dim, factor: Value) -> Dim:
    """floor(size * factor), exactly as floats compute it; symbols only where that is a whole number or its inverse."""
    if isinstance(factor, bool) or not isinstance(factor, int | float):
        return fresh_unknown() if isinstance(factor, Unknown) or is_unknown(size) else fresh_data("n")
    if isinstance(size, int):
        return int(float(size) * factor)
    if factor == int(factor):
        return size * int(factor)
    inverse = 1 / factor if factor > 0 else 0.0
    if inverse == int(inverse) and int(inverse) & (int(inverse) - 1) == 0:
        return size // int(inverse)
    return fresh_unknown() if is_unknown(size) else fresh_data("n")


@op("torch.nn.functional.interpolate")
def interpolate(
    input: Tensor, size: Raw = None, scale_factor: Raw = None, mode: Text = "nearest", align_corners: Raw = None,
    recompute_scale_factor: Raw = None, antialias: Raw = False,
) -> Tensor:  # fmt: skip
    if mode in ("nearest", "area", "nearest-exact"):
        check(
            align_corners is None or isinstance(align_corners, Unknown), "invalid-argument",
            "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | "
            "trilinear", "ValueError",
        )  # fmt: skip
    spatial = input.shape[2:]
    if isinstance(size, Unknown | Scalar) and scale_factor is None:
        out: list[Dim] = [fresh_unknown() for _ in spatial]
    elif size is not None and scale_factor is not None:
        raise refuse("invalid-argument", "only one of size or scale_factor should be defined", "ValueError")
    elif size is not None:
        if isinstance(size, float) and mode in _KERNELS:
            name, more = _KERNELS[mode][len(spatial) - 1], "" if mode.startswith("nearest") else "bool, "
            message = f"{name}() received an invalid combination of arguments - got (Tensor, list, {more}NoneType), but"
            raise refuse("invalid-argument", f"{message} expected one of:", "TypeError")
        out = _given_size(size, spatial)
    elif scale_factor is not None:
        out = [scaled(d, f) for d, f in zip(spatial, _factors(scale_factor, spatial))]
    else:
        raise refuse("invalid-argument", "either size or scale_factor should be defined", "ValueError")
    if recompute_scale_factor is True and size is not None:
        raise refuse(
            "invalid-argument", "recompute_scale_factor is not meaningful with an explicit size.", "ValueError"
        )
    if antialias is True and not (mode in ("bilinear", "bicubic", "lanczos") and input.rank == 4):
        raise refuse(
            "invalid-argument",
            "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as "
            "input",
            "ValueError",
        )
    _check_mode(input, mode)
    _check_sizes(input, out, mode)
    return input.with_dims(*input.shape[:2], *out)


def _check_mode(input: Tensor, mode: str) -> None:
    rank = input.rank
    if rank in _RANKS.get(mode, ()):
        return
    needed = {"linear": 3, "bilinear": 4, "trilinear": 5}.get(mode)
    if needed is not None and rank in (3, 4, 5):
        raise refuse(
            "rank-mismatch", f"Got {rank}D input, but {mode} mode needs {needed}D input", "NotImplementedError"
        )
    raise refuse(
        "rank-mismatch" if mode in _RANKS else "invalid-argument",
        f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {rank}D) for the modes: {_MODES} (got {mode})",
        "NotImplementedError",
    )


_SIZE_NAMES = {1: "W", 2: "HW", 3: "DHW"}


def _check_sizes(input: Tensor, out: Sequence[Dim], mode: str) -> None:
    spatial = input.shape[2:]
    if mode == "area":
        return
    if certainly_below((*spatial, *out), 1):
        names = _SIZE_NAMES[len(spatial)]
        have = ", ".join(f"{n}: {d}" for n, d in zip(names, spatial))
        want = ", ".join(f"{n}: {d}" for n, d in zip(names, out))
        joined = "and output" if len(spatial) == 1 else "output"
        raise refuse(
            "size-mismatch",
            f"Input and output sizes should be greater than 0, but got input ({have}) {joined} ({want})",
        )
    if equal(input.shape[1], 0) is Truth.YES:
        raise refuse(
            "size-mismatch",
            f"Non-empty {input.rank}D data tensor expected but got a tensor with sizes {list_text(input.shape)}",
        )
    if input.dtype is not None and input.dtype.kind is not Kind.FLOAT and input.dtype.name != "uint8":
        if mode in ("nearest", "nearest-exact", "bilinear") and input.rank == 4:
            name = mode.removesuffix("-exact")
            refuse_kinds(f"upsample_{name}2d_channels_last", input.dtype, (Kind.INT, Kind.BOOL, Kind.COMPLEX))
        if mode == "bicubic" and input.rank == 4:
            refuse_kinds("compute_indices_weights_cubic", input.dtype, (Kind.INT, Kind.BOOL, Kind.COMPLEX))


def _input_template(mode: Value = None, **arguments: Any) -> dict[str, Template]:
    """The rank that the mode needs; two spatial axes if it leaves that open and nothing else says more."""
    ranks = _RANKS.get(mode, ()) if isinstance(mode, str) else ()
    if len(ranks) != 1:
        return {}
    return {"input": {3: ("B", "C", "L"), 4: ("B", "C", "H", "W"), 5: ("B", "C", "D", "H", "W")}[ranks[0]]}


interpolate.demands(_input_template)


@op("torch.nn.functional.upsample")
def upsample(
    input: Tensor, size: Raw = None, scale_factor: Raw = None, mode: Text = "nearest", align_corners: Raw = None
) -> Tensor:
    return interpolate(input, size, scale_factor, mode, align_corners)  # type: ignore[no-any-return]


@op("torch.nn.functional.upsample_nearest")
def upsample_nearest(input: Tensor, size: Raw = None, scale_factor: Raw = None) -> Tensor:
    return interpolate(input, size, scale_factor, "nearest")  # type: ignore[no-any-return]


@op("torch.nn.functional.upsample_bilinear")
def upsample_bilinear(input: Tensor, size: Raw = None, scale_factor: Raw = None) -> Tensor:
    return interpolate(input, size, scale_factor, "bilinear", True)  # type: ignore[no-any-return]


# --- grids -------------------------------------------------------------------------------------------------------


@op("torch.nn.functional.grid_sample")
def grid_sample(
    input: Tensor, grid: Tensor, mode: Text = "bilinear", padding_mode: Text = "zeros", align_corners: Raw = None
) -> Tensor:
    """(N, C, H, W) at (N, Ho, Wo, 2) → (N, C, Ho, Wo); one axis more for volumes."""
    check(
        mode in ("bilinear", "nearest", "bicubic"), "invalid-argument",
        f"nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'",
        "ValueError",
    )  # fmt: skip
    check(
        padding_mode in ("zeros", "border", "reflection"), "invalid-argument",
        "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: "
        f"'{padding_mode}'", "ValueError",
    )  # fmt: skip
    return _sample(input, grid, mode)


@op("torch.grid_sampler")
def grid_sampler(input: Tensor, grid: Tensor, interpolation_mode: Raw, padding_mode: Raw, align_corners: Raw) -> Tensor:
    modes = {0: "bilinear", 1: "nearest", 2: "bicubic"}
    return _sample(input, grid, modes.get(known(interpolation_mode), ""))


alias(grid_sampler, "torch.grid_sampler_2d", "torch.grid_sampler_3d")


def _sample(input: Tensor, grid: Tensor, mode: str) -> Tensor:
    both = f"but got input with sizes {list_text(input.shape)} and grid with sizes {list_text(grid.shape)}"
    require_equal(
        grid.shape[0] if grid.rank else 1, input.shape[0] if input.rank else 1, "size-mismatch",
        f"grid_sampler(): expected grid and input to have same batch size, {both}",
    )  # fmt: skip
    axes = input.rank - 2
    if input.rank == grid.rank:
        require_equal(
            grid.shape[-1] if grid.rank else 1, axes, "size-mismatch",
            f"grid_sampler(): expected grid to have size {axes} in last dimension, but got grid with sizes "
            f"{list_text(grid.shape)}",
        )  # fmt: skip
    for i, size in enumerate(input.shape[2:], 2):
        check(
            equal(size, 0).negate(), "size-mismatch",
            "grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes "
            f"{list_text(input.shape)} with dimension {i} being empty",
        )  # fmt: skip
    check(
        input.rank in (4, 5) and input.rank == grid.rank, "rank-mismatch",
        f"grid_sampler(): expected {'5D' if input.rank == 5 else '4D'} input and grid with same number of dimensions, "
        f"{both}",
    )  # fmt: skip
    check(
        not (input.rank == 5 and mode == "bicubic"), "invalid-argument",
        "grid_sampler(): bicubic interpolation only supports 4D input",
    )  # fmt: skip
    if dtypes_clash(input.dtype, grid.dtype):
        assert input.dtype is not None and grid.dtype is not None
        raise refuse("dtype-mismatch", f"expected scalar type {input.dtype.legacy} but found {grid.dtype.legacy}")
    return input.with_dims(*input.shape[:2], *grid.shape[1:-1])


@op("torch.nn.functional.affine_grid")
def affine_grid(theta: Tensor, size: Sizes, align_corners: Raw = None) -> Tensor:
    """(N, 2, 3) for (N, C, H, W) → (N, H, W, 2); (N, 3, 4) for volumes."""
    if theta.dtype is not None and not theta.dtype.is_floating_point:
        raise refuse(
            "dtype-mismatch", f"Expected theta to have floating point type, but got {theta.dtype}", "ValueError"
        )
    shown = tuple_text(size)
    axes = len(size) - 2
    check(
        axes in (2, 3), "invalid-argument",
        "affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size "
        f"{shown}.", "NotImplementedError",
    )  # fmt: skip
    message = (
        f"Expected a batch of {axes}D affine matrices of shape Nx{axes}x{axes + 1} for size {shown}. "
        f"Got torch.Size({list_text(theta.shape)})."
    )
    check(theta.rank == 3, "rank-mismatch", message, "ValueError")
    for got, expected in zip(theta.shape[1:], (axes, axes + 1)):
        require_equal(got, expected, "size-mismatch", message, "ValueError")
    check(
        not certainly_below(size, 1), "invalid-argument", f"Expected non-zero, positive output size. Got {shown}",
        "ValueError",
    )  # fmt: skip
    batch, have = size[0], theta.shape[0]
    if equal(have, batch) is Truth.NO:
        raise refuse(
            "size-mismatch",
            f"Expected size for first two dimensions of batch2 tensor to be: [{batch}, {axes + 1}] but got: "
            f"[{have}, {axes + 1}].",
        )
    return theta.with_dims(batch, *size[2:], axes)
