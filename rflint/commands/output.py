"""Where text goes: stdout or a file for results, stderr for what is said about the run; and whether in colour."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from rflint.commands.parser import UsageError


def escape_unprintable() -> None:
    """Let a terminal that cannot show `×` show an escape instead of ending the run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def write(text: str, path: str | None = None) -> None:
    """Write a result to stdout, or to a file.  Raises UsageError if that cannot be written."""
    if path is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    if path.endswith((".py", ".pyi")):
        raise UsageError(f"--output-file {path} would overwrite Python source")
    try:
        Path(path).write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(f"--output-file {path} cannot be written: {error.strerror}") from None


def say(sentences: Iterable[str]) -> None:
    """Print sentences about the run to stderr, each under our name."""
    from rflint.formats.terminal import one_line

    sys.stdout.flush()
    for sentence in sentences:
        print(f"rflint: {one_line(sentence)}", file=sys.stderr)


def close_quietly() -> None:
    """After the reader of stdout has gone away: let the interpreter's own flush at exit go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def in_colour(when: str, to_file: bool = False) -> bool:
    """Whether stdout gets colours: `always`, `never`, or `auto` (see no-color.org and force-color.org)."""
    if when != "auto" or to_file:
        return when == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if forced := os.environ.get("FORCE_COLOR"):
        return forced != "0"
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
