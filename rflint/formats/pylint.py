"""pylint's parseable lines as flake8 and ruff write them: `path:line: [CODE] message`."""

from __future__ import annotations

from collections.abc import Iterable

from rflint.diagnostics import Diagnostic
from rflint.formats.concise import sentence
from rflint.formats.terminal import one_line


def pylint(diagnostics: Iterable[Diagnostic]) -> str:
    """One line for each finding; "" if there are none."""
    return "".join(f"{one_line(one.file)}:{one.span.line}: [{one.code}] {sentence(one)}\n" for one in diagnostics)
