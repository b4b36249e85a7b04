"""What `show --sizes` and `--size-of` print: for which input sizes a network runs, and what becomes of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rflint.admissible.answers import PAIRS, Answer, Row, answers, pairs, refusals, tabulated
from rflint.admissible.asking import Admissible
from rflint.admissible.integers import Integers, written
from rflint.formats.columns import fitted, lines
from rflint.formats.terminal import one_line
from rflint.trace import show_shape

LABEL = 14
LEGEND = (
    "even: each window ends with its padded input; taps: those of each convolution; "
    "widen: the units of each layer see more than those of its input"
)
NO_AXIS = "its inputs have no spatial axis, or are not known: declare them with --input"


def sizes_lines(found: Admissible | None, wanted: Sequence[int] | None) -> list[str]:
    """The sets of a network, or the table of the sizes of `--size-of`."""
    return list(map(one_line, _body(found, wanted)))


def _body(found: Admissible | None, wanted: Sequence[int] | None) -> Iterator[str]:
    if found is None:
        yield NO_AXIS
    elif wanted is None:
        for label, text in _lines(found):
            yield f"{label:{LABEL}} {text}"
        yield LEGEND
    else:
        yield from _table(found, wanted)


def _lines(found: Admissible) -> Iterator[tuple[str, str]]:
    groups = _alike(answers(found))
    yield from _labelled("runs for", _running(found, groups))
    if found.alone is None:
        yield "", f"(asked for {' = '.join(found.axes)} alone: the axes by themselves need too much work)"
    yield from _labelled("not known", (_not_known(*group) for group in groups if group[0].unknown))
    mixing = found.together.mixing(found.together.axes[0])
    if mixing.least is not None:
        yield "mixes samples", f"{_named(mixing, found.axes)}: it runs, but a view makes other rows than samples"
    if all(group[0].sizes.least is not None for group in groups):
        yield from _labelled("even", (_marked(*group, group[0].even) for group in groups if group[0].even))
        yield from _labelled("no row dropped", (_marked(*group, group[0].whole) for group in groups if group[0].whole))
        yield from _labelled("taps meet data", (_live(*group) for group in groups if group[0].useful))
        yield from _labelled("layers widen", (_widening(*group) for group in groups if group[0].useful))
    yield from _labelled("raises", _raising(found))


def runs_for(found: Admissible) -> str:
    """The sizes for which a network runs, in one line; also those of which it is not known."""
    groups = _alike(answers(found))
    unknown = (f"not known for {text}" for group in groups if (text := _not_known(*group)))
    return one_line("; ".join([*_running(found, groups), *unknown]))


def _labelled(label: str, texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    for text in texts:
        if text:
            yield label, text
            label = ""


def _alike(known: Sequence[Answer]) -> list[tuple[Answer, str]]:
    """The answers that differ, each with the words for further axes of which the same is true."""
    groups: dict[object, list[Answer]] = {}
    for answer in known:
        key = (answer.sizes, answer.unknown, answer.even, answer.whole, answer.useful)
        groups.setdefault(key, []).append(answer)
    return [(first, "".join(f", {other.axis} likewise" for other in others)) for first, *others in groups.values()]


def _running(found: Admissible, groups: Sequence[tuple[Answer, str]]) -> Iterator[str]:
    combinations = pairs(found)
    for combination in combinations[:PAIRS]:
        yield " and ".join(written(sizes, axis) for axis, sizes in combination.items())
    if len(combinations) > PAIRS:
        yield f"{len(combinations) - PAIRS} further combinations of {' and '.join(found.axes)}"
    if not combinations or len(combinations) > PAIRS:
        yield from (_named(answer.sizes, answer.axes) + likewise for answer, likewise in groups)


def _not_known(answer: Answer, likewise: str) -> str:
    return f"{_named(answer.unknown, answer.axes)}{likewise}: {answer.reason}" if answer.unknown else ""


def _marked(answer: Answer, likewise: str, sizes: Integers | None) -> str:
    if sizes is None:
        return ""
    return "all of these" + likewise if sizes == answer.sizes else _named(sizes, answer.axes) + likewise


def _live(answer: Answer, likewise: str) -> str:
    return _marked(answer, likewise, answer.useful.live) if answer.useful else ""


def _widening(answer: Answer, likewise: str) -> str:
    useful, name = answer.useful, " = ".join(answer.axes)
    if useful is None or not useful.border:
        return ""
    seen = f"; units see all of it up to {useful.seen}" if useful.seen is not None else ""
    return f"{name} ≥ {useful.widening}{likewise} ({useful.border} is given {useful.widening - 1}){seen}"


def _raising(found: Admissible) -> Iterator[str]:
    for sizes, least, reason in refusals(found):
        yield f"{_named(sizes, found.axes)}: {f'at {least} ' if not sizes.is_single else ''}{reason}"


def _named(sizes: Integers, axes: Sequence[str]) -> str:
    """The set for axes of one size: `H = W = 32…35`, `H = W ≡ 0 (mod 16)`."""
    name = " = ".join(axes)
    if len(axes) > 1 and sizes.residues and sizes.period > 1:
        return written(sizes, axes[0]) + f", {name}"
    return written(sizes, name)


def _table(found: Admissible, wanted: Sequence[int]) -> Iterator[str]:
    head = (" = ".join(found.axes), "output", "rows dropped", "ends early at")
    rows = [head, *map(_cells, tabulated(found, list(wanted)))]
    widths = fitted(rows, None, ())
    for row in rows:
        yield from lines(row, widths, (0,))


def _cells(row: Row) -> tuple[str, ...]:
    if not row.runs:
        return str(row.size), f"{'raises' if row.runs is False else 'not known'}: {row.reason}", "", ""
    if row.cost is None:
        return str(row.size), _shapes(row.output), "?", "?"
    dropped = ", ".join(f"{path} {count}" for path, count in row.cost.dropped)
    spent = f"{row.cost.rows} ({dropped})" if dropped else "0"
    return str(row.size), _shapes(row.output), spent, ", ".join(row.cost.uneven)


def _shapes(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shapes(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return "[" + ", ".join(map(_shapes, value)) + "]"
    return show_shape(value)
