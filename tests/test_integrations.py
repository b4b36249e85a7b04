"""What the repository and docs/integrations.md hand to other programs, given to those programs, or to what stands for
them: pre-commit, the shell of the action and of CI scripts, editors' patterns, ruff."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
PAGE = (ROOT / "docs" / "integrations.md").read_text(encoding="utf-8")
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
SNIPPET = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEAD = """\
from torch import nn


class Head(nn.Sequential):
    def __init__(self, channels):
        super().__init__(nn.Conv2d(channels, 8, 3), nn.ReLU(), nn.Conv2d(4, 8, 3))
"""
NET = """\
from torch import nn

from pkg.head import Head


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3)
        self.head = Head(16)

    def forward(self, x):
        return self.head(self.stem(x))
"""
PLACE = ("pkg/head.py", "6", "74")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one fault, and our commands on the path."""
    (tmp_path / "pkg").mkdir()
    for name, text in {"__init__": "", "head": HEAD, "net": NET, "two": NET.replace("Net", "Two")}.items():
        (tmp_path / "pkg" / f"{name}.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{BIN}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    return tmp_path


def snippet(language: str, beginning: str = "") -> str:
    """The block of the page in a language whose text begins so."""
    return next(text for name, text in SNIPPET.findall(PAGE) if name == language and text.startswith(beginning))


def run(*command: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run a program and catch what it prints."""
    return subprocess.run(command, capture_output=True, text=True, **more)


def shell(script: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a script as GitHub's and GitLab's runners do: it ends at the first command that fails."""
    return run("bash", "-eo", "pipefail", "-c", script, env={**os.environ, **(environment or {})})


# The published schemas


def validate(schema: str, path: Path) -> None:
    """Hold a file against a schema that check-jsonschema ships."""
    done = run("check-jsonschema", "--builtin-schema", f"vendor.{schema}", str(path))
    assert done.returncode == 0, done.stdout


def test_files_and_snippets_fit_the_schemas_of_those_who_read_them(project: Path) -> None:
    validate("github-actions", ROOT / "action.yml")
    diff = (ROOT / "docs" / "diff.md").read_text(encoding="utf-8")
    snippets = [("github-workflows", snippet("yaml", "# .github")), ("gitlab-ci", snippet("yaml", "# .gitlab"))]
    snippets += [("github-workflows", text) for name, text in SNIPPET.findall(diff) if name == "yaml"]
    for schema, text in snippets:
        (project / f"{schema}.yml").write_text(text)
        validate(schema, project / f"{schema}.yml")


# pre-commit


def test_the_hooks_are_a_manifest() -> None:
    assert run("pre-commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")).returncode == 0
    assert [hook["id"] for hook in HOOKS] == ["rflint", "rflint-fix"]


def test_the_page_configures_a_hook_that_there_is(project: Path) -> None:
    (project / "page.yaml").write_text(snippet("yaml", "# .pre-commit"))
    assert run("pre-commit", "validate-config", "page.yaml").returncode == 0
    [repo] = yaml.safe_load(snippet("yaml", "# .pre-commit"))["repos"]
    assert {hook["id"] for hook in repo["hooks"]} <= {hook["id"] for hook in HOOKS}


def hooked(folder: Path, number: int) -> subprocess.CompletedProcess[str]:
    """Let pre-commit run one of the hooks on all files; it is installed here: `make integrations` installs it anew."""
    config = {"repos": [{"repo": "local", "hooks": [{**HOOKS[number], "language": "system"}]}]}
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    shell("git init -q . && git add -A")
    environment = {**os.environ, "PRE_COMMIT_HOME": str(folder / "home")}
    return run("pre-commit", "run", "--all-files", env=environment, timeout=100)


def test_pre_commit_tells_a_fault_that_two_networks_share_once(project: Path) -> None:
    (project / "pkg" / "old.py").write_text(HEAD)
    (project / "rflint.toml").write_text('exclude = ["old.py"]\n')
    done = hooked(project, 0)
    lines = [line for line in done.stdout.splitlines() if " RF" in line]
    assert [re.split(":| ", line)[:3] for line in lines] == [[*PLACE]], done.stdout + done.stderr
    assert done.returncode == 1


def test_pre_commit_mends_what_has_a_safe_fix_and_stops_the_commit(project: Path) -> None:
    (project / "pkg" / "head.py").write_text(HEAD.replace("nn.Conv2d(4, 8, 3)", "nn.Conv2d(8, 8, 1, dilation=2)"))
    done = hooked(project, 1)
    assert (project / "pkg" / "head.py").read_text() == HEAD.replace("nn.Conv2d(4, 8, 3)", "nn.Conv2d(8, 8, 1)")
    assert "files were modified by this hook" in done.stdout
    assert done.returncode == 1


# The shell of the action and of CI


def step(name: str) -> dict[str, Any]:
    """The step of the action with this name."""
    return next(step for step in ACTION["runs"]["steps"] if step.get("name") == name)


def expanded(text: str, context: Mapping[str, str]) -> str:
    """The text with GitHub's expressions put in."""
    return re.sub(r"\$\{\{ (\S+) \}\}", lambda found: context[found[1]], text)


def lint(folder: Path, **inputs: str) -> tuple[subprocess.CompletedProcess[str], str]:
    """Run the action's step that lints, with these inputs: what it prints, and the status that it hands on."""
    context = {f"inputs.{name}": declared["default"] for name, declared in ACTION["inputs"].items()}
    context |= {f"inputs.{name}": value for name, value in inputs.items()}
    given = {key: expanded(value, context) for key, value in step("Lint")["env"].items()}
    files = {"RUNNER_TEMP": str(folder), "GITHUB_OUTPUT": str(folder / "output"), "RFLINT": str(BIN / "rflint")}
    done = shell(step("Lint")["run"], given | files)
    return done, (folder / "output").read_text()


def test_the_action_annotates_and_hands_the_status_on(project: Path) -> None:
    done, output = lint(project)
    assert done.returncode == 0
    assert re.match("::error file=pkg/head.py,line=6,.*col=74,", done.stdout)
    assert output == "status=1\n"
    assert shell(step("Exit as rflint did")["run"], {"STATUS": "1"}).returncode == 1


def test_the_action_writes_sarif_where_its_upload_looks(project: Path) -> None:
    done, output = lint(project, sarif="true", paths="pkg/net.py pkg/two.py", args="--select RF4 --exit-zero")
    assert (done.stdout, output) == ("", "status=0\n")
    upload = step("Upload findings")
    path = expanded(upload["with"]["sarif_file"], {"runner.temp": str(project)})
    [sarif_run] = json.loads(Path(path).read_text())["runs"]
    assert [result["ruleId"] for result in sarif_run["results"]] == ["RF401"]


def test_inputs_of_the_action_are_words_and_no_code(project: Path) -> None:
    _, output = lint(project, paths="$(touch broken) `touch broken` ; touch broken", args="--quiet")
    assert output == "status=2\n"
    assert not (project / "broken").exists()


def test_gitlabs_job_writes_the_report_that_it_names(project: Path) -> None:
    job = yaml.safe_load(snippet("yaml", "# .gitlab"))["rflint"]
    install, check = job["script"]
    assert install == "pip install --quiet rflint"
    assert shell(check).returncode == 1
    [finding] = json.loads((project / job["artifacts"]["reports"]["codequality"]).read_text())
    assert finding["location"]["path"] == PLACE[0]


def test_the_plain_script_writes_xml(project: Path) -> None:
    *_, check = snippet("sh", "python3").splitlines()
    assert shell(check.replace("/tmp/rflint/bin/", "")).returncode == 1
    assert (project / "rflint.xml").read_text().startswith("<?xml")


# Editors


@cache
def printed() -> str:
    """The line that editors read."""
    [line] = run("rflint", "check", "--quiet", "pkg").stdout.splitlines()
    return line


def from_percents(pattern: str) -> str:
    """A regular expression for a pattern as Vim's errorformat has it."""
    parts = {"f": r"(?P<file>\S+?)", "l": r"(?P<line>\d+)", "c": r"(?P<column>\d+)", "m": "(?P<message>.*)"}
    return re.sub(r"%(.)", lambda found: parts[found[1]], pattern.replace("\\ ", " "))


def from_dollars(pattern: str) -> str:
    """A regular expression for a pattern as PyCharm has it."""
    return re.sub(r"\$(\w+)\$", lambda found: f"(?P<{found[1].removesuffix('_PATH').lower()}>.+?)", pattern)


def vs_code() -> str:
    """The expression of the task."""
    [task] = json.loads(snippet("json"))["tasks"]
    matcher = task["problemMatcher"]["pattern"]
    named = iter(sorted(("file", "line", "column", "code", "message"), key=lambda name: int(matcher[name])))
    return re.sub(r"\((?!\?)", lambda _: f"(?P<{next(named)}>", matcher["regexp"])


def emacs() -> str:
    """The expression of Flymake, whose file is standard input."""
    found = re.search(r"'\(\"(.*)\" 1 2 nil 3\)", snippet("elisp", "(setq"))
    assert found is not None
    groups = {"1": "line", "2": "column", "3": "message"}
    text = found[1].replace("\\\\", "\\").replace(r"\)", ")").replace("^stdin", "^(?P<file>pkg/head.py)")
    return re.sub(r"\\\(\?(\d):", lambda group: f"(?P<{groups[group[1]]}>", text)


PATTERNS: dict[str, Callable[[], str]] = {
    "VS Code": vs_code,
    "Vim": lambda: from_percents(snippet("vim").splitlines()[1].partition("errorformat=")[2]),
    "Neovim": lambda: from_percents(snippet("lua").partition('errorformat("')[2].partition('"')[0]),
    "Emacs": emacs,
    "PyCharm": lambda: from_dollars(snippet("text", "$FILE").strip()),
}


@pytest.mark.parametrize("editor", PATTERNS)
def test_the_patterns_of_editors_read_a_line(editor: str) -> None:
    found = re.fullmatch(PATTERNS[editor](), printed())
    assert found is not None
    assert (found["file"], found["line"], found["column"]) == PLACE
    assert "takes 4 channels" in found["message"]


# ruff


@pytest.mark.parametrize("external", [True, False])
def test_ruff_keeps_our_comments_where_it_is_told_that_they_are_ours(external: bool, project: Path) -> None:
    marked = NET.replace("Head(16)", "Head(16)  # noqa: RF401")
    (project / "pkg" / "net.py").write_text(marked)
    (project / "pyproject.toml").write_text(snippet("toml", "# pyproject") if external else "")
    run("ruff", "check", "--select", "RUF100,RUF102", "--fix", "pkg")
    assert ((project / "pkg" / "net.py").read_text() == marked) == external


def test_no_rule_of_ruff_begins_as_ours() -> None:
    rules = json.loads(run("ruff", "rule", "--all", "--output-format", "json").stdout)
    assert len(rules) > 800
    assert not [rule for rule in rules if str(rule["code"]).startswith("RF")]
