"""What windows leave behind their last place: counted, and where nothing is said."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from networks import H, N, Network, T

from rflint.checks._rests import rest, rests


@given(st.integers(1, 30), st.integers(1, 4), st.integers(1, 4), st.integers(1, 3), st.sampled_from((0, 1, 2, "same")))
def test_rows_behind_the_last_place(size: int, kernel: int, stride: int, dilation: int, padding: int | str) -> None:
    net = Network(x=(N, 3, size))
    extent = dilation * (kernel - 1) + 1
    assume(stride == 1 or padding != "same")
    left, right = ((extent - 1) // 2, extent // 2) if isinstance(padding, str) else (padding, padding)
    assume(size + left + right >= extent)
    made = net.conv(net.input(), k=kernel, stride=stride, dilation=dilation, padding=padding)
    last = (made.shape[2] - 1) * stride - left + extent - 1  # type: ignore[index]
    found = rest(net.uses[0], 2)
    assert found is not None
    assert (found.size, found.axis, found.right) == (size, 2, right)
    assert found.behind == size + right - 1 - last
    assert found.dropped == max(0, size - 1 - last)


def test_a_last_window_may_hang_over() -> None:
    net = Network(x=(N, 3, 9))
    net.pool(net.input(), ceil_mode=True)
    found = rest(net.uses[0], 2)
    assert found is not None
    assert (found.behind, found.dropped) == (-1, 0)


@pytest.mark.parametrize("axis", [0, 1])
def test_layers_slide_along_spatial_axes(axis: int) -> None:
    net = Network(x=(N, 3, 9))
    net.conv(net.input(), stride=2)
    assert rest(net.uses[0], axis) is None


def test_what_is_not_known_or_no_window() -> None:
    net = Network(x=(N, 3, 9), y=(N, 3, H))
    x, y = net.input(), net.input("y")
    args = {"kernel_size": (3,), "stride": (2,), "padding": (0,), "dilation": (1,)}
    for source, output in [
        (T("x", None), (N, 3, 4)),
        (x, None),
        (y, (N, 3, 4)),
        (x, (N, 3, H)),
        (x, (N, 3, 0)),
        (x, (3, 4)),
        (T("x", (N, 3, 0)), (N, 3, 4)),
    ]:
        net.use("Conv1d", [(source, [])], output, "conv", args)
    net.use("Conv1d", [], (N, 3, 4), "conv", args)
    net.use("ConvTranspose1d", [(x, [])], (N, 3, 19), "up", args)
    net.pointwise(x)
    assert [use.index for use in net.uses if rest(use, 2) is not None] == []
    assert not list(rests(net.trace(x)))
    net.use("Conv1d", [(x, [])], (N, 3, 1), "conv", args)  # 9 rows, one place
    net.use("Conv1d", [(T("x", (N, 3, 1)), [])], (N, 3, 4), "conv", args)
    assert [found.use.index for found in rests(net.trace(x))] == [10, 11]


def test_rests_are_those_of_layers_that_step_axis_by_axis() -> None:
    net = Network(x=(N, 3, 9, 8))
    x = net.input()
    net.conv(x, path="one")
    net.conv(x, stride=2, path="maybe", more={"conditional": "if flag"})
    net.conv(x, stride=(1, 2), path="wide")
    net.pool(x, 4, path="both")
    assert [(found.use.path, found.axis, found.dropped) for found in rests(net.trace(x))] == [
        ("wide", 3, 1),
        ("both", 2, 1),
        ("both", 3, 0),
    ]
