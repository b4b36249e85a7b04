"""The files of a run whose trees are looked at, and the nodes that places stand for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rflint.repairs.located import Located, Refused
from rflint.source import Source
from rflint.trace import Place


class Files:
    """Files by name, each located once."""

    def __init__(self, source: Callable[[str], Source | None]) -> None:
        self._source = source
        self._located: dict[str, Located] = {}

    def located(self, file: str) -> Located:
        """The tree and the text of a file.  Raises `Refused`."""
        if file not in self._located:
            source = self._source(file)
            if source is None or file.startswith("<"):
                raise Refused("what it would change stands in no file")
            self._located[file] = Located(source)
        return self._located[file]

    def find(self, place: Place | None) -> tuple[Located, Any]:
        """The file of a place, and the node there.  Raises `Refused`."""
        if place is None:
            raise Refused("it is not known where that is written")
        located = self.located(place.file)
        node = located.source.node(place.mark)
        if id(node) not in located.source.offsets:
            raise Refused("what it would change stands in no file")
        return located, node
