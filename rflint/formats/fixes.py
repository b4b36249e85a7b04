"""What was fixed and what was not, in lines for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rflint.diagnostics import Diagnostic
from rflint.formats.terminal import counted


def fixed_lines(fixed: Iterable[Diagnostic], verb: str) -> Iterator[str]:
    """`fixed net.py: 2 × RF207 dilation-padding-mismatch, 1 × RF604 layer-without-effect`, for each file."""
    rules = Counter((one.file, one.code, one.name) for one in fixed)
    for file in dict.fromkeys(sorted(file for file, _, _ in rules)):
        listed = [f"{number} × {code} {name}" for (where, code, name), number in sorted(rules.items()) if where == file]
        yield f"{verb} {file}: {', '.join(listed)}"


def kept_lines(kept: Iterable[tuple[Diagnostic, str]]) -> Iterator[str]:
    """`not fixed net.py:9:3: RF601: bias of another layer is written in the same place`, for each finding."""
    for one, why in kept:
        yield f"not fixed {one.file}:{one.span.line}:{one.span.column}: {one.code}: {why}"


def fixed_summary(fixed: Sequence[Diagnostic], files: int, verb: str) -> str:
    """`fixed 3 findings in 2 files`."""
    return f"{verb} {counted(len(fixed), 'finding')} in {counted(files, 'file')}" if fixed else f"{verb} nothing"


def fixable(found: Iterable[Diagnostic]) -> str:
    """` (2 may be fixed with --fix, 1 more with --unsafe-fixes)`; "" if none may be.

    Whether a fix holds is seen only when it is made: it is linted again then.
    """
    repairs = [one.fix for one in found if one.fix is not None and one.fix.changes]
    safe = sum(one.safe for one in repairs)
    unsafe = len(repairs) - safe
    if safe and unsafe:
        return f" ({safe} may be fixed with --fix, {unsafe} more with --unsafe-fixes)"
    if repairs:
        return f" ({len(repairs)} may be fixed with --fix{'' if safe else ' --unsafe-fixes'})"
    return ""
