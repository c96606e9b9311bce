"""What a validation found: a report that is true or false, for people and for machines."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from autocoop import __version__
from autocoop.errors import InvalidTable, UnknownFormat

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("text", "json", "github", "sarif")

#: How many failures of one check on one column of one file are kept with their cells.
KEPT = 1_000

#: How many characters of a cell are shown.
SHOWN = 200

#: GitHub shows few annotations of a step; more of them only lengthen the log.
ANNOTATIONS = 50


@dataclass(frozen=True)
class Failure:
    """One failure: where it is, what stands there, which rule it breaks, the likely fix.

    ``row`` counts the rows of the file or frame from 0, ``line`` the lines of a text file from 1;
    both are None for what concerns a whole column or several tables. ``check`` is the short name
    of the rule.
    """

    table: str
    file: str | None
    line: int | None
    row: int | None
    column: str
    value: str | None
    check: str
    rule: str
    fix: str

    def __str__(self) -> str:
        place = self.file or ("" if self.row is not None else self.table)
        if self.line is not None:
            place += f":{self.line}"
        elif self.row is not None:
            place += f" row {self.row}"
        return f"{place.strip()} {self.message}"

    @property
    def message(self) -> str:
        """The failure without its place."""
        column = f"{self.column}: " if self.column else ""
        value = f"{self.value!r} " if self.value is not None else ""
        fix = f"; {self.fix}" if self.fix else ""
        return f"{column}{value}{self.rule}{fix}"


class Stop(Exception):
    """The first failure is there and no other is wanted."""


@dataclass
class Report:
    """The answer of `validate`: true where the data satisfy the schema.

    ``rows`` is the number of rows read, ``count`` that of all failures; `failures` has the first
    thousand of each check on each column. ``notes`` says what was read otherwise than it is
    stored, and what could not be checked.
    """

    table: str
    rows: int = 0
    count: int = 0
    notes: list[str] = field(default_factory=list)
    is_lazy: bool = True
    _kept: list[Failure] = field(default_factory=list)
    _counts: dict[tuple[str, str | None, str, str], int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.count == 0

    def __repr__(self) -> str:
        if self:
            return f"<Report: {self.table} is valid, {self.rows:,} rows>"
        first = f"; first: {self.kept()[0]}" if self._kept else ""
        return f"<Report: {self.table} fails, {_failures(self.count)}{first}>"

    def __str__(self) -> str:
        lines = [str(failure) for failure in self.kept()]
        hidden = self.count - len(lines)
        if hidden > 0:
            lines.append(f"… and {hidden:,} more of the same kinds")
        lines += [f"note: {note}" for note in self.notes]
        verdict = "valid" if self else _failures(self.count)
        rows = "1 row" if self.rows == 1 else f"{self.rows:,} rows"
        lines.append(f"{self.table}: {verdict}, {rows} read")
        return "\n".join(lines)

    @property
    def failures(self) -> "pd.DataFrame":
        """The failures: ``table, file, line, row, column, value, check, rule, fix``."""
        import pandas as pd

        names = list(Failure.__dataclass_fields__)
        frame = pd.DataFrame([asdict(failure) for failure in self.kept()], columns=names)
        return frame.astype({name: "Int64" if name in ("line", "row") else "str" for name in names})

    def kept(self) -> list[Failure]:
        """The failures that were kept, by file and row; whole columns first."""
        files = list(dict.fromkeys((item.table, item.file) for item in self._kept))
        return sorted(
            self._kept,
            key=lambda item: (
                files.index((item.table, item.file)),
                -1 if item.row is None else item.row,
            ),
        )

    def assert_valid(self) -> None:
        """Raises `InvalidTable`, an `AssertionError` that lists the failures, unless valid."""
        if not self:
            raise InvalidTable(str(self))

    def room(self, table: str, file: str | None, column: str, check: str) -> int:
        """How many more failures of a kind are kept."""
        return max(KEPT - self._counts.get((table, file, column, check), 0), 0)

    def add(self, failure: Failure, count: int = 1) -> None:
        """One failure, or one that stands for `count`."""
        kind = (failure.table, failure.file, failure.column, failure.check)
        if self._counts.get(kind, 0) < KEPT:
            self._kept.append(failure)
        self.more(kind, count)
        if not self.is_lazy:
            raise Stop

    def more(self, kind: tuple[str, str | None, str, str], count: int) -> None:
        """Failures of a kind that are only counted."""
        self._counts[kind] = self._counts.get(kind, 0) + count
        self.count += count

    def place(self, file: str, line_of: Callable[[list[int]], dict[int, int]]) -> None:
        """Gives the kept failures of a text file their lines."""
        rows = sorted(
            {
                item.row
                for item in self._kept
                if item.file == file and item.row is not None and item.line is None
            }
        )
        if not rows:
            return
        lines = line_of(rows)
        self._kept = [
            Failure(**(asdict(item) | {"line": lines.get(item.row)}))
            if item.file == file and item.row is not None and item.line is None
            else item
            for item in self._kept
        ]


def shown(value: Any) -> str | None:
    """A cell as text, cut where it is long."""
    if value is None:
        return None
    if isinstance(value, (list, tuple)):
        value = ";".join("" if member is None else str(member) for member in value[:SHOWN])
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text):,} characters)"


def _failures(count: int) -> str:
    return "1 failure" if count == 1 else f"{count:,} failures"


def render(reports: Iterable[Report], style: str) -> str:
    """Reports as text, JSON, GitHub annotations or SARIF 2.1.0."""
    if style not in FORMATS:
        raise UnknownFormat(style, FORMATS)
    return {"text": _text, "json": _json, "github": _github, "sarif": _sarif}[style](list(reports))


def _text(reports: list[Report]) -> str:
    return "\n".join(str(report) for report in reports)


def _json(reports: list[Report]) -> str:
    records = [
        {
            "table": report.table,
            "is_valid": bool(report),
            "rows": report.rows,
            "count": report.count,
            "notes": report.notes,
            "failures": [asdict(failure) for failure in report.kept()],
        }
        for report in reports
    ]
    document = {"autocoop": __version__, "is_valid": all(reports), "reports": records}
    return json.dumps(document, indent=1, ensure_ascii=False)


def _escaped(text: str, *, is_property: bool = False) -> str:
    """Text that cannot end a workflow command or begin another."""
    for sign, code in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A")):
        text = text.replace(sign, code)
    if is_property:
        text = text.replace(":", "%3A").replace(",", "%2C")
    return text


def _github(reports: list[Report]) -> str:
    lines = []
    failures = [failure for report in reports for failure in report.kept()]
    for failure in failures[:ANNOTATIONS]:
        properties = {
            "file": failure.file,
            "line": failure.line,
            "title": f"autocoop {failure.table} {failure.check}",
        }
        shown_properties = ",".join(
            f"{key}={_escaped(str(value), is_property=True)}"
            for key, value in properties.items()
            if value is not None
        )
        lines.append(f"::error {shown_properties}::{_escaped(failure.message)}")
    lines += [_escaped(str(report).splitlines()[-1]) for report in reports]
    return "\n".join(lines)


def _sarif(reports: list[Report]) -> str:
    rules: dict[str, str] = {}
    results = []
    for failure in (failure for report in reports for failure in report.kept()):
        rule = f"{failure.table}/{failure.column or 'table'}/{failure.check}"
        rules.setdefault(rule, f"{failure.column or failure.table}: {failure.check}")
        result: dict[str, Any] = {
            "ruleId": rule,
            "level": "error",
            "message": {"text": failure.message},
        }
        if failure.file is not None:
            path = PurePath(failure.file)
            uri = path.as_uri() if path.is_absolute() else quote(path.as_posix())
            place: dict[str, Any] = {"artifactLocation": {"uri": uri}}
            if failure.line is not None:
                place["region"] = {"startLine": failure.line}
            result["locations"] = [{"physicalLocation": place}]
        results.append(result)
    driver = {
        "name": "autocoop",
        "version": __version__,
        "rules": [
            {"id": rule, "shortDescription": {"text": text}} for rule, text in sorted(rules.items())
        ],
    }
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    return json.dumps(document, indent=1, ensure_ascii=False)
