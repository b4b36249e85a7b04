"""Random networks of every operation that moves positions agree with explicit sets of positions, unit by unit.

What is compared: sizes, extents, exact sets without ends, and the positions that are really read.  The sets are made by
`explicit.py`, which shares no code with the package; the package reads the networks as source code.

RFLINT_NETWORKS says how many networks are compared (`make proof` takes 20 000).
"""

from __future__ import annotations

import os

from hypothesis import example, given, settings
from hypothesis import strategies as st
from random_pictures import Network, network

from rflint import linter
from rflint.config import Config
from rflint.field import Positions
from rflint.receptive import fields, footprint, outputs, reached
from rflint.trace import Trace

NETWORKS = int(os.environ.get("RFLINT_NETWORKS", "100"))
UNITS = 6


def traced(made: Network) -> Trace:
    (trace,) = linter.show("net.py::Net()", linter.Options(Config(), read={"net.py": made.source}.get)).traces
    return trace


@settings(max_examples=NETWORKS, database=None)
@given(st.integers(0, 2**40), st.integers(1, 9))
@example(48015398, 4)  # columns of one row of windows
@example(5040, 3)  # and several such rows
@example(14150389, 8)  # a tensor of padding alone
@example(4540, 4)  # units side by side with others that see everything, taken apart again
def test_units_see_what_sets_pushed_through_the_network_say(seed: int, layers: int) -> None:
    made = network(seed, layers)
    trace = traced(made)
    tensors = outputs(trace)
    assert trace.complete
    assert [tensor.shape and tensor.shape[2:] for tensor in tensors] == [node.size for node in made.nodes[1:]]
    for number, tensor in enumerate(tensors, 1):
        assert isinstance(tensor.source, int)
        for axis in (0, 1):
            agrees(made, number, trace, tensor.source, axis)


def agrees(made: Network, number: int, trace: Trace, use: int, axis: int) -> None:
    """Whether units of a tensor, some of them beyond its ends, see along an axis what they should."""
    size = made.nodes[number].size[axis]
    if "t0" not in fields(trace)[use]:  # no unit reads the input, if only along one axis
        assert any(not any(units) for units in made.nodes[number].lines)
        return
    field = fields(trace)[use]["t0"][axis]
    if field.whole:
        return
    if not field.maps:  # a limit that the package keeps to, and says so
        assert "too many phases" in field.reason
        return
    for unit in sorted({-1, *range(0, size, max(1, size // UNITS)), size - 1, size}):
        seen = made.reaches(number, axis, unit)
        assert members(reached(trace, use, "t0", axis, unit)) == seen
        assert field.span(unit) == ((min(seen), max(seen)) if seen else None)
        if 0 <= unit < size:
            really = footprint(trace, use, "t0", axis, unit)
            assert members(really) == made.nodes[number].lines[axis][unit]


def members(positions: Positions | None) -> set[int]:
    assert positions is not None
    return set(positions)
