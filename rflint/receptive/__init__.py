"""Receptive fields: what the units of every use see of the network's inputs.  Folds over a finished trace.

`fields` goes once forwards and gives extents; `reached` goes backwards from one unit and gives the exact set.
`output_fields` says which field each tensor has that the network returns, `drift` how far its units are off centre.
"""

from rflint.receptive.axes import AxisField, Field
from rflint.receptive.backward import reached
from rflint.receptive.drift import drift
from rflint.receptive.forward import fields
from rflint.receptive.json_field import json_field
from rflint.receptive.outputs import Output, output_fields, outputs

__all__ = ["AxisField", "Field", "Output", "drift", "fields", "json_field", "output_fields", "outputs", "reached"]
