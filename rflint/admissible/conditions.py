"""What layers want of the sizes they are given, beyond what ends their trace: features, more than one value."""

from __future__ import annotations

from collections.abc import Sequence

from rflint.dims import Size, equal, less, product
from rflint.trace import Use

LAST = {"Linear": "in_features", "LSTM": "input_size", "GRU": "input_size", "RNN": "input_size"}
"""Layers that want their last axis to have a certain size, and the argument that says which."""


def refusal(use: Use, training: bool = False) -> str:
    """Why a use certainly raises, "" if that is not certain; what is not decided is asked of `dims`."""
    shape = use.operands[0].shape if use.operands and use.given is None else None
    if not shape:
        return ""
    if any(less(0, size) is False for size in use.output or ()):
        return "it leaves no position"
    if use.base in LAST:
        return _features(use, shape[-1], use.layer.args.get(LAST[use.base]))
    if use.base in ("LayerNorm", "RMSNorm"):
        return _normalised(use, shape)
    return _single(use, shape) if _needs_values(use, shape, training) else ""


def _features(use: Use, given: Size, wanted: object) -> str:
    if not isinstance(wanted, int) or equal(given, wanted) is not False:
        return ""
    return f"{use.base} expects {wanted} features, gets {given}"


def _normalised(use: Use, shape: Sequence[Size]) -> str:
    wanted = use.layer.args.get("normalized_shape")
    wanted = (wanted,) if isinstance(wanted, int) else wanted
    if not isinstance(wanted, tuple) or not all(isinstance(size, int) for size in wanted):
        return ""
    given = shape[-len(wanted) :]
    if len(given) == len(wanted) and all(equal(a, b) is not False for a, b in zip(given, wanted, strict=True)):
        return ""
    return f"{use.base} normalises {'×'.join(map(str, wanted))}, gets {'×'.join(map(str, given))}"


def _needs_values(use: Use, shape: Sequence[Size], training: bool) -> bool:
    """Whether a norm takes its statistics from the input: of the positions of each channel, or those of the batch."""
    tracked = use.layer.args.get("track_running_stats")
    if use.base.startswith("InstanceNorm"):
        return training or tracked is False
    return use.base.startswith("BatchNorm") and (training or tracked is False) and isinstance(shape[0], int)


def _single(use: Use, shape: Sequence[Size]) -> str:
    axes = use.base[-2:-1]
    spatial = shape[-int(axes) :] if axes.isdecimal() and len(shape) > 2 else ()
    batch = shape[:1] if use.base.startswith("BatchNorm") else ()
    values = product([*batch, *spatial])
    return f"{use.base} needs more than one value for each channel" if less(1, values) is False else ""


def mixes(use: Use) -> bool:
    """Whether `x.view(-1, 400)` certainly makes another number of rows than there are samples; asked of `dims`."""
    shape = use.operands[0].shape if use.operands else None
    wanted = use.layer.args.get("shape")
    if use.base != "reshape" or shape is None or use.output is None or len(shape) < 3 or use.conditional:
        return False
    rows = isinstance(wanted, tuple) and len(wanted) == 2 and wanted[0] == -1
    return rows and equal(use.output[0], shape[0]) is False
