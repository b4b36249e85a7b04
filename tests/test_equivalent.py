"""The single convolution that a network is as wide as: padding that gives the size, kernels that give the values."""

from __future__ import annotations

import pytest
from calls import traced
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import H, N, Network, T, W

from rflint import sizes
from rflint.formats.equivalent import equivalent_data, equivalent_lines
from rflint.geometry.equivalent import NONLINEAR, Equivalent, equivalents
from rflint.trace import Trace


def returned(net: Network, x: T) -> Trace:
    trace = net.trace(x)
    trace.output = x.shape
    return trace


def chain(*layers: tuple[int, int, int, int], size: object = 64) -> Trace:
    """Convolutions (kernel, stride, padding, dilation) in a row, of one axis."""
    net = Network(x=(1, 4, size))  # type: ignore[arg-type]
    x = net.input()
    for kernel, stride, padding, dilation in layers:
        x = net.conv(x, 4, kernel, stride=stride, padding=padding, dilation=dilation)
    return returned(net, x)


def only(trace: Trace) -> Equivalent:
    [one] = equivalents(trace)
    return one


def test_three_3x3_are_as_wide_as_one_7x7() -> None:
    one = only(chain((3, 1, 1, 1), (3, 1, 1, 1), (3, 1, 1, 1)))
    window = one.windows[0]
    assert window is not None
    assert (window.kernel, window.stride, window.left, window.right) == ((7, 7), 1, 3, 3)


LAYERS = st.lists(
    st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(0, 2), st.integers(1, 2)), min_size=1, max_size=4
)


@settings(max_examples=60)
@given(LAYERS, st.integers(900, 1100))
def test_kernel_stride_and_padding_give_the_size(layers: list[tuple[int, int, int, int]], n: int) -> None:
    """Nested floors are one floor: the size is the same for all inputs, with the same padding on both sides."""
    window = only(chain(*layers, size=n)).windows[0]
    assert window is not None
    jump, padding = 1, 0
    for _, stride, pad, _ in layers:
        padding += pad * jump
        jump *= stride
    assert (window.left, window.right, window.stride) == (padding, padding, jump)
    size: object = n
    for kernel, stride, pad, dilation in layers:
        size = sizes.window(size, kernel, stride, pad, pad, dilation)  # type: ignore[arg-type]
    assert sizes.window(n, window.kernel[0], window.stride, padding, padding, 1) == size


def test_symbolic_sizes() -> None:
    one = only(chain((3, 2, 1, 1), (3, 2, 1, 1), size=H))
    window = one.windows[0]
    assert window is not None
    assert one.differences == (
        "padding: outputs near the ends read padding of layers inside, which is not the input's",
    )
    assert differences(chain((3, 2, 1, 1), size=H)) == []
    assert (window.left, window.right) == (3, 3)


def test_padding_on_one_side_only() -> None:
    net = Network(x=(1, 4, 32))
    padded = net.sliced(net.input(), 2, -4, 36, base="pad")
    window = only(returned(net, net.conv(padded, k=5))).windows[0]
    assert window is not None
    assert (window.left, window.right) == (4, 0)


@settings(max_examples=40)
@given(LAYERS, st.integers(900, 960))
def test_outputs_that_read_inner_padding_are_counted(layers: list[tuple[int, int, int, int]], n: int) -> None:
    """Which outputs differ, by carrying for every position whether a convolution of the bare input would give it."""
    good = [True] * n
    for number, (kernel, stride, padding, dilation) in enumerate(layers):
        beyond = number == 0
        wide = [beyond] * padding + good + [beyond] * padding
        count = (len(wide) - dilation * (kernel - 1) - 1) // stride + 1
        good = [all(wide[stride * i + dilation * t] for t in range(kernel)) for i in range(count)]
    told = [text for text in only(chain(*layers, size=n)).differences if text.startswith("padding")]
    missing = good.count(False)
    assert bool(told) == bool(missing)
    assert not told or told[0].startswith(f"padding: {missing} of {len(good)} outputs")


def differences(trace: Trace) -> list[str]:
    return [text.partition(":")[0] for text in only(trace).differences]


def test_a_valid_linear_chain_is_equal() -> None:
    assert differences(chain((3, 1, 0, 1), (5, 2, 0, 1))) == []


def test_differences_have_names() -> None:
    net = Network(x=(1, 4, 16, 16))
    x = net.conv(net.input(), 4, padding=2, dilation=2)
    x = net.pointwise(x)
    x = net.join(net.conv(x, 4, padding=8, dilation=8), x)
    assert differences(returned(net, x)) == ["holes", "clipping", "padding", "branches", "weights"]


def test_what_is_pooled_has_an_equivalent_before() -> None:
    net = Network(x=(1, 4, 16, 16))
    x = net.conv(net.input(), 4)
    one = only(returned(net, net.flat(net.pooled(x))))
    assert one.end.output is None
    assert one.differences[0].startswith("global: what follows reads everything")


def test_upsampled_maps_have_several_kernels() -> None:
    net = Network(x=(1, 4, 16))
    x = net.transposed(net.conv(net.input(), 4, k=3, padding=1), 4, k=4, stride=2, padding=1)
    one = only(returned(net, x))
    window = one.windows[0]
    assert window is not None
    assert (window.kernel, window.stride, window.turns, window.left, window.right) == ((4, 4), 1, 2, 2, None)
    assert "phases: 2 kernels take turns, each 1 positions on from its last place" in one.differences


def test_lines() -> None:
    net = Network(x=(1, 4, 64, 32))
    x = net.conv(net.input(), 4, stride=2, padding=1)
    x = net.conv(net.pointwise(x), 4, padding=1)
    assert list(equivalent_lines(returned(net, x))) == [
        "the output is as wide as one convolution:",
        "  axis  kernel  stride  padding",
        "  2          7       2        3",
        "  3          7       2        3",
        "  not equal in padding: 2 of 32 outputs read padding of layers inside, which is not the input's (axis 2)",
        "  not equal in padding: 2 of 16 outputs read padding of layers inside, which is not the input's (axis 3)",
        "  not equal in weights: 1 relu are not linear: equal is what is read, not what is computed",
    ]


def test_data() -> None:
    [found] = equivalent_data(chain((3, 2, 0, 1), size=W))
    assert found["axes"] == [{"kernel": 3, "stride": 2, "turns": 1, "padding": [0, 0]}]
    assert found["output"] == ""


@pytest.mark.parametrize("shape", [(N, 4), None])
def test_nothing_is_said_of_what_is_not_known(shape: tuple[object, ...] | None) -> None:
    net = Network(x=shape)  # type: ignore[arg-type]
    assert list(equivalent_lines(net.trace())) == ["no equivalent: it is not known what any map sees"]


def windows(expression: str, *shape: object) -> list[tuple[object, ...] | None]:
    """Kernel, stride, turns and padding along each axis, for what an expression of x returns."""
    [one] = equivalents(traced(expression, x=shape))  # type: ignore[arg-type]
    return [w and (w.kernel, w.stride, w.turns, (w.left, w.right)) for w in one.windows]


@pytest.mark.parametrize(
    ("expression", "size", "window"),
    [
        ("F.max_pool1d(x, 3, 2)", 8, ((3, 3), 2, 1, (0, 0))),
        ("F.max_pool1d(x, 3, 2, ceil_mode=True)", 8, ((3, 3), 2, 1, (0, 1))),
        ("F.max_pool1d(x, 3, 2, ceil_mode=True)", "L", ((3, 3), 2, 1, (0, 1))),
        ("F.max_pool1d(x, 4, 4, ceil_mode=True)", "L", ((4, 4), 4, 1, (0, 3))),
        ("F.max_pool1d(F.pad(x, (0, -3)), 2)", "L", ((2, 2), 2, 1, (0, None))),
        ("F.max_pool1d(F.pad(x, (0, 3)), 2)", "L", ((2, 2), 2, 1, (0, None))),
        ("F.max_pool1d(F.pad(x, (0, -2)), 2)", "L", ((2, 2), 2, 1, (0, -2))),
        ("F.max_pool1d(F.pad(x, (0, 2)), 2)", "L", ((2, 2), 2, 1, (0, 2))),
        ("F.max_pool1d(F.pad(x, (4, -2)), 3, 1)", 8, ((3, 3), 1, 1, (4, -2))),
        ("x[..., 2:-1]", 8, ((1, 1), 1, 1, (-2, -1))),
        ("F.max_pool1d(F.interpolate(x, scale_factor=3, mode='linear'), 3, 1)", 8, ((2, 3), 1, 3, (1, None))),
        ("F.conv_transpose1d(x, torch.zeros(3, 3, 1), stride=2)", 8, ((1, 1), 1, 2, (0, None))),
        ("F.conv_transpose1d(x, torch.zeros(3, 3, 1), stride=2)[..., 1::2]", 8, None),
        ("x.flip(2)", 8, None),
        ("x[..., 3:4].expand(-1, -1, 8)", 8, None),
    ],
)
def test_windows(expression: str, size: object, window: object) -> None:
    assert windows(expression, 1, 3, size) == [window]


def test_an_axis_that_is_not_known_has_no_window() -> None:
    assert windows("x.cumsum(2)", 1, 3, 8, 8) == [None, ((1, 1), 1, 1, (0, 0))]
    assert windows("x.mean(2)", 1, 3, 8, 8) == [((1, 1), 1, 1, (0, None)), ((1, 1), 1, 1, (0, 0))]


@pytest.mark.parametrize(
    ("expression", "shape", "told"),
    [
        ("F.interpolate(x, scale_factor=2)", (1, 3, 8), [
            "phases: 2 kernels take turns, each 1 positions on from its last place",
        ]),
        ("F.max_pool1d(F.interpolate(x, scale_factor=2), 2, 1)", (1, 3, 8), [
            "phases: 2 kernels take turns, each 1 positions on from its last place",
            "weights: 1 max_pool1d are not linear: equal is what is read, not what is computed",
        ]),
        ("F.avg_pool1d(x[..., ::2], 3, 1)", (1, 3, 16), ["holes: 2 of the 5 taps are always zero"]),
        ("F.avg_pool1d(x, 8, 1)", (1, 3, 8), []),
        ("F.avg_pool1d(x, 8, 1, 4)", (1, 3, 8), []),
        ("F.avg_pool1d(x, 9, 1, 1)", (1, 3, 8), [
            "clipping: the kernel of 9 is wider than the 8 positions of the input",
        ]),
        ("F.avg_pool2d(x, 3, 1, 1)[:, :, 1:-1] + F.avg_pool2d(x, 3, 1, 1)[:, :, 1:-1]", (1, 3, 8, 8), [
            "branches: add join several; the kernel is as wide as all of them together",
        ]),
        ("x.mean(2)", (1, 3, 8, 8), []),
        ("x.neg().mean(2)", (1, 3, 8), [
            "global: what follows reads everything, or is not followed; the convolution stands for the layers before",
        ]),
        ("F.avg_pool2d(x, 3).mean(2, keepdim=True) + F.avg_pool2d(x, 3)", (1, 3, 9, 9), [
            "global: mean reads everything; the convolution is what is seen beside it",
            "branches: add join several; the kernel is as wide as all of them together",
        ]),
        ("F.avg_pool2d(x, 3).mean(3, keepdim=True) + F.avg_pool2d(x, 3)", (1, 3, 9, 9), [
            "global: mean reads everything; the convolution is what is seen beside it",
            "branches: add join several; the kernel is as wide as all of them together",
        ]),
        ("F.avg_pool1d(F.interpolate(x, scale_factor=3, mode='linear'), 3, 1)", (1, 3, 2), [
            "phases: 3 kernels take turns, each 1 positions on from its last place",
        ]),
        ("F.avg_pool1d(F.interpolate(x, scale_factor=3, mode='linear'), 3, 1)", (1, 3, 1), [
            "phases: 3 kernels take turns, each 1 positions on from its last place",
            "clipping: the kernel of 2 is wider than the 1 positions of the input",
        ]),
        ("F.conv1d(x, torch.zeros(3, 3, 3), dilation=1048576)", (1, 3, "L"), []),
        ("F.avg_pool1d(F.avg_pool1d(x, 3, 1, 1), 3, 1, 1)", (1, 3, "L"), [
            "padding: outputs near the ends read padding of layers inside, which is not the input's",
        ]),
        ("F.avg_pool2d(F.avg_pool2d(x, 3, 1, (1, 0)), 3, 1, (1, 0))", (1, 3, 8, 8), [
            "padding: 2 of 8 outputs read padding of layers inside, which is not the input's (axis 2)",
        ]),
        ("F.avg_pool2d(F.avg_pool2d(x, 3, 1, 1), 3, 1, 1)", (1, 3, 8, 8), [
            "padding: 2 of 8 outputs read padding of layers inside, which is not the input's",
        ]),
        ("x * x.sigmoid()", (1, 3, 8), [
            "branches: mul join several; the kernel is as wide as all of them together",
            "weights: 1 sigmoid, 1 mul are not linear: equal is what is read, not what is computed",
        ]),
        ("x * 2 + x.relu().relu()", (1, 3, 8), [
            "branches: add join several; the kernel is as wide as all of them together",
            "weights: 2 relu are not linear: equal is what is read, not what is computed",
        ]),
    ],
)  # fmt: skip
def test_what_differs_word_for_word(expression: str, shape: tuple[object, ...], told: list[str]) -> None:
    assert list(only(traced(expression, x=shape)).differences) == told  # type: ignore[arg-type]


def test_of_many_only_the_first_are_named() -> None:
    joined = {
        count: only(traced(f"{'(' * count}x{' + x.neg())' * count}", x=(1, 3, 8))).differences for count in (2, 3, 4, 5)
    }
    told = "branches: {} join several; the kernel is as wide as all of them together"
    assert joined[2] == (told.format("add, add"),)
    assert joined[3] == (told.format("add, add, add"),)
    assert joined[4] == (told.format("add, add, add and 1 more"),)
    assert joined[5] == (told.format("add, add, add and 2 more"),)


@pytest.mark.parametrize("name", sorted(NONLINEAR))
def test_activations_are_not_linear(name: str) -> None:
    net = Network(x=(1, 4, 8))
    told = "weights: 1 {} are not linear: equal is what is read, not what is computed"
    assert only(returned(net, net.pointwise(net.input(), name, "act"))).differences == (told.format(name),)
    net = Network(x=(1, 4, 8))
    assert only(returned(net, net.pointwise(net.input(), name.lower()))).differences == (told.format(name.lower()),)
