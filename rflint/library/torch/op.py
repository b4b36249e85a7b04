"""How a torch operation is described: a transfer function that is handed an `Op` and the tensors.

One transfer serves the layer (`nn.Conv2d(…)(x)`) and the function (`F.conv2d(x, …)`); see `layer` and `functional`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rflint.dims import Size, is_unknown, symbol, unknown
from rflint.field import IDENTITY
from rflint.interp import attributes
from rflint.interp.frames import Call, Written
from rflint.interp.values import (
    Instance,
    NativeClass,
    NativeFunction,
    Raised,
    Rest,
    Signature,
    Tensor,
    Unknown,
    Value,
    find_unknown,
    is_size,
)
from rflint.library.registry import LIBRARY, Run, native_class, parse_signature
from rflint.library.torch.construction import refused_at_once
from rflint.library.torch.refusal import Refusal, odd_argument
from rflint.trace import Layer, Place, Read, Regrouping, Shape

Transfer = Callable[..., Value]
MODULE = native_class("torch.nn.Module")
SPATIAL = {1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}
"""The names of the sizes of an input that is not declared."""


class InputShape(Exception):
    """A layer tells the shape of a network input that nobody has declared; of a `guess` the rank may be another."""

    def __init__(self, name: str, shape: Shape, guess: bool = False) -> None:
        super().__init__(name)
        self.name, self.shape, self.guess = name, shape, guess


@dataclass(frozen=True, slots=True)
class Op:
    """One call of a torch operation: the call, the layer (or the function's arguments as one), the layer's instance."""

    call: Call
    layer: Layer
    owner: Instance | None = None

    def arg(self, name: str) -> Any:
        """A known argument, or None."""
        return self.layer.args.get(name)

    def has(self, *names: str) -> bool:
        """Are these arguments known?"""
        return all(name in self.layer.args for name in names)

    def emit(
        self,
        operands: Sequence[tuple[Tensor, Sequence[Read]]],
        output: Shape | None,
        reason: str = "",
        regrouping: Regrouping | None = None,
    ) -> Tensor:
        """Record the use; the tensor that it makes.  `reason` says why a size of the output is not known."""
        if not is_whole(output) and all(is_whole(tensor.shape) for tensor, _ in operands):
            reason = self._because(reason)
        record = self.call.interp.recorder.use
        return record(self.layer, operands, output, self.call.place, self.owner, reason, regrouping=regrouping)

    def _because(self, reason: str) -> str:
        """The reason, and that of an argument which is not known, where it comes from one."""
        if reason and not reason.endswith("is not known"):
            return reason
        doubt = next((doubt for value in self._given() if (doubt := find_unknown(value)) is not None), None)
        if doubt is None or doubt.reason in reason:
            return reason
        return f"{reason}: {doubt.reason}" if reason else doubt.reason

    def _given(self) -> list[Value]:
        """The arguments of the layer, or of the function."""
        if self.owner is None:
            return [*self.call.args.positional, *self.call.args.keywords.values()]
        classes = attributes.order_of(self.owner.cls)
        names = next((c.signature.names() for c in classes if isinstance(c, NativeClass) and c.signature), [])
        return [self.owner.attrs[name] for name in names if name in self.owner.attrs]

    def opaque(self, tensors: Iterable[Tensor], reason: str, output: Shape | None = None) -> Tensor:
        """A use whose output, or what it reads, is not known for this reason; at which torch raises for a `Refusal`."""
        tensors = list(tensors)
        rows = [(t, [Read("unknown", i, reason=reason) for i in range(len(t.shape or ()))]) for t in tensors]
        if not isinstance(reason, Refusal) or any(tensor.reason is reason for tensor in tensors):  # refused before
            return self.emit(rows, output, reason)
        recorder, place = self.call.interp.recorder, self.call.place
        return recorder.use(self.layer, rows, None, place, self.owner, reason, refused=True)

    def refuse(self, tensors: Iterable[Tensor], reason: str) -> Tensor:
        """A use at which torch surely raises, for this reason."""
        return self.opaque(tensors, Refusal(reason))


def tensor_of(call: Call, value: Value) -> Tensor | Unknown:
    """The tensor that an argument is, or why it is none."""
    if isinstance(value, (Tensor, Unknown)):
        return value
    if isinstance(value, (int, float)):
        return Tensor((), None)
    return call.unknown(f"{attributes.describe(value)} where a tensor belongs")


def kept(to: int) -> Read:
    """An axis read position by position, that becomes axis `to`."""
    return Read("kept", to, IDENTITY)


def same(shape: Shape | None) -> list[Read]:
    """All axes read position by position and left where they are."""
    return [kept(axis) for axis in range(len(shape or ()))]


def unread(to: int | None, reason: str) -> Read:
    """An axis of which it is not known what is read."""
    return Read("unknown", to, reason=reason)


def per_axis(value: Value, axes: int) -> tuple[Any, ...] | None:
    """An int or a tuple as one value for each axis; None if it is neither."""
    if is_size(value):
        return (value,) * axes
    if isinstance(value, (list, tuple)):
        if len(value) == 1 and is_size(value[0]):
            return (value[0],) * axes
        if len(value) == axes and all(is_size(item) for item in value):
            return tuple(value)
    return None


def fractions(value: Value, axes: int) -> tuple[Any, ...] | None:
    """Numbers that torch refuses, since they are no integers, as one value for each axis; None if it is neither."""
    values = tuple(value) if isinstance(value, (list, tuple)) else (value,) * axes
    numbers = len(values) == axes and all(is_size(one) or isinstance(one, float) for one in values)
    return values if numbers else None


def shaped(op: Op, tensor: Tensor, axes: int, channels: Value) -> Tensor:
    """The tensor; where it is a network input whose shape is not declared, its shape follows from this layer.

    Raises `InputShape` then: batch `N`, these channels (`C` if they are not known), and symbolic sizes; a guess where
    it is not certain that the layer is called.
    """
    guess = bool(op.call.interp.state.conditions)
    if tensor.shape is None and tensor.open and not (guess and op.call.interp.recorder.sure):
        size = channels if is_size(channels) else symbol("C")
        raise InputShape(tensor.open, (symbol("N"), size, *(symbol(name) for name in SPATIAL[axes])), guess)
    return tensor


def stop(op: Op, tensor: Value) -> Value | None:
    """What to answer where an operand is unknown; records the use with what is not known.  None if all is well."""
    if isinstance(tensor, Unknown):
        op.call.interp.recorder.note(tensor)
        return op.opaque([Tensor(None, None)], tensor.reason)
    if tensor.shape is None:
        return op.opaque([tensor], tensor.reason or "the size of its input is not known")
    return None


def is_whole(shape: Shape | None) -> bool:
    """Are all sizes known?"""
    return shape is not None and not any(map(is_unknown, shape))


def fresh() -> Size:
    """A size that is not known."""
    return unknown()


# -- layers ----------------------------------------------------------------------------------------------------


def known_args(args: Mapping[str, Value], axes: int, spatial: Iterable[str]) -> dict[str, Any]:
    """The arguments that are known, spatial ones as one value for each axis."""
    known: dict[str, Any] = {}
    for name, value in args.items():
        if name in spatial and not isinstance(value, (str, type(None))):
            value = per_axis(value, axes) or fractions(value, axes)
            if value is None:
                continue
        if find_unknown(value) is None and not isinstance(value, (Tensor, Instance)):
            known[name] = tuple(value) if isinstance(value, list) else value
    return known


def layer(
    base: str,
    signature: str,
    transfer: Transfer,
    *,
    inputs: str = "input",
    axes: int = 0,
    spatial: Sequence[str] = (),
    prepare: Callable[[Call, Instance], None] | None = None,
    parent: NativeClass | None = None,
    module: str = "torch.nn",
) -> NativeClass:
    """Describe a layer class: its constructor, and `transfer(op, **inputs)` for its call.

    `spatial` names the arguments with one value for each of the `axes`; `prepare` adds attributes and parameters.
    """
    parsed = parse_signature(signature)
    cls = native_class(f"{module}.{base}", parent or MODULE)

    def create(call: Call, self: Instance, **args: Value) -> Value:
        problem = refused_at_once(base, args)
        if problem is not None:
            raise Raised(ValueError, problem, call.place)
        call.interp.state.touch(self)
        self.attrs.setdefault("training", True)
        self.attrs.update(args)
        note_places(call, self, parsed)
        self.native = None
        if prepare is not None:
            prepare(call, self)
        call.interp.recorder.built(self)
        return None

    def forward(call: Call, self: Instance, **tensors: Value) -> Value:
        names = parsed.names()
        given = {n: _given(self.attrs[n]) for n in names if n in self.attrs}
        args = known_args(given, axes, spatial)
        op = Op(call, Layer(self.kind, base, args, self.place, self.arg_places, self.literals), self)
        odd = odd_argument(parsed, given, axes, spatial) or ("" if base == "Identity" else odd_input(tensors))
        return op.refuse(tensors_in(list(tensors.values())), odd) if odd else transfer(op, **tensors)

    constructor = Signature((_SELF, *parsed.slots))
    cls.members["__init__"] = NativeFunction(f"{base}.__init__", _creator(create, constructor), None)
    cls.members["forward"] = NativeFunction(f"{base}.forward", forward, parse_signature(f"self, {inputs}"))
    cls.signature = constructor
    cls.create = create
    return cls


def odd_input(tensors: Mapping[str, Value]) -> str:
    """Why no layer takes what it is given as its only input: what another one returns beside a tensor, for example."""
    value = tensors.get("input")
    if not isinstance(value, (list, tuple, dict)):
        return ""
    count = "" if has_rest(value) else f" of {len(value)}"
    return Refusal(f"a {type(value).__name__}{count} where a tensor belongs")


def _given(value: Value) -> Value:
    """What an attribute says of the argument of its name: where `bias` has become a parameter, it was True."""
    return True if isinstance(value, Tensor) and value.parameter else value


_SELF = parse_signature("self").slots[0]


def _creator(create: Run, signature: Signature) -> Run:
    from rflint.interp.calls import bind_native

    def run(call: Call) -> Value:
        bound = bind_native(call.name, signature, call.args, call.frame, call.node)
        if call.args.open is not None:
            given = {*call.args.keywords, *signature.names()[: len(call.args.positional)]}
            doubt = Unknown(call.args.open.reason, call.args.open.place)
            bound = {name: value if name in given else doubt for name, value in bound.items()}
        return create(call, **bound)

    return run


def note_places(call: Call, instance: Instance, signature: Signature) -> None:
    """Remember where the arguments of a constructor are written, and which of them are plain numbers."""
    constructor = Signature((_SELF, *signature.slots))
    instance.arg_places.update(places(call, constructor))
    instance.literals |= literals(call, constructor)


def functional(
    names: Sequence[str],
    base: str,
    signature: str,
    transfer: Transfer,
    *,
    inputs: Sequence[str] = ("input",),
    axes: int = 0,
    spatial: Sequence[str] = (),
    derive: Callable[[dict[str, Value]], dict[str, Value]] | None = None,
) -> None:
    """Describe the function form of a layer under these qualified names.

    `derive` turns the function's arguments into the layer's (`weight` into `in_channels`, `kernel_size`).
    """
    parsed = parse_signature(signature)

    def run(call: Call, **args: Value) -> Value:
        tensors = {name: args[name] for name in inputs}
        rest = {name: value for name, value in args.items() if name not in inputs}
        known = known_args(derive(rest) if derive is not None else rest, axes, spatial)
        kind = call.name.rsplit(".", 1)[-1]
        op = Op(call, Layer(kind, base, known, call.place, places(call, parsed), literals(call, parsed)))
        odd = odd_argument(parsed, rest, axes, spatial)
        return op.refuse(tensors_in(list(tensors.values())), odd) if odd else transfer(op, **tensors)

    for name in names:
        LIBRARY.define(name, NativeFunction(name, run, parsed))


def places(call: Call, signature: Signature) -> dict[str, Place]:
    """Where the arguments of a call are written."""
    return {name: one.place for name, one in written(call, signature)}


def literals(call: Call, signature: Signature) -> frozenset[str]:
    """The arguments that are plain numbers in the call."""
    return frozenset(name for name, one in written(call, signature) if one.is_literal(call.frame))


def written(call: Call, signature: Signature) -> Iterator[tuple[str, Written]]:
    """The arguments of a call by name, as far as it is known where they are written."""
    names = signature.names()
    for key, one in call.args.written.items():
        if isinstance(key, str):
            yield key, one
        elif key < len(names):
            yield names[key], one


def operation(call: Call, base: str, args: Mapping[str, Value] | None = None, kind: str = "") -> Op:
    """An `Op` for a tensor method or operator: `x + y`, `x.mean(…)`."""
    known = known_args(args or {}, 0, ())
    return Op(call, Layer(kind or base, base, known, call.place))


def tensors_in(value: Value) -> list[Tensor]:
    """The tensors inside lists, tuples and dicts."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, (list, tuple)):
        return [t for item in value for t in tensors_in(item)]
    if isinstance(value, dict):
        return [t for item in value.values() for t in tensors_in(item)]
    return []


def has_rest(values: Iterable[Value]) -> bool:
    """Is the number of values unknown?"""
    return any(isinstance(value, Rest) for value in values)
