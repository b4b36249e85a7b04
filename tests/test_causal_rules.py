"""RF312 causal-leak on traces made by hand: what a module that calls itself causal sees of the future."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from networks import H, N, Network, T
from ruling import findings, silent

from rflint.checks import all_rules
from rflint.diagnostics import Finding
from rflint.trace import Member

NAME = "the name CausalNet"


def leaks(net: Network, *outputs: T, members: Any = ("",), **about: Any) -> list[Finding]:
    """The findings, if the modules of these paths call themselves causal."""
    known = [Member(path, "CausalNet", None, causal=NAME) for path in members]
    return findings("RF312", net, *outputs, members=known, **about)


def signal(*shape: Any) -> tuple[Network, T]:
    net = Network(x=shape or (N, 8, 32))
    return net, net.input()


def cut(net: Network, x: T, start: int, size: int = 32) -> T:
    """So many positions from a start; in front of 0 zeros are put."""
    return net.sliced(x, len(x.shape or ()) - 1, start, size)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"k": 3, "padding": 1}, "position t of the output sees up to 1 position after t, though the name CausalNet"),
        ({"k": 5, "padding": 2}, "position t of the output sees up to 2 positions after t"),
        ({"k": 3, "padding": 4, "dilation": 4}, "sees up to 4 positions after t"),
        ({"k": 3, "padding": "same"}, "sees up to 1 position after t"),
    ],
)
def test_padding_on_both_sides_looks_ahead(args: dict[str, Any], words: str) -> None:
    net, x = signal()
    (finding,) = leaks(net, net.conv(x, **args))
    assert words in finding.message
    assert finding.message.endswith("says that it is causal: all of the padding belongs on the left")
    assert net.where(finding.place) == "conv.padding"
    assert [(net.where(place), text) for place, text in finding.related] == [("conv()", "from here on it looks ahead")]
    assert finding.use == 0


def test_padding_on_the_left_does_not_nor_does_a_cut_end() -> None:
    net, x = signal()
    left = net.conv(cut(net, x, -2, 34), path="left")
    end = cut(net, net.conv(x, padding=2, path="end"), 0)
    assert not leaks(net, left, end)
    assert not leaks(net, net.conv(x, padding=1, path="both"), members=())


def test_a_cut_beginning_looks_ahead_and_can_be_mirrored() -> None:
    net, x = signal()
    (finding,) = leaks(net, cut(net, net.conv(x, padding=2), 2))
    assert "sees up to 2 positions after t" in finding.message
    assert (net.where(finding.place), finding.related, finding.use) == ("getitem#1()", (), 1)
    assert finding.fix is not None
    assert finding.fix.message == "cut off the end instead"


def test_a_convolution_without_padding_stands_at_its_call() -> None:
    for padding in (0, "valid"):
        net, x = signal()
        (finding,) = leaks(net, net.conv(cut(net, x, 0, 34), padding=padding))
        assert "sees up to 2 positions after t" in finding.message
        assert (net.where(finding.place), finding.related, finding.fix) == ("conv()", (), None)


@pytest.mark.parametrize(
    ("args", "mended"),
    [
        ({"k": 3, "padding": 1}, True),
        ({"k": 5, "padding": 4, "dilation": 2}, True),
        ({"k": 3, "padding": 1, "padding_mode": "reflect"}, False),
        ({"k": 3, "padding": 1, "unknown": ("padding_mode",)}, False),
        ({"k": 3, "padding": 1, "unknown": ("dilation",)}, False),
        ({"k": 3, "padding": 1, "base": "ConvTranspose"}, False),
        ({"k": 3, "padding": 1, "path": ""}, False),
    ],
)
def test_the_left_side_is_padded_by_as_much(args: dict[str, Any], mended: bool) -> None:
    net, x = signal()
    (finding,) = leaks(net, net.conv(x, **args))
    assert (finding.fix is not None) is mended
    if finding.fix is not None:
        both = 2 * args["padding"]
        assert finding.fix.message == f"pad {both} on the left only"
        padding, pad = finding.fix.edits
        assert (padding.argument, padding.value) == ("padding", "0")  # type: ignore[union-attr]
        assert pad.text == f"torch.nn.functional.pad({{}}, ({both}, 0))"  # type: ignore[union-attr]


def test_a_transposed_convolution_stands_at_its_call() -> None:
    net, x = signal()
    (finding,) = leaks(net, net.transposed(x, k=3, padding=1))
    assert net.where(finding.place) == "up()"


def test_no_padding_is_moved_that_keeps_no_size_or_is_that_of_several_layers() -> None:
    net, x = signal()
    (finding,) = leaks(net, net.conv(net.conv(x, k=5, padding=1, path="a"), k=3, padding=2, path="b"))
    assert (net.where(finding.place), finding.fix) == ("a.padding", None)
    net, x = signal()
    y = net.conv(net.conv(x, padding=1, path="a"), k=5, padding=2, path="b")
    net.uses[1] = replace(net.uses[1], place=net.uses[0].place)
    (finding,) = leaks(net, y)
    assert (net.where(finding.place), finding.fix) == ("a.padding", None)


def test_a_map_without_a_batch_is_found_but_not_mended() -> None:
    net, x = signal(8, 9, 32)
    (finding,) = leaks(net, net.conv(x, padding=1, rank=2))
    assert finding.fix is None


@pytest.mark.parametrize("shape", [(N, 8, 32, 32), (8, 32)])
def test_signals_have_three_axes(shape: Any) -> None:
    net, x = signal(*shape)
    assert not leaks(net, net.conv(x, padding=1, rank=len(shape) - 1 if len(shape) == 2 else 2))


def test_lengths_that_differ_or_are_not_known() -> None:
    net, x = signal()
    assert not leaks(net, net.conv(x, k=4, padding=1))
    assert not leaks(net, net.conv(x, padding=1, stride=2))
    net, x = signal(N, 8, H)
    assert leaks(net, net.conv(x, padding=1))
    unknown = replace(net.uses[-1], output=None)
    net.uses[-1] = unknown
    assert not leaks(net, T(0, None))
    net, x = signal()
    y = net.conv(x, padding=1)
    assert silent("RF312", replace(net.trace(y), input_shapes={"x": None}, members=CAUSAL))


CAUSAL = [Member("", "CausalNet", None, causal=NAME)]


def test_steps_and_what_sees_everything_are_not_judged() -> None:
    net, x = signal()
    y = net.conv(cut(net, x, 0, 65), stride=2)
    assert y.shape == x.shape
    assert not leaks(net, y)
    net, x = signal()
    assert not leaks(net, net.resized(net.pooled(net.conv(x, padding=1, path="a")), 32))


def test_only_modules_that_are_called_and_called_causal() -> None:
    net, x = signal()
    y = net.conv(x, padding=1)
    check = all_rules()["RF312"].check
    assert list(check(net.trace(y, members=CAUSAL)))
    assert not list(check(net.trace(y, members=[replace(CAUSAL[0], causal="")])))
    assert not list(check(net.trace(y, members=[replace(CAUSAL[0], called=False)])))


def test_a_module_is_judged_by_what_it_is_given_itself() -> None:
    net, x = signal()
    before = net.conv(x, padding=1, path="stem")
    y = net.conv(before, padding=2, path="tcn.conv")
    y = net.pointwise(cut(net, y, 0), path="tcn.act")
    net.uses[2] = replace(net.uses[2], path="tcn")
    z = net.conv(y, padding=1, path="head")
    assert not leaks(net, z, members=("tcn",))
    assert [net.where(one.place) for one in leaks(net, z, members=("tcn", "head", "tc"))] == ["head.padding"]
    (finding,) = leaks(net, z, members=("stem",))
    assert finding.message.startswith("position t of stem sees up to 1 position after t")


def named(net: Network, path: str, y: T) -> T:
    """What the last use makes, which is one of this module."""
    net.uses[-1] = replace(net.uses[-1], path=path)
    return y


def test_what_is_cut_off_again_or_constant_is_no_leak_of_a_module() -> None:
    net, x = signal()
    ahead = net.conv(x, padding=1, path="tcn.conv")
    assert not leaks(net, named(net, "tcn.shift", cut(net, ahead, -1)), members=("tcn",))
    net, x = signal()
    learnt = net.conv(T(None, (1, 8, 32)), padding=1, path="tcn.place")
    y = net.conv(cut(net, x, -2, 34), path="tcn.conv")
    assert not leaks(net, named(net, "tcn", net.join(y, learnt, output=x.shape)), members=("tcn",))


def test_modules_in_each_other_are_told_once() -> None:
    net, x = signal()
    y = net.conv(net.conv(x, padding=1, path="block.a"), padding=1, path="block.b")
    (finding,) = leaks(net, y, members=("", "block", "block.a"))
    assert "position t of the output sees up to 2 positions" in finding.message
    (finding,) = leaks(net, y, members=("block",))
    assert "position t of block sees up to 2 positions" in finding.message
    assert not leaks(net, y, members=("blo",))
    assert len(leaks(net, y, members=("block.b", "block.a"))) == 2


def test_every_output_and_input_of_its_length_counts() -> None:
    net = Network(x=(N, 8, 32), y=(N, 8, 32))
    a, b = net.conv(net.input("x"), k=1, path="a"), net.conv(net.input("y"), padding=1, path="b")
    assert [net.where(one.place) for one in leaks(net, a, net.join(a, b))] == ["b.padding"]
    assert [net.where(one.place) for one in leaks(net, a, b)] == ["b.padding"]
    assert not leaks(net, a)
    assert not leaks(net, net.input("x"))
