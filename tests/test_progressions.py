"""Answers along progressions, and sets that are periodic from some point on."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rflint.admissible.integers import periodic, union, written
from rflint.admissible.progressions import Progression, joint, pattern, sections
from rflint.admissible.regions import divide
from rflint.algebra.questions import Question, answer, listening
from rflint.dims import Dim, Size, parse, symbol, value_at

H = symbol("H", minimum=0)


def question(size: Size, kind: str = "zero", number: int = 1) -> Question:
    assert isinstance(size, Dim)
    return Question(kind, size.polynomial, number)


def leaf(size: Size) -> object:
    assert isinstance(size, Dim)
    (one,) = size.polynomial.leaves
    return one


@st.composite
def sizes(draw: st.DrawFn) -> Size:
    """What becomes of H on a way through windows, and a difference to another way."""
    ways = []
    for _ in range(2):
        size: Size = H
        for _ in range(draw(st.integers(1, 3))):
            size = (size + draw(st.integers(-3, 3))) // draw(st.integers(1, 4)) * draw(st.integers(1, 2))
        ways.append(size)
    return ways[0] - ways[1] + draw(st.integers(-2, 2))


@given(sizes(), st.sampled_from([("zero", 1), ("positive", 1), ("multiple", 3)]))
@settings(max_examples=60)
def test_an_answer_is_what_its_pattern_says(size: Size, kind: tuple[str, int]) -> None:
    if not isinstance(size, Dim):
        return
    asked = question(size, *kind)
    along = pattern(asked, next(iter(size.polynomial.leaves)), None)
    assert along is not None
    parts = sections(along, None)
    for place in [*range(40), 977, 5040, 10_001]:
        held = asked.holds(value_at(size, {"H": place}))
        assert along.at(place) is held
        assert sum(place in part for part in parts) == 1


def test_products_settle_too() -> None:
    size = ((H + 1) // 4 - 3) * ((H + 1) // 4 - 3) * 16 - 400
    along = pattern(question(size), next(iter(H.polynomial.leaves)), None)
    assert along is not None
    assert [part for part in sections(along, None) if along.at(part.start)] == [Progression(31, 1, 4)]


def test_patterns_together_have_their_common_cycle() -> None:
    two, three = (pattern(question(H, "multiple", n), next(iter(H.polynomial.leaves)), None) for n in (2, 3))
    assert two is not None
    assert three is not None
    both = joint([two, three])
    assert both is not None
    assert len(sections(both, None)) == 6
    assert both.at(6) == (True, True)


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 6), st.none() | st.integers(1, 5)), max_size=4))
def test_a_union_holds_what_its_parts_hold(rows: list[tuple[int, int, int | None]]) -> None:
    parts = [Progression(*row) for row in rows]
    found = union(parts)
    for number in range(1, 200):
        assert (number in found) == any(number in part for part in parts)
    assert found.least == min((part.start for part in parts), default=None)


@pytest.mark.parametrize(
    ("belongs", "text"),
    [
        (lambda n: n % 16 == 0 and n >= 32, "H ≡ 0 (mod 16), H ≥ 32"),
        (lambda n: n % 16 == 0, "H ≡ 0 (mod 16)"),
        (lambda n: 28 <= n <= 31, "H = 28…31"),
        (lambda n: n == 7 or n >= 20, "H = 7; H ≥ 20"),
        (lambda n: True, "any H"),
        (lambda n: False, "no H"),
        (lambda n: n % 16 > 0, "H ≢ 0 (mod 16)"),
    ],
)
def test_a_set_is_written_for_readers(belongs: object, text: str) -> None:
    assert written(periodic(belongs, 64, 16), "H") == text  # type: ignore[arg-type]


def test_open_questions_are_heard_and_facts_answer_them() -> None:
    asked = question(parse("H//2 - 3"), "positive")
    with listening({}) as heard:
        assert answer(asked) is None
    assert list(heard.open) == [asked]
    with listening({asked: True}) as heard:
        assert answer(asked) is True
    assert not heard.open


def test_a_sample_answers_open_questions_and_they_stay_open() -> None:
    asked, other = question(parse("H//2 - 3"), "positive"), question(parse("H - W"), "zero")
    for size, held in ((7, False), (8, True)):
        with listening({}, {"H": size}) as heard:
            assert answer(asked) is held
            assert answer(other) is None
        assert list(heard.open) == [asked, other]


def test_a_region_is_divided_where_the_answer_changes() -> None:
    rows = Progression(1)
    asked = question(rows.size("H") // 4, "positive")  # type: ignore[operator]
    facts: dict[Question, bool] = {}
    assert divide({"H": rows}, [asked], facts) == [{"H": Progression(1, 1, 3)}, {"H": Progression(4)}]
    assert divide({"H": Progression(4)}, [question(H + 1, "positive")], facts) == []
    assert facts == {question(H + 1, "positive"): True}
