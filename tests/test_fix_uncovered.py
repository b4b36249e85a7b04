"""What an exception hid is no harm of the fix that mends it; what a fix brings of itself is."""

from __future__ import annotations

from mends import HEAD

from rflint.config import Config
from rflint.fixes.mending import Mended, mended
from rflint.linter import Options

NET = """{}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = {}

    def forward(self, x):
        return self.conv({})


Net()(torch.zeros(1, 3, 64, 64))
"""


def outcome(text: str) -> Mended:
    """What becomes of a file, all default rules on."""
    return mended(["net.py"], Options(Config(), read={"net.py": text}.get), unsafe=True)


def codes(done: Mended) -> list[str]:
    """The rules that find something in the end."""
    return [one.code for one in done.report.diagnostics]


def test_a_warning_behind_an_exception_comes_to_light() -> None:
    text = NET.format(HEAD, "nn.Conv2d(4, 1, 3, padding=1)", "x")
    done = outcome(text)
    assert done.texts["net.py"][1] == text.replace("Conv2d(4", "Conv2d(3")
    assert codes(done) == ["RF101"]


def test_another_exception_behind_it_does_not() -> None:
    text = NET.format(HEAD, "nn.Conv2d(3, 8, 65)", "x").replace("        super().__init__()\n", "")
    done = outcome(text)
    assert not done.texts
    assert "RF301" in done.kept[0][1]
