"""The command line: options, exit statuses, and what goes to which stream.  The linter itself is a stand-in."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rflint import catalogue, linter
from rflint.cli import main
from rflint.diagnostics import Diagnostic, Failure, Report, Rule, Span
from rflint.trace import Layer, Note, Place, Trace, Use

KNOWN = {
    "RF201": Rule("RF201", "gridding-holes", "warning", lambda _: ()),
    "RF405": Rule("RF405", "add-shape-mismatch", "error", lambda _: (), fix="unsafe"),
    "RF602": Rule("RF602", "linear-conv-chain", "info", lambda _: (), default=False),
    "RF904": Rule("RF904", "global-op", "note", lambda _: ()),
}
NOTHING = Report([], files=1, networks=1, complete=1)


def finding(severity: str = "warning", file: str = "net.py") -> Diagnostic:
    """A finding of a severity."""
    rule = next(rule for rule in KNOWN.values() if rule.severity == severity)
    return Diagnostic(file, Span(1, 5, 1, 9), rule.code, rule.name, severity, "says why", "Net() on 1,3,8,8")


def report(*severities: str, **more: Any) -> Report:
    """A report with a finding of each severity."""
    return Report([finding(severity) for severity in severities], files=1, networks=1, complete=1, **more)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder without colours, configuration or neighbours."""
    (tmp_path / "net.py").write_text("net = Net()\n")
    monkeypatch.chdir(tmp_path)
    for module in (catalogue, linter):
        monkeypatch.setattr(module, "known_rules", lambda: KNOWN)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command on a report: status, stdout, stderr; `run.calls` has what the linter was asked."""

    def call(*argv: str, on: Report = NOTHING) -> tuple[int, str, str]:
        calls.clear()
        monkeypatch.setattr(linter, "check", lambda targets, options: calls.append((targets, options)) or on)
        status = main(argv)
        return (status, *capsys.readouterr())

    calls: list[tuple[Any, Any]] = []
    call.calls = calls  # type: ignore[attr-defined]
    return call


def asked(run: Run) -> tuple[list[str], Any]:
    """Targets and options of the last call of the linter."""
    [(targets, options)] = run.calls  # type: ignore[attr-defined]
    return list(targets), options


# Targets


@pytest.mark.parametrize(
    ("argv", "targets"),
    [
        (["net.py"], ["net.py"]),
        (["check", "net.py"], ["net.py"]),
        (["check", "a.py", "--quiet", "b.py"], ["a.py", "b.py"]),
        (["net.py::Net(3)"], ["net.py::Net(3)"]),
        (["--", "-odd.py"], ["-odd.py"]),
        ([], ["."]),
    ],
)
def test_files_alone_mean_check(run: Run, argv: list[str], targets: list[str]) -> None:
    assert run(*argv)[0] == 0
    assert asked(run)[0] == targets


# Streams and formats


def test_findings_go_to_stdout_and_the_summary_to_stderr(run: Run) -> None:
    _, out, err = run("net.py", on=report("warning"))
    assert out == "net.py:1:5: RF201 says why  [Net() on 1×3×8×8]\n"
    assert err == "rflint: 1 network in 1 file: 1 complete; 1 finding\n"


def test_quiet_leaves_only_findings(run: Run) -> None:
    assert run("--quiet", "net.py", on=report("warning"))[2] == ""


def test_quiet_does_not_hide_failures(run: Run) -> None:
    assert (
        run("--quiet", "net.py", on=report(failures=[Failure("a.py: cannot be read")]))[2]
        == "rflint: a.py: cannot be read\n"
    )


def test_notes_are_counted_apart_and_fail_nothing(run: Run) -> None:
    status, out, err = run("net.py", on=report("note", "note", "info"))
    assert len(out.splitlines()) == 3
    assert err == "rflint: 1 network in 1 file: 1 complete; 1 finding, 2 notes\n"
    assert status == 0


def test_json_is_alone_on_stdout(run: Run) -> None:
    _, out, err = run("--format", "json", "--statistics", "net.py", on=report("warning"))
    assert [found["code"] for found in json.loads(out)["findings"]] == ["RF201"]
    assert "   1  RF201  gridding-holes" in err


def test_full_shows_the_source_line(run: Run) -> None:
    assert "1 | net = Net()\n  |     ^^^^\n" in run("--format", "full", "net.py", on=report("warning"))[1]


def test_statistics_stand_below_the_findings(run: Run) -> None:
    out = run("--statistics", "net.py", on=report("warning", "warning"))[1]
    assert out.splitlines()[-1] == "   2  RF201  gridding-holes"


def test_an_output_file_takes_the_findings(run: Run, folder: Path) -> None:
    status, out, err = run("--output-file", "found.txt", "net.py", on=report("warning"))
    assert (status, out) == (1, "")
    assert (folder / "found.txt").read_text(encoding="utf-8").startswith("net.py:1:5: RF201")
    assert err.startswith("rflint: 1 network")


def test_an_output_file_never_replaces_source(run: Run, folder: Path) -> None:
    status, _, err = run("--output-file", "net.py", on=report("warning"))
    assert (status, err) == (2, "rflint: --output-file net.py would overwrite Python source\n")
    assert (folder / "net.py").read_text() == "net = Net()\n"


def test_an_output_file_that_cannot_be_written_is_said(run: Run) -> None:
    status, _, err = run("--output-file", "nowhere/found.txt", "net.py", on=report("warning"))
    assert status == 2
    assert err.startswith("rflint: --output-file nowhere/found.txt cannot be written: ")


# Colours


@pytest.mark.parametrize(
    ("argv", "env", "coloured"),
    [
        ([], {}, False),
        (["--color", "always"], {}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "0"}, False),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colours(
    run: Run, monkeypatch: pytest.MonkeyPatch, argv: list[str], env: dict[str, str], coloured: bool
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert ("\033[" in run(*argv, "net.py", on=report("warning"))[1]) is coloured


# Exit status


@pytest.mark.parametrize(
    ("argv", "severities", "status"),
    [
        ([], [], 0),
        ([], ["info"], 0),
        ([], ["warning"], 1),
        ([], ["error"], 1),
        (["--fail-on", "info"], ["info"], 1),
        (["--fail-on", "error"], ["warning"], 0),
        (["--fail-on", "error"], ["warning", "error"], 1),
        (["--fail-on", "never"], ["error"], 0),
        (["--exit-zero"], ["error"], 0),
    ],
)
def test_the_status_says_whether_something_serious_was_found(
    run: Run, argv: list[str], severities: list[str], status: int
) -> None:
    assert run(*argv, "net.py", on=report(*severities))[0] == status


@pytest.mark.parametrize("argv", [[], ["--exit-zero"], ["--fail-on", "never"]])
def test_a_failure_is_status_2_and_is_said_before_the_summary(run: Run, argv: list[str]) -> None:
    status, out, err = run(*argv, "net.py", on=report("error", failures=[Failure("a.py: cannot be read")]))
    assert status == 2
    assert "RF405" in out
    assert err.splitlines() == [
        "rflint: a.py: cannot be read",
        "rflint: 1 network in 1 file: 1 complete; 1 finding; 1 failure",
    ]


def test_an_internal_failure_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(linter, "check", lambda *_: 1 / 0)
    assert main(["net.py"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("rflint: net.py: internal failure, please report it")
    assert line.endswith("ZeroDivisionError: division by zero")


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linter, "check", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["--debug", "net.py"])


def test_an_interrupt_is_no_traceback(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(linter, "check", interrupted)
    assert main(["net.py"]) == 130
    assert capsys.readouterr().err == "rflint: interrupted\n"


# Options that the linter is handed


def test_inputs_are_read_in_order_with_their_names(run: Run) -> None:
    run("--input", "N,3,224,224", "--input", "mask=1,1,8,8", "net.py")
    inputs = asked(run)[1].inputs
    assert [(name, "×".join(map(str, shape))) for name, shape in inputs] == [("", "N×3×224×224"), ("mask", "1×1×8×8")]


def test_training_mode_is_asked_for(run: Run) -> None:
    run("net.py")
    assert asked(run)[1].train is False
    run("--train", "net.py")
    assert asked(run)[1].train is True


def test_rules_of_the_command_line_replace_those_of_the_configuration(run: Run, folder: Path) -> None:
    (folder / "rflint.toml").write_text('select = ["RF2"]\nignore = ["RF405"]\n')
    run("net.py")
    assert (list(asked(run)[1].config.select), list(asked(run)[1].config.ignore)) == (["RF2"], ["RF405"])
    run("--select", "RF6,gridding-holes", "--select", "ALL", "--ignore", "RF201", "net.py")
    config = asked(run)[1].config
    assert (list(config.select), list(config.ignore)) == (["RF6", "gridding-holes", "ALL"], ["RF201"])


def test_extend_select_adds_to_the_configuration(run: Run, folder: Path) -> None:
    (folder / "rflint.toml").write_text('extend-select = ["RF602"]\n')
    run("--extend-select", "RF405", "net.py")
    assert list(asked(run)[1].config.extend_select) == ["RF602", "RF405"]


def test_per_file_ignores_are_pattern_and_rules(run: Run) -> None:
    run("--per-file-ignores", "tests/*.py:RF2,RF405,old.py:ALL", "net.py")
    ignores = dict(asked(run)[1].config.per_file_ignores)
    assert {pattern: list(rules) for pattern, rules in ignores.items()} == {
        "tests/*.py": ["RF2", "RF405"],
        "old.py": ["ALL"],
    }


def test_the_configuration_gives_format_and_fail_on(run: Run, folder: Path) -> None:
    (folder / "rflint.toml").write_text('format = "json"\nfail-on = "error"\n')
    status, out, _ = run("net.py", on=report("warning"))
    assert status == 0
    assert json.loads(out)["findings"]
    assert run("--format", "concise", "--fail-on", "warning", "net.py", on=report("warning"))[:2] == (
        1,
        "net.py:1:5: RF201 says why  [Net() on 1×3×8×8]\n",
    )


def test_the_nearest_configuration_upwards_of_the_target_counts(run: Run, folder: Path) -> None:
    (folder / "project" / "models").mkdir(parents=True)
    (folder / "project" / "rflint.toml").write_text('ignore = ["RF405"]\n')
    (folder / "project" / "models" / "net.py").write_text("")
    run("project/models/net.py::Net()")
    assert list(asked(run)[1].config.ignore) == ["RF405"]


def test_a_configuration_can_be_named(run: Run, folder: Path) -> None:
    (folder / "rflint.toml").write_text('ignore = ["RF405"]\n')
    (folder / "other.toml").write_text('ignore = ["RF201"]\n')
    run("--config", "other.toml", "net.py")
    assert list(asked(run)[1].config.ignore) == ["RF201"]


@pytest.mark.parametrize("argv", [["--no-cache"], ["--jobs", "2"]])
def test_options_without_effect_yet_are_accepted(run: Run, argv: list[str]) -> None:
    assert run(*argv, "net.py")[0] == 0


# Show

IMAGE = (1, 3, 8, 8)
STEP = Use(0, "act", Layer("ReLU", "ReLU", {}), (), IMAGE, Place("net.py", 0))
TRACE = Trace("net.py::Net()", "Net()", "net.py", None, {"x": IMAGE}, {"x": IMAGE}, [STEP], IMAGE, [0], [], True)


def showing(monkeypatch: pytest.MonkeyPatch, *traces: Trace, failures: tuple[str, ...] = ()) -> None:
    shown = linter.Shown(
        list(traces), lambda place: Span(place.mark + 1, 1, place.mark + 1, 2), list(map(Failure, failures))
    )
    monkeypatch.setattr(linter, "show", lambda target, options: shown)


def test_show_prints_the_table(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    showing(monkeypatch, TRACE)
    assert main(["show", "net.py::Net()"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("Net()  x 1×3×8×8 → 1×3×8×8  (net.py)\n")
    assert err == "rflint: 1 network: 1 complete\n"


def test_show_of_a_network_followed_in_part_is_status_0(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    partial = Trace(**{**{name: getattr(TRACE, name) for name in TRACE.__slots__}, "complete": False})
    partial.unknowns = [Note(None, "x is unknown")]
    showing(monkeypatch, TRACE, partial)
    assert main(["show", "net.py"]) == 0
    assert capsys.readouterr().err == "rflint: 2 networks: 1 complete, 1 in part\n"


def test_show_as_json(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    showing(monkeypatch, TRACE)
    assert main(["show", "net.py", "--format", "json", "--reached", "--depth", "1", "--quiet"]) == 0
    out, err = capsys.readouterr()
    assert [network["target"] for network in json.loads(out)["networks"]] == ["net.py::Net()"]
    assert err == ""


@pytest.mark.parametrize("failures", [(), ("net.py: there is no Net",)])
def test_show_without_a_network_is_status_2(monkeypatch: pytest.MonkeyPatch, capsys: Any, failures: Any) -> None:
    showing(monkeypatch, failures=failures)
    assert main(["show", "net.py", "--format", "json"]) == 2
    out, err = capsys.readouterr()
    assert json.loads(out) == {"version": 1, "networks": []}
    assert err == f"rflint: {failures[0] if failures else 'no network found in net.py'}\n"


# Rule


@pytest.fixture
def pages(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of pages for the known rules, as an importable package."""
    from rflint import pages

    package = folder / "pages_of_a_test"
    package.mkdir()
    for rule in KNOWN.values():
        (package / f"{rule.name}.md").write_text(f"# {rule.name} ({rule.code})\n\nSays × things. More.\n", "utf-8")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setattr(pages, "PACKAGE", package.name)
    return package


@pytest.mark.parametrize("name", ["RF405", "rf405", "add-shape-mismatch"])
def test_rule_prints_the_page(pages: Path, capsys: Any, name: str) -> None:
    assert main(["rule", name, "--format", "markdown"]) == 0
    assert capsys.readouterr().out == (pages / "add-shape-mismatch.md").read_text("utf-8")


def test_rule_renders_the_page(pages: Path, capsys: Any) -> None:
    assert main(["rule", "RF405"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "add-shape-mismatch (RF405)",
        "==========================",
        "error · on by default · channels and modules · fix: unsafe",
        "",
        "Says × things. More.",
    ]
    assert main(["rule", "RF405", "--color", "always"]) == 0
    assert capsys.readouterr().out.startswith("\033[1madd-shape-mismatch (RF405)\033[0m\n\033[31merror\033[0m · on")


def test_rule_lists_a_family(pages: Path, capsys: Any) -> None:
    assert main(["rule", "RF4"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["code", "RF405"]


@pytest.mark.parametrize("argv", [["--all"], []])
def test_rule_lists_all_rules(pages: Path, capsys: Any, argv: list[str]) -> None:
    assert main(["rule", *argv]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "code   name                family                   severity  default  fix     summary",
        "RF201  gridding-holes      dilation                 warning   on       -       Says × things.",
        "RF405  add-shape-mismatch  channels and modules     error     on       unsafe  Says × things.",
        "RF602  linear-conv-chain   cost and redundancy      info      off      -       Says × things.",
        "RF904  global-op           notes and rflint itself  note      on       -       Says × things.",
    ]


def test_rule_as_json(pages: Path, capsys: Any) -> None:
    assert main(["rule", "--format", "json", "RF405"]) == 0
    [found] = json.loads(capsys.readouterr().out)["rules"]
    assert found.pop("page") == (pages / "add-shape-mismatch.md").read_text("utf-8")
    assert found == {
        "code": "RF405",
        "name": "add-shape-mismatch",
        "family": "channels and modules",
        "severity": "error",
        "default": True,
        "fix": "unsafe",
        "summary": "Says × things.",
    }


def test_rule_without_installed_pages_says_what_to_do(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    from rflint import pages

    monkeypatch.setattr(pages, "PACKAGE", "a_package_that_does_not_exist.rules")
    assert main(["rule", "RF405"]) == 2
    assert capsys.readouterr().err.endswith("install with pip install -e .\n")


def test_a_rule_without_page_is_named(pages: Path, capsys: Any) -> None:
    (pages / "gridding-holes.md").unlink()
    assert main(["rule", "RF201"]) == 2
    assert "RF201 gridding-holes has no page" in capsys.readouterr().err


def test_an_unknown_rule_gets_the_nearest_name(capsys: Any) -> None:
    assert main(["rule", "griding-holes"]) == 2
    assert capsys.readouterr().err == "rflint: there is no rule griding-holes; did you mean gridding-holes?\n"


@pytest.mark.parametrize(
    ("page", "summary"),
    [
        ("# a (RF1)\n\nOne sentence\nover lines. Another.\n", "One sentence over lines."),
        ("# a (RF1)\n\nWith e.g. this, 0.5 px. Next.", "With e.g. this, 0.5 px."),
        ("# a (RF1)\nNo full stop\n\n## More\ntext.", "No full stop"),
        ("# a (RF1)\n", ""),
    ],
)
def test_the_summary_is_the_first_sentence(page: str, summary: str) -> None:
    from rflint import pages

    assert pages.summary(page) == summary


# Help, version, start-up


def test_help_lists_the_commands(capsys: Any) -> None:
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    assert all(f"\n  {command} " in out for command in ("check", "show", "rule"))


@pytest.mark.parametrize("command", ["check", "show", "rule"])
def test_help_of_a_command_lists_its_options(capsys: Any, command: str) -> None:
    assert main([command, "--help"]) == 0
    assert "--format" in capsys.readouterr().out


def imported(code: str) -> set[str]:
    """The modules that are loaded after some code has run in a fresh interpreter."""
    root = Path(linter.__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(root)!r})\n{code}\nprint('\\n', *sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_version_needs_neither_parser_nor_json() -> None:
    loaded = imported("from rflint.cli import main; main(['--version'])")
    assert "rflint.cli" in loaded
    assert not loaded & {"libcst", "json", "rich", "rflint.linter"}


def test_a_concise_run_needs_neither_json_nor_rich() -> None:
    code = "from rflint.cli import main; from rflint.formats.concise import concise; concise([])"
    assert not imported(code) & {"json", "rich"}
