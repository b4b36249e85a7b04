"""`torch.nn.init` and `reset_parameters`: what fills tensors with numbers leaves their shapes alone."""

from __future__ import annotations

import math

from rflint import dims
from rflint.interp.frames import Call
from rflint.interp.values import Tensor, Value
from rflint.library.registry import LIBRARY, function, member
from rflint.library.torch import convolution, linear, norms, recurrent

NAMES = (
    "uniform normal trunc_normal constant ones zeros eye dirac xavier_uniform xavier_normal kaiming_uniform "
    "kaiming_normal orthogonal sparse"
)
GAINS = {"tanh": 5 / 3, "relu": math.sqrt(2), "selu": 3 / 4}


@function(*(f"torch.nn.init.{name}_" for name in NAMES.split()), *(f"torch.nn.init.{name}" for name in NAMES.split()))
@function("torch.nn.init._no_grad_trunc_normal_", "torch.nn.init._no_grad_normal_", "torch.nn.init._no_grad_uniform_")
@function("torch.nn.init._no_grad_fill_", "torch.nn.init._no_grad_zero_")
def filled(call: Call) -> Value:
    """Every function of `nn.init` returns its tensor."""
    return call.args.positional[0] if call.args.positional else call.args.keywords.get("tensor")


@function("torch.nn.init.calculate_gain", signature="nonlinearity, param=None")
def gain(call: Call, nonlinearity: Value, param: Value) -> Value:
    """The gain that torch recommends for a nonlinearity."""
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        return math.sqrt(2 / (1 + slope**2)) if isinstance(slope, (int, float)) else call.unknown("a gain")
    return GAINS.get(nonlinearity, 1.0) if isinstance(nonlinearity, str) else call.unknown("a gain")


@function("torch.nn.init._calculate_fan_in_and_fan_out", signature="tensor")
def fans(call: Call, tensor: Value) -> Value:
    """How many inputs an output of these weights has, and how many outputs an input."""
    if not isinstance(tensor, Tensor) or tensor.shape is None or len(tensor.shape) < 2:
        return call.unknown("the fan of weights whose shape is not known")
    field = dims.product(tensor.shape[2:])
    return tensor.shape[1] * field, tensor.shape[0] * field


@function("torch.nn.init._calculate_correct_fan", signature="tensor, mode")
def fan(call: Call, tensor: Value, mode: Value) -> Value:
    """`fan_in` or `fan_out`."""
    both = fans(call, tensor)
    return both[mode == "fan_out"] if isinstance(both, tuple) and isinstance(mode, str) else both


LIBRARY.declare("torch.nn.init")


TRAINED = (
    "Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d Linear Bilinear BatchNorm1d BatchNorm2d "
    "BatchNorm3d SyncBatchNorm InstanceNorm1d InstanceNorm2d InstanceNorm3d GroupNorm LayerNorm RMSNorm Embedding "
    "LSTM GRU RNN"
).split()
"""The layers that can fill their parameters anew."""
DEFINING = (convolution, linear, norms, recurrent)
"""Modules that are imported for what they define."""


def reset(call: Call) -> Value:
    """`layer.reset_parameters()`."""
    return None


for _name in TRAINED:
    member(LIBRARY.find(f"torch.nn.{_name}"), "reset_parameters")(reset)
    if "BatchNorm" in _name or "InstanceNorm" in _name:
        member(LIBRARY.find(f"torch.nn.{_name}"), "reset_running_stats")(reset)
