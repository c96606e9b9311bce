"""What is wrong with a contributor's files, gathered so that all of it is said at once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from autocoop.errors import AutocoopError, suggestion


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake: where it is, what stands there, which rule it breaks, what would be right."""

    file: str
    line: int
    field: str
    value: str | None
    rule: str
    fix: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        field = f" {self.field}:" if self.field else ":"
        value = f" {self.value!r}" if self.value is not None else ""
        fix = f"; {self.fix.removeprefix('; ')}" if self.fix else ""
        return f"{where}{field}{value} {self.rule}{fix}"


class Problems:
    """The problems found so far."""

    def __init__(self) -> None:
        self._found: set[Problem] = set()

    def add(
        self, file: str, line: int, field: str, value: str | None, rule: str, fix: str = ""
    ) -> None:
        self._found.add(Problem(file, line, field, value, rule, fix))

    def unknown(
        self, file: str, line: int, field: str, value: str, known: Iterable[str], rule: str
    ) -> None:
        """A value that is not among `known`; the nearest of them is suggested."""
        _, is_in, table = rule.partition("is not in ")
        add = f"add it to data/{table}" if is_in and table.endswith(".csv") else ""
        self.add(file, line, field, value, rule, suggestion(value, known) or add)

    def has(self, file: str, fields: str) -> bool:
        """Whether a field of a file whose name the pattern `fields` matches has a problem."""
        return any(
            found.file == file and re.fullmatch(fields, found.field) for found in self._found
        )

    def __len__(self) -> int:
        return len(self._found)

    def sorted(self) -> list[Problem]:
        return sorted(self._found, key=lambda p: (p.file, p.line, p.field, p.value or "", p.rule))


def counted(problems: list[Problem]) -> str:
    """How many problems there are, to read."""
    return "1 problem" if len(problems) == 1 else f"{len(problems)} problems"


class InvalidData(AutocoopError, ValueError):
    """The data folder breaks rules; `problems` lists all of them."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join([*map(str, problems), counted(problems)]))
