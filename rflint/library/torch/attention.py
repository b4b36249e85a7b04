"""Attention: every query position reads all key and value positions."""

from __future__ import annotations

from rflint.interp.frames import Call
from rflint.interp.values import Instance, Tensor, Unknown, Value, is_size
from rflint.library.registry import LIBRARY
from rflint.library.torch.broadcasting import agreed, broadcast, broadcast_reads
from rflint.library.torch.op import Op, fresh, functional, kept, layer
from rflint.library.torch.products import GONE, factors
from rflint.library.torch.refusal import Refusal
from rflint.library.torch.tensor import copied
from rflint.trace import Read, Shape


def dot_product(op: Op, query: Value, key: Value, value: Value) -> Value:
    """`scaled_dot_product_attention`: (…, L, E), (…, S, E), (…, S, V) to (…, L, V)."""
    found = factors(op, [query, key, value])
    if isinstance(found, Tensor):
        return found
    shapes = [one.shape or () for one in found]
    if any(len(shape) < 2 for shape in shapes):
        return op.opaque(found, Refusal("attention on tensors with fewer than two axes"))
    q, k, v = shapes
    batch, reason = broadcast([q[:-2], k[:-2], v[:-2]])
    if op.arg("enable_gqa") is not False:
        batch, reason = (q[:-2], "") if len(q) == len(k) else (None, Refusal("heads that do not match"))
    for a, b in ((q[-1], k[-1]), (k[-2], v[-2])):
        met, why = agreed(a, b)
        batch, reason = (batch, reason) if met is not None else (None, why)
    if batch is None:
        return op.opaque(found, reason)
    last = len(batch) + 1
    rows = [
        (found[0], [*broadcast_reads(q[:-2], batch), kept(last - 1), GONE]),
        (found[1], [*broadcast_reads(k[:-2], batch), GONE, GONE]),
        (found[2], [*broadcast_reads(v[:-2], batch), GONE, kept(last)]),
    ]
    return op.emit(rows, (*batch, q[-2], v[-1]), reason or found[0].reason)


functional(
    ["torch.nn.functional.scaled_dot_product_attention"],
    "attention",
    "query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, enable_gqa=False",
    dot_product,
    inputs=("query", "key", "value"),
)


# -- the layer -----------------------------------------------------------------------------------------------------


def attend(
    op: Op,
    query: Value,
    key: Value,
    value: Value,
    need_weights: Value = True,
    average_attn_weights: Value = True,
    **masks: Value,
) -> Value:
    """`MultiheadAttention`: the query's shape, and weights unless they are not asked for."""
    found = factors(op, [query, key, value])
    if isinstance(found, Tensor):
        return found, op.call.unknown(found.reason)
    q, k, v = (one.shape or () for one in found)
    problem = _misfit(op, [q, k, v])
    if problem or not isinstance(op.arg("batch_first"), bool):
        return op.opaque(found, problem or "batch_first is not known"), op.call.unknown(problem or "batch_first")
    places = _places(op, len(q))
    rows = [(one, _reads(len(q), places, number == 0)) for number, one in enumerate(found)]
    features = op.arg("out_features")
    result = op.emit(rows, (*q[:-1], q[-1] if features is None else features), found[0].reason)
    return result, _weights(op, result, q, k, places, need_weights, average_attn_weights)


def _places(op: Op, rank: int) -> int:
    """The axis of positions: the first of (L, E) and (L, N, E), the second of (N, L, E)."""
    return 1 if rank == 3 and op.arg("batch_first") else 0


def _misfit(op: Op, shapes: list[Shape]) -> str:
    """Why torch certainly raises."""
    rank = len(shapes[0])
    if rank not in (2, 3) or any(len(shape) != rank for shape in shapes):
        return Refusal(f"{op.layer.kind} on tensors with {', '.join(str(len(shape)) for shape in shapes)} axes")
    wanted = [op.arg("embed_dim"), op.arg("kdim"), op.arg("vdim")]
    for shape, size in zip(
        shapes, [wanted[0], *(wanted[0] if one is None else one for one in wanted[1:])], strict=True
    ):
        if is_size(size) and agreed(shape[-1], size)[0] is None:
            return Refusal(f"{shape[-1]} features where {size} are expected")
    return _unlike(shapes, 0 if op.arg("batch_first") else 1)


def _unlike(shapes: list[Shape], batch: int) -> str:
    """Where keys and values are not as many, or the batches are of different sizes; "" if all may agree."""
    query, key, value = shapes
    pairs = [*zip(key[:-1], value[:-1], strict=True), *([(query[batch], key[batch])] if len(query) == 3 else [])]
    for a, b in pairs:
        met, reason = agreed(a, b)
        if met is None:
            return reason
    return ""


def _reads(rank: int, places: int, queries: bool) -> list[Read]:
    """How the query is read (its own position, all features), or else key and value (all positions)."""
    reads = [kept(at) for at in range(rank - 1)]
    reads[places] = kept(places) if queries else GONE
    return [*reads, Read("whole", rank - 1)]


def _weights(op: Op, result: Tensor, q: Shape, k: Shape, places: int, need: Value, average: Value) -> Value:
    """The attention weights: (N, L, S), or (N, heads, L, S) one by one."""
    if need is False:
        return None
    if isinstance(need, Unknown) or isinstance(average, Unknown):
        return op.call.unknown("whether attention weights are returned is not known")
    heads = op.arg("num_heads")
    made = copied(result)
    batch = tuple(size for at, size in enumerate(q[:-1]) if at != places)
    one_by_one = () if average else (heads if is_size(heads) else fresh(),)
    made.shape = (*batch, *one_by_one, q[places], k[places])
    return made


def _prepare(call: Call, self: Instance) -> None:
    """The parameters, as torch names them, and the output projection, which is a layer of its own."""
    attrs = self.attrs
    size, bias = attrs["embed_dim"], attrs["bias"]
    separate = [attrs[name] for name in ("kdim", "vdim") if attrs[name] is not None and attrs[name] != size]
    attrs["kdim"] = size if attrs["kdim"] is None else attrs["kdim"]
    attrs["vdim"] = size if attrs["vdim"] is None else attrs["vdim"]
    joint = {"in_proj_weight": _parameter(3, size, size)}
    apart = {f"{one}_proj_weight": _parameter(1, size, attrs.get(f"{one}dim", size)) for one in "qkv"}
    attrs.update({**joint, **dict.fromkeys(apart)} if not separate else {**dict.fromkeys(joint), **apart})
    attrs["in_proj_bias"] = bias if isinstance(bias, Unknown) else _parameter(3, size) if bias else None
    extra = attrs["add_bias_kv"]
    for name in ("bias_k", "bias_v"):
        attrs[name] = extra if isinstance(extra, Unknown) else _parameter(1, size, rank=3) if extra else None
    linear = LIBRARY.find("torch.nn.Linear")
    if linear is not None:
        attrs["out_proj"] = call.interp.call(linear, [size, size, bias], call.frame, call.node)


def _parameter(times: int, *sizes: Value, rank: int = 0) -> Tensor:
    """A parameter of these sizes, the first so many times as large, behind axes of size 1 up to a rank."""
    if not all(map(is_size, sizes)):
        return Tensor(None, parameter=True)
    return Tensor((*[1] * (rank - len(sizes)), times * sizes[0], *sizes[1:]), parameter=True)


MASKS = "key_padding_mask=None, need_weights=True, attn_mask=None, average_attn_weights=True, is_causal=False"
layer(
    "MultiheadAttention",
    "embed_dim, num_heads, dropout=0.0, bias=True, add_bias_kv=False, add_zero_attn=False, kdim=None, vdim=None, "
    "batch_first=False, device=None, dtype=None",
    attend,
    inputs=f"query, key, value, {MASKS}",
    prepare=_prepare,
)


def _derive(args: dict[str, Value]) -> dict[str, Value]:
    """The layer that a call of `multi_head_attention_forward` stands for."""
    named = {"embed_dim": args["embed_dim_to_check"], "num_heads": args["num_heads"], "batch_first": False}
    weight = args["out_proj_weight"]
    features = weight.shape[0] if isinstance(weight, Tensor) and weight.shape else None
    return {**named, "out_features": features}


functional(
    ["torch.nn.functional.multi_head_attention_forward"],
    "MultiheadAttention",
    "query, key, value, embed_dim_to_check, num_heads, in_proj_weight, in_proj_bias, bias_k, bias_v, add_zero_attn, "
    "dropout_p, out_proj_weight, out_proj_bias, training=True, key_padding_mask=None, need_weights=True, "
    "attn_mask=None, use_separate_proj_weight=False, q_proj_weight=None, k_proj_weight=None, v_proj_weight=None, "
    "static_k=None, static_v=None, average_attn_weights=True, is_causal=False",
    attend,
    inputs=("query", "key", "value", "need_weights", "average_attn_weights"),
    derive=_derive,
)
