"""Making tensors: zeros, random numbers, ranges, data, parameters and buffers.  All are constants of the network."""

from __future__ import annotations

from typing import Any

from rflint import dims
from rflint.dims import Size
from rflint.interp.frames import Call
from rflint.interp.values import Instance, Tensor, Unknown, Value, find_unknown, is_concrete, is_size
from rflint.library.registry import LIBRARY, function, member, native_class
from rflint.library.torch.constants import TYPES, dtype_named
from rflint.library.torch.literals import MOST, common_type, lengths, linspace, literal, values_of
from rflint.library.torch.op import fresh
from rflint.library.torch.tensor import TENSOR, moved, spread

OPTIONS = (
    "out=None, dtype=None, layout=None, device=None, requires_grad=False, pin_memory=False, memory_format=None, "
    "generator=None, names=None"
)

FILLING = "zero_ fill_ normal_ uniform_ bernoulli_ random_ exponential_ cauchy_ geometric_ log_normal_ trunc_normal_"


def constant(call: Call, sizes: list[Value] | Unknown, dtype: str = "") -> Tensor:
    """A constant of these sizes; those that are not known are of their own."""
    doubt = find_unknown(sizes)
    if doubt is not None:
        call.interp.recorder.note(doubt)
    if isinstance(sizes, Unknown):
        return Tensor(None, reason=sizes.reason)
    shape = tuple(size if is_size(size) else fresh() for size in sizes)
    return Tensor(shape, None, dtype or "float", doubt.reason if doubt is not None else "")


def _typed(options: dict[str, Value], default: str = "") -> str:
    return dtype_named(options.get("dtype")) or default


@function(
    *(f"torch.{name}" for name in ("zeros", "ones", "empty", "rand", "randn")),
    signature=f"*size, {OPTIONS}, **named",
)
def filled(call: Call, size: tuple[Value, ...], named: dict[str, Value], **options: Value) -> Value:
    """`torch.zeros(2, 3)`, `torch.zeros((2, 3))`."""
    return constant(call, spread(size, named), _typed(options))


@function("torch.full", signature=f"size, fill_value, *, {OPTIONS}")
def full(call: Call, size: Value, fill_value: Value, **options: Value) -> Value:
    """`torch.full(size, value)`."""
    kind = "bool" if isinstance(fill_value, bool) else "int64" if isinstance(fill_value, int) else ""
    return constant(call, spread((size,), {}), _typed(options, kind))


@function("torch.randint", signature=f"*bounds, low=0, high=None, size=None, {OPTIONS}")
def randint(call: Call, bounds: tuple[Value, ...], size: Value, **options: Value) -> Value:
    """`torch.randint([low,] high, size)`."""
    given = size if size is not None else bounds[-1] if bounds else call.unknown("a size that is not given")
    return constant(call, spread((given,), {}), _typed(options, "int64"))


@function("torch.randperm", signature=f"n, *, {OPTIONS}")
def randperm(call: Call, n: Value, **options: Value) -> Value:
    """`torch.randperm(n)`."""
    return constant(call, [n], _typed(options, "int64"))


@function("torch.eye", signature=f"n, m=None, *, {OPTIONS}")
def eye(call: Call, n: Value, m: Value, **options: Value) -> Value:
    """`torch.eye(n[, m])`."""
    return constant(call, [n, n if m is None else m], _typed(options))


@function("torch.normal", signature=f"mean=0.0, std=1.0, size=None, *, {OPTIONS}")
def normal(call: Call, mean: Value, std: Value, size: Value, **options: Value) -> Value:
    """`torch.normal(mean, std, size)`, or with the size of a tensor of means."""
    like = next((value for value in (mean, std) if isinstance(value, Tensor)), None)
    return Tensor(like.shape, reason=like.reason) if like is not None else constant(call, spread((size,), {}))


@function(
    *(f"torch.{name}_like" for name in ("zeros", "ones", "empty", "rand", "randn", "full", "randint")),
    signature=f"input, *values, fill_value=None, low=0, high=None, {OPTIONS}",
)
def alike(call: Call, input: Value, **options: Value) -> Value:
    """`torch.zeros_like(x)`: a constant of the size of x."""
    if not isinstance(input, Tensor):
        return input if isinstance(input, Unknown) else call.unknown("the size of something that is no tensor")
    return Tensor(input.shape, None, _typed(options, input.dtype), input.reason)


@member(TENSOR, "new_zeros", "new_ones", "new_empty", "new", signature=f"*size, {OPTIONS}, **named")
def new_filled(call: Call, self: Tensor, size: tuple[Value, ...], named: dict[str, Value], **options: Value) -> Value:
    """`x.new_zeros(size)`; the old `x.new(…)` takes data, too."""
    if call.name.endswith(".new") and len(size) == 1 and not is_size(size[0]):
        return from_data(call, size[0], _typed(options, self.dtype))
    return constant(call, spread(size, named), _typed(options, self.dtype))


@member(TENSOR, "new_full", signature=f"size, fill_value, *, {OPTIONS}")
def new_full(call: Call, self: Tensor, size: Value, fill_value: Value, **options: Value) -> Value:
    """`x.new_full(size, value)`."""
    return constant(call, spread((size,), {}), _typed(options, self.dtype))


@member(TENSOR, "new_tensor", signature=f"data, *, {OPTIONS}")
def new_tensor(call: Call, self: Tensor, data: Value, **options: Value) -> Value:
    """`x.new_tensor(data)`."""
    return from_data(call, data, _typed(options, self.dtype))


# -- ranges --------------------------------------------------------------------------------------------------------


@function("torch.arange", signature=f"*bounds, start=0, end=None, step=1, {OPTIONS}")
def arange(call: Call, bounds: tuple[Value, ...], start: Value, end: Value, step: Value, **options: Value) -> Value:
    """`torch.arange([start,] end[, step])`: ⌈(end - start)/step⌉ numbers."""
    if len(bounds) == 1 and end is None:
        end = bounds[0]
    elif bounds:
        start, end, step = (*bounds, *(end, step)[len(bounds) - 1 :])[:3]
    floating = any(isinstance(value, float) for value in (start, end, step))
    kind = _typed(options, "float" if floating else "int64")
    if all(isinstance(value, int) for value in (start, end, step)) and step and len(range(start, end, step)) <= MOST:
        return literal(list(range(start, end, step)), kind)
    return constant(call, [_count(call, start, end, step)], kind)


def _count(call: Call, start: Value, end: Value, step: Value) -> Value:
    if all(isinstance(value, (int, float)) for value in (start, end, step)) and step:
        return max(0, int(-(-(end - start) // step)))
    if is_size(start) and is_size(end) and isinstance(step, int) and step > 0:
        return (end - start + step - 1) // step
    return find_unknown([start, end, step]) or call.unknown("the length of a range is not known")


@function("torch.linspace", "torch.logspace", signature=f"start, end, steps=100, base=10.0, *, {OPTIONS}")
def spaced(call: Call, start: Value, end: Value, steps: Value, base: Value, **options: Value) -> Value:
    """`torch.linspace(start, end, steps)`."""
    known = all(isinstance(value, (int, float)) for value in (start, end)) and isinstance(steps, int)
    if known and call.name.endswith("linspace") and 0 <= steps <= MOST and _typed(options, "float") == "float":
        return literal(linspace(start, end, steps), "float")
    return constant(call, [steps], _typed(options))


@function(*(f"torch.{name}_window" for name in ("hann", "hamming", "blackman", "bartlett", "kaiser")))
def window(call: Call) -> Value:
    """`torch.hann_window(length)`."""
    given = [*call.args.positional, *call.args.keywords.values()]
    return constant(call, given[:1] or [call.unknown("the length of a window")])


# -- data ----------------------------------------------------------------------------------------------------------


@function("torch.tensor", "torch.as_tensor", "torch.asarray", "torch.scalar_tensor", signature=f"data, *, {OPTIONS}")
def tensor(call: Call, data: Value, **options: Value) -> Value:
    """`torch.tensor(data)`."""
    return from_data(call, data, _typed(options))


def from_data(call: Call, data: Value, dtype: str = "") -> Value:
    """The tensor of numbers, nested lists of them, or of tensors."""
    if isinstance(data, (Tensor, Unknown)):
        return Tensor(data.shape, data.source, dtype or data.dtype, data.reason) if isinstance(data, Tensor) else data
    if _is_array(data):
        data = call.interp.call(LIBRARY.find("torch.from_numpy"), [data], call.frame, call.node)
        return from_data(call, data, dtype)
    values = _listed(call, data)
    if isinstance(values, Unknown):
        return values
    numbers = _numbers(values)
    if numbers is None or not is_concrete(values):
        return Tensor(_sizes(values), None, dtype or "float", "the size of data is not known")
    if len(numbers) > MOST:
        return Tensor(lengths(values), None, dtype or common_type(values))
    return literal(values, dtype)


def _is_array(data: Value) -> bool:
    """Is it an array of numpy?"""
    return isinstance(data, Instance) and data.cls is LIBRARY.find("numpy.ndarray")


def _listed(call: Call, data: Value) -> Any:
    """Data with lists in the place of tuples, ranges, arrays and tensors whose numbers are known."""
    if _is_array(data):
        data = call.interp.call(LIBRARY.find("torch.from_numpy"), [data], call.frame, call.node)
    if isinstance(data, (list, tuple, range)):
        items = call.interp.elements(data, call.frame, call.node)
        return items if isinstance(items, Unknown) else [_listed(call, item) for item in items]
    values = values_of(data)
    return data if values is None else values


def _numbers(values: Any) -> list[Any] | None:
    """All numbers of nested lists, None if they are not of equal lengths or hold something else."""
    if not isinstance(values, list):
        return [values] if isinstance(values, (int, float, bool)) else None
    inner = [_numbers(item) for item in values]
    if any(item is None for item in inner) or len({lengths(item) for item in values}) > 1:
        return None
    return [number for item in inner for number in item or ()]


def _sizes(values: Any) -> tuple[Size, ...] | None:
    """The shape of nested lists whose innermost items are numbers, known or not, or tensors of one shape."""
    if isinstance(values, list):
        inner = [_sizes(item) for item in values]
        first = inner[0] if inner else ()
        return (len(values), *first) if first is not None and all(one == first for one in inner) else None
    return (
        ()
        if is_size(values) or isinstance(values, (float, complex))
        else values.shape
        if isinstance(values, Tensor)
        else None
    )


@member(TENSOR, *FILLING.split())
def refilled(call: Call) -> Value:
    """Filling a tensor in place makes it a constant."""
    self = call.args.positional[0]
    return moved(call, self, Tensor(self.shape, None, self.dtype, self.reason))


# -- classes -------------------------------------------------------------------------------------------------------


def _new_tensor(call: Call, cls: Value) -> Value:
    """`torch.Tensor(2, 3)` by sizes, `torch.Tensor([…])` of data."""
    args = call.args.positional
    dtype = TYPES.get(getattr(cls, "name", ""), "")
    if call.args.open is not None:
        return constant(call, call.args.open, dtype)
    if len(args) == 1 and not is_size(args[0]):
        return from_data(call, args[0], dtype or "float")
    return constant(call, list(args) or [0], dtype)


TENSOR.new = _new_tensor
for _name in TYPES:
    native_class(f"torch.{_name}", new=_new_tensor)
    LIBRARY.define(f"torch.cuda.{_name}", LIBRARY.find(f"torch.{_name}"))


def _parameter(call: Call, cls: Value) -> Value:
    given = [*call.args.positional, *(call.args.keywords[name] for name in ("data",) if name in call.args.keywords)]
    data = given[0] if given else Tensor((0,))
    if not isinstance(data, Tensor):
        return data if isinstance(data, Unknown) else call.unknown("a parameter that is made of no tensor")
    return Tensor(data.shape, None, data.dtype, data.reason, cls is not BUFFER)


PARAMETER = native_class("torch.nn.Parameter", TENSOR, new=_parameter)
BUFFER = native_class("torch.nn.Buffer", TENSOR, new=_parameter)
LIBRARY.define("torch.nn.parameter.Parameter", PARAMETER)
LIBRARY.define("torch.nn.parameter.Buffer", BUFFER)


def _uninitialised(call: Call, cls: Value) -> Value:
    reason = "the size of a parameter that follows from the first input"
    return Tensor(None, reason=reason, parameter=cls.name.endswith("Parameter"))


for _name in ("UninitializedParameter", "UninitializedBuffer"):
    native_class(f"torch.nn.parameter.{_name}", TENSOR, new=_uninitialised)
    LIBRARY.define(f"torch.nn.{_name}", LIBRARY.find(f"torch.nn.parameter.{_name}"))


def _size(call: Call, cls: Value) -> Value:
    return tuple(call.args.positional[0]) if call.args.positional and call.args.positional[0] is not None else ()


native_class("torch.Size", new=_size)


@function("torch.autograd.Variable", signature="data, requires_grad=False, volatile=False")
def variable(call: Call, data: Value, requires_grad: Value, volatile: Value) -> Value:
    """`Variable(x)`, which older code needs."""
    return data


@function("torch.meshgrid", signature="*tensors, indexing=None")
def meshgrid(call: Call, tensors: tuple[Value, ...], indexing: Value) -> Value:
    """`torch.meshgrid(a, b)`: grids of constants, one axis for each tensor."""
    given = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors
    sizes: list[Value] = []
    for one in given:
        if not isinstance(one, Tensor):
            return one if isinstance(one, Unknown) else call.unknown("a grid of something that is no tensor")
        sizes.append(dims.product(one.shape) if one.shape is not None else call.unknown(one.reason))
    if isinstance(indexing, Unknown):
        sizes[:2] = [indexing for _ in sizes[:2]]
    elif indexing == "xy":
        sizes[:2] = sizes[1::-1]
    return tuple(constant(call, sizes, one.dtype) for one in given)
