"""What is published: `python -m tests.distribution FOLDER` installs the wheel and the source distribution of a folder
into empty environments, runs what a user would run first, and looks whether all files are there.  `make dist` does."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NETWORK = """
import torch
from torch import nn

net = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(4, 8, 3))
net(torch.zeros(1, 3, 32, 32))
"""
RUNS = {
    "rflint --version": (0, "rflint "),
    "rflint check net.py": (1, "net.py:5:62: RF401 "),
    "rflint check --format sarif net.py": (1, '"ruleId": "RF401"'),
    "rflint show net.py": (0, "Conv2d"),
    "rflint rule gridding-holes": (0, "gridding-holes"),
    "rflint rule --all": (0, "RF405"),
    "rflint completion bash": (0, "_shtab_rflint"),
    "python -m rflint --help": (0, "commands:"),
    "python -c import%20rflint;print(rflint.check('net.py').networks)": (0, "1"),
}
"""Commands with their status, and what stands in their output; %20 is a blank."""
NEEDED_BY_TESTS = ("Makefile", "action.yml", "mkdocs.yml", ".pre-commit-hooks.yaml", "CHANGELOG.md", "LICENSE")


def in_tree(pattern: str) -> set[str]:
    """Files of the project, without caches."""
    found = (path for path in ROOT.glob(pattern) if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(ROOT).as_posix() for path in found}


def missing_of_wheel(wheel: Path) -> set[str]:
    """What a user needs and the wheel does not hold, and what it holds beside that."""
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    rules = {f"rflint/{name}" for name in in_tree("rules/*")}
    return held ^ (in_tree("rflint/**/*.py") | {"rflint/py.typed"} | rules)


def missing_of_source(archive: Path) -> set[str]:
    """What the tests need and the source distribution does not hold."""
    with tarfile.open(archive) as opened:
        held = {name.partition("/")[2] for name in opened.getnames()}
    needed = {name for folder in ("rflint", "rules", "tests", "fixtures", "docs") for name in in_tree(f"{folder}/**/*")}
    return (needed | set(NEEDED_BY_TESTS)) - held


def run_in_empty_environment(package: Path) -> None:
    """Install it alone, in a folder without anything of ours, and run it."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(f"{folder}/env", with_pip=True)
        binaries = Path(folder, "env", "Scripts" if sys.platform == "win32" else "bin")
        install = [binaries / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package]
        subprocess.run(install, check=True)
        Path(folder, "net.py").write_text(NETWORK, encoding="utf-8")
        for command, (status, text) in RUNS.items():
            first, *rest = (word.replace("%20", " ") for word in command.split())
            done = subprocess.run([binaries / first, *rest], cwd=folder, capture_output=True, text=True)
            assert done.returncode == status, f"{command}: status {done.returncode}\n{done.stderr}"
            assert text in done.stdout, f"{command}: no {text!r} in\n{done.stdout}"


def main(folder: Path) -> None:
    """Try both; an AssertionError says what is wrong."""
    [wheel], [archive] = folder.glob("*.whl"), folder.glob("*.tar.gz")
    assert not missing_of_wheel(wheel), missing_of_wheel(wheel)
    assert not missing_of_source(archive), missing_of_source(archive)
    for package in (wheel, archive):
        run_in_empty_environment(package.resolve())
        print(f"{package.name}: installed into an empty environment, {len(RUNS)} commands run")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
