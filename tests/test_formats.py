"""What the formats write, for findings and traces made by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from rflint.diagnostics import Change, Diagnostic, Failure, Repair, Report, Span, Step
from rflint.field import IDENTITY, transposed, window
from rflint.formats.columns import fitted, folded, lines
from rflint.formats.concise import concise
from rflint.formats.full import full
from rflint.formats.json_report import json_report
from rflint.formats.layer_arguments import layer_arguments
from rflint.formats.section import Section
from rflint.formats.show_json import Figures, mirrored, show_json
from rflint.formats.show_table import Layout, show_table, structure
from rflint.formats.summary import statistics, summary
from rflint.formats.terminal import one_line
from rflint.trace import Layer, Note, Operand, Place, Read, Trace, Use

GRIDDING = Diagnostic(
    "seg.py", Span(2, 9, 2, 12), "RF201", "gridding-holes", "warning", "holes", witness="Head() on N,64,H,W"
)
SHORTCUT = Diagnostic(
    "net.py",
    Span(1, 1, 1, 5),
    "RF405",
    "add-shape-mismatch",
    "error",
    "28 and 27 differ",
    related=(("net.py", Span(52, 3, 52, 9), "the shortcut"),),
    trail=(Step("conv1 Conv2d: 1×3×8×8 → 1×4×8×8", "net.py", 7),),
    torch="RuntimeError: sizes differ",
    fix=Repair("padding=1", False, (Change("net.py", Span(1, 3, 1, 4), "1"),)),
)


# Findings


def test_concise_is_a_line_with_place_code_message_and_witness() -> None:
    assert concise([GRIDDING]) == "seg.py:2:9: RF201 holes  [Head() on N×64×H×W]\n"


def test_concise_says_how_often_else_a_finding_was_met() -> None:
    assert concise([replace(GRIDDING, count=3)]) == "seg.py:2:9: RF201 holes  [Head() on N×64×H×W, and 2 more]\n"


def test_concise_without_witness_ends_with_the_message() -> None:
    assert concise([SHORTCUT]) == "net.py:1:1: RF405 28 and 27 differ\n"


def test_concise_of_nothing_is_empty() -> None:
    assert concise([]) == ""


def test_colours_only_add_escapes() -> None:
    coloured = concise([GRIDDING], colour=True)
    assert "\033[33mRF201\033[0m" in coloured
    assert without_colour(coloured) == concise([GRIDDING])


def test_text_of_the_linted_code_cannot_steer_the_terminal() -> None:
    assert concise([replace(GRIDDING, message="a\n\033[2Jb", witness="")]) == "seg.py:2:9: RF201 a\\n\\x1b[2Jb\n"


@pytest.mark.parametrize("text", ["é × ö", "plain", ""])
def test_printable_text_stays_as_it_is(text: str) -> None:
    assert one_line(text) == text


def test_full_shows_the_line_with_carets_under_the_span() -> None:
    text = full([GRIDDING], lambda file: {"seg.py": ["import x", "a = 1 + bcd"]}[file])
    assert text.splitlines() == [
        "seg.py:2:9: RF201 holes  [Head() on N×64×H×W]",
        "  |",
        "2 | a = 1 + bcd",
        "  |         ^^^",
        "  = warning: gridding-holes",
        "",
    ]


def test_full_shows_trail_related_places_and_fix() -> None:
    text = full([SHORTCUT], lambda file: ["x + y"])
    assert text.splitlines()[4:] == [
        "  = error: add-shape-mismatch",
        "  = via conv1 Conv2d: 1×3×8×8 → 1×4×8×8  net.py:7",
        "  = torch: RuntimeError: sizes differ",
        "  = see net.py:52:3: the shortcut",
        "  = fix: padding=1 (unsafe: it changes what the network computes)",
        "",
    ]


def test_full_of_a_file_that_is_gone_leaves_the_line_out() -> None:
    text = full([GRIDDING], lambda file: ())
    assert text.splitlines()[:2] == [
        "seg.py:2:9: RF201 holes  [Head() on N×64×H×W]",
        "  = warning: gridding-holes",
    ]


@pytest.mark.parametrize(
    ("source", "span", "carets"),
    [
        ("\tconv(x)", Span(1, 2, 1, 6), "\t^^^^"),
        ("s = '画', conv", Span(1, 10, 1, 14), "          ^^^^"),
        ("conv(x,", Span(1, 1, 3, 4), "^^^^^^^"),
        ("x", Span(1, 1, 1, 1), "^"),
        ("x", Span(1, 9, 1, 12), " ^"),
    ],
    ids=["after a tab", "after a wide character", "to the end of the first line", "an empty span", "beyond the line"],
)
def test_carets_stand_under_what_they_mean(source: str, span: Span, carets: str) -> None:
    text = full([replace(GRIDDING, span=span)], lambda file: [source])
    assert text.splitlines()[3] == f"  | {carets}"


def test_check_json_has_the_keys_of_its_schema() -> None:
    report = Report([GRIDDING, SHORTCUT], files=3, networks=6, complete=5)
    first, second = json.loads(json_report(report))["findings"]
    assert first == {
        "code": "RF201",
        "name": "gridding-holes",
        "severity": "warning",
        "message": "holes",
        "file": "seg.py",
        "line": 2,
        "column": 9,
        "end_line": 2,
        "end_column": 12,
        "witness": "Head() on N,64,H,W",
        "count": 1,
        "torch": None,
        "trail": [],
        "related": [],
        "fix": None,
    }
    assert list(first) == list(second)
    assert second["related"] == [{"file": "net.py", "line": 52, "message": "the shortcut"}]
    assert second["torch"] == "RuntimeError: sizes differ"
    assert second["trail"] == ["conv1 Conv2d: 1×3×8×8 → 1×4×8×8  net.py:7"]
    edit = {"file": "net.py", "line": 1, "column": 3, "end_line": 1, "end_column": 4, "text": "1"}
    assert second["fix"] == {"safe": False, "message": "padding=1", "edits": [edit]}


def test_check_json_says_what_was_looked_at() -> None:
    whole = json.loads(json_report(Report([], files=3, networks=6, complete=5)))
    assert whole == {
        "version": 1,
        "findings": [],
        "failures": [],
        "partial": [],
        "summary": {"files": 3, "networks": 6, "complete": 5},
    }


# The last line


def in_part(*reasons: str) -> list[tuple[str, str, str]]:
    return [("Net()", "data.py:12", reason) for reason in reasons]


@pytest.mark.parametrize(
    ("report", "text"),
    [
        (Report([], 3), "no network found in 3 files; no findings"),
        (Report([SHORTCUT], 1), "no network found in 1 file; 1 finding (1 may be fixed with --fix --unsafe-fixes)"),
        (Report([], 1, 1, 1), "1 network in 1 file: 1 complete; no findings"),
        (
            Report([GRIDDING] * 3, 8, 12, 10, in_part("forward(**batch) is unknown", "forward(**batch) is unknown")),
            "12 networks in 8 files: 10 complete, 2 in part (data.py:12: forward(**batch) is unknown); 3 findings",
        ),
        (
            Report([], 1, 2, 0, in_part("a", "b")),
            "2 networks in 1 file: 2 in part (data.py:12: a; --verbose lists all); no findings",
        ),
        (Report([], 1, 1, 1, failures=[Failure("x")]), "1 network in 1 file: 1 complete; no findings; 1 failure"),
    ],
)
def test_the_summary_says_what_was_looked_at(report: Report, text: str) -> None:
    assert summary(report) == text


def test_statistics_count_the_most_frequent_rule_first() -> None:
    assert (
        statistics([SHORTCUT, GRIDDING, GRIDDING]) == "   2  RF201  gridding-holes\n   1  RF405  add-shape-mismatch\n"
    )


# Arguments


CONV = {
    "in_channels": 3,
    "out_channels": 64,
    "kernel_size": (3, 3),
    "stride": (1, 1),
    "padding": (0, 0),
    "dilation": (1, 1),
    "groups": 1,
    "bias": False,
    "padding_mode": "zeros",
}
POOL = {"kernel_size": (2, 2), "stride": (2, 2), "padding": (0, 0), "dilation": (1, 1), "ceil_mode": False}


@pytest.mark.parametrize(
    ("base", "args", "cell"),
    [
        ("Conv2d", CONV, "3→64 k3"),
        (
            "Conv2d",
            CONV | {"stride": (2, 2), "padding": (1, 1), "dilation": (2, 2), "groups": 4},
            "3→64 k3 s2 p1 d2 g4",
        ),
        ("Conv2d", CONV | {"kernel_size": (1, 7), "padding": (0, 3)}, "3→64 k1×7 p0×3"),
        ("Conv2d", CONV | {"padding": "same", "padding_mode": "reflect"}, "3→64 k3 p=same padding_mode=reflect"),
        ("Conv2d", {"out_channels": 8, "bias": True}, "?→8 k? s? p? d? g?"),
        ("MaxPool2d", POOL, "k2 s2"),
        ("MaxPool2d", POOL | {"stride": (1, 1), "ceil_mode": True}, "k2 s1 ceil_mode=True"),
        ("Linear", {"in_features": 512, "out_features": 10, "bias": True}, "512→10"),
        ("BatchNorm2d", {"num_features": 64, "eps": 1e-5, "momentum": 0.1, "affine": True}, "64"),
        ("LayerNorm", {"normalized_shape": (7, 7)}, "7×7"),
        ("interpolate", {"size": None, "scale_factor": 2, "mode": "bilinear"}, "scale_factor=2 mode=bilinear"),
        ("ReLU", {"inplace": True}, ""),
    ],
)
def test_arguments_are_what_differs_from_the_default(base: str, args: dict[str, Any], cell: str) -> None:
    assert layer_arguments(Layer(base, base, args)) == cell


# Traces


def kept(*accesses: Any) -> tuple[Read, ...]:
    """Batch kept, channels read whole, and these accesses along the spatial axes."""
    return (
        Read("kept", 0, IDENTITY),
        Read("whole", 1),
        *(Read("kept", axis, access) for axis, access in enumerate(accesses, 2)),
    )


IMAGE = (1, 3, 64, 64)
SMALL = (1, 16, 32, 32)
POINTWISE = tuple(Read("kept", axis, IDENTITY) for axis in range(4))


def network(*uses: Use, **changed: Any) -> Trace:
    """A trace of these uses on one image."""
    inputs = {"x": IMAGE}
    known = Trace(
        "net.py::Net()",
        "Net()",
        "net.py",
        Place("net.py", 4),
        inputs,
        inputs,
        list(uses),
        uses[-1].output,
        [],
        [],
        True,
    )
    return replace(known, **changed)


def use(index: int, path: str, kind: str, output: Any, *operands: Operand, **more: Any) -> Use:
    args = {"kernel_size": (3, 3), "stride": (2, 2)} if kind.startswith("Max") else {}
    return Use(
        index, path, Layer(kind, kind, args, Place("net.py", 7)), operands, output, Place("net.py", 20 + index), **more
    )


STEM = use(0, "stem.conv", "MaxPool2d", SMALL, Operand("x", IMAGE, kept(window(3, 2, 1), window(5, 2, 2))))
ACT = use(1, "stem.act", "ReLU", SMALL, Operand(0, SMALL, POINTWISE))
UP = use(2, "", "up", IMAGE, Operand(1, SMALL, kept(transposed(3, 2, 1, 1), transposed(3, 2, 1, 1))))
POOLED = use(
    3, "head.pool", "pool", (1, 3, 1, 1), Operand(2, IMAGE, (*POINTWISE[:2], Read("whole", 2), Read("whole", 3)))
)
FLAT = use(4, "", "flatten", (1, 3), Operand(3, (1, 3, 1, 1), (POINTWISE[0], *[Read("mixed", 1)] * 3)))
USES = (STEM, ACT, UP, POOLED, FLAT)


def span(place: Place) -> Span:
    """The mark as the line."""
    return Span(place.mark, 5, place.mark, 9)


def shown(trace: Trace, **layout: Any) -> list[str]:
    return show_table([trace], span, Layout(**layout)).splitlines()


def cells(trace: Trace, **layout: Any) -> list[list[str]]:
    """The rows of the table, split at two blanks or more."""
    text = shown(trace, **layout)
    rows = text[text.index("") + 2 :]
    return [[cell.strip() for cell in row.split("  ") if cell.strip()] for row in rows[: rows.index("")]]


def test_the_table_lists_every_use_with_size_jump_field_and_share() -> None:
    assert cells(network(*USES)) == [
        ["stem.conv", "MaxPool2d", "k3 s2 p?", "1×16×32×32", "2", "3×5", "4.6×7.8 %"],
        ["stem.act", "ReLU", "1×16×32×32", "2", "3×5", "4.6×7.8 %"],
        ["(root)", "up", "1×3×64×64", "1", "3–5×5–7", "4.6–7.8×7.8–10 %"],
        ["head.pool", "pool", "1×3×1×1", "1", "global (3–5×5–7)", "100 %"],
        ["(root)", "flatten", "1×3", "global", "100 %"],
    ]


def test_the_header_names_call_input_output_and_place() -> None:
    assert shown(network(*USES))[0] == "Net()  x 1×3×64×64 → 1×3  (net.py:4)"


def test_columns_are_aligned() -> None:
    head, *rows = shown(network(*USES))[2:8]
    at = head.index("output")
    assert [row[at - 2 : at + 2] for row in rows] == ["  1×"] * 5
    assert {len(row) for row in (head, *rows)} == {len(head)}


def test_reached_positions_are_a_column_on_request() -> None:
    holed = use(0, "conv", "MaxPool2d", SMALL, Operand("x", IMAGE, kept(window(3, 2, 2, 2), window(3, 2, 2, 2))))
    assert cells(network(holed), reached=True) == [
        ["conv", "MaxPool2d", "k3 s2 p?", "1×16×32×32", "2", "5", "3", "7.8 %"]
    ]


def test_depth_folds_what_lies_deeper_into_its_last_use() -> None:
    assert [row[:3] for row in cells(network(*USES), depth=1)] == [
        ["stem", "2 uses", "1×16×32×32"],
        ["(root)", "up", "1×3×64×64"],
        ["head", "pool", "1×3×1×1"],
        ["(root)", "flatten", "1×3"],
    ]


def test_depth_beyond_the_deepest_path_changes_nothing() -> None:
    assert shown(network(*USES), depth=2) == shown(network(*USES))


def test_a_narrow_terminal_folds_paths_and_loses_no_number() -> None:
    deep = replace(STEM, path="encoder.stages.0.blocks.1.downsample")
    narrow = shown(network(deep), width=60)
    assert [row[:12].strip() for row in narrow[3:7]] == ["encoder.", "stages.0.", "blocks.1.", "downsample"]
    for number in ("1×16×32×32", "3×5", "4.6×7.8 %"):
        assert number in narrow[3]


def test_steps_inside_an_overridden_layer_are_not_listed() -> None:
    hidden = network(replace(STEM, inner=True), ACT)
    assert [row[0] for row in cells(hidden)] == ["stem.act"]
    assert [use["path"] for use in json_of(hidden)["uses"]] == ["stem.act"]


def test_elementwise_uses_are_dim_and_others_are_not() -> None:
    rows = {row.split()[0]: row for row in shown(network(*USES), colour=True) if row.split()}
    assert rows["\033[2mstem.act"].endswith("\033[0m")
    assert "\033[2m" not in rows["stem.conv"]
    assert [without_colour(row) for row in shown(network(*USES), colour=True)] == shown(network(*USES))


def test_an_uncertain_call_is_marked_and_explained() -> None:
    text = shown(network(replace(STEM, conditional="self.aux is unknown"), ACT))
    assert text[3].startswith("stem.conv?  ")
    assert "path?: it is not certain that it is called: self.aux is unknown" in text


def test_what_could_not_be_followed_stands_below_with_its_place() -> None:
    notes = [Note(Place("data.py", 12), "forward(**batch) is unknown"), Note(None, "budget spent")]
    assert shown(network(*USES, unknowns=notes))[-2:] == [
        "not followed: data.py:12: forward(**batch) is unknown",
        "not followed: net.py:4: budget spent",
    ]


def test_an_unknown_field_is_a_question_mark_with_its_reason() -> None:
    warped = use(0, "warp", "grid_sample", SMALL, Operand("x", IMAGE, kept(None, None)))
    reads = tuple(
        replace(read, reason="offsets are data") if read.to in (2, 3) else read for read in warped.operands[0].reads
    )
    warped = replace(warped, operands=(replace(warped.operands[0], reads=reads),))
    assert cells(network(warped)) == [["warp", "grid_sample", "1×16×32×32", "?", "?"]]
    assert "field ?: offsets are data" in shown(network(warped))


def test_constructor_order_is_said_loudly() -> None:
    listed = replace(STEM, output=None, operands=())
    unordered = network(listed, order="constructor", output=None, complete=False)
    assert shown(unordered)[1].startswith("CONSTRUCTOR ORDER: ")
    assert not [line for line in shown(network(listed)) if "CONSTRUCTOR" in line]
    assert cells(unordered) == [["stem.conv", "MaxPool2d", "k3 s2 p?", "?"]]
    assert json_of(unordered)["unknowns"][0]["reason"].endswith("the layers are in constructor order")


def test_two_inputs_have_their_fields_by_name() -> None:
    shapes = {"left": IMAGE, "right": IMAGE}
    both = (Operand("left", IMAGE, kept(*[window(3)] * 2)), Operand("right", IMAGE, kept(*[window(5)] * 2)))
    trace = network(use(0, "mix", "add", IMAGE, *both), inputs=shapes, input_shapes=shapes)
    assert cells(trace)[0][-3:] == ["left: 1, right: 1", "left: 3, right: 5", "left: 4.6 %, right: 7.8 %"]
    [row] = json_of(trace)["uses"]
    assert row["field"]["size"] == [3, 3]
    assert {name: axes["size"] for name, axes in row["fields"].items()} == {"right": [5, 5]}


def test_an_unknown_input_size_leaves_the_share_out() -> None:
    trace = network(STEM, inputs={"x": None}, input_shapes={"x": None})
    assert cells(trace)[0][-1] == "3×5"
    assert "x ? →" in shown(trace)[0]


@pytest.mark.parametrize(
    ("value", "text", "data"),
    [
        (None, "?", None),
        ((), "scalar", []),
        ((1, 2), "1×2", [1, 2]),
        ([(1, 2), None], "[1×2, ?]", [[1, 2], None]),
        (((1, 2), (3,)), "[1×2, 3]", [[1, 2], [3]]),
        ({"out": (1, 2), "aux": {"a": (3,)}}, "{out: 1×2, aux: {a: 3}}", {"out": [1, 2], "aux": {"a": [3]}}),
    ],
)
def test_structures_of_shapes_are_mirrored(value: Any, text: str, data: Any) -> None:
    assert structure(value) == text
    assert mirrored(value) == data


def json_of(trace: Trace, **options: bool) -> Any:
    [found] = json.loads(show_json([trace], span, Figures(**options)))["networks"]
    return found


def test_show_json_has_the_keys_of_its_schema() -> None:
    found = json_of(network(*USES, unknowns=[Note(Place("data.py", 12), "why")]))
    first = found.pop("uses")[0]
    assert found == {
        "target": "net.py::Net()",
        "file": "net.py",
        "line": 4,
        "complete": True,
        "inputs": {"x": [1, 3, 64, 64]},
        "output": [1, 3],
        "parameters": None,
        "requires": [],
        "drift": [],
        "unknowns": [{"file": "data.py", "line": 12, "column": 5, "reason": "why"}],
    }
    assert first == {
        "path": "stem.conv",
        "kind": "MaxPool2d",
        "file": "net.py",
        "line": 20,
        "column": 5,
        "defined": {"file": "net.py", "line": 7, "column": 5},
        "inputs": [[1, 3, 64, 64]],
        "output": [1, 16, 32, 32],
        "conditional": False,
        "field": {"size": [3, 5], "jump": [2, 2], "start": [-1, -2], "global": False},
    }


def test_show_json_counts_reached_positions_only_on_request() -> None:
    counted = json_of(network(*USES), reached=True)
    assert counted["uses"][0]["field"]["reached"] == [3, 5]
    assert "reached" not in json_of(network(*USES))["uses"][0]["field"]


def test_show_json_gives_null_for_axes_that_no_longer_exist() -> None:
    flat = json_of(network(*USES), reached=True)["uses"][-1]["field"]
    assert flat["size"] == flat["jump"] == flat["start"] == flat["reached"] == [None, None]
    assert flat["global"] == "head.pool pool"


def test_a_use_of_a_parameter_alone_has_no_field() -> None:
    table = use(0, "", "softmax", (4,), Operand(None, (4,), (Read("kept", 0, IDENTITY),)))
    assert json_of(network(table))["uses"][0]["field"] is None
    assert cells(network(table)) == [["(root)", "softmax", "4"]]


def test_conditional_is_a_boolean() -> None:
    assert json_of(network(replace(STEM, conditional="why")))["uses"][0]["conditional"] is True


# Columns


def test_a_cell_is_folded_after_a_dot_or_blank_and_keeps_every_character() -> None:
    assert folded("layer1.0.downsample.0", 12) == ["layer1.0.", "downsample.0"]
    assert folded("k3 s2 p1", 5) == ["k3", "s2 p1"]
    assert folded("x" * 7, 3) == ["xxx", "xxx", "x"]


def test_columns_that_do_not_fold_keep_their_width() -> None:
    widths = fitted([["p" * 40, "1×3×224×224"]], 20, folding=(0,))
    assert widths == [12, 11]
    assert lines(["p" * 13, "1"], widths, right=(1,)) == ["p" * 12 + "            1", "p"]


def without_colour(text: str) -> str:
    for code in ("0", "1", "2", "31", "33", "36"):
        text = text.replace(f"\033[{code}m", "")
    return text


# Sections

SECTION = Section("answer", lambda trace: [f"{len(trace.uses)} uses\x1b"], lambda trace: {"uses": len(trace.uses)})


def test_a_section_stands_in_place_of_the_table() -> None:
    lines = show_table([network(*USES)], span, Layout(), [SECTION]).splitlines()
    assert lines == [*shown(network(*USES))[:2], "5 uses\\x1b"]


def test_a_section_stands_above_what_could_not_be_followed() -> None:
    doubted = network(*USES, unknowns=[Note(None, "why")])
    assert show_table([doubted], span, Layout(), [SECTION]).splitlines()[-1] == "not followed: net.py:4: why"


def test_a_section_is_a_key_of_the_json() -> None:
    [found] = json.loads(show_json([network(*USES)], span, Figures(), [SECTION]))["networks"]
    assert found["answer"] == {"uses": 5}
    assert len(found["uses"]) == 5


# The effective field


def test_the_effective_width_is_a_column_on_request() -> None:
    assert "effective" not in cells(network(*USES))[0]
    stem = cells(network(*USES), effective=True)[0]
    assert stem[-3:] == ["3×5", "3.0×5.0", "4.6×7.8 %"]
    assert any(line.startswith("effective: what holds") for line in shown(network(*USES), effective=True))


def test_show_json_gives_the_effective_width_only_on_request() -> None:
    assert "effective" not in json_of(network(*USES))["uses"][0]["field"]
    found = json_of(network(*USES), effective=True)["uses"][0]["field"]["effective"]
    assert found == {"sigma": [0.8165, 1.4142], "width": [3.0, 5.0]}
