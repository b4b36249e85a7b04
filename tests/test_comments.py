"""What comments declare."""

from __future__ import annotations

from fractions import Fraction

import pytest

from rflint.comments.reading import Declaration, comments
from rflint.dims import parse
from rflint.shapes import parse_shape


def problems(text: str) -> list[tuple[int, str]]:
    """The lines and sentences of what is not understood."""
    return [(problem.line, problem.message) for problem in comments(text).problems]


# Declarations


def declared(text: str) -> list[tuple[int, str, object]]:
    """Line, kind and value of each declaration."""
    found = comments(text)
    assert not found.problems
    return [(one.line, one.kind, one.task or one.shapes) for one in found.declarations]


def shapes(**texts: str) -> tuple[tuple[str, object], ...]:
    """Shapes by name; `_` stands for no name."""
    return tuple((name.strip("_"), parse_shape(text)) for name, text in texts.items())


def test_a_declaration_speaks_of_its_line() -> None:
    assert declared("class A:  # rflint: input=(N, 3, 224, 224)\n    pass\n") == [(1, "input", shapes(_="N,3,224,224"))]
    assert declared("net = A()  # rflint: task=restoration -- a denoiser\n") == [(1, "task", "restoration")]


def test_a_declaration_alone_speaks_of_the_next_line_of_code() -> None:
    text = "import a\n\n# rflint: input=[N, 3]\n# more\n\n@b\nclass A:\n    # rflint: task=audio\n\n    def f(): pass\n"
    assert declared(text) == [(6, "input", shapes(_="N,3")), (10, "task", "audio")]
    assert declared("x\n# rflint: task=audio\n") == [(2, "task", "audio")]


def test_several_declarations_stand_between_commas() -> None:
    text = "x  # rflint: input=(N, (W + 1)//2, 32*(h + 1)), input.mask = (N, 1), task=segmentation  # more\n"
    assert declared(text) == [
        (1, "input", (("", (parse("N"), parse("(W + 1)//2"), parse("32*h + 32"))),)),
        (1, "input", shapes(mask="N,1")),
        (1, "task", "segmentation"),
    ]


def test_a_declaration_is_plain_data() -> None:
    assert comments("x  # rflint: task=audio\n").declarations == [Declaration(1, "task", task="audio")]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("", "'' is not understood: write input=("),
        ("ignroe[RF201]", "'ignroe[RF201]' is not understood: write input=("),
        ("ignore RF201", "'ignore RF201' is not understood: write input=("),
        ("ignore[]", "'ignore[]' names no rule: write ignore[rule-name]"),
        ("input=N,3", "'input=N' lacks the brackets around a shape: write input=(N, 3, 224, 224)"),
        ("input=(N,,3)", "'(N,,3)' has an empty size: write sizes between commas"),
        ("input=(N, 0)", "sizes are positive, '0' is not"),
        ("input=()", "'()' is no shape: write sizes between commas"),
        ("input=(N, 3) (N, 4)", "'(N, 3) (N, 4)' is not a size such as"),
        ("task=segmenting", "there is no task 'segmenting': choose one of segmentation, "),
        ("task.x=audio", "'task.x=audio' is not understood: write input=("),
        ("input=(N, 3), rff>=70", "'rff>=70' is not understood: write input=("),
        ("rf=70", "'rf=70' is no contract: rf takes >=, <=, ==, as in rf>=512"),
        ("rf>=", "'' in 'rf>=' is no figure of this kind: write rf>=512"),
        ("rf>=7.5", "'7.5' in 'rf>=7.5' is no figure of this kind: write rf>=512"),
        ("rf>=0", "'0' in 'rf>=0' is no figure"),
        ("jump==8x", "'8x' in 'jump==8x' is no figure of this kind: write jump==8"),
        ("reached==1", "'1' in 'reached==1' is no figure of this kind: write reached==100%"),
        ("reached>=101%", "'101%' in 'reached>=101%' is no figure"),
        ("causal==1", "'causal==1' is no contract: write causal"),
        ("size==output", "'size==output' is no contract: write size==input"),
        ("rate==16000", "'rate==16000' is no contract: rate takes =, as in rate=16000"),
        ("object-size=()", "'()' in 'object-size=()' is no figure"),
    ],
)
def test_what_is_not_understood_is_said(said: str, sentence: str) -> None:
    [(line, message)] = problems(f"x\ny  # rflint: {said}\n")
    assert line == 2
    assert message.startswith(f"# rflint: {sentence}")
    assert comments(f"x  # rflint: {said}\n").declarations == []


@pytest.mark.parametrize(
    ("said", "meant"),
    [("rff>=70", "rf"), ("causl", "causal"), ("jmp==8", "jump"), ("ignroe[RF201]", "ignore"), ("taks=audio", "task")],
)
def test_a_word_that_is_nearly_right_is_named(said: str, meant: str) -> None:
    [(_, message)] = problems(f"x  # rflint: {said}\n")
    assert message.endswith(f"; did you mean {meant}?")


def test_a_contract_is_a_comparison() -> None:
    found = comments("x  # rflint: rf>=512, jump == 1/2, reached==100%, causal, object-size=(32, 64)\n").declarations
    assert [(one.line, one.kind) for one in found] == [(1, "contract")] * 5
    contracts = [(c.subject, c.relation, c.values, c.text) for c in (one.contract for one in found) if c]
    assert contracts == [
        ("rf", ">=", (512,), "rf>=512"),
        ("jump", "==", (Fraction(1, 2),), "jump==1/2"),
        ("reached", "==", (1,), "reached==100%"),
        ("causal", "", (), "causal"),
        ("object-size", "=", (32, 64), "object-size=(32, 64)"),
    ]


# Shapes


@pytest.mark.parametrize("text", ["N,3,8", " N, 3 ,8", "(N, 3, 8)", "[N,3,8,]", "N,3,2*4"])
def test_a_shape_with_or_without_brackets(text: str) -> None:
    assert parse_shape(text) == (parse("N"), 3, 8)


def test_brackets_inside_a_shape_are_those_of_sizes() -> None:
    assert parse_shape("(H + 1)//2,2*(W)") == parse_shape("((H + 1)//2, W*2)") == (parse("(H+1)//2"), parse("2*W"))


@pytest.mark.parametrize(
    "text", ["", "()", ",", "N,,3", "1x3x8", "-1,3", "N,0", "3.5", "(1,2", "1,2)", "None", "N;3", "[[1]]"]
)
def test_what_is_no_shape_is_one_sentence(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"write sizes between commas|not a size such as|sizes are positive"
    ) as problem:
        parse_shape(text)
    assert "\n" not in str(problem.value)
