"""`nn.Module`: calling, registration, and walking the tree of modules."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.interp import attributes
from rflint.interp.frames import Call
from rflint.interp.values import (
    ClassValue,
    Function,
    Instance,
    Iteration,
    NativeClass,
    Raised,
    Tensor,
    Unknown,
    Value,
)
from rflint.library.registry import LIBRARY, member
from rflint.library.torch.op import MODULE, tensors_in
from rflint.trace import Layer, Read

LIBRARY.define("torch.nn.modules.Module", MODULE)
LIBRARY.define("torch.nn.modules.module.Module", MODULE)
MODULE.private = frozenset(
    "_parameters _buffers _modules _non_persistent_buffers_set _backward_pre_hooks _backward_hooks _forward_hooks "
    "_is_full_backward_hook _forward_hooks_with_kwargs _forward_hooks_always_called _forward_pre_hooks _version "
    "_forward_pre_hooks_with_kwargs _state_dict_hooks _state_dict_pre_hooks _load_state_dict_pre_hooks "
    "_load_state_dict_post_hooks _compiled_call_impl _reversed_padding_repeated_twice _flat_weights _all_weights "
    "_flat_weights_names _qkv_same_embed_dim _orig_mod _get_name _conv_forward _output_padding _check_input_dim "
    "_load_from_state_dict _save_to_state_dict _apply _call_impl _named_members _in_projection_packed".split()
)
CONTAINERS = ("Module", "Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict")


@member(MODULE, "__init__")
def init(call: Call) -> Value:
    """`nn.Module.__init__`: marks the instance as ready to hold modules."""
    instance = call.args.positional[0]
    if isinstance(instance, Instance):
        instance.attrs.setdefault("training", call.interp.training)
    return None


@member(MODULE, "__call__")
def call_module(call: Call) -> Value:
    """Calling a module runs its `forward`."""
    self = call.args.positional[0]
    recorder = call.interp.recorder
    forward = attributes.find_in_class(self.cls, "forward")
    forward = self.attrs.get("forward", forward)
    if forward is attributes.ABSENT:
        missing = attributes.unknown_base(self.cls)
        if missing is not None:
            return missing
        kind = self.cls.name
        raise Raised(NotImplementedError, f'Module [{kind}] is missing the required "forward" function', call.place)
    if isinstance(forward, Function) and library_layer(self.cls) is not None:
        return _overridden(call, self, forward)
    recorder.stack.append(self)
    try:
        args = call.args if forward is not self.attrs.get("forward") else _without_self(call)
        return call.interp.call_with(forward, args, call.frame, call.node)
    finally:
        recorder.stack.pop()


def _without_self(call: Call) -> Value:
    from rflint.interp.frames import Args

    args = call.args
    return Args(args.positional[1:], args.keywords, args.open)


def library_layer(cls: Value) -> NativeClass | None:
    """The library layer (no container) that a class of the source is derived from."""
    if not isinstance(cls, ClassValue):
        return None
    for one in attributes.order_of(cls):
        if isinstance(one, NativeClass) and one.name not in CONTAINERS and attributes.is_subclass(one, MODULE):
            return one
    return None


def _overridden(call: Call, self: Instance, forward: Function) -> Value:
    """A layer whose `forward` the source overrides: its steps count, but one use stands for them."""
    recorder = call.interp.recorder
    given = [tensor.shape for value in call.args.positional[1:] for tensor in tensors_in(value)]
    recorder.inside += 1
    recorder.stack.append(self)
    try:
        result = call.interp.call_with(forward, call.args, call.frame, call.node)
    finally:
        recorder.stack.pop()
        recorder.inside -= 1
    if not isinstance(result, Tensor):
        return result
    reads = [Read("kept", axis, _identity()) for axis in range(len(result.shape or ()))]
    layer = Layer(self.cls.name, "custom", {}, self.place, self.arg_places)
    return recorder.use(layer, [(result, reads)], result.shape, call.place, self, result.reason, tuple(given))


def _identity() -> Value:
    from rflint.field import IDENTITY

    return IDENTITY


# -- the tree ------------------------------------------------------------------------------------------------


def children_of(call: Call, instance: Instance) -> Iterator[tuple[str, Instance]]:
    """The registered modules of a module, by name, in order, each once."""
    seen: set[int] = set()
    for name, value in instance.attrs.items():
        if call.interp.is_network(value) and id(value) not in seen:
            seen.add(id(value))
            yield name, value


def walk(
    call: Call, instance: Instance, prefix: str = "", seen: set[int] | None = None
) -> Iterator[tuple[str, Instance]]:
    """A module and everything below it, with paths, each once."""
    seen = set() if seen is None else seen
    if id(instance) in seen:
        return
    seen.add(id(instance))
    yield prefix, instance
    for name, child in children_of(call, instance):
        yield from walk(call, child, f"{prefix}.{name}" if prefix else name, seen)


@member(MODULE, "children", signature="")
def children(call: Call, self: Instance) -> Value:
    """`children()`."""
    return Iteration([child for _, child in children_of(call, self)])


@member(MODULE, "named_children", signature="")
def named_children(call: Call, self: Instance) -> Value:
    """`named_children()`."""
    return Iteration(list(children_of(call, self)))


@member(MODULE, "modules", signature="remove_duplicate=True")
def modules(call: Call, self: Instance, remove_duplicate: Value) -> Value:
    """`modules()`."""
    return Iteration([module for _, module in walk(call, self)])


@member(MODULE, "named_modules", signature="memo=None, prefix='', remove_duplicate=True")
def named_modules(call: Call, self: Instance, memo: Value, prefix: Value, remove_duplicate: Value) -> Value:
    """`named_modules()`."""
    return Iteration(list(walk(call, self, prefix if isinstance(prefix, str) else "")))


def _tensors(call: Call, self: Instance, parameters: bool, recurse: Value) -> list[tuple[str, Tensor]]:
    found: list[tuple[str, Tensor]] = []
    for path, module in walk(call, self) if recurse is not False else [("", self)]:
        for name, value in module.attrs.items():
            if isinstance(value, Tensor) and value.parameter is parameters:
                found.append((f"{path}.{name}" if path else name, value))
    return found


@member(MODULE, "parameters", signature="recurse=True")
def parameters(call: Call, self: Instance, recurse: Value) -> Value:
    """`parameters()`."""
    return Iteration([tensor for _, tensor in _tensors(call, self, True, recurse)])


@member(MODULE, "named_parameters", signature="prefix='', recurse=True, remove_duplicate=True")
def named_parameters(call: Call, self: Instance, prefix: Value, recurse: Value, remove_duplicate: Value) -> Value:
    """`named_parameters()`."""
    return Iteration(list(_tensors(call, self, True, recurse)))


@member(MODULE, "buffers", signature="recurse=True")
def buffers(call: Call, self: Instance, recurse: Value) -> Value:
    """`buffers()`."""
    return Iteration([tensor for _, tensor in _tensors(call, self, False, recurse)])


@member(MODULE, "named_buffers", signature="prefix='', recurse=True, remove_duplicate=True")
def named_buffers(call: Call, self: Instance, prefix: Value, recurse: Value, remove_duplicate: Value) -> Value:
    """`named_buffers()`."""
    return Iteration(list(_tensors(call, self, False, recurse)))


@member(MODULE, "state_dict")
def state_dict(call: Call) -> Value:
    """`state_dict()`: tensors by path."""
    self = call.args.positional[0]
    return {name: t for which in (True, False) for name, t in _tensors(call, self, which, True)}


@member(MODULE, "apply", signature="fn")
def apply(call: Call, self: Instance, fn: Value) -> Value:
    """`apply(fn)`: children first."""
    for _, child in list(children_of(call, self)):
        apply(call, child, fn)
    call.interp.call(fn, [self], call.frame, call.node)
    return self


@member(MODULE, "add_module", "register_module", signature="name, module")
def add_module(call: Call, self: Instance, name: Value, module: Value) -> Value:
    """`add_module(name, module)`."""
    if isinstance(name, str):
        call.interp.state.touch(self)
        self.attrs[name] = module
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


@member(MODULE, "train", signature="mode=True")
def train(call: Call, self: Instance, mode: Value) -> Value:
    """`train()`: the mode of the run is the user's choice (`--train`), so it does not change here."""
    return self


@member(MODULE, "eval", signature="")
def eval_(call: Call, self: Instance) -> Value:
    """`eval()`."""
    return self


@member(MODULE, "zero_grad", "load_state_dict", "extra_repr", "__repr__", "_get_name", "register_state_dict_pre_hook")
def nothing(call: Call) -> Value:
    """Methods without effect on shapes."""
    return None


@member(
    MODULE,
    *"register_forward_hook register_forward_pre_hook register_full_backward_hook register_backward_hook".split(),
)
def hook(call: Call) -> Value:
    """Hooks are not followed."""
    unknown = call.unknown("a hook is not followed")
    if call.name.endswith(("forward_hook", "forward_pre_hook")):
        call.interp.recorder.note(unknown)
    return unknown


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
