"""What checks say about edits of dilations and paddings: on layers made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from networks import H, N, Network, W

from rflint.checks._fixes import (
    arguments_fix,
    denser,
    moved_padding,
    rate_edits,
    repeated,
    same_padding,
    scaled,
    schedule_fix,
    together,
)
from rflint.edits import Edit, SetArgument
from rflint.trace import Place, Use


def layer(literals: tuple[str, ...] = (), **about: Any) -> Use:
    """A convolution on two axes that writes these arguments as plain numbers."""
    net = Network(x=(N, 8, H, W))
    net.conv(net.input(), **about)
    (use,) = net.uses
    return replace(use, layer=replace(use.layer, literals=frozenset(literals)))


def written(use: Use, *names: str) -> Use:
    """The same layer with these arguments alone in its constructor call."""
    return replace(use, layer=replace(use.layer, places={name: use.layer.places[name] for name in names}))


def row(*rates: int, **about: Any) -> list[Use]:
    """Convolutions that keep the size, each constructed by a call of its own."""
    net = Network(x=(N, 8, H, W))
    for number, rate in enumerate(rates):
        net.conv(net.input(), padding=rate, dilation=rate, path=f"c{number}", **about)
    return net.uses


class Digits(int):
    """A number that knows where it is written."""

    place: Place


def digits(value: int, mark: int) -> Digits:
    number = Digits(value)
    number.place = Place("net.py", mark)
    return number


def said(edits: list[Edit] | tuple[Edit, ...] | None) -> Any:
    """Arguments, values and formulas."""
    if edits is None:
        return None
    return [(one.argument, one.value, one.symbolic) for one in edits if isinstance(one, SetArgument)]


# Arguments together


def test_several_arguments_are_one_fix() -> None:
    fix = arguments_fix(layer(), {"padding": 2, "stride": (1, 2)}, {"padding": "{dilation}"})
    assert fix is not None
    assert said(fix.edits) == [("padding", "2", "{dilation}"), ("stride", "(1, 2)", "")]
    plain = arguments_fix(layer(), {"padding": 2})
    assert plain is not None
    assert said(plain.edits) == [("padding", "2", "")]


def test_no_arguments_and_no_constructor_call_are_no_fix() -> None:
    assert arguments_fix(layer(), {}) is None
    assert arguments_fix(layer(path=""), {"padding": 2}) is None


def test_edits_make_a_fix_if_there_are_any() -> None:
    edit = SetArgument(layer().layer, "padding", "1")
    fix = together([edit], "pad")
    assert fix is not None
    assert (fix.edits, fix.message) == ((edit,), "pad")
    assert together([]) is None


# Paddings in terms of other arguments


@pytest.mark.parametrize(
    ("literals", "about", "formula"),
    [
        ((), {"dilation": 2}, "{dilation} * ({kernel_size} - 1) // 2"),
        (("dilation",), {"dilation": 2}, "2 * ({kernel_size} - 1) // 2"),
        (("dilation",), {}, "({kernel_size} - 1) // 2"),
        (("kernel_size",), {}, "{dilation}"),
        (("kernel_size",), {"k": 5}, "2 * {dilation}"),
        (("kernel_size",), {"k": 7}, "3 * {dilation}"),
        (("kernel_size", "dilation"), {"k": 5}, "2 * {dilation}"),
        (("kernel_size",), {"unknown": ("kernel_size",)}, "{dilation} * ({kernel_size} - 1) // 2"),
        ((), {"k": (3, 5)}, ""),
        ((), {"dilation": (1, 2)}, ""),
    ],
)
def test_the_padding_that_keeps_the_size_in_names(
    literals: tuple[str, ...], about: dict[str, Any], formula: str
) -> None:
    assert same_padding(layer(literals, **about)) == formula


def test_numbers_that_are_written_for_each_axis_are_no_formula() -> None:
    for argument in ("kernel_size", "dilation"):
        use = layer()
        same = digits(3, 1)
        once, each = (
            replace(use.layer, args={**use.layer.args, argument: pair}) for pair in ((same, same), (same, digits(3, 2)))
        )
        assert same_padding(replace(use, layer=once)) != ""
        assert same_padding(replace(use, layer=each)) == ""


@pytest.mark.parametrize(
    ("kernel", "padding", "old", "new", "moved"),
    [
        (3, 2, 2, 4, 4),
        (5, 4, 2, 1, 2),
        (3, 1, 2, 4, None),
        (4, 3, 2, 4, 6),
        (4, 3, 2, 3, None),
        (1, 0, 2, 4, 0),
        (None, 2, 2, 4, None),
        (3, None, 2, 4, None),
    ],
)
def test_a_padding_moves_with_the_dilation(
    kernel: int | None, padding: int | None, old: int, new: int, moved: int | None
) -> None:
    assert scaled(kernel, padding, old, new) == moved


def test_the_paddings_of_all_axes_move() -> None:
    assert moved_padding(layer(dilation=2, padding=2), 2, 4) == "4"
    assert moved_padding(layer(k=(3, 5), dilation=2, padding=(2, 4)), 2, 1) == "(1, 2)"
    assert moved_padding(layer(k=(3, 5), dilation=2, padding=(2, 2)), 2, 1) is None
    assert moved_padding(layer(dilation=2, padding="same"), 2, 1) == ""
    assert moved_padding(layer(dilation=2, padding=2, unknown=("padding",)), 2, 1) is None


# Dilations of single layers


def test_a_dilation_takes_its_padding_along() -> None:
    formula = "{dilation} * ({kernel_size} - 1) // 2"
    assert said(rate_edits(layer(dilation=2, padding=2), 4)) == [("dilation", "4", ""), ("padding", "4", formula)]
    assert said(rate_edits(layer(dilation=2, padding="same"), 4)) == [("dilation", "4", "")]


def test_a_dilation_that_stays_is_given_again_where_it_is_written() -> None:
    use = layer(dilation=2, padding=2)
    formula = "{dilation} * ({kernel_size} - 1) // 2"
    assert said(rate_edits(written(use, "padding"), 2)) == [("padding", "2", formula)]
    assert said(rate_edits(written(use, "dilation"), 2)) == [("dilation", "2", "")]
    assert said(rate_edits(written(use), 2)) == []
    assert said(rate_edits(written(use), 4)) == [("dilation", "4", ""), ("padding", "4", formula)]


def test_other_paddings_do_not_move_but_may_stay() -> None:
    use = layer(dilation=2, padding=1)
    assert rate_edits(use, 4) is None
    assert said(rate_edits(use, 2)) == [("dilation", "2", "")]


def test_layers_that_no_number_can_be_given() -> None:
    assert rate_edits(layer(dilation=2, padding=2, path=""), 4) is None
    assert rate_edits(layer(dilation=(1, 2), padding=(1, 2)), 4) is None
    assert rate_edits(layer(dilation=(1, 2), padding="same"), 4) is None
    assert rate_edits(layer(dilation=2, padding=2, unknown=("dilation",)), 4) is None


def test_layers_of_one_axis() -> None:
    net = Network(x=(N, 8, H))
    net.conv(net.input(), k=5, dilation=2, padding=4)
    (use,) = net.uses
    formula = "{dilation} * ({kernel_size} - 1) // 2"
    assert said(rate_edits(use, 4)) == [("dilation", "4", ""), ("padding", "8", formula)]
    by_rate, by_kernel = (
        replace(use, layer=replace(use.layer, literals=frozenset({name}))) for name in ("dilation", "kernel_size")
    )
    assert same_padding(by_rate) == "2 * ({kernel_size} - 1) // 2"
    assert same_padding(by_kernel) == "2 * {dilation}"
    assert repeated([use, use, use, use]) == 2


# Schedules


def test_a_schedule_is_one_fix() -> None:
    fix = schedule_fix(row(2, 2), [1, 3])
    assert fix is not None
    assert fix.message == "set dilations 1, 3 and the paddings that go with them"
    assert [(edit[0], edit[1]) for edit in said(fix.edits)] == [
        ("dilation", "1"),
        ("padding", "1"),
        ("dilation", "3"),
        ("padding", "3"),
    ]


def test_a_layer_that_would_need_two_rates_gets_none() -> None:
    first, second = row(2, 2)
    again = replace(second, path=first.path, layer=first.layer)
    assert schedule_fix([first, again], [1, 3]) is None
    assert schedule_fix([first, again], [1, 1]) is not None
    assert schedule_fix([first, replace(second, layer=first.layer)], [1, 3]) is not None


def test_a_layer_that_cannot_be_edited_stops_all() -> None:
    first, second = row(2, 2)
    assert schedule_fix([first, replace(second, layer=replace(second.layer, defined=None))], [1, 3]) is None


# Rates that repeat


def loop(*marks: int) -> list[Use]:
    """Layers that one call builds, whose rates of 2 are written at these places."""
    first, *_ = uses = row(*(2 for _ in marks))
    return [
        replace(use, layer=replace(first.layer, args={**use.layer.args, "dilation": (digits(2, mark),) * 2}))
        for use, mark in zip(uses, marks, strict=True)
    ]


@pytest.mark.parametrize(
    ("marks", "number"),
    [((1, 2), 2), ((1, 2, 1, 2), 2), ((1, 2, 3, 1, 2, 3), 3), ((1, 2, 1), 3), ((1, 2, 1, 3), 4), ((1, 1, 1, 1), 2)],
)
def test_rates_come_from_the_same_words_again(marks: tuple[int, ...], number: int) -> None:
    assert repeated(loop(*marks)) == number


def test_rates_that_are_not_known_come_from_their_calls() -> None:
    first, second, *_ = row(2, 2)
    assert repeated([first, second, first, second]) == 2
    bare = [replace(use, layer=replace(use.layer, args={})) for use in (first, second)]
    assert repeated([*bare, *bare]) == 2
    empty = [replace(use, layer=replace(use.layer, args={"dilation": ()})) for use in (first, second)]
    assert repeated([*empty, *empty]) == 2


def test_denser_rates_are_the_same_in_each_repetition() -> None:
    first, second = row(2, 2)
    assert denser([first, second], [3, 3], [2, 2]) == [1, 3]
    assert denser([first, second, first, second], [3] * 4, [2] * 4) == [1, 3, 1, 3]
