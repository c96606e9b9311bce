"""Checks second codings and takes them in, all of them or none."""

import csv
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from autocoop.compile import read_events
from validation.second_reading import places
from validation.second_reading.places import Refused, TextLoader, cases_of, plain, urls_of
from validation.tabular import as_csv, rows_of, write_all

_NOT_CODED = ": is not coded yet"


def check(folder: Path) -> list[str]:
    """The mistakes in the second codings of a folder, in sentences."""
    try:
        cases = cases_of(folder)
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
            for url in urls_of(plain(path))
            if url not in given
        ]
    wrong += _against_the_form(coded, cases)
    return wrong + _counted(folder, cases)[1]


def _against_the_form(coded: dict[str, Path], cases: dict[str, dict[str, Any]]) -> list[str]:
    """What the compiler has against second codings."""
    wrong, paths = [], []
    for case, path in coded.items():
        event_type = cases[case]["type"]
        written = plain(path).get("type", event_type)
        if isinstance(written, str) and written != event_type:
            wrong.append(f"{path.name} type: {written!r} is not the type of the case, {event_type}")
        else:
            paths.append(path)
    _, problems = read_events(places.ROOT / "data", paths)
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
        for url in dict.fromkeys(urls_of(plain(file)))
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


@places.alone()
def take(folder: Path) -> list[str]:
    """Takes the second codings in; returns their events. One that is there already stays.

    Raises `Refused`, and writes nothing, where there is a mistake in any of them.
    """
    wrong = [sentence for sentence in check(folder) if not sentence.endswith(_NOT_CODED)]
    sample = {row["case"]: row for row in rows_of(places.SAMPLE)}
    written = {path.stem: path for path in sorted(folder.glob("*-case-*.yaml"))}
    wrong += [
        f"{case}: is no case of {places.SAMPLE.name}" for case in written if case not in sample
    ]
    handed: dict[str, set[str]] = {}
    for row in rows_of(places.PAGES):
        handed.setdefault(row["event_id"], set()).add(row["url"])
    # Another draw, of a copy of the sample, may have given the same number to another event.
    wrong += [
        f"{case}: its pages are not those of {sample[case]['event_id']} in {places.PAGES.name}"
        for case, facts in (cases_of(folder) if not wrong else {}).items()
        if case in sample
        and {page["url"] for page in facts["pages"]} != handed.get(sample[case]["event_id"])
    ]
    if wrong:
        raise Refused("\n".join(wrong))
    events, _ = read_events(places.ROOT / "data", written.values())
    years = {event.event_id: str(event.year) for event in events}
    texts: dict[Path, str] = {}
    taken = []
    for case, path in written.items():
        event = sample[case]["event_id"]
        if any(places.ANOTHER.rglob(f"{event}.yaml")):
            continue
        sample[case]["outcome"] = "coded"
        if any(places.SECOND.rglob(f"{event}.yaml")):
            continue
        text, count = re.subn(
            r"^id *:.*$",
            f"id: {event}",
            path.read_text(encoding="utf-8-sig"),
            count=1,
            flags=re.MULTILINE,
        )
        if not count or yaml.load(text, Loader=TextLoader)["id"] != event:
            wrong.append(f"{path.name} id: does not stand in a line of its own")
        texts[places.SECOND / sample[case]["type"] / years[case] / f"{event}.yaml"] = text
        taken.append(event)
    if wrong:
        raise Refused("\n".join(wrong))
    counts = {
        (sample[case]["event_id"], url): events
        for (case, url), events in _counted(folder, cases_of(folder))[0].items()
        if case in sample
    }
    pages = rows_of(places.PAGES)
    for row in pages:
        row["events_second"] = counts.get((row["event_id"], row["url"]), row["events_second"])
    texts[places.SAMPLE] = as_csv(places.SAMPLE_COLUMNS, sample.values())
    texts[places.PAGES] = as_csv(places.PAGES_COLUMNS, pages)
    write_all(texts)
    return taken


@places.alone()
def put_aside(events: Iterable[str]) -> None:
    """Moves second codings that are of another event out of what is compared.

    Raises `Refused`, and moves nothing, where one of them cannot be moved.
    """
    sample = {row["event_id"]: row for row in rows_of(places.SAMPLE)}
    wrong, moves = [], {}
    for event in dict.fromkeys(events):
        found = list(places.SECOND.rglob(f"{event}.yaml"))
        if event not in sample:
            wrong.append(f"{event}: is not in {places.SAMPLE.name}")
        elif not found:
            is_aside = any(places.ANOTHER.rglob(f"{event}.yaml"))
            wrong.append(
                f"{event}: {'is put aside already' if is_aside else 'has no second coding'}"
            )
        else:
            moves[found[0]] = places.ANOTHER / found[0].relative_to(places.SECOND)
            sample[event]["outcome"] = "another_event"
    if wrong:
        raise Refused("\n".join(wrong))
    texts = {new: old.read_text("utf-8") for old, new in moves.items()}
    write_all({**texts, places.SAMPLE: as_csv(places.SAMPLE_COLUMNS, sample.values())})
    for old in moves:
        old.unlink()
