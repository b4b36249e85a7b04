"""Layouts say where units lie after views and transpositions: compared with numbers that are really moved about."""

from __future__ import annotations

from itertools import product
from math import prod

from hypothesis import given, settings
from hypothesis import strategies as st

from rflint.dims import symbol
from rflint.field.layouts import Digit, Layout, axis_of, freed, laid_out, moved, regrouped, united, within

Shape = tuple[int, ...]
Numbers = dict[Shape, int]
"""The number of the unit that stands at each place of a tensor."""


def start(shape: Shape, axis: int) -> Numbers:
    return {place: place[axis] for place in product(*map(range, shape))}


def viewed(numbers: Numbers, before: Shape, after: Shape) -> Numbers:
    flat = [numbers[place] for place in product(*map(range, before))]
    return dict(zip(product(*map(range, after)), flat, strict=True))


def turned(numbers: Numbers, order: tuple[int, ...]) -> Numbers:
    return {tuple(place[at] for at in order): number for place, number in numbers.items()}


def numbered(layout: Layout, shape: Shape) -> Numbers:
    """What the layout says."""
    return {
        place: sum(place[d.axis] // d.stride % d.size * d.weight for d in layout if d.axis is not None)  # type: ignore
        for place in product(*map(range, shape))
    }


def other_shapes(shape: Shape) -> list[Shape]:
    """Some shapes with as many elements: neighbours merged, and axes split."""
    found = [(*shape[:at], shape[at] * shape[at + 1], *shape[at + 2 :]) for at in range(len(shape) - 1)]
    for at, size in enumerate(shape):
        found += [(*shape[:at], size // f, f, *shape[at + 1 :]) for f in range(2, size) if size % f == 0]
    return [shape, (1, *shape), *found]


@settings(max_examples=200)
@given(st.data())
def test_views_and_transpositions(data: st.DataObject) -> None:
    shape: Shape = data.draw(st.tuples(*[st.sampled_from((1, 2, 3, 4, 6, 8))] * 3))
    axis = data.draw(st.integers(0, 2))
    numbers, layout = start(shape, axis), laid_out(axis, shape[axis])
    for _ in range(data.draw(st.integers(1, 5))):
        if data.draw(st.booleans()):
            order = tuple(data.draw(st.permutations(range(len(shape)))))
            numbers, shape = turned(numbers, order), tuple(shape[at] for at in order)
            after: Layout | None = moved(layout, [order.index(at) for at in range(len(order))])
        else:
            new = data.draw(st.sampled_from(other_shapes(shape)))
            numbers, after = viewed(numbers, shape, new), regrouped(layout, shape, new)
            shape = new
        if after is None:
            return
        layout = after
        assert numbered(layout, shape) == numbers
        place = axis_of(layout, shape)
        if place is not None and prod(shape) > 1:
            assert numbers == start(shape, place)


def test_windows_of_seven_and_back() -> None:
    rows, columns = laid_out(1, 14), laid_out(2, 21)
    shapes = [(2, 14, 21, 8), (2, 2, 7, 3, 7, 8), (12, 49, 8), (2, 2, 3, 7, 7, 8), (2, 14, 21, 8)]
    order = [0, 1, 3, 2, 4, 5]
    for axis, layout in ((1, rows), (2, columns)):
        cut = regrouped(layout, shapes[0], shapes[1])
        assert cut is not None
        turned = moved(cut, order)
        assert turned is not None
        tokens = regrouped(turned, (2, 2, 3, 7, 7, 8), shapes[2])
        assert tokens is not None
        assert {digit.axis for digit in tokens} == {0, 1}
        window, (gone,) = freed(tokens, 1)
        assert [digit.axis for digit in window] == [None, 0]
        access = within(gone)
        assert access is not None
        assert (access.step, set(access.taps)) == (7, {range(7)})
        assert united(window, tokens) == united(tokens, window) == tokens
        back = regrouped(tokens, shapes[2], shapes[3])
        assert back is not None
        again = moved(back, order)
        assert again is not None
        whole = regrouped(again, shapes[1], shapes[4])
        assert whole is not None
        assert axis_of(whole, shapes[4]) == axis


def test_a_grid_is_the_other_digit() -> None:
    cut = regrouped(laid_out(0, 12), (12,), (4, 3))
    assert cut is not None
    _, (gone,) = freed(cut, 0)
    access = within(gone)
    assert access is not None
    assert (access.step, access.taps[5]) == (12, range(2, 12, 3))


def test_sizes_that_are_not_known() -> None:
    h = symbol("h")
    rows = regrouped(laid_out(1, 7 * h), (2, 7 * h, 8), (2, h, 7, 8))
    assert rows == (Digit(2, 1, 7, 1), Digit(1, 1, h, 7))
    assert within(rows[0]) is not None
    assert within(rows[1]) is None
    assert regrouped(rows, (2, h, 7, 8), (2, 7 * h, 8)) == laid_out(1, 7 * h)
    assert regrouped(laid_out(1, h), (2, h, 8), (2, 3, 5, 8)) is None


def test_layouts_that_do_not_fit() -> None:
    assert regrouped(laid_out(0, 6), (6, 2), (4, 3)) is None
    assert regrouped(laid_out(0, 6), (6, 2), (3, 2)) is None
    assert united(laid_out(0, 6), laid_out(1, 6)) is None
    assert united(laid_out(0, 6), (Digit(0, 1, 2, 1), Digit(1, 1, 3, 2))) is None
    assert moved(laid_out(1, 6), [0, None]) is None
    assert axis_of((), ()) is None
    assert within(Digit(0, 1, 5000, 1)) is None
