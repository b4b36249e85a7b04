"""Upsampling, interpolation, pixel shuffles and sampling grids."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from calls import last, shape, traced

from rflint import dims, field
from rflint.dims import parse, symbol
from rflint.field import Access
from rflint.library.torch.sampling import ratio, sampled
from rflint.trace import Read

H = symbol("H")

SIZES = [
    ("nn.Upsample(scale_factor=2)(x)", (1, 3, 9), (1, 3, 18)),
    ("nn.Upsample(size=(5, 7), mode='bilinear')(x)", (1, 3, 9, 9), (1, 3, 5, 7)),
    ("nn.Upsample(scale_factor=(2, 1.5), mode='bicubic')(x)", (1, 3, 9, 9), (1, 3, 18, 13)),
    ("F.interpolate(x, scale_factor=0.7)", (1, 3, 10, 30), (1, 3, 7, 21)),
    ("F.interpolate(x, scale_factor=0.29)", (1, 3, 100), (1, 3, 28)),
    ("F.interpolate(x, scale_factor=0.5, mode='area')", (1, 3, 9, 9), (1, 3, 4, 4)),
    ("F.interpolate(x, 4, mode='trilinear')", (1, 3, 9, 9, 9), (1, 3, 4, 4, 4)),
    ("F.upsample(x, scale_factor=3, mode='nearest')", (1, 3, 2, 2), (1, 3, 6, 6)),
    ("F.upsample_bilinear(x, scale_factor=2)", (1, 3, 2, 2), (1, 3, 4, 4)),
    ("nn.UpsamplingNearest2d(scale_factor=2)(x)", (1, 3, 9, 8), (1, 3, 18, 16)),
    ("nn.UpsamplingBilinear2d((3, 4))(x)", (1, 3, 9, 8), (1, 3, 3, 4)),
    ("F.interpolate(x, scale_factor=2)", ("N", 3, "H", "W"), ("N", 3, "2*H", "2*W")),
    ("F.interpolate(x, scale_factor=1.5)", ("N", 3, "H", "W"), ("N", 3, "3*H//2", "3*W//2")),
    ("nn.PixelShuffle(2)(x)", (1, 8, 4, 5), (1, 2, 8, 10)),
    ("nn.PixelUnshuffle(2)(x)", (3, 4, 6), (12, 2, 3)),
    ("F.pixel_shuffle(x, 3)", ("N", 9, "H", "W"), ("N", 1, "3*H", "3*W")),
    ("torch.pixel_unshuffle(x, 2)", ("N", 3, "2*H", "W"), ("N", 12, "H", "W//2")),
    ("nn.ChannelShuffle(3)(x)", (1, 6, 4, 5), (1, 6, 4, 5)),
    ("F.grid_sample(x, torch.zeros(2, 5, 6, 2))", (2, 3, 9, 9), (2, 3, 5, 6)),
    ("F.affine_grid(x, (2, 3, 5, 6))", (2, 2, 3), (2, 5, 6, 2)),
]


@pytest.mark.parametrize(("call", "size", "output"), SIZES)
def test_sizes_are_those_of_torch(call: str, size: Any, output: Any) -> None:
    assert traced(call, x=size).output == shape(*output)


def reads(call: str, **inputs: Any) -> tuple[Read, ...]:
    return last(call, **inputs).operands[0].reads


@pytest.mark.parametrize(
    ("arguments", "access"),
    [
        ("scale_factor=2", field.nearest(9, 18)),
        ("size=14", field.nearest(9, 14)),
        ("scale_factor=1.5, mode='nearest-exact'", field.nearest_exact(9, 13, 1.5)),
        ("scale_factor=1.5, mode='linear'", field.linear(9, 13, False, 1.5)),
        ("scale_factor=1.5, mode='linear', recompute_scale_factor=True", field.linear(9, 13, False)),
        ("size=17, mode='linear', align_corners=True", field.linear(9, 17, True)),
        ("size=4, mode='area'", field.bins(9, 4)),
    ],
)
def test_known_sizes_are_read_as_the_mode_says(arguments: str, access: Access) -> None:
    assert reads(f"F.interpolate(x, {arguments})", x=(1, 3, 9))[2] == Read("kept", 2, access)


@pytest.mark.parametrize(
    ("arguments", "access"),
    [
        ("scale_factor=2", field.repeated(2)),
        ("scale_factor=3, mode='bilinear'", field.linear_by(3)),
        ("scale_factor=0.5", field.strided(0, 2)),
        ("scale_factor=0.25, mode='bilinear'", Access(4, (range(1, 3),))),
        ("size=x.shape[2:], mode='bicubic'", field.IDENTITY),
        ("scale_factor=2, mode='bilinear', align_corners=True", None),
        ("scale_factor=1.1", None),
        ("scale_factor=41", None),
        ("size=(5, 5)", None),
    ],
)
def test_symbolic_sizes_are_read_as_all_sizes_are(arguments: str, access: Access | None) -> None:
    read = reads(f"F.interpolate(x, {arguments})", x=("N", 3, "H", "W"))[3]
    assert (read.how, read.access) == ("kept" if access else "unknown", access)


def test_a_size_in_the_same_ratio_whatever_the_symbol_is_is_a_factor() -> None:
    found = reads("F.interpolate(x, size=y.shape[2:], mode='linear')", x=("N", 3, "8*h"), y=("N", 3, "32*h"))
    assert found[2].access == field.linear_by(4)
    assert ratio(parse("H//2"), parse("H")) is None
    assert ratio(3 * H, 2 * H) == Fraction(3, 2)
    assert ratio(dims.unknown(), 2 * H) is None


@pytest.mark.parametrize("mode", ["nearest", "nearest-exact", "linear", "bicubic"])
@pytest.mark.parametrize("scale", [1, 2, 3, 4, 0.5, 0.25, 1.5, 0.75])
def test_what_is_said_of_a_symbolic_size_holds_for_each_size(mode: str, scale: float) -> None:
    general = sampled(mode, H, None, scale, False, False)
    assert (general is None) == (mode.startswith("nearest") and scale in (1.5, 0.75))
    for n in range(1, 20):
        out = int(n * scale)
        special = sampled(mode, n, out, scale, False, False)
        if general is not None and special is not None and out:
            assert [taps(general, i, n) for i in range(out)] == [taps(special, i, n) for i in range(out)]


def taps(access: Access, i: int, n: int) -> set[int]:
    """The positions inside the axis that output i reads."""
    turn, phase = divmod(i, len(access.taps))
    return {access.step * turn + tap for tap in access.taps[phase]} & set(range(n))


def test_antialiasing_reads_all_that_lies_between() -> None:
    """Halving with a triangle that is 4 wide: output 1 has its centre between 2 and 3 and reads 1 to 4."""
    read = reads("F.interpolate(x, scale_factor=0.5, mode='bilinear', antialias=True)", x=(1, 3, 8, 8))[2]
    assert read.access is not None
    assert taps(read.access, 1, 8) == {1, 2, 3, 4}
    assert taps(read.access, 0, 8) == {0, 1, 2}


def test_old_names_are_upsample_too() -> None:
    use = last("nn.UpsamplingBilinear2d(scale_factor=2)(x)", x=(1, 3, 4, 4))
    assert (use.kind, use.base) == ("UpsamplingBilinear2d", "Upsample")
    expected = {"scale_factor": (2, 2), "mode": "bilinear", "align_corners": True}
    assert {name: use.layer.args[name] for name in expected} == expected
    assert last("F.upsample(x, size=3)", x=(1, 3, 4, 4)).layer.args["size"] == (3, 3)


def test_a_rounded_factor_of_a_symbolic_size_is_not_known() -> None:
    made = traced("F.interpolate(x, scale_factor=0.7)", x=("N", 3, "H", 10))
    assert dims.is_unknown(made.output[2])
    assert made.output[3] == 7
    assert [note.reason for note in made.unknowns] == ["H times 0.7, which is rounded"]


def test_what_python_multiplies_sizes_by_is_not_judged() -> None:
    made = traced("F.interpolate(x, scale_factor='2', recompute_scale_factor=True)", x=(1, 3, 4))  # torch makes 44 of 4
    assert made.output[:2] == (1, 3)
    assert dims.is_unknown(made.output[2])


@pytest.mark.parametrize(
    ("call", "size"),
    [
        ("F.interpolate(x)", (1, 3, 4)),
        ("F.interpolate(x, 3, 2)", (1, 3, 4)),
        ("F.interpolate(x, (3, 3))", (1, 3, 4)),
        ("F.interpolate(x, 3, mode='bilinear')", (1, 3, 4)),
        ("F.interpolate(x, 3, align_corners=False)", (1, 3, 4)),
        ("F.interpolate(x, 3, mode='linear', antialias=True)", (1, 3, 4)),
        ("F.interpolate(x, 3, recompute_scale_factor=True)", (1, 3, 4)),
        ("F.interpolate(x, scale_factor=0.2)", (1, 3, 4)),
        ("F.interpolate(x, scale_factor='2')", (1, 3, 4)),
        ("F.interpolate(x, 3)", (3, 4)),
        ("nn.PixelShuffle(2)(x)", (1, 6, 4, 4)),
        ("nn.PixelUnshuffle(2)(x)", (1, 6, 5, 4)),
        ("nn.ChannelShuffle(4)(x)", (1, 6, 5, 4)),
        ("F.grid_sample(x, torch.zeros(1, 5, 6, 7, 3))", (1, 3, 9, 9)),
    ],
)
def test_what_torch_refuses_has_no_output(call: str, size: Any) -> None:
    made = traced(f"({call}, x + 1)", x=size)
    assert made.output == [None, size]
    assert made.uses[-2].operands[0].shape == size


def test_shuffling_pixels_repeats_rows_and_mixes_channels() -> None:
    assert reads("nn.PixelShuffle(2)(x)", x=(1, 8, 4, 4))[1:3] == (Read("mixed"), Read("kept", 2, field.repeated(2)))
    assert reads("nn.PixelUnshuffle(3)(x)", x=(1, 8, 6, 6))[1:3] == (Read("mixed"), Read("kept", 2, field.blocks(3)))


def test_shuffled_channels_come_from_each_group_in_turn() -> None:
    access = reads("nn.ChannelShuffle(2)(x)", x=(1, 6, 4, 4))[1].access
    assert access is not None
    assert [taps(access, i, 6) for i in range(6)] == [{0}, {3}, {1}, {4}, {2}, {5}]


def test_a_sampling_grid_decides_what_is_read() -> None:
    use = last("F.grid_sample(x, g)", x=("N", 3, "H", "W"), g=("N", 5, 6, 2))
    image, grid = use.operands
    assert [read.how for read in image.reads] == ["kept", "kept", "unknown", "unknown"]
    assert [read.to for read in grid.reads] == [0, 2, 3, None]


def test_an_unshuffled_input_is_a_multiple_of_the_factor() -> None:
    made = traced("nn.Conv2d(12, 8, 1)(nn.PixelUnshuffle(2)(x))", x=None)
    assert made.input_shapes["x"] == shape("N", "C", "2*H", "2*W")
    assert made.output == shape("N", 8, "H", "W")
