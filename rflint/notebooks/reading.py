"""The Python of a notebook as the text of one module: its code cells in order, each behind a line that parts them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rflint.notebooks.magics import python_of

ENDING = ".ipynb"
MOST_BYTES = 50_000_000
"""Pictures among the outputs make notebooks large."""
_PARTING = "# -- notebook cell {} --"


class NotebookError(Exception):
    """A file that is no notebook: what is wrong with it, in a few words."""


def is_notebook(path: str) -> bool:
    """Whether a file is a notebook, by its name."""
    return path.endswith(ENDING)


def module_text(data: bytes) -> str:
    """The text of the module that the code cells of a notebook make, "" without any.  Raises NotebookError."""
    return "".join(part for number, source in code_cells(_loaded(data)) for part in (parting(number), ended(source)))


def parting(number: int) -> str:
    """The line before the code of a cell; cells are counted from 1, those that hold no code too."""
    return _PARTING.format(number) + "\n"


def ended(source: str) -> str:
    """The Python of a cell, with an end to its last line."""
    text = python_of(source)
    return text if not text or text.endswith("\n") else text + "\n"


def code_cells(notebook: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """The Python cells of a notebook with their numbers.  Raises NotebookError."""
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise NotebookError("it has no list of cells (notebooks before version 4 are not read)")
    if not _is_python(notebook.get("metadata")):
        return
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict):
            raise NotebookError(f"its cell {number} is no object")
        if cell.get("cell_type") == "code" and _is_python_cell(cell.get("metadata")):
            yield number, joined(cell.get("source"), number)


def joined(source: Any, number: int) -> str:
    """The source of a cell, which is a string or a list of lines.  Raises NotebookError."""
    lines = source if isinstance(source, list) else [source]
    if not all(isinstance(line, str) for line in lines):
        raise NotebookError(f"the source of its cell {number} is neither a text nor a list of lines")
    return "".join(lines)


def _loaded(data: bytes) -> dict[str, Any]:
    try:
        notebook = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as problem:
        raise NotebookError(f"it is not the JSON of a notebook: {problem}") from None
    if not isinstance(notebook, dict):
        raise NotebookError("it is JSON, but no object")
    return notebook


def _is_python(metadata: Any) -> bool:
    """Whether the kernel of a notebook runs Python, as far as it is said."""
    said = [_at(metadata, "kernelspec", "language"), _at(metadata, "language_info", "name")]
    return all(str(language).lower().strip("i").startswith("python") for language in said if language)


def _is_python_cell(metadata: Any) -> bool:
    return _at(metadata, "vscode", "languageId") in (None, "python")


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
