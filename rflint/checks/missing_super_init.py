"""RF417: a network is given layers, or called, before `Module.__init__` has run."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.diagnostics import Finding
from rflint.edits import Fix, InsertFirst
from rflint.trace import Trace

PARENT = r"super\([^()]*\)\.__init__\("
"""The call that stands too late."""
MEANT = "call super().__init__() first in __init__"
WORDS = {
    "cannot assign module before Module.__init__() call": "a layer is assigned before Module.__init__() has run",
    "cannot assign parameters before Module.__init__() call": "a parameter is assigned before Module.__init__() ran",
    "has no attribute '_backward_hooks'": "it is called, but Module.__init__() has never run",
}
"""What torch says, and what has happened."""


@rule("RF417", "missing-super-init", "error", fix="safe")
def missing_super_init(trace: Trace) -> Iterator[Finding]:
    """Whether what ends the building of the network, or its first call, is the missing constructor of `nn.Module`."""
    raised = trace.raised
    if raised is None or raised.place is None or raised.exception != "AttributeError":
        return
    for text, words in WORDS.items():
        if raised.text.endswith(text):
            edits = (InsertFirst(raised.place, "__init__", "super().__init__()", PARENT),)
            fix = Fix(edits, safe=True, message=MEANT) if text.startswith("cannot assign") else None
            yield Finding(raised.place, f"{words}; {MEANT}", torch=f"{raised.exception}: {raised.text}", fix=fix)
