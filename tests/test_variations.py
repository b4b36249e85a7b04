"""Networks a little beside those of the rules' pages: what each rule says of them is as recorded.

`python tests/test_variations.py` writes the answers anew; with names of rules, it chooses their networks anew too.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from variations import RECORDS, answer, recorded, telling, write

RULES = Path(__file__).parent.parent / "rules"
PAGES = [RULES / f"{record.stem}.md" for record in sorted(RECORDS.glob("*.txt"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_said_of_changed_networks_is_as_recorded(page: Path) -> None:
    changes = recorded(page)
    assert changes
    for change, said in changes:
        assert answer(page, change) == said, f"{page.stem}, {change.case}, {change}"


if __name__ == "__main__":
    for name in sys.argv[1:]:
        write(RULES / f"{name}.md", telling(RULES / f"{name}.md"))
    for page in [] if sys.argv[1:] else PAGES:
        write(page, [change for change, _ in recorded(page)])
