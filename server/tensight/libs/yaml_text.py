"""YAML as PyYAML's safe loader reads it. What it cannot read is refused, and what would grow without bound."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

from .. import limits

if TYPE_CHECKING:
    import yaml

#: Nodes that a document may have once every alias is written out.
_MOST_NODES: Final = 200_000
#: Nested collections deeper than this are refused.
_DEEPEST: Final = 100
#: OmegaConf's rule for floats: YAML 1.1 takes numbers such as 1e-3 for text.
_OMEGACONF_FLOAT: Final = re.compile(
    r"""(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+
    |\.[0-9_]+(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$""",
    re.VERBOSE,
)


class Unclear(Exception):
    """The text is not followed; the argument says why."""


@lru_cache(maxsize=8)
def load_yaml(text: str, omegaconf: bool = False) -> Any:
    """The plain Python value of one document, not to be changed: it is kept. Raises Unclear.

    `omegaconf`: numbers and dates as OmegaConf reads them."""
    import yaml

    if len(text) > limits.MAX_YAML:
        raise Unclear("too long")
    try:
        loader = _loader(omegaconf)(text)
        node = loader.get_single_node()
        if node is None:
            return None
        if _nodes(node, {}) > _MOST_NODES:
            raise Unclear("its aliases would make it too large")
        return loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        line = "" if error.problem_mark is None else f" (line {error.problem_mark.line + 1})"
        raise Unclear(f"{error.problem}{line}") from None
    except yaml.YAMLError as error:
        raise Unclear(str(error).partition("\n")[0]) from None
    except (ValueError, KeyError, AttributeError, OverflowError) as error:
        # the constructors of PyYAML, for a scalar that its tag does not fit: `!!bool maybe`, 2020-99-99
        raise Unclear(f"a scalar that its tag does not fit: {error}") from None


@cache
def _loader(omegaconf: bool) -> type[yaml.SafeLoader]:
    import yaml

    class Bounded(yaml.SafeLoader):
        depth = 0

        def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
            self.depth += 1
            if self.depth > _DEEPEST:
                raise Unclear("it nests too deep")
            node = super().compose_node(parent, index)
            self.depth -= 1
            return node

    if omegaconf:
        date = "tag:yaml.org,2002:timestamp"
        Bounded.yaml_implicit_resolvers = {
            first: [rule for rule in rules if rule[0] != date]
            for first, rules in Bounded.yaml_implicit_resolvers.items()
        }
        Bounded.add_implicit_resolver("tag:yaml.org,2002:float", _OMEGACONF_FLOAT, list("-+0123456789."))
    return Bounded


def _nodes(node: yaml.Node, counted: dict[int, int]) -> int:
    """How many nodes it is with every alias written out. Each node is looked at once."""
    key = id(node)
    if key not in counted:
        counted[key] = _MOST_NODES + 1  # for an alias inside of itself
        parts = node.value if isinstance(node.value, list) else ()
        inner = (part for pair in parts for part in (pair if isinstance(pair, tuple) else (pair,)))
        counted[key] = 1 + sum(_nodes(part, counted) for part in inner)
    return counted[key]
