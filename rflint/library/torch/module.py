"""`nn.Module`: calling, registration, and walking the tree of modules."""

from __future__ import annotations

from rflint.interp import attributes
from rflint.interp.frames import Args, Call
from rflint.interp.recorder import RUNNING
from rflint.interp.values import (
    ClassValue,
    Function,
    Instance,
    NativeClass,
    Raised,
    Tensor,
    Unknown,
    Value,
    some,
)
from rflint.library.registry import LIBRARY, member, shows
from rflint.library.torch import hooks
from rflint.library.torch.op import MODULE, tensors_in
from rflint.trace import Layer, Read

LIBRARY.define("torch.nn.modules.Module", MODULE)
LIBRARY.define("torch.nn.modules.module.Module", MODULE)
shows("torch.nn", "torch.nn.modules")
MODULE.private = frozenset(
    "_parameters _buffers _modules _non_persistent_buffers_set _backward_pre_hooks _backward_hooks _forward_hooks "
    "_is_full_backward_hook _forward_hooks_with_kwargs _forward_hooks_always_called _forward_pre_hooks _version "
    "_forward_pre_hooks_with_kwargs _state_dict_hooks _state_dict_pre_hooks _load_state_dict_pre_hooks "
    "_load_state_dict_post_hooks _compiled_call_impl _reversed_padding_repeated_twice _flat_weights _all_weights "
    "_flat_weights_names _qkv_same_embed_dim _orig_mod _get_name _conv_forward _output_padding _check_input_dim "
    "_load_from_state_dict _save_to_state_dict _apply _call_impl _named_members _in_projection_packed".split()
)
CONTAINERS = ("Module", *RUNNING, "ModuleList", "ModuleDict", "ParameterList", "ParameterDict")


@member(MODULE, "__init__")
def init(call: Call) -> Value:
    """`nn.Module.__init__`: marks the instance as ready to hold modules."""
    instance = call.args.positional[0]
    if isinstance(instance, Instance):
        instance.attrs.setdefault("training", True)
    return None


@member(MODULE, "__call__")
def call_module(call: Call) -> Value:
    """Calling a module runs its `forward`, and the hooks around it."""
    self = call.args.positional[0]
    if hooks.BEFORE not in self.attrs and hooks.AFTER not in self.attrs:
        return _forward(call, self, call.args)
    args = hooks.given(call, self, call.args)
    return hooks.returned(call, self, args, _forward(call, self, args))


def _forward(call: Call, self: Instance, args: Args) -> Value:
    recorder = call.interp.recorder
    forward = attributes.find_in_class(self.cls, "forward")
    forward = self.attrs.get("forward", forward)
    if forward is attributes.ABSENT:
        missing = attributes.unknown_base(self.cls)
        if missing is not None:
            return missing
        kind = self.kind
        raise Raised(NotImplementedError, f'Module [{kind}] is missing the required "forward" function', call.place)
    if isinstance(forward, Function) and library_layer(self.cls) is not None:
        return _overridden(call, self, forward, args)
    if isinstance(self.cls, ClassValue) and not attributes.is_ready(self):
        raise Raised(AttributeError, f"'{self.kind}' object has no attribute '_backward_hooks'", call.place)
    recorder.stack.append(self)
    try:
        if forward is self.attrs.get("forward"):
            args = args.without_first()
        return call.interp.call_with(forward, args, call.frame, call.node)
    finally:
        recorder.stack.pop()


def library_layer(cls: Value) -> NativeClass | None:
    """The library layer (no container) that a class of the source is derived from."""
    if not isinstance(cls, ClassValue):
        return None
    for one in attributes.order_of(cls):
        if isinstance(one, NativeClass) and one.name not in CONTAINERS and attributes.is_subclass(one, MODULE):
            return one
    return None


def _overridden(call: Call, self: Instance, forward: Function, args: Args) -> Value:
    """A layer whose `forward` the source overrides: its steps count, but one use stands for them."""
    recorder = call.interp.recorder
    given = [tensor.shape for value in args.positional[1:] for tensor in tensors_in(value)]
    recorder.inside += 1
    recorder.stack.append(self)
    try:
        result = call.interp.call_with(forward, args, call.frame, call.node)
    finally:
        recorder.stack.pop()
        recorder.inside -= 1
    if not isinstance(result, Tensor):
        return result
    reads = [Read("kept", axis, _identity()) for axis in range(len(result.shape or ()))]
    layer = Layer(self.kind, "custom", {}, self.place, self.arg_places)
    return recorder.use(layer, [(result, reads)], result.shape, call.place, self, result.reason, tuple(given))


def _identity() -> Value:
    from rflint.field import IDENTITY

    return IDENTITY


# -- registration ----------------------------------------------------------------------------------------------


@member(MODULE, "add_module", "register_module", signature="name, module")
def add_module(call: Call, self: Instance, name: Value, module: Value) -> Value:
    """`add_module(name, module)`."""
    if isinstance(name, str):
        call.interp.state.touch(self)
        self.attrs[name] = some(module)
    elif isinstance(name, Unknown):
        attributes.put_somewhere(self, name, call.frame)
    return None


@member(MODULE, "register_buffer", signature="name, tensor, persistent=True")
def register_buffer(call: Call, self: Instance, name: Value, tensor: Value, persistent: Value) -> Value:
    """`register_buffer(name, tensor)`."""
    if isinstance(name, str):
        call.interp.state.touch(self)
        self.attrs[name] = tensor
    return None


@member(MODULE, "register_parameter", signature="name, param")
def register_parameter(call: Call, self: Instance, name: Value, param: Value) -> Value:
    """`register_parameter(name, param)`."""
    if isinstance(name, str):
        call.interp.state.touch(self)
        self.attrs[name] = param
    return None


@member(MODULE, "get_submodule", signature="target")
def get_submodule(call: Call, self: Instance, target: Value) -> Value:
    """`get_submodule(path)`."""
    if not isinstance(target, str):
        return call.unknown("a submodule whose path is not known")
    found: Value = self
    for name in target.split(".") if target else []:
        found = attributes.get(found, name, call.frame, call.node)
    return found


@member(
    MODULE,
    *"to cpu cuda float double half bfloat16 type requires_grad_ share_memory compile to_empty xpu ipu".split(),
)
def unchanged(call: Call) -> Value:
    """Methods that move a module or its numbers, and leave its shapes alone."""
    return call.args.positional[0]


@member(MODULE, "zero_grad")
def nothing(call: Call) -> Value:
    """Methods without effect on shapes."""
    return None


@member(MODULE, "load_state_dict")
def load_state_dict(call: Call) -> Value:
    """`load_state_dict()`: weights that fit change no shape."""
    return call.unknown("what was missing in a file of weights")


@member(MODULE, "extra_repr", "__repr__", "_get_name")
def text(call: Call) -> Value:
    """What a module says of itself."""
    self = call.args.positional[0]
    return self.kind if call.name.endswith("_get_name") else call.unknown("the text of a module")


@member(MODULE, "__init_subclass__")
def init_subclass(call: Call) -> Value:
    """Deriving from a module has no effect of its own."""
    return None


@member(MODULE, "__setattr__")
def set_attribute(call: Call) -> Value:
    """`super().__setattr__(name, value)`."""
    self, name, value = call.args.positional[:3]
    if isinstance(name, str) and isinstance(self, Instance):
        call.interp.state.touch(self)
        self.attrs[name] = value
    return None


@member(MODULE, "__getattr__")
def get_attribute(call: Call) -> Value:
    """`super().__getattr__(name)`."""
    self, name = call.args.positional[:2]
    if isinstance(name, str) and isinstance(self, Instance) and name in self.attrs:
        return self.attrs[name]
    if isinstance(name, Unknown):
        return name
    raise Raised(AttributeError, f"{attributes.describe(self)} has no attribute {name!r}", call.place)


@member(MODULE, "__dir__")
def names(call: Call) -> Value:
    """`dir(module)`."""
    return list(call.args.positional[0].attrs)
