"""Installs rflint as its users do, from this tree: by pre-commit, by the action, by a script.  `make integrations`.

This takes a minute and the package index, so that it is no part of the tests.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import test_integrations as told

FAULT = " RF401 takes 4 channels, but "


def repository(folder: Path) -> Path:
    """A repository with one fault that needs a hand, and one that has a safe fix."""
    (folder / "pkg").mkdir(parents=True)
    other = told.HEAD.replace("Head", "Other").replace("4, 8, 3", "8, 8, 1, dilation=2")
    for name, text in {"__init__": "", "head": told.HEAD, "net": told.NET, "other": other}.items():
        (folder / "pkg" / f"{name}.py").write_text(text)
    told.run("git", "init", "-q", ".", cwd=folder)
    told.run("git", "add", "-A", cwd=folder)
    return folder


def pre_commit(folder: Path) -> None:
    """The hooks, as pre-commit installs them from a clone of this tree."""
    home = {**os.environ, "PRE_COMMIT_HOME": str(folder / "home")}
    for hook in told.HOOKS:
        work = repository(folder / hook["id"])
        command = [str(told.BIN / "pre-commit"), "try-repo", str(told.ROOT), hook["id"], "--all-files", "--verbose"]
        done = told.run(*command, cwd=work, env=home)
        print(done.stdout + done.stderr)
        assert done.returncode == 1
        assert done.stdout.count(FAULT) == 1
        mended = "dilation=2" not in (work / "pkg" / "other.py").read_text()
        assert mended == (hook["id"] == "rflint-fix")
    assert not [*(folder / "home").glob("**/site-packages/torch")], "a hook needs no torch"


def action(folder: Path) -> None:
    """The action's own steps, but for those that are others' actions."""
    work = repository(folder / "action")
    python = {"PYTHON": "python3", "VERSION": "", "ACTION": str(told.ROOT)}
    files = {"RUNNER_TEMP": str(folder), "GITHUB_ENV": str(folder / "env"), "GITHUB_OUTPUT": str(folder / "out")}
    installed = told.run(
        "bash", "-eo", "pipefail", "-c", told.step("Install rflint")["run"], env=os.environ | python | files
    )
    assert installed.returncode == 0, installed.stderr
    command = dict(line.split("=", 1) for line in (folder / "env").read_text().splitlines())
    given = {"PATHS": ".", "ARGS": "", "SARIF": "false"}
    done = told.run(
        "bash", "-eo", "pipefail", "-c", told.step("Lint")["run"], cwd=work, env=os.environ | files | command | given
    )
    print(done.stdout + done.stderr)
    assert (folder / "out").read_text() == "status=1\n"


def script(folder: Path) -> None:
    """The plain script of the page, with this tree for the released package."""
    work = repository(folder / "script")
    text = (
        told.snippet("sh", "python3")
        .replace("/tmp/rflint", str(folder / "venv"))
        .replace(" rflint\n", f" {told.ROOT}\n")
    )
    done = subprocess.run(["bash", "-c", text], cwd=work)
    assert done.returncode == 1
    print((work / "rflint.xml").read_text())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        for attempt in (pre_commit, action, script):
            print(f"== {attempt.__doc__}")
            folder = Path(name).resolve() / attempt.__name__
            folder.mkdir()
            attempt(folder)
