"""Notes on what units see and what could not be followed, on traces made by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from networks import H, N, Network, T, same
from ruling import findings, image

from rflint.field import IDENTITY
from rflint.trace import Note, Place, Read, Trace

HERE = Place("net.py", 1)


def noted(code: str, trace: Trace) -> list[str]:
    """What is noted of a trace whose call has a place."""
    return [one.message for one in findings(code, replace(trace, place=HERE))]


# RF905 rf-summary


def summary(net: Network, *outputs: T) -> str:
    [message] = noted("RF905", net.trace(*outputs))
    return message.partition(": units see ")[2]


def test_what_units_see_is_counted_along_each_axis() -> None:
    net, x = image(N, 8, 50, H)
    y = net.conv(x, k=(11, 5), stride=(2, 1), padding=(5, 2))
    assert summary(net, y) == "11×5 of x, 50×H (22 %), jump 2×1, centred -0.5 off"
    assert summary(net, net.conv(x, k=(11, 5), padding=(5, 2))) == "11×5 of x, 50×H (22 %), jump 1"


def test_a_share_is_that_of_the_axis_of_which_least_is_seen() -> None:
    net, x = image(N, 8, 50, 10)
    assert summary(net, net.conv(x, k=(11, 11), padding=5)) == "11×11 of x, 50×10 (22 %), jump 1"
    assert summary(net, net.conv(x, k=(101, 11), padding=(50, 5))) == "101×11 of x, 50×10 (100 %), jump 1"
    assert summary(net, net.conv(x, k=(41, 11), padding=(20, 5))) == "41×11 of x, 50×10 (82 %), jump 1"
    phases = net.conv(net.resized(net.pool(x), 2), k=2)
    assert summary(net, phases).startswith("2–4×2–4 of x, 50×10 (4 %), jump 1")
    net, x = image(N, 8, 0, 10)
    assert summary(net, net.pointwise(x)) == "1×1 of x, 0×10 (10 %), jump 1"


def test_each_way_in_which_units_are_off_their_centre_is_told_once() -> None:
    net, x = image(N, 8, 32, 32, 32, 32)
    y = net.conv(x, k=(5, 3, 3, 1), stride=(4, 2, 2, 1), padding=(2, 1, 1, 0))
    assert summary(net, y).endswith(", jump 4×2×1, centred -1.5, -0.5 off")


def test_all_is_seen_of_what_is_pooled() -> None:
    net, x = image(N, 8, 50, 10)
    y = net.conv(x, k=3, padding=1)
    assert summary(net, net.pooled(y)) == "all (3×3 locally) of x, 50×10, jump 1"
    assert summary(net, net.flat(net.pooled(y))) == "all (3×3 locally) of x, 50×10"
    rows = net.use("mean", [(y, [*same(y)[:2], Read("whole", 2), same(y)[3]])], (N, 8, 1, 10))
    assert summary(net, rows) == "all×3 (3×3 locally) of x, 50×10 (30 %), jump 1"
    columns = net.use("sort", [(y, [*same(y)[:2], Read("unknown", 2, reason="data"), same(y)[3]])], y.shape)
    assert summary(net, columns) == "what is not known of x, 50×10, jump 1"
    whole = net.use("mean", [(columns, [*same(y)[:2], Read("whole", 2), Read("whole", 3)])], (N, 8, 1, 1))
    assert summary(net, whole).startswith("all of x, 50×10")


def test_each_output_and_each_input_has_its_line() -> None:
    net = Network(features=(N, 8), x=(N, 8, 50), y=(N, 8, 50))
    shaped = net.use("reshape", [(net.input("features"), same(net.input("features")))], (N, 8, 1))
    both = net.join(shaped, net.conv(net.input("x"), padding=1), net.input("y"), output=(N, 8, 50))
    assert noted("RF905", net.trace(both)) == [
        "0: units see 3 of x, 50 (6 %), jump 1",
        "0: units see 1 of y, 50 (2 %), jump 1",
    ]
    assert noted("RF905", net.trace(net.pointwise(net.input("features")))) == []
    alone = replace(net.trace(both), output=both.shape)
    assert noted("RF905", alone)[0].startswith("the output: units see 3 of x")


def test_a_network_without_a_place_or_a_run_has_no_summary() -> None:
    net, x = image(N, 8, 50)
    trace = net.trace(net.conv(x))
    assert not findings("RF905", trace)
    assert not noted("RF905", replace(trace, order="constructor"))


# RF902 untraceable


def test_a_reason_is_told_once_where_it_is_met_first() -> None:
    net, _ = image(N, 8, 50)
    notes = [Note(Place("net.py", 7), "one"), Note(None, "two"), Note(Place("net.py", 8), "one")]
    trace = replace(net.trace(complete=False), unknowns=notes, place=HERE)
    found = findings("RF902", trace)
    assert [(one.place.mark, one.message) for one in found] == [(7, "not followed: one"), (1, "not followed: two")]
    assert not findings("RF902", replace(trace, unknowns=notes[1:2], place=None))


@pytest.mark.parametrize(("complete", "said"), [(True, []), (False, ["forward returns nothing that is known"])])
def test_what_is_not_complete_without_a_reason_returns_nothing(complete: bool, said: list[str]) -> None:
    net, x = image(N, 8, 50)
    assert noted("RF902", net.trace(x, complete=complete)) == [f"not followed: {one}" for one in said]


def test_layers_behind_which_fields_are_lost() -> None:
    net, x = image(N, 8, 50)
    net.use("opaque", [(x, [*same(x)[:2], Read("unknown", reason="no axis")])], (N, 8))
    net.use("sample", [(x, [*same(x)[:2], Read("unknown", 2, IDENTITY, "data")])], x.shape)
    y = net.use("sort", [(net.conv(x), [*same(x)[:2], Read("unknown", 2, reason="it sorts")])], x.shape, "order")
    assert noted("RF902", net.trace(net.conv(y))) == ["what units see is not known from order on: it sorts"]
    trace = net.trace(net.conv(y), complete=False)
    assert noted("RF902", replace(trace, unknowns=[Note(HERE, "one")]))[0] == "not followed: one"
