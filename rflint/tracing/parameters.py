"""How many parameters a network has, as `sum(p.numel() for p in network.parameters())` counts them."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.dims import Size, is_unknown, product
from rflint.interp.interpreter import Interpreter
from rflint.interp.values import Instance, NativeClass, Tensor, Unknown, is_size
from rflint.trace import Note, Parameters

MOST = 20_000
"""Modules of one network that are looked at."""
MADE = ("bias", "weight")
"""Arguments in whose place a layer keeps the parameter that it makes of them."""


def parameters(interp: Interpreter, network: Instance) -> Parameters:
    """The elements of all parameters of the modules that are registered, each once, and why there may be more."""
    known: Size = 0
    notes: dict[Note, None] = {}
    seen: set[int] = set()
    for path, module in _modules(interp, network):
        for name, value in module.attrs.items():
            at = f"{path}.{name}" if path else name
            if isinstance(value, Tensor) and value.parameter and id(value) not in seen:
                seen.add(id(value))
                size = _elements(value)
                known = known + (0 if size is None else size)
                if size is None:
                    notes[Note(module.place, f"the size of {at} is not known{_because(value.reason)}")] = None
            elif isinstance(value, Unknown) and not _is_setting(module, name):
                notes[Note(value.place or module.place, f"{at} may hold parameters{_because(value.reason)}")] = None
    return Parameters(known, tuple(notes))


def _modules(interp: Interpreter, network: Instance) -> Iterator[tuple[str, Instance]]:
    """The network and the modules that are registered below it, each once, with its path."""
    seen: set[int] = set()
    waiting: list[tuple[str, Instance]] = [("", network)]
    while waiting and len(seen) < MOST:
        path, module = waiting.pop()
        if id(module) in seen:
            continue
        seen.add(id(module))
        yield path, module
        held = [(name, value) for name, value in module.attrs.items() if interp.is_network(value)]
        waiting.extend((f"{path}.{name}" if path else name, value) for name, value in held)


def _is_setting(module: Instance, name: str) -> bool:
    """Is it an attribute that a layer of the library keeps an argument in, and no parameter?"""
    signature = getattr(module.cls, "signature", None) if isinstance(module.cls, NativeClass) else None
    return signature is not None and name in signature.names() and name not in MADE


def _elements(tensor: Tensor) -> Size | None:
    if tensor.shape is None or any(not is_size(size) or is_unknown(size) for size in tensor.shape):
        return None
    return product(tensor.shape)


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""
