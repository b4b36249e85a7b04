"""Sets over all axes: unions of boxes hold just the positions that explicit sets of points hold."""

from __future__ import annotations

from itertools import product

import pytest
from handmade import Net, Source
from hypothesis import given, settings
from hypothesis import strategies as st

from rflint import field
from rflint.field import IDENTITY
from rflint.receptive import boxes, coverage
from rflint.receptive.boxes import Coverage, size
from rflint.trace import Read, Trace

Point = tuple[int, int]


def points(trace: Trace, use: int, unit: Point) -> set[Point]:
    """What a unit of a picture reads, point by point."""
    needed: dict[Source, set[Point]] = {use: {unit}}
    for index in range(use, -1, -1):
        for operand in trace.uses[index].operands:
            rows, columns = (operand.reads[axis].access for axis in (2, 3))
            assert rows is not None
            assert columns is not None
            assert isinstance(operand.source, (int, str))
            for i, j in needed.get(index, ()):
                reads = product(*(of(access, at) for access, at in ((rows, i), (columns, j))))
                needed.setdefault(operand.source, set()).update(reads)
    return needed["x"]


def of(access: field.Access, unit: int) -> list[int]:
    turn, phase = divmod(unit, len(access.taps))
    return [access.step * turn + tap for tap in access.taps[phase]]


accesses = st.sampled_from(
    (
        IDENTITY,
        IDENTITY,
        field.window(3, 1, 1),
        field.window(3, 1, 2, 2),
        field.window(2, 2),
        field.window(3, 1, 3, 3),
        field.repeated(2),
        field.shifted(2),
    )
)


@st.composite
def pictures(draw: st.DrawFn) -> Net:
    net = Net(rank=4)
    for _ in range(draw(st.integers(1, 6))):
        sources: st.SearchStrategy[Source] = st.sampled_from(("x", *range(len(net.uses))))
        if draw(st.booleans()):
            net.use("Conv2d", {draw(sources): net.kept(draw(accesses), draw(accesses))})
        else:
            net.join(*draw(st.lists(sources, min_size=2, max_size=3)))
    return net


@settings(max_examples=80)
@given(pictures(), st.tuples(st.integers(-2, 5), st.integers(-2, 5)))
def test_boxes_hold_the_points_that_are_read(net: Net, unit: Point) -> None:
    trace = net.trace()
    for use in range(len(trace.uses)):
        wanted = points(trace, use, unit)
        found = boxes(trace, use, "x", unit)
        assert found is not None
        assert {point for box in found for point in product(*box)} == wanted
        assert size(found) == len(wanted)
        seen = coverage(trace, use, "x", unit)
        assert seen is not None
        assert (seen.read, seen.exact) == (len(wanted), True)
        assert seen.read <= seen.window


def test_a_chain_reads_the_product_of_its_axes() -> None:
    net = Net(rank=4)
    last = net.chain("x", *[field.window(3, 1, 2, 2)] * 3)
    assert coverage(net.trace(), last, "x") == Coverage(7 * 7, 13 * 13, True)


def test_a_cross_is_no_product() -> None:
    net = Net(rank=4)
    row, column = field.window(5, 1, 2), IDENTITY
    wide, high = (net.use("Conv2d", {"x": net.kept(*pair)}) for pair in ((column, row), (row, column)))
    cross = net.join(wide, high)
    assert coverage(net.trace(), cross, "x") == Coverage(9, 25, True)
    assert len(boxes(net.trace(), cross, "x") or ()) == 2


def test_a_residual_block_reads_one_box() -> None:
    net = Net(rank=4)
    at: Source = "x"
    for _ in range(4):
        at = net.join(at, net.chain(at, field.window(3, 1, 1), field.window(3, 1, 1)))
    assert isinstance(at, int)
    assert [[side.count for side in box] for box in boxes(net.trace(), at, "x") or ()] == [[17, 17]]


def test_three_axes_are_counted_too() -> None:
    net = Net(rank=5)
    arm, none = field.window(3, 1, 1), IDENTITY
    arms = [
        net.use("Conv3d", {"x": net.kept(*axes)}) for axes in ((arm, none, none), (none, arm, none), (none, none, arm))
    ]
    assert coverage(net.trace(), net.join(*arms), "x") == Coverage(7, 27, True)


def test_too_many_boxes_give_a_bound() -> None:
    net = Net(rank=4)
    lines = []
    for at in range(70):
        lines.append(net.use("Conv2d", {"x": net.kept(field.shifted(2 * at), field.shifted(3 * at))}))
    seen = coverage(net.trace(), net.join(*lines), "x")
    assert seen == Coverage(70 * 70, 139 * 208, False)


def test_axes_that_read_other_tensors_give_a_bound() -> None:
    net = Net(rank=4)
    kept = net.kept(IDENTITY)
    strip = net.use("mean", {"x": [*kept[:2], Read("whole", 2), Read("kept", 3, IDENTITY)]})
    both = net.join("x", strip, kind="mul")
    assert coverage(net.trace(), both, "x") == Coverage(1, 1, False)


@pytest.mark.parametrize("access", [None, field.window(10**7, 1, 0)])
def test_what_is_not_known_is_not_counted(access: field.Access | None) -> None:
    net = Net(rank=4)
    assert coverage(net.trace(), net.chain("x", access), "x") is None
    assert coverage(net.trace(), 0, "y") is None
