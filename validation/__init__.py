"""What a release must satisfy beyond its schemas: one small function a rule.

Run with ``python -m validation`` (or ``hatch run validate``). The rules read the compiled tables
alone, not the event files, so that they also catch a mistake of the compiler.
"""

from collections.abc import Callable
from functools import cache

import pyarrow as pa

Tables = dict[str, list[dict]]
Rule = Callable[[Tables], list[str]]

RULES: dict[str, Rule] = {}


def rule(function: Rule) -> Rule:
    """Registers a rule: tables as lists of rows in, sentences on what is wrong out."""
    RULES[function.__name__] = function
    return function


@cache
def release() -> Tables:
    """The compiled release, as plain rows."""
    from autocoop import tables
    from autocoop.loading import read

    def rows(table: str) -> list[dict]:
        data: pa.Table = read(table)
        return data.to_pylist()

    return {table: rows(table) for table in tables()}


def failures(tables: Tables | None = None) -> dict[str, list[str]]:
    """Name of every rule -> what breaks it in `tables` (the release, by default)."""
    import validation.duplicates
    import validation.rules  # noqa: F401

    tables = release() if tables is None else tables
    return {name: function(tables) for name, function in RULES.items()}
