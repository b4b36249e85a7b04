"""Who imports whom: a file imports only from its own level and those below, and the command starts without a parser."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
import tomli

ROOT = Path(__file__).parents[1]

LEVELS = {
    0: "algebra choices contracts dims field nesting patterns plain_data sizes spelling",
    1: "advice comments config configured diagnostics edits environment files fingerprints folders geometry "
    "gitignore implied notebooks options positions profiles receptive requirements selection shapes "
    "source trace work",
    2: "interp",
    3: "library roots tracing",
    4: "admissible checks",
    5: "api baseline cache catalogue causes diagnosing fixes history linter linting pages repairs suppressing "
    "torch_errors traced trail undecided",
    6: "cli commands flake8_plugin formats report server",
}
LEVEL = {name: level for level, names in LEVELS.items() for name in names.split()}
COMMAND_LINE = {"cli", "commands"}
"""One face in several files, the only one that knows another: it prints with `formats`."""


def sources() -> list[Path]:
    """The files of the package, but for those that only start it."""
    return [path for path in sorted(ROOT.glob("rflint/**/*.py")) if path.parent.name != "rflint" or path.stem[0] != "_"]


def part(dotted: str) -> str:
    """The file or folder of the package that a module belongs to: `interp` for `rflint.interp.calls`."""
    return dotted.split(".")[1]


def imports(path: Path) -> Iterator[str]:
    """The modules of ours that a file imports, at its top, in functions, or for types only."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("rflint."))
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative imports hide where something comes from"
            if node.module == "rflint":
                yield from (f"rflint.{alias.name}" for alias in node.names if alias.name != "__version__")
            elif node.module and node.module.startswith("rflint."):
                yield node.module


def graph() -> dict[str, set[str]]:
    """Which parts of the package each part imports."""
    found: dict[str, set[str]] = {}
    for path in sources():
        name = path.relative_to(ROOT / "rflint").parts[0].removesuffix(".py")
        found.setdefault(name, set()).update(part(module) for module in imports(path))
    return {name: imported - {name} for name, imported in found.items()}


IMPORTED = graph()


@pytest.mark.parametrize("name", IMPORTED)
def test_each_part_imports_only_from_its_level_and_below(name: str) -> None:
    assert name in LEVEL, f"say in tests/test_layers.py on which level {name} stands"
    above = {other for other in IMPORTED[name] if LEVEL[other] > LEVEL[name]}
    assert not above


def test_no_part_imports_itself_by_way_of_another() -> None:
    assert set(TopologicalSorter(IMPORTED).static_order()) == set(IMPORTED)


def test_the_interpreter_gets_its_library_handed_in() -> None:
    assert "library" not in IMPORTED["interp"]


def test_checks_know_only_finished_traces() -> None:
    assert {LEVEL[name] for name in IMPORTED["checks"]} <= {0, 1}
    assert IMPORTED["checks"].isdisjoint({"source", "positions"})


def test_no_face_knows_another() -> None:
    for name in LEVELS[6].split():
        faces = {other for other in IMPORTED.get(name, ()) if LEVEL[other] == 6}
        assert faces <= (COMMAND_LINE | {"formats"} if name in COMMAND_LINE else {"formats"})


def test_the_packages_of_the_project_are_those_of_the_tree() -> None:
    setup = tomli.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    folders = {path.parent.relative_to(ROOT) for path in ROOT.glob("rflint/**/*.py")}
    mapped = {package: Path(folder) for package, folder in setup["package-dir"].items()}
    assert {mapped.get(package, Path(*package.split("."))) for package in setup["packages"]} == {
        *folders,
        *mapped.values(),
    }
    assert len(setup["packages"]) == len(set(setup["packages"]))
    assert all((ROOT / folder / "__init__.py").is_file() for folder in [*folders, *mapped.values()])


def loaded_after(code: str, *arguments: str) -> set[str]:
    """The modules that a new Python has loaded when it has run some code."""
    code += "\nimport sys; print('loaded:', *sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.rpartition("loaded:")[2].split())


def test_the_command_line_starts_without_a_parser() -> None:
    loaded = loaded_after("import rflint.cli")
    assert "rflint.cli" in loaded
    assert loaded.isdisjoint({"torch", "libcst", "libcst.matchers", "libcst.metadata", "tomli", "pathspec", "rich"})


def test_linting_loads_neither_torch_nor_the_slow_parts_of_the_parser(tmp_path: Path) -> None:
    network = tmp_path / "net.py"
    network.write_text("import torch\nfrom torch import nn\nnet = nn.Conv2d(3, 8, 3)\nnet(torch.zeros(1, 4, 8, 8))\n")
    loaded = loaded_after("import sys; from rflint.cli import main; main(['check', sys.argv[1]])", str(network))
    assert "libcst" in loaded
    assert loaded.isdisjoint({"torch", "torchvision", "numpy", "libcst.matchers"})


def test_reading_a_source_needs_no_parser_until_its_tree_is_asked_for() -> None:
    loaded = loaded_after("from rflint.source import Source; Source('a.py', 'x = 1').text")
    assert "rflint.source" in loaded
    assert "libcst" not in loaded
