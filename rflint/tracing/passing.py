"""How the shapes of the inputs become the arguments of `forward`: tensors, and lists of tensors.

A parameter that is annotated as a list of tensors takes all shapes that are left for it; the tensors in it are inputs
named `images[0]`, `images[1]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import libcst as cst

from rflint.dims import symbol
from rflint.interp import attributes
from rflint.interp.frames import Args
from rflint.interp.interpreter import Interpreter
from rflint.interp.values import BoundMethod, Function, Instance, Tensor, Unknown, Value
from rflint.library.torch.op import SPATIAL
from rflint.trace import Place, Shape
from rflint.tracing.annotations import typed_parameters
from rflint.tracing.session import Root

LISTS = frozenset("list List Sequence Iterable Collection MutableSequence".split())
CONVOLUTION = re.compile(r"Conv([123])d")


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


def list_parameters(network: Instance) -> frozenset[str]:
    """The parameters of `forward` that are annotated as lists of tensors, and have no default."""
    forward = _forward_of(network)
    if not isinstance(forward, Function):
        return frozenset()
    annotated = {name for name, node in typed_parameters(forward) if _is_list(node)}
    return frozenset(name for name, required in forward_parameters(network) if required and name in annotated)


def _is_list(node: Any) -> bool:
    """Is it `list[Tensor]`, `Sequence[torch.Tensor]`?"""
    if not isinstance(node, cst.Subscript) or _last_name(node.value) not in LISTS or len(node.slice) != 1:
        return False
    item = node.slice[0].slice
    return isinstance(item, cst.Index) and _last_name(item.value) == "Tensor"


def _last_name(node: Any) -> str:
    return node.attr.value if isinstance(node, cst.Attribute) else getattr(node, "value", "")


def ways(interp: Interpreter, network: Instance, root: Root, examples: bool) -> list[dict[str, Shape]]:
    """The shapes of the inputs by name, in all ways in which they may be meant, the likeliest first.

    One shape for a list is that of its only tensor, or else of a tensor that is passed in its place; where none is
    declared, an example may be taken."""
    lists = list_parameters(network)
    plain = dict(named(network, root.inputs, frozenset()))
    if not lists:
        return [plain]
    if root.inputs:
        listed = dict(named(network, root.inputs, lists))
        return [listed] if len(listed) > 1 else [listed, plain]
    image = example(interp) if examples and len(lists) == 1 else None
    return [plain] if image is None else [{f"{next(iter(lists))}[0]": image}, plain]


def named(network: Instance, inputs: Sequence[tuple[str, Shape]], lists: frozenset[str]) -> Iterator[tuple[str, Shape]]:
    """The shapes under the names of the parameters that they are for, in order where none is given."""
    rows = forward_parameters(network)
    unnamed = [shape for name, shape in inputs if not name]
    given = [(name, shape) for name, shape in inputs if name]
    for position, (name, _) in enumerate(rows):
        later = sum(required for _, required in rows[position + 1 :])
        count = max(1, len(unnamed) - later) if name in lists else 1
        given += [(name, shape) for shape in unnamed[:count]]
        unnamed = unnamed[count:]
    given += [(f"input{len(rows) + number}", shape) for number, shape in enumerate(unnamed)]
    numbers: dict[str, int] = {}
    for name, shape in given:
        number = numbers[name] = numbers.get(name, -1) + 1
        yield (f"{name}[{number}]" if name in lists else name), shape


def example(interp: Interpreter) -> Shape | None:
    """An image of unknown size, with the channels of the first convolution that was constructed."""
    for layer in interp.recorder.constructed:
        found = CONVOLUTION.fullmatch(_base(layer))
        channels = layer.attrs.get("in_channels")
        if found and isinstance(channels, int):
            return (channels, *(symbol(name) for name in SPATIAL[int(found[1])]))
    return None


def _base(layer: Instance) -> str:
    native = (one.name for one in attributes.order_of(layer.cls) if getattr(one, "signature", None) is not None)
    return next(native, "")


def images(interp: Interpreter, inputs: dict[str, Tensor]) -> frozenset[str]:
    """The tensors in lists that have the axes of an image without a batch."""
    shape = example(interp)
    ranks = {name: len(tensor.shape) for name, tensor in inputs.items() if tensor.shape is not None and "[" in name}
    return frozenset(name for name, rank in ranks.items() if shape is not None and rank == len(shape))


def tensors(network: Instance, shapes: dict[str, Shape]) -> dict[str, Tensor]:
    """The inputs: tensors of these shapes, and for parameters that must be given tensors of no known shape."""
    listed = {name.partition("[")[0] for name in shapes}
    inputs: dict[str, Tensor] = {}
    for name, required in forward_parameters(network):
        if name in shapes:
            inputs[name] = Tensor(shapes[name], name)
        elif required and name not in listed:
            inputs[name] = Tensor(None, name, reason=f"the size of input {name} is not declared", open=name)
    for name, shape in shapes.items():
        inputs.setdefault(name, Tensor(shape, name))
    return inputs


def grouped(inputs: dict[str, Tensor]) -> dict[str, Value]:
    """The arguments by parameter: tensors, and lists of those that belong to one."""
    found: dict[str, Value] = {}
    for name, tensor in inputs.items():
        parameter, bracket, _ = name.partition("[")
        if bracket:
            found.setdefault(parameter, []).append(tensor)
        else:
            found[name] = tensor
    return found


def arguments(network: Instance, inputs: dict[str, Tensor]) -> Args:
    """Inputs are passed by name, so that parameters in between keep their defaults; by position where `forward`
    takes `*args`."""
    names = [name for name, _ in forward_parameters(network)]
    given = grouped(inputs)
    forward = _forward_of(network)
    if not isinstance(forward, Function):
        return Args(list(given.values()))
    known = {name: tensor for name, tensor in given.items() if name in names}
    passed = Args([t for name, t in given.items() if name not in names], known) if known else Args(list(given.values()))
    star = next((p for p in forward.parameters if p.kind in ("star", "double")), None)
    if star is not None and not inputs:
        stars = "*" if star.kind == "star" else "**"
        node = forward.node
        place = Place(forward.module.file, forward.module.source.mark(node.name))
        passed.open = Unknown(f"what forward({stars}{star.name}) is given is not known: declare its inputs", place)
    return passed
