"""Why torch raises: a reason that is more than not knowing, and arguments along axes that no layer takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rflint.interp.values import Instance, Iteration, Signature, Tensor, Value, find_unknown, is_size


class Refusal(str):
    """A reason why an operation has no result: torch surely raises there.

    As part of another text it is a text like all others, so whoever says more about it says again that it is sure."""

    def __str__(self) -> str:
        return self


def odd_argument(signature: Signature, args: Mapping[str, Value], axes: int, spatial: Iterable[str]) -> str:
    """Why torch takes no such value for an argument with one integer for each axis; "" if it takes them all."""
    optional = {slot.name for slot in signature.slots if not slot.required and slot.default is None}
    for name in spatial:
        value = args.get(name)
        is_word = name == "padding" and isinstance(value, str) and "groups" in args
        is_word = is_word or (name == "kernel_size" and isinstance(value, bool) and "groups" in args)
        of_columns = "dilation" in args and "groups" not in args and "ceil_mode" not in args
        is_drawn = "output_ratio" in args
        least = axes if of_columns or is_drawn or (name == "kernel_size" and "groups" in args) else 1
        if name == "padding" and isinstance(value, (list, tuple)) and args.get("padding_mode", "zeros") != "zeros":
            least = len(value)  # another function pads, and other axes
        is_empty = name == "stride" and "ceil_mode" in args and isinstance(value, (list, tuple)) and not value
        is_kernel = is_empty and args.get("kernel_size") != value
        absent = name not in args or (value is None and name in optional) or is_kernel
        if not absent and not is_word and not _may_fit(value, axes, least):
            return Refusal(f"{name}={value!r} is neither an integer nor one for each of {axes} axes")
    return ""


def _may_fit(value: Value, axes: int, least: int = 1) -> bool:
    """Whether it is an integer, or as many as there are axes, or a single one; or is not known."""
    if find_unknown(value) is not None or isinstance(value, (Tensor, Instance, Iteration)):
        return True
    if isinstance(value, (list, tuple)):
        return len(value) in (least, axes) and all(
            _may_fit(one, 0) and not isinstance(one, (list, tuple)) for one in value
        )
    return is_size(value) or isinstance(value, range)
