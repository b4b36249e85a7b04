"""Recurrent layers and their cells: what they return reads all positions along time, and all features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rflint.dims import Size
from rflint.interp.budget import ITERATIONS
from rflint.interp.frames import Call
from rflint.interp.values import Instance, Tensor, Unknown, Value, is_size
from rflint.library.registry import LIBRARY, function, member, native_class
from rflint.library.torch.broadcasting import agreed
from rflint.library.torch.op import MODULE, Op, fresh, kept, layer, stop, tensor_of
from rflint.library.torch.products import GONE
from rflint.library.torch.refusal import Refusal
from rflint.library.torch.tensor import copied
from rflint.trace import Read, Shape, show_shape

TAIL = "bias=True, batch_first=False, dropout=0.0, bidirectional=False"
GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
BASE = native_class("torch.nn.RNNBase", MODULE)
CELL = native_class("torch.nn.RNNCellBase", MODULE)
MIXED = Read("mixed")


def recur(op: Op, input: Value, hx: Value) -> Value:
    """(L, N, features), or (N, L, features) with `batch_first`, or (L, features): the output, and the last states."""
    input = tensor_of(op.call, input)
    answer = stop(op, input)
    if answer is not None:
        return answer, _unknown_states(op, input)
    batch_first = op.arg("batch_first")
    problem = "" if isinstance(batch_first, bool) else "batch_first is not known"
    problem = problem or _misfit(op, input.shape, (2, 3))
    given = [one for one in (hx if isinstance(hx, (list, tuple)) else [hx]) if one is not None]
    states = _states(op, input.shape, bool(batch_first)) if not problem else []
    problem = problem or _wrong_states(op, given, states)
    if problem:
        tensors = [input, *(one for one in given if isinstance(one, Tensor))]
        return op.opaque(tensors, problem), _unknown_states(op, input, problem)
    rank = len(input.shape)
    time = 1 if rank == 3 and batch_first else 0
    reads = [kept(at) for at in range(rank - 1)]
    reads[time] = Read("whole", time)
    rows: list[tuple[Tensor, Sequence[Read]]] = [(input, [*reads, Read("whole", rank - 1)])]
    rows += [_state_row(one, 1 - time) for one in given]
    result = op.emit(rows, (*input.shape[:-1], _directions(op, states[0][-1])), _reason(op) or input.reason)
    made = tuple(_with_shape(result, shape) for shape in states)
    return result, made if op.layer.base == "LSTM" else made[0]


def _misfit(op: Op, shape: Shape, ranks: Sequence[int]) -> str:
    """Why torch certainly refuses this input."""
    wanted = op.arg("input_size")
    if len(shape) not in ranks:
        return Refusal(f"{op.layer.kind} on a tensor with {len(shape)} axes")
    if is_size(wanted) and agreed(shape[-1], wanted)[0] is None:
        return Refusal(f"{shape[-1]} features where {wanted} are expected")
    return ""


def _states(op: Op, shape: Shape, batch_first: bool) -> list[Shape]:
    """The shapes of the last states: (layers·directions[, N], features)."""
    count, hidden, projected = (op.arg(name) for name in ("num_layers", "hidden_size", "proj_size"))
    first = _directions(op, count if is_size(count) else fresh())
    batch = (shape[0 if batch_first else 1],) if len(shape) == 3 else ()
    cell = hidden if is_size(hidden) else fresh()
    output = cell if op.layer.base != "LSTM" or projected == 0 else projected if is_size(projected) else fresh()
    sizes = [output, cell] if op.layer.base == "LSTM" else [output]
    return [(first, *batch, size) for size in sizes]


def _directions(op: Op, size: Size) -> Size:
    both = op.arg("bidirectional")
    return fresh() if not isinstance(both, bool) else size * 2 if both else size


def _reason(op: Op) -> str:
    names = ("hidden_size", "num_layers", "bidirectional", *(["proj_size"] if op.layer.base == "LSTM" else []))
    missing = next((name for name in names if not op.has(name)), "")
    return f"{missing} is not known" if missing else ""


def _wrong_states(op: Op, given: Sequence[Value], states: Sequence[Shape]) -> str:
    """Why torch certainly refuses the states that are handed in."""
    for one, wanted in zip(given, states, strict=False):
        shape = one.shape if isinstance(one, Tensor) else None
        if shape is None:
            continue
        if len(shape) != len(wanted) or any(agreed(a, b)[0] is None for a, b in zip(shape, wanted, strict=True)):
            return Refusal(f"takes a state of {show_shape(wanted)}, and is given one of {show_shape(shape)}")
    return ""


def _state_row(state: Value, batch: int) -> tuple[Tensor, Sequence[Read]]:
    """How a state that is handed in is read."""
    if not isinstance(state, Tensor):
        return Tensor(None, reason=getattr(state, "reason", "")), ()
    rank = len(state.shape or ())
    return state, {2: (MIXED, GONE), 3: (MIXED, kept(batch), GONE)}.get(rank, ())


def _with_shape(result: Tensor, shape: Shape) -> Tensor:
    made = copied(result)
    made.shape = shape
    return made


def _unknown_states(op: Op, input: Value, reason: str = "") -> Value:
    doubt: Any = op.call.unknown(reason or getattr(input, "reason", "") or "the size of its input is not known")
    return (doubt, doubt) if op.layer.base == "LSTM" else doubt


def step(op: Op, input: Value, hx: Value) -> Value:
    """A cell: (N, features) or (features) to (…, hidden_size); `LSTMCell` returns two of them."""
    input = tensor_of(op.call, input)
    answer = stop(op, input)
    problem = "" if answer is not None else _misfit(op, input.shape, (1, 2))
    if answer is not None or problem:
        made = answer if answer is not None else op.opaque([input], problem)
        return (made, copied(made)) if op.layer.base == "LSTMCell" else made
    hidden = op.arg("hidden_size")
    wanted = (*input.shape[:-1], hidden if is_size(hidden) else fresh())
    given = [one for one in (hx if isinstance(hx, (list, tuple)) else [hx]) if one is not None]
    problem = _wrong_states(op, given, [wanted, wanted])
    if problem:
        made = op.opaque([input], problem)
        return (made, copied(made)) if op.layer.base == "LSTMCell" else made
    batch = [kept(at) for at in range(len(input.shape) - 1)]
    rows: list[tuple[Tensor, Sequence[Read]]] = [(input, [*batch, GONE])]
    for one in hx if isinstance(hx, (list, tuple)) else [hx]:
        if isinstance(one, Tensor) and one.shape is not None and len(one.shape) == len(input.shape):
            rows.append((one, [*batch, Read("whole", len(batch))]))
    reason = "" if op.has("hidden_size") else "hidden_size is not known"
    result = op.emit(rows, (*input.shape[:-1], hidden if is_size(hidden) else fresh()), reason or input.reason)
    return (result, copied(result)) if op.layer.base == "LSTMCell" else result


# -- definitions -----------------------------------------------------------------------------------------------


def _prepare(call: Call, self: Instance) -> None:
    """The parameters: `weight_ih_l0`, `weight_hh_l0_reverse`, …"""
    attrs, kind = self.attrs, next(one.name for one in self.cls.mro if getattr(one, "name", "") in GATES)
    count, both = attrs["num_layers"], attrs["bidirectional"]
    attrs.setdefault("proj_size", 0)
    if isinstance(count, int) and count <= ITERATIONS and not isinstance(both, Unknown):
        for number in range(count):
            for suffix in ("", "_reverse") if both else ("",):
                _give_weights(attrs, GATES[kind], number, suffix)


def _give_weights(attrs: dict[str, Value], gates: int, number: int, suffix: str) -> None:
    hidden, projected = attrs["hidden_size"], attrs["proj_size"]
    known = is_size(hidden) and is_size(projected)
    rows = gates * hidden if known else None
    output = None if not known else projected if projected != 0 else hidden
    below = attrs["input_size"] if number == 0 else output and output * (2 if attrs["bidirectional"] else 1)
    shapes: dict[str, tuple[Value, ...]] = {"weight_ih": (rows, below), "weight_hh": (rows, output)}
    if attrs["bias"] is True:
        shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
    if projected != 0:
        shapes["weight_hr"] = (projected, hidden)
    for name, shape in shapes.items():
        attrs[f"{name}_l{number}{suffix}"] = _parameter(shape)


def _parameter(shape: tuple[Value, ...]) -> Tensor:
    return Tensor(shape if all(map(is_size, shape)) else None, parameter=True)


def _prepare_cell(call: Call, self: Instance) -> None:
    kind = next(name for name in GATES if any(getattr(one, "name", "") == f"{name}Cell" for one in self.cls.mro))
    attrs = self.attrs
    rows = GATES[kind] * attrs["hidden_size"] if is_size(attrs["hidden_size"]) else None
    attrs["weight_ih"] = _parameter((rows, attrs["input_size"]))
    attrs["weight_hh"] = _parameter((rows, attrs["hidden_size"]))
    for name in ("bias_ih", "bias_hh"):
        attrs[name] = _parameter((rows,)) if attrs["bias"] is True else None


for _name, _middle, _end in (
    ("RNN", "num_layers=1, nonlinearity='tanh'", ""),
    ("GRU", "num_layers=1", ""),
    ("LSTM", "num_layers=1", ", proj_size=0"),
):
    layer(
        _name,
        f"input_size, hidden_size, {_middle}, {TAIL}{_end}, device=None, dtype=None",
        recur,
        inputs="input, hx=None",
        prepare=_prepare,
        parent=BASE,
    )
    _nonlinearity = ", nonlinearity='tanh'" if _name == "RNN" else ""
    layer(
        f"{_name}Cell",
        f"input_size, hidden_size, bias=True{_nonlinearity}, device=None, dtype=None",
        step,
        inputs="input, hx=None",
        prepare=_prepare_cell,
        parent=CELL,
    )
    for _cls in (_name, f"{_name}Cell"):
        LIBRARY.define(f"torch.nn.modules.rnn.{_cls}", LIBRARY.find(f"torch.nn.{_cls}"))


@member(BASE, "flatten_parameters", "reset_parameters")
@member(CELL, "reset_parameters")
def nothing(call: Call) -> Value:
    """Methods without effect on shapes."""
    return None


# -- sequences of unequal lengths ------------------------------------------------------------------------------

PACKED = "sequences of unequal lengths are not followed"
UTILITIES = "pack_padded_sequence pack_sequence pad_sequence unpad_sequence unpack_sequence invert_permutation"


native_class("torch.nn.utils.rnn.PackedSequence", new=lambda call, cls: call.unknown(PACKED))


@function(*(f"torch.nn.utils.rnn.{name}" for name in UTILITIES.split()))
def packed(call: Call) -> Value:
    """What joins and takes apart sequences of unequal lengths."""
    return call.unknown(PACKED)


@function("torch.nn.utils.rnn.pad_packed_sequence")
def padded(call: Call) -> Value:
    """The sequences, and their lengths."""
    return call.unknown(PACKED), call.unknown(PACKED)
