"""Where imported modules may lie: the project's own source folders, and the libraries that an environment installs."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence

PROJECT = ("pyproject.toml", "setup.py", "setup.cfg", ".git")
"""What marks the folder of a project."""
ENVIRONMENTS = (".venv", "venv")
LIBRARIES = ("lib/python3.*/site-packages", "lib/pypy3.*/site-packages", "Lib/site-packages")
"""Where the folders of installed libraries lie in an environment, on POSIX and on Windows."""


def source_folders(paths: Sequence[str]) -> tuple[str, ...]:
    """The folder of the project of each path, and its `src`: imports of tests and scripts start there; and the folder
    of the package around the working folder, since a path that begins inside of it does not name it."""
    projects = dict.fromkeys(one for path in paths if (one := project(path)) is not None)
    below = ((one, os.path.join(one, "src")) for one in projects)
    found = [folder for pair in below for folder in pair if os.path.isdir(folder or ".")]
    relative = any(not os.path.isabs(path) for path in paths)
    return tuple(dict.fromkeys([*found, *(_around(os.getcwd()) if relative else ())]))


def _around(folder: str) -> tuple[str, ...]:
    """The folder that the imports of the package start from of which this folder is a part; none if it is no part."""
    outer = folder
    while os.path.isfile(os.path.join(outer, "__init__.py")) and outer != os.path.dirname(outer):
        outer = os.path.dirname(outer)
    return (outer,) if outer != folder else ()


def library_folders(paths: Sequence[str], configured: str | None = None) -> tuple[str, ...]:
    """The folders of installed libraries: of the environment that is configured (or that folder itself), else of the
    nearest `.venv` or `venv` beside or above each path, else of the one that VIRTUAL_ENV names."""
    if configured is not None:
        return installed(configured) or ((configured,) if os.path.isdir(configured) else ())
    found = dict.fromkeys(folder for path in paths for folder in _nearest(path))
    active = os.environ.get("VIRTUAL_ENV")
    return tuple(found) or (installed(active) if active else ())


def installed(environment: str) -> tuple[str, ...]:
    """The folders of libraries inside of a virtual environment."""
    patterns = (os.path.join(glob.escape(environment), *pattern.split("/")) for pattern in LIBRARIES)
    return tuple(folder for pattern in patterns for folder in sorted(glob.glob(pattern)))


def _nearest(path: str) -> tuple[str, ...]:
    """Those of the nearest environment in a folder or above it, up to the one beside the repository."""
    beside = False
    for folder in _upwards(path):
        for name in ENVIRONMENTS:
            if found := installed(os.path.join(folder, name)):
                return found
        if beside:
            return ()
        beside = os.path.exists(os.path.join(folder, ".git"))
    return ()


def project(path: str) -> str | None:
    """The nearest folder upwards that is marked as a project; None if there is none."""
    return next((folder for folder in _upwards(path) if _is_marked(folder)), None)


def _is_marked(folder: str) -> bool:
    return any(os.path.exists(os.path.join(folder, name)) for name in PROJECT)


def _upwards(path: str) -> Iterator[str]:
    """A folder, or that of a file, and those above it, spelled as the path is."""
    folder = path.rstrip("/") or "/" if os.path.isdir(path) else os.path.dirname(path)
    while True:
        yield folder
        if os.path.abspath(folder) == os.path.dirname(os.path.abspath(folder)):
            return
        folder = _above(folder)


def _above(folder: str) -> str:
    if folder in ("", "."):
        return ".."
    return os.path.join(folder, "..") if os.path.basename(folder) == ".." else os.path.dirname(folder)
