"""What units see behind pieces side by side, repeats, stacks and views is what gradients say, unit by unit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rflint import linter
from rflint.config import Config
from rflint.dims import symbol
from rflint.field import MAX_PHASES, Access, piece, tiled
from rflint.field.layouts import Digit, among, laid_out, slid
from rflint.formats.field_cells import field_cells
from rflint.receptive import AxisField, fields, footprint, outputs
from rflint.trace import Trace

FOLDER = Path(__file__).parent.parent / "fixtures" / "pieces"
RECORDED: dict[str, Any] = json.loads((FOLDER / "recorded.json").read_text(encoding="utf-8"))
APART = {
    ("StackedApart()", 0): "reshape folds it into other axes",
    ("Tiled()", 0): "repeat folds it into other axes",
}
"""The axes along which it is not known what units see, and what is said of them."""
LAID_OUT_AGAIN = ("Expanded()", "Interleaved()", "OneAboveTheOther()", "Shuffled()")
"""Networks that read repeated units along an axis that a view has made: extents are known, exact sets are not."""


def output_of(call: str, size: Any = 16) -> tuple[Trace, int]:
    options = linter.Options(Config(), inputs=(("", (1, 1, size, size)),))
    (trace,) = linter.show(f"{FOLDER / 'networks.py'}::{call}", options).traces
    (output,) = outputs(trace)
    assert isinstance(output.source, int)
    return trace, output.source


@pytest.mark.parametrize("call", RECORDED)
def test_units_see_what_gradients_say(call: str) -> None:
    trace, output = output_of(call)
    assert list(trace.uses[output].output or ()) == RECORDED[call]["output"]
    for axis, seen in enumerate(RECORDED[call]["seen"]):
        field = fields(trace)[output]["x"][axis]
        if (call, axis) in APART:
            assert (field.maps, field.reason) == ((), APART[call, axis])
            continue
        assert not field.whole
        for unit, positions in enumerate(seen):
            exact = footprint(trace, output, "x", axis, unit)
            assert list(exact or ()) == positions or (exact is None and call in LAID_OUT_AGAIN)
            assert holds(field, unit, positions)


def holds(field: AxisField, unit: int, positions: list[int]) -> bool:
    """Whether the extent of a unit holds what it sees; beyond the ends it may be wider."""
    span = field.span(unit)
    return not positions if span is None else not positions or span[0] <= positions[0] <= positions[-1] <= span[1]


def test_where_pieces_lie_is_asked_for() -> None:
    trace, output = output_of("TwoMaps()", symbol("H"))
    field = fields(trace)[output]["x"][0]
    assert field.maps == ()
    assert "declare the input's size" in field.reason


def reads(access: Access | None, output: int) -> list[int]:
    assert access is not None
    turn, phase = divmod(output, len(access.taps))
    return [access.step * turn + tap for tap in access.taps[phase]]


def test_a_piece_is_read_where_it_lies_and_goes_on_at_the_ends() -> None:
    assert [reads(piece(2, 3, 6), i) for i in range(6)] == [[], [], [0], [1], [2], []]
    assert [reads(piece(0, 2, 6), i) for i in range(-6, 3)] == [[-6], [-5], [-4], [-3], [-2], [-1], [0], [1], []]
    assert [reads(piece(4, 2, 6), i) for i in (3, 4, 5, 6, 11, 12)] == [[], [0], [1], [2], [7], []]
    assert piece(0, 1, MAX_PHASES) is None


def test_a_repeated_axis_begins_again_and_goes_on_at_the_ends() -> None:
    assert [reads(tiled(2, 12, 3), i) for i in range(12)] == [[0]] * 3 + [[1]] * 3 + [[0]] * 3 + [[1]] * 3
    assert [reads(tiled(2, 12, 3), i) for i in (-4, -1, 12, 15)] == [[-2], [-1], [2], [3]]
    assert tiled(0, 4) is tiled(3, 4) is None


def test_units_read_their_neighbours_within_their_window() -> None:
    access = among(Digit(0, 1, 3, 2), range(-1, 2))
    assert access is not None
    assert [list(taps) for taps in access.taps] == [[0, 2], [1, 3], [0, 2, 4], [1, 3, 5], [2, 4], [3, 5]]


def test_tokens_move_along_their_axis() -> None:
    behind = slid(laid_out(1, 4), 1, 1, 4, 5)
    assert behind == (Digit(1, 1, 4, 1, 1, 4),)
    assert slid(behind, 1, -1, 5, 4) == laid_out(1, 4)
    assert slid(behind, 1, 0, 5, 1) == ()
    assert slid(behind, 1, 0, 5, 3) is None


def test_tokens_show_what_they_see_of_each_axis() -> None:
    trace, _ = output_of("Tokens()")
    cells = {use.kind: field_cells(trace, use) for use in trace.uses}
    assert cells["cat"] == cells["Linear"] == cells["add"] == ("2", "3", "18 %")
