"""`required-version`: whether this version of rflint may use a configuration."""

from __future__ import annotations

from typing import Any

from rflint import __version__
from rflint.config.context import Context

KEY = "required-version"


def require(context: Context, value: Any) -> None:
    """Raise `ConfigError` if a file asks for other versions than this one; nothing else in it is looked at then."""
    if value is None:
        return
    if not allows(context, value):
        raise context.error(KEY, f"the configuration requires rflint {value}, and this is {__version__}")


def allows(context: Context, value: Any) -> bool:
    """Whether a version specifier such as ">=0.1,<1" (PEP 440) takes this version."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion, Version

    if not isinstance(value, str):
        raise context.error(KEY, f"{KEY} is a string")
    try:
        return Version(__version__) in SpecifierSet(_exact(value), prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        raise context.error(KEY, f'{value!r} asks for no version: write {KEY} = ">=0.1,<1"') from None


def _exact(value: str) -> str:
    """A bare version asks for just that one."""
    return f"=={value.strip()}" if value.strip()[:1].isdecimal() else value
