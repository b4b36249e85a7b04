"""The interpreter itself: its state, and the operations that expressions, statements and the library share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from rflint.dims import Dim
from rflint.interp import (
    arguments,
    attributes,
    budget,
    calls,
    comprehensions,
    containers,
    control,
    displays,
    exceptions,
    expressions,
    hosts,
    operations,
    patterns,
    statements,
)
from rflint.interp.builtins import Builtins
from rflint.interp.evaluation import evaluate
from rflint.interp.frames import Args, Frame
from rflint.interp.imports import Loader
from rflint.interp.recorder import Recorder
from rflint.interp.scopes import Joiner, State
from rflint.interp.values import (
    ClassValue,
    Instance,
    Iteration,
    NativeClass,
    Raised,
    Rest,
    Super,
    Tensor,
    Unknown,
    Value,
    is_size,
)
from rflint.source import Source, SyntaxProblem

REGISTERED = (arguments, comprehensions, containers, control, displays, exceptions, expressions, operations, patterns)
"""Modules that are imported for what they register."""


class Library(Protocol):
    """What the interpreter asks of the library that it is handed."""

    def find(self, qualname: str) -> Any:
        """The value that a qualified name stands for, or None."""

    def member(self, module: Any, name: str, frame: Frame, node: Any) -> Value:
        """An attribute of a module that the library describes."""

    def module(self, name: str) -> Any:
        """The module of this dotted name, or None if the library does not describe it."""

    def names(self, module: Any) -> list[str]:
        """The names that are described of a module."""

    def stand_in(self, name: str) -> Any:
        """What is described of a package whose source is not found, or None."""


@dataclass(frozen=True)
class Stand:
    """The source of a text that is given to `eval`: all of it stands at one node of a file."""

    source: Any
    node: Any

    def mark(self, node: Any) -> Any:
        """The mark of the call of `eval`."""
        return self.source.mark(self.node)


class Interpreter:
    """Runs source on shapes.  One interpreter serves one root; modules it has loaded may be shared."""

    def __init__(self, library: Library, loader: Loader, training: bool = False) -> None:
        self.library = library
        self.loader = loader
        self.mode = training
        """The mode in which the network runs; all are built in training mode."""
        self.builtins = Builtins()
        self.state = State(shared=True)
        self.budget = budget.Budget()
        self.recorder = Recorder(self)
        self.handling: list[Raised] = []
        self.trying: list[Any] = []
        """The `try` statements in whose bodies the current statement stands."""
        self.last_doubt: Unknown | None = None
        self.faults: list[Exception] = []
        """What descriptions of the library raised on arguments that they do not expect: ours to mend."""
        self._networks: dict[int, tuple[bool, Value]] = {}

    # -- running ---------------------------------------------------------------------------------------------

    def call(self, function: Value, args: list[Value], frame: Frame, node: Any, **keywords: Value) -> Value:
        """Call a value with these arguments."""
        return calls.call(function, Args(args, keywords), frame, node)

    def call_with(self, function: Value, args: Args, frame: Frame, node: Any) -> Value:
        """Call a value with evaluated arguments."""
        return calls.call(function, args, frame, node)

    def run_generator(
        self, function: Value, args: Args, frame: Frame, node: Any, body: Callable[[Value], Value]
    ) -> None:
        """Run a context manager's function; `body` runs where it yields."""
        calls.call_function(function, args, frame, node, body)

    def evaluate(self, node: Any, frame: Frame) -> Value:
        """The value of an expression."""
        return evaluate(node, frame)

    def evaluate_text(self, text: str, frame: Frame, node: Any) -> Value:
        """The value of an expression that is given as text."""
        try:
            line: Any = Source("<eval>", text).module.body[0]
            inner = line.body[0].value
        except (SyntaxProblem, AttributeError, IndexError, TypeError):
            raise Raised(SyntaxError, f"{text[:80]!r} is no expression", frame.place(node)) from None
        module = replace(frame.module, source=Stand(frame.module.source, node))
        return evaluate(inner, replace(frame, module=module))

    def assign(self, target: Any, value: Value, frame: Frame) -> None:
        """Bind a target."""
        statements.assign(target, value, frame)

    def unknown_call(self, function: Unknown, args: Args, frame: Frame, node: Any) -> Value:
        """A call of something unknown: its result is unknown for the same reason."""
        del args, frame, node
        return function

    def zero_super(self, frame: Frame, node: Any) -> Value:
        """`super()` without arguments."""
        owner = frame.function.owner if frame.function is not None else None
        if owner is None:
            return frame.unknown("super() outside of a class", node)
        return Super(owner, frame.receiver)

    # -- branches --------------------------------------------------------------------------------------------

    def fork(self, sides: Sequence[Callable[[], Value]], doubt: Unknown) -> list[Value]:
        """Run each side on its own copy of the state; see `State.fork`."""
        return self.settle(sides, doubt)[0]

    def settle(self, sides: Sequence[Callable[[], Value]], doubt: Unknown) -> tuple[list[Value], list[Any]]:
        """The same, and what of the state is another than before."""
        if len(self.state.conditions) >= budget.FORKS:
            raise budget.Exhausted(f"more than {budget.FORKS} unknown conditions inside each other")
        self.last_doubt = doubt
        before = len(self.recorder.uses)
        results, changed = self.state.fork(sides, self.joiner(doubt), doubt)
        self.last_doubt = doubt
        if len(self.recorder.uses) > before:
            self.recorder.note(doubt)
        return results, changed

    def joiner(self, doubt: Unknown) -> Joiner:
        """How values are joined under a doubt."""
        return Joiner(lambda: doubt, lambda a, b: self.recorder.either(a, b, doubt))

    def either(self, sides: Sequence[Callable[[], Value]], doubt: Unknown) -> Value:
        """The joined value of expressions on both sides of a branch."""
        results = self.fork(sides, doubt)
        joiner = self.joiner(doubt)
        value = results[0]
        for other in results[1:]:
            value = joiner.values(value, other)
        return value

    def joined(self, a: Value, b: Value) -> Value:
        """One value for two that different paths have returned."""
        return self.joiner(self.last_doubt or Unknown("paths that differ")).values(a, b)

    def text(self, value: Value, frame: Frame, node: Any) -> str | Unknown:
        """`str(value)`."""
        if isinstance(value, Unknown):
            return value
        if isinstance(value, Instance):
            for name in ("__str__", "__repr__"):
                found = attributes.find_in_class(value.cls, name)
                if found is not attributes.ABSENT and not self.is_network(value):
                    made = self.call(found, [value], frame, node)
                    return made if isinstance(made, str) else frame.unknown("a text that is not known", node)
        text = hosts.plain_text(value)
        return text if text is not None else frame.unknown(f"the text of {attributes.describe(value)}", node)

    # -- containers ------------------------------------------------------------------------------------------

    def elements(self, value: Value, frame: Frame, node: Any) -> list[Value] | Unknown:
        """The elements that iteration gives.  A `Rest` among them stands for any number more."""
        if isinstance(value, (list, tuple, set, frozenset, dict, str, bytes, range)):
            return containers.elements(value, frame, node)
        if isinstance(value, Iteration):
            self.state.touch(value)
            rest = value.items[value.position :]
            value.position = len(value.items)
            return rest
        if isinstance(value, Unknown):
            return value
        if isinstance(value, (Tensor, Instance)):
            return self._own_elements(value, frame, node)
        if isinstance(value, ClassValue) and "members" in value.notes:
            return list(value.notes["members"].values())
        if isinstance(value, (int, float, bool, type(None), Dim)):
            raise Raised(TypeError, f"{attributes.describe(value)} is not iterable", frame.place(node))
        return frame.unknown(f"iteration over {attributes.describe(value)} is not supported", node)

    def iterator(self, value: Value, frame: Frame, node: Any) -> Iteration | Unknown:
        """`iter(value)`: what is taken from it is taken for all who hold it."""
        if isinstance(value, Iteration):
            return value
        items = self.elements(value, frame, node)
        return items if isinstance(items, Unknown) else Iteration(items)

    def _own_elements(self, value: Value, frame: Frame, node: Any) -> list[Value] | Unknown:
        found = attributes.look_up(value, "__iter__", frame, node)
        if found is not attributes.ABSENT:
            made = self.call(found, [], frame, node)
            if made is value:
                return frame.unknown("an iterator of the source's own class", node)
            return self.elements(made, frame, node)
        if isinstance(value, Instance) and isinstance(value.native, (list, tuple, dict, set, str)):
            return list(value.native)
        getter = attributes.look_up(value, "__getitem__", frame, node)
        length = attributes.look_up(value, "__len__", frame, node)
        if getter is not attributes.ABSENT and length is not attributes.ABSENT:
            size = self.call(length, [], frame, node)
            if isinstance(size, int) and size <= budget.ITERATIONS:
                return [self.call(getter, [i], frame, node) for i in range(size)]
        return frame.unknown(f"iteration over {attributes.describe(value)} is not supported", node)

    def mapping(self, value: Value, frame: Frame, node: Any) -> dict[Value, Value] | Unknown:
        """A value as a dict, for `**value` and `dict(value)`."""
        if isinstance(value, dict):
            return value
        if isinstance(value, Unknown):
            return value
        if isinstance(value, Instance):
            if isinstance(value.native, dict):
                return value.native
            keys = attributes.look_up(value, "keys", frame, node)
            if keys is not attributes.ABSENT:
                names = self.elements(self.call(keys, [], frame, node), frame, node)
                if not isinstance(names, Unknown):
                    return {name: self.item(value, name, frame, node) for name in names}
        return frame.unknown(f"{attributes.describe(value)} as a mapping is not supported", node)

    def item(self, value: Value, key: Value, frame: Frame, node: Any) -> Value:
        """`value[key]`."""
        if isinstance(value, (Tensor, Instance)):
            found = attributes.look_up(value, "__getitem__", frame, node)
            if found is not attributes.ABSENT:
                return self.call(found, [key], frame, node)
            if isinstance(value, Instance) and value.native is not None:
                return self.item(value.native, key, frame, node)
            missing = attributes.unknown_base(value.cls) if isinstance(value, Instance) else None
            return missing or frame.unknown(f"indexing {attributes.describe(value)} is not supported", node)
        if isinstance(value, Unknown):
            return value
        if isinstance(value, ClassValue) and "members" in value.notes:
            return self.builtins.enum_item(value, key, frame, node)
        return self.builtins.item(value, key, frame, node)

    def set_item(self, value: Value, key: Value, new: Value, frame: Frame, node: Any) -> None:
        """`value[key] = new`."""
        if isinstance(value, (Tensor, Instance)):
            found = attributes.look_up(value, "__setitem__", frame, node)
            if found is not attributes.ABSENT:
                self.call(found, [key, new], frame, node)
            elif isinstance(value, Instance) and value.native is not None:
                self.builtins.set_item(value.native, key, new, frame, node)
            return
        self.builtins.set_item(value, key, new, frame, node)

    def delete_item(self, value: Value, key: Value, frame: Frame, node: Any) -> None:
        """`del value[key]`."""
        if isinstance(value, Instance):
            found = attributes.look_up(value, "__delitem__", frame, node)
            if found is not attributes.ABSENT:
                self.call(found, [key], frame, node)
                return
            value = value.native
        self.builtins.delete_item(value, key, frame, node)

    # -- networks --------------------------------------------------------------------------------------------

    def is_network(self, value: Value) -> bool:
        """Is it an instance of `torch.nn.Module`, or of a class derived from it?"""
        if not isinstance(value, Instance):
            return False
        known = self._networks.get(id(value.cls))
        if known is None:
            known = self._networks[id(value.cls)] = (self.is_layer_class(value.cls), value.cls)
        return known[0]

    def is_layer_class(self, value: Value) -> bool:
        """Is it a class derived from `torch.nn.Module`?"""
        module = self.library.find("torch.nn.Module")
        return isinstance(value, (ClassValue, NativeClass)) and attributes.is_subclass(value, module)


def is_size_tuple(value: Value) -> bool:
    """Is it a list or tuple of sizes?"""
    return isinstance(value, (list, tuple)) and all(is_size(v) and not isinstance(v, Rest) for v in value)
