"""Receptive fields: what the units of every use see of the network's inputs.  Folds over a finished trace.

`fields` goes once forwards and gives extents; `reached` goes backwards from one unit and gives the exact set.
`footprint` is that set without padding, `coverage` counts it over all axes.
`output_fields` says which field each tensor has that the network returns, `drift` how far its units are off centre;
`path_sizes` tells the narrowest and the widest way to a use.
"""

from rflint.receptive.axes import AxisField, Field
from rflint.receptive.backward import footprint, reached
from rflint.receptive.boxes import Coverage, boxes, coverage
from rflint.receptive.drift import drift
from rflint.receptive.forward import fields
from rflint.receptive.json_field import json_field
from rflint.receptive.outputs import Output, output_fields, outputs
from rflint.receptive.paths import PathSizes, path_sizes

__all__ = [
    "AxisField",
    "Coverage",
    "Field",
    "Output",
    "PathSizes",
    "boxes",
    "coverage",
    "drift",
    "fields",
    "footprint",
    "json_field",
    "output_fields",
    "outputs",
    "path_sizes",
    "reached",
]
