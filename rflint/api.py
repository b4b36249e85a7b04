"""The Python API: what `rflint check` and `rflint show` know, as functions.  `import rflint` offers these names."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from rflint import linter
from rflint.comments.reading import TASKS
from rflint.config import Config, Configurations, mistaken
from rflint.diagnostics import Report
from rflint.linter import Options, read_from_disk
from rflint.notebooks.showing import in_cells
from rflint.shapes import Shape, parse_shape
from rflint.spelling import suggestion
from rflint.traced import NetworkTrace
from rflint.tracing.building import TargetError

ShapeLike: TypeAlias = "str | Sequence[int | str]"
"""`(1, 3, 224, 224)`, `("N", 3, "32*h", "32*w")` or `"N,3,224,224"`."""
Inputs: TypeAlias = "ShapeLike | Sequence[ShapeLike] | Mapping[str, ShapeLike]"
"""The shape of the only input, or those of all inputs in order, or by the names of `forward`'s parameters."""
Target: TypeAlias = "str | os.PathLike[str]"
TEXT = "text.py"


def check(
    *targets: Target,
    text: str | None = None,
    select: Iterable[str] | None = None,
    extend_select: Iterable[str] | None = None,
    ignore: Iterable[str] | None = None,
    task: str | None = None,
    input: Inputs | None = None,
    train: bool = False,
    verbose: bool = False,
    noqa: bool = True,
    config: Target | None = None,
    isolated: bool = False,
) -> Report:
    """Lint files, folders and `FILE::CALL` targets, or the source `text` under the name of the only target.

    The configuration is the nearest one of each file, or the file `config`, or none if `isolated`; `select`, `ignore`
    and `task` replace what it says, `extend_select` adds to it.  With `verbose` there are notes among the findings;
    without `noqa`, comments that begin with this word silence nothing.  Raises `ConfigError` for a configuration, and
    ValueError for a rule, a task or a shape, that cannot be used; what cannot be read is in `failures`.
    """
    rules = {"select": select, "extend-select": extend_select, "ignore": ignore}
    settings = {**{name: chosen(which) for name, which in rules.items()}, "task": known_task(task)}
    given = {name: value for name, value in settings.items() if value is not None}
    names, options = asked(targets, text, input, configurations(config, isolated, given))
    report = linter.check(names, replace(options, train=train, verbose=verbose, noqa=noqa))
    return in_cells(report, options.reader)


def trace(
    target: Target,
    *,
    text: str | None = None,
    input: Inputs | None = None,
    train: bool = False,
    config: Target | None = None,
    isolated: bool = False,
) -> NetworkTrace:
    """Trace one network: `FILE::CALL`, or a file that holds only one; its source is `text` if that is given.

    Raises `TargetError` if there is no network, or several and no call that names one; the others as in `check`.
    """
    [name], options = asked([target], text, input, configurations(config, isolated, {}))
    shown = linter.show(name, replace(options, train=train))
    if len(shown.traces) != 1:
        calls = ", ".join(one.call for one in shown.traces)
        several = f"{name} holds {len(shown.traces)} networks: write {name}:: and one of {calls}"
        raise TargetError(several if calls else ". ".join(map(str, shown.failures)) or f"no network found in {name}")
    return NetworkTrace(shown.traces[0], shown)


def asked(
    targets: Sequence[Target], text: str | None, given: Inputs | None, config_of: Callable[[str], Config]
) -> tuple[list[str], Options]:
    """The targets, and the options for the linter.  Raises ValueError."""
    names = [os.fspath(target) for target in targets] or ([TEXT] if text is not None else ["."])
    if text is not None and len(names) > 1:
        raise ValueError("a text has one name, and no targets beside it")
    path = names[0].partition("::")[0]
    read = None if text is None else lambda file: text if file == path else read_from_disk(file)
    return names, Options(config_of(path), shapes(given), read=read, config_of=config_of)


def configurations(config: Target | None, isolated: bool, given: Mapping[str, Any]) -> Callable[[str], Config]:
    """What gives the configuration of a path, with settings that are given here instead."""
    return Configurations(None if config is None else os.fspath(config), isolated, linter.known_rules(), given).of


def chosen(rules: Iterable[str] | None) -> tuple[str, ...] | None:
    """Codes, prefixes, names or ALL.  Raises ValueError for one that there is not, with the nearest that there is."""
    if rules is None:
        return None
    found = (rules,) if isinstance(rules, str) else tuple(rules)
    if wrong := mistaken(found, linter.known_rules()):
        raise ValueError(wrong)
    return found


def known_task(task: str | None) -> str | None:
    """A task.  Raises ValueError for one that there is not, with the nearest that there is."""
    if task is not None and task not in TASKS:
        raise ValueError(f"there is no task {task!r}, only {', '.join(TASKS)}{suggestion(task, TASKS, 0.5)}")
    return task


def shapes(given: Inputs | None) -> tuple[tuple[str, Shape], ...]:
    """Shapes by the name of the parameter, or in order with the name "".  Raises ValueError."""
    if given is None:
        return ()
    if isinstance(given, Mapping):
        return tuple((name, shape(one)) for name, one in given.items())
    if isinstance(given, str) or all(isinstance(size, (int, str)) for size in given):
        return (("", shape(given)),)
    return tuple(("", shape(one)) for one in given)


def shape(given: Any) -> Shape:
    """One shape.  Raises ValueError."""
    return parse_shape(given if isinstance(given, str) else ",".join(map(str, given)))
