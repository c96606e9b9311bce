"""Draws the events that are read a second time, and writes what their reader gets."""

import random
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from autocoop import __version__
from autocoop.compile import read_events
from autocoop.compile.form import PREFIX
from autocoop.regions import region_of
from validation.second_reading import places
from validation.second_reading.places import Refused, cases_of, plain, urls_of
from validation.tabular import as_csv, rows_of, write_all

#: What an event is drawn by.
STRATA = ("grade", "region", "span")

#: The side of an event whose region counts, by type: the one on which something is bestowed.
FACING = {
    "arms_transfer": ("recipient",),
    "joint_exercise": ("host", "organiser"),
    "intervention": ("target",),
    "pme_program": ("trainee", "provider"),
}


def _stratum(
    event: dict[str, Any], participants: Iterable[dict[str, Any]], cow: dict[str, str | None]
) -> dict[str, str]:
    """Grade, region and span of five years of an event, of its rows."""
    codes: dict[str, list[str]] = {}
    for row in sorted(participants, key=lambda row: row["actor_id"]):
        if code := cow[row["actor_id"]]:
            codes.setdefault(row["role"], []).append(code)
    facing = next((codes[role] for role in FACING[event["type"]] if role in codes), [None])
    region = region_of(facing[0])
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


@places.alone()
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
    cases = cases_of(folder) if (folder / "cases.yaml").exists() else {}
    drawn = rows_of(places.SAMPLE)
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

    files = {
        path.stem: path for path in (places.ROOT / "data" / "events" / event_type).rglob("*.yaml")
    }
    _hold_to_files(events, strata, files)
    held = Counter(url for path in files.values() for url in set(urls_of(plain(path))))
    texts, pages = {}, rows_of(places.PAGES)
    for number, event in enumerate(events, 1 + len(before)):
        path = files[event]
        texts[places.FIRST / path.relative_to(places.ROOT / "data" / "events")] = path.read_text(
            "utf-8"
        )
        case = f"{PREFIX[event_type]}-case-{number:03d}"
        written = plain(path)
        sources = written["sources"]
        if case in cases:
            raise Refused(f"{folder}: holds a {case} of another draw; name another folder")
        # Where every page is cited for other events, too, their reader is told which is meant.
        shared = all(held[source["url"]] > 1 for source in sources)
        cases[case] = {
            "case": case,
            "type": event_type,
            **({"event": written["name"]} if shared else {}),
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
    texts[places.SAMPLE] = as_csv(places.SAMPLE_COLUMNS, drawn)
    texts[places.PAGES] = as_csv(places.PAGES_COLUMNS, pages)
    write_all(texts)
    return events


def _hold_to_files(
    events: list[str], strata: dict[str, dict[str, str]], files: dict[str, Path]
) -> None:
    """Refuses events that have no file, a wrong one, or one of which the release says otherwise."""
    if missing := [event for event in events if event not in files]:
        raise Refused("\n".join(f"{event}: has no file below data/events" for event in missing))
    found, problems = read_events(places.ROOT / "data", [files[event] for event in events])
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
