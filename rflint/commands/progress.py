"""How far a long run has come: a bar on stderr, in a terminal only, that is gone when the run ends."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tqdm import tqdm

PATIENCE = 1.0
"""Seconds before the bar appears: most runs are over by then."""


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[int, int, str], None]]:
    """What is to be told, before each file, how many of how many are done."""
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda done, total, file: None
        return
    bar = Bar()
    try:
        yield bar.at
    finally:
        bar.close()


class Bar:
    """A bar that appears when the run has taken a while."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.drawn: tqdm | None = None

    def at(self, done: int, total: int, file: str) -> None:
        """So many files are done, and this one is begun."""
        if not done or time.monotonic() - self.began < PATIENCE:
            return
        if self.drawn is None:
            self.drawn = new_bar(total)
        self.drawn.set_postfix_str(os.path.basename(file), refresh=False)
        self.drawn.update(done - self.drawn.n)

    def close(self) -> None:
        """Take it away."""
        if self.drawn is not None:
            self.drawn.close()


def new_bar(total: int) -> tqdm:
    """A bar on stderr that draws itself only when it is told how far the run is, and leaves no line behind."""
    from tqdm import tqdm

    tqdm.monitor_interval = 0
    return tqdm(total=total, desc="rflint", unit="file", leave=False, dynamic_ncols=True, mininterval=0)
