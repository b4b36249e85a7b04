"""Where nodes stand, against stdlib's ast; and what is said of a text that does not parse."""

from __future__ import annotations

import ast
import gc
import re
from collections.abc import Iterator

import libcst as cst
import pytest

from rflint.diagnostics import Span
from rflint.source import Source, SyntaxProblem, explained

KINDS = ("Call", "Attribute", "Return", "Lambda", "ClassDef", "FunctionDef", "Assign", "BinaryOperation")
TEXTS = {
    "nested calls": "net = Sequential(Conv2d(3, 8, (3, 3)), *layers(f(1), n=2)[1:], ReLU(inplace=True))\n",
    "calls over several lines": "x = f(\n    g(1,\n      2),\n\n    h()\n)\n",
    "decorators and comments": "# x\n@register('a')\n@torch.no_grad()  # behind\nclass A(B):\n    x = f()  # g()\n",
    "parentheses around": "x = (f(1))\ny = ((g)(2)).h\nz = (\n    k(3)\n)\nw = (a + (b + c()))\n",
    "tabs": "class A:\n\tdef f(self):\n\t\treturn\tg(\t1\t)\n",
    "one line": "def f(): return g(); h()\n",
    "letters beyond ASCII": "größe = f('𝒳×é', größe(1)); ñ.é(2)\n",
    "no newline at the end": "x = f(1)",
    "a line break with a backslash": "x = f(1) + \\\n    g(2)\n",
    "separators that end no line": "x = 'a\x0b\x1c\u2028b' + f(1)  # \x85\ny = g(2)\n",
    "form feeds": "x = f(1)\n\f\n\fclass A:\n    y = g(2)\n  \f    z = h(\f3)\n\f  # end\nw = k(4)\n",
    "new syntax": "match f(x):\n    case {'a': [1, *r]} if (n := g(r)):\n        h(lambda: k())\n",
}


def spans_of_libcst(source: Source) -> Iterator[tuple[str, Span]]:
    """Kind and span of every node that ast knows under the same name."""
    nodes: list[cst.CSTNode] = [source.module]
    while nodes:
        node = nodes.pop()
        nodes.extend(node.children)
        if type(node).__name__ in KINDS:
            yield type(node).__name__, source.span(source.mark(node))


def spans_of_ast(text: str) -> Iterator[tuple[str, Span]]:
    """Kind and span of every node, its columns counted in characters from 1."""
    lines = re.split("\r\n?|\n", text)
    for node in ast.walk(ast.parse(text)):
        kind = type(node).__name__.replace("BinOp", "BinaryOperation")
        if kind in KINDS:
            yield kind, span_of_ast(node, lines)


def span_of_ast(node: ast.AST, lines: list[str]) -> Span:
    """The span of one node of ast."""

    def column(line: int, offset: int) -> int:
        return len(lines[line - 1].encode()[:offset].decode()) + 1

    first, last = node.lineno, node.end_lineno  # type: ignore[attr-defined]
    end = column(last, node.end_col_offset)  # type: ignore[attr-defined]
    return Span(first, column(first, node.col_offset), last, end)  # type: ignore[attr-defined]


NEWLINES = {"LF": "\n", "CRLF": "\r\n", "CR": "\r"}
WRITTEN = [(title, name) for title in TEXTS for name in NEWLINES if (title, name) != ("form feeds", "CR")]


@pytest.mark.parametrize(("title", "newline"), WRITTEN)
def test_spans_are_those_of_ast(title: str, newline: str) -> None:
    text = TEXTS[title].replace("\n", NEWLINES[newline])
    expected = sorted(spans_of_ast(text))
    assert expected
    assert sorted(spans_of_libcst(Source("a.py", text))) == expected


def test_the_spans_of_our_own_sources_are_those_of_ast() -> None:
    for module in (cst._nodes.module, ast):
        path = module.__file__ or ""
        with open(path, encoding="utf-8") as file:
            text = file.read()
        calls = {found for found in spans_of_ast(text) if found[0] == "Call"}
        assert len(calls) > 20
        assert {found for found in spans_of_libcst(Source(path, text)) if found[0] == "Call"} == calls


def test_a_byte_order_mark_takes_no_column() -> None:
    source = Source("a.py", "\ufefff(1)\n")
    assert [span for _, span in spans_of_libcst(source)] == [Span(1, 1, 1, 5)]


def test_an_argument_stands_without_its_comma() -> None:
    source = Source("a.py", "f(1, stride = 2 , *x)\n")
    call = source.module.body[0].body[0].value  # type: ignore[union-attr,index]
    spans = [source.span(source.mark(argument)) for argument in call.args]
    assert spans == [Span(1, 3, 1, 4), Span(1, 6, 1, 16), Span(1, 19, 1, 21)]


def test_a_mark_made_after_the_first_question_has_its_span_too() -> None:
    source = Source("a.py", "f()\ng()\n")
    first, second = source.module.body
    assert source.span(source.mark(first)) == Span(1, 1, 1, 4)
    assert source.span(source.mark(second)) == Span(2, 1, 2, 4)


def test_a_node_of_another_tree_stands_at_the_start() -> None:
    source = Source("a.py", "f()\ng()\n")
    assert source.span(source.mark(cst.Name("elsewhere"))) == Span(1, 1, 1, 1)


@pytest.mark.parametrize("text", ["", "\n", "# only a comment", "   \n\n"])
def test_a_file_without_code_parses(text: str) -> None:
    assert not Source("a.py", text).module.body


def test_long_sums_and_texts_have_spans() -> None:
    lines = "\n".join(f'    "part {number}"' for number in range(200))
    source = Source("a.py", f"x = f({' + '.join(['1'] * 400)})\ny = (\n{lines}\n)\nlast()\n")
    assert ("Call", Span(204, 1, 204, 7)) in set(spans_of_libcst(source))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x = 1\nprint 'a'\n", 2),
        ("x = 1\n\ny = $\n", 3),
        ("if x:\n    y\n  z\n", 3),
        ("x = 1 +\n", 1),
        ("x = '\ud800'\n", 1),
    ],
)
def test_a_text_that_does_not_parse_names_the_line(text: str, line: int) -> None:
    with pytest.raises(SyntaxProblem) as problem:
        assert Source("a.py", text).module
    assert (problem.value.line, problem.value.column >= 1) == (line, True)
    assert problem.value.message == str(problem.value) != ""


def test_what_python_warns_of_is_not_printed(recwarn: pytest.WarningsRecorder) -> None:
    with pytest.raises(SyntaxProblem):
        assert Source("a.py", "x = '\\d'\ny = (\n").module
    assert not recwarn.list


def test_a_text_that_only_python_reads_is_our_problem() -> None:
    problem = explained("x = 1\n", 3, 4)
    assert (problem.line, problem.column) == (3, 4)
    assert "please report it" in problem.message


def test_a_panic_of_the_parser_does_not_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        """As pyo3 raises it: no Exception."""

    def panic(text: str) -> None:
        raise PanicException(text)

    monkeypatch.setattr(cst, "parse_module", panic)
    with pytest.raises(SyntaxProblem, match="please report it"):
        assert Source("a.py", "x = 1\n").module


@pytest.mark.parametrize("text", ["x = (" + "(" * 5000, "x = " + "[" * 3000 + "]" * 3000, "x = " + "-" * 90_000 + "1"])
def test_what_would_end_the_process_is_not_parsed(text: str) -> None:
    with pytest.raises(SyntaxProblem, match="too deeply nested"):
        assert Source("a.py", text).module


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_left_as_it_was(enabled: bool) -> None:
    before = gc.isenabled()
    try:
        gc.enable() if enabled else gc.disable()
        assert Source("a.py", "f()\n").module
        with pytest.raises(SyntaxProblem):
            assert Source("a.py", "f(\n").module
        assert gc.isenabled() is enabled
    finally:
        gc.enable() if before else gc.disable()
