"""What `rflint suggest` answers, and that the line to paste is a network of which rflint says the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rflint import cli, linter
from rflint.config import Config
from rflint.formats.suggestion import code, suggestion_json, suggestion_text
from rflint.geometry.suggestions import Unreachable, Wanted, suggested
from rflint.linter import Options
from rflint.receptive import fields, reached


@settings(max_examples=10)
@given(st.integers(2, 7), st.integers(2, 400), st.integers(1, 3), st.booleans())
def test_the_line_to_paste_sees_what_is_promised(kernel: int, field: int, axes: int, hybrid: bool) -> None:
    found = suggested(Wanted(kernel, field, hybrid=hybrid))
    text = f"from torch import nn\nC = 4\ndef net():\n    return {code(found, axes)}\n"
    shape = (1, 4, *(found.schedule.field,) * axes)
    options = Options(Config(), (("", shape),), read=lambda path: text if path == "net.py" else None)
    [trace] = linter.show("net.py::net()", options).traces
    assert trace.output == shape
    last = fields(trace)[-1]["input"]
    assert [axis.interval and axis.interval.size for axis in last] == [(found.schedule.field,) * 2] * axes
    read = reached(trace, len(trace.uses) - 1, "input", 0)
    assert read is not None
    assert read.count == found.schedule.field
    assert linter.check(["net.py::net()"], options).diagnostics == []


def test_the_front_of_a_network_counts() -> None:
    found = suggested(Wanted(3, 284, jump=8, seen=92, layers=6))
    assert (found.schedule.rates, found.schedule.field) == ((1, 2, 2, 2, 2, 3), 284)


def test_units_that_lie_side_by_side_leave_nothing_unread() -> None:
    assert suggested(Wanted(3, 100, jump=8, seen=8)).schedule.field >= 100


def test_other_rates_are_offered_where_the_number_of_layers_is_free() -> None:
    free, given = suggested(Wanted(3, 27)), suggested(Wanted(3, 27, layers=3))
    assert "rates that about double" in [each.about for each in free.alternatives]
    assert "rates that about double" not in [each.about for each in given.alternatives]


def test_alternatives_reach_the_field_too() -> None:
    found = suggested(Wanted(3, 512))
    assert [(each.layers, each.field) for each in found.alternatives] == [(8, 513), (256, 513), (6, 514), (5, 516)]
    assert found.alternatives[0].rates == (1, 3, 6, 12, 24, 48, 81, 81)


def test_without_dilation_there_is_no_alternative_that_dilates() -> None:
    assert [each.about for each in suggested(Wanted(3, 3)).alternatives] == [
        "no dilation",
        "after a pool of 2, stride 2",
    ]


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (Wanted(1, 5), "a kernel of 1 sees one position"),
        (Wanted(3, 512, layers=3), "takes 6 layers of kernel 3, not 3"),
        (Wanted(3, 100, jump=8, seen=4), "^units that see 4 and are 8 apart leave positions between them unread$"),
        (Wanted(3, 64, jump=8, seen=92), "^units that see 92 before these layers see 64 already$"),
    ],
)
def test_what_cannot_be_is_said(wanted: Wanted, sentence: str) -> None:
    with pytest.raises(Unreachable, match=sentence):
        suggested(wanted)


def test_the_hybrid_criterion_is_kept_on_request() -> None:
    free, kept = suggested(Wanted(5, 512)), suggested(Wanted(5, 512, hybrid=True))
    assert (free.schedule.rates, free.valid, free.distances[1]) == ((1, 5, 25, 97), False, 37)
    assert (kept.schedule.rates, kept.valid) == ((1, 5, 15, 45, 62), True)


def test_the_answer_for_people() -> None:
    text = suggestion_text(suggested(Wanted(3, 27)), 2)
    assert text.splitlines() == [
        "3 layers of kernel 3, dilation 1, 3, 9",
        "",
        "nn.Sequential(*[nn.Conv2d(C, C, 3, padding=d, dilation=d) for d in (1, 3, 9)])",
        "",
        "field     27 on each axis, of 27 wanted; every position of it is reached",
        "weights   27·C² in 2-D for C channels; one kernel as wide would have 729·C²",
        "HDC       M_2 = 3, M_1 = 1: valid as hybrid dilated convolution",
        "gridding  index 0.09: the most that uniform weights leave of any lattice (1.00: all of it)",
        "",
        "alternatives                  layers  field  gridding  dilation",
        "rates that about double            4     27      0.06  1, 3, 4, 5",
        "no dilation                       13     27      0.00  1",
        "after a pool of 2, stride 2        3     30      0.04  1, 3, 3",
        "after 2 pools of 2, stride 2       2     28      0.33  1, 2",
    ]


def test_the_answer_as_json() -> None:
    found = json.loads(suggestion_json(suggested(Wanted(2, 8)), 1))
    assert found["version"] == 1
    answer = found["suggestion"]
    assert answer["dilation"] == [1, 2, 4]
    assert answer["field"] == 8
    assert answer["hybrid"] == {"distances": [1, 2, 4], "valid": True}
    assert answer["code"] == 'nn.Sequential(*[nn.Conv1d(C, C, 2, padding="same", dilation=d) for d in (1, 2, 4)])'
    assert set(answer["alternatives"][0]) == {"about", "dilation", "layers", "field", "gridding_index"}


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        ("", "the following arguments are required: --field"),
        ("--field x", "--field: 'x' is not a whole number from 1 to 1000000000"),
        ("--field 0", "--field: '0' is not a whole number from 1 to 1000000000"),
        ("--field 9 net.py", "suggest takes options only, and no net.py"),
        ("--field 9 --axes 4", "--axes: '4' is not a whole number from 1 to 3"),
        ("--field 512 --layers 3", "a field of 512 without holes takes 6 layers of kernel 3, not 3"),
        ("--field 9 --kernel 1", "a kernel of 1 sees one position whatever its dilation"),
    ],
)
def test_bad_arguments_get_one_sentence(argv: str, sentence: str, capsys: Any) -> None:
    assert cli.main(["suggest", *argv.split()]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[-1] == f"rflint: {sentence}"


def test_the_command_prints_the_answer(capsys: Any) -> None:
    assert cli.main(["suggest", "--field", "27"]) == 0
    assert capsys.readouterr().out == suggestion_text(suggested(Wanted(3, 27)), 2)
    assert cli.main(["suggest", "--field", "8", "--kernel", "2", "--axes", "1", "--format", "json"]) == 0
    assert capsys.readouterr().out == suggestion_json(suggested(Wanted(2, 8)), 1)
