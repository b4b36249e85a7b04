"""The lines of a TOML file on which its keys stand, for sentences about them."""

from __future__ import annotations

import re

_HEADING = re.compile(r"\s*\[(?P<list>\[)?(?P<name>[^\[\]]+)\]")


def line_of(text: str, table: str, key: str, number: int = 0) -> int:
    """The line where a key of a table stands; of a table that is there several times, in the one of that number.

    The line of the heading, or of the key that holds the table, where the key is written in some other way.
    """
    best, inside, seen = 0, not table, -1
    assigned = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]")
    for at, row in enumerate(text.split("\n"), 1):
        if heading := _HEADING.match(row):
            name = re.sub(r"[\"'\s]", "", heading["name"])
            seen += name == table
            inside = name == table and (not heading["list"] or seen == number)
            best = at if inside or name == f"{table}.{key}".lstrip(".") else best
        elif inside and assigned.match(row):
            return at
    return best or (line_of(text, *_parent(table)) if table else 1)


def _parent(table: str) -> tuple[str, str]:
    above, _, key = table.rpartition(".")
    return above, key
