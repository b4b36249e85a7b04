"""Classes whose base is not found, and that are modules all the same, by what they say of themselves."""

from __future__ import annotations

from rflint.interp import attributes
from rflint.interp.values import ClassValue, Function, Value


def presume(cls: ClassValue, module: Value) -> None:
    """Take a class with a `forward` of its own and a base that is not found for one derived from `torch.nn.Module`:
    so are the networks of training frameworks, where these are not installed.  What the base does stays unknown.
    """
    if attributes.unknown_base(cls) is None or attributes.is_subclass(cls, module):
        return
    derived = any(
        isinstance(base, ClassValue) and attributes.PRESUMED in base.notes for base in attributes.order_of(cls)[1:]
    )
    if derived or isinstance(cls.namespace.get("forward"), Function):
        cls.notes[attributes.PRESUMED] = True
        cls.mro = (*cls.mro, module)
