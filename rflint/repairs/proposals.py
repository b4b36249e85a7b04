"""The fixes that the findings of a run propose, and what becomes of them when all is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from rflint.diagnostics import Diagnostic, Span
from rflint.edits import Fix
from rflint.repairs.files import Files
from rflint.repairs.readers import Readers
from rflint.repairs.repairing import repaired
from rflint.source import Source
from rflint.trace import Trace

Key = tuple[str, Span, str]


class Proposals:
    """The fixes of the findings of one rule at one place, which are one finding in the end."""

    def __init__(self) -> None:
        self._fixes: dict[Key, list[Fix | None]] = {}
        self._readers = Readers()

    def trace(self, trace: Trace) -> None:
        """Take in the layers of a trace: what is right for one must not be wrong for another.

        What a function builds that makes a single layer says nothing: those who call it do.
        """
        if [use.path for use in trace.uses] != [""]:
            self._readers.add((use.layer for use in trace.uses), trace.complete)

    def add(self, found: Diagnostic, fix: Fix | None) -> None:
        """Take in the fix of a finding, or that it has none."""
        self._fixes.setdefault(_key(found), []).append(fix)

    def settled(self, found: Iterable[Diagnostic], source: Callable[[str], Source | None]) -> list[Diagnostic]:
        """The findings with what their fixes change; without a fix where one of the uses has none."""
        files = Files(source)
        return [self._settled(one, files) for one in found]

    def _settled(self, found: Diagnostic, files: Files) -> Diagnostic:
        fixes = self._fixes.get(_key(found), [])
        held = [fix for fix in fixes if fix is not None]
        if not fixes:
            return found  # of a comment, say, which brings its own
        return replace(found, fix=repaired(files, self._readers, held) if len(held) == len(fixes) else None)


def _key(found: Diagnostic) -> Key:
    return found.file, found.span, found.code
