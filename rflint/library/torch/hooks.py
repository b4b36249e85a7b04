"""Forward hooks: functions of the source that torch calls before and after a module's `forward`."""

from __future__ import annotations

from rflint.interp.frames import Args, Call
from rflint.interp.values import Instance, Raised, Unknown, Value
from rflint.library.registry import member, native_class
from rflint.library.torch.op import MODULE

BEFORE, AFTER = "_forward_pre_hooks", "_forward_hooks"
"""The attributes under which a module keeps its hooks: pairs of a function and whether it is given keywords."""
HANDLE = native_class("torch.utils.hooks.RemovableHandle")


def _register(call: Call, self: Instance, name: str, hook: Value, prepend: Value, with_kwargs: Value) -> Value:
    held = self.attrs.get(name)
    if not isinstance(held, dict):
        call.interp.state.touch(self)
        held = self.attrs[name] = {}
    handle = Instance(HANDLE, {"hooks": held}, call.place)
    call.interp.state.touch(held)
    rest = dict(held)
    held.clear()
    held.update({handle: (hook, with_kwargs), **rest} if prepend is True else {**rest, handle: (hook, with_kwargs)})
    return handle


@member(MODULE, "register_forward_pre_hook", signature="hook, *, prepend=False, with_kwargs=False")
def before(call: Call, self: Instance, hook: Value, prepend: Value, with_kwargs: Value) -> Value:
    """`register_forward_pre_hook(hook)`: called as `hook(module, args)`."""
    return _register(call, self, BEFORE, hook, prepend, with_kwargs)


@member(MODULE, "register_forward_hook", signature="hook, *, prepend=False, with_kwargs=False, always_call=False")
def after(call: Call, self: Instance, hook: Value, prepend: Value, with_kwargs: Value, always_call: Value) -> Value:
    """`register_forward_hook(hook)`: called as `hook(module, args, output)`."""
    return _register(call, self, AFTER, hook, prepend, with_kwargs)


@member(
    MODULE,
    *"register_full_backward_hook register_full_backward_pre_hook register_backward_hook".split(),
    *"register_state_dict_post_hook register_state_dict_pre_hook register_load_state_dict_pre_hook".split(),
    *"register_load_state_dict_post_hook _register_state_dict_hook _register_load_state_dict_pre_hook".split(),
)
def elsewhere(call: Call) -> Value:
    """Hooks of other moments than `forward`, which have no say in shapes."""
    return Instance(HANDLE, {"hooks": {}}, call.place)


@member(HANDLE, "remove", signature="")
def remove(call: Call, self: Instance) -> Value:
    """`handle.remove()`."""
    held = self.attrs["hooks"]
    call.interp.state.touch(held)
    held.pop(self, None)
    return None


@member(HANDLE, "__enter__", signature="")
def enter(call: Call, self: Instance) -> Value:
    """`with module.register_forward_hook(hook):`."""
    return self


@member(HANDLE, "__exit__")
def leave(call: Call) -> Value:
    """The hook is removed when the block ends."""
    return remove(call, call.args.positional[0])


def given(call: Call, module: Instance, args: Args) -> Args:
    """The arguments of a module's `forward`, behind the module itself, after its hooks have seen them."""
    for hook, keywords in list(module.attrs.get(BEFORE, {}).values()):
        passed = [module, tuple(args.positional[1:]), *([dict(args.keywords)] if keywords is True else [])]
        result = call.interp.call(hook, passed, call.frame, call.node)
        if isinstance(result, Unknown):
            doubt = _doubt(result, call)
            args = Args([module], {}, doubt)
        elif keywords is True and isinstance(result, tuple) and len(result) == 2 and isinstance(result[1], dict):
            args = Args([module, *result[0]], result[1], args.open)
        elif keywords is True and result is not None:
            raise Raised(
                RuntimeError, "forward pre-hook must return None or a tuple of (new_args, new_kwargs)", call.place
            )
        elif result is not None:
            args = Args([module, *(result if isinstance(result, tuple) else [result])], args.keywords, args.open)
    return args


def returned(call: Call, module: Instance, args: Args, output: Value) -> Value:
    """What calling a module gives, after its hooks have seen what its `forward` gave."""
    for hook, keywords in list(module.attrs.get(AFTER, {}).values()):
        passed = [tuple(args.positional[1:]), *([dict(args.keywords)] if keywords is True else []), output]
        result = call.interp.call(hook, [module, *passed], call.frame, call.node)
        if isinstance(result, Unknown):
            result = _doubt(result, call)
        output = output if result is None else result
    return output


def _doubt(result: Unknown, call: Call) -> Unknown:
    return Unknown(f"what a hook returns is not known: {result.reason}", result.place or call.place)
