"""Whether a rule that says more speaks about a place, before one that only says that something fails does."""

from __future__ import annotations

from networks import N, Network

from rflint.checks import all_rules
from rflint.checks._told import GENERAL, is_told
from rflint.trace import Trace


def wrong_groups() -> Trace:
    net = Network(x=(N, 10, 8, 8))
    return net.trace(net.conv(net.input(), 12, groups=4))


def test_an_error_at_one_of_the_places_is_told() -> None:
    trace = wrong_groups()
    place = trace.uses[0].layer.places["groups"]
    assert is_told(trace, [place])
    assert is_told(trace, [trace.uses[0].place, place])
    assert not is_told(trace, [trace.uses[0].place, None])
    assert not is_told(trace, [])


def test_warnings_tell_nothing() -> None:
    net = Network(x=(N, 10, 8, 8))
    x = net.conv(net.input(), 12, k=1, stride=2)
    trace = net.trace(x)
    [finding] = [found for one in all_rules().values() for found in one.check(trace) if one.code == "RF304"]
    assert all_rules()["RF304"].severity != "error"
    assert not is_told(trace, [finding.place])


def test_rules_that_only_say_that_something_fails() -> None:
    assert [all_rules()[code].name for code in GENERAL] == ["refused-by-torch", "certain-exception"]


def test_what_they_say_themselves_is_not_told_by_others() -> None:
    net = Network(x=(N, 10, 8, 8))
    trace = net.trace(net.pointwise(net.input(), refused="RuntimeError: not here"))
    [finding] = all_rules()["RF423"].check(trace)
    assert not is_told(trace, [finding.place])
