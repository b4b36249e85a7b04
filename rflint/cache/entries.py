"""The entries of the cache: files with JSON, each about a state that is compared before it is used."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rflint import __version__
from rflint.environment import project

FOLDER = ".rflint_cache"
MOST_ENTRIES = 64
TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# https://bford.info/cachedir/\n"
BROKEN = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading an entry raises that is not as it was written."""


def folder() -> str | None:
    """The folder of the cache: that of the project around the working folder; None outside of projects."""
    found = project(".")
    return None if found is None else os.path.join(found, FOLDER)


def digest(text: str) -> str:
    """A text in 32 letters, others for every other text."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@cache
def ourselves() -> str:
    """This rflint: its version, that of Python, the parser, and its own files, which change where it is developed."""
    package, parser = Path(__file__).parents[1], find_spec("libcst")
    paths = [*sorted(package.rglob("*.py")), *([Path(parser.origin)] if parser is not None and parser.origin else [])]
    stats = ((str(path), path.stat()) for path in paths)
    return digest(repr((__version__, sys.version, [(path, one.st_mtime_ns, one.st_size) for path, one in stats])))


def held(place: str, state: str) -> dict[str, Any]:
    """The entry in a file about this state.  Raises one of `BROKEN` if there is none."""
    entry: dict[str, Any] = json.loads(Path(place).read_text(encoding="utf-8"))
    if entry["state"] != state:
        raise ValueError("it is about another state")
    return entry


def keep(place: str, state: str, entry: Mapping[str, Any]) -> None:
    """Write an entry, whole or not at all; a cache that cannot be written is none."""
    inside = os.path.dirname(place)
    try:
        _prepare(inside)
        handle, name = tempfile.mkstemp(dir=inside, suffix=".new")
        with open(handle, "w", encoding="utf-8") as file:
            json.dump({"state": state, **entry}, file)
        os.replace(name, place)
        _tidy(inside)
    except OSError:
        return


def _prepare(inside: str) -> None:
    """Make the folder, which neither git nor backups take in."""
    if not os.path.isdir(inside):
        os.makedirs(inside, exist_ok=True)
        Path(inside, ".gitignore").write_text("*\n", encoding="utf-8")
        Path(inside, "CACHEDIR.TAG").write_text(TAG, encoding="utf-8")


def _tidy(inside: str) -> None:
    """Remove all but the newest entries."""
    found = sorted(Path(inside).glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in found[MOST_ENTRIES:]:
        path.unlink(missing_ok=True)
