"""What a fix changes, as data.  A check says it of layers and places; `fixes` finds the text, or that there is none.

Text that is to be written may hold fields in braces, which stand for what the source says there:

* `{}`: what is replaced;
* `{0}`, `{1}`: the operands of the call, the tensor first whose method it is: `x` and `-1` of `x.view(-1, 8)`;
* `{dilation}`: the argument of that name of the call, as it is written there;
* `{dividend}`, `{divisor}`: what is divided by what, where a division is replaced.

A fix whose fields the source does not fill does not apply.  A value that is not a name, a number, a call or the like is
put in parentheses where it needs them.  `torch.nn.ModuleList`, `torch.flatten` and all other full names are written as
the file calls them (`nn.ModuleList`); where it has no name for one, the fix does not apply.
"""

from __future__ import annotations

from dataclasses import dataclass

from rflint.trace import Layer, Place


@dataclass(frozen=True, slots=True)
class SetArgument:
    """The argument of a layer, or of a function call, gets a value.

    It is edited where it is written: in the constructor call, in the call that hands it on, at the default of a
    parameter, at the constant or in the list that it comes from.  An argument that is not written is added to the
    constructor call, by name.

    `value` is a number or another constant, right for this layer.  `symbolic` is what to write instead where the call
    itself says it with names: `{dilation}` for the padding of a kernel of 3 keeps its size whatever the dilation is.
    It is taken if the call writes the arguments in its braces, and not as plain numbers.  Without braces it is the
    value as it is reckoned, `32 * 8 * 8`, and taken where such a product is written.

    `like` is an argument of another layer that says the same number.  What is written for it is written here as well,
    if both layers are built in one function, and not by plain numbers.
    """

    layer: Layer
    argument: str
    value: str
    symbolic: str = ""
    like: tuple[Layer, str] | None = None


@dataclass(frozen=True, slots=True)
class RemoveArgument:
    """The argument of a layer, or of a function call, is taken away, so that its default holds."""

    layer: Layer
    argument: str


@dataclass(frozen=True, slots=True)
class Replace:
    """The expression at `place` becomes `text`, or `otherwise` where the file has no name for one in `text`.

    With `operand`, that operand of the call at `place` is what is replaced.
    `Replace(call, "torch.flatten({0}, 1)", otherwise="{0}.flatten(1)")`,
    `Replace(use.place, "torch.nn.functional.pad({}, (4, 0))", operand=0)`.
    """

    place: Place
    text: str
    operand: int | None = None
    layer: Layer | None = None
    """The layer that is called there, if it is one: then its operands are the arguments, and no object is one whose
    method it is."""
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Assign:
    """What the statement at `place` assigns, or hands to `setattr`, becomes `text`: `torch.nn.ModuleList({})`."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Mirror:
    """The slice at `place` leaves away at the end what it leaves away at the beginning: `[:, :n]` for `[:, -n:]`."""

    place: Place


@dataclass(frozen=True, slots=True)
class OpenEnd:
    """The slice at `place` that ends `n` before the end goes on to the end where n is 0: `[: -n or None]`."""

    place: Place


@dataclass(frozen=True, slots=True)
class Rename:
    """What is called at `place` under the name `old` is `new` instead, with the same arguments: both are full names."""

    place: Place
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Remove:
    """The statement or the assignment at `place`, or the element of a list, tuple or call there, is taken away."""

    place: Place


@dataclass(frozen=True, slots=True)
class InsertFirst:
    """`text` becomes the first statement, behind the docstring, of the function named `function` around `place`.

    If a statement of that function matches the regular expression `moved`, it is that statement that moves there.
    """

    place: Place
    function: str
    text: str
    moved: str = ""


Edit = SetArgument | RemoveArgument | Replace | Assign | Mirror | OpenEnd | Rename | Remove | InsertFirst


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that belong together: all of them are made, or none.

    `message` says in a few words what they do, as an order: `wrap the list in nn.ModuleList`.  Without one, the values
    that they set say it: `padding=2`.  A fix is safe if the network computes the same with the same weights, or surely
    raised before and can only be meant so.
    """

    edits: tuple[Edit, ...]
    safe: bool = False
    message: str = ""

    @property
    def words(self) -> str:
        """What the fix does: its message, or the arguments that it sets."""
        sets = [f"{one.argument}={one.value}" for one in self.edits if isinstance(one, SetArgument)]
        return self.message or ", ".join(dict.fromkeys(sets))
