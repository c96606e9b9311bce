"""Regions of the world, by the numbers of the Correlates of War.

The Middle East is with North Africa and Sudan, as there.
"""

from autocoop.errors import UnknownRegion

#: First number behind a region, and its name; the numbers run by region.
REGIONS = ((200, "Americas"), (400, "Europe"), (600, "Africa"), (700, "Middle East"), (900, "Asia"))


def region_of(cow_code: str | int | None) -> str:
    """The region of a state; ``Elsewhere`` where it has no number or lies in none of them."""
    if cow_code is None:
        return "Elsewhere"
    return next((name for end, name in REGIONS if int(cow_code) < end), "Elsewhere")


#: What begins the name of a region where an actor may stand.
PREFIX = "region:"


def states_of(name: str) -> list[str] | None:
    """The states of a region given as ``"region:Africa"``; None where no region is meant.

    States that are no more are among them. Raises `UnknownRegion`, with the regions there are.
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
    return [
        row["actor_id"]
        for row in rows
        if row["kind"] == "state" and region_of(row["cow_code"]) == wanted
    ]
