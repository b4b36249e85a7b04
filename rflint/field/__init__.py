"""The geometry of one axis, in exact integers.

`accesses` say what an operation reads, `interpolation` what torch's resampling reads; `intervals` are what units see
of a network's input, `positions` exact sets with their holes, `chains` the closed forms for layers in a row.
"""

from rflint.field.accesses import (
    IDENTITY,
    MAX_PHASES,
    Access,
    bins,
    blocks,
    piece,
    repeated,
    shift_of,
    shifted,
    strided,
    tiled,
    transposed,
    window,
)
from rflint.field.chains import Slide, back_to_front, front_to_back, holes_in_chain
from rflint.field.interpolation import cubic, linear, linear_by, nearest, nearest_exact
from rflint.field.intervals import INPUT, Interval, union
from rflint.field.positions import MAX_EXTENT, Positions, spread

__all__ = [
    "IDENTITY",
    "INPUT",
    "MAX_EXTENT",
    "MAX_PHASES",
    "Access",
    "Interval",
    "Positions",
    "Slide",
    "back_to_front",
    "bins",
    "blocks",
    "cubic",
    "front_to_back",
    "holes_in_chain",
    "linear",
    "linear_by",
    "nearest",
    "nearest_exact",
    "piece",
    "repeated",
    "shift_of",
    "shifted",
    "spread",
    "strided",
    "tiled",
    "transposed",
    "union",
    "window",
]
