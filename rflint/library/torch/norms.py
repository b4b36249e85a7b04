"""Normalisation layers and functions.

Their statistics carry no positions, so all of them count as reading position by position.
"""

from __future__ import annotations

from functools import partial

from rflint import field
from rflint.dims import equal, product
from rflint.interp.frames import Call
from rflint.interp.values import Instance, NativeClass, NativeFunction, Tensor, Unknown, Value, find_unknown, is_size
from rflint.library.registry import LIBRARY, alias, native_class, parse_signature
from rflint.library.torch.axes import FUNCTIONAL, restated, unchanged
from rflint.library.torch.broadcasting import pointwise
from rflint.library.torch.op import MODULE, Op, functional, layer, shaped, stop, tensor_of, unread
from rflint.library.torch.refusal import Refusal
from rflint.trace import Read

DEVICE = "device=None, dtype=None"
BATCH = "num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True"
INSTANCE = "num_features, eps=1e-05, momentum=0.1, affine=False, track_running_stats=False"
RANKS = {
    "BatchNorm1d": (2, 3),
    "BatchNorm2d": (4,),
    "BatchNorm3d": (5,),
    "InstanceNorm1d": (2, 3),
    "InstanceNorm2d": (3, 4),
    "InstanceNorm3d": (4, 5),
}
"""The numbers of axes, with batch and channels, that these take."""


def normalise(op: Op, input: Value) -> Value:
    """A normalisation: the shape stays, whatever it is."""
    rank = len(input.shape) if isinstance(input, Tensor) and input.shape is not None else 2
    if op.layer.base == "GroupNorm" and rank < 2:
        return op.refuse([input], f"GroupNorm on a tensor with {rank} axes")
    misfit = op.arg("misfit")
    if misfit and isinstance(input, Tensor):
        return op.refuse([input], misfit)
    return unchanged(op, input)


def by_rank(op: Op, input: Value, *, axes: int) -> Value:
    """One that wants a certain number of axes.

    It tells the shape of an input that is not declared; `BatchNorm1d` does not, since it also follows `Linear`.
    """
    input = tensor_of(op.call, input)
    if isinstance(input, Tensor) and op.layer.base != "BatchNorm1d":
        input = shaped(op, input, axes, op.arg("num_features"))
    if isinstance(input, Tensor) and input.shape is not None and len(input.shape) not in RANKS[op.layer.base]:
        return op.opaque([input], Refusal(f"{op.layer.kind} on a tensor with {len(input.shape)} axes"))
    return unchanged(op, input)


def of_rank(op: Op, input: Value, *, stem: str, switch: str = "") -> Value:
    """One that takes any number of axes from two on: it is the layer for as many as there are.

    `switch` is the argument with which it wants more than one value for each mean.
    """
    rank = len(input.shape) if isinstance(input, Tensor) and input.shape is not None else 4
    odd = op.arg("misfit") or _alone(op, input, switch)
    odd = f"{stem} on a tensor with {rank} axes" if rank < 2 else odd
    if odd and isinstance(input, Tensor):
        return op.refuse([input], odd)
    return unchanged(restated(op, {}, f"{stem}{min(max(rank - 2, 1), 3)}d"), input)


def _alone(op: Op, input: Value, switch: str) -> str:
    """Why torch takes no means of single values; "" if it takes none, or of more."""
    shape = input.shape if isinstance(input, Tensor) else None
    if shape is None or op.arg(switch) is not True:
        return ""
    values = shape[2:] if switch == "use_input_stats" else (*shape[:1], *shape[2:])
    return "a mean over a single value" if equal(product(values), 1) else ""


def across_channels(op: Op, input: Value) -> Value:
    """LocalResponseNorm: each channel is divided by what the `size` channels around it hold."""
    input = tensor_of(op.call, input)
    if isinstance(input, Tensor) and input.shape is None and input.open:
        return unchanged(op, input)
    answer = stop(op, input)
    if answer is not None:
        return answer
    if len(input.shape) < 3:
        return op.opaque([input], Refusal(f"{op.layer.kind} on a tensor with {len(input.shape)} axes"))
    reads = list(pointwise(len(input.shape)))
    size = op.arg("size")
    if isinstance(size, int) and size < 1:
        return op.refuse([input], f"size={size}")
    known = isinstance(size, int) and size > 0
    reads[1] = Read("kept", 1, field.window(size, 1, size // 2)) if known else unread(1, "its size is not known")
    return op.emit([(input, reads)], input.shape, input.reason)


# -- parameters ------------------------------------------------------------------------------------------------


def _vector(shape: Value, wanted: Value, trained: bool) -> Value:
    """A parameter or buffer of this shape, if it is wanted."""
    if isinstance(wanted, Unknown):
        return wanted
    sizes = shape if isinstance(shape, tuple) else (shape,)
    known = all(map(is_size, sizes))
    doubt = find_unknown(shape)
    return Tensor(sizes if known else None, reason=doubt.reason if doubt else "", parameter=trained) if wanted else None


def _give_statistics(call: Call, self: Instance) -> None:
    attrs = self.attrs
    features, affine, tracked = attrs["num_features"], attrs["affine"], attrs["track_running_stats"]
    attrs["weight"] = _vector(features, affine, True)
    attrs["bias"] = _vector(features, affine and attrs["bias"], True)
    attrs["running_mean"] = _vector(features, tracked, False)
    attrs["running_var"] = _vector(features, tracked, False)
    attrs["num_batches_tracked"] = _vector((), tracked, False)


def _give_group_scale(call: Call, self: Instance) -> None:
    channels, affine = self.attrs["num_channels"], self.attrs["affine"]
    self.attrs["weight"] = _vector(channels, affine, True)
    self.attrs["bias"] = _vector(channels, affine and self.attrs["bias"], True)


def _give_scale(call: Call, self: Instance) -> None:
    shape = self.attrs["normalized_shape"]
    if is_size(shape):
        shape = (shape,)
    self.attrs["normalized_shape"] = shape = tuple(shape) if isinstance(shape, list) else shape
    affine = self.attrs["elementwise_affine"]
    self.attrs["weight"] = _vector(shape, affine, True)
    if "bias" in self.attrs:
        self.attrs["bias"] = _vector(shape, affine and self.attrs["bias"], True)


# -- layers ----------------------------------------------------------------------------------------------------


def _define_layers(stem: str, arguments: str, folder: str) -> NativeClass:
    """The layers of one to three axes, under the class that they have in common."""
    common = native_class(f"torch.nn.modules.{folder}._{stem}", MODULE)
    for axes in (1, 2, 3):
        signature, transfer = f"{arguments}, {DEVICE}, *, bias=True", partial(by_rank, axes=axes)
        made = layer(f"{stem}{axes}d", signature, transfer, prepare=_give_statistics, parent=common)
        LIBRARY.define(f"torch.nn.modules.{folder}.{stem}{axes}d", made)
    return common


BATCH_NORM = _define_layers("BatchNorm", BATCH, "batchnorm")
INSTANCE_NORM = _define_layers("InstanceNorm", INSTANCE, "instancenorm")
SYNC = layer(
    "SyncBatchNorm",
    f"{BATCH}, process_group=None, {DEVICE}, *, bias=True",
    partial(of_rank, stem="BatchNorm"),
    prepare=_give_statistics,
    parent=BATCH_NORM,
)
LIBRARY.define("torch.nn.modules.batchnorm.SyncBatchNorm", SYNC)
layer(
    "GroupNorm",
    f"num_groups, num_channels, eps=1e-05, affine=True, {DEVICE}, *, bias=True",
    normalise,
    prepare=_give_group_scale,
)
layer(
    "LayerNorm",
    f"normalized_shape, eps=1e-05, elementwise_affine=True, bias=True, {DEVICE}",
    normalise,
    prepare=_give_scale,
)
layer("RMSNorm", f"normalized_shape, eps=None, elementwise_affine=True, {DEVICE}", normalise, prepare=_give_scale)
layer("LocalResponseNorm", "size, alpha=0.0001, beta=0.75, k=1.0", across_channels)
layer("CrossMapLRN2d", "size, alpha=0.0001, beta=0.75, k=1.0", across_channels)


def _as_it_is(call: Call, module: Value, process_group: Value) -> Value:
    """`convert_sync_batchnorm(module)`: its shapes stay as they are."""
    return module


SYNC.members["convert_sync_batchnorm"] = NativeFunction(
    "SyncBatchNorm.convert_sync_batchnorm", _as_it_is, parse_signature("module, process_group=None")
)


# -- functions -------------------------------------------------------------------------------------------------


TENSORS = ("running_mean", "running_var", "weight", "bias")


def _without_tensors(args: dict[str, Value], name: str = "") -> dict[str, Value]:
    """The arguments without the tensors among them; their size is that of the argument `name` of the layer."""
    shapes = [args[key].shape for key in TENSORS if isinstance(args.get(key), Tensor)]
    kept = {key: value for key, value in args.items() if key not in TENSORS}
    found = next((shape[0] for shape in shapes if shape), None)
    lengths = {shape[0] for shape in shapes if shape and is_size(shape[0])}
    if name and len(lengths) > 1:
        kept["misfit"] = f"parameters for {' and '.join(sorted(map(str, lengths)))} channels"
    return {**kept, name: found} if name and found is not None else kept


_features = partial(_without_tensors, name="num_features")
_channels = partial(_without_tensors, name="num_channels")
functional(
    [f"{FUNCTIONAL}.batch_norm"],
    "BatchNorm2d",
    "input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-05",
    partial(of_rank, stem="BatchNorm", switch="training"),
    derive=_features,
)
functional(
    ["torch.batch_norm"],
    "BatchNorm2d",
    "input, weight, bias, running_mean, running_var, training, momentum, eps, cudnn_enabled",
    partial(of_rank, stem="BatchNorm"),
    derive=_features,
)
functional(
    [f"{FUNCTIONAL}.instance_norm"],
    "InstanceNorm2d",
    "input, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True, momentum=0.1, eps=1e-05",
    partial(of_rank, stem="InstanceNorm", switch="use_input_stats"),
    derive=_features,
)
for _name, _base, _signature, _derive in (
    ("group_norm", "GroupNorm", "num_groups, weight=None, bias=None, eps=1e-05", _channels),
    ("layer_norm", "LayerNorm", "normalized_shape, weight=None, bias=None, eps=1e-05", _without_tensors),
    ("rms_norm", "RMSNorm", "normalized_shape, weight=None, eps=None", _without_tensors),
):
    functional([f"{FUNCTIONAL}.{_name}"], _base, f"input, {_signature}", normalise, derive=_derive)
functional(
    [f"{FUNCTIONAL}.local_response_norm"],
    "LocalResponseNorm",
    "input, size, alpha=0.0001, beta=0.75, k=1.0",
    across_channels,
)
functional([f"{FUNCTIONAL}.normalize"], "normalize", "input, p=2.0, dim=1, eps=1e-12, out=None", normalise)
alias("torch.nn.modules.normalization", "torch.nn")
