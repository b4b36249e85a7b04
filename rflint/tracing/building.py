"""A root's call is evaluated in the scope of its file's module, and gives the network."""

from __future__ import annotations

from typing import Any

import libcst as cst

from rflint.interp import attributes
from rflint.interp.frames import Args, Frame
from rflint.interp.interpreter import Interpreter
from rflint.interp.scopes import Scope
from rflint.interp.values import BoundMethod, ClassValue, Function, Instance, SourceModule, Unknown, Value
from rflint.library.torch.containers import leave_open
from rflint.source import Source, SyntaxProblem
from rflint.trace import Place
from rflint.tracing.session import Root, Session

CALLS = "<call>"
"""The file name of calls that are not written in a file: targets, and roots that rflint chose."""


class TargetError(Exception):
    """A call that was asked for and means no network: a sentence."""


def build(session: Session, interp: Interpreter, root: Root) -> tuple[Value, Place | None]:
    """The value of a root's call, and where what it calls is defined.

    What the call changes of the modules that all roots share is put away with the interpreter (`State.leave`)."""
    try:
        return _built(session, interp, root)
    finally:
        interp.state.leave()


def _built(session: Session, interp: Interpreter, root: Root) -> tuple[Value, Place | None]:
    module = session.loader.load_file(root.file, interp)
    if isinstance(module, Unknown):
        return module, module.place
    frame, node = call_frame(session, interp, module, root)
    function = interp.evaluate(node.func, frame) if root.open else None
    if function is not None:
        doubt = Unknown(not_given(root), frame.place(node))
        return interp.call_with(function, Args([], {}, doubt), frame, node), definition(function)
    made = interp.evaluate(node, frame)
    called = interp.evaluate(node.func, frame) if hasattr(node, "func") else made
    if isinstance(made, Instance) and hasattr(node, "func"):
        leave_open(made, Unknown(f"what is put into {root.call} is not known", definition(made)))
    return made, definition(called) or definition(made)


def call_of(text: str, module: Value, interp: Interpreter) -> str:
    """A target as it is evaluated: a call, the name of a network that the module holds, or a name that is called."""
    held = module.scope.names.get(text) if isinstance(module, SourceModule) else None
    return text if "(" in text or interp.is_network(held) else f"{text}()"


def not_given(root: Root) -> str:
    how = "name a call such as Net(10) in [[tool.rflint.network]] of the configuration"
    return f"the arguments of {root.call} are not given: {how}"


def call_frame(session: Session, interp: Interpreter, module: SourceModule, root: Root) -> tuple[Frame, Any]:
    """A frame in a module's scope for a call that is not written in its file, and the call's node.

    Raises `TargetError` if the call does not parse, or what it calls is not in the file.
    """
    file = f"{CALLS}{len(session.sources)}"
    source = session.sources[file] = Source(file, root.call + "\n")
    outer = SourceModule(module.name, file, module.scope, source, module.package, "done", False, module.stars)
    frame = Frame(interp, Scope(outer=module.scope), outer)
    node = _expression(source, root)
    name = _first_name(node)
    if name is not None and module.scope.find(name) is None:
        found = session.loader.star(outer, name, frame, node) if module.stars else attributes.ABSENT
        if found is attributes.ABSENT or isinstance(found, Unknown):
            raise TargetError(f"{root.file} defines no {name}")
    return frame, node


def _expression(source: Source, root: Root) -> Any:
    """The node of a root's call.  Raises `TargetError` if it is not one expression."""
    try:
        node: Any = source.module.body[0]
        while not isinstance(node, cst.BaseExpression):
            node = node.value if isinstance(node, cst.Expr) else node.body[0]
        return node
    except (SyntaxProblem, AttributeError, IndexError):
        raise TargetError(f"{root.call!r} in {root.target} is no call such as Net(10)") from None


def _first_name(node: Any) -> str | None:
    """`a` of `a.b(c).d`."""
    while isinstance(node, (cst.Call, cst.Attribute)):
        node = node.func if isinstance(node, cst.Call) else node.value
    return node.value if isinstance(node, cst.Name) else None


def definition(value: Value) -> Place | None:
    """Where a function or class is defined."""
    if isinstance(value, BoundMethod):
        value = value.function
    if isinstance(value, Instance):
        value = value.cls
    if isinstance(value, ClassValue):
        return value.place
    if isinstance(value, Function):
        wrapped = value.attrs.get("__wrapped__")
        if wrapped is not None:
            return definition(wrapped)
        name = getattr(value.node, "name", value.node)
        return Place(value.module.file, value.module.source.mark(name))
    return None
