"""RF424: the source itself surely raises an exception that nothing catches."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._told import is_told
from rflint.diagnostics import Finding
from rflint.trace import Trace

ELSEWHERE = ("NotImplementedError", "ImportError", "ModuleNotFoundError", "FileNotFoundError", "OSError")
"""What says that something is not written yet, or not there: both may be otherwise where the network is run."""


@rule("RF424", "certain-exception", "error")
def certain_exception(trace: Trace) -> Iterator[Finding]:
    """Whether building the network, or running it on inputs that are declared, ends with an exception.

    What only layers of the library refuse is wrong for any input."""
    raised = trace.raised
    if raised is None or raised.place is None or raised.exception in ELSEWHERE or raised.place.file.startswith("<"):
        return
    if (trace.declared or raised.refused) and not is_told(trace, {raised.place}):
        said = f": {raised.text}" if raised.text else ""
        yield Finding(raised.place, f"this surely raises {raised.exception}{said}")
