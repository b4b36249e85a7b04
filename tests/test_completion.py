"""What shells complete, asked of the shells themselves."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from rflint.choices import CHECK_FORMATS, SHELLS
from rflint.cli import main
from rflint.commands.completion import script

ASK = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
_shtab_rflint rflint "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="module", params=SHELLS)
def shell(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A shell that is installed, and a file with its script."""
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    file = tmp_path_factory.mktemp("scripts") / f"rflint.{request.param}"
    file.write_text(script(request.param), encoding="utf-8")
    return request.param, file


def completed(shell: tuple[str, Path], folder: Path, *words: str) -> set[str]:
    """What a shell offers for the last word."""
    name, file = shell
    if name == "bash":
        command = ["bash", "-c", ASK, "ask", str(file), *words]
    else:
        line = " ".join(words)
        command = ["fish", "-c", f"source {file}; complete -C '{line}'"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=True)
    return {line.partition("\t")[0].strip() for line in done.stdout.splitlines()} - {""}


def test_each_script_is_one_of_its_shell(shell: tuple[str, Path]) -> None:
    name, file = shell
    subprocess.run([name, "-n", str(file)], check=True)


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["ch"], {"check"}),
        (["check", "--form"], {"--format"}),
        (["check", "--format", "j"], {"json", "jsonl", "junit"}),
        (["check", "--select", "gridding"], {"gridding-holes"}),
        (["rule", "RF20"], {"RF201", "RF202", "RF203", "RF204", "RF205", "RF206", "RF207"}),
        (["show", "--ha"], {"--halo"}),
        (["completion", "z"], {"zsh"}),
        (["check", "seg"], {"segmentation.py"}),
    ],
    ids=lambda some: " ".join(sorted(some) if isinstance(some, set) else some),
)
def test_commands_options_rules_and_files_are_offered(
    shell: tuple[str, Path], tmp_path: Path, words: list[str], offered: set[str]
) -> None:
    if shell[0] == "zsh":
        pytest.skip("zsh completes only where somebody types")
    (tmp_path / "segmentation.py").touch()
    found = completed(shell, tmp_path, "rflint", *words)
    assert offered <= found
    assert all(word.startswith(words[-1]) for word in found)


def test_all_formats_are_offered() -> None:
    for shell in SHELLS:
        assert all(name in script(shell) for name in CHECK_FORMATS)


@pytest.mark.parametrize("argv", [["completion"], ["completion", "csh"], ["completion", "bash", "zsh"]])
def test_other_shells_are_refused(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 2
    assert "completion takes one of bash, zsh, fish" in capsys.readouterr().err


def test_the_command_prints_the_script(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "fish"]) == 0
    assert capsys.readouterr().out == script("fish")
