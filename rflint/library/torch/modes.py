"""Ways to run code that change nothing about shapes: without gradients, in mixed precision, compiled, scripted."""

from __future__ import annotations

from rflint.interp import attributes, kinds
from rflint.interp.frames import Args, Call
from rflint.interp.values import ClassMethod, Function, Instance, NativeFunction, Unknown, Value
from rflint.library.registry import LIBRARY, function, member, native_class

CONTEXTS = (
    "torch.no_grad torch.enable_grad torch.inference_mode torch.set_grad_enabled torch.autocast torch.amp.autocast "
    "torch.cuda.amp.autocast torch.cpu.amp.autocast torch.autograd.no_grad torch.autograd.enable_grad "
    "torch.autograd.set_grad_enabled torch.autograd.inference_mode torch.autograd.profiler.record_function "
    "torch.profiler.record_function torch.cuda.device torch.cuda.stream torch.random.fork_rng "
    "torch.backends.cuda.sdp_kernel torch.nn.attention.sdpa_kernel torch.jit.optimized_execution "
    "torch.autograd.graph.save_on_cpu torch.autograd.grad_mode.no_grad torch.nn.utils.parametrize.cached "
    "torch.backends.cudnn.flags torch.autograd.set_detect_anomaly"
)
DECORATORS = (
    "torch.jit.script torch.jit.export torch.jit.ignore torch.jit.unused torch.jit.interface torch.jit.script_method "
    "torch.jit.script_if_tracing torch.jit._overload torch.jit._overload_method torch.jit.optimize_for_inference "
    "torch.jit.freeze torch.compile torch.compiler.disable torch.compiler.allow_in_graph torch._dynamo.disable "
    "torch._dynamo.allow_in_graph torch.fx.wrap torch.cuda.amp.custom_fwd torch.cuda.amp.custom_bwd "
    "torch.amp.custom_fwd torch.amp.custom_bwd torch.autograd.function.once_differentiable "
    "torch.library.custom_op"
)
FALSE = (
    "torch.jit.is_scripting torch.jit.is_tracing torch._C._is_tracing torch._C._get_tracing_state "
    "torch.onnx.is_in_onnx_export "
    "torch.compiler.is_compiling torch.compiler.is_dynamo_compiling torch.compiler.is_exporting "
    "torch._dynamo.is_compiling torch.is_autocast_enabled torch.is_autocast_cpu_enabled "
    "torch.is_inference_mode_enabled torch.jit._state.is_tracing torch.overrides.has_torch_function "
    "torch.overrides.has_torch_function_unary "
    "torch.overrides.has_torch_function_variadic torch.fx.is_fx_tracing"
)


def _new_context(call: Call, cls: Value) -> Value:
    """`no_grad()` makes a context; `@no_grad` decorates."""
    args = call.args.positional
    return args[0] if len(args) == 1 and isinstance(args[0], Function) else Instance(cls, {}, call.place)


CONTEXT = native_class("torch.utils._contextlib.Context", new=_new_context)
for _name in CONTEXTS.split():
    native_class(_name, CONTEXT)


@member(CONTEXT, "__call__", signature="function")
def decorate(call: Call, self: Value, function: Value) -> Value:
    """`@no_grad()`: the function itself."""
    return function


@member(CONTEXT, "__enter__", "__exit__")
def enter(call: Call) -> Value:
    """Entering and leaving have no effect on shapes."""
    return None


@function(*DECORATORS.split())
def transparent(call: Call) -> Value:
    """What is decorated, compiled or scripted stays what it is; with settings instead, the decorator for it."""
    first = call.args.positional[0] if call.args.positional else call.args.keywords.get("model")
    if first is None or isinstance(first, (str, bool)):
        return NativeFunction(call.name, transparent)
    return first


@function(*FALSE.split())
def false(call: Call) -> Value:
    """Nothing is scripted, traced or compiled."""
    return False


@function("torch.is_grad_enabled")
def true(call: Call) -> Value:
    """Gradients are recorded unless somebody forbids it, which does not matter here."""
    return True


@function("torch.jit.annotate", signature="the_type, the_value")
def annotate(call: Call, the_type: Value, the_value: Value) -> Value:
    """`torch.jit.annotate(type, value)`: the value."""
    return the_value


@function("torch.jit.isinstance", signature="obj, target_type")
def isinstance_(call: Call, obj: Value, target_type: Value) -> Value:
    """`torch.jit.isinstance(value, type)`."""
    return kinds.is_instance(obj, target_type, call.frame, call.node)


@function("torch.jit.trace", "torch.jit.trace_module")
def trace(call: Call) -> Value:
    """A traced module runs as the module does."""
    return call.args.positional[0] if call.args.positional else call.unknown("a traced module")


# -- checkpoints and functions with gradients of their own ---------------------------------------------------------

CHECKPOINT_OPTIONS = ("use_reentrant", "preserve_rng_state", "context_fn", "determinism_check", "debug", "early_stop")


@function("torch.utils.checkpoint.checkpoint")
def checkpoint(call: Call) -> Value:
    """`checkpoint(function, *args)` calls the function."""
    if not call.args.positional:
        return call.unknown("a checkpoint of nothing")
    target, *args = call.args.positional
    keywords = {name: value for name, value in call.args.keywords.items() if name not in CHECKPOINT_OPTIONS}
    return call.interp.call_with(target, Args(args, keywords, call.args.open), call.frame, call.node)


@function("torch.utils.checkpoint.checkpoint_sequential", signature="functions, segments, input, **options")
def checkpoint_sequential(call: Call, functions: Value, segments: Value, input: Value, options: Value) -> Value:
    """`checkpoint_sequential(functions, segments, x)` calls one after the other."""
    chain = call.interp.elements(functions, call.frame, call.node)
    if isinstance(chain, Unknown):
        return chain
    for one in chain:
        input = call.interp.call(one, [input], call.frame, call.node)
    return input


FUNCTION = native_class("torch.autograd.Function")
CONTEXT_OF_FUNCTION = native_class("torch.autograd.function.FunctionCtx")
LIBRARY.define("torch.autograd.function.Function", FUNCTION)


@member(CONTEXT_OF_FUNCTION, "save_for_backward", "mark_dirty", "mark_non_differentiable", "set_materialize_grads")
def remember(call: Call) -> Value:
    """What a function notes for its backward pass."""
    return None


def _apply(call: Call) -> Value:
    """`F.apply(…)` runs `F.forward(ctx, …)`."""
    cls, *args = call.args.positional
    forward = attributes.get(cls, "forward", call.frame, call.node)
    context = Instance(CONTEXT_OF_FUNCTION, {}, call.place)
    split = attributes.find_in_class(cls, "setup_context") is not attributes.ABSENT
    passed = args if split else [context, *args]
    return call.interp.call_with(forward, Args(passed, call.args.keywords, call.args.open), call.frame, call.node)


FUNCTION.members["apply"] = ClassMethod(NativeFunction("apply", _apply))
