"""The blind second reading: draws events, hands out their pages, takes the second codings in.

The order of steps:

1. ``draw SEED COUNT TYPE FOLDER [IDS]`` draws COUNT events of a type that were not drawn before (of
   the identifiers in the file IDS, one a line, where it is given), keeps their files as they are
   now under ``validation/reliability/first_reading`` and writes into FOLDER what the second reader
   gets: ``cases.yaml``, with a number, a type and the addresses and titles of pages, and nothing of
   the coding. The release has to be compiled: grades, regions and spans are taken from it.
2. The second reader writes ``<case>.yaml`` into FOLDER for every case of which a page was found
   again, in the form of an event file, and ``pages.csv`` (case, url, events: how many events of
   that type the page holds). ``check FOLDER`` lists the mistakes.
3. ``take FOLDER`` takes all of it in, or nothing where there is a mistake other than a case that is
   not coded yet. From then on the codings are never changed; a corrected ``pages.csv`` may be taken
   in again.
4. ``another EVENT_ID ...`` puts aside second codings that turn out to be of another event of the
   same pages: they say something of how readers divide a page, nothing of how they code an event.
5. ``differences [EVENT_ID ...]`` prints what is not settled yet, in the columns of
   ``differences.csv``. The second reader decides each by the pages, with ``right`` (first, second,
   both or neither) and ``cause``; the rows are added to ``validation/reliability/differences.csv``.
6. Where the first reading is wrong, the file below ``data/events`` is mended, never a copy below
   ``validation/reliability``.
7. ``python -m validation.agreement --write``, then ``python -m autocoop compile``: the codebook
   shows the tables.
"""

import argparse
import csv
import io
import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from autocoop import __version__
from autocoop.compile import read_events
from autocoop.compile.form import PREFIX, WIDE_TABLE
from autocoop.compile.write import write_text
from autocoop.schemas import ColumnInfo, describe

ROOT = Path(__file__).parents[1]
RELIABILITY = ROOT / "validation" / "reliability"
FIRST, SECOND = RELIABILITY / "first_reading", RELIABILITY / "second_reading"
ANOTHER = RELIABILITY / "another_event"
SAMPLE = RELIABILITY / "sample.csv"
SAMPLE_COLUMNS = (
    *("case", "event_id", "type", "seed", "count", "version", "drawn_on"),
    *("grade", "region", "span", "outcome"),
)
#: Reads every scalar as text.
_TextLoader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

#: What an event is drawn by.
STRATA = ("grade", "region", "span")
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


class Refused(SystemExit):
    """What was asked cannot be done, and nothing was; the message says why, a line a mistake."""


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file; none where there is no file."""
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def as_csv(columns: Iterable[str], rows: Iterable[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write_rows(path: Path, columns: Iterable[str], rows: Iterable[dict[str, Any]]) -> None:
    write_all({path: as_csv(columns, rows)})


def write_all(texts: dict[Path, str]) -> None:
    """Writes files, all of them or none: where one fails, the others are put back."""
    before: dict[Path, bytes | None] = {}
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            before[path] = path.read_bytes() if path.exists() else None
            write_text(path, text)
    except BaseException:
        for path, raw in before.items():
            if raw is not None:
                path.write_bytes(raw)
            else:
                path.unlink(missing_ok=True)
        raise


# -- drawing --------------------------------------------------------------------------------------


def _stratum(
    event: dict[str, Any], participants: Iterable[dict[str, Any]], cow: dict[str, str | None]
) -> dict[str, str]:
    """Grade, region and span of five years of an event, of its rows."""
    codes: dict[str, list[int]] = {}
    for row in sorted(participants, key=lambda row: row["actor_id"]):
        if code := cow[row["actor_id"]]:
            codes.setdefault(row["role"], []).append(int(code))
    facing = next((codes[role] for role in FACING[event["type"]] if role in codes), [])
    region = next((name for end, name in REGIONS if facing and facing[0] < end), "Elsewhere")
    first = event["year"] - event["year"] % 5
    return {"grade": event["evidence_grade"], "region": region, "span": f"{first}-{first + 4}"}


def _cow() -> dict[str, str | None]:
    """Actor -> its number in the Correlates of War."""
    from autocoop.loading import read

    return {row["actor_id"]: row["cow_code"] for row in read("actors").to_pylist()}


def _strata(event_type: str) -> dict[str, dict[str, str]]:
    """Event -> grade, region and span, of every event of a type in the compiled release."""
    from autocoop.loading import read

    cow = _cow()
    participants: dict[str, list[dict[str, Any]]] = {}
    for row in read("participants").to_pylist():
        participants.setdefault(row["event_id"], []).append(row)
    return {
        row["event_id"]: _stratum(row, participants[row["event_id"]], cow)
        for row in read("events").to_pylist()
        if row["type"] == event_type
    }


def chosen(
    strata: dict[str, dict[str, str]],
    count: int,
    seed: int,
    earlier: Iterable[dict[str, str]] = (),
) -> list[str]:
    """`count` events, balanced over grades, regions and spans; the same for the same arguments.

    In random order, each is the one whose grade, region and span are the rarest among those
    chosen before it and the `earlier` ones.
    """
    left = sorted(strata)
    random.Random(seed).shuffle(left)
    seen = Counter(item for facts in earlier for item in facts.items())
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
    """Draws events, keeps their files, writes the second reader's cases; returns the events.

    Raises `Refused`, and writes nothing, where the draw asked for cannot be made.
    """
    if event_type not in PREFIX:
        raise Refused(f"{event_type}: is no type of event; there are {', '.join(PREFIX)}")
    if count < 1:
        raise Refused(f"{count} events cannot be drawn: COUNT is 1 or more")
    if folder.exists() and not folder.is_dir():
        raise Refused(f"{folder}: is no folder")
    cases = _cases(folder) if (folder / "cases.yaml").exists() else {}
    drawn = rows_of(SAMPLE)
    before = {row["event_id"]: row for row in drawn if row["type"] == event_type}
    strata = _strata(event_type)
    if unknown := sorted((allowed or set()) - strata.keys()):
        raise Refused("\n".join(f"{event}: is no {event_type} of the release" for event in unknown))
    left = {
        event: facts
        for event, facts in strata.items()
        if event not in before and (allowed is None or event in allowed)
    }
    if count > len(left):
        raise Refused(f"asked for are {count}, left to draw are {len(left)}")
    earlier = [{name: row[name] for name in STRATA} for row in before.values()]
    events = chosen(left, count, seed, earlier)

    files = {path.stem: path for path in (ROOT / "data" / "events" / event_type).rglob("*.yaml")}
    _hold_to_files(events, strata, files)
    held = Counter(url for path in files.values() for url in set(_urls(_plain(path))))
    texts, pages = {}, rows_of(PAGES)
    for number, event in enumerate(events, 1 + len(before)):
        path = files[event]
        texts[FIRST / path.relative_to(ROOT / "data" / "events")] = path.read_text("utf-8")
        case = f"{PREFIX[event_type]}-case-{number:03d}"
        sources = _plain(path)["sources"]
        if case in cases:
            raise Refused(f"{folder}: holds a {case} of another draw; name another folder")
        cases[case] = {
            "case": case,
            "type": event_type,
            "pages": [
                {key: source[key] for key in ("url", "title", "language") if key in source}
                for source in sources
            ],
        }
        drawn.append(
            {
                "case": case,
                "event_id": event,
                "type": event_type,
                "seed": str(seed),
                "count": str(count),
                "version": __version__,
                "drawn_on": date.today().isoformat(),
                **strata[event],
                "outcome": "",
            }
        )
        pages += [
            {"event_id": event, "url": source["url"], "events_first": str(held[source["url"]])}
            for source in sources
        ]
    texts[folder / "cases.yaml"] = yaml.safe_dump(
        list(cases.values()), allow_unicode=True, sort_keys=False
    )
    texts[SAMPLE] = as_csv(SAMPLE_COLUMNS, drawn)
    texts[PAGES] = as_csv(PAGES_COLUMNS, pages)
    write_all(texts)
    return events


def _hold_to_files(
    events: list[str], strata: dict[str, dict[str, str]], files: dict[str, Path]
) -> None:
    """Refuses events that have no file, a wrong one, or one of which the release says otherwise."""
    if missing := [event for event in events if event not in files]:
        raise Refused("\n".join(f"{event}: has no file below data/events" for event in missing))
    found, problems = read_events(ROOT / "data", [files[event] for event in events])
    if problems:
        raise Refused("\n".join(map(str, problems)))
    cow = _cow()
    stale = [
        event.event_id
        for event in found
        if _stratum(event.rows["events"][0], event.rows["participants"], cow)
        != strata[event.event_id]
    ]
    if stale:
        raise Refused(
            "\n".join(
                f"{event}: its file is not what data/release says; compile first" for event in stale
            )
        )


def _cases(folder: Path) -> dict[str, dict[str, Any]]:
    """Case -> what the second reader got. Raises `Refused` where it is not what `draw` wrote."""
    path = folder / "cases.yaml"
    try:
        cases = {case["case"]: case for case in yaml.safe_load(path.read_text("utf-8"))}
        # Looked up here, so that no later step meets a case without them.
        for case in cases.values():
            _ = PREFIX[case["type"]], [page["url"] for page in case["pages"]]
    except FileNotFoundError:
        raise Refused(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, KeyError):
        raise Refused(f"{path}: is not a list of cases as `draw` writes it") from None
    return cases


def _plain(path: Path) -> dict[str, Any]:
    """An event file with every scalar as text; nothing where it cannot be read."""
    try:
        found = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_TextLoader)
    except (UnicodeDecodeError, yaml.YAMLError):
        return {}
    return found if isinstance(found, dict) else {}


def _urls(plain: dict[str, Any]) -> list[str]:
    """The addresses that an event file cites, as far as it has the form of one."""
    sources = plain.get("sources")
    if not isinstance(sources, list):
        return []
    found = [source.get("url") for source in sources if isinstance(source, dict)]
    return [url for url in found if isinstance(url, str)]


# -- taking in ------------------------------------------------------------------------------------

_NOT_CODED = ": is not coded yet"


def check(folder: Path) -> list[str]:
    """The mistakes in the second codings of a folder, in sentences."""
    try:
        cases = _cases(folder)
    except Refused as refused:
        return [str(refused)]
    written = {path.stem: path for path in sorted(folder.glob("*-case-*.yaml"))}
    wrong = [f"{case}{_NOT_CODED}" for case in sorted(cases.keys() - written.keys())]
    wrong += [f"{case}: is no case of cases.yaml" for case in sorted(written.keys() - cases.keys())]
    coded = {case: path for case, path in written.items() if case in cases}
    for case, path in coded.items():
        given = {page["url"] for page in cases[case]["pages"]}
        wrong += [
            f"{path.name}: {url} is no page of the case"
            for url in _urls(_plain(path))
            if url not in given
        ]
    wrong += _against_the_form(coded, cases)
    return wrong + _counted(folder, cases)[1]


def _against_the_form(coded: dict[str, Path], cases: dict[str, dict[str, Any]]) -> list[str]:
    """What the compiler has against second codings."""
    wrong, paths = [], []
    for case, path in coded.items():
        event_type = cases[case]["type"]
        written = _plain(path).get("type", event_type)
        if isinstance(written, str) and written != event_type:
            wrong.append(f"{path.name} type: {written!r} is not the type of the case, {event_type}")
        else:
            paths.append(path)
    _, problems = read_events(ROOT / "data", paths)
    names = {path.as_posix(): path.name for path in paths}
    return wrong + [
        str(replace(problem, file=names.get(problem.file, problem.file))) for problem in problems
    ]


def _counted(
    folder: Path, cases: dict[str, dict[str, Any]]
) -> tuple[dict[tuple[str, str], str], list[str]]:
    """(Case, url) -> events on the page, of `pages.csv`; and the mistakes in it, in sentences."""
    path = folder / "pages.csv"
    cited = [
        (case, url)
        for case in sorted(cases)
        if (file := folder / f"{case}.yaml").is_file()
        for url in dict.fromkeys(_urls(_plain(file)))
        if url in {page["url"] for page in cases[case]["pages"]}
    ]
    if not path.is_file():
        return {}, ["pages.csv: there is no such file"] if cited else []
    try:
        rows = rows_of(path)
    except (UnicodeDecodeError, csv.Error) as error:
        return {}, [f"pages.csv: cannot be read: {error}"]
    if rows and not {"case", "url", "events"} <= set(rows[0]):
        return {}, ["pages.csv: its first line is not case,url,events"]
    counts: dict[tuple[str, str], str] = {}
    wrong = []
    for line, row in enumerate(rows, 2):
        if None in row or None in row.values():
            wrong.append(f"pages.csv row {line}: has more or fewer cells than the first line")
            continue
        key = row["case"], row["url"]
        if row["case"] not in cases:
            wrong.append(f"pages.csv row {line}: {row['case']!r} is no case of cases.yaml")
        elif row["url"] not in {page["url"] for page in cases[row["case"]]["pages"]}:
            wrong.append(f"pages.csv row {line}: {row['url']!r} is no page of {row['case']}")
        elif not re.fullmatch("[0-9]+", row["events"]):
            wrong.append(f"pages.csv row {line}: {row['events']!r} is no number of events")
        elif key in counts:
            wrong.append(f"pages.csv row {line}: {row['url']!r} stands twice for {row['case']}")
        counts[key] = row["events"]
    wrong += [
        f"pages.csv: {case} has no count for {url}"
        for case, url in cited
        if (case, url) not in counts
    ]
    return counts, wrong


def take(folder: Path) -> list[str]:
    """Takes the second codings in; returns their events. One that is there already stays.

    Raises `Refused`, and writes nothing, where there is a mistake in any of them.
    """
    wrong = [sentence for sentence in check(folder) if not sentence.endswith(_NOT_CODED)]
    sample = {row["case"]: row for row in rows_of(SAMPLE)}
    written = {path.stem: path for path in sorted(folder.glob("*-case-*.yaml"))}
    wrong += [f"{case}: is no case of {SAMPLE.name}" for case in written if case not in sample]
    if wrong:
        raise Refused("\n".join(wrong))
    events, _ = read_events(ROOT / "data", written.values())
    years = {event.event_id: str(event.year) for event in events}
    texts: dict[Path, str] = {}
    taken = []
    for case, path in written.items():
        event = sample[case]["event_id"]
        if any(ANOTHER.rglob(f"{event}.yaml")):
            continue
        sample[case]["outcome"] = "coded"
        if any(SECOND.rglob(f"{event}.yaml")):
            continue
        text, count = re.subn(
            r"^id *:.*$",
            f"id: {event}",
            path.read_text(encoding="utf-8-sig"),
            count=1,
            flags=re.MULTILINE,
        )
        if not count or yaml.load(text, Loader=_TextLoader)["id"] != event:
            wrong.append(f"{path.name} id: does not stand in a line of its own")
        texts[SECOND / sample[case]["type"] / years[case] / f"{event}.yaml"] = text
        taken.append(event)
    if wrong:
        raise Refused("\n".join(wrong))
    counts = {
        (sample[case]["event_id"], url): events
        for (case, url), events in _counted(folder, _cases(folder))[0].items()
        if case in sample
    }
    pages = rows_of(PAGES)
    for row in pages:
        row["events_second"] = counts.get((row["event_id"], row["url"]), row["events_second"])
    texts[SAMPLE] = as_csv(SAMPLE_COLUMNS, sample.values())
    texts[PAGES] = as_csv(PAGES_COLUMNS, pages)
    write_all(texts)
    return taken


def put_aside(events: Iterable[str]) -> None:
    """Moves second codings that are of another event out of what is compared.

    Raises `Refused`, and moves nothing, where one of them cannot be moved.
    """
    sample = {row["event_id"]: row for row in rows_of(SAMPLE)}
    wrong, moves = [], {}
    for event in dict.fromkeys(events):
        found = list(SECOND.rglob(f"{event}.yaml"))
        if event not in sample:
            wrong.append(f"{event}: is not in {SAMPLE.name}")
        elif any(ANOTHER.rglob(f"{event}.yaml")):
            wrong.append(f"{event}: is put aside already")
        elif not found:
            wrong.append(f"{event}: has no second coding")
        else:
            moves[found[0]] = ANOTHER / found[0].relative_to(SECOND)
            sample[event]["outcome"] = "another_event"
    if wrong:
        raise Refused("\n".join(wrong))
    texts = {new: old.read_text("utf-8") for old, new in moves.items()}
    write_all({**texts, SAMPLE: as_csv(SAMPLE_COLUMNS, sample.values())})
    for old in moves:
        old.unlink()


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
        if pair.first != pair.second and not is_beside_its_date(pair)
    ]


def is_beside_its_date(pair: Pair) -> bool:
    """Whether this is the precision of a date that not both readings state."""
    return pair.label.endswith("_precision") and None in (pair.first, pair.second)


_DIFFERENCE = DIFFERENCES_COLUMNS[:4]


def unsettled() -> list[dict[str, str]]:
    """Differences that `differences.csv` does not hold as they are now."""
    settled = {tuple(row[name] for name in _DIFFERENCE) for row in rows_of(DIFFERENCES)}
    now = differences(pairs(*both_readings()))
    return [row for row in now if tuple(row.values()) not in settled]


def orphans() -> list[dict[str, str]]:
    """Rows of `differences.csv` that are no difference of two readings, or stand there twice."""
    left = Counter(tuple(row.values()) for row in differences(pairs(*both_readings())))
    found = []
    for row in rows_of(DIFFERENCES):
        key = tuple(row[name] for name in _DIFFERENCE)
        if not left[key]:
            found.append(row)
        left[key] -= 1
    return found


# -- the command line -----------------------------------------------------------------------------


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m validation.second_reading",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    draw_ = commands.add_parser("draw", help="draw events, and write the second reader's cases")
    draw_.add_argument("seed", type=int, metavar="SEED")
    draw_.add_argument("count", type=int, metavar="COUNT", help="how many events")
    draw_.add_argument("type", metavar="TYPE", choices=PREFIX, help=", ".join(PREFIX))
    draw_.add_argument("folder", type=Path, metavar="FOLDER", help="for the second reader")
    draw_.add_argument(
        "ids", type=_file, nargs="?", metavar="IDS", help="draw of the events in this file only"
    )
    check_ = commands.add_parser("check", help="list the mistakes in second codings; 1 if any")
    check_.add_argument("folder", type=_folder, metavar="FOLDER")
    take_ = commands.add_parser("take", help="take second codings in, all or none")
    take_.add_argument("folder", type=_folder, metavar="FOLDER")
    another = commands.add_parser("another", help="put aside second codings of another event")
    another.add_argument("events", nargs="+", metavar="EVENT_ID")
    differences_ = commands.add_parser(
        "differences", help="print the differences without a verdict"
    )
    differences_.add_argument("events", nargs="*", metavar="EVENT_ID")
    return parser


def _folder(text: str) -> Path:
    if not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"{text}: there is no such folder")
    return Path(text)


def _file(text: str) -> Path:
    if not Path(text).is_file():
        raise argparse.ArgumentTypeError(f"{text}: there is no such file")
    return Path(text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 where all is well, 1 for mistakes, 2 for misuse."""
    options = build_parser().parse_args(arguments)
    if options.command == "draw":
        allowed = set(options.ids.read_text("utf-8").split()) if options.ids else None
        drawn = draw(options.seed, options.count, options.type, options.folder, allowed)
        print(f"{len(drawn)} events drawn; {options.folder}/cases.yaml is for the second reader")
    elif options.command == "check":
        wrong = check(options.folder)
        print("\n".join(wrong) or "no mistakes")
        return 1 if wrong else 0
    elif options.command == "take":
        print("\n".join(take(options.folder)) or "nothing new")
    elif options.command == "another":
        put_aside(options.events)
    else:
        unread = [event for event in options.events if not any(SECOND.rglob(f"{event}.yaml"))]
        if unread:
            raise Refused("\n".join(f"{event}: has no second coding" for event in unread))
        wanted = set(options.events)
        rows = [row for row in unsettled() if not wanted or row["event_id"] in wanted]
        print(as_csv(DIFFERENCES_COLUMNS, rows), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
