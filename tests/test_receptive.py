"""Receptive fields over traces written by hand: branches, axes and inputs, and random graphs against brute force."""

from __future__ import annotations

from fractions import Fraction

from bruteforce import Node, Reads, convolution, copies, moved, reaches_in_graph, sliced, tent, transposed_convolution
from handmade import HERE, Net, conv
from hypothesis import given, settings
from hypothesis import strategies as st

from rflint import field
from rflint.field import IDENTITY, INPUT, Access, Interval
from rflint.receptive import AxisField, fields, reached
from rflint.trace import Layer, Operand, Read, Use


def sees(net: Net, use: int) -> tuple[Interval | None, str]:
    axis = net.axis(use)
    return axis.interval, axis.whole


def graph_steps() -> st.SearchStrategy[tuple[Access, Reads]]:
    windows = st.builds(
        lambda k, s, p, d: (field.window(k, s, p, d), convolution(k, s, p, d)),
        st.integers(1, 4),
        st.sampled_from((1, 1, 1, 2)),
        st.integers(0, 3),
        st.integers(1, 3),
    )
    transposes = st.builds(
        lambda k, p: (field.transposed(k, 2, p, 1), transposed_convolution(k, 2, p, 1)),
        st.integers(1, 4),
        st.integers(0, 2),
    )
    others = st.sampled_from(
        (
            (field.repeated(2), copies(2)),
            (field.linear_by(2), tent(Fraction(1, 2))),
            (field.linear(4, 6, False), tent(Fraction(2, 3))),
            (field.shifted(-2), moved(-2)),
            (field.shifted(1), moved(1)),
            (field.strided(1, 2), sliced(1, 2)),
            (IDENTITY, moved(0)),
        )
    )
    return st.one_of(windows, windows, transposes, others)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Net, list[Node]]:
    """A random graph, written down twice: as a trace and for brute force."""
    net, nodes = Net(), list[Node]()
    for _ in range(draw(st.integers(1, 7))):
        earlier = st.integers(-1, len(nodes) - 1)
        if draw(st.integers(0, 3)):
            source = draw(earlier)
            access, reads = draw(graph_steps())
            net.layer(access, "x" if source < 0 else source)
            nodes.append(((source, reads),))
        else:
            sources = draw(st.lists(earlier, min_size=2, max_size=3))
            net.join(*("x" if source < 0 else source for source in sources))
            nodes.append(tuple((source, moved(0)) for source in sources))
    return net, nodes


@settings(max_examples=60)
@given(graphs())
def test_fields_of_random_graphs_are_the_extents_of_every_unit(drawn: tuple[Net, list[Node]]) -> None:
    net, nodes = drawn
    for index, made in enumerate(net.fields()):
        interval = made["x"][0].interval
        for unit in range(2 * interval.period if interval else 0):
            seen = reaches_in_graph(nodes, index, unit)
            assert interval is None or interval.span(unit) == ((min(seen), max(seen)) if seen else None)


@settings(max_examples=60)
@given(graphs(), st.integers(-3, 9))
def test_reached_sets_of_random_graphs_are_exact(drawn: tuple[Net, list[Node]], unit: int) -> None:
    net, nodes = drawn
    trace = net.trace()
    for index, made in enumerate(fields(trace)):
        positions = reached(trace, index, "x", 0, unit)
        assert positions is not None
        assert set(positions) == reaches_in_graph(nodes, index, unit)
        interval, any_unit = made["x"][0].interval, reached(trace, index, "x", 0)
        if interval and any_unit:
            low, high = interval.size
            assert low <= any_unit.extent <= high
            assert any_unit.count <= any_unit.extent


def test_branches_with_different_jumps_have_no_interval_but_an_exact_set() -> None:
    net = Net()
    both = net.join("x", net.layer(conv(3, 2), "x"))
    assert net.axis(both) == AxisField(
        2, (INPUT, Interval(2, (-1,), (1,))), reason="branches with different jumps meet"
    )
    positions = reached(net.trace(), both, "x", 0, 4)
    assert positions is not None
    assert list(positions) == [4, 7, 8, 9]


def test_misaligned_branches_see_their_union() -> None:
    net = Net()
    both = net.join(net.layer(field.window(2, 2), "x"), net.layer(field.window(3, 2, 1), "x"))
    assert net.axis(both).interval == Interval(2, (-1,), (1,))


def test_axes_are_followed_separately() -> None:
    net = Net(rank=4)
    tall = net.use("Conv2d", {"x": net.kept(conv(3, 2), conv(2))})
    trace = net.trace()
    assert [axis.interval for axis in fields(trace)[tall]["x"]] == [Interval(2, (-1,), (1,)), Interval(1, (0,), (1,))]
    assert [list(reached(trace, tall, "x", axis) or ()) for axis in (0, 1)] == [[-1, 0, 1], [0, 1]]


def test_an_interior_unit_is_one_that_sees_something() -> None:
    net = Net()
    last = net.layer(field.transposed(1, 2, 1, 1), "x")
    trace = net.trace()
    assert list(reached(trace, last, "x", 0) or ()) == [1]
    assert list(reached(trace, last, "x", 0, 0) or ()) == []


def test_every_input_that_arrives_has_a_field() -> None:
    net = Net(names=("image", "mask"))
    left, right = net.layer(conv(3), "image"), net.layer(conv(5), "mask")
    both = net.join(left, right)
    made = net.fields()
    assert set(made[left]) == {"image"}
    assert set(made[both]) == {"image", "mask"}
    assert made[both]["mask"] == made[right]["mask"]
    assert made[both]["image"] == made[left]["image"]
    assert reached(net.trace(), left, "mask", 0) is None


def test_a_parameter_adds_nothing() -> None:
    net = Net()
    added = net.use("add", {"x": net.kept(IDENTITY)})
    net.uses[added] = Use(
        added, "", Layer("add", "add", {}), (*net.uses[added].operands, Operand(None, (8,))), (8,), HERE
    )
    alone = Use(1, "", Layer("relu", "relu", {}), (Operand(None, (8,)),), (8,), HERE)
    net.uses.append(alone)
    assert sees(net, added) == (INPUT, "")
    assert net.fields()[1] == {}


def test_unknown_reads_make_the_field_unknown_and_keep_the_first_reason() -> None:
    net = Net()
    offsets = net.use("DeformConv2d", {"x": [*net.kept(IDENTITY)[:2], Read("unknown", 2, None, "offsets are data")]})
    after = net.use(
        "roll", {net.layer(conv(3), offsets): [*net.kept(IDENTITY)[:2], Read("unknown", 2, None, "shift is data")]}
    )
    joined = net.join(net.layer(conv(3), "x"), after)
    assert net.axis(joined) == net.axis(after) == AxisField(2, (), reason="offsets are data")
    assert reached(net.trace(), joined, "x", 0) is None
    assert net.axis(net.pool(joined)).whole == "layer5 AdaptiveAvgPool2d"


def test_what_is_global_stays_so_through_unknown_reads() -> None:
    net = Net()
    warped = net.use("warp", {net.pool("x"): [*net.kept(IDENTITY)[:2], Read("unknown", 2, None, "data")]})
    assert net.axis(warped) == AxisField(2, (INPUT,), "layer0 AdaptiveAvgPool2d", pooled=True)


def test_a_folded_axis_makes_what_it_meets_unknown() -> None:
    net = Net()
    both = net.join("x", net.use("view", {"x": [Read("kept", 0, IDENTITY), Read("mixed"), Read("mixed")]}))
    assert net.axis(both).at is None
    assert "view folds it" in net.axis(both).reason


def test_an_operation_without_reads_is_unknown() -> None:
    net = Net()
    assert net.axis(net.use("mystery", {"x": []})).reason == "reads of mystery are not described"


def test_an_access_that_is_not_described_is_unknown() -> None:
    net = Net()
    axis = net.axis(net.layer(field.repeated(5000), "x", "Upsample"))
    assert (axis.at, axis.interval, axis.reason) == (2, None, "the positions that layer0 Upsample reads are not known")


def test_too_many_phases_are_unknown() -> None:
    net = Net()
    axis = net.axis(net.chain("x", *[field.repeated(64)] * 3))
    assert axis.interval is None
    assert axis.reason == "after layer2 Conv2d the field has too many phases to follow"


def test_axes_in_different_places_do_not_meet() -> None:
    net = Net(rank=4)
    turned = net.use("transpose", {"x": [Read("kept", to, IDENTITY) for to in (0, 1, 3, 2)]})
    both = net.join("x", turned)
    axis = net.axis(both)
    assert (axis.at, axis.interval) == (None, None)
    assert "different places" in axis.reason
    assert reached(net.trace(), both, "x", 0) is None
