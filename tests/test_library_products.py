"""Products over axes: matmul, einsum, attention, similarities, transforms, matrices."""

from __future__ import annotations

from typing import Any

import pytest
from calls import last, shape, traced

from rflint import field

MULTIPLIED: list[tuple[str, tuple[Any, ...], tuple[Any, ...], tuple[Any, ...]]] = [
    ("x @ y", (2, 3), (3, 4), (2, 4)),
    ("torch.matmul(x, y)", ("N", 8, "L", 64), ("N", 8, 64, "L"), ("N", 8, "L", "L")),
    ("x @ y.transpose(-2, -1)", ("N", "L", 64), ("N", "L", 64), ("N", "L", "L")),
    ("x @ y", ("N", "L", 64), (64, 8), ("N", "L", 8)),
    ("x.matmul(y)", (3,), (3, 4), (4,)),
    ("x.mv(y)", (2, 3), (3,), (2,)),
    ("torch.bmm(x, y)", ("N", 2, 3), ("N", 3, 4), ("N", 2, 4)),
    ("torch.baddbmm(x[:, :, :1], x, y)", ("N", 2, 3), ("N", 3, 4), ("N", 2, 4)),
    ("torch.einsum('bhid,bhjd->bhij', x, y)", ("N", 8, "L", 64), ("N", 8, "S", 64), ("N", 8, "L", "S")),
    ("torch.einsum('b c h w, c d -> b d h w', x, y)", ("N", 8, "H", "W"), (8, 3), ("N", 3, "H", "W")),
    ("torch.einsum('...i,ij->...j', x, y)", ("N", "L", 8), (8, 3), ("N", "L", 3)),
    ("torch.einsum('ij,jk', [x, y])", (2, 3), (3, 4), (2, 4)),
    ("torch.outer(x, y)", (2,), (3,), (2, 3)),
    ("F.cosine_similarity(x, y)", ("N", 8, "H"), ("N", 8, "H"), ("N", "H")),
    ("nn.CosineSimilarity(dim=-1)(x, y)", ("N", 8), ("N", 8), ("N",)),
    ("F.pairwise_distance(x, y, keepdim=True)", ("N", 8), ("N", 8), ("N", 1)),
    ("torch.cdist(x, y)", ("N", "P", 3), ("N", "R", 3), ("N", "P", "R")),
    ("F.scaled_dot_product_attention(x, y, y)", ("N", 8, "L", 64), ("N", 8, "S", 64), ("N", 8, "L", 64)),
    ("nn.MultiheadAttention(64, 8)(x, y, y)[0]", ("L", "N", 64), ("S", "N", 64), ("L", "N", 64)),
    ("nn.MultiheadAttention(64, 8, batch_first=True)(x, y, y)[1]", ("N", "L", 64), ("N", "S", 64), ("N", "L", "S")),
]


@pytest.mark.parametrize(("expression", "a", "b", "made"), MULTIPLIED)
def test_output_shape(expression: str, a: tuple[Any, ...], b: tuple[Any, ...], made: tuple[Any, ...]) -> None:
    assert traced(expression, x=a, y=b).output == shape(*made)


@pytest.mark.parametrize(
    ("expression", "a", "b", "why"),
    [
        ("x @ y", (4, 100), (128, 10), "sizes 100 and 128 do not match"),
        ("torch.bmm(x, y)", (2, 3), (3, 4), "bmm of tensors with other than (3, 3) axes"),
        ("torch.einsum('ij,jk->ik', x, y)", (2, 3), (4, 5), "sizes 3 and 4 do not match"),
        ("torch.einsum('ij->i', x)", (2, 3, 4), (1,), "an equation whose terms do not fit the tensors"),
        ("nn.MultiheadAttention(8, 2)(x, x, x)", (3, 2, 6), (1,), "6 features where 8 are expected"),
        ("F.scaled_dot_product_attention(x, y, y)", (2, 8), (5, 7), "sizes 8 and 7 do not match"),
    ],
)
def test_what_torch_refuses(expression: str, a: tuple[Any, ...], b: tuple[Any, ...], why: str) -> None:
    seen = traced(expression, x=a, y=b)
    assert why in [note.reason for note in seen.unknowns]
    assert seen.uses[-1].output is None


def reads(expression: str, operand: int, **inputs: tuple[Any, ...]) -> list[tuple[str, int | None]]:
    return [(read.how, read.to) for read in last(expression, **inputs).operands[operand].reads]


def test_axes_that_are_summed_over_are_read_as_a_whole() -> None:
    given: dict[str, tuple[Any, ...]] = {"x": (2, 5, 64), "y": (2, 64, 7)}
    assert reads("x @ y", 0, **given) == [("kept", 0), ("kept", 1), ("whole", None)]
    assert reads("x @ y", 1, **given) == [("kept", 0), ("whole", None), ("kept", 2)]
    assert reads("torch.einsum('bij,bjk->bik', x, y)", 1, **given) == [("kept", 0), ("whole", None), ("kept", 2)]


def test_attention_keeps_the_place_of_the_query_and_reads_all_keys() -> None:
    given: dict[str, tuple[Any, ...]] = {"x": (2, 5, 64), "y": (2, 7, 64)}
    layer = "nn.MultiheadAttention(64, 8, batch_first=True)(x, y, y)"
    assert reads(layer, 0, **given) == [("kept", 0), ("kept", 1), ("whole", 2)]
    assert reads(layer, 1, **given) == [("kept", 0), ("whole", None), ("whole", 2)]
    assert last(layer, **given).base == "MultiheadAttention"
    function = "F.scaled_dot_product_attention(x, y, y)"
    assert reads(function, 0, **given) == [("kept", 0), ("kept", 1), ("whole", None)]
    assert reads(function, 2, **given) == [("kept", 0), ("whole", None), ("kept", 2)]


TRANSFORMED: list[tuple[str, tuple[Any, ...], tuple[Any, ...]]] = [
    ("torch.fft.rfft2(x)", ("N", 8, "H", "W"), ("N", 8, "H", "W//2 + 1")),
    ("torch.fft.irfft2(torch.fft.rfft2(x), s=x.shape[-2:])", ("N", 8, "H", "W"), ("N", 8, "H", "W")),
    ("torch.fft.fftn(x, dim=(-2, -1)).real", ("N", 8, "H", "W"), ("N", 8, "H", "W")),
    ("torch.view_as_real(torch.fft.rfft(x, dim=1))", ("N", 8), ("N", 5, 2)),
    ("torch.stft(x, 512, 128, return_complex=True)", ("N", 16000), ("N", 257, 126)),
    ("torch.stft(x, 512, 128, center=False, return_complex=True)", ("N", "L"), ("N", 257, "(L - 512)//128 + 1")),
    ("x.diagonal(dim1=-2, dim2=-1)", ("N", 3, 4), ("N", 3)),
    ("torch.diag_embed(x)", ("N", 3), ("N", 3, 3)),
    ("torch.inverse(x)", ("N", 3, 3), ("N", 3, 3)),
    ("x.trace()", (3, 3), ()),
    ("torch.triu_indices(3, 4)", (1,), (2, 9)),
    ("F.one_hot(x.argmax(1), 10)", ("N", 10), ("N", 10)),
]


@pytest.mark.parametrize(("expression", "given", "made"), TRANSFORMED)
def test_transforms_and_matrices(expression: str, given: tuple[Any, ...], made: tuple[Any, ...]) -> None:
    assert traced(expression, x=given).output == shape(*made)


def test_frames_of_a_spectrogram_read_windows_of_samples() -> None:
    (read,) = last("torch.stft(x, 512, 128, return_complex=True)", x=(16000,)).operands[0].reads
    assert read.access == field.window(512, 128, 256)
    (narrow,) = last("torch.stft(x, 512, 128, 256, center=False, return_complex=True)", x=(16000,)).operands[0].reads
    assert narrow.access == field.window(256, 128, -128)
