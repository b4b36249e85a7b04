"""The fixes of a finding as one repair: the text that they change, or why it cannot be changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from rflint.diagnostics import Change, Repair
from rflint.edits import Assign, Edit, Fix, InsertFirst, Mirror, OpenEnd, RemoveArgument, Rename, Replace, SetArgument
from rflint.repairs import arguments, expressions, slices, statements
from rflint.repairs.arguments import Made
from rflint.repairs.files import Files
from rflint.repairs.located import Refused
from rflint.repairs.readers import Reader, Readers, digits, reader
from rflint.trace import Place

ARGUMENT = re.compile(r"\s*,?\s*(\w+)=(?!=)")


def repaired(files: Files, readers: Readers, fixes: Sequence[Fix]) -> Repair:
    """One repair for all fixes of a finding, which may have been met at many uses."""
    safe = all(fix.safe for fix in fixes)
    try:
        made = {edit_key(edit): made_of(files, edit) for fix in fixes for edit in fix.edits}
        edits = [edit for fix in fixes for edit in fix.edits]
        values = {key: one.value for key, one in made.items()}
        formulas = {one_of(edit) for edit in edits if isinstance(edit, SetArgument) and is_formula(edit, values)}
        changing = [edit for edit in edits if not (isinstance(edit, SetArgument) and arguments.is_so(edit))]
        taken = [readers.at(place) for edit in changing for place in made[edit_key(edit)].edited]
        taken += [readers.without(*new) for edit in changing for new in made[edit_key(edit)].added]
        refuse_others(taken, wanted(changing), formulas)
        ordered = without_conflicts(change for one in made.values() for change in one.changes)
        changes = [one for one in ordered if one not in files.located(one.file).idle]
        if not changes:
            raise Refused("the text says so already")
        return Repair(words(fixes, values), safe, tuple(changes))
    except Refused as problem:
        return Repair(words(fixes, {}), safe, (), str(problem))


def edit_key(edit: Edit) -> str:
    """What tells edits from each other: those of layers that were built alike, of the same numbers, are one."""
    return repr((edit, digits(edit.layer, edit.argument) if isinstance(edit, SetArgument) else None))


def made_of(files: Files, edit: Edit) -> Made:
    """What an edit comes to.  Raises `Refused`."""
    if isinstance(edit, SetArgument):
        return arguments.setting(files, edit)
    if isinstance(edit, RemoveArgument):
        return arguments.removing(files, edit)
    if isinstance(edit, Replace):
        return Made(expressions.replacing(files, edit), [])
    if isinstance(edit, Assign):
        return Made(expressions.assigning(files, edit), [])
    if isinstance(edit, Mirror):
        return Made(slices.mirroring(files, edit), [])
    if isinstance(edit, OpenEnd):
        return Made(slices.opening(files, edit), [])
    if isinstance(edit, Rename):
        return Made(expressions.renaming(files, edit), [])
    if isinstance(edit, InsertFirst):
        return Made(statements.inserting(files, edit), [])
    return Made(statements.removing(files, edit), [])


def wanted(edits: Iterable[Edit]) -> set[Reader]:
    """The arguments that edits are about."""
    about = [(one.layer, one.argument) for one in edits if isinstance(one, (SetArgument, RemoveArgument))]
    return {reader(*one, complete) for one in about for complete in (True, False)}


def one_of(edit: SetArgument) -> tuple[str, Place | None]:
    """The argument that an edit sets, and the call that builds its layer and perhaps others."""
    return edit.argument, edit.layer.defined


def is_formula(edit: SetArgument, values: Mapping[str, str]) -> bool:
    """Whether what is written is right for all layers that the call builds, as it names their arguments."""
    return bool(edit.symbolic or edit.like) and values[edit_key(edit)] not in ("", edit.value)


def refuse_others(taken: Iterable[set[Reader]], meant: set[Reader], formulas: set[tuple[str, Place | None]]) -> None:
    """Raise `Refused` if an argument that is not meant comes from a place that is edited."""
    for readers in taken:
        others = sorted(one[0] for one in readers - meant if one[:2] not in formulas)
        if others:
            raise Refused(f"{others[0]} of another layer is written in the same place")


def without_conflicts(changes: Iterable[Change]) -> list[Change]:
    """The changes in order, each once; arguments that are added in one place are one change.

    Raises `Refused` where two want different texts in one place.
    """
    found: list[Change] = []
    for one in sorted(dict.fromkeys(changes), key=lambda one: (one.file, one.span)):
        last = found[-1] if found and found[-1].file == one.file else None
        if last is not None and last.span == one.span and adds_another(last, one):
            found[-1] = replace(last, text=one_after_the_other(last.text, one.text))
        elif last is not None and (one.span[:2] < last.span[2:] or one.span == last.span):
            raise Refused(f"different texts are wanted on line {one.span.line}")
        else:
            found.append(one)
    return found


def adds_another(one: Change, behind: Change) -> bool:
    """Whether both put arguments where nothing is, and not the same ones."""
    names = [set(ARGUMENT.findall(change.text)) for change in (one, behind)]
    return one.span[:2] == one.span[2:] and all(names) and not names[0] & names[1]


def one_after_the_other(text: str, behind: str) -> str:
    """Two pieces of an argument list, with a comma between them if neither brings it."""
    if text.rstrip().endswith(",") or behind.lstrip().startswith(","):
        return text + behind
    return f"{text},{behind}" if behind[:1].isspace() else f"{text}, {behind}"


def words(fixes: Sequence[Fix], values: dict[str, str]) -> str:
    """What the fixes do, with the values that are really written."""
    said: dict[str, None] = {}
    for fix in fixes:
        for edit in () if fix.message else fix.edits:
            if isinstance(edit, SetArgument):
                said[f"{edit.argument}={values.get(edit_key(edit)) or edit.value}"] = None
        said |= {fix.message: None} if fix.message else {}
    return ", ".join(said)
