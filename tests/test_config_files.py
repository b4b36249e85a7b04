"""Configurations that extend others, that ask for a version, and that lie in several folders of one run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rflint import __version__, cli, linter
from rflint.config import Config, ConfigError, Configurations, from_toml, load
from rflint.patterns import Patterns

NET = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(4, 8, 4)

    def forward(self, x):
        return self.conv(x)

Net()(torch.zeros(1, 3, 32, 32))
"""


def plant(folder: Path, **files: str) -> None:
    """Files, in folders that are made for them: `sub__rflint` is sub/rflint.toml, `sub__net` is sub/net.py."""
    for name, text in files.items():
        path = folder.joinpath(*name.split("__")).with_suffix(".py" if "net" in name else ".toml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with no configuration above it."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


# Extending


def test_own_settings_go_before_those_of_the_base(folder: Path) -> None:
    plant(folder, base="task = 'audio'\nignore = ['RF1']", sub__rflint="extend = '../base.toml'\nignore = ['RF2']")
    found = load(folder / "sub")
    assert (found.task, found.ignore) == ("audio", ("RF2",))
    assert found.origins == {"task": ("base.toml:1",), "ignore": ("sub/rflint.toml:2",)}
    assert found.files == ("sub/rflint.toml", "base.toml")


def test_settings_that_add_do_so_across_files(folder: Path) -> None:
    plant(
        folder,
        base="extend-select = ['RF6']\nextend-exclude = ['a']\n[[network]]\ncall = 'A()'",
        rflint="extend = 'base.toml'\nextend-select = ['RF202']\nextend-exclude = ['b']\n[[network]]\ncall = 'B()'",
    )
    found = load(folder)
    assert found.extend_select == ("RF6", "RF202")
    assert [one.lines for one in found.exclusions] == [("a",), ("b",)]
    assert [one.call for one in found.networks] == ["A()", "B()"]
    assert found.origins["extend-select"] == ("base.toml:1", "rflint.toml:2")


def test_paths_are_seen_from_the_file_that_names_them(folder: Path) -> None:
    plant(
        folder,
        shared__base="src = ['lib']\nenvironment = '../env'\nexclude = ['/old']",
        project__sub__rflint="extend = '../../shared/base.toml'\nsrc = ['.']\noutput-file = 'found.txt'",
    )
    found = load(folder / "project" / "sub")
    assert (found.src, found.environment) == (("project/sub",), "env")
    assert found.output_file == "project/sub/found.txt"
    assert found.exclude == (Patterns("shared", ("/old",)),)


def test_a_base_may_extend_another_and_stand_in_a_pyproject(folder: Path) -> None:
    plant(
        folder,
        pyproject="[tool.rflint]\nextend = 'first.toml'\njobs = 2",
        first="extend = 'a/pyproject.toml'\nfail-on = 'info'",
        a__pyproject="[tool.rflint]\ntask = 'audio'\njobs = 1",
    )
    found = load(folder)
    assert (found.task, found.fail_on, found.jobs) == ("audio", "info", 2)
    assert found.files == ("pyproject.toml", "first.toml", "a/pyproject.toml")


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        (
            {"rflint": "\nextend = 'rflint.toml'"},
            "rflint.toml:2: files extend each other in a circle: rflint.toml -> rflint.toml",
        ),
        (
            {"rflint": "extend = 'a.toml'", "a": "extend = 'b.toml'", "b": "\n\nextend = './x/../a.toml'"},
            "b.toml:3: files extend each other in a circle: a.toml -> b.toml -> a.toml",
        ),
        (
            {"rflint": "extend = 'b/a.toml'"},
            "rflint.toml:1: extend: b/a.toml cannot be read: No such file or directory",
        ),
        ({"rflint": "extend = ['a.toml']"}, "rflint.toml:1: extend is a string"),
        (
            {"rflint": "extend = 'a.toml'", "a": "\nselct = []"},
            "a.toml:2: there is no setting 'selct'; did you mean select?",
        ),
        ({"rflint": "extend = 'a.toml'", "a": "[["}, "a.toml: the configuration is no TOML"),
        ({"rflint": "extends = 'a.toml'"}, "rflint.toml:1: there is no setting 'extends'; did you mean extend?"),
    ],
)
def test_what_cannot_be_extended_is_named_with_its_line(folder: Path, files: dict[str, str], sentence: str) -> None:
    plant(folder, **files)
    with pytest.raises(ConfigError) as problem:
        load(folder)
    assert str(problem.value).startswith(sentence)


# Versions


@pytest.mark.parametrize("wanted", [">=0.1", ">=0.1,<1", __version__, f"=={__version__}", "~=0.1", "", " >= 0.1 "])
def test_versions_that_this_one_is_among(wanted: str) -> None:
    assert from_toml(f"required-version = '{wanted}'").required_version == wanted


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ("'>=99'", "the configuration requires rflint >=99, and this is "),
        ("'0.0.1'", "the configuration requires rflint 0.0.1, and this is "),
        ("'newest'", "'newest' asks for no version: write required-version = "),
        ("1", "required-version is a string"),
    ],
)
def test_versions_that_it_is_not_among(wanted: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as problem:
        from_toml(f"setting-of-the-future = 3\nrequired-version = {wanted}")
    assert str(problem.value).startswith(f"rflint.toml:2: {sentence}")


def test_a_base_may_require_a_version(folder: Path) -> None:
    plant(folder, rflint="extend = 'base.toml'", base="required-version = '<0.1'")
    with pytest.raises(ConfigError, match=r"^base\.toml:1: the configuration requires rflint <0\.1, and this is "):
        load(folder)


# Which configuration counts


def test_each_file_has_the_nearest_one(folder: Path) -> None:
    plant(folder, rflint="task = 'audio'", a__rflint="task = 'detection'", a__b__net="", c__net="")
    of = Configurations().of
    assert [of(path).task for path in ("a/b/net.py", "c/net.py", "c", ".", "a")] == [
        "detection",
        "audio",
        "audio",
        "audio",
        "detection",
    ]
    assert of("a/b/net.py") is of("a/b/other.py") is of("a")
    assert Configurations(explicit="rflint.toml").of("a/b/net.py").task == "audio"
    assert Configurations(explicit="rflint.toml", isolated=True).of("a/b/net.py") == Config()


def codes(out: str) -> list[tuple[str, str]]:
    """Files and codes of the findings in a concise report."""
    return [(line.split(":")[0], line.split()[1]) for line in out.splitlines()]


def test_the_files_of_one_run_are_linted_as_their_own_configurations_say(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(folder, rflint="select = ['RF401']", net=NET, a__net=NET, a__rflint="ignore = ['ALL']", b__net=NET)
    plant(folder, b__rflint="extend = '../rflint.toml'\nper-file-ignores = {'net.py' = ['RF4']}")
    assert cli.main(["check", "-q", "."]) == 1
    assert codes(capsys.readouterr().out) == [("./net.py", "RF401")]
    assert cli.main(["check", "-q", "a", "b/net.py"]) == 0
    cli.main(["check", "-q", ".", "--config", "rflint.toml"])
    assert [file for file, _ in codes(capsys.readouterr().out)] == ["./a/net.py", "./b/net.py", "./net.py"]
    cli.main(["check", "-q", "a/net.py", "--isolated", "--ignore", "RF1"])
    assert codes(capsys.readouterr().out) == [("a/net.py", "RF401")]
    cli.main(["check", "-q", ".", "--select", "RF4", "--ignore", "RF405"])
    assert [file for file, _ in codes(capsys.readouterr().out)] == ["./a/net.py", "./net.py"]


def test_each_file_finds_its_imports_as_its_own_configuration_says(folder: Path) -> None:
    plant(folder, shared__layers__net="import torch\n", net="")
    for name, channels in (("a", 3), ("b", 4)):
        parts = f"from torch import nn\ndef layer():\n    return nn.Conv2d({channels}, 8, 3)\n"
        (folder / name / "lib").mkdir(parents=True)
        (folder / name / "lib" / "parts.py").write_text(parts)
        uses = "import torch\nfrom parts import layer\nlayer()(torch.zeros(1, 3, 8, 8))\n"
        plant(folder, **{f"{name}__net": uses, f"{name}__rflint": "src = ['lib']"})
    of = Configurations().of
    report = linter.check(["a/net.py", "b/net.py"], linter.Options(Config(), config_of=of))
    assert [(one.file, one.code) for one in report.diagnostics if one.code == "RF401"] == [("b/lib/parts.py", "RF401")]
    shown = linter.show(".", linter.Options(Config(), config_of=of))
    assert {(trace.file, shown.span(trace.uses[0].place).line) for trace in shown.traces} >= {("./a/net.py", 3)}


def test_a_broken_configuration_of_a_subfolder_ends_the_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(folder, net=NET, a__net=NET, a__rflint="\nselct = []")
    assert cli.main(["check", "."]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "rflint: a/rflint.toml:2: there is no setting 'selct'; did you mean select?\n")


# Networks


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[str, str]:
    """What a check prints, both streams."""
    cli.main(["check", *arguments])
    printed = capsys.readouterr()
    return printed.out, printed.err


def test_contracts_are_stated_by_the_name_of_a_network(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(folder, net=NET.replace("Conv2d(4", "Conv2d(3"), rflint="[[network]]\ncall = 'Net'\ncontracts = ['rf>=9']")
    out, _ = said(capsys, "net.py", "--select", "RF102")
    assert out.startswith("net.py:11:16: RF102 rf>=9 does not hold: each unit sees 4×4 px; ")
    plant(folder, rflint="[[network]]\ncall = './net.py::Net()'\ncontracts = ['rf>=9', 'causal']")
    out, err = said(capsys, "net.py", "--select", "RF102", "--verbose")
    assert out.startswith("net.py:11:16: RF102 rf>=9 does not hold")
    assert "whether causal holds is not decided: it is asked of inputs with one spatial axis only" in err


def test_a_network_that_its_file_does_not_have_is_a_mistake(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(folder, net=NET, subnet=NET, rflint="[[network]]\ncall = 'net.py::Ned()'")
    _, err = said(capsys, "net.py", "subnet.py", "-q")
    assert err == "rflint: net.py has no Ned, which the configuration calls as net.py::Ned(); did you mean Net?\n"


def test_a_network_that_no_file_has_is_said_on_request(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(folder, net=NET, rflint="[[network]]\ncall = 'Ned()'")
    assert "Ned" not in said(capsys, "net.py")[1]
    _, err = said(capsys, "net.py", "--verbose")
    assert "rflint: the configuration speaks of Ned(), which is in no file that was linted; did you mean Net?" in err


# What a run is told as a whole


def test_what_a_run_says_can_be_set_and_taken_back(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(folder, net=NET, rflint="select = ['RF401']\nexit-zero = true\nstatistics = true\nquiet = true")
    assert cli.main(["check", "net.py"]) == 0
    said = capsys.readouterr()
    assert said.out.endswith("   1  RF401  in-channels-mismatch\n")
    assert said.err == ""
    assert cli.main(["check", "net.py", "--no-exit-zero", "--no-statistics", "--no-quiet", "--color", "always"]) == 1
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 1
    assert "\033[" in said.out
    assert "1 finding" in said.err
    plant(folder, rflint="output-file = 'found.txt'")
    cli.main(["check", "net.py"])
    assert "RF401" in (folder / "found.txt").read_text()
    assert capsys.readouterr().out == ""


def test_training_mode_can_be_set(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = NET.replace("return self.conv(x)", "return self.conv(x) if self.training else x")
    plant(folder, net=text, rflint="select = ['RF401']\ntrain = true")
    assert cli.main(["check", "-q", "net.py"]) == 1
    assert cli.main(["check", "-q", "net.py", "--no-train"]) == 0


def test_excluded_files_that_are_named_are_left_out_by_force(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(folder, a__net=NET)
    assert cli.main(["check", "-q", "a/net.py", "--exclude", "a"]) == 1
    assert cli.main(["check", "-q", "a/net.py", "--exclude", "b,a", "--force-exclude"]) == 0
    assert capsys.readouterr().err == ""
    assert cli.main(["check", "a", "--extend-exclude", "!"]) == 2
    assert capsys.readouterr().err == "rflint: --extend-exclude: '!' is no pattern such as third_party/ or *_pb2.py\n"


# The command


def test_every_setting_is_shown_with_its_place(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(
        folder,
        base="task = 'audio'\nextend-select = ['RF6']",
        a__rflint="extend = '../base.toml'\n[[network]]\ncall = 'A()'\ninputs = {x = ['32*h', 3]}\nrate = 16000",
    )
    assert cli.main(["config", "--show", "a/net.py", "--extend-select", "RF2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "a/net.py: a/rflint.toml, which extends base.toml"
    rows = [line.split(maxsplit=1) for line in lines[2:]]
    assert ["task", 'base.toml:1                "audio"'] in rows
    assert ["extend-select", 'base.toml:2, command line  ["RF6", "RF2"]'] in rows
    assert ["environment", "default                    (none)"] in rows
    network = '[{call = "A()", inputs = {x = ["32*h", 3]}, rate = 16000}]'
    assert ["network", f"a/rflint.toml:2            {network}"] in rows


def test_settings_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(folder, rflint="per-file-ignores = {'a b.py' = ['RF1']}\nexclude = ['x']")
    assert cli.main(["config", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["version"], found["target"], found["files"]) == (1, ".", ["rflint.toml"])
    assert found["settings"]["exclude"] == {"value": ["x"], "from": ["rflint.toml:2"]}
    assert found["settings"]["per-file-ignores"] == {"value": {"a b.py": ["RF1"]}, "from": ["rflint.toml:1"]}
    assert found["settings"]["jobs"] == {"value": None, "from": ["default"]}
    assert cli.main(["config"]) == 0
    assert 'per-file-ignores   rflint.toml:1  {"a b.py" = ["RF1"]}\n' in capsys.readouterr().out


def test_what_the_command_does_not_take(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["config", "a", "b"]) == 2
    assert "config takes one file or folder, not 2" in capsys.readouterr().err
    assert cli.main(["config", "--schema", "setup.cfg"]) == 2
    assert cli.main(["config", "--config", "nowhere.toml"]) == 2
    assert "nowhere.toml: the configuration cannot be read" in capsys.readouterr().err
    assert cli.main(["config", "--isolated"]) == 0
    assert capsys.readouterr().out.startswith(".: no configuration\n")
