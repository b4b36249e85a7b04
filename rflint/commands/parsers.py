"""Which options and targets each command takes."""

from __future__ import annotations

import argparse

from rflint.commands.option_groups import (
    add_color,
    add_file_options,
    add_fix_options,
    add_format,
    add_geometry_options,
    add_network_options,
    add_report_options,
    add_rule_options,
    add_run_options,
    add_targets,
)
from rflint.commands.option_values import OneOf, at_least_one, spans, up_to
from rflint.commands.parser import Parser, new_parser

SHOW_FORMATS = ("table", "json")
MOST_POSITIONS = 10**9
MOST_LAYERS = 1000


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
