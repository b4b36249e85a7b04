"""What `forward` is given: tensors by name and order, lists of tensors, and images that stand as an example."""

from __future__ import annotations

import pytest

from rflint.dims import symbol
from rflint.receptive import fields
from rflint.trace import Shape, Trace
from rflint.tracing.running import trace
from rflint.tracing.session import Root, Session

SOURCE = """
from typing import List, Optional, Sequence
import torch
from torch import Tensor, nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, 2, 1)

    def forward(self, {signature}):{comment}
        {body}
"""
STACK = "return self.conv(torch.stack([image / 255 for image in images]))"
EACH = "return [self.conv(image[None]) for image in images]"
PAD = """
        height = max([image.shape[1] for image in images])
        width = max([image.shape[2] for image in images])
        batch = torch.zeros(len(images), 3, height, width)
        for image, part in zip(images, batch):
            part[:, :image.shape[1], :image.shape[2]].copy_(image)
        return self.conv(batch)
"""
BATCH = """
        if images[0].dim() != 3:
            raise ValueError("images of three axes are wanted")
        return self.conv(torch.stack([image for image in images]))
"""
H, W = symbol("H"), symbol("W")


def traced(
    body: str, *shapes: Shape, signature: str = "images: List[Tensor]", comment: str = "", examples: bool = False
) -> Trace:
    """The trace of a network with this `forward` on these shapes, in order."""
    session = Session({"net.py": SOURCE.format(signature=signature, comment=comment, body=body)}.get, examples=examples)
    return trace(session, Root("net.py", "Net()", tuple(("", shape) for shape in shapes)))


@pytest.mark.parametrize("kind", ["List[Tensor]", "list[Tensor]", "Sequence[torch.Tensor]", "'list[Tensor]'"])
def test_a_list_of_tensors_takes_all_shapes(kind: str) -> None:
    seen = traced(STACK, (3, 8, 9), (3, 8, 9), signature=f"images: {kind}")
    assert seen.complete
    assert seen.inputs == {"images": [(3, 8, 9), (3, 8, 9)]}
    assert seen.output == (2, 8, 4, 5)


def test_a_type_comment_is_an_annotation() -> None:
    comment = "\n        # type: (List[Tensor], Optional[List[Tensor]]) -> Tensor"
    seen = traced(STACK, (3, 8, 9), (3, 8, 9), signature="images, targets=None", comment=comment)
    assert seen.inputs == {"images": [(3, 8, 9), (3, 8, 9)]}
    assert seen.output == (2, 8, 4, 5)


def test_what_must_be_given_beside_a_list_gets_the_last_shapes() -> None:
    body = "return self.conv(torch.stack(images) + scale)"
    seen = traced(body, (3, 8, 9), (3, 8, 9), (3, 1, 1), signature="images: list[Tensor], scale: Tensor")
    assert seen.inputs == {"images": [(3, 8, 9), (3, 8, 9)], "scale": (3, 1, 1)}
    assert seen.output == (2, 8, 4, 5)


def test_images_of_different_sizes_stay_apart() -> None:
    assert traced(EACH, (3, 8, 9), (3, 16, 5)).output == [(1, 8, 4, 5), (1, 8, 8, 3)]


def test_a_batch_in_place_of_a_list_is_a_batch_where_the_list_is_refused() -> None:
    assert traced(BATCH, (3, 8, 9)).output == (1, 8, 4, 5)
    assert traced(BATCH, (5, 3, 8, 9)).output == (5, 8, 4, 5)


def test_fields_of_single_images_have_all_their_spatial_axes() -> None:
    seen = traced(PAD, (3, 8, 9), (3, 16, 5))
    assert seen.output == (2, 8, 8, 5)
    found = fields(seen)[-1]
    assert set(found) == {"images[0]", "images[1]"}
    for axes in found.values():
        assert [axis.interval.size if axis.interval else None for axis in axes] == [(3, 3), (3, 3)]


def test_an_example_is_only_taken_to_look_at() -> None:
    assert traced(STACK, examples=True).output == (1, 8, (H + 1) // 2, (W + 1) // 2)
    assert traced(STACK).output is None


def test_an_example_that_is_refused_is_not_taken() -> None:
    seen = traced("if images[0].dim() != 4:\n            raise ValueError()\n        return images[0]", examples=True)
    assert not seen.complete
    assert not any("ValueError" in note.reason for note in seen.unknowns)


@pytest.mark.parametrize("signature", ["images", "images: Optional[list[Tensor]]", "images: list[int]"])
def test_other_parameters_take_one_shape_each(signature: str) -> None:
    assert traced(STACK, (2, 3, 8, 9), signature=signature).inputs == {"images": (2, 3, 8, 9)}
