"""The operators by their method names: `x.__add__(y)` and the reflected `x.__radd__(y)` is `y + x`."""

from __future__ import annotations

from ..values import Kind, Tensor
from . import pointwise
from .checks import check
from .inplace import InplaceRule
from .kinds import TensorLike
from .registry import RULES, OpRule, alias, op

_BINARY = {
    "add": "add", "sub": "sub", "mul": "mul", "truediv": "true_divide", "floordiv": "floor_divide", "mod": "remainder",
    "pow": "pow", "and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor", "lshift": "bitwise_left_shift",
    "rshift": "bitwise_right_shift",
}  # fmt: skip
#: Functions in place that `torch` has, beside the method.
_FUNCTIONS = """
abs acos acosh arccos arccosh arcsin arcsinh arctan arctanh asin asinh atan atanh ceil clamp clamp_max clamp_min clip
conj_physical cos cosh deg2rad erf erfc exp2 exp expm1 fix floor frac gcd i0 lcm ldexp log10 log1p log2 log logit
nan_to_num neg negative rad2deg reciprocal round rsqrt sigmoid sin sinc sinh sqrt square tan tanh trunc xlogy
"""
_COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
_UNARY = {"neg": "neg", "pos": "positive", "abs": "abs"}


#: `y.__radd__(x)` is computed as `y + x`: only the words of a refusal tell.
_COMMUTATIVE = ("add", "mul", "and", "or", "xor")


def _reflected(rule: OpRule, name: str, word: str) -> None:
    def swapped(input: Tensor, other: TensorLike) -> Tensor:
        if word in _COMMUTATIVE:
            return rule(input, other)  # type: ignore[no-any-return]
        return rule(other, input)  # type: ignore[no-any-return]

    swapped.__doc__ = f"The reflected operator of {rule.names[0]}."
    op(name, open_rank=True)(swapped)


@op("torch.Tensor.__invert__", open_rank=True)
def invert(input: Tensor) -> Tensor:
    """`~x`, for integers and bools."""
    check(
        input.dtype is None or input.dtype.kind <= Kind.INT, "dtype-mismatch",
        "~ (operator.invert) is only implemented on integer and Boolean-type tensors", "TypeError",
    )  # fmt: skip
    return RULES["torch.bitwise_not"](input)  # type: ignore[no-any-return]


@op("torch.Tensor.__rdiv__", "torch.Tensor.__rtruediv__", open_rank=True)
def reflected_division(input: Tensor, other: TensorLike) -> Tensor:
    """other / x, which PyTorch computes as `x.reciprocal() * other`."""
    return RULES["torch.mul"](RULES["torch.reciprocal"](input), other)  # type: ignore[no-any-return]


def _register() -> None:
    assert pointwise
    for word, name in _BINARY.items():
        rule = RULES[f"torch.{name}"]
        alias(rule, f"torch.Tensor.__{word}__")
        if word != "truediv":
            _reflected(rule, f"torch.Tensor.__r{word}__", word)
        if word != "pow":
            inplace = f"torch.Tensor.__i{word}__"
            RULES[inplace] = InplaceRule(inplace, rule)
    alias(RULES["torch.Tensor.pow_"], "torch.Tensor.__ipow__")
    alias(RULES["torch.true_divide"], "torch.Tensor.__div__")
    RULES["torch.Tensor.__idiv__"] = InplaceRule("torch.Tensor.__idiv__", RULES["torch.true_divide"])
    for word in _COMPARISONS:
        alias(RULES[f"torch.{word}"], f"torch.Tensor.__{word}__")
    for word, name in _UNARY.items():
        alias(RULES[f"torch.{name}"], f"torch.Tensor.__{word}__")
    for word in _FUNCTIONS.split():
        alias(RULES[f"torch.Tensor.{word}_"], f"torch.{word}_")


_register()
