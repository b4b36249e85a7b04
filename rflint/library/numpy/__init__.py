"""The part of numpy that networks calculate their configuration with, on numbers that are known.

Results are numpy's own, roots, logarithms and powers as the C library calculates them; else they are unknown.
"""

from __future__ import annotations

import rflint.library.numpy.arrays
import rflint.library.numpy.calculations
import rflint.library.numpy.making
import rflint.library.numpy.members
import rflint.library.numpy.reductions  # noqa: F401  imported for what they register
