"""Lists, dicts, sets and deques behave as Python's own under random operations: the same results, the same errors."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from snippets import abstract_outcome, interp, outcome, plain

from tensight.interp.analyse import in_big_stack
from tensight.interp.natives.collections_deque import DequeV
from tensight.interp.natives.support import from_host
from tensight.values import DictV, ListV, SetV

ints = st.integers(-3, 3)
index = st.integers(-6, 6)
some = st.lists(ints, max_size=5)
pairs = st.lists(st.tuples(ints, ints), max_size=4)

LIST_OPS = st.one_of(
    st.tuples(st.just("append"), st.tuples(ints)),
    st.tuples(st.just("extend"), st.tuples(some)),
    st.tuples(st.just("insert"), st.tuples(index, ints)),
    st.tuples(st.just("pop"), st.one_of(st.tuples(), st.tuples(index))),
    st.tuples(st.just("remove"), st.tuples(ints)),
    st.tuples(st.just("index"), st.one_of(st.tuples(ints), st.tuples(ints, index), st.tuples(ints, index, index))),
    st.tuples(st.sampled_from(["count"]), st.tuples(ints)),
    st.tuples(st.sampled_from(["copy", "reverse", "sort", "clear", "__len__"]), st.tuples()),
    st.tuples(st.just("__getitem__"), st.tuples(index)),
    st.tuples(st.just("__setitem__"), st.tuples(index, ints)),
    st.tuples(st.just("__delitem__"), st.tuples(index)),
    st.tuples(st.just("__contains__"), st.tuples(ints)),
)
DEQUE_OPS = st.one_of(
    st.tuples(st.sampled_from(["append", "appendleft", "remove", "count"]), st.tuples(ints)),
    st.tuples(st.sampled_from(["extend", "extendleft"]), st.tuples(some)),
    st.tuples(st.sampled_from(["pop", "popleft", "copy", "reverse", "clear", "rotate"]), st.tuples()),
    st.tuples(st.just("rotate"), st.tuples(index)),
    st.tuples(st.just("index"), st.tuples(ints)),
    st.tuples(st.just("__setitem__"), st.tuples(index, ints)),
)
DICT_OPS = st.one_of(
    st.tuples(st.sampled_from(["get", "setdefault", "pop"]), st.one_of(st.tuples(ints), st.tuples(ints, ints))),
    st.tuples(st.just("update"), st.tuples(st.one_of(pairs, st.dictionaries(ints, ints, max_size=3)))),
    st.tuples(st.sampled_from(["popitem", "clear", "copy", "keys", "values", "items", "__len__"]), st.tuples()),
    st.tuples(st.just("__setitem__"), st.tuples(ints, ints)),
    st.tuples(st.sampled_from(["__delitem__", "__getitem__", "__contains__"]), st.tuples(ints)),
)
SET_OPS = st.one_of(
    st.tuples(st.sampled_from(["add", "remove", "discard", "__contains__"]), st.tuples(ints)),
    st.tuples(
        st.sampled_from([
            "update", "intersection_update", "difference_update", "symmetric_difference_update", "union",
            "intersection",
            "difference", "symmetric_difference", "issubset", "issuperset", "isdisjoint",
        ]),
        st.tuples(some),
    ),
    st.tuples(st.sampled_from(["copy", "clear", "__len__"]), st.tuples()),
)  # fmt: skip


def compare(real: Any, target: Any, operations: list[Any], contents: Any) -> None:
    it = interp()

    def run() -> None:
        for name, args in operations:
            expected = outcome(lambda n=name, a=args: getattr(real, n)(*a))
            if name in ("keys", "values", "items"):
                expected = {"keys": set, "values": list, "items": list}[name](getattr(real, name)())
            found = abstract_outcome(it, target, name, [from_host(it, a) for a in args], {})
            assert found == expected, f"{name}{args}: {found!r} is not {expected!r}"
            assert plain(target) == contents(real), f"after {name}{args}"

    in_big_stack(run)


@settings(max_examples=150)
@given(some, st.lists(LIST_OPS, max_size=12))
def test_a_list_is_a_list(start: list[int], operations: list[Any]) -> None:
    compare(list(start), ListV(list(start)), operations, list)


@settings(max_examples=150)
@given(some, st.one_of(st.none(), st.integers(0, 4)), st.lists(DEQUE_OPS, max_size=12))
def test_a_deque_is_a_deque(start: list[int], maxlen: int | None, operations: list[Any]) -> None:
    real = deque(start, maxlen)
    compare(real, DequeV(list(real), None, "deque", maxlen), operations, deque)


@settings(max_examples=150)
@given(st.dictionaries(ints, ints, max_size=4), st.lists(DICT_OPS, max_size=12))
def test_a_dict_is_a_dict(start: dict[int, int], operations: list[Any]) -> None:
    compare(dict(start), DictV(dict(start)), operations, dict)


@settings(max_examples=100)
@given(st.dictionaries(ints, ints, max_size=4), st.lists(DICT_OPS, max_size=8))
def test_an_ordered_dict_is_one(start: dict[int, int], operations: list[Any]) -> None:
    compare(OrderedDict(start), DictV(dict(start), None, "OrderedDict"), operations, dict)


@settings(max_examples=150)
@given(st.sets(ints, max_size=4), st.lists(SET_OPS, max_size=12))
def test_a_set_is_a_set(start: set[int], operations: list[Any]) -> None:
    compare(set(start), SetV(dict.fromkeys(start)), operations, set)


@settings(max_examples=100)
@given(st.lists(st.lists(st.sampled_from("abc"), max_size=4), max_size=4))
def test_a_counter_counts(updates: list[list[str]]) -> None:
    it = interp()
    real: Counter[str] = Counter()
    target = it.call(it.native_class("collections.Counter"))
    for letters in updates:
        real.update(letters)
        it.method(target, "update", ListV(list(letters)))
        assert plain(target) == dict(real)
        assert plain(it.method(target, "most_common")) == real.most_common()


def test_a_defaultdict_fills_itself() -> None:
    it = interp()
    real: defaultdict[str, list[int]] = defaultdict(list)
    target = it.call(it.native_class("collections.defaultdict"), [it.native_class("builtins.list")])
    real["a"].append(1)
    it.method(it.getitem(target, "a"), "append", 1)
    assert plain(target) == real
    assert plain(it.method(target, "get", "b")) is None


@pytest.mark.parametrize("name", ["append", "extend", "insert", "pop", "remove", "clear", "reverse", "sort"])
def test_a_write_in_a_branch_is_undone(name: str) -> None:
    """Whatever changes a list goes through the journal."""
    it = interp()
    target = ListV([3, 1, 2])
    args: dict[str, list[Any]] = {"append": [4], "extend": [ListV([5])], "insert": [0, 9], "remove": [1]}
    it.journal.open()
    it.method(target, name, *args.get(name, []))
    assert target.items != [3, 1, 2]
    it.journal.undo()
    assert target.items == [3, 1, 2]


@pytest.mark.parametrize(
    ("name", "args"),
    [("update", [DictV({"a": 5})]), ("pop", ["a"]), ("popitem", []), ("clear", []), ("setdefault", ["z", 1])],
)
def test_a_write_to_a_dict_in_a_branch_is_undone(name: str, args: list[Any]) -> None:
    it = interp()
    target = DictV({"a": 1})
    it.journal.open()
    it.method(target, name, *args)
    assert target.items != {"a": 1}
    it.journal.undo()
    assert target.items == {"a": 1}
