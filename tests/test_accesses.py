"""Accesses read what the operations read, by brute force and by hand."""

from __future__ import annotations

import pytest
from axis_operations import (
    Op,
    operations,
    reads_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from rflint import field
from rflint.field import IDENTITY, Access


@settings(max_examples=150)
@given(operations, st.integers(-20, 20))
def test_an_access_reads_what_the_operation_reads(op: Op, output: int) -> None:
    access, reads = op
    assert reads_of(access, output) == reads(output)


def test_a_transposed_convolution_has_one_set_of_taps_per_phase() -> None:
    # kernel 3, stride 2: even outputs read two inputs, odd ones read one
    assert field.transposed(3, 2, 0, 1) == Access(1, (range(-1, 1), range(1)))
    assert field.transposed(3, 2, 1, 1) == Access(1, (range(1), range(2)))
    assert field.transposed(4, 2, 1, 1) == Access(1, (range(-1, 1), range(2)))


def test_identities_are_one_object() -> None:
    same = [
        field.window(1),
        field.shifted(0),
        field.strided(0, 1),
        field.repeated(1),
        field.blocks(1),
        field.bins(5, 5),
    ]
    same += [field.nearest(5, 5), field.nearest_exact(5, 5), field.linear(5, 5, True), field.cubic(5, 5, False)]
    assert all(access is IDENTITY for access in [*same, field.transposed(1, 1, 0, 1), field.linear_by(1)])


@pytest.mark.parametrize(
    "access",
    [
        field.transposed(3, 5000, 0, 1),
        field.transposed(3, 0, 0, 1),
        field.repeated(5000),
        field.repeated(0),
        field.bins(7, 5003),
        field.bins(7, 0),
        field.linear(7, 5003, False),
        field.linear(0, 5, False),
        field.linear(5, 5003, False, 3.14159265),
        field.linear(5, 7, False, float("nan")),
        field.nearest(10**9, 10**9 + 1),
        field.nearest(5, 0, 0.0),
        field.nearest_exact(5, 7, float("inf")),
        field.cubic(7, 10**30, True),
        field.linear_by(5000),
        field.linear_by(0),
    ],
)
def test_maps_without_a_reasonable_period_are_not_described(access: Access | None) -> None:
    assert access is None
