"""The tool behind `make mutate`: what it changes, and how it puts that into a running process."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("cosmic_ray", reason="make mutate installs it")

from cosmic_ray.mutating import mutate_code

from rflint.checks import all_rules
from rflint.dims import less, symbol
from tests.mutation import campaign, mutants, records, swap
from tests.mutation.operators import OWN, operators

SOURCE = '''"""A module."""

LIMIT: int = 3


def is_wide(size: int, pads: bool) -> bool:
    """Whether."""
    return size > LIMIT and not pads


def text(size: int) -> str:
    return f"{size} rows" if is_wide(size, False) else "few"
'''


@pytest.fixture
def module(tmp_path: Path) -> ModuleType:
    """The source as a module."""
    (tmp_path / "made.py").write_text(SOURCE, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("made", tmp_path / "made.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules["made"] = made
    spec.loader.exec_module(made)
    return made


@pytest.mark.parametrize("kind", OWN, ids=lambda kind: kind.__name__)
def test_operators_do_as_their_examples_say(kind: type) -> None:
    for example in kind.examples():  # type: ignore[attr-defined]
        mutated = mutate_code(example.pre_mutation_code, kind(), example.occurrence)
        assert mutated.split() == example.post_mutation_code.split()


def test_mutants_are_what_runs(module: ModuleType) -> None:
    path = Path(str(module.__file__))
    found = [mutants.mutant(item, path) for item in mutants.work_items(path)]
    changes = {(one.function, one.new) for one in found if one is not None}
    assert changes == {
        ("", "LIMIT: int = 4"),
        ("is_wide", "return size >= LIMIT and not pads"),
        ("is_wide", "return size > LIMIT"),
        ("is_wide", "return not pads"),
        ("is_wide", "return size > LIMIT and pads"),
        ("text", 'return f"{size}" if is_wide(size, False) else "few"'),
        ("text", 'return f"{size} rows" if is_wide(size, True) else "few"'),
        ("text", 'return f"{size} rows" if True else "few"'),
        ("text", 'return f"{size} rows" if False else "few"'),
        ("text", """return f"{size} rows" if is_wide(size, False) else ''"""),
    }


def test_a_function_gets_other_code_where_it_is(module: ModuleType) -> None:
    path, is_wide = Path(str(module.__file__)), module.is_wide
    assert not is_wide(3, False)
    assert swap.swap(path, SOURCE.replace("size > LIMIT", "size >= LIMIT"), swap.live_functions(), set())
    assert is_wide(3, False)
    assert module.text(3) == "3 rows"


def test_what_runs_at_import_is_not_swapped(module: ModuleType) -> None:
    path, live = Path(str(module.__file__)), swap.live_functions()
    assert not swap.swap(path, SOURCE.replace("= 3", "= 4"), live, set())
    ran = {swap.key(module.text.__code__)}
    assert not swap.swap(path, SOURCE.replace("rows", "lines"), live, ran)
    assert module.text(4) == "4 rows"


def test_a_rule_sees_what_its_file_says_now() -> None:
    rule = all_rules()["RF105"]
    name = "rflint.checks.dead_kernel_taps"
    module = importlib.import_module(name)
    path = Path(str(module.__file__))
    source = path.read_text(encoding="utf-8")
    try:
        assert swap.renew(name, path, source.replace("MOST_RELATED = 8", "MOST_RELATED = 9"))
        assert (module.MOST_RELATED, all_rules()["RF105"]) == (9, rule)
        assert not swap.renew(name, path, source.replace('"warning"', '"error"'))
        assert not swap.renew(
            name, path, source.replace('@rule("RF105", "dead-kernel-taps", "warning", fix="hint")', "")
        )
        assert not swap.renew("rflint.checks._taps", path.with_name("_taps.py"), "")
    finally:
        assert swap.renew(name, path, source)
    assert module.MOST_RELATED == 8


def test_mutants_are_of_the_file_where_it_stands_now(module: ModuleType, tmp_path: Path) -> None:
    path, moved = Path(str(module.__file__)), tmp_path / "moved.py"
    items = mutants.work_items(path)
    moved.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    path.unlink()
    assert {one.path for item in items if (one := mutants.mutant(item, moved)) is not None} == {moved}


@pytest.mark.parametrize(
    ("value", "is_so"), [((1, (symbol("N"),)), True), ({"a": [less]}, True), (("N", {1: 2}), False)]
)
def test_values_of_the_package_are_found_in_what_holds_them(value: object, is_so: bool) -> None:
    assert campaign.holds(value) is is_so


def test_survivors_are_listed_with_their_reasons() -> None:
    text = "### `a.py`\n\nA reason.\n\n* `` x > 1 `` → `` x >= 1 ``\n* `` y `` → `` z ``: its own\n\n### `b.py`\n"
    assert records.accounted_for("a.py", text) == {("x > 1", "x >= 1"): "A reason.", ("y", "z"): "its own"}
    assert records.accounted_for("b.py", text) == {}


def test_all_operators_exist() -> None:
    assert len(operators()) == 32
