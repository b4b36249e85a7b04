"""An argparse parser that takes options in full only, and raises what is wrong as one sentence."""

from __future__ import annotations

import argparse
from typing import NoReturn


class UsageError(Exception):
    """Something on the command line that rflint does not take: a short usage line, and a sentence."""

    def __init__(self, sentence: str, usage: str = "") -> None:
        super().__init__(sentence)
        self.usage = usage


class Parser(argparse.ArgumentParser):
    """An argparse parser that raises UsageError where argparse would print its usage and exit."""

    def error(self, message: str) -> NoReturn:
        """Raise argparse's complaint as a UsageError."""
        raise UsageError(message.removeprefix("argument "), short_usage(self))


def short_usage(parser: argparse.ArgumentParser) -> str:
    """The usage on one line, and where the options are listed."""
    return f"usage: {parser.usage}   ({parser.prog} --help lists the options)"


def new_parser(command: str, usage: str, description: str) -> Parser:
    """An empty parser that takes options in full only."""
    return Parser(
        prog=f"rflint {command}", usage=f"rflint {command} {usage}", description=description, allow_abbrev=False
    )
