"""Shapes and numbers as the texts of torch write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rflint.checks._layers import number, spatial_rank
from rflint.dims import Size
from rflint.trace import Shape, Use

AXES = "THW"
"""What torch calls spatial axes, as many of the last as there are."""


def listed(sizes: Iterable[object]) -> str:
    """`[1, 4, 8, 8]`."""
    return f"[{', '.join(map(str, sizes))}]"


def crossed(sizes: Iterable[Size], sign: str = " x ") -> str:
    """`(5 x 5)`, `(3x5x5)`."""
    return f"({sign.join(map(str, sizes))})"


def shape_of(use: Use) -> Shape:
    """The shape of the first operand, which is known."""
    return use.operands[0].shape or () if use.operands else ()


def each(use: Use, argument: str) -> list[int]:
    """An argument on every spatial axis; [] if it is not known on one."""
    values = [number(use, argument, axis) for axis in range(spatial_rank(use))]
    known = [value for value in values if value is not None]
    return known if len(known) == len(values) else []


def labelled(names: Sequence[str], values: Sequence[Size], between: str = ": ", sign: str = " ") -> str:
    """`kT: 3 kH: 3 kW: 3`."""
    return sign.join(f"{name}{between}{value}" for name, value in zip(names, values, strict=True))


def integer(use: Use, argument: str) -> int | None:
    """An argument that is a known integer."""
    value = use.layer.args.get(argument)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
