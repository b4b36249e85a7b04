"""The command line: its command, targets and options, and one clear sentence for what the command does not take."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

from rflint.choices import SHELLS
from rflint.commands.parser import Parser, UsageError, short_usage
from rflint.commands.parsers import PARSERS
from rflint.spelling import suggestion

COMMANDS = ("check", "show", "rule", "suggest", "diff", "config", "completion")


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The command, its targets and options; `rflint FILES` is `rflint check FILES`.  Raises UsageError."""
    command, rest = (argv[0], argv[1:]) if argv and argv[0] in COMMANDS else ("check", argv)
    refuse_mistyped(argv)
    parser = PARSERS[command]()
    options, operands = split_at_dashes(rest)
    arguments, unknown = parser.parse_known_intermixed_args(options)
    reject(unknown, command, parser)
    arguments.command = command
    arguments.targets = [*arguments.targets, *operands]
    require(arguments, parser)
    return arguments


def refuse_mistyped(argv: Sequence[str]) -> None:
    """Raise UsageError for a first word that is no file and nearly a command."""
    first = argv[0] if argv else ""
    if (
        first.isalpha()
        and first not in COMMANDS
        and not os.path.exists(first)
        and (near := suggestion(first, COMMANDS))
    ):
        raise UsageError(f"there is no file or command {first}{near}")


def split_at_dashes(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """What may hold options, and what is a target whatever it looks like: all behind `--`, and `-::CALL`."""
    at = argv.index("--") if "--" in argv else len(argv)
    piped = [word for word in argv[:at] if word.startswith("-::")]
    return [word for word in argv[:at] if word not in piped], [*piped, *argv[at + 1 :]]


def reject(unknown: Sequence[str], command: str, parser: Parser) -> None:
    """Raise UsageError for the first option that the command does not take, with where or how it is taken."""
    for argument in unknown:
        name = argument.partition("=")[0]
        hint = suggestion(name, options_of(parser))
        others = (other for other in COMMANDS if name in options_of(PARSERS[other]()))
        if other := next(others, ""):
            hint = f" for {command}; rflint {other} has it"
        raise UsageError(f"there is no option {name}{hint}", short_usage(parser))


def options_of(parser: Parser) -> list[str]:
    """All option strings of a parser."""
    return [option for action in parser._actions for option in action.option_strings]


def require(arguments: argparse.Namespace, parser: Parser) -> None:
    """Raise UsageError if the number of targets is not what the command takes."""
    given = arguments.targets
    for target in given:
        refuse_broken(target)
    if arguments.command == "show" and len(given) != 1:
        raise UsageError(f"show takes one target, FILE or FILE::CALL, not {len(given)}", short_usage(parser))
    if arguments.command == "show":
        refuse_contradicting(arguments, parser)
    if arguments.command == "rule" and len(given) > 1:
        raise UsageError(f"rule takes one name or code, not {len(given)}", short_usage(parser))
    if arguments.command == "diff" and not given:
        raise UsageError("diff takes a revision to compare with, such as main or main..HEAD", short_usage(parser))
    if arguments.command == "config" and len(given) > 1:
        raise UsageError(f"config takes one file or folder, not {len(given)}", short_usage(parser))
    if arguments.command == "completion" and given not in [[shell] for shell in SHELLS]:
        raise UsageError(f"completion takes one of {', '.join(SHELLS)}", short_usage(parser))
    if arguments.command == "suggest" and given:
        raise UsageError(f"suggest takes options only, and no {given[0]}", short_usage(parser))


def refuse_contradicting(arguments: argparse.Namespace, parser: Parser) -> None:
    """Raise UsageError for options of `show` of which one leaves out what the other one changes."""
    sections = [name for name in ("equivalent", "halo", "rate") if getattr(arguments, name)]
    columns = [name for name in ("reached", "effective", "depth") if getattr(arguments, name)]
    if arguments.summary and (sections or columns):
        raise UsageError(
            f"--summary only counts networks, and takes no --{(sections + columns)[0]}", short_usage(parser)
        )
    if sections and columns and arguments.format == "table":
        raise UsageError(f"--{columns[0]} changes the table, which --{sections[0]} leaves out", short_usage(parser))


def refuse_broken(target: str) -> None:
    """Raise UsageError if what stands behind `::` is no Python expression."""
    path, separator, call = target.partition("::")
    if not separator:
        return
    import ast

    try:
        ast.parse(call.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise UsageError(f"{target}: {call!r} is no call; write {path}::Net(…)") from None
