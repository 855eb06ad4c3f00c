"""Strings: methods on constants are Python's, format, % and f-strings too; elsewhere a string of unknown value."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from snippets import UNKNOWN, abstract_outcome, agree, interp, interpret, outcome, plain, real_plain

from tensight.dims import symbol
from tensight.interp.analyse import in_big_stack
from tensight.interp.natives.support import from_host
from tensight.values import ListV, Scalar

words = st.text(alphabet="ab Ab1.,-", max_size=8)
small = st.integers(-3, 6)
METHODS = [
    "capitalize", "casefold", "lower", "upper", "swapcase", "title", "strip", "lstrip", "rstrip", "isalpha", "isdigit",
    "isalnum", "isspace", "isupper", "islower", "istitle", "isidentifier", "isnumeric", "isdecimal", "isascii",
    "split", "rsplit", "splitlines", "expandtabs", "encode",
]  # fmt: skip
WITH_WORD = [
    "split", "rsplit", "partition", "rpartition", "find", "rfind", "index", "rindex", "count", "startswith", "endswith",
    "strip", "lstrip", "rstrip", "removeprefix", "removesuffix",
]  # fmt: skip
CALLS = st.one_of(
    st.tuples(st.sampled_from(METHODS), st.tuples()),
    st.tuples(st.sampled_from(WITH_WORD), st.tuples(words)),
    st.tuples(st.sampled_from(["split", "rsplit"]), st.tuples(words, small)),
    st.tuples(st.sampled_from(["find", "index", "count", "startswith"]), st.tuples(words, small, small)),
    st.tuples(st.just("replace"), st.one_of(st.tuples(words, words), st.tuples(words, words, small))),
    st.tuples(st.sampled_from(["center", "ljust", "rjust", "zfill"]), st.tuples(small)),
    st.tuples(st.just("join"), st.tuples(st.lists(words, max_size=4))),
    st.tuples(st.just("__getitem__"), st.tuples(small)),
)


@settings(max_examples=400)
@given(words, CALLS)
def test_a_method_of_a_string(text: str, call: tuple[str, tuple[Any, ...]]) -> None:
    name, args = call
    it = interp()
    expected = outcome(lambda: getattr(text, name)(*args))
    found = in_big_stack(lambda: abstract_outcome(it, text, name, [from_host(it, a) for a in args], {}))
    assert found == expected


FORMATS = [
    "{}",
    "{!r}",
    "{:>6}",
    "{:<6}|",
    "{:^7}",
    "{:06.2f}",
    "{:d}",
    "{:x}",
    "{:,}",
    "{:e}",
    "{:.3}",
    "{:%}",
    "{0}{0}",
    "{1}",
]


@settings(max_examples=200)
@given(st.sampled_from(FORMATS), st.one_of(st.integers(-500, 500), st.floats(-9, 9), words, st.none(), st.booleans()))
def test_format_of_one_value(template: str, value: Any) -> None:
    it = interp()
    expected = outcome(lambda: template.format(value))
    found = in_big_stack(lambda: abstract_outcome(it, template, "format", [value], {}))
    assert found == real_plain(expected) or (expected == "TypeError" and found is UNKNOWN)


@settings(max_examples=200)
@given(
    st.sampled_from(["%s", "%r", "%d", "%5.1f", "%x", "%%", "%s %s", "%(a)s", "%-5s|", "%c"]),
    st.one_of(st.integers(0, 99), st.floats(-9, 9), words, st.tuples(st.integers(0, 9), words), st.just({"a": 1})),
)
def test_percent(template: str, value: Any) -> None:
    from tensight.interp.errors import PyRaise

    it = interp()
    expected = outcome(lambda: template % value)

    def run() -> Any:
        try:
            return it.binary("%", template, from_host(it, value))
        except PyRaise as error:
            return error.exc.cls.name

    assert plain(in_big_stack(run)) == expected


def test_text_of_things() -> None:
    agree("""
        from enum import Enum
        class Mode(Enum):
            A = 1
        class Named:
            def __str__(self): return "named"
            def __repr__(self): return "<named>"
        class Formatted:
            def __format__(self, spec): return f"[{spec}]"
        n, m = Named(), Mode.A
        a = (
            str(n), repr(n), f"{n}", f"{n!r}", f"{m}", "%s %r" % (n, n), str([n, 1]), "{}".format(n),
            "{0.name}".format(m),
        )
        b = f"{Formatted():>5}", f"{3.14159:.2f}", f"{'x':>4}", f"{1_000_000:,}", f"{[1, 'a']}", f"{(1,)}", f"{None}"
        w = 7; c = f"{3:{w}d}", "{:{}}".format("a", 4), "{a[0]}{b.value}".format(a=[5], b=m), "{x}".format_map({"x": 1})
        d = str(ValueError("bad", 1)), repr(ValueError("bad")), str(KeyError("k")), str(Exception())
        e = "a-b".translate(str.maketrans("-", "_")), bytes("é", "utf-8"), b"ab".decode(), "é".encode("latin-1").hex()
        f = int("0x1f", 16), "%s" % None, "%s" % [1], ascii("é"), "a" "b" * 3, "x" in "xyz", "abc"[::-1], min("hello")
    """)


def test_what_is_not_known_is_a_string() -> None:
    found, _ = interpret("""
        import random
        n = random.randint(1, 5)
        a, b, c, d = f"{n}", "%d" % n, "{}".format(n), str(n)
        e = "-".join([a, "x"]); f = a.upper(); g = a.split(","); h = a + "x"; i = len(a); j = a.startswith("x")
    """)
    for name in "abcdefh":
        assert isinstance(found[name], Scalar) and found[name].kind == "str", name
    assert isinstance(found["g"], ListV) and found["g"].rest == Scalar("str")
    assert found["j"] == Scalar("bool")


@pytest.mark.parametrize(
    "text", ["'a' * 10**9", "'a'.ljust(10**9)", "'{:>999999999}'.format(1)", "'%999999999d' % 1", "f'{1:999999999}'"]
)
def test_long_strings_are_not_made(text: str) -> None:
    found, _ = interpret(f"x = {text}")
    assert plain(found["x"]) is UNKNOWN


def test_a_symbolic_size_is_text_of_unknown_value() -> None:
    it = interp()
    assert in_big_stack(lambda: it.call(it.native_class("builtins.str"), [symbol("B")])) == Scalar("str")
