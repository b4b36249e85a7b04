"""Evaluation: the function for each kind of node, found by its type."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rflint.interp.frames import Frame
from rflint.interp.values import (
    Value,
)

if TYPE_CHECKING:
    pass


Evaluate = Callable[[Any, Frame], Value]
EVAL: dict[type, Evaluate] = {}


def evaluates(*kinds: type) -> Callable[[Evaluate], Evaluate]:
    """Register the function that evaluates these kinds of nodes."""

    def register(function: Evaluate) -> Evaluate:
        EVAL.update(dict.fromkeys(kinds, function))
        return function

    return register


def evaluate(node: Any, frame: Frame) -> Value:
    """The value of an expression."""
    handler = EVAL.get(type(node))
    if handler is None:
        return frame.unknown(f"{type(node).__name__} is not supported", node)
    return handler(node, frame)
