"""The part of numpy that networks calculate their configuration with, on numbers that are known.

Results are numpy's own, roots, logarithms and powers as the C library calculates them; else they are unknown.
"""

from __future__ import annotations

from rflint.library.numpy import arrays, calculations, making, members, reductions

__all__ = ["arrays", "calculations", "making", "members", "reductions"]
