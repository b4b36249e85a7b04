"""Code of somebody who uses the Python API under mypy --strict; `make types` checks it, nothing runs it."""

from __future__ import annotations

from fractions import Fraction

import rflint
from rflint import Report, UnitField

net: rflint.NetworkTrace = rflint.trace("net.py::Net()", input=(1, 3, "32*h", "32*w"))
seen: UnitField = net.field("layer4")
jump: tuple[int | Fraction | None, ...] = seen.jump
shape: tuple[int | str, ...] | None = net.shape()
report: Report = rflint.check("models", "other.py", select=["RF2"], input={"x": "N,3,8,8", "y": [1, 3, "h", "w"]})
lines: list[tuple[str, int]] = [(found.file, found.span.line) for found in report.diagnostics]
several: list[rflint.Diagnostic] = rflint.check(text="", input=[(1, 3), "N,3"]).diagnostics
rflint.check(3)  # type: ignore[arg-type]
rflint.trace()  # type: ignore[call-arg]
rflint.chek()  # type: ignore[attr-defined]
text: str = net.inputs  # type: ignore[assignment]
