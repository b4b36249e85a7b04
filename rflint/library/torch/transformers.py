"""`nn.Transformer` and its parts: each keeps the shape of what it transforms, and reads all tokens and features.

One use stands for all that happens inside; the layers inside have no uses of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rflint.interp.frames import Call
from rflint.interp.values import Instance, NativeClass, NativeFunction, StaticMethod, Tensor, Unknown, Value, is_size
from rflint.library.registry import LIBRARY, parse_signature
from rflint.library.torch.broadcasting import agreed
from rflint.library.torch.op import Op, kept, layer
from rflint.library.torch.products import GONE, factors
from rflint.library.torch.refusal import Refusal
from rflint.trace import Read, Shape

SIZES = "dim_feedforward=2048, dropout=0.1, activation='relu'"
TAIL = "layer_norm_eps=1e-05, batch_first=False, norm_first=False, bias=True, device=None, dtype=None"
DIMENSIONS = ("d_model", "nhead")
PARTS = "self_attn multihead_attn linear1 linear2 dropout dropout1 dropout2 dropout3 norm1 norm2 norm3 activation"


def transform(op: Op, *sequences: Value) -> Value:
    """The first sequence, (S, N, E), (N, S, E) with `batch_first`, or (S, E), after all of them have been read."""
    op = _with_dimensions(op)
    found = factors(op, sequences)
    if isinstance(found, Tensor):
        return found
    problem = _misfit(op, [one.shape or () for one in found])
    if problem:
        return op.opaque(found, problem)
    first = found[0]
    rank = len(first.shape or ())
    tokens = 1 if rank == 3 and _setting(op, "batch_first") else 0
    rows = [(one, _reads(rank, tokens, number == 0)) for number, one in enumerate(found)]
    return op.emit(rows, first.shape, first.reason)


def _with_dimensions(op: Op) -> Op:
    """The same call, of a layer that says its features and heads, a stack those of the layer that it is made of."""
    known = {name: value for name in DIMENSIONS if is_size(value := _setting(op, name))}
    return replace(op, layer=replace(op.layer, args={**op.layer.args, **known}))


def _setting(op: Op, name: str) -> Value:
    """An argument of the layer, or of the one that a stack is made of."""
    return op.owner.attrs.get(name) if op.owner is not None else None


def _reads(rank: int, tokens: int, stays: bool) -> list[Read]:
    """All tokens and all features; they are axes of the output for the sequence that is transformed."""
    reads = [kept(at) for at in range(rank)]
    for at in (tokens, rank - 1):
        reads[at] = Read("whole", at) if stays else GONE
    return reads


def _misfit(op: Op, shapes: Sequence[Shape]) -> str:
    """Why torch certainly raises, or what is not known."""
    first, size = _setting(op, "batch_first"), _setting(op, "d_model")
    if not isinstance(first, bool):
        return getattr(first, "reason", "") or "which axis holds the tokens is not known"
    heads = _setting(op, "nhead")
    if isinstance(heads, int) and isinstance(size, int) and (heads < 1 or size % heads):
        return Refusal(f"{heads} heads do not share {size} features")
    rank = len(shapes[0])
    if rank not in (2, 3) or any(len(shape) != rank for shape in shapes):
        return Refusal(f"{op.layer.kind} on tensors with {', '.join(str(len(shape)) for shape in shapes)} axes")
    for shape in shapes:
        if is_size(size) and agreed(shape[-1], size)[0] is None:
            return Refusal(f"{shape[-1]} features where {size} are expected")
    batch = 0 if first else 1
    if rank == 3 and any(agreed(shape[batch], shapes[0][batch])[0] is None for shape in shapes):
        return Refusal("batches of different sizes")
    return ""


def encode(op: Op, src: Value, **masks: Value) -> Value:
    """`TransformerEncoder`, `TransformerEncoderLayer`."""
    return transform(op, src)


def decode(op: Op, tgt: Value, memory: Value, **masks: Value) -> Value:
    """`TransformerDecoder`, `TransformerDecoderLayer`."""
    return transform(op, tgt, memory)


def both(op: Op, src: Value, tgt: Value, **masks: Value) -> Value:
    """`Transformer`: the target, after source and target have been read."""
    if any(op.owner is not None and op.owner.attrs[name] is not None for name in ("custom_encoder", "custom_decoder")):
        tensors = [one for one in (src, tgt) if isinstance(one, Tensor)]
        return op.opaque(tensors, "its encoder or decoder is the source's own")
    return transform(op, tgt, src)


def _hide_parts(call: Call, self: Instance) -> None:
    """The layers inside exist, but are not followed."""
    for name in PARTS.split():
        self.attrs[name] = call.unknown(f"the parts of {self.kind} are not followed")


def _take_settings(call: Call, self: Instance) -> None:
    """What a stack needs of the layer that it is made of; its copies are not followed."""
    attrs = self.attrs
    name = "encoder_layer" if "encoder_layer" in attrs else "decoder_layer"
    made = attrs.pop(name)
    known = isinstance(made, Instance) and isinstance(made.cls, NativeClass)
    doubt: Any = made if isinstance(made, Unknown) else call.unknown("its layers are of a class of the source")
    for setting in ("batch_first", *DIMENSIONS, "dim_feedforward"):
        attrs[setting] = made.attrs.get(setting, doubt) if known else doubt
        if known and setting in made.arg_places:
            self.arg_places[setting] = made.arg_places[setting]
    attrs["layers"] = call.unknown(f"the parts of {self.kind} are not followed")


def _hide_stacks(call: Call, self: Instance) -> None:
    for name in ("encoder", "decoder"):
        self.attrs[name] = call.unknown(f"the parts of {self.kind} are not followed")


ENCODER_MASKS = "src_key_padding_mask=None, is_causal=None"
DECODER_MASKS = (
    "tgt_mask=None, memory_mask=None, tgt_key_padding_mask=None, memory_key_padding_mask=None, tgt_is_causal=None, "
    "memory_is_causal=False"
)
layer(
    "TransformerEncoderLayer",
    f"d_model, nhead, {SIZES}, {TAIL}",
    encode,
    inputs=f"src, src_mask=None, {ENCODER_MASKS}",
    prepare=_hide_parts,
)
layer(
    "TransformerDecoderLayer",
    f"d_model, nhead, {SIZES}, {TAIL}",
    decode,
    inputs=f"tgt, memory, {DECODER_MASKS}",
    prepare=_hide_parts,
)
layer(
    "TransformerEncoder",
    "encoder_layer, num_layers, norm=None, enable_nested_tensor=True, mask_check=True",
    encode,
    inputs=f"src, mask=None, {ENCODER_MASKS}",
    prepare=_take_settings,
)
layer(
    "TransformerDecoder",
    "decoder_layer, num_layers, norm=None",
    decode,
    inputs=f"tgt, memory, {DECODER_MASKS}",
    prepare=_take_settings,
)
TRANSFORMER = layer(
    "Transformer",
    f"d_model=512, nhead=8, num_encoder_layers=6, num_decoder_layers=6, {SIZES}, custom_encoder=None, "
    f"custom_decoder=None, {TAIL}",
    both,
    inputs="src, tgt, src_mask=None, tgt_mask=None, memory_mask=None, src_key_padding_mask=None, "
    "tgt_key_padding_mask=None, memory_key_padding_mask=None, src_is_causal=None, tgt_is_causal=None, "
    "memory_is_causal=False",
    prepare=_hide_stacks,
)
for _name in ("Encoder", "EncoderLayer", "Decoder", "DecoderLayer", ""):
    _qualname = f"torch.nn.modules.transformer.Transformer{_name}"
    LIBRARY.define(_qualname, LIBRARY.find(f"torch.nn.Transformer{_name}"))


def _square_mask(call: Call, sz: Value, **options: Value) -> Value:
    """`generate_square_subsequent_mask(n)`: (n, n)."""
    if not is_size(sz):
        return sz if isinstance(sz, Unknown) else call.unknown("the size of a mask")
    return Tensor((sz, sz))


TRANSFORMER.members["generate_square_subsequent_mask"] = StaticMethod(
    NativeFunction("generate_square_subsequent_mask", _square_mask, parse_signature("sz, device=None, dtype=None"))
)
