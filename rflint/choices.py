"""The words that options and settings of the same name choose from."""

from __future__ import annotations

CHECK_FORMATS = ("concise", "full", "json")
FAIL_ON = ("error", "warning", "info", "never")
COLORS = ("auto", "always", "never")
