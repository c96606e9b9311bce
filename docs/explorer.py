"""The explorer: every event with its values, pages and differing claims, in one HTML page.

The page holds style, script and data, and fetches nothing: it opens from a disk, and its own
policy forbids it to load anything. The data stand in it as JSON, which its script puts in as text.
"""

import base64
import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

from autocoop import coverage, release
from autocoop.covering import SEARCH
from autocoop.loading import read
from autocoop.parties import EVENT_TYPE, PRINCIPALS

PARTS = Path(__file__).parent / "explorer"

#: As what an actor is searched for, by type of event.
_ACTING = {
    "arms_transfers": "supplier",
    "joint_exercises": "side of an exercise",
    "interventions": "intervener",
    "pme_programs": "provider",
}

#: The order in which an event's fields are shown.
_FIRST = ("start", "end", "status", "framework", "location", "participants", "details")


def page(facts: dict[str, Any] | None = None) -> str:
    """The page, whole: of the release at hand, or of `facts` that have the form of `data()`."""
    style, script = ((PARTS / f"page.{kind}").read_text("utf-8") for kind in ("css", "js"))
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    )
    text = (PARTS / "page.html").read_text("utf-8")
    parts = {
        "POLICY": policy,
        "STYLE": style,
        "SCRIPT": script,
        "DATA": embedded(data() if facts is None else facts),
    }
    for name, part in parts.items():
        before, mark, after = text.partition(f"%{name}%")
        assert mark, f"page.html has no place for {name}"
        text = before + part + after
    return text


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def embedded(value: Any) -> str:
    """JSON that cannot end the script element it stands in, whatever its texts hold."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def data() -> dict[str, Any]:
    """What the page knows: events, newest first, and the terms and names that they use."""
    manifest = release.manifest()
    about = manifest["about"]
    publishers = {
        row["publisher_id"]: index for index, row in enumerate(read("publishers").to_pylist())
    }
    rows = _events(publishers)
    actors = {row["actor_id"]: row for row in read("actors").to_pylist()}
    terms = _terms()
    return {
        "version": manifest["version"],
        "years": [int(about[f"coverage_{end}"][:4]) for end in ("start", "end")],
        "claims_count": manifest["tables"]["claims"]["rows"],
        "sources_count": manifest["tables"]["sources"]["rows"],
        "types": {
            EVENT_TYPE[table]: {
                "table": table,
                "label": manifest["tables"][table]["title"],
                "counting": PRINCIPALS[table],
                "acting": _ACTING[table],
            }
            for table in EVENT_TYPE
        },
        "statuses": terms["events", "status"],
        "grades": terms["events", "evidence_grade"],
        "relations": terms["claims", "relation"],
        "actors": {
            actor: {"name": row["name"], "aliases": row["aliases"] or []}
            for actor, row in actors.items()
        },
        "publishers": [
            {"name": row["name"], "kind": row["kind"], "controlled_by": row["controlled_by"]}
            for row in read("publishers").to_pylist()
        ],
        "levels": [{"name": name, "meaning": meaning} for name, meaning in SEARCH.items()],
        "searched": {EVENT_TYPE[table]: _searched(table) for table in EVENT_TYPE},
        "events": rows,
    }


def _terms() -> dict[tuple[str, str], dict[str, str]]:
    return {
        (table, column["column"]): column["values"]
        for table, record in release.codebook().items()
        for column in record["columns"]
        if column["values"]
    }


def _searched(table: str) -> dict[str, str]:
    """State -> a digit a year, the place of its level in `SEARCH`; only states searched for.

    A year in which the state did not exist counts as out of scope.
    """
    levels = list(SEARCH)
    first, last = (
        int(release.manifest()["about"][f"coverage_{end}"][:4]) for end in ("start", "end")
    )
    blank = [str(levels.index("out_of_scope"))] * (last - first + 1)
    found: dict[str, list[str]] = {}
    cells = coverage(table)
    for actor, year, level in zip(cells["actor_id"], cells["year"], cells["search"], strict=True):
        found.setdefault(actor, list(blank))[year - first] = str(levels.index(level))
    return {actor: "".join(digits) for actor, digits in found.items()}


def _events(publishers: dict[str, int]) -> list[dict[str, Any]]:
    names = {
        row["series_id"]: row["name"] for row in read("series", ["series_id", "name"]).to_pylist()
    }
    actors = {
        row["actor_id"]: row["name"] for row in read("actors", ["actor_id", "name"]).to_pylist()
    }
    roles = list(_terms()["participants", "role"])
    participants = _by_event("participants")
    for parts in participants.values():
        parts.sort(key=lambda part: roles.index(part["role"]))
    sources = _by_event("sources")
    claims = _by_event("claims")
    items: dict[str, dict[str, str]] = {}
    for row in read("arms_items", ["event_id", "item_id", "designation"]).to_pylist():
        items.setdefault(row["event_id"], {})[row["item_id"]] = row["designation"]
    institutions = {
        row["event_id"]: row["institution"]
        for row in read("pme_programs", ["event_id", "institution"]).to_pylist()
    }
    rows = []
    for event in read("events").to_pylist():
        event_id = event["event_id"]
        pages = sources[event_id]
        number = {page["source_id"]: index for index, page in enumerate(pages)}
        where = [actors[country] for country in event["location_iso3"] or []]
        rows.append(
            {
                "id": event_id,
                "type": event["type"],
                "name": event["name"],
                "year": event["year"],
                "short": _day(event, "start") or _day(event, "end"),
                "when": _when(event),
                "status": event["status"],
                "grade": event["evidence_grade"],
                "framework": event["framework"],
                "series": names.get(event["series_id"]),
                "place": event["place"],
                "where": " · ".join(filter(None, [", ".join(where), event["place"]])),
                "summary": event["summary"],
                "date_note": event["date_note"],
                "version_added": event["version_added"],
                "items": items.get(event_id, {}),
                "institution": institutions.get(event_id),
                "participants": [
                    {
                        "actor": part["actor_id"],
                        "role": part["role"],
                        "personnel": part["personnel_best"],
                    }
                    for part in participants[event_id]
                ],
                "claims": _grouped(claims[event_id], number),
                "sources": [
                    {
                        "publisher": publishers[page["publisher_id"]],
                        "origin": publishers[page["origin_id"]] if page["origin_id"] else None,
                        "url": page["url"],
                        "title": page["title"],
                        "published": _day(page, "published"),
                        "language": page["language"],
                        "read": str(page["read"]),
                    }
                    for page in pages
                ],
            }
        )
    return sorted(rows, key=lambda row: (row["year"], row["short"], row["id"]), reverse=True)


def _by_event(table: str) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in read(table).to_pylist():
        rows.setdefault(row["event_id"], []).append(row)
    return rows


def _grouped(claims: list[dict[str, Any]], number: dict[str, int]) -> list[list[Any]]:
    """Field, released value and its claims: page, relation, what it reports, qualifier."""
    groups: dict[tuple[str, str | None], list[list[Any]]] = {}
    for claim in claims:
        group = groups.setdefault((claim["field"], claim["event_value"]), [])
        group.append(
            [number[claim["source_id"]], claim["relation"], claim["value"], claim["qualifier"]]
        )

    def place(key: tuple[str, str | None]) -> tuple:
        field, value = key
        first = field.partition(".")[0]
        # What is released comes before what is left out.
        return (_FIRST.index(first), field, value is None, value or "")

    return [[*key, groups[key]] for key in sorted(groups, key=place)]


def _day(row: dict[str, Any], name: str) -> str | None:
    """A date as precise as it is known."""
    day: date | None = row[name] if name == "published" else row[f"{name}_date"]
    if day is None:
        return None
    length = {"day": 10, "month": 7, "year": 4}[row[f"{name}_precision"]]
    return day.isoformat()[:length]


def _when(event: dict[str, Any]) -> str:
    start, end = _day(event, "start"), _day(event, "end")
    if start is None:
        return f"until {end}"
    if end is None:
        return f"from {start}"
    return start if start == end else f"{start} to {end}"
