"""torch.nn.modules.utils: `_pair(3)` and its kind, which layers of users' own borrow; and where modules really live."""

from __future__ import annotations

from rflint.interp.frames import Call
from rflint.interp.values import NativeFunction, Unknown, Value
from rflint.library.registry import LIBRARY, alias, function

SIZES = {"_single": 1, "_pair": 2, "_triple": 3, "_quadruple": 4}


def repeated(call: Call, value: Value, count: int) -> Value:
    """The value `count` times; what can be iterated over stays as it is, as a tuple."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, (list, tuple)):
        return tuple(value)
    return (value,) * count


def _ntuple(name: str, count: int) -> NativeFunction:
    return NativeFunction(name, lambda call: repeated(call, call.args.positional[0], count))


for _name, _count in SIZES.items():
    LIBRARY.define(f"torch.nn.modules.utils.{_name}", _ntuple(_name, _count))


@function("torch.nn.modules.utils._ntuple", signature="n, name='parse'")
def ntuple(call: Call, n: Value, name: Value) -> Value:
    """`_ntuple(n)`: a function that makes tuples of that length."""
    return _ntuple("parse", n) if isinstance(n, int) else call.unknown("a length that is not known")


@function("torch.nn.modules.utils._reverse_repeat_tuple", signature="t, n")
def reverse_repeat(call: Call, t: Value, n: Value) -> Value:
    """Each element n times, the last one first."""
    if not isinstance(t, tuple) or not isinstance(n, int):
        return call.unknown("a tuple that is not known")
    return tuple(item for item in reversed(t) for _ in range(n))


for _module in ("conv", "module", "container"):
    alias(f"torch.nn.modules.{_module}", "torch.nn")
