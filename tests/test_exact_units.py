"""Which units read only what is there, against a look at every single read."""

from __future__ import annotations

import pytest
from calls import traced
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import H, Network, T

from rflint import field
from rflint.field import Access
from rflint.geometry.exact_units import exact_units, reading
from rflint.trace import Read

ACCESSES = st.one_of(
    st.builds(field.window, st.integers(1, 5), st.integers(1, 4), st.integers(0, 3), st.integers(1, 3)),
    st.builds(field.transposed, st.integers(1, 5), st.integers(1, 3), st.integers(0, 2), st.integers(1, 2)),
    st.sampled_from((field.linear(1, 2, False), field.linear(4, 6, False), field.shifted(2), field.shifted(-2))),
)


def reads(access: Access, unit: int) -> list[int]:
    turn, phase = divmod(unit, len(access.taps))
    return [access.step * turn + tap for tap in access.taps[phase]]


@given(ACCESSES, st.integers(0, 8), st.integers(0, 30))
def test_units_that_read_within_a_range(access: Access, start: int, count: int) -> None:
    there = range(start, start + count)
    found = reading(access, there, range(100))
    inside = {unit for unit in range(200) if all(read in there for read in reads(access, unit))}
    assert all(unit in inside for unit in found if unit < 200)
    if found and len(found) < 1000:
        assert found.start == 0 or found.start - 1 not in inside
        assert found.stop not in inside


def two_layers(size: object) -> Network:
    net = Network(x=(1, 1, size))
    x = net.conv(net.input(), k=3, padding=1)
    net.conv(x, k=5, padding=2)
    return net


def last(net: Network) -> T:
    return T(len(net.uses) - 1, net.uses[-1].output)


def test_padding_spoils_what_reads_it() -> None:
    net = two_layers(20)
    assert exact_units(net.trace(last(net)), "x", 0, {}) == [range(1, 19), range(3, 17)]
    assert exact_units(net.trace(last(net)), "x", 0, {}, beyond=True) == [range(20), range(2, 18)]


def test_symbols_take_values() -> None:
    net = two_layers(H)
    assert exact_units(net.trace(last(net)), "x", 0, {}) == [None, None]
    assert exact_units(net.trace(last(net)), "x", 0, {"H": 20}) == [range(1, 19), range(3, 17)]


def test_branches_meet_where_all_are_exact() -> None:
    net = Network(x=(1, 1, 20))
    x = net.input()
    net.join(net.conv(x, k=5, padding=2, out=1), x)
    assert exact_units(net.trace(last(net)), "x", 0, {}) == [range(2, 18), range(2, 18)]


def test_nothing_is_exact_on_an_input_that_is_too_small() -> None:
    net = two_layers(4)
    assert exact_units(net.trace(last(net)), "x", 0, {})[-1] == range(3, 3)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(0, 2)), min_size=1, max_size=4))
def test_chains_against_every_read(layers: list[tuple[int, int, int]]) -> None:
    net = Network(x=(1, 1, 200))
    x, good = net.input(), set(range(200))
    for kernel, stride, padding in layers:
        x = net.conv(x, k=kernel, stride=stride, padding=padding)
        access = field.window(kernel, stride, padding)
        assert x.shape is not None
        good = {unit for unit in range(x.shape[-1]) if all(read in good for read in reads(access, unit))}  # type: ignore[arg-type]
    assert set(exact_units(net.trace(x), "x", 0, {})[-1] or ()) == good


def exact(expression: str, *shape: object, axis: int = 0, beyond: bool = False) -> range | None:
    """The exact units of what an expression of x returns."""
    return exact_units(traced(expression, x=shape), "x", axis, {"L": 20}, beyond=beyond)[-1]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("expression", "size", "found"),
    [
        ("F.max_pool1d(x, 3, 1, 1)", 20, range(1, 19)),
        ("F.max_pool1d(x, 3, 1, 1)", "L", range(1, 19)),
        ("F.max_pool1d(x, 3, 1, 1)", "M", None),
        ("x.relu()", 20, range(20)),
        ("x.cumsum(2)", 20, None),
        ("x.cumsum(2).relu()", 20, None),
        ("x.flatten(1)", 20, None),
        ("x.mean(2)", 20, None),
        ("torch.ones(20).relu()", 20, None),
        ("x.flip(2)", 20, range(0)),
        ("x.relu()[..., 3:4].expand(-1, -1, 20)", 20, range(0)),
        ("F.conv_transpose1d(x, torch.zeros(3, 3, 1), stride=2)[..., 1::2]", 20, range(19)),
        ("F.pad(F.pad(x, (3, 0)), (-1, 0))", 20, range(2, 22)),
        ("F.pad(F.pad(x, (0, 3)), (0, -1))", 20, range(20)),
        ("F.pad(F.pad(x, (9, 9)), (-9, -9))[..., 4:8]", 20, range(4)),
        ("F.max_pool1d(F.pad(x, (30, 0)), 2)[..., :5]", 20, range(5, 5)),
    ],
)
def test_exact_units_of_small_networks(expression: str, size: object, found: range | None) -> None:
    assert exact(expression, 1, 3, size) == found


def test_units_before_the_first_position_that_is_there() -> None:
    assert reading(field.shifted(-2), range(20), range(5, 30)) == range(5, 22)
    assert reading(field.shifted(2), range(20), range(5, 30)) == range(5, 18)
    assert reading(field.shifted(0), range(8, 20), range(5, 15)) == range(8, 15)
    assert reading(field.shifted(0), range(0), range(5, 15)) == range(5, 5)
    assert reading(field.Access(1, (range(0),)), range(20), range(5, 15)) == range(5, 15)


def test_each_axis_has_exact_units_of_its_own() -> None:
    pool = "F.max_pool2d(x, (3, 5), 1, (1, 2))"
    assert [exact(pool, 1, 3, 20, 30, axis=axis) for axis in (0, 1)] == [range(1, 19), range(2, 28)]
    assert [exact(pool, 1, 3, 20, 30, axis=axis, beyond=True) for axis in (0, 1)] == [range(20), range(30)]
    assert exact("F.max_pool2d(x, 3, 1, 1).transpose(2, 3)", 1, 3, 20, 30) == range(1, 19)
    assert exact("x.mean(2)", 1, 3, 20, 30, axis=1) == range(30)


def test_where_a_size_is_not_known_no_unit_is() -> None:
    net = Network(x=(1, 3, 20))
    reads = [Read("kept", axis, field.IDENTITY) for axis in range(3)]
    net.use("relu", [(net.input(), reads)], None)
    net.use("relu", [(T("x", None), reads)], (1, 3, 20))
    net.use("relu", [(T("x", (1, 3, 20)), reads)], (1, 3, 20))
    assert exact_units(net.trace(last(net)), "x", 0, {}) == [None, None, range(20)]


def test_the_input_is_one_branch_of_several() -> None:
    skip = "x + F.max_pool1d(F.max_pool1d(x, 3, 1, 1), 3, 1, 1)"
    assert exact(skip, 1, 3, 20) == range(2, 18)
    assert exact(skip, 1, 3, 20, beyond=True) == range(1, 19)


def test_a_piece_of_what_is_not_known_is_not_known() -> None:
    net = Network(x=(1, 1, H))
    piece = net.sliced(net.input(), 2, 0, 20)
    assert exact_units(net.trace(piece), "x", 0, {}) == [None]
    assert exact_units(net.trace(piece), "x", 0, {"H": 30}) == [range(20)]
