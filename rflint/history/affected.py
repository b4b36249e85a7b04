"""Which files may mean something else since others have changed: those that use something of them, however indirectly.

What has changed is followed by its names: a file that imports names of a changed one and mentions them uses them, and
then all that it defines may have changed; one that only imports them, as many an `__init__.py` does, hands them on.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from rflint.history.imports import imported, index, module
from rflint.history.names import Names, names, words
from rflint.history.sides import Comparison, differing


def affected(compared: Comparison) -> set[str]:
    """The files that differ, and those that use something of them, on either side."""
    changed = set(differing(compared))
    return _Spread(compared).over(changed) if changed else set()


@dataclass(slots=True)
class _Spread:
    """How far a change goes: the names in each file that it may concern."""

    compared: Comparison
    concerned: dict[str, set[str]] = field(default_factory=dict)
    known: dict[str, list[Names]] = field(default_factory=dict)

    def over(self, changed: set[str]) -> set[str]:
        """The files that have changed, and those that use something that may have."""
        using, waiting, users = set(changed), list(changed), self._users()
        self.concerned = {path: self._bound(path) | self._imported_anew(path) for path in changed}
        while waiting:
            path = waiting.pop()
            for user in users.get(path, ()):
                uses, more = self._use(user, self.concerned[path])
                using |= {user} if uses else set()
                held = self.concerned.setdefault(user, set())
                if not more <= held:
                    held |= more
                    waiting.append(user)
        return using

    def _use(self, user: str, changed: set[str]) -> tuple[bool, set[str]]:
        """Whether a file uses any of the names that it may import, and which of its own names that concerns."""
        uses, more = False, set[str]()
        for side in self._names(user):
            visible = side.visible(changed)
            more |= visible if side.star else visible & words(side.imports)
            uses = uses or not visible.isdisjoint(side.mentioned)
        return uses, more | self._bound(user) if uses else more

    def _users(self) -> dict[str, set[str]]:
        """For each file: those that may import it."""
        files = self.compared.before.files | self.compared.after.files
        known = index(files)
        found: dict[str, set[str]] = {}
        for user in files:
            for text in self._texts(user):
                for path in imported(user, text, known):
                    found.setdefault(path, set()).add(user)
        return found

    def _texts(self, path: str) -> list[str]:
        sides = (self.compared.before.text(path), self.compared.after.text(path))
        return list(dict.fromkeys(text for text in sides if text is not None))

    def _names(self, path: str) -> list[Names]:
        if path not in self.known:
            self.known[path] = list(map(names, self._texts(path)))
        return self.known[path]

    def _bound(self, path: str) -> set[str]:
        """The names that a module binds on either side, and its own."""
        return {posixpath.basename(module(path))}.union(*(side.bound for side in self._names(path)))

    def _imported_anew(self, path: str) -> set[str]:
        """The imported names of a file that its two sides do not share.  One that comes or goes has none: whoever
        imports it changes too."""
        both = path in self.compared.before.files and path in self.compared.after.files
        sides = [side.imports for side in self._names(path)]
        return words(sides[0] ^ sides[1]) if both and len(sides) == 2 else set()
