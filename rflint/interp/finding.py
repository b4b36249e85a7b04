"""Where the file of a module lies: packages with or without `__init__.py`, relative names, folders to search."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Sequence

from rflint.interp.values import SourceModule

Read = Callable[[str], str | None]
"""The text of a file, or None if there is none: the interpreter's only window on the world."""


class Finder:
    """Finds the files of modules, and reads each once."""

    def __init__(self, read: Read, roots: Sequence[str] = ()) -> None:
        self.read, self.roots = read, tuple(roots)
        self.texts: dict[str, str | None] = {}
        self.spaces: set[tuple[int, str]] = set()
        """Folders without an `__init__.py` that an import statement of a module has named, by its scope."""

    def text(self, path: str) -> str | None:
        """The text of a file, read once."""
        if path not in self.texts:
            self.texts[path] = self.read(path)
        return self.texts[path]

    def name_of(self, path: str) -> tuple[str, str]:
        """The dotted name of a file, and the folder that its absolute imports start from."""
        folder, base = posixpath.split(path)
        stem = base.removesuffix(".py").removesuffix(".ipynb")
        parts = [] if stem == "__init__" else [stem]
        while folder and self.text(posixpath.join(folder, "__init__.py")) is not None:
            folder, last = posixpath.split(folder)
            parts.insert(0, last)
        return ".".join(parts) or stem, folder

    def find(self, name: str, importer: SourceModule) -> tuple[str, bool] | None:
        """The file of a module, and whether it is a package; None if there is none.

        A name that begins with dots is one beside the importer or above it.  For a package without an `__init__.py`,
        which the importer has named in an import statement, the file is the `__init__.py` that it does not have.
        """
        bases = list(self._bases(name, importer))
        for base in bases:
            for path, package in ((posixpath.join(base, "__init__.py"), True), (base + ".py", False)):
                if self.text(path) is not None:
                    return path, package
        space = next((base for base in bases if (id(importer.scope), base) in self.spaces), None)
        return (posixpath.join(space, "__init__.py"), True) if space is not None else None

    def _bases(self, name: str, importer: SourceModule) -> Iterator[str]:
        """Where a module of this name may lie, without the ending."""
        relative = name.lstrip(".").replace(".", "/")
        if name.startswith("."):
            yield posixpath.join(self._upwards(importer.file, len(name) - len(name.lstrip("."))), relative)
            return
        _, root = self.name_of(importer.file)
        folder = posixpath.dirname(importer.file)
        for start in dict.fromkeys([root, folder, *self.roots]):
            yield posixpath.join(start, relative)

    @staticmethod
    def _upwards(file: str, level: int) -> str:
        folder = posixpath.join(posixpath.dirname(file), *[".."] * (level - 1))
        folder = posixpath.normpath(folder) if folder else folder
        return "" if folder == "." else folder

    def find_below(self, package: SourceModule, name: str, importer: SourceModule) -> str | None:
        """The file of a submodule of a package."""
        folder = posixpath.join(posixpath.dirname(package.file), name)
        paths = (posixpath.join(folder, "__init__.py"), folder + ".py")
        found = next((path for path in paths if self.text(path) is not None), None)
        return paths[0] if found is None and (id(importer.scope), folder) in self.spaces else found

    def note_spaces(self, name: str, importer: SourceModule) -> None:
        """`import a.b.c`: folders on the way that have no `__init__.py` are packages all the same."""
        found = self.find(name, importer) if "." in name else None
        if found is None:
            return
        folder = posixpath.dirname(found[0]) if not found[1] else posixpath.dirname(posixpath.dirname(found[0]))
        for _ in range(name.count(".")):
            if self.text(posixpath.join(folder, "__init__.py")) is None:
                self.spaces.add((id(importer.scope), folder))
            folder = posixpath.dirname(folder)

    def is_space(self, path: str) -> bool:
        """Is a file the `__init__.py` of a package that has none?"""
        folder, name = posixpath.split(path)
        return name == "__init__.py" and any(folder == space for _, space in self.spaces)


def within(package: str, name: str) -> str:
    """The name of a module of a package: `a.b`, or `.b` in the package that is named by a dot."""
    return f"{package}{name}" if package.endswith(".") else f"{package}.{name}"
