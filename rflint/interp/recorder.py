"""Records what layers do: the uses of a trace, their paths, and what could not be followed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rflint import dims
from rflint.contracts import Contract
from rflint.interp import attributes, budget
from rflint.interp.listening import heard
from rflint.interp.values import (
    ClassValue,
    Instance,
    NativeClass,
    Tensor,
    Unknown,
    Value,
)
from rflint.trace import Layer, Note, Operand, Place, Raising, Read, Regrouping, Said, Shape, Use

if TYPE_CHECKING:
    from rflint.interp.interpreter import Interpreter


RUNNING = ("Sequential", "DataParallel", "DistributedDataParallel")
"""Containers of the library with a `forward` of their own, which runs what they hold."""


def is_layer(cls: Value) -> bool:
    """Is a class derived from a layer of the library that is no container?"""
    natives = [one for one in attributes.order_of(cls) if isinstance(one, NativeClass)]
    return any("forward" in one.members and one.name not in RUNNING for one in natives)


class Recorder:
    """The trace in the making.  While `on` is False (module bodies, constructors) nothing is recorded."""

    def __init__(self, interp: Interpreter) -> None:
        self.interp = interp
        self.on = False
        self.uses: list[Use] = []
        self.notes: dict[Note, None] = {}
        self.said: list[Said] = []
        self.strict = False
        """Whether the trace ends with the first thing that is not known."""
        self.sure = False
        """Whether only what layers surely tell of inputs is taken for their shapes, and no guess."""
        self.raised: Raising | None = None
        """What certainly ended the run, if something did."""
        self.root: Instance | None = None
        self.stack: list[Instance] = []
        self.inside = 0
        """Depth of library layers whose `forward` the source overrides."""
        self.constructed: list[Instance] = []
        """Library layers in the order in which they were constructed."""
        self.built_late: list[Instance] = []
        """Those of them that `forward` has built."""
        self._paths: dict[int, str] = {}

    def restart(self) -> None:
        """Forget what `forward` has done; what was built before stays."""
        constructed = [one for one in self.constructed if one not in self.built_late]
        self.__init__(self.interp)  # type: ignore[misc]
        self.constructed = constructed

    def built(self, layer: Instance) -> None:
        """A layer of the library has been constructed."""
        self.constructed.append(layer)
        if self.on:
            self.built_late.append(layer)

    def use(
        self,
        layer: Layer,
        operands: Sequence[tuple[Tensor, Sequence[Read]]],
        output: Shape | None,
        place: Place,
        owner: Instance | None = None,
        reason: str = "",
        given: tuple[Shape | None, ...] | None = None,
        inner: bool | None = None,
        refused: bool = False,
        regrouping: Regrouping | None = None,
    ) -> Tensor:
        """Record one use; the tensor that it makes.  `reason` says why the output's shape is not known, or, `refused`,
        why torch surely raises: where that may be caught, it is only a reason."""
        result = Tensor(output, reason=reason)
        if not self.on:
            return result
        if len(self.uses) >= budget.USES:
            raise budget.Exhausted(f"a trace of more than {budget.USES:,} uses")
        rows = tuple(Operand(t.source, t.shape, tuple(reads)) for t, reads in operands)
        path = self.path_of(owner) if owner is not None else self.current_path()
        index = len(self.uses)
        conditional = "; ".join(dict.fromkeys(self.interp.state.conditions))
        hidden = self._hidden(owner) if inner is None else inner
        refusal = reason[:] if refused and not self.interp.trying else ""
        self.uses.append(Use(index, path, layer, rows, output, place, conditional, hidden, given, refusal, regrouping))
        result.source = index
        if output is None or any(dims.is_unknown(size) for size in output):
            self.note(Unknown(reason or "a size that could not be determined", place))
        return result

    def _hidden(self, owner: Instance | None) -> bool:
        """Is it a step of a layer whose `forward` the source overrides, and for which one use stands?"""
        if not self.inside:
            return False
        who = owner if owner is not None else self.stack[-1]
        return any(one is who for one in self.stack) and isinstance(who.cls, ClassValue) and is_layer(who.cls)

    def either(self, a: Tensor, b: Tensor, doubt: Unknown) -> Value:
        """The tensor that is one or the other: its shape if both agree, its field is not known."""
        if a.source == b.source and a.shape == b.shape:
            return a
        if a.shape is not None and a.shape == b.shape and self._is_either(a):
            return a
        if a.shape is None or b.shape is None or len(a.shape) != len(b.shape):
            return doubt
        if not all(dims.equal(x, y) for x, y in zip(a.shape, b.shape, strict=True)):
            return doubt
        reads = tuple(Read("unknown", i, reason=doubt.reason) for i in range(len(a.shape)))
        place = doubt.place or Place("", 0)
        return self.use(Layer("either", "either", {}), [(a, reads), (b, reads)], a.shape, place)

    def _is_either(self, tensor: Tensor) -> bool:
        """Is it one of several tensors already, so that a further one adds nothing?"""
        source = tensor.source
        return isinstance(source, int) and source < len(self.uses) and self.uses[source].layer.kind == "either"

    def hear(self, contract: Contract, place: Place, value: Value) -> None:
        """What a comment states of a value, while `forward` runs."""
        said = heard(contract, place, value, "; ".join(dict.fromkeys(self.interp.state.conditions)))
        if self.on and said is not None:
            self.said.append(said)

    def note(self, unknown: Unknown) -> None:
        """Something on the way from input to output could not be followed."""
        if self.on:
            self.notes[Note(unknown.place, unknown.reason)] = None
            if self.strict:
                raise budget.Exhausted(unknown.reason)

    # -- paths -----------------------------------------------------------------------------------------------

    def current_path(self) -> str:
        """The path of the network whose `forward` runs."""
        return self.path_of(self.stack[-1]) if self.stack else ""

    def path_of(self, instance: Instance) -> str:
        """The path that `named_modules()` gives; a module kept in a plain list is called by its place."""
        if id(instance) not in self._paths and self.root is not None:
            self._paths = dict(self._walk())
            self._paths.setdefault(id(instance), instance.kind)
        return self._paths.get(id(instance), instance.kind)

    def _walk(self) -> Iterator[tuple[int, str]]:
        assert self.root is not None
        seen: set[int] = set()
        for plain in (False, True):
            for instance, path in self._below(self.root, "", plain, set()):
                if id(instance) not in seen:
                    seen.add(id(instance))
                    yield id(instance), path

    def _below(self, instance: Instance, path: str, plain: bool, seen: set[int]) -> Iterator[tuple[Instance, str]]:
        if id(instance) in seen:
            return
        seen.add(id(instance))
        yield instance, path
        for name, value in instance.attrs.items():
            dotted = f"{path}.{name}" if path else name
            if self.interp.is_network(value):
                yield from self._below(value, dotted, plain, seen)
            elif plain:
                yield from self._in_plain(value, dotted, seen, 0)

    def _in_plain(self, value: Value, path: str, seen: set[int], depth: int) -> Iterator[tuple[Instance, str]]:
        if self.interp.is_network(value):
            yield from self._below(value, path, True, seen)
        elif isinstance(value, (list, tuple, dict)) and depth < 4 and len(value) <= 10_000:
            pairs = value.items() if isinstance(value, dict) else enumerate(value)
            for key, item in pairs:
                yield from self._in_plain(item, f"{path}[{key!r}]", seen, depth + 1)
