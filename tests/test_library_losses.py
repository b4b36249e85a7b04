"""Losses, quantisation, and what depends on the machine."""

from __future__ import annotations

from typing import Any

import pytest
from calls import last, shape, traced

IMAGE, CLASSES = ("N", 3, "H", "W"), ("N", "H", "W")


@pytest.mark.parametrize(
    ("expression", "x", "y", "made"),
    [
        ("nn.CrossEntropyLoss()(x, y)", IMAGE, CLASSES, ()),
        ("F.cross_entropy(x, y, reduction='none')", IMAGE, CLASSES, CLASSES),
        ("F.cross_entropy(x, y, reduction='none')", ("N", 10), ("N", 10), ("N",)),
        ("F.nll_loss(x, y, reduction='sum')", ("N", 10), ("N",), ()),
        ("F.mse_loss(x, y)", IMAGE, IMAGE, ()),
        ("nn.L1Loss(reduction='none')(x, y)", IMAGE, ("N", 1, "H", "W"), IMAGE),
        ("nn.MSELoss(reduce=False)(x, y)", IMAGE, IMAGE, IMAGE),
        ("F.binary_cross_entropy_with_logits(x, y)", IMAGE, IMAGE, ()),
        ("F.smooth_l1_loss(x, y, beta=0.5)", IMAGE, IMAGE, ()),
        ("F.kl_div(x, y, reduction='batchmean')", ("N", 10), ("N", 10), ()),
        ("nn.TripletMarginLoss(reduction='none')(x, y, y)", ("N", 8), ("N", 8), ("N",)),
        ("F.ctc_loss(x, y, (5, 5), (2, 2), reduction='none')", (50, "N", 20), ("N", 30), ("N",)),
        ("nn.GaussianNLLLoss()(x, y, y)", ("N", 8), ("N", 8), ()),
        ("torch.ao.quantization.QuantStub()(x)", IMAGE, (1,), IMAGE),
        ("torch.quantization.DeQuantStub()(x)", IMAGE, (1,), IMAGE),
        ("nn.quantized.FloatFunctional().add(x, y)", IMAGE, ("N", 3, 1, 1), IMAGE),
        ("nn.quantized.FloatFunctional().cat([x, y], dim=1)", IMAGE, IMAGE, ("N", 6, "H", "W")),
        ("torch.quantization.fuse_modules(nn.Conv2d(3, 8, 1), [])(x)", IMAGE, (1,), ("N", 8, "H", "W")),
    ],
)
def test_output_shape(expression: str, x: tuple[Any, ...], y: tuple[Any, ...], made: tuple[Any, ...]) -> None:
    seen = traced(expression, x=x, y=y)
    assert seen.output == shape(*made)
    assert not seen.unknowns


@pytest.mark.parametrize(
    ("expression", "x", "y", "why"),
    [
        ("F.mse_loss(x, y)", (2, 3), (2, 4), "sizes 3 and 4 do not match"),
        ("F.cross_entropy(x, y)", (2, 3, 8), (2, 7), "sizes 7 and 8 do not match"),
        ("nn.BCELoss()(x, y)", (2, 1), (2,), "targets with 1 axes where 2 are expected"),
    ],
)
def test_what_torch_refuses(expression: str, x: tuple[Any, ...], y: tuple[Any, ...], why: str) -> None:
    seen = traced(expression, x=x, y=y)
    assert why in [note.reason for note in seen.unknowns]
    assert seen.uses[-1].output is None


def test_a_mean_reads_everything() -> None:
    use = last("F.cross_entropy(x, y)", x=IMAGE, y=CLASSES)
    assert {read.how for operand in use.operands for read in operand.reads} == {"whole"}


def test_scores_of_all_classes_are_read() -> None:
    use = last("F.cross_entropy(x, y, reduction='none')", x=IMAGE, y=CLASSES)
    assert [(read.how, read.to) for read in use.operands[0].reads] == [
        ("kept", 0),
        ("whole", None),
        ("kept", 1),
        ("kept", 2),
    ]


def test_add_relu_is_a_sum_and_a_relu() -> None:
    uses = traced("nn.quantized.FloatFunctional().add_relu(x, x)", x=IMAGE).uses
    assert [use.base for use in uses] == ["add", "ReLU"]


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("torch.cuda.is_available()", "whether a GPU is there"),
        ("torch.distributed.get_world_size() > 1", "whether other processes take part"),
    ],
)
def test_questions_about_the_machine(question: str, why: str) -> None:
    uses = traced(f"F.relu(x) if {question} else torch.tanh(x)", x=IMAGE).uses
    assert [use.conditional for use in uses[:2]] == [why, why]
