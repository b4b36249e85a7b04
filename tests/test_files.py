"""Reading files as Python does."""

from __future__ import annotations

import tokenize
from pathlib import Path

import pytest

from rflint.files import MOST_BYTES, SourceError, decode, may_hold_network, read_text

CODE = "größe = 'ß'\r\n"


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
        (b"# coding: punycode\n", "a.py cannot be decoded as its coding line says: "),
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
