"""The blind second reading: draws events, hands out their pages, takes the second codings in.

``draw SEED COUNT TYPE FOLDER [IDS]`` draws COUNT events of a type that were not drawn before (of
the identifiers in the file IDS, one a line, where it is given), keeps their files as they are now
under ``validation/reliability/first_reading`` and writes into FOLDER what the second reader gets:
``cases.yaml``, with a number, a type and the addresses and titles of pages, and nothing of the
coding.

``check FOLDER`` lists the mistakes in what the second reader wrote there: ``<case>.yaml`` for every
case, in the form of an event file, and ``pages.csv`` (case, url, events: how many events of that
type the page holds). ``take FOLDER`` takes it in.

``another EVENT_ID ...`` puts aside second codings that turned out to be of another event of the
same pages: they say something of how readers divide a page, nothing of how they code an event.

``differences [EVENT_ID ...]`` prints what is not settled yet, ready for ``differences.csv``.
"""

import csv
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from autocoop.compile import read_events
from autocoop.compile.form import PREFIX, WIDE_TABLE
from autocoop.schemas import ColumnInfo, describe

ROOT = Path(__file__).parents[1]
RELIABILITY = ROOT / "validation" / "reliability"
FIRST, SECOND = RELIABILITY / "first_reading", RELIABILITY / "second_reading"
ANOTHER = RELIABILITY / "another_event"
SAMPLE = RELIABILITY / "sample.csv"
SAMPLE_COLUMNS = (
    *("case", "event_id", "type", "seed", "drawn_on", "grade", "region", "span", "outcome"),
)
PAGES = RELIABILITY / "pages.csv"
PAGES_COLUMNS = ("event_id", "url", "events_first", "events_second")
DIFFERENCES = RELIABILITY / "differences.csv"
DIFFERENCES_COLUMNS = ("event_id", "variable", "first", "second", "right", "cause")

#: What the pages say of two values that differ: which reading they bear out.
VERDICTS = ("first", "second", "both", "neither")

#: The numbers of the Correlates of War run by region.
REGIONS = ((200, "Americas"), (400, "Europe"), (600, "Africa"), (700, "Middle East"), (900, "Asia"))

#: The side of an event whose region counts, by type: the one on which something is bestowed.
FACING = {
    "arms_transfer": ("recipient",),
    "joint_exercise": ("host", "organiser"),
    "intervention": ("target",),
    "pme_program": ("trainee", "provider"),
}


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file; none where there is no file."""
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, columns: Iterable[str], rows: Iterable[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(columns), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


# -- drawing --------------------------------------------------------------------------------------


def _strata(event_type: str, allowed: set[str] | None) -> dict[str, dict[str, str]]:
    """Event -> grade, region and span of five years, of the compiled release."""
    from autocoop.loading import read

    cow = {row["actor_id"]: row["cow_code"] for row in read("actors").to_pylist()}
    facing: dict[tuple[str, str], list[int]] = {}
    for row in read("participants").to_pylist():
        if code := cow[row["actor_id"]]:
            facing.setdefault((row["event_id"], row["role"]), []).append(int(code))
    found = {}
    for row in read("events").to_pylist():
        event_id = row["event_id"]
        if row["type"] != event_type or (allowed is not None and event_id not in allowed):
            continue
        codes = next((c for role in FACING[event_type] if (c := facing.get((event_id, role)))), [])
        region = next((name for end, name in REGIONS if codes and codes[0] < end), "Elsewhere")
        first = row["year"] - row["year"] % 5
        found[event_id] = {
            "grade": row["evidence_grade"],
            "region": region,
            "span": f"{first}-{first + 4}",
        }
    return found


def chosen(strata: dict[str, dict[str, str]], count: int, seed: int) -> list[str]:
    """`count` events, balanced over grades, regions and spans; the same for the same seed.

    In random order, each is the one whose grade, region and span are the rarest among those
    chosen before it.
    """
    left = sorted(strata)
    random.Random(seed).shuffle(left)
    seen: Counter[tuple[str, str]] = Counter()
    found: list[str] = []
    while left and len(found) < count:
        best = min(left, key=lambda event: sum(seen[item] for item in strata[event].items()))
        left.remove(best)
        found.append(best)
        seen.update(strata[best].items())
    return found


def draw(
    seed: int, count: int, event_type: str, folder: Path, allowed: set[str] | None = None
) -> list[str]:
    """Draws events, keeps their files, writes the second reader's cases; returns the events."""
    drawn = rows_of(SAMPLE)
    before = {row["event_id"] for row in drawn}
    strata = {
        event: facts for event, facts in _strata(event_type, allowed).items() if event not in before
    }
    events = chosen(strata, count, seed)
    files = {path.stem: path for path in (ROOT / "data" / "events" / event_type).rglob("*.yaml")}
    held: Counter[str] = Counter()
    for path in files.values():
        held.update({source["url"] for source in _plain(path)["sources"]})
    first_number = 1 + sum(row["type"] == event_type for row in drawn)
    cases, pages = [], rows_of(PAGES)
    for number, event in enumerate(events, first_number):
        path = files[event]
        kept = FIRST / path.relative_to(ROOT / "data" / "events")
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, kept)
        case = f"{PREFIX[event_type]}-case-{number:03d}"
        sources = _plain(path)["sources"]
        cases.append(
            {
                "case": case,
                "type": event_type,
                "pages": [
                    {key: source[key] for key in ("url", "title", "language") if key in source}
                    for source in sources
                ],
            }
        )
        drawn.append(
            {
                "case": case,
                "event_id": event,
                "type": event_type,
                "seed": str(seed),
                "drawn_on": date.today().isoformat(),
                **strata[event],
                "outcome": "",
            }
        )
        pages += [
            {"event_id": event, "url": source["url"], "events_first": str(held[source["url"]])}
            for source in sources
        ]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "cases.yaml").open("a", encoding="utf-8") as file:
        yaml.safe_dump(cases, file, allow_unicode=True, sort_keys=False)
    write_rows(SAMPLE, SAMPLE_COLUMNS, drawn)
    write_rows(PAGES, PAGES_COLUMNS, pages)
    return events


def _plain(path: Path) -> dict[str, Any]:
    """An event file with every scalar as text."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


# -- taking in ------------------------------------------------------------------------------------


def check(folder: Path) -> list[str]:
    """The mistakes in the second codings of a folder, in sentences."""
    wrong = []
    cases = {case["case"] for case in yaml.safe_load((folder / "cases.yaml").read_text("utf-8"))}
    written = {path.stem for path in folder.glob("*-case-*.yaml")}
    wrong += [f"{case}: is not coded yet" for case in sorted(cases - written)]
    wrong += [f"{case}: is no case of cases.yaml" for case in sorted(written - cases)]
    with tempfile.TemporaryDirectory() as scratch:
        copies = []
        for case in sorted(written & cases):
            plain = _plain(folder / f"{case}.yaml")
            copy = Path(scratch) / plain["type"] / _year(plain) / f"{case}.yaml"
            copy.parent.mkdir(parents=True, exist_ok=True)
            copies.append(shutil.copyfile(folder / f"{case}.yaml", copy))
        _, problems = read_events(ROOT / "data", copies)
    return wrong + [str(problem).removeprefix(f"{scratch}/") for problem in problems]


def take(folder: Path) -> list[str]:
    """Takes the second codings in; returns their events. One that is there already stays."""
    sample = {row["case"]: row for row in rows_of(SAMPLE)}
    taken = []
    for path in sorted(folder.glob("*-case-*.yaml")):
        if path.stem not in sample:
            raise SystemExit(f"{path}: no such case in {SAMPLE.name}")
        event = sample[path.stem]["event_id"]
        if any(SECOND.rglob(f"{event}.yaml")):
            continue
        plain = _plain(path)
        year = _year(plain)
        kept = SECOND / sample[path.stem]["type"] / year / f"{event}.yaml"
        kept.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        kept.write_text(
            re.sub(rf"^id: *{path.stem} *$", f"id: {event}", text, flags=re.MULTILINE),
            encoding="utf-8",
            newline="\n",
        )
        taken.append(event)
        sample[path.stem]["outcome"] = "coded"
    write_rows(SAMPLE, SAMPLE_COLUMNS, sample.values())
    counted = {
        (sample[row["case"]]["event_id"], row["url"]): row["events"]
        for row in rows_of(folder / "pages.csv")
    }
    pages = rows_of(PAGES)
    for row in pages:
        key = (row["event_id"], row["url"])
        row["events_second"] = row["events_second"] or counted.get(key, "")
    write_rows(PAGES, PAGES_COLUMNS, pages)
    return taken


def put_aside(events: Iterable[str]) -> None:
    """Moves second codings that are of another event out of what is compared."""
    sample = {row["event_id"]: row for row in rows_of(SAMPLE)}
    for event in events:
        found = list(SECOND.rglob(f"{event}.yaml"))
        if not found:
            raise SystemExit(f"{event}: has no second coding in {SECOND}")
        kept = ANOTHER / found[0].relative_to(SECOND)
        kept.parent.mkdir(parents=True, exist_ok=True)
        found[0].rename(kept)
        sample[event]["outcome"] = "another_event"
    write_rows(SAMPLE, SAMPLE_COLUMNS, sample.values())


def _year(plain: dict[str, Any]) -> str:
    """The folder of an event: the year that the compiler will find."""
    details = plain.get("details") or {}
    if plain["type"] == "arms_transfer":
        names = ("order_date", "announced_date", "delivery_start_date", "delivery_end_date")
        dates = [details.get(name) for name in names]
    else:
        dates = [plain.get("start"), plain.get("end")]
    known = [day for day in dates if day]
    if not known:
        raise SystemExit(f"{plain['id']}: has no date")
    year = known[0][:4]
    return year if year >= "2000" else "2000"


# -- comparing ------------------------------------------------------------------------------------


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
    events, problems = read_events(ROOT / "data", sorted(folder.rglob("*.yaml")))
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
    second = readings(SECOND)
    return {key: value for key, value in readings(FIRST).items() if key in second}, second


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
        if pair.first != pair.second and not _is_beside_its_date(pair)
    ]


def _is_beside_its_date(pair: Pair) -> bool:
    return pair.label.endswith("_precision") and None in (pair.first, pair.second)


def unsettled() -> list[dict[str, str]]:
    """Differences that `differences.csv` does not hold as they are now."""
    settled = {
        tuple(row[name] for name in ("event_id", "variable", "first", "second"))
        for row in rows_of(DIFFERENCES)
    }
    now = differences(pairs(*both_readings()))
    return [row for row in now if tuple(row.values()) not in settled]


def main() -> None:
    command, *rest = sys.argv[1:]
    if command == "draw":
        seed, count, event_type, folder, *ids = rest
        allowed = set(Path(ids[0]).read_text("utf-8").split()) if ids else None
        drawn = draw(int(seed), int(count), event_type, Path(folder), allowed)
        print(f"{len(drawn)} events drawn; {folder}/cases.yaml is for the second reader")
    elif command == "check":
        print("\n".join(check(Path(rest[0]))) or "no mistakes")
    elif command == "take":
        print("\n".join(take(Path(rest[0]))))
    elif command == "another":
        put_aside(rest)
    elif command == "differences":
        writer = csv.DictWriter(sys.stdout, DIFFERENCES_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in unsettled() if not rest or row["event_id"] in rest)
    else:
        raise SystemExit(
            f"{command}: is no command; write draw, check, take, another or differences"
        )


if __name__ == "__main__":
    main()
