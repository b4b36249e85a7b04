"""Operations, comparisons and conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from rflint.interp import operators
from rflint.interp.evaluation import evaluate, evaluates
from rflint.interp.frames import Frame
from rflint.interp.values import (
    Unknown,
    Value,
)

if TYPE_CHECKING:
    pass


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


@evaluates(cst.BinaryOperation)
def binary(node: cst.BinaryOperation, frame: Frame) -> Value:
    """`a + b`."""
    sign = OPERATORS[type(node.operator)]
    return operators.binary(sign, evaluate(node.left, frame), evaluate(node.right, frame), frame, node)


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
