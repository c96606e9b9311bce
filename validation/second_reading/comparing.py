"""Holds the two readings of an event against each other, variable by variable."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from autocoop.compile import read_events
from autocoop.compile.events import principal_items
from autocoop.compile.form import ITEMS, WIDE_TABLE
from autocoop.compile.values import parse_date
from autocoop.schemas import ColumnInfo, describe
from validation.second_reading import places
from validation.tabular import rows_of

#: What the pages say of two values that differ: which reading they bear out.
VERDICTS = ("first", "second", "both", "neither")


@dataclass(frozen=True)
class Variable:
    """A coded column: its level of measurement is nominal, ordinal, interval, ratio or set.

    `fields` are those of an event's file from which it follows.
    """

    name: str
    level: str
    fields: tuple[str, ...] = ()


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
    columns = describe(WIDE_TABLE[event_type]).columns
    forms = {column.name: column.form for column in columns}
    return [
        Variable(column.name, level, _fields(event_type, column.name, forms))
        for column in columns
        if (level := _level(column)) and (event_type, column.name) not in LEFT_EMPTY
    ]


def _fields(event_type: str, name: str, forms: dict[str, str | None]) -> tuple[str, ...]:
    """The fields from which a column follows; a precision stands beside its date."""
    if name == "categories":
        return ("details.items",)
    if name.endswith("_precision"):
        name = name.removesuffix("_precision") + "_date"
    if event_type == "arms_transfer" and name == "start_date":
        return ("start", *(form for form in forms.values() if form and form.endswith("_date")))
    if event_type == "arms_transfer" and name == "end_date":
        return ("end", "details.delivery_end_date")
    found = [forms[name]] if forms[name] else []
    if name.startswith("quantity_"):
        found.append(f"{ITEMS}.*.{name.removesuffix('_best')}")
    elif name in ("organisers", "hosts", "contingents"):
        found.append("participants")
    elif name == "participants":
        found += ["participants", "participants.organiser", "participants.host"]
    elif name == "location_iso3":
        # A page that names the target bears out that the intervention was there.
        found.append("participants.target")
    return tuple(found)


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
    #: Address -> what the page bears out of the event: field and value.
    borne: dict[str, set[tuple[str, str]]]
    #: Item of an arms transfer -> its category.
    items: dict[str, str] = field(default_factory=dict)


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
            _borne(event.rows["sources"], event.rows["claims"]),
            {row["item_id"]: row["category"] for row in event.rows.get("arms_items", ())},
        )
    return found


def _borne(
    sources: Iterable[dict[str, Any]], claims: Iterable[dict[str, Any]]
) -> dict[str, set[tuple[str, str]]]:
    urls = {row["source_id"]: row["url"] for row in sources}
    found: dict[str, set[tuple[str, str]]] = {url: set() for url in urls.values()}
    for claim in claims:
        if claim["relation"] == "supports":
            found[urls[claim["source_id"]]].add((claim["field"], claim["event_value"]))
    return found


@dataclass(frozen=True)
class Pair:
    """The two readings of one variable of one event (of one actor in it).

    `found_again` is the first reading as far as the pages that the second reader found bear it
    out: of a set the terms that one of them does, of another value the value itself; `UNSEEN`
    where they bear nothing of it out. `second_again` is what it is compared with: the second
    reading, of a set without the terms that the first has from lost pages alone.
    """

    event_id: str
    type: str
    variable: Variable
    label: str
    first: Any
    second: Any
    found_again: Any
    second_again: Any


#: A value of the first reading for which the second reader found no page again.
UNSEEN = object()


def _found_again(value: Any, fields: Iterable[str], one: Reading, two: Reading) -> Any:
    pages = one.borne.keys() & two.borne.keys()
    seen = {claim for url in pages for claim in one.borne[url] if claim[0] in fields}
    if len(fields) == 2 and fields[1].startswith(f"{ITEMS}.*") and value is not None:
        return value if _is_total_of(fields, one, pages) else UNSEEN
    if isinstance(value, frozenset):
        # Categories follow from items.
        return value & {one.items.get(text, text) for _, text in seen}
    if value is None or not fields or any(_is_of(value, text) for _, text in seen):
        return value
    return UNSEEN


def _on_same_pages(first: Any, second: Any, found_again: Any) -> tuple[Any, Any]:
    """The two readings without what the first has from lost pages alone."""
    if not isinstance(first, frozenset):
        return found_again, second
    lost = first - found_again
    # Of a set that is lost as a whole nothing can be said, as of any other value.
    return (UNSEEN, second) if lost and not found_again else (found_again, second - lost)


def _is_total_of(fields: tuple[str, ...], one: Reading, pages: Collection[str]) -> bool:
    """Whether pages bear out a quantity of a deal: its own, else that of each item added up."""
    stated, of_item = fields
    borne = {name for claims in one.borne.values() for name, _ in claims}
    needed = {of_item.replace("*", item) for item in principal_items(one.items)}
    seen = {name for url in pages for name, _ in one.borne[url]}
    return ({stated} if stated in borne else needed) <= seen


def _is_of(value: Any, text: str) -> bool:
    """Whether the text of a claim is that of a value; every figure and term is taken to be."""
    if isinstance(value, date):
        bounds = parse_date(text)
        return value in (bounds.first, bounds.last)
    return True


def _value(row: dict[str, Any], name: str, level: str) -> Any:
    value = row[name]
    return frozenset(value or ()) if level == "set" else value


def pairs(first: dict[str, Reading], second: dict[str, Reading]) -> Iterator[Pair]:
    """Every variable of every event that was read twice."""
    for event_id in sorted(first.keys() & second.keys()):
        one, two = first[event_id], second[event_id]
        for variable in variables(one.type):
            values = [_value(reading.wide, variable.name, variable.level) for reading in (one, two)]
            if variable.name.endswith("_precision"):
                date_ = one.wide[variable.name.removesuffix("_precision") + "_date"]
                is_seen = _found_again(date_, variable.fields, one, two) is not UNSEEN
                again = values[0] if is_seen else UNSEEN
            else:
                again = _found_again(values[0], variable.fields, one, two)
            compared = _on_same_pages(*values, again)
            yield Pair(event_id, one.type, variable, variable.name, *values, *compared)
        for key in sorted(one.participants.keys() & two.participants.keys()):
            rows = one.participants[key], two.participants[key]
            for variable in OF_ACTORS:
                name = variable.name.removeprefix("participants.")
                label = f"participants.{key[0]}.{name} ({key[1]})"
                short = name.removesuffix("_date").removesuffix("_best")
                fields = (f"participants.{key[0]}.{short}",)
                values = [row[name] for row in rows]
                compared = _on_same_pages(*values, _found_again(values[0], fields, one, two))
                yield Pair(event_id, one.type, variable, label, *values, *compared)


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
    settled = {
        tuple(row[name] for name in _DIFFERENCE)
        for row in rows_of(places.DIFFERENCES)
        if row["right"] in VERDICTS and row["cause"]
    }
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
