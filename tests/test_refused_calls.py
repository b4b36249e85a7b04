"""The rules about calls and layers that torch refuses as a whole, on traces made by hand."""

from __future__ import annotations

from typing import Any

import pytest
from calls import traced
from networks import H, N, Network, T, W
from ruling import findings

from rflint import linter
from rflint.checks import all_rules
from rflint.config import Config
from rflint.diagnostics import Finding
from rflint.trace import Layer, Member, Place, Raising, Read, Shape, Trace, Use

HERE = Place("net.py", 7)


def called(base: str, *shapes: Shape, training: bool = False, conditional: str = "", **args: Any) -> Trace:
    """The trace of one call of a layer on inputs of these shapes."""
    net = Network(**{f"x{number}": shape for number, shape in enumerate(shapes)})
    rows = [(net.input(name), [Read("unknown", axis) for axis in range(len(net.inputs[name]))]) for name in net.inputs]
    made = net.use(base, rows, None, "layer", args, conditional=conditional)
    return net.trace(made, training=training)


def messages(code: str, *given: Any, **args: Any) -> list[str]:
    return [finding.message for finding in findings(code, called(*given, **args))]


def wrong_argument(finding: Finding, args: dict[str, Any]) -> str:
    """The argument of the first layer of a trace at which a finding stands."""
    return dict(enumerate(args)).get(finding.place.mark - 102, "")


# RF413 norm-single-value


@pytest.mark.parametrize(
    ("base", "shape", "args", "training", "refused"),
    [
        ("InstanceNorm2d", (2, 8, 1, 1), {"track_running_stats": False}, False, True),
        ("InstanceNorm2d", (8, 1, 1), {"track_running_stats": False}, False, True),
        ("InstanceNorm2d", (2, 8, 1, 2), {"track_running_stats": False}, False, False),
        ("InstanceNorm2d", (2, 8, 1, 1), {"track_running_stats": True}, False, False),
        ("InstanceNorm2d", (2, 8, 1, 1), {"track_running_stats": True}, True, True),
        ("InstanceNorm1d", (2, 8, 1), {"track_running_stats": False}, False, True),
        ("BatchNorm2d", (1, 8, 1, 1), {"track_running_stats": True}, True, True),
        ("BatchNorm2d", (1, 8, 1, 1), {"track_running_stats": True}, False, False),
        ("BatchNorm2d", (1, 8, 1, 1), {"track_running_stats": False}, False, True),
        ("BatchNorm2d", (N, 8, 1, 1), {"track_running_stats": True}, True, False),
        ("BatchNorm2d", (2, 8, 1, 1), {"track_running_stats": True}, True, False),
        ("BatchNorm1d", (1, 8), {"track_running_stats": True}, True, True),
        ("BatchNorm1d", (1, 8, 5), {"track_running_stats": True}, True, False),
        ("GroupNorm", (1, 8, 1, 1), {"num_groups": 8}, False, True),
        ("GroupNorm", (1, 8), {"num_groups": 8}, False, True),
        ("GroupNorm", (1, 8, 5), {"num_groups": 8}, False, False),
        ("GroupNorm", (1, 8, 1, 1), {"num_groups": 4}, False, False),
        ("GroupNorm", (2, 8, 1, 1), {"num_groups": 8}, False, False),
        ("GroupNorm", (1, 8, H, W), {"num_groups": 8}, False, False),
        ("GroupNorm", (1, 1, 1, 1), {"num_groups": 1}, False, True),
        ("GroupNorm", (1, 8, 1, 1), {"num_groups": 0}, False, False),
        ("GroupNorm", (1, 8, 1, 1), {}, False, False),
        ("GroupNorm", (1,), {"num_groups": 1}, False, False),
        ("GroupNorm", (N, 8, 1, 1), {"num_groups": 8}, False, False),
        ("BatchNorm1d", (1,), {"track_running_stats": True}, True, False),
        ("BatchNorm2d", (1, 8, 1, 1), {}, True, False),
        ("InstanceNorm2d", (2, 8, 1, 1), {}, True, False),
        ("LayerNorm", (1, 8, 1, 1), {}, True, False),
    ],
)
def test_norms_of_single_values(base: str, shape: Shape, args: dict[str, Any], training: bool, refused: bool) -> None:
    assert bool(messages("RF413", base, shape, training=training, **args)) is refused


@pytest.mark.parametrize(
    ("base", "argument", "more"),
    [
        ("InstanceNorm2d", "num_features", {"track_running_stats": False}),
        ("GroupNorm", "num_channels", {"num_groups": 8}),
    ],
)
def test_a_norm_of_single_values_is_shown_where_its_channels_are_written(
    base: str, argument: str, more: dict[str, Any]
) -> None:
    net = Network(x=(1, 8, 1, 1))
    args = {argument: 8, **more}
    net.use(base, [(net.input(), [Read("unknown", axis) for axis in range(4)])], None, "norm", args)
    (finding,) = findings("RF413", net.trace())
    assert net.where(finding.place) == f"norm.{argument}"


# RF420 attention-rnn-dims


@pytest.mark.parametrize(
    ("base", "shape", "args", "refused"),
    [
        ("LSTM", (5, 2, 7), {"input_size": 8}, True),
        ("LSTM", (5, 2, 8), {"input_size": 8}, False),
        ("LSTM", (5, 2, W), {"input_size": 8}, False),
        ("LSTM", (5, 2, 7), {}, False),
        ("LSTM", (5, 2, 3, 7), {"input_size": 8}, False),
        ("LSTM", (7,), {"input_size": 8}, False),
        ("RNN", (5, 2, 7), {"input_size": 8}, True),
        ("GRU", (5, 7), {"input_size": 8}, True),
        ("LSTMCell", (7,), {"input_size": 8}, True),
        ("GRUCell", (2, 7), {"input_size": 8}, True),
        ("RNNCell", (2, 7), {"input_size": 8}, True),
        ("LSTMCell", (5, 2, 7), {"input_size": 8}, False),
        ("MultiheadAttention", (5, 2, 6), {"embed_dim": 8, "num_heads": 2}, True),
        ("MultiheadAttention", (2, 6), {"embed_dim": 8, "num_heads": 2}, True),
        ("MultiheadAttention", (5, 2, 8), {"embed_dim": 8, "num_heads": 2}, False),
        ("MultiheadAttention", (5, 2, 8), {"embed_dim": 8, "num_heads": 3}, True),
        ("MultiheadAttention", (5, 2, 8), {"embed_dim": 8}, False),
        ("MultiheadAttention", (5, 2, 8), {"num_heads": 3}, False),
        ("TransformerEncoderLayer", (5, 2, 10), {"d_model": 10, "nhead": 3}, True),
        ("TransformerEncoderLayer", (5, 2, 10), {"d_model": 10, "nhead": 0}, True),
        ("TransformerEncoderLayer", (5, 2, 10), {"d_model": 10, "nhead": 1}, False),
        ("TransformerEncoderLayer", (5, 2, 10), {"d_model": 10, "nhead": 5}, False),
        ("TransformerDecoderLayer", (5, 2, 9), {"d_model": 10, "nhead": 5}, True),
        ("TransformerEncoder", (5, 2, 9), {"d_model": 10, "nhead": 5}, True),
        ("TransformerEncoder", (5, 2, 9), {"d_model": 10, "nhead": 3}, True),
        ("Linear", (5, 2, 7), {"in_features": 8}, False),
    ],
)
def test_features_and_heads(base: str, shape: Shape, args: dict[str, Any], refused: bool) -> None:
    assert len(messages("RF420", base, shape, **args)) == int(refused)


@pytest.mark.parametrize(
    ("base", "args", "refused"),
    [
        ("Transformer", {"d_model": 8, "nhead": 2}, True),
        ("TransformerDecoder", {"d_model": 8, "nhead": 2}, True),
        ("TransformerDecoderLayer", {"d_model": 8, "nhead": 2}, True),
        ("MultiheadAttention", {"embed_dim": 8, "num_heads": 2, "kdim": 6}, False),
        ("LSTM", {"input_size": 8, "hidden_size": 6}, False),
    ],
)
def test_what_a_transformer_reads_besides_has_the_same_features(base: str, args: dict[str, Any], refused: bool) -> None:
    found = messages("RF420", base, (5, 2, 8), (7, 2, 6), **args)
    assert found == ["takes 8 features, but the last axis of its 7×2×6 input has 6"][: int(refused)]


def test_the_place_is_that_of_the_heads_or_of_the_features() -> None:
    args = {"embed_dim": 8, "num_heads": 3}
    (heads,) = findings("RF420", called("MultiheadAttention", (5, 2, 6), **args))
    assert heads.message == "num_heads=3 does not divide embed_dim=8; each head takes an equal part of the features"
    assert wrong_argument(heads, args) == "num_heads"
    (features,) = findings("RF420", called("MultiheadAttention", (5, 2, 6), **(args | {"num_heads": 2})))
    assert wrong_argument(features, args) == "embed_dim"


def test_a_call_that_may_not_happen_is_not_judged() -> None:
    for code, base, args in (
        ("RF420", "LSTM", {"input_size": 8}),
        ("RF421", "Conv2d", {"padding": (0.5, 0.5)}),
        ("RF507", "Upsample", {"mode": "nearest", "align_corners": True}),
        ("RF413", "InstanceNorm2d", {"track_running_stats": False}),
    ):
        shape = (2, 7, 1, 1)[: 3 if code == "RF420" else 4]
        assert messages(code, base, shape, **args)
        assert not messages(code, base, shape, conditional="if flag", **args)


# RF421 non-integer-argument


@pytest.mark.parametrize(
    ("base", "args", "words"),
    [
        ("Conv2d", {"padding": (1.0, 1.0)}, "padding=1.0 is no integer"),
        ("Conv2d", {"padding": (1, 1.5)}, "1 or 2?"),
        ("ConvTranspose2d", {"output_padding": (0.5, 0.5)}, "output_padding=0.5"),
        ("MaxPool2d", {"kernel_size": 2.0}, "kernel_size=2.0"),
        ("Linear", {"in_features": 64.0, "out_features": 3}, "in_features=64.0"),
        ("PixelShuffle", {"upscale_factor": 2.0}, "upscale_factor=2.0"),
    ],
)
def test_numbers_that_are_no_integers(base: str, args: dict[str, Any], words: str) -> None:
    (message,) = messages("RF421", base, (2, 8, 9, 9), **args)
    assert words in message


INTEGERS = """
    Conv2d             in_channels out_channels groups kernel_size stride padding dilation
    ConvTranspose2d    output_padding
    MaxPool2d          kernel_size stride padding dilation
    AvgPool2d          kernel_size stride padding
    LPPool2d           kernel_size stride
    Linear             in_features out_features
    Embedding          num_embeddings embedding_dim
    BatchNorm2d        num_features
    LayerNorm          normalized_shape
    RMSNorm            normalized_shape
    GroupNorm          num_groups num_channels
    PixelShuffle       upscale_factor
    PixelUnshuffle     downscale_factor
    LSTM               input_size hidden_size num_layers
    GRU                input_size hidden_size num_layers
    RNN                input_size hidden_size num_layers
"""


@pytest.mark.parametrize("line", INTEGERS.split("\n")[1:-1])
def test_torch_takes_a_whole_float_for_none_of_these(line: str) -> None:
    base, *arguments = line.split()
    assert [messages("RF421", base, (2, 8), **{one: 8.0})[0].split()[0] for one in arguments] == [
        f"{one}=8.0" for one in arguments
    ]


@pytest.mark.parametrize(
    ("base", "args"),
    [
        ("Conv2d", {"padding": (1, 1), "stride": (2, 2)}),
        ("Conv2d", {"padding": "same"}),
        ("Upsample", {"scale_factor": 1.5}),
        ("Dropout", {"p": 0.5}),
        ("Other", {"input_size": 0.5, "hidden_size": 0.5, "num_layers": 0.5}),
        ("MaxPool2d", {"stride": None}),
        ("Conv2d", {"out_channels": float("inf")}),
        ("Conv2d", {"upscale_factor": 1.5, "num_features": 1.5, "in_features": 1.5, "input_size": 1.5}),
    ],
)
def test_what_may_be_something_else_than_an_integer(base: str, args: dict[str, Any]) -> None:
    assert not messages("RF421", base, (2, 8, 9, 9), **args)


@pytest.mark.parametrize(
    ("base", "shape", "args"),
    [
        ("Conv2d", (2, H, 9, 9), {"in_channels": 8.0, "groups": 2.0}),
        ("Linear", (2, H), {"in_features": 8.0, "out_features": 3}),
        ("BatchNorm2d", (2, H, 9, 9), {"num_features": 8.0, "affine": True}),
        ("GroupNorm", (2, H, 9, 9), {"num_groups": 2.0, "num_channels": 8.0, "affine": True}),
        ("LayerNorm", (2, 8, H), {"normalized_shape": (9.0,)}),
        ("LSTM", (2, 3, H), {"input_size": 8.0}),
        ("PixelShuffle", (2, H, 9, 9), {"upscale_factor": 2.0}),
    ],
)
def test_no_rule_stumbles_over_them(base: str, shape: Shape, args: dict[str, Any]) -> None:
    seen = called(base, *[shape], **args)
    found = [(rule, finding) for rule in all_rules().values() for finding in rule.check(seen)]
    assert {rule.code for rule, one in found if (one.severity or rule.severity) != "note"} <= {"RF421", "RF423"}


# RF507 align-corners-invalid


@pytest.mark.parametrize(
    ("shape", "args", "wrong", "words"),
    [
        ((2, 8, 9, 9), {"mode": "nearest", "align_corners": False}, "align_corners", "=False has no meaning"),
        ((2, 8, 9, 9), {"mode": "area", "align_corners": True}, "align_corners", "only for linear, bilinear,"),
        ((2, 8, 9), {"mode": "nearest-exact", "align_corners": True}, "align_corners", "for mode 'nearest-exact'"),
        ((2, 8, 9, 9), {"mode": "nearest", "antialias": True}, "antialias", "is there for bilinear, bicubic and lanc"),
        ((2, 8, 9, 9), {"mode": "linear"}, "mode", "takes inputs with 3 axes, this has 4; 'bilinear' is meant"),
        ((2, 8, 9), {"mode": "bilinear"}, "mode", "takes inputs with 4 axes, this has 3; 'linear' is meant"),
        ((2, 8, 9), {"mode": "bicubic"}, "mode", "takes inputs with 4 axes, this has 3; 'linear' is meant"),
        ((2, 8, 9, 9, 9), {"mode": "bilinear"}, "mode", "'trilinear' is meant"),
        ((2, 8, 9, 9), {"mode": "trilinear"}, "mode", "takes inputs with 5 axes, this has 4; 'bilinear' is meant"),
        ((2, 8, 9, 9), {"mode": "cubic"}, "mode", "there is no mode 'cubic'"),
        ((2, 8, 9, 9), {"size": None, "scale_factor": None, "mode": "nearest"}, "size", "neither is given"),
        ((2, 8, 9, 9), {"size": (3, 3), "scale_factor": (2.0, 2.0), "mode": "bilinear"}, "size", "both are given"),
        ((2, 8, 9, 9), {"size": (3, 3), "scale_factor": 2.0, "mode": "cubic", "antialias": True}, "size", "both are"),
    ],
)
def test_resamplings_that_torch_refuses(shape: Shape, args: dict[str, Any], wrong: str, words: str) -> None:
    (finding,) = findings("RF507", called("Upsample", shape, **args))
    assert words in finding.message
    assert wrong_argument(finding, args) == wrong
    assert (finding.fix is not None) is ("is meant" in words)


@pytest.mark.parametrize(
    ("shape", "args"),
    [
        ((2, 8, 9, 9), {"mode": "bilinear", "align_corners": True, "antialias": True}),
        ((2, 8, 9, 9), {"mode": "bicubic", "align_corners": False, "antialias": True}),
        ((2, 8, 9, 9), {"mode": "lanczos", "antialias": True}),
        ((2, 8, 9), {"mode": "linear", "align_corners": True, "antialias": False}),
        ((2, 8, 9), {"mode": "area", "antialias": False}),
        ((2, 8, 9, 9, 9), {"mode": "nearest-exact"}),
        ((2, 8, 9, 9), {"mode": "nearest", "align_corners": None, "size": None, "scale_factor": (2.0, 2.0)}),
        ((2, 8, 9, 9), {"align_corners": True}),
        ((2, 8, 9, 9), {"antialias": True}),
        ((2, 8, 9, 9, 9), {"mode": "trilinear", "size": (3, 3, 3), "scale_factor": None}),
        ((2, 8, 9, 9), {"mode": "nearest", "size": None}),
        ((2, 8, 9, 9), {"mode": "nearest", "scale_factor": None}),
    ],
)
def test_resamplings_that_torch_takes_and_those_that_are_not_known(shape: Shape, args: dict[str, Any]) -> None:
    assert not messages("RF507", "Upsample", shape, **args)


@pytest.mark.parametrize("shape", [(9, 9), (2, 8, 9, 9, 9, 9)])
def test_no_mode_is_meant_for_inputs_of_any_other_rank(shape: Shape) -> None:
    assert not messages("RF507", "Upsample", shape, mode="bilinear")


def test_a_mode_is_judged_without_inputs_too() -> None:
    assert not messages("RF507", "Upsample", mode="bilinear")
    (said,) = messages("RF507", "Upsample", mode="cubic")
    assert said.endswith("torch has nearest, nearest-exact, area, linear, bilinear, bicubic, lanczos, trilinear")


def test_only_resamplings_have_a_mode_of_this_kind() -> None:
    assert not messages("RF507", "EmbeddingBag", (2, 8), mode="mean")


# RF508 maxunpool-size


def unpooled(before: Shape, after: Shape | None, pool: str = "MaxPool2d") -> Trace:
    """A pool, and an unpool with its indices."""
    net = Network(x=before)
    x = net.input()
    reads = [Read("unknown", axis) for axis in range(4)]
    small = net.use(pool, [(x, reads)], (1, 1, 4, 4), "pool")
    return net.trace(net.use("MaxUnpool2d", [(small, reads), (T(small.source, small.shape), reads)], after, "unpool"))


def unpooled_by(before: Shape, small: Shape, after: Shape, rank: int = 1, **more: Any) -> list[Finding]:
    """What is said of an unpool behind a pool with a window of 2, or with these arguments."""
    net = Network(x=before)
    known = {"kernel_size": 2, "stride": 2, "padding": 0, "dilation": 1, **more.pop("pool", {})}
    args = {name: (value,) * rank for name, value in known.items()}
    y = net.use(f"MaxPool{rank}d", [(net.input(), [])], small, "pool", args)
    where = [T(y.source, None)] if more.pop("indices", True) else []
    z = net.use(f"MaxUnpool{rank}d", [(one, []) for one in (y, *where)], after, "unpool", **more)
    return findings("RF508", net.trace(z))


def test_indices_beyond_the_end_are_an_error_on_one_axis_too() -> None:
    (finding,) = unpooled_by((1, 64, 9), (1, 64, 4), (1, 64, 7))  # index 7 is one of two of the last window
    assert finding.message == (
        "gives 7 back where the pool took 9: its indices point elsewhere, some beyond the end; "
        "hand on output_size=x.size() of what was pooled"
    )
    assert (finding.severity, finding.use) == ("error", 1)
    assert [words for _, words in finding.related] == ["unpool is called here", "the pool that made the indices"]
    (finding,) = unpooled_by((1, 8, 9), (1, 8, 4), (1, 8, 7))
    assert finding.message.startswith(
        "gives 7 back where the pool took 9: its indices point elsewhere, beyond the end for"
    )
    assert finding.severity == ""
    assert not unpooled_by((1, 1, 9), (1, 1, 4), (1, 1, 8))
    assert not unpooled_by((1, 1, H), (1, 1, H // 2), (1, 1, 7))
    assert not unpooled_by((1, 1, 9), (1, 1, 4), (1, 1, 7), pool={"kernel_size": None})
    assert not unpooled_by((1, 1, 9), (1, 1, 4), (1, 1, 7), conditional="if flag")
    assert not unpooled_by((1, 1, 9), (1, 1, 4), (1, 1, 7), indices=False)


def test_a_pool_of_single_positions_has_no_window_and_every_index_fits() -> None:
    assert not findings("RF508", traced("F.max_unpool1d(*F.max_pool1d(x, 1, return_indices=True), 1)", x=(1, 1, 9)))


def test_rows_of_another_length_move_what_is_behind_them() -> None:
    (finding,) = unpooled_by((1, 1, 4, 6, 9), (1, 1, 2, 3, 4), (1, 1, 9, 9, 8), 3)
    assert "gives 9×9×8 back where the pool took 4×6×9: its indices point elsewhere; hand on" in finding.message
    assert finding.severity == ""
    assert not unpooled_by((1, 1, 9, 6, 8), (1, 1, 4, 3, 4), (1, 1, 8, 6, 8), 3)


def test_an_unpool_gives_back_what_the_pool_took() -> None:
    (finding,) = findings("RF508", unpooled((1, 1, 9, 9), (1, 1, 8, 8)))
    assert finding.message.startswith("gives 8×8 back where the pool took 9×9")
    assert not findings("RF508", unpooled((1, 1, 9, 9), (1, 1, 9, 9)))
    assert not findings("RF508", unpooled((1, 1, H, W), (1, 1, 8, 8)))
    assert not findings("RF508", unpooled((1, 1, 9, 9), None))
    assert not findings("RF508", unpooled((1, 1, 9, 9), (1, 1, 8, 8), "AvgPool2d"))
    assert not findings("RF508", unpooled((1, 1, 9, 8), (1, 1, 8, 8)))  # no index is another place
    assert not findings("RF508", traced("x + F.max_pool2d(x, 3, 1, 1)", x=(1, 1, 9, 9)))


@pytest.mark.parametrize(("height", "width"), [(n, m) for n in range(2, 9) for m in range(2, 9)])
def test_an_unpool_raises_where_an_index_lies_beyond_the_end(height: int, width: int) -> None:
    rows, columns = height // 2 * 2, width // 2 * 2
    last = (rows - 1) * width + columns - 1
    source = f"""
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.pool, self.unpool = nn.MaxPool2d(2, return_indices=True), nn.MaxUnpool2d(2)

    def forward(self, x):
        return self.unpool(*self.pool(x))


Net()(torch.randn(1, 256, {height}, {width}))
"""
    config = Config(select=("RF508",))
    found = linter.check(["net.py"], linter.Options(config, read={"net.py": source}.get)).diagnostics
    assert [one.severity for one in found] == (["error"] if last >= rows * columns else [])


# RF417 missing-super-init, RF419 call-non-module-container


def ended(exception: str, text: str, place: Place | None = HERE) -> Trace:
    """The trace of a network that something ends."""
    return Network().trace(raised=Raising(place, exception, text))


def test_what_ends_a_network_without_a_constructor() -> None:
    text = "cannot assign module before Module.__init__() call"
    (finding,) = findings("RF417", ended("AttributeError", text))
    assert finding.place == HERE
    text = text.replace("module", "parameters")
    (finding,) = findings("RF417", ended("AttributeError", text))
    assert finding.message.startswith("a parameter is assigned before Module.__init__() ran; ")
    (finding,) = findings("RF417", ended("AttributeError", "'Net' object has no attribute '_backward_hooks'"))
    assert "has never run" in finding.message
    assert not findings("RF417", ended("AttributeError", text, None))
    assert not findings("RF417", ended("ValueError", text))
    assert not findings("RF417", ended("AttributeError", "'Net' object has no attribute 'conv'"))
    assert not findings("RF417", Network().trace())


@pytest.mark.parametrize(("kind", "cure"), [("ModuleList", "loop over"), ("ModuleDict", "call one of")])
def test_containers_are_not_called(kind: str, cure: str) -> None:
    text = f'Module [{kind}] is missing the required "forward" function'
    (finding,) = findings("RF419", ended("NotImplementedError", text))
    assert cure in finding.message
    assert not findings("RF419", ended("NotImplementedError", text, None))
    assert not findings("RF419", ended("NotImplementedError", text.replace(kind, "Net")))


def test_a_list_that_is_called_becomes_a_sequence_if_it_is_the_only_one() -> None:
    def fix(kind: str, *members: Member) -> Any:
        text = f'Module [{kind}] is missing the required "forward" function'
        trace = Network().trace(raised=Raising(HERE, "NotImplementedError", text), members=list(members))
        (finding,) = findings("RF419", trace)
        assert finding.torch == f"NotImplementedError: {text}"
        return finding.fix

    made, other = Place("net.py", 3), Place("net.py", 4)
    one, two = Member("a", "ModuleList", made), Member("b", "ModuleList", other)
    mended = fix("ModuleList", one, Member("c", "ModuleDict", other), Member("d", "ModuleList", None))
    assert mended.message == "make it an nn.Sequential"
    assert [(edit.place, edit.text) for edit in mended.edits] == [(made, "torch.nn.Sequential(*{0})")]
    assert fix("ModuleList", one, Member("a.0", "ModuleList", made)) is not None
    assert fix("ModuleList", one, two) is None
    assert fix("ModuleList") is None
    assert fix("ModuleDict", one) is None
    assert not findings("RF419", Network().trace())


# RF424 certain-exception


@pytest.mark.parametrize(
    ("raised", "declared", "said"),
    [
        (Raising(HERE, "ValueError", "3 values for 2 names"), True, "ValueError: 3 values for 2 names"),
        (Raising(HERE, "AssertionError", ""), True, "AssertionError"),
        (Raising(HERE, "ValueError", "no"), False, None),
        (Raising(HERE, "ValueError", "no", refused=True), False, "ValueError: no"),
        (Raising(HERE, "ValueError", "no", refused=True), True, "ValueError: no"),
        (Raising(None, "ValueError", "no"), True, None),
        (Raising(Place("<call>", 7), "ValueError", "no"), True, None),
        *(
            (Raising(HERE, name, "no"), True, None)
            for name in ("NotImplementedError", "ImportError", "ModuleNotFoundError", "FileNotFoundError", "OSError")
        ),
        (Raising(HERE, "AttributeError", "cannot assign module before Module.__init__() call"), True, None),
        (None, True, None),
    ],
)
def test_exceptions_that_are_certain(raised: Raising | None, declared: bool, said: str | None) -> None:
    found = findings("RF424", Network().trace(raised=raised, declared=declared))
    assert [one.message for one in found] == ([f"this surely raises {said}"] if said else [])
    assert all(one.place == HERE for one in found)


# RF418 module-built-in-forward


def test_layers_with_weights_that_forward_certainly_builds_and_calls() -> None:
    def trace(conditional: str = "", weights: bool = True, made: Place | None = HERE) -> Trace:
        use = Use(0, "", Layer("Linear", "Linear", {}, HERE), (), None, HERE, conditional)
        net = Network()
        net.uses = [use]
        return net.trace(late=[Member("Linear", "Linear", made, weights=weights, registered=False)])

    assert [finding.place for finding in findings("RF418", trace())] == [HERE]
    assert not findings("RF418", trace(conditional="if flag"))
    assert not findings("RF418", trace(weights=False))
    assert not findings("RF418", trace(made=Place("net.py", 8)))


# RF415 repeated-module


def test_one_module_in_all_places_of_a_container() -> None:
    def said(path: str = "body.2", **about: Any) -> list[tuple[str, Place, list[str]]]:
        given = {"made": HERE, "kept": Place("net.py", 9), "alike": 3, "weights": True, **about}
        found = findings("RF415", Network().trace(members=[Member(path, "Conv2d", **given)]))
        return [(one.message, one.place, [text for place, text in one.related if place == HERE]) for one in found]

    ((message, place, related),) = said()
    assert message.startswith("all 3 elements of body are one Conv2d: its weights are shared by all")
    assert (place, related) == (Place("net.py", 9), ["it is made here, once"])
    assert said(alike=2)
    assert said("2")[0][0].startswith("all 3 elements of the container are")
    assert said(made=None)[0][2] == []
    assert not any(said(**less) for less in ({"alike": 1}, {"weights": False}, {"kept": None}))


# RF423 refused-by-torch


def test_what_torch_refuses_is_said_unless_a_rule_says_more() -> None:
    def said(**about: Any) -> list[str]:
        net = Network(x=(N, 4, 1, 1))
        net.use("flip", [], (N, 4, 1, 1), refused="no such axis", **about)
        net.use("roll", [], (N, 4, 1, 1), refused="no such axis either")
        return [finding.message for finding in findings("RF423", net.trace())]

    assert said() == ["flip: no such axis: torch refuses it"]
    assert said(conditional="if flag") == ["roll: no such axis either: torch refuses it"]
    assert said(given=((N, 4, 1, 1),)) == []
    window = {"kernel_size": (4, 4), "stride": (1, 1), "padding": (0, 0), "dilation": (1, 1)}
    net = Network(x=(N, 4, 1, 1))
    net.use("Conv2d", [(net.input(), [])], None, "conv", window, refused="too small")
    assert findings("RF301", net.trace())
    assert not findings("RF423", net.trace())
