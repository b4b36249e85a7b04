"""What the README shows is what rflint prints; `python tests/test_readme.py` writes it anew."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import Any

from rflint import cli, linter, pages

README = Path(__file__).parent.parent / "README.md"
EXAMPLE = re.compile(r"^```python\n(import torch\n.*?)^```$", re.MULTILINE | re.DOTALL)
CONSOLE = re.compile(r"^```console\n\$ rflint ([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TABLE = re.compile(r"(<!-- rules -->\n).*?(<!-- end of rules -->)", re.DOTALL)


def table() -> str:
    """The rules, as a Markdown table."""
    rows = ["| code | name | severity | default | summary |", "|---|---|---|---|---|"]
    for rule in linter.known_rules().values():
        summary = pages.summary(pages.page(rule))
        link = f"[{rule.name}](rules/{rule.name}.md)"
        rows.append(f"| {rule.code} | {link} | {rule.severity} | {'on' if rule.default else 'off'} | {summary} |")
    return "\n".join(rows) + "\n"


def printed(command: str, capsys: Any) -> str:
    """What a command of the README prints, both streams."""
    cli.main(shlex.split(command))
    seen = capsys.readouterr()
    return str(seen.out + seen.err)


def test_the_example_prints_what_is_shown(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    text = README.read_text(encoding="utf-8")
    (tmp_path / "seg.py").write_text(EXAMPLE.search(text)[1], encoding="utf-8")  # type: ignore[index]
    monkeypatch.chdir(tmp_path)
    shown = dict(CONSOLE.findall(text))
    assert {"check seg.py", "show seg.py"} < set(shown)
    for command, output in shown.items():
        assert output == printed(command, capsys)


def test_the_table_lists_the_rules() -> None:
    text = README.read_text(encoding="utf-8")
    assert TABLE.sub(lambda found: found[1] + table() + found[2], text) == text


def update() -> None:
    """Write the example's output and the table into the README."""
    import os
    import subprocess
    import tempfile

    text = README.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "seg.py").write_text(EXAMPLE.search(text)[1], encoding="utf-8")  # type: ignore[index]

        def console(found: re.Match[str]) -> str:
            command = [sys.executable, "-m", "rflint", *shlex.split(found[1])]
            plain = {**os.environ, "NO_COLOR": "1"}
            run = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=plain)
            return f"```console\n$ rflint {found[1]}\n{run.stdout}{run.stderr}```"

        text = CONSOLE.sub(console, text)
    README.write_text(TABLE.sub(lambda found: found[1] + table() + found[2], text), encoding="utf-8")


if __name__ == "__main__":
    update()
