"""Regions of the world, by the numbers of the Correlates of War."""

#: First number behind a region, and its name; the numbers run by region.
REGIONS = ((200, "Americas"), (400, "Europe"), (600, "Africa"), (700, "Middle East"), (900, "Asia"))


def region_of(cow_code: str | int | None) -> str:
    """The region of a state; ``Elsewhere`` where it has no number or lies in none of them."""
    if cow_code is None:
        return "Elsewhere"
    return next((name for end, name in REGIONS if int(cow_code) < end), "Elsewhere")
