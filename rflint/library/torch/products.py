"""Products that sum over axes: matmul and its kind, einsum, similarities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rflint.dims import Size, equal
from rflint.interp.frames import Call
from rflint.interp.values import Tensor, Unknown, Value
from rflint.library.registry import function, member
from rflint.library.torch.arithmetic import promoted
from rflint.library.torch.broadcasting import agreed, broadcast, broadcast_reads, stretched, stretched_read
from rflint.library.torch.op import Op, kept, operation, tensor_of, unread
from rflint.library.torch.refusal import Refusal
from rflint.library.torch.tensor import TENSOR, tensor_function
from rflint.trace import Read, Shape

SECOND = "other=None, *, mat2=None, vec=None, vec2=None, tensor=None, out=None"
"""The second factor, which has another name in each of the functions."""
RANKS = {"mm": (2, 2), "bmm": (3, 3), "mv": (2, 1), "dot": (1, 1)}
"""How many axes the factors of special products must have."""
SCALED = "*, beta=1, alpha=1, out=None"
GONE = Read("whole", None)
"""An axis that is summed over: all of it is read, none of it is left."""


class Product(NamedTuple):
    """The shape of a product, None if torch raises, and how both factors are read."""

    shape: Shape | None
    left: list[Read]
    right: list[Read]
    reason: str = ""


def product(a: Shape, b: Shape) -> Product:
    """`a @ b`: rows of the last two axes times columns, all axes before them broadcast."""
    met, reason = agreed(a[-1], b[max(len(b) - 2, 0)])
    if met is None:
        return Product(None, [], [], reason)
    batch, why = broadcast([a[:-2], b[:-2]])
    if batch is None:
        return Product(None, [], [], why)
    output = (*batch, *a[-2:-1], *(b[-1:] if len(b) > 1 else ()))
    left = [*broadcast_reads(a[:-2], batch), *([kept(len(batch))] if len(a) > 1 else []), GONE]
    right = [*broadcast_reads(b[:-2], batch), GONE, *([kept(len(output) - 1)] if len(b) > 1 else [])]
    return Product(output, left, right, why)


def factors(op: Op, values: Sequence[Value]) -> list[Tensor] | Tensor:
    """The tensors to multiply; or the use with what is not known of them."""
    given = [tensor_of(op.call, value) for value in values]
    doubt = next((one for one in given if isinstance(one, Unknown)), None)
    if doubt is not None:
        op.call.interp.recorder.note(doubt)
    tensors = [Tensor(None, reason=one.reason) if isinstance(one, Unknown) else one for one in given]
    missing = next((one for one in tensors if one.shape is None), None)
    if missing is None:
        return tensors
    return op.opaque(tensors, missing.reason or "the size of its input is not known")


def multiplied(op: Op, left: Value, right: Value, added: Value = None) -> Tensor:
    """The use of a matrix product, `added` broadcast to it."""
    found = factors(op, [left, right])
    if isinstance(found, Tensor):
        return found
    a, b = found
    if not a.shape or not b.shape:
        return op.opaque(found, Refusal("a product of tensors without axes"))
    made = product(a.shape, b.shape)
    if made.shape is None:
        return op.opaque(found, made.reason)
    rows: list[tuple[Tensor, Sequence[Read]]] = [(a, made.left), (b, made.right)]
    shape = made.shape
    if isinstance(added, Tensor) and added.shape is not None:
        met, reason = broadcast([added.shape, shape])
        if met is None:
            return op.opaque([a, b, added], reason)
        rows.append((added, broadcast_reads(added.shape, met)))
    result = op.emit(rows, shape, made.reason or a.reason or b.reason)
    result.dtype = promoted([a, b])
    return result


@tensor_function("matmul", "mm", "bmm", "mv", "dot", signature=f"input, {SECOND}", base="matmul", makes="own")
@tensor_function("matmul", signature=f"input, {SECOND}", under=("torch.linalg",), method=False, makes="own")
def matmul(op: Op, input: Tensor, **given: Value) -> Value:
    """`matmul(a, b)` and its special cases."""
    other = next((value for value in given.values() if value is not None), None)
    ranks = RANKS.get(op.layer.kind)
    pair = [one for one in (input, other) if isinstance(one, Tensor) and one.shape is not None]
    if ranks is not None and len(pair) == 2 and tuple(len(one.shape or ()) for one in pair) != ranks:
        return op.opaque(pair, Refusal(f"{op.layer.kind} of tensors with other than {ranks} axes"))
    if op.layer.kind == "bmm" and len(pair) == 2:
        met, reason = agreed((pair[0].shape or ())[0], (pair[1].shape or ())[0])
        if met is None:
            return op.opaque(pair, reason)
    return multiplied(op, input, other)


@tensor_function("addmm", signature=f"input, mat1, mat2, {SCALED}", base="matmul", makes="own")
@tensor_function("baddbmm", signature=f"input, batch1, batch2, {SCALED}", base="matmul", makes="own")
def added_product(op: Op, input: Tensor, beta: Value, alpha: Value, **given: Value) -> Value:
    """`addmm(x, a, b)`: x + a @ b."""
    left, right = given.values()
    return multiplied(op, left, right, input)


@tensor_function("outer", "ger", signature="input, vec2, *, out=None", base="outer", makes="own")
def outer(op: Op, input: Tensor, vec2: Value) -> Value:
    """`outer(a, b)`: every number of one times every number of the other."""
    return sum_of_products(op, [input, vec2], ["i", "j"], "ij")


def _operator(name: str, swapped: bool) -> None:
    @member(TENSOR, name)
    def run(call: Call) -> Value:
        left, right = call.args.positional[:2]
        return multiplied(operation(call, "matmul"), *((right, left) if swapped else (left, right)))


_operator("__matmul__", False)
_operator("__rmatmul__", True)


# -- einsum --------------------------------------------------------------------------------------------------------


@function("torch.einsum", signature="equation, *operands")
def einsum(call: Call, equation: Value, operands: tuple[Value, ...]) -> Value:
    """`einsum("bhid,bhjd->bhij", q, k)`."""
    op = operation(call, "einsum", {"equation": equation})
    given = operands[0] if len(operands) == 1 and isinstance(operands[0], (list, tuple)) else operands
    if not isinstance(equation, str):
        doubt = equation if isinstance(equation, Unknown) else call.unknown("einsum() without an equation")
        return op.opaque([one for one in given if isinstance(one, Tensor)], doubt.reason)
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if not arrow:
        letters = sorted(letter for letter in set(left) if letter.isalpha() and left.count(letter) == 1)
        right = ("..." if "..." in left else "") + "".join(letters)
    return sum_of_products(op, given, terms, right)


def sum_of_products(op: Op, operands: Sequence[Value], terms: Sequence[str], output: str) -> Value:
    """The use that multiplies tensors whose axes have letters, and sums over the letters that the output lacks."""
    found = factors(op, operands)
    if isinstance(found, Tensor):
        return found
    if len(found) != len(terms):
        return op.opaque(found, Refusal(f"{len(found)} tensors for {len(terms)} terms"))
    labels = [letters(term, len(one.shape or ())) for term, one in zip(terms, found, strict=True)]
    if any(names is None for names in labels):
        return op.opaque(found, Refusal("an equation whose terms do not fit the tensors"))
    known = [names for names in labels if names is not None]
    sizes: dict[str, Size] = {}
    for names, one in zip(known, found, strict=True):
        for name, size in zip(names, one.shape or (), strict=True):
            met, reason = stretched(sizes.get(name, 1), size)
            if names.count(name) > 1 and equal(size, (one.shape or ())[names.index(name)]) is False:
                return op.refuse(found, f"axes named {name} of one tensor with different sizes")
            if met is None:
                return op.opaque(found, reason)
            sizes[name] = met
    dots = sorted({name for names in known for name in names if name.startswith("...")}, reverse=True)
    wanted = [part for letter in output.replace("...", ".") for part in (dots if letter == "." else [letter])]
    if any(name not in sizes for name in wanted):
        return op.opaque(found, Refusal("an equation that makes axes out of nothing"))
    rows = [
        (one, _lettered_reads(names, one.shape or (), wanted, sizes)) for names, one in zip(known, found, strict=True)
    ]
    reason = next((one.reason for one in found if one.reason), "")
    result = op.emit(rows, tuple(sizes[name] for name in wanted), reason)
    result.dtype = promoted(found)
    return result


def letters(term: str, rank: int) -> list[str] | None:
    """The name of each axis in a term; axes that `...` stands for are named `...2`, `...1`, counted from the right."""
    before, dots, after = term.partition("...")
    extra = rank - len(before) - len(after)
    if extra < 0 or (extra and not dots):
        return None
    return [*before, *(f"...{count:02}" for count in range(extra, 0, -1)), *after]


def _lettered_reads(names: Sequence[str], shape: Shape, wanted: Sequence[str], sizes: dict[str, Size]) -> list[Read]:
    reads: list[Read] = []
    for name, size in zip(names, shape, strict=True):
        if name not in wanted:
            reads.append(GONE)
        elif list(names).count(name) > 1:
            reads.append(unread(wanted.index(name), "only a diagonal is read"))
        else:
            reads.append(stretched_read(size, sizes[name], wanted.index(name)))
    return reads
