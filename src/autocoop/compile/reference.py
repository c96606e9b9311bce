"""The reference tables of `data/`: actors, publishers, series and the other CSV files."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autocoop.compile import values
from autocoop.compile.problems import Problems
from autocoop.compile.read import read_csv
from autocoop.compile.values import NotAValue
from autocoop.schemas import MODELS, ColumnInfo, describe

#: Columns of a CSV file's table that the compiler fills.
DERIVED = {"publishers": {"is_state_controlled"}, "regimes": {"is_regime_carried"}}

#: Header of regimes.csv, which holds spells where the table holds years.
REGIME_SPELLS = ["actor_id", "from_year", "to_year", "regime"]


@dataclass
class Row:
    """A row of a reference table, and where it stands."""

    cells: dict[str, Any]
    file: str
    line: int


@dataclass
class References:
    """All reference tables, read and typed."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
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
        return self.actors.get(actor, {}).get("kind") == "state"

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


def read_references(data: Path, shown: Callable[[Path], str], problems: Problems) -> References:
    """Read every reference table of a data folder."""
    references = References()
    for table in MODELS:
        file = describe(table).file
        if file:
            path = data / file
            references.rows[table] = _read_table(table, path, shown(path), problems)
    for row in references.rows["actors"]:
        cells = row.cells
        references.actors[cells["actor_id"]] = cells
        for name in (cells["name"], *(cells["aliases"] or [])):
            references.actor_names.setdefault(name.casefold(), cells["actor_id"])
    for row in references.rows["publishers"]:
        cells = row.cells
        references.publishers[cells["publisher_id"]] = cells
        for name in (cells["publisher_id"], cells["name"]):
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
    return references


def _read_table(table: str, path: Path, shown: str, problems: Problems) -> list[Row]:
    columns = file_columns(table)
    info = describe(table)
    if not path.exists():
        problems.add(shown, 1, "", None, "the file is missing", "restore it")
        return []
    rows: list[Row] = []
    keys: dict[tuple[str, ...], int] = {}
    for line, cells in read_csv(path, shown, [column.name for column in columns], problems):
        typed: dict[str, Any] = {}
        is_whole = True
        for column in columns:
            try:
                typed.update(_parse_cell(column, cells[column.name]))
            except NotAValue as error:
                problems.add(shown, line, column.name, cells[column.name], error.rule, error.fix)
                is_whole = False
        key = tuple(cells[name] for name in info.key)
        if key in keys:
            problems.add(
                shown, line, ",".join(info.key), ",".join(key), f"stands in line {keys[key]} too"
            )
            is_whole = False
        keys.setdefault(key, line)
        if is_whole:
            rows.append(Row(typed, shown, line))
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
    if not path.exists():
        problems.add(shown, 1, "", None, "the file is missing", "restore it")
        return
    for line, cells in read_csv(path, shown, REGIME_SPELLS, problems):
        try:
            begin, end, regime = (
                values.parse_integer(cells[name]) for name in ("from_year", "to_year", "regime")
            )
        except NotAValue as error:
            problems.add(shown, line, "", ",".join(cells.values()), error.rule, error.fix)
            continue
        actor = cells["actor_id"]
        if not references.is_state(actor):
            problems.unknown(
                shown, line, "actor_id", actor, references.actors, "is not a state of actors.csv"
            )
        if end < begin or end - begin > 200:
            problems.add(shown, line, "to_year", str(end), f"does not follow {begin}")
            continue
        if regime > 3:
            problems.add(shown, line, "regime", str(regime), "is not a class of 0 to 3")
        for year in range(begin, end + 1):
            if (actor, year) in references.regimes:
                problems.add(shown, line, "from_year", str(year), f"{actor} has two classes then")
            references.regimes[actor, year] = regime
        references.regimes_last_year = max(references.regimes_last_year, end)


def _check_references(references: References, problems: Problems) -> None:
    """Every reference among the CSV files leads somewhere."""
    targets = {"actors": references.actors, "series": references.series}
    for table, rows in references.rows.items():
        for column in file_columns(table):
            known = targets.get(column.references or "")
            if known is None:
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
