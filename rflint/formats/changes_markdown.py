"""What differs between two states of a repository, as a comment on a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rflint.diagnostics import Diagnostic
from rflint.formats.changes import Changes, NetworkChange, headline
from rflint.formats.concise import witnessed
from rflint.formats.terminal import one_line

MOST = 30
"""So many findings or networks of a kind are written out."""
SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~]")


def changes_markdown(changes: Changes) -> str:
    """A headline, a table of the networks that have changed, new findings, and all else folded away."""
    return "\n".join(_lines(changes)) + "\n"


def _lines(changes: Changes) -> Iterator[str]:
    yield f"### rflint: {headline(changes)}"
    if changes.is_nothing:
        return
    yield from _table([one for one in changes.networks if one.status == "changed"], changes)
    yield from _list(changes.findings.new, "New findings")
    for status in ("new", "gone"):
        networks = [one for one in changes.networks if one.status == status]
        yield from _folded(f"{status.capitalize()} networks", list(map(_alone, networks)))
    yield from _folded("Gone findings", list(map(_finding, changes.findings.gone)))
    yield from _folded("Findings with other figures", [_finding(now) for _, now in changes.findings.changed])


def _table(networks: Sequence[NetworkChange], changes: Changes) -> Iterator[str]:
    if not networks:
        return
    yield ""
    yield f"| network | | {_plain(changes.before)} | {_plain(changes.after)} |"
    yield "|---|---|---|---|"
    for network in networks[:MOST]:
        was = f" (was {_code(network.was)})" if network.was else ""
        names = [_code(network.target) + was, *[""] * (len(network.rows) - 1)]
        for name, row in zip(names, network.rows, strict=True):
            yield f"| {name} | {_plain(row.label)} | {' | '.join(map(_plain, row.texts))} |"
    yield from ["", _more(len(networks))] if len(networks) > MOST else []


def _list(found: Sequence[Diagnostic], title: str) -> Iterator[str]:
    if found:
        yield from ("", f"**{title}**", "")
        yield from map(_finding, found[:MOST])
        yield from [_more(len(found))] if len(found) > MOST else []


def _folded(title: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield from ("", f"<details><summary>{title} ({len(items)})</summary>", "")
        yield from items[:MOST]
        yield from [_more(len(items))] if len(items) > MOST else []
        yield from ("", "</details>")


def _alone(network: NetworkChange) -> str:
    told = (f"{row.label} {(row.after or row.before).text}" for row in network.rows)  # type: ignore[union-attr]
    return f"- {_code(network.target)}: {_plain('; '.join(told))}"


def _finding(found: Diagnostic) -> str:
    place = f"{found.file}:{found.span.line}:{found.span.column}"
    return f"- {_code(place)} **{found.code}** {_plain(' '.join(filter(None, (found.message, witnessed(found)))))}"


def _more(number: int) -> str:
    return f"- and {number - MOST} more"


def _plain(text: str) -> str:
    """Text in which nothing is markup."""
    return SPECIAL.sub(lambda found: f"\\{found[0]}", one_line(text))


def _code(text: str) -> str:
    """Text as code, also inside of a table."""
    inner = one_line(text).replace("|", "\\|")
    return f"`` {inner} ``" if "`" in inner else f"`{inner}`"
