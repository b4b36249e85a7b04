"""rflint: a static linter for PyTorch networks."""

__version__ = "0.1.0"
