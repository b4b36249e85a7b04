"""Tensors: their class and properties, and how a function of tensors is described as `torch.f(x)` and `x.f()`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rflint import dims
from rflint.interp.calls import bind_native
from rflint.interp.frames import Args, Call
from rflint.interp.values import (
    NativeFunction,
    Property,
    Raised,
    Rest,
    Signature,
    Tensor,
    Unknown,
    Value,
    is_size,
)
from rflint.library.registry import LIBRARY, function, member, native_class, parse_signature
from rflint.library.torch.broadcasting import axis
from rflint.library.torch.op import Op, is_whole, known_args, literals, operation, places, stop, tensor_of
from rflint.trace import Layer, Shape, show_shape

TENSOR = native_class("torch.Tensor")
LIBRARY.define("torch._tensor.Tensor", TENSOR)
PLUMBING = {"out", "dtype", "device", "layout", "requires_grad", "pin_memory", "memory_format", "generator"}
"""Arguments that say nothing about shapes."""
ALIASES = {"axis": "dim", "keepdims": "keepdim", "x1": "input", "x2": "other"}
"""The other names under which torch accepts arguments, for the sake of numpy."""
UNCHANGING = (
    "contiguous detach detach_ cuda cpu requires_grad_ share_memory_ pin_memory retain_grad resolve_conj resolve_neg "
    "to_dense coalesce rename refine_names align_to as_subclass npu xpu"
)
REARRANGING = frozenset(
    "squeeze_ unsqueeze_ transpose_ swapdims_ swapaxes_ t_ adjoint_ resize_ resize_as_ set_ as_strided_".split()
)
"""In-place functions that write nothing: what the tensor was a part of stays as it is."""
Run = Callable[..., Value]


def tensor_function(
    *names: str,
    signature: str,
    base: str = "",
    under: Sequence[str] = ("torch",),
    method: bool = True,
    twin: bool = False,
    known: bool = True,
    makes: str = "",
) -> Callable[[Run], Run]:
    """Describe `torch.name(input, …)` and `input.name(…)` by `run(op, input, **arguments)`.

    A starred argument, as in `permute(*dims)`, may be passed as a tuple or by name as well; `run` gets a list.
    `base` is the layer's base (the name itself if it is missing); `twin` adds the in-place `name_`; with `known` an
    input that is unknown, or whose shape is, does not reach `run`; `makes` is the dtype of the result ("" leaves the
    input's, "own" what `run` has chosen).
    """
    parsed = parse_signature(f"{signature}, **named" if "*" in signature.replace("*,", "") else signature)

    def register(run: Run) -> Run:
        for name in names:
            described = _described(base or name.strip("_"), parsed, run, known, makes)
            for module in under:
                LIBRARY.define(f"{module}.{name}", NativeFunction(f"{module}.{name}", described))
            if method:
                TENSOR.members[name] = NativeFunction(f"Tensor.{name}", described)
            if twin:
                changing = in_place(described)
                TENSOR.members[f"{name}_"] = NativeFunction(f"Tensor.{name}_", changing)
                LIBRARY.define(f"torch.{name}_", NativeFunction(f"torch.{name}_", changing))
        return run

    return register


def _described(base: str, parsed: Signature, run: Run, known: bool, makes: str) -> Callable[[Call], Value]:
    first = parsed.slots[0].name
    star = next((slot.name for slot in parsed.slots if slot.kind == "star"), None)

    def described(call: Call) -> Value:
        if call.args.open is not None:
            return Unknown(call.args.open.reason, call.args.open.place)
        given = bind_native(call.name, parsed, _renamed(call.args), call.frame, call.node)
        input = given.pop(first)
        out = given.pop("out", None)
        if star is not None:
            given[star] = spread(given[star], given.pop("named"))
        op = described_op(call, base, parsed, given)
        if known:
            input = tensor_of(call, input)
            answer = stop(op, input)
            if answer is not None:
                return answer
        doubt = given[star] if star is not None else None
        if isinstance(doubt, Unknown):
            return op.opaque([input], doubt.reason)
        result = run(op, input, **{name: value for name, value in given.items() if name not in PLUMBING})
        if isinstance(result, Tensor) and isinstance(input, Tensor) and makes != "own":
            result.dtype = makes or input.dtype
        return moved(call, out, result) if isinstance(out, Tensor) else result

    return described


def described_op(call: Call, base: str, parsed: Signature, given: dict[str, Value]) -> Op:
    """An `Op` under the name of the function that is called."""
    args = known_args({name: value for name, value in given.items() if name not in PLUMBING}, 0, ())
    return Op(call, Layer(called(call), base, args, call.place, places(call, parsed), literals(call, parsed)))


def called(call: Call) -> str:
    """The name of the called function as a reader knows it: `mean` for `torch.mean`, `iter` for `Tensor.__iter__`."""
    name = call.name.rsplit(".", 1)[-1]
    return name.strip("_") if name.startswith("__") else name


def _renamed(args: Args) -> Args:
    if not any(name in ALIASES for name in args.keywords):
        return args
    keywords = {ALIASES.get(name, name): value for name, value in args.keywords.items()}
    return Args(args.positional, keywords, args.open, args.written)


def in_place(run: Callable[[Call], Value]) -> Callable[[Call], Value]:
    """The function that changes its first argument to what `run` makes, and returns it."""

    def changing(call: Call) -> Value:
        result = run(call)
        changed = call.args.positional[0] if call.args.positional else call.args.keywords.get("input")
        if not isinstance(changed, Tensor):
            return result
        if called(call) in REARRANGING:
            changed.view = None
        elif is_whole(changed.shape):
            if (
                isinstance(result, Tensor)
                and result.shape is not None
                and _is_larger(result.shape, changed.shape or ())
            ):
                op = operation(call, called(call), {})
                return op.refuse([changed], f"{show_shape(changed.shape)} cannot hold {show_shape(result.shape)}")
            result = _of_shape(result, changed.shape)
        return moved(call, changed, result)

    return changing


def _is_larger(made: Shape, held: Shape) -> bool:
    """Whether what is made has certainly another shape than the tensor that should hold it."""
    return len(made) != len(held) or any(dims.equal(a, b) is False for a, b in zip(made, held, strict=True))


def _of_shape(result: Value, shape: Shape | None) -> Value:
    """What changes a tensor in place leaves it its shape, also where it is not known itself."""
    if isinstance(result, Tensor):
        return result if is_whole(result.shape) else Tensor(shape, result.source, result.dtype)
    return Tensor(shape) if isinstance(result, Unknown) else result


def moved(call: Call, tensor: Tensor, result: Value) -> Value:
    """The tensor, which is from now on what the result is; so is what it is a part of."""
    call.interp.state.touch(tensor)
    tensor.layouts = ()
    if isinstance(result, Tensor):
        tensor.shape, tensor.source, tensor.reason = result.shape, result.source, result.reason
        tensor.open = result.open
    else:
        reason = result.reason if isinstance(result, Unknown) else "it was changed in a way that is not followed"
        tensor.shape, tensor.reason = None, reason
    forget(tensor)
    if tensor.view is not None:
        whole, key = tensor.view
        TENSOR.members["__setitem__"].run(call, whole, key, copied(tensor))
    return tensor


def forget(tensor: Tensor) -> None:
    """The numbers of a tensor are no longer known; see `literals`."""
    if hasattr(tensor, "values"):
        tensor.values = None


def copied(tensor: Tensor, dtype: str = "") -> Tensor:
    """Another tensor with the same shape and source: changing one in place leaves the other."""
    made = Tensor(tensor.shape, tensor.source, dtype or tensor.dtype, tensor.reason)
    made.open = tensor.open
    return made


# -- shapes ------------------------------------------------------------------------------------------------------


def shape_of(call: Call, tensor: Tensor) -> Value:
    """The shape as a tuple, or why it is not known."""
    if tensor.shape is None:
        return call.unknown(tensor.reason or "the shape of a tensor that could not be determined")
    return tensor.shape


def spread(sizes: tuple[Value, ...], named: dict[str, Value]) -> list[Value] | Unknown:
    """Sizes or axes that are passed one by one, as one tuple, or by name; unknown if it is not known how many."""
    given = next(iter(named.values())) if named and not sizes else sizes
    if isinstance(given, tuple) and len(given) == 1 and isinstance(given[0], (list, tuple, Unknown)):
        given = given[0]
    if isinstance(given, Unknown):
        return given
    listed = list(given) if isinstance(given, (list, tuple)) else [given]
    rest = next((one for one in listed if isinstance(one, Rest)), None)
    return Unknown(rest.reason, rest.place) if rest else listed


@member(TENSOR, "size", signature="dim=None")
def size(call: Call, self: Tensor, dim: Value) -> Value:
    """`size()`, `size(dim)`."""
    shape = shape_of(call, self)
    if dim is None or isinstance(shape, Unknown):
        return shape
    at = axis(dim, len(shape))
    if isinstance(at, str):
        return call.unknown(at)
    return shape[at] if shape else call.unknown("there is no axis")


@member(TENSOR, "__len__", signature="")
def length(call: Call, self: Tensor) -> Value:
    """`len(x)`: the size of the first axis."""
    if self.shape == ():
        raise Raised(TypeError, "len() of a 0-d tensor", call.place)
    return size(call, self, 0)


@member(TENSOR, "dim", "ndimension", signature="")
def rank(call: Call, self: Tensor) -> Value:
    """`dim()`: the number of axes."""
    shape = shape_of(call, self)
    return shape if isinstance(shape, Unknown) else len(shape)


@member(TENSOR, "numel", "nelement", signature="")
def count(call: Call, self: Tensor) -> Value:
    """`numel()`: the number of elements."""
    shape = shape_of(call, self)
    return shape if isinstance(shape, Unknown) else dims.product(shape)


LIBRARY.define("torch.numel", TENSOR.members["numel"])


def tensor_property(*names: str) -> Callable[[Run], Run]:
    """Describe a property by `run(call, tensor)`."""

    def register(run: Run) -> Run:
        for name in names:
            getter = NativeFunction(f"Tensor.{name}", lambda call: run(call, call.args.positional[0]))
            TENSOR.members[name] = Property(getter)
        return run

    return register


tensor_property("shape")(shape_of)
tensor_property("ndim")(rank)


@tensor_property("requires_grad", "is_leaf")
def is_parameter(call: Call, tensor: Tensor) -> Value:
    """Is it trained?"""
    return tensor.parameter


@tensor_property("grad", "grad_fn")
def gradient(call: Call, tensor: Tensor) -> Value:
    """There are no gradients before training."""
    return None


@tensor_property("is_cuda", "is_sparse", "is_quantized", "is_meta", "is_mps", "is_nested")
def is_special(call: Call, tensor: Tensor) -> Value:
    """The tensors of an analysis lie on the CPU."""
    return False


@tensor_property("data")
def data(call: Call, tensor: Tensor) -> Value:
    """The same tensor."""
    return tensor


@member(TENSOR, *UNCHANGING.split())
def unchanged(call: Call) -> Value:
    """Methods that give the same numbers in the same shape; those that do not lie in order may be copied."""
    tensor = call.args.positional[0]
    return copied(tensor) if isinstance(tensor, Tensor) and tensor.layouts else tensor


@member(TENSOR, "clone")
def clone(call: Call) -> Value:
    """`clone()`: the same numbers, not the same tensor."""
    return copied(call.args.positional[0])


@function("torch.clone", "torch.detach", signature="input, *, memory_format=None")
def clone_of(call: Call, input: Value, memory_format: Value) -> Value:
    """`torch.clone(x)`."""
    return copied(input) if isinstance(input, Tensor) else input


@member(TENSOR, "numpy", "data_ptr", "storage", "stride", "storage_offset", "is_contiguous", "__array__")
def not_followed(call: Call) -> Value:
    """What depends on memory, or leaves torch."""
    return call.unknown(f"{called(call)}() of a tensor is not followed")


@member(TENSOR, "backward", "register_hook", "record_stream", "register_post_accumulate_grad_hook")
def nothing(call: Call) -> Value:
    """Methods of training."""
    return None


@member(TENSOR, "get_device", signature="")
def get_device(call: Call, self: Tensor) -> Value:
    """`get_device()`: -1 is the CPU."""
    return -1


def is_number(value: Any) -> bool:
    """Is it a Python number, or a symbolic size?"""
    return isinstance(value, (int, float, complex)) or is_size(value)
