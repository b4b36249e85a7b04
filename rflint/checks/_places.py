"""Where a finding stands: at the argument that is wrong, else at the constructor call, else at the call."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks._layers import has_channels_last
from rflint.edits import Fix, SetArgument
from rflint.trace import Layer, Place, Trace, Use


def place_of(use: Use, *arguments: str) -> Place:
    """The place of the first of these arguments that is written, else of the constructor call, else of the call."""
    written = (use.layer.places[name] for name in arguments if name in use.layer.places)
    return next(written, use.layer.defined or use.place)


def called(use: Use) -> tuple[tuple[Place, str], ...]:
    """The call of a layer as a related place, for findings that stand at its constructor; none for a function."""
    return ((use.place, f"{named(use)} is called here"),) if is_constructed(use) else ()


def is_constructed(use: Use) -> bool:
    """Whether the use calls a layer, and is no function whose call says everything."""
    return use.layer.defined not in (None, use.place)


def made(use: Use, words: str) -> tuple[Place, str]:
    """The constructor of a layer, or the call of a function, as a related place with a few words."""
    return (use.layer.defined or use.place, words)


def named(use: Use) -> str:
    """What a message calls a use: the path of its layer, or the function's name."""
    return use.path if is_constructed(use) and use.path else use.kind


def counted(number: int, verb: str) -> str:
    """So many further layers, with what they do: `one more layer drops`, `3 more layers drop`."""
    return (
        f"one more layer {verb}{'es' if verb.endswith('o') else 's'}" if number == 1 else f"{number} more layers {verb}"
    )


def twins(trace: Trace, use: Use) -> list[Use]:
    """All uses of layers that the same constructor call built, in a loop or in a builder function, say."""
    return [other for other in trace.uses if other.layer.defined == use.layer.defined]


def argument_fix(
    use: Use, argument: str, value: object, symbolic: str = "", like: tuple[Layer, str] | None = None
) -> Fix | None:
    """The edit that gives an argument of the layer a value; None if the value is, and where a function is called."""
    if value is None or not is_constructed(use):
        return None
    return Fix((SetArgument(use.layer, argument, str(value), symbolic, like),))


def comes_astray(trace: Trace, use: Use) -> bool:
    """Whether an earlier layer took sizes for channels (channels last): all sizes since then mean something else."""
    return any(has_channels_last(layer) for layer in chain(trace, use.operands[0].source))


def chain(trace: Trace, source: int | str | None) -> Iterator[Use]:
    """The uses that made a tensor, newest first, along first operands."""
    while isinstance(source, int):
        use = trace.uses[source]
        yield use
        source = use.operands[0].source if use.operands else None
