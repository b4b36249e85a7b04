"""What a trace says: paths, places, inputs, outputs, and what could not be followed."""

from __future__ import annotations

from textwrap import dedent

import pytest

from rflint import linter
from rflint.config import Config
from rflint.dims import symbol
from rflint.trace import Shape, Trace
from rflint.tracing.building import TargetError
from rflint.tracing.running import trace
from rflint.tracing.session import Root, Session

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n\n\n"


def traced(source: str, *shapes: Shape, call: str = "Net()", training: bool = False) -> Trace:
    """The trace of `Net()` in a file with this source."""
    files = {"net.py": HEAD + dedent(source)}
    return trace(Session(files.get, training=training), Root("net.py", call, tuple(("", s) for s in shapes)))


def rows(seen: Trace) -> list[tuple[str, str, Shape | None]]:
    """Path, kind and output of the uses that are listed."""
    return [(use.path, use.kind, use.output) for use in seen.uses if not use.inner]


def test_paths_are_those_of_named_modules_and_functions_bear_their_network() -> None:
    seen = traced(
        """
        class Block(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv = nn.Conv2d(3, 3, 3, padding=1)

            def forward(self, x):
                return F.relu(self.conv(x))


        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.stage = nn.Sequential(Block(), Block())

            def forward(self, x):
                return torch.flatten(self.stage(x), 1)
        """,
        (1, 3, 8, 8),
    )
    same = (1, 3, 8, 8)
    assert rows(seen) == [
        ("stage.0.conv", "Conv2d", same),
        ("stage.0", "relu", same),
        ("stage.1.conv", "Conv2d", same),
        ("stage.1", "relu", same),
        ("", "flatten", (1, 192)),
    ]
    assert seen.complete


def test_a_shared_module_bears_its_first_name() -> None:
    seen = traced(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.first = nn.Conv2d(3, 3, 1)
                self.second = self.first

            def forward(self, x):
                return self.second(self.first(x))
        """,
        (1, 3, 8, 8),
    )
    assert [path for path, *_ in rows(seen)] == ["first", "first"]


def test_a_module_in_a_plain_list_is_called_by_its_place() -> None:
    seen = traced(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.layers = [nn.Conv2d(3, 3, 1), nn.Sequential(nn.ReLU())]

            def forward(self, x):
                for layer in self.layers:
                    x = layer(x)
                return x
        """,
        (1, 3, 8, 8),
    )
    assert [path for path, *_ in rows(seen)] == ["layers[0]", "layers[1].0"]


def test_a_library_layer_whose_forward_is_overridden_is_one_use() -> None:
    seen = traced(
        """
        class SameConv(nn.Conv2d):
            def forward(self, x):
                return super().forward(F.pad(x, (1, 1, 1, 1)))


        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv = SameConv(3, 8, 3)

            def forward(self, x):
                return self.conv(x)
        """,
        (1, 3, 8, 8),
    )
    assert rows(seen) == [("conv", "SameConv", (1, 8, 8, 8))]
    assert seen.uses[-1].inputs == ((1, 3, 8, 8),)


def test_what_runs_in_the_constructor_is_not_part_of_the_trace() -> None:
    seen = traced(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv = nn.Conv2d(3, 8, 3)
                self.head = nn.Linear(self.conv(torch.zeros(1, 3, 8, 8)).flatten(1).shape[1], 10)

            def forward(self, x):
                return self.head(self.conv(x).flatten(1))
        """,
        (2, 3, 8, 8),
    )
    assert [kind for _, kind, _ in rows(seen)] == ["Conv2d", "flatten", "Linear"]
    assert seen.output == (2, 10)


def test_inputs_and_outputs_keep_their_structure() -> None:
    seen = traced(
        """
        class Net(nn.Module):
            def forward(self, left, right, scale=2):
                return {"sum": left + right, "parts": [left, (right, None)], "n": scale}
        """,
        (1, 3),
        (1, 3),
    )
    assert seen.inputs == {"left": (1, 3), "right": (1, 3)}
    assert seen.output == {"sum": (1, 3), "parts": [(1, 3), [(1, 3), None]], "n": None}


def test_the_shape_of_an_input_follows_from_the_first_layer() -> None:
    seen = traced(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.image = nn.Conv2d(4, 8, 3)
                self.sound = nn.Conv1d(2, 8, 3)

            def forward(self, image, sound):
                return self.image(F.relu(image)), self.sound(sound)
        """
    )
    n, h, w, length = map(symbol, "NHWL")
    assert seen.inputs == {"image": (n, 4, h, w), "sound": (n, 2, length)}
    assert seen.output == [(n, 8, h - 2, w - 2), (n, 8, length - 2)]
    assert not seen.declared


@pytest.mark.parametrize(("training", "kinds"), [(False, ["Conv2d"]), (True, ["Conv2d", "Conv2d"])])
def test_auxiliary_heads_run_in_training_mode_only(training: bool, kinds: list[str]) -> None:
    seen = traced(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.main = nn.Conv2d(3, 8, 1)
                self.aux = nn.Conv2d(3, 8, 1)

            def forward(self, x):
                if self.training:
                    return self.main(x), self.aux(x)
                return self.main(x)
        """,
        (1, 3, 8, 8),
        training=training,
    )
    assert [kind for _, kind, _ in rows(seen)] == kinds


FOLLOWED_NOT_AT_ALL = """
    from mystery import tile


    class Net(nn.Module):
        def __init__(self, width=16):
            super().__init__()
            self.a = nn.Conv2d(3, width, 3, padding=1)
            self.b = nn.Conv2d(width, 2 * width, kernel_size=3, stride=2)

        def forward(self, x):
            return self.b(self.a(tile(x)))
    """


def test_outputs_come_from_no_use_where_layers_stand_in_constructor_order() -> None:
    body = """
        self.conv = nn.Conv2d(3, 8, 3)

    def forward(self, x):
        return self.conv(mystery(x)).flip(0).flip(0)
"""
    head = "from torch import nn\nfrom elsewhere import mystery\n\n\nclass Net(nn.Module):\n    def __init__(self):"
    text = f"{head}\n        super().__init__(){body}"
    (seen,) = linter.show("net.py::Net()", linter.Options(Config(), read={"net.py": text}.get)).traces
    assert (seen.order, len(seen.uses)) == ("constructor", 1)
    assert seen.output_sources == [None]


def test_layers_in_constructor_order_where_forward_cannot_be_followed() -> None:
    seen = traced(FOLLOWED_NOT_AT_ALL, (1, 3, 8, 8))
    assert seen.order == "constructor"
    assert not seen.complete
    assert rows(seen) == [("a", "Conv2d", None), ("b", "Conv2d", None)]
    assert seen.uses[1].layer.args["kernel_size"] == (3, 3)
    assert "mystery" in seen.unknowns[0].reason


def test_a_network_that_raises_is_followed_up_to_there() -> None:
    seen = traced(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv = nn.Conv2d(3, 8, 1)

            def forward(self, x):
                x = self.conv(x)
                raise NotImplementedError("to be done")
        """,
        (1, 3, 8, 8),
    )
    assert rows(seen) == [("conv", "Conv2d", (1, 8, 8, 8))]
    assert [note.reason for note in seen.unknowns] == ["NotImplementedError: to be done"]


def test_what_an_unknown_function_returns_is_unknown_and_not_its_argument() -> None:
    seen = traced(
        """
        from mystery import shrink


        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a = nn.Conv2d(3, 8, 1)
                self.b = nn.Conv2d(3, 8, 1)

            def forward(self, x):
                return self.b(shrink(self.a(x)))
        """,
        (1, 3, 8, 8),
    )
    assert rows(seen) == [("a", "Conv2d", (1, 8, 8, 8)), ("b", "Conv2d", None)]
    assert not seen.complete


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ("Nothing()", "net.py defines no Nothing"),
        ("Net(", "'Net(' in net.py::Net( is no call such as Net(10)"),
        ("Net(1)", "net.py::Net(1): TypeError: "),
        ("number()", "net.py::number() gives int, and no network"),
    ],
)
def test_a_call_that_means_no_network_is_said(call: str, sentence: str) -> None:
    source = "class Net(nn.Module):\n    def __init__(self):\n        pass\n\n\ndef number():\n    return 3\n"
    with pytest.raises(TargetError) as said:
        traced(source, call=call)
    assert str(said.value).startswith(sentence)


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ("nn.Conv2d(3, size(), 3)", "module elsewhere is not found"),
        ("nn.Conv2d(3, 4, kernel_size=size())", "module elsewhere is not found"),
        ("nn.MaxPool2d(size())", "an argument is not known: module elsewhere is not found"),
        ("nn.Upsample(scale_factor=size())", "scale_factor is not known: module elsewhere is not found"),
        ("nn.Upsample(size=(size(), 7))", "size is not known: module elsewhere is not found"),
    ],
)
def test_a_size_that_is_not_known_says_why_its_argument_is_not(layer: str, said: str) -> None:
    source = f"""
        from elsewhere import size

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.layer = {layer}
                self.next = nn.ReLU()

            def forward(self, x):
                return self.next(self.layer(x))
    """
    seen = traced(source, (1, 3, 32, 32))
    assert [note.reason.startswith(said) for note in seen.unknowns] == [True, True]


def test_a_network_in_a_data_parallel_is_its_module() -> None:
    seen = traced(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.body = nn.DataParallel(nn.Sequential(nn.Conv2d(3, 4, 1)))

            def forward(self, x):
                return self.body(x)
        """,
        (1, 3, 8, 8),
    )
    assert rows(seen) == [("body.module.0", "Conv2d", (1, 4, 8, 8))]


@pytest.mark.parametrize(
    ("target", "shown"), [("net", "net"), ("Net", "Net()"), ("Net()", "Net()"), ("make", "make()")]
)
def test_a_target_is_shown_as_it_is_evaluated(target: str, shown: str) -> None:
    source = """
        class Net(nn.Module):
            def forward(self, x):
                return x.relu()

        def make():
            return Net()

        net = nn.Sequential(nn.ReLU())
    """
    options = linter.Options(Config(), read={"net.py": HEAD + dedent(source)}.get)
    [seen] = linter.show(f"net.py::{target}", options).traces
    assert seen.call == shown
