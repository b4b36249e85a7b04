"""Finding the files of targets in folders, and leaving out what the configuration and git leave out."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rflint.config import Config, Configurations
from rflint.diagnostics import Failure
from rflint.folders import find_files
from rflint.patterns import Patterns


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with files that are to be found and others that are not."""
    for name in (
        "b.py",
        "a.py",
        "notes.txt",
        "stubs.pyi",
        "sub/c.py",
        "sub/deep/d.py",
        ".hidden/e.py",
        ".venv/lib/f.py",
        "__pycache__/g.py",
        "build/lib/h.py",
        "environment/i.py",
        "environment/pyvenv.cfg",
        "empty/readme.md",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(*targets: str, exclude: tuple[str, ...] = ()) -> list[str]:
    """The files of targets, which have no problems, with slashes on every system."""
    files, problems = find_files(targets, lambda path: Config(exclude=(Patterns(".", exclude),)))
    assert problems == []
    return [os.path.normpath(file).replace("\\", "/") for file in files]


def test_folders_are_searched_in_order(folder: Path) -> None:
    assert found(".") == ["a.py", "b.py", "sub/c.py", "sub/deep/d.py"]
    assert found("sub", "a.py") == ["sub/c.py", "sub/deep/d.py", "a.py"]


def test_each_file_is_found_once(folder: Path) -> None:
    assert found("b.py", "./b.py", ".", str(folder / "a.py")) == ["b.py", "a.py", "sub/c.py", "sub/deep/d.py"]


def test_what_is_named_is_searched_even_if_it_would_be_skipped(folder: Path) -> None:
    assert found("build", ".hidden/e.py", "notes.txt") == ["build/lib/h.py", ".hidden/e.py", "notes.txt"]
    assert found("a.py", exclude=("a.py",)) == ["a.py"]


@pytest.mark.parametrize(
    ("exclude", "left"),
    [
        (("sub",), ["a.py", "b.py"]),
        (("sub/",), ["a.py", "b.py"]),
        (("deep/",), ["a.py", "b.py", "sub/c.py"]),
        (("/c.py", "*a.py"), ["b.py", "sub/c.py", "sub/deep/d.py"]),
        (("*.py", "!b.py"), ["b.py"]),
        (("sub/**/d.py",), ["a.py", "b.py", "sub/c.py"]),
    ],
)
def test_patterns_are_those_of_gitignore(folder: Path, exclude: tuple[str, ...], left: list[str]) -> None:
    assert found(".", exclude=exclude) == left


def test_patterns_are_seen_from_the_folder_that_they_belong_to(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder / "sub")
    config = Config(exclude=(Patterns("..", ("/sub/deep",)),))
    assert find_files(["."], lambda path: config) == ([os.path.join(".", "c.py")], [])
    assert Patterns("..", ("/sub/deep",)).says("deep/") is True
    assert Patterns(".", ("/sub/deep",)).says("deep/") is None


def test_a_target_without_files_is_a_problem(folder: Path) -> None:
    assert find_files(["nowhere", "empty", "a.py"], lambda path: Config()) == (
        ["a.py"],
        [Failure("nowhere does not exist", "nowhere"), Failure("empty holds no Python file", "empty")],
    )


def test_links_lead_neither_in_circles_nor_into_what_is_no_file(folder: Path) -> None:
    (folder / "sub" / "up").symlink_to(folder, target_is_directory=True)
    (folder / "sub" / "gone.py").symlink_to(folder / "nowhere.py")
    os.mkfifo(folder / "sub" / "pipe.py")
    assert found("sub") == ["sub/c.py", "sub/deep/d.py"]


# Excluded, and named all the same


def lists(*targets: str, config: Config | None = None) -> list[str]:
    """The files of targets under one configuration, or under those that lie there."""
    of = Configurations().of if config is None else lambda path: config
    return [os.path.normpath(file).replace("\\", "/") for file in find_files(targets, of)[0]]


def test_patterns_leave_out_nothing_of_a_folder_that_is_named_because_it_is_below_it(folder: Path) -> None:
    config = Config(exclude=(Patterns(".", ("sub", "d.py")),))
    assert lists("sub", config=config) == ["sub/c.py"]
    assert lists("sub/deep", "sub/c.py", config=config) == ["sub/c.py"]


def test_what_is_excluded_by_force_is_left_out_even_if_it_is_named(folder: Path) -> None:
    config = Config(extend_exclude=(Patterns(".", ("sub", "b.py")),), force_exclude=True)
    assert find_files(["sub", "sub/c.py", "a.py", "b.py"], lambda path: config) == (["a.py"], [])


def test_later_patterns_take_in_again_what_earlier_ones_leave_out(folder: Path) -> None:
    config = Config(exclude=(Patterns(".", ("*.py",)),), extend_exclude=(Patterns(".", ("!c.py", "!build/")),))
    assert lists(".", config=config) == ["sub/c.py"]
    assert lists(".", config=Config(exclude=(Patterns(".", ("!build/", "!.hidden/")),)))[:2] == [".hidden/e.py", "a.py"]
    assert "build/lib/h.py" in lists(".", config=Config(exclude=(Patterns(".", ("!build/",)),)))


def test_each_folder_is_searched_as_the_nearest_configuration_says(folder: Path) -> None:
    (folder / "rflint.toml").write_text("exclude = ['a.py', 'sub/deep']")
    (folder / "sub" / "rflint.toml").write_text("extend = '../rflint.toml'\nextend-exclude = ['c.py']")
    (folder / "sub" / "a.py").write_text("")
    assert lists(".") == ["b.py"]
    (folder / "sub" / "rflint.toml").write_text("exclude = ['c.py']")
    assert lists(".") == ["b.py", "sub/a.py", "sub/deep/d.py"]


# What git leaves out


def git(folder: Path, *arguments: str) -> str:
    """What git prints in a folder, without the settings of whoever runs this."""
    plain = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    command = ["git", "-c", "core.excludesFile=", *arguments]
    return subprocess.run(command, cwd=folder, env=plain, capture_output=True, text=True, check=True).stdout


def plant(folder: Path, files: dict[str, str]) -> None:
    """Files in folders that are made for them."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def kept(folder: Path) -> list[str]:
    """The Python files that git does not leave out."""
    return sorted(
        name for name in git(folder, "ls-files", "-co", "--exclude-standard").splitlines() if name[-3:] == ".py"
    )


TREE = dict.fromkeys(("a.py", "b.py", "x/a.py", "x/b.py", "x/y/a.py", "x/y/b.py", "y/a.py", "y/x/b.py"), "")


@pytest.mark.parametrize(
    "ignoring",
    [
        {".gitignore": "a.py\n"},
        {".gitignore": "/a.py\n"},
        {".gitignore": "x/\n!x/a.py\n"},
        {".gitignore": "x/*\n!x/a.py\n"},
        {".gitignore": "*.py\n", "x/.gitignore": "!a.py\n"},
        {".gitignore": "x\n", "x/.gitignore": "!*\n"},
        {".gitignore": "*\n!*/\n!b.py\n"},
        {".gitignore": "x/**/a.py\n# b.py\n\n!\n"},
        {".git/info/exclude": "b.py\n", ".gitignore": "!/b.py\n"},
        {"x/.gitignore": "/y\n", "y/.gitignore": "x/\r\n"},
    ],
)
def test_what_git_ignores_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ignoring: dict[str, str]
) -> None:
    git(tmp_path, "init", "-q")
    plant(tmp_path, {**TREE, **ignoring})
    monkeypatch.chdir(tmp_path)
    assert lists(".") == kept(tmp_path)
    assert lists(".", config=Config(respect_gitignore=False)) == sorted(TREE)


PATTERN = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "", "!", "/", "!/", "**/", "x/"]),
    st.sampled_from(
        [
            "x",
            "y",
            "a.py",
            "b.py",
            "*",
            "*.py",
            "?",
            "[xa]*",
            "[!x]",
            "[^a-b].py",
            "[[:alpha:]]",
            "[]x]",
            "[z",
            "\\x",
            "x/y",
            "x/**",
            "**",
            "x/**/b.py",
        ]
    ),
    st.sampled_from(["", "", "/", "/*"]),
    st.sampled_from(["", "", " ", "\\ "]),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ignoring=st.dictionaries(st.sampled_from(["", "x/", "x/y/", "y/"]), st.lists(PATTERN, min_size=1, max_size=4)))
def test_any_patterns_leave_out_what_they_leave_out_of_git(
    tmp_path_factory: pytest.TempPathFactory, ignoring: dict[str, list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("repository")
    git(folder, "init", "-q")
    plant(folder, {**TREE, **{f"{place}.gitignore": "\n".join(lines) for place, lines in ignoring.items()}})
    found, _ = find_files([str(folder)], lambda path: Config())
    assert [os.path.relpath(path, folder).replace("\\", "/") for path in found] == kept(folder)


def test_a_folder_that_git_ignores_is_searched_if_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tmp_path, "init", "-q")
    plant(tmp_path, {**TREE, ".gitignore": "x/\n/y/x\na.py\n"})
    monkeypatch.chdir(tmp_path)
    assert lists("x") == ["x/b.py", "x/y/b.py"]
    assert lists("x/y", "y", "x/a.py") == ["x/y/b.py", "x/a.py"]
    monkeypatch.chdir(tmp_path / "x")
    assert lists(".") == ["b.py", "y/b.py"]


def test_a_repository_inside_of_another_has_its_own_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tmp_path, "init", "-q")
    plant(tmp_path, {**TREE, ".gitignore": "a.py\n"})
    git(tmp_path / "x", "init", "-q")
    monkeypatch.chdir(tmp_path)
    assert lists(".") == ["b.py", "x/a.py", "x/b.py", "x/y/a.py", "x/y/b.py", "y/x/b.py"]


def test_a_work_tree_has_the_list_of_its_repository(tmp_path: Path) -> None:
    plant(tmp_path / "main", {"a.py": "", "b.py": ""})
    git(tmp_path / "main", "init", "-q")
    git(tmp_path / "main", "add", ".")
    git(tmp_path / "main", "-c", "user.name=A", "-c", "user.email=a@b.example", "commit", "-q", "-m", "Begin")
    git(tmp_path / "main", "worktree", "add", "-q", "../tree")
    (tmp_path / "main" / ".git" / "info").mkdir(exist_ok=True)
    (tmp_path / "main" / ".git" / "info" / "exclude").write_text("c.py\n")
    plant(tmp_path / "tree", {"c.py": ""})
    found, _ = find_files([str(tmp_path / "tree")], lambda path: Config())
    assert [os.path.basename(path) for path in found] == ["a.py", "b.py"]


def test_without_a_repository_the_lists_below_a_target_count(folder: Path) -> None:
    plant(folder, {".gitignore": "a.py\n", "sub/.gitignore": "deep\n"})
    assert lists(".") == ["b.py", "sub/c.py"]
    assert lists("sub") == ["sub/c.py"]
