"""Hands the pages of `contents` to mkdocs, which builds the site of them: `make docs`."""

from __future__ import annotations

import sys
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

sys.path.insert(0, str(Path(__file__).parent))
from contents import contents, navigation  # noqa: E402


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Gives it the tree of pages."""
    config.nav = navigation()
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Gives it the pages, also those that it has found itself, with their links as they are in the site."""
    for path, text in contents().items():
        held = files.get_file_from_path(path)
        if held is not None:
            files.remove(held)
        files.append(File.generated(config, path, content=text))
    return files
