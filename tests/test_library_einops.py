"""einops: shapes, and which positions of each axis are read."""

from __future__ import annotations

from typing import Any

import pytest
from calls import SOURCE, shape

from rflint.dims import Size
from rflint.field import blocks, repeated
from rflint.trace import Trace
from rflint.tracing.running import trace
from rflint.tracing.session import Root, Session

IMPORTS = """
from einops import einsum, pack, parse_shape, rearrange, reduce, repeat, unpack
from einops.layers.torch import EinMix, Rearrange, Reduce
"""
IMAGE = ("N", 3, 32, 48)
SYMBOLIC = ("N", 3, "16*H", "16*W")


def traced(expression: str, *sizes: int | str) -> Trace:
    """The trace of an expression of x; of an input whose shape is not declared without sizes."""
    text = IMPORTS + SOURCE.format(names="x", expression=expression)
    declared: tuple[tuple[str, tuple[Size, ...]], ...] = (("x", shape(*sizes)),) if sizes else ()
    return trace(Session({"net.py": text}.get), Root("net.py", "Net()", declared))


@pytest.mark.parametrize(
    ("expression", "sizes", "made"),
    [
        ("rearrange(x, 'b c h w -> b h w c')", IMAGE, ("N", 32, 48, 3)),
        ("rearrange(x, 'b c h w -> b (h w) c')", ("N", 3, "H", "W"), ("N", "H*W", 3)),
        ("rearrange(x, 'b c (h p) (w q) -> b (h w) (p q c)', p=16, q=16)", SYMBOLIC, ("N", "H*W", 768)),
        ("rearrange(x, 'b c (h p) w -> b (c p) h w', p=2)", ("N", 3, "H", "W"), ("N", 6, "H//2", "W")),
        ("rearrange(x, 'b n (three h d) -> three b h n d', three=3, h=8)", ("N", "L", 192), (3, "N", 8, "L", 8)),
        ("rearrange(x, 'b (h w) c -> b c h w', h=14)", ("N", 196, 8), ("N", 8, 14, 14)),
        ("rearrange(x, '... h w -> ... (h w)')", IMAGE, ("N", 3, 1536)),
        ("rearrange(x, 'b ... -> b (...)')", IMAGE, ("N", 4608)),
        ("rearrange(x, 'b ... -> (...) b')", ("N",), (1, "N")),
        ("rearrange(x, 'b 1 d -> b d')", ("N", 1, 8), ("N", 8)),
        ("rearrange(x, 'b d -> b () d')", ("N", 8), ("N", 1, 8)),
        ("rearrange([x, x], 'two b c -> b two c')", ("N", 8), ("N", 2, 8)),
        ("pack([x], 'b * c')[0]", ("N", "H", "W", 8), ("N", "H*W", 8)),
        ("pack([x, x[:, 0]], 'b * c')[0]", (2, 5, 7, 8), (2, 42, 8)),
        ("unpack(*pack([x, x[:, 0]], 'b * c'), 'b * c')[0]", (2, 5, 7, 8), (2, 5, 7, 8)),
        ("unpack(*pack([x[0, 0]], '* c'), '* c')[0]", (2, 5, 7, 8), (7, 8)),
        ("unpack(x, [(2,), (-1, 2)], 'b *')[1]", (3, 8), (3, 3, 2)),
        ("reduce(x, 'b c h w -> b c', 'mean')", IMAGE, ("N", 3)),
        ("reduce(x, 'b c h w -> b c 1 1', 'mean')", IMAGE, ("N", 3, 1, 1)),
        ("reduce(x, 'b c (h 2) (w 2) -> b c h w', 'max')", IMAGE, ("N", 3, 16, 24)),
        ("repeat(x, 'b c h w -> b c (h 2) (w k)', k=3)", IMAGE, ("N", 3, 64, 144)),
        ("repeat(x, '1 n d -> b n d', b=4)", (1, "L", 8), (4, "L", 8)),
        ("Rearrange('b c h w -> b (h w) c')(x)", IMAGE, ("N", 1536, 3)),
        ("Reduce('b c h w -> b c', 'mean')(x)", IMAGE, ("N", 3)),
        ("einsum(x, x, 'b i d, b j d -> b i j')", ("N", "L", 8), ("N", "L", "L")),
        ("x.view(parse_shape(x, 'b _ h _')['b'], -1)", ("N", 3, 4, 5), ("N", 60)),
    ],
)
def test_output_shape(expression: str, sizes: tuple[Any, ...], made: tuple[Any, ...]) -> None:
    seen = traced(expression, *sizes)
    assert seen.output == shape(*made)
    assert not seen.unknowns


@pytest.mark.parametrize(
    ("expression", "sizes", "why"),
    [
        ("rearrange(x, 'b c -> c b')", (2, 3, 4), "a pattern of 2 axes for 3"),
        ("rearrange(x, 'b c (h p) -> b c h p', p=2)", (2, 3, 5), "5 is not divisible by 2"),
        ("rearrange(x, 'b c -> b')", (2, 3), "a pattern with c on one side only"),
        ("rearrange(x, 'b 1 -> b')", (2, 3), "1 positions in the pattern for 3"),
        ("rearrange(x, 'b (c d) -> b c d')", (2, 4), "the sizes of c, d do not follow from the shape"),
        ("rearrange(x, 'b b -> b')", (2, 2), "a pattern that names an axis twice"),
        ("rearrange(x, 'b ² -> b ²')", (2, 3), "'²' in a pattern"),
        (f"repeat(x, 'b c -> b c {'9' * 5000}')", (2, 3), f"'{'9' * 5000}' in a pattern"),
        ("rearrange(x, 'b (c -> b c')", (2, 3), "a pattern whose brackets do not pair"),
        ("rearrange(x, 'b c -> b c', d=2)", (2, 3), "a pattern without d"),
        ("repeat(x, 'b -> b c')", (2,), "a pattern with c on one side only"),
        ("reduce(x, 'b c -> b', 'median')", (2, 3), "'median' is no reduction"),
    ],
)
def test_what_einops_refuses(expression: str, sizes: tuple[Any, ...], why: str) -> None:
    seen = traced(expression, *sizes)
    assert seen.uses[-1].output is None
    assert any(note.reason.startswith(why) for note in seen.unknowns)


def test_what_is_not_followed() -> None:
    seen = traced("EinMix('b c -> b d', weight_shape='c d', c=3, d=4)(x)", "N", 3)
    assert seen.output is None
    assert "EinMix is not supported" in [note.reason for note in seen.unknowns]


@pytest.mark.parametrize(
    ("expression", "sizes", "hows"),
    [
        ("rearrange(x, 'b c h w -> b (h w) c')", IMAGE, "kept kept mixed mixed"),
        ("rearrange(x, 'b (h d) -> b h d', h=4)", (2, 8), "kept mixed"),
        ("rearrange(x, 'b (h d) -> b d h', h=4)", (2, 8), "kept mixed"),
        ("reduce(x, 'b c h w -> b c', 'mean')", IMAGE, "kept kept whole whole"),
        ("rearrange(x, 'b (c r s) h w -> b c (h r) (w s)', r=2, s=2)", (2, 8, 4, 4), "kept kept kept kept"),
        ("rearrange(x, '(b t) c -> b t c', t=2)", (6, 3), "kept kept"),
        ("repeat(x, 'c h -> c (2 h)')", (3, 4), "kept mixed"),
    ],
)
def test_how_axes_are_read(expression: str, sizes: tuple[Any, ...], hows: str) -> None:
    assert " ".join(read.how for read in traced(expression, *sizes).uses[-1].operands[0].reads) == hows


@pytest.mark.parametrize(
    ("expression", "access"),
    [
        ("reduce(x, 'b c (h k) w -> b c h w', 'mean', k=4)", blocks(4)),
        ("rearrange(x, 'b c (h p) w -> b (c p) h w', p=4)", blocks(4)),
        ("repeat(x, 'b c h w -> b c (h 4) w')", repeated(4)),
        ("rearrange(x, 'b (c r) h w -> b c (h r) w', r=3)", repeated(3)),
    ],
)
def test_positions_read(expression: str, access: Any) -> None:
    read = traced(expression, *IMAGE).uses[-1].operands[0].reads[2]
    assert (read.to, read.access) == (2, access)


def test_patches_tell_the_shape_of_an_input() -> None:
    seen = traced("Rearrange('b c (h p1) (w p2) -> b (h w) (p1 p2 c)', p1=16, p2=16)(x)")
    assert [str(size) for size in seen.input_shapes["x"] or ()] == ["N", "C", "16*H", "16*W"]
