"""The networks in fixtures/networks have the sizes, fields and findings of the table beside them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import tomli

from rflint import checks, linter
from rflint.config import Config
from rflint.receptive import drift, fields, json_field, output_fields, outputs, reached
from rflint.trace import Trace, Use

FOLDER = Path(__file__).parent.parent / "fixtures" / "networks"
TABLE = tomli.loads((FOLDER / "table.toml").read_text(encoding="utf-8"))["network"]
NAMES = [f"{row['file']}::{row['call']}" for row in TABLE]
each_network = pytest.mark.parametrize("row", TABLE, ids=NAMES)


def traced(row: dict[str, Any]) -> Trace:
    """The trace of a row's call on the input that its file declares."""
    (trace,) = linter.show(f"{FOLDER / row['file']}::{row['call']}", linter.Options(Config())).traces
    return trace


def plain(shape: Any) -> Any:
    """Tuples as lists."""
    return [plain(item) for item in shape] if isinstance(shape, (list, tuple)) else shape


def uses(trace: Trace, path: str, kind: str | None = None) -> list[Use]:
    """The listed uses of a path, of one kind if it is given."""
    return [use for use in trace.uses if use.path == path and kind in (None, use.kind) and not use.inner]


@each_network
def test_the_input_is_declared_in_the_file(row: dict[str, Any]) -> None:
    trace = traced(row)
    assert trace.declared
    assert [plain(shape) for shape in trace.input_shapes.values()] == [row["input"]] or "raises" in row


@each_network
def test_it_is_followed_whole_and_its_output_is_right(row: dict[str, Any]) -> None:
    trace = traced(row)
    if "raises" not in row:
        assert trace.complete
        assert plain(trace.output) == row["output"]


@each_network
def test_sizes(row: dict[str, Any]) -> None:
    trace = traced(row)
    for pin in row.get("sizes", []):
        assert pin["output"] in [plain(use.output) for use in uses(trace, pin["path"])], pin["path"]


@each_network
def test_fields(row: dict[str, Any]) -> None:
    trace = traced(row)
    for pin in row.get("fields", []):
        seen = [_last_axis(trace, use) for use in uses(trace, pin["path"], pin["kind"])]
        assert any(_agree(pin, trace, *field) for field in seen), (pin, seen)


@each_network
def test_the_field_of_the_output(row: dict[str, Any]) -> None:
    if "field" in row:
        trace = traced(row)
        (source,) = set(trace.output_sources)
        assert isinstance(source, int)
        assert _agree(row["field"], trace, *_last_axis(trace, trace.uses[source])), row["field"]


@pytest.mark.parametrize(
    ("name", "off"),
    [
        ("fcn.py::FCN32s()", Fraction(0)),
        ("fcn.py::FCN16s()", Fraction(0)),
        ("fcn.py::FCN8s()", Fraction(0)),
        ("unet_valid.py::ValidUNet()", Fraction(0)),
        ("unet.py::bilinear_unet()", Fraction(0)),
        ("generative_inpainting.py::CoarseGenerator()", Fraction(-3, 2)),
        ("iizuka_completion.py::CompletionNetwork()", Fraction(-3, 2)),
        ("wavenet.py::WaveNet()", Fraction(-1535)),
    ],
)
def test_drift_of_the_output(name: str, off: Fraction) -> None:
    """The crops of FCN and of the U-Net without padding centre their outputs; a causal network looks back."""
    trace = traced(TABLE[NAMES.index(name)])
    (output,) = outputs(trace)
    ((seen, field),) = output_fields(trace)[output.name].items()
    taken = trace.input_shapes[seen]
    assert output.shape is not None
    assert taken is not None
    assert drift(field[-1], taken[-1], output.shape[-1]) == off


def _last_axis(trace: Trace, use: Use) -> tuple[Use, dict[str, Any]]:
    (axes,) = fields(trace)[use.index].values()
    field = json_field(axes)
    return use, {key: value[-1] if isinstance(value, list) else value for key, value in field.items()}


def _agree(pin: dict[str, Any], trace: Trace, use: Use, field: dict[str, Any]) -> bool:
    if pin.get("data_dependent"):
        bound = {key: value[-1] for key, value in field["at_least"].items()}
        return field["size"] is None and all(bound[key] == pin[key] for key in ("size", "jump", "start"))
    if any(field[key] != pin[key] for key in ("size", "jump", "start")):
        return False
    if "global" in pin and not str(field["global"]).startswith(pin["global"] + " "):
        return False
    (name,) = trace.input_shapes
    axis = len(trace.input_shapes[name] or ()) - 3
    least = pin.get("reached", pin["size"])
    positions = reached(trace, use.index, name, axis)
    return positions is not None and (
        positions.count == least if isinstance(least, int) else least[0] <= positions.count <= least[1]
    )


def test_findings_are_those_of_the_table_and_no_others() -> None:
    report = linter.check([str(FOLDER)], linter.Options(Config()))
    assert not report.failures
    seen = {(Path(found.file).name, found.span.line, found.code) for found in report.diagnostics}
    assert seen == {(row["file"], pin["line"], pin["code"]) for row in TABLE for pin in row["findings"]}


def test_the_lines_of_findings_are_where_they_were() -> None:
    for row in TABLE:
        lines = (FOLDER / row["file"]).read_text(encoding="utf-8").splitlines()
        for pin in row["findings"]:
            assert pin["text"] in lines[pin["line"] - 1]


FIRST = {"RF101", "RF201", "RF207", "RF301", "RF304", "RF401", "RF402", "RF404", "RF405", "RF501"}
"""The first ten rules; the later ones have their findings on their pages and in test_error_rules.py."""


def test_every_one_of_the_first_rules_has_a_finding_here() -> None:
    assert set(checks.all_rules()) >= FIRST
    assert {pin["code"] for row in TABLE for pin in row["findings"]} >= FIRST
