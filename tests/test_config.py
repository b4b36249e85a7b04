"""The configuration: where it is found, what it may say, and what is said of what it may not."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from rflint.choices import CHECK_FORMATS
from rflint.config import Config, ConfigError, NetworkConfig, from_toml, is_selector, load
from rflint.contracts import contract
from rflint.dims import parse
from rflint.patterns import Patterns

KNOWN = {"RF201": SimpleNamespace(name="gridding-holes"), "RF301": SimpleNamespace(name="output-size-nonpositive")}


def write(path: Path, text: str) -> Path:
    """A file with that text, in folders that are made for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


# Where it is found


def test_the_nearest_one_upwards_is_taken(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.rflint]\ntask = 'audio'\n")
    write(tmp_path / "a" / "rflint.toml", "task = 'detection'\n")
    deep = write(tmp_path / "a" / "b" / "net.py", "")
    write(tmp_path / "c" / "pyproject.toml", "[tool.ruff]\n# not [tool.rflint]\n")
    assert load(deep).task == load(deep.parent).task == "detection"
    assert load(tmp_path / "c").task == "audio"


def test_of_two_in_one_folder_rflint_toml_is_taken(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.rflint]\ntask = 'audio'\n")
    write(tmp_path / "rflint.toml", "task = 'detection'\n")
    assert load(tmp_path).task == "detection"


def test_the_one_that_is_named_goes_before_the_nearest(tmp_path: Path) -> None:
    write(tmp_path / "rflint.toml", "task = 'detection'\n")
    named = write(tmp_path / "else" / "pyproject.toml", "tool = {rflint = {task = 'audio'}}\n")
    assert load(tmp_path, named).task == "audio"


def test_without_any_there_are_defaults(tmp_path: Path) -> None:
    assert load(tmp_path) == Config()


def test_what_is_broken_but_not_ours_is_not_read(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.black\n")
    assert load(tmp_path) == Config()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[tool.rflint\n", "the configuration is no TOML: "),
        ("[project]\n", "there is no table [tool.rflint]"),
        ("tool = 3\n", "there is no table [tool.rflint]"),
        ("[tool]\nrflint = 3\n", "there is no table [tool.rflint]"),
        ("a = " + "[" * 5000, "the configuration is no TOML: "),
        ("a = " + "9" * 5000, "the configuration is no TOML: "),
    ],
)
def test_a_named_file_that_cannot_be_used(tmp_path: Path, text: str, sentence: str) -> None:
    path = write(tmp_path / "pyproject.toml", text)
    with pytest.raises(ConfigError) as problem:
        load(tmp_path, path)
    assert str(problem.value).startswith(f"{path}: {sentence}")


def test_a_named_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml: the configuration cannot be read: No such file"):
        load(tmp_path, tmp_path / "nowhere.toml")
    (tmp_path / "rflint.toml").write_bytes(b"task = '\xff'\n")
    with pytest.raises(ConfigError, match=r"rflint\.toml: the configuration is not UTF-8"):
        load(tmp_path)


def test_a_byte_order_mark_is_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "rflint.toml").write_bytes(b"\xef\xbb\xbftask = 'audio'\r\n")
    assert load(tmp_path).task == "audio"


# What it says


def test_every_setting_is_read() -> None:
    text = """
        select = ["RF2", "gridding-holes", "ALL"]
        ignore = ["RF301"]
        extend-select = ["RF201"]
        per-file-ignores = {"tests/*" = ["RF2"], "*.py" = []}
        src = ["lib", "."]
        exclude = ["old/", "!old/keep.py"]
        environment = ".venv"
        task = "segmentation"
        input = [3, "32*h", "W"]
        fail-on = "never"
        format = "json"

        [[network]]
        call = "net.py::Net(10)"
        input = [1, 28, 28]
        task = "classification"
        contracts = ["rf>=28", "size==input"]
        rate = 16000

        [[network]]
        call = "Two()"
        inputs = [[3, 8, 8], ["C"]]

        [[network]]
        call = "Three()"
        inputs = {x = [3], mask = [1]}
    """
    assert from_toml(text, KNOWN, "sub/rflint.toml") == Config(
        select=("RF2", "gridding-holes", "ALL"),
        ignore=("RF301",),
        extend_select=("RF201",),
        per_file_ignores=(("tests/*", ("RF2",)), ("*.py", ())),
        src=(str(Path("sub/lib")), "sub"),
        exclude=(Patterns("sub", ("old/", "!old/keep.py")),),
        environment=str(Path("sub/.venv")),
        task="segmentation",
        input=(3, parse("32*h"), parse("W")),
        fail_on="never",
        format="json",
        networks=(
            NetworkConfig(
                "net.py::Net(10)",
                (("", (1, 28, 28)),),
                "classification",
                (contract("rf>=28"), contract("size==input"), contract("rate=16000")),
            ),
            NetworkConfig("Two()", (("", (3, 8, 8)), ("", (parse("C"),)))),
            NetworkConfig("Three()", (("x", (3,)), ("mask", (1,)))),
        ),
    )


def test_an_empty_one_says_nothing() -> None:
    assert from_toml("", KNOWN, "rflint.toml") == Config()
    assert from_toml("[tool.rflint]\n", KNOWN, "pyproject.toml", inner=True) == Config()


@pytest.mark.parametrize(
    ("selector", "known"),
    [
        ("ALL", True),
        ("RF", True),
        ("RF2", True),
        ("RF201", True),
        ("gridding-holes", True),
        ("RF2010", False),
        ("RF9", False),
        ("gridding", False),
        ("all", False),
        ("", False),
    ],
)
def test_a_rule_is_named_by_code_beginning_or_name(selector: str, known: bool) -> None:
    assert is_selector(selector, KNOWN) is known


# What it may not say

ELSEWHERE = """\
[tool.ruff]
select = "ALL"
task = 3
input = 4

[tool.rflint]
"""


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ('selct = ["RF2"]', 1, "there is no setting 'selct'; did you mean select?"),
        ("\nxyzzy = 1", 2, "there is no setting 'xyzzy'"),
        ('extend_select = ["RF2"]', 1, "there is no setting 'extend_select'; did you mean extend-select?"),
        ('select = "RF2"', 1, "select is a list of strings, such as"),
        ("select = [2]", 1, "select is a list of strings, such as"),
        (
            'task = "audio"\nignore = [\n"griding-holes"]',
            2,
            "there is no rule 'griding-holes'; did you mean gridding-holes?",
        ),
        ('"select" = ["RF2O1"]', 1, "there is no rule 'RF2O1'; did you mean RF201?"),
        ('per-file-ignores = ["RF2"]', 1, "per-file-ignores is a table, such as"),
        ('\nper-file-ignores = {"*.py" = ["RF9"]}', 2, "there is no rule 'RF9'"),
        ('src = "lib"', 1, "src is a list of strings, such as"),
        ('exclude = ["!"]', 1, "exclude: "),
        ("environment = 3", 1, "environment is a string"),
        ('task = "segmenting"', 1, "task is one of segmentation, classification, detection, restoration, audio, not"),
        ('fail-on = "fatal"', 1, "fail-on is one of error, warning, info, never, not 'fatal'"),
        ('format = "jsn"', 1, f"format is one of {', '.join(CHECK_FORMATS)}, not 'jsn'; did you mean json?"),
        ("format = []", 1, f"format is one of {', '.join(CHECK_FORMATS)}, not []"),
        ('input = "3,8,8"', 1, "input is a list of sizes, such as input = [3, 224, 224]"),
        ("input = []", 1, "input is a list of sizes, such as input = [3, 224, 224]"),
        ("input = [3, -1]", 1, "-1 in input is no size: sizes are positive"),
        ("input = [3, true]", 1, "True in input is no size: "),
        ("input = [3, 2.5]", 1, "2.5 in input is no size: "),
        ("network = 3", 1, "networks are tables, written [[tool.rflint.network]]"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, line: int, sentence: str) -> None:
    with pytest.raises(ConfigError) as problem:
        from_toml(text, KNOWN, "rflint.toml")
    assert str(problem.value).startswith(f"rflint.toml:{line}: {sentence}")
    with pytest.raises(ConfigError) as problem:
        from_toml(ELSEWHERE + text, KNOWN, "pyproject.toml", inner=True)
    assert str(problem.value).startswith(f"pyproject.toml:{line + 6}: {sentence}")


@pytest.mark.parametrize(
    ("rows", "line", "sentence"),
    [
        (["input = [3]"], 5, "a network has a call, such as"),
        (["call = 3"], 6, "call is a string"),
        (['call = "B()"', "iput = [3]"], 7, "a network has no setting 'iput'; did you mean input?"),
        (['call = "B()"', "input = [3]", "inputs = []"], 8, "a network has an input or inputs, not both"),
        (['call = "B()"', "inputs = 3"], 7, "inputs is a list of shapes, or a table of them"),
        (['call = "B()"', "inputs = [3]"], 7, "inputs is a list of sizes, such as"),
        (['call = "B()"', 'task = "x"'], 7, "task is one of segmentation, "),
        (['call = "B()"', 'contracts = ["rf=5"]'], 7, "'rf=5' is no contract: rf takes >=, <=, ==, as in rf>=512"),
        (['call = "B()"', 'contracts = ["jmp==5"]'], 7, "'jmp==5' is no contract; did you mean jump?"),
        (['call = "B()"', 'contracts = "rf>=5"'], 7, 'contracts is a list of strings, such as contracts = ["…"]'),
        (['call = "B()"', "object-size = [true]"], 7, "'(True,)' in 'object-size=(True,)' is no figure of this kind"),
    ],
)
@pytest.mark.parametrize("table", ["network", "tool.rflint.network", 'tool . "rflint".network'])
def test_a_mistake_in_the_second_network_is_named_with_its_line(
    rows: list[str], line: int, sentence: str, table: str
) -> None:
    first = [f"[[{table}]]", 'call = "A()"', "input = [3]", 'task = "audio"']
    text = "\n".join([*first, f"[[{table}]]  # the second", *rows])
    with pytest.raises(ConfigError) as problem:
        from_toml(text, KNOWN, "a.toml", inner=table != "network")
    assert str(problem.value).startswith(f"a.toml:{line}: {sentence}")


def test_a_mistake_in_a_table_of_its_own_is_named_with_its_line() -> None:
    text = '[tool.rflint]\nsrc = []\n\n[tool.rflint.per-file-ignores]\n"a.py" = ["RF2"]\n"b.py" = ["RF9"]\n'
    with pytest.raises(ConfigError, match=r"^pyproject\.toml:6: there is no rule 'RF9'"):
        from_toml(text, KNOWN, "pyproject.toml", inner=True)


def test_a_mistake_written_in_an_unusual_way_is_named_with_the_line_of_its_table() -> None:
    for text, line in (("\n[tool]\nrflint.selct = []\n", 3), ("[tool]\n\nrflint = {selct = []}\n", 3)):
        with pytest.raises(ConfigError, match=rf"^a\.toml:{line}: there is no setting 'selct'"):
            from_toml(text, KNOWN, "a.toml", inner=True)
