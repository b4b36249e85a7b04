"""Fixes made: text is changed in memory, linted again, and written only if that has proved it right."""
