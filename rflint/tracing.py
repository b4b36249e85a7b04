"""Tracing: a root is built and run on shapes; what comes out is a `Trace`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from rflint.building import CALLS, build
from rflint.finishing import finished, without_network
from rflint.interp import attributes, budget
from rflint.interp.frames import Args, Frame
from rflint.interp.interpreter import Interpreter
from rflint.interp.scopes import Scope
from rflint.interp.values import (
    BoundMethod,
    ClassValue,
    Function,
    Instance,
    Raised,
    SourceModule,
    Tensor,
    Unknown,
    Value,
)
from rflint.library.torch.op import InputShape
from rflint.session import Root, Session, deep_recursion
from rflint.source import Source
from rflint.trace import Place, Raising, Shape, Trace

T = TypeVar("T")


def trace(session: Session, root: Root) -> Trace:
    """Build the root and run its `forward` on the shapes of its inputs.

    What the source does never raises: what could not be followed is in the trace's `unknowns`.  Raises `TargetError`
    if the call cannot be read, names nothing in the file, or gives something else than a network.
    """
    with deep_recursion():
        interp, network, place = _built(session, root)
        if not interp.is_network(network):
            return without_network(interp, root, network, place)
        interp.state.enter()
        try:
            return _run(interp, root, network, place)
        finally:
            interp.state.leave()


def retracer(session: Session, root: Root) -> Callable[[Sequence[tuple[str, Shape]]], Trace]:
    """Build the root once; what is given runs it on inputs, each time as if it were the first.

    Such a trace ends where something is not known, since nothing behind it can be either.
    """
    with deep_recursion():
        interp, network, place = _built(session, root)
    steps = interp.budget.steps

    def run(inputs: Sequence[tuple[str, Shape]]) -> Trace:
        once = replace(root, inputs=tuple(inputs))
        with deep_recursion():
            if not interp.is_network(network):
                return without_network(interp, once, network, place)
            interp.state.enter()
            _begin(interp, steps)
            try:
                with interp.state.attempt():
                    return _run(interp, once, network, place)
            finally:
                interp.state.leave()

    return run


def _begin(interp: Interpreter, steps: int) -> None:
    """An interpreter as it was when the network had been built."""
    interp.budget.steps = steps
    interp.recorder.restart()
    interp.recorder.strict = True


def _built(session: Session, root: Root) -> tuple[Interpreter, Value, Place | None]:
    if root.build_key in session.built:
        return session.built.pop(root.build_key)
    interp = session.interpreter()
    return interp, *_guarded(interp, lambda: build(session, interp, root))


def _guarded(interp: Interpreter, make: Callable[[], T]) -> T | tuple[Unknown, None]:
    """What `make` gives; what the analysed code raises, and a budget that is used up, make it unknown."""
    try:
        return make()
    except Raised as problem:
        interp.recorder.raised = Raising(problem.place, problem.name, problem.text)
        return Unknown(f"{problem.name}: {problem.text}", problem.place), None
    except budget.Exhausted as problem:
        return Unknown(f"given up: {problem}"), None
    except RecursionError:
        return Unknown("given up: the code is nested too deeply"), None


def _run(interp: Interpreter, root: Root, network: Instance, place: Place | None) -> Trace:
    shapes = dict(_named(interp, network, root.inputs))
    for _ in range(8):
        try:
            with interp.state.trial():
                inputs, output = _forward(interp, network, shapes)
            break
        except InputShape as found:
            shapes[found.name] = found.shape
            interp.recorder.restart()
    else:
        inputs, output = {}, Unknown("the shapes of its inputs could not be determined")
    return finished(interp, root, network, place, inputs, output, bool(root.inputs))


def _named(interp: Interpreter, network: Instance, inputs: Sequence[tuple[str, Shape]]) -> Iterator[tuple[str, Shape]]:
    names = [name for name, _ in forward_parameters(network)]
    unnamed = iter(names)
    for position, (name, shape) in enumerate(inputs):
        yield name or next(unnamed, f"input{position}"), shape


def _forward_of(network: Instance) -> Value:
    """The function that runs when a network is called: one that was bound to it by hand, or that of its class."""
    bound = network.attrs.get("forward")
    if isinstance(bound, BoundMethod) and bound.receiver is network:
        return bound.function
    return attributes.find_in_class(network.cls, "forward")


def forward_parameters(network: Instance) -> list[tuple[str, bool]]:
    """The parameters of `forward` that can take a tensor, and whether they must be given."""
    forward = _forward_of(network)
    if isinstance(forward, Function):
        rows = [(p.name, p.kind, p.has_default) for p in forward.parameters[1:]]
        return [(name, not default) for name, kind, default in rows if kind in ("positional", "plain", "keyword")]
    return [("input", True)]


def _forward(interp: Interpreter, network: Instance, shapes: dict[str, Shape]) -> tuple[dict[str, Tensor], Value]:
    inputs: dict[str, Tensor] = {}
    for name, required in forward_parameters(network):
        if name in shapes:
            inputs[name] = Tensor(shapes[name], name)
        elif required:
            inputs[name] = Tensor(None, name, reason=f"the size of input {name} is not declared", open=name)
    for name, shape in shapes.items():
        inputs.setdefault(name, Tensor(shape, name))
    recorder = interp.recorder
    recorder.root, recorder.on = network, True
    try:
        return inputs, _call_forward(interp, network, inputs)
    finally:
        recorder.on = False


def _call_forward(interp: Interpreter, network: Instance, inputs: dict[str, Tensor]) -> Value:
    module = network.cls.module if isinstance(network.cls, ClassValue) else None
    frame = Frame(interp, Scope(), module or SourceModule("?", CALLS, Scope(), Source(CALLS, "")))
    node = frame.module.source.module
    passed = _arguments(network, inputs)

    def run() -> tuple[Value, None]:
        interp.call(attributes.get(network, "train", frame, node), [interp.mode], frame, node)
        return interp.call_with(network, passed, frame, node), None

    return _guarded(interp, run)[0]


def _arguments(network: Instance, inputs: dict[str, Tensor]) -> Args:
    """Inputs are passed by name, so that parameters in between keep their defaults; by position where `forward`
    takes `*args`."""
    names = [name for name, _ in forward_parameters(network)]
    forward = _forward_of(network)
    if not isinstance(forward, Function):
        return Args(list(inputs.values()))
    known = {name: tensor for name, tensor in inputs.items() if name in names}
    passed = (
        Args([t for name, t in inputs.items() if name not in names], known) if known else Args(list(inputs.values()))
    )
    star = next((p for p in forward.parameters if p.kind in ("star", "double")), None)
    if star is not None and not inputs:
        stars = "*" if star.kind == "star" else "**"
        node = forward.node
        place = Place(forward.module.file, forward.module.source.mark(node.name))
        passed.open = Unknown(f"what forward({stars}{star.name}) is given is not known: declare its inputs", place)
    return passed
