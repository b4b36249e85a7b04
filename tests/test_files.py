"""Reading files as Python does, and finding them."""

from __future__ import annotations

import os
import tokenize
from pathlib import Path

import pytest

from rflint.diagnostics import Failure
from rflint.files import MOST_BYTES, SourceError, decode, find_files, matcher, may_hold_network, read_text

CODE = "größe = 'ß'\r\n"


# Reading


@pytest.mark.parametrize(
    "data",
    [
        CODE.encode(),
        b"\xef\xbb\xbf" + CODE.encode(),
        b"# -*- coding: latin-1 -*-\n" + CODE.encode("latin-1"),
        b"#!/usr/bin/env python\n# vim: set fileencoding=cp1252 :\n" + CODE.encode("cp1252"),
        b"\n# coding: koi8-r\nx = '\xc1'\n",
        b"",
    ],
)
def test_a_file_is_decoded_as_python_decodes_it(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    with tokenize.open(path) as file:
        expected = file.read()
    assert read_text(str(path)).replace("\r\n", "\n") == expected


def test_line_ends_are_kept() -> None:
    assert decode("a.py", b"x\r\ny\rz\n") == "x\r\ny\rz\n"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"x = 1\n# caf\xe9\n", "a.py:2: the file is not UTF-8 and has no coding line"),
        (b"x\ny\nz\n'\xff'\n", "a.py:4: the file is not UTF-8 and has no coding line"),
        (b"\x00\x01", "a.py is binary"),
        ("x = 1".encode("utf-16"), "a.py is binary"),
        (b"# coding: nowhere\n", "a.py cannot be decoded as its coding line says: unknown encoding: nowhere"),
        (b"# coding: utf-8\n'\xff'", "a.py cannot be decoded as its coding line says: 'utf-8' codec can't"),
        (b"# coding: hex\n", "a.py cannot be decoded as its coding line says: 'hex' is not a text encoding"),
        (b"# coding: rot13\n", "a.py cannot be decoded as its coding line says: 'rot13' is not a text encoding"),
        (b"# coding: punycode\n", "a.py cannot be decoded as its coding line says: punycode is no encoding"),
        (b"\xef\xbb\xbf# coding: latin-1\n", "a.py begins as UTF-8 (with a byte order mark) and is something else"),
        (b"\xef\xbb\xbf'\xff'\n", "a.py begins as UTF-8 (with a byte order mark) and is something else"),
        (b"#" * (MOST_BYTES + 1), "a.py is larger than 2 MB"),
    ],
)
def test_what_cannot_be_decoded_is_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(SourceError) as problem:
        decode("a.py", data)
    assert str(problem.value).startswith(sentence)
    assert "\n" not in str(problem.value)


def test_what_cannot_be_opened_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"b\.py does not exist$"):
        read_text(str(tmp_path / "b.py"))
    with pytest.raises(SourceError, match=r"is a folder$"):
        read_text(str(tmp_path))
    with pytest.raises(SourceError, match="cannot be read: "):
        read_text(str(tmp_path / ("long" * 1000)))
    with pytest.raises(SourceError, match="cannot be read: embedded null byte"):
        read_text("a\0.py")
    with pytest.raises(SourceError, match=r"is a device, not a file$"):
        read_text("/dev/zero")


def test_files_without_a_sign_of_a_network_are_told_apart() -> None:
    assert may_hold_network("from torch import nn")
    assert may_hold_network("class A(nn.Module): pass")
    assert not may_hold_network("import numpy as np")


# Finding


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
    files, problems = find_files(targets, exclude)
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
    assert find_files(["."], ["/sub/deep"], folder="..") == ([os.path.join(".", "c.py")], [])
    assert matcher(["/sub/deep"], "..")("deep/")
    assert not matcher(["/sub/deep"], ".")("deep/")


def test_a_target_without_files_is_a_problem(folder: Path) -> None:
    assert find_files(["nowhere", "empty", "a.py"]) == (
        ["a.py"],
        [Failure("nowhere does not exist", "nowhere"), Failure("empty holds no Python file", "empty")],
    )


def test_links_lead_neither_in_circles_nor_into_what_is_no_file(folder: Path) -> None:
    (folder / "sub" / "up").symlink_to(folder, target_is_directory=True)
    (folder / "sub" / "gone.py").symlink_to(folder / "nowhere.py")
    os.mkfifo(folder / "sub" / "pipe.py")
    assert found("sub") == ["sub/c.py", "sub/deep/d.py"]
