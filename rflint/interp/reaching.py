"""Which modules a module imports, directly or through others, as its text says it; nothing is run for that."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator

from rflint.interp.finding import Finder
from rflint.interp.scopes import Scope
from rflint.interp.values import SourceModule

FROM = re.compile(r"^[ \t]*from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]*)", re.MULTILINE)
IMPORT = re.compile(r"^[ \t]*import[ \t]+([\w., \t]+)", re.MULTILINE)
DYNAMIC = "import_module"
"""Text with this word in it may import any module of its package."""
Imported = Callable[[str], "list[str]"]
"""The files of the modules that a file imports."""


def imported_names(text: str, package: str) -> Iterator[str]:
    """The absolute names of the modules that a text may import: `from a import b` is `a`, and perhaps `a.b`."""
    text = text.replace("\\\n", " ")
    for found in IMPORT.finditer(text):
        yield from (part.split()[0] for part in found[1].split(",") if part.strip())
    for found in FROM.finditer(text):
        module = _absolute(len(found[1]), found[2], package)
        yield module
        for name in re.findall(r"\w+", re.sub(r"#[^\n]*|\bas\s+\w+", "", found[3])):
            yield f"{module}.{name}" if module else name


def defines(key: str, path: str, text: str) -> bool:
    """May a module put something under this key, being called so or by a name or text in it; packages may import it."""
    if path.endswith("__init__.py") or names(key, path, text):
        return True
    return key in text and any(
        form in text for form in (f'"{key}"', f"'{key}'", f"\n{key} =", f"\n{key}:", f"\n{key}=")
    )


def names(key: str, path: str, text: str) -> bool:
    """Is a module called so, or a function or class of it?"""
    forms = (f"def {key}(", f"class {key}(", f"class {key}:")
    return path.endswith(f"/{key}.py") or (key in text and any(form in text for form in forms))


def _absolute(level: int, name: str, package: str) -> str:
    parts = package.split(".") if level and package else []
    return ".".join([*parts[: len(parts) - level + 1], *([name] if name else [])])


def reaches(start: str, target: str, imported: Imported, known: dict[str, bool]) -> bool:
    """Does importing one file import another one?  `known` keeps the answers for one target."""
    seen, waiting = {start}, [start]
    for path in waiting:
        if path == target or known.get(path):
            known[start] = True
            return True
        if path not in known:
            new = [other for other in imported(path) if other not in seen]
            seen.update(new)
            waiting.extend(dict.fromkeys(new))
    known.update(dict.fromkeys(seen, False))
    return False


class Reaching:
    """Which files import which others, found out as far as somebody asks."""

    def __init__(self, files: Finder, described: Callable[[str], bool]) -> None:
        self.files, self.described = files, described
        self.imports: dict[str, list[str]] = {}
        self.reached: dict[str, dict[str, bool]] = {}

    def may_fill(self, owner: SourceModule, path: str) -> bool:
        """May a module fill a container of the owner?  One that imports the owner, directly or through others, does."""
        text, package = self.files.text(path) or "", owner.name.split(".")[0]
        if DYNAMIC in text and self.files.name_of(path)[0].split(".")[0] == package:
            return True
        return reaches(path, owner.file, self.imported, self.reached.setdefault(owner.file, {}))

    def below(self, paths: Iterable[str]) -> list[str]:
        """These files, and those that they import, directly or through others."""
        found = dict.fromkeys(paths)
        waiting = list(found)
        for path in waiting:
            new = [other for other in self.imported(path) if other not in found]
            found.update(dict.fromkeys(new))
            waiting.extend(new)
        return list(found)

    def imported(self, path: str) -> list[str]:
        """The files of the modules that a file imports."""
        if path not in self.imports:
            name, _ = self.files.name_of(path)
            package = name if posixpath.basename(path) == "__init__.py" else name.rpartition(".")[0]
            importer, found = SourceModule(name, path, Scope()), dict[str, "str | None"]()
            for other in imported_names(self.files.text(path) or "", package):
                if other not in found:
                    found[other] = self._file_of(other, importer, found)
            self.imports[path] = [file for file in found.values() if file is not None]
        return self.imports[path]

    def _file_of(self, name: str, importer: SourceModule, found: dict[str, str | None]) -> str | None:
        """The file of a module; below modules that were found, only packages are looked into."""
        if self.described(name):
            return None
        above, _, last = name.rpartition(".")
        if found.get(above) is None:
            file = self.files.find(name, importer)
            return file[0] if file is not None else None
        package = found[above] or ""
        if posixpath.basename(package) != "__init__.py":
            return None
        base = posixpath.join(posixpath.dirname(package), last)
        return next((file for file in (f"{base}/__init__.py", f"{base}.py") if self.files.text(file) is not None), None)
