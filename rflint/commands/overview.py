"""All commands at once: for `rflint --help`, for shells that complete them, and for the manual page."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator

from rflint import __version__
from rflint.commands.parsers import PARSERS

WIDTH = 79
ABOUT = "Reads the source of PyTorch networks, never runs it, and says what is wrong with their geometry."


def overview() -> str:
    """What `rflint --help` prints: a line for each command."""
    return "\n".join(overview_lines()) + "\n"


def overview_lines() -> Iterator[str]:
    """The usage, what rflint is, the commands, and how to go on."""
    yield "usage: rflint [COMMAND] [options] [TARGET...]"
    yield ""
    yield from textwrap.wrap(ABOUT, WIDTH)
    yield ""
    yield "commands:"
    column = max(map(len, PARSERS)) + 4
    for name, made in PARSERS.items():
        about = str(made().description)
        yield from textwrap.wrap(about, WIDTH, initial_indent=f"  {name}".ljust(column), subsequent_indent=" " * column)
    yield ""
    end = "`rflint TARGET...` is `rflint check TARGET...`. `rflint COMMAND --help` lists the options of a command."
    yield from textwrap.wrap(end, WIDTH)


def whole_parser() -> argparse.ArgumentParser:
    """The commands as the subcommands of one parser: the same options, for programs that read parsers."""
    parser = argparse.ArgumentParser("rflint", description=ABOUT)
    parser.add_argument("-V", "--version", action="version", version=f"rflint {__version__}", help="print the version")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, made in PARSERS.items():
        own = made()
        about = own.description
        commands.add_parser(name, parents=[own], add_help=False, usage=own.usage, description=about, help=about)
    return parser
