"""Where in which file a value stands that is being read, and what can be said of a wrong one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from rflint.config.lines import line_of
from rflint.config.values import ConfigError


@dataclass(frozen=True, slots=True)
class Context:
    """A table of a file: its dotted name, and its number if there are several of that name; the rules by code."""

    path: str
    text: str
    known: Mapping[str, Any] | None = None
    table: str = ""
    number: int = 0

    def place(self, key: str) -> str:
        """`rflint.toml:3`, where a key of the table stands."""
        return f"{self.path}:{line_of(self.text, self.table, key, self.number)}"

    def error(self, key: str, sentence: str) -> ConfigError:
        """An error at the line where a key stands."""
        return ConfigError(f"{self.place(key)}: {sentence}")

    def inner(self, key: str, number: int = 0) -> Context:
        """That of a table inside of this one."""
        return replace(self, table=f"{self.table}.{key}".lstrip("."), number=number)

    @property
    def folder(self) -> str:
        """Where relative paths start from."""
        return os.path.dirname(self.path) or "."

    def located(self, path: str) -> str:
        """A path, relative to the file, as seen from the working folder."""
        return os.path.normpath(os.path.join(self.folder, os.path.expanduser(path)))
