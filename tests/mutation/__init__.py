"""Mutation testing: each small fault that is put into a check or into the geometry must make a test fail."""
