"""Lazy layers, which take the argument that their constructor lacks from their first input, and are ordinary then."""

from __future__ import annotations

from collections.abc import Callable

from rflint.dims import Size
from rflint.interp.calls import bind_native
from rflint.interp.frames import Call
from rflint.interp.values import Instance, NativeClass, NativeFunction, Signature, Tensor, Unknown, Value
from rflint.library.registry import LIBRARY, member, native_class
from rflint.library.torch import linear, norms
from rflint.library.torch.convolution import prepared
from rflint.library.torch.op import note_places
from rflint.trace import Shape

REGISTERED = (linear, norms)
"""Modules that are imported for what they register."""
Materialise = Callable[[Call, Instance], None]
Choose = Callable[[Shape], Size | None]
REASON = "it follows from the layer's first input"
MIXIN = native_class("torch.nn.modules.lazy.LazyModuleMixin")


@member(MIXIN, "has_uninitialized_params", signature="")
def is_waiting(call: Call, self: Instance) -> Value:
    """`has_uninitialized_params()`."""
    return any(isinstance(value, Unknown) and value.reason == REASON for value in self.attrs.values())


def define(eager: NativeClass, missing: str, choose: Choose, materialise: Materialise, **defaults: Value) -> None:
    """Describe the lazy twin of a layer.

    `choose` picks the missing argument from the shape of the first input; `materialise` then makes the parameters.
    """
    assert eager.signature is not None
    cls = native_class(f"torch.nn.Lazy{eager.name}", MIXIN, eager)
    slots = tuple(slot for slot in eager.signature.slots if slot.name != missing)
    signature = Signature(slots[1:])
    defaults = {**{slot.name: slot.default for slot in slots}, **defaults}

    def create(call: Call) -> Value:
        given = bind_native(call.name, Signature(slots), call.args, call.frame, call.node)
        self = given.pop("self")
        written = {*call.args.keywords, *signature.names()[: len(call.args.positional) - 1]}
        args = {name: value if name in written else call.args.open or defaults[name] for name, value in given.items()}
        assert eager.create is not None
        eager.create(call, self, **args, **{missing: call.unknown(REASON)})
        self.arg_places = {}
        note_places(call, self, signature)
        return None

    def forward(call: Call) -> Value:
        self = call.args.positional[0]
        given = call.args.positional[1] if len(call.args.positional) > 1 else call.args.keywords.get("input")
        if isinstance(given, Tensor) and not (given.shape is None and given.open):
            call.interp.state.touch(self)
            size = choose(given.shape) if given.shape is not None else None
            if size is not None and isinstance(self.attrs[missing], Unknown):
                self.attrs[missing] = size
                materialise(call, self)
            self.cls = eager  # as torch does: it is an ordinary layer from now on
        return call.interp.call_with(eager.members["forward"], call.args, call.frame, call.node)

    cls.members["__init__"] = NativeFunction(f"{cls.name}.__init__", create)
    cls.members["forward"] = NativeFunction(f"{cls.name}.forward", forward)
    cls.signature = Signature(slots)


def _channels(axes: int) -> Choose:
    """The channels of (N, C, …) or (C, …)."""

    def choose(shape: Shape) -> Size | None:
        first = len(shape) - axes - 1
        return shape[first] if first in (0, 1) else None

    return choose


def _second(shape: Shape) -> Size | None:
    return shape[1] if len(shape) > 1 else None


def _last(shape: Shape) -> Size | None:
    return shape[-1] if shape else None


def _give_matrix(call: Call, self: Instance) -> None:
    self.attrs["weight"] = Tensor((self.attrs["out_features"], self.attrs["in_features"]), parameter=True)


def _give_vectors(call: Call, self: Instance) -> None:
    for name in ("weight", "bias", "running_mean", "running_var"):
        held = self.attrs[name]
        if isinstance(held, Tensor):
            self.attrs[name] = Tensor((self.attrs["num_features"],), parameter=held.parameter)


define(LIBRARY.find("torch.nn.Linear"), "in_features", _last, _give_matrix)
for _axes in (1, 2, 3):
    for _stem, _transposed in (("Conv", False), ("ConvTranspose", True)):
        _eager = LIBRARY.find(f"torch.nn.{_stem}{_axes}d")
        define(_eager, "in_channels", _channels(_axes), prepared(_axes, _transposed))
    for _stem in ("BatchNorm", "InstanceNorm"):
        _eager = LIBRARY.find(f"torch.nn.{_stem}{_axes}d")
        define(_eager, "num_features", _second, _give_vectors, affine=True, track_running_stats=True)
