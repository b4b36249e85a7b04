"""`rflint diff` in repositories of a real git: what is compared, what is told, and with which status."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rflint.cli import main

HEAD = """\
from torch import nn


def head(channels):
    return nn.Conv2d(channels, 10, 3, padding=1)
"""
NET = """\
from torch import nn

from pkg.head import head


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, stride=2, padding=1)
        self.head = head(16)

    def forward(self, x):
        return self.head(self.stem(x))
"""
OTHER = """\
from torch import nn


class Other(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5)

    def forward(self, x):
        return self.conv(x)
"""
Run = Callable[..., tuple[int, str, str]]


def git(*arguments: str) -> str:
    """Run git here and give what it prints."""
    named = ["-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *named, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit(message: str = "step") -> str:
    """Commit all that there is."""
    git("add", "-A")
    git("commit", "-q", "-m", message)
    return git("rev-parse", "HEAD")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit: a network whose head stands in another file, and one of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    (tmp_path / "pkg").mkdir()
    for name, text in {"__init__": "", "head": HEAD, "net": NET, "other": OTHER}.items():
        (tmp_path / "pkg" / f"{name}.py").write_text(text)
    git("init", "-q", "-b", "main")
    commit()
    return tmp_path


@pytest.fixture
def diff(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `rflint diff`: its status, and what goes to stdout and stderr."""

    def call(*arguments: str) -> tuple[int, str, str]:
        status = main(["diff", *arguments])
        return (status, *capsys.readouterr())

    return call


def edit(path: Path, old: str, new: str) -> None:
    """Replace a part of a file."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def short(revision: str = "HEAD") -> str:
    """The name of a commit as it is shown."""
    return git("rev-parse", "--short", revision)


def test_nothing_differs(diff: Run) -> None:
    assert diff("HEAD") == (0, "", f"rflint: HEAD ({short()}) → work tree: no network and no finding has changed\n")
    assert diff("main..HEAD", "--quiet") == (0, "", "")


def test_what_a_changed_import_does_to_a_network_in_another_file(diff: Run, project: Path) -> None:
    edit(project / "pkg" / "head.py", "10, 3, padding=1", "10, 5, stride=2")
    status, out, err = diff("HEAD")
    assert out.splitlines() == [
        "pkg/net.py::Net()",
        "  output       N×10×((H + 1)//2)×((W + 1)//2) → N×10×((H - 5)//4)×((W - 5)//4)",
        "  field        7 → 11",
        "  jump         2 → 4",
        "  parameters   1,898 → 4,458 (+2,560)",
        "  input sizes  any H, W likewise → H ≥ 9, W likewise",
    ]
    assert status == 0
    assert err == f"rflint: HEAD ({short()}) → work tree: 1 changed network\n"


def test_nothing_of_the_work_tree_is_touched_or_seen_between_commits(diff: Run, project: Path) -> None:
    first = git("rev-parse", "HEAD")
    edit(project / "pkg" / "head.py", "10, 3", "12, 3")
    commit()
    (project / "pkg" / "head.py").write_text("def head(channels):\n    return broken(")
    (project / "pkg" / "new.py").write_text(OTHER)
    before = {path: path.read_text() for path in project.rglob("*.py")}
    index = (project / ".git" / "index").read_bytes()
    status, out, _ = diff(f"{first}..HEAD")
    assert (status, out.splitlines()[0]) == (0, "pkg/net.py::Net()")
    assert "N×10" in out
    assert "N×12" in out
    assert {path: path.read_text() for path in project.rglob("*.py")} == before
    assert (project / ".git" / "index").read_bytes() == index


def test_modules_that_come_and_go_are_found_on_their_side_only(diff: Run, project: Path) -> None:
    (project / "pkg" / "head.py").rename(project / "pkg" / "ends.py")
    edit(project / "pkg" / "net.py", "pkg.head", "pkg.ends")
    edit(project / "pkg" / "ends.py", "10, 3", "12, 3")
    _, out, err = diff("HEAD")
    assert "output      N×10×((H + 1)//2)×((W + 1)//2) → N×12×((H + 1)//2)×((W + 1)//2)" in out
    assert "followed" not in out
    assert err.endswith("1 changed network\n")


def test_new_and_gone_networks(diff: Run, project: Path) -> None:
    (project / "pkg" / "new.py").write_text(OTHER.replace("Other", "New"))
    (project / "pkg" / "other.py").unlink()
    _, out, err = diff("HEAD")
    assert out.splitlines() == [
        "pkg/new.py::New()  (new)",
        "  output       N×8×(H - 4)×(W - 4)",
        "  field        5",
        "  jump         1",
        "  parameters   608",
        "  input sizes  H ≥ 5, W likewise",
        "pkg/other.py::Other()  (gone)",
        "  output       N×8×(H - 4)×(W - 4)",
        "  field        5",
        "  jump         1",
        "  parameters   608",
        "  input sizes  H ≥ 5, W likewise",
    ]
    assert err.endswith("1 new network, 1 gone\n")


def test_renamed_files_hold_the_same_networks(diff: Run, project: Path) -> None:
    git("mv", "pkg/other.py", "pkg/another.py")
    assert diff("HEAD")[1] == ""
    edit(project / "pkg" / "another.py", "8, 5", "8, 3")
    assert diff("HEAD")[1].splitlines()[:3] == [
        "pkg/another.py::Other()  (was pkg/other.py::Other())",
        "  output       N×8×(H - 4)×(W - 4) → N×8×(H - 2)×(W - 2)",
        "  field        5 → 3",
    ]


def test_a_network_that_becomes_a_part_of_another_is_not_gone(diff: Run, project: Path) -> None:
    inside = OTHER + "\n\nclass Whole(nn.Sequential):\n    def __init__(self):\n        super().__init__(Other())\n"
    (project / "pkg" / "other.py").write_text(inside)
    assert "(gone)" not in diff("HEAD")[1]


FAULT = ("self.head = head(16)", "self.head = head(8)")


def test_new_findings_fail_and_old_ones_do_not(diff: Run, project: Path) -> None:
    edit(project / "pkg" / "net.py", *FAULT)
    status, out, err = diff("HEAD")
    assert status == 1
    assert "new findings\n  pkg/net.py:10:26: RF401 takes 8 channels" in out
    assert err.endswith("1 changed network; 1 new finding\n")
    assert [diff("HEAD", *options)[0] for options in (["--exit-zero"], ["--ignore=RF4"], ["--fail-on=never"])] == [
        0
    ] * 3
    commit()
    edit(project / "pkg" / "net.py", "from torch", "# moved by a comment\nfrom torch")
    assert diff("HEAD")[:2] == (0, "")


def test_gone_findings_and_those_with_other_figures(diff: Run, project: Path) -> None:
    edit(project / "pkg" / "net.py", *FAULT)
    commit()
    edit(project / "pkg" / "net.py", "3, 16, 3", "3, 32, 3")
    status, out, err = diff("HEAD")
    assert "findings with other figures\n  pkg/net.py:10:26: RF401 takes 8 channels, but its N×32" in out
    assert (status, err.rpartition("; ")[2]) == (0, "1 changed finding\n")
    edit(project / "pkg" / "net.py", "head(8)", "head(32)")
    status, out, err = diff("HEAD")
    assert "gone findings\n  pkg/net.py:10:26: RF401 takes 8 channels, but its N×16" in out
    assert (status, err.rpartition("; ")[2]) == (0, "1 gone finding\n")


def test_json(diff: Run, project: Path) -> None:
    edit(project / "pkg" / "other.py", "8, 5", "8, 3")
    status, out, _ = diff("HEAD", "--format=json")
    found = json.loads(out)
    [network] = found.pop("networks")
    assert network["network"] == "pkg/other.py::Other()"
    assert network["figures"]["field"]["before"] == {"value": {"size": [5, 5], "global": False}, "text": "5"}
    assert network["figures"]["parameters"]["after"] == {"value": {"known": 224, "exact": True}, "text": "224"}
    assert found == {
        "version": 1,
        "before": f"HEAD ({short()})",
        "after": "work tree",
        "same": 0,
        "new_findings": [],
        "gone_findings": [],
        "changed_findings": [],
    }
    assert status == 0


def test_markdown(diff: Run, project: Path) -> None:
    edit(project / "pkg" / "net.py", *FAULT)
    (project / "pkg" / "other.py").unlink()
    _, out, _ = diff("HEAD", "--format=markdown")
    lines = out.splitlines()
    assert lines[0] == "### rflint: 1 changed network, 1 gone; 1 new finding"
    assert lines[2] == f"| network | | HEAD ({short()}) | work tree |"
    assert "| `pkg/net.py::Net()` | parameters | 1,898 | 1,178 (-720) |" in lines
    assert lines[lines.index("**New findings**") + 2].startswith("- `pkg/net.py:10:26` **RF401** takes 8 channels")
    assert "<details><summary>Gone networks (1)</summary>" in lines
    assert lines[-1] == "</details>"
    assert diff("HEAD..HEAD", "--format=markdown")[1] == "### rflint: no network and no finding has changed\n"


def test_targets_and_folders(diff: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(project / "pkg" / "other.py", "8, 5", "8, 3")
    edit(project / "pkg" / "head.py", "10, 3", "12, 3")
    assert [line for line in diff("HEAD", "pkg/other.py")[1].splitlines() if "::" in line] == ["pkg/other.py::Other()"]
    monkeypatch.chdir(project / "pkg")
    assert [line for line in diff("HEAD")[1].splitlines() if "::" in line] == ["net.py::Net()", "other.py::Other()"]
    (project / "rflint.toml").write_text('exclude = ["net.py"]\n')
    assert [line for line in diff("HEAD")[1].splitlines() if "::" in line] == ["other.py::Other()"]


def test_from_where_two_branches_parted(diff: Run, project: Path) -> None:
    git("switch", "-q", "-c", "side")
    edit(project / "pkg" / "other.py", "8, 5", "8, 3")
    commit()
    git("switch", "-q", "main")
    edit(project / "pkg" / "head.py", "10, 3", "12, 3")
    commit()
    assert "pkg/net.py" in diff("main..side")[1]
    assert "pkg/net.py" not in diff("main...side")[1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere"], "there is no revision 'nowhere'"),
        (["HEAD..nowhere"], "there is no revision 'nowhere'"),
        (["--", "--output=x"], "there is no revision '--output=x'"),
        (["HEAD", "missing.py"], "missing.py holds no Python file, neither in HEAD ("),
        (["HEAD", "pkg/net.py::Net()"], "diff takes files and folders, and no pkg/net.py::Net()"),
        ([], "diff takes a revision to compare with, such as main or main..HEAD"),
    ],
)
def test_what_cannot_be_compared_is_one_sentence(arguments: list[str], sentence: str, diff: Run) -> None:
    status, out, err = diff(*arguments)
    assert (status, out) == (2, "")
    assert f"rflint: {sentence}" in err


def test_outside_of_a_repository(
    diff: Run, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("plain")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(folder.parent))
    monkeypatch.chdir(folder)
    assert diff("HEAD") == (2, "", f"rflint: {folder} is in no git repository\n")


def test_in_a_repository_without_a_work_tree(diff: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project / ".git")
    assert diff("HEAD") == (2, "", f"rflint: {project / '.git'} is in no work tree of git\n")


def test_without_git(diff: Run, monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    monkeypatch.setenv("PATH", str(project))
    assert diff("HEAD") == (2, "", "rflint: git cannot be run: No such file or directory\n")


def test_shallow_clones_say_what_to_do(diff: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = git("rev-parse", "HEAD")
    edit(project / "pkg" / "other.py", "8, 5", "8, 3")
    commit()
    git("clone", "-q", "--depth=1", f"file://{project}", "shallow")
    monkeypatch.chdir(project / "shallow")
    status, _, err = diff(first)
    assert status == 2
    assert "this clone is shallow: fetch more of its history (git fetch --unshallow" in err


def test_a_file_that_did_not_parse_before(diff: Run, project: Path) -> None:
    (project / "pkg" / "other.py").write_text("import torch\ndef broken(:\n")
    commit()
    (project / "pkg" / "other.py").write_text(OTHER)
    status, out, _ = diff("HEAD")
    assert "pkg/other.py::Other()  (new)" in out
    assert "gone findings\n  pkg/other.py:2:12: RF900" in out
    assert status == 0


# The page

PAGE = Path(__file__).parent.parent / "docs" / "diff.md"
SHOWN = re.compile(
    r"(```console\n\$ git commit -qam [^\n]* && rflint (diff [^\n]*)\n)(.*?)(^```$)", re.DOTALL | re.MULTILINE
)


def shown_anew(page: str, folder: Path, run: Callable[[list[str]], str]) -> str:
    """The page with what the command prints in a repository that is made of the page."""
    [source] = re.findall(r"^```python\n# seg.py\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    [change] = re.findall(r"^```diff\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    old, new = ("".join(f"{row[1:]}\n" for row in change.splitlines() if row[0] == sign) for sign in "-+")
    (folder / "seg.py").write_text(source)
    git("init", "-q", "-b", "main")
    commit()
    git("switch", "-q", "-c", "dilated")
    edit(folder / "seg.py", old, new)
    commit()

    def printed(found: re.Match[str]) -> str:
        told = re.sub(r"\([0-9a-f]{7,}\)", "(1a2b3c4)", run(found[2].split()))
        return found[1] + told + found[4]

    return SHOWN.sub(printed, page)


def test_the_page_shows_what_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    (tmp_path / "page").mkdir()
    monkeypatch.chdir(tmp_path / "page")

    def run(arguments: list[str]) -> str:
        main(arguments)
        seen = capsys.readouterr()
        return str(seen.out + seen.err)

    page = PAGE.read_text(encoding="utf-8")
    assert len(SHOWN.findall(page)) == 1
    assert shown_anew(page, tmp_path / "page", run) == page


def update() -> None:
    """Write what the command prints into the page: `python tests/test_diff.py`."""
    with tempfile.TemporaryDirectory() as name:
        os.chdir(name)

        def run(arguments: list[str]) -> str:
            done = subprocess.run([sys.executable, "-m", "rflint", *arguments], capture_output=True, text=True)
            return done.stdout + done.stderr

        PAGE.write_text(shown_anew(PAGE.read_text(encoding="utf-8"), Path(name), run), encoding="utf-8")


if __name__ == "__main__":
    update()


def notebook(*cells: str) -> str:
    """A notebook of some cells of code."""
    code = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": [text]} for text in cells]
    return json.dumps({"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def test_notebooks_are_compared_and_their_findings_stand_in_cells(diff: Run, project: Path) -> None:
    book = project / "try.ipynb"
    body = "net = nn.Sequential(\n    nn.Conv2d(1, 8, 3),\n    nn.Conv2d({}, 8, 3),\n)"
    book.write_text(notebook("from torch import nn", body.format(8)))
    commit()
    book.write_text(notebook("%matplotlib inline\nfrom torch import nn", "print('new')", body.format(4)))
    status, out, _ = diff("HEAD")
    assert status == 1
    assert "  try.ipynb:cell 3:3:15: RF401 takes 4 channels, but its 1×8" in out.replace("N×8", "1×8")
    (found,) = json.loads(diff("HEAD", "--format", "json")[1])["new_findings"]
    assert (found["file"], found["cell"], found["line"]) == ("try.ipynb", 3, 3)
    commit()
    git("mv", "try.ipynb", "tried.ipynb")
    commit()
    assert diff("HEAD~1..HEAD")[2].endswith("no network and no finding has changed\n")


@pytest.mark.parametrize(("name", "broken"), [("try.ipynb", b"{"), ("pkg/other.py", b"\xff\xfe\0")])
def test_what_cannot_be_read_is_said_and_is_not_gone(diff: Run, project: Path, name: str, broken: bytes) -> None:
    text = OTHER.replace("5", "7")
    (project / name).write_text(notebook(text) if name.endswith(".ipynb") else text)
    commit()
    (project / name).write_bytes(broken)
    status, out, err = diff("HEAD")
    assert (status, out) == (2, "")
    assert err.startswith(f"rflint: {name} ")
    commit()
    git("checkout", "-q", "HEAD~1", "--", name)
    status, out, err = diff("HEAD")
    assert (status, out) == (0, "")
    assert err.startswith(f"rflint: HEAD ({short()}): {name} ")
