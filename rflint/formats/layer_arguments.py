"""The arguments of a layer in one short cell: `3→64 k3 s2 p1 d2 g4`, only what differs from the default."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rflint.trace import Layer

CHANNELS = (("in_channels", "out_channels"), ("in_features", "out_features"))
LONE = ("num_features", "num_channels", "normalized_shape")
LETTERS = {
    "kernel_size": "k",
    "stride": "s",
    "padding": "p",
    "output_padding": "op",
    "dilation": "d",
    "groups": "g",
}
DEFAULTS: dict[str, Any] = {
    "stride": 1,
    "padding": 0,
    "output_padding": 0,
    "dilation": 1,
    "groups": 1,
    "padding_mode": "zeros",
    "ceil_mode": False,
    "count_include_pad": True,
    "return_indices": False,
    "align_corners": False,
    "antialias": False,
    "batch_first": False,
    "bidirectional": False,
    "end_dim": -1,
}
WITHOUT_GEOMETRY = {
    *("bias", "device", "dtype", "inplace", "eps", "momentum", "affine", "track_running_stats", "elementwise_affine"),
    *("p", "negative_slope", "alpha", "beta", "threshold", "approximate", "training", "divisor_override", "init"),
}
"""Arguments that change neither a size nor what is read: left out."""


def layer_arguments(layer: Layer) -> str:
    """What a reader needs of the layer's arguments to check its geometry; `?` stands for what is not known."""
    return " ".join((*channels(layer), *lettered(layer), *named(layer)))


def channels(layer: Layer) -> Iterator[str]:
    """`3→64` of a convolution or linear layer, `64` of a normalisation."""
    for entering, leaving in CHANNELS:
        if entering in layer.args or leaving in layer.args:
            yield f"{known(layer.args, entering)}→{known(layer.args, leaving)}"
    for name in LONE:
        if name in layer.args:
            yield written(layer.args[name])


def lettered(layer: Layer) -> Iterator[str]:
    """`k3 s2 p1`: the window.  The stride of a pool is always said, its default being the kernel."""
    for name, letter in LETTERS.items():
        if name not in layer.args:
            if expected(layer, name):
                yield f"{letter}?"
        elif not is_default(layer, name):
            value = layer.args[name]
            yield f"{letter}={value}" if isinstance(value, str) else f"{letter}{per_axis(value)}"


def expected(layer: Layer, name: str) -> bool:
    """Whether such a layer always has the argument, so that it is unknown where it is missing."""
    window = name in ("kernel_size", "stride", "padding", "dilation", "groups") and layer.base.startswith("Conv")
    return window or (name in ("kernel_size", "stride", "padding") and layer.base.startswith(("MaxPool", "AvgPool")))


def named(layer: Layer) -> Iterator[str]:
    """`scale_factor=2 mode=bilinear`: whatever else bears on sizes."""
    taken = {*LETTERS, *LONE, *WITHOUT_GEOMETRY, *(name for pair in CHANNELS for name in pair)}
    for name, value in layer.args.items():
        if name not in taken and value is not None and not is_default(layer, name):
            yield f"{name}={written(value)}"


def is_default(layer: Layer, name: str) -> bool:
    """Whether the argument has, on every axis, the value that torch gives it when it is left out."""
    value = layer.args[name]
    if name == "stride" and "Pool" in layer.base:
        return value is None
    if isinstance(value, tuple) and value:
        return all(axis == DEFAULTS.get(name) for axis in value)
    return name in DEFAULTS and bool(value == DEFAULTS[name])


def known(args: Mapping[str, Any], name: str) -> str:
    """The argument's value, `?` if it is not known."""
    return written(args[name]) if name in args else "?"


def per_axis(value: Any) -> str:
    """`3` for 3 and for (3, 3), `1×7` for (1, 7)."""
    alike = isinstance(value, tuple) and len(set(value)) == 1
    return written(value[0] if alike else value)


def written(value: Any) -> str:
    """`7×7` for (7, 7); whatever else it is, as Python writes it."""
    return "×".join(map(written, value)) if isinstance(value, (tuple, list)) and value else str(value)
