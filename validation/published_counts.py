"""Our counts against counts that others published: a report, not a rule.

Run with ``python -m validation.published_counts``. A published count is of another list, cut by
other hands: a shortfall says that editions are missing here, or that one list splits what the
other takes together. Reaching the count does not show that the editions are the same ones.
"""

from dataclasses import dataclass

import autocoop
from autocoop.parties import HELD
from autocoop.where import members_by_year

DE_HAAS = (
    "De Haas, Marcel. 2016. 'War Games of the Shanghai Cooperation Organization and the "
    "Collective Security Treaty Organization: Drills on the Move!' Journal of Slavic Military "
    "Studies, doi:10.1080/13518046.2016.1200383, as cited by Cottiero, Christina. 2024. "
    "'Understanding and Interrupting Authoritarian Collaboration'"
)


@dataclass(frozen=True)
class Published:
    """A published count of exercises: at least so many in the framework in these years."""

    framework: str
    first: int
    last: int
    at_least: int
    source: str


@dataclass(frozen=True)
class Compared:
    """A published count beside our own; identifiers of events, sorted."""

    published: Published
    #: Editions in the framework that were held (`autocoop.parties.HELD`): what is compared.
    held: list[str]
    #: Editions in the framework that no page shows to have been held.
    not_held: list[str]
    #: Held editions of series of the framework that no page puts into it, such as bilateral ones.
    outside: list[str]
    #: Held exercises of two or more members alone, in no framework on any page, which a wider list
    #: may count as this one's.
    of_members: list[str]

    @property
    def short_by(self) -> int:
        """Editions that are wanting, 0 where the published count is met."""
        return max(self.published.at_least - len(self.held), 0)

    def __str__(self) -> str:
        published = self.published
        result = f"short by {self.short_by}" if self.short_by else "met"
        if 0 < self.short_by <= len(self.of_members):
            result += ", reached with exercises of members alone that pages put into no framework"
        return (
            f"{published.framework} {published.first}-{published.last}: {len(self.held)} held "
            f"here, at least {published.at_least} published: {result}"
        )


PUBLISHED = (
    Published("CSTO", 2002, 2016, 38, DE_HAAS),
    Published("SCO", 2002, 2016, 22, DE_HAAS),
)


def compare(published: Published) -> Compared:
    """Count our own rows of `joint_exercises` as a published count would have them."""
    columns = ["event_id", "year", "status", "framework", "series_id", "participants"]
    rows = autocoop.load("joint_exercises", columns=columns, engine="arrow").to_pylist()
    members = members_by_year()[published.framework]
    series = {row["series_id"] for row in rows if row["framework"] == published.framework}
    held: list[str] = []
    not_held: list[str] = []
    outside: list[str] = []
    of_members: list[str] = []
    for row in rows:
        is_held = row["status"] in HELD["joint_exercises"]
        if not published.first <= row["year"] <= published.last:
            continue
        if row["framework"] == published.framework:
            (held if is_held else not_held).append(row["event_id"])
        elif is_held and row["series_id"] in series - {None}:
            outside.append(row["event_id"])
        elif (
            is_held
            and row["framework"] is None
            and len(row["participants"]) > 1
            and all(row["year"] in members.get(who, ()) for who in row["participants"])
        ):
            of_members.append(row["event_id"])
    return Compared(published, sorted(held), sorted(not_held), sorted(outside), sorted(of_members))


def report() -> str:
    """Every published count beside ours, in sentences."""
    lines = []
    for published in PUBLISHED:
        compared = compare(published)
        lines.append(str(compared))
        if compared.not_held:
            lines.append(f"  not shown to have been held: {', '.join(compared.not_held)}")
        if compared.outside:
            lines.append(
                "  held, of the same series, but in the framework on no page: "
                + ", ".join(compared.outside)
            )
        if compared.short_by:
            lines.append(
                "  held, of members alone, in no framework on any page: "
                f"{len(compared.of_members)} ({', '.join(compared.of_members)})"
            )
    lines += [f"Published: {source}." for source in {each.source for each in PUBLISHED}]
    return "\n".join(lines)


if __name__ == "__main__":
    print(report())
