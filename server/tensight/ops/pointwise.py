"""Pointwise arithmetic: one element of the result for each element, or for each group of broadcast elements."""

from __future__ import annotations

from ..values import BOOL, INT64, DType, Fields, Kind, Tensor, Value
from ..values.dtype import INT32
from .broadcasting import broadcast_tensors
from .checks import check, refuse
from .errors import Lift
from .inplace import inplace
from .kinds import Flag, Int, Number, OptTensorLike, OptText, Raw, TensorLike
from .promotion import floating, real_of, result_type
from .registry import RULES, op
from .spelling import spell


def unary(names: str, where: str = "tm", dtype: str | None = None) -> None:
    """Rows of functions of one tensor."""
    for name in spell(names, where):
        op(name, dtype=dtype, open_rank=True)(_unary)


def binary(names: str, where: str = "tm", dtype: str | None = "promote") -> None:
    """Rows of functions of two operands that broadcast; either may be a number."""
    for name in spell(names, where):
        op(name, dtype=dtype, open_rank=True)(_binary)


def polynomial(names: str) -> None:
    """Rows of orthogonal polynomials of degree n at x."""
    for name in spell(names, "s"):
        op(name, dtype="float", open_rank=True)(_polynomial)


def _polynomial(input: TensorLike, n: TensorLike) -> Tensor:
    return broadcast_operands(input, n)


def _unary(input: Tensor) -> Tensor:
    return input.alike()


def _binary(input: TensorLike, other: TensorLike) -> Tensor:
    return broadcast_operands(input, other)


def broadcast_operands(*operands: Value) -> Tensor:
    """`broadcast_tensors` for operands none of which may be a tensor (two numbers are no matter of these rules)."""
    if not any(type(operand) is Tensor for operand in operands):
        raise Lift()
    return broadcast_tensors(*operands)


unary("positive ceil floor trunc fix sgn sign bitwise_not conj conj_physical resolve_conj resolve_neg frac")
unary(
    "acos arccos acosh arccosh asin arcsin asinh arcsinh atan arctan atanh arctanh cos cosh deg2rad exp log log10 log2"
    " rad2deg sin sinh tan tanh reciprocal rsqrt sqrt lgamma i0 log1p sinc exp2 expm1 digamma erf erfc erfinv sigmoid",
    dtype="float",
)
unary(
    "i0 log1p sinc exp2 expm1 digamma psi erf erfc erfinv expit gammaln i0e i1 i1e ndtr entr ndtri log_ndtr erfcx"
    " airy_ai bessel_j0 bessel_j1 bessel_y0 bessel_y1 modified_bessel_i0 modified_bessel_i1 modified_bessel_k0"
    " modified_bessel_k1 scaled_modified_bessel_k0 scaled_modified_bessel_k1 spherical_bessel_j0",
    "s",
    dtype="float",
)
unary("isfinite isinf isnan isneginf isposinf isreal signbit logical_not", dtype="bool")

binary("multiply mul")
binary("maximum minimum fmax fmin fmod remainder gcd lcm nextafter")
binary("bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift")
binary("floor_divide")
binary("true_divide atan2 arctan2 copysign logaddexp logaddexp2 xlogy hypot igamma igammac", dtype="float")
binary("xlogy xlog1py zeta gammainc gammaincc", "s", dtype="float")
polynomial(
    "chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w"
    " hermite_polynomial_h hermite_polynomial_he laguerre_polynomial_l legendre_polynomial_p"
    " shifted_chebyshev_polynomial_t shifted_chebyshev_polynomial_u shifted_chebyshev_polynomial_v"
    " shifted_chebyshev_polynomial_w"
)
binary("eq ne lt le gt ge not_equal less less_equal greater greater_equal", dtype="bool")
binary("logical_and logical_or logical_xor", dtype="bool")
binary("ldexp", dtype="float")


@op(*spell("abs absolute"), open_rank=True)
def absolute(input: Tensor) -> Tensor:
    """|x|; real for complex numbers."""
    return input.alike().with_dtype(real_of(input.dtype))


@op(*spell("neg negative"), open_rank=True)
def neg(input: Tensor) -> Tensor:
    """-x."""
    check(
        input.dtype is not BOOL,
        "dtype-mismatch",
        "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~`"
        " or `logical_not()` operator instead.",
    )
    return input.alike()


@op(*spell("angle"), open_rank=True)
def angle(input: Tensor) -> Tensor:
    """The argument of complex numbers."""
    return input.alike().with_dtype(real_of(floating(input.dtype)))


@op(*spell("square"), open_rank=True)
def square(input: Tensor) -> Tensor:
    """x · x, as pow computes it: of bools an integer."""
    return input.alike().with_dtype(INT64 if input.dtype is BOOL else input.dtype)


@op("torch.round", "torch.Tensor.round", "torch.special.round", open_rank=True)
def round_(input: Tensor, *, decimals: Int = 0) -> Tensor:
    """Half to even."""
    return input.alike()


@op("torch.nan_to_num", "torch.Tensor.nan_to_num", open_rank=True)
def nan_to_num(input: Tensor, nan: Raw = None, posinf: Raw = None, neginf: Raw = None) -> Tensor:
    """NaN and infinities replaced."""
    return input.alike()


@op("torch.logit", "torch.Tensor.logit", "torch.special.logit", dtype="float", open_rank=True)
def logit(input: Tensor, eps: Raw = None) -> Tensor:
    """The inverse of sigmoid."""
    return input.alike()


@op("torch.mvlgamma", "torch.Tensor.mvlgamma", "torch.special.multigammaln", dtype="float", open_rank=True)
def mvlgamma(input: Tensor, p: Int) -> Tensor:
    """The multivariate log-gamma function."""
    return input.alike()


@op("torch.polygamma", "torch.special.polygamma", dtype="float", open_rank=True)
def polygamma(n: Int, input: Tensor) -> Tensor:
    """The n-th derivative of digamma."""
    return input.alike()


@op("torch.Tensor.polygamma", dtype="float", open_rank=True)
def tensor_polygamma(input: Tensor, n: Int) -> Tensor:
    """The n-th derivative of digamma."""
    return input.alike()


@op("torch.frexp", "torch.Tensor.frexp", open_rank=True)
def frexp(input: Tensor) -> Value:
    """Mantissa and exponent."""
    parts = (input.alike(), input.alike().with_dtype(INT32))
    return Fields("torch.return_types.frexp", ("mantissa", "exponent"), parts)


@op("torch.add", "torch.Tensor.add", dtype="promote", open_rank=True)
def add(input: TensorLike, other: TensorLike, *, alpha: Number = 1) -> Tensor:
    """input + alpha · other."""
    _require_alpha(alpha, input, other)
    return broadcast_operands(input, other)


@op("torch.sub", "torch.Tensor.sub", "torch.subtract", "torch.Tensor.subtract", dtype="promote", open_rank=True)
def sub(input: TensorLike, other: TensorLike, *, alpha: Number = 1) -> Tensor:
    """input - alpha · other."""
    left, right = _is_bool(input), _is_bool(other)
    check(
        not (left and right),
        "dtype-mismatch",
        "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator"
        " instead.",
    )
    check(
        not (left or right),
        "dtype-mismatch",
        "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use"
        " the `~` or `logical_not()` operator instead.",
    )
    _require_alpha(alpha, input, other)
    return broadcast_operands(input, other)


@op("torch.rsub", dtype="promote", open_rank=True)
def rsub(input: TensorLike, other: TensorLike, *, alpha: Number = 1) -> Tensor:
    """other - alpha · input."""
    return sub.function(other, input, alpha=alpha)  # type: ignore[no-any-return]


def _is_bool(operand: Value) -> bool:
    return isinstance(operand, bool) or (type(operand) is Tensor and operand.dtype is BOOL)


def _require_alpha(alpha: Value, *operands: Value) -> None:
    if alpha == 1:
        return
    dtype = result_type(operands)
    if dtype is None:
        return
    check(
        not (isinstance(alpha, bool) and dtype is not BOOL),
        "invalid-argument",
        "Boolean alpha only supported for Boolean results.",
    )
    check(
        dtype.kind >= Kind.FLOAT or not isinstance(alpha, float | complex),
        "invalid-argument",
        "For integral input tensors, argument alpha must not be a floating point number.",
    )


@op("torch.div", "torch.Tensor.div", "torch.divide", "torch.Tensor.divide", open_rank=True)
def div(input: TensorLike, other: TensorLike, *, rounding_mode: OptText = None) -> Tensor:
    """input / other; with a rounding mode integers stay integers."""
    check(
        rounding_mode in (None, "trunc", "floor"),
        "invalid-argument",
        f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{rounding_mode}'",
    )
    dtype = result_type((input, other))
    numbers = not isinstance(input, Tensor) and not isinstance(other, Tensor)
    result = Tensor(()) if numbers else broadcast_operands(input, other)
    return result.with_dtype(floating(dtype) if rounding_mode is None else dtype)


@op("torch.pow", "torch.Tensor.pow", dtype="promote", open_rank=True)
def power(input: TensorLike, exponent: TensorLike) -> Tensor:
    """input to the power of exponent."""
    if isinstance(exponent, int) and exponent < 0 and type(input) is Tensor and input.dtype is not None:
        check(
            input.dtype.kind >= Kind.FLOAT,
            "invalid-argument",
            "Integers to negative integer powers are not allowed.",
        )
    return broadcast_operands(input, exponent)


@op("torch.float_power", "torch.Tensor.float_power", dtype="double", open_rank=True)
def float_power(input: TensorLike, exponent: TensorLike) -> Tensor:
    """pow in double precision."""
    return broadcast_operands(input, exponent)


@op("torch.heaviside", "torch.Tensor.heaviside", dtype="promote", open_rank=True)
def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """0 below zero, 1 above, `values` at zero."""
    return broadcast_tensors(input, values)


@op("torch.isclose", "torch.Tensor.isclose", dtype="bool", open_rank=True)
def isclose(
    input: Tensor, other: Tensor, rtol: Number = 1e-05, atol: Number = 1e-08, equal_nan: Flag = False
) -> Tensor:
    """Whether elements differ by no more than the tolerance."""
    if input.dtype is not None and other.dtype is not None:
        check(
            input.dtype is other.dtype,
            "dtype-mismatch",
            f"{input.dtype.legacy} did not match {other.dtype.legacy}",
        )
    for name, value in (("rtol", rtol), ("atol", atol)):
        if isinstance(value, int | float) and value < 0:
            raise refuse("invalid-argument", f"{name} must be greater than or equal to zero, but got {value}")
    return broadcast_tensors(input, other)


@op("torch.clamp", "torch.Tensor.clamp", "torch.clip", "torch.Tensor.clip", dtype="promote", open_rank=True)
def clamp(input: Tensor, min: OptTensorLike = None, max: OptTensorLike = None) -> Tensor:
    """Into the interval from min to max."""
    check(
        min is not None or max is not None,
        "invalid-argument",
        "torch.clamp: At least one of 'min' or 'max' must not be None",
    )
    return broadcast_tensors(input, min, max)


@op("torch.clamp_min", "torch.Tensor.clamp_min", dtype="promote", open_rank=True)
def clamp_min(input: Tensor, min: TensorLike) -> Tensor:
    """At least min."""
    return broadcast_tensors(input, min)


@op("torch.clamp_max", "torch.Tensor.clamp_max", dtype="promote", open_rank=True)
def clamp_max(input: Tensor, max: TensorLike) -> Tensor:
    """At most max."""
    return broadcast_tensors(input, max)


@op("torch.lerp", "torch.Tensor.lerp", open_rank=True)
def lerp(input: Tensor, end: Tensor, weight: TensorLike) -> Tensor:
    """input + weight · (end - input)."""
    if input.dtype is not None and end.dtype is not None:
        check(
            input.dtype is end.dtype,
            "dtype-mismatch",
            f"expected dtype {_c_name(input.dtype)} for `end` but got dtype {_c_name(end.dtype)}",
        )
        if type(weight) is Tensor and weight.dtype is not None:
            check(
                input.dtype is weight.dtype,
                "dtype-mismatch",
                f"expected dtype {_c_name(input.dtype)} for `weight` but got dtype {_c_name(weight.dtype)}",
            )
    return broadcast_tensors(input, end, weight)


def _c_name(dtype: DType) -> str:
    """The name of a dtype in C++, which some messages use."""
    names = {"int64": "long int", "int32": "int", "int16": "short int", "float32": "float", "float64": "double"}
    return names.get(dtype.name) or {"uint8": "unsigned char", "int8": "signed char"}.get(dtype.name, dtype.name)


@op("torch.addcmul", "torch.Tensor.addcmul", dtype="promote", open_rank=True)
def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
    """input + value · tensor1 · tensor2."""
    return broadcast_tensors(input, tensor1, tensor2)


@op("torch.addcdiv", "torch.Tensor.addcdiv", dtype="promote", open_rank=True)
def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
    """input + value · tensor1 / tensor2."""
    if tensor1.dtype is not None and tensor2.dtype is not None:
        check(
            tensor1.dtype.kind >= Kind.FLOAT or tensor2.dtype.kind >= Kind.FLOAT,
            "dtype-mismatch",
            "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a true"
            " division of tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + value *"
            " torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer inputs and as (input + value * tensor1 /"
            " tensor2) for float inputs. The future addcdiv behavior is just the latter implementation: (input + value"
            " * tensor1 / tensor2), for all dtypes.",
        )
    return broadcast_tensors(input, tensor1, tensor2)


@op("torch.where", open_rank=True)
def where(condition: Tensor, input: OptTensorLike = None, other: OptTensorLike = None) -> Value:
    """Elements of input where condition holds, else of other; alone: the indices of what holds."""
    if input is None and other is None:
        return _nonzero_tuple(condition)
    return _choose(condition, input, other)


@op("torch.Tensor.where", open_rank=True)
def tensor_where(input: TensorLike, condition: Tensor, other: TensorLike) -> Tensor:
    """Elements of input where condition holds, else of other."""
    return _choose(condition, input, other)


def _choose(condition: Tensor, input: Value, other: Value) -> Tensor:
    if condition.dtype is not None:
        check(
            condition.dtype is BOOL or condition.dtype.name == "uint8",
            "dtype-mismatch",
            f"where expected condition to be a boolean tensor, but got a tensor with dtype {condition.dtype.legacy}",
        )
    return broadcast_tensors(condition, input, other).with_dtype(result_type((input, other)))


def _nonzero_tuple(condition: Tensor) -> Value:
    if condition.is_open:
        raise Lift(condition.unknown)
    return RULES["torch.nonzero"].function(condition, True)


inplace(
    "abs absolute acos acosh add addcdiv addcmul arccos arccosh arcsin arcsinh arctan arctan2 arctanh asin asinh atan"
    " atan2 atanh bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor ceil clamp"
    " clamp_max clamp_min clip conj_physical copysign cos cosh deg2rad digamma div divide eq erf erfc erfinv exp exp2"
    " expm1 fix float_power floor floor_divide fmod frac gcd ge greater greater_equal gt heaviside hypot i0 igamma"
    " igammac lcm ldexp le lerp less less_equal lgamma log log10 log1p log2 logical_and logical_not logical_or"
    " logical_xor logit lt mul multiply mvlgamma nan_to_num ne neg negative nextafter not_equal polygamma pow rad2deg"
    " reciprocal remainder round rsqrt sgn sigmoid sign sin sinc sinh sqrt square sub subtract tan tanh true_divide"
    " trunc xlogy"
)
