"""Fourier transforms: every frequency reads all positions of the transformed axes, short-time ones a window of them."""

from __future__ import annotations

from typing import Any

from rflint import field, sizes
from rflint.dims import Size
from rflint.interp.frames import Call
from rflint.interp.values import Tensor, Value, is_size
from rflint.library.registry import function
from rflint.library.torch.arithmetic import elementwise
from rflint.library.torch.broadcasting import axes, pointwise
from rflint.library.torch.creation import constant
from rflint.library.torch.op import Op, fresh, kept, operation, unread
from rflint.library.torch.repeating import turned_round
from rflint.library.torch.tensor import called, tensor_function, tensor_property
from rflint.trace import Read

FFT: dict[str, Any] = {"under": ("torch.fft",), "method": False}
REST = "norm=None, *, out=None"
ONE = "fft ifft rfft irfft hfft ihfft"
TWO = "fft2 ifft2 rfft2 irfft2"
ALL = "fftn ifftn rfftn irfftn"


def transformed(op: Op, input: Tensor, dim: Value, lengths: Value) -> Tensor:
    """The use that reads all of some axes; `lengths` are other sizes for them, None for their own."""
    shape = input.shape or ()
    touched = axes(dim, len(shape))
    if isinstance(touched, str):
        return op.opaque([input], touched)
    given = list(lengths) if isinstance(lengths, (list, tuple)) else [lengths] * len(touched)
    if len(given) != len(touched):
        return op.opaque([input], "as many sizes as axes are wanted")
    output: list[Size] = list(shape)
    for at, length in zip(touched, given, strict=True):
        output[at] = shape[at] if length is None else length if is_size(length) else fresh()
    if touched:
        output[touched[-1]] = _last(op.layer.kind, output[touched[-1]], given[-1])
    reads = [Read("whole", at) if at in touched else kept(at) for at in range(len(shape))]
    return op.emit([(input, reads)], tuple(output), input.reason)


def _last(kind: str, size: Size, length: Value) -> Size:
    """The last transformed axis: transforms of real numbers hold half of the frequencies."""
    if kind.startswith(("rfft", "ihfft")):
        return size // 2 + 1
    return (size - 1) * 2 if kind.startswith(("irfft", "hfft")) and length is None else size


@tensor_function(*ONE.split(), signature=f"input, n=None, dim=-1, {REST}", **FFT)
def transform(op: Op, input: Tensor, n: Value, dim: Value, norm: Value) -> Value:
    """Transforms of one axis."""
    return transformed(op, input, dim, n)


@tensor_function(*TWO.split(), signature=f"input, s=None, dim=(-2, -1), {REST}", **FFT)
@tensor_function(*ALL.split(), signature=f"input, s=None, dim=None, {REST}", **FFT)
def transform_axes(op: Op, input: Tensor, s: Value, dim: Value, norm: Value) -> Value:
    """Transforms of two axes, or of all."""
    return transformed(op, input, dim, s)


@tensor_function("fftshift", "ifftshift", signature="input, dim=None", base="roll", **FFT)
def shift(op: Op, input: Tensor, dim: Value) -> Value:
    """`fftshift`: the zero frequency in the middle."""
    return turned_round(op, input, dim)


@function("torch.fft.fftfreq", "torch.fft.rfftfreq", signature="n, d=1.0, *, out=None, dtype=None, device=None")
def frequencies(call: Call, n: Value, **options: Value) -> Value:
    """`fftfreq(n)`, `rfftfreq(n)`."""
    return constant(call, [n // 2 + 1 if called(call) == "rfftfreq" and is_size(n) else n])


@tensor_function(
    "stft",
    signature="input, n_fft, hop_length=None, win_length=None, window=None, center=True, pad_mode='reflect', "
    "normalized=False, onesided=None, return_complex=None",
)
def short_time(op: Op, input: Tensor, n_fft: Value, hop_length: Value, win_length: Value, **given: Value) -> Value:
    """`stft(n_fft, hop_length)`: (…, L) to (…, frequencies, frames), frames read windows of the samples."""
    shape = input.shape or ()
    hop = hop_length if hop_length is not None else n_fft // 4 if isinstance(n_fft, int) else None
    if len(shape) not in (1, 2) or not isinstance(n_fft, int) or not isinstance(hop, int) or hop < 1:
        return op.opaque([input], "the windows are not known")
    if not isinstance(given["center"], bool) or given["onesided"] not in (None, True, False):
        return op.opaque([input], "the windows are not known")
    padding = n_fft // 2 if given["center"] else 0
    frames = sizes.window(shape[-1], n_fft, hop, padding, padding, 1)
    if sizes.is_collapsed(frames):
        return op.opaque([input], f"a window of {n_fft} does not fit into {shape[-1]} samples")
    width = win_length if isinstance(win_length, int) else n_fft
    access = field.window(width, hop, padding - (n_fft - width) // 2)
    known = win_length is None or isinstance(win_length, int)
    last = len(shape)
    read = Read("kept", last, access) if known else unread(last, "the width of the window is not known")
    halves = given["onesided"] is not False
    parts = () if given["return_complex"] else (2,)
    output = (*shape[:-1], n_fft // 2 + 1 if halves else n_fft, frames, *parts)
    return op.emit([(input, [*pointwise(last - 1), read])], output, input.reason)


@tensor_function("view_as_real", signature="input", method=False)
def as_real(op: Op, input: Tensor) -> Value:
    """`view_as_real`: real and imaginary part along a new last axis."""
    return op.emit([(input, pointwise(len(input.shape or ())))], (*(input.shape or ()), 2), input.reason)


@tensor_function("view_as_complex", signature="input", method=False)
def as_complex(op: Op, input: Tensor) -> Value:
    """`view_as_complex`: the last axis, of size 2, becomes one complex number."""
    shape = input.shape or ()
    if not shape or shape[-1] != 2:
        return op.opaque([input], f"{shape[-1] if shape else 'no'} parts of a complex number")
    return op.emit([(input, [*pointwise(len(shape) - 1), Read("whole", None)])], shape[:-1], input.reason)


@tensor_function("real", "imag", signature="input", method=False, known=False, makes="float")
def part(op: Op, input: Value) -> Value:
    """The real, or the imaginary part."""
    return elementwise(op, [input], "float")


@tensor_property("real")
def real(call: Call, tensor: Tensor) -> Value:
    """`x.real`."""
    return part(operation(call, "real"), tensor)


@tensor_property("imag")
def imaginary(call: Call, tensor: Tensor) -> Value:
    """`x.imag`."""
    return part(operation(call, "imag"), tensor)


@function("torch.complex", "torch.polar", signature="input, other, *, out=None")
def pair(call: Call, input: Value, other: Value, out: Value) -> Value:
    """`complex(real, imaginary)`, `polar(abs, angle)`."""
    return elementwise(operation(call, called(call)), [input, other], "complex64")
