"""Chains of convolutions and pools: closed forms and recurrences that need no graph."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Slide(NamedTuple):
    """A convolution or pool along one axis, with its padding on the left."""

    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1

    @property
    def extent(self) -> int:
        """How many positions there are from the first tap to the last."""
        return self.dilation * (self.kernel - 1) + 1


def front_to_back(layers: Iterable[Slide]) -> list[Slide]:
    """After each layer: how many input positions a unit sees, the jump, and minus the first position of unit 0.

    r' = r + (K - 1)·j, P' = P + p·j, j' = j·s: the field of every tensor of the chain in one pass.
    """
    seen, found = Slide(1), []
    for layer in layers:
        widened = seen.kernel + (layer.extent - 1) * seen.stride
        seen = Slide(widened, seen.stride * layer.stride, seen.padding + layer.padding * seen.stride)
        found.append(seen)
    return found


def back_to_front(layers: Sequence[Slide]) -> Slide:
    """The same for the last layer alone, from one unit backwards: r' = (r - 1)·s + K, P' = P·s + p, S' = S·s.

    The single convolution that has the chain's output size for every input size and, where no padding is read, can
    have its values: kernel r, stride S, padding P.  Source: Araujo, Norris and Sim, Computing Receptive Fields of
    Convolutional Neural Networks, Distill 2019.
    """
    seen = Slide(1)
    for layer in reversed(layers):
        seen = Slide(
            (seen.kernel - 1) * layer.stride + layer.extent,
            seen.stride * layer.stride,
            seen.padding * layer.stride + layer.padding,
        )
    return seen


def holes_in_chain(kernels: Iterable[int], dilations: Iterable[int]) -> bool:
    """Whether a chain of convolutions leaves holes in what its units see, for any order of its layers.

    `dilations` in positions of the chain's input: each layer's dilation times the jump at its input. Sorted, a layer
    must not be dilated by more than the run of positions that all finer ones fill together; if it is, the position
    right after that run stays unread (a sum of multiples, so that the order does not matter).
    """
    filled = 1
    for dilation, kernel in sorted(zip(dilations, kernels, strict=True)):
        if kernel > 1:
            if dilation > filled:
                return True
            filled += dilation * (kernel - 1)
    return False
