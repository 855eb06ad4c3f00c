"""Comparison of dims with three answers. YES and NO hold for every valuation; everything else is MAYBE."""

from __future__ import annotations

from enum import Enum

from tensight.dims.bounds import bounds, is_never_zero
from tensight.dims.divide import modulo
from tensight.dims.expr import Dim
from tensight.dims.residues import is_zero_by_residues
from tensight.dims.terms import ONE, content


class Truth(Enum):
    """A proven fact, its refutation, or neither."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"

    @classmethod
    def of(cls, value: bool) -> Truth:
        """YES or NO."""
        return cls.YES if value else cls.NO

    def __bool__(self) -> bool:
        raise TypeError("a Truth has three values: compare it with Truth.YES, Truth.NO or Truth.MAYBE")

    def negate(self) -> Truth:
        """NO for YES, YES for NO."""
        if self is Truth.MAYBE:
            return self
        return Truth.NO if self is Truth.YES else Truth.YES

    def and_(self, other: Truth) -> Truth:
        """NO as soon as one is NO, YES when both are."""
        if self is Truth.NO or other is Truth.NO:
            return Truth.NO
        return Truth.YES if self is other is Truth.YES else Truth.MAYBE

    def or_(self, other: Truth) -> Truth:
        """YES as soon as one is YES, NO when both are."""
        return self.negate().and_(other.negate()).negate()


def is_zero(dim: Dim) -> Truth:
    """Whether the dim is 0."""
    if isinstance(dim, int):
        return Truth.of(dim == 0)
    low, high = bounds(dim)
    if (low is not None and low > 0) or (high is not None and high < 0):
        return Truth.NO
    if low == 0 == high:
        return Truth.YES
    constant = dim.terms.get(ONE)
    if constant is not None:
        if constant % content({monomial: value for monomial, value in dim.terms.items() if monomial}):
            return Truth.NO
    answer = is_zero_by_residues(dim)
    return Truth.MAYBE if answer is None else Truth.of(answer)


def equal(a: Dim, b: Dim) -> Truth:
    """Whether two dims are the same number."""
    if isinstance(a, int) and isinstance(b, int):
        return Truth.of(a == b)
    return is_zero(a - b)


def not_equal(a: Dim, b: Dim) -> Truth:
    """Whether two dims differ."""
    return equal(a, b).negate()


def less(a: Dim, b: Dim) -> Truth:
    """Whether `a < b`."""
    low, high = bounds(a - b)
    if high is not None and high < 0:
        return Truth.YES
    if low is not None and low >= 0:
        return Truth.NO
    return Truth.MAYBE


def less_equal(a: Dim, b: Dim) -> Truth:
    """Whether `a <= b`."""
    return less(b, a).negate()


def divides(k: Dim, a: Dim) -> Truth:
    """Whether `a` is a multiple of `k` (0 divides 0 only)."""
    if isinstance(k, int) and k == 0:
        return is_zero(a)
    answer = is_zero(modulo(a, k))
    # The remainder speaks of the sizes where k is not 0 only
    return answer if is_never_zero(k) or answer is is_zero(a) else Truth.MAYBE
