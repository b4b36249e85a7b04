"""Expressions: one small function for each kind of node, found by its type."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import libcst as cst

from rflint.interp import attributes, budget, operators
from rflint.interp.frames import Args, Frame
from rflint.interp.scopes import Scope
from rflint.interp.values import (
    Function,
    Iteration,
    Raised,
    Rest,
    Unknown,
    Value,
    is_class,
)

if TYPE_CHECKING:
    from rflint.interp.values import Parameters

Evaluate = Callable[[Any, Frame], Value]
EVAL: dict[type, Evaluate] = {}


def evaluates(*kinds: type) -> Callable[[Evaluate], Evaluate]:
    """Register the function that evaluates these kinds of nodes."""

    def register(function: Evaluate) -> Evaluate:
        EVAL.update(dict.fromkeys(kinds, function))
        return function

    return register


def evaluate(node: Any, frame: Frame) -> Value:
    """The value of an expression."""
    handler = EVAL.get(type(node))
    if handler is None:
        return frame.unknown(f"{type(node).__name__} is not supported", node)
    return handler(node, frame)


@evaluates(cst.Name)
def name(node: cst.Name, frame: Frame) -> Value:
    """A name: local, enclosing, module, built-in."""
    scope = frame.scope.find(node.value)
    if scope is None:
        return frame.interp.loader.star(frame.module, node.value, frame, node)
    value = scope.names[node.value]
    return frame.interp.loader.forced(scope, node.value, value, frame, node)


@evaluates(cst.Attribute)
def attribute(node: cst.Attribute, frame: Frame) -> Value:
    """`value.attr`."""
    return attributes.get(evaluate(node.value, frame), node.attr.value, frame, node)


@lru_cache(maxsize=65536)
def _literal(text: str) -> Value:
    return ast.literal_eval(text)


@evaluates(cst.Integer, cst.Float, cst.Imaginary, cst.SimpleString)
def literal(node: Any, frame: Frame) -> Value:
    """A number or a string."""
    return _literal(node.value)


@evaluates(cst.ConcatenatedString)
def concatenated(node: cst.ConcatenatedString, frame: Frame) -> Value:
    """Adjacent strings."""
    return operators.binary("+", evaluate(node.left, frame), evaluate(node.right, frame), frame, node)


@evaluates(cst.FormattedString)
def formatted(node: cst.FormattedString, frame: Frame) -> Value:
    """An f-string."""
    parts = [_part(part, frame) for part in node.parts]
    unknown = next((part for part in parts if isinstance(part, Unknown)), None)
    return unknown if unknown is not None else "".join(parts)


def _part(part: Any, frame: Frame) -> Value:
    if isinstance(part, cst.FormattedStringText):
        return part.value.replace("{{", "{").replace("}}", "}")
    value = evaluate(part.expression, frame)
    spec = "".join(_part(p, frame) for p in part.format_spec) if part.format_spec else ""
    return frame.interp.builtins.format(value, spec, part.conversion or "", frame, part.expression)


@evaluates(cst.Ellipsis)
def ellipsis(node: cst.Ellipsis, frame: Frame) -> Value:
    """`...`."""
    return ...


def elements(nodes: Any, frame: Frame) -> list[Value]:
    """The values of the elements of a list, tuple or set display, stars spread out."""
    values: list[Value] = []
    for element in nodes:
        value = evaluate(element.value, frame)
        if isinstance(element, cst.StarredElement):
            spread = frame.interp.elements(value, frame, element.value)
            values.extend([Rest(spread.reason, spread.place)] if isinstance(spread, Unknown) else spread)
        else:
            values.append(value)
    return values


@evaluates(cst.List)
def list_display(node: cst.List, frame: Frame) -> Value:
    """`[...]`."""
    return elements(node.elements, frame)


@evaluates(cst.Tuple)
def tuple_display(node: cst.Tuple, frame: Frame) -> Value:
    """`(...)`."""
    return tuple(elements(node.elements, frame))


@evaluates(cst.Set)
def set_display(node: cst.Set, frame: Frame) -> Value:
    """`{...}`."""
    return {hashable(value, frame, node) for value in elements(node.elements, frame)}


def hashable(value: Value, frame: Frame, node: Any) -> Value:
    """The value, if it can be a key; raises `Raised` (TypeError) as Python does."""
    try:
        hash(value)
    except TypeError as problem:
        raise Raised(TypeError, str(problem), frame.place(node)) from None
    return value


@evaluates(cst.Dict)
def dict_display(node: cst.Dict, frame: Frame) -> Value:
    """`{key: value}`."""
    result: dict[Value, Value] = {}
    for element in node.elements:
        if isinstance(element, cst.StarredDictElement):
            value = frame.interp.mapping(evaluate(element.value, frame), frame, element.value)
            if isinstance(value, Unknown):
                return value
            result.update(value)
        else:
            assert isinstance(element, cst.DictElement)
            result[hashable(evaluate(element.key, frame), frame, element.key)] = evaluate(element.value, frame)
    return result


@evaluates(cst.BinaryOperation)
def binary(node: cst.BinaryOperation, frame: Frame) -> Value:
    """`a + b`."""
    sign = OPERATORS[type(node.operator)]
    return operators.binary(sign, evaluate(node.left, frame), evaluate(node.right, frame), frame, node)


OPERATORS: dict[type, str] = {
    cst.Add: "+",
    cst.Subtract: "-",
    cst.Multiply: "*",
    cst.Divide: "/",
    cst.FloorDivide: "//",
    cst.Modulo: "%",
    cst.Power: "**",
    cst.MatrixMultiply: "@",
    cst.BitAnd: "&",
    cst.BitOr: "|",
    cst.BitXor: "^",
    cst.LeftShift: "<<",
    cst.RightShift: ">>",
    cst.Minus: "-",
    cst.Plus: "+",
    cst.BitInvert: "~",
    cst.Not: "not",
    cst.LessThan: "<",
    cst.GreaterThan: ">",
    cst.LessThanEqual: "<=",
    cst.GreaterThanEqual: ">=",
    cst.Equal: "==",
    cst.NotEqual: "!=",
    cst.Is: "is",
    cst.IsNot: "is not",
    cst.In: "in",
    cst.NotIn: "not in",
}


@evaluates(cst.UnaryOperation)
def unary(node: cst.UnaryOperation, frame: Frame) -> Value:
    """`-a`, `not a`."""
    return operators.unary(OPERATORS[type(node.operator)], evaluate(node.expression, frame), frame, node)


@evaluates(cst.BooleanOperation)
def boolean(node: cst.BooleanOperation, frame: Frame) -> Value:
    """`a and b`, `a or b`: the right side runs only where Python would run it."""
    left = evaluate(node.left, frame)
    held = operators.truth(left, frame, node.left)
    wants_right = isinstance(node.operator, cst.And)
    if not isinstance(held, Unknown):
        return evaluate(node.right, frame) if held is wants_right else left
    right = frame.interp.either([lambda: left, lambda: evaluate(node.right, frame)], held)
    return held if isinstance(left, Unknown) and _decides(right, not wants_right, frame, node) is False else right


def _decides(value: Value, which: bool, frame: Frame, node: Any) -> bool:
    return operators.truth(value, frame, node) is which


@evaluates(cst.Comparison)
def comparison(node: cst.Comparison, frame: Frame) -> Value:
    """`a < b <= c`."""
    left = evaluate(node.left, frame)
    answer: Value = True
    for target in node.comparisons:
        right = evaluate(target.comparator, frame)
        answer = operators.compare(OPERATORS[type(target.operator)], left, right, frame, node)
        if answer is False or len(node.comparisons) == 1:
            return answer
        if isinstance(answer, Unknown):
            return answer
        left = right
    return answer


@evaluates(cst.IfExp)
def conditional(node: cst.IfExp, frame: Frame) -> Value:
    """`a if test else b`."""
    held = operators.truth(evaluate(node.test, frame), frame, node.test)
    if isinstance(held, Unknown):
        sides = [lambda: evaluate(node.body, frame), lambda: evaluate(node.orelse, frame)]
        return frame.interp.either(sides, held)
    return evaluate(node.body if held else node.orelse, frame)


@evaluates(cst.NamedExpr)
def walrus(node: cst.NamedExpr, frame: Frame) -> Value:
    """`name := value`."""
    value = evaluate(node.value, frame)
    frame.interp.assign(node.target, value, frame)
    return value


@evaluates(cst.Lambda)
def lambda_(node: cst.Lambda, frame: Frame) -> Value:
    """`lambda x: x`."""
    return Function("<lambda>", node, parameters(node.params, frame), frame.scope, frame.module)


def parameters(params: cst.Parameters, frame: Frame) -> Parameters:
    """The parameters of a function, with the values of their defaults."""
    from rflint.interp.values import Parameter

    rows: list[Parameter] = []

    def add(kind: str, param: cst.Param) -> None:
        value = evaluate(param.default, frame) if param.default is not None else None
        rows.append(Parameter(param.name.value, kind, value, param.default is not None))

    for param in params.posonly_params:
        add("positional", param)
    for param in params.params:
        add("plain", param)
    if isinstance(params.star_arg, cst.Param):
        add("star", params.star_arg)
    for param in params.kwonly_params:
        add("keyword", param)
    if params.star_kwarg is not None:
        add("double", params.star_kwarg)
    return tuple(rows)


@evaluates(cst.Call)
def call(node: cst.Call, frame: Frame) -> Value:
    """`function(arguments)`."""
    if isinstance(node.func, cst.Name) and node.func.value == "super" and not node.args:
        return frame.interp.zero_super(frame, node)
    function = evaluate(node.func, frame)
    return frame.interp.call_with(function, arguments(node.args, frame), frame, node)


def arguments(nodes: Any, frame: Frame) -> Args:
    """The evaluated arguments of a call."""
    args = Args([])
    for arg in nodes:
        value = evaluate(arg.value, frame)
        if arg.star == "*":
            _spread(args, value, frame, arg)
        elif arg.star == "**":
            _spread_mapping(args, value, frame, arg)
        elif arg.keyword is not None:
            args.keywords[arg.keyword.value] = value
            args.nodes[arg.keyword.value] = arg.value
        else:
            args.nodes[len(args.positional)] = arg.value
            args.positional.append(value)
    return args


def _spread(args: Args, value: Value, frame: Frame, arg: Any) -> None:
    spread = frame.interp.elements(value, frame, arg.value)
    if isinstance(spread, Unknown):
        args.open = spread
        return
    for item in spread:
        if isinstance(item, Rest):
            args.open = item
            return
        args.positional.append(item)


def _spread_mapping(args: Args, value: Value, frame: Frame, arg: Any) -> None:
    spread = frame.interp.mapping(value, frame, arg.value)
    if isinstance(spread, Unknown):
        args.open = spread
        return
    for key, item in spread.items():
        if isinstance(key, str):
            args.keywords[key] = item
        else:
            args.open = frame.unknown("a keyword that is not known", arg.value)


@evaluates(cst.Subscript)
def subscript(node: cst.Subscript, frame: Frame) -> Value:
    """`value[index]`."""
    value = evaluate(node.value, frame)
    if isinstance(value, Unknown):
        return value
    if is_class(value) and not _is_enum(value):
        return value
    return frame.interp.item(value, index(node, frame), frame, node)


def _is_enum(value: Value) -> bool:
    return "members" in getattr(value, "notes", {})


def index(node: cst.Subscript, frame: Frame) -> Value:
    """The index of a subscript: one value, or a tuple."""
    parts = [_index_part(element.slice, frame) for element in node.slice]
    trailing = isinstance(node.slice[-1].comma, cst.Comma)
    return parts[0] if len(parts) == 1 and not trailing else tuple(parts)


def _index_part(part: Any, frame: Frame) -> Value:
    if isinstance(part, cst.Index):
        return evaluate(part.value, frame)
    lower, upper, step = (evaluate(p, frame) if p is not None else None for p in (part.lower, part.upper, part.step))
    return slice(lower, upper, step)


@evaluates(cst.ListComp)
def list_comprehension(node: cst.ListComp, frame: Frame) -> Value:
    """`[x for y in z]`."""
    return comprehend(node.for_in, frame, lambda inner: evaluate(node.elt, inner))


@evaluates(cst.GeneratorExp)
def generator_expression(node: cst.GeneratorExp, frame: Frame) -> Value:
    """`(x for y in z)`: run at once, to a list."""
    items = comprehend(node.for_in, frame, lambda inner: evaluate(node.elt, inner))
    return Iteration(items) if isinstance(items, list) else items


@evaluates(cst.SetComp)
def set_comprehension(node: cst.SetComp, frame: Frame) -> Value:
    """`{x for y in z}`."""
    items = comprehend(node.for_in, frame, lambda inner: hashable(evaluate(node.elt, inner), inner, node))
    return set(items) if isinstance(items, list) else items


@evaluates(cst.DictComp)
def dict_comprehension(node: cst.DictComp, frame: Frame) -> Value:
    """`{k: v for y in z}`."""

    def pair(inner: Frame) -> Value:
        return (hashable(evaluate(node.key, inner), inner, node), evaluate(node.value, inner))

    items = comprehend(node.for_in, frame, pair)
    if not isinstance(items, list):
        return items
    rest = next((item for item in items if isinstance(item, Rest)), None)
    return Unknown(rest.reason, rest.place) if rest is not None else dict(items)


def comprehend(comp: cst.CompFor, frame: Frame, make: Callable[[Frame], Value]) -> list[Value]:
    """Run the loops of a comprehension in a scope of their own.

    Where an iterable or a condition is not known the list holds a `Rest`.
    """
    inner = Frame(frame.interp, Scope(outer=frame.scope), frame.module, frame.function, frame.receiver, frame.yields)
    items: list[Value] = []
    _rounds(comp, inner, make, items)
    return items


def _rounds(comp: cst.CompFor, frame: Frame, make: Callable[[Frame], Value], items: list[Value]) -> None:
    values = frame.interp.elements(evaluate(comp.iter, frame), frame, comp.iter)
    if isinstance(values, Unknown):
        items.append(Rest(values.reason, values.place))
        return
    for value in values:
        frame.interp.budget.step()
        if len(items) > budget.ITERATIONS:
            raise budget.Exhausted(f"a comprehension of more than {budget.ITERATIONS:,} items")
        if isinstance(value, Rest):
            items.append(value)
            continue
        frame.interp.assign(comp.target, value, frame)
        held = _conditions(comp, frame)
        if isinstance(held, Unknown):
            items.append(Rest(held.reason, held.place))
        elif held:
            if comp.inner_for_in is not None:
                _rounds(comp.inner_for_in, frame, make, items)
            else:
                items.append(make(frame))


def _conditions(comp: cst.CompFor, frame: Frame) -> bool | Unknown:
    for test in comp.ifs:
        held = operators.truth(evaluate(test.test, frame), frame, test.test)
        if held is not True:
            return held
    return True


@evaluates(cst.Yield)
def yield_(node: cst.Yield, frame: Frame) -> Value:
    """`yield value`: the generator runs to its end when it is created."""
    if frame.yields is None:
        return frame.unknown("yield outside of a generator", node)
    if isinstance(node.value, cst.From):
        values = frame.interp.elements(evaluate(node.value.item, frame), frame, node)
        frame.yields.extend([Rest(values.reason, values.place)] if isinstance(values, Unknown) else values)
        return None
    frame.interp.state.touch(frame.yields)
    frame.yields.append(evaluate(node.value, frame) if node.value is not None else None)
    if len(frame.yields) > budget.ITERATIONS:
        raise budget.Exhausted(f"a generator of more than {budget.ITERATIONS:,} items")
    return None


@evaluates(cst.Await)
def await_(node: cst.Await, frame: Frame) -> Value:
    """`await value`."""
    return frame.unknown("await is not supported", node)
