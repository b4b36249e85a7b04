"""What library calls mean: torch's layers and functions, and the parts of Python's library that networks use."""

from __future__ import annotations

from rflint.library import python, torch
from rflint.library.registry import LIBRARY, Library

__all__ = ["LIBRARY", "Library", "python", "torch"]
