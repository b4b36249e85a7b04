"""The two sides of a comparison: each a tree of Python files and notebooks of a commit or of the work tree."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from rflint.files import SourceError, decode, read_text
from rflint.history import git
from rflint.history.git import Repository
from rflint.options import read_from_disk

Read = Callable[[str], "str | None"]


@dataclass(slots=True)
class Side:
    """A tree of Python files and notebooks, by their paths from the top of the repository."""

    label: str
    """What people call it: `main (1a2b3c4)`, or the work tree."""
    load: Callable[[str], str]
    """The text of one of its files.  Raises SourceError."""
    files: frozenset[str]
    texts: dict[str, str | None] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    """What is wrong with those of its files that cannot be read."""

    def text(self, path: str) -> str | None:
        """The text of a file, read once; None if there is none, or if it is not to be read as Python."""
        if path not in self.files:
            return None
        if path not in self.texts:
            try:
                self.texts[path] = self.load(path)
            except SourceError as problem:
                self.texts[path], self.problems[path] = None, str(problem)
        return self.texts[path]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides of one repository, and which files of the second were renamed from which of the first."""

    repository: Repository
    before: Side
    after: Side
    renamed: Mapping[str, str]
    ignored: tuple[str, ...]

    def below_top(self, path: str) -> str | None:
        """The path from the top of what the linter names; None if that lies outside of the repository."""
        if os.path.isabs(path):
            path = os.path.relpath(path, os.path.join(self.repository.top, self.repository.prefix))
        inner = os.path.normpath(os.path.join(self.repository.prefix, path)).replace(os.sep, "/")
        return None if inner == ".." or inner.startswith("../") else inner

    def shown(self, path: str) -> str:
        """The path from the working folder of a path from the top."""
        return _shown(self.repository, path)

    def reader(self, side: Side, libraries: tuple[str, ...]) -> Read:
        """Reads files as they are on one side; libraries, and what git ignores or does not have, from disk."""

        def read(path: str) -> str | None:
            inner = self.below_top(path)
            if inner in side.files:
                return side.text(inner)
            if inner is not None and not path.startswith(libraries or "\0") and not self._is_ignored(inner):
                return None
            return read_from_disk(path)

        return read

    def _is_ignored(self, inner: str) -> bool:
        return any(inner.startswith(one) if one.endswith("/") else inner == one for one in self.ignored)


def comparison(revisions: str) -> Comparison:
    """What `A..B`, `A...B` or `A` names in the repository around the working folder.  Raises GitError."""
    here = git.repository()
    begin, end = git.sides(revisions)
    trees = [git.sources(name) for name in (begin, end) if name is not None]
    held = git.contents(blob for tree in trees for blob in tree.values())
    first, last = names(revisions)
    before = _of_commit(here, begin, first, trees[0], held)
    after = _of_work_tree(here) if end is None else _of_commit(here, end, last, trees[1], held)
    return Comparison(here, before, after, git.renames(begin, end), git.ignored(here))


def names(revisions: str) -> tuple[str, str]:
    """What the two sides are called on the command line; HEAD for an end that is left out."""
    first, _, last = revisions.partition("..")
    return first or "HEAD", last.lstrip(".") or "HEAD"


def _shown(here: Repository, path: str) -> str:
    """The path from the working folder of a path from the top."""
    return os.path.relpath(path, here.prefix or ".").replace(os.sep, "/")


def _of_commit(here: Repository, name: str, label: str, tree: Mapping[str, str], held: Mapping[str, bytes]) -> Side:
    short = git.short(name)
    label = label if name.startswith(label) else f"{label} ({short})"
    return Side(label, lambda path: decode(_shown(here, path), held[tree[path]]), frozenset(tree))


def _of_work_tree(here: Repository) -> Side:
    files = git.files_of_work_tree(here)
    return Side("work tree", lambda path: read_text(_shown(here, path)), frozenset(files))


def differing(compared: Comparison) -> Iterator[str]:
    """The files whose text is not the same on both sides, line ends aside."""
    for path in sorted(compared.before.files | compared.after.files):
        first, last = (_unix(side.text(path)) for side in (compared.before, compared.after))
        if first != last:
            yield path


def _unix(text: str | None) -> str | None:
    return None if text is None else text.replace("\r\n", "\n")
