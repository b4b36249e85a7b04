"""Which layers take an argument from a place: what is changed there, changes for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rflint.interp.numerals import origin
from rflint.trace import Layer, Place

Reader = tuple[str, Place | None, str]
"""An argument of a layer: its name, the constructor call, and which of the layers it is that the call has built."""


class Readers:
    """The layers of a run, and for each place those whose arguments come from there."""

    def __init__(self) -> None:
        self._layers: dict[int, tuple[Layer, bool]] = {}
        self._at: dict[Place, set[Reader]] | None = None
        self._without: dict[tuple[Place | None, str], set[Reader]] | None = None

    def add(self, layers: Iterable[Layer], complete: bool) -> None:
        """Take in the layers of a trace, and whether all is known of it; uses of one layer share the places of its
        arguments."""
        for layer in layers:
            self._layers[id(layer.places)] = layer, complete

    def at(self, place: Place) -> set[Reader]:
        """What is taken from a place."""
        if self._at is None:
            self._at = {}
            for layer, complete in self._layers.values():
                for name, source in sources(layer):
                    self._at.setdefault(source, set()).add(reader(layer, name, complete))
        return self._at.get(place, set())

    def without(self, call: Place | None, argument: str) -> set[Reader]:
        """The layers that a call builds without writing an argument of theirs."""
        if self._without is None:
            self._without = {}
            for layer, complete in self._layers.values():
                for name in layer.args.keys() - layer.places.keys():
                    self._without.setdefault((layer.defined, name), set()).add(reader(layer, name, complete))
        return self._without.get((call, argument), set())


def reader(layer: Layer, argument: str, complete: bool) -> Reader:
    """An argument of a layer, told from those of all others where all is known, so that nothing is found fault with;
    else from those of layers that are built otherwise."""
    return argument, layer.defined, str(id(layer.places)) if complete else repr(sorted(layer.args.items()))


def sources(layer: Layer) -> Iterator[tuple[str, Place]]:
    """The arguments of a layer, with where each is written, and where the digits of its integers stand."""
    yield from layer.places.items()
    for name, value in layer.args.items():
        for one in set(value) if isinstance(value, tuple) and all_integers(value) else (value,):
            place = origin(one)
            if place is not None:
                yield name, place


def all_integers(values: tuple[Any, ...]) -> bool:
    """Whether a tuple holds integers only."""
    return all(isinstance(one, int) for one in values)


def digits(layer: Layer, argument: str) -> Place | None:
    """Where the digits of an argument stand that is one integer, on all axes; None if it is calculated."""
    value = layer.args.get(argument)
    places = {origin(one) for one in value} if isinstance(value, tuple) and value else {origin(value)}
    return places.pop() if len(places) == 1 else None
