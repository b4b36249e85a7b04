"""Which files of both sides the targets of a comparison name."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence

from rflint.config import Config
from rflint.folders import is_skipped
from rflint.history.sides import Comparison
from rflint.patterns import left_out


def chosen(
    compared: Comparison, paths: Iterable[str], targets: Sequence[str], config_of: Callable[[str], Config]
) -> list[str]:
    """Those of the paths that targets name, or that lie below them and are linted there; in order."""
    tops = [compared.below_top(target) for target in targets]
    return sorted(path for path in set(paths) if any(_is_named(compared, path, top, config_of) for top in tops))


def missing(compared: Comparison, targets: Sequence[str]) -> list[str]:
    """The targets that name nothing on either side."""
    files = compared.before.files | compared.after.files
    inner = {target: compared.below_top(target) for target in targets}
    return [target for target, top in inner.items() if not any(_rest(path, top) is not None for path in files)]


def _is_named(compared: Comparison, path: str, top: str | None, config_of: Callable[[str], Config]) -> bool:
    rest = _rest(path, top)
    if rest is None:
        return False
    return not rest or not _is_passed_over(compared.shown(path), rest, config_of)


def _rest(path: str, top: str | None) -> str | None:
    """The folders below `top` on the way to a path, and its name; "" for the path itself, None if it is not below."""
    if top in (path, None):
        return "" if top == path else None
    return path if top == "." else path[len(str(top)) + 1 :] if path.startswith(f"{top}/") else None


def _is_passed_over(shown: str, rest: str, config_of: Callable[[str], Config]) -> bool:
    """Whether a search of folders does not come to a file, or leaves it out."""
    exclusions = config_of(os.path.dirname(shown) or ".").exclusions
    return left_out(shown, exclusions) or any(
        is_skipped(name, folder, exclusions) for name, folder in _folders(shown, rest)
    )


def _folders(shown: str, rest: str) -> Iterator[tuple[str, str]]:
    """The names of the folders below a target on the way to a file, with their paths."""
    folder = os.path.dirname(shown)
    for name in reversed(rest.split("/")[:-1]):
        yield name, folder
        folder = os.path.dirname(folder)
