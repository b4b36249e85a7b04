"""The Python API: the examples of its page, what it refuses, and that importing the package is light."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from test_docs import write_sources

import rflint

PAGE = Path(__file__).parent.parent / "docs" / "api.md"
SESSION = re.compile(r"^```pycon\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TEST = re.compile(r"^```python\n(def test_.*?)^```$", re.MULTILINE | re.DOTALL)
TWO = """
from torch import nn


class Up(nn.Module):
    def __init__(self):
        super().__init__()
        self.up = nn.Upsample(scale_factor=2)

    def forward(self, x, y):
        return {"x": self.up(x), "y": y.flatten(1).mean(1)}


class Other(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)

    def forward(self, x):
        return self.conv(x).relu()
"""
HOLES = """
from torch import nn

net = nn.Sequential(*[nn.Conv2d(8, 8, 3, padding=2, dilation=2) for _ in range(3)], nn.Dropout(0.0))  # RF201, RF604
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files of the page, and one of two networks."""
    write_sources(PAGE.read_text(encoding="utf-8"), tmp_path)
    (tmp_path / "two.py").write_text(TWO, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_examples_of_the_page_give_what_they_show() -> None:
    page = PAGE.read_text(encoding="utf-8")
    globs: dict[str, Any] = {}
    text = "\n".join(SESSION.findall(page))
    examples = doctest.DocTestParser().get_doctest(text, globs, PAGE.name, str(PAGE), 0)
    assert len(examples.examples) > 10
    output: list[str] = []
    runner = doctest.DocTestRunner(verbose=False)
    assert runner.run(examples, out=output.append, clear_globs=False).failed == 0, "".join(output)
    [test] = TEST.findall(page)
    namespace: dict[str, Any] = {"rflint": rflint}
    exec(test, namespace)
    namespace["test_the_context_of_the_network"]()


def test_the_names_stand_for_what_they_say() -> None:
    for name in rflint.__all__:
        assert getattr(rflint, name) is not None
    assert dir(rflint) == sorted(rflint.__all__)
    with pytest.raises(AttributeError, match="no attribute 'chek'"):
        _ = rflint.chek


def test_trace_is_the_function_also_when_the_module_of_that_name_is_there() -> None:
    import rflint.trace

    assert callable(rflint.trace)
    assert sys.modules["rflint.trace"].Trace.__module__ == "rflint.trace"


def test_importing_the_package_loads_nothing_of_it() -> None:
    code = "import rflint, sys; print([name for name in sys.modules if name.startswith(('rflint.', 'libcst'))])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_several_inputs_and_outputs_are_asked_for_by_name() -> None:
    net = rflint.trace("two.py::Up()", input={"x": (1, 3, 8, 8), "y": "1,3,4,4"})
    assert net.inputs == {"x": (1, 3, 8, 8), "y": (1, 3, 4, 4)}
    assert net.output == {"x": (1, 3, 16, 16), "y": (1,)}
    assert net.field("up").jump == (Fraction(1, 2), Fraction(1, 2))
    with pytest.raises(LookupError, match="returns no single tensor \\('x', 'y'\\)"):
        net.field()
    with pytest.raises(LookupError, match="sees y"):
        net.field("up", input="y")
    with pytest.raises(LookupError, match="has no input 'z', but x, y"):
        net.field("up", input="z")
    assert rflint.trace("two.py::Up()", input=[(1, 3, 8, 8), (1, 3, 4, 4)]).inputs == net.inputs


def test_a_path_that_is_not_there_gets_the_nearest() -> None:
    with pytest.raises(LookupError, match="uses no module 'bdoy'; did you mean body\\?"):
        rflint.trace("seg.py").shape("bdoy")


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("two.py", r"two.py holds 2 networks: write two.py:: and one of Up\(…\)|Up\(\), Other\(\)"),
        ("nowhere.py", "nowhere.py does not exist"),
        ("seg.py::Nope()", "seg.py defines no Nope"),
    ],
)
def test_a_target_without_one_network_is_an_error(target: str, sentence: str) -> None:
    with pytest.raises(rflint.TargetError, match=sentence):
        rflint.trace(target)


def test_what_could_not_be_followed_is_said() -> None:
    text = TWO.replace("self.conv(x).relu()", "self.conv(unknown(x)).relu()")
    net = rflint.trace("two.py::Other()", text=text)
    assert not net.complete
    assert any(note.startswith("two.py:20: ") for note in net.unknowns)
    with pytest.raises(LookupError, match=r"it is not known what two.py::Other\(\) returns: two.py:20"):
        net.shape()


def test_rules_and_shapes_that_there_are_not_are_errors() -> None:
    with pytest.raises(ValueError, match="there is no rule 'RF999'"):
        rflint.check("seg.py", select=["RF999"])
    with pytest.raises(ValueError, match=r"is no shape"):
        rflint.trace("seg.py", input=())
    with pytest.raises(ValueError, match="a text has one name"):
        rflint.check("a.py", "b.py", text="")


def test_the_configuration_is_the_nearest_one_or_none(folder: Path) -> None:
    (folder / "rflint.toml").write_text('ignore = ["RF201"]\n', encoding="utf-8")
    assert rflint.check("seg.py").diagnostics == []
    assert [one.code for one in rflint.check("seg.py", isolated=True).diagnostics] == ["RF201"]
    assert [one.code for one in rflint.check("seg.py", ignore=[]).diagnostics] == ["RF201"]
    (folder / "rflint.toml").write_text('ignor = ["RF201"]\n', encoding="utf-8")
    with pytest.raises(rflint.ConfigError, match="ignor"):
        rflint.check("seg.py")


def test_check_takes_paths_and_reports_what_cannot_be_read(folder: Path) -> None:
    report = rflint.check(folder / "seg.py", "nowhere.py")
    assert [str(one) for one in report.failures] == ["nowhere.py does not exist"]
    assert report.files == 1


def test_rules_are_added_to_those_that_are_selected() -> None:
    found = rflint.check(text=HOLES, select=["RF604"], extend_select=["RF201"], isolated=True).diagnostics
    assert [one.code for one in found] == ["RF201", "RF604"]


def test_a_task_that_there_is_not_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"there is no task 'detecton', .*; did you mean detection\?"):
        rflint.check(text=HOLES, task="detecton")


def test_comments_silence_unless_they_are_not_to() -> None:
    silenced = "\n".join(f"{line}  # noqa" for line in HOLES.splitlines())
    assert not rflint.check(text=silenced, isolated=True).diagnostics
    assert rflint.check(text=silenced, isolated=True, noqa=False).diagnostics
