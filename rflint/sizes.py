"""Output sizes of windows, transposed windows and pools, for one axis.  Sizes are integers or symbolic."""

from __future__ import annotations

from rflint.dims import Size, at_most, bounds, less


def window(n: Size, kernel: int, stride: int, left: int, right: int, dilation: int) -> Size:
    """Output size of a convolution: `(n + left + right - dilation*(kernel-1) - 1)//stride + 1` (torch.nn.Conv2d)."""
    return (n + left + right - dilation * (kernel - 1) - 1) // stride + 1


def transposed(n: Size, kernel: int, stride: int, padding: int, dilation: int, output_padding: int) -> Size:
    """Output size of a transposed convolution:
    `(n-1)*stride - 2*padding + dilation*(kernel-1) + output_padding + 1` (torch.nn.ConvTranspose2d)."""
    return (n - 1) * stride - 2 * padding + dilation * (kernel - 1) + output_padding + 1


def pool(n: Size, kernel: int, stride: int, padding: int, dilation: int, ceil_mode: bool) -> Size | None:
    """Output size of a pool, with torch's rule for `ceil_mode`: a last window that would start in the right
    padding is left out (ATen's pooling_output_shape).  None where that depends on a symbolic size."""
    if not ceil_mode:
        return window(n, kernel, stride, padding, padding, dilation)
    m = window(n, kernel, stride, padding, padding + stride - 1, dilation)
    beyond = at_most(n + padding, (m - 1) * stride)
    if beyond is None:
        return None
    return m - 1 if beyond else m


def is_collapsed(size: Size) -> bool:
    """Is it certain that no position is left?"""
    if isinstance(size, int):
        return size <= 0
    return less(0, size) is False


def smallest_input(kernel: int, left: int, right: int, dilation: int) -> int:
    """The smallest size on which a window fits once."""
    return max(1, dilation * (kernel - 1) + 1 - left - right)


def is_certain(size: Size) -> bool:
    """Is it certain that at least one position is left?"""
    low, _ = bounds(size)
    return low is not None and low >= 1
