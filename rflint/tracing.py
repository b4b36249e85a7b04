"""Tracing: a root is built and run on shapes; what comes out is a `Trace`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import libcst as cst

from rflint import dims
from rflint.dims import Size, symbol
from rflint.interp import attributes, budget
from rflint.interp.frames import Args, Frame
from rflint.interp.imports import Loader, Read
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
    find_unknown,
)
from rflint.library import LIBRARY
from rflint.library.torch.op import InputShape
from rflint.source import Source, SyntaxProblem
from rflint.trace import Layer, Note, Place, Shape, Trace, Use

CALLS = "<call>"
"""The file name of calls that are not written in a file: targets, and roots that rflint chose."""


NESTING = 8
"""Containers inside each other, in what `forward` returns, that are looked into."""


class TargetError(Exception):
    """A call that was asked for and means no network: a sentence."""


@dataclass(frozen=True, slots=True)
class Root:
    """What is analysed as a whole: a call, to be evaluated in the scope of a file's module.

    `inputs` are the shapes that are declared, by parameter name, or in order with the name ""; `open` says that
    arguments which are missing are unknown instead of an error.
    """

    file: str
    call: str
    inputs: tuple[tuple[str, Shape], ...] = ()
    task: str | None = None
    open: bool = False

    @property
    def target(self) -> str:
        """`path::call`."""
        return f"{self.file}::{self.call}"

    @property
    def build_key(self) -> tuple[str, str, bool]:
        """What the network that is built hangs on: not the inputs."""
        return self.file, self.call, self.open


@dataclass(slots=True)
class Session:
    """One run over any number of roots: the modules that were read, the places that were named."""

    read: Read
    search: tuple[str, ...] = ()
    training: bool = False
    environment: tuple[str, ...] = ()
    """Those of the folders to search that hold installed libraries."""
    loader: Loader = field(init=False)
    sources: dict[str, Source] = field(default_factory=dict)
    built: dict[tuple[str, str, bool], tuple[Interpreter, Value, Place | None]] = field(default_factory=dict)
    """Networks that the search for roots has built already; tracing takes them from here."""

    def __post_init__(self) -> None:
        self.loader = Loader(self.read, LIBRARY, self.search)

    def interpreter(self) -> Interpreter:
        """A fresh interpreter over the shared modules."""
        return Interpreter(LIBRARY, self.loader, self.training)

    def source(self, file: str) -> Source | None:
        """The source that a place's file name means."""
        return self.sources.get(file) or self.loader.sources.get(file)


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Python's own recursion limit, raised while the interpreter runs."""
    held = sys.getrecursionlimit()
    sys.setrecursionlimit(max(held, budget.HOST_RECURSION))
    try:
        yield
    finally:
        sys.setrecursionlimit(held)


def trace(session: Session, root: Root) -> Trace:
    """Build the root and run its `forward` on the shapes of its inputs.

    What the source does never raises: what could not be followed is in the trace's `unknowns`.  Raises `TargetError`
    if the call cannot be read, names nothing in the file, or gives something else than a network.
    """
    with deep_recursion():
        if root.build_key in session.built:
            interp, network, place = session.built.pop(root.build_key)
        else:
            interp = session.interpreter()
            network, place = _guarded(lambda: build(session, interp, root))
        if not interp.is_network(network):
            return _without_network(interp, root, network, place)
        interp.state.enter()
        interp.training = interp.mode
        try:
            return _run(interp, root, network, place)
        finally:
            interp.state.leave()


def _guarded(make: Any) -> Any:
    try:
        return make()
    except Raised as problem:
        return Unknown(f"{_kind(problem)}: {problem.text}", problem.place), None
    except budget.Exhausted as problem:
        return Unknown(f"given up: {problem}"), None
    except RecursionError:
        return Unknown("given up: the code is nested too deeply"), None


def _kind(problem: Raised) -> str:
    return str(getattr(problem.kind, "__name__", getattr(problem.kind, "name", "an exception")))


def build(session: Session, interp: Interpreter, root: Root) -> tuple[Value, Place | None]:
    """The value of a root's call, and where what it calls is defined.

    What the call changes of the modules that all roots share is put away with the interpreter (`State.leave`)."""
    try:
        return _built(session, interp, root)
    finally:
        interp.state.leave()


def _built(session: Session, interp: Interpreter, root: Root) -> tuple[Value, Place | None]:
    module = session.loader.load_file(root.file, interp)
    if isinstance(module, Unknown):
        return module, module.place
    frame, node = call_frame(session, interp, module, root)
    function = interp.evaluate(node.func, frame) if root.open else None
    if function is not None:
        doubt = Unknown(_not_given(root), frame.place(node))
        return interp.call_with(function, Args([], {}, doubt), frame, node), definition(function)
    made = interp.evaluate(node, frame)
    called = interp.evaluate(node.func, frame) if hasattr(node, "func") else made
    return made, definition(called) or definition(made)


def _not_given(root: Root) -> str:
    how = "name a call such as Net(10) in [[tool.rflint.network]] of the configuration"
    return f"the arguments of {root.call} are not given: {how}"


def call_frame(session: Session, interp: Interpreter, module: SourceModule, root: Root) -> tuple[Frame, Any]:
    """A frame in a module's scope for a call that is not written in its file, and the call's node.

    Raises `TargetError` if the call does not parse, or what it calls is not in the file.
    """
    file = f"{CALLS}{len(session.sources)}"
    source = session.sources[file] = Source(file, root.call + "\n")
    outer = SourceModule(module.name, file, module.scope, source, module.package, "done", False, module.stars)
    frame = Frame(interp, Scope(outer=module.scope), outer)
    node = _expression(source, root)
    name = _first_name(node)
    if name is not None and module.scope.find(name) is None:
        found = session.loader.star(outer, name, frame, node) if module.stars else attributes.ABSENT
        if found is attributes.ABSENT or isinstance(found, Unknown):
            raise TargetError(f"{root.file} defines no {name}")
    return frame, node


def _expression(source: Source, root: Root) -> Any:
    """The node of a root's call.  Raises `TargetError` if it is not one expression."""
    try:
        node: Any = source.module.body[0]
        while not isinstance(node, cst.BaseExpression):
            node = node.value if isinstance(node, cst.Expr) else node.body[0]
        return node
    except (SyntaxProblem, AttributeError, IndexError):
        raise TargetError(f"{root.call!r} in {root.target} is no call such as Net(10)") from None


def _first_name(node: Any) -> str | None:
    """`a` of `a.b(c).d`."""
    while isinstance(node, (cst.Call, cst.Attribute)):
        node = node.func if isinstance(node, cst.Call) else node.value
    return node.value if isinstance(node, cst.Name) else None


def definition(value: Value) -> Place | None:
    """Where a function or class is defined."""
    if isinstance(value, BoundMethod):
        value = value.function
    if isinstance(value, Instance):
        value = value.cls
    if isinstance(value, ClassValue):
        return value.place
    if isinstance(value, Function):
        wrapped = value.attrs.get("__wrapped__")
        if wrapped is not None:
            return definition(wrapped)
        name = getattr(value.node, "name", value.node)
        return Place(value.module.file, value.module.source.mark(name))
    return None


# -- running ---------------------------------------------------------------------------------------------------


def _run(interp: Interpreter, root: Root, network: Instance, place: Place | None) -> Trace:
    shapes = dict(_named(interp, network, root.inputs))
    for _ in range(8):
        try:
            with interp.state.trial():
                inputs, output = _forward(interp, network, shapes)
            break
        except InputShape as found:
            shapes[found.name] = found.shape
            constructed = interp.recorder.constructed
            interp.recorder.__init__(interp)  # type: ignore[misc]
            interp.recorder.constructed = constructed
    else:
        inputs, output = {}, Unknown("the shapes of its inputs could not be determined")
    return _finished(interp, root, network, place, inputs, output, bool(root.inputs))


def _named(interp: Interpreter, network: Instance, inputs: Sequence[tuple[str, Shape]]) -> Iterator[tuple[str, Shape]]:
    names = [name for name, _ in forward_parameters(network)]
    unnamed = iter(names)
    for position, (name, shape) in enumerate(inputs):
        yield name or next(unnamed, f"input{position}"), shape


def forward_parameters(network: Instance) -> list[tuple[str, bool]]:
    """The parameters of `forward` that can take a tensor, and whether they must be given."""
    forward = attributes.find_in_class(network.cls, "forward")
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
    try:
        return interp.call_with(network, passed, frame, node)
    except Raised as problem:
        unknown = Unknown(f"{_kind(problem)}: {problem.text}", problem.place)
    except budget.Exhausted as problem:
        unknown = Unknown(f"given up: {problem}")
    except RecursionError:
        unknown = Unknown("given up: the code is nested too deeply")
    interp.recorder.note(unknown)
    return unknown


def _arguments(network: Instance, inputs: dict[str, Tensor]) -> Args:
    """Inputs are passed by name, so that parameters in between keep their defaults; by position where `forward`
    takes `*args`."""
    names = [name for name, _ in forward_parameters(network)]
    forward = attributes.find_in_class(network.cls, "forward")
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


# -- the finished trace ----------------------------------------------------------------------------------------


def _finished(
    interp: Interpreter,
    root: Root,
    network: Instance,
    place: Place | None,
    inputs: dict[str, Tensor],
    output: Value,
    declared: bool,
) -> Trace:
    recorder = interp.recorder
    notes = dict(recorder.notes)
    doubt = find_unknown(output)
    if doubt is not None:
        notes[Note(doubt.place, doubt.reason)] = None
    if root.open and notes:  # the first of all reasons
        notes = {Note(place, _not_given(root)): None, **notes}
    sources: list[int | str | None] = []
    mirrored = mirror(output, sources)
    made = Trace(
        target=root.target,
        call=root.call,
        file=root.file,
        place=place,
        inputs={name: tensor.shape for name, tensor in inputs.items()},
        input_shapes={name: tensor.shape for name, tensor in inputs.items()},
        uses=recorder.uses,
        output=mirrored,
        output_sources=sources,
        unknowns=list(notes),
        complete=not notes and bool(sources) and all(_is_known(s) for s in _shapes(output)),
        task=root.task,
        declared=declared,
    )
    if not any(operand.shape is not None for use in made.uses for operand in use.operands):
        _in_constructor_order(interp, made, network)
    return made


def _is_known(shape: Shape | None) -> bool:
    return shape is not None and not any(dims.is_unknown(size) for size in shape)


def _shapes(value: Value, depth: int = 0) -> Iterator[Shape | None]:
    if isinstance(value, Tensor):
        yield value.shape
    elif depth > NESTING:
        yield None
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _shapes(item, depth + 1)
    elif isinstance(value, dict):
        yield from _shapes(list(value.values()), depth + 1)
    elif isinstance(value, Instance):
        yield from _shapes(list(value.attrs.values()), depth + 1)


def mirror(value: Value, sources: list[int | str | None], depth: int = 0) -> Any:
    """What `forward` returns, as shapes in the same structure; collects what made each tensor."""
    if isinstance(value, Tensor):
        sources.append(value.source)
        return value.shape
    if depth > NESTING:
        return None
    if isinstance(value, (list, tuple)):
        return [mirror(item, sources, depth + 1) for item in value]
    if isinstance(value, dict):
        return {str(key): mirror(item, sources, depth + 1) for key, item in value.items()}
    if isinstance(value, Instance) and isinstance(value.native, (tuple, dict)):
        return mirror(value.attrs or value.native, sources, depth + 1)
    if isinstance(value, Instance):
        names = value.attrs.items()
        return {name: mirror(item, sources, depth + 1) for name, item in names if tensors(item)}
    return None


def tensors(value: Value) -> bool:
    """Is there a tensor inside?"""
    return any(True for _ in _shapes(value))


def _in_constructor_order(interp: Interpreter, made: Trace, network: Instance | None) -> None:
    """`forward` could not be followed at all: the layers in the order in which they were constructed."""
    recorder = interp.recorder
    layers = [one for one in recorder.constructed if one.place is not None]
    if not layers:
        return
    made.order, made.complete = "constructor", False
    made.uses = [_constructed(recorder, index, one) for index, one in enumerate(layers)]


def _constructed(recorder: Any, index: int, instance: Instance) -> Use:
    base = next(c for c in attributes.order_of(instance.cls) if getattr(c, "signature", None) is not None)
    names = base.signature.names()[1:]
    args = {n: v for n, v in instance.attrs.items() if n in names and find_unknown(v) is None}
    args = {n: v for n, v in args.items() if isinstance(v, (int, float, str, bool, tuple, type(None), dims.Dim))}
    layer = Layer(instance.cls.name, base.name, args, instance.place, instance.arg_places)
    assert instance.place is not None
    return Use(index, recorder.path_of(instance), layer, (), None, instance.place)


def _without_network(interp: Interpreter, root: Root, value: Value, place: Place | None) -> Trace:
    """The root could not be built."""
    if not isinstance(value, Unknown):
        raise TargetError(f"{root.target} gives {attributes.describe(value)}, and no network")
    if value.place is not None and value.place.file.startswith(CALLS) and not root.open:
        raise TargetError(f"{root.target}: {value.reason}")
    note = Note(value.place, value.reason)
    made = Trace(root.target, root.call, root.file, place, {}, {}, [], None, [], [note], False, task=root.task)
    _in_constructor_order(interp, made, None)
    return made


def batch_of(sizes: Sequence[Size]) -> Shape:
    """A shape without its batch, with a symbolic one."""
    return (symbol("N"), *sizes)
