"""What `--add-noqa` writes, and that it silences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rflint import cli
from rflint.diagnostics import Diagnostic, Span
from rflint.suppressing.commenting import commented


def found(line: int, code: str = "RF207") -> Diagnostic:
    return Diagnostic("net.py", Span(line, 1, line, 2), code, "a-rule", "warning", "shrinks")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1\n", "x = 1  # noqa: RF207\n"),
        ("x = 1", "x = 1  # noqa: RF207"),
        ("x = 1  # type: ignore\r\n", "x = 1  # type: ignore  # noqa: RF207\r\n"),
        ("x = 1  # noqa: E501\n", "x = 1  # noqa: E501, RF207\n"),
        ("x = 1  # noqa:E501,W291 as it is\n", "x = 1  # noqa:E501,W291, RF207 as it is\n"),
        ("x = 1  # rflint: ignore[RF3] -- why\n", "x = 1  # rflint: ignore[RF3] -- why  # noqa: RF207\n"),
        ("x = f('''\n'''\n)\n", "x = f('''\n'''  # noqa: RF207\n)\n"),
        ("x = \\\n  1\r\ny\n", "x = \\\n  1  # noqa: RF207\r\ny\n"),
        ("x = 1\ry\r", "x = 1  # noqa: RF207\ry\r"),
    ],
)
def test_where_the_comment_stands(before: str, after: str) -> None:
    assert commented(before, [found(1)]) == after


def test_codes_of_one_line_share_a_comment() -> None:
    assert (
        commented("x\ny\n", [found(1), found(2), found(1, "RF1"), found(1)])
        == "x  # noqa: RF207, RF1\ny  # noqa: RF207\n"
    )


NET = b"""\
# -*- coding: latin-1 -*-\r
import torch\r
from torch import nn\r
\r
net = nn.Sequential(\r
    nn.Conv2d(\r
        3,\r
        8,\r
        3,\r
        padding=1, dilation=2,  # \xe9\r
    ),\r
    nn.Conv2d(9, 8, 3),\r
)\r
net(torch.zeros(1, 3, 64, 64))\r
"""


def test_all_findings_are_silenced_and_the_rest_stays(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    file = tmp_path / "net.py"
    file.write_bytes(NET)
    monkeypatch.chdir(tmp_path)
    command = ["check", "net.py", "--select", "RF207,RF401"]
    assert cli.main(command) == 1
    assert cli.main([*command, "--add-noqa"]) == 0
    assert capsys.readouterr().err.endswith("rflint: silenced 2 findings in 1 file\n")
    lines = [b"padding=1, dilation=2,  # \xe9", b"nn.Conv2d(9, 8, 3),"]
    wanted = NET.replace(lines[0], lines[0] + b"  # noqa: RF207").replace(lines[1], lines[1] + b"  # noqa: RF401")
    assert file.read_bytes() == wanted
    assert cli.main(command) == 0
    assert cli.main([*command, "--add-noqa"]) == 0
    assert file.read_bytes() == wanted


def test_what_is_not_linted_or_cannot_be_silenced_is_left(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    (tmp_path / "models.py").write_text(
        "from torch import nn\n\n\ndef net(d):\n    return nn.Conv2d(3, 8, 3, 1, 1, d)\n"
    )
    (tmp_path / "train.py").write_text("import torch\nfrom models import net\n\nnet(2)(torch.zeros(1, 3, 64, 64))\n")
    (tmp_path / "broken.py").write_text("import torch\nx = (\n")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["check", "train.py", "broken.py", "--select", "RF207,RF900", "--add-noqa"]) == 0
    assert capsys.readouterr().err.endswith("rflint: silenced 0 findings in 0 files; 2 findings left as they are\n")
    assert "noqa" not in (tmp_path / "models.py").read_text() + (tmp_path / "broken.py").read_text()
