"""The options that commands have, in groups, as their help shows them."""

from __future__ import annotations

import argparse

from rflint.choices import CHECK_FORMATS, COLORS, FAIL_ON
from rflint.commands.option_values import OneOf, at_least_one, commas, positive, words
from rflint.commands.parser import Parser


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
