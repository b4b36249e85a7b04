"""Fields of what a network returns: one for each tensor, at its place; how far off centre they are."""

from __future__ import annotations

from fractions import Fraction

import pytest

from rflint import linter
from rflint.config import Config
from rflint.receptive import Field, coverage, drift, fields, footprint, json_field, output_fields, outputs
from rflint.trace import Trace

HEAD = """
import torch
import torch.nn.functional as F
from torch import nn
from torchvision.ops import DeformConv2d, deform_conv2d


# rflint: input=({shape})
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3, padding=1)
        self.down = nn.Conv2d(4, 4, 3, stride=2, padding=1)
        self.even = nn.Conv2d(4, 4, 4, stride=2, padding=1)
        self.wrap = nn.Conv2d(4, 4, 3, padding=1, padding_mode={mode!r})
        self.up = nn.ConvTranspose2d(4, 4, 2, stride=2)
        self.odd_up = nn.ConvTranspose2d(4, 4, 3, stride=2, padding=1, output_padding=1)
        self.offset = nn.Conv2d(4, 18, 5, padding=2)
        self.deform = DeformConv2d(4, 4, 3, padding=1)
        self.group = nn.GroupNorm(2, 4)
        self.instance = nn.InstanceNorm2d(4)
        self.tracked = nn.InstanceNorm2d(4, track_running_stats=True)
        self.batch = nn.BatchNorm2d(4)
        self.untracked = nn.BatchNorm2d(4, track_running_stats=False)
        self.layer = nn.LayerNorm((4, 32, 32))
        self.columns = nn.LayerNorm(32)

    def forward(self, x):
"""


def traced(*lines: str, shape: str = "1, 4, 32, 32", mode: str = "zeros") -> Trace:
    """The trace of a forward with these lines."""
    source = HEAD.format(shape=shape, mode=mode) + "".join(f"        {line}\n" for line in lines)
    (trace,) = linter.show("net.py::Net()", linter.Options(Config(), read={"net.py": source}.get)).traces
    return trace


def field_of(*lines: str, shape: str = "1, 4, 32, 32") -> Field:
    """The field of the only output."""
    return output_fields(traced(*lines, shape=shape))[""]["x"]


# What is returned.


def test_every_output_has_its_own_field() -> None:
    trace = traced("a = self.conv(x)", "return {'out': a, 'more': [self.down(a), (x, self.conv(a))]}")
    sizes = {name: seen["x"][0].interval for name, seen in output_fields(trace).items()}
    assert {name: one and one.size for name, one in sizes.items()} == {
        "out": (3, 3),
        "more.0": (5, 5),
        "more.1.0": (1, 1),
        "more.1.1": (5, 5),
    }
    assert [output.shape for output in outputs(trace)][1] == (1, 4, 16, 16)


def test_one_output_has_no_name() -> None:
    assert list(output_fields(traced("return self.conv(x)"))) == [""]


def test_what_is_no_tensor_is_left_out() -> None:
    trace = traced("return x.shape[0], self.conv(x), None")
    assert [output.name for output in outputs(trace)] == ["1"]


def test_a_constant_sees_nothing() -> None:
    assert output_fields(traced("return self.conv(x), torch.zeros(1, 2)"))["1"] == {}


# Drift.


@pytest.mark.parametrize("levels", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("mode", ["nearest", "bilinear"])
def test_corner_aligned_encoders_and_half_pixel_decoders_drift(levels: int, mode: str) -> None:
    down = ["x = self.down(x)"] * levels
    up = [f"x = F.interpolate(x, scale_factor=2, mode={mode!r})"] * levels
    (rows, columns) = field_of(*down, *up, "return x", shape="1, 4, 64, 64")
    assert drift(rows, 64, 64) == drift(columns, 64, 64) == Fraction(1 - 2**levels, 2)


@pytest.mark.parametrize(
    ("down", "up", "expected"),
    [
        ("self.even(x)", "self.up(x)", 0),
        ("self.even(x)", "F.pixel_shuffle(torch.cat([x] * 4, 1), 2)", 0),
        ("self.down(x)", "self.odd_up(x)", 0),
        ("F.max_pool2d(x, 2)", "F.interpolate(x, scale_factor=2)", 0),
        ("self.down(x)", "self.up(x)", Fraction(-1, 2)),
        ("self.down(x)", "F.interpolate(x, size=(32, 32))", Fraction(-1, 2)),
    ],
)
def test_pairs_of_layers_that_fit_do_not_drift(down: str, up: str, expected: Fraction) -> None:
    rows, _ = field_of(f"x = {down}", f"return {up}")
    assert drift(rows, 32, 32) == expected


def test_aligned_corners_undo_what_odd_sizes_are_for() -> None:
    up = "return F.interpolate(x, size=(33, 33), mode='bilinear', align_corners=True)"
    rows, _ = field_of("x = self.down(self.down(x))", up, shape="1, 4, 33, 33")
    assert drift(rows, 33, 33) == 0


def test_a_crop_moves_the_picture_and_a_centred_one_does_not() -> None:
    rows, columns = field_of("return self.conv(x)[:, :, 4:28, 3:27]")
    assert (drift(rows, 32, 24), drift(columns, 32, 24)) == (0, -1)


def test_drift_on_sizes_that_are_not_known() -> None:
    trace = traced("return F.interpolate(self.down(x), scale_factor=2)", shape="N, 4, 2*h, 2*w")
    (shape,) = (output.shape for output in outputs(trace))
    rows, _ = output_fields(trace)[""]["x"]
    assert shape is not None
    taken = trace.input_shapes["x"]
    assert taken is not None
    assert drift(rows, taken[2], shape[2]) == Fraction(-1, 2)
    assert drift(rows, taken[2], 16) is None


def test_what_sees_everything_does_not_drift() -> None:
    rows, _ = field_of("return F.adaptive_avg_pool2d(self.conv(x), 1)")
    assert drift(rows, 32, 1) is None


# Branches with different jumps.


def test_branches_with_different_jumps_keep_both_maps() -> None:
    trace = traced("return self.conv(x) + F.interpolate(self.down(x)[:, :, 1:], size=(32, 32))")
    rows, columns = output_fields(trace)[""]["x"]
    assert [one.jump for one in rows.maps] == [1, Fraction(15, 16)]
    assert rows.interval is None
    assert columns.interval is not None
    assert rows.sizes(32) == (3, 5)
    assert json_field((rows, columns), None, (1, 4, 32, 32)) == {
        "size": [[3, 5], [3, 4]],
        "jump": [None, 1],
        "start": [-1, -1],
        "global": False,
    }


def test_a_picture_and_its_mirror_image() -> None:
    trace = traced("return self.conv(x + x.flip(2))")
    rows, _ = output_fields(trace)[""]["x"]
    assert [rows.span(unit) for unit in (0, 15, 31)] == [(-1, 32), (14, 17), (-1, 32)]
    assert rows.sizes(32) == (4, 34)


# Data.


def test_a_deformable_convolution_sees_at_least_its_regular_grid() -> None:
    rows, columns = field_of("return self.conv(self.deform(x, self.offset(x)))")
    assert rows.data_dependent == "deform DeformConv2d"
    assert rows.interval is None
    assert rows.maps[0].size == (7, 7)
    seen = json_field((rows, columns), [None, None])
    assert seen["size"] == [None, None]
    assert seen["data_dependent"] == "deform DeformConv2d"
    assert seen["at_least"] == {"size": [7, 7], "jump": [1, 1], "start": [-3, -3]}


@pytest.mark.parametrize(
    ("line", "size"),
    [
        ("deform_conv2d(x, torch.zeros(1, 18, 30, 30), torch.zeros(4, 4, 3, 3))", (3, 3)),
        ("F.grid_sample(self.conv(x), torch.zeros(1, 32, 32, 2), align_corners=False)", (3, 3)),
        ("F.grid_sample(self.conv(x), torch.zeros(1, 64, 64, 2), align_corners=False)", (4, 4)),
        ("F.grid_sample(self.conv(x), torch.zeros(1, 64, 64, 2), mode='nearest')", (3, 3)),
    ],
)
def test_what_is_sampled_by_data_has_a_lower_bound(line: str, size: tuple[int, int]) -> None:
    rows, _ = field_of(f"return {line}")
    assert rows.interval is None
    assert rows.data_dependent
    assert rows.maps[0].size == size


# Norms.


@pytest.mark.parametrize(
    ("norm", "rows", "columns"),
    [
        ("group", True, True),
        ("instance", True, True),
        ("tracked", False, False),
        ("batch", False, False),
        ("untracked", True, True),
        ("layer", True, True),
        ("columns", False, True),
    ],
)
def test_norms_over_the_picture_are_noted_and_not_counted(norm: str, rows: bool, columns: bool) -> None:
    seen = field_of(f"return self.conv(self.{norm}(self.conv(x)))")
    assert [bool(axis.normalised) for axis in seen] == [rows, columns]
    assert all(axis.interval and axis.interval.size == (5, 5) and not axis.whole for axis in seen)
    assert {axis.normalised.split()[0] for axis in seen if axis.normalised} <= {norm}


@pytest.mark.parametrize(
    ("line", "noted"),
    [
        ("F.group_norm(x, 2)", True),
        ("F.instance_norm(x)", True),
        ("F.normalize(x)", False),
        ("F.rms_norm(x, (32,))", False),
        ("F.layer_norm(x, (4, 32, 32))", True),
        ("F.batch_norm(x, None, None, training=True)", True),
        ("F.local_response_norm(x, 3)", False),
    ],
)
def test_norms_as_functions(line: str, noted: bool) -> None:
    rows, _ = field_of(f"return {line}")
    assert bool(rows.normalised) == noted


# Footprints.


@pytest.mark.parametrize(
    ("mode", "first", "last"),
    [
        ("zeros", [0, 1], [30, 31]),
        ("circular", [0, 1, 31], [0, 30, 31]),
        ("reflect", [0, 1], [30, 31]),
        ("replicate", [0, 1], [30, 31]),
    ],
)
def test_what_border_units_read_depends_on_the_padding(mode: str, first: list[int], last: list[int]) -> None:
    trace = traced("return self.wrap(x)", mode=mode)
    found = [footprint(trace, 0, "x", 0, unit) for unit in (0, 31)]
    assert [list(one or ()) for one in found] == [first, last]


def test_inner_padding_is_no_way_to_the_input() -> None:
    trace = traced("return self.conv(F.max_pool2d(x, 3, 2, 1)[:, :, :8])")
    last = len(trace.uses) - 1
    assert list(footprint(trace, last, "x", 0, 7) or ()) == list(range(11, 16))
    assert footprint(traced("return self.conv(x)", shape="1, 4, H, W"), 0, "x", 0, 3) is None
    assert footprint(trace, last, "y", 0, 0) is None


def test_what_is_rolled_comes_back_at_the_other_end() -> None:
    trace = traced("return torch.roll(self.conv(x), (5, -29), (2, 3))")
    assert list(footprint(trace, 1, "x", 0, 0) or ()) == [26, 27, 28]
    rows, columns = fields(trace)[1]["x"]
    assert rows.interval is not None
    assert columns.interval is not None
    assert (rows.interval.start, columns.interval.start) == (-6, -4)


def test_coverage_of_a_dilated_run() -> None:
    dilated = "F.conv2d({}, torch.zeros(4, 4, 3, 3), padding=2, dilation=2)"
    trace = traced(f"return {dilated.format(dilated.format(dilated.format('x')))}")
    seen = coverage(trace, 2, "x")
    assert seen is not None
    assert (seen.read, seen.window, seen.exact) == (49, 169, True)
