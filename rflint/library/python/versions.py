"""packaging.version: versions are compared by their release numbers."""

from __future__ import annotations

import re
from typing import Any

from rflint.interp.frames import Call
from rflint.interp.values import Instance, Raised, Unknown, Value
from rflint.library.registry import LIBRARY, function, member, native_class

VERSION = native_class("packaging.version.Version")
LIBRARY.define("packaging.version.InvalidVersion", ValueError)
WRITTEN = re.compile(r"\s*v?(\d{1,9}(?:\.\d{1,9}){0,9})([^\s]{0,50})\s*", re.ASCII)
SIGNS = {"__lt__": (-1,), "__le__": (-1, 0), "__gt__": (1,), "__ge__": (0, 1), "__eq__": (0,), "__ne__": (-1, 1)}


@function("packaging.version.parse", signature="version")
def parse(call: Call, version: Value) -> Value:
    """`parse(text)`."""
    if isinstance(version, Unknown):
        return version
    found = WRITTEN.fullmatch(version) if isinstance(version, str) and len(version) < 200 else None
    if found is None:
        raise Raised(ValueError, f"Invalid version: {version!r}", call.place)
    release = tuple(int(part) for part in found[1].split("."))
    held: dict[str, Value] = {"release": release, "base_version": found[1], "_suffix": found[2], "_text": version}
    held.update(zip(("major", "minor", "micro"), (*release, 0, 0), strict=False))
    return Instance(VERSION, held, call.place)


VERSION.new = lambda call, cls: call.interp.call_with(
    LIBRARY.find("packaging.version.parse"), call.args, call.frame, call.node
)


def order(a: Instance, b: Instance) -> int | None:
    """Is one version before (-1), like (0) or after (1) another; None if what stands behind the numbers decides."""
    first, second = (_trimmed(one.attrs["release"]) for one in (a, b))
    if first != second:
        return -1 if first < second else 1
    return 0 if a.attrs["_suffix"] == b.attrs["_suffix"] else None


def _trimmed(release: tuple[Any, ...]) -> tuple[Any, ...]:
    while release and release[-1] == 0:
        release = release[:-1]
    return release


def _compare(name: str) -> None:
    @member(VERSION, name, signature="other")
    def run(call: Call, self: Instance, other: Value) -> Value:
        if not (isinstance(other, Instance) and other.cls is VERSION):
            return other if isinstance(other, Unknown) else call.unknown("a version compared with something else")
        found = order(self, other)
        return call.unknown("which of two versions comes first") if found is None else found in SIGNS[name]


for _name in SIGNS:
    _compare(_name)
