"""Operations that see everything: gates, pools, attention; what becomes of the local field."""

from __future__ import annotations

from handmade import LINEAR, Net, conv, flatten

from rflint import field
from rflint.field import IDENTITY, Interval
from rflint.receptive import AxisField, json_field, reached
from rflint.trace import Read


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
