"""The table of diagnostic codes, sorted. A code names the fault; docs/rules has a page for each."""

from __future__ import annotations

from dataclasses import dataclass

from .diagnostic import Severity


@dataclass(frozen=True, slots=True)
class Code:
    """`summary` is one sentence for lists and settings; `severity` holds unless the user sets another."""

    name: str
    summary: str
    severity: Severity = Severity.ERROR


_TABLE = (
    Code("axis-out-of-range", "An axis does not exist in a tensor of this rank."),
    Code("broadcast-mismatch", "Two shapes cannot be broadcast together."),
    Code("cat-mismatch", "Tensors that are joined differ in another axis than the joined one."),
    Code("certain-raise", "The program certainly raises this exception here."),
    Code("channels-mismatch", "The input has another number of channels than the layer expects."),
    Code("constructor-mismatch", "The arguments of a layer contradict each other."),
    Code("device-mismatch", "Tensors on different devices meet in one operation."),
    Code("dtype-mismatch", "An operation refuses this kind of elements."),
    Code("einsum-mismatch", "An einsum equation does not fit its operands."),
    Code("features-mismatch", "The input has another number of features than the layer expects."),
    Code("index-mismatch", "An index does not fit the tensor."),
    Code("invalid-argument", "PyTorch refuses an argument of this value."),
    Code("invalid-comment", "A comment for Tensight is not understood.", Severity.INFORMATION),
    Code("invalid-reshape", "The elements do not fit into the new shape."),
    Code("loss-mismatch", "Input and target of a loss do not fit."),
    Code("matmul-mismatch", "The inner sizes of a matrix product differ."),
    Code("no-size-fits", "No input size satisfies every layer."),
    Code("not-analysed", "A file, or a part of it, is beyond a limit of the analysis.", Severity.INFORMATION),
    Code("pattern-mismatch", "An einops pattern does not fit its tensor."),
    Code("rank-mismatch", "An operation needs another number of axes."),
    Code("size-mismatch", "Sizes that must agree differ."),
    Code("syntax-error", "Python cannot parse the file."),
    Code("undefined-name", "A name is used that nothing defines."),
    Code("unpack-mismatch", "A shape or tuple is unpacked into another number of names."),
    Code("unused-ignore", "An ignore comment suppresses nothing.", Severity.HINT),
)

CODES: dict[str, Code] = {code.name: code for code in _TABLE}
