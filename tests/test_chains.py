"""Chains of layers: front to back and back to front give the same, and what their equivalent convolution sees."""

from __future__ import annotations

import random

import pytest
from axis_operations import backwards
from bruteforce import cell_sums
from hypothesis import given, settings
from hypothesis import strategies as st

from rflint import field
from rflint.field import INPUT, Slide, back_to_front, front_to_back

layers = st.lists(
    st.builds(Slide, st.integers(1, 7), st.integers(1, 4), st.integers(0, 5), st.integers(1, 4)), min_size=1, max_size=7
)


@settings(max_examples=200)
@given(layers)
def test_both_directions_agree(chain: list[Slide]) -> None:
    assert front_to_back(chain)[-1] == back_to_front(chain)
    assert front_to_back(chain) == [back_to_front(chain[:count]) for count in range(1, len(chain) + 1)]


@settings(max_examples=150)
@given(layers)
def test_they_are_the_intervals_of_the_graph(chain: list[Slide]) -> None:
    interval, one = INPUT, back_to_front(chain)
    for kernel, stride, padding, dilation in chain:
        after = interval.through(field.window(kernel, stride, padding, dilation))
        assert after is not None
        interval = after
    assert (interval.size, interval.jump, interval.start) == ((one.kernel, one.kernel), one.stride, -one.padding)
    assert field.window(*one[:3]).taps[0] == range(-one.padding, one.kernel - one.padding)


@settings(max_examples=150)
@given(layers, st.integers(1, 200))
def test_one_convolution_has_the_size_of_the_chain(chain: list[Slide], n: int) -> None:
    size, one = n, back_to_front(chain)
    for layer in chain:
        size = (size + 2 * layer.padding - layer.extent) // layer.stride + 1
        if size < 1:
            return
    assert size == (n + 2 * one.padding - one.kernel) // one.stride + 1


@pytest.mark.parametrize(
    ("chain", "one"),
    [
        ([Slide(3), Slide(3)], Slide(5)),
        ([Slide(3)] * 3, Slide(7)),
        ([Slide(3, 2), Slide(5)], Slide(11, 2)),
        ([Slide(3, 1, 2, 2)], Slide(5, 1, 2)),
        ([Slide(3, 2, 1), Slide(3, 2, 1)], Slide(7, 4, 3)),
        ([Slide(4, 2, 1)] * 3 + [Slide(4, 1, 1)] * 2, Slide(70, 8, 23)),
        ([], Slide(1)),
    ],
)
def test_chains_that_everyone_can_work_out(chain: list[Slide], one: Slide) -> None:
    assert back_to_front(chain) == one


def test_the_order_of_strides_matters() -> None:
    assert back_to_front([Slide(3, 2), Slide(5)]).kernel == 11
    assert back_to_front([Slide(5), Slide(3, 2)]).kernel == 7


@settings(max_examples=150)
@given(st.lists(st.tuples(st.sampled_from((1, 2, 3, 5)), st.integers(1, 7)), max_size=5), st.randoms())
def test_the_closed_form_finds_holes_in_any_order(layers: list[tuple[int, int]], shuffle: random.Random) -> None:
    kernels, dilations = ([kernel for kernel, _ in layers], [dilation for _, dilation in layers])
    sums = cell_sums(kernels, dilations)
    holed = len(sums) < max(sums) - min(sums) + 1
    assert field.holes_in_chain(kernels, dilations) == holed
    shuffle.shuffle(layers)
    assert field.holes_in_chain([kernel for kernel, _ in layers], [dilation for _, dilation in layers]) == holed


def test_a_stride_multiplies_the_dilations_after_it() -> None:
    # kernel 1 stride 2, then kernel 3: reads every other position
    found = backwards([field.window(1, 2), field.window(3)])
    assert found == {0, 2, 4}
    assert field.holes_in_chain([1, 3], [1, 2])
