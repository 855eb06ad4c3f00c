"""torchvision.ops: parameters are those of its source; sizes and refusals as its wrappers and meta kernels say."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

import pytest

import tensight.libs  # noqa: F401  (registers the rules)
from tensight.dims import symbol
from tensight.ops.errors import ShapeError
from tensight.ops.registry import RULES
from tensight.values import ListV, Tensor

K, C = symbol("K"), symbol("C")


def rule(name: str):  # type: ignore[no-untyped-def]
    return RULES[f"torchvision.ops.{name}"]


def test_parameters_are_those_of_the_source() -> None:
    spec = importlib.util.find_spec("torchvision")
    assert spec is not None and spec.origin is not None
    found: dict[str, list[str]] = {}
    for file in (Path(spec.origin).parent / "ops").glob("*.py"):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.FunctionDef):
                found[f"torchvision.ops.{file.stem}.{node.name}"] = [a.arg for a in node.args.args]
    names = [name for name in RULES if name.startswith("torchvision.ops.") and name.count(".") == 3]
    assert names
    for name in names:
        assert RULES[name].parameters == found[name], name


def test_regions_of_interest() -> None:
    features = Tensor((2, C, 32, 32))
    assert rule("roi_align")(features, Tensor((K, 5)), (7, 6)).shape == (K, C, 7, 6)
    boxes = ListV([Tensor((3, 4)), Tensor((K, 4))])
    assert rule("roi_pool")(features, boxes, 7).shape == (K + 3, C, 7, 7)
    assert rule("ps_roi_align")(Tensor((2, 18, 32, 32)), Tensor((K, 5)), 3).shape == (K, 2, 3, 3)
    with pytest.raises(ShapeError, match="multiple of pooling height"):
        rule("ps_roi_pool")(Tensor((2, 17, 32, 32)), Tensor((K, 5)), 3)
    with pytest.raises(ShapeError, match=r"not correct as Tensor\[K, 5\]"):
        rule("roi_align")(features, Tensor((K, 4)), 7)
    with pytest.raises(ShapeError, match=r"List\[Tensor\[L, 4\]\]"):
        rule("roi_align")(features, ListV([Tensor((3, 5))]), 7)


def test_boxes() -> None:
    assert rule("box_iou")(Tensor((K, 4)), Tensor((6, 4))).shape == (K, 6)
    assert rule("box_area")(Tensor((K, 4))).shape == (K,)
    assert rule("nms")(Tensor((K, 4)), Tensor((K,)), 0.5).rank == 1
    with pytest.raises(ShapeError, match="boxes should be a 2d tensor, got 3D"):
        rule("nms")(Tensor((1, K, 4)), Tensor((K,)), 0.5)
    with pytest.raises(ShapeError, match="boxes and scores should have same number"):
        rule("nms")(Tensor((5, 4)), Tensor((6,)), 0.5)


def test_deformed_convolution() -> None:
    result = rule("deform_conv2d")(Tensor((2, 3, 10, 10)), Tensor((2, 18, 8, 8)), Tensor((5, 3, 3, 3)))
    assert result.shape == (2, 5, 8, 8)
    with pytest.raises(ShapeError, match="offset tensor at dimension 1 is not valid"):
        rule("deform_conv2d")(Tensor((2, 3, 10, 10)), Tensor((2, 17, 8, 8)), Tensor((5, 3, 3, 3)))
