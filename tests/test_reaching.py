"""Which modules a module imports, and which names fill a container, as their texts say it."""

from __future__ import annotations

import pytest

from rflint.interp.filling import fillers, mentions
from rflint.interp.reaching import defines, imported_names, names, reaches


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import a.b, c as d", ["a.b", "c"]),
        ("from a.b import c as d, e", ["a.b", "a.b.c", "a.b.e"]),
        ("from . import c", ["p.q", "p.q.c"]),
        ("from ..r import (\n    s,  # a comment\n    t as u,\n)", ["p.r", "p.r.s", "p.r.t"]),
        ("def f():\n    from .g import *", ["p.q.g"]),
        ("from a import b, \\\n    c", ["a", "a.b", "a.c"]),
        ("important = 1  # import this", []),
    ],
)
def test_imports_are_read_from_the_text(text: str, found: list[str]) -> None:
    assert list(imported_names(text, "p.q")) == found


def test_files_reach_what_they_import_through_others_also_in_circles() -> None:
    graph = {"a": ["b"], "b": ["c", "a"], "c": ["d"], "d": [], "e": ["a", "f"], "f": ["f"]}
    known: dict[str, bool] = {}
    reached = [path for path in sorted(graph, reverse=True) if reaches(path, "c", graph.__getitem__, known)]
    assert reached == ["e", "c", "b", "a"]
    assert reached == [path for path in sorted(graph, reverse=True) if reaches(path, "c", graph.__getitem__, known)]


def test_a_module_defines_what_it_or_something_in_it_is_called() -> None:
    assert names("unet", "nets/unet.py", "")
    assert names("Unet", "nets/nets.py", "class Unet(Net):")
    assert not names("Unet", "nets/nets.py", "class Unets(Net):")
    assert defines("unet", "nets.py", "@register('unet')")
    assert not names("unet", "nets.py", "@register('unet')")
    assert not defines("unet", "nets.py", "# like a unet")
    assert defines("unet", "nets/__init__.py", "")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def add(key, value):\n    NETS[key] = value", {"add"}),
        ("def get(key):\n    if key in NETS:\n        return NETS[key]\n    return NETS.get('x'), len(NETS)", set()),
        ("def add(key):\n    return NETS", {"add"}),
        ("OTHER: dict = NETS", {"OTHER"}),
        (
            "def add():\n    NETS.update()\n\n\ndef more(f):\n    return add(f)\n\n\n@more\ndef net():\n    pass",
            {"add", "more"},
        ),
        ("from nets import NETS as others, b\n\n\ndef add():\n    others[1] = 2", {"others", "add"}),
        (
            "class Base:\n    def __init_subclass__(cls):\n        NETS[cls] = 1\n\n\nclass Net(Base): ...",
            {"Base", "Net"},
        ),
        ("if NETS is None:\n    other = NETS", {"other"}),
        ("MY_NETS = {}", set()),
    ],
)
def test_what_does_more_with_a_container_than_read_may_fill_it(text: str, found: set[str]) -> None:
    assert fillers(["NETS"], True, [text]) == {"NETS"} | found


def test_names_are_mentioned_as_words() -> None:
    assert mentions(["net", "nets"], "a = nets[1]")
    assert not mentions(["net"], "a = nets[1]")
