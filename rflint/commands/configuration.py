"""The command `rflint config`: the settings for a file and where each comes from, or the schema of configurations."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from rflint.commands.output import write


def config(arguments: Namespace) -> int:
    """Print what is asked for; status 0.  Raises UsageError for a configuration that cannot be used."""
    write(schema_text(arguments.schema) if arguments.schema else settings_text(arguments))
    return 0


def schema_text(file: str) -> str:
    """The JSON schema of an rflint.toml, or of a pyproject.toml."""
    import json

    from rflint.catalogue import known_rules
    from rflint.config.schema import of_project, schema

    found = schema(known_rules())
    return json.dumps(found if file == "rflint.toml" else of_project(found), indent=2, ensure_ascii=False) + "\n"


def settings_text(arguments: Namespace) -> str:
    """The settings for the target, or for what is linted where there is none."""
    from rflint.catalogue import known_rules
    from rflint.commands.settings import configurations
    from rflint.config.written import written
    from rflint.formats.settings import settings_json, settings_lines

    target = (arguments.targets or ["."])[0].partition("::")[0]
    found = configurations(arguments, known_rules())(target)
    rows: dict[str, tuple[Any, tuple[str, ...]]] = written(found)
    if arguments.format == "json":
        return settings_json(target, found.files, rows)
    return "\n".join(settings_lines(target, found.files, rows)) + "\n"
