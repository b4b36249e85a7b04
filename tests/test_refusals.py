"""What torch refused in thousands of recorded random calls is what rflint reports as an error, and nothing else."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from rflint.config import Config
from rflint.linter import Options, check

TABLE = Path(__file__).parents[1] / "fixtures" / "refusals" / "recorded.jsonl.gz"
HEAD = "import torch\nimport torch.nn.functional as F\nfrom torch import nn\n\n\n"
TOGETHER = 250
"""Networks in one file: as many as are quick."""


class Call(NamedTuple):
    """A network of one call, its inputs, the mode, and the exception with its text that torch raised ("" if none)."""

    kind: str
    source: str
    inputs: list[list[int]]
    train: bool
    raised: str


UNKNOWABLE = {
    "Found an invalid max index": "where a maximum lies depends on the numbers in the input",
    "'Tensor' object has no attribute": "which further attributes a tensor has is not listed",
    "expected target dtype": "whether an input holds integers is not declared",
    "could not c": "what a processor's own library lacks is no rule of torch",
    " x 0 x ": "whether it makes an output of size 0 differs from processor to processor",
}
"""What torch says where rflint cannot know, and why it cannot."""


def recorded(path: Path) -> list[Call]:
    """The calls of a table."""
    return [Call(**json.loads(line)) for line in gzip.decompress(path.read_bytes()).decode().splitlines()]


def declared(call: Call) -> str:
    """The comments that declare the inputs of a network."""
    shapes = (", ".join(map(str, shape)) for shape in call.inputs)
    return "".join(f"# rflint: input=({shape},)\n" for shape in shapes)


def errors(calls: Sequence[Call], train: bool) -> list[list[str]]:
    """The errors that rflint finds in each of these networks, all in one file."""
    text, starts = HEAD, []
    for number, call in enumerate(calls):
        starts.append(text.count("\n"))
        text += declared(call) + call.source.replace("class Net", f"class Net{number}") + "\n\n"
    report = check(["calls.py"], Options(Config(), train=train, read={"calls.py": text}.get))
    assert not report.failures
    found: list[list[str]] = [[] for _ in calls]
    for one in report.diagnostics:
        if one.severity == "error":
            at = max(index for index, start in enumerate(starts) if start < one.span.line)
            found[at].append(f"{one.code} {one.message}")
    return found


@cache
def compared() -> list[tuple[Call, list[str]]]:
    """All recorded calls with the errors that rflint finds."""
    found: list[tuple[Call, list[str]]] = []
    calls = recorded(TABLE)
    for train in (False, True):
        part = [call for call in calls if call.train is train]
        for start in range(0, len(part), TOGETHER):
            some = part[start : start + TOGETHER]
            found += zip(some, errors(some, train), strict=True)
    return found


def test_the_table_is_worth_the_name() -> None:
    refused = [call for call, _ in compared() if call.raised]
    assert len(compared()) >= 2000
    assert 0.35 < len(refused) / len(compared()) < 0.65
    assert all(any(text in call.raised for call in refused) for text in list(UNKNOWABLE)[:2])


def test_what_torch_takes_is_no_error() -> None:
    assert not [(call.source, call.inputs, found) for call, found in compared() if found and not call.raised]


def test_what_torch_refuses_is_an_error() -> None:
    missed = [call for call, found in compared() if call.raised and not found]
    assert not [call for call in missed if not any(text in call.raised for text in UNKNOWABLE)]
