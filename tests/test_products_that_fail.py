"""RF422: products of matrices that torch surely refuses, and those that it takes or that are not known."""

from __future__ import annotations

from typing import Any

import pytest
from calls import traced
from networks import N, Network, T, same

from rflint.checks import all_rules
from rflint.diagnostics import Finding


def found(expression: str, **inputs: Any) -> list[Finding]:
    return list(all_rules()["RF422"].check(traced(expression, **inputs)))


@pytest.mark.parametrize(
    ("expression", "x", "y", "says"),
    [
        (
            "torch.bmm(x, y)",
            (2, 8, 5),
            (2, 8, 5),
            "2×8×5 times 2×8×5: 5 columns meet 8 rows: torch refuses it; the second one fits transposed",
        ),
        ("x @ y", (8, 5), (4, 6), "8×5 times 4×6: 5 columns meet 4 rows: torch refuses it"),
        ("x @ y", (8, "H"), ("H + 1", 3), "8×H times (H + 1)×3: H columns meet H + 1 rows: torch refuses it"),
        (
            "torch.einsum('ij,jk->ik', x, y)",
            (2, 3),
            (4, 5),
            "ij,jk->ik of 2×3 and 4×5: j is 3 and 4: torch refuses it",
        ),
        (
            "torch.einsum('ij,jk->ik', x, y)",
            (2, 3),
            (4, 3),
            "ij,jk->ik of 2×3 and 4×3: j is 3 and 4: torch refuses it",
        ),
        ("torch.einsum(' ij , jk -> ik', x, y)", (2, 3), (4, 5), " ij , jk -> ik of 2×3 and 4×5: j is 3 and 4"),
        ("torch.einsum('ij,ij', x, y)", (2, 3), (2, 4), "ij,ij of 2×3 and 2×4: j is 3 and 4: torch refuses it"),
    ],
)
def test_sizes_that_do_not_agree(expression: str, x: Any, y: Any, says: str) -> None:
    (finding,) = found(expression, x=x, y=y)
    assert finding.message.startswith(says)
    assert finding.message.endswith("torch refuses it") is not says.endswith("transposed")
    assert finding.use == 0


@pytest.mark.parametrize(
    ("expression", "x", "y"),
    [
        ("torch.bmm(x, y)", (2, 8, 5), (2, 5, 8)),
        ("x @ y", (8, "H"), ("W", 3)),
        ("x @ y", (5,), (4, 3)),
        ("x @ y", (3, 4), (5,)),
        ("x @ y", (8, 5), None),
        ("torch.einsum('ij,jk->ik', x, y)", (2, 3), (3, 5)),
        ("torch.einsum('ij,jk->ik', x, y)", (2, 1), (4, 5)),
        ("torch.einsum('ij,jk->ik', x, y)", (2, 3), (1, 5)),
        ("torch.einsum('ij,jk->iz', x, y)", (2, 1), (4, 5)),
        ("torch.einsum('ij,jk->ik', x, y)", (2, 3), ("H", 5)),
        ("torch.einsum('ij,jk->ik', x, y)", (2, 3), None),
        ("torch.einsum('...ij,...jk', x, y)", (7, 2, 3), (7, 4, 5)),
        ("torch.einsum('ij,jk->ik', x, y)", (2, 3, 4), (5, 6, 7)),
        ("torch.einsum('...ij,...jk', x, y)", (2, 3, 4, 5, 6), (2, 3, 4, 7, 8)),
        ("torch.bmm(x, y)", (2, 8, 5), (3, 5, 8)),
        ("x + y", (8, 5), (4, 6)),
    ],
)
def test_products_that_torch_takes_or_that_are_refused_for_another_reason(expression: str, x: Any, y: Any) -> None:
    assert not found(expression, x=x, y=y)


@pytest.mark.parametrize("more", [{"conditional": "if flag"}, {"given": ((8, 5), (4, 6))}], ids=["maybe", "own"])
def test_what_may_not_happen_or_is_done_in_a_way_of_its_own(more: dict[str, Any]) -> None:
    net = Network(x=(8, 5), y=(4, 6))
    x, y = net.input(), net.input("y")
    net.use("matmul", [(x, same(x)), (y, same(y))], None, **more)
    net.use("matmul", [(x, same(x)), (y, same(y))], (8, 6))  # it has a result
    net.use("matmul", [(x, same(x))], None)
    net.use("einsum", [(x, same(x)), (y, same(y))], None, args={"equation": ["ij", "jk"]})
    assert not list(all_rules()["RF422"].check(net.trace(x)))


def test_sizes_behind_channels_that_stand_last_mean_something_else() -> None:
    net = Network(x=(N, 32, 32, 3))
    y = net.conv(net.input(), 8, padding=1, into=3)
    z = T(y.source, (2, 8, 5))
    net.use("matmul", [(z, same(z)), (z, same(z))], None)
    assert not list(all_rules()["RF422"].check(net.trace(y)))
