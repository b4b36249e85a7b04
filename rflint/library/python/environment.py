"""os: variables of the environment, which are taken not to be set, and the text operations of `os.path`."""

from __future__ import annotations

import posixpath

from rflint.interp.frames import Call
from rflint.interp.values import Instance, Raised, Unknown, Value, find_unknown, is_concrete
from rflint.library.registry import LIBRARY, function, member, native_class

ENVIRON = native_class("os._Environ")
LIBRARY.define("os.environ", Instance(ENVIRON, {}))
LIBRARY.define("os.name", "posix")
LIBRARY.define("os.sep", "/")
LIBRARY.define("os.linesep", "\n")
LIBRARY.define("os.PathLike", native_class("os.PathLike"))


@function("os.getenv", signature="key, default=None")
def getenv(call: Call, key: Value, default: Value) -> Value:
    """`os.getenv(key, default)`: the default, the same on every machine."""
    return key if isinstance(key, Unknown) else default


@member(ENVIRON, "get", "pop", signature="key, default=None")
def get(call: Call, self: Instance, key: Value, default: Value) -> Value:
    """`os.environ.get(key, default)`."""
    return key if isinstance(key, Unknown) else default


@member(ENVIRON, "setdefault", signature="key, value")
def setdefault(call: Call, self: Instance, key: Value, value: Value) -> Value:
    """`os.environ.setdefault(key, value)`."""
    return value


@member(ENVIRON, "__contains__", signature="key")
def contains(call: Call, self: Instance, key: Value) -> Value:
    """`key in os.environ`."""
    return key if isinstance(key, Unknown) else False


@member(ENVIRON, "__setitem__", signature="key, value")
def set_item(call: Call, self: Instance, key: Value, value: Value) -> Value:
    """`os.environ[key] = value` is for the processes behind."""
    return None


@member(ENVIRON, "__getitem__", signature="key")
def item(call: Call, self: Instance, key: Value) -> Value:
    """`os.environ[key]`: code that asks like this is run where it is set, and to what is not known."""
    return call.unknown("what the environment variable holds")


def _of_text(name: str) -> None:
    @function(f"os.path.{name}")
    def run(call: Call) -> Value:
        args = call.args.positional
        doubt = find_unknown(args) or call.args.open
        if doubt is not None:
            return doubt
        if call.args.keywords or not is_concrete(args):
            return call.unknown(f"os.path.{name} of something else than text")
        try:
            return getattr(posixpath, name)(*args)
        except (TypeError, ValueError) as problem:
            raise Raised(type(problem), str(problem), call.place) from None


for _name in "join basename dirname split splitext isabs normpath commonprefix".split():
    _of_text(_name)
