"""The command `rflint suggest`: a dilation schedule for a wanted receptive field.  No file is read."""

from __future__ import annotations

from argparse import Namespace

from rflint.commands.output import write
from rflint.commands.parser import UsageError


def suggest(arguments: Namespace) -> int:
    """Print a schedule; status 0.  Raises UsageError where there is none."""
    from rflint.formats.suggestion import suggestion_json, suggestion_text
    from rflint.geometry.suggestions import Unreachable, Wanted, suggested

    seen = arguments.jump if arguments.seen is None else arguments.seen
    wanted = Wanted(arguments.kernel, arguments.field, arguments.jump, seen, arguments.layers, arguments.hdc)
    try:
        found = suggested(wanted)
    except Unreachable as problem:
        raise UsageError(str(problem)) from None
    write((suggestion_json if arguments.format == "json" else suggestion_text)(found, arguments.axes))
    return 0
