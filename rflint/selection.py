"""Which rules apply: `select`, `ignore`, `extend-select`, `per-file-ignores`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatch

from rflint.config import Config
from rflint.diagnostics import Rule
from rflint.profiles import is_brought_on, is_default


def matches(selector: str, rule: Rule) -> bool:
    """Does a selector (a code, the beginning of one, a name, ALL) mean the rule?"""
    return selector in ("ALL", rule.name) or (selector.startswith("RF") and rule.code.startswith(selector))


def selected(config: Config, rules: Mapping[str, Rule], task: str | None = None) -> dict[str, Rule]:
    """The rules that a configuration asks for, by code, for networks of a task.

    The more exact selector wins; of equals, `ignore`.  What a task turns on or off counts as little as the defaults."""
    return {code: rule for code, rule in rules.items() if _is_on(config, rule, task)}


def is_asked_for(config: Config, rule: Rule, task: str | None = None) -> bool:
    """Is the rule selected by something else than being on by default?"""
    by_selector = any(matches(selector, rule) for selector in (*config.select, *config.extend_select))
    return by_selector or is_brought_on(rule.name, task)


def _is_on(config: Config, rule: Rule, task: str | None) -> bool:
    by_default = not config.select and is_default(rule.name, rule.default, task)
    asked = max(_exactness([*config.select, *config.extend_select], rule), 0 if by_default else -1)
    return asked > _exactness(config.ignore, rule)


def _exactness(selectors: Iterable[str], rule: Rule) -> int:
    """How exactly the rule is meant: -1 not at all, 1 by ALL, more by longer codes, most by name."""
    return max((_weight(s, rule) for s in selectors if matches(s, rule)), default=-1)


def _weight(selector: str, rule: Rule) -> int:
    if selector == "ALL":
        return 1
    return 9 if selector == rule.name else len(selector)


def ignored_in(config: Config, file: str, rule: Rule) -> bool:
    """Is the rule off for this file?"""
    return any(ignoring(config, file, rule))


def ignoring(config: Config, file: str, rule: Rule) -> Iterator[tuple[str, str]]:
    """The patterns and selectors that turn the rule off for this file."""
    rows = (row for row in config.per_file_ignores if fits(file, row[0]))
    return ((pattern, one) for pattern, selectors in rows for one in selectors if matches(one, rule))


def fits(file: str, pattern: str) -> bool:
    """Does the path of a file, or its end, look like this?"""
    path = file.replace("\\", "/").removeprefix("./")
    return fnmatch(path, pattern) or fnmatch(path, f"*/{pattern}")
