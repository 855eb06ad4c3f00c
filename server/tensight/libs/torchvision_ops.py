"""torchvision.ops that end in compiled kernels, and its box arithmetic. All else is read from its Python source.

Sizes and refusals follow torchvision's own Python wrappers and `_meta_registrations`."""

from __future__ import annotations

from ..dims import Dim, Truth, divides, fresh_data, less
from ..ops.checks import check, refuse, require_equal
from ..ops.coerce import to_tensor, to_tensors
from ..ops.convolution import window_count
from ..ops.errors import Lift
from ..ops.kinds import IntOrSizes, OptTensor, Raw, Tensor, Text
from ..ops.registry import op
from ..ops.spatial import spread
from ..values import INT64, ListV, Value
from ..values import Tensor as TensorValue


def _names(file: str, *names: str) -> tuple[str, ...]:
    return tuple(full for name in names for full in (f"torchvision.ops.{name}", f"torchvision.ops.{file}.{name}"))


# --- boxes -------------------------------------------------------------------------------------------------------


@op(*_names("boxes", "nms"))
def nms(boxes: Tensor, scores: Tensor, iou_threshold: Raw) -> Tensor:
    """The indices of the boxes that are kept."""
    check(boxes.rank == 2, "rank-mismatch", f"boxes should be a 2d tensor, got {boxes.rank}D")
    width = boxes.shape[1]
    require_equal(width, 4, "size-mismatch", f"boxes should have 4 elements in dimension 1, got {width}")
    check(scores.rank == 1, "rank-mismatch", f"scores should be a 1d tensor, got {scores.rank}D")
    a, b = boxes.shape[0], scores.shape[0]
    require_equal(
        a, b, "size-mismatch",
        f"boxes and scores should have same number of elements in dimension 0, got {a} and {b}",
    )  # fmt: skip
    return TensorValue((fresh_data("kept"),), INT64, boxes.device)


@op(*_names("boxes", "batched_nms"))
def batched_nms(boxes: Tensor, scores: Tensor, idxs: Tensor, iou_threshold: Raw) -> Tensor:
    return TensorValue((fresh_data("kept"),), INT64, boxes.device)


@op(*_names("boxes", "remove_small_boxes"))
def remove_small_boxes(boxes: Tensor, min_size: Raw) -> Tensor:
    return TensorValue((fresh_data("kept"),), INT64, boxes.device)


@op(*_names("boxes", "clip_boxes_to_image"))
def clip_boxes_to_image(boxes: Tensor, size: Raw) -> Tensor:
    return boxes.with_dims(*boxes.shape)


@op(*_names("boxes", "box_convert"))
def box_convert(boxes: Tensor, in_fmt: Text, out_fmt: Text) -> Tensor:
    return boxes.with_dims(*boxes.shape)


def _pairs(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """Every box of one set against every box of the other."""
    if boxes1.rank != 2 or boxes2.rank != 2:
        raise Lift()
    return TensorValue((boxes1.shape[0], boxes2.shape[0]), None, boxes1.device)


@op(*_names("boxes", "generalized_box_iou"))
def generalized_box_iou(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    return _pairs(boxes1, boxes2)


@op(*_names("boxes", "distance_box_iou", "complete_box_iou"))
def distance_box_iou(boxes1: Tensor, boxes2: Tensor, eps: Raw = 1e-7) -> Tensor:
    return _pairs(boxes1, boxes2)


@op(*_names("boxes", "box_iou"))
def box_iou(boxes1: Tensor, boxes2: Tensor, fmt: Raw = "xyxy") -> Tensor:
    return _pairs(boxes1, boxes2)


@op(*_names("boxes", "box_area"))
def box_area(boxes: Tensor, fmt: Raw = "xyxy") -> Tensor:
    if boxes.rank != 2:
        raise Lift()
    return boxes.with_dims(boxes.shape[0])


@op(*_names("boxes", "masks_to_boxes"))
def masks_to_boxes(masks: Tensor) -> Tensor:
    if masks.rank != 3:
        raise Lift()
    return TensorValue((masks.shape[0], 4), None, masks.device)


# --- regions -----------------------------------------------------------------------------------------------------


def _region_count(boxes: Value) -> Dim:
    """How many regions there are: rows of one tensor (K, 5), or of a tensor (L, 4) for each image."""
    if isinstance(boxes, TensorValue):
        if boxes.is_open or boxes.rank != 2:
            raise Lift(boxes.unknown)
        message = "The boxes tensor shape is not correct as Tensor[K, 5]"
        require_equal(boxes.shape[1], 5, "size-mismatch", message, "AssertionError")
        return boxes.shape[0]
    if not isinstance(boxes, tuple | ListV):
        raise Lift(to_tensor(boxes).unknown)
    total: Dim = 0
    for item in to_tensors(boxes):
        if item.is_open or item.rank != 2:
            raise Lift(item.unknown)
        message = "The shape of the tensor in the boxes list is not correct as List[Tensor[L, 4]]"
        require_equal(item.shape[1], 4, "size-mismatch", message, "AssertionError")
        total = total + item.shape[0]
    return total


def _pooled(input: Tensor, boxes: Value, output_size: Dim | tuple[Dim, ...], *, by_position: bool) -> Tensor:
    regions = _region_count(boxes)
    size = spread(output_size, 2)
    if input.rank != 4 or size is None:
        raise Lift()
    channels = input.shape[1]
    if by_position:
        cells = size[0] * size[1]
        message = "input channels must be a multiple of pooling height * pooling width"
        check(divides(cells, channels), "channels-mismatch", message, got=channels, groups=cells)
        channels = channels // cells
    return input.with_dims(regions, channels, *size)


@op("torchvision.ops.roi_align", "torchvision.ops.roi_align.roi_align")
def roi_align(
    input: Tensor, boxes: Raw, output_size: IntOrSizes, spatial_scale: Raw = 1.0, sampling_ratio: Raw = -1,
    aligned: Raw = False,
) -> Tensor:  # fmt: skip
    return _pooled(input, boxes, output_size, by_position=False)


@op("torchvision.ops.roi_pool", "torchvision.ops.roi_pool.roi_pool")
def roi_pool(input: Tensor, boxes: Raw, output_size: IntOrSizes, spatial_scale: Raw = 1.0) -> Tensor:
    return _pooled(input, boxes, output_size, by_position=False)


@op("torchvision.ops.ps_roi_align", "torchvision.ops.ps_roi_align.ps_roi_align")
def ps_roi_align(
    input: Tensor, boxes: Raw, output_size: IntOrSizes, spatial_scale: Raw = 1.0, sampling_ratio: Raw = -1
) -> Tensor:
    return _pooled(input, boxes, output_size, by_position=True)


@op("torchvision.ops.ps_roi_pool", "torchvision.ops.ps_roi_pool.ps_roi_pool")
def ps_roi_pool(input: Tensor, boxes: Raw, output_size: IntOrSizes, spatial_scale: Raw = 1.0) -> Tensor:
    return _pooled(input, boxes, output_size, by_position=True)


@op("torchvision.ops.deform_conv2d", "torchvision.ops.deform_conv.deform_conv2d")
def deform_conv2d(
    input: Tensor, offset: Tensor, weight: Tensor, bias: OptTensor = None, stride: IntOrSizes = 1,
    padding: IntOrSizes = 0, dilation: IntOrSizes = 1, mask: OptTensor = None,
) -> Tensor:  # fmt: skip
    """A convolution whose kernel is bent by `offset`; sizes as those of conv2d."""
    options = [spread(value, 2) for value in (stride, padding, dilation)]
    if input.rank != 4 or weight.rank != 4 or offset.rank != 4 or None in options:
        raise Lift()
    steps, pads, gaps = (option or (1, 1) for option in options)
    kernel = weight.shape[2:]
    needed = 2 * kernel[0] * kernel[1]
    if less(offset.shape[1], needed) is Truth.YES:
        raise refuse(
            "size-mismatch",
            "the shape of the offset tensor at dimension 1 is not valid. It should be a multiple of 2 * "
            "weight.size[2] * weight.size[3].",
            got=offset.shape[1],
            expected=needed,
        )
    out = [window_count(d, k, s, 2 * p, r) for d, k, s, p, r in zip(input.shape[2:], kernel, steps, pads, gaps)]
    return input.with_dims(input.shape[0], weight.shape[0], *out)
