"""Where places are, in the sources that a run has read."""

from __future__ import annotations

from collections.abc import Mapping

from rflint.diagnostics import Span
from rflint.source import Source
from rflint.trace import Place


def span_in(sources: Mapping[str, Source], place: Place) -> Span:
    """Where a place is, in the sources that were read."""
    source = sources.get(place.file)
    return source.span(place.mark) if source is not None else Span(1, 1, 1, 1)
