"""Regions of the world, by the numbers of the Correlates of War.

As there, the Middle East includes North Africa, Sudan and South Sudan.
"""

from collections.abc import Iterable
from typing import Any

from autocoop.errors import UnknownRegion

#: Number at which a region is over, and its name; the numbers run by region.
REGIONS = (
    (200, "Americas"),
    (400, "Europe"),
    (600, "Africa"),
    (700, "Middle East"),
    (900, "Asia"),
    (1000, "Oceania"),
)


def region_of(cow_code: str | int | None) -> str:
    """The region of a state; ``Elsewhere`` where it has no number or lies in none of them."""
    if cow_code is None:
        return "Elsewhere"
    return next((name for end, name in REGIONS if int(cow_code) < end), "Elsewhere")


#: What begins the name of a region where an actor may stand.
PREFIX = "region:"


def states_by_region(actors: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    """Region -> its states, of rows of `actors`; states that are no more are among them."""
    found: dict[str, list[str]] = {name: [] for _, name in REGIONS}
    for row in actors:
        if row["kind"] == "state":
            found.setdefault(region_of(row["cow_code"]), []).append(row["actor_id"])
    return {name: sorted(found[name]) for _, name in REGIONS}


def states_of(name: str) -> list[str] | None:
    """The states of a region given as ``"region:Africa"``; None where no region is meant.

    Raises `UnknownRegion`, with the regions there are.
    """
    from autocoop.loading import read

    head, colon, region = name.partition(":")
    if f"{head.strip().casefold()}{colon}" != PREFIX:
        return None
    known = {own.casefold(): own for _, own in REGIONS}
    wanted = known.get(region.strip().casefold())
    if wanted is None:
        raise UnknownRegion(region.strip(), list(known.values()))
    rows = read("actors", ["actor_id", "kind", "cow_code"]).to_pylist()
    return states_by_region(rows)[wanted]
