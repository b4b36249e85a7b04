"""What a configuration comes to: plain data, the same whichever files it was read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rflint.contracts import Contract
from rflint.patterns import Patterns
from rflint.shapes import Shape

COMMAND_LINE = "command line"


class ConfigError(Exception):
    """A configuration that cannot be used: a sentence with file, line, and what to do."""


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """What is configured for one network: `call` is `Net()` or `path::Net()`; shapes by parameter name, "" in order;
    what is stated of its outputs."""

    call: str
    inputs: tuple[tuple[str, Shape], ...] = ()
    task: str | None = None
    contracts: tuple[Contract, ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """All settings.  Paths are as seen from the working folder; `input` has no batch.

    Those from `fail_on` on speak of a whole run, all others of the files that the configuration is the nearest one of.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    src: tuple[str, ...] = ()
    exclude: tuple[Patterns, ...] = ()
    extend_exclude: tuple[Patterns, ...] = ()
    respect_gitignore: bool = True
    force_exclude: bool = False
    environment: str | None = None
    task: str | None = None
    input: Shape = ()
    networks: tuple[NetworkConfig, ...] = ()
    train: bool = False
    required_version: str | None = None
    fix: bool = False
    unsafe_fixes: bool = False
    fix_only: bool = False
    show_fixes: bool = False
    fail_on: str = "warning"
    exit_zero: bool = False
    format: str = "concise"
    output_file: str | None = None
    statistics: bool = False
    baseline: str | None = None
    color: str = "auto"
    verbose: bool = False
    quiet: bool = False
    cache: bool = True
    jobs: int | None = None
    files: tuple[str, ...] = field(default=(), compare=False)
    """The files that it was read from: one, and those that are extended."""
    origins: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    """Where each setting was made, by its key: "rflint.toml:3", or several places of settings that add up."""

    @property
    def exclusions(self) -> tuple[Patterns, ...]:
        """What is not linted: of patterns that contradict each other the last one counts."""
        return (*self.exclude, *self.extend_exclude)
