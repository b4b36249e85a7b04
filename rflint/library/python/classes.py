"""dataclasses, enum, NamedTuple, abc: what makes classes out of annotations and assignments."""

from __future__ import annotations

from typing import Any

import libcst as cst

from rflint.interp import attributes
from rflint.interp.calls import bind_native
from rflint.interp.frames import Args, Call
from rflint.interp.values import (
    ClassMethod,
    ClassValue,
    Function,
    Instance,
    NativeFunction,
    Property,
    Signature,
    Slot,
    StaticMethod,
    Unknown,
    Value,
    is_concrete,
)
from rflint.library.registry import LIBRARY, function, member, native_class

ABC = native_class("abc.ABC")
PROTOCOL = native_class("typing.Protocol")
GENERIC = native_class("typing.Generic")
LIBRARY.define("typing_extensions.Protocol", PROTOCOL)
TYPED_DICT = native_class("typing.TypedDict", new=lambda call, cls: dict(call.args.keywords))
LIBRARY.define("typing_extensions.TypedDict", TYPED_DICT)
FIELD = native_class("dataclasses.Field")


# -- dataclasses -----------------------------------------------------------------------------------------------


@function("dataclasses.field")
def field(call: Call) -> Value:
    """`field(default=…, default_factory=…)`."""
    return Instance(FIELD, dict(call.args.keywords), call.place)


@function("dataclasses.dataclass", "torch.jit.ScriptModule.dataclass")
def dataclass(call: Call) -> Value:
    """`@dataclass`, with or without arguments."""
    if call.args.positional and isinstance(call.args.positional[0], ClassValue):
        return _make_dataclass(call.args.positional[0])
    return NativeFunction("dataclass", lambda inner: _make_dataclass(inner.args.positional[0]))


def _make_dataclass(cls: Value) -> Value:
    if not isinstance(cls, ClassValue):
        return cls
    fields: dict[str, Value] = {}
    for base in reversed(attributes.order_of(cls)[1:]):
        if isinstance(base, ClassValue):
            fields.update(base.notes.get("fields", {}))
    for name, annotation in cls.annotations.items():
        if _last_name(annotation) not in ("ClassVar", "KW_ONLY"):
            fields[name] = cls.namespace.get(name, attributes.ABSENT)
    cls.notes["fields"] = fields
    for name, default in list(cls.namespace.items()):
        if isinstance(default, Instance) and default.cls is FIELD:
            del cls.namespace[name]
            if "default" in default.attrs:
                cls.namespace[name] = default.attrs["default"]
    cls.namespace.setdefault("__init__", NativeFunction(f"{cls.name}.__init__", _init_dataclass))
    return cls


def _last_name(annotation: Any) -> str:
    """`ClassVar` of `typing.ClassVar[int]`, in quotes too."""
    if isinstance(annotation, cst.SimpleString):
        return annotation.value.strip("\"'").split("[")[0].rsplit(".", 1)[-1]
    node = annotation.value if isinstance(annotation, cst.Subscript) else annotation
    return str(node.attr.value if isinstance(node, cst.Attribute) else getattr(node, "value", ""))


def _init_dataclass(call: Call) -> Value:
    self = call.args.positional[0]
    fields = next(c.notes["fields"] for c in attributes.order_of(self.cls) if "fields" in getattr(c, "notes", {}))
    slots = [_slot(name, default) for name, default in fields.items() if _in_init(default)]
    signature = Signature((Slot("self", "plain", required=True), *slots))
    bound = bind_native(self.kind, signature, call.args, call.frame, call.node)
    bound.pop("self")
    call.interp.state.touch(self)
    for name, default in fields.items():
        self.attrs[name] = _value(call, bound.get(name, default))
    after = attributes.find_in_class(self.cls, "__post_init__")
    if after is not attributes.ABSENT:
        call.interp.call(after, [self], call.frame, call.node)
    return None


def _in_init(default: Value) -> bool:
    return not (isinstance(default, Instance) and default.cls is FIELD and default.attrs.get("init") is False)


def _slot(name: str, default: Value) -> Slot:
    missing = default is attributes.ABSENT
    if isinstance(default, Instance) and default.cls is FIELD:
        missing = "default" not in default.attrs and "default_factory" not in default.attrs
    return Slot(name, "plain", default, missing)


def _value(call: Call, given: Value) -> Value:
    if isinstance(given, Instance) and given.cls is FIELD:
        if "default_factory" in given.attrs:
            return call.interp.call(given.attrs["default_factory"], [], call.frame, call.node)
        return given.attrs.get("default")
    return given


@function("dataclasses.replace")
def replace(call: Call) -> Value:
    """`replace(instance, **changes)`."""
    held = call.args.positional[0]
    if not isinstance(held, Instance):
        return held if isinstance(held, Unknown) else call.unknown("replace() of no dataclass")
    fields = getattr(held.cls, "notes", {}).get("fields", {})
    kept = {name: value for name, value in held.attrs.items() if name in fields and _in_init(fields[name])}
    made = Args([], {**kept, **call.args.keywords}, call.args.open)
    return call.interp.call_with(held.cls, made, call.frame, call.node)


@function("dataclasses.asdict", signature="obj, *, dict_factory=None")
def asdict(call: Call, obj: Value, dict_factory: Value) -> Value:
    """`asdict(instance)`."""
    if not isinstance(obj, Instance):
        return obj if isinstance(obj, Unknown) else call.unknown("asdict() of no dataclass")
    fields = getattr(obj.cls, "notes", {}).get("fields", obj.attrs)
    return {name: _plain(call, obj.attrs[name]) for name in fields if name in obj.attrs}


def _plain(call: Call, value: Value) -> Value:
    if isinstance(value, Instance) and "fields" in getattr(value.cls, "notes", {}):
        return asdict(call, value, None)
    if isinstance(value, dict):
        return {key: _plain(call, item) for key, item in value.items()}
    return type(value)(_plain(call, item) for item in value) if isinstance(value, (list, tuple)) else value


@function("dataclasses.fields", signature="class_or_instance")
def fields_of(call: Call, class_or_instance: Value) -> Value:
    """`fields(dataclass)`: objects with a name and a default."""
    cls = class_or_instance.cls if isinstance(class_or_instance, Instance) else class_or_instance
    found = getattr(cls, "notes", {}).get("fields")
    if found is None:
        return call.unknown("fields() of no dataclass")
    return tuple(Instance(FIELD, {"name": name, "default": default}) for name, default in found.items())


@function("dataclasses.is_dataclass", signature="obj")
def is_dataclass(call: Call, obj: Value) -> Value:
    """`is_dataclass(value)`."""
    cls = obj.cls if isinstance(obj, Instance) else obj
    return obj if isinstance(obj, Unknown) else "fields" in getattr(cls, "notes", {})


# -- enum ------------------------------------------------------------------------------------------------------

ENUM = native_class("enum.Enum")
for _name in ("IntEnum", "StrEnum", "Flag", "IntFlag"):
    native_class(f"enum.{_name}", ENUM)
AUTO = native_class("enum.auto")
for _name in ("EnumMeta", "EnumType"):
    native_class(f"enum.{_name}")


@function("enum.unique")
def unique(call: Call) -> Value:
    """`@unique`."""
    return call.args.positional[0]


@member(ENUM, "__init_subclass__")
def enumerate_members(call: Call) -> Value:
    """The assignments of an enum's body become its members."""
    cls = call.args.positional[0]
    members: dict[str, Value] = {}
    for name, value in list(cls.namespace.items()):
        if name.startswith("_") or isinstance(value, (Function, Property, StaticMethod, ClassMethod, NativeFunction)):
            continue
        members[name] = _member(call, cls, name, value, members)
        cls.namespace[name] = members[name]
    if members:
        cls.notes["members"] = members
    return None


def _member(call: Call, cls: ClassValue, name: str, value: Value, members: dict[str, Value]) -> Instance:
    if isinstance(value, Instance) and value.cls is AUTO:
        value = (
            name.lower()
            if any(getattr(c, "name", "") == "StrEnum" for c in attributes.order_of(cls))
            else len(members) + 1
        )
    same: Instance | None = next(
        (m for m in members.values() if is_concrete(value) and m.attrs["value"] == value), None
    )
    if same is not None:
        return same
    made = Instance(cls, {"name": name, "value": value, "_name_": name, "_value_": value}, call.place)
    if any(isinstance(c, type) or getattr(c, "name", "") in ("IntEnum", "StrEnum") for c in attributes.order_of(cls)):
        made.native = value
    own = attributes.find_in_class(cls, "__init__")
    if isinstance(own, Function):
        args = list(value) if isinstance(value, tuple) else [value]
        call.interp.call(own, [made, *args], call.frame, call.node)
    return made


# -- NamedTuple ------------------------------------------------------------------------------------------------


def _fields_of(cls: Value) -> dict[str, Value]:
    """The fields of a dataclass or named tuple, its own or inherited."""
    return next((c.notes["fields"] for c in attributes.order_of(cls) if "fields" in getattr(c, "notes", {})), {})


def _new_tuple(call: Call, cls: Value) -> Value:
    fields = _fields_of(cls)
    slots = tuple(Slot(name, "plain", d, d is attributes.ABSENT) for name, d in fields.items())
    bound = bind_native(cls.name, Signature(slots), call.args, call.frame, call.node)
    return Instance(cls, dict(bound), call.place, native=tuple(bound.values()))


NAMED_TUPLE = native_class("typing.NamedTuple", new=_new_tuple)


@member(NAMED_TUPLE, "__init_subclass__")
def named_fields(call: Call) -> Value:
    """The annotations of the body are the fields."""
    cls = call.args.positional[0]
    if NAMED_TUPLE in cls.bases:
        cls.notes["fields"] = {name: cls.namespace.get(name, attributes.ABSENT) for name in cls.annotations}
    return None


@member(NAMED_TUPLE, "_replace")
def replace_fields(call: Call) -> Value:
    """`_replace(**changes)`."""
    held = call.args.positional[0]
    attrs = {**held.attrs, **call.args.keywords}
    return Instance(held.cls, attrs, call.place, native=tuple(attrs.values()))


@member(NAMED_TUPLE, "_asdict", signature="")
def as_dict(call: Call, self: Instance) -> Value:
    """`_asdict()`."""
    return dict(self.attrs)


@member(NAMED_TUPLE, "_make")
def make(call: Call) -> Value:
    """`_make(values)`: called on the class, which it is not told of."""
    return call.unknown("_make() is not supported")


@function("collections.namedtuple", signature="typename, field_names, *, rename=False, defaults=None, module=None")
def namedtuple(call: Call, typename: Value, field_names: Value, rename: Value, defaults: Value, module: Value) -> Value:
    """`namedtuple(name, fields)`."""
    if isinstance(field_names, str):
        field_names = field_names.replace(",", " ").split()
    if not isinstance(typename, str) or not isinstance(field_names, (list, tuple)):
        return call.unknown("a namedtuple whose fields are not known")
    given = list(defaults) if isinstance(defaults, (list, tuple)) else []
    values = [attributes.ABSENT] * (len(field_names) - len(given)) + given
    cls = ClassValue(typename, (NAMED_TUPLE,), {}, call.frame.module, call.place)
    cls.mro = attributes.linearise(cls, cls.bases)
    cls.notes["fields"] = dict(zip(field_names, values, strict=True))
    return cls
