"""Suppressions that silence nothing, name no rule, or expect a finding that is gone: RF910."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from rflint.catalogue import UNUSED
from rflint.comments.logical_lines import around
from rflint.comments.suppressions import EXPECT, NOQA, Named, Suppression, Suppressions
from rflint.comments.uncommenting import without_comment, without_name
from rflint.diagnostics import Change, Diagnostic, Repair, Rule, Span
from rflint.spelling import nearest
from rflint.suppressing.ledger import Ledger, Walked
from rflint.trace import Place

_OUR_CODE = re.compile(r"RF\d+$", re.IGNORECASE)
_OF_FLAKE8 = "RF999"
"""What the plugin for flake8 shows for failures: no rule, and known all the same."""


@dataclass(frozen=True, slots=True)
class Context:
    """What suppressions are judged by: `asked` says whether those that silence nothing are wanted, too, and `failed`
    are the files that were not linted whole."""

    ledger: Ledger
    known: Mapping[str, Rule]
    asked: bool = False
    failed: Collection[str] = ()


def judged(file: str, text: str, context: Context) -> Iterator[Diagnostic | str]:
    """The findings of RF910 in a file, and sentences about expectations of which it is open whether they are met."""
    found = context.ledger.suppressions(file)
    for one in found.found:
        if one.kind == NOQA and not context.ledger.noqa:
            continue
        for said in _said(file, text, found, one, context):
            if isinstance(said, str) or not _is_silenced(said, found, context):
                yield said


def _said(file: str, text: str, found: Suppressions, one: Suppression, context: Context) -> Iterator[Diagnostic | str]:
    """What there is to say of one comment."""
    strangers = [name for name in one.rules if _is_ours(one, name) and not _meant(name, context)]
    yield from (_unknown(file, text, one, name, context) for name in strangers)
    if one.kind == EXPECT:
        yield from _expected(file, text, found, one, context)
    elif context.asked and not strangers:
        yield from _unused(file, text, found, one, context)


def _is_silenced(said: Diagnostic, found: Suppressions, context: Context) -> bool:
    """Whether a comment silences what is said of comments: one of ours has to name this rule, or it could not be judged
    itself."""
    silencing = found.silencing(said.span, said.code, said.name, context.ledger.noqa)
    return any(names or one.kind == NOQA for one, names in silencing)


def _is_ours(one: Suppression, name: Named) -> bool:
    """Whether a name speaks of our rules, and not of those of another tool."""
    return one.kind != NOQA or (bool(_OUR_CODE.match(name.text)) and name.text.upper() != _OF_FLAKE8)


def _meant(name: Named | None, context: Context) -> list[Rule]:
    """The rules that a name means; those that can be silenced at all, without one."""
    rules = context.known.values()
    return [rule for rule in rules if (rule.severity != "note" if name is None else name.means(rule.code, rule.name))]


# What is found


def _unknown(file: str, text: str, one: Suppression, name: Named, context: Context) -> Diagnostic:
    near = nearest(name.text, [word for rule in context.known.values() for word in (rule.name, rule.code)])
    where = Span(one.line, name.start, one.line, name.end)
    sentence = f"there is no rule {name.text}" + (f"; did you mean {near}?" if near else "")
    if near:
        return _finding(file, where, sentence, _repair(f"write {near}", False, file, where, near))
    return _finding(file, where, sentence, _removal(file, text, one, name))


def _expected(
    file: str, text: str, found: Suppressions, one: Suppression, context: Context
) -> Iterator[Diagnostic | str]:
    """Of the names of an expectation, those that are not found, or of which that is open."""
    for name in one.rules:
        if context.ledger.is_used(file, one, name) or not _meant(name, context):
            continue
        doubt = _doubt(file, found, one, name, context)
        where = Span(one.line, name.start, one.line, name.end)
        if doubt:
            yield f"{file}:{one.line}: whether {name.text} is still found is not decided: {doubt}"
        else:
            removal = _removal(file, text, one, name)
            kept = Repair(
                removal.message, False, removal.changes
            )  # who expects something wants to know that it is gone
            yield _finding(file, where, f"{name.text} is expected here and not found any more", kept, "error")


def _unused(file: str, text: str, found: Suppressions, one: Suppression, context: Context) -> Iterator[Diagnostic]:
    """A comment that silences nothing, or those of its names that do not."""
    if not one.rules:
        if one.kind != NOQA and _is_idle(file, found, one, None, context):
            where = Span(one.line, one.start, one.line, one.end)
            yield _finding(file, where, f"there is nothing {_here(one)} to silence", _removal(file, text, one, None))
        return
    idle = [name for name in one.rules if _is_ours(one, name) and _is_idle(file, found, one, name, context)]
    if len(idle) == len(one.rules):
        where = Span(one.line, one.start, one.line, one.end)
        names = ", ".join(name.text for name in idle)
        yield _finding(file, where, f"there is no {names} {_here(one)} to silence", _removal(file, text, one, None))
        return
    for name in idle:
        where = Span(one.line, name.start, one.line, name.end)
        sentence = f"there is no {name.text} {_here(one)} to silence"
        yield _finding(file, where, sentence, _removal(file, text, one, name))


def _here(one: Suppression) -> str:
    return "in this file" if one.whole_file else "here"


def _finding(file: str, where: Span, message: str, fix: Repair, severity: str = UNUSED.severity) -> Diagnostic:
    return Diagnostic(file, where, UNUSED.code, UNUSED.name, severity, message, fix=fix)


def _removal(file: str, text: str, one: Suppression, name: Named | None) -> Repair:
    """Take away a name, or the comment if it names no other."""
    if name is None or len(one.rules) == 1:
        return _repair("remove the comment", True, file, without_comment(text, one), "")
    return _repair(f"remove {name.text}", True, file, without_name(one, name), "")


def _repair(message: str, safe: bool, file: str, where: Span, text: str) -> Repair:
    return Repair(message, safe, (Change(file, where, text),))


# What can be known


def _is_idle(file: str, found: Suppressions, one: Suppression, name: Named | None, context: Context) -> bool:
    """Whether a name, or a comment without one, surely silences nothing."""
    if context.ledger.is_used(file, one, name) or (name is not None and name.means(UNUSED.code, UNUSED.name)):
        return False
    return not _doubt(file, found, one, name, context)


def _doubt(file: str, found: Suppressions, one: Suppression, name: Named | None, context: Context) -> str:
    """Why it is open whether a rule is found where a comment speaks of it; "" if it surely is not."""
    if file in context.failed:
        return "not all networks of this file could be followed"
    walked = [network for network in context.ledger.walked if file in network.marks]
    partly = next((network.target for network in walked if not network.complete), None)
    if partly is not None:
        return f"{partly} could not be followed to the end"
    if not any(_runs(network, file, found, one, context) for network in walked):
        return "no network of this run uses this code"
    meant = _meant(name, context)
    for rule in [rule for rule in meant if rule.default] or meant:
        if not all(network.applied(rule, file) for network in walked):
            return f"{rule.name} is not selected"
        if rule.needs_size and not all(network.declared for network in walked):
            return f"{rule.name} needs to know the size of the input"
    return ""


def _runs(network: Walked, file: str, found: Suppressions, one: Suppression, context: Context) -> bool:
    """Whether a network runs code of the function or class in which a comment stands."""
    statement = around(found.statements, one.target)
    inside = () if statement is None or one.whole_file else statement.inside
    if not inside:
        return True
    lines = {context.ledger.span(Place(file, mark)).line for mark in network.marks[file]}
    run = (around(found.statements, line) for line in lines)
    return any(line is not None and line.inside[: len(inside)] == inside for line in run)
