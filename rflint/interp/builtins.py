"""Python's built-in names: functions, types called as functions, exceptions."""

from __future__ import annotations

import builtins as host
from collections.abc import Callable
from typing import Any

from rflint import dims
from rflint.dims import Dim
from rflint.interp import attributes, hosts, operators
from rflint.interp.frames import Args, Call, Frame
from rflint.interp.values import (
    BoundMethod,
    ClassMethod,
    ClassValue,
    Function,
    Instance,
    Iterator_,
    NativeClass,
    NativeFunction,
    NativeModule,
    Partial,
    Property,
    Raised,
    Rest,
    SourceModule,
    StaticMethod,
    Super,
    Tensor,
    Unknown,
    Value,
    is_class,
    is_concrete,
    is_size,
)

TYPES = (
    "int float complex bool str bytes bytearray list tuple dict set frozenset type object range slice property "
    "staticmethod classmethod enumerate zip map filter reversed super"
).split()
EXCEPTIONS = {
    name: value for name, value in vars(host).items() if isinstance(value, type) and issubclass(value, BaseException)
}
FUNCTIONS: dict[str, NativeFunction] = {}
MADE: dict[type, Callable[[Call], Value]] = {}
"""What calling a host type means."""


def function(name: str) -> Callable[[Callable[[Call], Value]], Callable[[Call], Value]]:
    """Register a built-in function."""

    def register(run: Callable[[Call], Value]) -> Callable[[Call], Value]:
        FUNCTIONS[name] = NativeFunction(name, run)
        return run

    return register


def makes(kind: type) -> Callable[[Callable[[Call], Value]], Callable[[Call], Value]]:
    """Register what calling a host type means."""

    def register(run: Callable[[Call], Value]) -> Callable[[Call], Value]:
        MADE[kind] = run
        return run

    return register


NAMES: dict[str, Value] = {
    **{name: getattr(host, name) for name in TYPES},
    **EXCEPTIONS,
    "NotImplemented": NotImplemented,
    "Ellipsis": ...,
    "__debug__": True,
    "True": True,
    "False": False,
    "None": None,
}


class Builtins:
    """What the interpreter asks of Python's built-in names and values."""

    def has(self, name: str) -> bool:
        """Is it a built-in name?"""
        return name in NAMES or name in FUNCTIONS

    def name(self, name: str, frame: Frame, node: Any) -> Value:
        """The value of a built-in name."""
        if name in NAMES:
            return NAMES[name]
        if name in FUNCTIONS:
            return FUNCTIONS[name]
        if hasattr(host, name):
            return frame.unknown(f"{name} is not supported", node)
        if frame.function is None and frame.module.state == "running":
            return frame.unknown(f"name {name} is not defined", node)
        raise Raised(NameError, f"name '{name}' is not defined", frame.place(node))

    def attribute(self, value: Value, name: str, frame: Frame, node: Any) -> Value:
        """An attribute of a host value or of a function."""
        if isinstance(value, (Function, NativeFunction, BoundMethod, Partial, Property)):
            return _of_function(value, name, frame, node)
        return hosts.attribute(value, name)

    def call(self, function: Value, args: Args, frame: Frame, node: Any) -> Value:
        """Call a host type, or say why it cannot be called."""
        call = Call(frame.interp, frame, node, args, getattr(function, "__name__", "?"))
        if isinstance(function, type):
            if function in MADE:
                return args.open or MADE[function](call)
            if issubclass(function, BaseException):
                return Instance(function, {"args": tuple(args.positional), **args.keywords}, call.place)  # type: ignore[arg-type]
            return call.unknown(f"{function.__name__}() is not supported")
        if function is None or isinstance(function, (int, str, float, list, dict, tuple, Tensor)):
            raise Raised(TypeError, f"{attributes.describe(function)} is not callable", call.place)
        return call.unknown(f"calling {attributes.describe(function)} is not supported")

    # -- containers ------------------------------------------------------------------------------------------

    def item(self, value: Value, key: Value, frame: Frame, node: Any) -> Value:
        """`value[key]` of host containers."""
        return hosts.item(value, key, frame, node)

    def set_item(self, value: Value, key: Value, new: Value, frame: Frame, node: Any) -> None:
        """`value[key] = new` of host containers."""
        hosts.set_item(value, key, new, frame, node)

    def delete_item(self, value: Value, key: Value, frame: Frame, node: Any) -> None:
        """`del value[key]` of host containers."""
        hosts.delete_item(value, key, frame, node)

    # -- strings ---------------------------------------------------------------------------------------------

    def format(self, value: Value, spec: Value, conversion: str, frame: Frame, node: Any) -> Value:
        """One field of an f-string."""
        for part in (value, spec):
            if isinstance(part, Unknown):
                return part
        text = hosts.plain_text(value)
        if text is None:
            return frame.unknown(f"the text of {attributes.describe(value)}", node)
        if is_concrete(value) and not isinstance(value, (list, dict, tuple, set)):
            try:
                return format(repr(value) if conversion == "r" else value, spec)
            except (ValueError, TypeError):
                return frame.unknown("a format that does not fit", node)
        return repr(text) if conversion == "r" and isinstance(value, str) else text

    def percent_format(self, template: str, value: Value, frame: Frame, node: Any) -> Value:
        """`template % value`."""
        if is_concrete(value):
            try:
                return template % value
            except (TypeError, ValueError) as problem:
                raise Raised(type(problem), str(problem), frame.place(node)) from None
        return frame.unknown("a text with an unknown part", node)

    # -- exceptions ------------------------------------------------------------------------------------------

    def message(self, value: Instance) -> str:
        """The text of an exception object."""
        args = value.attrs.get("args", ())
        return "; ".join(str(arg) for arg in args if isinstance(arg, (str, int))) if isinstance(args, tuple) else ""

    def catches(self, kind: Value, raised: Value) -> bool:
        """Does `except kind` catch what was raised?"""
        if isinstance(kind, type) and isinstance(raised, type):
            return issubclass(raised, kind)
        return attributes.is_subclass(raised, kind)

    def exception_value(self, problem: Raised) -> Value:
        """The object that `except … as name` binds."""
        if isinstance(problem.value, Instance):
            return problem.value
        return Instance(problem.kind, {"args": (problem.text,)}, problem.place)

    # -- classes ---------------------------------------------------------------------------------------------

    def is_instance(self, value: Value, kind: Value, frame: Frame, node: Any) -> bool | Unknown:
        """`isinstance(value, kind)`."""
        if isinstance(kind, tuple):
            answers = [self.is_instance(value, one, frame, node) for one in kind]
            if True in answers:
                return True
            return next((answer for answer in answers if isinstance(answer, Unknown)), False)
        if isinstance(kind, Unknown):
            return kind if not isinstance(value, (int, str, float, type(None))) else _foreign(value, kind)
        if isinstance(value, Unknown):
            return value
        return _is_instance(value, kind, frame)

    def give_payload(self, instance: Instance, args: Args, frame: Frame, node: Any) -> None:
        """Instances of classes derived from `dict`, `list`, … keep the host value inside."""
        for base in attributes.order_of(instance.cls):
            if isinstance(base, type) and base in (dict, list, set, tuple, str, int, float):
                own = attributes.find_in_class(instance.cls, "__init__")
                empty = own is not attributes.ABSENT and base in (dict, list, set)
                made = MADE[base](Call(frame.interp, frame, node, Args([]) if empty else args))
                instance.native = made if not isinstance(made, Unknown) else None
                return

    def object_member(self, name: str, receiver: Value) -> Value:
        """Members that every object has."""
        if name == "__init__":
            return BoundMethod(NativeFunction("__init__", _init_object), receiver)
        if name == "__setattr__":
            return BoundMethod(NativeFunction("__setattr__", _set_attribute), receiver)
        if name == "__init_subclass__":
            return NativeFunction("__init_subclass__", lambda call: None)
        if name == "__doc__":
            return None
        if name == "__new__":
            return NativeFunction("__new__", lambda call: call.unknown("__new__ is not supported"))
        return attributes.ABSENT

    def enum_member(self, cls: ClassValue, args: Args, frame: Frame, node: Any) -> Value:
        """`Color("red")`: the member of that value."""
        members = cls.notes["members"].values()
        wanted = args.positional[0] if args.positional else None
        for member in members:
            if member is wanted or operators.equal(member.attrs.get("value"), wanted, frame, node) is True:
                return member
        return frame.unknown(f"a member of {cls.name}", node)

    def enum_item(self, cls: ClassValue, key: Value, frame: Frame, node: Any) -> Value:
        """`Color["RED"]`."""
        members = cls.notes["members"]
        return members[key] if isinstance(key, str) and key in members else frame.unknown(f"a member of {cls.name}", node)


def _foreign(value: Value, kind: Unknown) -> bool | Unknown:
    """A plain value is no instance of a class from elsewhere, as a rule that holds for numbers and strings."""
    del value
    return kind


def _init_object(call: Call) -> Value:
    receiver, *rest = call.args.positional
    if isinstance(receiver, Instance):
        if isinstance(receiver.native, dict):
            call.interp.state.touch(receiver.native)
            made = MADE[dict](Call(call.interp, call.frame, call.node, Args(rest, call.args.keywords)))
            receiver.native.update(made if isinstance(made, dict) else {})
        elif isinstance(receiver.native, list) and rest:
            call.interp.state.touch(receiver.native)
            items = call.interp.elements(rest[0], call.frame, call.node)
            receiver.native.extend(items if isinstance(items, list) else [Rest(items.reason, items.place)])
        elif isinstance(receiver.cls, ClassValue):
            receiver.attrs.setdefault("args", tuple(rest)) if _is_exception(receiver.cls) else None
    return None


def _is_exception(cls: Value) -> bool:
    return any(isinstance(one, type) and issubclass(one, BaseException) for one in attributes.order_of(cls))


def _set_attribute(call: Call) -> Value:
    receiver, name, value = call.args.positional[:3]
    if isinstance(name, str) and isinstance(receiver, Instance):
        call.interp.state.touch(receiver)
        receiver.attrs[name] = value
    return None


def _is_instance(value: Value, kind: Value, frame: Frame) -> bool | Unknown:
    if isinstance(kind, type):
        if kind is object:
            return True
        if isinstance(value, Instance):
            return attributes.is_subclass(value.cls, kind)
        if isinstance(value, Dim):
            return issubclass(int, kind)
        if kind is type:
            return is_class(value)
        return isinstance(value, kind) and not isinstance(value, _OURS)
    if isinstance(value, Tensor):
        return _tensor_is(value, kind, frame)
    if isinstance(value, Instance):
        if attributes.is_subclass(value.cls, kind):
            return True
        return attributes.unknown_base(value.cls) or _protocol(value, kind, frame)
    return _protocol(value, kind, frame)


def _tensor_is(value: Tensor, kind: Value, frame: Frame) -> bool:
    library = frame.interp.library
    if kind is library.find("torch.nn.Parameter"):
        return value.parameter
    return kind is library.find("torch.Tensor")


def _protocol(value: Value, kind: Value, frame: Frame) -> bool | Unknown:
    """`isinstance` with the abstract classes of `collections.abc`."""
    qualname = getattr(kind, "qualname", "")
    last = qualname.rsplit(".", 1)[-1]
    if "collections.abc" not in qualname and not qualname.startswith("typing."):
        return False
    kinds: dict[str, tuple[type, ...]] = {
        "Sequence": (list, tuple, str, range),
        "MutableSequence": (list,),
        "Iterable": (list, tuple, str, range, dict, set, Iterator_),
        "Collection": (list, tuple, str, range, dict, set),
        "Mapping": (dict,),
        "MutableMapping": (dict,),
        "Iterator": (Iterator_,),
        "Callable": (Function, NativeFunction, BoundMethod, Partial, ClassValue, NativeClass, type),
        "Number": (int, float),
    }
    payload = value.native if isinstance(value, Instance) and value.native is not None else value
    return isinstance(payload, kinds.get(last, ()))


_OURS = (Unknown, Tensor, Function, BoundMethod, ClassValue, Instance, SourceModule, NativeModule, Super, Iterator_)


def _of_function(value: Value, name: str, frame: Frame, node: Any) -> Value:
    if isinstance(value, Partial):
        return {"func": value.function, "args": value.args, "keywords": value.kwargs}.get(name, attributes.ABSENT)
    if isinstance(value, Property):
        if name in ("setter", "getter", "deleter"):
            return BoundMethod(NativeFunction(name, _property_part), value)
        return attributes.ABSENT
    if isinstance(value, BoundMethod):
        if name == "__self__":
            return value.receiver
        if name == "__func__":
            return value.function
        return _of_function(value.function, name, frame, node)
    if isinstance(value, Function):
        if name in value.attrs:
            return value.attrs[name]
        if name == "__module__":
            return value.module.name
    if name in ("__name__", "__qualname__"):
        return value.name.rsplit(".", 1)[-1]
    if name == "__doc__":
        return None
    if name == "__dict__" and isinstance(value, Function):
        return value.attrs
    if name == "__call__":
        return value
    return attributes.ABSENT


def _property_part(call: Call) -> Value:
    held, function = call.args.positional[:2]
    return Property(held.getter if call.name != "getter" else function, function if call.name == "setter" else held.setter)


# -- functions -----------------------------------------------------------------------------------------------


def items_of(call: Call, value: Value) -> list[Value] | Unknown:
    """The elements of an argument; unknown if there is a `Rest` among them."""
    items = call.interp.elements(value, call.frame, call.node)
    if isinstance(items, Unknown):
        return items
    rest = next((item for item in items if isinstance(item, Rest)), None)
    return Unknown(rest.reason, rest.place) if rest is not None else items


@function("len")
def len_(call: Call) -> Value:
    """`len(value)`."""
    value = call.args.positional[0]
    if isinstance(value, (str, bytes, range)):
        return len(value)
    if isinstance(value, (Instance, Tensor)):
        found = attributes.look_up(value, "__len__", call.frame, call.node)
        if found is not attributes.ABSENT:
            return call.interp.call(found, [], call.frame, call.node)
        value = value.native if isinstance(value, Instance) and value.native is not None else value
    if isinstance(value, ClassValue) and "members" in value.notes:
        return len(value.notes["members"])
    if isinstance(value, Iterator_):
        raise Raised(TypeError, "an iterator has no len()", call.place)
    items = items_of(call, value)
    return items if isinstance(items, Unknown) else len(items)


@function("isinstance")
def isinstance_(call: Call) -> Value:
    """`isinstance(value, kinds)`."""
    value, kinds = call.args.positional[:2]
    return call.interp.builtins.is_instance(value, kinds, call.frame, call.node)


@function("issubclass")
def issubclass_(call: Call) -> Value:
    """`issubclass(cls, kinds)`."""
    cls, kinds = call.args.positional[:2]
    for value in (cls, *(kinds if isinstance(kinds, tuple) else (kinds,))):
        if isinstance(value, Unknown):
            return value
    return any(attributes.is_subclass(cls, kind) for kind in (kinds if isinstance(kinds, tuple) else (kinds,)))


@function("hasattr")
def hasattr_(call: Call) -> Value:
    """`hasattr(value, name)`."""
    value, name = call.args.positional[:2]
    if isinstance(value, Unknown) or not isinstance(name, str):
        return call.unknown("whether an attribute exists")
    try:
        found = attributes.look_up(value, name, call.frame, call.node)
    except Raised:
        return False
    if found is attributes.ABSENT and isinstance(value, Instance):
        return attributes.unknown_base(value.cls) or False
    if isinstance(value, NativeModule) and isinstance(found, Unknown):
        return found
    return found is not attributes.ABSENT


@function("getattr")
def getattr_(call: Call) -> Value:
    """`getattr(value, name[, default])`."""
    value, name, *default = call.args.positional
    if not isinstance(name, str):
        return name if isinstance(name, Unknown) else call.unknown("an attribute whose name is not known")
    if not default:
        return attributes.get(value, name, call.frame, call.node)
    try:
        found = attributes.look_up(value, name, call.frame, call.node)
    except Raised:
        return default[0]
    if found is attributes.ABSENT:
        missing = attributes.unknown_base(value.cls) if isinstance(value, Instance) else None
        return missing or default[0]
    return found


@function("setattr")
def setattr_(call: Call) -> Value:
    """`setattr(value, name, new)`."""
    value, name, new = call.args.positional[:3]
    if isinstance(name, str):
        attributes.put(value, name, new, call.frame, call.node)
    return None


@function("delattr")
def delattr_(call: Call) -> Value:
    """`delattr(value, name)`."""
    value, name = call.args.positional[:2]
    if isinstance(name, str):
        attributes.drop(value, name, call.frame)
    return None


@function("callable")
def callable_(call: Call) -> Value:
    """`callable(value)`."""
    value = call.args.positional[0]
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Instance):
        return attributes.find_in_class(value.cls, "__call__") is not attributes.ABSENT
    return isinstance(value, (Function, NativeFunction, BoundMethod, Partial, ClassValue, NativeClass, type))


@function("print")
def print_(call: Call) -> Value:
    """`print`: nothing is printed."""
    return None


@function("iter")
def iter_(call: Call) -> Value:
    """`iter(value)`."""
    value = call.args.positional[0]
    if isinstance(value, Iterator_):
        return value
    items = call.interp.elements(value, call.frame, call.node)
    return items if isinstance(items, Unknown) else Iterator_(items)


@function("next")
def next_(call: Call) -> Value:
    """`next(iterator[, default])`."""
    value, *default = call.args.positional
    if isinstance(value, Iterator_):
        call.interp.state.touch(value)
        if value.position < len(value.items):
            value.position += 1
            found = value.items[value.position - 1]
            return Unknown(found.reason, found.place) if isinstance(found, Rest) else found
        if default:
            return default[0]
        raise Raised(StopIteration, "", call.place)
    if isinstance(value, Instance):
        found = attributes.look_up(value, "__next__", call.frame, call.node)
        if found is not attributes.ABSENT:
            return call.interp.call(found, [], call.frame, call.node)
    return value if isinstance(value, Unknown) else call.unknown(f"next() of {attributes.describe(value)}")


def _quantifier(name: str, stop: bool) -> None:
    @function(name)
    def run(call: Call) -> Value:
        items = call.interp.elements(call.args.positional[0], call.frame, call.node)
        if isinstance(items, Unknown):
            return items
        answers = [item if isinstance(item, Unknown) else operators.truth(item, call.frame, call.node) for item in items]
        if stop in answers:
            return stop
        return next((answer for answer in answers if isinstance(answer, Unknown)), not stop)


_quantifier("any", True)
_quantifier("all", False)


@function("sum")
def sum_(call: Call) -> Value:
    """`sum(values[, start])`."""
    values, *start = call.args.positional
    total = start[0] if start else call.args.keywords.get("start", 0)
    items = items_of(call, values)
    if isinstance(items, Unknown):
        return items
    for item in items:
        total = operators.binary("+", total, item, call.frame, call.node)
    return total


def _extreme(name: str, sign: str, of_sizes: Callable[[Any, Any], Any]) -> None:
    @function(name)
    def run(call: Call) -> Value:
        args = call.args.positional
        items = items_of(call, args[0]) if len(args) == 1 else list(args)
        if isinstance(items, Unknown):
            return items
        if not items:
            if "default" in call.args.keywords:
                return call.args.keywords["default"]
            raise Raised(ValueError, f"{name}() of nothing", call.place)
        key = call.args.keywords.get("key")
        ranks = items if key is None else [call.interp.call(key, [item], call.frame, call.node) for item in items]
        if key is None and all(is_size(item) for item in items) and any(isinstance(item, Dim) for item in items):
            best = items[0]
            for item in items[1:]:
                best = of_sizes(best, item)
            return best
        chosen = 0
        for number in range(1, len(items)):
            better = operators.compare(sign, ranks[number], ranks[chosen], call.frame, call.node)
            if isinstance(better, Unknown):
                return better
            chosen = number if better is True else chosen
        return items[chosen]


_extreme("max", ">", dims.maximum)
_extreme("min", "<", dims.minimum)


@function("abs")
def abs_(call: Call) -> Value:
    """`abs(value)`."""
    value = call.args.positional[0]
    if isinstance(value, (int, float, complex)):
        return abs(value)
    if isinstance(value, Tensor):
        return call.interp.call(attributes.get(value, "abs", call.frame, call.node), [], call.frame, call.node)
    if isinstance(value, Dim):
        return dims.maximum(value, -value)
    return value if isinstance(value, Unknown) else call.unknown("abs()")


@function("round")
def round_(call: Call) -> Value:
    """`round(value[, digits])`."""
    value, *digits = call.args.positional
    if isinstance(value, (int, float)) and all(isinstance(d, int) or d is None for d in digits):
        return round(value, *digits)
    if isinstance(value, Dim):
        return value
    return value if isinstance(value, Unknown) else call.unknown("round()")


@function("divmod")
def divmod_(call: Call) -> Value:
    """`divmod(a, b)`."""
    a, b = call.args.positional[:2]
    return (
        operators.binary("//", a, b, call.frame, call.node),
        operators.binary("%", a, b, call.frame, call.node),
    )


@function("pow")
def pow_(call: Call) -> Value:
    """`pow(a, b)`."""
    a, b = call.args.positional[:2]
    return operators.binary("**", a, b, call.frame, call.node)


@function("sorted")
def sorted_(call: Call) -> Value:
    """`sorted(values, key=, reverse=)`."""
    items = items_of(call, call.args.positional[0])
    if isinstance(items, Unknown):
        return items
    return sort(call, items)


def sort(call: Call, items: list[Value]) -> Value:
    """The items in order, if the order of their keys is known."""
    key = call.args.keywords.get("key")
    ranks = items if key is None else [call.interp.call(key, [item], call.frame, call.node) for item in items]
    reverse = operators.truth(call.args.keywords.get("reverse", False), call.frame, call.node)
    if isinstance(reverse, Unknown) or not all(is_concrete(rank) for rank in ranks):
        return call.unknown("the order of values that are not known")
    try:
        order = sorted(range(len(items)), key=lambda i: ranks[i], reverse=reverse)
    except TypeError as problem:
        raise Raised(TypeError, str(problem), call.place) from None
    return [items[i] for i in order]


@function("repr")
def repr_(call: Call) -> Value:
    """`repr(value)`."""
    value = call.args.positional[0]
    return repr(value) if is_concrete(value) else call.unknown(f"the text of {attributes.describe(value)}")


@function("id")
def id_(call: Call) -> Value:
    """`id(value)`: a number that differs from object to object, in the order in which they are asked."""
    seen = call.interp.builtins.__dict__.setdefault("identities", {})
    value = call.args.positional[0]
    return seen.setdefault(id(value), (len(seen) + 1, value))[0]


@function("vars")
def vars_(call: Call) -> Value:
    """`vars(value)`."""
    if call.args.positional and isinstance(call.args.positional[0], Instance):
        return call.args.positional[0].attrs
    return call.unknown("vars() is not supported")


@function("globals")
def globals_(call: Call) -> Value:
    """`globals()`: the names of the module, imports resolved."""
    scope = call.frame.module.scope
    for name, value in list(scope.names.items()):
        call.interp.loader.forced(scope, name, value, call.frame, call.node)
    return scope.names


@function("locals")
def locals_(call: Call) -> Value:
    """`locals()`: a copy."""
    return dict(call.frame.scope.names)


@function("dir")
def dir_(call: Call) -> Value:
    """`dir()`."""
    return call.unknown("dir() is not supported")


@function("hash")
def hash_(call: Call) -> Value:
    """`hash(value)`."""
    return call.unknown("hash() is not supported")


# -- types ---------------------------------------------------------------------------------------------------


@makes(int)
def int_(call: Call) -> Value:
    """`int(value)`."""
    if not call.args.positional:
        return 0
    value, *base = call.args.positional
    if isinstance(value, Dim):
        return value
    if isinstance(value, (int, float, str)) and all(isinstance(b, int) for b in base):
        try:
            return int(value, *base) if isinstance(value, str) else int(value)
        except (ValueError, OverflowError) as problem:
            raise Raised(type(problem), str(problem), call.place) from None
    if isinstance(value, Instance):
        found = attributes.find_in_class(value.cls, "__int__")
        if found is not attributes.ABSENT:
            return call.interp.call(found, [value], call.frame, call.node)
        return value.native if isinstance(value.native, int) else call.unknown(f"int() of {attributes.describe(value)}")
    return value if isinstance(value, Unknown) else call.unknown(f"int() of {attributes.describe(value)}")


@makes(float)
def float_(call: Call) -> Value:
    """`float(value)`."""
    if not call.args.positional:
        return 0.0
    value = call.args.positional[0]
    if isinstance(value, (int, float, str)):
        try:
            return float(value)
        except (ValueError, OverflowError) as problem:
            raise Raised(type(problem), str(problem), call.place) from None
    return value if isinstance(value, Unknown) else call.unknown(f"float() of {attributes.describe(value)}")


@makes(bool)
def bool_(call: Call) -> Value:
    """`bool(value)`."""
    return operators.truth(call.args.positional[0], call.frame, call.node) if call.args.positional else False


@makes(str)
def str_(call: Call) -> Value:
    """`str(value)`."""
    if not call.args.positional:
        return ""
    value = call.args.positional[0]
    if isinstance(value, Unknown):
        return value
    text = hosts.plain_text(value)
    return text if text is not None else call.unknown(f"the text of {attributes.describe(value)}")


@makes(list)
def list_(call: Call) -> Value:
    """`list(values)`."""
    if not call.args.positional:
        return []
    items = call.interp.elements(call.args.positional[0], call.frame, call.node)
    return items if isinstance(items, Unknown) else list(items)


@makes(tuple)
def tuple_(call: Call) -> Value:
    """`tuple(values)`."""
    items = list_(call)
    return items if isinstance(items, Unknown) else tuple(items)


def _set(kind: Callable[[list[Value]], Value]) -> Callable[[Call], Value]:
    def run(call: Call) -> Value:
        items = list_(call)
        try:
            return items if isinstance(items, Unknown) else kind(items)
        except TypeError as problem:
            raise Raised(TypeError, str(problem), call.place) from None

    return run


MADE[set] = _set(set)
MADE[frozenset] = _set(frozenset)


@makes(dict)
def dict_(call: Call) -> Value:
    """`dict(pairs or mapping, **more)`."""
    result: dict[Value, Value] = {}
    if call.args.positional:
        value = call.args.positional[0]
        if isinstance(value, (dict, Unknown)) or (isinstance(value, Instance) and not isinstance(value.native, list)):
            found = call.interp.mapping(value, call.frame, call.node)
        else:
            found = _pairs(call, value)
        if isinstance(found, Unknown):
            return found
        result.update(found)
    return {**result, **call.args.keywords}


def _pairs(call: Call, value: Value) -> dict[Value, Value] | Unknown:
    items = items_of(call, value)
    if isinstance(items, Unknown):
        return items
    pairs: dict[Value, Value] = {}
    for item in items:
        pair = items_of(call, item)
        if isinstance(pair, Unknown):
            return pair
        if len(pair) != 2:
            raise Raised(ValueError, "a dict is made of pairs", call.place)
        pairs[pair[0]] = pair[1]
    return pairs


@makes(range)
def range_(call: Call) -> Value:
    """`range(...)`."""
    args = call.args.positional
    unknown = next((arg for arg in args if isinstance(arg, Unknown)), None)
    if unknown is not None:
        return unknown
    if all(isinstance(arg, int) for arg in args) and args:
        try:
            return range(*args)
        except (ValueError, TypeError) as problem:
            raise Raised(type(problem), str(problem), call.place) from None
    if any(isinstance(arg, float) for arg in args):
        raise Raised(TypeError, "range() of a float", call.place)
    return call.unknown("a range of a symbolic size: declare the input size")


@makes(slice)
def slice_(call: Call) -> Value:
    """`slice(...)`."""
    return slice(*call.args.positional)


@makes(enumerate)
def enumerate_(call: Call) -> Value:
    """`enumerate(values[, start])`."""
    args = call.args
    items = items_of(call, args.positional[0])
    start = args.positional[1] if len(args.positional) > 1 else args.keywords.get("start", 0)
    if isinstance(items, Unknown) or not isinstance(start, int):
        return items if isinstance(items, Unknown) else call.unknown("a count that is not known")
    return Iterator_(list(enumerate(items, start)))


@makes(zip)
def zip_(call: Call) -> Value:
    """`zip(...)`."""
    rows = [items_of(call, value) for value in call.args.positional]
    unknown = next((row for row in rows if isinstance(row, Unknown)), None)
    return unknown if unknown is not None else Iterator_(list(zip(*rows, strict=False)))  # type: ignore[arg-type]


@makes(map)
def map_(call: Call) -> Value:
    """`map(function, ...)`: run at once."""
    function, *values = call.args.positional
    rows = [items_of(call, value) for value in values]
    unknown = next((row for row in rows if isinstance(row, Unknown)), None)
    if unknown is not None:
        return unknown
    made = [call.interp.call(function, list(args), call.frame, call.node) for args in zip(*rows, strict=False)]  # type: ignore[arg-type]
    return Iterator_(made)


@makes(filter)
def filter_(call: Call) -> Value:
    """`filter(function, values)`: run at once."""
    function, values = call.args.positional[:2]
    items = items_of(call, values)
    if isinstance(items, Unknown):
        return items
    kept: list[Value] = []
    for item in items:
        answer = item if function is None else call.interp.call(function, [item], call.frame, call.node)
        held = operators.truth(answer, call.frame, call.node)
        if isinstance(held, Unknown):
            return held
        if held:
            kept.append(item)
    return Iterator_(kept)


@makes(reversed)
def reversed_(call: Call) -> Value:
    """`reversed(values)`."""
    items = items_of(call, call.args.positional[0])
    return items if isinstance(items, Unknown) else Iterator_(items[::-1])


@makes(type)
def type_(call: Call) -> Value:
    """`type(value)`, `type(name, bases, namespace)`."""
    args = call.args.positional
    if len(args) == 3 and isinstance(args[0], str) and isinstance(args[2], dict) and isinstance(args[1], tuple):
        cls = ClassValue(args[0], args[1], dict(args[2]), call.frame.module, call.place)
        cls.mro = attributes.linearise(cls, args[1])
        return cls
    value = args[0]
    if isinstance(value, Instance):
        return value.cls
    if isinstance(value, Tensor):
        return call.interp.library.find("torch.Tensor")
    if isinstance(value, Dim):
        return int
    if isinstance(value, (ClassValue, NativeClass)):
        return type
    return value if isinstance(value, Unknown) else type(value)


@makes(object)
def object_(call: Call) -> Value:
    """`object()`."""
    return Instance(ClassValue("object", (), {}, None), {}, call.place)


@makes(property)
def property_(call: Call) -> Value:
    """`property(getter[, setter])`."""
    args = [*call.args.positional, None, None]
    return Property(call.args.keywords.get("fget", args[0]), call.args.keywords.get("fset", args[1]))


@makes(staticmethod)
def staticmethod_(call: Call) -> Value:
    """`staticmethod(function)`."""
    return StaticMethod(call.args.positional[0])


@makes(classmethod)
def classmethod_(call: Call) -> Value:
    """`classmethod(function)`."""
    return ClassMethod(call.args.positional[0])


@makes(super)
def super_(call: Call) -> Value:
    """`super(Class, self)`."""
    if len(call.args.positional) == 2:
        return Super(call.args.positional[0], call.args.positional[1])
    return call.unknown("super() of this form is not supported")


