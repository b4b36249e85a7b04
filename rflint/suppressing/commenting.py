"""`# noqa` comments for the findings of a file, where they silence them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from rflint.comments.logical_lines import open_lines, tokens
from rflint.comments.reading import comments
from rflint.comments.suppressions import NOQA, Suppression, closing
from rflint.diagnostics import Diagnostic

_NEWLINE = re.compile(r"(\r\n?|\n)")


def commented(text: str, found: Iterable[Diagnostic]) -> str:
    """A text with `# noqa: RF201` behind the lines that findings stand on; codes join those of a comment that is there.

    Where a line ends in a string or with a backslash, the comment stands behind the line on which that ends.
    """
    ends, wanted = open_lines(tokens(text)), dict[int, dict[str, None]]()
    for one in found:
        wanted.setdefault(closing(ends, one.span.line), {})[one.code] = None
    held = {one.line: one for one in comments(text).suppressions.found if one.kind == NOQA and not one.whole_file}
    rows = _NEWLINE.split(text)
    for line, codes in wanted.items():
        rows[2 * line - 2] = _row(rows[2 * line - 2], codes, held.get(line))
    return "".join(rows)


def _row(row: str, codes: Mapping[str, None], held: Suppression | None) -> str:
    if held is None or not held.rules:
        return f"{row}  # noqa: {', '.join(codes)}"
    end = held.rules[-1].end - 1
    return f"{row[:end]}, {', '.join(codes)}{row[end:]}"
