"""Rules about modules that torch does not know or nothing calls, on members made by hand."""

from __future__ import annotations

from typing import Any

import pytest
from networks import Network

from rflint.checks import all_rules
from rflint.diagnostics import Finding
from rflint.trace import Member, Place


def at(mark: int) -> Place:
    return Place("net.py", mark)


def findings(code: str, *members: Member, complete: bool = True) -> list[Finding]:
    trace = Network().trace(complete=complete, members=list(members))
    return list(all_rules()[code].check(trace))


# RF414 unregistered-modules


def held(path: str, mark: int, **about: Any) -> Member:
    """An element of a plain list that is written at place 1."""
    known = {"made": at(mark), "kept": at(1), "registered": False, "together": 2, "weights": True}
    return Member(path, "Conv2d", **{"registering": "ModuleList", **known, **about})


def test_what_a_plain_collection_keeps_is_one_finding() -> None:
    [finding] = findings("RF414", held("convs[0]", 10), held("convs[0].inner", 11), held("convs[1]", 12))
    assert finding.place == at(1)
    assert finding.message == (
        "convs keeps 2 modules with weights in a plain collection: parameters(), to() and state_dict() miss them; "
        "nn.ModuleList registers them"
    )
    assert finding.related == ((at(10), "convs[0] is made here"), (at(12), "convs[1] is made here"))
    assert finding.fix is not None
    assert finding.fix.words == "keep them in an nn.ModuleList"


def test_three_are_shown_and_each_collection_is_told() -> None:
    many = [held(f"convs[{number}]", number) for number in range(5)]
    other = held("heads['a']", 20, kept=at(2), registering="ModuleDict")
    first, second = findings("RF414", *many, other)
    assert [place for place, _ in first.related] == [at(0), at(1), at(2)]
    assert second.message.startswith("heads keeps a module with weights")
    assert second.message.endswith("; nn.ModuleDict registers them")


def test_what_stands_below_an_element_speaks_for_it_if_it_alone_has_weights() -> None:
    [finding] = findings("RF414", held("convs[0].inner", 10), held("convs[1].inner", 11, made=None))
    assert finding.message.startswith("convs keeps 2 modules")
    assert finding.related == ((at(10), "convs[0].inner is made here"),)


@pytest.mark.parametrize("kinds", [("ModuleList", ""), ("", ""), ("ModuleList", "ModuleDict")])
def test_where_no_container_could_keep_them_there_is_no_fix(kinds: tuple[str, str]) -> None:
    [finding] = findings("RF414", *(held(f"convs[{n}]", n, registering=kind) for n, kind in enumerate(kinds)))
    assert finding.message.endswith("; nn.ModuleList or nn.ModuleDict registers them")
    assert finding.fix is None


@pytest.mark.parametrize("about", [{"registered": True}, {"weights": False}, {"together": 1}, {"kept": None}])
def test_modules_that_nothing_is_lost_with(about: dict[str, Any]) -> None:
    assert not findings("RF414", held("convs[0]", 10, **about))


# RF416 unused-module


def made(path: str, kept: int | None, **about: Any) -> Member:
    """A module that nothing calls or names, assigned at a place."""
    place = None if kept is None else at(kept)
    return Member(path, "Conv2d", at(100), kept=place, **{"weights": True, "called": False, **about})


def test_a_module_that_nothing_calls() -> None:
    [finding] = findings("RF416", made("masks", 1))
    assert finding.place == at(1)
    assert finding.message == (
        "masks (Conv2d) is made and never called: its weights get no gradient, and nothing else in the source reads it"
    )
    assert finding.fix is not None
    assert finding.fix.words == "remove masks"


@pytest.mark.parametrize("about", [{"registered": False}, {"weights": False}, {"called": True}, {"mentioned": True}])
def test_modules_that_are_called_or_have_nothing_to_train(about: dict[str, Any]) -> None:
    assert not findings("RF416", made("masks", 1, **about))


def test_what_was_followed_in_part_may_call_it() -> None:
    assert not findings("RF416", made("masks", 1), complete=False)


def test_the_place_is_the_assignment_or_the_call_if_any_is_known() -> None:
    [finding] = findings("RF416", made("masks", None))
    assert (finding.place, finding.fix) == (at(100), None)
    assert not findings("RF416", Member("masks", "Conv2d", None, weights=True, called=False))


@pytest.mark.parametrize(
    ("other", "is_removed"),
    [
        (made("blocks.1.masks", 1), True),
        (made("blocks.1.masks", 1, called=True), False),
        (made("twin", 1), False),
        (made("other", 2, called=True), True),
        (Member("item", "Conv2d", at(1), kept=at(2)), False),
    ],
)
def test_an_assignment_is_removed_where_it_makes_nothing_else(other: Member, is_removed: bool) -> None:
    finding = findings("RF416", made("blocks.0.masks", 1), other)[0]
    assert (finding.fix is not None) is is_removed
