"""Calls that run a network on inputs: its own call, and the tools that summarise, trace and export networks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import libcst as cst

from rflint.dims import symbol
from rflint.interp.importing import dotted_name
from rflint.interp.values import Tensor, Value, is_size
from rflint.roots.bindings import own_attribute
from rflint.trace import Shape

Evaluate = Callable[[Any], Value]
Inputs = Callable[[Evaluate], tuple[tuple[int | str, Shape], ...]]
"""The shapes that a call feeds, by position or parameter name; () where any of them is not known."""


class Tool(NamedTuple):
    """A function that runs a network: the names of the parameter for its input, after the network.

    `batch` says whether sizes that it is given have the batch; without, the batch is N.
    """

    inputs: tuple[str, ...]
    batch: bool = True
    spoiling: tuple[str, ...] = ()
    """Arguments that change what the sizes mean."""


TOOLS = {
    "torchsummary.summary": Tool(("input_size",), batch=False),
    "torchstat.stat": Tool(("input_size",), batch=False),
    "torchscan.summary": Tool(("input_shape",), batch=False),
    "ptflops.get_model_complexity_info": Tool(("input_res",), batch=False, spoiling=("input_constructor",)),
    "torchinfo.summary": Tool(("input_size", "input_data"), spoiling=("batch_dim",)),
    "torchsummaryX.summary": Tool(("x",)),
    "pytorch_model_summary.summary": Tool(("inputs",)),
    "thop.profile": Tool(("inputs",)),
    "fvcore.nn.FlopCountAnalysis": Tool(("inputs",)),
    "fvcore.nn.flop_count": Tool(("inputs",)),
    "torchprofile.profile_macs": Tool(("args",)),
    "calflops.calculate_flops": Tool(("input_shape",), spoiling=("kwargs", "args")),
    "torch.jit.trace": Tool(("example_inputs",)),
    "torch.onnx.export": Tool(("args",), spoiling=("kwargs",)),
    "torch.onnx.dynamo_export": Tool(("args",)),
    "torch.export.export": Tool(("args",), spoiling=("kwargs",)),
}
ADD_GRAPH = Tool(("input_to_model",))
NETWORK = ("model", "mod", "func", "net", "network", "module")
"""What tools call their parameter for the network."""


def offered(call: cst.Call, imports: dict[str, str]) -> Iterator[tuple[Any, Inputs]]:
    """The expressions that the call may run as networks, each with what it feeds them."""
    func = call.func
    if isinstance(func, (cst.Name, cst.Call)) or own_attribute(func) is not None:
        yield func, _positional(call.args)
    if isinstance(func, cst.Attribute) and func.attr.value == "forward":
        yield func.value, _positional(call.args)
    tool = _tool(func, imports)
    if tool is not None and not any(_keyword(arg) in tool.spoiling for arg in call.args):
        network = _argument(call, 0, NETWORK)
        given = _argument(call, 1, tool.inputs)
        if network is not None and given is not None:
            yield network, lambda evaluate: numbered(shapes_of(evaluate(given), tool.batch))


def _tool(func: Any, imports: dict[str, str]) -> Tool | None:
    if isinstance(func, cst.Attribute) and func.attr.value == "add_graph":
        return ADD_GRAPH
    return TOOLS.get(dotted(func, imports))


def _keyword(arg: cst.Arg) -> str:
    return arg.keyword.value if arg.keyword is not None else ""


def _argument(call: cst.Call, position: int, names: Sequence[str]) -> Any:
    """The expression of an argument, by name or position."""
    for arg in call.args:
        if _keyword(arg) in names and not arg.star:
            return arg.value
    if position < len(call.args) and not any(arg.keyword or arg.star for arg in call.args[: position + 1]):
        return call.args[position].value
    return None


def _positional(args: Sequence[cst.Arg]) -> Inputs:
    """The tensors among the arguments of a network's own call."""

    def inputs(evaluate: Evaluate) -> tuple[tuple[int | str, Shape], ...]:
        if any(arg.star for arg in args):
            return ()
        values = [(_keyword(arg) or index, evaluate(arg.value)) for index, arg in enumerate(args)]
        shapes = [(key, known(value)) for key, value in values if isinstance(value, Tensor)]
        return tuple((key, shape) for key, shape in shapes if shape is not None)

    return inputs


def numbered(shapes: Sequence[Shape]) -> tuple[tuple[int | str, Shape], ...]:
    """Shapes by position."""
    return tuple(enumerate(shapes))


def known(tensor: Tensor) -> Shape | None:
    """The shape of a tensor, if all of its sizes are numbers."""
    shape = tensor.shape
    return shape if shape is not None and all(isinstance(size, int) for size in shape) else None


def shapes_of(value: Value, batch: bool) -> tuple[Shape, ...]:
    """The shapes that a tensor, sizes, or a list of either stand for; () where any is not known."""
    if isinstance(value, Tensor):
        shape = known(value)
        return () if shape is None else (shape,)
    if not isinstance(value, (list, tuple)) or not value:
        return ()
    if all(is_size(size) for size in value):
        if not all(isinstance(size, int) and size > 0 for size in value):
            return ()
        return (tuple(value) if batch else (symbol("N"), *value),)
    inner = [shapes_of(item, batch) for item in value]
    return tuple(shape for shapes in inner for shape in shapes) if all(len(one) == 1 for one in inner) else ()


# -- names ---------------------------------------------------------------------------------------------------------


def imported(node: cst.Import | cst.ImportFrom) -> dict[str, str]:
    """The names that an import binds, with the dotted names that they stand for."""
    if isinstance(node.names, cst.ImportStar):
        return {}
    module = dotted_name(node.module) + "." if isinstance(node, cst.ImportFrom) and node.module is not None else ""
    found: dict[str, str] = {}
    for alias in node.names:
        name = dotted_name(alias.name)
        if alias.asname is None and isinstance(node, cst.Import):
            name = name.split(".")[0]  # `import a.b` binds a
        found[dotted_name(alias.asname.name) if alias.asname is not None else name] = module + name
    return found


def dotted(node: Any, imports: dict[str, str]) -> str:
    """`torchinfo.summary` for what an expression calls, whatever it was imported as; "" for anything else."""
    rest: list[str] = []
    while isinstance(node, cst.Attribute):
        rest.insert(0, node.attr.value)
        node = node.value
    if not isinstance(node, cst.Name):
        return ""
    return ".".join([imports.get(node.value, node.value), *rest])


# -- expressions ---------------------------------------------------------------------------------------------------


def calls_in(node: Any) -> Iterator[cst.Call]:
    """The calls of an expression, those of functions and comprehensions inside of it aside; inner ones first."""
    for part in _parts(node):
        yield from calls_in(part)
    if isinstance(node, cst.Call):
        yield node


def _parts(node: Any) -> Sequence[Any]:
    if isinstance(node, cst.Call):
        return [node.func, *(arg.value for arg in node.args)]
    if isinstance(node, (cst.Attribute, cst.Subscript, cst.StarredElement, cst.NamedExpr)):
        return [node.value]
    if isinstance(node, (cst.BinaryOperation, cst.BooleanOperation)):
        return [node.left, node.right]
    if isinstance(node, cst.Comparison):
        return [node.left, *(one.comparator for one in node.comparisons)]
    if isinstance(node, (cst.Tuple, cst.List)):
        return [element.value for element in node.elements]
    if isinstance(node, cst.FormattedString):
        return [part.expression for part in node.parts if isinstance(part, cst.FormattedStringExpression)]
    return [node.expression] if isinstance(node, (cst.UnaryOperation, cst.Await)) else []
