"""Windows as columns and back: `nn.Unfold`, `nn.Fold`, `F.unfold`, `F.fold`."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from rflint import sizes
from rflint.dims import Size, divides, equal, product
from rflint.interp.values import Tensor, Value
from rflint.library.registry import alias
from rflint.library.torch.axes import FUNCTIONAL
from rflint.library.torch.broadcasting import pointwise
from rflint.library.torch.op import Op, fresh, functional, layer, shaped, stop, tensor_of
from rflint.library.torch.refusal import Refusal
from rflint.trace import Read, Shape

WINDOW = ("kernel_size", "stride", "padding", "dilation")
COLUMNS = "dilation=1, padding=0, stride=1"
UNKNOWN = "an argument is not known"


def unfold(op: Op, input: Value) -> Value:
    """(N, C, H, W) or (C, H, W) to (N, C·kernel, windows)."""
    input = tensor_of(op.call, input)
    if isinstance(input, Tensor):
        input = shaped(op, input, 2, None)
    answer = stop(op, input)
    if answer is not None:
        return answer
    if len(input.shape) not in (3, 4):
        return op.opaque([input], Refusal(f"{op.layer.kind} on a tensor with {len(input.shape)} axes"))
    *front, channels, rows, columns = input.shape
    problem = _odd(op)
    if problem:
        return op.refuse([input], problem)
    counts = windows(op, (rows, columns))
    if counts is None:
        return _folded(op, input, (*front, fresh(), fresh()), UNKNOWN)
    if any(sizes.is_collapsed(count) for count in counts):
        return op.opaque([input], Refusal("the window does not fit its input"))
    return _folded(op, input, (*front, channels * product(op.arg("kernel_size")), product(counts)), input.reason)


def _odd(op: Op) -> str:
    """Why torch refuses the window itself; "" if it may take it."""
    least = {"kernel_size": 1, "stride": 1, "dilation": 1, "padding": 0}
    given = ((name, one, low) for name, low in least.items() for one in op.arg(name) or ())
    return next((f"{name}={one}" for name, one, low in given if isinstance(one, int) and one < low), "")


def windows(op: Op, shape: Sequence[Size]) -> list[Size] | None:
    """How many windows there are along each axis; None if an argument is not known."""
    if not op.has(*WINDOW) or not all(isinstance(value, int) for name in WINDOW for value in op.arg(name)):
        return None
    rows = zip(shape, *(op.arg(name) for name in WINDOW), strict=True)
    return [sizes.window(n, kernel, stride, pad, pad, gap) for n, kernel, stride, pad, gap in rows if stride > 0]


def _folded(op: Op, input: Value, shape: Shape, reason: str) -> Value:
    """Channels and positions change places: only the batch, if there is one, stays."""
    batch = len(shape) - 2 if op.layer.base == "Unfold" else len(shape) - 3
    reads = (*pointwise(batch), *(Read("mixed") for _ in input.shape[batch:]))
    return op.emit([(input, reads)], shape, reason)


def fold(op: Op, input: Value) -> Value:
    """(N, C·kernel, windows) or (C·kernel, windows) to (N, C, *output_size)."""
    input = tensor_of(op.call, input)
    answer = stop(op, input)
    if answer is not None:
        return answer
    if len(input.shape) not in (2, 3):
        return op.opaque([input], Refusal(f"{op.layer.kind} on a tensor with {len(input.shape)} axes"))
    *front, rows, columns = input.shape
    problem = _odd(op)
    if problem:
        return op.refuse([input], problem)
    wanted = op.arg("output_size") or (fresh(), fresh())
    counts = windows(op, wanted)
    if counts is None:
        return _folded(op, input, (*front, fresh(), *wanted), UNKNOWN)
    taps = prod(op.arg("kernel_size"))
    if divides(taps, rows) is False:
        return op.refuse([input], f"{rows} rows are not divisible by the {taps} of the window")
    if equal(product(counts), columns) is False:
        return op.refuse([input], f"{product(counts)} windows make the output, and there are {columns}")
    return _folded(op, input, (*front, rows // taps, *wanted), input.reason)


for _name, _arguments, _run in (
    ("Unfold", f"kernel_size, {COLUMNS}", unfold),
    ("Fold", f"output_size, kernel_size, {COLUMNS}", fold),
):
    _spatial = (*WINDOW, "output_size")
    layer(_name, _arguments, _run, axes=2, spatial=_spatial)
    functional([f"{FUNCTIONAL}.{_name.lower()}"], _name, f"input, {_arguments}", _run, axes=2, spatial=_spatial)
alias("torch.nn.modules.fold", "torch.nn")
