"""Element types that a pointwise kernel of PyTorch has no code for: a table, and the refusal in its words.

The categories are those of the promoted operands. Only what no backend takes stands here: bools have an absolute
value on a GPU, half precision has more functions there."""

from __future__ import annotations

from ..values import Kind
from . import activation, pointwise
from .inplace import InplaceRule
from .registry import RULES, OpRule

FAMILIES = (activation, pointwise)
_KINDS = {"b": Kind.BOOL, "i": Kind.INT, "f": Kind.FLOAT, "c": Kind.COMPLEX}

#: (kernel, refused categories: b(ool) i(nt) f(loat) c(omplex), operations)
_TABLE = (
    ("GeluKernelImpl", "bic", "gelu"),
    ("addcmul_cpu_out", "b", "addcmul"),
    ("atan2_cpu", "c", "atan2 arctan2"),
    ("bitwise_and_cpu", "fc", "bitwise_and"),
    ("bitwise_not_cpu", "fc", "bitwise_not"),
    ("bitwise_or_cpu", "fc", "bitwise_or"),
    ("bitwise_xor_cpu", "fc", "bitwise_xor"),
    ("ceil_vml_cpu", "b", "ceil"),
    ("copysign_cpu", "c", "copysign"),
    ("div_floor_cpu", "bc", "floor_divide"),
    ("elu_cpu", "bic", "celu elu selu"),
    ("floor_vml_cpu", "b", "floor"),
    ("fmod_cpu", "bc", "fmod"),
    ("frac_cpu", "bic", "frac"),
    ("gcd_cpu", "bfc", "gcd"),
    ("ge_cpu", "c", "ge greater_equal"),
    ("gt_cpu", "c", "gt greater"),
    ("hardshrink_cpu", "bic", "hardshrink"),
    ("hardsigmoid_cpu", "bic", "hardsigmoid"),
    ("hardswish_cpu", "bic", "hardswish"),
    ("hypot_cpu", "bic", "hypot"),
    ("lcm_cpu", "bfc", "lcm"),
    ("le_cpu", "c", "le less_equal"),
    ("leaky_relu_cpu", "bic", "leaky_relu rrelu"),
    ("log_sigmoid_cpu", "bic", "logsigmoid"),
    ("logaddexp2_cpu", "bic", "logaddexp2"),
    ("logaddexp_cpu", "bi", "logaddexp"),
    ("lshift_cpu", "bfc", "bitwise_left_shift"),
    ("lt_cpu", "c", "lt less"),
    ("mish_cpu", "bic", "mish"),
    ("nextafter_cpu", "bic", "nextafter"),
    ("remainder_cpu", "bc", "remainder"),
    ("rshift_cpu", "bfc", "bitwise_right_shift"),
    ("silu_cpu", "bi", "silu"),
    ("softplus_cpu", "bic", "softplus"),
    ("softshrink_check", "bic", "softshrink"),
    ("threshold_cpu", "bc", "threshold"),
    ("trunc_vml_cpu", "b", "trunc fix"),
)


def _install() -> None:
    for kernel, letters, names in _TABLE:
        refused = frozenset(_KINDS[letter] for letter in letters)
        for name in names.split():
            for prefix in ("torch.", "torch.Tensor.", "torch.nn.functional."):
                for full in (f"{prefix}{name}", f"{prefix}{name}_"):
                    rule: OpRule | None = RULES.get(full)
                    if rule is not None and (full == f"{prefix}{name}" or isinstance(rule, InplaceRule)):
                        rule.kernel = (kernel, refused)


_install()
