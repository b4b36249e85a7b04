"""Symbolic sizes: normal form, arithmetic against Python's own, and questions with three answers."""

from __future__ import annotations

import copy
import itertools
import operator
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rflint.dims import (
    Dim,
    Size,
    at_most,
    bounds,
    cancelled,
    divides,
    equal,
    is_unknown,
    less,
    maximum,
    minimum,
    parse,
    product,
    substitute,
    symbol,
    symbols,
    unknown,
)

C, H, N, W = (symbol(name) for name in "CHNW")
NAMES: dict[str, Any] = {"C": C, "H": H, "N": N, "W": W, "max": maximum, "min": minimum}


# Normal form


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        ("H + 0", "H"),
        ("H - H", "0"),
        ("H*0 + 7", "7"),
        ("1 + H + 2", "H + 3"),
        ("H - 4", "H - 4"),
        ("4 - H", "4 - H"),
        ("-H + W", "W - H"),
        ("-H", "-H"),
        ("+H", "H"),
        ("W*H", "H*W"),
        ("(H + 1)*(W - 1)", "H*W - H + W - 1"),
        ("H**0", "1"),
        ("H**3", "H*H*H"),
        ("(H + W)*(H - W)", "H*H - W*W"),
        # floors
        ("H//1", "H"),
        ("H//2", "H//2"),
        ("(32*H)//32", "H"),
        ("(32*H + 5)//32", "H"),
        ("(4*H + 2)//8", "H//2"),
        ("(3*H)//2", "H + H//2"),
        ("(3*H)//4", "(3*H)//4"),
        ("(H + 6)//3", "H//3 + 2"),
        ("H//2//2//2", "H//8"),
        ("((H + 1)//2 + 1)//2", "(H + 3)//4"),
        ("(H//2 - 3)//4 + W", "W + (H + 2)//8 - 1"),
        ("((H - 3)//2 - 3)//2", "(H - 9)//4"),
        ("(H//3*2)//4", "H//6"),
        ("(2*(H//2))//2", "H//2"),
        ("(2*(H//2) + 1)//3", "(2*(H//2) + 1)//3"),
        ("(H//2 + W//2)//2", "(H//2 + W//2)//2"),
        ("(H//2 + W)//2", "(H + 2*W)//4"),
        ("(H//4 - H//8 + 6)//7", "(H + 52)//56"),
        ("(H//4 - (H + 4)//8)//7", "H//56"),
        ("((H + 1)//8 - (H + 1)//4 - 2)//3", "-((H + 13)//24) - 1"),
        ("(H//4 - H//12)//3", "-((H//12 - H//4 + 2)//3)"),
        ("(W - H//2)//2", "-((H - 2*W + 2)//4)"),
        ("-(-H//2)", "(H + 1)//2"),
        ("H//-2", "-((H + 1)//2)"),
        ("-(H//2)", "-(H//2)"),
        ("W - H//2", "W - H//2"),
        ("-2*(H//2)", "-2*(H//2)"),
        ("64*(H//2)*(W//2)", "64*(H//2)*(W//2)"),
        ("(H + 2 - 3)//2 + 1", "(H + 1)//2"),
        ("(H - 3)//2 + 1", "(H - 1)//2"),
        ("(H - 2)//2 + 1", "H//2"),
        ("H % 2", "H - 2*(H//2)"),
        ("(6*H + 7) % 3", "1"),
        ("(H % 2)//2", "0"),
        ("min(H, 3)//4", "0"),
        # quotients of sizes
        ("N*C*H*W // (C*W)", "H*N"),
        ("N*C*H*W % (C*W)", "0"),
        ("6*H*W // (4*W)", "H + H//2"),
        ("N*(H//2 + 1)*(W//2 + 1) // (W//2 + 1)", "N*(H//2) + N"),
        ("(H*H - W*W) // (W - H)", "-H - W"),
        ("(N*H + W) // N", "H + W//N"),
        ("H // W // 2", "H//(2*W)"),
        ("H // 2 // W", "H//(2*W)"),
        ("(H + W) // (H - W)", "(H + W)//(H - W)"),
        ("(H*W + H + 1) // (W + 1)", "H"),
        ("(H*W + H + W) // (W + 1)", "(H*W + H + W)//(W + 1)"),
        ("(H*W + 2*H + 1) // (W + 2)", "H"),
        ("H // (H + 1)", "0"),
        ("H // (3 - W)", "(-H)//(W - 3)"),
        ("7 // W", "7//W"),
        ("-7 // W", "(-7)//W"),
        ("7 % W", "7 - W*(7//W)"),
        ("0 // W", "0"),
        # maxima and minima
        ("max(W, H)", "max(H, W)"),
        ("max(4, W, H, 3)", "max(H, W, 4)"),
        ("min(W, max(H, W))", "W"),
        ("max(H, H + 1)", "H + 1"),
        ("max(H, 1)", "H"),
        ("min(H, 0)", "0"),
        ("min(H, 1)", "1"),
        ("max(2*(H//2), H)", "H"),
        ("max(H, 4)//2 + 1", "max(H, 4)//2 + 1"),
        ("2*max(H, 4)", "2*max(H, 4)"),
        ("max(H - 4, 1)", "max(H - 4, 1)"),
    ],
)
def test_normal_form(expression: str, printed: str) -> None:
    namespace = {**NAMES, "max": _folded(maximum), "min": _folded(minimum)}
    assert str(eval(expression, namespace)) == printed


def _folded(pick: Callable[[Size, Size], Size]) -> Callable[..., Size]:
    def fold(first: Size, *others: Size) -> Size:
        for other in others:
            first = pick(first, other)
        return first

    return fold


@pytest.mark.parametrize("size", [H - H, H * 0, H % 1, (H % 2) // 2, minimum(H, 1), H**0, N * H // N // H, H + 2 - H])
def test_a_constant_is_an_int(size: Size) -> None:
    assert type(size) is int


def test_a_declared_multiple_is_written_out() -> None:
    h = symbol("h", multiple=32)
    assert str(h) == "32*h"
    assert [str(h // 2**k) for k in (1, 5, 6)] == ["16*h", "h", "h//2"]
    assert (h + 31) // 32 == symbol("h")


def test_the_same_size_is_equal_and_hashes_alike_however_it_came_about() -> None:
    ways = {(H + 1) // 2, -(-H // 2), (H - 1) // 2 + 1, (symbol("H") + 2 - 3) // 2 + 1}
    assert ways == {(1 + H) // 2}


def test_symbols_with_another_minimum_are_other_symbols() -> None:
    assert symbol("H", minimum=0) != H
    assert str(symbol("H", minimum=0) // 2) == "H//2"


def test_sizes_are_immutable_and_survive_copying_and_pickling() -> None:
    size = (H + 1) // 2 * W + unknown()
    with pytest.raises(AttributeError):
        size.polynomial = None  # type: ignore[union-attr, misc]
    assert copy.copy(size) == copy.deepcopy(size) == pickle.loads(pickle.dumps(size)) == size


@pytest.mark.parametrize(
    "use",
    [
        lambda: H < 3,
        lambda: H <= W,
        lambda: H > W,
        lambda: H >= 1,
        lambda: bool(H),
        lambda: not H,
        lambda: int(H),
        lambda: range(H),
        lambda: operator.index(H),
        lambda: [1, 2][H],
        lambda: max(H, W),
    ],
)
def test_what_only_a_number_can_do_is_a_type_error_that_names_the_size(use: Callable[[], object]) -> None:
    with pytest.raises(TypeError, match=r"the size [HW] depends on symbols"):
        use()


@pytest.mark.parametrize(
    ("act", "a", "b"),
    [
        (operator.mul, H, 0.5),
        (operator.truediv, H, 2),
        (operator.pow, H, -1),
        (operator.pow, 2, H),
        (operator.add, H, "1"),
        (operator.sub, 1.5, H),
        (operator.floordiv, H, 2.0),
        (operator.mod, 2.0, H),
    ],
)
def test_other_operators_and_operands_are_type_errors(act: Callable[[Any, Any], Any], a: Any, b: Any) -> None:
    with pytest.raises(TypeError, match="unsupported operand"):
        act(a, b)


@pytest.mark.parametrize("divide", [operator.floordiv, operator.mod])
def test_division_by_zero_raises(divide: Callable[[Size, int], Size]) -> None:
    with pytest.raises(ZeroDivisionError):
        divide(H, 0)


@pytest.mark.parametrize(
    "step",
    [
        lambda size: size * size + size // 3,
        lambda size: size * 2**100,
        lambda size: size // 2**100,
        lambda size: size // 2 * 3 + W,
        lambda size: maximum(size - 1, W // 5),
        lambda size: (size + 1) // W,
        lambda size: size * (H + W + 1),
    ],
)
def test_endless_growth_ends_in_an_unknown_that_may_be_anything(step: Callable[[Size], Size]) -> None:
    size: Size = H
    for _ in range(100):
        size = step(size)
    assert is_unknown(size)
    assert len(str(size)) < 10_000
    too_large = H * 2**3000
    assert bounds(too_large) == (None, None)
    assert less(-1, too_large) is None


# Unknowns


def test_an_unknown_equals_only_itself() -> None:
    a, b = unknown(), unknown()
    assert a != b
    assert equal(a, a) is True
    assert equal(a - b, 0) is None
    assert a - a == 0
    assert less(a, 0) is False


def test_an_unknown_is_printed_as_a_question_mark_and_its_label_is_in_the_repr() -> None:
    size = 2 * unknown("number of boxes") + H
    assert str(size) == "2*? + H"
    assert "number of boxes" in repr(size)
    assert str(unknown() // 2 + 1) == "?//2 + 1"


def test_what_mentions_an_unknown_is_unknown() -> None:
    assert is_unknown(maximum(H, unknown()) // 2 + 1)
    assert not is_unknown(H)
    assert not is_unknown(3)
    assert symbols(H * unknown() // W) == {"H", "W"}
    assert symbols(3) == frozenset()


# Reading


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("3", 3),
        (" H ", H),
        ("32*H", 32 * H),
        ("H*32", 32 * H),
        ("H+1", H + 1),
        ("H - 4", H - 4),
        ("(H + 1)//2", (H + 1) // 2),
        ("-(-H//2)", (H + 1) // 2),
        ("max(H, W, 4)", maximum(maximum(H, W), 4)),
        ("N*H % 4", N * H % 4),
    ],
)
def test_parse(text: str, size: Size) -> None:
    assert parse(text) == size


@pytest.mark.parametrize("text", ["0", "-3", "3 - 5", "-H", "0*H", "H - H", "min(H, W) - 2*W"])
def test_sizes_that_are_not_positive_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="positive"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "H+", "32h", "3.5", "True", "'H'", "H/2", "H**2", "a.b", "f(H)", "max()", "max(*H)", "max(H, key=W)"),
        *("H if W else C", "[H]", "H, W", "H < W", "~H", "?", "H//0", "lambda: 3", "__import__('os')", "H\0"),
        *("(" * 150, "-" * 150 + "?", "9**9**9", "9" * 5000, "H+" * 5000 + "H"),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a size such as"):
        parse(text)


@pytest.mark.parametrize("name", ["", "3", "a b", "a.b", "?", "for"])
def test_a_symbol_needs_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="is no name for a size"):
        symbol(name)


def test_a_multiple_is_positive() -> None:
    with pytest.raises(ValueError, match="multiple"):
        symbol("h", multiple=0)


# Substitution


def test_substitution_replaces_all_at_once() -> None:
    assert substitute(H - 2 * W, {"H": W, "W": H}) == W - 2 * H
    assert substitute((H + 1) // 2, {"H": 32 * H + 1}) == 16 * H + 1
    assert substitute(maximum(H, W), {"H": 3, "W": 5, "C": 0}) == 5
    assert substitute(7, {"H": 3}) == 7


def test_a_value_below_the_minimum_is_refused() -> None:
    with pytest.raises(ValueError, match="H is at least 1, it cannot be 0"):
        substitute(H + 1, {"H": 0})
    assert substitute(symbol("H", minimum=0) + 1, {"H": 0}) == 1


def test_a_divisor_that_becomes_zero_raises() -> None:
    with pytest.raises(ZeroDivisionError):
        substitute(N // (H - W), {"H": 3, "W": 3})


def test_product() -> None:
    assert product([]) == 1
    assert product([2, 3]) == 6
    assert str(product([N, 64, H // 2, W // 2])) == "64*N*(H//2)*(W//2)"


# Questions

STEP = (H + 1) // 3 - (2 * (H // 2) + 1) // 3  # 1 for H = 5, 11, 17, …, else 0


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (equal(3, 3), True),
        (equal(3, 4), False),
        (equal(H, 4), None),
        (equal(H, 0), False),
        (equal(H, W), None),
        (equal(H, H + 1), False),
        (equal(2 * (H // 2), H), None),
        (equal(2 * (H // 2), H + 1), False),
        (equal((H + 1) // 2, (H - 1) // 2), False),
        (equal((H + 1) // 2, H // 2), None),
        (equal(H - H // 2, (H + 1) // 2), True),
        (equal(H // 2 + (H + 1) // 2, H), True),
        (equal(4 * H + 2 * W, 2 * C + 1), False),
        (equal(H * (H + 1) % 2, 0), True),
        (equal((2 * (H // 2) + 1) // 3, (H + 4) // 6 + H // 6), True),
        (equal(STEP * (STEP - 1), 0), True),
        (at_most(H // (H % 2), H), True),
        (equal(H * W, N * H * W), None),
        (less(3, 4), True),
        (less(4, 4), False),
        (less(0, H), True),
        (less(H, 1), False),
        (less(1, H), None),
        (less(0, H - 4), None),
        (less(0, (H + 1) // 2), True),
        (less(H // 2, H), True),
        (less(H // 32, H), True),
        (less(H % 7, 7), True),
        (less((H // 2) * (W // 2), H * W), True),
        (less(H * W, H * W * N), None),
        (less(maximum(H, W), minimum(H, W)), False),
        (less(W // H, W), None),
        (at_most(4, 4), True),
        (at_most(5, 4), False),
        (at_most(H * W, H * W * N), True),
        (at_most(W // H, W), None),
        (at_most(2 * (H // 2), H), True),
        (at_most(H, 2 * (H // 2)), None),
        (at_most(1, H), True),
        (at_most(2, H), None),
        (divides(3, 9), True),
        (divides(3, 10), False),
        (divides(1, H), True),
        (divides(2, H), None),
        (divides(2, symbol("h", multiple=32)), True),
        (divides(2, 2 * H + 1), False),
        (divides(-4, 4 * (H // 4)), True),
        (divides(6, H * (H + 1) * (H + 2)), True),
        (divides(4, H * H + 2), False),
        (divides(4, H * H), None),
        (divides(0, H), False),
        (divides(0, 0), True),
        (divides(0, 3), False),
    ],
)
def test_answers(answer: bool | None, expected: bool | None) -> None:
    assert answer is expected


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (3, (3, 3)),
        (H, (1, None)),
        (-H, (None, -1)),
        (symbol("h", multiple=32, minimum=2), (64, None)),
        (unknown(), (0, None)),
        (H - 4, (-3, None)),
        (H - W, (None, None)),
        (H * W + 2, (3, None)),
        (3 - H * W, (None, 2)),
        (-2 * (H // 2), (None, 0)),
        ((H + 1) // 2, (1, None)),
        (H % 7, (0, 6)),
        (H - H // 32, (1, None)),
        (minimum(H, 5), (1, 5)),
        (maximum(H, 5), (5, None)),
        (minimum(H, 5) * minimum(W, 3), (1, 15)),
        ((minimum(H, 5) - 7) // W, (-6, -1)),
        ((minimum(H, 5) - 9) // minimum(W, 3), (-8, -2)),
        (-7 // W * minimum(H, 3), (-21, -1)),
        (H // (2 - W), (None, None)),
        (20 // (minimum(W, 5) + 2), (2, 6)),
    ],
)
def test_bounds(size: Size, expected: tuple[int | None, int | None]) -> None:
    assert bounds(size) == expected


# Properties: whatever is built or claimed holds for numbers

DOMAINS = {"H": symbol("H"), "W": symbol("W"), "z": symbol("z", minimum=0), "m": symbol("m", multiple=4)}
BOX = [dict(zip(DOMAINS, values, strict=True)) for values in itertools.product((1, 2, 5), (1, 3, 4), (0, 1, 6), (1, 2))]
Tree = Any
OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "//": operator.floordiv, "%": operator.mod}


def _nodes(children: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    divisors = st.integers(-6, 9).filter(bool)
    return st.one_of(
        st.tuples(st.sampled_from(["+", "-", "*", "//", "%", "max", "min"]), children, children),
        st.tuples(st.sampled_from(["//", "%"]), children, divisors),
        st.tuples(st.sampled_from(["+", "*"]), children, st.integers(-6, 9)),
    )


TREES = st.recursive(st.sampled_from(sorted(DOMAINS)) | st.integers(-3, 9), _nodes, max_leaves=9)


def _number(tree: Tree, values: dict[str, int]) -> int:
    scaled = {name: value * (4 if name == "m" else 1) for name, value in values.items()}
    number: int = _value(tree, scaled, {**OPERATORS, "max": max, "min": min})
    return number


def _value(tree: Tree, names: Any, operators: Any) -> Any:
    if isinstance(tree, tuple):
        return operators[tree[0]](*(_value(child, names, operators) for child in tree[1:]))
    return names[tree] if isinstance(tree, str) else tree


def _built(tree: Tree) -> Size:
    """The tree's size, where it is defined and not too large to be followed."""
    try:
        size: Size = _value(tree, DOMAINS, {**OPERATORS, "max": maximum, "min": minimum})
    except ZeroDivisionError:
        assume(False)
        raise
    assume(not is_unknown(size))
    return size


def _numbers(*trees: Tree) -> list[tuple[dict[str, int], list[int]]]:
    """The trees' values wherever in the box no divisor is zero."""
    rows = []
    for values in BOX:
        try:
            rows.append((values, [_number(tree, values) for tree in trees]))
        except ZeroDivisionError:
            continue
    assume(rows)
    return rows


many = settings(max_examples=100)


@many
@given(TREES)
def test_the_normal_form_has_the_value_that_python_computes(tree: Tree) -> None:
    size = _built(tree)
    low, high = bounds(size)
    for values, (number,) in _numbers(tree):
        assert substitute(size, values) == number
        assert low is None or low <= number
        assert high is None or number <= high


@many
@given(TREES)
def test_the_text_is_python_of_that_value_and_parses_back(tree: Tree) -> None:
    size = _built(tree)
    for values, (number,) in _numbers(tree):
        assert eval(str(size), {"max": max, "min": min, **values}) == number
    positive = _without_z(tree)
    if isinstance(size := _built(positive), Dim) and at_most(size, 0) is not True and len(str(size)) < 1000:
        assert parse(str(size)) == size


def _without_z(tree: Tree) -> Tree:
    """The tree over symbols of at least 1 only, which are the ones that `parse` makes."""
    if isinstance(tree, tuple):
        return (tree[0], *(_without_z(child) for child in tree[1:]))
    return "W" if tree == "z" else tree


@many
@given(TREES, TREES, st.integers(-6, 9))
def test_what_is_proved_is_so_everywhere(left: Tree, right: Tree, k: int) -> None:
    a, b = _built(left), _built(right)
    rows = [numbers for _, numbers in _numbers(left, right)]
    _assert_holds(equal(a, b), [x == y for x, y in rows])
    _assert_holds(less(a, b), [x < y for x, y in rows])
    _assert_holds(at_most(a, b), [x <= y for x, y in rows])
    _assert_holds(divides(k, a), [x % k == 0 if k else x == 0 for x, _ in rows])


def _assert_holds(answer: bool | None, seen: list[bool]) -> None:
    assert answer is None or set(seen) == {answer}


@many
@given(TREES, TREES)
def test_two_ways_to_one_size_are_never_told_apart(left: Tree, right: Tree) -> None:
    a, b = _built(left), _built(right)
    assume(not any(map(is_unknown, [a * b, a * a, b * b, a * a - b * b, maximum(a, b), minimum(a, b)])))
    assert (a + b, a * b, a - b, a - a) == (b + a, b * a, -(b - a), 0)
    assert equal((a + b) * (a - b), a * a - b * b) is True
    assert (maximum(a, b), minimum(a, b)) == (maximum(b, a), minimum(b, a))
    assert substitute(substitute(a, {"H": N, "W": C}), {"N": H, "C": W}) == a


LINEAR = st.tuples(st.integers(-5, 5), st.integers(-5, 5), st.integers(1, 4), st.integers(-3, 3))


@many
@given(LINEAR, LINEAR)
def test_one_symbol_and_small_divisors_are_decided_for_good(first: Any, second: Any) -> None:
    """With c·H + ⌊(d·H + e)/m⌋ on both sides the answers are those of trying out many sizes."""

    def value(numbers: tuple[int, int, int, int], size: Any) -> Any:
        c, d, m, e = numbers
        return c * size + (d * size + e) // m

    steps = [value(second, h) - value(first, h) for h in range(1, 200)]
    zero = [step == 0 for step in steps]
    above = [step > 0 for step in steps]
    assert equal(value(first, H), value(second, H)) is (all(zero) if all(zero) or not any(zero) else None)
    assert less(value(first, H), value(second, H)) is (all(above) if all(above) or not any(above) else None)


CONVOLUTIONS = st.lists(
    st.tuples(st.integers(1, 7), st.integers(1, 4), st.integers(0, 3), st.integers(1, 3)), min_size=1, max_size=6
)


@many
@given(CONVOLUTIONS, st.integers(200, 400))
def test_a_chain_of_convolutions_is_one_floor(chain: list[tuple[int, int, int, int]], number: int) -> None:
    size: Size = H
    result = number
    for kernel, stride, padding, dilation in chain:
        size = (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
        result = (result + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
    assert substitute(size, {"H": number}) == result
    assert str(size).count("//") <= 1


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (H * W * 6, H * 4, (W * 3, 2)),
        (H + 1, 25, (H + 1, 25)),
        (8, 12, (8, 12)),
        (H * 2 + 2, H * 4, (H + 1, H * 2)),
        (H * 7 + 7, 21, (H + 1, 3)),
    ],
)
def test_common_factors_cancel(a: Size, b: Size, expected: tuple[Size, Size]) -> None:
    assert cancelled(a, b) == expected
