"""What git leaves out: the .gitignore files of a repository, and its `.git/info/exclude`."""

from __future__ import annotations

import os
from collections.abc import Iterator

from rflint.patterns import Patterns

Layers = tuple[Patterns, ...]
"""Patterns of outer folders before those of inner ones, which have the last word."""


def above(folder: str) -> Layers:
    """What the repository around a folder leaves out, above it; nothing where there is no repository."""
    outer = list(_up_to_repository(os.path.abspath(folder)))
    return tuple(patterns for place in reversed(outer) for patterns in _of_folder(place))


def below(folder: str, outer: Layers) -> Layers:
    """Those that count inside of a folder, given those that count outside: a repository of its own has its own."""
    return (*(() if _is_repository(folder) else outer), *_of_folder(folder))


def _up_to_repository(folder: str) -> Iterator[str]:
    """The folders above one, up to that of its repository; none if it is that of a repository, or in none."""
    found, place = [], folder
    while not _is_repository(place):
        if place == os.path.dirname(place):
            return
        place = os.path.dirname(place)
        found.append(place)
    yield from found


def _is_repository(folder: str) -> bool:
    return os.path.exists(os.path.join(folder, ".git"))


def _of_folder(folder: str) -> Iterator[Patterns]:
    files = [*([_excludes(folder)] if _is_repository(folder) else []), os.path.join(folder, ".gitignore")]
    for path in files:
        if lines := tuple(_lines(path)):
            yield Patterns(folder, lines)


def _excludes(folder: str) -> str:
    """The repository's own list; of a work tree or submodule, whose `.git` is a file, that of its repository."""
    git = os.path.join(folder, ".git")
    if os.path.isfile(git):
        told = next(iter(_lines(git)), "").removeprefix("gitdir:").strip()
        git = os.path.join(folder, told)
        git = os.path.join(git, next(iter(_lines(os.path.join(git, "commondir"))), ""))
    return os.path.join(git, "info", "exclude")


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8-sig", errors="surrogateescape") as file:
            return file.read().split("\n")
    except OSError:
        return []
