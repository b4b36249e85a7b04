"""The command `rflint show`: the networks of a target as tables, as sections that answer a question, or as JSON."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from rflint.commands.output import in_colour, say, write
from rflint.commands.reporting import FAILED

if TYPE_CHECKING:
    from rflint.formats.section import Section
    from rflint.linter import Shown
    from rflint.options import Options


def show(arguments: Namespace) -> int:
    """Print the table of a network, or its JSON; status 0 if there is one, complete or not."""
    from rflint import linter
    from rflint.commands.settings import asked
    from rflint.formats.summary import shown_summary

    [target], options = asked(arguments)
    shown = linter.show(target, options)
    write(in_cells(shown_text(shown, arguments), options, arguments.format == "json"))
    say(
        [in_cells(str(one), options) for one in shown.failures]
        if shown.failures
        else []
        if shown.traces
        else [f"no network found in {target}"]
    )
    if shown.traces and not arguments.quiet and not arguments.summary:
        say([shown_summary(shown.traces)])
    return 0 if shown.traces else FAILED


def in_cells(text: str, options: Options, as_json: bool = False) -> str:
    """What is printed, with the lines of notebooks counted in their cells."""
    if ".ipynb" not in text:
        return text
    import json

    from rflint.notebooks.showing import Places

    places = Places(options.reader)
    return json.dumps(places.data(json.loads(text))) + "\n" if as_json else places.said(text)


def shown_text(shown: Shown, arguments: Namespace) -> str:
    """The networks in one of the formats of `show`."""
    if arguments.summary:
        from rflint.formats.folder_summary import folder_summary, folder_summary_json

        return (folder_summary_json if arguments.format == "json" else folder_summary)(shown.traces, shown.span)
    if arguments.format == "json":
        from rflint.formats.show_json import Figures, show_json

        figures = Figures(arguments.reached, arguments.effective)
        return show_json(shown.traces, shown.span, figures, sections(arguments, shown))
    from rflint.formats.show_table import Layout, show_table

    colour = in_colour(arguments.color)
    layout = Layout(arguments.depth, terminal_width(), colour, arguments.reached, arguments.effective)
    return show_table(shown.traces, shown.span, layout, sections(arguments, shown))


def sections(arguments: Namespace, shown: Shown) -> list[Section]:
    """The sections that are asked for; none stands for the table of uses."""
    from rflint.formats.section import Section

    found = []
    if arguments.sizes or arguments.size_of is not None:
        from rflint.formats.sizes_json import sizes_json
        from rflint.formats.sizes_text import sizes_lines

        sizes, wanted = shown.sizes, arguments.size_of
        found.append(
            Section("sizes", lambda one: sizes_lines(sizes(one), wanted), lambda one: sizes_json(sizes(one), wanted))
        )
    if arguments.equivalent:
        from rflint.formats.equivalent import equivalent_data, equivalent_lines

        found.append(Section("equivalent", equivalent_lines, equivalent_data))
    if arguments.halo:
        from rflint.formats.tiling import tiling_data, tiling_lines

        again = shown.again
        found.append(Section("tiling", lambda one: tiling_lines(one, again), lambda one: tiling_data(one, again)))
    if arguments.halo or arguments.rate:
        from rflint.formats.streaming import streaming_data, streaming_lines

        rate = arguments.rate
        found.append(
            Section("streaming", lambda one: streaming_lines(one, rate), lambda one: streaming_data(one, rate))
        )
    return found


def terminal_width() -> int | None:
    """How wide the terminal is; None if stdout is none."""
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None
