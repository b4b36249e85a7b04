"""What a run is asked to do, as plain data; and how files are read from disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rflint.config import Config
from rflint.files import SourceError, read_text
from rflint.shapes import Shape

Read = Callable[[str], "str | None"]


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked to do.  `inputs` are shapes by parameter name, or in order with the name "".
    `read` gives the text of a file, or None if there is none; by default files are read from disk.
    `config_of` gives the configuration of a file or folder, by default the one of the run for all."""

    config: Config
    inputs: tuple[tuple[str, Shape], ...] = ()
    train: bool = False
    verbose: bool = False
    debug: bool = False
    read: Read | None = None
    noqa: bool = True
    """Whether `# noqa` silences; where flake8 runs us, it sees to that itself."""
    config_of: Callable[[str], Config] | None = None
    progress: Callable[[int, int, str], object] = lambda done, total, file: None
    """Is told before each file how many of how many are done."""
    around: tuple[str, ...] = ()
    """The targets of the whole run, where only some of them are linted again: imports are looked for around these."""
    told: Callable[[str, str | None], object] | None = None
    """Is told the text of each file that is read, or that there is none."""

    @property
    def reader(self) -> Read:
        """What gives the text of a file, and tells it to `told`."""
        read, told = self.read or read_from_disk, self.told
        if told is None:
            return read

        def noted(path: str) -> str | None:
            text = read(path)
            told(path, text)
            return text

        return noted

    def configured(self, path: str) -> Config:
        """The configuration of a file or folder."""
        return self.config_of(path) if self.config_of is not None else self.config


def read_from_disk(path: str) -> str | None:
    """The text of a file, or None if there is none or it cannot be read as Python."""
    try:
        return read_text(path)
    except SourceError:
        return None
