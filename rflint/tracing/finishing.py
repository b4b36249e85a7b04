"""What an interpreter has recorded becomes a `Trace`: plain data, with what could not be followed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rflint import dims
from rflint.interp import attributes
from rflint.interp.interpreter import Interpreter
from rflint.interp.values import Instance, Tensor, Unknown, Value, find_unknown
from rflint.trace import Layer, Note, Place, Said, Shape, Trace, Use
from rflint.tracing.building import CALLS, TargetError, not_given
from rflint.tracing.members import built_late, members
from rflint.tracing.parameters import parameters
from rflint.tracing.passing import grouped, images
from rflint.tracing.session import Root

NESTING = 8
"""Containers inside each other, in what `forward` returns, that are looked into."""


def finished(
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
        notes = {Note(place, not_given(root)): None, **notes}
    sources: list[int | str | None] = []
    mirrored = mirror(output, sources)
    made = Trace(
        target=root.target,
        call=root.call,
        file=root.file,
        place=place,
        inputs=mirror(grouped(inputs), []),
        input_shapes={name: tensor.shape for name, tensor in inputs.items()},
        uses=recorder.uses,
        output=mirrored,
        output_sources=sources,
        unknowns=list(notes),
        complete=not notes and bool(sources) and all(_is_known(s) for s in _shapes(output)),
        task=root.task,
        declared=declared,
        training=interp.mode,
        raised=recorder.raised,
        members=members(interp, network),
        parameters=parameters(interp, network),
        late=built_late(interp, network),
        said=[*(Said(one, None, tuple(sources)) for one in root.contracts), *recorder.said],
        images=images(interp, inputs),
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
    made.output_sources = without_uses(made.output_sources)
    made.said = [one._replace(sources=tuple(without_uses(one.sources))) for one in made.said]


def without_uses(sources: Sequence[int | str | None]) -> list[int | str | None]:
    """What made tensors, where the uses that did are no longer told apart."""
    return [None if isinstance(one, int) else one for one in sources]


def _constructed(recorder: Any, index: int, instance: Instance) -> Use:
    base = next(c for c in attributes.order_of(instance.cls) if getattr(c, "signature", None) is not None)
    names = base.signature.names()[1:]
    args = {n: v for n, v in instance.attrs.items() if n in names and find_unknown(v) is None}
    args = {n: v for n, v in args.items() if isinstance(v, (int, float, str, bool, tuple, type(None), dims.Dim))}
    layer = Layer(instance.kind, base.name, args, instance.place, instance.arg_places, instance.literals)
    assert instance.place is not None
    return Use(index, recorder.path_of(instance), layer, (), None, instance.place)


def without_network(interp: Interpreter, root: Root, value: Value, place: Place | None) -> Trace:
    """The root could not be built."""
    if not isinstance(value, Unknown):
        raise TargetError(f"{root.target} gives {attributes.describe(value)}, and no network")
    if value.place is not None and value.place.file.startswith(CALLS) and not root.open:
        raise TargetError(f"{root.target}: {value.reason}")
    note = Note(value.place, value.reason)
    made = Trace(root.target, root.call, root.file, place, {}, {}, [], None, [], [note], False, task=root.task)
    made.raised, made.declared = interp.recorder.raised, bool(root.inputs)
    made.said = [Said(one, None, ()) for one in root.contracts]
    _in_constructor_order(interp, made, None)
    return made
