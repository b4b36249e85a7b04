"""`match`: which patterns fit, and the names that they bind."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import libcst as cst

from rflint.interp import attributes, kinds, operators
from rflint.interp.evaluation import evaluate
from rflint.interp.frames import Frame
from rflint.interp.operations import condition
from rflint.interp.statements import Outcome, bind_name, executes, join, run
from rflint.interp.values import ClassValue, Instance, Rest, Unknown, Value

Answer = bool | Unknown


@executes(cst.Match)
def match(node: cst.Match, frame: Frame) -> Outcome:
    """`match`: the first case that fits."""
    return _cases(node, evaluate(node.subject, frame), 0, frame)


def _cases(node: cst.Match, subject: Value, start: int, frame: Frame) -> Outcome:
    for number in range(start, len(node.cases)):
        case = node.cases[number]
        fits = _fits(case.pattern, subject, frame)
        if fits is not False and case.guard is not None:
            guard = condition(case.guard, frame)
            fits = fits if guard is True else guard
        if isinstance(fits, Unknown):
            sides = [partial(run, case.body, frame), partial(_cases, node, subject, number + 1, frame)]
            return join(frame.interp.fork(sides, fits), frame)
        if fits:
            return run(case.body, frame)
    return None


def _fits(pattern: Any, subject: Value, frame: Frame) -> Answer:
    if isinstance(pattern, cst.MatchValue):
        return _known(operators.equal(subject, evaluate(pattern.value, frame), frame, pattern.value))
    if isinstance(pattern, cst.MatchSingleton):
        return _known(operators.compare("is", subject, evaluate(pattern.value, frame), frame, pattern.value))
    if isinstance(pattern, cst.MatchOr):
        return _any_fits(pattern, subject, frame)
    if isinstance(pattern, cst.MatchAs):
        fits = _fits(pattern.pattern, subject, frame) if pattern.pattern is not None else True
        _bind(pattern.name, subject, fits, frame)
        return fits
    if isinstance(pattern, (cst.MatchList, cst.MatchTuple)):
        return _sequence_fits(pattern, subject, frame)
    if isinstance(pattern, cst.MatchMapping):
        return _mapping_fits(pattern, subject, frame)
    if isinstance(pattern, cst.MatchClass):
        return _class_fits(pattern, subject, frame)
    return Unknown("this match pattern is not supported", frame.place(pattern))


def _bind(name: cst.Name | None, value: Value, fits: Answer, frame: Frame) -> None:
    if name is not None and fits is not False:
        bind_name(name.value, value, frame)


def _any_fits(pattern: cst.MatchOr, subject: Value, frame: Frame) -> Answer:
    doubt: Answer = False
    for element in pattern.patterns:
        answer = _fits(element.pattern, subject, frame)
        if answer is True:
            return True
        doubt = doubt or answer
    return doubt


def _all_fit(patterns: Sequence[Any], values: Sequence[Value], frame: Frame) -> Answer:
    """Names of all patterns are bound, even where an earlier one is in doubt."""
    doubt: Answer = True
    for pattern, value in zip(patterns, values, strict=True):
        answer = _fits(pattern, value, frame)
        if answer is False:
            return False
        doubt = doubt if answer is True else answer
    return doubt


def _sequence_fits(pattern: Any, subject: Value, frame: Frame) -> Answer:
    parts = list(pattern.patterns)
    star = next((i for i, part in enumerate(parts) if isinstance(part, cst.MatchStar)), None)
    plain = [part.value for part in parts if not isinstance(part, cst.MatchStar)]
    if isinstance(subject, Instance) and isinstance(subject.native, (list, tuple)):
        subject = subject.native
    doubt = subject if isinstance(subject, Unknown) else None
    if isinstance(subject, (list, tuple)):
        doubt = next((value for value in subject if isinstance(value, Rest)), None)
    if doubt is not None:
        known = Unknown(doubt.reason, doubt.place)
        _all_fit(plain, [known] * len(plain), frame)
        _bind_star(parts, star, known, frame)
        return known
    if not isinstance(subject, (list, tuple)) or len(subject) < len(plain):
        return False
    if star is None:
        return len(subject) == len(plain) and _all_fit(plain, subject, frame)
    tail = len(subject) - (len(plain) - star)
    _bind_star(parts, star, list(subject[star:tail]), frame)
    return _all_fit(plain, [*subject[:star], *subject[tail:]], frame)


def _bind_star(parts: list[Any], star: int | None, value: Value, frame: Frame) -> None:
    if star is not None:
        _bind(parts[star].name, value, True, frame)


def _mapping_fits(pattern: cst.MatchMapping, subject: Value, frame: Frame) -> Answer:
    held = subject.native if isinstance(subject, Instance) else subject
    if not isinstance(held, (dict, Unknown)):
        return False
    patterns = [element.pattern for element in pattern.elements]
    keys = [evaluate(element.key, frame) for element in pattern.elements]
    doubt = held if isinstance(held, Unknown) else next((k for k in held if isinstance(k, Unknown)), None)
    if doubt is not None:
        known = Unknown(doubt.reason, doubt.place)
        _all_fit(patterns, [known] * len(patterns), frame)
        _bind(pattern.rest, known, True, frame)
        return known
    assert isinstance(held, dict)
    if not all(key in held for key in keys):
        return False
    _bind(pattern.rest, {key: value for key, value in held.items() if key not in keys}, True, frame)
    return _all_fit(patterns, [held[key] for key in keys], frame)


def _class_fits(pattern: cst.MatchClass, subject: Value, frame: Frame) -> Answer:
    cls = evaluate(pattern.cls, frame)
    fits = _known(kinds.is_instance(subject, cls, frame, pattern.cls))
    if fits is False:
        return False
    names = [*_positional(cls), *(element.key.value for element in pattern.kwds)]
    patterns = [element.value for element in pattern.patterns] + [element.pattern for element in pattern.kwds]
    if len(pattern.patterns) == 1 and cls in (int, str, float, bool, list, tuple, dict):
        values: list[Value] = [subject]
    elif len(names) < len(patterns) or isinstance(fits, Unknown):
        doubt = fits if isinstance(fits, Unknown) else Unknown("the positions of a class pattern", frame.place(pattern))
        _all_fit(patterns, [doubt] * len(patterns), frame)
        return doubt
    else:
        chosen = [*names[: len(pattern.patterns)], *(element.key.value for element in pattern.kwds)]
        values = [attributes.look_up(subject, name, frame, pattern) for name in chosen]
    if any(value is attributes.ABSENT for value in values):
        return False
    answer = _all_fit(patterns, values, frame)
    return answer if fits is True else fits


def _positional(cls: Value) -> list[str]:
    """The attributes that the positions of a class pattern mean."""
    given = attributes.find_in_class(cls, "__match_args__") if isinstance(cls, ClassValue) else None
    if isinstance(given, (tuple, list)):
        return [name for name in given if isinstance(name, str)]
    return list(getattr(cls, "notes", {}).get("fields", {}))


def _known(value: Value) -> Answer:
    return value if isinstance(value, Unknown) else bool(value)
