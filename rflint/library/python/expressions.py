"""re: regular expressions on texts that are known; only those that certainly take few steps."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable
from typing import Any

from rflint.interp.calls import bind_native
from rflint.interp.frames import Call
from rflint.interp.values import Instance, Iteration, NativeFunction, Raised, Value, find_unknown
from rflint.library.registry import LIBRARY, native_class, parse_signature

_parser: Any = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")

STEPS = 1_000_000
"""The most steps that a match may take."""
PATTERN = native_class("re.Pattern")
MATCH = native_class("re.Match")
for _name in "A ASCII I IGNORECASE M MULTILINE S DOTALL U UNICODE X VERBOSE".split():
    LIBRARY.define(f"re.{_name}", int(getattr(re, _name)))
Step = Callable[["re.Pattern[str]", dict[str, Value]], Any]


def steps(pattern: str, flags: int, length: int) -> float:
    """A bound on the steps that matching takes on a text of so many characters: each repetition may begin and end
    anywhere.  Raises re.error."""
    powers = min(1 + _repetitions(_parser.parse(pattern, flags)), 100.0)
    found: float = float(min(max(length, 2), 1_000)) ** powers
    return found + len(pattern) if length <= 1_000 else float("inf")


def _repetitions(parsed: Any) -> float:
    """How many repetitions follow each other; infinite if one of several ways is repeated."""
    count = 0.0
    for kind, value in parsed:
        name = str(kind)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            count += 1 + (_repetitions(value[2]) if value[1] == 1 else 1e9 * _choices(value[2]))
        elif name == "SUBPATTERN":
            count += _repetitions(value[3])
        elif name == "BRANCH":
            count += sum(1 + _repetitions(way) for way in value[1])
        elif name not in ("LITERAL", "NOT_LITERAL", "IN", "ANY", "AT", "RANGE"):
            return float("inf")
    return count


def _choices(parsed: Any) -> float:
    """Zero if what is repeated can be matched in one way only."""
    plain = ("LITERAL", "NOT_LITERAL", "IN", "ANY", "AT", "RANGE")
    return sum(_choices(v[3]) if str(k) == "SUBPATTERN" else str(k) not in plain for k, v in parsed)


def _on_text(name: str, signature: str, run: Step) -> None:
    """Describe `re.name(pattern, …)` and `pattern.name(…)`."""
    signatures = {
        "re": parse_signature(f"pattern, {signature}, flags=0"),
        "Pattern": parse_signature(f"self, {signature}"),
    }

    def called(call: Call, bound: dict[str, Value]) -> Value:
        compiled = bound.pop("self", None) or bound.pop("pattern")
        flags = bound.pop("flags", 0)
        if isinstance(compiled, Instance):
            compiled, flags = compiled.attrs["pattern"], compiled.attrs["flags"]
        doubt = find_unknown([compiled, flags, *bound.values()])
        if doubt is not None:
            return doubt
        return _guarded(call, compiled, flags, bound, run)

    def of_module(call: Call) -> Value:
        return called(call, bind_native(name, signatures["re"], call.args, call.frame, call.node))

    def of_pattern(call: Call) -> Value:
        return called(call, bind_native(name, signatures["Pattern"], call.args, call.frame, call.node))

    LIBRARY.define(f"re.{name}", NativeFunction(f"re.{name}", of_module))
    PATTERN.members[name] = NativeFunction(f"Pattern.{name}", of_pattern)


def _guarded(call: Call, pattern: Value, flags: Value, bound: dict[str, Value], run: Step) -> Value:
    texts = [pattern, *(value for key, value in bound.items() if key in ("string", "repl"))]
    if not all(isinstance(text, str) for text in texts) or not isinstance(flags, int):
        return call.unknown("a regular expression of this form is not supported")
    try:
        if steps(pattern, flags, len(bound["string"])) > STEPS:
            return call.unknown("a regular expression that may take many steps")
        return _value(call, run(re.compile(pattern, flags), bound))
    except (re.error, TypeError, ValueError) as problem:
        raise Raised(type(problem), str(problem), call.place) from None


def _value(call: Call, found: Any) -> Value:
    if isinstance(found, re.Match):
        held = {"_groups": (found[0], *found.groups()), "_names": dict(found.re.groupindex), "_spans": found.regs}
        return Instance(MATCH, {**held, "string": found.string, "re": None}, call.place)
    if isinstance(found, list):
        return [_value(call, one) for one in found]
    return Iteration([_value(call, one) for one in found]) if hasattr(found, "__next__") else found


_on_text("match", "string", lambda one, given: one.match(given["string"]))
_on_text("fullmatch", "string", lambda one, given: one.fullmatch(given["string"]))
_on_text("search", "string", lambda one, given: one.search(given["string"]))
_on_text("findall", "string", lambda one, given: one.findall(given["string"]))
_on_text("finditer", "string", lambda one, given: one.finditer(given["string"]))
_on_text("split", "string, maxsplit=0", lambda one, given: one.split(given["string"], given["maxsplit"]))
_on_text("sub", "repl, string, count=0", lambda one, given: one.sub(given["repl"], given["string"], given["count"]))


def _compile(call: Call) -> Value:
    bound = bind_native("compile", parse_signature("pattern, flags=0"), call.args, call.frame, call.node)
    doubt = find_unknown(list(bound.values()))
    return doubt or Instance(PATTERN, bound, call.place)


def _escape(call: Call) -> Value:
    text = call.args.positional[0] if call.args.positional else None
    return re.escape(text) if isinstance(text, str) else find_unknown(text) or call.unknown("re.escape of no text")


LIBRARY.define("re.compile", NativeFunction("re.compile", _compile))
LIBRARY.define("re.escape", NativeFunction("re.escape", _escape))


# -- matches ---------------------------------------------------------------------------------------------------


def _at(call: Call, match: Instance, key: Value) -> Value:
    """The number of a group, given by number or name.  Raises `Raised` (IndexError)."""
    number = match.attrs["_names"].get(key, key) if isinstance(key, (str, int)) else None
    if not isinstance(number, int) or not 0 <= number < len(match.attrs["_groups"]):
        raise Raised(IndexError, "no such group", call.place)
    return number


def _group(call: Call) -> Value:
    match, *keys = call.args.positional
    doubt = find_unknown(keys)
    if doubt is not None:
        return doubt
    found = tuple(match.attrs["_groups"][_at(call, match, key)] for key in keys or [0])
    return found if len(found) > 1 else found[0]


def _groups(call: Call) -> Value:
    return tuple(call.args.positional[0].attrs["_groups"][1:])


def _groupdict(call: Call) -> Value:
    held = call.args.positional[0].attrs
    return {name: held["_groups"][number] for name, number in held["_names"].items()}


def _span(call: Call) -> Value:
    match, key, *_ = [*call.args.positional, 0]
    span = match.attrs["_spans"][_at(call, match, key)]
    return {"span": span, "start": span[0], "end": span[1]}[call.name.rsplit(".", 1)[-1]]


for _name, _run in {"group": _group, "__getitem__": _group, "groups": _groups, "groupdict": _groupdict}.items():
    MATCH.members[_name] = NativeFunction(f"Match.{_name}", _run)
for _name in ("span", "start", "end"):
    MATCH.members[_name] = NativeFunction(f"Match.{_name}", _span)
