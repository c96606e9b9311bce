"""The reference tables of `data/`: actors, publishers, series and the other CSV files."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from autocoop.compile import values
from autocoop.compile.problems import Problems
from autocoop.compile.read import read_csv
from autocoop.compile.values import LANGUAGES, NotAValue
from autocoop.schemas import MODELS, ColumnInfo, describe

#: Columns of a CSV file's table that the compiler fills.
DERIVED = {"publishers": {"is_state_controlled"}, "regimes": {"is_regime_carried"}}

#: Header of regimes.csv, which holds spells where the table holds years.
REGIME_SPELLS = ["actor_id", "from_year", "to_year", "regime"]

#: First year that a spell may hold, and last year of the source (see LICENSE-DATA).
REGIME_YEARS = (1999, 2025)

#: Table -> the columns that begin and end a span.
SPANS = {
    "memberships": ("from_date", "to_date"),
    "actors": ("valid_from", "valid_to"),
    "searches": ("year_from", "year_to"),
}


@dataclass
class Row:
    """A row of a reference table, and where it stands.

    A cell that breaks a rule is None in `cells`, so that what is right of the row can be checked;
    `texts` holds the cells as they are written.
    """

    cells: dict[str, Any]
    file: str
    line: int
    texts: dict[str, str]


@dataclass
class References:
    """All reference tables, read and typed; `unread` names those whose file cannot be read."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    regimes: dict[tuple[str, int], int] = field(default_factory=dict)
    regimes_last_year: int = 0

    def __post_init__(self) -> None:
        self.actors: dict[str, dict[str, Any]] = {}
        self.actor_names: dict[str, str] = {}
        self.publishers: dict[str, dict[str, Any]] = {}
        self.publisher_ids: dict[str, str] = {}
        self.series: dict[str, dict[str, Any]] = {}
        self.retired: dict[str, dict[str, Any]] = {}

    def regime(self, actor: str, year: int) -> tuple[int, bool] | None:
        """Class of a state in a year, and whether it is carried forward."""
        known = self.regimes.get((actor, year))
        if known is not None:
            return known, False
        if year > self.regimes_last_year:
            last = self.regimes.get((actor, self.regimes_last_year))
            if last is not None:
                return last, True
        return None

    def parse_actor(self, text: str) -> str:
        """An actor_id; a name or alias is answered with the actor_id it stands for."""
        return values.one_of(self.actors, "in actors.csv", self.actor_names)(text)

    def is_state(self, actor: str) -> bool:
        # An actor whose kind is misspelt is taken for a state: its events need not be named too.
        return actor in self.actors and self.actors[actor]["kind"] in ("state", None)

    def behind(self, actor: str) -> str:
        """The state behind a private military company or another non-state; else the actor."""
        parent = self.actors.get(actor, {}).get("parent")
        return parent if parent and not self.is_state(actor) else actor

    def members(self, organisation: str, year: int) -> list[str]:
        """States that were members of an organisation at some time in a year."""
        found = []
        for row in self.rows.get("memberships", []):
            cells = row.cells
            if cells["organisation"] != organisation:
                continue
            begin, end = cells["from_date"], cells["to_date"]
            if (begin is None or begin.year <= year) and (end is None or end.year >= year):
                found.append(cells["actor_id"])
        return found


def file_columns(table: str) -> list[ColumnInfo]:
    """The columns a table's CSV file has: those that are not derived."""
    derived = DERIVED.get(table, set())
    return [
        column
        for column in describe(table).columns
        if column.name not in derived and not column.name.endswith("_precision")
    ]


def read_references(
    data: Path, shown: Callable[[Path], str], problems: Problems, about: Mapping[str, Any]
) -> References:
    """Read every reference table of a data folder.

    ``about`` gives ``coverage_start``, ``coverage_end`` and ``released`` as ISO 8601.
    """
    references = References()
    for table in MODELS:
        file = describe(table).file
        if file:
            path = data / file
            rows = _read_table(table, path, shown(path), problems)
            references.rows[table] = rows or []
            if rows is None:
                references.unread.add(table)
    for row in references.rows["actors"]:
        cells = row.cells
        references.actors[cells["actor_id"]] = cells
        for name in filter(None, (cells["name"], *(cells["aliases"] or []))):
            references.actor_names.setdefault(name.casefold(), cells["actor_id"])
    for row in references.rows["publishers"]:
        cells = row.cells
        references.publishers[cells["publisher_id"]] = cells
        for name in filter(None, (cells["publisher_id"], cells["name"])):
            references.publisher_ids.setdefault(name.casefold(), cells["publisher_id"])
    for row in references.rows["publishers"]:
        row.cells["is_state_controlled"] = references.is_state(row.cells["controlled_by"] or "")
    for row in references.rows["series"]:
        references.series[row.cells["series_id"]] = row.cells
    for row in references.rows["retired_ids"]:
        references.retired[row.cells["event_id"]] = row.cells
    path = data / "regimes.csv"
    _read_regimes(references, path, shown(path), problems)
    _check_references(references, problems)
    _check_spans(references, problems)
    _check_series(references, problems)
    _check_searches(references, about, problems)
    return references


@dataclass(frozen=True)
class Limits:
    """What the schema asks of a column's values, apart from their type and vocabulary."""

    pattern: str | None
    least: int | None
    is_unique: bool


@cache
def _limits(table: str) -> dict[str, Limits]:
    found = {}
    for name, column in MODELS[table].to_schema().columns.items():
        stated = {check.name: check.statistics or {} for check in column.checks}
        found[name] = Limits(
            stated.get("matches", {}).get("pattern"),
            stated.get("greater_than_or_equal_to", {}).get("min_value"),
            column.unique,
        )
    return found


def _check_limits(limits: Limits, value: Any) -> None:
    """Raises `NotAValue` where a cell breaks its column's pattern or is less than its least."""
    for member in value if isinstance(value, list) else [value]:
        if member is None:
            continue
        if limits.pattern and not re.fullmatch(limits.pattern, member):
            raise NotAValue("has not the form of this column", f"write it as {limits.pattern}")
        if limits.least is not None and member < limits.least:
            raise NotAValue(f"is less than {limits.least}")


def _read_table(table: str, path: Path, shown: str, problems: Problems) -> list[Row] | None:
    """The rows of a table, those with problems too; None where the file cannot be read."""
    columns = file_columns(table)
    info, limits = describe(table), _limits(table)
    records = read_csv(path, shown, [column.name for column in columns], problems)
    if records is None:
        return None
    # What other files name a row by is kept as it stands, right or wrong: a row with a problem
    # is there, and what refers to it is not wrong because of it.
    naming = {*info.key, "name"} if len(info.key) == 1 else set()
    rows: list[Row] = []
    first: dict[tuple[str, str], int] = {}
    for record in records:
        line = record.line
        typed: dict[str, Any] = {column.name: None for column in columns}
        typed |= {name: text.strip() for name, text in record.cells.items() if name in naming}
        if not record.is_whole:
            if typed[info.key[0]]:
                rows.append(Row(typed, shown, line, record.cells))
            continue
        cells = record.cells
        for column in columns:
            try:
                parsed = _parse_cell(column, cells[column.name])
                _check_limits(limits[column.name], parsed[column.name])
            except NotAValue as error:
                problems.add(shown, line, column.name, cells[column.name], error.rule, error.fix)
            else:
                typed.update(parsed)
        unique = {name for name in cells if limits[name].is_unique} - set(info.key)
        for names in (info.key, *((name,) for name in cells if name in unique)):
            text = ",".join(cells[name] for name in names)
            other = first.setdefault((",".join(names), text), line)
            if other != line and text.strip(","):
                problems.add(shown, line, ",".join(names), text, f"stands in line {other} too")
        if len(info.key) > 1 or typed[info.key[0]]:
            rows.append(Row(typed, shown, line, cells))
    return rows


def _parse_cell(column: ColumnInfo, text: str) -> dict[str, Any]:
    """The cell's value, with its precision where it is a date that has one."""
    name = column.name
    has_precision = column.metadata.get("bound") is not None
    precision_name = f"{name.removesuffix('_date')}_precision"
    if not text.strip():
        if not column.is_nullable:
            raise NotAValue("is empty")
        return {name: None} | ({precision_name: None} if has_precision else {})
    if text != text.strip():
        raise NotAValue("has spaces around it", f"write {text.strip()!r}")
    if column.is_list:
        members = text.split(";")
        if any(member != member.strip() or not member for member in members):
            raise NotAValue("is not a list", "join members with ';' and no spaces")
        return {name: [_parse_scalar(column, member) for member in members]}
    if column.type_name == "date":
        parsed = values.parse_date(text)
        if not has_precision:
            if parsed.precision != "day":
                raise NotAValue("is not a day", "write 2007-08-09")
            return {name: parsed.first}
        bound = parsed.first if column.metadata["bound"] == "first" else parsed.last
        return {name: bound, precision_name: parsed.precision}
    return {name: _parse_scalar(column, text)}


def _parse_scalar(column: ColumnInfo, text: str) -> Any:
    if column.vocabulary:
        return values.one_of(column.vocabulary, f"a value of {column.name}")(text)
    if column.type_name == "integer":
        return values.parse_integer(text)
    if column.type_name == "boolean":
        return values.parse_boolean(text)
    return values.parse_text(text)


def _read_regimes(references: References, path: Path, shown: str, problems: Problems) -> None:
    """The class of every state and year, from spells of years."""
    records = read_csv(path, shown, REGIME_SPELLS, problems)
    if records is None:
        references.unread.add("regimes")
    earliest, latest = REGIME_YEARS
    spells: dict[str, list[tuple[int, int, int]]] = {}
    for line, cells in ((record.line, record.cells) for record in records or [] if record.is_whole):
        actor = cells["actor_id"]
        if "actors" not in references.unread:
            _check_state(references, actor, shown, line, problems)
        numbers: dict[str, int] = {}
        for name in ("from_year", "to_year", "regime"):
            try:
                numbers[name] = values.parse_integer(cells[name])
            except NotAValue as error:
                problems.add(shown, line, name, cells[name], error.rule, error.fix)
        regime = numbers.get("regime")
        if regime is not None and regime > 3:
            problems.add(
                shown, line, "regime", str(regime), "is not a class of 0 to 3", "see LICENSE-DATA"
            )
        if "from_year" not in numbers or "to_year" not in numbers:
            continue
        begin, end = numbers["from_year"], numbers["to_year"]
        if begin < earliest:
            problems.add(
                shown,
                line,
                "from_year",
                str(begin),
                f"is before {earliest}",
                f"begin the spell in {earliest} or later",
            )
        if end > latest:
            problems.add(
                shown,
                line,
                "to_year",
                str(end),
                f"is after the last year of the source, {latest}",
                "later years are carried forward; a newer source raises REGIME_YEARS and the year "
                "in LICENSE-DATA",
            )
        elif end < begin:
            problems.add(
                shown,
                line,
                "to_year",
                str(end),
                f"is before from_year {begin}",
                "exchange the two or correct one",
            )
            continue
        for other_begin, other_end, other_line in spells.setdefault(actor, []):
            if begin <= other_end and other_begin <= end:
                problems.add(
                    shown,
                    line,
                    "from_year",
                    str(begin),
                    f"overlaps the spell {other_begin}-{other_end} in line {other_line}",
                    "a state has one class in a year",
                )
        spells[actor].append((begin, end, line))
        end = min(end, latest)
        if regime is not None:
            for year in range(max(begin, earliest), end + 1):
                references.regimes[actor, year] = regime
        references.regimes_last_year = max(references.regimes_last_year, end)


def _check_state(
    references: References, actor: str, shown: str, line: int, problems: Problems
) -> None:
    if actor not in references.actors:
        problems.unknown(shown, line, "actor_id", actor, references.actors, "is not in actors.csv")
    elif not references.is_state(actor):
        kind = references.actors[actor]["kind"]
        problems.add(
            shown, line, "actor_id", actor, f"is no state: its kind is {kind}", "delete the row"
        )


def _check_references(references: References, problems: Problems) -> None:
    """Every reference among the CSV files leads somewhere."""
    targets = {"actors": references.actors, "series": references.series}
    for table, rows in references.rows.items():
        for column in file_columns(table):
            known = targets.get(column.references or "")
            if known is None or column.references in references.unread:
                continue
            for row in rows:
                value = row.cells[column.name]
                for member in value if isinstance(value, list) else [value]:
                    if member is not None and member not in known:
                        problems.unknown(
                            row.file,
                            row.line,
                            column.name,
                            member,
                            known,
                            f"is not in {column.references}.csv",
                        )


def _check_spans(references: References, problems: Problems) -> None:
    """No span ends before it begins."""
    for table, (first, last) in SPANS.items():
        for row in references.rows[table]:
            begin, end = row.cells[first], row.cells[last]
            if begin is not None and end is not None and end < begin:
                problems.add(
                    row.file,
                    row.line,
                    last,
                    row.texts[last],
                    f"is before {first} {row.texts[first]}",
                    "exchange the two or correct one",
                )


def _check_series(references: References, problems: Problems) -> None:
    """A series is an organisation's, where it is not only its parties'."""
    for row in references.rows["series"]:
        framework = row.cells["framework"]
        kind = references.actors.get(framework, {}).get("kind")
        if kind not in (None, "organisation"):
            problems.add(
                row.file,
                row.line,
                "framework",
                framework,
                f"is no organisation: its kind is {kind}",
                "name the organisation whose series it is, or leave the cell empty",
            )


def _check_searches(references: References, about: Mapping[str, Any], problems: Problems) -> None:
    """A search lies within the coverage, is not still to come, in languages that have a code."""
    begin, end, released = (
        date.fromisoformat(about[name]) for name in ("coverage_start", "coverage_end", "released")
    )
    latest = max(released, date.today())
    for row in references.rows["searches"]:
        cells = row.cells

        def add(name: str, value: str, rule: str, fix: str, row: Row = row) -> None:
            problems.add(row.file, row.line, name, value, rule, fix)

        for name in ("year_from", "year_to"):
            year = cells[name]
            if year is not None and not begin.year <= year <= end.year:
                add(
                    name,
                    str(year),
                    f"is outside the coverage, {begin.year}-{end.year}",
                    "log the years within it",
                )
        if cells["searched_on"] is not None and cells["searched_on"] > latest:
            add(
                "searched_on",
                row.texts["searched_on"],
                f"is still to come: it is after {latest}",
                "write the day of the search",
            )
        for language in cells["languages"] or []:
            if language not in LANGUAGES:
                add(
                    "languages",
                    language,
                    "is no code of ISO 639-1",
                    "write the code of two letters, as en or ru",
                )
        named = row.texts.get("event_ids", "").strip()
        if cells["outcome"] == "none" and named:
            add(
                "outcome",
                "none",
                f"names events: {named}",
                "write found (or unclear), or take the events out",
            )
        elif cells["outcome"] == "found" and not named:
            add("outcome", "found", "names no event", "list event_ids, or write none or unclear")
