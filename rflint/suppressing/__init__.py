"""Suppressions against findings: which comments silence some, which none, and where one is to be written."""
