"""The words that options and settings of the same name choose from."""

from __future__ import annotations

CHECK_FORMATS = {
    "concise": "one line for each finding, as flake8 writes it",
    "full": "with the source line, the layers that lead there, torch's own text and the fix",
    "grouped": "the findings below the name of their file",
    "json": "one object with everything, for programs",
    "jsonl": "the findings of json, one on each line",
    "sarif": "SARIF 2.1.0, for code scanning",
    "github": "annotations of GitHub Actions",
    "gitlab": "a Code Quality report of GitLab CI",
    "junit": "JUnit XML, for CI that shows test results",
    "pylint": "path:line: [CODE] message, for editors and CI that know pylint",
    "rdjson": "reviewdog's diagnostic format, with suggestions",
}
"""What `check` writes, by name; `rflint.formats.registry` writes them."""
FOR_PEOPLE = ("concise", "full", "grouped")
"""Below these the counts of `--statistics` may stand; the others are alone on their stream."""
WITH_CELLS = (*FOR_PEOPLE, "json", "jsonl")
"""These tell the cells of notebooks; the others know files with lines only."""
FAIL_ON = ("error", "warning", "info", "never")
COLORS = ("auto", "always", "never")
SHELLS = ("bash", "zsh", "fish")
