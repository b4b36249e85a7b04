"""Arithmetic, position by position: operators, their functions and in-place twins, comparisons, `where`, `clamp`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rflint.interp import attributes
from rflint.interp.frames import Call
from rflint.interp.values import NativeFunction, Tensor, Unknown, Value
from rflint.library.registry import function, member
from rflint.library.torch.broadcasting import broadcast, broadcast_reads, pointwise, untold
from rflint.library.torch.literals import Literal, calculated
from rflint.library.torch.op import Op, fresh, operation
from rflint.library.torch.refusal import Refusal
from rflint.library.torch.tensor import TENSOR, in_place, is_number, tensor_function
from rflint.trace import Shape

UNARY = (
    "abs absolute acos acosh angle arccos arccosh arcsin arcsinh arctan arctanh asin asinh atan atanh bitwise_not ceil "
    "conj conj_physical cos cosh deg2rad digamma erf erfc erfinv exp exp2 expm1 fix floor frac i0 lgamma log log10 "
    "log1p log2 neg negative positive rad2deg reciprocal rsqrt sgn sign sin sinc sinh sqrt square tan "
    "trunc"
)
TESTS = "isnan isinf isfinite isneginf isposinf isreal signbit logical_not"
RENAMED = {
    "subtract": "sub",
    "multiply": "mul",
    "divide": "div",
    "true_divide": "div",
}
"""Functions of two tensors under another name than their base, the name by which rules know them."""
BINARY = (
    "add sub mul div arctan2 atan2 bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor copysign "
    "float_power floor_divide fmax fmin fmod heaviside hypot ldexp logaddexp logaddexp2 maximum minimum nextafter pow "
    "remainder xlogy"
)
COMPARISONS = (
    "eq ne lt gt le ge not_equal less greater less_equal greater_equal isclose logical_and logical_or logical_xor"
)
OPERATORS = {
    "add": "add",
    "sub": "sub",
    "mul": "mul",
    "truediv": "div",
    "floordiv": "floor_divide",
    "mod": "remainder",
    "pow": "pow",
    "and": "bitwise_and",
    "or": "bitwise_or",
    "xor": "bitwise_xor",
    "lshift": "bitwise_left_shift",
    "rshift": "bitwise_right_shift",
}
"""Python's names of operators, and torch's."""


def elementwise(op: Op, values: Sequence[Value], dtype: str = "") -> Value:
    """What an operation makes of tensors and numbers, position by position, tensors broadcast."""
    tensors = [value for value in values if isinstance(value, Tensor)]
    doubt = next((found for value in values if (found := _doubt(op.call, value)) is not None), None)
    if doubt is not None or not tensors:
        doubt = doubt or op.call.unknown(f"{op.layer.kind} of plain numbers is not supported")
        op.call.interp.recorder.note(doubt)
        return op.opaque([*tensors, Tensor(None)], doubt.reason)
    dtype = dtype or promoted(values)
    known = calculated(op.layer.base, op.layer.args, values, dtype) if isinstance(tensors[0], Literal) else None
    if known is not None:
        return known
    result = _met(op, tensors)
    result.dtype = dtype
    return result


def _doubt(call: Call, value: Value) -> Unknown | None:
    if value is None or isinstance(value, Tensor) or is_number(value):
        return None
    if isinstance(value, str):
        return call.unknown(Refusal("a text where a tensor belongs"))
    return value if isinstance(value, Unknown) else call.unknown(f"{attributes.describe(value)} where a tensor belongs")


def _met(op: Op, tensors: list[Tensor]) -> Tensor:
    first = tensors[0]
    if any(tensor.shape is None for tensor in tensors):
        return _open(op, tensors)
    shapes = [tensor.shape for tensor in tensors if tensor.shape is not None]
    reason = next((tensor.reason for tensor in tensors if tensor.reason), "")
    if all(shape == shapes[0] for shape in shapes):
        reads = pointwise(len(shapes[0]))
        return op.emit([(tensor, reads) for tensor in tensors], first.shape, reason)
    shape, why = broadcast(shapes)
    if shape is None:
        return op.opaque(tensors, why)
    rows = [(tensor, broadcast_reads(tensor.shape or (), shape)) for tensor in tensors]
    return op.emit(rows, shape, why or reason)


def _open(op: Op, tensors: list[Tensor]) -> Tensor:
    """A use of tensors whose shapes are not all known.

    A network input that is only scaled and shifted, by numbers or by one number per channel, keeps its shape.
    """
    unknown = [tensor for tensor in tensors if tensor.shape is None]
    names = {tensor.open for tensor in unknown}
    result = op.opaque(tensors, unknown[0].reason or "the shape of its input is not known")
    if len(names) == 1 and all(_is_per_channel(tensor.shape) for tensor in tensors if tensor.shape is not None):
        result.open = unknown[0].open
    return result


def _is_per_channel(shape: Shape) -> bool:
    return sum(size != 1 for size in shape) <= 1


def promoted(values: Sequence[Value]) -> str:
    """The dtype of what is calculated from these tensors and numbers."""
    kinds = [value.dtype for value in values if isinstance(value, Tensor)]
    if any(isinstance(value, float) for value in values):
        kinds.append("float")
    floating = next((kind for kind in kinds if "float" in kind or "complex" in kind), None)
    if floating is not None:
        return floating
    if any(isinstance(value, int) and not isinstance(value, bool) for value in values):
        kinds.append("int64")
    return next((kind for kind in kinds if kind != "bool"), "bool")


# -- functions ---------------------------------------------------------------------------------------------------


@tensor_function(*UNARY.split(), signature="input, *, out=None", twin=True, known=False)
@tensor_function("round", signature="input, *, decimals=0, out=None", twin=True, known=False)
@tensor_function("nan_to_num", signature="input, nan=0.0, posinf=None, neginf=None, out=None", twin=True, known=False)
@tensor_function("logit", signature="input, eps=None, *, out=None", twin=True, known=False)
@tensor_function("triu", "tril", signature="input, diagonal=0, *, out=None", twin=True, known=False)
@tensor_function("bernoulli", signature="input, p=None, *, generator=None, out=None", known=False)
def unary(op: Op, input: Value, **settings: Value) -> Value:
    """A function of one tensor, position by position."""
    return elementwise(op, [input])


@tensor_function(*TESTS.split(), signature="input, *, out=None", twin=True, known=False, makes="bool")
def test(op: Op, input: Value) -> Value:
    """A question about each number."""
    return elementwise(op, [input], "bool")


def _binary(op: Op, input: Value, other: Value, **settings: Value) -> Value:
    return elementwise(op, [input, other])


for _name in (*BINARY.split(), *RENAMED):
    tensor_function(
        _name,
        signature="input, other, *, alpha=1, rounding_mode=None, out=None",
        base=RENAMED.get(_name, _name),
        twin=True,
        known=False,
        makes="own",
    )(_binary)


@tensor_function("rsub", signature="input, other, *, alpha=1", base="sub", known=False, makes="own")
def reverse_subtract(op: Op, input: Value, other: Value, alpha: Value) -> Value:
    """`torch.rsub(x, y)`: y - x."""
    return elementwise(op, [other, input])


@tensor_function(
    *COMPARISONS.split(),
    signature="input, other, *, rtol=1e-05, atol=1e-08, equal_nan=False, out=None",
    twin=True,
    known=False,
    makes="own",
)
def compare(op: Op, input: Value, other: Value, **settings: Value) -> Value:
    """A comparison, position by position."""
    return elementwise(op, [input, other], "bool")


@tensor_function("clamp", "clip", signature="input, min=None, max=None, out=None", base="clamp", twin=True, known=False)
@tensor_function("clamp_min", signature="input, min, *, out=None", base="clamp", twin=True, known=False)
@tensor_function("clamp_max", signature="input, max, *, out=None", base="clamp", twin=True, known=False)
def clamp(op: Op, input: Value, min: Value = None, max: Value = None) -> Value:
    """`clamp`: the limits may be tensors."""
    return elementwise(op, [input, *(limit for limit in (min, max) if isinstance(limit, Tensor))])


@tensor_function("lerp", signature="input, end, weight, *, out=None", twin=True, known=False, makes="own")
def lerp(op: Op, input: Value, end: Value, weight: Value) -> Value:
    """`lerp`: input + weight·(end - input)."""
    return elementwise(op, [input, end, weight])


@tensor_function(
    "addcmul", "addcdiv", signature="input, tensor1, tensor2, *, value=1, out=None", twin=True, known=False, makes="own"
)
def add_product(op: Op, input: Value, tensor1: Value, tensor2: Value, value: Value) -> Value:
    """`addcmul`, `addcdiv`."""
    return elementwise(op, [input, tensor1, tensor2])


@tensor_function("masked_fill", signature="input, mask, value", twin=True, known=False)
def masked_fill(op: Op, input: Value, mask: Value, value: Value) -> Value:
    """`masked_fill(mask, number)`."""
    return elementwise(op, [input, mask])


@tensor_function("where", signature="condition, input=None, other=None", method=False, known=False, makes="own")
def where(op: Op, condition: Value, input: Value, other: Value) -> Value:
    """`torch.where(condition, a, b)`; with the condition alone it lists positions."""
    if input is None and other is None:
        return positions(op, condition)
    return elementwise(op, [condition, input, other], promoted([input, other]))


def positions(op: Op, condition: Value) -> Value:
    """The positions that fulfil a condition: as many numbers for each of its axes."""
    if not isinstance(condition, Tensor) or condition.shape is None:
        return op.call.unknown(getattr(condition, "reason", "") or "a condition that is not known")
    reason = "how many positions fulfil a condition is not known"
    count, reads = fresh(), untold(condition.shape, reason)
    made = [op.emit([(condition, reads)], (count,), reason) for _ in condition.shape]
    for one in made:
        one.dtype = "int64"
    return tuple(made)


@tensor_function("where", signature="input, condition, other", under=(), known=False, makes="own")
def where_method(op: Op, input: Value, condition: Value, other: Value) -> Value:
    """`x.where(condition, other)`."""
    return where(op, condition, input, other)


# -- operators ---------------------------------------------------------------------------------------------------


def _operator(name: str, base: str, kind: str, swapped: bool, dtype: str) -> Callable[[Call], Value]:
    def run(call: Call) -> Value:
        self, other = call.args.positional[:2]
        if other is None and kind in ("eq", "ne"):
            return kind == "ne"
        args = {"other": other} if is_number(other) else {}
        values = [other, self] if swapped else [self, other]
        return elementwise(operation(call, base, args, kind), values, dtype)

    TENSOR.members[name] = NativeFunction(f"Tensor.{name}", run)
    return run


for _name, _base in OPERATORS.items():
    _run = _operator(f"__{_name}__", _base, _base, False, "")
    _operator(f"__r{_name}__", _base, _base, True, "")
    TENSOR.members[f"__i{_name}__"] = NativeFunction(f"Tensor.__i{_name}__", in_place(_run))
for _name in ("eq", "ne", "lt", "gt", "le", "ge"):
    _operator(f"__{_name}__", _name, _name, False, "bool")
for _name, _base in (("neg", "neg"), ("abs", "abs"), ("invert", "bitwise_not"), ("pos", "positive")):
    TENSOR.members[f"__{_name}__"] = TENSOR.members[_base]


@function("torch.allclose", "torch.equal", "torch.is_nonzero", "torch.is_same_size")
@member(TENSOR, "allclose", "equal", "is_same_size", "is_nonzero")
def undecided(call: Call) -> Value:
    """Questions about all numbers of a tensor at once."""
    return call.unknown("a condition on the values of a tensor")
