"""Symbolic integers: canonical form, comparison with three answers, solving and text.

Knows nothing of tensors. A dim is an `int` or an `Expr`; plain ints never reach this package's code.
"""

from tensight.dims.atoms import Symbol, SymbolKind
from tensight.dims.bounds import bounds
from tensight.dims.divide import ceil_div, exact_quotient
from tensight.dims.evaluate import evaluate, substitute
from tensight.dims.expr import Dim, Expr, fresh_unknown, is_unknown
from tensight.dims.extrema import dim_max, dim_min
from tensight.dims.facts import Facts
from tensight.dims.fresh import (
    FreshNames,
    data_for,
    depends_on_data,
    drawn,
    fresh_data,
    is_data,
    is_drawn,
    names_taken,
    naming_beside,
    symbol,
    use_names,
)
from tensight.dims.parse import parse
from tensight.dims.solve import Solution, solve
from tensight.dims.text import to_python, to_text
from tensight.dims.truth import Truth, divides, equal, is_zero, less, less_equal, not_equal

__all__ = [
    "Dim",
    "Expr",
    "Facts",
    "FreshNames",
    "Solution",
    "Symbol",
    "SymbolKind",
    "Truth",
    "bounds",
    "ceil_div",
    "data_for",
    "depends_on_data",
    "dim_max",
    "dim_min",
    "divides",
    "drawn",
    "equal",
    "evaluate",
    "exact_quotient",
    "fresh_data",
    "fresh_unknown",
    "is_data",
    "is_drawn",
    "is_unknown",
    "is_zero",
    "less",
    "less_equal",
    "names_taken",
    "naming_beside",
    "not_equal",
    "parse",
    "solve",
    "substitute",
    "symbol",
    "to_python",
    "to_text",
    "use_names",
]
