"""Exact sets of positions agree with explicit index sets, and describe themselves."""

from __future__ import annotations

from functools import reduce

import pytest
from axis_operations import (
    Op,
    backwards,
    dilated,
    joined,
    known,
    operations,
    then,
)
from bruteforce import (
    reaches,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from rflint import field
from rflint.field import Positions, spread


@settings(max_examples=150)
@given(st.lists(operations, min_size=1, max_size=4), st.integers(-9, 9))
def test_the_exact_set_of_a_chain(ops: list[Op], unit: int) -> None:
    assert backwards([access for access, _ in ops], unit) == reaches([reads for _, reads in ops], unit)


@settings(max_examples=60)
@given(operations, st.sets(st.integers(-30, 30)))
def test_an_operation_reads_the_union_for_many_positions(op: Op, outputs: set[int]) -> None:
    access, reads = op
    needed = reduce(joined, (Positions(output, 1) for output in outputs), Positions())
    assert set(needed) == outputs
    read = spread(needed, access)
    assert read is not None
    assert set(read) == {x for output in outputs for x in reads(output)}


@pytest.mark.parametrize(
    ("dilations", "count", "extent"),
    [
        ((2, 2, 2), 7, 13),
        ((1, 2, 9), 21, 25),
        ((2, 4, 8), 15, 29),
        ((4, 8, 16), 15, 57),
        ((3, 4, 5), 21, 25),
        ((5, 9, 17), 27, 63),
        ((2, 4, 8, 16), 31, 61),
        ((2,) * 6, 13, 25),
        ((3, 3, 3), 7, 19),
        ((2, 3), 9, 11),
        ((2, 3, 5), 19, 21),
        ((3, 5), 9, 17),
        ((6, 12, 18), 13, 73),
        ((1, 2, 5), 17, 17),
        ((1, 2, 5, 9), 35, 35),
        ((1, 3, 9), 27, 27),
    ],
)
def test_positions_reached_by_dilated_convolutions(dilations: tuple[int, ...], count: int, extent: int) -> None:
    layers = dilated(*dilations)
    found = Positions(0, 1)
    for access in layers:
        found = spread(found, known(access)) or Positions()
    assert (found.count, found.extent) == (count, extent)
    assert found.extent == then(*layers).size[0]
    assert bool(found.holes) == (count < extent) == field.holes_in_chain([3] * len(dilations), dilations)


def test_a_set_with_holes_describes_itself() -> None:
    found = spread(spread(Positions(10, 1), field.window(3, 1, 0, 2)) or Positions(), field.window(2, 1, 0, 8))
    assert found is not None
    assert list(found) == [10, 12, 14, 18, 20, 22]
    assert (found.count, found.extent, found.gcd, found.pattern) == (6, 13, 2, "#.#.#...#.#.#")
    assert found.holes == (range(11, 12), range(13, 14), range(15, 18), range(19, 20), range(21, 22))


def test_the_empty_set_and_a_single_position() -> None:
    empty, one = Positions(), Positions(7, 1)
    assert (empty.count, empty.extent, empty.holes, empty.pattern, empty.gcd, list(empty)) == (0, 0, (), "", 0, [])
    assert (one.count, one.extent, one.holes, one.pattern, one.gcd, list(one)) == (1, 1, (), "#", 0, [7])
    assert one.union(empty) == empty.union(one) == one


def test_a_flip_turns_a_set_around() -> None:
    assert set(spread(Positions(3, 0b1011), field.strided(10, -1)) or ()) == {7, 6, 4}
    assert set(spread(Positions(3, 0b1011), field.strided(0, -3)) or ()) == {-9, -12, -18}


def test_huge_windows_cost_nothing() -> None:
    huge = field.window(10**30, 1, 10**29)
    assert then(huge).size == (10**30, 10**30)
    assert then(field.repeated(2), huge).size == (10**30 // 2, 10**30 // 2 + 1)
    assert spread(Positions(0, 1), huge) is None
    assert spread(Positions(0, 0b11), field.strided(0, 10**30)) is None
    assert Positions(0, 1).union(Positions(10**30, 1)) is None


@settings(max_examples=100)
@given(st.sets(st.integers(-20, 20)), st.sets(st.integers(-20, 20)), st.integers(-25, 25), st.integers(-25, 25))
def test_parts_of_sets(one: set[int], other: set[int], start: int, stop: int) -> None:
    a, b = (reduce(joined, (Positions(position, 1) for position in some), Positions()) for some in (one, other))
    assert set(a.within(start, stop)) == {position for position in one if start <= position < stop}
    assert a.within(start, stop).bits & 1 or not a.within(start, stop).bits
    assert a.holds(b) == (one >= other)
