"""Segments of traces made by hand: their links, where they end, and what is left out of residual blocks."""

from __future__ import annotations

from networks import H, Network, T, same

from rflint.checks._runs import positions_read, runs
from rflint.checks._segments import (
    Link,
    Node,
    age,
    branches,
    ends,
    fewest_dilated,
    graph,
    is_built_on,
    is_link,
    reached,
    read_of,
    way,
)
from rflint.field import IDENTITY, Access, Positions, window
from rflint.trace import Read


def signal(*names: str) -> Network:
    """A network of signals with 8 channels."""
    return Network(**dict.fromkeys(names or ("x",), (1, 8, 64)))


def dilated(net: Network, x: T, rate: int) -> T:
    return net.conv(x, padding=rate, dilation=rate, path=f"d{rate}")


def node(x: T) -> Node:
    """The length of a tensor."""
    assert x.source is not None
    return x.source, 2


def sources(links: tuple[Link, ...] | None) -> list[int | str]:
    return [link.source[0] for link in links or ()]


def read_by(read: Read) -> tuple[Link, ...] | None:
    """The links of a use that reads its only operand so."""
    net = signal()
    x = net.input()
    y = net.use("op", [(x, [*same(x)[:2], read])], x.shape)
    return graph(net.trace(y)).get(node(y))


def test_a_link_keeps_the_resolution() -> None:
    assert read_by(Read("kept", 2, window(3))) == (Link(("x", 2), window(3)),)
    assert read_by(Read("kept", 2, window(2, 2))) == ()
    assert read_by(Read("kept", 2, Access(1, (range(1), range(1))))) == ()
    assert read_by(Read("whole", 2)) == read_by(Read("mixed", 2)) == ()
    assert read_by(Read("kept", 2)) is None
    assert read_by(Read("unknown", 2)) is None
    assert not is_link(Access(1, (range(0),)))


def test_kernel_and_dilation_of_a_link() -> None:
    for access, expected in ((window(3, 1, 0, 4), (3, 4)), (IDENTITY, (1, 1)), (Access(1, (range(0, 1, 5),)), (1, 1))):
        link = Link(("x", 2), access)
        assert (link.kernel, link.dilation) == expected


def test_all_operands_count() -> None:
    net = signal("x", "y")
    x, y = net.input("x"), net.input("y")
    both, constant = net.join(x, y), net.join(x, T(None, x.shape))
    unknown = net.use("op", [(x, [*same(x)[:2], Read("unknown", 2)]), (y, same(y))], x.shape)
    links = graph(net.trace(both, constant, unknown))
    assert sources(links[node(both)]) == ["x", "y"]
    assert sources(links[node(constant)]) == ["x"]
    assert links[node(unknown)] is None
    assert ("x", 2) not in links


def test_what_is_built_on_what() -> None:
    net = signal("x", "y")
    x, y = net.input("x"), net.input("y")
    a = net.conv(x, padding=1)
    b = net.join(a, y)
    down = net.pool(b)
    c = net.conv(down)
    made = graph(net.trace(c))
    assert [age(node(one)) for one in (x, a, b)] == [-1, 0, 1]
    assert is_built_on(node(b), node(b), made)
    assert is_built_on(node(b), node(x), made)
    assert is_built_on(node(b), node(y), made)
    assert not is_built_on(node(a), node(y), made)
    assert not is_built_on(node(a), node(b), made)
    assert is_built_on(node(c), node(down), made)
    assert not is_built_on(node(c), node(b), made)


def test_what_is_built_on_what_takes_no_time_to_tell() -> None:
    """Two ways through each of 60 blocks: 2**60 in all."""
    net = signal("x", "y")
    x = net.input("x")
    for _ in range(60):
        x = net.join(net.pointwise(x), x)
    assert not is_built_on(node(x), ("y", 2), graph(net.trace(x)))


def test_the_identity_of_a_residual_block_says_nothing() -> None:
    net = signal()
    x = net.input()
    active = net.pointwise(x)
    y = dilated(net, active, 2)
    blocks = {
        "plain": net.join(y, active),
        "before the activation": net.join(net.pointwise(active), y),
        "sub": net.join(y, active, base="sub"),
        "mul": net.join(y, active, base="mul"),
        "twice": net.join(active, active),
        "two layers": net.join(y, dilated(net, active, 4)),
        "of a later tensor": net.join(net.join(active, y), y),
    }
    trace = net.trace(*blocks.values())
    made = graph(trace)
    kept = {
        name: sources(branches(trace.uses[age(node(one))], made[node(one)] or (), made)) for name, one in blocks.items()
    }
    assert kept == {
        "plain": [1],
        "before the activation": [1],
        "sub": [1],
        "mul": [1, 0],
        "twice": [0, 0],
        "two layers": [1, 8],
        "of a later tensor": [10],
    }


def test_a_shortcut_that_sees_something_itself_counts() -> None:
    net = signal()
    x = net.input()
    short = net.conv(x, padding=1, path="short")
    y = net.join(dilated(net, x, 2), short)
    trace = net.trace(y)
    made = graph(trace)
    assert sources(branches(trace.uses[age(node(y))], made[node(y)] or (), made)) == [1, 0]


def test_the_least_number_of_dilated_layers() -> None:
    net = signal("x", "y")
    x, y = net.input("x"), net.input("y")
    a = dilated(net, x, 2)
    b = dilated(net, net.conv(a, padding=1), 4)
    both = net.cat(b, a)
    rescaled = net.pool(b)
    lost = net.use("op", [(b, [*same(b)[:2], Read("unknown", 2)])], b.shape)
    joined = net.cat(b, lost)
    behind = dilated(net, joined, 2)
    skipped = net.join(dilated(net, b, 8), b)
    fewest = fewest_dilated(net.trace(y), graph(net.trace(y)))
    assert [fewest[node(one)] for one in (a, b, both, rescaled)] == [1, 2, 1, 0]
    assert [fewest[node(one)] for one in (lost, joined, behind)] == [None, None, None]
    assert fewest[node(skipped)] == 3


def test_an_axis_that_is_made_anew_leaves_it_unknown() -> None:
    net = signal()
    x = net.input()
    new = net.use("op", [(x, same(x)[:2])], x.shape)
    y = dilated(net, new, 2)
    assert fewest_dilated(net.trace(y), graph(net.trace(y)))[node(y)] is None


def test_what_several_branches_read_counts_together() -> None:
    net = signal()
    x = net.pointwise(net.input())
    y = net.join(dilated(net, x, 1), dilated(net, x, 4))
    assert [list(seen) for seen in (reached(graph(net.trace(y)), node(y)) or {}).values()] == [[-4, -1, 0, 1, 4]]


def test_what_is_reached_of_each_start() -> None:
    net = signal("x", "y")
    x, y = net.input("x"), net.input("y")
    a = dilated(net, x, 2)
    b = net.join(dilated(net, a, 4), net.conv(y, padding=1), a)
    made = graph(net.trace(b))
    found = reached(made, node(b))
    assert found is not None
    assert {start: list(seen) for start, seen in found.items()} == {
        ("x", 2): [-6, -4, -2, 0, 2, 4, 6],
        ("y", 2): [-1, 0, 1],
    }
    assert reached(made, ("x", 2)) == {("x", 2): Positions(0, 1)}


def test_too_much_to_list_is_not_known() -> None:
    net = signal()
    far = 1 << 40
    x = net.input()
    y = net.use("op", [(x, [*same(x)[:2], Read("kept", 2, Access(1, (range(0, far, far - 1),)))])], x.shape)
    assert reached(graph(net.trace(y)), node(y)) is None


def test_one_way_through_a_segment() -> None:
    net = signal("x", "y")
    x, y = net.input("x"), net.input("y")
    a = dilated(net, x, 2)
    b = net.join(net.conv(y, padding=1), dilated(net, a, 4), base="mul")
    c = net.join(net.pointwise(b), b)
    trace = net.trace(c)
    steps = way(trace, graph(trace), node(c), node(x))
    assert [(step.use.index, step.link.source[0], step.alone) for step in steps] == [
        (0, "x", True),
        (2, 0, True),
        (3, 2, False),
        (4, 3, True),
        (5, 4, False),
    ]


def test_segments_end_where_the_axis_is_returned_rescaled_or_lost() -> None:
    net = signal()
    x = net.input()
    a = net.conv(x)
    b = net.conv(a)
    halved = net.pool(b)
    c = net.conv(halved)
    pooled = net.pooled(c)
    d = net.conv(c)
    both = net.conv(d)
    net.flat(both)
    trace = net.trace(a, pooled)
    found = [at for at, axis in ends(trace, graph(trace)) if axis == 2]
    assert found == [both.source, pooled.source, b.source, a.source]


def test_an_axis_that_a_use_does_not_read_is_not_known() -> None:
    net = signal()
    x = net.input()
    y = net.use("op", [(x, same(x)[:2])], x.shape)
    use = net.trace(y).uses[0]
    assert (read_of(use, 0, 1).how, read_of(use, 0, 2).how) == ("kept", "unknown")


def test_runs_go_on_through_all_that_keeps_the_resolution() -> None:
    net = Network(x=(1, 8, H))
    x = net.conv(net.input(), padding=1)
    y = net.join(dilated(net, dilated(net, net.pointwise(x), 2), 2), x)
    (run,) = runs(trace := net.trace(net.conv(y, padding=1)))
    assert [layer.use.index for layer in run.layers] == [2, 3]
    assert run.before is not None
    assert run.before.use.index == 0
    assert [layer.use.index for layer in run.chain] == [0, 2, 3, 5]
    assert runs(trace) is runs(trace)
    seen = positions_read(run.layers)
    assert seen is not None
    assert list(seen) == [-4, -2, 0, 2, 4]
