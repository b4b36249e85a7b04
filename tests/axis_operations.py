"""Random operations along one axis: an access, and the same by brute force."""

from __future__ import annotations

from fractions import Fraction

from bruteforce import (
    Reads,
    adaptive,
    block,
    convolution,
    copies,
    cubic_spline,
    moved,
    sliced,
    tent,
    transposed_convolution,
)
from hypothesis import strategies as st

from rflint import field
from rflint.field import INPUT, Access, Interval, Positions, spread

Op = tuple[Access, Reads]


def reads_of(access: Access, output: int) -> frozenset[int]:
    """The definition in Access's docstring."""
    turn, phase = divmod(output, len(access.taps))
    return frozenset(access.step * turn + t for t in access.taps[phase])


def known(access: Access | None) -> Access:
    assert access is not None
    return access


def then(*accesses: Access | None) -> Interval:
    """The field after these operations, in order."""
    interval = INPUT
    for access in accesses:
        after = interval.through(known(access))
        assert after is not None
        interval = after
    return interval


def backwards(accesses: list[Access | None], unit: int = 0) -> set[int]:
    needed = Positions(unit, 1)
    for access in reversed(accesses):
        read = spread(needed, known(access))
        assert read is not None
        needed = read
    return set(needed)


def joined(a: Positions, b: Positions) -> Positions:
    both = a.union(b)
    assert both is not None
    return both


def dilated(*dilations: int, kernel: int = 3) -> list[Access | None]:
    return [field.window(kernel, 1, d * (kernel - 1) // 2, d) for d in dilations]


small = st.integers(1, 5)


windows = st.builds(
    lambda k, s, p, d: (field.window(k, s, p, d), convolution(k, s, p, d)),
    small,
    st.integers(1, 3),
    st.integers(0, 4),
    st.integers(1, 4),
)


transposes = st.builds(
    lambda k, s, p, d: (known(field.transposed(k, s, p, d)), transposed_convolution(k, s, p, d)),
    small,
    st.integers(1, 4),
    st.integers(0, 4),
    st.integers(1, 4),
)


slices = st.one_of(
    st.builds(lambda by: (field.shifted(by), moved(by)), st.integers(-5, 5)),
    st.builds(
        lambda start, step: (field.strided(start, step), sliced(start, step)),
        st.integers(-4, 4),
        st.sampled_from((-3, -1, 2, 3)),
    ),
)


pixels = st.one_of(
    st.builds(lambda r: (field.blocks(r), block(r)), small),
    st.builds(lambda r: (known(field.repeated(r)), copies(r)), small),
)


sizes = st.integers(1, 9)


bin_pools = st.builds(lambda n, m: (known(field.bins(n, m)), adaptive(n, m)), sizes, sizes)


@st.composite
def interpolations(draw: st.DrawFn) -> Op:
    n, m, aligned = draw(sizes), draw(sizes), draw(st.booleans())
    make, shape = draw(st.sampled_from(((field.linear, tent), (field.cubic, cubic_spline))))
    aligned = aligned and m > 1
    rate = Fraction(n - 1, m - 1) if aligned else Fraction(n, m)
    return known(make(n, m, aligned)), shape(rate, aligned)


upsampled = st.builds(lambda r: (known(field.linear_by(r)), tent(Fraction(1, r))), st.integers(1, 5))


operations = st.one_of(windows, transposes, slices, pixels, bin_pools, interpolations(), upsampled)


gentle = st.one_of(windows, windows, transposes, slices, pixels, upsampled)
