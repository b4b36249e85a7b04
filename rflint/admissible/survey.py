"""For which input sizes does a network run?  The exact sets, one for each axis, by traces of whole regions of sizes.

A trace on symbolic sizes asks questions that hang on them: does the window still fit, are these two sizes equal, does
that one divide the other?  Where proofs decide all of them, the trace says what happens on every size of the region;
otherwise the first question that is open divides the region, into finitely many parts because the answers are periodic
from some point on (`progressions.py`).  So neither a claim nor its limits rest on samples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rflint.admissible.conditions import mixes, refusal
from rflint.admissible.integers import Integers, union
from rflint.admissible.progressions import Progression
from rflint.admissible.regions import Region, divide, is_product
from rflint.algebra.questions import Question, listening
from rflint.checks import all_rules
from rflint.dims import Size, is_unknown
from rflint.trace import Note, Shape, Trace, Use

WORK = 10_000
"""Uses in all traces of one survey, and `RUN` more for each trace."""
RUN = 10
ROUNDS = 40
"""Traces of one region with more and more facts."""
SAMPLE = 6720
"""A size beyond most limits, and a multiple of small numbers."""
EVERY = Progression(1)


@dataclass(frozen=True, slots=True)
class Part:
    """A region of input sizes, and what happens on all of it: the network runs (True), raises (False), or None: it is
    not known, and `reason` says why.  `use` is the call that raises.  `mixes`: it runs, but a view mixes samples."""

    region: Region
    trace: Trace | None
    runs: bool | None
    reason: str = ""
    use: Use | None = None
    mixes: bool = False


@dataclass(frozen=True, slots=True)
class Survey:
    """The parts into which the sizes of some axes fall.  `axes` of one name have one size; others are free."""

    parts: tuple[Part, ...]
    axes: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether it is known of every size what happens."""
        return all(part.runs is not None for part in self.parts)

    @property
    def running(self) -> list[Part]:
        """The parts on which the network runs, and no view mixes samples."""
        return [part for part in self.parts if part.runs and not part.mixes]

    def sizes(self, axis: str, runs: bool | None = True) -> Integers:
        """The sizes of one axis on which, with some sizes of the others, this happens; none that mix samples."""
        return union(part.region[axis] for part in self.parts if part.runs is runs and not part.mixes)

    def mixing(self, axis: str) -> Integers:
        """The sizes of one axis on which the network runs, but a view mixes samples."""
        return union(part.region[axis] for part in self.parts if part.mixes)

    def at(self, sizes: Mapping[str, int]) -> Part | None:
        """The part in which these sizes lie."""
        inside = (part for part in self.parts if all(sizes[axis] in part.region[axis] for axis in self.axes))
        return next(inside, None)

    @property
    def is_free(self) -> bool:
        """Whether each axis may have any of its sizes, whichever the other ones have."""
        if len(self.axes) < 2:
            return True
        chosen = {axis: self.sizes(axis) for axis in self.axes}
        others = [part.region for part in self.parts if not part.runs or part.mixes]
        return is_product(others, lambda axis, size: size in chosen[axis])


@dataclass(slots=True)
class _Work:
    """The traces of one network, and how much of the budget is left."""

    run: Callable[[Mapping[str, Size]], Trace]
    training: bool
    good: int | None = None
    """A size of all axes on which the network runs, if one is known."""
    left: int = WORK
    done: list[Part] = field(default_factory=list)

    def explore(self, region: Region) -> list[Region]:
        """Trace a region: it is a part, or else the regions into which it is divided are given.

        First as if it were one of its sizes everywhere: the trace holds if what was supposed is a fact on all of it.
        """
        facts: dict[Question, bool] = {}
        heard, part = self._tried(region, facts, sample=_sample(region))
        parts = self._divided(region, part, heard, facts, supposed=True)
        if parts is not None:
            return parts
        if facts.keys() >= set(heard):
            self.done.append(part)
            return []
        for _ in range(ROUNDS):
            heard, part = self._tried(region, facts)
            parts = self._divided(region, part, heard, facts)
            if parts is not None:
                return parts
            if facts.keys().isdisjoint(heard) or self.left < 0:
                break
        self.done.append(part)
        return []

    def _tried(
        self,
        region: Region,
        facts: dict[Question, bool],
        others: int | None = None,
        sample: Mapping[str, int] | None = None,
    ) -> tuple[list[Question], Part]:
        """The questions that are open after a trace of a region, and what it tells.  `others`: a size that axes which
        may still have any size have for once; `sample`: the places in the progressions that answer for the others."""
        sizes = {axis: others if one == EVERY and others else one.size(axis) for axis, one in region.items()}
        with listening(facts, sample) as heard:
            traced = self.run(sizes)
            refused = next(_refused(traced, self.training), None)
            mixing = any(mixes(use) for use in traced.uses)
        self.left -= len(traced.uses) + RUN
        part = _judged(region, traced, refused, bool(heard.open) and not sample)
        return list(heard.open), replace(part, mixes=mixing) if part.runs else part

    def _divided(
        self, region: Region, part: Part, questions: list[Question], facts: dict[Question, bool], supposed: bool = False
    ) -> list[Region] | None:
        """The regions into which open questions divide a region, those of axes that are divided already first; none if
        it ends without the others; None if nothing divides it, or new facts may leave less to divide it: not where
        the questions have been answered as `supposed`."""
        begun = {axis for axis, sizes in region.items() if sizes != EVERY}
        if begun:
            known = len(facts)
            here = [question for question in questions if begun & {leaf.name for leaf in question.polynomial.leaves}]
            parts = divide(region, here, facts)
            if parts or (len(facts) > known and not supposed):
                return parts or None
            if len(begun) < len(region) and not part.runs and self._ends_whatever(region):
                return []
        return divide(region, questions, facts) or None

    def _ends_whatever(self, region: Region) -> bool:
        """Whether the network raises on this region for the axes that are divided already: it does so even where the
        others have a size on which it runs, and what it does with one axis does not hang on another."""
        if self.good is None:
            return False
        questions, part = self._tried(region, {}, self.good)
        ends = not questions and part.trace is not None and _ends_certainly(part.trace)
        if ends:
            self.done.append(part)
        return ends


def _sample(region: Region) -> Mapping[str, int]:
    """A size of each axis, as its place in the progression: a large one that much divides where it may be any."""
    return {
        axis: max(0, -(-(SAMPLE - sizes.start) // sizes.step)) if sizes.count is None else sizes.count - 1
        for axis, sizes in region.items()
    }


def _ends_certainly(traced: Trace) -> bool:
    """Whether a strict trace ends with an exception, or with a call of which all is known but what it gives."""
    last = traced.uses[-1] if traced.uses and traced.order == "forward" else None
    if traced.raised is not None or last is None:
        return traced.raised is not None
    return last.output is None and all(_is_known(operand.shape) for operand in last.operands)


def _refused(traced: Trace, training: bool) -> Iterator[tuple[Use, str]]:
    """The uses that raise although the trace goes on, and why."""
    for use in traced.uses:
        reason = refusal(use, training)
        if reason and not use.conditional:
            yield use, reason


def _judged(region: Region, traced: Trace, refused: tuple[Use, str] | None, in_doubt: bool) -> Part:
    """What a trace says of its region, all by itself."""
    if traced.raised is not None:
        return Part(region, traced, False, f"{traced.raised.exception}: {traced.raised.text}")
    if refused is not None:
        return Part(region, traced, False, refused[1], refused[0])
    if traced.complete and not in_doubt:
        return Part(region, traced, True)
    reason = traced.unknowns[0].reason if traced.unknowns else "it hangs on more than the sizes of the input"
    return Part(region, traced, None, reason)


def survey(
    run: Callable[[Mapping[str, Size]], Trace],
    axes: Sequence[str],
    training: bool = False,
    good: int | None = None,
    wholly: bool = False,
) -> Survey:
    """What happens on all sizes of these axes.  `run` traces the network on sizes, which may be symbolic; `good` is a
    size of all axes on which it runs, if one is known.  `wholly`: an answer that leaves something open is of no use."""
    job = _Work(run, training, good)
    waiting: list[Region] = [dict.fromkeys(axes, EVERY)]
    while waiting and job.left > 0 and not (wholly and any(map(_is_open, job.done))):
        waiting += job.explore(waiting.pop())
    done = _compared(job.done)
    done += [Part(region, None, None, "the budget for questions of size is used up") for region in waiting]
    return Survey(
        tuple(sorted(done, key=lambda part: [(part.region[axis].start, part.region[axis].step) for axis in axes])),
        tuple(axes),
    )


def _is_open(part: Part) -> bool:
    """Whether nothing will tell what happens: all shapes are known, but not on which sizes."""
    return part.runs is None and part.trace is not None and part.trace.complete


def _compared(parts: Sequence[Part]) -> list[Part]:
    """The parts, those among them as raising where a rule finds an error, or where a call that elsewhere gives a known
    shape gives none.

    A call of which all is known and whose output is not is refused by torch, or not supported by rflint; what is
    supported at one size is so at all.
    """
    uses = [use for part in parts if part.trace for use in part.trace.uses]
    known = {_call(use) for use in uses if _is_known(use.output)}
    judged = [part if part.runs is not None else _with_refusal(part, known) for part in parts]
    return [part if part.runs is False or part.trace is None else _with_error(part, part.trace) for part in judged]


def _call(use: Use) -> tuple[object, ...]:
    return use.place, use.path, use.base


def _with_refusal(part: Part, known: set[tuple[object, ...]]) -> Part:
    if part.trace is None or part.trace.order != "forward":
        return part
    for use in part.trace.uses:
        if not _is_known(use.output):
            given = [operand.shape for operand in use.operands]
            certain = use.output is None and _call(use) in known and all(map(_is_known, given)) and not use.conditional
            if certain:
                return replace(part, runs=False, reason=_reason(use, part.trace.unknowns), use=use)
            break
    return part


def _with_error(part: Part, traced: Trace) -> Part:
    """The part as raising if a rule finds an error on all of it."""
    for rule in all_rules().values():
        if rule.severity == "error":
            for finding in rule.check(traced):
                return replace(part, runs=False, reason=finding.message)
    return part


def with_numbers(traced: Trace, part: Part) -> Part:
    """A part on which a network does not run, as the trace on one of its sizes tells it."""
    refused = next(_refused(traced, False), None)
    told = _judged(part.region, traced, refused, False)
    if told.runs is None and part.use is not None:
        last = next((use for use in traced.uses if use.output is None), None)
        told = replace(told, reason=_reason(last, traced.unknowns) if last else part.reason, use=last or part.use)
    return part if told.runs else replace(told, runs=part.runs if told.runs is None else told.runs)


def _is_known(shape: Shape | None) -> bool:
    return shape is not None and not any(is_unknown(size) for size in shape)


def _reason(use: Use, notes: Sequence[Note]) -> str:
    here = (note.reason for note in notes if note.place == use.place)
    return next(here, notes[0].reason if notes else "torch refuses it")
