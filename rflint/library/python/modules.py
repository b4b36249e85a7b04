"""math, collections, typing, inspect, warnings and others: the modules that network files lean on."""

from __future__ import annotations

import math

from rflint.dims import Dim
from rflint.interp import attributes
from rflint.interp.constructors import dict_
from rflint.interp.frames import Args, Call
from rflint.interp.functions import items_of
from rflint.interp.hosts import DefaultDict, Deque, Ordered, existing
from rflint.interp.values import (
    BoundMethod,
    Instance,
    NativeFunction,
    Unknown,
    Value,
    is_concrete,
)
from rflint.library.registry import LIBRARY, function, member, native_class

for _name in ("pi", "e", "inf", "nan", "tau"):
    LIBRARY.define(f"math.{_name}", getattr(math, _name))


COUNTED = 300
"""The greatest number whose factorial is computed."""


def _math(name: str) -> None:
    @function(f"math.{name}")
    def run(call: Call) -> Value:
        args = call.args.positional
        doubt = next((arg for arg in args if isinstance(arg, Unknown)), None)
        if doubt is not None:
            return doubt
        if name in ("ceil", "floor", "trunc") and isinstance(args[0], Dim):
            return args[0]
        if not all(is_concrete(arg) for arg in args):
            return call.unknown(f"math.{name} of a symbolic size: declare the input size")
        if name in ("comb", "factorial") and any(isinstance(arg, int) and arg > COUNTED for arg in args):
            return call.unknown(f"math.{name} of a number above {COUNTED}")
        try:
            return getattr(math, name)(*args)
        except (ValueError, TypeError, OverflowError):
            return call.unknown(f"math.{name} of something it is not defined for")


for _name in (
    "ceil floor trunc sqrt exp log log2 log10 pow fabs gcd isclose isnan isinf prod sin cos tan atan "
    "atan2 tanh copysign fmod hypot degrees radians erf lcm comb factorial isqrt"
).split():
    _math(_name)


# -- collections -----------------------------------------------------------------------------------------------


def _ordered(call: Call, cls: Value) -> Value:
    if isinstance(cls, type) or getattr(cls, "qualname", "") == "collections.OrderedDict":
        held = call.args.open or dict_(call)
        return Ordered(held) if isinstance(held, dict) else held
    made = Instance(cls, {}, call.place, native=Ordered())
    own = attributes.find_in_class(cls, "__init__")
    if own is not attributes.ABSENT:
        call.interp.call_with(own, call.args.after(made), call.frame, call.node)
    else:
        held = dict_(call)
        made.native = Ordered(held) if isinstance(held, dict) else held
    return made


def _default(call: Call, cls: Value) -> Value:
    factory, *rest = call.args.positional or [None]
    made = DefaultDict()
    held = dict_(Call(call.interp, call.frame, call.node, Args(rest, call.args.keywords)))
    if isinstance(held, dict):
        made.update(held)
    made.factory = factory
    return made


def _deque(call: Call, cls: Value) -> Value:
    given, limit, *_ = [*call.args.positional, None, None]
    made = Deque()
    made.limit = call.args.keywords.get("maxlen", limit)
    if not (made.limit is None or isinstance(made.limit, int)):
        return call.unknown("a deque whose length is not known")
    append = attributes.get(made, "extend", call.frame, call.node)
    call.interp.call(append, [[] if given is None else given], call.frame, call.node)
    return made


def _counter(call: Call, cls: Value) -> Value:
    made = DefaultDict()
    made.factory, made.keeps = int, False
    given = call.args.positional[0] if call.args.positional else dict(call.args.keywords)
    if isinstance(given, dict):
        made.update(given)
        return made
    items = items_of(call, given)
    if isinstance(items, Unknown):
        return items
    for item in items:
        key = existing(made, item, call.frame, call.node, written=True)
        made[key] = made.get(key, 0) + 1
    return made


ORDERED = native_class("collections.OrderedDict", new=_ordered)
LIBRARY.define("typing.OrderedDict", ORDERED)
native_class("collections.defaultdict", new=_default)
native_class("collections.deque", new=_deque)
native_class("collections.Counter", new=_counter)
for _name in (
    "Sequence MutableSequence Iterable Iterator Collection Container Mapping MutableMapping Callable Hashable Sized "
    "Reversible Generator Set MutableSet KeysView ValuesView ItemsView"
).split():
    LIBRARY.define(f"typing.{_name}", native_class(f"collections.abc.{_name}"))
native_class("numbers.Number")
native_class("numbers.Integral")
native_class("numbers.Real")


# -- typing ----------------------------------------------------------------------------------------------------


for _name, _kind in {
    "List": list,
    "Dict": dict,
    "Tuple": tuple,
    "Set": set,
    "FrozenSet": frozenset,
    "Type": type,
    "Text": str,
}.items():
    LIBRARY.define(f"typing.{_name}", _kind)
for _name in (
    "Any Optional Union Literal Final ClassVar Annotated NoReturn TypeAlias Self Never Concatenate "
    "ParamSpec AnyStr IO Generator AsyncIterator Awaitable Coroutine Required NotRequired Unpack "
    "TypeGuard Deque DefaultDict"
).split():
    for _module in ("typing", "typing_extensions"):
        native_class(f"{_module}.{_name}")
LIBRARY.define("typing.TYPE_CHECKING", False)


@function("typing.TypeVar", "typing.NewType", "typing.ParamSpec", "typing.TypeVarTuple")
def type_variable(call: Call) -> Value:
    """Type variables carry nothing."""
    return LIBRARY.find("typing.Any")


@function("typing.cast", signature="typ, val")
def cast(call: Call, typ: Value, val: Value) -> Value:
    """`cast(type, value)`."""
    return val


@function("typing.overload", "typing.final", "typing.no_type_check", "typing.runtime_checkable")
@function("typing_extensions.overload", "typing_extensions.final", "typing_extensions.override", "typing.override")
@function("typing_extensions.runtime_checkable")
def unchanged(call: Call) -> Value:
    """Decorators for type checkers."""
    return call.args.positional[0]


# -- without effect --------------------------------------------------------------------------------------------


def _harmless(*names: str) -> None:
    function(*names)(lambda call: None)


_harmless(
    "warnings.warn",
    "warnings.simplefilter",
    "warnings.filterwarnings",
    "logging.basicConfig",
    "random.seed",
    "time.sleep",
    "gc.collect",
    "sys.exit",
)


def _logger(call: Call, cls: Value = None) -> Value:
    return Instance(LOGGER, {}, call.place)


LOGGER = native_class("logging.Logger")
for _name in ("debug info warning warn error critical exception log setLevel addHandler").split():
    LOGGER.members[_name] = NativeFunction(_name, lambda call: None)
    LIBRARY.define(f"logging.{_name}", NativeFunction(_name, lambda call: None))
function("logging.getLogger")(_logger)
for _name in ("success", "trace", "add", "remove", "addFilter", "removeHandler"):
    LOGGER.members[_name] = NativeFunction(_name, lambda call: None)
LIBRARY.define("loguru.logger", Instance(LOGGER, {}))
for _name, _level in {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40}.items():
    LIBRARY.define(f"logging.{_name}", _level)
for _name in "ModuleType FunctionType LambdaType MethodType GeneratorType NoneType".split():
    native_class(f"types.{_name}")
LIBRARY.define("types.NoneType", type(None))


def _method(call: Call, cls: Value) -> Value:
    """`MethodType(function, instance)`."""
    if len(call.args.positional) != 2 or call.args.open is not None:
        return call.unknown("a method of something that is not known")
    return BoundMethod(*call.args.positional)


LIBRARY.find("types.MethodType").new = _method
native_class("types.SimpleNamespace", new=lambda call, cls: Instance(cls, dict(call.args.keywords), call.place))
native_class("pathlib.Path", new=lambda call, cls: call.unknown("paths are not followed"))
for _name in (
    "os os.path sys re json time random collections.abc __future__ importlib fnmatch string glob pickle io shutil"
).split():
    LIBRARY.declare(_name)
LIBRARY.define("__future__.annotations", None)
LIBRARY.define("sys.version_info", (3, 11, 0, "final", 0))
LIBRARY.define("sys.platform", "linux")
LIBRARY.define("sys.maxsize", 2**63 - 1)


@function("importlib.import_module", signature="name, package=None")
def import_module(call: Call, name: Value, package: Value) -> Value:
    """`import_module("a.b")`."""
    if not isinstance(name, str):
        return name if isinstance(name, Unknown) else call.unknown("a module whose name is not known")
    importer = call.frame.module
    if name.startswith(".") and isinstance(package, str):
        level = len(name) - len(name.lstrip("."))
        parts = package.split(".")
        name = ".".join([*parts[: len(parts) - level + 1], name.lstrip(".")])
    return call.interp.loader.load(name, importer, call.interp, call.place)


@function("contextlib.nullcontext", "contextlib.ExitStack")
def context(call: Call) -> Value:
    """Context managers without effect."""
    return call.args.positional[0] if call.args.positional else None


def _suppress(call: Call, cls: Value) -> Value:
    return Instance(cls, {"kinds": tuple(call.args.positional)}, call.place)


SUPPRESS = native_class("contextlib.suppress", new=_suppress)


@member(SUPPRESS, "__exit__", signature="kind, value, trace")
def leave(call: Call, self: Instance, kind: Value, value: Value, trace: Value) -> Value:
    """Leaving `with suppress(…)`: does it keep what was raised?"""
    return kind is not None and any(call.interp.builtins.catches(one, kind) for one in self.attrs["kinds"])


MODULES = native_class("sys._modules")
LIBRARY.define("sys.modules", Instance(MODULES, {}))


@member(MODULES, "__getitem__", "get", signature="name, default=None")
def loaded(call: Call, self: Instance, name: Value, default: Value) -> Value:
    """`sys.modules[name]`."""
    if not isinstance(name, str):
        return call.unknown("a module whose name is not known")
    if name in ("__main__", call.frame.module.name):
        return call.frame.module
    return call.interp.loader.load(name, call.frame.module, call.interp, call.place)
