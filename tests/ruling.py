"""What a rule finds in a trace that is made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from networks import Network, T

from rflint.checks import all_rules
from rflint.diagnostics import Finding
from rflint.trace import Trace


def findings(code: str, seen: Network | Trace, *outputs: T, **about: Any) -> list[Finding]:
    """All that a rule finds in a trace, or in a network with these outputs, whose input sizes are declared."""
    trace = seen.trace(*outputs, **{"declared": True, **about}) if isinstance(seen, Network) else seen
    return list(all_rules()[code].check(trace))


def only(code: str, seen: Network | Trace, *outputs: T, **about: Any) -> Finding:
    """The one finding of a rule."""
    (finding,) = findings(code, seen, *outputs, **about)
    return finding


def silent(code: str, seen: Network | Trace, *outputs: T, **about: Any) -> bool:
    """Whether a rule finds nothing."""
    return not findings(code, seen, *outputs, **about)


def image(*shape: Any) -> tuple[Network, T]:
    """A network with one input x, and the input."""
    net = Network(x=shape)
    return net, net.input()


def given(net: Network, **args: Any) -> None:
    """Gives the last layer these arguments as well; takes those away that are `...`."""
    last = net.uses[-1]
    known = {name: value for name, value in (dict(last.layer.args) | args).items() if value is not ...}
    net.uses[-1] = replace(last, layer=replace(last.layer, args=known))
