"""einops: rearrange, reduce and repeat, as functions and as layers, and einsum with named axes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from rflint import dims, field
from rflint.dims import Size, symbol
from rflint.interp.frames import Call
from rflint.interp.values import Tensor, Unknown, Value, is_size
from rflint.library.registry import function
from rflint.library.torch.factors import quotient
from rflint.library.torch.joining import pieces_of, stacked
from rflint.library.torch.op import SPATIAL, InputShape, Op, fresh, functional, kept, layer, operation, stop, tensor_of
from rflint.library.torch.products import sum_of_products
from rflint.trace import Read, Regrouping, Shape, show_shape

DOTS, INNER = "...", "(...)"
"""Axes without names, each of its own, and merged into one."""
REDUCTIONS = ("min", "max", "sum", "mean", "prod", "any", "all")
Groups = list[list[str]]
"""One side of a pattern: for each axis the names of what it is made of, outermost first."""


class Misfit(Exception):
    """einops certainly raises; the text says why."""


# -- patterns ------------------------------------------------------------------------------------------------------


def groups_of(side: str, mark: str) -> Groups:
    """One side of a pattern; 1 is an axis of nothing, other numbers get names of their own.  Raises `Misfit`."""
    groups: Groups = []
    inside = False
    for count, token in enumerate(re.findall(r"\.\.\.|\w+|\S", side)):
        if token in "()":
            if (token == "(") is inside:
                raise Misfit("a pattern whose brackets do not pair")
            inside = token == "("
            groups += [[]] if inside else []
            continue
        if token != DOTS and not re.fullmatch("[1-9][0-9]{0,9}", token) and not _is_name(token):
            raise Misfit(f"{token!r} in a pattern")
        names = [] if token == "1" else [f"{token} {mark}{count}" if token.isdecimal() else token]
        if inside:
            groups[-1] += [INNER] if token == DOTS else names
        else:
            groups.append(names)
    if inside:
        raise Misfit("a pattern whose brackets do not pair")
    return groups


def _is_name(token: str) -> bool:
    return token.isidentifier() and not token.startswith("_") and not token.endswith("_")


def spread_dots(left: Groups, right: Groups, rank: int) -> tuple[Groups, Groups]:
    """Both sides with names for the axes that `...` stands for.  Raises `Misfit` for another number of axes."""
    extra = rank - len(left) + 1
    if [DOTS] not in left:
        if extra != 1:
            raise Misfit(f"a pattern of {len(left)} axes for {rank}")
        return left, right
    if extra < 0:
        raise Misfit(f"a pattern of {len(left) - 1} axes or more for {rank}")
    names = [f"{DOTS}{count}" for count in range(extra)]
    at = left.index([DOTS])
    wanted: Groups = []
    for group in right:
        if group == [DOTS]:
            wanted += [[name] for name in names]
        else:
            wanted.append(list(chain.from_iterable(names if name == INNER else [name] for name in group)))
    return [*left[:at], *([name] for name in names), *left[at + 1 :]], wanted


def check(kind: str, left: Groups, right: Groups, lengths: Mapping[str, Value]) -> None:
    """Raise `Misfit` where the two sides do not belong together."""
    before = list(chain.from_iterable(left))
    after = [DOTS if name == INNER else name for name in chain.from_iterable(right)]
    if len(set(before)) < len(before) or len(set(after)) < len(after):
        raise Misfit("a pattern that names an axis twice")
    if INNER in before:
        raise Misfit("... inside of brackets on the left")
    lost, new = set(before) - set(after), set(after) - set(before)
    unsized = {name for name in new if name not in lengths and not name[0].isdecimal()}
    if (lost and kind != "reduce") or (new and kind != "repeat") or unsized:
        names = ", ".join(sorted(lost | new))
        raise Misfit(f"a pattern with {names} on one side only")
    unused = set(lengths) - set(before) - set(after)
    if unused:
        raise Misfit(f"a pattern without {', '.join(sorted(unused))}")


class Measured(NamedTuple):
    """The size of each name, and why one of them is not known."""

    sizes: dict[str, Size]
    reason: str


def measured(left: Groups, right: Groups, shape: Shape, lengths: Mapping[str, Value]) -> Measured:
    """The sizes of all names: given ones, those of numbers, and what follows from the shape.  Raises `Misfit`."""
    sizes: dict[str, Size] = {name: size if is_size(size) else fresh() for name, size in lengths.items()}
    for name in chain(*left, *right):
        if name[0].isdecimal():
            sizes[name] = int(name.split()[0])
    reason = "" if all(map(is_size, lengths.values())) else "a size in the pattern is no integer"
    for group, size in zip(left, shape, strict=True):
        open = [name for name in group if name not in sizes]
        known = dims.product(sizes[name] for name in group if name in sizes)
        if len(open) > 1:
            raise Misfit(f"the sizes of {', '.join(open)} do not follow from the shape")
        if not open and dims.equal(known, size) is False:
            raise Misfit(f"{known} positions in the pattern for {size}")
        if open:
            rest, why = quotient(size, known) if len(group) > 1 else (size, "")
            if rest is None:
                raise Misfit(f"{size} is not divisible by {known}")
            if why and isinstance(known, int) and known > 0:
                rest, why = size // known, ""  # einops raises for all other sizes
            sizes[open[0]], reason = rest, reason or why
    return Measured(sizes, reason)


# -- reads ---------------------------------------------------------------------------------------------------------


def reads_of(left: Groups, right: Groups, sizes: Mapping[str, Size]) -> list[Read]:
    """How each axis of the input is read."""
    whole = [_long(group, sizes) for group in left]
    made = [_long(group, sizes) for group in right]
    return [_read(at, left, right, whole, made, sizes) for at in range(len(left))]


def _long(group: Sequence[str], sizes: Mapping[str, Size]) -> list[str]:
    return [name for name in group if sizes[name] != 1]


def _read(at: int, left: Groups, right: Groups, whole: Groups, made: Groups, sizes: Mapping[str, Size]) -> Read:
    """How one axis is read.

    It is kept where it is an axis of the output as well, or where the outer part of it is and the rest becomes channels
    or is reduced, as in pooling and patches, or where it is the outer part of one whose inner part comes from channels
    or is new, as in pixel shuffling and upsampling.  All else is told by the regrouping.
    """
    names = whole[at]
    if left[at] and left[at] in right:
        return kept(right.index(left[at]))
    if names and not any(name in chain(*right) for name in names):
        stays = len(left) == len(right) and not right[at]
        return Read("whole", at if stays else None)
    if not names:
        return Read("mixed")
    if names in made:
        return kept(made.index(names))
    inner = dims.product(sizes[name] for name in names[1:])
    if names[:1] in made and isinstance(inner, int) and _among_channels(names[1:], at, left, right):
        return Read("kept", made.index(names[:1]), field.blocks(inner))
    if len(names) == 1:
        return _as_outer_part(names[0], left, made, sizes)
    return Read("mixed")


def _among_channels(names: Sequence[str], at: int, left: Groups, right: Groups) -> bool:
    """Whether all these parts of an axis are reduced, or are put among what was an axis of its own, not the first."""
    if at == 0:
        return True
    groups = [next((group for group in right if name in group), []) for name in names]
    return all(not group or any([other] in left[1:at] + left[at + 1 :] for other in group) for group in groups)


def _is_apart(name: str, left: Groups) -> bool:
    """Whether it is an axis of the input, or a part of the first: then its positions are told apart."""
    return [name] in left or name in left[0]


def regrouping_of(left: Groups, right: Groups, sizes: Mapping[str, Size]) -> Regrouping:
    """What becomes of the positions that are not simply kept."""
    cut, order = list(chain(*left)), list(chain(*right))
    return Regrouping(
        tuple(dims.product(sizes[name] for name in group) for group in left),
        tuple(sizes[name] for name in cut),
        tuple(cut.index(name) if name in cut else None for name in order),
        tuple(sizes[name] for name in order),
    )


def _as_outer_part(name: str, left: Groups, made: Groups, sizes: Mapping[str, Size]) -> Read:
    """How an axis is read that is folded into an axis of the output."""
    to = next(number for number, group in enumerate(made) if name in group)
    inner = dims.product(sizes[other] for other in made[to][1:])
    is_outer = made[to][0] == name and not any(_is_apart(other, left) for other in made[to][1:])
    access = field.repeated(inner) if is_outer and isinstance(inner, int) else None
    return Read("kept", to, access) if access is not None else Read("mixed")


# -- functions and layers ------------------------------------------------------------------------------------------


def regroup(op: Op, tensor: Value, kind: str) -> Value:
    """`rearrange`, `reduce` or `repeat`."""
    if isinstance(tensor, list):
        tensor = stacked(operation(op.call, "stack", {"dim": 0}), pieces_of(op.call, tensor), 0)
    input: Value = tensor_of(op.call, tensor)
    pattern, lengths = op.arg("pattern"), op.arg("axes_lengths")
    known = isinstance(pattern, str) and pattern.count("->") == 1
    if known and lengths is not None and isinstance(input, Tensor) and input.shape is None and input.open:
        _tell_shape(input.open, pattern, lengths)
    answer = stop(op, input)
    if answer is not None:
        return answer
    if lengths is None or not isinstance(pattern, str):
        return op.opaque([input], "the pattern, or a size in it, is not known")
    try:
        result = _regrouped(op, input, kind, pattern, lengths)
    except Misfit as problem:
        return op.refuse([input], f"{problem}: {pattern!r} on {show_shape(input.shape)}")
    result.dtype = input.dtype
    return result


def _regrouped(op: Op, input: Tensor, kind: str, pattern: str, lengths: Mapping[str, Value]) -> Tensor:
    left, right = _sides(pattern)
    check(kind, left, right, lengths)
    reduction = op.arg("reduction")
    if isinstance(reduction, str) and reduction not in REDUCTIONS:
        raise Misfit(f"{reduction!r} is no reduction")
    shape = input.shape or ()
    left, right = spread_dots(left, right, len(shape))
    sizes, reason = measured(left, right, shape, lengths)
    output = tuple(dims.product(sizes[name] for name in group) for group in right)
    reads, how = reads_of(left, right, sizes), regrouping_of(left, right, sizes)
    return op.emit([(input, reads)], output, reason or input.reason, how)


def _sides(pattern: str) -> tuple[Groups, Groups]:
    left, arrow, right = pattern.partition("->")
    if not arrow or "->" in right:
        raise Misfit("a pattern without two sides")
    return groups_of(left, "<"), groups_of(right, ">")


def _tell_shape(name: str, pattern: str, lengths: Mapping[str, Value]) -> None:
    """Raise `InputShape` for an input whose shape is not declared: axes that are split are multiples of their parts."""
    try:
        left, _ = _sides(pattern)
    except Misfit:
        return
    labels = ("N", "C", *SPATIAL.get(len(left) - 2, ()))
    if len(labels) != len(left) or [DOTS] in left:
        return
    factors = [dims.product(lengths.get(part, 1) for part in group) for group in left]
    if all(isinstance(factor, int) and factor > 0 for factor in factors):
        pairs = zip(labels, factors, strict=True)
        raise InputShape(name, tuple(symbol(label, factor) for label, factor in pairs if isinstance(factor, int)))


def _define(kind: str, arguments: str, is_layer: bool) -> None:
    def run(op: Op, tensor: Value) -> Value:
        return regroup(op, tensor, kind)

    base = kind.capitalize()
    if is_layer:
        layer(base, f"{arguments}, **axes_lengths", run, inputs="tensor", module="einops.layers.torch")
    signature = f"tensor, {arguments}, **axes_lengths"
    functional([f"einops.{kind}", f"einops.einops.{kind}"], base, signature, run, inputs=("tensor",))


_define("rearrange", "pattern", True)
_define("reduce", "pattern, reduction", True)
_define("repeat", "pattern", False)


def _mix(op: Op, tensor: Value) -> Value:
    """EinMix is not followed."""
    input: Value = tensor_of(op.call, tensor)
    return stop(op, input) or op.opaque([input], "EinMix is not supported")


layer(
    "EinMix",
    "pattern, weight_shape, bias_shape=None, **axes_lengths",
    _mix,
    inputs="tensor",
    module="einops.layers.torch",
)


@function("einops.parse_shape", signature="x, pattern")
def parse_shape(call: Call, x: Value, pattern: Value) -> Value:
    """`parse_shape(x, "b c h w")`: sizes by name, without those called `_`."""
    if not isinstance(x, Tensor) or x.shape is None or not isinstance(pattern, str):
        return x if isinstance(x, Unknown) else call.unknown("a shape that is not known")
    names = pattern.split()
    if len(names) != len(x.shape) or not all(name == "_" or name.isidentifier() for name in names):
        return call.unknown(f"the sizes of {pattern!r}")
    return {name: size for name, size in zip(names, x.shape, strict=True) if name != "_"}


@function("einops.einsum", signature="*tensors_and_pattern")
def einsum(call: Call, tensors_and_pattern: tuple[Value, ...]) -> Value:
    """`einsum(q, k, "b h i d, b h j d -> b h i j")`."""
    *tensors, pattern = tensors_and_pattern or (None,)
    op = operation(call, "einsum", {"equation": pattern})
    given = [tensor for tensor in tensors if isinstance(tensor, Tensor)]
    if not isinstance(pattern, str) or "->" not in pattern or set(pattern) & set("()0123456789"):
        return op.opaque(given, "the pattern is not known")
    left, _, right = pattern.partition("->")
    names = sorted(set(re.findall(r"\w+", pattern)))
    letters = {name: chr(ord("a") + number) for number, name in enumerate(names)}
    if len(names) > 26:
        return op.opaque(given, "a pattern of many names")
    terms = [_lettered(term, letters) for term in left.split(",")]
    return sum_of_products(op, tensors, terms, _lettered(right, letters))


def _lettered(term: str, letters: Mapping[str, str]) -> str:
    return "".join(letters.get(token, token) for token in re.findall(r"\.\.\.|\w+", term))
