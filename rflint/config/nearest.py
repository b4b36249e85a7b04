"""Where configurations are found: for each linted file the nearest one upwards."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rflint.config.given import laid_over
from rflint.config.reading import PROJECT, Known, mentions_us, read
from rflint.config.values import Config, ConfigError

OWN = "rflint.toml"


@dataclass(slots=True)
class Configurations:
    """The configuration of each file: the nearest one upwards, each read once; or, for all, the file `explicit`, or
    none at all if `isolated`; with settings that are `given` by their keys instead.  `known` are the rules by code."""

    explicit: str | None = None
    isolated: bool = False
    known: Known | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    _files: dict[str, Config] = field(default_factory=dict)
    _folders: dict[str, Config] = field(default_factory=dict)

    def of(self, path: str) -> Config:
        """The configuration for what lies at a path.  Raises `ConfigError`."""
        if self.isolated:
            return self._read(None)
        if self.explicit is not None:
            return self._read(self.explicit)
        place = os.path.abspath(path)
        return self._of_folder(place if os.path.isdir(place) else os.path.dirname(place))

    def _of_folder(self, folder: str) -> Config:
        if folder not in self._folders:
            here, above = _in_folder(folder), os.path.dirname(folder)
            found = self._read(_shown(here)) if here or above == folder else self._of_folder(above)
            self._folders[folder] = found
        return self._folders[folder]

    def _read(self, path: str | None) -> Config:
        name = path or ""
        if name not in self._files:
            self._files[name] = laid_over(Config() if path is None else _read(path, self.known), self.given)
        return self._files[name]


def load(start: Path, explicit: Path | None = None, known: Known | None = None) -> Config:
    """The configuration for what lies at `start`: the nearest one upwards, or the file that is named.

    `known` are the rules by code.  Raises `ConfigError`.
    """
    return Configurations(None if explicit is None else str(explicit), known=known).of(str(start))


def _in_folder(folder: str) -> str | None:
    own, project = os.path.join(folder, OWN), os.path.join(folder, PROJECT)
    if os.path.isfile(own):
        return own
    return project if os.path.isfile(project) and mentions_us(project) else None


def _shown(path: str | None) -> str | None:
    """A path as people would write it here: relative, if it lies below the working folder."""
    if path is None:
        return None
    relative = os.path.relpath(path) if os.path.splitdrive(path)[0] == os.path.splitdrive(os.getcwd())[0] else path
    return path if relative.startswith("..") else relative


def _read(path: str, known: Known | None) -> Config:
    try:
        return read(path, known)
    except OSError as problem:
        raise ConfigError(f"{path}: the configuration cannot be read: {problem.strerror}") from None
