"""nn.utils: reparametrisations and other wrappers that leave what a layer does to shapes as it is."""

from __future__ import annotations

from rflint.interp.frames import Call
from rflint.interp.values import Value
from rflint.library.registry import function

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
    "torch.nn.DataParallel",
    "torch.nn.parallel.DataParallel",
    "torch.nn.parallel.DistributedDataParallel",
)


@function(*SAME)
def wrapped(call: Call) -> Value:
    """The wrapped module itself."""
    args = [*call.args.positional, *call.args.keywords.values()]
    return args[0] if args else call.unknown(f"{call.name} of nothing")
