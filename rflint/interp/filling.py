"""Which names stand for a container that others fill: its own, and those of functions, classes and objects over it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rflint.interp.values import ClassValue, Instance, SourceModule, Value

BLOCKS = re.compile(r"^(?=[^\s#)\]}])", re.MULTILINE)
"""Where a statement at the top of a text begins."""
ASIDE = re.compile(
    r'''("""|\'\'\')[\s\S]*?\1|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\#[^\n]*''',
)
"""Strings and comments: what stands in them is not done."""
HEAD = re.compile(r"(?:async\s+def|def|class)\s+(\w+)")
BOUND = re.compile(r"(\w+)(?:\s*,\s*\w+)*\s*(?::[^=\n]+)?=(?!=)")
READING = r"len|sorted|list|tuple|set|dict|str|repr|iter|any|all|bool|print"


def holders(container: Value, module: SourceModule) -> tuple[list[str], bool]:
    """The names of a module under which it holds a container, and whether they are names of the container itself."""
    held = module.scope.names.items()
    plain = [name for name, value in held if value is container]
    around = [name for name, value in held if any(inner is container for inner in inside(value, module))]
    return list(dict.fromkeys([*plain, *around])), bool(plain) and set(around) <= set(plain)


def inside(value: Value, module: SourceModule) -> list[Value]:
    """What a name of a module holds: the thing, and what the object or class has in it."""
    if isinstance(value, Instance):
        return [*value.attrs.values(), value.native]
    if isinstance(value, ClassValue) and value.module is module:
        return list(value.namespace.values())
    return [value]


def fillers(names: Iterable[str], plain: bool, texts: Iterable[str]) -> frozenset[str]:
    """The names by which texts may fill a container: its own, and those of whatever mentions one of them at the top
    of a text, or inside of a function or class there, and does more with the container (if `plain`) than read."""
    own, found, waiting = frozenset(names), set(names), list(names)
    code = dict.fromkeys(texts, "")
    for name in waiting:
        for text in code:
            if name in text:
                code[text] = code[text] or ASIDE.sub("''", text)
                new = {over for over in _over(name, code[text], plain and name in own) if over != "__all__"} - found
                found |= new
                waiting.extend(new)
    return frozenset(found)


def mentions(names: Iterable[str], text: str) -> bool:
    """Is one of these names a word of a text?"""
    return any(name in text and re.search(rf"\b{re.escape(name)}\b", text) for name in names)


def _over(name: str, text: str, plain: bool) -> Iterator[str]:
    """The names that a text binds with the help of a name."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    for block in BLOCKS.split(text):
        if not word.search(block):
            continue
        head = HEAD.match(block)
        if head is not None:
            if word.search(_without_readings(name, block) if plain else block):
                yield head[1]
        elif block.startswith(("from ", "import ")):
            yield from re.findall(rf"\b{re.escape(name)}\s+as\s+(\w+)", block)
        elif (bound := BOUND.match(block)) is not None and word.search(block, bound.end()):
            yield from re.findall(r"[A-Za-z_]\w*", re.split("[:=]", block)[0])
        elif block.startswith(("if ", "try:", "else:", "except", "with ", "for ", "elif ")):
            yield from re.findall(r"^\s+(?:def|class)?\s*(\w+)(?=\s*(?:=[^=]|[(:]))", block, re.MULTILINE)


def _without_readings(name: str, text: str) -> str:
    own = rf"(?<![\w.]){re.escape(name)}"
    readings = (
        rf"\bin {own}(?![\w.\[])",
        rf"{own}\.(?:get|keys|values|items|copy|index|count)\(",
        rf"{own}\[[^\[\]]*\](?! *(?:=[^=]|[-+|*/&]=|[.\[:,]))",
        rf"\b(?:{READING})\({own}\)",
    )
    return re.sub("|".join(readings), "", text)
