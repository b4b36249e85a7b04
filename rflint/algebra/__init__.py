"""Symbolic sizes: polynomials and floors, what can be proved of them, and questions with three answers."""
