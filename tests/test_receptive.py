"""Receptive fields over hand-made traces: branches, gates, pools, folds, and networks whose figures are known."""

from __future__ import annotations

from fractions import Fraction

import pytest
from bruteforce import Node, Reads, convolution, copies, moved, reaches_in_graph, sliced, tent, transposed_convolution
from handmade import HERE, Net, Source, conv
from hypothesis import given, settings
from hypothesis import strategies as st

from rflint import field
from rflint.field import IDENTITY, INPUT, Access, Interval
from rflint.receptive import AxisField, fields, json_field, reached
from rflint.trace import Layer, Operand, Read, Use


def sees(net: Net, use: int) -> tuple[Interval | None, str]:
    axis = net.axis(use)
    return axis.interval, axis.whole


# Random graphs against brute force.


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


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_fields_of_random_graphs_are_the_extents_of_every_unit(drawn: tuple[Net, list[Node]]) -> None:
    net, nodes = drawn
    for index, made in enumerate(net.fields()):
        interval = made["x"][0].interval
        for unit in range(2 * interval.period if interval else 0):
            seen = reaches_in_graph(nodes, index, unit)
            assert interval is None or interval.span(unit) == ((min(seen), max(seen)) if seen else None)


@settings(max_examples=60, deadline=None)
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


# Networks whose figures are known.


def unet(net: Net, pad: int, up: Access | None, crops: list[int]) -> int:
    double = [field.window(3, 1, pad)] * 2
    at: Source = "x"
    skips = []
    for _ in range(4):
        skips.append(net.chain(at, *double))
        at = net.chain(skips[-1], field.window(2, 2))
    at = net.chain(at, *double)
    for skip, crop in zip(reversed(skips), crops, strict=True):
        risen = net.chain(at, up)
        at = net.chain(net.join(risen, net.layer(field.shifted(crop), skip), kind="cat"), *double)
    return net.chain(at, field.window(1))


UP = field.transposed(2, 2, 0, 1)


@pytest.mark.parametrize(
    ("pad", "up", "crops", "size"),
    [
        (0, UP, [4, 16, 40, 88], (188, 204)),
        (1, UP, [0] * 4, (188, 204)),
        (1, field.repeated(2), [0] * 4, (188, 204)),
        (1, field.linear_by(2), [0] * 4, (220, 236)),
    ],
    ids=["valid", "padded", "nearest", "bilinear"],
)
def test_unet(pad: int, up: Access | None, crops: list[int], size: tuple[int, int]) -> None:
    net = Net()
    interval = net.axis(unet(net, pad, up, crops)).interval
    assert interval is not None
    assert (interval.size, interval.jump, interval.period) == (size, Fraction(1), 16)
    trace = net.trace()
    for unit in range(16):
        positions, span = reached(trace, len(trace.uses) - 1, "x", 0, unit), interval.span(unit)
        assert positions is not None
        assert span is not None
        assert (positions.offset, positions.extent) == (span[0], span[1] - span[0] + 1)
        assert not positions.holes


def test_a_valid_unet_is_centred_by_its_crops() -> None:
    net = Net()
    interval = net.axis(unet(net, 0, UP, [4, 16, 40, 88])).interval
    assert interval is not None
    centres = [sum(span) / 2 - unit for unit in range(16) if (span := interval.span(unit))]
    assert sum(centres) / 16 == (572 - 388) / 2


def resnet(net: Net, blocks: tuple[int, ...], bottleneck: bool) -> int:
    at = net.chain("x", conv(7, 2), conv(3, 2))
    for stage, count in enumerate(blocks):
        for block in range(count):
            stride = 2 if stage and not block else 1
            inside = (conv(1), conv(3, stride), conv(1)) if bottleneck else (conv(3, stride), conv(3))
            shortcut = net.layer(conv(1, stride), at) if not block else at
            at = net.layer(IDENTITY, net.join(net.chain(at, *inside), shortcut), "ReLU")
    return at


@pytest.mark.parametrize(
    ("blocks", "bottleneck", "size"),
    [((2, 2, 2, 2), False, 435), ((3, 4, 6, 3), False, 899), ((3, 4, 6, 3), True, 427), ((3, 4, 23, 3), True, 971)],
    ids=["resnet18", "resnet34", "resnet50", "resnet101"],
)
def test_resnets_are_dense_and_centred(blocks: tuple[int, ...], bottleneck: bool, size: int) -> None:
    net = Net(rank=4)
    last = resnet(net, blocks, bottleneck)
    trace = net.trace()
    for axis in (0, 1):
        interval = fields(trace)[last]["x"][axis].interval
        positions = reached(trace, last, "x", axis)
        assert interval == Interval(32, (-(size // 2),), (size // 2,))
        assert positions is not None
        assert positions.count == positions.extent == size


ATROUS = [conv(3, 1, d) for d in (2, 4, 8, 16)]
ENCODER = [conv(5), conv(3, 2), conv(3), conv(3, 2), conv(3), conv(3)]


@pytest.mark.parametrize("dilated", [True, False])
@pytest.mark.parametrize("up", [field.repeated(2), field.transposed(4, 2, 1, 1)], ids=["nearest", "transposed"])
def test_inpainting_networks_depend_on_the_phase(up: Access | None, dilated: bool) -> None:
    nearest = up == field.repeated(2)
    tail = [conv(3), conv(3), up, conv(3), conv(3), up, conv(3), conv(3), conv(3)] if nearest else [up, conv(3), up]
    rest = tail if nearest else [conv(3), conv(3), *tail, conv(3), conv(3)]
    net = Net()
    interval = net.axis(net.chain("x", *ENCODER, *(ATROUS if dilated else [conv(3)] * 4), *rest)).interval
    assert interval is not None
    assert (interval.size, interval.jump) == ((299, 303) if dilated else (91, 95), Fraction(1))


def test_aspp_is_sparse_by_design() -> None:
    net = Net()
    both = net.join(*[net.layer(conv(3, 1, d), "x") for d in (6, 12, 18)], net.layer(conv(1), "x"), kind="cat")
    positions = reached(net.trace(), both, "x", 0)
    assert positions is not None
    assert (positions.count, positions.extent, positions.gcd) == (7, 37, 6)


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


# Global operations.


def test_a_gate_makes_units_global_and_keeps_their_local_field() -> None:
    net = Net(rank=4)
    local = net.layer(conv(3), "x")
    gate = net.chain(net.pool(net.layer(conv(5), local)), conv(1), conv(1))
    gated = net.join(local, gate, kind="mul")
    after = net.layer(conv(3), gated)
    assert net.axis(gate) == AxisField(2, (Interval(1, (-3,), (3,)),), "layer2 AdaptiveAvgPool2d", pooled=True)
    assert net.axis(after) == AxisField(2, (Interval(1, (-2,), (2,)),), "layer2 AdaptiveAvgPool2d")
    positions = reached(net.trace(), after, "x", 0)
    assert positions is not None
    assert positions.count == 5


def test_what_follows_a_global_pool_keeps_the_field_of_before() -> None:
    net = Net()
    last = net.layer(conv(9), net.layer(field.repeated(4), net.pool(net.layer(conv(3, 1, 2), "x"))))
    axis = net.axis(last)
    assert (axis.interval, axis.pooled, axis.whole) == (Interval(1, (-2,), (2,)), True, "layer1 AdaptiveAvgPool2d")
    positions = reached(net.trace(), last, "x", 0, 5)
    assert positions is not None
    assert list(positions) == [-2, 0, 2]


def test_the_first_global_operation_is_named() -> None:
    net = Net()
    context = net.join("x", net.pool("x"))
    assert net.axis(net.pool(context)).whole == "layer0 AdaptiveAvgPool2d"


def test_two_pooled_branches_stay_pooled() -> None:
    net = Net()
    a, b = net.pool(net.layer(conv(3), "x")), net.pool("x")
    axis = net.axis(net.join(a, b))
    assert axis.pooled
    assert axis.interval == Interval(1, (-1,), (1,))


def test_the_input_pooled_at_once_reaches_itself() -> None:
    net = Net()
    positions = reached(net.trace(), net.pool("x"), "x", 0, 3)
    assert positions is not None
    assert list(positions) == [0]


LINEAR = [Read("kept", 0, IDENTITY), Read("whole", 1)]


def flatten(net: Net, source: Source) -> int:
    mixed = [Read("mixed")] * (net.rank - 1)
    return net.use("flatten", {source: [Read("kept", 0, IDENTITY), *mixed]}, rank=2)


def test_flatten_loses_the_axes_and_linear_sees_everything() -> None:
    net = Net(rank=4)
    flat = flatten(net, net.layer(conv(3), "x"))
    head = net.use("Linear", {net.use("relu", {flat: [Read("kept", a, IDENTITY) for a in (0, 1)]}, 2): LINEAR}, rank=2)
    assert net.axis(flat) == AxisField(None, (), reason="layer1 flatten folds it into other axes", folded=1)
    assert (net.axis(head).at, net.axis(head).interval, net.axis(head).whole) == (None, None, "layer3 Linear")
    assert reached(net.trace(), flat, "x", 0) is None


def test_pointwise_linear_after_folding_into_the_batch_is_not_global() -> None:
    net = Net(rank=4)
    reads = [Read("mixed"), Read("kept", 1, IDENTITY), Read("mixed"), Read("mixed")]
    rows = net.use("reshape", {"x": reads}, rank=2)
    head = net.use("Linear", {rows: LINEAR}, rank=2)
    assert net.axis(head).whole == ""
    assert net.axis(rows).folded == 0


def test_windows_are_not_everything() -> None:
    net = Net(rank=4)
    reads = [Read("mixed"), Read("kept", 2, IDENTITY), Read("mixed"), Read("mixed")]
    windows = net.use("reshape", {"x": reads}, rank=3)
    attended = net.use("attention", {windows: [Read("kept", 0, IDENTITY), Read("whole", 1), Read("whole", 2)]}, rank=3)
    assert net.axis(windows).folded is None
    assert net.axis(attended).whole == ""


def test_tokens_are_everything_to_attention() -> None:
    net = Net(rank=4)
    tokens = net.use(
        "flatten", {"x": [Read("kept", 0, IDENTITY), Read("kept", 1, IDENTITY), Read("mixed"), Read("mixed")]}, 3
    )
    turned = net.use("transpose", {tokens: [Read("kept", to, IDENTITY) for to in (0, 2, 1)]}, rank=3)
    attended = net.use("attention", {turned: [Read("kept", 0, IDENTITY), Read("whole", 1), Read("whole", 2)]}, rank=3)
    kept = [Read("kept", axis, IDENTITY) for axis in range(3)]
    residual = net.use("add", {turned: kept, attended: kept}, rank=3)
    assert net.axis(turned).folded == 1
    assert net.axis(turned).whole == ""
    assert (net.axis(residual).whole, net.axis(residual).pooled) == ("layer2 attention", False)


def test_linear_on_the_last_axis_of_a_picture_is_global_along_it_only() -> None:
    net = Net(rank=4)
    reads = [Read("kept", axis, IDENTITY) for axis in range(3)] + [Read("whole", 3)]
    rows = net.use("Linear", {"x": reads})
    height, width = net.fields()[rows]["x"]
    assert (height.whole, height.pooled, width.whole, width.pooled) == ("", False, "layer0 Linear", True)
    assert json_field((height, width))["global"] is False


def test_axes_are_followed_where_they_go() -> None:
    net = Net(rank=4)
    order = (0, 3, 1, 2)  # to channels last
    last = net.use("permute", {net.layer(conv(3), "x"): [Read("kept", to, IDENTITY) for to in order]})
    height, width = net.fields()[last]["x"]
    assert (height.at, width.at) == (1, 2)
    assert height.interval == Interval(1, (-1,), (1,))
    positions = reached(net.trace(), last, "x", 1)
    assert positions is not None
    assert positions.count == 3


# What is not known is not guessed.


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


# JSON.


def test_json_of_a_plain_field() -> None:
    net = Net(rank=4)
    last = net.use("Conv2d", {net.layer(field.window(7, 2, 3), "x"): net.kept(conv(3, 2), conv(1))})
    assert json_field(net.fields()[last]["x"], [11, None]) == {
        "size": [11, 7],
        "jump": [4, 2],
        "start": [-5, -3],
        "reached": [11, None],
        "global": False,
    }


def test_json_of_phases_and_fractions() -> None:
    net = Net()
    last = net.chain("x", field.transposed(3, 2, 0, 1))
    assert json_field(net.fields()[last]["x"]) == {"size": [[1, 2]], "jump": ["1/2"], "start": [-1], "global": False}


def test_json_of_what_is_gone_and_of_what_is_global() -> None:
    net = Net(rank=4)
    pooled = net.pool(net.layer(conv(3), "x"))
    flat = flatten(net, pooled)
    made = net.fields()
    name = "layer1 AdaptiveAvgPool2d"
    assert json_field(made[pooled]["x"]) == {"size": [3, 3], "jump": [1, 1], "start": [-1, -1], "global": name}
    gone = [None, None]
    assert json_field(made[flat]["x"]) == {"size": gone, "jump": gone, "start": gone, "global": name}
    assert json_field(()) == {"size": [], "jump": [], "start": [], "global": False}
