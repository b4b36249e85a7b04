"""RF418: a layer with weights is built in `forward`, anew for each batch."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.diagnostics import Finding
from rflint.trace import Trace


@rule("RF418", "module-built-in-forward", "warning", fix="hint")
def module_built_in_forward(trace: Trace) -> Iterator[Finding]:
    """Whether `forward` certainly builds and calls a layer with parameters that it does not keep."""
    called = {use.layer.defined for use in trace.uses if not use.conditional}
    for module in trace.late:
        if module.weights and module.made in called and module.made is not None:
            message = (
                f"forward builds this {module.kind} anew each time: its weights are random in every step and never "
                "trained; build it in __init__"
            )
            yield Finding(module.made, message)
