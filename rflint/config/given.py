"""Settings that a caller makes, on the command line or as arguments, laid over what files say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rflint.config.keys import KEYS
from rflint.config.values import COMMAND_LINE, Config


def laid_over(config: Config, given: Mapping[str, Any]) -> Config:
    """A configuration with settings that are given by their keys: the likes of `extend-select` add, others replace."""
    values = {KEYS[name].attribute: value for name, value in given.items()}
    for name in given:
        if KEYS[name].adds:
            values[KEYS[name].attribute] = getattr(config, KEYS[name].attribute) + given[name]
    places = {name: (*_added_to(config, name), COMMAND_LINE) for name in given}
    return replace(config, **values, origins={**config.origins, **places})


def _added_to(config: Config, name: str) -> tuple[str, ...]:
    return config.origins.get(name, ()) if KEYS[name].adds else ()
