"""Operations that move positions, as explicit sets of positions.

Shares no code with the package.  An axis is a list with one entry per unit: the set of input positions that the unit
depends on.  Every operation makes such a list of another one, by lists and loops; what is padded is the empty set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from bruteforce import (
    Reads,
    adaptive,
    block,
    convolution,
    copies,
    cubic_spline,
    moved,
    nearest_exact_index,
    nearest_index,
    sliced,
    tent,
    transposed_convolution,
)

Line = list[frozenset[int]]
"""What each unit along an axis depends on."""
NOTHING: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Move:
    """One operation along one axis: its units as sets, and what an output index reads of an axis without ends."""

    push: Callable[[Line], Line]
    reads: Reads


def together(sets: Iterable[frozenset[int]]) -> frozenset[int]:
    return frozenset().union(*sets)


# -- operations along one axis -------------------------------------------------------------------------------------


def slid(kernel: int, stride: int, padding: int, dilation: int = 1, ceil: bool = False) -> Move:
    def push(line: Line) -> Line:
        spare = len(line) + 2 * padding - dilation * (kernel - 1) - 1
        count = -(-spare // stride) + 1 if ceil else spare // stride + 1
        if ceil and (count - 1) * stride >= len(line) + padding:
            count -= 1
        padded = [NOTHING] * padding + line + [NOTHING] * (padding + stride + kernel * dilation)
        windows = (padded[i * stride : i * stride + dilation * (kernel - 1) + 1 : dilation] for i in range(count))
        return [together(window) for window in windows]

    return Move(push, convolution(kernel, stride, padding, dilation))


def scattered(kernel: int, stride: int, padding: int, dilation: int, extra: int) -> Move:
    def push(line: Line) -> Line:
        made: list[set[int]] = [set() for _ in range((len(line) - 1) * stride + dilation * (kernel - 1) + extra + 1)]
        for at, seen in enumerate(line):
            for tap in range(kernel):
                made[at * stride + tap * dilation] |= seen
        kept = made[padding : len(made) - padding]
        return [frozenset(seen) for seen in kept]

    return Move(push, transposed_convolution(kernel, stride, padding, dilation))


def picked(mode: str, size: int, out: int) -> Move:
    """Nearest neighbours; on an axis without ends what happens on the real one is repeated."""
    index = {"nearest": nearest_index, "nearest-exact": nearest_exact_index}[mode]

    def reads(i: int) -> frozenset[int]:
        turn, phase = divmod(i, out)
        return frozenset((turn * size + index(phase, size, out),))

    return Move(lambda line: [line[index(i, size, out)] for i in range(out)], reads)


def weighed(cubic: bool, size: int, out: int, aligned: bool) -> Move:
    """Linear or cubic interpolation: neighbours beyond the ends are those at the ends."""
    rate = Fraction(size, out)
    if aligned:
        rate = Fraction(size - 1, out - 1) if out > 1 else Fraction(size)
    reads = (cubic_spline if cubic else tent)(rate, aligned)
    if size == out:
        reads = moved(0)

    def push(line: Line) -> Line:
        return [together(line[min(max(x, 0), size - 1)] for x in reads(i)) for i in range(out)]

    return Move(push, reads)


def pooled_to(size: int, out: int) -> Move:
    def push(line: Line) -> Line:
        return [together(line[i * size // out : -(-(i + 1) * size // out)]) for i in range(out)]

    return Move(push, adaptive(size, out))


def spread_out(r: int) -> Move:
    return Move(lambda line: [seen for seen in line for _ in range(r)], copies(r))


def gathered(r: int) -> Move:
    return Move(lambda line: [together(line[i : i + r]) for i in range(0, len(line), r)], block(r))


def window(r: int) -> Move:
    """Every unit of a run of r depends on all of them."""

    def push(line: Line) -> Line:
        return [together(line[i - i % r : i - i % r + r]) for i in range(len(line))]

    return Move(push, lambda i: frozenset(range(i // r * r, i // r * r + r)))


def every(step: int, size: int) -> Move:
    """Every unit depends on those that are a multiple of `step` away; beyond the ends it starts anew."""

    def push(line: Line) -> Line:
        return [together(line[i % step :: step]) for i in range(len(line))]

    return Move(push, lambda i: frozenset(range(i // size * size + i % size % step, (i // size + 1) * size, step)))


def cut(start: int, stop: int, step: int) -> Move:
    return Move(lambda line: line[start:stop:step], sliced(start, step))


def flipped(size: int) -> Move:
    return Move(lambda line: line[::-1], sliced(size - 1, -1))


def rolled(by: int) -> Move:
    return Move(lambda line: line[-by:] + line[:-by] if by else line, moved(-by))


def padded(mode: str, left: int, right: int) -> Move:
    def push(line: Line) -> Line:
        before, after = {
            "constant": ([NOTHING] * left, [NOTHING] * right),
            "reflect": (line[left:0:-1], line[-2 : -2 - right : -1]),
            "replicate": ([line[0]] * left, [line[-1]] * right),
            "circular": (line[len(line) - left :], line[:right]),
        }[mode]
        return before + line + after

    return Move(push, moved(-left))


SAME = Move(lambda line: line, moved(0))


def through(*moves: Move) -> Move:
    """One after the other."""

    def push(line: Line) -> Line:
        for move in moves:
            line = move.push(line)
        return line

    def reads(i: int) -> frozenset[int]:
        needed = frozenset((i,))
        for move in reversed(moves):
            needed = together(move.reads(one) for one in needed)
        return needed

    return Move(push, reads)
