"""Laws that hold for every dim: each is checked on random expressions and random sizes."""

from __future__ import annotations

import copy
import pickle

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dims.strategies import MINIMUMS, Tree, build, environments, linear, run, trees
from tensight.dims import (
    Dim,
    Expr,
    Facts,
    Truth,
    bounds,
    ceil_div,
    divides,
    equal,
    evaluate,
    is_unknown,
    less,
    less_equal,
    parse,
    solve,
    substitute,
    symbol,
    to_python,
    to_text,
)

quick = settings(max_examples=150, suppress_health_check=list(HealthCheck))


def made(tree: Tree) -> Dim:
    """The dim of a tree that neither divides by the constant 0 nor exceeds the limits of the algebra."""
    try:
        dim = build(tree)
    except ZeroDivisionError:
        assume(False)
        raise
    assume(not is_unknown(dim))
    return dim


def ran(tree: Tree, env: dict[str, int]) -> int:
    try:
        return run(tree, env)
    except ZeroDivisionError:
        assume(False)
        raise


@settings(quick, max_examples=400)
@given(trees | linear, environments())
def test_simplification_keeps_the_value_and_bounds_contain_it(tree: Tree, env: dict[str, int]) -> None:
    value = ran(tree, env)
    dim = made(tree)
    assert evaluate(dim, env) == value
    low, high = bounds(dim)
    assert low is None or low <= value
    assert high is None or value <= high


@quick
@given(trees | linear, environments())
def test_a_constant_zero_divisor_is_one_for_every_size(tree: Tree, env: dict[str, int]) -> None:
    try:
        build(tree)
    except ZeroDivisionError:
        try:
            run(tree, env)
        except ZeroDivisionError:
            return
        raise AssertionError("division by a dim that is not zero") from None


@settings(quick, max_examples=400)
@given(trees | linear, trees | linear, environments())
def test_comparisons_are_sound(a: Tree, b: Tree, env: dict[str, int]) -> None:
    x, y = ran(a, env), ran(b, env)
    dx, dy = made(a), made(b)
    for answer, truth in (
        (equal(dx, dy), x == y),
        (less(dx, dy), x < y),
        (less_equal(dx, dy), x <= y),
        (divides(dx, dy), y % x == 0 if x else y == 0),
    ):
        assert answer is Truth.MAYBE or answer is Truth.of(truth)
    assert equal(dx, dx) is Truth.YES


@quick
@given(linear, linear, environments())
def test_comparisons_of_sums_and_divisions_are_sound(a: Tree, b: Tree, env: dict[str, int]) -> None:
    x, y = ran(a, env), ran(b, env)
    dx, dy = made(a), made(b)
    assert equal(dx, dy) in (Truth.MAYBE, Truth.of(x == y))
    assert less(dx, dy) in (Truth.MAYBE, Truth.of(x < y))


@quick
@given(trees, trees, trees)
def test_ring_laws(a: Tree, b: Tree, c: Tree) -> None:
    x, y, z = made(a), made(b), made(c)
    assume(not is_unknown(x * y * z))
    assert x + y == y + x
    assert x * y == y * x
    assert (x + y) + z == x + (y + z)
    assert (x * y) * z == x * (y * z)
    assert x * (y + z) == x * y + x * z
    assert x - x == 0
    assert hash(x + y) == hash(y + x)


@quick
@given(trees | linear, st.integers(1, 9), environments())
def test_division_by_a_constant(a: Tree, k: int, env: dict[str, int]) -> None:
    x = made(a)
    ran(a, env)
    value = evaluate(x, env)
    assert (k * x) // k == x
    assert (k * x) % k == 0
    assert evaluate(x // k, env) == value // k
    assert evaluate(x // -k, env) == value // -k
    assert evaluate(x % -k, env) == value % -k
    assert evaluate(k * (x // k) + x % k, env) == value
    assert evaluate(ceil_div(x, k), env) == -(-value // k)
    assert ceil_div(x, k) == -((-x) // k)


@quick
@given(trees | linear)
def test_text_can_be_read_back(tree: Tree) -> None:
    dim = made(tree)

    def restored(parsed: Dim) -> Dim:
        return substitute(parsed, {name: build(name) for name in MINIMUMS})

    # Read with the weakest minimum, so that nothing is simplified that the real ones do not allow
    for text in (to_python(dim), to_text(dim)):
        parsed = restored(parse(str(text), minimum=None))
        assert parsed == dim or equal(parsed, dim) is Truth.YES


@quick
@given(linear)
def test_python_text_is_an_inverse(tree: Tree) -> None:
    dim = made(tree)
    assert parse(str(to_python(dim))) == dim


@quick
@given(trees | linear, environments())
def test_python_text_means_the_same_in_python(tree: Tree, env: dict[str, int]) -> None:
    value = ran(tree, env)
    assert eval(str(to_python(made(tree))), {"min": min, "max": max}, dict(env)) == value


@quick
@given(trees | linear, environments())
def test_substitution_commutes_with_evaluation(tree: Tree, env: dict[str, int]) -> None:
    value = ran(tree, env)
    dim = made(tree)
    assert substitute(dim, env) == value
    half = {name: number for name, number in env.items() if name in "Hn"}
    assert evaluate(substitute(dim, half), env) == value
    moved = ran(tree, {**env, "H": env["W"] + env["C"]})
    assert evaluate(substitute(dim, {"H": symbol("W") + symbol("C", 3)}), env) == moved


@quick
@given(trees | linear)
def test_copies_are_equal(tree: Tree) -> None:
    dim = made(tree)
    assert pickle.loads(pickle.dumps(dim)) == dim
    assert copy.deepcopy(dim) == dim


@quick
@given(trees | linear, st.sampled_from(["H", "W", "C", "n"]), st.integers(1, 8), linear, environments())
def test_facts_keep_the_value_where_they_hold(tree: Tree, name: str, k: int, other: Tree, env: dict[str, int]) -> None:
    value = ran(tree, env)
    dim = made(tree)
    base = build(name)
    facts = Facts()
    if env[name] % k == 0:
        facts = facts.learn_divides(k, base)
    if env["W"] and env["C"] % env["W"] == 0:
        facts = facts.learn_divides(symbol("W"), symbol("C", 3))
    right = made(other)
    if isinstance(right, Expr) and evaluate(right, env) == env[name]:
        facts = facts.learn_equal(base, right)
    facts = facts.learn_equal(symbol("z", None), env["z"])
    simplified = facts.simplify(dim)
    assert evaluate(simplified, env) == value
    assert facts.simplify(simplified) == simplified or equal(facts.simplify(simplified), simplified) is not Truth.NO


@settings(quick, max_examples=60)
@given(linear, linear, environments(), st.integers(1, 3))
def test_solutions_verify_and_exhaustion_is_honest(a: Tree, b: Tree, env: dict[str, int], factor: int) -> None:
    x, y = made(a), made(b)
    product = factor * x * y
    assume(not is_unknown(product))
    target = evaluate(product, env)
    answer = solve([(product, target)])
    assert answer.assignments or not answer.exhausted, "these sizes do fit"
    for assignment in answer.assignments:
        assert evaluate(product, {**env, **assignment}) == target
    if answer.exhausted and isinstance(product, Expr):
        ours = {item.name: env[item.name] for item in product.symbols}
        assert any(all(ours[name] == number for name, number in found.items()) for found in answer.assignments)
