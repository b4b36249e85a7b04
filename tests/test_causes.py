"""One cause, one finding: the one that stays says how often it was met, and where else the cause shows."""

from __future__ import annotations

from rflint import linter
from rflint.config import from_toml
from rflint.diagnostics import Diagnostic

HEAD = "import torch\nfrom torch import nn\n"


def found(text: str, config: str = 'ignore = ["RF101", "RF601"]') -> list[Diagnostic]:
    options = linter.Options(from_toml(config, linter.known_rules()), read={"net.py": HEAD + text}.get)
    return linter.check(["net.py"], options).diagnostics


READERS = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 24, 3)
        self.heads = nn.ModuleList([nn.Conv2d(16, 8, 1) for _ in range(3)])
        self.last = nn.Conv2d(16, 8, 1)

    def forward(self, x):
        x = self.stem(x)
        return [head(x) for head in self.heads], self.last(x)
"""


def test_the_finding_that_stays_is_counted_and_names_the_others() -> None:
    (finding,) = found(READERS)
    assert (finding.span.line, finding.count) == (8, 3)
    assert [(span.line, text) for _, span, text in finding.related][-1] == (
        9,
        "of the same cause: takes 16 channels, but its N×24×(H - 2)×(W - 2) input has 24",
    )


def test_networks_that_several_builders_make_are_counted() -> None:
    builders = "\n".join(f"def net{n}():\n    return Net({n})\n" for n in (8, 16, 32))
    text = """
class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.a = nn.Conv2d(3, width, 3)
        self.b = nn.Conv2d(width + 1, 8, 1)

    def forward(self, x):
        return self.b(self.a(x))

"""
    (finding,) = found(text + builders)
    assert finding.count == 3
    assert finding.witness == "net8() on N,3,H,W"


def test_an_edit_that_explains_an_error_goes_to_the_error() -> None:
    text = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(8, 8, 3, padding=1, dilation=2)

    def forward(self, x):
        return x + self.a(x)
"""
    (finding,) = found(text)
    assert finding.code == "RF405"
    assert finding.fix is not None
    assert finding.fix.message == "padding=2"


def test_what_follows_is_reported_where_the_cause_is_not() -> None:
    (finding,) = found(READERS.replace("nn.Conv2d(16, 8, 1) for", "nn.Conv2d(24, 8, 1) for"))
    assert (finding.span.line, finding.count) == (9, 1)


def test_what_is_ignored_explains_nothing() -> None:
    text = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.up = nn.ConvTranspose2d(3, 8, 1, stride=2)

    def forward(self, x):
        return self.up(x)
"""
    assert [one.code for one in found("# rflint: input=(1, 3, 8, 8)" + text)] == ["RF502"]
    alone = found("# rflint: input=(1, 3, 8, 8)" + text, 'ignore = ["RF101", "RF502"]')
    assert [one.code for one in alone] == ["RF504"]
