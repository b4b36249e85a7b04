"""Survivors that the type checker finds: mypy runs with the tests, so these are killed as well."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from mypy import api

from tests.mutation.mutants import Mutant

ERROR = re.compile(r"mutant_(\d+)\.py:\d+: error: (.*)")


def rejected(root: Path, survivors: list[Mutant]) -> dict[str, str]:
    """What mypy says of these mutants, each by its key: all are checked in one run, as modules beside the package.

    What it says of a file that is not changed, because it stands there, is no answer.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"mutant_{number}.py" for number in range(len(survivors))]
        for file, mutant in zip(files, survivors, strict=True):
            file.write_text(mutant.source, encoding="utf-8")
        settings = [
            "--config-file",
            str(root / "pyproject.toml"),
            "--cache-dir",
            str(root / "build" / "mutation" / "mypy"),
        ]
        printed, wrong, _ = api.run([*settings, "--strict", "--no-error-summary", *map(str, files)])
    if wrong:
        raise RuntimeError(wrong)
    said = [(survivors[int(one[1])], one[2]) for one in ERROR.finditer(printed)]
    usual = {(mutant.path, text) for mutant, text in said if mutant.is_control}
    return {mutant.key: text for mutant, text in said if not mutant.is_control and (mutant.path, text) not in usual}
