"""The rules: one file each, registered by a decorator and found by walking this folder."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar, get_type_hints

from rflint.diagnostics import SEVERITIES, Check, Finding, Rule
from rflint.trace import Trace, Use

C = TypeVar("C", bound=Callable[[Any], Iterable[Finding]])

_registered: dict[str, Rule] = {}


def rule(
    code: str, name: str, severity: str, *, default: bool = True, fix: str = "", needs_size: bool = False
) -> Callable[[C], C]:
    """Registers a generator function as the check of a rule.

    What its one parameter is annotated with decides what it is called with: the whole `Trace`, or every `Use` in turn.
    Raises ValueError for a severity or a fix class that does not exist, and for a code or a name that is taken.
    """
    if severity not in SEVERITIES or fix not in ("", "safe", "unsafe", "hint"):
        raise ValueError(f"{code}: there is no severity {severity!r} or no fix class {fix!r}")

    def register(check: C) -> C:
        if any(code == other.code or name == other.name for other in _registered.values()):
            raise ValueError(f"{code} {name} is registered already")
        _registered[code] = Rule(code, name, severity, of_trace(check), default, fix, needs_size)
        return check

    return register


def of_trace(check: Check) -> Check:
    """The check as a function of the whole trace: as it is, or called with every use in turn."""
    (wanted,) = (kind for argument, kind in get_type_hints(check).items() if argument != "return")
    if wanted is Trace:
        return check
    if wanted is not Use:
        raise ValueError(f"{check.__name__} takes {wanted}, not a Trace or a Use")

    def over_uses(trace: Trace) -> Iterator[Finding]:
        for use in trace.uses:
            yield from (replace(found, use=use.index) for found in check(use))

    return over_uses


@cache
def all_rules() -> dict[str, Rule]:
    """All rules by code, in the order of their codes.  Modules whose name starts with an underscore hold none."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return dict(sorted(_registered.items()))
