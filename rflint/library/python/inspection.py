"""inspect: the signatures of functions of the source, and of what kind a value is."""

from __future__ import annotations

from dataclasses import replace

from rflint.interp import attributes
from rflint.interp.calls import bind_source
from rflint.interp.frames import Args, Call
from rflint.interp.values import BoundMethod, Function, Instance, Parameter, Unknown, Value, is_class
from rflint.library.registry import LIBRARY, function, member, native_class

PARAMETER = native_class("inspect.Parameter")
SIGNATURE = native_class("inspect.Signature")
BOUND = native_class("inspect.BoundArguments")
ARGUMENTS = native_class("inspect.FullArgSpec")
SPEC = {"args": "positional plain", "kwonlyargs": "keyword", "varargs": "star", "varkw": "double"}
KINDS = {"positional": 0, "plain": 1, "star": 2, "keyword": 3, "double": 4}
KIND_NAMES = ("POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD", "VAR_POSITIONAL", "KEYWORD_ONLY", "VAR_KEYWORD")
PARAMETER.members.update({name: number for number, name in enumerate(KIND_NAMES)})
PARAMETER.members["empty"] = SIGNATURE.members["empty"] = LIBRARY.find("typing.Any")


@function("inspect.signature", signature="obj")
def signature(call: Call, obj: Value) -> Value:
    """`signature(function)`: what its parameters are called and of which kind they are."""
    skip = 0
    if isinstance(obj, BoundMethod):
        obj, skip = obj.function, 1
    found = _unwrapped(obj if isinstance(obj, Function) else attributes.find_in_class(obj, "__init__"))
    if not isinstance(found, Function):
        return call.unknown("the signature of a function that is not in the source")
    rows = found.parameters[skip or int(not isinstance(obj, Function)) :]
    parameters = {row.name: _parameter(row) for row in rows}
    return Instance(SIGNATURE, {"parameters": parameters, "_function": replace(found, parameters=rows)}, call.place)


@function("inspect.getfullargspec", signature="func")
def full_argument_names(call: Call, func: Value) -> Value:
    """`getfullargspec(function)`: the names of its parameters by kind, `self` included."""
    found = attributes.find_in_class(func, "__init__") if is_class(func) else getattr(func, "function", func)
    if isinstance(func, Instance):
        found = attributes.find_in_class(func.cls, "__call__")
    if not isinstance(found, Function):
        return func if isinstance(func, Unknown) else call.unknown("the parameters of a function of the library")
    kinds = {kind: [row.name for row in found.parameters if row.kind in kind.split()] for kind in SPEC.values()}
    names = {field: kinds[kind] for field, kind in SPEC.items()}
    stars = {field: next(iter(names[field]), None) for field in ("varargs", "varkw")}
    return Instance(ARGUMENTS, {**names, **stars}, call.place)


def _unwrapped(found: Value) -> Value:
    while isinstance(found, Function) and "__wrapped__" in found.attrs:
        found = found.attrs["__wrapped__"]
    return found


def _parameter(row: Parameter) -> Instance:
    default = row.default if row.has_default else PARAMETER.members["empty"]
    return Instance(PARAMETER, {"name": row.name, "kind": KINDS[row.kind], "default": default})


@member(SIGNATURE, "bind", "bind_partial")
def bind(call: Call) -> Value:
    """`signature.bind(*args, **kwargs)`: what each parameter is given; raises `Raised` where they do not fit."""
    self, *positional = call.args.positional
    called = self.attrs["_function"]
    if call.args.open is not None:
        return call.args.open
    if call.name.endswith("bind_partial"):
        called = replace(called, parameters=tuple(row._replace(has_default=True) for row in called.parameters))
    names = bind_source(called, Args(positional, dict(call.args.keywords)), call.frame, call.node)
    given = _given(called.parameters, len(positional), call.args.keywords)
    arguments = {name: value for name, value in names.items() if name in given}
    return Instance(BOUND, {"arguments": arguments, "signature": self}, call.place)


def _given(rows: tuple[Parameter, ...], count: int, keywords: dict[str, Value]) -> set[str]:
    """The parameters that so many positional arguments, and these keywords, give a value to."""
    plain = [row.name for row in rows if row.kind in ("positional", "plain")]
    more = {"star": count > len(plain), "double": bool(set(keywords) - {row.name for row in rows})}
    return {*plain[:count], *keywords, *(row.name for row in rows if more.get(row.kind))}


@member(BOUND, "apply_defaults", signature="")
def apply_defaults(call: Call, self: Instance) -> Value:
    """`bound.apply_defaults()`: parameters without a value get their default."""
    held = self.attrs["arguments"]
    rows = self.attrs["signature"].attrs["_function"].parameters
    empty: dict[str, Value] = {"star": (), "double": {}}
    full = {row.name: held.get(row.name, empty.get(row.kind, row.default)) for row in rows}
    call.interp.state.touch(self)
    self.attrs["arguments"] = full
    return None


@function("inspect.isclass", signature="object")
def isclass(call: Call, object: Value) -> Value:
    """`isclass(value)`."""
    return object if isinstance(object, Unknown) else is_class(object)


@function("inspect.isfunction", signature="object")
def isfunction(call: Call, object: Value) -> Value:
    """`isfunction(value)`."""
    return object if isinstance(object, Unknown) else isinstance(object, Function)
