"""What was to be searched, and what the ledger answers: a report, not a rule.

Run with ``python -m validation.frame`` (``--missing`` names the cells that nobody asked). The
frame is `frame.toml`, its answers the table `searches`. A cell is an actor, a partner and a span
of years. Searches and the events they found count for it where they fall into its years; for an
exercise, actor and partner may change sides.
"""

import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autocoop.covering import is_whole
from validation import Tables, release
from validation.regions import REGIONS, region_of

FRAME = Path(__file__).parent / "frame.toml"

#: How well a cell was searched, best first.
LEVELS = {
    "open": "asked as a whole, in every year, with a query for every ten years at least",
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
    is_open: bool


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
    states = [row for row in actors if row["kind"] == "state"]
    known = {row["actor_id"] for row in actors}
    regions = {
        name: sorted(row["actor_id"] for row in states if region_of(row["cow_code"]) == name)
        for _, name in REGIONS
    }
    parts = tomllib.loads(FRAME.read_text("utf-8"))["part"]
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
    began: dict[str, int] = {}
    for row in tables["memberships"]:
        year = row["from_date"].year if row["from_date"] else 0
        began[row["organisation"]] = min(began.get(row["organisation"], year), year)
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
                    if actor != partner and end >= began.get(actor, end):
                        members = kinds.get(actor, frozenset())
                        yield Cell(part["title"], part["type"], actor, partner, begin, end, members)


def ledger(tables: Tables) -> list[Asked]:
    """The searches, and for the events each found one more of that event's year and sides."""
    sides: dict[str, set[str]] = {}
    for row in tables["participants"]:
        sides.setdefault(row["event_id"], set()).add(row["actor_id"])
    frameworks = {row["event_id"]: row["framework"] for row in tables["joint_exercises"]}
    events = {row["event_id"]: row for row in tables["events"]}
    of_series = {row["series_id"]: row["framework"] for row in tables["series"]}
    asked = []
    for search in tables["searches"]:
        acting = {*search["actor_ids"], of_series.get(search["series_id"])} - {None}
        asked.append(
            Asked(
                search["type"],
                frozenset(acting),
                frozenset(search["partner_ids"] or ()),
                search["year_from"],
                search["year_to"],
                is_whole(search),
            )
        )
        for event_id in search["event_ids"] or ():
            if event_id in events:
                row = events[event_id]
                framework = {frameworks.get(event_id)} - {None}
                everybody = frozenset(sides[event_id] | framework)
                year = row["year"]
                asked.append(Asked(row["type"], everybody, everybody, year, year, False))
    return asked


def level(cell: Cell, asked: Iterable[Asked]) -> str:
    """How well a cell was searched, of `LEVELS`."""
    years: set[int] = set()
    is_named = False
    for row in asked:
        if row.type != cell.type or row.last < cell.first or row.first > cell.last:
            continue
        turned = cell.type == "joint_exercise" and cell.actor in row.partners
        own, other = (row.partners, row.actors) if turned else (row.actors, row.partners)
        if cell.actor and not (cell.actor in own or cell.members & own):
            continue
        with_anyone = row.is_open and not row.partners
        # Several actors of an exercise were searched for together.
        together = cell.type == "joint_exercise" and cell.partner in row.actors
        if cell.partner and not (cell.partner in other or together or with_anyone):
            continue
        is_named = True
        if row.is_open and (cell.partner or not row.partners):
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


def main() -> None:
    found = levels()
    for part, total, *counts in summary(found):
        shares = ", ".join(f"{count} {name}" for count, name in zip(counts, LEVELS, strict=True))
        print(f"{part}: {total} cells: {shares}")
        if "--missing" in sys.argv[1:]:
            for cell, how in found.items():
                if cell.part == part and how == "not_asked":
                    print(f"  {cell}")


if __name__ == "__main__":
    main()
