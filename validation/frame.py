"""What was to be searched, and what the ledger answers: a report, not a rule.

Run with ``python -m validation.frame`` (``--missing`` names the cells that nobody asked). The
frame is `frame.toml`, its answers the table `searches`. A cell is an actor, a partner and a span
of years. Searches and the events they found count for it where they fall into its years; for an
exercise, actor and partner may change sides.
"""

import argparse
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autocoop.covering import asks_for_any_event, existed, has_enough_queries
from autocoop.parties import ACTING, EVENT_TYPE, RECEIVING
from autocoop.regions import states_by_region
from autocoop.schemas.vocabularies import YEARS_A_QUERY
from validation import Tables, release

FRAME = Path(__file__).parent / "frame.toml"

#: How well a cell was searched, best first.
LEVELS = {
    "open": f"asked as a whole, in every year, with a query for every {YEARS_A_QUERY} years at "
    "least",
    "named": "events known by name were looked up, a part of the years was asked, or a few queries "
    "were made for many years",
    "not_asked": "nobody asked",
}


@dataclass(frozen=True)
class Cell:
    """One thing to be searched. Without an actor or a partner anyone is meant.

    The actor may be a kind of intervener, any of whose `members` is meant.
    """

    part: str
    type: str
    actor: str | None
    partner: str | None
    first: int
    last: int
    members: frozenset[str] = frozenset()

    def __str__(self) -> str:
        sides = " - ".join(side for side in (self.actor, self.partner) if side)
        years = f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"
        return f"{sides} {years}"


@dataclass(frozen=True)
class Asked:
    """A row of the ledger as it counts for cells."""

    type: str
    actors: frozenset[str]
    partners: frozenset[str]
    first: int
    last: int
    #: Asked for whatever there is, not for one event, system or series.
    is_open: bool
    #: The same, with queries enough for its years.
    is_whole: bool


#: Kinds of intervener -> whether an actor, with its kind, is one.
KINDS: dict[str, Callable[[str, str], bool]] = {
    "great power": lambda who, kind: who in GREAT_POWERS,
    "other state": lambda who, kind: kind == "state" and who not in GREAT_POWERS,
    "organisation": lambda who, kind: kind in ("organisation", "coalition"),
    "military company": lambda who, kind: kind == "pmc" or who in STATE_RUN,
}
#: Great powers among the autocracies, and groups that a state runs in place of a company.
GREAT_POWERS, STATE_RUN = {"CHN", "RUS"}, {"AFRICA_CORPS"}


def cells(tables: Tables) -> Iterator[Cell]:
    """Every cell of the frame; none for an organisation in a year when it had no members.

    Raises
    ------
    SystemExit
        With every name in the frame that is neither an actor nor a region.
    """
    actors = tables["actors"]
    known = {row["actor_id"] for row in actors}
    regions = states_by_region(actors)
    parts = _parts()
    wrong = [
        f"{FRAME.name}: {part['title']}: no actor and no region: {name}"
        for part in parts
        for key in ("actors", "partners", "without")
        for name in part.get(key, ())
        if name not in known and not (key == "partners" and name in regions)
    ]
    if wrong:
        raise SystemExit("\n".join(wrong))
    kinds = {
        name: frozenset(row["actor_id"] for row in actors if is_one(row["actor_id"], row["kind"]))
        for name, is_one in KINDS.items()
    }
    spells: dict[str, list[tuple[int, int]]] = {}
    for row in tables["memberships"]:
        ends = (row["from_date"], row["to_date"])
        begin, end = (
            day.year if day else other for day, other in zip(ends, (0, 9999), strict=True)
        )
        spells.setdefault(row["organisation"], []).append((begin, end))
    rows = {row["actor_id"]: row for row in actors}

    def was_there(who: str | None, first: int, last: int) -> bool:
        """A state existed, an organisation had members, at some time of the span."""
        if who is None or who not in rows:
            return True
        own = spells.get(who, [(first, last)])
        return any(existed(rows[who], year) for year in range(first, last + 1)) and any(
            begin <= last and first <= end for begin, end in own
        )

    for part in parts:
        first, last = part.get("yearly", (2000, 2025))
        spans = [(year, year) for year in range(first, last + 1)] if "yearly" in part else None
        spans = spans or part.get("spans", [(first, last)])
        named = [who for name in part.get("partners", ()) for who in regions.get(name, [name])]
        without = set(part.get("without", ()))
        acting = [*kinds] if part.get("by_kind") else part.get("actors", [None])
        for actor in acting:
            for partner in [who for who in named if who not in without] or [None]:
                for begin, end in spans:
                    sides = (actor, partner)
                    if actor != partner and all(was_there(who, begin, end) for who in sides):
                        members = kinds.get(actor, frozenset())
                        yield Cell(part["title"], part["type"], actor, partner, begin, end, members)


#: What a part of the frame may hold.
KEYS = {"title", "type", "actors", "partners", "without", "spans", "yearly", "by_kind"}


def _parts() -> list[dict[str, Any]]:
    """The parts as they are written. Raises `SystemExit` with everything that is wrong in them."""
    try:
        parts = tomllib.loads(FRAME.read_text("utf-8")).get("part", [])
    except (OSError, ValueError) as error:
        raise SystemExit(f"{FRAME.name}: cannot be read: {error}") from None
    wrong = []
    for number, part in enumerate(parts, 1):
        where = f"{FRAME.name}: {part.get('title', f'part {number}')}"
        wrong += [f"{where}: has no {key}" for key in ("title", "type") if key not in part]
        wrong += [f"{where}: no key of a part: {key}" for key in sorted(part.keys() - KEYS)]
        if part.get("type", "intervention") not in EVENT_TYPE.values():
            wrong.append(f"{where}: no type of event: {part['type']}")
        spans = [*part.get("spans", ()), *([part["yearly"]] if "yearly" in part else ())]
        wrong += [f"{where}: no span of years: {span}" for span in spans if span != sorted(span)]
    if not parts or wrong:
        raise SystemExit("\n".join(wrong) or f"{FRAME.name}: has no part")
    return parts


def ledger(tables: Tables) -> list[Asked]:
    """The searches, and for the events each found one more of that event's year and sides.

    Observers, and the supported and the opposed side of an intervention, are on neither side.
    """
    sides: dict[tuple[str, str], set[str]] = {}
    for row in tables["participants"]:
        sides.setdefault((row["event_id"], row["role"]), set()).add(row["actor_id"])
    roles = {type_: (ACTING[table], RECEIVING[table]) for table, type_ in EVENT_TYPE.items()}
    frameworks = {row["event_id"]: row["framework"] for row in tables["joint_exercises"]}
    events = {row["event_id"]: row for row in tables["events"]}
    of_series = {row["series_id"]: row["framework"] for row in tables["series"]}
    asked = []
    for search in tables["searches"]:
        is_open = asks_for_any_event(search)
        acting = {*search["actor_ids"], of_series.get(search["series_id"])} - {None}
        asked.append(
            Asked(
                search["type"],
                frozenset(acting),
                frozenset(search["partner_ids"] or ()),
                search["year_from"],
                search["year_to"],
                is_open,
                is_open and has_enough_queries(search),
            )
        )
        for event_id in search["event_ids"] or ():
            if event_id in events:
                row = events[event_id]
                framework = {frameworks.get(event_id)} - {None}
                acting, other = (
                    frozenset[str]().union(*(sides.get((event_id, role), ()) for role in of_side))
                    for of_side in roles[row["type"]]
                )
                acting |= framework
                year = row["year"]
                # The sides of an exercise are alike.
                asked.append(Asked(row["type"], acting, other or acting, year, year, False, False))
    return asked


def _acts(cell: Cell, side: frozenset[str]) -> bool:
    return cell.actor in {None, *side} or bool(cell.members & side)


def level(cell: Cell, asked: Iterable[Asked]) -> str:
    """How well a cell was searched, of `LEVELS`."""
    years: set[int] = set()
    is_named = False
    for row in asked:
        if row.type != cell.type or row.last < cell.first or row.first > cell.last:
            continue
        alike = cell.type == "joint_exercise"
        # Several actors of an exercise were searched for together: among themselves.
        partners = row.partners | (row.actors if alike and len(row.actors) > 1 else frozenset())
        with_anyone = row.is_open and not partners
        is_met = _acts(cell, row.actors) and (
            not cell.partner or cell.partner in partners or with_anyone
        )
        if alike and not is_met and cell.partner in {None, *row.actors}:
            is_met = _acts(cell, partners) or bool(cell.partner and with_anyone)
        if not is_met:
            continue
        is_named = True
        # A kind of intervener is asked for as a whole only where each of its members is.
        is_whole_kind = cell.members <= row.actors
        if row.is_whole and is_whole_kind and (cell.partner or not partners):
            years.update(range(row.first, row.last + 1))
    if years.issuperset(range(cell.first, cell.last + 1)):
        return "open"
    return "named" if is_named or years else "not_asked"


def levels(tables: Tables | None = None) -> dict[Cell, str]:
    """Every cell of the frame and how well it was searched, in the release by default."""
    tables = tables or release()
    asked = ledger(tables)
    return {cell: level(cell, asked) for cell in cells(tables)}


def summary(found: dict[Cell, str]) -> list[tuple[str | int, ...]]:
    """One row a part of the frame: its title, its cells, and how many there are of each level."""
    parts = dict.fromkeys(cell.part for cell in found)
    rows = []
    for part in parts:
        counts = Counter(how for cell, how in found.items() if cell.part == part)
        rows.append((part, counts.total(), *(counts[name] for name in LEVELS)))
    return rows


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m validation.frame", description=__doc__)
    parser.add_argument("--missing", action="store_true", help="name the cells nobody asked")
    options = parser.parse_args(arguments)
    found = levels()
    for part, total, *counts in summary(found):
        shares = ", ".join(f"{count} {name}" for count, name in zip(counts, LEVELS, strict=True))
        print(f"{part}: {total} cells: {shares}")
        if options.missing:
            for cell, how in found.items():
                if cell.part == part and how == "not_asked":
                    print(f"  {cell}")


if __name__ == "__main__":
    main()
