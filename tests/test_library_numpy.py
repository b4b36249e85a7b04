"""numpy on known numbers: the figures are those that numpy 2 gives."""

from __future__ import annotations

from typing import Any

import pytest

from rflint.interp.imports import Loader
from rflint.interp.interpreter import Interpreter
from rflint.interp.values import Unknown
from rflint.library import LIBRARY
from rflint.tracing.running import trace
from rflint.tracing.session import Root, Session


def value(*statements: str) -> Any:
    """What `result` holds after these statements."""
    text = "\n".join(("import numpy as np", "import torch", *statements))
    interp = Interpreter(LIBRARY, Loader({"config.py": text}.get, LIBRARY))
    return interp.loader.load_file("config.py", interp).scope.names["result"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("np.linspace(0, 0.2, 4).tolist()", [0.0, 0.06666666666666667, 0.13333333333333333, 0.2]),
        ("np.linspace(0, 1, 4, endpoint=False).tolist()", [0.0, 0.25, 0.5, 0.75]),
        ("np.linspace(0, 10, 4, dtype=int).tolist()", [0, 3, 6, 10]),
        ("np.linspace(0, 1, 1).tolist()", [0.0]),
        ("[rate.item() for rate in np.linspace(0, 0.3, 3)]", [0.0, 0.15, 0.3]),
        ("np.arange(1, 2, 0.25).tolist()", [1.0, 1.25, 1.5, 1.75]),
        ("(2 ** np.arange(4)).tolist()", [1, 2, 4, 8]),
        ("(np.array([8, 12]) * 1.5 // 8 * 8).astype(int).tolist()", [8, 16]),
        ("(np.array([[1], [2]]) + np.array([10, 20])).tolist()", [[11, 21], [12, 22]]),
        ("np.array([1, 2, 3], dtype=np.float32).tolist()", [1.0, 2.0, 3.0]),
        ("(np.array([1, 2], dtype=np.float32) * 0.1).tolist()", [0.10000000149011612, 0.20000000298023224]),
        ("np.cumsum([2, 3, 4]).tolist()", [2, 5, 9]),
        ("sum(np.array([0.1] * 10))", 0.9999999999999999),
        ("np.sum([0.1] * 10)", 1.0),
        ("np.mean([1, 2])", 1.5),
        ("np.prod((2, 3, 4))", 24),
        ("np.prod(())", 1.0),
        ("np.max([3, 7, 5])", 7),
        ("int(np.ceil(7 / 2))", 4),
        ("np.round([0.5, 1.5, 2.5]).tolist()", [0.0, 2.0, 2.0]),
        ("np.round(1.005, 2)", 1.0),
        ("np.round(2.675, 2)", 2.68),
        ("np.round(11.6).astype(int)", 12),
        ("round(np.float64(2.675), 2)", 2.68),
        ("(np.ceil(2.5) * 2).astype(int)", 6),
        ("(np.prod([2, 3]) * 0.5).item()", 3.0),
        ("np.sqrt(16)", 4.0),
        ("np.log2(64)", 6.0),
        ("np.log([1, np.e]).tolist()", [0.0, 1.0]),
        ("np.clip(12, 0, 10)", 10),
        ("np.unique([16, 8, 16]).tolist()", [8, 16]),
        ("np.concatenate([[1], np.arange(2)]).tolist()", [1, 0, 1]),
        ("np.stack([[1, 2], [3, 4]]).tolist()", [[1, 2], [3, 4]]),
        ("np.vstack([[1, 2], [3, 4]]).tolist()", [[1, 2], [3, 4]]),
        ("np.arange(6).reshape(2, -1).shape", (2, 3)),
        ("np.arange(6).reshape(2, 3).T.tolist()", [[0, 3], [1, 4], [2, 5]]),
        ("np.arange(5)[::-1].tolist()", [4, 3, 2, 1, 0]),
        ("np.arange(5)[np.arange(5) > 2].tolist()", [3, 4]),
        ("len(np.zeros((3, 2)))", 3),
        ("torch.from_numpy(np.arange(3)).tolist()", [0, 1, 2]),
        ("isinstance(np.prod([2, 3]), np.integer)", True),
        ("isinstance(np.arange(3), np.ndarray)", True),
        ("np.arange(3).dtype == np.int64", True),
        ("(np.array([1, 2]) == np.array([1, 3])).tolist()", [True, False]),
        ("(np.array([1, 2]) != 1).tolist()", [False, True]),
        ("np.atleast_1d(3).tolist()", [3]),
        ("np.atleast_1d([[3]]).shape", (1, 1)),
    ],
)
def test_numbers(expression: str, expected: Any) -> None:
    found = value(f"result = {expression}")
    assert found == expected
    assert isinstance(found, type(expected))


@pytest.mark.parametrize(
    "expression",
    [
        "np.random.rand(3)",
        "np.array([1, 2]) == np.array([1, 2, 3])",
        "np.array([1, 2]).std()",
        "np.float32(0.1)",
        "np.log(0)",
        "np.array([1]) // 0",
        "np.array([1, 2]) + np.array([1, 2, 3])",
        "np.power(2, 200)",
        "np.arange(10 ** 9)",
        "np.array([[0] * 4000] * 4000)",
        "np.zeros((4000, 4000))",
        "np.sum([0.1, 0.2], keepdims=True)",
        "np.sum(torch.zeros(3))",
        "np.fft.fft([1, 2])",
        "np.sqrt(undefined)",
    ],
)
def test_what_is_not_known(expression: str) -> None:
    assert isinstance(value("undefined = torch.zeros(2).max()", f"result = {expression}"), Unknown)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("b = a\nb[0] = 9", [9, 1, 2]),
        ("b = a\nb += 1", [1, 2, 3]),
        ("b = a.copy()\nb[0] = 9", [0, 1, 2]),
        ("b = a + 1\nb[0] = 9", [0, 1, 2]),
    ],
)
def test_changes_are_seen_under_every_name(change: str, expected: list[int]) -> None:
    assert value("a = np.arange(3)", change, "result = a.tolist()") == expected


@pytest.mark.parametrize("change", ["b = a[1:]\nb[0] = 9", "a.sort()", "b = a.reshape(3, 1)\nb += 1", "a[1:] = 5"])
def test_changes_that_are_not_followed(change: str) -> None:
    assert isinstance(value("a = np.arange(3)", change, "result = a.tolist()"), Unknown)


def test_products_of_symbolic_sizes() -> None:
    text = """
import numpy as np
from torch import nn

class Net(nn.Module):
    def forward(self, x):
        return x.view(x.shape[0], np.prod(x.shape[1:]))
"""
    from calls import shape

    session = Session({"net.py": text}.get)
    inputs = (("x", shape("N", 8, "H", "W")),)
    assert trace(session, Root("net.py", "Net()", inputs)).output == shape("N", "8*H*W")
