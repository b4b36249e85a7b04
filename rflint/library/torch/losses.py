"""Losses: one number that reads everything, or one for each position or row with `reduction="none"`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rflint.dims import Size
from rflint.interp.values import Tensor, Value
from rflint.library.registry import LIBRARY
from rflint.library.torch.broadcasting import agreed, broadcast, broadcast_reads
from rflint.library.torch.op import Op, functional, kept, layer
from rflint.library.torch.products import GONE, factors
from rflint.library.torch.refusal import Refusal
from rflint.trace import Read, Shape

Row = tuple[Tensor, Sequence[Read]]
Rows = Callable[[Op, list[Tensor]], tuple[list[Row], Shape] | str]
"""The operands as they are read without a reduction, and the shape; or why torch raises."""


def loss(op: Op, values: Sequence[Value], rows: Rows) -> Value:
    """What a loss makes of predictions and targets."""
    found = factors(op, values)
    if isinstance(found, Tensor):
        return found
    made = rows(op, found)
    if isinstance(made, str):
        return op.opaque(found, made)
    operands, shape = made
    reduction = _reduction(op)
    if reduction == "none":
        return op.emit(operands, shape, found[0].reason)
    if reduction not in REDUCTIONS and not (reduction == "batchmean" and op.layer.base == "KLDivLoss"):
        said = op.arg("reduction")
        odd = Refusal(f"reduction={said!r} is none of {', '.join(REDUCTIONS)}")
        return op.opaque(found, "the reduction is not known" if said is None or not op.has("reduction") else odd)
    return op.emit([(one, [GONE] * len(one.shape or ())) for one in found], (), found[0].reason)


def _reduction(op: Op) -> str:
    """The reduction, "" if it is not known; `reduce=False` and `size_average` are its old names."""
    if op.arg("reduce") is False:
        return "none"
    old = op.arg("reduce") is not None or op.arg("size_average") is not None
    reduction = op.arg("reduction")
    return "mean" if old else reduction if isinstance(reduction, str) else ""


REDUCTIONS = ("mean", "sum", "none")


def position_by_position(op: Op, found: list[Tensor]) -> tuple[list[Row], Shape] | str:
    """Predictions and targets, broadcast, unless torch wants them to be equal."""
    problem = _unequal(found[1].shape or (), found[0].shape or ()) if op.layer.base in EQUAL else ""
    if problem:
        return problem
    shape, reason = broadcast([one.shape or () for one in found])
    if shape is None:
        return reason
    return [(one, broadcast_reads(one.shape or (), shape)) for one in found], shape


def class_by_class(op: Op, found: list[Tensor]) -> tuple[list[Row], Shape] | str:
    """Scores (N, C, …) or (C) and the classes (N, …), or the probabilities of all classes."""
    scores, targets = (one.shape or () for one in found[:2])
    if not scores:
        return Refusal("the scores of no class")
    at = 1 if len(scores) > 1 else 0
    rest = (*scores[:at], *scores[at + 1 :])
    expected = scores if len(targets) == len(scores) and op.layer.base == "CrossEntropyLoss" else rest
    problem = _unequal(targets, expected)
    if problem:
        return problem
    reads = _without(at, len(scores))
    return [(found[0], reads), (found[1], reads if expected is scores else _all(len(rest)))], rest


def row_by_row(op: Op, found: list[Tensor]) -> tuple[list[Row], Shape] | str:
    """Vectors along the last axis (N, D) or (D), and what else there is for each of them."""
    shapes = [one.shape or () for one in found]
    if not shapes[0]:
        return Refusal(f"{op.layer.kind} of a scalar")
    rest = shapes[0][:-1]
    for shape in shapes[1:]:
        problem = _unequal(shape, shapes[0] if len(shape) == len(shapes[0]) else rest)
        if problem:
            return problem
    rows: list[Row] = [
        (one, _without(len(rest), len(rest) + 1) if len(shape) > len(rest) else _all(len(rest)))
        for one, shape in zip(found, shapes, strict=True)
    ]
    return rows, rest


def series(op: Op, found: list[Tensor]) -> tuple[list[Row], Shape] | str:
    """`CTCLoss` of (T, N, C) or (T, C): one number for each series."""
    shape = found[0].shape or ()
    if len(shape) not in (2, 3):
        return Refusal(f"{op.layer.kind} on a tensor with {len(shape)} axes")
    return [(found[0], [GONE, *_all(len(shape) - 2), GONE])], shape[1:-1]


def _without(at: int, rank: int) -> list[Read]:
    """One axis is read as a whole and goes."""
    return [GONE if axis == at else kept(axis - (axis > at)) for axis in range(rank)]


def _all(rank: int) -> list[Read]:
    return [kept(axis) for axis in range(rank)]


def _unequal(shape: Sequence[Size], expected: Sequence[Size]) -> str:
    """Why two shapes are certainly not the same."""
    if len(shape) != len(expected):
        return Refusal(f"targets with {len(shape)} axes where {len(expected)} are expected")
    return next((why for a, b in zip(shape, expected, strict=True) for met, why in [agreed(a, b)] if met is None), "")


# -- definitions -----------------------------------------------------------------------------------------------

END = "size_average=None, reduce=None, reduction='mean'"
WEIGHTED = f"weight=None, {END}"
CLASSES = "weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean'"
POISSON = "log_input=True, full=False, size_average=None, eps=1e-08, reduce=None, reduction='mean'"
TRIPLET = "margin=1.0, p=2, eps=1e-06, swap=False"
PAIR, PAIRS, TRIPLE = "input, target", "input1, input2, target", "anchor, positive, negative"
EQUAL = ("BCELoss", "BCEWithLogitsLoss")
LOSSES: tuple[tuple[str, str, str, Rows, str], ...] = (
    ("L1Loss", "l1_loss", END, position_by_position, PAIR),
    ("MSELoss", "mse_loss", END, position_by_position, PAIR),
    ("SmoothL1Loss", "smooth_l1_loss", f"{END}, beta=1.0", position_by_position, PAIR),
    ("HuberLoss", "huber_loss", "reduction='mean', delta=1.0", position_by_position, PAIR),
    ("BCELoss", "binary_cross_entropy", WEIGHTED, position_by_position, PAIR),
    (
        "BCEWithLogitsLoss",
        "binary_cross_entropy_with_logits",
        f"{WEIGHTED}, pos_weight=None",
        position_by_position,
        PAIR,
    ),
    ("KLDivLoss", "kl_div", f"{END}, log_target=False", position_by_position, PAIR),
    ("PoissonNLLLoss", "poisson_nll_loss", POISSON, position_by_position, PAIR),
    ("SoftMarginLoss", "soft_margin_loss", END, position_by_position, PAIR),
    ("HingeEmbeddingLoss", "hinge_embedding_loss", f"margin=1.0, {END}", position_by_position, PAIR),
    ("MarginRankingLoss", "margin_ranking_loss", f"margin=0.0, {END}", position_by_position, PAIRS),
    ("CrossEntropyLoss", "cross_entropy", f"{CLASSES}, label_smoothing=0.0", class_by_class, PAIR),
    ("NLLLoss", "nll_loss", CLASSES, class_by_class, PAIR),
    ("MultiMarginLoss", "multi_margin_loss", f"p=1, margin=1.0, {WEIGHTED}", row_by_row, PAIR),
    ("MultiLabelMarginLoss", "multilabel_margin_loss", END, row_by_row, PAIR),
    ("MultiLabelSoftMarginLoss", "multilabel_soft_margin_loss", WEIGHTED, row_by_row, PAIR),
    ("CosineEmbeddingLoss", "cosine_embedding_loss", f"margin=0.0, {END}", row_by_row, PAIRS),
    ("TripletMarginLoss", "triplet_margin_loss", f"{TRIPLET}, {END}", row_by_row, TRIPLE),
)
"""Class, function, the arguments of both, how it reads, and what it reads."""


def _define(base: str, name: str, signature: str, rows: Rows, inputs: str) -> None:
    def run(op: Op, **tensors: Value) -> Value:
        return loss(op, list(tensors.values()), rows)

    layer(base, signature, run, inputs=inputs)
    LIBRARY.define(f"torch.nn.modules.loss.{base}", LIBRARY.find(f"torch.nn.{base}"))
    more = "" if "weight" in signature else ", weight=None"
    functional(
        [f"torch.nn.functional.{name}"], base, f"{inputs}, {signature}{more}", run, inputs=tuple(inputs.split(", "))
    )


for _row in LOSSES:
    _define(*_row)


def _gaussian(op: Op, input: Value, target: Value, var: Value) -> Value:
    """The variance has the size of the predictions, or one number for each row of them."""
    return loss(op, [input, target], position_by_position)


def _ctc(op: Op, log_probs: Value, **lengths: Value) -> Value:
    return loss(op, [log_probs], series)


_LENGTHS = "log_probs, targets, input_lengths, target_lengths"
_VARIED = "full=False, eps=1e-06, reduction='mean'"
layer("GaussianNLLLoss", f"*, {_VARIED}", _gaussian, inputs="input, target, var")
layer("CTCLoss", "blank=0, reduction='mean', zero_infinity=False", _ctc, inputs=_LENGTHS)
functional(
    ["torch.nn.functional.gaussian_nll_loss"],
    "GaussianNLLLoss",
    f"input, target, var, {_VARIED}",
    _gaussian,
    inputs=("input", "target", "var"),
)
functional(
    ["torch.nn.functional.ctc_loss", "torch.ctc_loss"],
    "CTCLoss",
    f"{_LENGTHS}, blank=0, reduction='mean', zero_infinity=False",
    _ctc,
    inputs=("log_probs",),
)
