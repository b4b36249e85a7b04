"""Padding: the `nn.*Pad*d` layers and `F.pad`.  Negative padding crops."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rflint import field
from rflint.dims import Size, less
from rflint.interp.frames import Call
from rflint.interp.values import Instance, Tensor, Unknown, Value, find_unknown, is_size
from rflint.library.registry import alias
from rflint.library.torch.axes import FUNCTIONAL, Axis, checked, refused, resized, restated, unknown_axis
from rflint.library.torch.op import Op, functional, kept, known_args, layer, unread
from rflint.library.torch.refusal import Refusal
from rflint.trace import Read

MODES = {
    "Constant": "constant",
    "Zero": "constant",
    "Reflection": "reflect",
    "Replication": "replicate",
    "Circular": "circular",
}
"""The kinds of layers, and the modes of `F.pad` that they are."""
MOST_SPATIAL = 3


def grown(op: Op, input: Value, padding: Value, mode: Value) -> Value:
    """The last axes grow by pairs of numbers, (left, right) of the last axis first."""
    input, answer = checked(op, input, range(1, 65))
    if answer is not None:
        return answer
    odd = _odd(padding, mode)
    if odd:
        return op.opaque([input], odd)
    if not isinstance(padding, (tuple, list)) or len(padding) % 2:
        reason = padding.reason if isinstance(padding, Unknown) else "the padding is no list of pairs"
        return resized(op, input, [unknown_axis(at, reason) for at in range(len(input.shape))])
    problem = _problem(len(input.shape), len(padding) // 2, mode)
    axes = [] if problem else _ends(input, padding, mode)
    if len(axes) == 1 and mode in ("reflect", "replicate") and axes[0].size is not None and less(axes[0].size, 1):
        problem = Refusal(f"it leaves nothing of {input.shape[-1]} positions")
    return op.opaque([input], problem) if problem else resized(op, input, axes)


def _odd(padding: Value, mode: Value) -> str:
    """Why torch takes no such padding for any input; "" if it does."""
    if isinstance(mode, str) and mode not in MODES.values():
        return Refusal(f"there is no mode {mode!r}")
    if isinstance(padding, (int, float, str)):
        return Refusal(f"the padding {padding!r} is no list of pairs")
    if not isinstance(padding, (tuple, list)) or any(isinstance(one, Unknown) for one in padding):
        return ""
    odd = next((one for one in padding if isinstance(one, (float, str, bool))), None)
    if odd is not None:
        return Refusal(f"{odd!r} in the padding is no integer")
    return Refusal(f"the padding has {len(padding)} numbers, which are no pairs") if len(padding) % 2 else ""


def _problem(rank: int, axes: int, mode: Value) -> str:
    """Why torch refuses to pad so many axes, "" if it does not: to mirror or repeat, it wants one or two more."""
    fits = axes <= rank if mode == "constant" else 0 < axes <= MOST_SPATIAL and rank - axes in (1, 2)
    return "" if fits or isinstance(mode, Unknown) else Refusal(f"it pads {axes} axes of a tensor with {rank}")


def _ends(input: Tensor, padding: Sequence[Value], mode: Value) -> list[Axis]:
    """What becomes of the padded axes, in the tensor's order."""
    shape = input.shape or ()
    pairs = list(zip(padding[::2], padding[1::2], strict=True))[::-1]
    first = len(shape) - len(pairs)
    return [_axis(shape[at], left, right, mode, at) for at, (left, right) in enumerate(pairs, first)]


def _axis(size: Size, left: Value, right: Value, mode: Value, at: int) -> Axis:
    if not (is_size(left) and is_size(right)):
        doubt = find_unknown([left, right])
        return unknown_axis(at, doubt.reason if doubt is not None else "the padding is not a number")
    cropped = sum(one for one in (left, right) if isinstance(one, int) and one < 0)
    if less(size + (cropped if mode == "constant" else left + right), 0):
        return refused(f"it crops {-cropped} of {size} positions")
    if mode == "reflect" and False in (less(left, size), less(right, size)):
        return refused(f"it mirrors {left} and {right} positions of {size}, and should mirror fewer than there are")
    if mode == "circular" and True in (less(size, left), less(size, right)):
        return refused(f"it repeats {left} and {right} positions of {size}, more than there are")
    return Axis(size + left + right, _moved(left, at))


def _moved(left: Size, at: int) -> Read:
    """Positions move by what is added on the left; what is mirrored or repeated counts as padding."""
    if isinstance(left, int):
        return Read("kept", at, field.shifted(-left)) if left else kept(at)
    return unread(at, f"it moves positions by {left}, which depends on the size of the input")


# -- definitions -----------------------------------------------------------------------------------------------


def _layer_of(mode: str) -> Callable[[Op, Value], Value]:
    def run(op: Op, input: Value) -> Value:
        padding = op.owner.attrs.get("padding") if op.owner is not None else None
        return grown(restated(op, {}, "pad"), input, padding, mode)

    return run


def _prepare(axes: int) -> Callable[[Call, Instance], None]:
    def prepare(call: Call, self: Instance) -> None:
        padding = self.attrs["padding"]
        if is_size(padding):
            self.attrs["padding"] = (padding,) * (2 * axes)
        elif isinstance(padding, list):
            self.attrs["padding"] = tuple(padding)

    return prepare


def pad(op: Op, input: Value, pad: Value, mode: Value) -> Value:
    """`F.pad(input, pad, mode)`."""
    value = op.arg("value")
    if isinstance(value, (int, float)) and value != 0 and mode in ("reflect", "replicate", "circular"):
        return op.refuse([input] if isinstance(input, Tensor) else [], f"mode {mode!r} takes no value")
    op = restated(op, known_args({"pad": pad, "mode": mode}, 0, ()))
    few = isinstance(pad, (tuple, list)) and len(pad) <= 4
    if isinstance(input, Tensor) and input.shape is None and input.open and not few:
        return op.opaque([input], "it may pad the channels of an input whose shape is not declared")
    return grown(op, input, pad, mode)


def _constant(op: Op, input: Value, pad: Value) -> Value:
    return grown(restated(op, known_args({"pad": pad}, 0, ())), input, pad, "constant")


for _axes in (1, 2, 3):
    for _name, _mode in MODES.items():
        _arguments = "padding, value" if _name == "Constant" else "padding"
        layer(f"{_name}Pad{_axes}d", _arguments, _layer_of(_mode), prepare=_prepare(_axes))
functional(
    [f"{FUNCTIONAL}.pad"], "pad", "input, pad, mode='constant', value=None", pad, inputs=("input", "pad", "mode")
)
functional(["torch.constant_pad_nd"], "pad", "input, pad, value=0", _constant, inputs=("input", "pad"))
alias("torch.nn.modules.padding", "torch.nn")
