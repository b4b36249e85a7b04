"""Folders: which Python files the targets of a run name, and what in them is left out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from rflint import gitignore
from rflint.config import Config
from rflint.diagnostics import Failure
from rflint.gitignore import Layers
from rflint.patterns import answer, left_out

ENDINGS = (".py", ".ipynb")
SKIPPED = frozenset(["__pycache__", "build", "dist", "node_modules", "site-packages", "venv"])
"""Folders that are not searched, as little as hidden ones, unless a pattern such as `!build/` takes them in."""


def find_files(targets: Iterable[str], config_of: Callable[[str], Config]) -> tuple[list[str], list[Failure]]:
    """The Python files that targets name, in order and each once, and a sentence for each target without any.

    Folders are searched; hidden ones, caches, builds, virtual environments and what the configuration nearest to it
    or git leaves out are passed over.  What is named is never left out, but by the setting `force-exclude`.
    """
    files: dict[str, str] = {}
    problems: list[Failure] = []
    for target in targets:
        for path in _named(target, config_of, problems):
            files.setdefault(os.path.abspath(path), path)
    return list(files.values()), problems


def _named(target: str, config_of: Callable[[str], Config], problems: list[Failure]) -> list[str]:
    if not os.path.exists(target):
        problems.append(Failure(f"{target} does not exist", target))
        return []
    is_folder = os.path.isdir(target)
    config = config_of(target)
    if config.force_exclude and left_out(target + ("/" if is_folder else ""), config.exclusions):
        return []
    if not is_folder:
        return [target]
    found = sorted(_search(target, config_of, problems))
    if not found:
        problems.append(Failure(f"{target} holds no Python file", target))
    return found


def _search(target: str, config_of: Callable[[str], Config], problems: list[Failure]) -> Iterator[str]:
    """The Python files below a folder that are not left out."""

    def unreadable(error: OSError) -> None:
        problems.append(Failure(f"{error.filename} cannot be read: {error.strerror}", error.filename))

    ignored = {target: gitignore.above(target)}
    for here, folders, names in os.walk(target, onerror=unreadable):
        config, layers = config_of(here), gitignore.below(here, ignored.pop(here))
        said = _Said(config.exclusions, layers if config.respect_gitignore else ())
        folders[:] = sorted(name for name in folders if _is_searched(os.path.join(here, name), said))
        ignored.update({os.path.join(here, name): layers for name in folders})
        for name in names:
            path = os.path.join(here, name)
            if name.endswith(ENDINGS) and os.path.isfile(path) and not said.leaves_out(path):
                yield path


@dataclass(frozen=True, slots=True)
class _Said:
    """What the configuration and git say of the paths in a folder."""

    exclusions: Layers
    ignored: Layers

    def leaves_out(self, path: str) -> bool:
        """Whether either leaves it out."""
        return bool(answer(path, self.exclusions) or answer(path, self.ignored))


def _is_searched(path: str, said: _Said) -> bool:
    if said.leaves_out(path + "/") or os.path.exists(os.path.join(path, "pyvenv.cfg")):
        return False
    return not is_skipped(os.path.basename(path), path, said.exclusions)


def is_skipped(name: str, path: str, exclusions: Layers) -> bool:
    """Whether a folder is passed over for its name, and no pattern takes it in."""
    unusual = name.startswith(".") or name in SKIPPED or name.endswith(".egg-info")
    return unusual and answer(path + "/", exclusions) is not False
