"""Which networks of a file are analysed, and on which inputs."""

from __future__ import annotations

import textwrap

import pytest

from rflint import linter
from rflint.config import Config, from_toml
from rflint.tracing.session import Root

NET = """
import torch
import torch.nn.functional as F
from torch import nn

class Net(nn.Module):
    def __init__(self, classes=4, width=8):
        super().__init__()
        self.conv = nn.Conv2d(3, width, 3)
        self.fc = nn.Linear(width, classes)

    def forward(self, x, mask=None):
        return self.fc(self.conv(x).mean((2, 3)))
"""


def found(files: dict[str, str], config: Config | None = None, path: str = "net.py") -> dict[str, str]:
    """The roots of a file by their calls, each with its inputs as text."""
    shown = linter.show(path, linter.Options(config or Config(), read=files.get))
    assert not shown.failures
    return {trace.call: inputs(trace.inputs, trace.declared) for trace in shown.traces}


def inputs(shapes: dict[str, tuple[object, ...] | None], declared: bool) -> str:
    """`x=2,3,8,8`, or "" where they are not declared."""
    rows = [f"{name}={','.join(map(str, shape or '?'))}" for name, shape in shapes.items()]
    return " ".join(rows) if declared else ""


def fed(code: str, net: str = NET) -> dict[str, str]:
    """The roots of a network's file with some code below it."""
    return found({"net.py": net + textwrap.dedent(code)})


ONE = {"Net()": "x=2,3,8,8"}


@pytest.mark.parametrize(
    "code",
    [
        "net = Net()\nnet(torch.randn(2, 3, 8, 8))",
        "net = Net()\nx = torch.randn(2, 3, 8, 8)\ny = net(x)\nprint(y.shape)",
        "Net()(torch.zeros((2, 3, 8, 8)))",
        "net = Net().to('cuda').eval()\nout = net.forward(torch.rand(2, 3, 8, 8))",
        "net = Net()\nnet = nn.DataParallel(net).cuda()\nnet.eval()\nprint(f'{net(torch.ones(2, 3, 8, 8)).shape}')",
        "if __name__ == '__main__':\n    net = Net()\n    net(torch.randn(2, 3, 8, 8))",
        "def main(batch=2):\n    size = 8\n    net, x = Net(), torch.randn(batch, 3, size, size)\n    return net(x)",
        "def f():\n    net, w = Net(), 2 * 4\n    with torch.no_grad():\n        assert net(torch.ones(2, 3, w, 8))",
        "class T:\n    def setUp(self):\n        self.net = Net()\n\n"
        "    def test(self):\n        self.net(torch.ones(2, 3, 8, 8))",
        "import pytest\n@pytest.fixture\ndef net():\n    return Net()\ndef test(net):\n    net(torch.ones(2, 3, 8, 8))",
        "class TestNet:\n    def test(self):\n        net = Net()\n        self.same(net(torch.ones(2, 3, 8, 8)))",
        "net = Net()\ndef test():\n    x = torch.randn(2, 3, 16, 16)[:, :, ::2, ::2]\n    net(x=x)",
        "def test():\n    net = Net()\n    for size in (8, 16):\n        net(torch.randn(2, 3, size, size))",
        "net = Net()\nx = torch.randn(2, 3, 8, 8)\nx = x.cuda()\nnet(x, None)",
    ],
)
def test_what_the_code_feeds(code: str) -> None:
    assert fed(code) == ONE


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ("from torchsummary import summary\nsummary(Net(), (3, 8, 8))", "x=N,3,8,8"),
        ("import torchsummary\ntorchsummary.summary(Net(), input_size=(3, 8, 8))", "x=N,3,8,8"),
        ("from torchinfo import summary\nsummary(Net(), input_size=(2, 3, 8, 8))", "x=2,3,8,8"),
        ("import torchinfo as ti\nti.summary(Net(), (2, 3, 8, 8))", "x=2,3,8,8"),
        ("from torchinfo import summary\nsummary(Net(), input_data=torch.ones(2, 3, 8, 8))", "x=2,3,8,8"),
        ("from thop import profile\nx = torch.ones(2, 3, 8, 8)\nprofile(Net(), inputs=(x,))", "x=2,3,8,8"),
        ("from ptflops import get_model_complexity_info as g\ng(Net(), (3, 8, 8), as_strings=True)", "x=N,3,8,8"),
        ("torch.jit.trace(Net(), torch.ones(2, 3, 8, 8))", "x=2,3,8,8"),
        ("net = Net()\ntorch.onnx.export(net, (torch.ones(2, 3, 8, 8),), 'net.onnx')", "x=2,3,8,8"),
        ("def f(writer):\n    net = Net()\n    writer.add_graph(net, torch.ones(2, 3, 8, 8))", "x=2,3,8,8"),
    ],
)
def test_tools_that_run_a_network(code: str, seen: str) -> None:
    assert fed(code) == {"Net()": seen}


@pytest.mark.parametrize(
    "code",
    [
        "def f(x):\n    Net()(x)",
        "import sys\nn = int(sys.argv[1])\nNet()(torch.randn(n, 3, 8, 8))",
        "from somewhere import summary\nsummary(Net(), (3, 8, 8))",
        "from torchinfo import summary\nsummary(Net(), (3, 8, 8), batch_dim=0)",
        "net = Net()\nnet.conv = nn.Conv2d(1, 8, 3)\nnet(torch.randn(2, 1, 8, 8))",
        "def f():\n    net = Net()\n    net.conv = nn.Conv2d(1, 8, 3)\n    net(torch.randn(2, 1, 8, 8))",
        "class T:\n    def setUp(self):\n        self.net = Net()\n        self.net.conv = nn.Conv2d(1, 8, 3)\n"
        "    def test(self):\n        self.net(torch.ones(2, 1, 8, 8))",
        "net = Net()\nnet.grow()\nnet(torch.randn(2, 1, 8, 8))",
        "def f(p):\n    size = 8\n    if p:\n        size = 9\n    Net()(torch.randn(2, 3, size, size))",
        "sizes = [2, 3]\nsizes.append(4)\nNet()(torch.randn(*sizes))\nNet()(torch.randn(sizes))",
        "import pytest\ndef test():\n    with pytest.raises(RuntimeError):\n        Net()(torch.randn(2, 4, 8, 8))",
        "try:\n    Net()(torch.randn(2, 4, 8, 8))\nexcept RuntimeError:\n    pass",
        "args = (torch.randn(2, 3, 8, 8),)\nNet()(*args)",
        "f = lambda: Net()(torch.randn(2, 3, 8, 8))",
    ],
)
def test_what_is_not_taken(code: str) -> None:
    assert fed(code) == {"Net()": ""}


def test_the_root_is_the_call_that_made_the_network() -> None:
    code = """
    def test_classes():
        n = 5
        net = Net(n, width=2 * n)
        net(torch.randn(2, 3, 8, 8))

    def test_width():
        net = Net(width=16)
        net(torch.randn(1, 3, 9, 9))
    """
    assert fed(code) == {"Net(5, width=10)": "x=2,3,8,8", "Net(width=16)": "x=1,3,9,9"}


def test_classes_and_configurations_of_the_module_stay_names() -> None:
    code = """
    class Config:
        classes = 7

    CONFIG = Config()
    net = Net(CONFIG.classes)
    other = make(Net, classes=9)
    """
    net = NET + "\ndef make(kind, **settings):\n    return kind(**settings)\n"
    assert fed(code, net) == {"Net(7)": "", "make(Net, classes=9)": ""}


def test_builders_and_class_methods() -> None:
    net = NET + "    @classmethod\n    def wide(cls, width):\n        return cls(width=width)\n"
    net += "\ndef build(classes):\n    net = Net(classes)\n    return net\n"
    code = "build(6)(torch.randn(2, 3, 8, 8))\nNet.wide(32)(torch.randn(1, 3, 8, 8))"
    assert fed(code, net) == {"build(6)": "x=2,3,8,8", "Net.wide(32)": "x=1,3,8,8"}


def test_parts_of_what_a_builder_makes_are_no_roots() -> None:
    net = NET + "\nclass Two(nn.Sequential):\n    pass\n"
    code = """
    def build(width=8):
        first = Net(width=8)
        return Two(first)
    """
    assert fed(code, net) == {"build()": ""}


def test_several_inputs() -> None:
    net = NET.replace("(self, x, mask=None)", "(self, x, k, y, z=None)").replace("self.conv(x)", "self.conv(x + y)")
    code = "net = Net()\nx = torch.randn(2, 3, 8, 8)\nnet(x, 3, y=torch.randn(2, 3, 1, 1))"
    assert fed(code, net) == {"Net()": "x=2,3,8,8 k=? y=2,3,1,1"}


def test_a_sequential_of_the_module_is_a_root_by_its_name() -> None:
    code = "net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU())\nnet(torch.randn(2, 3, 8, 8))"
    assert fed(code, "import torch\nfrom torch import nn\n") == {"net": "input=2,3,8,8"}


def test_a_network_of_another_file_is_a_root_and_its_finding_stands_there() -> None:
    broken = NET.replace("self.fc = nn.Linear(width, classes)", "self.fc = nn.Linear(9, classes)")
    script = "import torch\nfrom lib.net import Net\n\nnet = Net(3)\nnet(torch.randn(2, 3, 8, 8))\n"
    files = {"train.py": script, "lib/net.py": broken}
    assert found(files, path="train.py") == {"Net(3)": "x=2,3,8,8"}
    only = Config(select=("RF402",))
    [finding] = linter.check(["train.py"], linter.Options(only, read=files.get)).diagnostics
    assert (finding.file, finding.name, finding.witness) == ("lib/net.py", "linear-in-features", "Net(3) on 2,3,8,8")


def test_imports_inside_of_functions() -> None:
    script = "import torch\ndef test():\n    from lib.net import Net\n    n = 3\n    Net(n)(torch.randn(2, 3, 8, 8))\n"
    assert found({"test_net.py": script, "lib/net.py": NET}, path="test_net.py") == {"Net(3)": "x=2,3,8,8"}


def test_what_is_declared_in_the_imported_file_counts() -> None:
    declared = NET.replace("class Net", "# rflint: input=(1, 3, 32, 32)\nclass Net")
    script = "import torch\nfrom lib.net import Net\nNet(3)(torch.randn(2, 3, 8, 8))\n"
    assert found({"t.py": script, "lib/net.py": declared}, path="t.py") == {"Net(3)": "x=1,3,32,32"}


# -- the order of precedence --------------------------------------------------------------------------------------

FEEDS = "\nNet()(torch.randn(2, 3, 8, 8))\n"


def annotation(text: str) -> str:
    """The network with an annotated input."""
    return NET.replace("(self, x,", f"(self, x: {text},")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ('Float[Tensor, "n 3 224 224"]', "x=n,3,224,224"),
        ('jaxtyping.Float32[torch.Tensor, "b 3 h w"]', "x=b,3,h,w"),
        ("'Float[Tensor, \"2 3 h 2*h\"]'", "x=2,3,h,2*h"),
        ('Float[Tensor, "batch channels=3 8 8"]', "x=batch,3,8,8"),
        ('Annotated[Tensor, Shape("B", 3, 224, 224)]', "x=B,3,224,224"),
        ('Annotated[Tensor, "B, 3, 64, 64"]', "x=B,3,64,64"),
        ('TensorType["batch", 3, 8, 8]', "x=batch,3,8,8"),
        ('Optional[Float[Tensor, "1 3 8 8"]]', "x=1,3,8,8"),
    ],
)
def test_annotations(text: str, seen: str) -> None:
    assert found({"net.py": annotation(text)}) == {"Net()": seen}


@pytest.mark.parametrize(
    "text",
    [
        'Float[Tensor, "_ 3 8 8"]',
        'Float[Tensor, "... 3 8 8"]',
        'Float[Tensor, "*batch 3 8 8"]',
        'Annotated[Tensor, "an image of 3 channels"]',
        "Annotated[Tensor, 3]",
        'Literal["a b"]',
        "torch.Tensor",
        "'not python ['",
    ],
)
def test_annotations_that_leave_something_open(text: str) -> None:
    assert found({"net.py": annotation(text)}) == {"Net()": ""}


def test_pragmas_configuration_annotations_and_code_in_this_order() -> None:
    stated = annotation('Float[Tensor, "n 3 64 64"]')
    pragma = stated.replace("class Net", "# rflint: input=(1, 3, 16, 16)\nclass Net")
    default = from_toml("input = [3, 99, 99]")
    network = from_toml('[[network]]\ncall = "Net()"\ninput = [3, 77, 77]')
    assert found({"net.py": pragma + FEEDS}, default) == {"Net()": "x=1,3,16,16"}
    assert found({"net.py": stated + FEEDS}, network) == {"Net()": "x=N,3,77,77"}
    assert found({"net.py": stated + FEEDS}, default) == {"Net()": "x=N,3,99,99"}
    assert found({"net.py": stated + FEEDS}) == {"Net()": "x=n,3,64,64"}
    assert found({"net.py": NET + FEEDS}) == ONE
    assert found({"net.py": NET}) == {"Net()": ""}


def test_the_command_line_goes_before_everything() -> None:
    options = linter.Options(Config(), inputs=(("", (5, 3, 5, 5)),), read={"net.py": NET + FEEDS}.get)
    for target in ("net.py", "net.py::Net()"):
        [trace] = linter.show(target, options).traces
        assert trace.input_shapes["x"] == (5, 3, 5, 5)


def test_numbers_from_the_code_stand_for_names_of_an_annotation() -> None:
    assert found({"net.py": annotation('Float[Tensor, "b 3 h w"]') + FEEDS}) == ONE


def test_a_declared_task_leaves_the_shapes_to_the_code() -> None:
    task = NET.replace("class Net", "# rflint: task=restoration\nclass Net")
    assert found({"net.py": task + FEEDS}) == ONE


def test_a_call_that_is_asked_for_gets_what_the_code_feeds_it() -> None:
    files = {"net.py": NET + FEEDS}
    assert found(files, path="net.py::Net()") == ONE
    assert found(files, path="net.py::Net") == ONE
    assert found(files, path="net.py::Net(9)") == {"Net(9)": ""}


def test_looking_changes_nothing() -> None:
    code = """
    WIDTHS = [8, 16]

    def grow():
        WIDTHS.append(32)
        return WIDTHS[-1]

    def test():
        Net(width=grow())(torch.randn(2, 3, 8, 8))

    def build():
        return Net(width=WIDTHS[-1])
    """
    files = {"net.py": NET + textwrap.dedent(code)}
    shown = linter.show("net.py", linter.Options(Config(), read=files.get))
    widths = {trace.call: trace.uses[0].output[1] for trace in shown.traces if trace.uses[0].output}
    assert widths["build()"] == 16


def test_what_was_built_hangs_on_the_call_and_not_on_the_inputs() -> None:
    assert Root("a.py", "Net()", (("x", (1, 3)),)).build_key == Root("a.py", "Net()").build_key
