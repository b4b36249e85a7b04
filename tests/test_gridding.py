"""How densely outputs read the input: known chains, explicit spectra, and what is said about them."""

from __future__ import annotations

import pytest
from networks import Network, T, same

from rflint.field import Access
from rflint.formats.gridding import gridding_data, gridding_lines
from rflint.geometry.gains import gridding_index
from rflint.geometry.gridding import griddings, network_index
from rflint.trace import Read, Trace


def chain(*dilations: int, stem: int = 1) -> Network:
    """Convolutions of kernel 3, behind a patch embedding of that stride."""
    net = Network(x=(1, 4, 128, 128))
    x = net.input()
    if stem > 1:
        x = net.conv(x, k=stem, stride=stem, path="stem")
    for d in dilations:
        x = net.conv(x, padding=d, dilation=d)
    return net


def traced(net: Network) -> Trace:
    """The trace that returns the last tensor, and nothing else."""
    last = net.uses[-1]
    trace = net.trace(T(last.index, last.output))
    trace.output = last.output
    return trace


@pytest.mark.parametrize("dilations", [(2, 2, 2), (2, 4, 8), (1, 2, 9), (1, 2, 5), (1, 1, 1), (1, 1, 2, 4, 8, 16, 1)])
def test_the_index_of_a_chain_is_that_of_its_dilations(dilations: tuple[int, ...]) -> None:
    found = network_index(traced(chain(*dilations)), len(dilations) - 1, "x", 0)
    assert found == pytest.approx(gridding_index([3] * len(dilations), dilations))


def test_strides_before_count() -> None:
    """A mean of 2 leaves |cos(ω/2)| of a lattice: 0.71 of every fourth position, which the dilations pass."""
    assert network_index(traced(chain(2, 2, stem=2)), 2, "x", 0) == pytest.approx(2**-0.5)


def test_a_residual_block_lets_half_of_everything_pass() -> None:
    net = chain(1)
    x = T(0, net.uses[0].output)
    y = net.conv(x, padding=2, dilation=2)
    assert network_index(net.trace(net.join(x, y)), 2, "x", 0) == pytest.approx((1 / 3 + 1 / 3) / 2)


def test_upsampled_maps_have_no_index() -> None:
    net = chain(1)
    up = net.resized(T(0, net.uses[0].output), 2)
    assert network_index(net.trace(up), 1, "x", 0) is None
    assert network_index(traced(chain(1, 300)), 1, "x", 0) is None


def test_what_is_too_coarse_or_too_much_has_no_index() -> None:
    assert network_index(traced(chain(1, 256)), 1, "x", 0) == pytest.approx(gridding_index([3, 3], [1, 256]))
    assert network_index(traced(chain(1, 257)), 1, "x", 0) is None
    assert network_index(traced(chain(*[256] * 40)), 39, "x", 0) is None


def test_layers_that_read_one_position_have_no_spacing() -> None:
    net = Network(x=(1, 4, 128, 128))
    x = net.conv(net.conv(net.input(), k=1, stride=4), k=1)
    assert network_index(net.trace(x), 1, "x", 0) == 0.0


def test_what_reads_nothing_has_no_index() -> None:
    net = Network(x=(1, 4, 16, 16))
    x = net.input()
    nothing = Read("kept", 2, Access(1, (range(0),)))
    y = net.use("Conv2d", [(x, [*same(x)[:2], nothing, nothing])], x.shape)
    assert network_index(net.trace(y), 0, "x", 0) is None


def test_branches_are_walked_once() -> None:
    """Two ways through each of 40 blocks: 2**40 in all."""
    net = chain(1)
    x = T(0, net.uses[0].output)
    for _ in range(40):
        x = net.join(x, net.conv(x, padding=1))
    assert network_index(net.trace(x), len(net.uses) - 1, "x", 0) == 0.0


def test_a_trace_is_asked_once() -> None:
    trace = traced(chain(2, 2))
    assert griddings(trace) is griddings(trace)


def test_lines_of_a_gridded_network() -> None:
    assert list(gridding_lines(traced(chain(2, 2, 2)))) == [
        "read: the output reads 7 of 13 positions, only multiples of 2, largest hole 1, #.#.#.#.#.#.# along each axis; "
        "29 % of the window; gridding index 1.00"
    ]


def test_lines_of_a_dense_network() -> None:
    assert list(gridding_lines(traced(chain(1, 2, 5)))) == [
        "read: the output reads all of 17 positions along each axis; gridding index 0.11"
    ]


def test_what_is_read_before_everything_is_pooled() -> None:
    net = chain(1, 2)
    net.linear(net.flat(net.pooled(T(1, net.uses[1].output))), 8)
    [line] = gridding_lines(traced(net))
    assert line.startswith("read: conv Conv2d reads all of 7 positions along each axis")


def test_axes_that_differ() -> None:
    net = Network(x=(1, 4, 64, 64))
    x = net.conv(net.input(), k=(3, 1), dilation=(2, 1), padding=(2, 0))
    [line] = gridding_lines(net.trace(x))
    assert (
        "3 of 5 positions, only multiples of 2, largest hole 1, #.#.# × all of 1 positions; 60 % of the window" in line
    )


def test_data_for_the_json() -> None:
    [found] = gridding_data(traced(chain(2, 2, 2)))
    assert found == {
        "output": "",
        "path": "conv",
        "kind": "Conv2d",
        "input": "x",
        "reached": [7, 7],
        "extent": [13, 13],
        "largest_hole": [1, 1],
        "lattice": [2, 2],
        "window": {"reached": 49, "of": 169, "exact": True},
        "index": [1.0, 1.0],
    }


def test_long_patterns_are_cut() -> None:
    [line] = gridding_lines(traced(chain(30, 30)))
    assert "#.............................#............................" in line
    assert "…" in line
    assert len(griddings(traced(chain(30, 30)))) == 1
