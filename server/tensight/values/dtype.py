"""torch dtypes as values, with PyTorch's promotion lattice (c10/core/ScalarType.h, `promoteTypes`)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Kind(IntEnum):
    """Categories in the order of PyTorch's type promotion: a higher one wins."""

    BOOL = 0
    INT = 1
    FLOAT = 2
    COMPLEX = 3
    QUANTIZED = 4


@dataclass(frozen=True, slots=True)
class DType:
    """`name` as in `torch.<name>`; `bits` of one element; `legacy` is the word of error messages ("Float")."""

    name: str
    kind: Kind
    bits: int
    legacy: str
    signed: bool = True

    def __str__(self) -> str:
        return f"torch.{self.name}"

    @property
    def is_floating_point(self) -> bool:
        return self.kind is Kind.FLOAT

    @property
    def is_complex(self) -> bool:
        return self.kind is Kind.COMPLEX


_ALL = (
    DType("bool", Kind.BOOL, 8, "Bool", False),
    DType("uint8", Kind.INT, 8, "Byte", False),
    DType("int8", Kind.INT, 8, "Char"),
    DType("int16", Kind.INT, 16, "Short"),
    DType("int32", Kind.INT, 32, "Int"),
    DType("int64", Kind.INT, 64, "Long"),
    DType("uint16", Kind.INT, 16, "UInt16", False),
    DType("uint32", Kind.INT, 32, "UInt32", False),
    DType("uint64", Kind.INT, 64, "UInt64", False),
    DType("float16", Kind.FLOAT, 16, "Half"),
    DType("bfloat16", Kind.FLOAT, 16, "BFloat16"),
    DType("float32", Kind.FLOAT, 32, "Float"),
    DType("float64", Kind.FLOAT, 64, "Double"),
    DType("float8_e4m3fn", Kind.FLOAT, 8, "Float8_e4m3fn"),
    DType("float8_e5m2", Kind.FLOAT, 8, "Float8_e5m2"),
    DType("complex32", Kind.COMPLEX, 32, "ComplexHalf"),
    DType("complex64", Kind.COMPLEX, 64, "ComplexFloat"),
    DType("complex128", Kind.COMPLEX, 128, "ComplexDouble"),
    DType("qint8", Kind.QUANTIZED, 8, "QInt8"),
    DType("quint8", Kind.QUANTIZED, 8, "QUInt8", False),
    DType("qint32", Kind.QUANTIZED, 32, "QInt32"),
)
DTYPES: dict[str, DType] = {dtype.name: dtype for dtype in _ALL}
#: Second names: `torch.float` is `torch.float32`.
ALIASES: dict[str, str] = {
    "float": "float32", "double": "float64", "half": "float16", "long": "int64", "int": "int32", "short": "int16",
    "cfloat": "complex64", "cdouble": "complex128", "chalf": "complex32",
}  # fmt: skip
DTYPES.update({alias: DTYPES[name] for alias, name in ALIASES.items()})

BOOL, INT64, FLOAT32, FLOAT64 = DTYPES["bool"], DTYPES["int64"], DTYPES["float32"], DTYPES["float64"]
COMPLEX64, INT32, UINT8 = DTYPES["complex64"], DTYPES["int32"], DTYPES["uint8"]
_COMPLEX_OF = {"float16": "complex32", "float32": "complex64", "float64": "complex128", "bfloat16": "complex64"}


def promote(a: DType, b: DType) -> DType:
    """The dtype of a result of operands `a` and `b` of equal priority (both tensors with axes)."""
    if a is b:
        return a
    if a.kind is not b.kind:
        low, high = (a, b) if a.kind < b.kind else (b, a)
        if high.kind is Kind.COMPLEX and low.kind is Kind.FLOAT:
            return promote(high, DTYPES[_COMPLEX_OF.get(low.name, "complex64")])
        return high
    if a.kind is Kind.INT and a.signed is not b.signed:
        unsigned, signed = (b, a) if a.signed else (a, b)
        if signed.bits > unsigned.bits:
            return signed
        return {8: DTYPES["int16"], 16: DTYPES["int32"]}.get(unsigned.bits, INT64)
    if a.kind is Kind.FLOAT and a.bits == b.bits:
        return FLOAT32
    return a if a.bits >= b.bits else b
