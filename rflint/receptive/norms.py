"""Norms: along which axes their statistics are taken.  Statistics depend on all positions, and on the place of none."""

from __future__ import annotations

from rflint.trace import Use


def is_normalised(use: Use, axis: int) -> bool:
    """Whether a use divides by statistics that are taken along this axis of its operand, in the mode of the trace.

    A batch norm with running statistics takes none; an instance norm always does without them, a group norm always;
    a layer norm along the last axes, as many as `normalized_shape` has.
    """
    base = use.base
    if base == "GroupNorm":
        return True
    if base.startswith("InstanceNorm"):
        return (
            use.layer.args.get("track_running_stats") is not True and use.layer.args.get("use_input_stats") is not False
        )
    if base.startswith("BatchNorm"):
        return use.layer.args.get("track_running_stats") is False or use.layer.args.get("training") is True
    return base in ("LayerNorm", "RMSNorm") and axis in range(*_last_axes(use))


def _rank(use: Use) -> int:
    shape = use.operands[0].shape if use.operands else None
    return len(shape or ())


def _last_axes(use: Use) -> tuple[int, int]:
    shape = use.layer.args.get("normalized_shape")
    count = len(shape) if isinstance(shape, tuple) else int(shape is not None)
    return _rank(use) - count, _rank(use)
