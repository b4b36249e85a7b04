"""What the constructors of torch's layers refuse at once, whatever the layer is given later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rflint.library.torch.refusal import Refusal

Args = Mapping[str, Any]
COUNTS = {
    "Conv": ("in_channels", "out_channels"),
    "Linear": ("in_features", "out_features"),
    "Embedding": ("num_embeddings", "embedding_dim"),
    "BatchNorm": ("num_features",),
    "InstanceNorm": ("num_features",),
    "PReLU": ("num_parameters",),
}
"""The arguments of which a layer makes parameters, so that they are no less than 0, by how its name begins."""
PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


def refused_at_once(base: str, args: Args) -> Refusal | None:
    """Why a layer cannot be built with these arguments; None if it may."""
    for stem, check in CHECKS.items():
        if base.startswith(stem):
            problem = check(args)
            if problem:
                return Refusal(problem)
    names = next((names for stem, names in COUNTS.items() if base.startswith(stem)), ())
    text = next((name for name in (*names, "groups") if isinstance(args.get(name), str)), None)
    if text is not None:
        return Refusal(f"{text}={args[text]!r} is a text")
    if "Norm" in base and True not in (args.get("affine"), args.get("track_running_stats")):
        return None
    return next((Refusal(f"{name}={args[name]} is negative") for name in names if _number(args, name, 0) < 0), None)


def _number(args: Args, name: str, otherwise: float) -> float:
    """An argument if it is a plain number, else another one."""
    value = args.get(name)
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else otherwise


def _dropout(args: Args) -> str:
    share = _number(args, "p", 0)
    return "" if 0 <= share <= 1 else f"p={share} is no share: it should be between 0 and 1"


def _embedding(args: Args) -> str:
    rows, at = _number(args, "num_embeddings", float("inf")), _number(args, "padding_idx", 0)
    if args.get("padding_idx") is None or -rows <= at < max(rows, 1):
        return ""
    return f"padding_idx={at} is none of the {rows} rows"


def _recurrent(args: Args) -> str:
    for name in ("hidden_size", "num_layers"):
        if _number(args, name, 1) <= 0:
            return f"{name}={args[name]} should be greater than zero"
    share, projected = _number(args, "dropout", 0), _number(args, "proj_size", 0)
    if not 0 <= share <= 1:
        return f"dropout={share} is no share: it should be between 0 and 1"
    if not 0 <= projected < _number(args, "hidden_size", float("inf")):
        return f"proj_size={projected} should be less than hidden_size"
    kind = args.get("nonlinearity", "tanh")
    return f"there is no nonlinearity {kind!r}" if isinstance(kind, str) and kind not in ("tanh", "relu") else ""


def _attention(args: Args) -> str:
    for name in ("embed_dim", "num_heads"):
        if _number(args, name, 1) <= 0:
            return f"{name}={args[name]} should be greater than zero"
    return ""


def _convolution(args: Args) -> str:
    mode = args.get("padding_mode", "zeros")
    plain = mode is None or isinstance(mode, (str, int))
    return f"there is no padding_mode {mode!r}" if plain and mode not in PADDING_MODES else ""


def _fractional_kernel(args: Args) -> str:
    """Only asked in three dimensions: in two, a pool without a kernel is taken."""
    kernel = args.get("kernel_size")
    numbers = kernel if isinstance(kernel, (list, tuple)) else (kernel,)
    odd = any(isinstance(one, int) and not isinstance(one, bool) and one < 1 for one in numbers)
    return f"kernel_size={kernel} should be greater than zero" if odd else ""


def _fractional(args: Args) -> str:
    size, ratio = args.get("output_size", ...), args.get("output_ratio", ...)
    if size is None and ratio is None:
        return "neither output_size nor output_ratio is given"
    if size not in (None, ...) and ratio not in (None, ...):
        return "both output_size and output_ratio are given"
    ratios = ratio if isinstance(ratio, (list, tuple)) else (ratio,)
    odd = next((one for one in ratios if isinstance(one, (int, float)) and not 0 < one < 1), None)
    return "" if odd is None else f"output_ratio={odd} should be between 0 and 1"


def _upsample(args: Args) -> str:
    scale = args.get("scale_factor")
    return "scale_factor is a list; a tuple has one for each axis" if isinstance(scale, list) else ""


def _hardtanh(args: Args) -> str:
    low, high = _number(args, "min_val", float("-inf")), _number(args, "max_val", float("inf"))
    return "" if low < high else f"max_val={high} should be greater than min_val={low}"


CHECKS: dict[str, Callable[[Args], str]] = {
    "Dropout": _dropout,
    "AlphaDropout": _dropout,
    "FeatureAlphaDropout": _dropout,
    "Embedding": _embedding,
    "MultiheadAttention": _attention,
    "Conv1d": _convolution,
    "Conv2d": _convolution,
    "Conv3d": _convolution,
    "FractionalMaxPool": _fractional,
    "FractionalMaxPool3d": _fractional_kernel,
    "Hardtanh": _hardtanh,
    "Upsample": _upsample,
    "RNN": _recurrent,
    "GRU": _recurrent,
    "LSTM": _recurrent,
}
"""The checks of the layers whose names begin like this."""
