"""Arguments of layers, set and taken away where they are written."""

from __future__ import annotations

from typing import Any, NamedTuple

import libcst as cst

from rflint.diagnostics import Change
from rflint.edits import RemoveArgument, SetArgument
from rflint.library import LIBRARY
from rflint.repairs.calls import added, call_of, keyword, without
from rflint.repairs.files import Files
from rflint.repairs.following import given, is_constant
from rflint.repairs.located import Located, Refused
from rflint.repairs.readers import digits
from rflint.repairs.templates import fields, filled
from rflint.trace import Layer, Place


class Made(NamedTuple):
    """What an edit comes to: the changes, the places from which arguments are taken, the value that is written."""

    changes: list[Change]
    edited: list[Place]
    value: str = ""
    added: tuple[tuple[Place | None, str], ...] = ()
    """The arguments that calls are given for the first time, which holds for all layers that they build."""


def setting(files: Files, edit: SetArgument) -> Made:
    """What gives an argument its value.  Raises `Refused`."""
    written = edit.layer.places.get(edit.argument)
    source = digits(edit.layer, edit.argument) if edit.value.isdecimal() else None
    if written is None:
        return _unwritten(files, edit)
    borrowed = _like_the_other(files, edit)
    if borrowed is not None:
        return borrowed
    located, node = files.find(written)
    value = _in_its_call(files, edit, located, node)
    if is_constant(node):
        value = value or _as_written(edit, node)
        return Made([located.replace(node, value)], [written], value)
    if value == located.text(node):
        return Made([], [], value)
    if source is not None:
        return _digits_anew(files, edit, source)
    if isinstance(node, cst.Name):
        return _followed(files, edit, located, node, written)
    if not value:
        raise Refused(f"{edit.argument} is calculated: {located.text(node)}")
    return Made([located.replace(node, value)], [written], value)


def _like_the_other(files: Files, edit: SetArgument) -> Made | None:
    """What writes the argument as another layer has it that says the same; None where that says nothing here."""
    layer, name = edit.like or (edit.layer, "")
    if not name or layer.defined is None:
        return None
    (located, call), (_, other) = constructor(files, edit.layer), constructor(files, layer)
    functions = [next(located.around(one, cst.FunctionDef), None) for one in (call, other) if located.holds(one)]
    mine, theirs = (
        argument_of(files, one, located, at, of)
        for one, at, of in ((edit.layer, call, edit.argument), (layer, other, name))
    )
    if len(functions) < 2 or functions[0] is not functions[1] or mine is None or theirs is None or is_constant(theirs):
        return None
    return Made([located.replace(mine, located.text(theirs))], [], located.text(theirs))


def is_so(edit: SetArgument) -> bool:
    """Whether an argument has the value already that it is to get: the edit only says that it keeps it."""
    held = edit.layer.args.get(edit.argument)
    alike = set(held) if isinstance(held, tuple) and len(set(held)) == 1 else ()
    return edit.argument in edit.layer.args and edit.value in (repr(held), *map(repr, alike))


def _as_written(edit: SetArgument, node: Any) -> str:
    """The value, as a product if one is written there."""
    is_product = isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Multiply)
    return edit.symbolic if is_product and edit.symbolic and not list(fields(edit.symbolic)) else edit.value


def _unwritten(files: Files, edit: SetArgument) -> Made:
    """The argument is added, or changed where its digits are that a star hands on, or an object that holds it."""
    if is_so(edit):
        return Made([], [], edit.value)
    source = digits(edit.layer, edit.argument)
    if source is not None and edit.value.isdecimal():
        return _digits_anew(files, edit, source)
    located, call = constructor(files, edit.layer)
    value = symbolic(files, edit, located, call) or edit.value
    new = ((edit.layer.defined, edit.argument),)
    return Made(added(located, call, f"{edit.argument}={value}"), [], value, new)


def _digits_anew(files: Files, edit: SetArgument, source: Place) -> Made:
    """The argument is handed on from where its digits are written: there they become others."""
    located, number = files.find(source)
    if not isinstance(number, cst.Integer):
        raise Refused(f"it is not known where {edit.argument} is written")
    return Made([located.replace(number, edit.value)], [source], edit.value)


def _followed(files: Files, edit: SetArgument, located: Located, name: cst.Name, written: Place) -> Made:
    """The argument is a name: what gives it its value becomes another one."""
    source = given(located, name)
    if source is None:
        raise Refused(f"{edit.argument} is {name.value}, which is given its value elsewhere")
    value = edit.value
    if not is_constant(source):
        value = "" if _is_default(located, source) else _in_its_call(files, edit, located, name)
    if not value:
        raise Refused(f"{edit.argument} is calculated: {located.text(source)}")
    return Made([located.replace(source, value)], [written], value)


def _is_default(located: Located, source: Any) -> bool:
    return isinstance(located.path(source)[-2], cst.Param)


def _in_its_call(files: Files, edit: SetArgument, located: Located, node: Any) -> str:
    """The symbolic value in the call of which a node is an argument; "" where there is none."""
    found = call_of(located, node)
    return symbolic(files, edit, located, found[0]) if found is not None else ""


def symbolic(files: Files, edit: SetArgument, located: Located, call: cst.Call) -> str:
    """The symbolic value, if the call writes all arguments that it names, and not all as constants; else ""."""
    named = {name: argument_of(files, edit.layer, located, call, name) for name in fields(edit.symbolic)}
    if not named or None in named.values() or all(is_constant(node) for node in named.values()):
        return ""
    return filled(edit.symbolic, lambda name: (named[name], located.text(named[name])))


def argument_of(files: Files, layer: Layer, located: Located, call: cst.Call, name: str) -> Any:
    """The expression that a call gives for an argument of a layer; None if it gives none."""
    by_name = keyword(call, name)
    if by_name is not None:
        return by_name.value
    place = layer.places.get(name)
    if place is not None and place.file == located.source.path:
        node = located.source.node(place.mark)
        if any(arg.value is node for arg in call.args):
            return node
    return _by_position(files, layer, call, name)


def _by_position(files: Files, layer: Layer, call: cst.Call, name: str) -> Any:
    """The positional argument of the constructor of a layer of torch."""
    cls = LIBRARY.find(f"torch.nn.{layer.base}")
    names = cls.signature.names()[1:] if getattr(cls, "signature", None) is not None else []
    if name not in names or layer.defined is None or files.find(layer.defined)[1] is not call:
        return None
    before = call.args[: names.index(name) + 1]
    fits = len(before) == names.index(name) + 1 and all(arg.keyword is None and not arg.star for arg in before)
    return before[-1].value if fits and layer.kind == layer.base else None


def constructor(files: Files, layer: Layer) -> tuple[Located, cst.Call]:
    """The call that builds a layer, or calls a function.  Raises `Refused`."""
    located, call = files.find(layer.defined)
    if not isinstance(call, cst.Call):
        raise Refused(f"no call builds the {layer.kind}")
    return located, call


def removing(files: Files, edit: RemoveArgument) -> Made:
    """What takes an argument away from the call that builds the layer.  Raises `Refused`."""
    written = edit.layer.places.get(edit.argument)
    located, call = constructor(files, edit.layer)
    found = None if written is None else call_of(located, files.find(written)[1])
    if written is None or found is None or found[0] is not call:
        raise Refused(f"{edit.argument} is not written in the call that builds the {edit.layer.kind}")
    return Made(without(located, call, found[1]), [written])
