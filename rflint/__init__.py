"""rflint: a static linter for PyTorch networks.

`check` lints, `trace` follows one network; both read source text and neither imports it.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rflint.api import check, trace
    from rflint.config import ConfigError
    from rflint.diagnostics import Change, Diagnostic, Failure, Repair, Report, Span, Step
    from rflint.traced import NetworkTrace, NetworkUse, UnitField
    from rflint.tracing.building import TargetError

__version__ = "0.1.0"
__all__ = [
    "Change",
    "ConfigError",
    "Diagnostic",
    "Failure",
    "NetworkTrace",
    "NetworkUse",
    "Repair",
    "Report",
    "Span",
    "Step",
    "TargetError",
    "UnitField",
    "__version__",
    "check",
    "trace",
]
_HOMES = {
    "rflint.api": ("check", "trace"),
    "rflint.config": ("ConfigError",),
    "rflint.diagnostics": ("Change", "Diagnostic", "Failure", "Repair", "Report", "Span", "Step"),
    "rflint.traced": ("NetworkTrace", "NetworkUse", "UnitField"),
    "rflint.tracing.building": ("TargetError",),
}


if not TYPE_CHECKING:  # where names that there are not are to be errors

    def __getattr__(name: str) -> object:
        """The names of the API, loaded when they are asked for: `import rflint` alone is light (PEP 562)."""
        from importlib import import_module

        for home, names in _HOMES.items():
            if name in names:
                return getattr(import_module(home), name)
        raise AttributeError(f"module 'rflint' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__


class _Package(ModuleType):
    """This package, in which `trace` is the function, also once the module `rflint.trace` has been imported."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name == "trace" and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
