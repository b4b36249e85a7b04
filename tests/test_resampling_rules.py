"""RF505 and RF506: what is said of an interpolation that steps over rows, or whose factor gives no integer."""

from __future__ import annotations

from typing import Any

import pytest
from calls import last, traced
from networks import H, N, Network

from rflint import field
from rflint.checks import all_rules
from rflint.checks.interpolate_downscale_aliasing import share_read
from rflint.diagnostics import Finding
from rflint.trace import Read


def found(code: str, expression: str, *sizes: int | str) -> list[Finding]:
    """What a rule says of an expression of one tensor, which is returned as well."""
    return list(all_rules()[code].check(traced(f"({expression}, x)", x=sizes)))


# RF505 interpolate-downscale-aliasing


@pytest.mark.parametrize(
    ("arguments", "rank", "is_mended"),
    [
        ("scale_factor=0.25, mode='linear'", 1, False),
        ("scale_factor=0.25, mode='bilinear'", 2, True),
        ("size=8, mode='bicubic'", 2, True),
        ("scale_factor=0.25, mode='trilinear'", 3, False),
    ],
)
def test_smooth_modes_read_some_rows_of_many(arguments: str, rank: int, is_mended: bool) -> None:
    (finding,) = found("RF505", f"F.interpolate(x, {arguments})", 1, 3, *(64 for _ in range(rank)))
    assert "to 1/4 of the rows reads 50 %" in finding.message or "to 1/8 of the rows reads 50 %" in finding.message
    assert (finding.fix is not None) is is_mended
    assert finding.use == 0


def test_the_share_of_rows_that_is_read_is_rounded_and_stands_at_the_size() -> None:
    """64 to 20: of 16 rows the five outputs read ten."""
    trace = traced("(F.interpolate(x, size=20, mode='bilinear'), x)", x=(1, 3, 64, 64))
    (finding,) = all_rules()["RF505"].check(trace)
    assert finding.message.startswith("bilinear to 1/3.2 of the rows reads 62 % of them")
    assert finding.place == trace.uses[0].layer.places["size"]


def test_the_axis_on_which_most_is_left_out_counts() -> None:
    (finding,) = found("RF505", "F.interpolate(x, scale_factor=(0.25, 0.125), mode='bilinear')", 1, 3, "H", "W")
    assert finding.message.startswith("bilinear to 1/8 of the rows reads 25 % of them")


def test_a_layer_takes_no_averages() -> None:
    (finding,) = found("RF505", "nn.Upsample(scale_factor=0.25, mode='bilinear')(x)", 1, 3, 64, 64)
    assert finding.fix is None


@pytest.mark.parametrize(
    "expression",
    ["F.interpolate(x, scale_factor=0.25)", "F.interpolate(x, scale_factor=0.5, mode='bilinear')", "x[:, :, ::4]"],
)
def test_what_picks_by_design_or_steps_over_nothing(expression: str) -> None:
    assert not found("RF505", expression, 1, 3, 64, 64)
    assert share_read(last(expression, x=(1, 3, 64, 64))) == 1


def test_labels_are_stepped_over_on_purpose() -> None:
    trace = traced("(F.interpolate(mask, scale_factor=0.25, mode='bilinear'), mask)", mask=(1, 1, 64, 64))
    assert share_read(trace.uses[0]) < 1
    assert not list(all_rules()["RF505"].check(trace))


def test_nothing_is_said_of_what_is_not_known() -> None:
    net = Network(x=(N, 3, H))
    reads = [Read("kept", 0, field.IDENTITY), Read("kept", 1, field.IDENTITY), Read("kept", 2, field.strided(0, 4))]
    mode = {"mode": "linear"}
    uses = [
        net.use("Upsample", pairs, (N, 3, H), args=mode) for pairs in ([], [(net.input()._replace(shape=None), reads)])
    ]
    assert [share_read(use) for use in net.trace(*uses).uses] == [1, 1]


# RF506 interpolate-fractional-scale


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("scale_factor=1.3", "1.3 times 33 rows is 42.9: 42 rows, taken 0.7692 apart and not 0.7857; size= says which"),
        ("scale_factor=1.01, mode='linear'", "is 33.33: 33 rows, taken 0.9901 apart and not 1; size="),
        ("scale_factor=1.01", "is 33.33: 33 rows; size= says which is meant"),
        ("scale_factor=2.01", "is 66.33: 66 rows; size="),
        ("scale_factor=2.01, mode='nearest-exact'", "is 66.33: 66 rows; size="),
        ("scale_factor=2.04", "is 67.32: 67 rows, taken 0.4902 apart and not 0.4925; size="),
        ("scale_factor=1.3, mode='area'", "is 42.9: 42 rows; size="),
        ("scale_factor=1.3, recompute_scale_factor=True", "is 42.9: 42 rows; size="),
        ("scale_factor=1.3, mode='linear', align_corners=True", "is 42.9: 42 rows; size="),
    ],
)
def test_what_is_rounded_down_and_where_rows_are_taken_then(arguments: str, says: str) -> None:
    (finding,) = found("RF506", f"F.interpolate(x, {arguments})", 1, 3, 33)
    assert says in finding.message


def test_what_misses_an_integer_by_the_floating_point_alone() -> None:
    (finding,) = found("RF506", "F.interpolate(x, scale_factor=0.29)", 1, 3, 100)
    assert finding.message == (
        "0.29 times 100 rows is 28.999999999999996 in floating point: 28 rows, not 29; size= is exact"
    )


def test_several_axes_are_one_finding_at_the_factor() -> None:
    (finding,) = found("RF506", "nn.Upsample(scale_factor=1.3)(x)", 1, 3, 33, 34)
    assert finding.message.startswith("1.3 times 33 rows")
    assert finding.use == 0


@pytest.mark.parametrize(
    ("expression", "sizes"),
    [
        ("F.interpolate(x, scale_factor=2)", (1, 3, 33)),
        ("F.interpolate(x, scale_factor=1.3)", (1, 3, 30)),
        ("F.interpolate(x, scale_factor=1.3)", (1, 3, "H")),
        ("F.interpolate(x, size=42)", (1, 3, 33)),
    ],
)
def test_integers_and_sizes_that_are_not_known(expression: str, sizes: Any) -> None:
    assert not found("RF506", expression, *sizes)


def test_what_may_not_happen_or_makes_nothing() -> None:
    net = Network(x=(N, 3, 33))
    x, unknown = net.input(), net.input()._replace(shape=None)
    args: dict[str, Any] = {"scale_factor": (1.3,), "mode": "nearest"}
    net.use("Upsample", [(x, [])], (N, 3, 42), args=args, conditional="if flag")
    net.use("Upsample", [(x, [])], None, args=args)
    net.use("Upsample", [(unknown, [])], (N, 3, 42), args=args)
    net.use("Upsample", [(x, [])], (N, 3, H), args=args)
    net.use("Upsample", [(x, [])], (N, 3, 42), args={**args, "scale_factor": (None,)})
    net.use("Upsample", [(x, [])], (N, 3, 42), args={**args, "scale_factor": 1.3})
    assert not list(all_rules()["RF506"].check(net.trace(x)))
