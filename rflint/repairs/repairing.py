"""The fixes of a finding as one repair: the text that they change, or why it cannot be changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from rflint.diagnostics import Change, Repair
from rflint.edits import Edit, Fix, InsertFirst, RemoveArgument, Replace, SetArgument
from rflint.repairs import arguments, expressions, statements
from rflint.repairs.arguments import Made
from rflint.repairs.files import Files
from rflint.repairs.located import Refused
from rflint.repairs.readers import Reader, Readers, reader
from rflint.trace import Place


def repaired(files: Files, readers: Readers, fixes: Sequence[Fix]) -> Repair:
    """One repair for all fixes of a finding, which may have been met at many uses."""
    safe = all(fix.safe for fix in fixes)
    try:
        made = {edit_key(edit): made_of(files, edit) for fix in fixes for edit in fix.edits}
        edits = [edit for fix in fixes for edit in fix.edits]
        refuse_others(readers, (place for one in made.values() for place in one.edited), wanted(edits))
        changes = without_conflicts(change for one in made.values() for change in one.changes)
        return Repair(words(fixes, {key: one.value for key, one in made.items()}), safe, tuple(changes))
    except Refused as problem:
        return Repair(words(fixes, {}), safe, (), str(problem))


def edit_key(edit: Edit) -> str:
    """What tells edits from each other: those of layers that were built alike are one."""
    return repr(edit)


def made_of(files: Files, edit: Edit) -> Made:
    """What an edit comes to.  Raises `Refused`."""
    if isinstance(edit, SetArgument):
        return arguments.setting(files, edit)
    if isinstance(edit, RemoveArgument):
        return arguments.removing(files, edit)
    if isinstance(edit, Replace):
        return Made(expressions.replacing(files, edit), [])
    if isinstance(edit, InsertFirst):
        return Made(statements.inserting(files, edit), [])
    return Made(statements.removing(files, edit), [])


def wanted(edits: Iterable[Edit]) -> set[Reader]:
    """The arguments that edits are about."""
    return {reader(one.layer, one.argument) for one in edits if isinstance(one, (SetArgument, RemoveArgument))}


def refuse_others(readers: Readers, edited: Iterable[Place], meant: set[Reader]) -> None:
    """Raise `Refused` if an argument that is not meant comes from a place that is edited."""
    for place in edited:
        others = sorted(name for name, _, _ in readers.at(place) - meant)
        if others:
            raise Refused(f"{others[0]} of another layer is written in the same place")


def without_conflicts(changes: Iterable[Change]) -> list[Change]:
    """The changes in order, each once.  Raises `Refused` where two want different texts in one place."""
    ordered = sorted(dict.fromkeys(changes), key=lambda one: (one.file, one.span))
    if not ordered:
        raise Refused("the text says so already")
    for one, behind in pairwise(ordered):
        if one.file == behind.file and (behind.span[:2] < one.span[2:] or one.span == behind.span):
            raise Refused(f"different texts are wanted on line {behind.span.line}")
    return ordered


def words(fixes: Sequence[Fix], values: dict[str, str]) -> str:
    """What the fixes do, with the values that are really written."""
    said: dict[str, None] = {}
    for fix in fixes:
        for edit in () if fix.message else fix.edits:
            if isinstance(edit, SetArgument):
                said[f"{edit.argument}={values.get(edit_key(edit)) or edit.value}"] = None
        said |= {fix.message: None} if fix.message else {}
    return ", ".join(said)
