"""Activations and dropout, as layers, functions and methods; `Identity`, `PReLU` and `GLU`."""

from __future__ import annotations

from dataclasses import replace

from rflint.dims import Size, divides
from rflint.field import Access
from rflint.interp.frames import Call
from rflint.interp.values import Instance, NativeFunction, Tensor, Value, is_size
from rflint.library.registry import LIBRARY, alias
from rflint.library.torch.axes import FUNCTIONAL, restated, unchanged
from rflint.library.torch.broadcasting import axis, pointwise
from rflint.library.torch.op import Op, layer, stop, tensor_of, unread
from rflint.library.torch.refusal import Refusal
from rflint.library.torch.tensor import in_place, tensor_function
from rflint.trace import Read

ANYTHING = "*args, **kwargs"
"""Layers that take any arguments and ignore them."""
POINTWISE = {
    "ReLU": ("relu", "inplace=False"),
    "ReLU6": ("relu6", "inplace=False"),
    "LeakyReLU": ("leaky_relu", "negative_slope=0.01, inplace=False"),
    "RReLU": ("rrelu", "lower=0.125, upper=0.3333333333333333, inplace=False"),
    "ELU": ("elu", "alpha=1.0, inplace=False"),
    "CELU": ("celu", "alpha=1.0, inplace=False"),
    "SELU": ("selu", "inplace=False"),
    "GELU": ("gelu", "approximate='none'"),
    "SiLU": ("silu", "inplace=False"),
    "Mish": ("mish", "inplace=False"),
    "Hardtanh": ("hardtanh", "min_val=-1.0, max_val=1.0, inplace=False, min_value=None, max_value=None"),
    "Hardswish": ("hardswish", "inplace=False"),
    "Hardsigmoid": ("hardsigmoid", "inplace=False"),
    "Hardshrink": ("hardshrink", "lambd=0.5"),
    "Softshrink": ("softshrink", "lambd=0.5"),
    "Softplus": ("softplus", "beta=1.0, threshold=20.0"),
    "Threshold": ("threshold", "threshold, value, inplace=False"),
    "Sigmoid": ("sigmoid", ANYTHING),
    "Tanh": ("tanh", ANYTHING),
    "Softsign": ("softsign", ANYTHING),
    "Tanhshrink": ("tanhshrink", ANYTHING),
    "LogSigmoid": ("logsigmoid", ANYTHING),
    "Dropout": ("dropout", "p=0.5, inplace=False"),
    "Dropout1d": ("dropout1d", "p=0.5, inplace=False"),
    "Dropout2d": ("dropout2d", "p=0.5, inplace=False"),
    "Dropout3d": ("dropout3d", "p=0.5, inplace=False"),
    "AlphaDropout": ("alpha_dropout", "p=0.5, inplace=False"),
    "FeatureAlphaDropout": ("feature_alpha_dropout", "p=0.5, inplace=False"),
    "Identity": ("", ANYTHING),
}
"""Layers that read position by position: the name of the function, and the arguments."""
TRAINED = ("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout", "rrelu")
"""Functions that take `training` before `inplace`."""
METHODS = ("relu", "sigmoid", "tanh", "hardshrink")
UNDER_TORCH = (*METHODS, *"selu celu rrelu threshold alpha_dropout feature_alpha_dropout".split())
CHANGING = "relu leaky_relu rrelu elu celu selu hardtanh threshold".split()
"""Functions with an in-place twin, `relu_`."""


def activate(op: Op, input: Value, **settings: Value) -> Value:
    """An activation, or a dropout, which is the identity outside of training."""
    formula = op.arg("approximate")
    if isinstance(formula, str) and formula not in ("none", "tanh") and isinstance(input, Tensor):
        return op.refuse([input], f"there is no approximation {formula!r}")
    return unchanged(op, input)


def weighted(op: Op, input: Value, weight: Value) -> Value:
    """PReLU with a weight that is handed to it: one for all channels, or one for each."""
    shape = weight.shape if isinstance(weight, Tensor) else None
    if shape is not None and len(shape) > 1 and isinstance(input, Tensor):
        return op.refuse([input], f"a weight with {len(shape)} axes")
    return activate(op if shape is None else restated(op, {"num_parameters": shape[0] if shape else 1}), input)


def plain(op: Op, input: Value) -> Value:
    """A layer that ignores its arguments."""
    if op.layer.base == "Identity" and type(input) in (tuple, list, dict):
        return input
    return unchanged(replace(op, layer=replace(op.layer, args={})), input)


def gated(op: Op, input: Value, **settings: Value) -> Value:
    """GLU: one half of an axis gates the other, so output i reads i and i + half."""
    input = tensor_of(op.call, input)
    answer = stop(op, input)
    if answer is not None:
        return answer
    rank = len(input.shape)
    at = axis(op.arg("dim"), rank)
    if isinstance(at, str) or not rank:
        return op.opaque([input], at if isinstance(at, str) else Refusal("GLU of a scalar"))
    size = input.shape[at]
    if divides(2, size) is False:
        return op.refuse([input], f"GLU halves an axis, and {size} is odd")
    reads = list(pointwise(rank))
    reads[at] = _halves(size // 2, at)
    return op.emit([(input, reads)], (*input.shape[:at], size // 2, *input.shape[at + 1 :]), input.reason)


def _halves(half: Size, at: int) -> Read:
    if not isinstance(half, int) or half < 1:
        return unread(at, "the size of an axis that is halved depends on symbols")
    return Read("kept", at, Access(1, (range(0, half + 1, half),)))


# -- definitions -----------------------------------------------------------------------------------------------


def _define(name: str, function: str, arguments: str) -> None:
    free = arguments == ANYTHING
    layer(name, arguments, plain if free else activate)
    if function in TRAINED:
        trains = function.startswith("dropout")
        arguments = arguments.replace("inplace", f"training={trains}, inplace")
    if function:
        _define_function(name, function, "input" if free else f"input, {arguments}")


def _define_function(base: str, function: str, signature: str) -> None:
    under = (FUNCTIONAL, "torch") if function in UNDER_TORCH else (FUNCTIONAL,)
    method = function in METHODS
    define = tensor_function(
        function, signature=signature, base=base, under=under, method=method, twin=method, known=False
    )
    define(activate)
    for module in under if function in CHANGING else ():
        run = LIBRARY.find(f"{module}.{function}").run
        LIBRARY.define(f"{module}.{function}_", NativeFunction(f"{module}.{function}_", in_place(run)))


def _give_weight(call: Call, self: Instance) -> None:
    number = self.attrs["num_parameters"]
    self.attrs["weight"] = Tensor((number,) if is_size(number) else None, parameter=True)


for _name, (_function, _arguments) in POINTWISE.items():
    _define(_name, _function, _arguments)
layer("PReLU", "num_parameters=1, init=0.25, device=None, dtype=None", activate, prepare=_give_weight)
layer("GLU", "dim=-1", gated)
tensor_function("prelu", signature="input, weight", base="PReLU", under=(FUNCTIONAL, "torch"), known=False)(weighted)
tensor_function("glu", signature="input, dim=-1", base="GLU", under=(FUNCTIONAL,), method=False, known=False)(gated)
tensor_function("dropout", "feature_dropout", signature="input, p, train", base="Dropout", method=False, known=False)(
    activate
)
for _folder in ("activation", "dropout"):
    alias(f"torch.nn.modules.{_folder}", "torch.nn")
