"""What is changed in the source: a choice of Cosmic Ray's operators, and some of our own in the same form.

Of operators that are killed by the same tests only the hardest to kill is taken: a condition that is decided or loses
an operand tells more than one that is negated, `<` that becomes `<=` more than one that becomes `>`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import parso
from cosmic_ray.operators.number_replacer import NumberReplacer
from cosmic_ray.operators.operator import Example, Operator
from cosmic_ray.plugins import get_operator

Positions = Iterator[tuple[tuple[int, int], tuple[int, int]]]

CHOSEN = """
    ZeroIterationForLoop RemoveDecorator ExceptionReplacer
    ReplaceTrueWithFalse ReplaceFalseWithTrue ReplaceBreakWithContinue ReplaceContinueWithBreak
    ReplaceUnaryOperator_Delete_Not ReplaceUnaryOperator_Delete_USub
    ReplaceComparisonOperator_Eq_NotEq ReplaceComparisonOperator_NotEq_Eq
    ReplaceComparisonOperator_Is_IsNot ReplaceComparisonOperator_IsNot_Is
    ReplaceComparisonOperator_Lt_LtE ReplaceComparisonOperator_LtE_Lt
    ReplaceComparisonOperator_Gt_GtE ReplaceComparisonOperator_GtE_Gt
    ReplaceBinaryOperator_Add_Sub ReplaceBinaryOperator_Sub_Add ReplaceBinaryOperator_Mul_Add
    ReplaceBinaryOperator_Div_Mul ReplaceBinaryOperator_FloorDiv_Mul ReplaceBinaryOperator_Mod_FloorDiv
    ReplaceBinaryOperator_Pow_Mul ReplaceBinaryOperator_LShift_RShift ReplaceBinaryOperator_RShift_LShift
    ReplaceBinaryOperator_BitAnd_BitOr ReplaceBinaryOperator_BitOr_BitAnd
""".split()


class NextNumber(NumberReplacer):  # type: ignore[misc]
    """Adds 1 to a number.  That `>` becomes `>=` says the same as 1 less."""

    def mutation_positions(self, node: Any) -> Positions:
        yield from list(super().mutation_positions(node))[:1]

    @classmethod
    def examples(cls) -> Any:
        return (Example("x = 1", "x = 2"),)


class DecideCondition(Operator):
    """Replaces a condition by True, and by False."""

    def mutation_positions(self, node: Any) -> Positions:
        for place in _conditions(node):
            for _ in ("True", "False")[node.type == "while_stmt" :]:
                yield node.children[place].start_pos, node.children[place].end_pos

    def mutate(self, node: Any, index: int) -> Any:
        values = ("False",) if node.type == "while_stmt" else ("True", "False")
        place = _conditions(node)[index // len(values)]
        node.children[place] = parso.parse(f" {values[index % len(values)]}")
        return node

    @classmethod
    def examples(cls) -> Any:
        return Example("if x: pass", "if True: pass"), Example("y = [x for x in z if x]", "y = [x for x in z if True]")


def _conditions(node: Any) -> list[int]:
    """Where among its children a statement or an expression has its conditions."""
    if node.type == "test":
        return [2]
    if node.type in ("if_stmt", "while_stmt", "comp_if"):
        return [
            at + 1 for at, child in enumerate(node.children) if getattr(child, "value", "") in ("if", "elif", "while")
        ]
    return []


class DropOperand(Operator):
    """Deletes one operand of `and`, `or`."""

    def mutation_positions(self, node: Any) -> Positions:
        if node.type in ("and_test", "or_test"):
            for operand in node.children[::2]:
                yield operand.start_pos, operand.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        first = max(2 * index - 1, 0)
        del node.children[first : first + 2]
        return node

    @classmethod
    def examples(cls) -> Any:
        return Example("x and y", " y"), Example("x and y", "x", occurrence=1)


class EmptyText(Operator):
    """Deletes the text of a string, or one of the texts between the values of a formatted one."""

    def mutation_positions(self, node: Any) -> Positions:
        is_text = node.type == "string" and node.value.strip("rb").strip("'\"")
        if is_text or (node.type == "fstring_string" and node.parent.type == "fstring"):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        node.value = "''" if node.type == "string" else ""
        return node

    @classmethod
    def examples(cls) -> Any:
        return (Example("x = 'a'", "x = ''"), Example("x = f'a{b}'", "x = f'{b}'"))


OWN = (NextNumber, DecideCondition, DropOperand, EmptyText)


def operators() -> dict[str, Operator]:
    """All operators by their names."""
    chosen = {name: get_operator(f"core/{name}")() for name in CHOSEN}
    return {**chosen, **{kind.__name__: kind() for kind in OWN}}
