"""The command `rflint completion`: the script with which a shell completes commands, options, rules and files."""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Iterator

from rflint.commands.option_values import OneOf, words
from rflint.commands.output import write


def completion(arguments: Namespace) -> int:
    """Print the script for a shell; status 0."""
    write(script(arguments.targets[0]))
    return 0


def script(shell: str) -> str:
    """The script for bash, zsh or fish."""
    import shtab

    from rflint.commands.overview import whole_parser

    parser = whole_parser()
    for action in actions(parser):
        describe(action)
    return str(shtab.complete(parser, shell))


def actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """All options and operands of all commands."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from actions(command)
        else:
            yield action


def describe(action: argparse.Action) -> None:
    """Say what the value of an option may be: one of some words, a rule, or a file."""
    import shtab

    if isinstance(action.type, OneOf):
        action.choices = action.type.values
    elif action.type is words or action.metavar == "NAME|CODE":
        action.choices = rule_words()
    elif action.metavar in ("TARGET", "PATH", "FILE"):
        action.complete = shtab.FILE  # type: ignore[attr-defined]
    elif action.metavar == "SHELL":
        from rflint.choices import SHELLS

        action.choices = SHELLS


def rule_words() -> list[str]:
    """Names, codes and families of rules."""
    from rflint.catalogue import known_rules
    from rflint.pages import FAMILIES

    rules = known_rules().values()
    return [*(rule.name for rule in rules), *(rule.code for rule in rules), *FAMILIES, "ALL"]
