"""The table of all settings: what each is called and does, which values it takes, and whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from rflint.choices import CHECK_FORMATS, COLORS, FAIL_ON
from rflint.config import kinds
from rflint.config.kinds import Kind, choice
from rflint.config.networks import NETWORKS, TASK


@dataclass(frozen=True, slots=True)
class Key:
    """A setting: its name, its kind, and what it does in a few words.

    `adds` says that its values add to those of a file that is extended, instead of replacing them; `of_run` that it
    speaks of a whole run and not of single files.
    """

    name: str
    kind: Kind
    says: str
    adds: bool = False
    of_run: bool = False

    @property
    def attribute(self) -> str:
        """What it is called in `Config`."""
        return "networks" if self.name == "network" else self.name.replace("-", "_")


EXTEND = "extend"
"""The one setting that is no part of `Config`: it names the file that the others are laid over."""
_OF_FILES = (
    Key("select", kinds.RULES, "these rules and no others: codes, beginnings of codes, names, or ALL"),
    Key("extend-select", kinds.RULES, "these rules too", adds=True),
    Key("ignore", kinds.RULES, "not these rules"),
    Key("per-file-ignores", kinds.PER_FILE, "patterns of paths, and the rules that are off in such files"),
    Key("task", TASK, "what the networks are for, which turns rules on and off"),
    Key("input", kinds.SHAPE, "the shape that networks with one input are given, without its batch"),
    Key("train", kinds.FLAG, "analyse in training mode instead of eval mode"),
    Key("src", kinds.PATHS, "folders that imports are looked up in"),
    Key("environment", kinds.PATH, "the virtual environment whose installed packages are read"),
    Key("exclude", kinds.PATTERNS, "patterns of paths that are not linted, as in .gitignore"),
    Key("extend-exclude", kinds.PATTERNS, "such patterns in addition to exclude", adds=True),
    Key("respect-gitignore", kinds.FLAG, "leave out what .gitignore files leave out (default: true)"),
    Key("force-exclude", kinds.FLAG, "leave out what is excluded even if it is named"),
    Key("required-version", kinds.TEXT, "the versions of rflint that may be used, such as >=0.1,<1"),
    Key("network", NETWORKS, "what is configured for single networks", adds=True),
)
_OF_RUNS = (
    Key("fix", kinds.FLAG, "fix what can be fixed safely, and report what is left"),
    Key("unsafe-fixes", kinds.FLAG, "also fixes that change what is computed"),
    Key("fix-only", kinds.FLAG, "fix, and report nothing that is left"),
    Key("show-fixes", kinds.FLAG, "list what was fixed, and why other fixes were not made"),
    Key("fail-on", choice(FAIL_ON), "exit with 1 from this severity on (default: warning)"),
    Key("exit-zero", kinds.FLAG, "exit with 0 whatever is found"),
    Key("format", choice(tuple(CHECK_FORMATS)), "how findings are written (default: concise)"),
    Key("output-file", kinds.PATH, "write the findings there instead of to stdout"),
    Key("statistics", kinds.FLAG, "count the findings of each rule"),
    Key("baseline", kinds.PATH, "the file of findings that are known and not reported again"),
    Key("color", choice(COLORS), "whether to write in colours (default: auto)"),
    Key("verbose", kinds.FLAG, "add notes: fields, and what is not known"),
    Key("quiet", kinds.FLAG, "print findings and failures, nothing else"),
    Key("cache", kinds.FLAG, "read and write a cache (default: true)"),
    Key("jobs", kinds.COUNT, "how many processes to use at most (so far: one)"),
)
KEYS: Mapping[str, Key] = {
    **{key.name: key for key in _OF_FILES},
    **{key.name: replace(key, of_run=True) for key in _OF_RUNS},
}
"""All settings by name but `extend`."""
