"""How long rflint takes, as seconds and as ratios to the floor: parsing the files with libcst.

    python -m tests.benchmark SOURCES

SOURCES is the folder into which a torchvision wheel was unpacked.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rflint.config import Config
from rflint.linter import Options, check, read_from_disk
from rflint.receptive import fields, reached
from rflint.receptive.reduced import reduced_along
from rflint.source import Source
from rflint.trace import Trace
from rflint.tracing.running import trace
from rflint.tracing.session import Root, Session

RUNS = 5
LONG = 10.0
"""What takes longer than so many seconds is run once."""


def median(run: Callable[[], object]) -> float:
    """The median time of a few runs, or the time of a long one, in seconds."""
    times: list[float] = []
    while len(times) < RUNS and sum(times) < LONG:
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def main(argv: list[str]) -> int:
    """Print the table."""
    models = Path(argv[0]) / "torchvision" / "models"
    files = sorted(str(path) for path in models.glob("*.py"))
    texts = {path: Path(path).read_text(encoding="utf-8") for path in files}
    resnet = str(models / "resnet.py")

    def parse(paths: list[str]) -> None:
        for path in paths:
            assert Source(path, texts[path]).module

    def interpret() -> Trace:
        return trace(session, Root(resnet, "resnet152()", (("", (1, 3, 224, 224)),)))

    def fold() -> None:
        seen.memo.clear()
        fields(seen)

    def graphs() -> None:
        for kept in ("links", "reduced"):
            seen.memo.pop(kept, None)
        for axis in (0, 1):
            assert reduced_along(seen, "x", axis)

    def exact() -> None:
        seen.memo.pop("reached", None)
        for axis in (0, 1):
            assert reached(seen, last, "x", axis)

    def shifts() -> None:
        for _ in range(2 * len(seen.uses)):
            assert ones | ones << 1

    start = median(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True))
    version = median(lambda: subprocess.run([sys.executable, "-m", "rflint", "--version"], check=True, stdout=-3))
    print(f"{'python -c pass':44} {start:8.3f} s")
    print(f"{'rflint --version':44} {version:8.3f} s  {version / start:6.2f} × python")
    floor = median(lambda: parse(files))
    print(f"{f'parsing {len(files)} files of torchvision.models':44} {floor:8.3f} s   the floor")
    whole = median(lambda: check(files, Options(Config())))
    print(f"{'rflint check on them':44} {whole:8.3f} s  {whole / floor:6.2f} × the floor")
    alone = median(lambda: parse([resnet]))
    session = Session(read_from_disk)
    seen = interpret()
    run = median(interpret)
    print(f"{f'resnet152(): {len(seen.uses)} uses':44} {run:8.3f} s  {run / alone:6.2f} × parsing its file")
    folded = median(fold)
    print(f"{'their receptive fields':44} {folded:8.3f} s  {folded / run:6.2f} × interpreting them")
    last = next(use.index for use in reversed(seen.uses) if fields(seen)[use.index]["x"][0].interval)
    found = reached(seen, last, "x", 0)
    assert found
    ones = (1 << found.extent) - 1
    sets, pass_of_shifts = median(exact), median(shifts)
    graph = median(graphs)
    print(f"{'the graphs of both axes, once for all sets':44} {graph:8.3f} s  {graph / folded:6.2f} × all fields")
    print(f"{f'exact sets of one unit, {found.extent} positions':44} {sets:8.4f} s {sets / folded:6.2f} × all fields")
    print(f"{'':44} {'':8}   {sets / pass_of_shifts:6.2f} × one shift of its extent for each use")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
