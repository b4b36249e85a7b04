"""Versions are compared by their numbers."""

from __future__ import annotations

import pytest
from calls import SOURCE, shape

from rflint.tracing.running import trace
from rflint.tracing.session import Root, Session


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("parse('1.10.0') > parse('1.9')", True),
        ("Version('2.1') <= Version('2.1.0')", True),
        ("Version('2.0.1+cpu') >= parse('2.0')", True),
        ("parse('v1.2') == Version('1.3')", False),
        ("parse('1.2.3').release[1] == 2 and parse('1.2').micro == 0", True),
        ("Version('2.0+cpu') == Version('2.0')", None),
    ],
)
def test_versions_are_compared(question: str, answer: bool | None) -> None:
    text = "from packaging.version import Version, parse\n" + SOURCE.format(
        names="x", expression=f"x[:1] if {question} else x[:2]"
    )
    seen = trace(Session({"net.py": text}.get), Root("net.py", "Net()", (("x", shape(4, 3)),)))
    made = seen.output[0] if seen.output is not None else None
    assert made == (None if answer is None else 1 if answer else 2)
