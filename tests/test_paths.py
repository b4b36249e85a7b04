"""The narrowest and the widest path agree with all paths tried one by one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from handmade import Net, Source, conv
from hypothesis import given, settings
from hypothesis import strategies as st

from rflint import field
from rflint.field import IDENTITY, INPUT, Access, Interval
from rflint.receptive import path_sizes
from rflint.receptive.paths import PathSizes
from rflint.trace import Read, Trace

accesses = st.sampled_from(
    (
        IDENTITY,
        conv(3),
        conv(5),
        conv(3, 2),
        conv(3, 1, 2),
        field.window(2, 2),
        field.repeated(2),
        field.linear_by(2),
        field.transposed(3, 2, 1, 1),
        field.transposed(1, 2, 0, 1),
        field.shifted(1),
    )
)


@st.composite
def nets(draw: st.DrawFn) -> Net:
    net = Net()
    for _ in range(draw(st.integers(1, 6))):
        sources: st.SearchStrategy[Source] = st.sampled_from(("x", *range(len(net.uses))))
        if draw(st.booleans()):
            net.layer(draw(accesses), draw(sources))
        else:
            net.join(*draw(st.lists(sources, min_size=2, max_size=3)))
    return net


def every_path(trace: Trace, at: Source) -> Iterator[list[Access]]:
    """The accesses of every way from the input to a tensor."""
    if isinstance(at, str):
        yield []
        return
    for operand in trace.uses[at].operands:
        access = operand.reads[2].access
        assert operand.source is not None
        assert access is not None
        for path in every_path(trace, operand.source):
            yield [*path, access]


def seen_along(path: list[Access]) -> Interval:
    interval: Interval | None = INPUT
    for access in path:
        assert interval is not None
        interval = interval.through(access)
    assert interval is not None
    return interval


@settings(max_examples=120)
@given(nets())
def test_no_path_is_narrower_or_wider(net: Net) -> None:
    trace = net.trace()
    for use in range(len(trace.uses)):
        sizes = [seen_along(path).size for path in every_path(trace, use)]
        assert path_sizes(trace, use, "x", 0) == PathSizes(min(low for low, _ in sizes), max(high for _, high in sizes))


@pytest.mark.parametrize(("blocks", "greatest"), [(1, 5), (4, 17), (40, 161)])
def test_identities_keep_the_narrowest_path_narrow(blocks: int, greatest: int) -> None:
    net, at = Net(), "x"  # type: Net, Source
    for _ in range(blocks):
        at = net.join(at, net.chain(at, conv(3), conv(3)))
    assert isinstance(at, int)
    assert path_sizes(net.trace(), at, "x", 0) == PathSizes(1, greatest)


def test_misaligned_branches_see_more_together_than_on_any_path() -> None:
    net = Net()
    both = net.join(net.layer(field.window(2, 2), "x"), net.layer(field.window(2, 2, 1), "x"))
    assert net.axis(both).maps[0].size == (3, 3)
    assert path_sizes(net.trace(), both, "x", 0) == PathSizes(2, 2)


def test_what_is_not_known_has_no_size() -> None:
    net = Net()
    unknown = net.use("warp", {"x": [*net.kept(IDENTITY)[:2], Read("unknown", 2, None, "data")]})
    assert path_sizes(net.trace(), net.layer(conv(3), unknown), "x", 0) is None
    assert path_sizes(net.trace(), unknown, "mask", 0) is None
    assert path_sizes(net.trace(), unknown, "x", 3) is None
