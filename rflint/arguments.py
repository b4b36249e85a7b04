"""The command line: which options each command takes, and one clear sentence for what it does not take."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import NoReturn

from rflint.choices import CHECK_FORMATS, COLORS, FAIL_ON, SHELLS
from rflint.option_values import OneOf, at_least_one, commas, positive, spans, up_to, words
from rflint.spelling import suggestion

COMMANDS = ("check", "show", "rule", "suggest", "diff", "config", "completion")
SHOW_FORMATS = ("table", "json")
MOST_POSITIONS = 10**9
MOST_LAYERS = 1000


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


def short_usage(parser: argparse.ArgumentParser) -> str:
    """The usage on one line, and where the options are listed."""
    return f"usage: {parser.usage}   ({parser.prog} --help lists the options)"


def check_parser() -> Parser:
    """The options of `rflint check`."""
    parser = new_parser(
        "check", "[options] [TARGET...]", "Lint the networks of files, folders, `-`, or of one FILE::CALL."
    )
    add_targets(parser, "*")
    add_rule_options(parser)
    add_fix_options(parser)
    add_file_options(parser)
    add_report_options(parser)
    add_network_options(parser)
    add_run_options(parser)
    return parser


def show_parser() -> Parser:
    """The options of `rflint show`."""
    parser = new_parser("show", "[options] TARGET", "The table of a network: every use, with sizes and fields.")
    add_targets(parser, "*")
    add_format(parser, *SHOW_FORMATS)
    parser.add_argument("--reached", action="store_true", help="count the positions inside each field really read")
    effective = "show how wide the influence on a unit is spread at initialisation"
    parser.add_argument("--effective", action="store_true", help=effective)
    add_geometry_options(parser)
    parser.add_argument("--summary", action="store_true", help="count the networks, and why any is not followed")
    sizes = "say for which input sizes the network runs, and what each costs, instead of the table"
    parser.add_argument("--sizes", action="store_true", help=sizes)
    table = "what comes out of each size: 256..1024, 256..1024:32 or 224,256"
    parser.add_argument("--size-of", type=spans, metavar="SIZES", help=table)
    parser.add_argument("--depth", type=at_least_one, metavar="N", help="fold the table below N parts of a path")
    add_network_options(parser)
    add_run_options(parser)
    return parser


def add_geometry_options(parser: Parser) -> None:
    """The questions about geometry that are answered instead of the table."""
    group = parser.add_argument_group("instead of the table", "Several may be asked at once.")
    group.add_argument(
        "--equivalent", action="store_true", help="the single convolution that the network is as wide as"
    )
    halo = "how tiles of the input must overlap, so that their outputs are those of the whole"
    group.add_argument("--halo", action="store_true", help=halo)
    rate = "how far outputs look ahead in a stream of HZ positions a second, and their latency"
    group.add_argument("--rate", type=positive, metavar="HZ", help=rate)


def rule_parser() -> Parser:
    """The options of `rflint rule`."""
    parser = new_parser("rule", "[options] [NAME|CODE]", "The page of a rule; without a name, the list of all.")
    parser.add_argument("targets", nargs="*", metavar="NAME|CODE", help="a rule, or a family such as RF2")
    parser.add_argument("--all", action="store_true", help="list all rules")
    add_format(parser, "text", "markdown", "json")
    add_color(parser, "auto")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an internal failure")
    return parser


def suggest_parser() -> Parser:
    """The options of `rflint suggest`."""
    parser = new_parser("suggest", "--field R [options]", "Dilation schedules for a wanted receptive field.")
    parser.add_argument("targets", nargs="*", help=argparse.SUPPRESS)
    group = parser.add_argument_group("what is wanted")
    number, layers = up_to(MOST_POSITIONS), up_to(MOST_LAYERS)
    group.add_argument("--field", type=number, metavar="R", required=True, help="input positions that a unit is to see")
    group.add_argument("--kernel", type=number, metavar="K", default=3, help="the layers' kernel size (default: 3)")
    group.add_argument("--layers", type=layers, metavar="N", help="so many layers instead of as few as possible")
    jump = "input positions from unit to unit where the layers stand: the strides before them (default: 1)"
    group.add_argument("--jump", type=number, metavar="J", default=1, help=jump)
    seen = "input positions that a unit sees where the layers stand (default: the jump)"
    group.add_argument("--seen", type=number, metavar="R", help=seen)
    group.add_argument("--hdc", action="store_true", help="only rates valid as hybrid dilated convolution")
    group = parser.add_argument_group("report")
    axes = "1, 2 or 3 spatial axes, for the line to paste (default: 2)"
    group.add_argument("--axes", type=up_to(3), metavar="N", default=2, help=axes)
    add_format(group, "text", "json")
    group.add_argument("--debug", action="store_true", help="show the traceback of an internal failure")
    return parser


def diff_parser() -> Parser:
    """The options of `rflint diff`."""
    said = "What a change did to each network: from REV to the work tree, or between the two ends of REV..REV."
    parser = new_parser("diff", "[options] REV[..REV] [TARGET...]", said)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="a revision, then files and folders")
    parser.add_argument("--stdin-filename", help=argparse.SUPPRESS)
    group = parser.add_argument_group("report")
    add_format(group, "text", "markdown", "json")
    group.add_argument("--output-file", metavar="PATH", help="write what differs there instead of to stdout")
    add_rule_options(parser)
    add_network_options(parser)
    add_run_options(parser)
    add_file_options(parser)
    return parser


def config_parser() -> Parser:
    """The options of `rflint config`."""
    said = "The settings for a file, or for this folder, and where each comes from."
    parser = new_parser("config", "[--show|--schema] [options] [FILE]", said)
    parser.add_argument("targets", nargs="*", metavar="FILE", help="a file or folder (default: this one)")
    group = parser.add_argument_group("config").add_mutually_exclusive_group()
    group.add_argument("--show", action="store_true", help="the settings (as without any option)")
    files, said = ("rflint.toml", "pyproject.toml"), "the JSON schema of these files, for editors"
    group.add_argument("--schema", nargs="?", const=files[0], type=OneOf(*files), metavar="|".join(files), help=said)
    add_format(parser, "text", "json")
    parser.add_argument("--stdin-filename", help=argparse.SUPPRESS)
    add_run_options(parser)
    add_rule_options(parser)
    add_file_options(parser)
    return parser


def completion_parser() -> Parser:
    """The options of `rflint completion`."""
    parser = new_parser("completion", "bash|zsh|fish", "The script that completes rflint's options in a shell.")
    parser.add_argument("targets", nargs="*", metavar="SHELL", help="bash, zsh or fish")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an internal failure")
    return parser


PARSERS = {
    "check": check_parser,
    "show": show_parser,
    "rule": rule_parser,
    "suggest": suggest_parser,
    "diff": diff_parser,
    "config": config_parser,
    "completion": completion_parser,
}


def new_parser(command: str, usage: str, description: str) -> Parser:
    """An empty parser that takes options in full only."""
    return Parser(
        prog=f"rflint {command}", usage=f"rflint {command} {usage}", description=description, allow_abbrev=False
    )


def add_flag(group: argparse._ArgumentGroup, name: str, said: str, short: str = "") -> None:
    """An option that may be set in the configuration as well: `--no-NAME` takes that back.  None is neither."""
    group.add_argument(*filter(None, [short, name]), action="store_const", const=True, help=said)
    off = "--no-" + name.removeprefix("--")
    group.add_argument(off, action="store_const", const=False, dest=name[2:].replace("-", "_"), help=argparse.SUPPRESS)


def add_targets(parser: Parser, number: str) -> None:
    """What to look at."""
    parser.add_argument("targets", nargs=number, metavar="TARGET", help="a file, a folder, `-`, or FILE::CALL")
    parser.add_argument("--stdin-filename", metavar="PATH", help="the name of what is read from `-`")


def add_format(group: argparse._ActionsContainer, *formats: str) -> None:
    """What is printed; the first format is the default."""
    said = f"how it is written (default: {formats[0]})"
    group.add_argument("--format", type=OneOf(*formats), metavar="|".join(formats), default=formats[0], help=said)


def add_color(group: argparse._ActionsContainer, default: str | None = None) -> None:
    """Whether there are colours."""
    said = "whether to colour; auto: in a terminal"
    group.add_argument("--color", type=OneOf(*COLORS), metavar="|".join(COLORS), default=default, help=said)


def add_rule_options(parser: Parser) -> None:
    """Which rules apply where."""
    group = parser.add_argument_group("rules", "RULES are codes, prefixes (RF2), names or ALL, separated by commas.")
    group.add_argument("--select", type=words, action="extend", metavar="RULES", help="apply these and no others")
    group.add_argument("--extend-select", type=words, action="extend", metavar="RULES", help="apply these too")
    group.add_argument("--ignore", type=words, action="extend", metavar="RULES", help="do not apply these")
    per_file = "do not apply these to files matching the pattern; may be given again"
    group.add_argument("--per-file-ignores", action="append", metavar="PATTERN:RULES", help=per_file)
    group.add_argument("--fail-on", type=OneOf(*FAIL_ON), metavar="|".join(FAIL_ON), help="exit with 1 from here on")
    add_flag(group, "--exit-zero", "exit with 0 whatever is found")


def add_fix_options(parser: Parser) -> None:
    """What becomes of what is found."""
    group = parser.add_argument_group("fixes", "What is fixed is linted again, and written only if that proves it.")
    add_flag(group, "--fix", "fix what can be fixed safely, and report what is left")
    add_flag(group, "--unsafe-fixes", "with --fix, --fix-only or --diff: also fixes that change what is computed")
    add_flag(group, "--fix-only", "fix, report nothing that is left, and exit with 0")
    group.add_argument("--diff", action="store_true", help="show what --fix-only would change, and write nothing")
    add_flag(group, "--show-fixes", "list what was fixed, and why other fixes were not made")


def add_report_options(parser: Parser) -> None:
    """How findings are written."""
    group = parser.add_argument_group("report")
    formats = f"how findings are written: {', '.join(CHECK_FORMATS)}"
    group.add_argument("--format", type=OneOf(*CHECK_FORMATS), metavar="NAME", help=formats)
    group.add_argument("--output-file", metavar="PATH", help="write the findings there instead of to stdout")
    add_flag(group, "--statistics", "count the findings of each rule")
    add_baseline_options(parser)


def add_baseline_options(parser: Parser) -> None:
    """How findings that are known already are left out."""
    group = parser.add_argument_group("known findings")
    held = "report only what this file does not hold; without such a file, write it"
    group.add_argument("--baseline", metavar="FILE", help=held)
    group.add_argument("--update-baseline", action="store_true", help="write all findings of now to the baseline")
    group.add_argument("--add-noqa", action="store_true", help="write # noqa comments for all findings of now")
    group.add_argument("--prune-baseline", action="store_true", help="take out of the baseline what is gone")


def add_network_options(parser: Parser) -> None:
    """What the networks are given."""
    group = parser.add_argument_group("networks")
    shape = 'the input shape, batch first: "N,3,224,224", or name=SHAPE; once for each input'
    group.add_argument("--input", action="append", default=[], metavar="SHAPE", help=shape)
    add_flag(group, "--train", "analyse in training mode instead of eval mode")


def add_run_options(parser: Parser) -> None:
    """What all runs take."""
    group = parser.add_argument_group("run")
    named = "this configuration for all files, not the nearest one upwards from each"
    group.add_argument("--config", metavar="PATH", help=named)
    group.add_argument("--isolated", action="store_true", help="no configuration at all")
    add_color(group)
    add_flag(group, "--verbose", "add notes: fields, and what is not known", "-v")
    add_flag(group, "--quiet", "print findings and failures, nothing else", "-q")
    group.add_argument(
        "--no-cache", action="store_const", const=False, dest="cache", help="neither read nor write a cache"
    )
    group.add_argument("--jobs", type=at_least_one, metavar="N", help="how many processes to use at most (so far: one)")
    group.add_argument("--debug", action="store_true", help="show the traceback of an internal failure")


def add_file_options(parser: Parser) -> None:
    """Which files are linted."""
    group = parser.add_argument_group("files", "PATTERNS are those of .gitignore, separated by commas.")
    group.add_argument("--exclude", type=commas, action="extend", metavar="PATTERNS", help="leave these out")
    more = "leave these out too"
    group.add_argument("--extend-exclude", type=commas, action="extend", metavar="PATTERNS", help=more)
    add_flag(group, "--force-exclude", "leave out what is excluded even if it is named")
    add_flag(group, "--respect-gitignore", "leave out what .gitignore files leave out (as by default)")
