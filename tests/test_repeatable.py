"""The same source gives the same answer: twice, in any order of roots, and whatever other networks have changed."""

from __future__ import annotations

from itertools import permutations
from textwrap import dedent

import pytest

from rflint.trace import Shape, Trace
from rflint.tracing.running import trace
from rflint.tracing.session import Root, Session

Row = tuple[str, str, Shape | None]
HEAD = "from collections import defaultdict, deque\nfrom itertools import count\nimport torch\nfrom torch import nn\n\n"

SHARED = {
    "a number of the module": """
        WIDTH = 4

        class Net(nn.Module):
            def __init__(self, more):
                super().__init__()
                global WIDTH
                WIDTH += more
                self.conv = nn.Conv2d(3, WIDTH, 1)

            def forward(self, x):
                global WIDTH
                WIDTH += 1
                return self.conv(x).repeat(1, WIDTH, 1, 1)
    """,
    "a list that is a default": """
        class Net(nn.Module):
            def __init__(self, more, widths=[]):
                super().__init__()
                widths.append(more)
                self.conv = nn.Conv2d(3, sum(widths) + len(widths), 1)

            def forward(self, x, seen=[]):
                seen.append(1)
                return self.conv(x).repeat(1, len(seen), 1, 1)
    """,
    "dicts, sets and deques of the module": """
        CONFIG = {"width": 4, "rates": [1, 2], "seen": set()}
        QUEUE = deque([1, 2, 3])
        FOUND = defaultdict(list)

        class Net(nn.Module):
            def __init__(self, more):
                super().__init__()
                CONFIG["width"] += more
                CONFIG["rates"].append(CONFIG["rates"].pop(0) + more)
                CONFIG.setdefault(more, 1)
                CONFIG["seen"].add(more)
                FOUND[more].append(QUEUE.popleft())
                QUEUE.append(more)
                width = CONFIG["width"] + sum(CONFIG["rates"]) + len(CONFIG["seen"]) + len(CONFIG)
                self.conv = nn.Conv2d(3, width + sum(QUEUE) + len(FOUND), 1)

            def forward(self, x):
                CONFIG["width"] *= 2
                del CONFIG["rates"][0]
                return self.conv(x).repeat(1, CONFIG["width"] + len(CONFIG["rates"]), 1, 1)
    """,
    "an attribute of the class, and one of a function": """
        def number():
            number.calls += 1
            return number.calls

        number.calls = 0

        class Net(nn.Module):
            made = 0

            def __init__(self, more):
                super().__init__()
                type(self).made += more
                Net.last = number()
                self.conv = nn.Conv2d(3, Net.made + self.last, 1)

            def forward(self, x):
                Net.made += 1
                return self.conv(x).repeat(1, Net.made + number(), 1, 1)
    """,
    "an iterator and an object of the module": """
        NUMBERS = count(3)

        class Settings:
            def __init__(self):
                self.width = 2

        SETTINGS = Settings()

        class Net(nn.Module):
            def __init__(self, more):
                super().__init__()
                SETTINGS.width += more
                self.conv = nn.Conv2d(3, next(NUMBERS) + SETTINGS.width, 1)

            def forward(self, x):
                SETTINGS.width += 1
                return self.conv(x).repeat(1, next(NUMBERS) + SETTINGS.width, 1, 1)
    """,
    "a variable that functions close over": """
        def counter(start):
            number = start

            def count():
                nonlocal number
                number += 1
                return number

            return count

        MADE, RUN = counter(0), counter(2)

        class Net(nn.Module):
            def __init__(self, more):
                super().__init__()
                self.conv = nn.Conv2d(3, [MADE() for _ in range(more)][-1], 1)

            def forward(self, x):
                return self.conv(x).repeat(1, RUN(), 1, 1)
    """,
    "objects that are dicts, lists and sets": """
        class Config(dict):
            __getattr__ = dict.__getitem__
            __setattr__ = dict.__setitem__

        class Widths(list):
            pass

        CONFIG, WIDTHS = Config(width=3), Widths([1])

        class Net(nn.Module):
            def __init__(self, more):
                super().__init__()
                CONFIG.width += more
                CONFIG["seen"] = CONFIG.get("seen", 0) + 1
                WIDTHS.append(more)
                self.conv = nn.Conv2d(3, CONFIG.width + CONFIG["seen"] + sum(WIDTHS), 1)

            def forward(self, x):
                CONFIG.width += 1
                WIDTHS[0] += 1
                return self.conv(x).repeat(1, CONFIG.width + WIDTHS[0], 1, 1)
    """,
    "dataclasses, bound methods, partials and generators": """
        from dataclasses import dataclass, field
        from functools import lru_cache, partial

        @dataclass
        class Config:
            widths: list = field(default_factory=list)
            width: int = 2

            def add(self, width):
                self.widths.append(width)
                self.width += 1
                return self.width + sum(self.widths)

        def numbers():
            yield from (3, 4, 5, 6, 7, 8)

        CONFIG = Config()
        ADD, MORE, NEXT = CONFIG.add, partial(CONFIG.add, 1), numbers()

        @lru_cache
        def cached(n):
            return ADD(n)

        class Net(nn.Module):
            def __init__(self, more):
                super().__init__()
                ADD(more)
                cached(more)
                self.conv = nn.Conv2d(3, MORE() + next(NEXT), 1)

            def forward(self, x):
                vars(CONFIG)["width"] += 1
                return self.conv(x).repeat(1, MORE() + next(NEXT), 1, 1)
    """,
    "a module of the module": """
        BODY = nn.Sequential(nn.Conv2d(3, 4, 1))
        MASK = torch.zeros(1, 4, 1, 1)

        class Net(nn.Module):
            def __init__(self, more):
                super().__init__()
                BODY.append(nn.Conv2d(BODY[-1].out_channels, 4 + more, 1))
                self.body = BODY

            def forward(self, x):
                BODY.append(nn.ReLU())
                MASK.resize_(1, MASK.shape[1] + 1, 1, 1)
                return self.body(x).repeat(1, len(BODY) + MASK.shape[1], 1, 1)
    """,
}
CALLS = ("Net(1)", "Net(2)", "Net(5)")


def rows(seen: Trace) -> list[Row]:
    """Path, kind and output of all uses."""
    return [(use.path, use.kind, use.output) for use in seen.uses]


def traced(session: Session, call: str, *shapes: Shape) -> list[Row]:
    """The rows of one root, all of which are known."""
    seen = trace(session, Root("net.py", call, tuple(("", shape) for shape in shapes)))
    assert seen.complete, seen.unknowns
    return rows(seen)


def session_of(source: str) -> Session:
    """A run over one file."""
    return Session({"net.py": HEAD + dedent(source)}.get)


@pytest.mark.parametrize("source", SHARED.values(), ids=list(SHARED))
def test_no_network_sees_what_another_has_changed(source: str) -> None:
    alone = {call: traced(session_of(source), call, (1, 3, 8, 8)) for call in CALLS}
    assert len(set(map(str, alone.values()))) == len(CALLS)
    for order in permutations(CALLS):
        session = session_of(source)
        for call in (*order, *order):
            assert traced(session, call, (1, 3, 8, 8)) == alone[call]


@pytest.mark.parametrize("source", SHARED.values(), ids=list(SHARED))
def test_a_run_that_finds_out_the_shape_of_its_input_leaves_nothing_behind(source: str) -> None:
    """Without a declared size the first run ends at the first layer, and another begins with what that layer says."""
    declared = traced(session_of(source), "Net(2)", (1, 3, 8, 8))
    found = traced(session_of(source), "Net(2)")
    assert [(path, kind, channels(shape)) for path, kind, shape in found] == [
        (path, kind, channels(shape)) for path, kind, shape in declared
    ]


def channels(shape: Shape | None) -> object:
    """The channels of a shape that is known."""
    assert shape is not None
    return shape[1]


FILES = {
    "first.py": """
        import shared

        class First(nn.Module):
            def __init__(self):
                super().__init__()
                shared.WIDTHS.append(7)
                shared.register("first", First)
                self.conv = nn.Conv2d(3, sum(shared.WIDTHS) + len(shared.KNOWN), 1)

            def forward(self, x):
                return self.conv(x)
    """,
    "second.py": """
        from shared import KNOWN, WIDTHS, register

        @register.named("second")
        class Second(nn.Module):
            def __init__(self):
                super().__init__()
                WIDTHS[0] += 1
                self.conv = nn.Conv2d(3, WIDTHS[0] * 10 + len(KNOWN), 1)

            def forward(self, x):
                return self.conv(x)
    """,
    "shared.py": """
        import first
        import second

        WIDTHS = [1, 2]
        KNOWN = {}

        def register(name, cls):
            KNOWN[name] = cls
            return cls

        register.named = lambda name: lambda cls: register(name, cls)
    """,
}


def test_the_order_of_files_changes_nothing() -> None:
    """The two files import what they share, which imports them."""
    answers = set()
    for order in permutations(["first.py", "second.py"]):
        session = Session({path: HEAD + dedent(text) for path, text in FILES.items()}.get)
        seen = {path: trace(session, Root(path, f"{path[:-3].title()}()", (("", (1, 3, 8, 8)),))) for path in order}
        answers.add(str(sorted((path, rows(one), one.complete) for path, one in seen.items())))
    assert len(answers) == 1
