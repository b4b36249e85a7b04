"""Notebooks: what is read of them, where findings stand in them, and what of them changes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rflint import cli
from rflint.files import SourceError, decode
from rflint.notebooks.magics import cell_of, python_of
from rflint.notebooks.places import Cells, cell_texts
from rflint.notebooks.writing import notebook_bytes

FIRST = [
    "%matplotlib inline\n",
    "!pip install torch \\\n",
    "    torchvision\n",
    "import torch\n",
    "from torch import nn",
]
NET = """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, padding=1, dilation=2)  # ä
        self.second = nn.Conv2d(8, 8, 3, padding=1, dilation=2)  # noqa: RF207

    def forward(self, x):
        return self.second(self.first(x))"""


def code(source: Any, **metadata: Any) -> dict[str, Any]:
    return {"cell_type": "code", "execution_count": None, "metadata": metadata, "outputs": [], "source": source}


def notebook(*cells: dict[str, Any], language: str = "python") -> dict[str, Any]:
    metadata = {"kernelspec": {"display_name": "a", "language": language, "name": "a"}}
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


TEXT = {"cell_type": "markdown", "metadata": {}, "source": ["# A net\n", "in words"]}
BASH = code("%%bash\nif (\n")
RUN = code(["net = Net()\n", "net?\n", "net(torch.zeros(1, 3, 17, 17)).shape"])
BOOK = notebook(TEXT, code(FIRST), BASH, code(NET.splitlines(keepends=True)), RUN)


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "net.ipynb"
    file.write_bytes(json.dumps(BOOK, indent=1, ensure_ascii=False).encode() + b"\n")
    return file


def run(capsys: Any, *arguments: str) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of `check` with one rule."""
    status = cli.main(["check", "--select", "RF207", *arguments])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


# Places


def test_findings_stand_in_cells(book: Path, capsys: Any) -> None:
    status, out, err = run(capsys, ".")
    assert status == 1
    assert out.startswith(
        "./net.ipynb:cell 4:4:49: RF207 padding 1 with dilation 2 shrinks the map by 2; padding=2 keeps"
    )
    assert out.count("\n") == 1
    assert err.startswith("rflint: 1 network in 1 file: 1 complete; 1 finding")


def test_the_line_of_the_cell_is_shown(book: Path, capsys: Any) -> None:
    lines = run(capsys, "net.ipynb", "--format", "full")[1].splitlines()
    assert lines[2] == "4 |         self.first = nn.Conv2d(3, 8, 3, padding=1, dilation=2)  # ä"
    assert "  = see net.ipynb:cell 4:8:28: first is called here" in lines


def test_data_names_the_cell(book: Path, capsys: Any) -> None:
    [found] = json.loads(run(capsys, "net.ipynb", "--format", "json")[1])["findings"]
    assert [found[key] for key in ("file", "cell", "line", "column", "end_line")] == ["net.ipynb", 4, 4, 49, 4]
    assert (found["related"][0]["cell"], found["fix"]["edits"][0]["line"]) == (4, 4)


@pytest.mark.parametrize("name", ["github", "pylint", "gitlab"])
def test_formats_that_know_no_cells_name_the_notebook(book: Path, capsys: Any, name: str) -> None:
    out = run(capsys, "net.ipynb", "--format", name)[1]
    assert "net.ipynb" in out
    assert "cell 4" not in out


def test_places_of_sarif_lie_in_the_notebook_and_its_texts_name_cells(book: Path, capsys: Any) -> None:
    out = run(capsys, "net.ipynb", "--format", "sarif")[1]
    assert set(re.findall(r'"uri": "([^"]*)"', out)) == {"net.ipynb"}
    assert set(re.findall(r'"startLine": (\d+)', out)) == {"1"}
    [found] = json.loads(out)["runs"][0]["results"]
    steps = found["codeFlows"][0]["threadFlows"][0]["locations"]
    assert steps[-1]["location"]["message"]["text"].endswith("  net.ipynb:cell 4:8")


def test_networks_are_shown_with_cells(book: Path, capsys: Any) -> None:
    assert cli.main(["show", "net.ipynb"]) == 0
    assert "(net.ipynb:cell 4:1)" in capsys.readouterr().out
    assert cli.main(["show", "net.ipynb::Net()", "--input", "1,3,17,17", "--format", "json"]) == 0
    [shown] = json.loads(capsys.readouterr().out)["networks"]
    assert [(use["cell"], use["line"], use["defined"]["line"]) for use in shown["uses"]] == [(4, 8, 4), (4, 8, 5)]


def test_what_does_not_parse_is_found_in_its_cell(book: Path, capsys: Any) -> None:
    book.write_text(json.dumps(notebook(code("import torch"), TEXT, code("x = 1\ny = (\n"))))
    assert cli.main(["check", "net.ipynb"]) == 1
    assert capsys.readouterr().out.startswith("net.ipynb:cell 3:2:5: RF900 ")


def test_lines_before_the_first_cell_belong_to_it() -> None:
    cells = Cells("# -- notebook cell 2 --\nx\ny\n# -- notebook cell 5 --\nz\n")
    assert [cells.at(line) for line in range(1, 6)] == [(2, 1), (2, 1), (2, 2), (5, 1), (5, 1)]
    assert Cells("").at(1) == (1, 1)


# Reading


@pytest.mark.parametrize(
    ("cell", "python"),
    [
        ("x = 1\n", "x = 1\n"),
        ("%matplotlib inline\nx = 1", "pass #ipython:%matplotlib inline\nx = 1"),
        ("if x:\n    !ls\ny?\n", "if x:\n    pass #ipython:!ls\npass #ipython:y?\n"),
        ("x = (a\n     % b)\n!ls\n", "x = (a\n     % b)\npass #ipython:!ls\n"),
        ("x = '''\n!a\n%b\n'''\n?x\n", "x = '''\n!a\n%b\n'''\npass #ipython:?x\n"),
        ("x = a \\\n  % b\n!ls\n", "x = a \\\n  % b\npass #ipython:!ls\n"),
        ("x = !ls\n", 'x = __import__("IPython").escaped #ipython:!ls\n'),
        ("!pip a \\\n  b\nx\n", "pass #ipython:!pip a \\\n#ipython:  b\nx\n"),
        ("%%time\nx = 1\n", "#ipython:%%time\nx = 1\n"),
        ("%%html\n<b>\n</b>", "#ipython:%%html\n#ipython:<b>\n#ipython:</b>"),
        ("!ls\n# why?\nprint(1)  # or 2?\n", "pass #ipython:!ls\n# why?\nprint(1)  # or 2?\n"),
    ],
)
def test_what_ipython_adds_becomes_python(cell: str, python: str) -> None:
    assert python_of(cell) == python
    assert cell_of(python) == cell
    compile(python, "cell", "exec")


@settings(max_examples=60)
@given(st.lists(st.sampled_from(["x = 1", "!ls", "  %a b", "y = !c", "f(", ")", "'''", "", "z?", "%%time", "d \\"])))
def test_every_cell_comes_back(rows: list[str]) -> None:
    cell = "\n".join(rows)
    assert cell_of(python_of(cell)) == cell
    assert python_of(cell).count("\n") == cell.count("\n")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("{", "it is not the JSON of a notebook: Expecting"),
        ("[]", "it is JSON, but no object"),
        ("{}", "it has no list of cells (notebooks before version 4 are not read)"),
        ('{"cells": [1]}', "its cell 1 is no object"),
        ('{"cells": [{"cell_type": "code"}]}', "the source of its cell 1 is neither"),
        ('{"cells": [{"cell_type": "code", "source": [1]}]}', "the source of its cell 1 is neither"),
    ],
)
def test_a_broken_notebook_is_said_to_be_one(book: Path, capsys: Any, data: str, sentence: str) -> None:
    with pytest.raises(SourceError, match=r"\.ipynb") as problem:
        decode("a.ipynb", data.encode())
    assert str(problem.value).startswith(f"a.ipynb cannot be read as a notebook: {sentence}")
    book.write_text(data)
    assert run(capsys, "net.ipynb")[0] == 2


def test_other_languages_are_passed_over() -> None:
    assert decode("a.ipynb", json.dumps(notebook(code("x <- 1"), language="R")).encode()) == ""
    other = code("SELECT 1", vscode={"languageId": "sql"})
    assert decode("a.ipynb", json.dumps(notebook(other, code("x"))).encode()) == "# -- notebook cell 2 --\nx\n"
    assert decode("a.ipynb", json.dumps(notebook(code("x"), language="ipython3")).encode()).endswith("x\n")


def test_notebooks_are_left_out_like_all_files(book: Path, capsys: Any) -> None:
    assert run(capsys, ".", "--exclude", "*.ipynb")[:2] == (2, "")
    hidden = book.parent / ".ipynb_checkpoints"
    hidden.mkdir()
    book.rename(hidden / "net.ipynb")
    assert run(capsys, ".")[0] == 2


# Writing


STYLES = [
    {"indent": 1, "ensure_ascii": False},
    {"indent": 4},
    {"separators": (",", ":")},
    {"indent": "\t", "sort_keys": True},
]


@pytest.mark.parametrize("style", STYLES, ids=str)
@pytest.mark.parametrize("end", ["", "\n"])
def test_a_fix_changes_its_line_alone(book: Path, capsys: Any, style: dict[str, Any], end: str) -> None:
    before = json.dumps(BOOK, **style) + end
    book.write_text(before, encoding="utf-8")
    assert run(capsys, "net.ipynb", "--fix", "--unsafe-fixes")[:2] == (0, "")
    letter = "ä" if "ä" in before else "\\u00e4"
    wanted = before.replace(f"padding=1, dilation=2)  # {letter}", f"padding=2, dilation=2)  # {letter}")
    assert book.read_text(encoding="utf-8") == wanted
    assert book.read_text(encoding="utf-8") != before


def test_a_source_may_be_one_text(book: Path, capsys: Any) -> None:
    before = json.dumps(notebook(code("import torch\nfrom torch import nn\n"), code(NET), RUN))
    book.write_text(before)
    assert run(capsys, "net.ipynb", "--fix", "--unsafe-fixes")[0] == 0
    assert book.read_text() == before.replace("padding=1", "padding=2", 1)


def test_lines_are_added_and_taken_away() -> None:
    held = json.dumps(notebook(code(["a\n", "b"]), TEXT, code("%x\nc\n"), code([])), indent=2).encode()
    text = decode("a.ipynb", held)
    assert cell_texts(text) == {1: "a\nb\n", 3: "pass #ipython:%x\nc\n", 4: ""}
    after = text.replace("a\nb\n", "a\nnew\nb\n").replace("c\n", "")
    changed = notebook(code(["a\n", "new\n", "b"]), TEXT, code("%x\n"), code([]))
    assert notebook_bytes(held, after) == json.dumps(changed, indent=2).encode()
    assert notebook_bytes(held, text) == held


def test_of_keys_that_are_there_twice_the_last_one_counts() -> None:
    held = b'{"cells": [], "cells": [{"cell_type": "code", "source": "x", "source": ["a"]}]}'
    text = decode("a.ipynb", held)
    assert notebook_bytes(held, text.replace("a\n", "b\n")) == held.replace(b'["a"]', b'["b"]')


def test_a_diff_shows_cells(book: Path, capsys: Any) -> None:
    held = book.read_bytes()
    status, out, _ = run(capsys, "net.ipynb", "--diff", "--unsafe-fixes")
    assert (status, out.splitlines()[:2]) == (1, ["--- net.ipynb:cell 4", "+++ net.ipynb:cell 4"])
    assert book.read_bytes() == held


def test_silence_in_cells(book: Path, capsys: Any) -> None:
    assert run(capsys, "net.ipynb", "--add-noqa")[0] == 0
    assert b"dilation=2)  # \xc3\xa4  # noqa: RF207\\n" in book.read_bytes()
    assert run(capsys, "net.ipynb")[0] == 0


def test_a_baseline_knows_notebooks(book: Path, capsys: Any) -> None:
    assert run(capsys, "net.ipynb", "--baseline", "known.json")[0] == 0
    book.write_text(json.dumps({**BOOK, "cells": [code("import os\n"), *BOOK["cells"]]}))
    assert run(capsys, "net.ipynb", "--baseline", "known.json")[:2] == (0, "")


def test_the_page_shows_what_is_printed(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    page = (Path(__file__).parent.parent / "docs" / "notebooks.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "first.ipynb").write_text(page.split("```json\n")[1].split("```")[0], encoding="utf-8")
    shown = page.split("$ rflint check first.ipynb\n")[1].split("```")[0]
    cli.main(["check", "first.ipynb"])
    printed = capsys.readouterr()
    assert printed.out + printed.err == shown
