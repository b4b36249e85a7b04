"""Reparametrisations, parallel copies and other wrappers that leave what a module does to shapes as it is."""

from __future__ import annotations

from dataclasses import replace

from rflint.interp.frames import Call
from rflint.interp.values import Instance, Tensor, Value, is_size
from rflint.library.registry import LIBRARY, function, member, native_class
from rflint.library.torch.op import MODULE
from rflint.trace import Shape

SAME = (
    "torch.nn.utils.spectral_norm",
    "torch.nn.utils.remove_spectral_norm",
    "torch.nn.utils.parametrizations.spectral_norm",
    "torch.nn.utils.parametrizations.orthogonal",
    "torch.nn.SyncBatchNorm.convert_sync_batchnorm",
    "torch.compile",
    "torch.jit.script",
)


@function(*SAME)
def wrapped(call: Call) -> Value:
    """The wrapped module itself."""
    args = [*call.args.positional, *call.args.keywords.values()]
    return args[0] if args else call.unknown(f"{call.name} of nothing")


# -- reparametrisations that change how many parameters there are ------------------------------------------------


@function(
    "torch.nn.utils.weight_norm",
    "torch.nn.utils.parametrizations.weight_norm",
    signature="module, name='weight', dim=0",
)
def normed(call: Call, module: Value, name: Value, dim: Value) -> Value:
    """The module, with magnitudes beside its weight: for each slice along `dim`, or a single one if that is None."""
    if isinstance(module, Instance):
        call.interp.state.touch(module)
        weight = module.attrs.get(name) if isinstance(name, str) else None
        shape = weight.shape if isinstance(weight, Tensor) else None
        module.attrs[f"{name}_g"] = Tensor(_magnitudes(shape, dim), parameter=True)
    return module


def _magnitudes(shape: Shape | None, dim: Value) -> Shape | None:
    """The shape of the magnitudes: 1 along all axes but `dim`."""
    if dim is None:
        return (1,)
    if shape is None or not isinstance(dim, int) or not -len(shape) <= dim < len(shape):
        return None
    return tuple(size if axis == dim % len(shape) else 1 for axis, size in enumerate(shape))


@function("torch.nn.utils.remove_weight_norm", signature="module, name='weight'")
def plain(call: Call, module: Value, name: Value) -> Value:
    """The module without the magnitudes."""
    if isinstance(module, Instance):
        call.interp.state.touch(module)
        module.attrs.pop(f"{name}_g", None)
    return module


@function("torch.nn.utils.fuse_conv_bn_eval", signature="conv, bn, transpose=False")
def fused(call: Call, conv: Value, bn: Value, transpose: Value) -> Value:
    """A copy of the convolution, which has a bias in any case."""
    if not isinstance(conv, Instance) or conv.attrs.get("bias") is not None:
        return conv
    channels = conv.attrs.get("out_channels")
    bias = Tensor((channels,) if is_size(channels) else None, parameter=True)  # type: ignore[arg-type]
    return replace(conv, attrs={**conv.attrs, "bias": bias})


# -- parallel copies -------------------------------------------------------------------------------------------

PARALLEL = [native_class(f"torch.nn.parallel.{name}", MODULE) for name in ("DataParallel", "DistributedDataParallel")]
LIBRARY.define("torch.nn.DataParallel", PARALLEL[0])


def hold(call: Call, self: Instance, module: Value, **options: Value) -> Value:
    """`DataParallel(module)` holds the network as `module`."""
    self.attrs.setdefault("training", True)
    self.attrs["module"] = module
    return None


def pass_on(call: Call) -> Value:
    """All of the batch goes through the one network."""
    self = call.args.positional[0]
    return call.interp.call_with(self.attrs["module"], call.args.without_first(), call.frame, call.node)


for _cls in PARALLEL:
    member(_cls, "__init__", signature="module, device_ids=None, output_device=None, dim=0, **options")(hold)
    member(_cls, "forward")(pass_on)
