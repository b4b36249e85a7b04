"""Which files a change concerns: those that use names of a changed file, however they come by them."""

from __future__ import annotations

import pytest

from rflint.history.affected import affected
from rflint.history.git import Repository
from rflint.history.sides import Comparison, Side

PART = "def part():\n    return 1\n"


def sides(before: dict[str, str], after: dict[str, str]) -> Comparison:
    """A comparison of two trees that are given as texts."""
    made = [Side("", files.__getitem__, frozenset(files)) for files in (before, after)]
    return Comparison(Repository("/repository", ""), *made, {}, ())


def concerned(**files: str) -> set[str]:
    """The files besides part.py that a change of it concerns; `__` stands for a slash."""
    named = {name.replace("__", "/") + ".py": text for name, text in files.items()}
    named = {path.replace("/init", "/__init__"): text for path, text in named.items()}
    changed = sides({**named, "pkg/part.py": PART}, {**named, "pkg/part.py": PART.replace("1", "2")})
    return affected(changed) - {"pkg/part.py"}


@pytest.mark.parametrize(
    "user",
    [
        "from pkg.part import part\nx = part()\n",
        "from pkg.part import part as other\nx = other()\n",
        "from pkg import part\nx = part.part()\n",
        "import pkg.part\nx = pkg.part.part()\n",
        "import pkg.part as p\nx = p.part()\n",
        "from pkg.part import *\nx = part()\n",
        "from pkg.part import (  # some\n    part,\n)\nx = part\n",
        "def f():\n    from pkg.part import part\n    return part()\n",
        "import importlib\nx = getattr(importlib.import_module('pkg.part'), 'part')\n",
        "try:\n    from pkg.part import part\nexcept ImportError:\n    part = None\nx = part\n",
    ],
)
def test_whoever_uses_a_name_is_concerned(user: str) -> None:
    assert concerned(user=user) == {"user.py"}


@pytest.mark.parametrize(
    "user",
    [
        "x = part()\n",
        "from pkg.part import part\n",
        "from elsewhere.other import part\nx = part()\n",
        'from pkg.part import *\n"""Nothing of part is used."""\n# part\n',
    ],
)
def test_whoever_does_not_is_not(user: str) -> None:
    assert concerned(user=user) == set()


def test_relative_imports() -> None:
    assert concerned(pkg__a="from .part import part\nx = part\n") == {"pkg/a.py"}
    assert concerned(pkg__b__c="from ..part import part\nx = part\n") == {"pkg/b/c.py"}
    assert concerned(pkg__b__c="from .part import part\nx = part\n") == set()


def test_names_are_followed_through_those_who_hand_them_on() -> None:
    files = {
        "pkg__init": "from .part import part as piece\n",
        "top": "from pkg import piece\n\n\ndef build():\n    return piece()\n",
        "user": "from top import build\nx = build()\n",
        "other": "from pkg import something\nx = something()\n",
    }
    assert concerned(**files) == {"top.py", "user.py"}


def test_everything_that_a_user_defines_is_concerned() -> None:
    files = {
        "mid": "from pkg.part import part\nNUMBER = part()\n\n\nclass Net:\n    pass\n",
        "user": "import mid\nx = mid.Net()\n",
    }
    assert concerned(**files) == {"mid.py", "user.py"}


def test_submodules_that_another_file_has_imported() -> None:
    assert concerned(pkg__init="", user="import pkg\nx = pkg.part.part()\n") == {"user.py"}


def test_files_that_come_and_go_concern_those_who_import_them() -> None:
    user = {"user.py": "from part import part\nx = part()\n"}
    assert affected(sides({**user, "part.py": PART}, user)) == {"part.py", "user.py"}
    assert affected(sides(user, {**user, "part.py": PART})) == {"part.py", "user.py"}


def test_a_name_that_comes_from_elsewhere_now() -> None:
    users = {"user.py": "from hub import part\nx = part()\n", "a.py": PART, "b.py": PART}
    found = affected(sides({**users, "hub.py": "from a import part\n"}, {**users, "hub.py": "from b import part\n"}))
    assert found == {"hub.py", "user.py"}


def test_line_ends_are_no_change() -> None:
    assert affected(sides({"a.py": "x = 1\n"}, {"a.py": "x = 1\r\n"})) == set()
