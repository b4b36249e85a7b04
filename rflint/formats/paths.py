"""File names as reports for machines give them: relative to one folder, with slashes, or as URIs."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote


def relative(file: str, folder: str) -> str:
    """The path from `folder` (absolute; "" for none) to a file in it, with slashes; that of another file as it is."""
    path = os.path.normpath(file)
    if folder and os.path.isabs(path):
        inside = os.path.relpath(path, folder) if os.path.splitdrive(path)[0] == os.path.splitdrive(folder)[0] else path
        path = path if inside.startswith("..") else inside
    return path.replace(os.sep, "/")


def uri(file: str, folder: str) -> tuple[str, bool]:
    """A file as a URI reference (RFC 3986), and whether it is relative to `folder`."""
    path = relative(file, folder)
    if os.path.isabs(path) or path.startswith("../"):
        return Path(os.path.normpath(os.path.join(folder, path))).as_uri() if folder else quote(path), False
    return quote(path), True
