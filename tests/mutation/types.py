"""Survivors that the type checker finds: mypy runs with the tests, so these are killed as well."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from mypy import api

from tests.mutation.mutants import Mutant

ERROR = re.compile(r"mutant_(\d+)\.py:\d+: error: (.*)")


def rejected(root: Path, survivors: list[Mutant]) -> dict[str, str]:
    """What mypy says of these mutants, each by its key: all are checked in one run, as modules beside the package."""
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
    found = {survivors[int(one[1])].key: one[2] for one in ERROR.finditer(printed)}
    said_of_itself = found.pop("", None)
    if said_of_itself:
        raise RuntimeError(f"mypy rejects a file that is not changed: {said_of_itself}")
    return found
