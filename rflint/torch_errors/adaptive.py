"""What torch says of adaptive pools."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.torch_errors.figures import listed, shape_of
from rflint.trace import Use


def errors(use: Use) -> Iterator[str]:
    """Tensors with more or fewer axes than the pool takes; averages over two and three axes take all."""
    spatial, axes = int(use.base[-2]), len(shape_of(use))
    kind = "max" if "Max" in use.base else "avg"
    if axes in (spatial + 1, spatial + 2) or (kind == "avg" and spatial > 1):
        return
    name = f"adaptive_{kind}_pool{spatial}d"
    if spatial == 1:
        yield (
            f"RuntimeError: Expected 2 to 3 dimensions, but got {axes}-dimensional tensor for argument #1 'self' "
            f"(while checking arguments for {name})"
        )
    else:
        taken = f"{spatial + 1}D or {spatial + 2}D"
        yield f"RuntimeError: {name}(): Expected {taken} tensor, but got: {listed(shape_of(use))}"
