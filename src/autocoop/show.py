"""The dataset at a glance, for a terminal."""

import textwrap
from collections import Counter

from autocoop import release
from autocoop.loading import read
from autocoop.text import columns_of_text

_SPANS = ((2000, 2004), (2005, 2009), (2010, 2014), (2015, 2019), (2020, 2025))


def overview() -> str:
    """Events by type, span, grade and status; the most frequent actors; how to go on."""
    manifest = release.manifest()
    about = manifest["about"]
    events = read(
        "events", ["event_id", "type", "year", "status", "evidence_grade", "source_count"]
    ).to_pylist()
    types = list(dict.fromkeys(row["type"] for row in events))
    header = ["type", "events", *(f"{a}-{b % 100:02d}" for a, b in _SPANS), *"ABCD", "pages"]
    rows = [header]
    for kind in [*sorted(types), "all"]:
        chosen = [row for row in events if kind in (row["type"], "all")]
        grades = Counter(row["evidence_grade"] for row in chosen)
        rows.append(
            [
                kind,
                str(len(chosen)),
                *(str(sum(a <= row["year"] <= b for row in chosen)) for a, b in _SPANS),
                *(str(grades[grade]) for grade in "ABCD"),
                str(sum(row["source_count"] for row in chosen)),
            ]
        )
    names = {
        row["actor_id"]: row["name"] for row in read("actors", ["actor_id", "name"]).to_pylist()
    }
    actors = read("participants", ["event_id", "actor_id", "role"]).to_pylist()
    lines = [
        f"autocoop {manifest['version']}, {about['coverage_start'][:4]}-"
        f"{about['coverage_end'][:4]}: {len(events):,} events, "
        f"{manifest['tables']['claims']['rows']:,} claims from "
        f"{manifest['tables']['sources']['rows']:,} pages",
        "",
        columns_of_text(rows, "  "),
        "",
        "  Grades: A two or more publishers, one of them free of states and parties; B two or",
        "  more; C one that is no party; D one that a party controls.",
        "",
        "Most frequent actors",
    ]
    for title, roles in (
        ("suppliers", {"supplier"}),
        ("recipients", {"recipient"}),
        ("exercise with others", {"organiser", "participant", "host"}),
        ("interveners", {"intervener"}),
        ("teach", {"provider"}),
        ("are taught", {"trainee"}),
    ):
        exercise_only = title == "exercise with others"
        pairs = {
            (row["event_id"], row["actor_id"])
            for row in actors
            if row["role"] in roles and (not exercise_only or row["event_id"].startswith("je-"))
        }
        counts = Counter(actor for _, actor in pairs)
        top = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:5]
        shown = ", ".join(f"{names[actor]} {count}" for actor, count in top)
        lines += _wrapped(f"  {title:<22}", shown)
    statuses = Counter(row["status"] for row in events)
    lines += [
        "",
        *_wrapped(
            "Status: ",
            ", ".join(f"{status} {count}" for status, count in statuses.most_common()),
        ),
        "",
        "Next: autocoop tables | autocoop load joint_exercises --where year=2018 | "
        "autocoop evidence EVENT_ID",
    ]
    return "\n".join(lines)


def _wrapped(heading: str, words: str) -> list[str]:
    """A heading and what follows it, in lines that a terminal shows whole."""
    return textwrap.wrap(words, 100, initial_indent=heading, subsequent_indent=" " * len(heading))


def evidence_text(event_id: str) -> str:
    """The evidence of an event: each value, the pages that report it, and those that differ."""
    from autocoop.claims import claims_of

    rows = claims_of(event_id)
    event = next(row for row in read("events").to_pylist() if row["event_id"] == event_id)
    pages = list(dict.fromkeys(row["url"] for row in rows))
    number = {url: index + 1 for index, url in enumerate(pages)}
    lines = [
        f"{event['name']} ({event_id})",
        f"grade {event['evidence_grade']}, {event['source_count']} pages by "
        f"{event['publisher_count']} publishers",
        "",
    ]
    by_value: dict[tuple[str, str | None], list[dict]] = {}
    for row in rows:
        shown = row["value"] if row["relation"] in ("supports", "compatible") else None
        if row["relation"] == "differs":
            shown = row["value"]
        by_value.setdefault((row["field"], shown), []).append(row)
    table = []
    for (field, value), claims in by_value.items():
        supporting = sorted({number[row["url"]] for row in claims if row["relation"] == "supports"})
        others = [
            f"[{number[row['url']]}] {row['reported']}"
            + (f" ({row['qualifier']})" if row["qualifier"] else "")
            for row in claims
            if row["relation"] != "supports"
        ]
        word = "differ: " if any(row["relation"] == "differs" for row in claims) else "also: "
        table.append(
            [
                field,
                value or "-",
                "".join(f"[{index}]" for index in supporting),
                word + "; ".join(others) if others else "",
            ]
        )
    lines += [columns_of_text(table, "  "), ""]
    for url in pages:
        row = next(row for row in rows if row["url"] == url)
        control = ", state-controlled" if row["is_state_controlled"] else ""
        day = f", {row['published']}" if row["published"] else ""
        lines.append(f"[{number[url]}] {row['publisher']}{control}{day}: {row['title'] or ''}")
        lines.append(f"    {url}")
    return "\n".join(lines)
