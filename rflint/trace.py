"""The trace of a network: which layers were used, on what, in which order.  Plain data, no trees.

A trace is a directed graph: every `Use` names the uses and network inputs that it reads, and says for each
axis of each operand which positions of it an output position reads.  Receptive fields are folds over it
(`receptive`), rules are functions over it (`checks/`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from rflint.contracts import Contract
from rflint.dims import Size
from rflint.field import Access

Shape = tuple[Size, ...]


class Place(NamedTuple):
    """Somewhere in a source file: a mark that the file's `Source` turns into a span while it is loaded."""

    file: str
    mark: int


@dataclass(frozen=True, slots=True)
class Read:
    """What one use does with one axis of one operand.

    `how` is one of
    * "kept": output axis `to` reads it by `access`;
    * "piece": it is laid side by side with others, and those positions of output axis `to` that are its own read it by
      `access`, a shift;
    * "whole": every output position reads all of it; `to` is the axis that is left of it, None if none is;
    * "mixed": it is folded into other axes (flattened, read as channels), its positions are no longer told apart;
    * "unknown": which positions are read depends on data, or was not determined; `reason` says why.
    """

    how: str
    to: int | None = None
    access: Access | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Regrouping:
    """How a pattern takes a tensor apart and puts it together.

    Its axes, of the sizes `whole`, are viewed as `cut`, these axes are put into an `order` (None: a new one, and those
    left out are read as a whole), are then `ordered`, and viewed as the output.
    """

    whole: Shape
    cut: Shape
    order: tuple[int | None, ...]
    ordered: Shape


@dataclass(frozen=True, slots=True)
class Operand:
    """One tensor that a use reads: `source` is the index of the use that made it, the name of a network
    input, or None for parameters and constants.  `shape` is None where it could not be determined."""

    source: int | str | None
    shape: Shape | None
    reads: tuple[Read, ...] = ()


@dataclass(frozen=True, slots=True)
class Layer:
    """A constructed layer, or the arguments of a functional call.

    `kind` is the name a reader sees (`Conv2d`, `ConvBNReLU` for a subclass, `conv2d` for the function), `base` the
    library layer that it is (`Conv2d`).  `args` are torch's own argument names; arguments with one value per spatial
    axis are tuples of that length; an argument that is not known is missing.  `defined` is the constructor call,
    `places` says where single arguments are written.
    """

    kind: str
    base: str
    args: Mapping[str, Any]
    defined: Place | None = None
    places: Mapping[str, Place] = field(default_factory=dict)
    literals: frozenset[str] = frozenset()
    """The arguments that the call itself gives as plain numbers: no name, no default, nothing computed."""


@dataclass(frozen=True, slots=True)
class Use:
    """One call of a layer on tensors: a row of the trace."""

    index: int
    path: str
    layer: Layer
    operands: tuple[Operand, ...]
    output: Shape | None
    place: Place
    conditional: str = ""
    """Why it is not certain that the call happens ("" if it is)."""
    inner: bool = False
    """A step inside a library layer whose `forward` a subclass overrides: counted, but not listed."""
    given: tuple[Shape | None, ...] | None = None
    """The shapes handed to such a layer, where they are not those of its operands."""
    refused: str = ""
    """Why torch surely raises here, where the operation itself says so."""
    regrouping: Regrouping | None = None
    """What becomes of axes that are read as "mixed", where a pattern says it."""

    @property
    def inputs(self) -> tuple[Shape | None, ...]:
        """The shapes of the tensors that the layer is called on."""
        return self.given if self.given is not None else tuple(o.shape for o in self.operands)

    @property
    def kind(self) -> str:
        return self.layer.kind

    @property
    def base(self) -> str:
        return self.layer.base


@dataclass(frozen=True, slots=True)
class Member:
    """A module below the root: where it is made and kept, and what becomes of it.

    `kept` is the assignment of the attribute that holds it, or the list that does; `together` the number of modules in
    that list, `alike` how many elements of its container are this one module.
    """

    path: str
    kind: str
    made: Place | None
    kept: Place | None = None
    registered: bool = True
    """Whether torch knows it: modules in a plain list, tuple or dict it does not."""
    together: int = 1
    alike: int = 1
    weights: bool = False
    """Whether it, or a module below it, has parameters."""
    called: bool = True
    """Whether it, or a module below it, has made a use."""
    mentioned: bool = False
    """Whether the source says its name somewhere else than where it is assigned; looked up for what is not called."""
    causal: str = ""
    """Where the source says that it is causal ("" if it does not)."""
    registering: str = ""
    """The container of torch that could keep what the plain collection does that keeps it ("" if none could)."""


class Note(NamedTuple):
    """Something that could not be followed, where, and why."""

    place: Place | None
    reason: str


class Parameters(NamedTuple):
    """How many numbers the parameters of a network hold: those that are known, and why there may be more."""

    known: Size
    notes: tuple[Note, ...] = ()


class Raising(NamedTuple):
    """An exception that certainly ends the building of a network, or its `forward`: where, which, and its text."""

    place: Place | None
    exception: str
    text: str
    refused: bool = False
    """Whether it is a layer of torch that raises it, when it is built."""


class Said(NamedTuple):
    """What is stated of tensors: at `place`, or of all that the network returns (then there is none)."""

    contract: Contract
    place: Place | None
    sources: tuple[int | str | None, ...]
    """What made the tensors, as in `Operand`."""
    conditional: str = ""
    """Why it is not certain that the place is reached ("" if it is)."""


class Sizes(NamedTuple):
    """A set of input sizes: in words (`n ≡ 0 (mod 16)`), and what can be asked of it."""

    text: str
    near: tuple[int, ...]
    """Its members next to the size that is declared, below and above; that size alone if it is one of them."""
    least: int | None
    period: int
    """The members repeat after so many sizes; 0 if they are finitely many."""


class Fit(NamedTuple):
    """What is known of some spatial axes of the inputs, all of one size: on which sizes the network runs."""

    axes: tuple[str, ...]
    declared: int
    runs: Sizes
    even: Sizes | None
    """The sizes on which each window ends with its padded input; None where that is not known."""
    whole: Sizes | None
    """The sizes on which no row is dropped."""


def no_fits(trace: Trace) -> Sequence[Fit]:
    """Nothing is known of other sizes."""
    return ()


@dataclass(slots=True)
class Trace:
    """The ordered uses of one root on one input.

    `inputs` and `output` mirror what is passed to and returned by `forward`: shapes, or lists, tuples and dicts of
    them; None for what is unknown.  `input_shapes` names each tensor among the inputs, in order.  `order` is
    "forward", or "constructor" where `forward` could not be followed at all: then `uses` are the layers in the order
    in which they were constructed and no shape is known.
    """

    target: str
    call: str
    file: str
    place: Place | None
    inputs: dict[str, Any]
    input_shapes: dict[str, Shape | None]
    uses: list[Use]
    output: Any
    output_sources: list[int | str | None]
    unknowns: list[Note]
    complete: bool
    order: str = "forward"
    task: str | None = None
    declared: bool = False
    """Whether the input size was declared (or seen in the code), and not only assumed."""
    training: bool = False
    """Whether the network runs in training mode."""
    raised: Raising | None = None
    """What ends it before it has returned anything, if something certainly does."""
    members: list[Member] = field(default_factory=list)
    """The modules below the root, and the root itself with the path ""."""
    parameters: Parameters | None = None
    """How many parameters it has; None if it could not be built."""
    late: list[Member] = field(default_factory=list)
    """The layers that `forward` builds and does not keep."""
    said: list[Said] = field(default_factory=list)
    """The contracts of the network and of the tensors in it, and other figures that the source or the config states."""
    images: frozenset[str] = frozenset()
    """The inputs that are single images in a list, without a batch axis."""
    fits: Callable[[Trace], Sequence[Fit]] = field(default=no_fits, repr=False)
    """For which input sizes the network of this trace runs, if its own are known.  Asking takes many further traces."""
    memo: dict[str, Any] = field(default_factory=dict, repr=False)
    """What folds over the finished trace have computed; see `receptive`."""

    def spatial(self, name: str, rank: int) -> range:
        """The spatial axes of an input with so many axes: from the third on, of a single image from the second on."""
        return range(1 if name in self.images else 2, rank)

    def spatial_sizes(self, name: str) -> Shape:
        """The spatial sizes of an input; () where they are not known."""
        shape = self.input_shapes.get(name) or ()
        return tuple(shape[axis] for axis in self.spatial(name, len(shape)))

    def states(self, subject: str) -> bool:
        """Whether anything is stated of a subject (`rf`, `rate`, …) anywhere in the network."""
        return any(one.contract.subject == subject for one in self.said)

    def consumers(self) -> dict[int | str, list[tuple[Use, int]]]:
        """For each use and network input: the uses that read it, with the operand's number."""
        found: dict[int | str, list[tuple[Use, int]]] | None = self.memo.get("consumers")
        if found is None:
            found = self.memo["consumers"] = {}
            for use in self.uses:
                for number, operand in enumerate(use.operands):
                    if operand.source is not None:
                        found.setdefault(operand.source, []).append((use, number))
        return found

    def standing_for(self, use: Use) -> Use:
        """The listed use that stands for a use: itself, or the layer of which it is an inner step."""
        if not use.inner:
            return use
        later = (other for other in self.uses[use.index :] if other.path == use.path and not other.inner)
        return next(later, use)

    def convolutions(self) -> Iterator[Use]:
        """The uses of (not transposed) convolutions."""
        return (use for use in self.uses if use.base in ("Conv1d", "Conv2d", "Conv3d"))


def show_shape(shape: Shape | None) -> str:
    """`N×64×H//2×W//2`, "?" for an unknown shape."""
    if shape is None:
        return "?"
    sizes = [str(size) for size in shape]
    return "×".join(f"({size})" if " " in size else size for size in sizes) or "scalar"
