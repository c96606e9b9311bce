"""Holds the two readings of an event against each other, variable by variable."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autocoop.compile import read_events
from autocoop.compile.form import WIDE_TABLE
from autocoop.schemas import ColumnInfo, describe
from validation.second_reading import places
from validation.tabular import rows_of

#: What the pages say of two values that differ: which reading they bear out.
VERDICTS = ("first", "second", "both", "neither")


@dataclass(frozen=True)
class Variable:
    """A coded column: its level of measurement is nominal, ordinal, interval, ratio or set."""

    name: str
    level: str


def _level(column: ColumnInfo) -> str | None:
    """The level of measurement that a column's type gives it; None where it is not compared."""
    is_coded = column.form is not None or column.name == "categories"
    if column.name.endswith("_precision"):
        return "ordinal"
    if not is_coded or column.name.endswith(("_low", "_high")) or column.name == "series_id":
        return None
    if column.is_list:
        return "set"
    if column.type_name == "date":
        return "interval"
    if column.name == "direction":
        return "nominal"
    if column.name == "activity":
        return "ordinal"
    if column.type_name == "integer":
        return "ratio"
    if column.type_name == "boolean" or column.vocabulary or column.references:
        return "nominal"
    return "nominal" if column.name == "value_currency" else None


#: Columns of a type that its coding rules leave empty.
LEFT_EMPTY = {("arms_transfer", "location_iso3")}


def variables(event_type: str) -> list[Variable]:
    """What is compared: the coded columns of the wide table, free text aside."""
    return [
        Variable(column.name, level)
        for column in describe(WIDE_TABLE[event_type]).columns
        if (level := _level(column)) and (event_type, column.name) not in LEFT_EMPTY
    ]


#: Variables of an actor in an event, compared where both readings have it in the same role.
OF_ACTORS = (
    Variable("participants.start_date", "interval"),
    Variable("participants.end_date", "interval"),
    Variable("participants.personnel_best", "ratio"),
)


@dataclass(frozen=True)
class Reading:
    """One event as one reader coded it: wide row, and participants by actor and role."""

    event_id: str
    type: str
    wide: dict[str, Any]
    participants: dict[tuple[str, str], dict[str, Any]]


def readings(folder: Path) -> dict[str, Reading]:
    """Event -> reading, of every file below a folder. Raises `SystemExit` where one is refused."""
    events, problems = read_events(places.ROOT / "data", sorted(folder.rglob("*.yaml")))
    if problems:
        raise SystemExit("\n".join(map(str, problems)))
    found = {}
    for event in events:
        event_type = event.rows["events"][0]["type"]
        found[event.event_id] = Reading(
            event.event_id,
            event_type,
            event.rows[WIDE_TABLE[event_type]][0],
            {(row["actor_id"], row["role"]): row for row in event.rows["participants"]},
        )
    return found


@dataclass(frozen=True)
class Pair:
    """The two readings of one variable of one event (of one actor in it)."""

    event_id: str
    type: str
    variable: Variable
    label: str
    first: Any
    second: Any


def _value(row: dict[str, Any], name: str, level: str) -> Any:
    value = row[name]
    return frozenset(value or ()) if level == "set" else value


def pairs(first: dict[str, Reading], second: dict[str, Reading]) -> Iterator[Pair]:
    """Every variable of every event that was read twice."""
    for event_id in sorted(first.keys() & second.keys()):
        one, two = first[event_id], second[event_id]
        for variable in variables(one.type):
            values = (_value(reading.wide, variable.name, variable.level) for reading in (one, two))
            yield Pair(event_id, one.type, variable, variable.name, *values)
        for key in sorted(one.participants.keys() & two.participants.keys()):
            rows = one.participants[key], two.participants[key]
            for variable in OF_ACTORS:
                name = variable.name.removeprefix("participants.")
                label = f"participants.{key[0]}.{name} ({key[1]})"
                yield Pair(event_id, one.type, variable, label, *(row[name] for row in rows))


def both_readings() -> tuple[dict[str, Reading], dict[str, Reading]]:
    """The first and the second readings of the events that have both."""
    second = readings(places.SECOND)
    return {key: value for key, value in readings(places.FIRST).items() if key in second}, second


def shown(value: Any) -> str:
    """A value as `differences.csv` holds it; empty where the reading has none."""
    if value is None:
        return ""
    if isinstance(value, frozenset):
        return ";".join(sorted(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def differences(found: Iterable[Pair]) -> list[dict[str, str]]:
    """What differs, as rows of `differences.csv` without a verdict.

    A precision is not listed beside its date: the two are settled together.
    """
    return [
        {
            "event_id": pair.event_id,
            "variable": pair.label,
            "first": shown(pair.first),
            "second": shown(pair.second),
        }
        for pair in found
        if pair.first != pair.second and not is_beside_its_date(pair)
    ]


def is_beside_its_date(pair: Pair) -> bool:
    """Whether this is the precision of a date that not both readings state."""
    return pair.label.endswith("_precision") and None in (pair.first, pair.second)


_DIFFERENCE = places.DIFFERENCES_COLUMNS[:4]


def unsettled() -> list[dict[str, str]]:
    """Differences that `differences.csv` does not hold as they are now."""
    settled = {tuple(row[name] for name in _DIFFERENCE) for row in rows_of(places.DIFFERENCES)}
    now = differences(pairs(*both_readings()))
    return [row for row in now if tuple(row.values()) not in settled]


def orphans() -> list[dict[str, str]]:
    """Rows of `differences.csv` that are no difference of two readings, or stand there twice."""
    left = Counter(tuple(row.values()) for row in differences(pairs(*both_readings())))
    found = []
    for row in rows_of(places.DIFFERENCES):
        key = tuple(row[name] for name in _DIFFERENCE)
        if not left[key]:
            found.append(row)
        left[key] -= 1
    return found
