"""Questions to git.  Nothing is checked out, and nothing is written."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rflint.folders import ENDINGS

SAFE = ("-c", "core.fsmonitor=false", "-c", "core.quotePath=false")
"""No program that a repository's own settings name is run."""
REGULAR = ("100644", "100755")
SHALLOW = "; this clone is shallow: fetch more of its history (git fetch --unshallow, or fetch-depth: 0 in a workflow)"


class GitError(Exception):
    """What git could not tell: one sentence."""


class Repository(NamedTuple):
    """A work tree: its top folder, and the path of the working folder below it, "" or with a slash at its end."""

    top: str
    prefix: str


def repository() -> Repository:
    """The repository around the working folder.  Raises GitError."""
    try:
        top, prefix = _lines("rev-parse", "--show-toplevel", "--show-prefix")
    except GitError as problem:
        if "not a git repository" in str(problem):
            raise GitError(f"{os.getcwd()} is in no git repository") from None
        if "must be run in a work tree" in str(problem):
            raise GitError(f"{os.getcwd()} is in no work tree of git") from None
        raise
    return Repository(top, prefix)


def sides(revisions: str) -> tuple[str, str | None]:
    """The two commits of `A..B`, of `A...B` (from where they parted), or of `A` against the work tree (None).

    An end that is left out is HEAD.  Raises GitError.
    """
    for dots in ("...", ".."):
        first, found, last = revisions.partition(dots)
        if found:
            begin, end = commit(first or "HEAD"), commit(last or "HEAD")
            return (_parted(begin, end, revisions) if dots == "..." else begin), end
    return commit(revisions), None


def commit(revision: str) -> str:
    """The name of a commit in full.  Raises GitError."""
    try:
        [name] = _lines("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except (GitError, ValueError):
        raise GitError(f"there is no revision {revision!r}{_if_shallow()}") from None
    return name


def _parted(begin: str, end: str, revisions: str) -> str:
    try:
        return _lines("merge-base", begin, end)[0]
    except (GitError, IndexError):
        raise GitError(f"the two ends of {revisions} have no commit in common{_if_shallow()}") from None


def _if_shallow() -> str:
    return SHALLOW if _lines("rev-parse", "--is-shallow-repository") == ["true"] else ""


def short(name: str) -> str:
    """The name of a commit as people read it.  Raises GitError."""
    return _lines("rev-parse", "--short", name)[0]


def sources(name: str) -> dict[str, str]:
    """Files that may hold networks, by their paths from the top of a commit, with the names of their contents.

    Raises GitError.
    """
    found = {}
    for row in _fields("ls-tree", "-r", "-z", "--full-tree", name):
        mode, _, rest = row.partition(" ")
        blob, path = rest.split(" ", 1)[1].split("\t", 1)
        if path.endswith(ENDINGS) and mode in REGULAR:
            found[path] = blob
    return found


def contents(blobs: Iterable[str]) -> dict[str, bytes]:
    """What blobs hold, by their names.  Raises GitError."""
    wanted = list(dict.fromkeys(blobs))
    held = _run("cat-file", "--batch", given="".join(f"{blob}\n" for blob in wanted).encode())
    found, at = {}, 0
    for blob in wanted:
        head = held.index(b"\n", at)
        size = held[at:head].rpartition(b" ")[2]
        if not size.isdigit():
            raise GitError(f"the object {blob} is missing{_if_shallow()}")
        found[blob] = held[head + 1 : head + 1 + int(size)]
        at = head + 2 + int(size)
    return found


def files_of_work_tree(repository: Repository) -> list[str]:
    """Those of the work tree that git knows or would add, by their paths from the top.  Raises GitError."""
    found = _fields("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--full-name", top=repository.top)
    paths = {path: os.path.join(repository.top, path) for path in found if path.endswith(ENDINGS)}
    return [path for path, place in paths.items() if os.path.isfile(place) and not os.path.islink(place)]


def ignored(repository: Repository) -> tuple[str, ...]:
    """What git ignores: files, and folders with a slash at the end, by their paths from the top.  Raises GitError."""
    wanted = ("ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory", "--full-name")
    return tuple(_fields(*wanted, top=repository.top))


def renames(begin: str, end: str | None) -> dict[str, str]:
    """The old paths of Python files and notebooks by the new ones, as git detects renames.  Raises GitError."""
    ends = (begin,) if end is None else (begin, end)
    options = ("--name-status", "-z", "-M", "--diff-filter=R", "--no-ext-diff", "--no-textconv", "--no-relative")
    row = iter(_fields("diff", *options, *ends, "--"))
    return {new: old for _, old, new in zip(row, row, row, strict=False) if new.endswith(ENDINGS)}


def _lines(*arguments: str) -> list[str]:
    return _text(_run(*arguments)).splitlines()


def _fields(*arguments: str, top: str | None = None) -> Iterator[str]:
    return (field for field in _text(_run(*arguments, folder=top)).split("\0") if field)


def _text(told: bytes) -> str:
    return told.decode("utf-8", "surrogateescape")


def _run(*arguments: str, given: bytes = b"", folder: str | None = None) -> bytes:
    environment = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    command = ["git", *SAFE, *arguments]
    try:
        done = subprocess.run(command, input=given, capture_output=True, env=environment, cwd=folder, check=False)
    except OSError as problem:
        raise GitError(f"git cannot be run: {problem.strerror}") from None
    if done.returncode:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise GitError(f"git {arguments[0]}: {told[-1] if told else f'it ends with {done.returncode}'}")
    return done.stdout
