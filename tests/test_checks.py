"""The conditions of the rules, on traces made by hand: what is flagged, where, in which words, and what is not."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from networks import MIXED, H, N, Network, T, W, same
from ruling import findings, image, only, silent

from rflint import checks, field
from rflint.checks import all_rules, rule
from rflint.contracts import Contract, contract
from rflint.diagnostics import Finding
from rflint.dims import symbol, unknown
from rflint.edits import Replace, SetArgument
from rflint.field import IDENTITY
from rflint.trace import Place, Read, Said, Trace, Use

# Registration


def test_a_check_of_uses_is_called_with_every_use() -> None:
    net, x = image(N, 8, H, W)
    y = net.conv(net.conv(x, 9, groups=2, path="a"), 8, groups=5, path="b")
    assert [net.where(f.place) for f in findings("RF404", net.trace(y))] == ["a.groups", "b.groups"]


def test_rules_come_in_the_order_of_their_codes() -> None:
    assert list(all_rules()) == sorted(all_rules())


def test_rules_are_found_once() -> None:
    assert all_rules() is all_rules()


@pytest.mark.parametrize(("severity", "fix"), [("fatal", ""), ("error", "maybe")])
def test_a_rule_with_a_severity_or_fix_class_of_its_own_is_refused(severity: str, fix: str) -> None:
    told = f"^RF999: there is no severity '{severity}' or no fix class '{fix}'$"
    with pytest.raises(ValueError, match=told):
        rule("RF999", "nothing-there", severity, fix=fix)


@pytest.mark.parametrize(("code", "name"), [("RF999", "unread-pixels"), ("RF304", "nothing-there")])
def test_a_code_and_a_name_are_given_once(code: str, name: str) -> None:
    all_rules()
    with pytest.raises(ValueError, match=f"^{code} {name} is registered already$"):
        rule(code, name, "error")(all_rules()["RF304"].check)


@pytest.mark.parametrize("fix", ["", "safe", "unsafe", "hint"])
@pytest.mark.parametrize("severity", ["error", "warning", "info"])
def test_what_is_not_said_of_a_rule(monkeypatch: pytest.MonkeyPatch, severity: str, fix: str) -> None:
    monkeypatch.setattr(checks, "_registered", {})
    assert rule("RF999", "nothing-there", severity, fix=fix)(of_a_trace) is of_a_trace
    [one] = checks._registered.values()
    assert (one.code, one.name, one.severity, one.fix) == ("RF999", "nothing-there", severity, fix)
    assert (one.default, one.needs_size) == (True, False)
    assert one.check is of_a_trace


def of_a_trace(trace: Trace) -> list[Finding]:
    return []


def test_a_check_takes_a_trace_or_a_use() -> None:
    def of_places(place: int) -> list[Finding]:
        return []

    with pytest.raises(ValueError, match=r"^of_places takes <class 'int'>, not a Trace or a Use$"):
        rule("RF999", "nothing-there", "error")(of_places)


UNGIVEN = {
    "AvgPool2d": {"kernel_size": (3, 3), "padding": (1, 1), "count_include_pad": True, "divisor_override": None},
    "MaxPool2d": {"kernel_size": (2, 2), "stride": (2, 2), "padding": (0, 0), "dilation": (1, 1), "ceil_mode": True},
    "Upsample": {"size": None, "scale_factor": 2.0, "mode": "bilinear", "align_corners": True},
    "LSTM": {"input_size": 8},
    "MultiheadAttention": {"embed_dim": 8, "num_heads": 2},
    "BatchNorm2d": {"num_features": 8},
    "PixelShuffle": {"upscale_factor": 2},
    "ReLU": {},
}
"""Layers, with arguments that are right, of which it depends on what they are given whether they are used well."""


@pytest.mark.parametrize("code", all_rules(), ids=[one.name for one in all_rules().values()])
def test_layers_in_constructor_order_are_judged_by_their_arguments_alone(code: str) -> None:
    net, x = image(N, 9, 4, 4)
    up(net, net.conv(net.conv(x, 9, dilation=2, padding=1, groups=2, path="a"), k=1, stride=9, dilation=2, path="b"), 3)
    net.linear(net.flat(x), 5)
    for base, about in UNGIVEN.items():
        net.use(base, [(x, same(x))], x.shape, base.lower(), about)
    returned = T(len(net.uses) - 2, None)
    net.uses = [replace(use, operands=(), output=None) for use in net.uses[:-1]]  # only outputs are left of forward
    trace = net.trace(returned, order="constructor", complete=False, declared=True)
    assert bool(findings(code, trace)) is (code == "RF404")


# RF404 groups-not-dividing


def test_groups_must_divide_the_input_channels() -> None:
    net, x = image(N, 10, H, W)
    finding = only("RF404", net, net.conv(x, 12, groups=4))
    assert net.where(finding.place) == "conv.groups"
    assert (
        finding.message == "groups=4 does not divide in_channels=10; the nearest number that divides the channels is 2"
    )
    assert [net.where(place) for place, _ in finding.related] == ["conv()"]


def test_groups_must_divide_the_output_channels() -> None:
    net, x = image(N, 12, H, W)
    finding = only("RF404", net, net.conv(x, 10, groups=4))
    assert (
        finding.message == "groups=4 does not divide out_channels=10; the nearest number that divides the channels is 2"
    )


def test_both_sides_are_named_if_both_are_wrong() -> None:
    net, x = image(N, 9, H, W)
    assert "in_channels=9 nor out_channels=6" in only("RF404", net, net.conv(x, 6, groups=4)).message


def test_a_depthwise_convolution_makes_a_multiple_of_its_channels() -> None:
    net, x = image(N, 12, H, W)
    finding = only("RF404", net, net.conv(x, 20, groups=12))
    assert finding.message.endswith("a depthwise convolution makes a multiple of its 12 channels")


def test_groups_of_what_is_no_convolution_are_left_to_others() -> None:
    net, x = image(N, 12, H, W)
    shuffled = net.use("ChannelShuffle", [(x, [Read("kept", 0, IDENTITY), Read("mixed", 1)])], None, "a", {"groups": 0})
    assert silent("RF404", net, shuffled)


def test_groups_of_channels_that_share_nothing() -> None:
    net, x = image(N, 9, H, W)
    assert only("RF404", net, net.conv(x, 8, groups=3)).message.endswith("divides the channels is 1")


def test_groups_are_compared_with_what_is_known() -> None:
    net, x = image(N, 9, H, W)
    a = net.conv(x, 8, groups=3, unknown=("in_channels",), path="a")
    b = net.conv(x, 8, groups=4, unknown=("out_channels",), path="b")
    found = [f.message for f in findings("RF404", net.trace(a, b))]
    assert [message[-1] for message in found] == ["2", "3"]


@pytest.mark.parametrize(("channels", "end"), [(1 << 16, "the channels is 8"), ((1 << 16) + 8, "out_channels=65544")])
def test_up_to_so_many_channels_there_is_advice(channels: int, end: str) -> None:
    net, x = image(N, channels, H, W)
    assert only("RF404", net, net.conv(x, channels, groups=7)).message.endswith(end)


def test_absurd_numbers_take_no_time() -> None:
    net, x = image(N, 10**15, H, W)
    assert only("RF404", net, net.conv(x, 10**15, groups=7)).message.endswith(f" nor out_channels={10**15}")


def test_no_channels_can_be_taken_but_not_made() -> None:
    net, x = image(N, 0, H, W)
    finding = only("RF404", net, net.conv(net.conv(x, 8, groups=2), 0, groups=4, path="none"))
    assert net.where(finding.place) == "none.out_channels"
    assert finding.message == "out_channels=0 has nothing for groups=4 to make"
    net, x = image(N, 8, H, W)
    bent = {"in_channels": 8, "out_channels": 0, "groups": 1}
    assert silent("RF404", net, net.use("DeformConv2d", [], None, "bent", bent))


@pytest.mark.parametrize("groups", [0, -2])
def test_groups_are_positive(groups: int) -> None:
    net, x = image(N, 8, H, W)
    finding = only("RF404", net, net.conv(x, groups=groups))
    assert finding.message == f"groups={groups} is not a positive number"
    assert net.where(finding.place) == "conv.groups"


def test_transposed_convolutions_have_groups_too() -> None:
    net, x = image(N, 9, H)
    assert only("RF404", net, net.transposed(x, 8, groups=2)).message.startswith(
        "groups=2 does not divide in_channels=9"
    )


@pytest.mark.parametrize(("into", "out", "groups"), [(8, 12, 4), (8, 8, 8), (8, 16, 8), (6, 6, 1)])
def test_groups_that_divide_are_right(into: int, out: int, groups: int) -> None:
    net, x = image(N, into, H, W)
    assert silent("RF404", net, net.conv(x, out, groups=groups))


def test_unknown_groups_or_channels_say_nothing() -> None:
    net, x = image(N, 9, H, W)
    y = net.conv(net.conv(x, 9, groups=4, unknown=("groups",)), 8, groups=4, unknown=("in_channels",))
    assert silent("RF404", net, net.conv(y, symbol("C"), groups=4))


def test_groups_of_other_layers_are_their_own_affair() -> None:
    net, x = image(N, 9, H, W)
    assert silent("RF404", net, net.pointwise(x, "GroupNorm", "norm", args={"groups": 4, "in_channels": 9}))


# RF401 in-channels-mismatch


def test_a_convolution_takes_the_channels_that_it_is_made_for() -> None:
    net, x = image(N, 3, H, W)
    y = net.conv(net.pointwise(net.conv(x, 16, path="stem"), "BatchNorm2d", "bn"), 32, into=32, path="conv")
    finding = only("RF401", net, y)
    assert net.where(finding.place) == "conv.in_channels"
    assert finding.message == "takes 32 channels, but its N×16×(H - 2)×(W - 2) input has 16"
    assert [(net.where(place), text) for place, text in finding.related] == [
        ("conv()", "conv is called here"),
        ("stem", "stem makes 16 channels"),
    ]
    assert finding.fix is not None
    assert [net.where(one.layer.defined) for one in finding.fix.edits] == ["conv"]
    assert (finding.fix.words, finding.fix.safe) == ("in_channels=16", False)


def test_an_image_with_channels_last_needs_a_permute() -> None:
    net, x = image(N, 64, 48, 3)
    finding = only("RF401", net, net.conv(x, into=3))
    assert finding.message.endswith("has 64: channels stand last, permute(0, 3, 1, 2) first")


def test_sequences_with_channels_last_need_a_permute() -> None:
    net, x = image(N, 100, 40)
    assert only("RF401", net, net.conv(x, into=40)).message.endswith("permute(0, 2, 1) first")


def test_an_image_without_a_batch_has_no_channels_last_to_move() -> None:
    net, x = image(64, 48, 3)
    assert only("RF401", net, net.conv(x, into=3, rank=2)).message == "takes 3 channels, but its 64×48×3 input has 64"


def test_an_image_without_a_batch_is_passed_on_by_what_does_not_make_its_channels() -> None:
    net, x = image(3, 32, 32)
    y = net.pointwise(net.conv(x, 4, rank=2, path="stem"))
    finding = only("RF401", net, net.conv(y, into=3, rank=2))
    assert [text for _, text in finding.related] == ["conv is called here", "stem makes 4 channels"]


def test_features_that_became_channels_were_made_where_they_were_features() -> None:
    net, x = image(N, 10)
    y = net.linear(x, 10, 8)
    z = net.use("unsqueeze", [(y, [*same(y)])], (N, 8, 1))
    finding = only("RF401", net, net.conv(z, into=3, k=1))
    assert [text for _, text in finding.related] == ["conv is called here", "fc makes 8 channels"]


def test_an_image_with_channels_last_is_turned_where_it_is_handed_in() -> None:
    net, x = image(N, 64, 48, 3)
    net.pointwise(x)
    fix = only("RF401", net, net.conv(x, into=3)).fix
    assert fix is not None
    assert fix.words == "permute(0, 3, 1, 2) first"
    net, x = image(N, 64, 48, 3)
    assert only("RF401", net, net.conv(net.pointwise(x), into=3)).fix is None
    net, x = image(N, 64, 48, 3)
    y = net.conv(x, into=64)
    net.conv(x, into=3)
    net.uses[1] = replace(net.uses[1], place=net.uses[0].place)  # both are called by one line of a loop
    assert only("RF401", net, y).fix is None


def test_a_function_is_found_at_its_weight() -> None:
    net, x = image(N, 4, H, W)
    y = net.conv(x, into=3, path="")
    weight = Place("net.py", 77)
    net.uses[0] = replace(net.uses[0], layer=replace(net.uses[0].layer, places={"weight": weight}))
    assert only("RF401", net, y).place == weight


def test_channels_made_of_nothing_known_have_no_earlier_maker() -> None:
    for operands in ([], [(T("x", None), [])], [(T("x", (4,)), [MIXED])]):
        net, _ = image(4)
        finding = only("RF401", net, net.conv(net.use("made", operands, (N, 4, 8, 8)), into=3))
        assert [net.where(place) for place, _ in finding.related] == ["conv()", "made#0()"]


def test_a_transposed_convolution_is_checked_too() -> None:
    net, x = image(N, 80, 81)
    assert (
        only("RF401", net, net.transposed(x, 40, into=40)).message == "takes 40 channels, but its N×80×81 input has 80"
    )


def test_an_input_without_a_batch_has_its_channels_first() -> None:
    net, x = image(4, 32, 32)
    assert only("RF401", net, net.conv(x, into=3, rank=2)).message == "takes 3 channels, but its 4×32×32 input has 4"


def test_channels_that_meet_are_right() -> None:
    net, x = image(N, 3, H, W)
    assert silent("RF401", net, net.conv(net.transposed(net.conv(x, 16), 8), 4))


def test_symbolic_channels_that_may_meet_say_nothing() -> None:
    net, x = image(N, symbol("C"), H, W)
    assert silent("RF401", net, net.conv(x, into=3))


def test_symbolic_channels_that_never_meet_are_found() -> None:
    net, x = image(N, 2 * symbol("C"), H, W)
    finding = only("RF401", net, net.conv(x, into=3))
    assert "has 2*C" in finding.message
    assert finding.fix is None


def test_lazy_layers_take_what_they_are_given() -> None:
    net, x = image(N, 4, H, W)
    assert silent("RF401", net, net.conv(x, into=3, unknown=("in_channels",)))


def test_an_unknown_or_impossible_shape_says_nothing_about_channels() -> None:
    net, x = image(N, 4, H, W)
    args = {"in_channels": 3}
    net.use("Conv2d", [(T("x", None), [])], None, "a", args)
    y = net.use("Conv2d", [(T("x", (4, 8)), [MIXED, MIXED])], None, "b", args)
    y = net.use("Conv2d", [(T("x", (1, 1, 4, 8, 8)), [MIXED] * 5)], None, "c", args)
    assert silent("RF401", net, net.use("Linear", [(x, [*same(x)[:3], MIXED])], None, "d", args), y)


def test_channels_in_a_branch_that_may_not_run_are_not_proved() -> None:
    net, x = image(N, 4, H, W)
    assert silent("RF401", net, net.conv(x, into=3, more={"conditional": "if flag"}))


def test_a_subclass_with_a_forward_of_its_own_does_what_it_wants() -> None:
    net, x = image(N, 8, H, W)
    y = net.use("Conv2d", [(x, same(x))], x.shape, "own", {"in_channels": 3})
    other = (N, 3, H, W)
    assert silent("RF401", net, net.conv(y, into=3, more={"given": (other,)}))


def test_a_number_of_channels_is_no_fix_where_one_call_builds_several_layers() -> None:
    net, x = image(N, 4, H, W)
    first = net.conv(x, 8, path="first", into=4)
    second = net.conv(first, 8, path="second", into=4, like=first)
    assert only("RF401", net, second).fix is None


def test_a_number_of_channels_is_no_fix_where_layers_are_given_different_ones() -> None:
    net, x = image(N, 4, H, W)
    first = net.conv(x, 8, path="first", into=5)
    net.conv(first, 8, path="second", into=5, like=first)
    assert [f.fix for f in findings("RF401", net.trace())] == [None, None]


@pytest.mark.parametrize(
    ("groups", "unknown", "words"),
    [
        (2, (), "in_channels=8"),
        (4, (), "in_channels=8"),
        (3, (), None),
        (1, ("groups",), None),
        (0, (), None),
        (-2, (), None),
    ],
)
def test_channels_that_the_groups_do_not_divide_are_no_fix(groups: int, unknown: Any, words: str | None) -> None:
    net, x = image(N, 8, H, W)
    fix = only("RF401", net, net.conv(x, 12, into=12, groups=groups, unknown=unknown)).fix
    assert (fix.words if fix else None) == words


def test_a_function_is_found_at_its_weight_or_its_call_and_not_rewritten() -> None:
    net, x = image(N, 4, H, W)
    finding = only("RF401", net, net.conv(x, into=3, path=""))
    assert net.where(finding.place) == "Conv2d#0()"
    assert finding.fix is None
    assert finding.related == ()


def test_a_function_is_called_by_its_name_and_not_by_the_path_of_its_network() -> None:
    net, x = image(N, 4, H, W)
    y = net.cat(x, x)
    net.uses[-1] = replace(net.uses[-1], path="block.3")
    finding = only("RF401", net, net.conv(y, into=3))
    assert finding.related[-1][1] == "cat makes 8 channels"


def test_the_input_is_no_layer_that_made_the_channels() -> None:
    net, x = image(N, 4, H, W)
    finding = only("RF401", net, net.conv(net.pointwise(x), into=3))
    assert [net.where(place) for place, _ in finding.related] == ["conv()"]


# RF402 linear-in-features


def classifier(into: int, **more: Any) -> tuple[Network, T]:
    net, x = image(N, 3, 32, 32)
    y = net.pool(net.conv(x, 32, path="conv", padding=1), 4)
    return net, net.linear(net.pointwise(net.flat(y), "Dropout", "drop"), into, **more)


def test_the_flattened_features_are_counted() -> None:
    net, y = classifier(1568)
    finding = only("RF402", net, y)
    assert net.where(finding.place) == "fc.in_features"
    assert finding.message == "Linear expects 1568 features = 32·7·7, flatten gives 2048 = 32·8·8"
    assert [net.where(place) for place, _ in finding.related] == ["fc()", "flatten#2()"]
    assert finding.fix is not None
    assert finding.fix.words == "in_features=2048"


@pytest.mark.parametrize("wanted", [1000, 32 * 7, 32 * 48])
def test_no_square_map_is_invented(wanted: int) -> None:
    net, y = classifier(wanted)
    assert only("RF402", net, y).message == f"Linear expects {wanted} features, flatten gives 2048 = 32·8·8"


def test_features_that_were_not_flattened_are_just_counted() -> None:
    net, x = image(N, 100)
    finding = only("RF402", net, net.linear(x, 128))
    assert finding.message == "Linear expects 128 features and gets 100"
    assert [net.where(place) for place, _ in finding.related] == ["fc()"]


def test_a_layer_that_changes_the_features_hides_where_they_were_flattened() -> None:
    net, x = image(N, 2, 4, 4)
    y = net.linear(net.flat(x), 32, 32, path="a")
    assert only("RF402", net, net.linear(y, 30, path="b")).message == "Linear expects 30 features and gets 32"


def test_a_missing_flatten_is_said_to_be_missing() -> None:
    net, x = image(N, 512, 1, 1)
    finding = only("RF402", net, net.linear(x, 512))
    assert finding.message == (
        "Linear expects 512 features, but acts on the last axis of N×512×1×1: torch.flatten(x, 1) is missing"
    )
    assert finding.fix is not None
    (edit,) = finding.fix.edits
    assert isinstance(edit, Replace)
    assert (edit.text, edit.operand) == ("torch.flatten({}, 1)", 0)


def test_what_one_call_lacks_is_put_there_once() -> None:
    net, x = image(N, 8, 2, 2)
    y = net.pointwise(x)
    net.linear(y, 32, path="a")
    net.linear(y, 32, path="b")
    net.uses[2] = replace(net.uses[2], place=net.uses[1].place)  # for layer in layers: layer(x)
    found = [(net.where(one.place), one.fix is not None) for one in findings("RF402", net.trace())]
    assert found == [("a()", True), ("b.in_features", False)]


def test_vectors_lack_no_flatten() -> None:
    net = Network(x=(8,), y=(9,))
    first = net.linear(net.input(), 1, path="first")
    net.linear(net.input("y"), 1, path="second", like=first)
    assert [one.fix for one in findings("RF402", net.trace())] == [None, None]


def test_a_function_is_told_where_its_weight_is_written() -> None:
    net, x = image(N, 100)
    y = net.use("Linear", [(x, [*same(x)[:1], MIXED])], (N, 10), "", {"in_features": 9})
    (use,), weight = net.uses, Place("net.py", 1)
    net.uses[0] = replace(use, layer=replace(use.layer, places={"weight": weight}))
    assert only("RF402", net, y).place == weight


def test_features_on_the_channel_axis_are_pointed_at() -> None:
    net, x = image(N, 512, 7, 7)
    finding = only("RF402", net, net.linear(x, 512))
    assert finding.message == (
        "Linear expects 512 features on the last axis, N×512×7×7 has them on axis 1: pool and flatten, or permute"
    )
    assert finding.fix is None


def test_features_of_maps_and_tokens_that_are_nowhere_are_just_counted() -> None:
    net, x = image(N, 512, 7, 7)
    assert only("RF402", net, net.linear(x, 300)).message == "Linear expects 300 features and gets 7"
    net, x = image(100)
    assert only("RF402", net, net.linear(x, 300)).message == "Linear expects 300 features and gets 100"


def test_features_that_were_sliced_after_flattening_are_just_counted() -> None:
    net, x = image(N, 2, 4, 4)
    finding = only("RF402", net, net.linear(net.sliced(net.flat(x), 1, 0, 16), 30))
    assert finding.message == "Linear expects 30 features and gets 16"
    assert [net.where(place) for place, _ in finding.related] == ["fc()"]


def test_tokens_are_counted_by_what_was_flattened() -> None:
    net, x = image(N, 8, 5, 5)
    y = net.use("flatten", [(x, [*same(x)[:2], MIXED, MIXED])], (N, 8, 25))
    finding = only("RF402", net, net.linear(y, 30))
    assert finding.message == "Linear expects 30 features, flatten gives 25 = 5·5"
    assert finding.fix is not None
    net.uses.pop()
    finding = only("RF402", net, net.linear(y, 8))
    assert "N×8×25 has them on axis 1" in finding.message
    assert finding.fix is None


@pytest.mark.parametrize("base", ["flatten", "reshape"])
def test_a_flattened_sequence_is_no_square(base: str) -> None:
    net, x = image(N, 16, 25)
    message = only("RF402", net, net.linear(net.flat(x, base), 16 * 9)).message
    assert message == "Linear expects 144 features, flatten gives 400 = 16·25"


def test_flattened_channels_that_are_not_known_make_no_square() -> None:
    net, x = image(N, 2 * symbol("C"), 5, 5)
    message = only("RF402", net, net.linear(net.flat(x), 51)).message
    assert message == "Linear expects 51 features, flatten gives 50*C = 2*C·5·5"


def test_features_that_are_not_known_make_no_square() -> None:
    net, x = image(N, 4, 5, 5)
    message = only("RF402", net, net.linear(net.flat(x), 101 * symbol("K"))).message
    assert message == "Linear expects 101*K features, flatten gives 100 = 4·5·5"


def test_axes_that_do_not_make_the_features_are_not_shown() -> None:
    net, x = image(N, 4, 5, 5)
    y = net.use("reshape", [(x, [MIXED] * 4)], (N * 2, 50))
    assert only("RF402", net, net.linear(y, 60)).message == "Linear expects 60 features and gets 50"
    net, x = image(N, 4, 5, 5)
    y = net.use("reshape", [(x, [*same(x)[:3], MIXED])], (N, 4, 5, 5))
    assert only("RF402", net, net.linear(y, 60)).message == "Linear expects 60 features and gets 5"


def test_other_layers_have_features_of_their_own() -> None:
    net, x = image(N, 100)
    assert silent("RF402", net, net.use("Bilinear", [(x, [*same(x)[:1], MIXED])], (N, 5), "b", {"in_features": 9}))


def test_features_made_of_nothing_are_just_counted() -> None:
    net = Network()
    assert only("RF402", net, net.linear(net.use("zeros", [], (1, 5)), 6)).message.endswith("gets 5")
    net = Network()
    y = net.use("relu", [(T(None, None), [])], (1, 5))
    assert only("RF402", net, net.linear(y, 6)).message.endswith("gets 5")


def test_features_that_fit_are_right() -> None:
    net, y = classifier(2048)
    assert silent("RF402", net, y)


def test_symbolic_features_that_may_fit_say_nothing() -> None:
    net, x = image(N, 16, H, W)
    assert silent("RF402", net, net.linear(net.flat(x), 400))


def test_symbolic_features_that_never_fit_are_found() -> None:
    net, x = image(N, 16, H, W)
    finding = only("RF402", net, net.linear(net.flat(x), 401))
    assert finding.message == "Linear expects 401 features, flatten gives 16*H*W = 16·H·W"
    assert finding.fix is None


def test_lazy_linear_layers_take_what_they_are_given() -> None:
    net, x = image(N, 100)
    assert silent("RF402", net, net.linear(x, None))


def test_an_unknown_shape_says_nothing_about_features() -> None:
    net, _ = image(N, 100)
    net.use("Linear", [(T("x", None), [])], None, "a", {"in_features": 5})
    assert silent("RF402", net, net.use("Linear", [(T("x", ()), [])], None, "b", {"in_features": 5}))


def test_features_in_a_branch_that_may_not_run_are_not_proved() -> None:
    net, x = image(N, 100)
    assert silent("RF402", net, net.linear(x, 128, conditional="if flag"))
    assert only("RF402", net, net.linear(x, 128)).use == 1  # this one does


def test_a_linear_subclass_with_a_forward_of_its_own_is_left_alone() -> None:
    net, x = image(N, 100)
    assert silent("RF402", net, net.use("Linear", [(x, same(x))], x.shape, "own", {"in_features": 5}))


def test_a_number_of_features_is_no_fix_where_layers_are_given_different_ones() -> None:
    net, x = image(N, 100)
    first = net.linear(x, 50, 60, path="first")
    net.linear(first, 50, 60, path="second", like=first)
    assert [f.fix for f in findings("RF402", net.trace())] == [None, None]


# RF405 add-shape-mismatch


def test_a_layer_that_lacks_padding_is_named() -> None:
    net, x = image(N, 8, H, W)
    y = net.conv(net.conv(x, path="a", padding=1), path="b", padding=1, dilation=2)
    finding = only("RF405", net, net.join(x, y))
    assert net.where(finding.place) == "add#2()"
    assert finding.message == "adds 8×H×W to 8×(H - 2)×(W - 2): b needs padding=2 to keep the size"
    assert [net.where(place) for place, _ in finding.related] == ["b"]
    assert finding.use == 2


def test_a_layer_that_grows_is_named_too() -> None:
    net, x = image(N, 8, H, W)
    y = net.conv(x, path="a", padding=2)
    assert only("RF405", net, net.join(y, x)).message.endswith(": a needs padding=1 to keep the size")


def test_no_layer_is_named_if_its_padding_would_not_do() -> None:
    net, x = image(N, 8, 20, 20)
    a = net.conv(x, path="a", stride=2, padding=1)
    b = net.conv(net.conv(x, path="b"), path="c", stride=2, padding=0)
    finding = only("RF405", net, net.join(a, b))
    assert finding.message == "adds 8×10×10 to 8×8×8"
    assert [text for _, text in finding.related] == ["a makes N×8×10×10", "c makes N×8×8×8"]


def test_two_layers_that_lack_padding_share_the_blame() -> None:
    net, x = image(N, 8, H, W)
    y = net.conv(net.conv(x, path="a"), path="b")
    assert only("RF405", net, net.join(x, y)).message == "adds 8×H×W to 8×(H - 4)×(W - 4)"


def test_a_shortcut_without_a_stride_is_told_which() -> None:
    net, x = image(N, 8, 56, 56)
    y = net.conv(net.conv(x, path="a", stride=2, padding=1), path="b", padding=1)
    finding = only("RF405", net, net.join(y, x))
    assert finding.message == "adds 8×28×28 to 8×56×56: the shortcut lacks stride=2"


def test_branches_with_different_strides_are_compared() -> None:
    net, x = image(N, 8, 56, 56)
    a = net.pool(net.conv(x, path="a", stride=2, padding=1))
    b = net.conv(x, path="b", stride=2, padding=1)
    assert only("RF405", net, net.join(a, b)).message.endswith(": one branch strides by 4, the other by 2")


def test_strides_are_not_counted_through_upsampling() -> None:
    net, x = image(N, 8, 56, 56)
    a, b = net.resized(net.pool(x), 4), net.transposed(x, k=2, stride=3)
    assert only("RF405", net, net.join(a, x)).message == "adds 8×112×112 to 8×56×56"
    net.uses.pop()
    assert only("RF405", net, net.join(b, x)).message == "adds 8×167×167 to 8×56×56"


def test_a_shortcut_with_other_channels_needs_a_projection() -> None:
    net, x = image(N, 8, H, W)
    y = net.conv(x, 16, path="a", padding=1)
    assert only("RF405", net, net.join(y, x)).message.endswith(
        ": the shortcut needs a 1×1 convolution that makes 16 channels"
    )
    net.uses.pop()
    assert only("RF405", net, net.join(x, y)).message.endswith("that makes 16 channels")


def test_of_two_branches_none_is_the_shortcut() -> None:
    net, x = image(N, 8, H, W)
    a, b = net.conv(x, 16, path="a", padding=1), net.conv(x, 32, path="b", padding=1)
    assert only("RF405", net, net.join(a, b)).message == "adds 16×H×W to 32×H×W"


@pytest.mark.parametrize(
    ("base", "words"),
    [("sub", "subtracts 8×7×8 from 8×8×8"), ("mul", "multiplies 8×8×8 by 8×7×8"), ("div", "divides 8×8×8 by 8×7×8")],
)
def test_other_operations_have_their_words(base: str, words: str) -> None:
    net = Network(a=(N, 8, 8, 8), b=(N, 8, 7, 8))
    assert only("RF405", net, net.join(net.input("a"), net.input("b"), base=base)).message == words


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((N, 8, H, W), (N, 8, H, W)),
        ((N, 8, H, W), (N, 8, 1, 1)),
        ((N, 1, H, W), (N, 8, H, W)),
        ((N, 8, H, W), (8, 1, W)),
        ((N, 8, 5, 5), (N, 8, 1, 1)),
        ((N, 8, 5, 5), (N, 8, 1, 5)),
        ((N, 8, H, W), (8, H + 1, W)),
        ((N, 8, H, W), ()),
        ((N, 8, 2 * (H // 2), W), (N, 8, H, W)),
        ((N, 8, H, W), (N, 8, unknown(), W)),
        ((2 * N, 8), (N, 8)),
        ((N, H, 8), (N, H + 1, 8)),
    ],
)
def test_shapes_that_meet_or_may_meet_are_right(a: Any, b: Any) -> None:
    net = Network(a=a, b=b)
    assert silent("RF405", net, net.join(net.input("a"), net.input("b"), output=a))
    assert silent("RF405", net, net.join(net.input("b"), net.input("a"), output=a))


@pytest.mark.parametrize(
    ("a", "b"),
    [((N, 8), (N, 9)), ((N, 197, 64), (N, 196, 64)), ((N, 8, H), (9, H)), ((7,), (8,)), ((N, H + 1, 8), (N, H + 2, 8))],
)
def test_shapes_that_never_meet_are_found(a: Any, b: Any) -> None:
    net = Network(a=a, b=b)
    assert only("RF405", net, net.join(net.input("a"), net.input("b")))


def test_channels_of_tokens_are_not_taken_for_those_of_a_map() -> None:
    net = Network(a=(N, 8, 64), b=(N, 8, 65))
    assert only("RF405", net, net.join(net.input("a"), net.input("b"))).message == "adds 8×64 to 8×65"


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ((N, 8, H, W), (9, H, W), "adds N×8×H×W to 9×H×W"),
        ((N, 8), (N, 9), "adds N×8 to N×9"),
        ((N, 2), (N, 3), "adds N×2 to N×3"),
        ((N, 3), (N, 2), "adds N×3 to N×2"),
        ((N, 8, H, W), (N, 8, H + 1, W), "adds 8×H×W to 8×(H + 1)×W"),
        ((N, 8, H, W), (N, 8, H, W + 1), "adds 8×H×W to 8×H×(W + 1)"),
        ((N, 9, 1, H), (N, 8, 1, H), "adds 9×1×H to 8×1×H"),
    ],
)
def test_shapes_are_shown_as_far_as_they_matter(a: Any, b: Any, message: str) -> None:
    net = Network(a=a, b=b)
    assert only("RF405", net, net.join(net.input("a"), net.input("b"))).message == message


def test_a_batch_that_differs_is_shown() -> None:
    net = Network(a=(4, 8, 6, 6), b=(5, 8, 6, 6))
    assert only("RF405", net, net.join(net.input("a"), net.input("b"))).message == "adds 4×8×6×6 to 5×8×6×6"


def test_an_unknown_shape_is_not_added_wrongly() -> None:
    net, x = image(N, 8, 8, 8)
    y = T(0, None)
    net.pointwise(x)
    assert silent("RF405", net, net.join(x, y), net.join(y, x))


def test_other_joins_have_rules_of_their_own() -> None:
    net = Network(a=(N, 8, 8, 8), b=(N, 8, 7, 8))
    assert silent("RF405", net, net.join(net.input("a"), net.input("b"), base="stack"))


def test_an_addition_that_may_not_happen_is_not_proved() -> None:
    net = Network(a=(N, 8, 8, 8), b=(N, 8, 7, 8))
    assert silent("RF405", net, net.join(net.input("a"), net.input("b"), conditional="if flag"))


def test_a_common_stem_is_not_to_blame() -> None:
    net, x = image(N, 8, H, W)
    stem = net.conv(x, path="stem")
    assert only("RF405", net, net.join(net.conv(stem, path="a"), stem)).message.endswith(
        ": a needs padding=1 to keep the size"
    )


def test_a_layer_is_not_named_if_another_one_shrinks_too() -> None:
    net, x = image(N, 8, H, W)
    y = net.conv(net.conv(x, path="a"), k=2, path="b")
    assert only("RF405", net, net.join(x, y)).message == "adds 8×H×W to 8×(H - 3)×(W - 3)"


def test_no_padding_keeps_the_size_of_an_even_kernel() -> None:
    net, x = image(N, 8, H, W)
    finding = only("RF405", net, net.join(x, net.conv(x, k=4, padding=1)))
    assert finding.message.startswith("adds 8×H×W to 8×(H - 1)×(W - 1): the even kernel 4 of conv makes one row less")
    assert [net.where(place) for place, _ in finding.related] == ["conv"]


def test_even_kernels_of_one_branch_are_named_together() -> None:
    net, x = image(N, 8, H, W)
    y = net.conv(net.conv(x, k=4, padding=2, path="a"), k=6, padding=3, path="b")
    message = only("RF405", net, net.join(x, y)).message
    assert message.startswith("adds 8×H×W to 8×(H + 2)×(W + 2): the even kernel 4 of a and 1 more makes one row more")


@pytest.mark.parametrize(("base", "named"), [("MaxPool", ": pool needs padding=1 to keep the size"), ("LPPool", "")])
def test_a_pool_lacks_padding_if_it_can_be_padded(base: str, named: str) -> None:
    net, x = image(N, 8, H, W)
    y = net.pool(x, 3, stride=1, base=base, unknown=("padding",) if base == "LPPool" else ())
    assert only("RF405", net, net.join(x, y)).message == f"adds 8×H×W to 8×(H - 2)×(W - 2){named}"


def test_a_transposed_layer_lacks_padding_too() -> None:
    net, x = image(N, 8, H, W)
    assert only("RF405", net, net.join(x, net.transposed(x, k=3))).message.endswith(
        "up needs padding=1 to keep the size"
    )


def test_a_batch_that_differs_has_nothing_to_do_with_layers() -> None:
    net = Network(a=(6, 8, 9, 9), b=(4, 8, 9, 9))
    y = net.conv(net.conv(net.input("a"), path="c", padding=1), path="d", k=(3, 1), padding=(0, 0))
    y = net.sliced(y, 2, -1, 9)
    assert only("RF405", net, net.join(y, net.input("b"))).message == "adds 6×8×9×9 to 4×8×9×9"


def test_a_shortcut_may_hold_norms_and_activations() -> None:
    net, x = image(N, 8, 56, 56)
    shortcut = net.pointwise(net.pointwise(x, "BatchNorm2d", "bn"))
    y = net.conv(x, path="a", stride=2, padding=1)
    assert only("RF405", net, net.join(y, shortcut)).message.endswith(": the shortcut lacks stride=2")


def test_a_branch_with_layers_is_no_shortcut() -> None:
    net, x = image(N, 8, 56, 56)
    a, b = net.conv(x, path="a", stride=2, padding=1), net.conv(x, path="b", padding=1)
    assert only("RF405", net, net.join(a, b)).message.endswith(": one branch strides by 2, the other by 1")


def test_strides_are_not_counted_where_a_layer_is_not_followed() -> None:
    net, x = image(N, 8, 56, 56)
    reads = [*same(x)[:2], Read("unknown", 2), Read("unknown", 3)]
    y = net.use("grid_sample", [(net.conv(x, stride=2, padding=1), reads)], (N, 8, 28, 28))
    assert only("RF405", net, net.join(x, y)).message == "adds 8×56×56 to 8×28×28"


def test_tensors_made_of_nothing_have_no_strides() -> None:
    net, x = image(N, 8, 56, 56)
    y = net.use("zeros", [], (N, 8, 28, 28))
    finding = only("RF405", net, net.join(x, y))
    assert finding.message == "adds 8×56×56 to 8×28×28"
    assert [text for _, text in finding.related] == ["zeros makes N×8×28×28"]


def test_a_parameter_of_another_rank_has_no_branch() -> None:
    net, x = image(N, 8, H, W)
    y = net.conv(x, 8, path="a", padding=1)
    finding = only("RF405", net, net.join(y, T(None, (9, H, W))))
    assert finding.message == "adds N×8×H×W to 9×H×W"
    assert finding.related == ()


# RF301 output-size-nonpositive


def test_a_window_that_does_not_fit_is_found_at_its_kernel() -> None:
    net, x = image(N, 8, 1, 1)
    finding = only("RF301", net, net.conv(x, k=4, padding=1))
    assert net.where(finding.place) == "conv.kernel_size"
    assert (
        finding.message
        == "a window of 4×4 does not fit an input of 1×1 (3×3 with padding); the smallest that works is 2×2"
    )
    assert [net.where(place) for place, _ in finding.related] == ["conv()"]


def test_a_dilated_window_is_as_large_as_it_spans() -> None:
    net, x = image(N, 8, 7)
    message = only("RF301", net, net.conv(x, k=5, dilation=2)).message
    assert message == "a window of 9 (kernel and dilation) does not fit an input of 7; the smallest that works is 9"


def test_one_axis_is_enough_to_fail() -> None:
    net, x = image(N, 8, 9, 4)
    assert only("RF301", net, net.conv(x, k=5)).message.endswith("the smallest that works is 5×5")


@pytest.mark.parametrize("base", ["MaxPool", "AvgPool", "LPPool"])
def test_pools_need_room_too(base: str) -> None:
    net, x = image(N, 8, 1, 1)
    assert only("RF301", net, net.pool(x, base=base)).message.startswith(
        "a window of 2×2 does not fit an input of 1×1;"
    )


def test_a_pool_in_ceil_mode_may_hang_over() -> None:
    net, x = image(N, 8, 1, 1)
    assert silent("RF301", net, net.pool(x, ceil_mode=True))
    assert silent("RF301", net, net.pool(x, unknown=("ceil_mode",)))


def test_a_pool_in_ceil_mode_hangs_over_by_less_than_its_stride() -> None:
    net, x = image(N, 8, 2, 3)
    finding = only("RF301", net, net.pool(x, 4, stride=2, ceil_mode=True))
    assert finding.message.endswith("the smallest that works is 3×3")


def test_a_transposed_convolution_may_be_padded_away() -> None:
    net, x = image(N, 8, 2, 2)
    finding = only("RF301", net, net.transposed(x, k=3, padding=3, stride=2))
    assert (
        finding.message == "the padding takes away the whole output of an input of 2×2; the smallest that works is 3×3"
    )


@pytest.mark.parametrize(("size", "fails"), [(1, True), (2, False)])
def test_the_output_padding_may_save_a_position(size: int, fails: bool) -> None:
    net, x = image(N, 8, size)
    y = net.transposed(x, k=3, padding=3, stride=2, output_padding=1)
    assert bool(findings("RF301", net.trace(y))) is fails


def test_resampling_may_leave_nothing() -> None:
    net, x = image(N, 8, 2, 2)
    args = {"scale_factor": 0.25, "mode": "nearest"}
    finding = only("RF301", net, net.use("Upsample", [(x, [])], None, args=args))
    assert finding.message == "scale_factor=0.25 leaves nothing of 2×2; the smallest that works is 4×4"


def test_resampling_may_have_a_scale_for_each_axis() -> None:
    net, x = image(N, 8, 2, 2)
    args = {"scale_factor": (0.25, 0.5), "mode": "nearest"}
    assert only("RF301", net, net.use("Upsample", [(x, [])], None, args=args)).message.endswith("works is 4×2")


@pytest.mark.parametrize("scale", [0.5, (0.5, 0.5), 2.0, None, 0.0, -1.0])
def test_resampling_that_leaves_something_is_right(scale: Any) -> None:
    net, x = image(N, 8, 2, 2)
    args = {"scale_factor": scale, "mode": "nearest"}
    assert silent("RF301", net, net.use("Upsample", [(x, same(x))], x.shape, args=args))


@pytest.mark.parametrize(
    ("size", "more"), [(3, {}), (1, {"padding": 1}), (1, {"padding": "same"}), (H, {}), (unknown(), {})]
)
def test_a_window_that_fits_or_may_fit_is_right(size: Any, more: dict[str, Any]) -> None:
    net, x = image(N, 8, size, size)
    assert silent("RF301", net, net.conv(x, k=3, **more))


def test_resampling_by_areas_and_of_no_axes_leaves_something() -> None:
    net, x = image(N, 8, 2, 2)
    assert silent("RF301", net, net.use("Upsample", [(x, [])], None, args={"scale_factor": 0.25, "mode": "area"}))
    net, x = image(2, 2)
    assert silent("RF301", net, net.use("Upsample", [(x, [])], None, args={"scale_factor": 0.25, "mode": "nearest"}))


def test_a_scale_that_is_known_on_one_axis_is_shown_where_it_is_written() -> None:
    net, x = image(N, 8, 2, 2)
    finding = only("RF301", net, net.use("Upsample", [(x, [])], None, "up", {"scale_factor": (0.25,)}))
    assert finding.message.endswith("the smallest that works is 4×?")
    assert net.where(finding.place) == "up.scale_factor"


@pytest.mark.parametrize(("base", "words"), [("AvgPool", "3×3×3 does not fit an input of 2×2×2; "), ("MaxPool", "")])
def test_torch_compares_some_pools_of_volumes_with_what_is_not_padded(base: str, words: str) -> None:
    net, x = image(N, 8, 2, 2, 2)
    found = findings("RF301", net.trace(net.pool(x, 3, base=base, stride=1, padding=1)))
    assert [words in one.message for one in found] == [True] * bool(words)
    assert all(one.message.endswith("the smallest that works is 3×3×3") for one in found)


@pytest.mark.parametrize(("axes", "is_refused"), [(2, False), (3, True)])
def test_a_power_average_of_a_volume_does_not_hang_over(axes: int, is_refused: bool) -> None:
    net, x = image(N, 8, *(2,) * axes)
    y = net.pool(x, 3, base="LPPool", stride=2, ceil_mode=True)
    assert bool(findings("RF301", net, y)) is is_refused


def test_a_window_behind_a_condition_may_never_be_laid() -> None:
    net, x = image(N, 8, 1, 1)
    assert silent("RF301", net, net.conv(x, k=4, more={"conditional": "if flag"}))


def test_a_size_that_no_input_makes_large_enough_is_found() -> None:
    net, x = image(N, 8, H, W)
    assert only("RF301", net, net.conv(net.pooled(x), k=3, padding="valid"))


@pytest.mark.parametrize("name", ["kernel_size", "stride", "padding", "dilation"])
def test_an_unknown_argument_of_a_window_says_nothing(name: str) -> None:
    net, x = image(N, 8, 1, 1)
    assert silent("RF301", net, net.conv(x, k=3, unknown=(name,)))


@pytest.mark.parametrize("name", ["kernel_size", "stride", "dilation"])
@pytest.mark.parametrize("base", ["Conv2d", "ConvTranspose2d"])
def test_an_argument_that_torch_refuses_is_not_computed_with(base: str, name: str) -> None:
    net, x = image(N, 8, 1, 1)
    names = ("kernel_size", "stride", "padding", "dilation", "output_padding")
    args = dict.fromkeys(names, (3, 3)) | {name: (0, 0), "padding": (0, 0)}
    y = net.use(base, [(x, [*same(x)[:1], MIXED, *same(x)[2:]])], (N, 3, 8, 8), "up", args)
    assert silent("RF301", net, y)
    assert silent("RF501", net, y)


def test_an_unknown_output_padding_may_be_enough() -> None:
    net, x = image(N, 8, 1, 1)
    assert silent("RF301", net, net.transposed(x, k=3, padding=3, stride=2, unknown=("output_padding",)))


def test_one_position_is_enough_for_a_transposed_convolution() -> None:
    net, x = image(N, 8, 1, 1)
    assert silent("RF301", net, net.transposed(x, k=4, padding=1, stride=2))


def test_an_input_of_another_rank_has_no_size_to_fit() -> None:
    net, _ = image(2)
    args = {"kernel_size": (3, 3), "stride": (1, 1), "padding": (0, 0), "dilation": (1, 1)}
    assert silent("RF301", net, net.use("Conv2d", [(T("x", (2, 2)), [MIXED, MIXED])], None, "conv", args))
    assert silent("RF301", net, net.use("Conv2d", [(T("x", (2,)), [MIXED])], None, "conv", args))


def test_a_known_axis_proves_what_an_unknown_one_does_not() -> None:
    net, x = image(N, 8, 1, 1)
    args = {"kernel_size": (3, symbol("k")), "stride": (1, 1), "padding": (0, 0), "dilation": (1, 1)}
    finding = only("RF301", net, net.use("Conv2d", [(x, [])], None, "conv", args))
    assert finding.message == ("a window of 3×? does not fit an input of 1×1; the smallest that works is 3×?")


def test_only_the_first_window_that_does_not_fit_is_found() -> None:
    net, x = image(N, 8, 2, 2)
    y = net.conv(x, path="first")
    args = {"kernel_size": (9, 9), "stride": (1, 1), "padding": (0, 0), "dilation": (1, 1)}
    z = net.use("Conv2d", [(y, [])], None, "second", args)
    assert net.where(only("RF301", net, z).place) == "first.kernel_size"


def test_what_follows_from_channels_last_is_found_once() -> None:
    net, x = image(N, 64, 48, 3)
    y = net.pool(net.conv(x, 8, path="first", into=3), 2)
    assert silent("RF301", net, y)
    assert only("RF401", net, y)
    net, x = image(N, 64, 48, 3)
    y = net.linear(net.flat(net.conv(x, 8, k=1, path="first", into=3)), 5)
    assert silent("RF402", net, y)
    net = Network()
    y = net.conv(net.use("zeros", [], (4, 4, 2, 3)), 8, k=1, path="first", into=5)
    assert only("RF301", net, net.pool(y, 4))


def test_a_width_that_happens_to_be_the_channels_leads_nothing_astray() -> None:
    net, x = image(N, 3, 2, 3)
    assert only("RF301", net, net.pool(net.conv(x, k=1), 4))


def test_layers_without_a_window_may_have_any_size() -> None:
    net, x = image(N, 8, 1, 1)
    assert silent("RF301", net, net.pointwise(x, "BatchNorm2d", "bn", args={"kernel_size": 3}), net.pooled(x))


def test_a_window_in_a_branch_that_may_not_run_is_not_proved() -> None:
    net, x = image(N, 8, 1, 1)
    assert silent("RF301", net, net.conv(x, more={"conditional": "if flag"}))


def test_a_window_of_a_subclass_with_its_own_forward_is_its_own_affair() -> None:
    net, x = image(N, 8, 1, 1)
    args = {"kernel_size": (3, 3), "stride": (1, 1), "padding": (0, 0), "dilation": (1, 1)}
    assert silent("RF301", net, net.use("Conv2d", [(x, same(x))], x.shape, "own", args))


# RF207 dilation-padding-mismatch


def test_padding_that_forgets_the_dilation_shrinks() -> None:
    net, x = image(N, 8, H, W)
    finding = only("RF207", net, net.conv(x, padding=1, dilation=3))
    assert net.where(finding.place) == "conv.padding"
    assert finding.message == "padding 1 with dilation 3 shrinks the map by 4; padding=3 keeps its size"
    assert finding.fix is not None
    assert (finding.fix.words, finding.fix.safe) == ("padding=3", False)


def test_padding_by_another_wrong_formula_grows() -> None:
    net, x = image(N, 8, H, W)
    finding = only("RF207", net, net.conv(x, k=5, padding=5, dilation=2))
    assert finding.message == "padding 5 with dilation 2 makes the map larger by 2; padding=4 keeps its size"


def test_each_axis_has_its_padding() -> None:
    net, x = image(N, 8, H, W)
    finding = only("RF207", net, net.conv(x, padding=(1, 2), dilation=(1, 4)))
    assert finding.message == "padding 2 with dilation 4 shrinks the map by 4; padding=(1, 4) keeps its size"


@pytest.mark.parametrize(
    ("padding", "dilation", "wanted"),
    [((1, 0), (2, 1), "(2, 0)"), ((0, 1), (1, 2), "(0, 2)"), ((5, 1), (3, 3), "3"), ((3, 4), (3, 3), "3")],
)
def test_the_other_axis_keeps_its_padding(padding: Any, dilation: Any, wanted: str) -> None:
    net, x = image(N, 8, H, W)
    k = [3 if p else 1 for p in padding]
    assert only("RF207", net, net.conv(x, k=k, padding=padding, dilation=dilation)).message.endswith(
        f"padding={wanted} keeps its size"
    )


def test_a_function_is_found_too_and_not_rewritten() -> None:
    net, x = image(N, 8, H, W)
    args = {"kernel_size": (3, 3), "stride": (1, 1), "padding": (1, 1), "dilation": (2, 2)}
    reads = [*same(x)[:1], MIXED, *[Read("kept", axis, field.window(3, 1, 1, 2)) for axis in (2, 3)]]
    finding = only("RF207", net, net.use("Conv2d", [(x, reads)], (N, 8, H - 2, W - 2), args=args))
    assert net.where(finding.place) == "Conv2d#0()"
    assert finding.fix is None


@pytest.mark.parametrize(
    ("k", "more"),
    [
        (3, {"padding": 2, "dilation": 2}),
        (3, {"padding": 0, "dilation": 2}),
        (3, {"padding": 1, "dilation": 1}),
        (3, {"padding": 2, "dilation": 1}),
        (5, {"padding": 1, "dilation": 1}),
        (3, {"padding": 4, "dilation": 2}),
        (4, {"padding": 1, "dilation": 2}),
        (1, {"padding": 1, "dilation": 2}),
        (3, {"padding": 1, "dilation": 2, "stride": 2}),
        (3, {"padding": "same", "dilation": 2}),
        (3, {"padding": "valid", "dilation": 2}),
        (3, {"padding": 1, "dilation": 2, "padding_mode": "circular"}),
        (3, {"padding": 1, "dilation": 2, "unknown": ("padding_mode",)}),
        (3, {"padding": 1, "dilation": 2, "unknown": ("kernel_size",)}),
        (3, {"padding": 1, "dilation": 2, "unknown": ("padding",)}),
        (3, {"padding": 1, "dilation": 2, "unknown": ("dilation",)}),
        (3, {"padding": 1, "dilation": 2, "unknown": ("stride",)}),
    ],
)
def test_padding_that_fits_or_is_another_design_is_right(k: int, more: dict[str, Any]) -> None:
    net, x = image(N, 8, 16, 16)
    assert silent("RF207", net, net.conv(x, k=k, **more))


def test_a_pad_before_may_make_up_for_the_padding() -> None:
    net, x = image(N, 8, H, W)
    padded = net.pointwise(net.sliced(x, 2, -2, H + 2))
    assert silent("RF207", net, net.conv(padded, padding=1, dilation=2))


def test_a_crop_after_may_be_meant() -> None:
    net, x = image(N, 8, H)
    y = net.pointwise(net.conv(x, padding=3, dilation=2))
    assert silent("RF207", net, net.sliced(y, 2, 0, H))


def test_a_crop_of_an_axis_that_has_become_the_first_may_be_meant() -> None:
    net, x = image(N, 8, H)
    y = net.conv(x, padding=3, dilation=2)
    reads = [Read("kept", at, IDENTITY) for at in (2, 1, 0)]
    turned = net.use("transpose", [(y, reads)], (y.shape or ())[::-1])
    net.use("opaque", [(turned, [])], None)
    assert only("RF207", net, turned)
    assert silent("RF207", net, net.sliced(turned, 0, 0, H))


def test_a_single_image_is_followed_by_its_axes_too() -> None:
    net, x = image(8, H, W)
    columns = net.sliced(x, 2, -2, W + 2, base="pad")
    assert only("RF207", net, net.conv(columns, k=(3, 1), rank=2, padding=(1, 0), dilation=(2, 1)))


def test_of_a_map_without_channels_no_axis_is_followed() -> None:
    net, x = image(H, W)
    columns = net.sliced(x, 1, -2, W + 2, base="pad")
    window = {"kernel_size": (3, 1), "stride": (1, 1), "padding": (1, 0), "dilation": (2, 1), "padding_mode": "zeros"}
    assert silent("RF207", net, net.use("Conv2d", [(columns, ())], None, "conv", window))


@pytest.mark.parametrize(
    ("before", "behind", "is_judged"),
    [
        (("relu",), ("relu",), True),
        (("pad",), (), False),
        (("narrow", "relu"), (), False),
        ((), ("getitem",), False),
        ((), ("relu", "getitem"), False),
        (("pad", "Conv2d"), ("MaxPool2d", "getitem"), True),
    ],
)
def test_nothing_is_said_near_a_pad_or_crop_of_axes_that_are_not_known(
    before: tuple[str, ...], behind: tuple[str, ...], is_judged: bool
) -> None:
    net, x = image(N, 8, H, W)
    net.sliced(x, 2, -2, H + 2)
    for base in before:
        x = net.use(base, [(x, ())], None)
    window = {"kernel_size": (3, 3), "stride": (1, 1), "padding": (1, 1), "dilation": (2, 2), "padding_mode": "zeros"}
    x = net.use("Conv2d", [(T(x.source, None), ())], None, "slip", window)
    for base in behind:
        x = net.use(base, [(x, ())], None)
    assert bool(findings("RF207", net, x)) is is_judged


def test_every_other_row_is_no_crop() -> None:
    net, x = image(N, 8, 16)
    assert only("RF207", net, net.sliced(net.conv(x, padding=3, dilation=2), 2, 0, 9, step=2))


def test_a_crop_behind_a_residual_sum_may_be_meant() -> None:
    net, x = image(N, 8, H)
    y = net.conv(x, padding=3, dilation=2)
    z = net.join(y, net.pointwise(y))
    assert silent("RF207", net, net.sliced(z, 2, 2, H))


def test_what_cannot_be_followed_makes_up_for_nothing() -> None:
    net, x = image(N, 8, 16, 16)
    made = net.use("zeros", [], (N, 8, 16, 16))
    y = net.conv(made, path="first", padding=1, dilation=2)
    net.use("opaque", [(y, [])], None)
    net.join(y, T(None, (1,)), output=None)
    net.uses[-1] = replace(net.uses[-1], output=None)
    folded = net.use("reshape", [(x, [MIXED] * 4)], (N, 8, 16, 16))
    z = net.conv(folded, path="second", padding=1, dilation=2)
    found = findings("RF207", net.trace(z))
    assert [net.where(f.place) for f in found] == ["first.padding", "second.padding"]


def test_a_transposed_tensor_is_followed_by_its_axes() -> None:
    net, x = image(N, 8, H, W)
    padded = net.sliced(x, 2, -2, H + 2)
    turned = net.use(
        "transpose", [(padded, [*same(x)[:2], Read("kept", 3, IDENTITY), Read("kept", 2, IDENTITY)])], (N, 8, W, H + 2)
    )
    assert only("RF207", net, net.conv(turned, k=(3, 1), padding=(1, 0), dilation=(2, 1)))
    net.uses.pop()
    y = net.conv(turned, k=(1, 3), padding=(0, 1), dilation=(1, 2), path="other")
    assert silent("RF207", net, y)


def test_many_sums_in_a_row_are_followed_once() -> None:
    net, x = image(N, 3, 16, 16)
    y = net.transposed(net.conv(x, padding=1, dilation=2), 3, k=3, stride=2)
    z = net.conv(x, path="second", padding=1, dilation=2)
    for _ in range(64):
        y, z = net.join(y, y), net.join(z, z)
    assert len(findings("RF207", net.trace())) == 2
    assert silent("RF501", net, z)


def test_a_crop_on_another_axis_makes_up_for_nothing() -> None:
    net, x = image(N, 8, H, W)
    y = net.conv(x, k=(3, 1), padding=(1, 0), dilation=(2, 1))
    assert only("RF207", net, net.sliced(y, 1, 0, 4))


def test_a_pad_before_another_layer_makes_up_for_nothing() -> None:
    net, x = image(N, 8, H, W)
    y = net.conv(net.sliced(x, 2, -1, H + 1), path="first", padding=0)
    z = net.conv(y, path="second", padding=1, dilation=2)
    assert net.where(only("RF207", net, net.sliced(net.conv(z), 2, 0, 4)).place) == "second.padding"


def test_a_pool_after_is_no_crop() -> None:
    net, x = image(N, 8, 16, 16)
    y = net.conv(x, padding=1, dilation=2)
    assert only("RF207", net, net.pool(y), net.flat(y))


def test_layers_whose_calls_are_not_known_are_not_judged_by_their_padding() -> None:
    net, x = image(N, 8, H, W)
    assert silent("RF207", net, net.conv(x, padding=1, dilation=2), order="constructor")


def test_a_call_that_builds_other_dilations_too_is_mended_by_a_formula() -> None:
    net, x = image(N, 8, H, W)
    first = net.conv(x, padding=1, dilation=1, path="first")
    second = net.conv(first, padding=1, dilation=2, path="second", like=first)
    fix = only("RF207", net, second).fix
    assert fix is not None
    assert [edit.symbolic for edit in fix.edits if isinstance(edit, SetArgument)] == [
        "{dilation} * ({kernel_size} - 1) // 2"
    ]


@pytest.mark.parametrize("about", [{"k": 4}, {"k": 3, "unknown": ("kernel_size",)}, {"k": (3, 4)}])
def test_a_call_that_builds_even_kernels_too_has_no_formula(about: dict[str, Any]) -> None:
    net, x = image(N, 8, H, W)
    first = net.conv(x, padding=1, path="first", **about)
    second = net.conv(first, padding=1, dilation=2, path="second", like=first)
    fix = only("RF207", net, second).fix
    assert fix is not None
    assert [edit.symbolic for edit in fix.edits if isinstance(edit, SetArgument)] == [""]


def test_a_dilated_subclass_with_its_own_forward_may_pad_otherwise() -> None:
    net, x = image(N, 8, H, W)
    args = {"kernel_size": (3, 3), "stride": (1, 1), "padding": (1, 1), "dilation": (2, 2), "padding_mode": "zeros"}
    assert silent("RF207", net, net.use("Conv2d", [(x, same(x))], x.shape, "own", args))


# RF501 checkerboard-overlap


def test_a_kernel_that_the_stride_does_not_divide_makes_a_checkerboard() -> None:
    net, x = image(N, 8, H, W)
    y = net.transposed(x, 3, k=3, stride=2, padding=1, output_padding=1)
    finding = only("RF501", net, net.pointwise(y, "Tanh"))
    assert net.where(finding.place) == "up.kernel_size"
    assert finding.message == (
        "kernel 3 at stride 2 lays 2 taps on some rows, 1 on others: a checkerboard; "
        "kernel_size=4, output_padding=0 lays as many on all"
    )
    assert finding.fix is not None
    assert finding.fix.words == "kernel_size=4, output_padding=0"


def test_a_kernel_alone_is_a_fix() -> None:
    net, x = image(N, 8, H, W)
    fix = only("RF501", net, net.transposed(x, 3, k=5, stride=2, padding=2)).fix
    assert fix is not None
    assert (fix.words, fix.safe) == ("kernel_size=6", False)


def test_only_the_uneven_axis_is_evened() -> None:
    net, x = image(N, 8, H, W)
    finding = only("RF501", net, net.transposed(x, 3, k=(4, 5), stride=(2, 3), padding=(0, 2)))
    assert "kernel_size=(4, 6), output_padding=(0, 1)" in finding.message


def test_a_dilated_kernel_may_be_uneven_and_gets_no_advice() -> None:
    net, x = image(N, 8, H)
    finding = only("RF501", net, net.transposed(x, 1, k=5, stride=2, dilation=3))
    assert finding.message == "kernel 5 at stride 2 lays 3 taps on some rows, 2 on others: a checkerboard"


@pytest.mark.parametrize(("k", "stride", "dilation"), [(4, 2, 2), (2, 3, 1), (1, 2, 1)])
def test_rows_without_any_tap_are_no_checkerboard(k: int, stride: int, dilation: int) -> None:
    net, x = image(N, 8, H)
    assert silent("RF501", net, net.transposed(x, 1, k=k, stride=stride, dilation=dilation))


@pytest.mark.parametrize(
    ("k", "stride", "dilation"), [(4, 2, 1), (2, 2, 1), (16, 8, 1), (3, 1, 1), (3, 1, 2), (6, 2, 3), (6, 3, 1)]
)
def test_a_kernel_that_the_stride_divides_is_even(k: int, stride: int, dilation: int) -> None:
    net, x = image(N, 8, H, W)
    assert silent("RF501", net, net.transposed(x, 3, k=k, stride=stride, dilation=dilation))


def up(net: Network, x: T, out: int = 8) -> T:
    return net.transposed(x, out, k=3, stride=2, padding=1, output_padding=1)


def test_one_convolution_after_does_not_smooth_it() -> None:
    net, x = image(N, 8, H, W)
    assert only("RF501", net, net.conv(net.pointwise(up(net, x)), 1, padding=1))


def test_signals_are_followed_along_their_one_axis() -> None:
    net, x = image(N, 8, W)
    assert only("RF501", net, net.conv(net.pointwise(up(net, x)), 1, padding=1))


def test_what_has_no_channels_any_more_is_no_picture() -> None:
    net, x = image(1, 8, W)
    y = up(net, x, 8)
    assert silent(
        "RF501", net, net.use("select", [(y, [Read("mixed"), Read("mixed"), same(y)[2]])], (y.shape or ())[2:])
    )


def test_two_convolutions_after_smooth_it() -> None:
    net, x = image(N, 8, H, W)
    y = net.conv(net.conv(up(net, x), path="a", padding=1), 1, path="b", padding=1)
    assert silent("RF501", net, y)


def test_convolutions_with_a_kernel_of_2_smooth_it_too() -> None:
    net, x = image(N, 8, H, W)
    assert silent("RF501", net, net.conv(net.conv(up(net, x), k=2, path="a"), 1, k=2, path="b"))


def test_convolutions_with_a_kernel_of_1_smooth_nothing() -> None:
    net, x = image(N, 8, H, W)
    y = up(net, x)
    for path in "abc":
        y = net.pointwise(net.conv(y, 2, k=1, path=path), "BatchNorm2d", path + "n")
    assert only("RF501", net, y)


def test_the_shortest_way_to_the_output_counts() -> None:
    net, x = image(N, 8, H, W)
    y = up(net, x)
    z = net.conv(net.conv(y, 8, path="a", padding=1), 8, path="b", padding=1)
    assert only("RF501", net, net.conv(net.join(z, y), 3, k=1, path="c"))


@pytest.mark.parametrize(("out", "flagged"), [(4, True), (5, False), (symbol("C"), False)])
def test_outputs_with_few_channels_are_pictures(out: Any, flagged: bool) -> None:
    net, x = image(N, 8, H, W)
    assert bool(findings("RF501", net.trace(up(net, x, out)))) is flagged


@pytest.mark.parametrize(("base", "flagged"), [("Tanh", True), ("Sigmoid", True), ("ReLU", False)])
def test_outputs_between_fixed_bounds_are_pictures(base: str, flagged: bool) -> None:
    net, x = image(N, 8, H, W)
    assert bool(findings("RF501", net.trace(net.pointwise(up(net, x, 12), base)))) is flagged


def test_a_gate_inside_is_no_picture() -> None:
    net, x = image(N, 8, H, W)
    y = net.pointwise(up(net, x, 12), "Sigmoid")
    assert silent("RF501", net, net.conv(y, 12, k=1))


def test_pictures_without_a_batch_have_their_channels_first() -> None:
    net, x = image(8, 16, 16)
    reads = [MIXED, *(Read("kept", axis, field.transposed(3, 2, 1, 1)) for axis in (1, 2))]
    names = ("kernel_size", "stride", "padding", "output_padding", "dilation")
    args = {name: (value, value) for name, value in zip(names, (3, 2, 1, 1, 1), strict=False)}
    assert only("RF501", net, net.use("ConvTranspose2d", [(x, reads)], (3, 32, 32), "up", args))
    net.uses.clear()
    assert silent("RF501", net, net.use("ConvTranspose2d", [(x, reads)], (12, 32, 32), "up", args))


def test_pooling_after_smooths_it() -> None:
    net, x = image(N, 8, 16, 16)
    y = up(net, x)
    assert silent(
        "RF501", net, net.conv(net.sliced(y, 2, 0, 16, step=2), 3, k=1), net.conv(net.pooled(y), 3, k=1, path="b")
    )


def test_a_layer_whose_window_is_not_known_may_smooth_it() -> None:
    net, x = image(N, 8, H, W)
    y = net.conv(up(net, x), 8, padding=1)
    assert silent("RF501", net, net.conv(y, 3, k=1, path="b", unknown=("kernel_size",)))


@pytest.mark.parametrize("name", ["padding", "output_padding"])
def test_without_all_arguments_there_is_no_advice(name: str) -> None:
    net, x = image(N, 8, H, W)
    net.transposed(x, 3, k=3, stride=2, unknown=(name,), path="a")
    for finding in findings("RF501", net.trace(T(0, None))):
        assert (finding.message[-12:], finding.fix) == ("checkerboard", None)
    assert bool(findings("RF501", net.trace(T(0, None)))) is (name == "output_padding")


def test_an_output_whose_shape_is_not_known_is_no_picture() -> None:
    net, x = image(N, 8, H, W)
    y = up(net, x)
    assert silent("RF501", net, net.use("opaque", [(y, same(y))], None), net.use("flat", [(y, same(y))], (3,)))


def test_an_output_that_a_discriminator_judges_is_not_its_own() -> None:
    net, x = image(N, 8, 16, 16)
    y = net.conv(net.conv(net.conv(up(net, x), path="a"), path="b"), 1, path="c")
    assert silent("RF501", net, y)


@pytest.mark.parametrize("name", ["kernel_size", "stride", "dilation"])
def test_an_unknown_transposed_window_says_nothing(name: str) -> None:
    net, x = image(N, 8, H, W)
    assert silent("RF501", net, net.transposed(x, 3, k=3, stride=2, unknown=(name,)))


def test_a_convolution_has_no_overlap_to_even() -> None:
    net, x = image(N, 8, 32, 32)
    assert silent("RF501", net, net.conv(x, 3, k=3, stride=2))


# RF304 unread-pixels


def test_a_kernel_below_its_stride_skips_rows() -> None:
    net, x = image(N, 8, H, W)
    finding = only("RF304", net, net.conv(x, k=1, stride=2))
    assert net.where(finding.place) == "conv.stride"
    assert finding.message == (
        "kernel 1 at stride 2 reads rows #.#.#. only, and nothing reads the rest, 75 % of the positions; "
        "a kernel of 2 or a pool would"
    )


def test_on_one_axis_every_other_position_is_half() -> None:
    net, x = image(N, 8, H)
    assert (
        "rows ##.##. only, and nothing reads the rest, 33 %" in only("RF304", net, net.conv(x, k=2, stride=3)).message
    )


def test_a_dilation_that_shares_a_factor_with_the_stride_skips_rows() -> None:
    net, x = image(N, 8, H, W)
    y = net.conv(x, k=3, stride=2, dilation=2, padding=2)
    finding = only("RF208", net, y)
    assert net.where(finding.place) == "conv.dilation"
    assert finding.message == (
        "dilation 2 shares the factor 2 with stride 2: only rows #.#.#. are read, and nothing reads the rest, 75 % of "
        "the positions; dilation 1, or the stride in another layer, would"
    )
    assert silent("RF304", net, y)


def test_the_padding_moves_the_rows_that_are_read() -> None:
    net, x = image(N, 8, H)
    assert "rows .#.#.# only" in only("RF304", net, net.conv(x, k=1, stride=2, padding=1)).message


def test_the_axis_that_is_stepped_over_is_explained() -> None:
    net, x = image(N, 8, H, W)
    message = only("RF304", net, net.conv(x, k=(2, 1), stride=(2, 3))).message
    assert message == (
        "kernel 1 at stride 3 reads rows #..#.. only, and nothing reads the rest, 67 % of the positions; "
        "a kernel of 3 or a pool would"
    )


def test_a_kernel_of_the_stride_needs_no_dilation() -> None:
    net, x = image(N, 8, H)
    y = net.conv(x, k=2, stride=2, dilation=2)
    assert only("RF208", net, y).message.startswith("dilation 2 shares the factor 2 with stride 2")
    net.uses.clear()
    message = only("RF304", net, net.conv(x, k=1, stride=2, dilation=2)).message
    assert silent("RF208", net, net.conv(x, k=1, stride=2, dilation=2))
    assert message.startswith("kernel 1 at stride 2 reads")
    assert message.endswith("a kernel of 2 or a pool would")


def test_a_layer_whose_arguments_are_not_known_is_explained_by_what_it_reads() -> None:
    net, x = image(N, 8, H)
    message = only("RF304", net, net.conv(x, k=1, stride=2, unknown=("kernel_size",))).message
    assert message.startswith("this layer reads rows #.#.#. only")
    assert message.endswith("a pool would")
    net.uses.clear()
    y = net.use("Upsample", [(x, [*same(x)[:2], Read("kept", 2, field.strided(0, 2))])], (N, 8, H // 2))
    assert only("RF304", net, y).message.startswith("this resampling reads")


def test_a_period_of_twelve_is_drawn() -> None:
    net, x = image(N, 8, H)
    assert "rows #...........  only".replace("  ", " ") in only("RF304", net, net.conv(x, k=1, stride=12)).message
    net.uses.clear()
    assert "reads rows only" in only("RF304", net, net.conv(x, k=1, stride=13)).message


def test_a_long_period_is_not_drawn() -> None:
    net, x = image(N, 1, H)
    assert (
        " reads rows only, and nothing reads the rest, 50 %" in only("RF304", net, net.conv(x, k=10, stride=20)).message
    )


def test_downsampling_without_antialias_skips_rows() -> None:
    net, x = image(N, 8, H, W)
    finding = only("RF304", net, net.resized(x, 2, down=True))
    assert finding.message.startswith("nearest resampling reads rows #.#.#. only")
    assert finding.message.endswith("75 % of the positions; a pool would")
    net.uses.clear()
    finding = only("RF304", net, net.resized(x, 4, "bilinear", down=True))
    assert "rows .##.##" not in finding.message
    assert "rows .##. " not in finding.message
    assert finding.message.startswith("bilinear resampling reads rows .##..# only")
    assert finding.message.endswith("75 % of the positions; antialias=True or a pool would")


@pytest.mark.parametrize(
    ("k", "stride", "dilation"), [(2, 2, 1), (3, 2, 1), (4, 4, 1), (1, 1, 1), (3, 2, 3), (3, 1, 2)]
)
def test_windows_that_cover_their_stride_read_all(k: int, stride: int, dilation: int) -> None:
    net, x = image(N, 8, H, W)
    y = net.conv(x, k=k, stride=stride, dilation=dilation)
    assert silent("RF304", net, y)
    assert silent("RF208", net, y)


def test_halving_bilinearly_and_upsampling_read_all() -> None:
    net, x = image(N, 8, H, W)
    assert silent("RF304", net, net.resized(x, 2, "bilinear", down=True))
    assert silent("RF304", net, net.resized(x, 2))


def block(net: Network, x: T, k: int, path: str = "main") -> T:
    """A residual block that halves: its shortcut is a 1×1 convolution with stride 2."""
    y = net.conv(x, 16, k=k, stride=2, padding=k // 2, path=f"{path}.a")
    return net.join(net.conv(y, 16, padding=1, path=f"{path}.b"), net.conv(x, 16, k=1, stride=2, path=f"{path}.short"))


def test_a_shortcut_beside_a_layer_that_reads_all_is_right() -> None:
    net, x = image(N, 8, 16, 16)
    assert silent("RF304", net, block(net, x, 3))


def test_a_block_whose_layers_all_step_is_a_known_design() -> None:
    net, x = image(N, 8, 16, 16)
    assert silent("RF304", net, block(net, net.pointwise(x), 1))


def test_two_dilated_layers_that_step_are_no_known_design() -> None:
    net, x = image(N, 8, 16, 16)
    a, b = (net.conv(x, k=3, stride=2, dilation=2, padding=2, path=path) for path in "ab")
    finding = only("RF208", net, net.join(a, b))
    assert net.where(finding.place) == "a.dilation"
    assert [net.where(place) for place, _ in finding.related] == ["a()", "b.stride"]


def test_the_layer_that_would_read_all_without_its_dilation_is_flagged_among_those_that_step() -> None:
    net, x = image(N, 8, 16, 16)
    a, b = net.conv(x, k=1, stride=2, path="a"), net.conv(x, k=3, stride=2, dilation=2, padding=2, path="b")
    assert net.where(only("RF208", net, net.join(a, b)).place) == "b.dilation"
    assert silent("RF304", net, net.join(a, b))


def test_a_1x1_layer_and_a_pool_that_step_are_no_known_design() -> None:
    net, x = image(N, 8, 16, 16)
    assert only("RF304", net, net.join(net.conv(x, k=1, stride=2), net.pool(x, 1, stride=2)))


def test_a_reader_behind_an_activation_reads_as_well() -> None:
    net, x = image(N, 8, 16, 16)
    y = net.conv(net.pointwise(net.pointwise(x, "BatchNorm2d", "bn")), padding=1, path="a")
    assert silent("RF304", net, y, net.conv(net.pointwise(x), k=1, stride=2, path="b"))


def test_a_1x1_convolution_passes_rows_on() -> None:
    net, x = image(N, 8, 16, 16)
    y = net.conv(net.pointwise(net.conv(x, k=1, path="a")), k=1, stride=2, path="b")
    assert net.where(only("RF304", net, y).place) == "b.stride"
    assert silent("RF304", net, net.conv(x, k=3, path="c"), y)


def test_two_readers_may_share_the_rows() -> None:
    net, x = image(N, 8, 16)
    a, b = net.conv(x, k=1, stride=2, path="a"), net.conv(net.sliced(x, 2, 1, 15), k=1, stride=2, path="b")
    assert silent("RF304", net, net.join(a, b))


def test_different_layers_that_step_over_the_same_rows_are_one_finding() -> None:
    net, x = image(N, 8, 16, 16)
    finding = only("RF304", net, net.pool(x, 1, stride=2), net.pool(x, 1, stride=4, path="other"))
    assert net.where(finding.place) == "pool.stride"
    assert [net.where(place) for place, _ in finding.related] == ["other.stride"]


def test_a_sum_reads_all_of_its_terms() -> None:
    net, x = image(N, 8, 16, 16)
    assert only("RF304", net, net.conv(net.join(x, net.conv(x, padding=1, path="a")), k=1, stride=2, path="b"))


def test_a_tensor_that_is_given_out_is_read_by_the_caller() -> None:
    net, x = image(N, 8, 16, 16)
    y = net.pointwise(net.conv(x, padding=1, path="a"))
    z = net.conv(y, k=1, stride=2, path="b")
    assert silent("RF304", net, y, z)
    assert only("RF304", net, z)


def test_what_is_read_by_nobody_that_matters_is_not_judged() -> None:
    net, x = image(N, 8, 16, 16)
    y = net.conv(x, padding=1, path="a")
    net.pointwise(y)
    assert silent("RF304", net, net.conv(y, k=1, stride=2, path="b"))


def test_a_reader_of_which_nothing_is_known_may_read_all() -> None:
    net, x = image(N, 8, 16, 16)
    net.use("grid_sample", [(x, [*same(x)[:2], Read("unknown", 2), Read("unknown", 3)])], x.shape)
    assert silent("RF304", net, net.conv(x, k=1, stride=2))


def test_a_global_pool_reads_all() -> None:
    net, x = image(N, 8, 16, 16)
    assert silent("RF304", net, net.pooled(x), net.conv(x, k=1, stride=2))


def test_a_slice_says_itself_what_it_leaves_out() -> None:
    net, x = image(N, 8, 16, 16)
    assert silent("RF304", net, net.sliced(x, 2, 0, 8, step=2))


def test_a_slice_and_a_window_may_share_the_rows() -> None:
    net, x = image(N, 8, 16)
    a, b = net.conv(x, k=1, stride=2, path="a"), net.sliced(x, 2, 1, 8, step=2)
    assert silent("RF304", net, net.join(a, b))


@pytest.mark.parametrize(("size", "flagged"), [(1, False), (2, True)])
def test_rows_that_are_not_there_are_not_missed(size: int, flagged: bool) -> None:
    net, x = image(N, 8, size, size)
    assert bool(findings("RF304", net.trace(net.conv(x, k=1, stride=2)))) is flagged


@pytest.mark.parametrize(("name", "flagged"), [("mask", False), ("gt_labels", False), ("x", True)])
def test_labels_are_made_smaller_by_picking(name: str, flagged: bool) -> None:
    net = Network(**{name: (N, 1, 64, 64)})
    y = net.resized(net.input(name), 4, down=True)
    assert bool(findings("RF304", net.trace(y))) is flagged


def test_labels_that_a_convolution_steps_over_are_lost() -> None:
    net = Network(mask=(N, 1, 64, 64))
    assert only("RF304", net, net.conv(net.input("mask"), k=1, stride=2))


def test_an_image_with_a_mask_is_no_label() -> None:
    net = Network(image=(N, 1, 64, 64), mask=(N, 1, 64, 64))
    y = net.join(net.input("image"), net.input("mask"), base="mul")
    assert only("RF304", net, net.resized(y, 4, down=True))


def test_rows_of_a_network_followed_in_part_may_be_read_elsewhere() -> None:
    net, x = image(N, 8, 16, 16)
    assert silent("RF304", net, net.conv(x, k=1, stride=2), complete=False)


def test_channels_are_no_rows() -> None:
    net, x = image(N, 8, 16, 16)
    y = net.sliced(x, 1, 0, 4, step=2)
    assert silent(
        "RF304",
        net,
        net.conv(y, path="a"),
        net.use("Upsample", [(y, [*same(y)[:1], Read("kept", 1, field.strided(0, 2)), *same(y)[2:]])], (N, 2, 16, 16)),
    )


def test_enormous_windows_are_not_enumerated() -> None:
    net, x = image(N, 8, H)
    assert silent("RF304", net, net.conv(x, k=10**9, stride=10**10))


# RF201 gridding-holes


def chained(net: Network, x: T, *rates: int, k: int = 3, path: str = "c") -> T:
    """Convolutions in a row that keep the size, an activation after each."""
    for number, rate in enumerate(rates):
        x = net.conv(x, 8, k=k, dilation=rate, padding="same", path=f"{path}{number}")
        x = net.pointwise(x, "ReLU", f"{path}{number}.act")
    return x


def test_equal_rates_leave_holes() -> None:
    net, x = image(N, 8, H, W)
    finding = only("RF201", net, chained(net, x, 2, 2, 2))
    assert net.where(finding.place) == "c0.dilation"
    assert finding.message == (
        "dilations 2, 2, 2 reach 7 of 13 rows (29 % of the window), only multiples of 2; 1, 2, 3 reach all of 13"
    )
    assert [net.where(place) for place, _ in finding.related] == ["c1.dilation", "c2.dilation"]
    assert finding.trail == (0, 2, 4)


@pytest.mark.parametrize(
    ("rates", "k", "words"),
    [
        ((2, 4, 8), 3, "reach 15 of 29 rows (27 % of the window), only multiples of 2; 1, 3, 9 reach all of 27"),
        ((1, 2, 9), 3, "reach 21 of 25 rows (71 % of the window); 1, 3, 8 reach all of 25"),
        ((3, 5), 3, "reach 9 of 17 rows (28 % of the window); 1, 3 reach all of 9"),
        ((3, 9), 3, "only multiples of 3"),
        ((1, 3, 9), 2, "reach 8 of 14 rows (33 % of the window); 1, 2, 4 reach all of 8"),
        ((2,) * 10, 3, "dilations 2, 2, 2, 2, 2, 2, 2, 2, … reach 21 of 41"),
    ],
)
def test_rates_with_holes_are_found(rates: tuple[int, ...], k: int, words: str) -> None:
    net, x = image(N, 8, H, W)
    assert words in only("RF201", net, chained(net, x, *rates, k=k)).message


@pytest.mark.parametrize(
    ("rates", "k"),
    [
        ((1, 2, 5), 3),
        ((1, 2, 4, 8), 3),
        ((1, 3, 9), 3),
        ((1, 2, 4, 8), 2),
        ((1, 1, 1, 2, 2, 2), 3),
        ((5, 2, 1), 3),
        ((2,), 3),
        ((1, 9), 3),
        ((2, 3), 3),
        ((2, 2), 1),
    ],
)
def test_dense_rates_and_lone_ones_are_right(rates: tuple[int, ...], k: int) -> None:
    net, x = image(N, 8, H, W)
    assert silent("RF201", net, chained(net, x, *rates, k=k))


def test_a_sequence_has_no_window_of_rows() -> None:
    net, x = image(N, 8, H)
    assert "reach 7 of 13 rows (54 %), only" in only("RF201", net, chained(net, x, 2, 2, 2)).message


def test_of_several_starts_the_one_read_with_the_most_holes_counts() -> None:
    net = Network(a=(N, 8, H), b=(N, 8, H))
    a, b = chained(net, net.input("a"), 2, 2, path="a"), chained(net, net.input("b"), 3, 3, path="b")
    y = net.cat(a, net.cat(net.pool(b, 1, stride=1), b))
    assert only("RF201", net, y).message.startswith("dilations 3, 3 reach 5 of 13 rows")
    net = Network(a=(N, 8, H), b=(N, 8, H))
    y = net.pool(net.input("a"))
    both = net.join(chained(net, net.input("b"), 2, 2, path="b"), chained(net, y, 2, 2, path="a"))
    assert only("RF201", net, both).message.startswith("dilations 2, 2 reach 5 of 9 rows")


def test_holes_on_the_second_axis_alone_count() -> None:
    net, x = image(N, 8, H, W)
    for path in "ab":
        x = net.conv(x, k=3, dilation=(1, 2), path=path)
    assert "reach 5 of 9 rows (56 % of the window)" in only("RF201", net, x).message


def test_a_resolution_starts_a_new_segment() -> None:
    net, x = image(N, 8, H, W)
    y = chained(net, net.pool(net.conv(x, padding=1, path="stem")), 2, 2)
    assert only("RF201", net, y)
    net, x = image(N, 8, H, W)
    y = net.conv(chained(net, x, 2), stride=2, path="down")
    assert silent("RF201", net, chained(net, y, 2, path="d"))


def test_a_dense_layer_at_the_same_resolution_fills_the_holes() -> None:
    net, x = image(N, 8, H, W)
    assert silent("RF201", net, net.conv(chained(net, x, 2, 2, 2), path="last"))
    net, x = image(N, 8, H, W)
    assert silent("RF201", net, chained(net, net.pool(x, 3, stride=1, padding=1), 2, 2, 2))


def test_residual_identities_are_transparent() -> None:
    net, x = image(N, 8, H, W)
    for number in range(3):
        branch = net.pointwise(chained(net, net.pointwise(x), 2, path=f"r{number}."), "BatchNorm2d", f"n{number}")
        x = net.join(net.conv(x, k=1, path=f"p{number}"), branch)
    finding = only("RF201", net, x)
    assert finding.message.startswith("dilations 2, 2, 2 reach 7 of 13 rows (29 % of the window)")


def test_a_long_skip_around_the_dilated_layers_is_an_identity_too() -> None:
    net, x = image(N, 8, H, W)
    assert only("RF201", net, net.join(chained(net, x, 2, 2, 2), x))


def test_another_branch_without_dilation_is_none() -> None:
    net = Network(x=(N, 8, H, W), y=(N, 8, H, W))
    assert silent("RF201", net, net.join(chained(net, net.input("x"), 2, 2, 2), net.input("y")))


def test_parallel_rates_fill_each_others_holes() -> None:
    net, x = image(N, 8, H, W)
    branches = [chained(net, x, rate, path=f"b{rate}.") for rate in (6, 12, 18)]
    assert silent("RF201", net, net.cat(net.conv(x, k=1, path="one"), *branches))
    assert silent("RF201", net, net.join(net.join(*branches[:2]), branches[2]))


def test_units_of_parallel_rates_that_are_alike_leave_holes() -> None:
    net, x = image(N, 8, H, W)
    for unit in "abc":
        x = net.cat(*(net.conv(x, 4, dilation=2, padding=2, path=unit + half) for half in "12"))
    finding = only("RF201", net, x)
    assert finding.message.startswith("dilations 2, 2, 2 reach 7 of 13 rows (at most 29 % of the window)")
    assert net.where(finding.place) == "a1.dilation"


def test_dense_connections_are_ways_without_dilation() -> None:
    net, x = image(N, 8, H, W)
    for number in range(3):
        x = net.cat(x, chained(net, x, 2, path=f"d{number}."))
    assert silent("RF201", net, x)


def test_a_branch_counts_with_its_fewest_dilated_layers() -> None:
    net, x = image(N, 8, H, W)
    assert silent("RF201", net, net.cat(chained(net, x, 2, 2, path="a"), chained(net, x, 2, path="b")))


def test_holes_at_the_edge_alone_are_not_worth_a_word() -> None:
    net, x = image(N, 8, H)
    ones = chained(net, x, *[1] * 12)
    y = chained(net, ones, 26, 2, path="d")
    assert silent("RF201", net, y)


def test_one_segment_is_found_once() -> None:
    net, x = image(N, 8, H, W)
    y = chained(net, x, 2, 2, 2)
    assert only("RF201", net, net.conv(y, k=1, path="head"), net.conv(y, k=1, path="other"), net.pool(y))


def test_two_segments_are_two_findings() -> None:
    net, x = image(N, 8, H, W)
    y = chained(net, net.pool(chained(net, x, 2, 2, path="a")), 3, 3, path="b")
    found = findings("RF201", net.trace(y))
    assert sorted(net.where(f.place) for f in found) == ["a0.dilation", "b0.dilation"]


def test_a_segment_may_end_in_a_global_pool() -> None:
    net, x = image(N, 8, 32, 32)
    assert only("RF201", net, net.pooled(chained(net, x, 2, 2)))
    net, x = image(N, 8, 32, 32)
    assert only("RF201", net, net.linear(net.flat(chained(net, x, 2, 2)), 8192))


def test_a_gate_is_no_end() -> None:
    net, x = image(N, 8, 32, 32)
    y = chained(net, x, 2, 2)
    net.pooled(y)
    assert silent("RF201", net, net.conv(y, path="last"))


def test_what_comes_after_an_unknown_layer_is_not_the_end() -> None:
    net, x = image(N, 8, 32, 32)
    y = chained(net, x, 2, 2)
    reads = [*same(y)[:2], Read("unknown", 2), Read("unknown", 3)]
    assert silent("RF201", net, net.use("DeformConv2d", [(y, reads)], y.shape))


@pytest.mark.parametrize(
    "reads", [[Read("unknown", 2), Read("unknown", 3)], [MIXED, MIXED], [Read("kept", 2), Read("kept", 3)]]
)
def test_what_comes_before_an_unknown_layer_may_fill_the_holes(reads: list[Read]) -> None:
    net, x = image(N, 8, 32, 32)
    y = net.use("DeformConv2d", [(x, [*same(x)[:2], *reads])], x.shape)
    assert silent("RF201", net, chained(net, y, 2, 2))


def test_an_unknown_branch_may_fill_the_holes() -> None:
    net, x = image(N, 8, 32, 32)
    y = net.use("DeformConv2d", [(x, [*same(x)[:2], Read("unknown", 2), Read("unknown", 3)])], x.shape)
    assert silent("RF201", net, net.join(chained(net, x, 2, 2), chained(net, y, 2, 2, 2, path="d")))


def test_a_global_branch_changes_nothing_of_what_is_seen_locally() -> None:
    net, x = image(N, 8, 32, 32)
    y = chained(net, x, 2, 2)
    gate = net.pooled(y)
    reads = [*same(gate)[:2], Read("whole", 2), Read("whole", 3)]
    assert only("RF201", net, net.use("mul", [(y, same(y)), (gate, reads)], y.shape))


def test_rates_too_far_apart_to_compute_are_not_judged() -> None:
    net, x = image(N, 8, H)
    assert silent("RF201", net, chained(net, x, 10**6, 10**6))


def test_layers_in_constructor_order_are_no_segment() -> None:
    net, x = image(N, 8, H, W)
    assert silent("RF201", net, chained(net, x, 2, 2, 2), order="constructor")


def test_a_dilated_kernel_of_1_is_not_dilated() -> None:
    net, x = image(N, 8, H, W)
    assert silent("RF201", net, chained(net, net.conv(x, k=1, dilation=2, path="one"), 2))


def test_parameters_are_no_branch() -> None:
    net, x = image(N, 8, H, W)
    y = chained(net, x, 2, 2)
    assert only("RF201", net, net.join(y, T(None, y.shape)))


def test_upsampling_starts_a_new_segment() -> None:
    net, x = image(N, 8, H, W)
    assert silent("RF201", net, chained(net, net.resized(chained(net, x, 4), 2), 2, path="d"))


def test_a_layer_that_reads_nothing_is_no_link() -> None:
    net, x = image(N, 8, H)
    y = chained(net, x, 2)
    empty = net.use("narrow", [(y, [*same(y)[:2], Read("kept", 2, field.Access(1, (range(0),)))])], y.shape)
    assert silent("RF201", net, chained(net, empty, 2, path="d"))


def test_many_sums_in_a_segment_are_followed_once() -> None:
    net, x = image(N, 8, H)
    y = chained(net, x, 2, 2)
    for _ in range(64):
        y = net.join(y, y)
    assert only("RF201", net, y)


def test_a_sum_that_the_branch_is_not_built_on_is_no_identity() -> None:
    net = Network(x=(N, 8, H, W), other=(N, 8, H, W))
    x = net.input("x")
    assert silent("RF201", net, net.join(net.join(x, net.input("other")), chained(net, x, 2, 2)))


def test_dilated_layers_that_nobody_reads_leave_no_holes() -> None:
    net, x = image(N, 8, H, W)
    chained(net, x, 2, 2)
    assert silent("RF201", net, net.pointwise(x))


def test_a_resampling_layer_stands_at_its_factor_and_others_are_near() -> None:
    net, x = image(N, 3, 64, 64)
    y = net.resized(x, 2, down=True)
    net.uses[-1] = replace(net.uses[-1], path="down", layer=replace(net.uses[-1].layer, defined=Place("net.py", 7)))
    places = {"scale_factor": Place("net.py", 8)}
    net.uses[-1] = replace(net.uses[-1], layer=replace(net.uses[-1].layer, places=places))
    finding = only("RF304", net, y, net.resized(x, 4, down=True))
    assert finding.place == places["scale_factor"]
    assert [words for _, words in finding.related] == ["steps over the same rows"]


# RF101 rf-smaller-than-input


def seen(net: Network, *outputs: T, **about: Any) -> Finding:
    return only("RF101", net, *outputs, declared=True, **about)


def unseen(net: Network, *outputs: T, **about: Any) -> bool:
    return silent("RF101", net, *outputs, **{"declared": True, **about})


def test_a_dense_output_that_sees_less_than_the_input() -> None:
    net, x = image(1, 3, 256, 256)
    y = net.conv(chained(net, x, 1, 1, 2, 4, 8, 16, 1), 21, k=1, path="head")
    finding = seen(net, y)
    assert net.where(finding.place) == "c6()"
    assert finding.message == (
        "each output unit sees 67×67 of 256×256 px (26 %); "
        "2 more layers of kernel 3 here, dilation 32, 64, would see 259"
    )
    assert finding.trail == (0, 2, 4, 6, 8, 10, 12)


def test_a_field_of_the_size_of_the_input_is_enough() -> None:
    for size, enough in ((67, True), (68, False)):
        net, x = image(1, 3, size, size)
        assert unseen(net, chained(net, x, 1, 1, 2, 4, 8, 16, 1)) is enough


def test_one_short_axis_is_enough_to_be_short() -> None:
    net, x = image(1, 3, 7, 70)
    finding = seen(net, chained(net, x, 1, 1, 1))
    assert "sees 7×7 of 7×70 px (10 %)" in finding.message


def test_one_layer_may_be_enough() -> None:
    net, x = image(1, 3, 9)
    message = seen(net, chained(net, x, 1, 1, 1)).message
    assert message == "each output unit sees 7 of 9 (78 %); one more layer of kernel 3 here, dilation 1, would see 9"


def test_dilations_count_with_the_jump() -> None:
    net, x = image(1, 3, 64)
    y = net.conv(net.conv(x, stride=4, path="a"), stride=2, path="b")
    assert seen(net, y).message.endswith("; 3 more layers of kernel 3 here, dilation 1, 1, 2, would see 75")


def test_the_least_phase_counts_after_upsampling() -> None:
    net, x = image(1, 3, 64, 64)
    y = net.conv(net.resized(net.pool(x), 2), path="a", k=2)
    assert "sees 2×2 of 64×64" in seen(net, y).message


def test_the_last_layer_that_widens_the_field_is_a_window() -> None:
    net, x = image(1, 3, 64, 64)
    y = net.resized(net.conv(net.pool(x), path="a", padding=1), 2, "bilinear")
    finding = seen(net, net.conv(y, k=1, path="head"))
    assert net.where(finding.place) == "a()"
    assert finding.trail == (0, 1, 2)
    net, x = image(1, 3, 64, 64)
    assert net.where(seen(net, net.resized(x, 2, "bilinear")).place) == "Upsample#0()"


def test_a_long_chain_has_a_short_trail() -> None:
    net, x = image(1, 3, 64)
    assert seen(net, chained(net, x, *[1] * 12)).trail == tuple(range(8, 24, 2))


def test_a_global_pool_adds_up_patches() -> None:
    net, x = image(1, 3, 64, 64)
    y = net.linear(net.flat(net.pooled(chained(net, x, 1, 1))), 8)
    finding = seen(net, y)
    assert net.where(finding.place) == "c1()"
    assert finding.message.startswith("before the global pool each unit sees 5×5 of 64×64 px (8 %), a bag of patches;")


def test_a_global_branch_is_set_aside() -> None:
    net, x = image(1, 3, 64, 64)
    y = chained(net, x, 1, 1)
    gate = net.pooled(y)
    reads = [*same(gate)[:2], Read("kept", 2, IDENTITY), Read("kept", 3, IDENTITY)]
    z = net.use("mul", [(y, same(y)), (gate, reads)], y.shape)
    assert seen(net, z).message.startswith("each output unit, adaptiveavgpool2d aside, sees 5×5 of 64×64")


def stated(*texts: str, place: Place | None = None) -> list[Said]:
    """What is said of all outputs, or of a place."""
    return [Said(contract(text), place, ()) for text in texts]


def test_an_object_has_to_be_seen_not_the_image_and_of_several_the_largest() -> None:
    net, x = image(1, 3, 64, 64)
    y = chained(net, x, 1, 1)
    finding = seen(net, y, said=stated("causal", "object-size=9"))
    assert finding.message.startswith("each output unit sees 5×5 px, 56 % of an object of 9; one more layer")
    assert unseen(net, y, said=stated("object-size=5"))
    several = Contract("object-size", "=", (Fraction(5), Fraction(7)), "")
    assert "sees 5×5 px, 71 % of an object of 7;" in seen(net, y, said=[Said(several, None, ())]).message
    assert "sees 5×5 px, 8 % of an object of 100;" in seen(net, y, said=stated("object-size=100")).message


def test_what_is_said_of_a_tensor_is_not_said_of_the_output() -> None:
    net, x = image(1, 3, 64)
    said = stated("object-size=2", place=Place("net.py", 1))
    assert "sees 5 of 64 (8 %)" in seen(net, chained(net, x, 1, 1), said=said).message


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (("rate=1001", "min-ms=5"), "sees 5, 83 % of 5 ms"),
        (("rate=1000", "min-ms=5"), None),
        (("rate=1000", "min-ms=10"), "sees 5, 50 % of 10 ms"),
        (("rate=1000",), "sees 5 of 64 (8 %)"),
        (("min-ms=5",), "sees 5 of 64 (8 %)"),
    ],
)
def test_of_a_signal_so_long_a_piece_has_to_be_seen(texts: tuple[str, ...], words: str | None) -> None:
    net, x = image(1, 3, 64)
    found = findings("RF101", net.trace(chained(net, x, 1, 1), declared=True, said=stated(*texts)))
    assert [one.message.partition("unit ")[2].partition(";")[0] for one in found] == [words] * (words is not None)


def test_an_image_takes_no_time() -> None:
    net, x = image(1, 3, 64, 64)
    said = stated("rate=1000", "min-ms=5")
    assert "sees 5×5 of 64×64 px" in seen(net, chained(net, x, 1, 1), said=said).message


def test_flattened_features_see_everything_with_its_place() -> None:
    net, x = image(1, 3, 8, 8)
    assert unseen(net, net.linear(net.flat(chained(net, x, 1)), 512))


def test_attention_sees_everything_with_its_place() -> None:
    net, x = image(1, 8, 64, 64)
    y = chained(net, net.pool(x), 1)
    z = net.use("MultiheadAttention", [(y, [*same(y)[:2], Read("whole", 2), Read("whole", 3)])], y.shape, "attention")
    assert unseen(net, z)
    assert unseen(net, net.join(y, z))


def test_what_is_not_known_is_not_small() -> None:
    net, x = image(1, 8, 64, 64)
    assert unseen(net, net.use("grid_sample", [(x, [*same(x)[:2], Read("unknown", 2), Read("unknown", 3)])], x.shape))


def test_an_output_that_sees_enough_speaks_for_the_others() -> None:
    net, x = image(1, 3, 32, 32)
    y = chained(net, x, 1, 1)
    assert unseen(net, y, chained(net, y, 4, 8, 16, path="d"))


def test_of_several_short_outputs_the_widest_is_found() -> None:
    net, x = image(1, 3, 64, 64)
    y = chained(net, x, 1, 1)
    z = chained(net, y, 2, path="d")
    assert "sees 9×9" in seen(net, z, y, z).message


def test_outputs_made_of_no_input_say_nothing() -> None:
    net, x = image(1, 3, 64, 64)
    constant = net.use("zeros", [], (1, 3))
    assert "sees 3×3" in seen(net, chained(net, x, 1), constant, T(None, (1,))).message
    assert unseen(net, constant)


def test_an_input_whose_shape_is_not_known_is_not_measured() -> None:
    net = Network(unknown=None, image=(1, 3, 64, 64))  # type: ignore[arg-type]
    net.use("opaque", [(T("unknown", None), [])], None)
    assert "of 64×64" in seen(net, chained(net, net.input("image"), 1)).message


def test_the_largest_input_counts() -> None:
    net = Network(step=(1,), z=(1, 3, 4, 4), image=(1, 3, 64, 64), other=(1, 3, H, W))
    a, b = chained(net, net.input("z"), 1, path="a"), chained(net, net.input("image"), 1, path="b")
    assert "of 64×64" in seen(net, net.join(net.resized(a, 16), b)).message


def test_a_network_without_a_window_is_no_network_for_images() -> None:
    net, x = image(1, 3, 64, 64)
    assert unseen(net, net.pointwise(net.conv(x, k=1)))


@pytest.mark.parametrize("about", [{"declared": False}, {"order": "constructor"}])
def test_without_a_size_or_a_run_nothing_is_said(about: dict[str, Any]) -> None:
    net, x = image(1, 3, 64, 64)
    assert unseen(net, chained(net, x, 1), **about)
    assert not unseen(net, chained(net, x, 1, path="d"), task="segmentation")


@pytest.mark.parametrize("shape", [(N, 3, H, W), (N, 3, 64, W), (3, 64)])
def test_symbolic_sizes_and_flat_inputs_are_not_measured(shape: Any) -> None:
    net, x = image(*shape)
    y = chained(net, x, 1) if len(shape) > 2 else net.linear(x, 64)
    assert unseen(net, y)


def test_an_output_that_sees_nothing_at_all_is_not_measured() -> None:
    net, x = image(1, 3, 64)
    y = chained(net, x, 1)
    assert unseen(net, net.use("narrow", [(y, [*same(y)[:2], Read("kept", 2, field.Access(1, (range(0),)))])], y.shape))


def test_rows_seen_by_windows_count_uses() -> None:
    """All checks take plain traces: none of them changes one."""
    net, x = image(1, 3, 64, 64)
    trace = net.trace(net.conv(chained(net, x, 2, 2), k=1, stride=2, path="s"), declared=True)
    before = list[Use](trace.uses)
    once = {code: findings(code, trace) for code in all_rules()}
    assert {code: findings(code, trace) for code in all_rules()} == once
    assert trace.uses == before


def test_messages_are_short_and_plain() -> None:
    net, x = image(1, 3, 512, 512)
    y = chained(net, x, 2, 2, 2, 2, 2, 2, 2, 2, 2)
    y = net.conv(net.conv(y, into=3, groups=3, path="g"), padding=1, dilation=3, path="d")
    y = up(net, net.join(net.conv(y, k=1, stride=2, path="s"), net.pool(y, 1, stride=2)), 3)
    found = [f for code in all_rules() for f in findings(code, net.trace(y, declared=True))]
    assert len(found) >= 6
    for finding in found:
        assert len(finding.message) <= 160
        assert not re.search(r"[.\n]$|RF\d|^[A-Z](?!inear)", finding.message)


# RF108 rf-anisotropic


def test_a_layer_that_stretches_one_axis_is_found_if_it_certainly_runs() -> None:
    net, x = image(1, 8, 64, 64)
    y = net.conv(x, k=(1, 9), padding=(0, 4))
    assert net.where(only("RF108", net, T(None, (8,)), y, declared=True).place) == "conv.kernel_size"
    net, x = image(1, 8, 64, 64)
    assert silent("RF108", net, y, declared=False)
    y = net.conv(x, k=(1, 9), padding=(0, 4), more={"conditional": "if flag"})
    assert silent("RF108", net, y, declared=True)


def test_a_stride_behind_all_windows_stretches_nothing() -> None:
    net, x = image(1, 8, 64, 64)
    y = net.pool(net.conv(x, padding=1), 1, stride=(2, 1))
    assert silent("RF108", net, y, declared=True)
    assert only("RF108", net, net.conv(y, padding=1, path="last"), declared=True)
