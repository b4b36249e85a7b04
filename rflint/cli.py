"""The command line: `rflint check`, `show`, `rule`, `suggest`, `diff`, `config` and `completion`.

Findings go to stdout, what is said about the run to stderr.

Exit status: 2 for a usage error, a target that cannot be read or an internal failure; else 1 if `check` found
anything at or above `--fail-on`; else 0.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rflint import __version__
from rflint.commands.arguments import parse
from rflint.commands.completion import completion
from rflint.commands.configuration import config
from rflint.commands.diff import diff
from rflint.commands.output import close_quietly, escape_unprintable, in_colour, say, write
from rflint.commands.parser import UsageError
from rflint.commands.reporting import FAILED
from rflint.commands.show import show
from rflint.commands.suggest import suggest
from rflint.spelling import suggestion

if TYPE_CHECKING:
    from argparse import Namespace

    from rflint.diagnostics import Rule

INTERRUPTED = 130
PIPE_CLOSED = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status."""
    escape_unprintable()
    try:
        return run(sys.argv[1:] if argv is None else list(argv))
    except UsageError as error:
        return refuse(error)
    except SystemExit as done:  # argparse has printed the help
        return FAILED if done.code else 0
    except KeyboardInterrupt:
        say(["interrupted"])
        return INTERRUPTED
    except BrokenPipeError:
        close_quietly()
        return PIPE_CLOSED


def run(argv: list[str]) -> int:
    """Run the command that `argv` names.  Raises UsageError, and an internal failure only with `--debug`."""
    if argv[:1] in (["--help"], ["-h"]):
        from rflint.commands.overview import overview

        write(overview())
        return 0
    if argv[:1] in (["--version"], ["-V"]):
        write(f"rflint {__version__}\n")
        return 0
    arguments = parse(argv)
    try:
        return COMMANDS[arguments.command](arguments)
    except (UsageError, BrokenPipeError):
        raise
    except Exception as error:
        if arguments.debug:
            raise
        where = " ".join(arguments.targets) or "."
        say([f"{where}: internal failure, please report it (--debug shows where): {type(error).__name__}: {error}"])
        return FAILED


def refuse(error: UsageError) -> int:
    """Say what is wrong with the command line or the configuration."""
    if error.usage:
        print(error.usage, file=sys.stderr)
    say([str(error)])
    return FAILED


def check(arguments: Namespace) -> int:
    """Lint the targets, and fix what is found if that is asked for."""
    from rflint.cache.reports import checked, linted
    from rflint.commands.fixing import fix, is_wanted
    from rflint.commands.progress import progress
    from rflint.commands.recording import hold_back
    from rflint.commands.reporting import conclude, deliver, status
    from rflint.commands.settings import asked
    from rflint.commands.silencing import add_noqa

    targets, options = asked(arguments)
    if is_wanted(arguments):
        return fix(arguments, targets, options)
    with progress(arguments.quiet) as told:
        report = (checked if arguments.cache else linted)(targets, replace(options, progress=told))
    if arguments.add_noqa:
        return add_noqa(report, targets, options)
    held = hold_back(report, arguments, options)
    deliver(report, arguments, options)
    conclude(report, arguments, options, held)
    return status(report, options.config.fail_on, arguments.exit_zero)


def rule(arguments: Namespace) -> int:
    """Print the page of a rule, or the list of all."""
    from rflint import pages
    from rflint.catalogue import known_rules

    known = known_rules()
    every = [known[code] for code in sorted(known)]
    chosen = every if arguments.all or not arguments.targets else named(arguments.targets[0], every)
    try:
        write(rule_text(chosen, arguments))
    except pages.PageError as error:
        say([str(error)])
        return FAILED
    return 0


def named(name: str, rules: Sequence[Rule]) -> list[Rule]:
    """The rule with this name or code, or those whose codes begin so.  Raises UsageError, with the nearest name."""
    family = [one for one in rules if name.upper().startswith("RF") and one.code.startswith(name.upper())]
    found = [one for one in rules if name.lower() == one.name] or family
    if found:
        return found
    words = [word for candidate in rules for word in (candidate.code, candidate.name)]
    raise UsageError(f"there is no rule {name}{suggestion(name, words)}")


def rule_text(rules: Sequence[Rule], arguments: Namespace) -> str:
    """The rules in one of the formats of `rule`.  Raises PageError."""
    from rflint import pages

    if arguments.format == "json":
        import json

        return json.dumps({"version": 1, "rules": [pages.described(each) for each in rules]}, indent=2) + "\n"
    if arguments.all or not arguments.targets or len(rules) > 1 or is_family(arguments.targets[0]):
        return pages.catalogue(rules)
    if arguments.format == "markdown":
        return pages.page(rules[0])
    from rflint.formats.rule_page import rule_page

    return rule_page(rules[0], pages.page(rules[0]), in_colour(arguments.color))


def is_family(name: str) -> bool:
    """Whether it is the beginning of codes and no whole one."""
    return name.upper().startswith("RF") and len(name) < len("RF000")


COMMANDS: dict[str, Callable[[Namespace], int]] = {
    "check": check,
    "show": show,
    "rule": rule,
    "suggest": suggest,
    "diff": diff,
    "config": config,
    "completion": completion,
}
