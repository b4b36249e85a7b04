"""What library calls mean: torch's layers and functions, and what networks use of Python, numpy and einops."""

from __future__ import annotations

from rflint.library import attribute_dicts, einops, numpy, packing, python, torch
from rflint.library.registry import LIBRARY, Library

__all__ = ["LIBRARY", "Library", "attribute_dicts", "einops", "numpy", "packing", "python", "torch"]
