"""Fixes bring no finding, change only what they say, and have nothing to do the second time: for any fault."""

from __future__ import annotations

import difflib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutants import Mutant, mutants, mutated

from rflint import linter
from rflint.config import Config
from rflint.fixes.mending import Mended, mended
from rflint.linter import Options

ROOT = Path(__file__).parent.parent
FIXTURES = sorted((ROOT / "fixtures" / "networks").glob("*.py"))
LARGE = ("bytenet.py", "deeplabv3.py", "mistakes.py")
"""Fixtures that take long to lint again and again."""
TORCHVISION = [
    *(ROOT / "build").glob("torchvision-*/torchvision/models/alexnet.py"),
    *(ROOT / "build").glob("torchvision-*/torchvision/models/squeezenet.py"),
    *(ROOT / "build").glob("torchvision-*/torchvision/models/segmentation/lraspp.py"),
]


def run(path: Path, text: str, unsafe: bool = True) -> Mended:
    """What becomes of a file that holds a text, and lies where it lies."""

    def read(name: str) -> str | None:
        return text if name == str(path) else linter.read_from_disk(name)

    return mended([str(path)], Options(Config(), read=read), unsafe)


def codes(done: Mended) -> Counter[str]:
    """How often each rule is met at the end."""
    return Counter(one.code for one in done.report.diagnostics)


def found(path: Path, text: str) -> Counter[str]:
    """How often each rule is met without fixes."""
    options = Options(Config(), read=lambda name: text if name == str(path) else linter.read_from_disk(name))
    return Counter(one.code for one in linter.check([str(path)], options).diagnostics)


def changed_lines(before: str, after: str) -> set[int]:
    """The numbers of the lines that a text loses, and of those before which it gains some."""
    rows = difflib.SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False).get_opcodes()
    return {line + 1 for tag, start, end, *_ in rows if tag != "equal" for line in range(start, max(end, start + 1))}


def check_fixes(path: Path, text: str) -> None:
    """All that is to hold of a text and its fixes."""
    done = run(path, text)
    if not done.texts:
        return
    after = done.texts[str(path)][1]
    compile(after, str(path), "exec", dont_inherit=True)
    assert set(done.texts) == {str(path)}
    assert codes(done) <= found(path, text)
    named = [change.span for one in done.fixed if one.fix for change in one.fix.changes]
    assert changed_lines(text, after) <= {line for span in named for line in range(span.line, span.end_line + 1)}
    assert not run(path, after).texts


@cache
def of(path: Path) -> tuple[str, list[Mutant]]:
    """The text of a file, and the ways to change a number of it."""
    text = path.read_text(encoding="utf-8")
    return text, mutants(text)


@pytest.mark.parametrize("path", [path for path in FIXTURES if path.name not in LARGE], ids=lambda path: path.stem)
def test_fixtures(path: Path) -> None:
    check_fixes(path, of(path)[0])


@settings(max_examples=12)
@given(st.data())
def test_fixtures_with_another_number(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([path for path in FIXTURES if path.name not in LARGE]))
    text, ways = of(path)
    check_fixes(path, mutated(text, data.draw(st.sampled_from(ways))))


@pytest.mark.skipif(not TORCHVISION, reason="no torchvision in build: `make test` fetches it")
@settings(max_examples=6)
@given(st.data())
def test_torchvision_with_another_number(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(TORCHVISION))
    text, ways = of(path)
    check_fixes(path, mutated(text, data.draw(st.sampled_from(ways))))
