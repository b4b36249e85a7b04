"""What checks say about edits: arguments of a layer together, paddings that move along with a dilation, schedules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rflint.checks._layers import listed, number, one_or_each, spatial_rank
from rflint.checks._places import is_constructed
from rflint.edits import Edit, Fix, SetArgument
from rflint.geometry.schedules import dense_rates, extent
from rflint.trace import Use


def arguments_fix(use: Use, values: Mapping[str, object], symbolic: Mapping[str, str] | None = None) -> Fix | None:
    """The edit that gives several arguments of a constructed layer their values; None if there are none."""
    if not values or not is_constructed(use):
        return None
    formulas = symbolic or {}
    return Fix(tuple(SetArgument(use.layer, name, str(one), formulas.get(name, "")) for name, one in values.items()))


def same_padding(use: Use) -> str:
    """The padding d·(k - 1)/2 in terms of the arguments that the constructor call does not write as numbers.

    "" where one of them has a number for each axis: there is no arithmetic of tuples.
    """
    if not is_one_number(use, "kernel_size") or not is_one_number(use, "dilation"):
        return ""
    kernel, literals = number(use, "kernel_size", 0), use.layer.literals
    if kernel is None or "kernel_size" not in literals:
        dilation = use.layer.args["dilation"][0] if "dilation" in literals else "{dilation}"
        return "({kernel_size} - 1) // 2" if dilation == 1 else f"{dilation} * ({{kernel_size}} - 1) // 2"
    half = (kernel - 1) // 2
    return "{dilation}" if half == 1 else f"{half} * {{dilation}}"


def is_one_number(use: Use, argument: str) -> bool:
    """Whether an argument is the same on all axes, and not written once for each."""
    values = use.layer.args.get(argument)
    return not isinstance(values, tuple) or len({(one, getattr(one, "place", None)) for one in values}) < 2


def denser(layers: Sequence[Use], kernels: Sequence[int], rates: Sequence[int]) -> list[int]:
    """Rates with which a chain of these kernels reads everything, and about as far.

    Layers that a block repeats take their rates from the same words, so they get them again in each repetition.
    """
    n = repeated(layers)
    return dense_rates(kernels[:n], extent(kernels[:n], rates[:n])) * (len(rates) // n)


def repeated(layers: Sequence[Use]) -> int:
    """After how many layers their rates come from the same places again; the number of all if they do not."""
    places = [source(use) for use in layers]
    periods = (n for n in range(2, len(places)) if places == places[:n] * (len(places) // n))
    return next(periods, len(places))


def source(use: Use) -> object:
    """Where the dilation of a layer is written: its digits if they are known, else the call."""
    dilation = use.layer.args.get("dilation")
    return getattr(dilation[0] if dilation else None, "place", use.layer.defined)


def schedule_fix(layers: Sequence[Use], rates: Sequence[int]) -> Fix | None:
    """The edit that gives convolutions with stride 1 these dilations, and moves their paddings along.

    None if a layer would need two of them, or its padding is not the one that keeps the size.
    """
    wanted = dict[tuple[str, object], int]()
    edits = list[Edit]()
    for use, rate in zip(layers, rates, strict=True):
        if wanted.setdefault((use.path, use.layer.defined), rate) != rate:
            return None
        moved = rate_edits(use, rate)
        if moved is None:
            return None
        edits += moved
    message = f"set dilations {listed(rates)} and the paddings that go with them"
    return together(edits, message)


def together(edits: Sequence[Edit], message: str = "") -> Fix | None:
    """The edits as one fix; None if there are none."""
    return Fix(tuple(edits), message=message) if edits else None


def rate_edits(use: Use, rate: int) -> list[Edit] | None:
    """What gives a layer a dilation on all axes, with a padding that keeps the size as before.

    A layer that has that dilation is given it again if it is written: others may be built of the same words.
    """
    dilations = use.layer.args.get("dilation")
    if not is_constructed(use) or not isinstance(dilations, tuple) or len(set(dilations)) != 1:
        return None
    stays, right = dilations[0] == rate, moved_padding(use, dilations[0], rate)
    if right is None and not stays:
        return None
    values = {"dilation": (str(rate), ""), "padding": (right or "", same_padding(use))}
    wanted = [name for name, (value, _) in values.items() if value and (not stays or name in use.layer.places)]
    return [SetArgument(use.layer, name, *values[name]) for name in wanted]


def moved_padding(use: Use, old: int, new: int) -> str | None:
    """The padding for another dilation, "" for one that has a name; None if it is not the one that keeps the size."""
    if isinstance(use.layer.args.get("padding"), str):
        return ""
    axes = [(number(use, "kernel_size", axis), number(use, "padding", axis)) for axis in range(spatial_rank(use))]
    moved = [scaled(kernel, padding, old, new) for kernel, padding in axes]
    right = [one for one in moved if one is not None]
    return one_or_each(right) if len(right) == len(axes) else None


def scaled(kernel: int | None, padding: int | None, old: int, new: int) -> int | None:
    """The padding d·(k - 1)/2, which keeps the size, for another dilation; None for all other paddings."""
    if kernel is None or padding is None or 2 * padding != old * (kernel - 1) or new * (kernel - 1) % 2:
        return None
    return new * (kernel - 1) // 2
