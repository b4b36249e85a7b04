"""Which layers widen a field, and at which of them it is said, on traces made by hand."""

from __future__ import annotations

from networks import H, N, Network

from rflint.checks._widening import extension, just, last_window, most_before, seen, widening
from rflint.field import Interval


def test_the_last_layer_with_a_window_stands_for_interpolation_behind_it() -> None:
    net = Network(x=(N, 8, H))
    y = net.conv(net.input(), k=1, path="point")
    y = net.resized(net.conv(y, padding=1), 2, "bilinear")
    wide = widening(net.trace(y), 2, "x", 0)
    assert [use.base for use in wide] == ["Upsample", "Conv1d"]
    assert last_window(wide) is wide[1]
    assert last_window(wide[:1]) is wide[0]


def test_one_input_sees_nothing_of_another() -> None:
    net = Network(x=(N, 8, H), y=(N, 8, H))
    both = net.join(net.input("x"), net.input("y"))
    trace = net.trace(both)
    assert [seen(trace, source, "x", 0) for source in ("x", "y", None)] == [1, 0, 0]
    assert most_before(trace, trace.uses[0], "x", 0) == 1


def test_behind_a_transposed_layer_units_that_see_least_leave_the_holes() -> None:
    at = Interval(4, (0, 0), (0, 4))  # 1 and 5 positions in turns, 2 apart on average
    assert (at.size, at.jump) == ((1, 5), 2)
    assert extension(at, 4) == [1]
    assert just(at, 4) == []
