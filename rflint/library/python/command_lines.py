"""argparse: what a program gets when it is called without options, the defaults that the source states."""

from __future__ import annotations

from rflint.interp import attributes
from rflint.interp.frames import Call
from rflint.interp.values import Instance, NativeFunction, Unknown, Value
from rflint.library.registry import LIBRARY, member, native_class

CHOSEN = {"store_true": False, "store_false": True, "store_const": None, "append": None, "append_const": None}
"""What an option holds that is not given, where its action says so."""
SHOWING = ("help", "version")
"""Actions that end the program and store nothing."""
FOUND = "_defaults"
"""The attribute of a parser with what it gives: values by name."""


def _make(call: Call, cls: Value) -> Value:
    made = Instance(cls, {FOUND: {}}, call.place)
    own = attributes.find_in_class(cls, "__init__")
    if own is not attributes.ABSENT:
        call.interp.call_with(own, call.args.after(made), call.frame, call.node)
    return made


NAMESPACE = native_class(
    "argparse.Namespace", new=lambda call, cls: Instance(cls, dict(call.args.keywords), call.place)
)
PARSER = native_class("argparse.ArgumentParser", new=_make)
for _name in "HelpFormatter ArgumentDefaultsHelpFormatter RawTextHelpFormatter RawDescriptionHelpFormatter".split():
    native_class(f"argparse.{_name}")
for _name in ("BooleanOptionalAction", "Action", "ArgumentTypeError", "ArgumentError"):
    native_class(f"argparse.{_name}")
LIBRARY.define("argparse.SUPPRESS", "==SUPPRESS==")
LIBRARY.define("argparse.REMAINDER", "...")
PARSER.members["__init__"] = NativeFunction("ArgumentParser.__init__", lambda call: None)


@member(PARSER, "add_argument_group", "add_mutually_exclusive_group")
def group(call: Call) -> Value:
    """A part of the parser: what is added to it is added to the parser."""
    return call.args.positional[0]


@member(PARSER, "add_subparsers", "parse_intermixed_args")
def not_followed(call: Call) -> Value:
    """Commands inside of a program."""
    return call.unknown("the commands of a command line are not followed")


@member(PARSER, "set_defaults")
def set_defaults(call: Call) -> Value:
    """Values that are no options, or other defaults."""
    found = _defaults(call)
    found.update(call.args.keywords)
    return None


@member(PARSER, "add_argument")
def add_argument(call: Call) -> Value:
    """One option, or one argument by position."""
    options = call.args.keywords
    name = _name_of(call.args.positional[1:], options.get("dest"))
    if name and options.get("action") not in SHOWING:
        _defaults(call)[name] = _default(call, name)
    return call.unknown("an action of a command line")


@member(PARSER, "parse_args", signature="args=None, namespace=None")
def parse_args(call: Call, self: Value, args: Value, namespace: Value) -> Value:
    """The values of all options, if none is given."""
    found = self.attrs.get(FOUND)
    given = isinstance(args, (list, tuple)) and len(args) > 0
    if not isinstance(found, dict) or given or not (namespace is None or isinstance(namespace, Instance)):
        return call.unknown("the arguments of a command line are not followed")
    made = namespace or Instance(NAMESPACE, {}, call.place)
    call.interp.state.touch(made)
    made.attrs.update(found)
    return made


@member(PARSER, "parse_known_args", signature="args=None, namespace=None")
def parse_known_args(call: Call, self: Value, args: Value, namespace: Value) -> Value:
    """The same, and what is no option."""
    return parse_args(call, self, args, namespace), []


def _defaults(call: Call) -> dict[str, Value]:
    """What the parser has so far."""
    parser = call.args.positional[0]
    call.interp.state.touch(parser)
    found: dict[str, Value] = dict(parser.attrs.get(FOUND) or {})
    parser.attrs[FOUND] = found
    return found


def _name_of(flags: list[Value], dest: Value) -> str:
    """The attribute of an option: `dest`, else the first long flag, else the first one; "" if that is not known."""
    if isinstance(dest, str):
        return dest
    texts = [flag for flag in flags if isinstance(flag, str)]
    first = next((flag for flag in texts if flag.startswith("--")), texts[0] if texts else "")
    return first.lstrip("-").replace("-", "_")


def _default(call: Call, name: str) -> Value:
    """What an option holds that is not given."""
    options, flags = call.args.keywords, call.args.positional[1:]
    by_position = any(isinstance(flag, str) and not flag.startswith("-") for flag in flags)
    action = options.get("action", "store")
    if "default" in options and not (options.get("required") is True or (by_position and "nargs" not in options)):
        return _converted(call, options["default"], options.get("type"))
    if isinstance(action, str) and action in CHOSEN and not by_position:
        return CHOSEN[action]
    return call.unknown(f"{name} is given on the command line, and has no default")


def _converted(call: Call, default: Value, kind: Value) -> Value:
    """A default that is a text goes through the option's type, as one that is given does."""
    if not isinstance(default, str) or kind is None:
        return default
    return kind if isinstance(kind, Unknown) else call.interp.call(kind, [default], call.frame, call.node)
