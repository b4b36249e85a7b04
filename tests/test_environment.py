"""Where imported modules are looked for: the project's folders and installed libraries, of which source is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from rflint import linter
from rflint.config import Config
from rflint.environment import installed, library_folders, source_folders

LAYERS = """
from torch import nn

class Block(nn.Sequential):
    def __init__(self, channels):
        super().__init__(nn.Conv2d(channels, 2 * channels, 3), nn.ReLU())

def block(channels=4):
    return Block(channels)

class Broken(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3)
        self.b = nn.Conv2d(9, 8, 3)

    def forward(self, x):
        return self.b(self.a(x))
"""
USER = """
import fake
from fake.layers import Broken
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = fake.layers.block(3)
        self.broken = Broken()

    def forward(self, x):
        return self.body(x)
"""


def write(root: Path, **files: str) -> None:
    """Files by path, with `__` for slashes."""
    for name, text in files.items():
        path = root / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def install(site_packages: Path) -> None:
    """A package of layers, with a stub that must not be read."""
    package = site_packages / "fake"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from . import layers\n", encoding="utf-8")
    (package / "__init__.pyi").write_text("layers: int\n", encoding="utf-8")
    (package / "layers.py").write_text(LAYERS, encoding="utf-8")


def virtual(folder: Path) -> Path:
    """A virtual environment with the package."""
    site_packages = folder / "lib" / "python3.11" / "site-packages"
    install(site_packages)
    return site_packages


@pytest.fixture(autouse=True)
def _outside_of_any_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)


def kinds(path: Path, config: Config | None = None) -> list[str]:
    """The layers of the one network of a file."""
    [trace] = linter.show(f"{path}::Net()", linter.Options(config or Config())).traces
    return [use.kind for use in trace.uses]


def reason(path: Path, config: Config | None = None) -> str:
    """Why the network of a file is not followed."""
    [trace] = linter.show(f"{path}::Net()", linter.Options(config or Config())).traces
    assert not trace.complete
    return trace.unknowns[0].reason


def test_without_an_environment_the_reason_names_the_setting(tmp_path: Path) -> None:
    write(tmp_path, net=USER)
    assert reason(tmp_path / "net.py") == "module fake is not found: point `src` or `environment` to it"


@pytest.mark.parametrize("name", [".venv", "venv"])
def test_the_nearest_environment_above_is_found(tmp_path: Path, name: str) -> None:
    virtual(tmp_path / name)
    write(tmp_path, src__deep__net=USER)
    assert kinds(tmp_path / "src" / "deep" / "net.py") == ["Conv2d", "ReLU"]


def test_the_active_environment_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    virtual(tmp_path / "elsewhere")
    write(tmp_path, a__project__net=USER)
    (tmp_path / "a" / "project" / ".git").mkdir()
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "elsewhere"))
    assert kinds(tmp_path / "a" / "project" / "net.py") == ["Conv2d", "ReLU"]


def test_beyond_the_folder_beside_a_repository_nothing_is_searched(tmp_path: Path) -> None:
    near, far = virtual(tmp_path / "a" / "b" / "venv"), virtual(tmp_path / "venv")
    for folder in ("a/b/project", "a/project"):
        (tmp_path / folder / ".git").mkdir(parents=True)
    assert library_folders([str(tmp_path / "a" / "b" / "project")]) == (str(near),)
    assert library_folders([str(tmp_path / "a" / "project")]) == ()
    assert library_folders([str(tmp_path / "a")]) == (str(far),)


def test_the_environment_of_the_project_goes_before_the_active_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = virtual(tmp_path / "project" / ".venv")
    virtual(tmp_path / "elsewhere")
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "elsewhere"))
    assert library_folders([str(tmp_path / "project")]) == (str(near),)


@pytest.mark.parametrize("named", ["env", "env/lib/python3.11/site-packages"])
def test_the_configuration_names_an_environment_or_its_libraries(tmp_path: Path, named: str) -> None:
    virtual(tmp_path / "env")
    write(tmp_path, project__net=USER)
    assert kinds(tmp_path / "project" / "net.py", Config(environment=str(tmp_path / named))) == ["Conv2d", "ReLU"]


def test_the_configuration_goes_before_what_is_discovered(tmp_path: Path) -> None:
    virtual(tmp_path / ".venv")
    other = tmp_path / "other"
    other.mkdir()
    write(tmp_path, net=USER)
    assert library_folders([str(tmp_path)], str(other)) == (str(other),)
    assert "fake is not found" in reason(tmp_path / "net.py", Config(environment=str(other)))


def test_windows_environments_are_known(tmp_path: Path) -> None:
    folder = tmp_path / "Lib" / "site-packages"
    folder.mkdir(parents=True)
    assert installed(str(tmp_path)) == (str(folder),)


def test_findings_in_installed_libraries_are_not_the_users(tmp_path: Path) -> None:
    library = virtual(tmp_path / ".venv")
    text = USER.replace("return self.body(x)", "return self.broken(self.body(x))")
    write(tmp_path, net=text)
    options = linter.Options(Config())
    assert not linter.check([str(tmp_path / "net.py")], options).diagnostics
    inside = linter.check([str(library / "fake" / "layers.py")], options).diagnostics
    assert [found.name for found in inside] == ["in-channels-mismatch"]


def test_described_packages_go_before_installed_ones(tmp_path: Path) -> None:
    library = virtual(tmp_path / ".venv")
    (library / "torch").mkdir()
    (library / "torch" / "__init__.py").write_text("nn = None\n", encoding="utf-8")
    write(tmp_path, net=USER)
    assert kinds(tmp_path / "net.py") == ["Conv2d", "ReLU"]


def test_tests_and_scripts_import_from_the_project_and_its_src(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    write(tmp_path, src__pack__layers=LAYERS, flat=LAYERS)
    text = USER.replace("import fake\n", "from pack import layers\n").replace("fake.layers.block", "layers.block")
    write(tmp_path, tests__net=text.replace("from fake.layers", "from flat"))
    assert kinds(tmp_path / "tests" / "net.py") == ["Conv2d", "ReLU"]


def test_folders_are_spelled_as_the_path_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, setup="", tests__deep__net="")
    (tmp_path / "src").mkdir()
    monkeypatch.chdir(tmp_path)
    assert source_folders(["tests/deep/net.py"]) == ("", "src")
    assert source_folders(["./tests"]) == (".", "./src")
    monkeypatch.chdir(tmp_path / "tests")
    assert source_folders(["deep/net.py"]) == ("..", "../src")


@pytest.mark.parametrize("imported", ["pack.layers", "..layers"])
def test_a_path_that_begins_inside_a_package_is_still_of_that_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, imported: str
) -> None:
    models = tmp_path / "pack" / "models"
    models.mkdir(parents=True)
    for folder in (models, models.parent):
        (folder / "__init__.py").write_text("")
    (models.parent / "layers.py").write_text(LAYERS)
    source = f"from torch import nn\nfrom {imported} import block\n\nclass Net(nn.Module):\n"
    source += "    def __init__(self):\n        super().__init__()\n        self.b = block(3)\n\n"
    (models / "net.py").write_text(source + "    def forward(self, x):\n        return self.b(x)\n")
    monkeypatch.chdir(models)
    report = linter.check(["net.py"], linter.Options(Config()))
    assert (report.networks, report.complete, report.partial) == (1, 1, [])
