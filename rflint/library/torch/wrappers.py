"""Reparametrisations, parallel copies and other wrappers that leave what a module does to shapes as it is."""

from __future__ import annotations

from rflint.interp.frames import Call
from rflint.interp.values import Instance, Value
from rflint.library.registry import LIBRARY, function, member, native_class
from rflint.library.torch.op import MODULE

SAME = (
    "torch.nn.utils.weight_norm",
    "torch.nn.utils.spectral_norm",
    "torch.nn.utils.remove_weight_norm",
    "torch.nn.utils.remove_spectral_norm",
    "torch.nn.utils.parametrizations.weight_norm",
    "torch.nn.utils.parametrizations.spectral_norm",
    "torch.nn.utils.parametrizations.orthogonal",
    "torch.nn.utils.fuse_conv_bn_eval",
    "torch.nn.SyncBatchNorm.convert_sync_batchnorm",
    "torch.compile",
    "torch.jit.script",
)


@function(*SAME)
def wrapped(call: Call) -> Value:
    """The wrapped module itself."""
    args = [*call.args.positional, *call.args.keywords.values()]
    return args[0] if args else call.unknown(f"{call.name} of nothing")


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
