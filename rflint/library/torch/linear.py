"""Layers on the last axis: `Linear`, `Bilinear`, `Embedding`, and their functional forms."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from rflint.dims import Size, equal, symbol
from rflint.field import IDENTITY
from rflint.interp.frames import Call
from rflint.interp.values import Instance, NativeFunction, Tensor, Unknown, Value, is_size
from rflint.library.registry import alias, parse_signature
from rflint.library.torch.axes import FUNCTIONAL
from rflint.library.torch.broadcasting import agreed, pointwise
from rflint.library.torch.op import InputShape, Op, fresh, functional, layer, stop, tensor_of
from rflint.library.torch.refusal import Refusal
from rflint.trace import Read, Shape

DEVICE = "device=None, dtype=None"


def linear(op: Op, input: Value) -> Value:
    """(…, in_features) to (…, out_features); every output reads all of the last axis."""
    input = tensor_of(op.call, input)
    _tell_shape(op, input)
    answer = stop(op, input)
    if answer is not None:
        return answer
    if not input.shape:
        return op.opaque([input], Refusal(f"{op.layer.kind} of a scalar"))
    if op.arg("misfit"):
        return op.refuse([input], op.arg("misfit"))
    weight = op.arg("weight")
    if weight is not None and (len(weight) > 2 or (len(weight) == 1 and op.arg("bias"))):
        return op.refuse([input], f"weights with {len(weight)} axes, where a matrix belongs")
    if weight is not None and len(weight) == 1 and equal(weight[0], input.shape[-1]) is False:
        return op.refuse([input], f"{input.shape[-1]} features where {weight[0]} are expected")
    if _lacks_flatten(op, input.shape):
        rows = [Read("kept", 0, IDENTITY), *(Read("mixed") for _ in input.shape[1:])]
        return op.emit([(input, rows)], (input.shape[0], _made(op)), input.reason)
    last = len(input.shape) - 1
    reads = (*pointwise(last), Read("whole", last))
    return op.emit([(input, reads)], (*input.shape[:-1], _made(op)), input.reason)


def _lacks_flatten(op: Op, shape: Shape) -> bool:
    """Whether it is made for all features of a sample, and is given them unflattened: torch raises, and what comes
    after it is judged as if they were flattened."""
    wanted = op.arg("in_features")
    if len(shape) < 3 or not is_size(wanted) or equal(shape[-1], wanted) is not False:
        return False
    return equal(prod(shape[1:]), wanted) is True


def _tell_shape(op: Op, input: Value) -> None:
    """Raise `InputShape` for an input whose shape is not declared: batch `N`, and the features."""
    features = op.arg("in_features")
    undeclared = isinstance(input, Tensor) and input.shape is None and bool(input.open)
    if op.call.interp.recorder.sure:
        return
    if undeclared and is_size(features) and not _is_resized(op, input.source):
        raise InputShape(input.open, (symbol("N"), features), guess=True)


def _is_resized(op: Op, source: int | str | None) -> bool:
    """Whether a pool, a pad or a resampling on the way may have changed the size of the last axis."""
    waiting, seen = [source], {source}
    while waiting:
        at = waiting.pop()
        use = op.call.interp.recorder.uses[at] if isinstance(at, int) else None
        if use is not None and (use.base in ("pad", "Upsample") or "Pool" in use.base):
            return True
        new = {operand.source for operand in use.operands} - seen if use is not None else set()
        seen |= new
        waiting.extend(new)
    return False


def _made(op: Op) -> Size:
    made = op.arg("out_features")
    return made if is_size(made) else fresh()


def bilinear(op: Op, input1: Value, input2: Value) -> Value:
    """(…, in1_features) and (…, in2_features) to (…, out_features)."""
    first: Value = tensor_of(op.call, input1)
    second: Value = tensor_of(op.call, input2)
    for tensor in (first, second):
        answer = stop(op, tensor)
        if answer is not None:
            return answer
    if not first.shape or len(first.shape) != len(second.shape):
        return op.opaque([first, second], Refusal("the two inputs of Bilinear have different numbers of axes"))
    last = len(first.shape) - 1
    problem = _unpaired(op, first.shape, second.shape)
    if problem:
        return op.opaque([first, second], problem)
    reads = (*pointwise(last), Read("whole", last))
    return op.emit([(first, reads), (second, reads)], (*first.shape[:-1], _made(op)), first.reason)


def _unpaired(op: Op, first: Shape, second: Shape) -> str:
    """Why two inputs do not go together, or are none that the weights are made for; "" if they may be."""
    made = [(shape[-1], op.arg(f"in{at}_features")) for at, shape in ((1, first), (2, second))]
    pairs = [*zip(first[:-1], second[:-1], strict=True), *((size, wanted) for size, wanted in made if is_size(wanted))]
    return next((reason for a, b in pairs for met, reason in [agreed(a, b)] if met is None), "")


def embed(op: Op, input: Value) -> Value:
    """Indices (…) to vectors (…, embedding_dim)."""
    input = tensor_of(op.call, input)
    answer = stop(op, input)
    if answer is not None:
        return answer
    size, rows = op.arg("embedding_dim"), op.arg("num_embeddings")
    if rows == 0 and not any(equal(one, 0) is not False for one in input.shape):
        return op.refuse([input], "there are no rows to choose from")
    shape = (*input.shape, size if is_size(size) else fresh())
    return op.emit([(input, pointwise(len(input.shape)))], shape, input.reason)


# -- definitions -----------------------------------------------------------------------------------------------


def _parameter(*sizes: Value) -> Tensor:
    return Tensor(tuple(sizes) if all(map(is_size, sizes)) else None, parameter=True)


def _give_weights(*features: str) -> Callable[[Call, Instance], None]:
    def prepare(call: Call, self: Instance) -> None:
        bias, out = self.attrs["bias"], self.attrs["out_features"]
        self.attrs["weight"] = _parameter(out, *(self.attrs[name] for name in features))
        self.attrs["bias"] = bias if isinstance(bias, Unknown) else _parameter(out) if bias else None

    return prepare


def _give_table(call: Call, self: Instance) -> None:
    given = self.attrs.pop("_weight")
    table = _parameter(self.attrs["num_embeddings"], self.attrs["embedding_dim"])
    self.attrs["weight"] = given if isinstance(given, Tensor) else table


def _from_weight(*names: str) -> Callable[[dict[str, Value]], dict[str, Value]]:
    """The sizes of the weight under these names, first axis first."""

    def derive(args: dict[str, Value]) -> dict[str, Value]:
        weight = args.pop("weight")
        bias = args.pop("bias", None)
        shape = weight.shape if isinstance(weight, Tensor) else None
        if shape is None or len(shape) != len(names):
            return {**args, "weight": shape, "bias": bias is not None}
        length = bias.shape[-1] if isinstance(bias, Tensor) and bias.shape else shape[0]
        if equal(length, shape[0]) is False and equal(length, 1) is False:
            args["misfit"] = f"a bias of {length} for {shape[0]} features"
        return {**args, **dict(zip(names, shape, strict=True))}

    return derive


def _from_pretrained(call: Call, embeddings: Value, freeze: Value, **settings: Value) -> Value:
    """`Embedding.from_pretrained(embeddings)`."""
    shape = embeddings.shape if isinstance(embeddings, Tensor) else None
    sizes = list(shape) if shape is not None and len(shape) == 2 else [call.unknown("the size of the embeddings")] * 2
    return call.interp.call(EMBEDDING, sizes, call.frame, call.node, _weight=embeddings, **settings)


layer("Linear", f"in_features, out_features, bias=True, {DEVICE}", linear, prepare=_give_weights("in_features"))
layer(
    "Bilinear",
    f"in1_features, in2_features, out_features, bias=True, {DEVICE}",
    bilinear,
    inputs="input1, input2",
    prepare=_give_weights("in1_features", "in2_features"),
)
_TABLE = "padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False"
EMBEDDING = layer(
    "Embedding",
    f"num_embeddings, embedding_dim, {_TABLE}, _weight=None, _freeze=False, {DEVICE}",
    embed,
    prepare=_give_table,
)
EMBEDDING.members["from_pretrained"] = NativeFunction(
    "Embedding.from_pretrained", _from_pretrained, parse_signature(f"embeddings, freeze=True, {_TABLE}")
)
functional(
    [f"{FUNCTIONAL}.linear"],
    "Linear",
    "input, weight, bias=None",
    linear,
    derive=_from_weight("out_features", "in_features"),
)
functional(
    [f"{FUNCTIONAL}.bilinear", "torch.bilinear"],
    "Bilinear",
    "input1, input2, weight, bias=None",
    bilinear,
    inputs=("input1", "input2"),
    derive=_from_weight("out_features", "in1_features", "in2_features"),
)
functional(
    [f"{FUNCTIONAL}.embedding"],
    "Embedding",
    f"input, weight, {_TABLE}",
    embed,
    derive=_from_weight("num_embeddings", "embedding_dim"),
)
for _folder in ("linear", "sparse"):
    alias(f"torch.nn.modules.{_folder}", "torch.nn")
