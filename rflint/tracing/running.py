"""Tracing: a root is built and run on shapes; what comes out is a `Trace`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from rflint.dims import Dim, symbol
from rflint.interp import attributes, budget
from rflint.interp.frames import Frame
from rflint.interp.interpreter import Interpreter
from rflint.interp.scopes import Scope
from rflint.interp.values import ClassValue, Instance, Raised, SourceModule, Tensor, Unknown, Value
from rflint.library.torch.op import InputShape
from rflint.library.torch.refusal import Refusal
from rflint.source import Source
from rflint.trace import Place, Raising, Shape, Trace
from rflint.tracing import passing
from rflint.tracing.building import CALLS, build
from rflint.tracing.finishing import finished, without_network
from rflint.tracing.session import Root, Session, deep_recursion

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
            return _run(interp, root, network, place, session.examples)
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
                    return _run(interp, once, network, place, examples=False)
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
        refused = isinstance(problem.text, Refusal)
        interp.recorder.raised = Raising(problem.place, problem.name, problem.text[:], refused)
        return Unknown(f"{problem.name}: {problem.text}", problem.place), None
    except budget.Exhausted as problem:
        return Unknown(f"given up: {problem}"), None
    except RecursionError:
        return Unknown("given up: the code is nested too deeply"), None


def _run(interp: Interpreter, root: Root, network: Instance, place: Place | None, examples: bool) -> Trace:
    """The first way to pass the inputs that gives a complete trace; else the first one that torch does not refuse."""
    *ways, last = passing.ways(interp, network, root, examples)
    kept: Trace | None = None
    for shapes in ways:
        with suppress(Raised, budget.Exhausted), interp.state.attempt():
            seen = _passed(interp, root, network, place, shapes, strict=True)
            if seen.complete:
                return seen
            kept = kept or seen
        interp.recorder.restart()
    made = _supposed(interp, root, network, place, last)
    return made if kept is None or made.complete else kept


def _supposed(
    interp: Interpreter, root: Root, network: Instance, place: Place | None, shapes: dict[str, Shape]
) -> Trace:
    """The trace, where layers tell the shapes of inputs that are not declared: all of one size, and without further
    axes; or, if not everything can be followed then, only with what they surely tell, if they tell anything or torch
    refuses what is supposed."""
    supposed = [name for name, tensor in passing.tensors(network, shapes).items() if tensor.shape is None]
    if not supposed:
        return _passed(interp, root, network, place, shapes, strict=False)
    told: list[InputShape] = []
    steps = interp.budget.steps
    with interp.state.attempt():
        made = _passed(interp, root, network, place, shapes, strict=False, told=told)
        if made.complete or not (len(told) > 1 or any(one.guess for one in told)):
            return made
    interp.recorder.restart()
    interp.budget.steps = steps
    surely = _passed(interp, root, network, place, shapes, strict=False, apart=True)
    is_nothing_sure = all(surely.input_shapes.get(name) is None for name in supposed)
    return made if is_nothing_sure and not _is_refused(made) else surely


def _is_refused(made: Trace) -> bool:
    """Whether torch surely raises somewhere: on inputs that were only supposed, these cannot be."""
    return made.raised is not None or any(use.refused for use in made.uses)


def _passed(
    interp: Interpreter,
    root: Root,
    network: Instance,
    place: Place | None,
    shapes: dict[str, Shape],
    strict: bool,
    apart: bool = False,
    told: list[InputShape] | None = None,
) -> Trace:
    """The trace with inputs of these shapes.  With `strict` what `forward` raises is raised here as well; `apart` the
    sizes that are told of each further input are its own, and guesses are not taken.  `told` takes what layers tell."""
    inputs: dict[str, Tensor] = {}
    output: Value = Unknown("the shapes of its inputs could not be determined")
    for _ in range(8):
        interp.recorder.sure = apart
        try:
            with interp.state.trial():
                inputs, output = _forward(interp, network, shapes, strict)
            break
        except InputShape as found:
            shapes = {**shapes, found.name: own_sizes(found) if apart and shapes else found.shape}
            if told is not None:
                told.append(found)
            interp.recorder.restart()
    return finished(interp, root, network, place, inputs, output, bool(root.inputs))


def own_sizes(found: InputShape) -> Shape:
    """The shape with symbols of this input for its sizes: `H_mask`; the batch is that of all inputs."""
    batch, *sizes = found.shape
    return (batch, *(symbol(f"{size}_{found.name}") if isinstance(size, Dim) else size for size in sizes))


def _forward(
    interp: Interpreter, network: Instance, shapes: dict[str, Shape], strict: bool
) -> tuple[dict[str, Tensor], Value]:
    inputs = passing.tensors(network, shapes)
    recorder = interp.recorder
    recorder.root, recorder.on = network, True
    try:
        return inputs, _call_forward(interp, network, inputs, strict)
    finally:
        recorder.on = False


@dataclass(frozen=True)
class _Stand:
    """The source of a call that is not written anywhere: all of it stands at one mark."""

    at: int
    module: Any = None

    def mark(self, node: Any) -> int:
        """The mark of the network."""
        return self.at


def _caller(network: Instance) -> SourceModule:
    """The module that calls the network, in the place of one that nobody wrote: what has no place of its own, such as
    the calls that `nn.Sequential` makes, stands where the network is constructed, or else its class defined."""
    places = (network.place, network.cls.place if isinstance(network.cls, ClassValue) else None)
    place = next((one for one in places if one is not None and not one.file.startswith(CALLS)), None)
    if place is None:
        return SourceModule("?", CALLS, Scope(), Source(CALLS, ""))
    return SourceModule("?", place.file, Scope(), _Stand(place.mark))


def _call_forward(interp: Interpreter, network: Instance, inputs: dict[str, Tensor], strict: bool) -> Value:
    frame = Frame(interp, Scope(), _caller(network))
    node = frame.module.source.module
    passed = passing.arguments(network, inputs)

    def run() -> tuple[Value, None]:
        interp.call(attributes.get(network, "train", frame, node), [interp.mode], frame, node)
        return interp.call_with(network, passed, frame, node), None

    return run()[0] if strict else _guarded(interp, run)[0]
