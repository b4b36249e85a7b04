"""Who reads a tensor behind what only passes it on, and which of its rows: on traces made by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import H, N, Network, T, W, same

from rflint import field
from rflint.checks._readers import (
    Reader,
    is_one_of_several,
    moves,
    readers_of,
    remainders,
    rows_read,
    tensors,
)
from rflint.field import Access
from rflint.trace import Read


def image(*shape: Any) -> tuple[Network, T]:
    net = Network(x=shape)
    return net, net.input()


def reading(access: Access | None, moved: int = 0) -> Reader:
    """A use that reads the second axis of a tensor so, behind crops that have moved it."""
    net, x = image(N, 8)
    net.use("window", [(x, [Read("kept", 0, field.IDENTITY), Read("kept", 1, access)])], (N, 8))
    return Reader(net.uses[0], 0, {1: moved})


# What is passed on


def moved_by(net: Network, made: T) -> dict[int, int] | None:
    trace = net.trace(made)
    return moves(trace, trace.uses[-1])


def test_pointwise_layers_and_crops_move_what_they_pass_on() -> None:
    net, x = image(N, 8, H, W)
    assert moved_by(net, net.conv(x, k=1)) == {2: 0, 3: 0}
    assert moved_by(net, net.sliced(x, 2, 3, H - 3)) == {2: 3, 3: 0}


@pytest.mark.parametrize(
    "access", [None, field.strided(0, 2), field.window(3), field.repeated(2), Access(1, (range(1), range(1, 2)))]
)
def test_what_picks_mixes_or_repeats_positions_does_more(access: Access | None) -> None:
    net, x = image(N, 8, H, W)
    reads = [*same(x)[:3], Read("kept", 3, access)]
    assert moved_by(net, net.use("some", [(x, reads)], (N, 8, H, W))) is None


def test_axes_that_change_places_are_not_passed_on() -> None:
    net, x = image(N, 8, H, W)
    turned = [Read("kept", to, field.IDENTITY) for to in (0, 1, 3, 2)]
    assert moved_by(net, net.use("transpose", [(x, turned)], (N, 8, W, H))) is None


def test_axes_that_are_pushed_back_are_not_passed_on() -> None:
    net, x = image(N, 8, H)
    pushed = [Read("kept", to, field.IDENTITY) for to in (0, 1, 3)]
    assert moved_by(net, net.use("unsqueeze", [(x, pushed)], (N, 8, 1, H))) is None


def test_parameters_are_no_second_tensor() -> None:
    net, x = image(N, 8, H, W)
    assert moved_by(net, net.join(x, T(None, (8, 1, 1)))) == {2: 0, 3: 0}
    assert moved_by(net, net.join(x, x)) is None


def test_what_has_no_space_is_not_passed_on() -> None:
    net, x = image(N, 8)
    assert moved_by(net, net.pointwise(x)) is None


# Tensors, and those that are views of others


def test_tensors_are_inputs_and_what_does_more_than_pass_on() -> None:
    net = Network(x=(N, 8, H, W), y=(N, 5))
    y = net.pointwise(net.conv(net.input(), padding=1, path="a"))
    z = net.conv(y, k=1, path="point")
    net.use("lost", [(z, same(z))], None)
    trace = net.trace(z)
    trace.input_shapes["unknown"] = None
    assert list(tensors(trace)) == [("x", ((2, H), (3, W))), ("y", ()), (0, ((2, H), (3, W)))]


def test_halves_of_a_tensor_and_what_has_lost_its_space_are_none() -> None:
    net = Network(x=(N, 8, H, W))
    y = net.conv(net.input(), padding=1)
    even, odd = (net.sliced(y, 2, start, H // 2, 2) for start in (0, 1))
    strip = net.use("mean", [(y, [*same(y)[:2], Read("whole", 2), Read("kept", 3, field.IDENTITY)])], (N, 8, 1, W))
    made = net.join(even, odd)
    whole = net.linear(net.flat(net.pooled(y)), 8)
    assert [source for source, _ in tensors(net.trace(made, strip, whole))] == ["x", 0, 4]


def parts(net: Network, x: T, starts: tuple[int, ...] = (0, 4)) -> list[T]:
    """Channels from each of these on."""
    return [net.sliced(x, 1, start, 4) for start in starts]


def asked(net: Network, made: T) -> bool:
    trace = net.trace(made)
    assert isinstance(made.source, int)
    return is_one_of_several(trace, trace.uses[made.source])


def test_a_part_beside_which_others_are_read() -> None:
    net, x = image(N, 8, H, W)
    y = net.conv(x, padding=1)
    first, _ = parts(net, y)
    assert asked(net, net.pointwise(first))
    assert asked(net, net.join(first, T(None, (8, 1, 1))))
    assert not asked(net, y)


def test_a_part_that_is_the_only_one() -> None:
    net, x = image(N, 8, H, W)
    (only,) = parts(net, net.conv(x, padding=1), (0,))
    assert not asked(net, only)
    (of_input,) = parts(net, x, (0,))
    assert asked(net, of_input)  # the convolution reads it, too
    net, x = image(N, 8, H, W)
    assert not asked(net, parts(net, x, (0,))[0])


def test_what_was_made_anew_is_no_part() -> None:
    net, x = image(N, 8, H, W)
    one, other = net.conv(x, padding=1, path="a"), net.conv(x, padding=1, path="b")
    assert not asked(net, one)
    assert not asked(net, net.join(one, other))
    assert not asked(net, net.resized(x, 2))
    assert not asked(net, net.use("arange", [], (N, 8)))


# Readers


def test_readers_stand_behind_what_passes_on() -> None:
    net, x = image(N, 8, H)
    y = net.pointwise(net.sliced(net.sliced(x, 2, 1, H - 1), 2, 2, H - 3))
    z = net.join(net.conv(y, path="a"), net.conv(x, k=5, path="b"))
    found = readers_of(net.trace(z), "x")
    assert [(one.use.path, one.number, dict(one.moved)) for one in sorted(found, key=lambda one: one.use.path)] == [
        ("a", 0, {2: 3}),
        ("b", 0, {}),
    ]


def test_the_operand_as_which_it_is_read() -> None:
    net, x = image(N, 8, H)
    y = net.join(net.conv(x, path="a", padding=1), x)
    assert sorted(one.number for one in readers_of(net.trace(y), "x")) == [0, 1]


def test_what_is_given_out_or_leads_nowhere_has_readers_that_are_not_known() -> None:
    net, x = image(N, 8, H)
    y = net.conv(x)
    assert not readers_of(net.trace(x, y), "x")
    net.pointwise(x)
    assert not readers_of(net.trace(y), "x")


# Rows


def test_a_window_reads_the_remainders_of_its_taps() -> None:
    assert remainders(reading(field.window(3, 2, 1, 2)), 1) == (2, {1})
    assert remainders(reading(field.window(3, 2, 1)), 1) == (2, {0, 1})
    assert remainders(reading(field.window(3)), 1) == (1, {0})
    assert remainders(reading(field.strided(7, -2), 1), 1) == (2, {0})
    assert remainders(reading(field.strided(0, 4), 3), 1) == (4, {3})
    assert remainders(reading(Access(4, (range(1), range(2, 3)))), 1) == (4, {0, 2})


def test_what_is_not_known_of_a_window() -> None:
    assert remainders(reading(None), 1) is None
    assert remainders(reading(field.strided(0, 1)), 2) is None
    assert remainders(reading(Access(0, (range(1),))), 1) is None
    assert remainders(reading(field.strided(0, 4096)), 1) == (4096, {0})
    assert remainders(reading(field.strided(0, 4097)), 1) is None


def test_rows_that_all_readers_leave_out() -> None:
    halves = [reading(field.strided(0, 2)), reading(field.strided(0, 3))]
    assert rows_read(halves, 1, H) == (6, {0, 2, 3, 4})
    assert rows_read(halves, 1, 5) == (5, {0, 2, 3, 4})
    assert rows_read(halves, 1, 1) is None  # the only row is read
    assert rows_read([*halves, reading(field.window(3))], 1, H) is None
    assert rows_read([*halves, reading(None)], 1, H) is None
    assert rows_read([], 1, H) is None


def test_rows_that_repeat_after_too_many_are_not_counted() -> None:
    assert rows_read([reading(field.strided(0, 64)), reading(field.strided(0, 4096))], 1, H) == (
        4096,
        set(range(0, 4096, 64)),
    )
    assert rows_read([reading(field.strided(0, 3)), reading(field.strided(0, 4096))], 1, H) is None


@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(0, 3), st.integers(1, 3)), min_size=1, max_size=3
    )
)
def test_rows_are_those_that_some_tap_reads(windows: list[tuple[int, int, int, int]]) -> None:
    """Far from the borders, counted."""
    readers = [reading(field.window(*one)) for one in windows]
    read = {
        place * stride - padding + tap * dilation
        for kernel, stride, padding, dilation in windows
        for place in range(100)
        for tap in range(kernel)
    }
    found = rows_read(readers, 1, H)
    period, rows = found or (1, {0})
    assert all((row % period in rows) is (row in read) for row in range(24, 84))
