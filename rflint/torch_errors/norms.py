"""What torch says of normalisations and of PReLU."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks._layers import size_given
from rflint.checks._places import is_constructed
from rflint.dims import divides, equal
from rflint.torch_errors.figures import integer, listed, shape_of
from rflint.trace import Shape, Use


def errors(use: Use) -> Iterator[str]:
    """The texts that apply."""
    if use.base in ("LayerNorm", "RMSNorm"):
        yield from trailing(use)
    elif use.base == "GroupNorm":
        yield from grouped(use)
    elif use.base == "PReLU":
        yield from sloped(use)
    elif is_constructed(use):
        yield from (of_batch(use) if use.base.startswith("BatchNorm") else of_instance(use))


def of_batch(use: Use) -> Iterator[str]:
    """A batch norm: axes, then statistics or weights, then whether a mean is one of many values."""
    shape, spatial = shape_of(use), int(use.base[-2])
    taken = (2, 3) if spatial == 1 else (spatial + 2,)
    if len(shape) not in taken:
        yield f"ValueError: expected {' or '.join(f'{n}D' for n in taken)} input (got {len(shape)}D input)"
        return
    wanted, tracked = size_given(use, "num_features"), use.layer.args.get("track_running_stats")
    if wanted is not None and equal(shape[1], wanted) is False and isinstance(tracked, bool):
        name = "running_mean" if tracked else "weight"
        yield f"RuntimeError: {name} should contain {shape[1]} elements not {wanted}"
    elif single((shape[0], *shape[2:])):
        yield (
            "ValueError: Expected more than 1 value per channel when training, "
            f"got input size torch.Size({listed(shape)})"
        )


def single(sizes: Shape) -> bool:
    """Whether all sizes are 1."""
    return all(equal(size, 1) is True for size in sizes)


def of_instance(use: Use) -> Iterator[str]:
    """An instance norm, with and without a batch."""
    shape, spatial = shape_of(use), int(use.base[-2])
    if len(shape) not in (spatial + 1, spatial + 2):
        yield f"ValueError: expected {spatial + 1}D or {spatial + 2}D input (got {len(shape)}D input)"
        return
    axis, wanted = len(shape) - spatial - 1, size_given(use, "num_features")
    if wanted is not None and equal(shape[axis], wanted) is False and use.layer.args.get("affine") is True:
        yield (
            f"ValueError: expected input's size at dim={axis} to match num_features ({wanted}), but got: {shape[axis]}."
        )
    elif single(shape[-spatial:]) and use.layer.args.get("track_running_stats") is False:
        batched = shape if axis else (1, *shape)
        yield (
            "ValueError: Expected more than 1 spatial element when training, "
            f"got input size torch.Size({listed(batched)})"
        )
    elif wanted is not None and equal(shape[axis], wanted) is False and is_tracked(use) and isinstance(shape[0], int):
        batch = shape[0] if axis else 1
        yield f"RuntimeError: running_mean should contain {batch * shape[axis]} elements not {batch * wanted}"


def is_tracked(use: Use) -> bool:
    """Whether it has running statistics."""
    return use.layer.args.get("track_running_stats") is True


def grouped(use: Use) -> Iterator[str]:
    """A group norm: its own channels, those of its input, its weight, and how many values a mean is of."""
    groups, announced, shape = integer(use, "num_groups"), size_given(use, "num_channels"), shape_of(use)
    if groups is None or len(shape) < 2:
        return
    if is_constructed(use) and groups == 0:
        yield "ZeroDivisionError: integer modulo by zero"
    if groups < 1:
        return
    if is_constructed(use) and announced is not None and divides(groups, announced) is False:
        yield f"ValueError: num_channels ({announced}) must be divisible by num_groups ({groups})"
    parts = (shape[0] * shape[1] // groups, groups, *shape[2:])
    if single((parts[0], *parts[2:])):
        yield f"ValueError: Expected more than 1 value per channel when training, got input size {listed(parts)}"
    if divides(groups, shape[1]) is False:
        yield (
            "RuntimeError: Expected number of channels in input to be divisible by num_groups, "
            f"but got input of shape {listed(shape)} and num_groups={groups}"
        )
    if announced is not None and equal(announced, shape[1]) is False:
        yield (
            "RuntimeError: Expected weight to be a vector of size equal to the number of channels in input, "
            f"but got weight of shape [{announced}] and input of shape {listed(shape)}"
        )


def trailing(use: Use) -> Iterator[str]:
    """A norm over the last axes."""
    wanted, shape = use.layer.args.get("normalized_shape"), shape_of(use)
    if not isinstance(wanted, tuple) or not wanted:
        return
    last = shape[-len(wanted) :]
    if len(last) < len(wanted) or any(equal(a, b) is False for a, b in zip(last, wanted, strict=True)):
        star = "*, " if use.base == "LayerNorm" else "*"
        yield (
            f"RuntimeError: Given normalized_shape={listed(wanted)}, expected input with shape "
            f"[{star}{listed(wanted)[1:]}, but got input of size{listed(shape)}"
        )


def sloped(use: Use) -> Iterator[str]:
    """A PReLU with a slope for each channel."""
    wanted, shape = size_given(use, "num_parameters"), shape_of(use)
    channels = shape[1] if len(shape) > 1 else 1
    if wanted is not None and equal(wanted, 1) is False and equal(wanted, channels) is False:
        yield (
            "RuntimeError: Mismatch of parameter numbers and input channel size. "
            f"Found parameter numbers = {wanted} and channel size = {channels}."
        )
