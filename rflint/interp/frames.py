"""Where code runs: a frame for a module, class body or function call, and the call that the library is handed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import libcst as cst

from rflint.interp.values import ClassValue, Function, SourceModule, Unknown, Value
from rflint.trace import Place

if TYPE_CHECKING:
    from rflint.interp.interpreter import Interpreter
    from rflint.interp.scopes import Scope


class Written(NamedTuple):
    """Where an argument is written: a node in a frame, and what it was evaluated to."""

    frame: Frame
    node: Any
    value: Value

    @property
    def place(self) -> Place:
        """The place of the node."""
        return self.frame.place(self.node)

    def is_literal(self, frame: Frame) -> bool:
        """Whether it is a plain number, and written in this frame: not handed on by a parameter."""
        return self.frame is frame and isinstance(self.node, cst.BaseNumber)


Writing = dict[int | str, Written]
"""Where the arguments of a call are written, by position or keyword."""


@dataclass(slots=True, eq=False)
class Frame:
    """One activation: of a module's body, a class body, or a function."""

    interp: Interpreter
    scope: Scope
    module: SourceModule
    function: Function | None = None
    receiver: Value = None
    """The first argument, for `super()` without arguments."""
    yields: list[Value] | None = None
    annotations: dict[str, Value] | None = None
    cls: ClassValue | None = None
    """The class whose body this is."""
    on_yield: Callable[[Value], Value] | None = None
    """What runs where a context manager's function yields."""
    given: dict[str, Writing] = field(default_factory=dict)
    """Of each parameter, where what it was given is written: one argument, or those of a `*` or `**` parameter."""

    @property
    def owner(self) -> ClassValue | None:
        """The class that the code stands in."""
        return self.cls if self.cls is not None else self.function.owner if self.function is not None else None

    def place(self, node: Any) -> Place:
        """The place of a node of this frame's file."""
        return Place(self.module.file, self.module.source.mark(node))

    def unknown(self, reason: str, node: Any) -> Unknown:
        """An unknown that arises at a node."""
        return Unknown(reason, self.place(node))


@dataclass(slots=True, eq=False)
class Args:
    """Evaluated arguments.  `open` tells why there may be more of them than are listed (`f(**unknown)`)."""

    positional: list[Value]
    keywords: dict[str, Value] = field(default_factory=dict)
    open: Unknown | None = None
    written: Writing = field(default_factory=dict)
    """Where arguments are written: here, or by a caller from whom a parameter only hands them on."""

    def after(self, first: Value) -> Args:
        """The same arguments behind another first one."""
        written = {key + 1 if isinstance(key, int) else key: one for key, one in self.written.items()}
        return Args([first, *self.positional], self.keywords, self.open, written)

    def without_first(self) -> Args:
        """The same arguments but for the first one."""
        written = {key - 1 if isinstance(key, int) else key: one for key, one in self.written.items() if key != 0}
        return Args(self.positional[1:], self.keywords, self.open, written)


@dataclass(slots=True, eq=False)
class Call:
    """One call of a library function: who calls, where, with which arguments."""

    interp: Interpreter
    frame: Frame
    node: Any
    args: Args
    name: str = ""

    @property
    def place(self) -> Place:
        """The place of the call."""
        return self.frame.place(self.node)

    def unknown(self, reason: str) -> Unknown:
        """An unknown that arises at this call."""
        return Unknown(reason, self.place)
