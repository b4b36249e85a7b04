"""Traces written by hand, use by use, with the accesses that they should have."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as made_with
from typing import Any

from rflint import field
from rflint.field import IDENTITY, Access
from rflint.receptive import AxisField, Field, fields
from rflint.trace import Layer, Operand, Place, Read, Trace, Use

HERE = Place("net.py", 0)
Source = int | str


@dataclass
class Net:
    """Writes a trace, use by use.  Every method returns the index of the use that it adds."""

    rank: int = 3
    names: tuple[str, ...] = ("x",)
    uses: list[Use] = made_with(default_factory=list)

    def use(self, kind: str, reads: dict[Source, list[Read]] | list[tuple[Source, list[Read]]], rank: int = 0) -> int:
        """A use with these reads of each source; output of rank `rank`, else of the net's own."""
        pairs = list(reads.items()) if isinstance(reads, dict) else reads
        operands = tuple(Operand(source, (8,) * len(how) if how else None, tuple(how)) for source, how in pairs)
        index = len(self.uses)
        output = (8,) * (rank or self.rank)
        self.uses.append(Use(index, f"layer{index}", Layer(kind, kind, {}), operands, output, HERE))
        return index

    def kept(self, *accesses: Access | None) -> list[Read]:
        """Batch kept, channels read whole, and these accesses along the spatial axes (one for all, or one each)."""
        each = accesses * (self.rank - 2) if len(accesses) == 1 else accesses
        return [Read("kept", 0, IDENTITY), Read("whole", 1)] + [
            Read("kept", axis, access) for axis, access in enumerate(each, 2)
        ]

    def layer(self, access: Access | None, source: Source, kind: str = "Conv2d") -> int:
        return self.use(kind, {source: self.kept(access)})

    def chain(self, source: Source, *accesses: Access | None) -> int:
        for access in accesses:
            source = self.layer(access, source)
        assert isinstance(source, int)
        return source

    def join(self, *sources: Source, kind: str = "add") -> int:
        return self.use(kind, [(source, self.kept(IDENTITY)) for source in sources])

    def pool(self, source: Source) -> int:
        reads = [Read("kept", 0, IDENTITY), Read("kept", 1, IDENTITY)] + [Read("whole", a) for a in range(2, self.rank)]
        return self.use("AdaptiveAvgPool2d", {source: reads})

    def trace(self) -> Trace:
        shapes: dict[str, Any] = dict.fromkeys(self.names, (8,) * self.rank)
        return Trace("net.py::Net()", "Net()", "net.py", HERE, shapes, shapes, self.uses, None, [], [], True)

    def fields(self) -> list[dict[str, Field]]:
        return fields(self.trace())

    def axis(self, use: int, axis: int = 0, name: str = "x") -> AxisField:
        return self.fields()[use][name][axis]


def conv(kernel: int, stride: int = 1, dilation: int = 1) -> Access:
    return field.window(kernel, stride, dilation * (kernel - 1) // 2, dilation)


LINEAR = [Read("kept", 0, IDENTITY), Read("whole", 1)]


def flatten(net: Net, source: Source) -> int:
    mixed = [Read("mixed")] * (net.rank - 1)
    return net.use("flatten", {source: [Read("kept", 0, IDENTITY), *mixed]}, rank=2)
