"""The JSON schema of configurations, made of the same table that they are read by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rflint.config.keys import EXTEND, KEYS
from rflint.config.kinds import PATH, Schema, rule_schema

DRAFT = "http://json-schema.org/draft-07/schema#"
"""The draft that editors for TOML know."""


def schema(known: Mapping[str, Any]) -> Schema:
    """The schema of an rflint.toml, or of the table `[tool.rflint]`, given the rules by code."""
    extend = {"description": "another configuration that this one is laid over", **PATH.schema}
    rows = {name: {"description": key.says, **key.kind.schema} for name, key in KEYS.items()}
    return {
        "$schema": DRAFT,
        "title": "rflint",
        "description": "The settings of rflint: an rflint.toml, or the table [tool.rflint] of pyproject.toml.",
        "definitions": {"rule": rule_schema(known)},
        "type": "object",
        "properties": {EXTEND: extend, **rows},
        "additionalProperties": False,
    }


def of_project(inner: Schema) -> Schema:
    """The schema of a pyproject.toml, of which only our table is looked at, given that of the table."""
    outer = {name: inner[name] for name in ("$schema", "definitions")}
    table = {name: value for name, value in inner.items() if name not in outer}
    tool = {"type": "object", "properties": {"rflint": table}}
    return {**outer, "type": "object", "properties": {"tool": tool}}
