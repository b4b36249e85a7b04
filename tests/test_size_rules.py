"""Rules about sizes, on traces made by hand: rows that are dropped, padding that is read on one side, other sizes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from networks import H, N, Network, T, W, same
from ruling import findings, image, only

from rflint.checks._layers import Window
from rflint.checks.ceil_mode_mismatch import made
from rflint.trace import Fit, Place, Raising, Sizes, Trace


def fit(declared: int, *near: int, axes: tuple[str, ...] = ("H",), **about: Any) -> Fit:
    """A row of an answer: sizes of some period that are taken; those next to the declared one."""
    sizes = Sizes(f"n ≡ 0 (mod {about.get('period', 16)})", near, about.get("least", 16), about.get("period", 16))
    return Fit(axes, declared, sizes, sizes, sizes)


# RF302 input-rows-dropped


def test_what_an_eighth_of_the_input_is_lost_with_is_a_warning_unasked() -> None:
    net, x = image(N, 3, 60, 64)
    finding = only("RF302", net, net.conv(x, k=16, stride=16), fits=lambda _: [fit(60, 48, 64), fit(64, 64)])
    assert (finding.severity, finding.optional) == ("warning", False)
    assert net.where(finding.place) == "conv.stride"
    assert finding.message == (
        "kernel 16 at stride 16 never reads the last 12 rows of 60, worth 12 of 60 input rows (20 %); "
        "none is dropped for H, n ≡ 0 (mod 16): 48 and 64 are next"
    )


def test_less_is_told_on_request_and_other_sizes_are_not_looked_for() -> None:
    def never(trace: Trace) -> list[Fit]:
        raise AssertionError("asked")

    net, x = image(N, 3, 65)
    finding = only("RF302", net, net.conv(x, k=16, stride=16), fits=never)
    assert (finding.severity, finding.optional) == ("", True)
    assert "the last row of 65, worth 1 of 65 input rows (2 %)" in finding.message


@pytest.mark.parametrize(("size", "is_large"), [(8, True), (9, False)])
def test_the_border_is_an_eighth(size: int, is_large: bool) -> None:
    net, x = image(N, 3, size)
    y = net.conv(x, k=size - 1, stride=size - 1)  # one row is left
    assert only("RF302", net, y).optional is not is_large


def test_a_row_counts_as_often_as_the_strides_before_have_multiplied_to() -> None:
    net, x = image(N, 3, 56)
    y = net.pool(net.conv(x, k=8, stride=8), path="pool")
    finding = only("RF302", net, y)
    assert net.where(finding.place) == "pool.stride"
    assert "kernel 2 at stride 2 never reads the last row of 7, worth 8 of 56 input rows (14 %)" in finding.message
    assert not finding.optional


def test_several_layers_are_one_finding_where_most_is_lost() -> None:
    net, x = image(N, 3, 51)
    y = net.pool(x, path="first")
    z = net.pool(y, path="second")
    finding = only("RF302", net, net.pool(z, path="third"))
    assert net.where(finding.place) == "second.stride"
    assert "one more layer drops rows, too" in finding.message
    related = [(net.where(place), words) for place, words in finding.related]
    assert related == [("second()", "second is called here"), ("first.stride", "first, too")]


def test_a_row_is_worth_what_it_is_on_its_own_axis() -> None:
    net, x = image(N, 3, 64, 56)
    y = net.pool(net.conv(x, k=8, stride=8))
    assert "never reads the last row of 7, worth 8 of 56 input rows" in only("RF302", net, y).message


@pytest.mark.parametrize(("path", "more"), [("pool", ""), ("", "; 2 more layers drop rows, too")])
def test_a_layer_that_drops_rows_again_counts_once_and_each_function_for_itself(path: str, more: str) -> None:
    net, x = image(N, 3, 15)
    for _ in range(3):
        x = net.pool(x, path=path)  # 7, 3, 1
    assert only("RF302", net, x).message.endswith(f"worth 4 of 15 input rows (27 %){more}")


def test_a_pool_that_steps_by_its_kernel_is_shown_there() -> None:
    net, x = image(N, 3, 7)
    y = net.pool(net.pool(x, path="first"), path="second")
    for index, use in enumerate(net.uses):
        places = {"kernel_size": use.layer.places["kernel_size"]}
        net.uses[index] = replace(use, layer=replace(use.layer, places=places))
    finding = only("RF302", net, y)
    named = [net.where(place) for place in (finding.place, *dict(finding.related))]
    assert named == ["second.kernel_size", "second()", "first.kernel_size"]


def test_not_more_than_eight_others_are_named() -> None:
    net, x = image(N, 3, 2047)
    for number in range(10):
        x = net.pool(x, path=f"p{number}")  # 1023, 511, …: each drops a row
    finding = only("RF302", net, x)
    assert "; 9 more layers drop rows, too" in finding.message
    assert [net.where(place) for place, _ in finding.related] == ["p9()", *(f"p{n}.stride" for n in range(8))]


@pytest.mark.parametrize(
    "about",
    [
        {"k": 2, "stride": 3},
        {"k": 3, "stride": 2, "dilation": 2},
        {"k": 3, "stride": 2, "dilation": 2, "padding": 2},
        {"k": 3, "stride": 2, "padding": 1},
    ],
)
def test_what_is_stepped_over_everywhere_or_is_padding_is_not_meant(about: dict[str, int]) -> None:
    net, x = image(N, 3, 10)
    assert not findings("RF302", net, net.conv(x, **about))


def test_a_reader_of_the_last_row_is_enough() -> None:
    net, x = image(N, 3, 9)
    a, b = net.pool(x, path="a"), net.pool(x, 3, path="b")
    assert not findings("RF302", net, a, b)
    assert not findings("RF302", net, net.pool(x, path="c"), net.pointwise(x))
    assert findings("RF302", net, net.pool(net.pointwise(net.input()), path="d")) == []  # a and b still read it


def test_a_last_window_that_hangs_over_reads_all() -> None:
    net, x = image(N, 3, 9)
    assert not findings("RF302", net, net.pool(x, ceil_mode=True))


def test_what_is_cropped_is_left_out_on_purpose() -> None:
    net, x = image(N, 3, 10)
    assert not findings("RF302", net, net.pool(net.sliced(x, 2, 0, 9)))


def test_sizes_are_known_and_declared() -> None:
    net, x = image(N, 3, H)
    assert not findings("RF302", net, net.pool(x))
    net, x = image(N, 3, 9)
    y = net.pool(x)
    assert not findings("RF302", net, y, declared=False)
    assert not findings("RF302", net, y, complete=False)
    assert findings("RF302", net, y)


# RF303 uneven-padding


def test_strided_layers_that_leave_padding_are_one_finding() -> None:
    net, x = image(N, 3, 64, 64)
    y = net.conv(x, k=7, stride=2, padding=3, path="a")
    y = net.pool(net.conv(y, path="b", padding=1), 3, stride=2, padding=1)
    finding = only("RF303", net, y, fits=lambda _: [fit(64, 33, 65, axes=("H", "W"), period=32)])
    assert net.where(finding.place) == "a.padding"
    assert finding.message == (
        "kernel 7 at stride 2 reads 3 rows of padding before the 64 rows and 2 behind them; one more layer does so, "
        "too; both sides are alike for n ≡ 0 (mod 32): 33 and 65 are next"
    )
    assert [net.where(place) for place, _ in finding.related] == ["a()", "pool.padding"]


@pytest.mark.parametrize("size", [61, 65])
def test_padding_that_is_used_up_is_even(size: int) -> None:
    net, x = image(N, 3, size)
    y = net.conv(x, k=7, stride=2, padding=3, path="a")
    assert not findings("RF303", net, net.conv(y, k=3, stride=2, padding=1, path="b"))


def test_all_padding_behind_may_be_left() -> None:
    net, x = image(N, 3, 8)
    assert (
        "reads 1 row of padding before the 8 rows and none behind them"
        in only("RF303", net, net.conv(x, k=3, stride=2, padding=1)).message
    )


@pytest.mark.parametrize("about", [{"k": 3, "padding": 1}, {"k": 2, "stride": 2}, {"k": 3, "stride": 4, "padding": 1}])
def test_layers_without_stride_or_padding_or_that_leave_rows_are_not_meant(about: dict[str, int]) -> None:
    net, x = image(N, 3, 9)
    assert not findings("RF303", net, net.conv(x, **about))


@pytest.mark.parametrize("about", [{"declared": False}, {"order": "constructor"}])
def test_without_a_size_or_a_run_padding_is_not_counted(about: dict[str, Any]) -> None:
    net, x = image(N, 3, 8)
    assert not findings("RF303", net, net.conv(x, k=3, stride=2, padding=1), **about)


def test_a_layer_counts_once_and_each_function_for_itself() -> None:
    for path, more in (("pool", ""), ("", "; 2 more layers do so, too")):
        net, x = image(N, 3, 64)
        for _ in range(3):
            x = net.pool(x, 3, stride=2, padding=1, path=path)
        assert only("RF303", net, x).message.endswith(f"and none behind them{more}")


def test_two_rows_are_several_and_a_layer_may_get_its_padding_from_elsewhere() -> None:
    net, x = image(N, 3, 64)
    y = net.conv(x, k=5, stride=2, padding=2, path="a")
    assert "reads 2 rows of padding" in only("RF303", net, y).message
    net.conv(y, k=5, stride=2, padding=2, path="b")
    for index, use in enumerate(net.uses):
        places = {"stride": use.layer.places["stride"]}
        net.uses[index] = replace(use, layer=replace(use.layer, places=places))
    finding = only("RF303", net, y)
    assert [net.where(place) for place in (finding.place, *dict(finding.related))] == ["a.stride", "a()", "b.stride"]


def test_some_of_many_layers_are_named() -> None:
    net, x = image(N, 3, 2**12)
    y = x
    for number in range(12):
        y = net.conv(y, k=3, stride=2, padding=1, path=f"c{number}")
    finding = only("RF303", net, y)
    assert "; 11 more layers do so, too" in finding.message
    assert [words for _, words in finding.related] == ["c0 is called here", *(f"c{at}, too" for at in range(1, 9))]


# RF310 input-not-divisible


def joined(net: Network, x: T) -> T:
    """A sum that torch refuses: half the size, doubled, beside what it was."""
    return net.join(net.conv(x, 3, padding=1), net.resized(net.pool(x), 2))


HERE = Place("net.py", 0)


def test_the_sizes_that_run_are_told_where_the_declared_one_does_not() -> None:
    net, x = image(N, 3, 9, 16)
    y = joined(net, x)
    finding = only("RF310", net, y, fits=lambda _: [fit(9, 8, 10, least=2, period=2), fit(16, 16)])
    assert finding.message == "declared N×3×9×16, it takes only H, n ≡ 0 (mod 2): 8 and 10 are next"
    assert [words for _, words in finding.related] == ["it fails here"]


def test_an_exception_of_the_code_is_such_a_failure() -> None:
    net, x = image(N, 3, 9)
    about: dict[str, Any] = {"fits": lambda _: [fit(9, 8, 10, least=2, period=2)], "complete": False}
    raised = Raising(HERE, "AssertionError", "must divide")
    assert only("RF310", net, raised=raised, **about).place == HERE
    assert not findings("RF310", net, net.pool(x), **about)


@pytest.mark.parametrize(
    "known",
    [
        fit(9, 9, period=1, least=1),
        fit(9, 16, least=16),
        fit(9, 28, least=28, period=0),
        fit(9, 8, least=1, period=0),
        fit(9, 10, least=10, period=1),
        fit(9, 8, 10, least=1, period=1),
        fit(9),
    ],
    ids=["runs", "too small", "one size", "too large", "too small for anything", "all but this one", "nothing runs"],
)
def test_only_remainders_are_meant(known: Fit) -> None:
    net, x = image(N, 3, 9, 9)
    assert not findings("RF310", net, joined(net, x), fits=lambda _: [known])


def test_nothing_is_asked_of_a_network_that_runs_or_whose_input_is_not_declared() -> None:
    def never(trace: Trace) -> list[Fit]:
        raise AssertionError("asked")

    net, x = image(N, 3, 8, W)
    assert not findings("RF310", net, net.pool(x), fits=never)
    net, x = image(N, 3, 9, W)
    y = joined(net, x)
    assert not findings("RF310", net, y, declared=False, fits=never)
    assert findings("RF310", net, y, fits=lambda _: [fit(9, 8, 10, least=2, period=2)])


# RF311 ceil-mode-mismatch


def test_pools_of_one_stride_round_both_ways() -> None:
    net, x = image(N, 8, H, W)
    y = net.pool(net.pool(net.pool(x, path="a"), path="b", ceil_mode=True), path="c", ceil_mode=True)
    finding = only("RF311", net, y)
    assert net.where(finding.place) == "b.ceil_mode"
    assert finding.message == (
        "b rounds sizes up and a down: of 3 rows it makes 2, the other 1; one more layer does as it does"
    )
    assert [net.where(place) for place, _ in finding.related] == ["b()", "a.ceil_mode"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"k": 2}, {"k": 2}),
        ({"k": 2, "ceil_mode": True}, {"k": 3, "stride": 2, "ceil_mode": True}),
        ({"k": 3, "stride": 2, "padding": 1}, {"k": 2, "ceil_mode": True}),
        ({"k": 2}, {"k": 3, "stride": 1, "padding": 1, "ceil_mode": True}),
        ({"k": 2}, {"k": 3, "ceil_mode": True}),
        ({"k": 2}, {"k": 2, "ceil_mode": True, "unknown": ("ceil_mode",)}),
        ({"k": 2, "ceil_mode": True}, {"k": 2, "unknown": ("ceil_mode",)}),
    ],
    ids=["both down", "both up", "padding rounds up, too", "no stride", "other strides", "not known", "nor this one"],
)
def test_pools_that_agree_or_cannot_be_compared(first: dict[str, Any], second: dict[str, Any]) -> None:
    net, x = image(N, 8, H)
    assert not findings("RF311", net, net.pool(net.pool(x, path="a", **first), path="b", **second))


def test_a_mode_that_makes_no_difference_to_a_known_size() -> None:
    net, x = image(N, 8, 16)
    assert not findings("RF311", net, net.pool(net.pool(x, path="a"), path="b", ceil_mode=True))
    net, x = image(N, 8, 14)
    assert findings("RF311", net, net.pool(net.pool(x, path="a"), path="b", ceil_mode=True))


@pytest.mark.parametrize(
    ("shape", "second", "found"),
    [
        ((N, 8, 14), {"k": 2}, True),
        ((N, 8, 15), {"k": 2}, True),
        ((N, 8, 12), {"k": 2}, False),
        ((N, 8, 14, 16), {"k": 2}, True),
        ((N, 8, 16, 14), {"k": 2}, True),
        ((N, 8, 16, 16), {"k": 2}, False),
        ((N, 8, H, 16), {"k": 2}, True),
        ((N, 8, H), {"k": 2, "more": {"conditional": "if flag"}}, False),
        ((N, 8, H), {"k": 2, "base": "AvgPool"}, True),
        ((N, 8, H), {"k": 2, "unknown": ("kernel_size",)}, False),
        ((N, 8, H), {"k": 65, "stride": 65}, False),
        ((N, 8, H, W), {"k": (65, 2)}, False),
        ((N, 8, H, W), {"k": (2, 3), "stride": (2, 3)}, False),
    ],
)
def test_a_second_pool_that_rounds_up(shape: Any, second: dict[str, Any], found: bool) -> None:
    net, x = image(*shape)
    y = net.pool(x, second["k"] if second["k"] == (65, 2) else 2, path="a")
    y = net.pool(y, path="b", **{"ceil_mode": True} | second)
    assert bool(findings("RF311", net, y)) is found


def test_layers_that_are_no_pools_and_steps_that_are_too_long_to_compare() -> None:
    net, x = image(N, 8, H)
    y = net.conv(net.pool(x, path="a"), k=2, stride=2, path="b")
    net.uses[1] = replace(
        net.uses[1], layer=replace(net.uses[1].layer, args={**net.uses[1].layer.args, "ceil_mode": True})
    )
    assert not findings("RF311", net, y)
    for stride, is_found in ((64, True), (65, False)):
        net, x = image(N, 8, H)
        y = net.pool(net.pool(x, stride, path="a"), stride, path="b", ceil_mode=True)
        assert bool(findings("RF311", net, y)) is is_found


def test_the_axis_on_which_they_differ_gives_the_numbers() -> None:
    net, x = image(N, 8, H, W)
    y = net.pool(x, (3, 2), stride=2, padding=(1, 0), path="a")
    finding = only("RF311", net, net.pool(y, 2, path="b", ceil_mode=True))
    assert finding.message == "b rounds sizes up and a down: of 3 rows it makes 2, the other 1"


def test_a_pool_that_rounds_up_as_another_rounds_down_is_not_odd() -> None:
    net, x = image(N, 8, H)
    y = net.pool(net.pool(x, 3, stride=2, padding=1, path="a"), path="b")
    y = net.pool(net.pool(y, path="c", ceil_mode=True), 4, stride=2, path="d", ceil_mode=True)
    finding = only("RF311", net, y)
    assert finding.message == "d rounds sizes up and a down: of 4 rows it makes 1, the other 2"


def test_one_layer_called_twice_counts_once() -> None:
    net, x = image(N, 8, H)
    y = net.pool(net.pool(x, path="a"), path="b", ceil_mode=True)
    assert only("RF311", net, net.pool(y, path="b", ceil_mode=True)).message.endswith("the other 1")


def test_functions_are_told_by_their_calls() -> None:
    net, x = image(N, 8, H)
    y = net.pool(x, path="a")
    for _ in range(3):
        y = net.pool(y, path="", ceil_mode=True)
    assert only("RF311", net, y).message.endswith("the other 1; 2 more layers do as it does")


@pytest.mark.parametrize("up", [False, True])
@pytest.mark.parametrize(
    ("kernel", "stride", "padding"), [(2, 2, 0), (3, 2, 1), (3, 2, 0), (2, 3, 1), (4, 3, 2), (1, 2, 0)]
)
def test_the_sizes_of_pools_are_torchs(kernel: int, stride: int, padding: int, up: bool) -> None:
    one = Window(kernel, stride, 1, 2 * padding)
    for size in range(kernel, kernel + 2 * stride):
        starts = [-padding]
        while starts[-1] + kernel + (0 if up else stride) <= size + padding - (1 if up else 0):
            starts.append(starts[-1] + stride)  # up to the end of the padding, or over it
        assert made(one, up, size) == sum(start < size + padding * (not up) for start in starts)


# RF314 branch-misalignment


def test_branches_that_see_around_different_places() -> None:
    net, x = image(N, 8, 16)
    a = net.conv(x, k=3, padding=1, path="a")
    b = net.sliced(net.conv(x, k=5, padding=4, path="b"), 2, 0, 16)
    finding = only("RF314", net, net.join(a, b))
    assert finding.severity == "warning"
    assert finding.message == "add joins tensors that see around places 2 input positions apart, 2 of its units"
    assert [words for _, words in finding.related] == ["a makes N×8×16", "getitem makes N×8×16"]


def shifted(net: Network, x: T, by: int, axis: int = 2, size: Any = 8) -> T:
    """A crop: unit i sees what unit i + by of the whole sees."""
    return net.sliced(x, axis, by, size)


@pytest.mark.parametrize(
    ("base", "found"),
    [
        *((base, True) for base in ("add", "sub", "mul", "div", "maximum", "minimum", "cat", "stack")),
        *((base, False) for base in ("where", "matmul")),
    ],
)
def test_what_is_joined_position_by_position(base: str, found: bool) -> None:
    net, x = image(N, 8, 16, 16)
    x = net.conv(x, k=1)
    a, b = (shifted(net, shifted(net, x, at, 2), at, 3) for at in (0, 2))
    found_here = findings("RF314", net, net.join(a, b, base=base))
    assert [one.message.split(" ")[0] for one in found_here] == [base] * found


@pytest.mark.parametrize(
    ("by", "severity", "units"), [(1, "warning", "1 input positions apart, one of its units"), (0, None, "")]
)
def test_from_one_unit_on_it_is_a_warning(by: int, severity: str | None, units: str) -> None:
    net, x = image(N, 8, 16, 16)
    finding = findings("RF314", net, net.join(shifted(net, x, 0, 3), shifted(net, x, by, 3)))
    assert [one.severity for one in finding] == ([severity] if severity is not None else [])
    assert all(one.message.endswith(units) for one in finding)


def test_the_worst_operand_and_the_worst_join_are_told() -> None:
    net, x = image(N, 8, 16, 16)
    a, b, c = (shifted(net, x, by) for by in (0, 1, 3))
    first = net.join(a, b)
    second = net.join(a, b, c, base="cat")
    third = net.join(a, c, base="sub")
    finding = only("RF314", net, first, second, third, net.join(b, a))
    assert finding.message == (
        "cat joins tensors that see around places 3 input positions apart, 3 of its units; so are those of 3 more joins"
    )
    assert (finding.use, finding.related) == (4, ())
    net.uses.pop()
    assert only("RF314", net, third).message.endswith("; so are those of 2 more joins")
    net.uses[-3:] = []
    assert only("RF314", net, net.join(a, c, base="sub")).use == 3


def test_sizes_that_are_symbols_tell_how_far_only_if_the_steps_are_alike() -> None:
    net, x = image(N, 8, H, W)
    one, other, halves = (net.sliced(x, 2, start, H, step) for start, step in ((0, 1), (2, 1), (2, 2)))
    assert "2 input positions apart" in only("RF314", net, net.join(one, other)).message
    net.uses.pop()
    assert not findings("RF314", net, net.join(one, halves))


def test_joins_that_may_not_happen_or_whose_operands_cannot_be_compared() -> None:
    net, x = image(N, 8, 16, 16)
    a, b = shifted(net, x, 0), shifted(net, x, 2)
    assert findings("RF314", net, net.join(a, b))
    net.uses[-1] = replace(net.uses[-1], conditional="if flag")
    assert not findings("RF314", net, b)
    net.uses.pop()
    assert not findings("RF314", net, net.join(a, shifted(net, x, 2, size=1), output=a.shape))
    assert not findings("RF314", net, net.join(a, T(b.source, None), output=a.shape))
    assert not findings("RF314", net, net.join(a, T(None, a.shape)))
    assert not findings("RF314", net, net.join(a, net.flat(b), output=a.shape))


def test_inputs_are_compared_one_by_one() -> None:
    net = Network(x=(N, 8, 16, 16), y=(N, 8, 16, 16))
    x, y = net.input("x"), net.input("y")
    assert not findings("RF314", net, net.join(shifted(net, x, 0), shifted(net, y, 2)))
    both = net.join(shifted(net, x, 0), shifted(net, y, 0))
    assert "3 input positions apart" in only("RF314", net, net.join(both, shifted(net, y, 3))).message


def test_a_flipped_map_lies_nowhere_nor_does_one_row_that_is_repeated() -> None:
    net, x = image(N, 8, 16, 16)
    assert not findings("RF314", net, net.join(net.sliced(x, 2, 7, 8, step=-1), shifted(net, x, 8)))
    assert not findings("RF314", net, net.join(net.sliced(x, 2, 7, 8, step=0), shifted(net, x, 0)))
    assert not findings("RF314", net, net.join(net.sliced(x, 2, 7, 8, step=0), net.sliced(x, 2, 0, 8, step=0)))


def test_a_gate_of_another_place_lies_nowhere() -> None:
    net, x = image(N, 8, 16, 16)
    gate = net.resized(net.pooled(net.conv(shifted(net, x, 5), k=1)), 16)
    assert not findings("RF314", net, net.join(x, gate, base="mul"))


def test_other_steps_are_not_causal_though_they_begin_at_one_place() -> None:
    net, x = image(N, 8, 16)
    halves = net.sliced(x, 2, 0, 8, step=2)
    assert "3.5 input positions apart" in only("RF314", net, net.join(shifted(net, x, 0), halves)).message


def test_less_than_a_unit_is_advice_and_half_of_one_is_nothing() -> None:
    net, x = image(N, 8, 16)
    down = net.conv(x, k=8, stride=4, padding=2, path="a")  # around 4·i + 1.5
    late = net.conv(x, k=13, stride=4, padding=3, path="b")  # around 4·i + 3
    later = net.conv(x, k=9, stride=4, padding=0, path="c")  # around 4·i + 4
    late, later = (net.sliced(y, 2, 0, 2) for y in (late, later))
    down = net.sliced(down, 2, 0, 2)
    finding = only("RF314", net, net.join(down, later))
    assert (finding.severity, finding.message[-40:]) == ("", " 2.5 input positions apart, 0.62 of its units"[-40:])
    net.uses.pop()
    assert not findings("RF314", net, net.join(down, late))


def test_doubling_after_several_halvings_is_told_where_it_is_worst() -> None:
    net, x = image(N, 8, 16)
    a = net.conv(x, stride=2, padding=1, path="a")
    b = net.conv(a, stride=2, padding=1, path="b")
    c = net.conv(b, stride=2, padding=1, path="c")
    b = net.join(b, net.resized(c, 2))
    y = net.join(a, net.resized(b, 2))
    finding = only("RF314", net, net.join(x, net.resized(y, 2)))
    assert finding.message == (
        "add joins tensors that see around places 3.5 input positions apart, 3.5 of its units; "
        "so are those of 1 more join"
    )


def test_causal_branches_end_at_the_same_place_and_crops_on_the_wrong_side_do_not() -> None:
    net, x = image(N, 8, 64)
    y = net.conv(x, k=2, dilation=8)  # i … i + 8
    assert not findings("RF314", net, net.join(y, net.sliced(x, 2, 8, 56)))
    message = only("RF314", net, net.join(y, net.sliced(x, 2, 0, 56))).message
    assert "around places 4 input positions apart" in message
    net, x = image(N, 8, 64, 64)
    y = net.sliced(net.conv(x, k=(9, 1)), 3, 0, 56)
    assert findings("RF314", net, net.join(y, net.sliced(net.sliced(x, 2, 8, 56), 3, 0, 56)))


def test_gates_lie_nowhere() -> None:
    net, x = image(N, 8, 16, 16)
    y = net.conv(x, k=5, padding=4)
    gate = net.resized(net.pooled(y), 20)
    assert not findings("RF314", net, net.join(y, gate, base="mul"))
    assert not findings("RF314", net, net.join(y, T(None, (8,))))


def test_different_jumps_are_compared_in_the_middle() -> None:
    net, x = image(N, 8, 15)
    thirds = net.conv(x, k=3, stride=3, path="a")  # around 1, 4, 7, 10, 13
    halves = net.sliced(net.conv(x, k=2, stride=2, path="b"), 2, 0, 5)  # around 0.5, 2.5, 4.5, 6.5, 8.5
    message = only("RF314", net, net.join(thirds, halves)).message
    assert message.endswith("2.5 input positions apart, 1.25 of its units")
    net, x = image(N, 8, H)
    thirds = net.conv(x, k=3, stride=3, path="a")
    shape = thirds.shape
    assert not findings("RF314", net, net.join(thirds, T(net.conv(x, k=2, stride=2, path="b").source, shape)))


# RF313 empty-slice


def test_a_single_position_can_be_cut_off_too() -> None:
    net, x = image(N, 3, 1, 1)
    z = net.use("getitem", [(x, same(x))], (N, 3, 0, 0))  # said once, for both axes
    assert only("RF313", net, z).message.startswith("nothing is left of N×3×1×1: N×3×0×0")


def test_what_is_empty_for_another_reason_or_not_for_certain() -> None:
    net, x = image(N, 3, 8)
    net.sliced(x, 2, 0, 0, base="narrow")
    net.use("getitem", [(T("x", None), same(x))], (N, 3, 0))
    net.use("getitem", [(x, same(x))], None)
    net.use("getitem", [(x, same(x))], (N, 3, 0), conditional="if flag")
    net.use("getitem", [(T("x", (N, 3, H - 8)), same(x))], (N, 3, 0))  # H may be 8
    assert not findings("RF313", net, x)
