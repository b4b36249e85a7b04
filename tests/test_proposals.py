"""The fixes of the uses at one place become one, or none."""

from __future__ import annotations

import pytest

from rflint.diagnostics import Diagnostic, Repair, Span
from rflint.edits import Fix, Replace
from rflint.repairs.proposals import Proposals
from rflint.source import Source
from rflint.trace import Place

SOURCE = Source("net.py", "x = 1\n")
PLACE = Place("net.py", SOURCE.mark(SOURCE.module.body[0].body[0].value))  # type: ignore[union-attr, index]
FIX = Fix((Replace(PLACE, "2"),), message="write 2")
OWN = Repair("its own", True)
FOUND = Diagnostic("net.py", Span(1, 5, 1, 6), "RF000", "some-rule", "warning", "words", fix=OWN)


@pytest.mark.parametrize(
    ("fixes", "message"),
    [([FIX, FIX], "write 2"), ([FIX, None], None), ([None, FIX], None), ([None], None), ([], "its own")],
)
def test_a_finding_is_fixed_if_all_that_it_was_met_at_are(fixes: list[Fix | None], message: str | None) -> None:
    proposals = Proposals()
    for fix in fixes:
        proposals.add(FOUND, fix)
    (settled,) = proposals.settled([FOUND], {"net.py": SOURCE}.get)
    assert (settled.fix.message if settled.fix else None) == message
