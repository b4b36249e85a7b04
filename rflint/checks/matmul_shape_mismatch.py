"""RF422: a product of matrices whose inner sizes, or whose batches, do not agree."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._layers import times
from rflint.checks._places import comes_astray
from rflint.diagnostics import Finding
from rflint.dims import equal
from rflint.trace import Shape, Trace, Use


@rule("RF422", "matmul-shape-mismatch", "error", fix="hint")
def matmul_shape_mismatch(trace: Trace) -> Iterator[Finding]:
    """Whether torch surely refuses a product: the columns of the first are not the rows of the second."""
    for use in trace.uses:
        problem = misfit(use) if use.output is None and not use.conditional and use.given is None else ""
        if problem and not comes_astray(trace, use):
            yield Finding(use.place, f"{problem}: torch refuses it{cure(use)}", use=use.index)


def misfit(use: Use) -> str:
    """What does not agree, "" if nothing surely does not."""
    known = [operand.shape for operand in use.operands if operand.shape is not None]
    if use.base == "einsum":
        return named_twice(use.layer.args.get("equation"), known)
    if use.base != "matmul" or len(known) != 2 or min(map(len, known)) < 2:
        return ""
    left, right = known
    if equal(left[-1], right[-2]) is False:
        return f"{times(left)} times {times(right)}: {left[-1]} columns meet {right[-2]} rows"
    return ""


def cure(use: Use) -> str:
    """The end of the sentence where the second operand is only turned."""
    shapes = [operand.shape or () for operand in use.operands]
    if use.base != "matmul" or equal(shapes[0][-1], shapes[1][-1]) is not True:
        return ""
    return "; the second one fits transposed"


def named_twice(equation: object, shapes: list[Shape]) -> str:
    """The axis of an einsum that has one size in one operand and another in another one; "" if some are not known."""
    if not isinstance(equation, str) or "." in equation:
        return ""
    terms = [term.strip() for term in equation.split("->")[0].split(",")]
    sizes: dict[str, object] = {}
    if [len(term) for term in terms] != [len(shape) for shape in shapes]:
        return ""
    for letter, size in (
        pair for term, shape in zip(terms, shapes, strict=True) for pair in zip(term, shape, strict=True)
    ):
        held = sizes.setdefault(letter, size)
        if equal(held, size) is False and 1 not in (held, size):  # type: ignore[arg-type]
            return f"{equation} of {' and '.join(times(shape) for shape in shapes)}: {letter} is {held} and {size}"
    return ""
