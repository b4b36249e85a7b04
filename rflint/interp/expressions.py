"""Expressions: one small function for each kind of node, found by its type."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import libcst as cst

from rflint.interp import attributes, budget, operators
from rflint.interp.frames import Args, Frame, Writing, Written
from rflint.interp.scopes import Scope
from rflint.interp.values import (
    DEEPEST,
    Function,
    Iteration,
    Named,
    Raised,
    Rest,
    Unknown,
    Value,
    depth_of,
    inside,
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
    if scope is None and node.value[:2] == "__":
        scope = frame.scope.find(mangled(node.value, frame))
        if scope is not None:
            return scope.names[mangled(node.value, frame)]
    if scope is None:
        return frame.interp.loader.star(frame.module, node.value, frame, node)
    value = scope.names[node.value]
    return frame.interp.loader.forced(scope, node.value, value, frame, node)


@evaluates(cst.Attribute)
def attribute(node: cst.Attribute, frame: Frame) -> Value:
    """`value.attr`."""
    return attributes.get(evaluate(node.value, frame), mangled(node.attr.value, frame), frame, node)


def mangled(name: str, frame: Frame) -> str:
    """The name under which a class keeps its private `__name`."""
    if name[:2] != "__" or name[-2:] == "__" or frame.owner is None:
        return name
    return f"_{frame.owner.name.lstrip('_')}{name}"


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
    return _joined_parts([_part(part, node, frame) for part in node.parts], frame, node)


def _joined_parts(parts: list[Value], frame: Frame, node: Any) -> Value:
    unknown = next((part for part in parts if isinstance(part, Unknown)), None)
    if unknown is not None:
        return Unknown(unknown.reason, unknown.place)
    if sum(map(len, parts)) > budget.TEXT:
        return frame.unknown(f"a text of more than {budget.TEXT:,} characters", node)
    return "".join(parts)


def _part(part: Any, node: cst.FormattedString, frame: Frame) -> Value:
    if isinstance(part, cst.FormattedStringText):
        text = part.value.replace("{{", "{").replace("}}", "}")
        return _literal(f'"""{text}"""') if "\\" in text and "r" not in node.prefix.lower() else text
    if part.equal is not None:
        return frame.unknown("f'{name=}' is not supported", node)
    value = evaluate(part.expression, frame)
    spec = _joined_parts([_part(p, node, frame) for p in part.format_spec or ()], frame, node)
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
    return distinct(elements(node.elements, frame), frame, node)


def distinct(values: list[Value], frame: Frame, node: Any) -> set[Value]:
    """A set of values.  An unknown one may be equal to another, so it stands for any number more."""
    rests = (Rest(value.reason, value.place) if isinstance(value, Unknown) else value for value in values)
    return {hashable(value, frame, node) for value in rests}


def hashable(value: Value, frame: Frame, node: Any) -> Value:
    """The value, if it can be a key; raises `Raised` (TypeError) as Python does."""
    if isinstance(value, (tuple, frozenset)) and (inside(value) is None or depth_of(value) >= DEEPEST):
        raise budget.Exhausted("a key that holds too much")
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
                overwritten(result, value)
            else:
                result.update(value)
        else:
            assert isinstance(element, cst.DictElement)
            result[hashable(evaluate(element.key, frame), frame, element.key)] = evaluate(element.value, frame)
    return result


def overwritten(entries: dict[Value, Value], doubt: Unknown) -> None:
    """Any number of entries that are not known are put into a dict."""
    entries.update(dict.fromkeys(entries, Unknown(doubt.reason, doubt.place)))
    if not any(isinstance(key, Rest) for key in entries):
        rest = Rest(doubt.reason, doubt.place)
        entries[rest] = rest


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


def condition(node: Any, frame: Frame) -> bool | Unknown:
    """Whether an expression holds.  `unknown and False` does not, and `unknown or True` does."""
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Not):
        held = condition(node.expression, frame)
        return held if isinstance(held, Unknown) else not held
    if not isinstance(node, cst.BooleanOperation):
        return operators.truth(evaluate(node, frame), frame, node)
    wants_right = isinstance(node.operator, cst.And)
    left = condition(node.left, frame)
    if not isinstance(left, Unknown):
        return condition(node.right, frame) if left is wants_right else left
    rights: list[bool | Unknown] = []
    frame.interp.fork([lambda: None, lambda: rights.append(condition(node.right, frame))], left)
    return (not wants_right) if (not wants_right) in rights else left


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
    held = condition(node.test, frame)
    if isinstance(held, Unknown):
        sides = [lambda: evaluate(node.body, frame), lambda: evaluate(node.orelse, frame)]
        return frame.interp.either(sides, held)
    return evaluate(node.body if held else node.orelse, frame)


@evaluates(cst.NamedExpr)
def walrus(node: cst.NamedExpr, frame: Frame) -> Value:
    """`name := value`."""
    value = evaluate(node.value, frame)
    scope = frame.scope
    while scope.comprehension and scope.outer is not None:
        scope = scope.outer
    outer = frame if scope is frame.scope else replace(frame, scope=scope)
    frame.interp.assign(node.target, value, outer)
    return value


@evaluates(cst.Lambda)
def lambda_(node: cst.Lambda, frame: Frame) -> Value:
    """`lambda x: x`."""
    return Function("<lambda>", node, parameters(node.params, frame), enclosing(frame), frame.module, frame.owner)


def enclosing(frame: Frame) -> Scope:
    """The scope that a function defined here closes over: the names of a class are not seen from inside of it."""
    return frame.scope.outer if frame.cls is not None and frame.scope.outer is not None else frame.scope


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
        if isinstance(args.open, Rest) and not arg.star and arg.keyword is None:
            continue  # at which position is not known
        if arg.star == "*":
            _spread(args, value, frame, arg)
        elif arg.star == "**":
            _spread_mapping(args, value, frame, arg)
        elif arg.keyword is not None:
            args.keywords[arg.keyword.value] = value
            args.written[arg.keyword.value] = _written(arg.value, value, frame)
        else:
            args.written[len(args.positional)] = _written(arg.value, value, frame)
            args.positional.append(value)
    return args


def _written(node: Any, value: Value, frame: Frame) -> Written:
    """Where an argument is written: here, or, where it is a parameter that nobody has changed, by the caller."""
    given = frame.given.get(node.value, {}).get(0) if isinstance(node, cst.Name) else None
    return given if given is not None and given.value is value else Written(frame, node, value)


def _handed_on(node: Any, frame: Frame) -> Writing:
    """Where what a `*` or `**` parameter holds is written."""
    return frame.given.get(node.value, {}) if isinstance(node, cst.Name) else {}


def _spread(args: Args, value: Value, frame: Frame, arg: Any) -> None:
    spread = frame.interp.elements(value, frame, arg.value)
    if isinstance(args.open, Rest):
        return
    if isinstance(spread, Unknown):
        args.open = Rest(spread.reason, spread.place)
        return
    given = _handed_on(arg.value, frame)
    for position, item in enumerate(spread):
        if isinstance(item, Rest):
            args.open = item
            return
        if position in given and given[position].value is item:
            args.written[len(args.positional)] = given[position]
        args.positional.append(item)
    if len(args.positional) > budget.COLLECTION:
        raise budget.Exhausted(f"a call with more than {budget.COLLECTION:,} arguments")


def _spread_mapping(args: Args, value: Value, frame: Frame, arg: Any) -> None:
    spread = frame.interp.mapping(value, frame, arg.value)
    if isinstance(spread, Unknown):
        args.open = args.open or Named(spread.reason, spread.place)
        return
    given = _handed_on(arg.value, frame)
    for key, item in spread.items():
        if isinstance(key, str):
            args.keywords[key] = item
            if key in given and given[key].value is item:
                args.written[key] = given[key]
        else:
            args.open = args.open or Named("a keyword that is not known", frame.place(arg.value))


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
    return Iteration(comprehend(node.for_in, frame, lambda inner: evaluate(node.elt, inner)))


@evaluates(cst.SetComp)
def set_comprehension(node: cst.SetComp, frame: Frame) -> Value:
    """`{x for y in z}`."""
    return distinct(comprehend(node.for_in, frame, lambda inner: evaluate(node.elt, inner)), frame, node)


@evaluates(cst.DictComp)
def dict_comprehension(node: cst.DictComp, frame: Frame) -> Value:
    """`{k: v for y in z}`."""

    def pair(inner: Frame) -> Value:
        return (hashable(evaluate(node.key, inner), inner, node), evaluate(node.value, inner))

    result: dict[Value, Value] = {}
    for item in comprehend(node.for_in, frame, pair):
        if isinstance(item, Rest):
            overwritten(result, item)
        else:
            frame.interp.builtins.set_item(result, item[0], item[1], frame, node)
    return result


def comprehend(comp: cst.CompFor, frame: Frame, make: Callable[[Frame], Value]) -> list[Value]:
    """Run the loops of a comprehension in a scope of their own.

    Where an iterable or a condition is not known the list holds a `Rest`.
    """
    scope = Scope(outer=frame.scope, comprehension=True)
    inner = replace(frame, scope=scope, annotations=None)
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
        held = condition(test.test, frame)
        if held is not True:
            return held
    return True


@evaluates(cst.Yield)
def yield_(node: cst.Yield, frame: Frame) -> Value:
    """`yield value`: the generator runs to its end when it is created."""
    if frame.on_yield is not None:
        return frame.on_yield(evaluate(node.value, frame) if node.value is not None else None)
    if frame.yields is None:
        return frame.unknown("yield outside of a generator", node)
    if isinstance(node.value, cst.From):
        values = frame.interp.elements(evaluate(node.value.item, frame), frame, node)
        frame.interp.state.touch(frame.yields)
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
