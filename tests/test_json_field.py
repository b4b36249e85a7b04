"""The field of a use as the JSON of `show` gives it."""

from __future__ import annotations

from handmade import Net, conv, flatten

from rflint import field
from rflint.receptive import json_field


def test_json_of_a_plain_field() -> None:
    net = Net(rank=4)
    last = net.use("Conv2d", {net.layer(field.window(7, 2, 3), "x"): net.kept(conv(3, 2), conv(1))})
    assert json_field(net.fields()[last]["x"], [11, None]) == {
        "size": [11, 7],
        "jump": [4, 2],
        "start": [-5, -3],
        "reached": [11, None],
        "global": False,
    }


def test_json_of_phases_and_fractions() -> None:
    net = Net()
    last = net.chain("x", field.transposed(3, 2, 0, 1))
    assert json_field(net.fields()[last]["x"]) == {"size": [[1, 2]], "jump": ["1/2"], "start": [-1], "global": False}


def test_json_of_what_is_gone_and_of_what_is_global() -> None:
    net = Net(rank=4)
    pooled = net.pool(net.layer(conv(3), "x"))
    flat = flatten(net, pooled)
    made = net.fields()
    name = "layer1 AdaptiveAvgPool2d"
    assert json_field(made[pooled]["x"]) == {"size": [3, 3], "jump": [1, 1], "start": [-1, -1], "global": name}
    gone = [None, None]
    assert json_field(made[flat]["x"]) == {"size": gone, "jump": gone, "start": gone, "global": name}
    assert json_field(()) == {"size": [], "jump": [], "start": [], "global": False}
