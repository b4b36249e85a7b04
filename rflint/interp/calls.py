"""Calls: binding arguments, running functions, making instances."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

from rflint.interp import attributes, budget
from rflint.interp.evaluation import evaluate
from rflint.interp.frames import Args, Call, Frame, Writing
from rflint.interp.scopes import Scope
from rflint.interp.statements import NOTHING, run
from rflint.interp.values import (
    BoundMethod,
    ClassMethod,
    ClassValue,
    Function,
    Instance,
    Iteration,
    Named,
    NativeClass,
    NativeFunction,
    Parameter,
    Partial,
    Raised,
    Rest,
    Signature,
    StaticMethod,
    Unknown,
    Value,
)


def call(function: Value, args: Args, frame: Frame, node: Any) -> Value:
    """Call any value."""
    if isinstance(function, BoundMethod):
        return call(function.function, args.after(function.receiver), frame, node)
    if isinstance(function, Function):
        return call_function(function, args, frame, node)
    if isinstance(function, NativeFunction):
        return call_native(function, args, frame, node)
    if isinstance(function, (ClassValue, NativeClass)):
        return instantiate(function, args, frame, node)
    if isinstance(function, Instance):
        return call_instance(function, args, frame, node)
    if isinstance(function, Partial):
        merged = Args([*function.args, *args.positional], {**function.kwargs, **args.keywords}, args.open)
        before = len(function.args)
        merged.written = {k + before if isinstance(k, int) else k: one for k, one in args.written.items()}
        return call(function.function, merged, frame, node)
    if isinstance(function, Unknown):
        return frame.interp.unknown_call(function, args, frame, node)
    if isinstance(function, (StaticMethod, ClassMethod)):
        return call(function.function, args, frame, node)
    return frame.interp.builtins.call(function, args, frame, node)


def call_instance(function: Instance, args: Args, frame: Frame, node: Any) -> Value:
    """Call an object: its `__call__`."""
    found = attributes.find_in_class(function.cls, "__call__")
    if found is attributes.ABSENT:
        missing = attributes.unknown_base(function.cls)
        if missing is not None:
            return frame.interp.unknown_call(missing, args, frame, node)
        raise Raised(TypeError, f"{attributes.describe(function)} is not callable", frame.place(node))
    value = call(found, args.after(function), frame, node)
    for contract, place in function.said:
        frame.interp.recorder.hear(contract, place, value)
    return value


def call_function(
    function: Function, args: Args, frame: Frame, node: Any, on_yield: Callable[[Value], Value] | None = None
) -> Value:
    """Run a function of the source in a frame of its own."""
    interp = frame.interp
    if interp.budget.depth >= budget.DEPTH:
        return frame.unknown(f"calls more than {budget.DEPTH} deep", node)
    scope = Scope(bind_source(function, args, frame, node), function.scope, born=interp.state.birthday)
    receiver = args.positional[0] if args.positional else None
    if function.name == "__init__" and isinstance(receiver, Instance):
        receiver.given = {**scope.names, **receiver.given}
    inner = Frame(interp, scope, function.module, function, receiver, [] if function.generator else None)
    inner.on_yield = on_yield
    inner.given = given_to(function, args) if args.written else {}
    interp.budget.depth += 1
    interp.budget.step()
    try:
        return _result(function, inner)
    finally:
        interp.budget.depth -= 1


def _result(function: Function, frame: Frame) -> Value:
    if isinstance(function.node, cst.Lambda):
        return evaluate(function.node.body, frame)
    end = run(function.node.body, frame)
    if frame.yields is not None:
        return Iteration(frame.yields)
    if end is None or end.value is NOTHING:
        return None
    return frame.interp.joined(end.value, None) if end.falls else end.value


def bind_source(function: Function, args: Args, frame: Frame, node: Any) -> dict[str, Value]:
    """The local names of a call.  Raises `Raised` (TypeError) where the arguments certainly do not fit."""
    names: dict[str, Value] = {}
    positional, keywords = list(args.positional), dict(args.keywords)
    for parameter in function.parameters:
        if parameter.kind in ("positional", "plain") and positional:
            names[parameter.name] = positional.pop(0)
        elif parameter.kind == "star":
            named = args.open is None or isinstance(args.open, Named)
            names[parameter.name] = tuple(positional) if named else (*positional, _as_rest(args.open))
            positional = []
        elif parameter.kind == "double":
            names[parameter.name] = _rest_of(keywords, args)
            keywords = {}
        elif parameter.name in keywords:
            names[parameter.name] = keywords.pop(parameter.name)
        else:
            names[parameter.name] = _missing(function, parameter, args, frame, node)
    if (positional or keywords) and args.open is None:
        extra = f"{len(positional)} positional" if positional else f"'{next(iter(keywords))}'"
        raise Raised(TypeError, f"{function.name}() got unexpected argument(s): {extra}", frame.place(node))
    return names


def given_to(function: Function, args: Args) -> dict[str, Writing]:
    """Where what each parameter is given is written; nothing of what a target, and no file, says."""
    written = {key: one for key, one in args.written.items() if not one.frame.module.file.startswith("<")}
    given: dict[str, Writing] = {}
    position = 0
    for parameter in function.parameters:
        name = parameter.name
        if parameter.kind == "star":
            given[name] = {
                key - position: one for key, one in written.items() if isinstance(key, int) and key >= position
            }
        elif parameter.kind == "double":
            given[name] = {key: one for key, one in written.items() if isinstance(key, str) and key not in given}
        else:
            key = position if parameter.kind != "keyword" and position < len(args.positional) else name
            given[name] = {0: written[key]} if key in written else {}
            position += 1
    return given


def _rest_of(keywords: dict[str, Value], args: Args) -> Value:
    if args.open is None or isinstance(args.open, Rest):
        return dict(keywords)
    rest = _as_rest(args.open)
    return {**keywords, rest: rest}


def _as_rest(doubt: Unknown | None) -> Rest:
    assert doubt is not None
    return doubt if isinstance(doubt, Rest) else Rest(doubt.reason, doubt.place)


def _missing(function: Function, parameter: Parameter, args: Args, frame: Frame, node: Any) -> Value:
    keyword_only = parameter.kind == "keyword" and isinstance(args.open, Rest)
    if args.open is not None and not keyword_only:
        return Unknown(args.open.reason, args.open.place)
    if parameter.has_default:
        return parameter.default
    raise Raised(TypeError, f"{function.name}() misses argument '{parameter.name}'", frame.place(node))


def call_native(function: NativeFunction, args: Args, frame: Frame, node: Any) -> Value:
    """Call a function that the library describes."""
    frame.interp.budget.step()
    context = Call(frame.interp, frame, node, args, function.name)
    if function.signature is None:
        return _run_unbound(function, context)
    if args.open is not None:
        return Unknown(args.open.reason, args.open.place)
    return _guarded(function, context, bind_native(function.name, function.signature, args, frame, node))


def _run_unbound(function: NativeFunction, context: Call) -> Value:
    """Functions that look at the arguments themselves: they may be too few, or hidden in a star."""
    if context.args.open is not None:
        try:
            return function.run(context)
        except FAULTS:
            return Unknown(context.args.open.reason, context.args.open.place)
    return _guarded(function, context, {})


FAULTS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)


def _guarded(function: NativeFunction, context: Call, given: dict[str, Value]) -> Value:
    """Arguments that nobody thought of when the function was described make its result unknown, and nothing else."""
    try:
        return function.run(context, **given)
    except FAULTS as problem:
        context.interp.faults.append(problem)
        return context.unknown(f"{function.name} with these arguments is not supported")


def bind_native(name: str, signature: Signature, args: Args, frame: Frame, node: Any) -> dict[str, Value]:
    """The arguments of a library function by name.  Raises `Raised` (TypeError) where they do not fit."""
    bound: dict[str, Value] = {}
    positional, keywords = list(args.positional), dict(args.keywords)
    for slot in signature.slots:
        if slot.kind == "star":
            bound[slot.name], positional = tuple(positional), []
        elif slot.kind == "double":
            bound[slot.name], keywords = keywords, {}
        elif slot.kind == "plain" and positional:
            bound[slot.name] = positional.pop(0)
        elif slot.name in keywords:
            bound[slot.name] = keywords.pop(slot.name)
        elif not slot.required:
            bound[slot.name] = slot.default
        elif args.open is not None:
            bound[slot.name] = Unknown(args.open.reason, args.open.place)
        else:
            raise Raised(TypeError, f"{name}() misses argument '{slot.name}'", frame.place(node))
    if (positional or keywords) and args.open is None:
        extra = f"{len(positional)} positional" if positional else f"'{next(iter(keywords))}'"
        raise Raised(TypeError, f"{name}() got unexpected argument(s): {extra}", frame.place(node))
    return bound


def instantiate(cls: ClassValue | NativeClass, args: Args, frame: Frame, node: Any) -> Value:
    """Make an instance of a class and initialise it."""
    for one in attributes.order_of(cls):
        if isinstance(one, NativeClass) and one.new is not None:
            return one.new(Call(frame.interp, frame, node, args, one.name), cls)
    own = attributes.find_in_class(cls, "__new__")
    if isinstance(own, (Function, StaticMethod)):
        made = call(own, args.after(cls), frame, node)
        if isinstance(made, Instance) and attributes.is_subclass(made.cls, cls):
            initialise(made, args, frame, node)
        return made
    if isinstance(cls, ClassValue):
        enumerated = cls.notes.get("members")
        if enumerated is not None:
            return frame.interp.builtins.enum_member(cls, args, frame, node)
    instance = Instance(cls, {}, frame.place(node), born=frame.interp.state.birthday)
    frame.interp.builtins.give_payload(instance, args, frame, node)
    initialise(instance, args, frame, node)
    return instance


def initialise(instance: Instance, args: Args, frame: Frame, node: Any) -> None:
    """Run `__init__`, wherever it is found."""
    found = attributes.find_in_class(instance.cls, "__init__")
    if found is not attributes.ABSENT:
        doubt = call(found, args.after(instance), frame, node)
        if isinstance(doubt, Unknown):
            attributes.put_somewhere(instance, doubt, frame)
