"""The values of the interpreter.

Numbers, strings, tuples, lists, dicts, sets, ranges and slices are Python's own.  Everything else is one of the
classes below; host types such as `int` or `KeyError` stand for themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from rflint.dims import Dim
from rflint.interp.numerals import kind_of
from rflint.trace import Place, Shape

if TYPE_CHECKING:
    from rflint.interp.scopes import Scope

Value = Any
"""Any value of the interpreter."""


@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """What could not be determined, and why."""

    reason: str
    place: Place | None = None


class Rest(Unknown):
    """Inside a list, tuple or set, or as a key of a dict: any number of further elements that are not known.

    In a dict, keys behind it are there; what comes before them is not known."""

    __slots__ = ()


class Named(Unknown):
    """Of a call: further keyword arguments that are not known, `f(**unknown)`; a `Rest` is one of positional ones."""

    __slots__ = ()


class Perhaps(Unknown):
    """The value of a name, attribute or key that only some paths have set."""

    __slots__ = ()


class Some(Unknown):
    """An object that is not known, and may be a module: what a container holds under a name."""

    __slots__ = ()


def some(value: Value) -> Value:
    """What is kept under a name of its own; something that is not known may be a module."""
    return Some(value.reason, value.place) if type(value) is Unknown else value


OPEN = "*"
"""The attribute under which an object keeps that it may have further ones: a `Rest`."""


class View(list[Any]):
    """What `keys()`, `values()` and `items()` give: a list of what is there now."""


@dataclass(slots=True, eq=False)
class Tensor:
    """A tensor: its shape (None: not even the rank is known) and the use, or network input, that made it.

    `source` is None for parameters, buffers and constants.  Mutable, as torch's in-place operations are.
    """

    shape: Shape | None
    source: int | str | None = None
    dtype: str = "float"
    reason: str = ""
    """Why the shape is not known."""
    parameter: bool = False
    open: str = ""
    """The network input, of a shape that is not declared, whose shape this tensor has."""
    layouts: tuple[tuple[int, ...], ...] = ()
    """The strides that it may have, where they are not those of a tensor in order; () if nothing is known of them."""
    view: tuple[Tensor, Value] | None = None
    """The tensor and the index that this is a part of: what is written to it in place is written there."""


@dataclass(slots=True, eq=False)
class Function:
    """A function of the analysed source, with the scope it closes over."""

    name: str
    node: Any
    parameters: Parameters
    scope: Scope
    module: SourceModule
    owner: ClassValue | None = None
    generator: bool = False
    attrs: dict[str, Value] = field(default_factory=dict)


class Parameter(NamedTuple):
    """One parameter of a function: `kind` is "positional", "plain", "star", "keyword" or "double"."""

    name: str
    kind: str
    default: Value
    has_default: bool


Parameters = tuple[Parameter, ...]


@dataclass(frozen=True, slots=True, eq=False)
class BoundMethod:
    """A function (ours or the library's) with its first argument."""

    function: Value
    receiver: Value


@dataclass(slots=True, eq=False)
class Partial:
    """`functools.partial`."""

    function: Value
    args: tuple[Value, ...]
    kwargs: dict[str, Value]


@dataclass(frozen=True, slots=True, eq=False)
class Manager:
    """What a function under `contextlib.contextmanager` returns: the call that its `with` will run."""

    function: Value
    args: Any


@dataclass(slots=True, eq=False)
class Property:
    """A property of the analysed source; cached ones run each time as well."""

    getter: Value
    setter: Value = None


@dataclass(frozen=True, slots=True, eq=False)
class StaticMethod:
    """`staticmethod(function)`."""

    function: Value


@dataclass(frozen=True, slots=True, eq=False)
class ClassMethod:
    """`classmethod(function)`."""

    function: Value


@dataclass(slots=True, eq=False)
class ClassValue:
    """A class of the analysed source.  Its bases may be library classes or host types."""

    name: str
    bases: tuple[Value, ...]
    namespace: dict[str, Value]
    module: SourceModule | None
    place: Place | None = None
    mro: tuple[Value, ...] = ()
    annotations: dict[str, Value] = field(default_factory=dict)
    notes: dict[str, Value] = field(default_factory=dict)
    """What decorators and special bases have found out: dataclass fields, enum members."""


@dataclass(slots=True, eq=False)
class Instance:
    """An object of a class of ours or of the library.  `place` is the constructor call."""

    cls: ClassValue | NativeClass
    attrs: dict[str, Value]
    place: Place | None = None
    arg_places: dict[str, Place] = field(default_factory=dict)
    literals: frozenset[str] = frozenset()
    """The arguments of its constructor call that are plain numbers there."""
    native: Any = None
    """For library objects: what the library keeps with it."""
    born: int = 0
    """When it was made, as for scopes."""
    given: dict[str, Value] = field(default_factory=dict)
    """The arguments of its constructors, by name."""
    kept: dict[str, Place] = field(default_factory=dict)
    """Where attributes that are modules, or collections of some, are assigned."""
    said: list[tuple[Any, Place]] = field(default_factory=list)
    """The contracts that comments state of what it gives when it is called, and where."""

    @property
    def kind(self) -> str:
        """The name of its class, be it of the source, of the library or of Python."""
        return str(getattr(self.cls, "name", getattr(self.cls, "__name__", "?")))


@dataclass(slots=True, eq=False)
class SourceModule:
    """A module of the analysed source: its dotted name, file, scope, and the source it was read from."""

    name: str
    file: str
    scope: Scope
    source: Any = None
    package: bool = False
    state: str = "new"
    yields: bool = False
    stars: list[str] = field(default_factory=list)
    """Modules of `from module import *`, looked into when a name is not found."""
    watched: dict[int, Any] = field(default_factory=dict)
    """The contracts that comments state of the values of nodes, by the node's identity."""


@dataclass(frozen=True, slots=True, eq=False)
class NativeModule:
    """A module whose contents the library describes: `torch.nn`."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class LazyImport:
    """`from module import name` that nobody has looked at yet."""

    module: str
    name: str | None
    importer: SourceModule
    place: Place | None


@dataclass(slots=True, eq=False)
class NativeFunction:
    """A function that the library describes: `run(call, **arguments)` says what it means.

    `signature` is Python's, as text; None hands over the arguments unbound (`call.args`, `call.kwargs`).
    """

    name: str
    run: Callable[..., Value]
    signature: Signature | None = None


@dataclass(slots=True, eq=False)
class NativeClass:
    """A class that the library describes.  `create(call, instance, **arguments)` fills a new instance."""

    name: str
    qualname: str
    bases: tuple[Value, ...] = ()
    create: Callable[..., None] | None = None
    signature: Signature | None = None
    members: dict[str, Value] = field(default_factory=dict)
    mro: tuple[Value, ...] = ()
    new: Callable[..., Value] | None = None
    """Replaces the making of an instance altogether (`functools.partial`, `collections.OrderedDict`)."""
    private: frozenset[str] | None = None
    """Names beginning with an underscore that its objects have; None: there may be any."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One parameter of a library signature."""

    name: str
    kind: str
    default: Value = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """The parameters of a library function."""

    slots: tuple[Slot, ...]

    def names(self) -> list[str]:
        """The names of the parameters, without stars."""
        return [slot.name for slot in self.slots]


@dataclass(slots=True, eq=False)
class Iteration:
    """An iterator over known items; generators are run to such a list when they are created."""

    items: list[Value]
    position: int = 0
    born: int = 0
    """When it was made, as for scopes."""


@dataclass(frozen=True, slots=True, eq=False)
class Super:
    """`super()`: attribute look-up in the classes that follow `after` in the receiver's order."""

    after: ClassValue
    receiver: Value


class Raised(Exception):
    """The analysed code raises.  `kind` is a host exception type or a class of the source."""

    def __init__(self, kind: Value, text: str, place: Place | None = None, value: Value = None) -> None:
        super().__init__(text)
        self.kind, self.text, self.place, self.value = kind, text, place, value

    @property
    def name(self) -> str:
        """The name of the exception's class."""
        return str(getattr(self.kind, "__name__", getattr(self.kind, "name", "an exception")))


NUMBER = (int, float, complex)
PLAIN = (int, float, complex, str, bytes, bool, type(None), type(Ellipsis))
CONTAINERS = (list, tuple, dict, set, frozenset)
HOSTS = (*PLAIN, range, slice)
LARGEST = 20_000
"""Values that one value may hold on all levels, for Python's own operations to be used on it."""
DEEPEST = 200
"""Containers inside each other, likewise."""


def is_size(value: Value) -> bool:
    """Is it an integer, concrete or symbolic (and no truth value)?"""
    return isinstance(value, (int, Dim)) and not isinstance(value, bool)


def is_class(value: Value) -> bool:
    """Is it a class: ours, the library's or a host type?"""
    return isinstance(value, (ClassValue, NativeClass, type))


def inside(value: Value, limit: int = LARGEST) -> list[Value] | None:
    """The value and all that it holds, without recursion; None if there is more of it than anybody writes down.

    A list that holds itself, or the same list many times on many levels, has more and more of it."""
    found: list[Value] = [value]
    for held in found:
        if isinstance(held, (list, tuple, set, frozenset)):
            found.extend(held)
        elif isinstance(held, dict):
            found.extend(held)
            found.extend(held.values())
        if len(found) > limit:
            return None
    return found


def depth_of(value: Value, limit: int = DEEPEST) -> int:
    """How many containers a value has inside each other, counted up to a limit along their first elements."""
    level = [value]
    for depth in range(limit):
        level = [held for one in level[:1_000] if isinstance(one, CONTAINERS) for held in (*one,)[:1_000]]
        if not level:
            return depth
    return limit


def is_concrete(value: Value) -> bool:
    """Is the value made of host values only, so that host operations on it mean what Python means?"""
    if isinstance(value, HOSTS):
        return True
    if not isinstance(value, CONTAINERS):
        return False
    found = inside(value)
    if found is None or depth_of(value) >= DEEPEST:
        return False
    return all(isinstance(one, (*HOSTS, *CONTAINERS)) for one in found)


def class_of(value: Value) -> Value:
    """The class of a value: `type(value)`."""
    if isinstance(value, Instance):
        return value.cls
    return kind_of(value)


def find_unknown(value: Value) -> Unknown | None:
    """The first unknown inside a value, if any."""
    if isinstance(value, Unknown):
        return value
    if not isinstance(value, (*CONTAINERS, Mapping)):
        return None
    found = inside(value)
    if found is None:
        return Unknown("a value that holds too much")
    return next((one for one in found if isinstance(one, Unknown)), None)
