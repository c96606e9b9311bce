"""Which page reports which value of an event, and which page differs."""

from typing import TYPE_CHECKING, Any

from autocoop.errors import UnknownEvent

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = [
    "field",
    "value",
    "relation",
    "reported",
    "qualifier",
    "publisher",
    "is_state_controlled",
    "title",
    "published",
    "url",
]


def evidence(event_id: str) -> "pd.DataFrame":
    """The claims behind an event: one row a field and page.

    Columns: ``field`` of the event's file; ``value`` released for it (missing where the event
    leaves the claim out); ``relation`` of the claim to it (``supports``, ``compatible``,
    ``differs``, ``not_adopted``); what the page ``reported``, with its ``qualifier``; the page's
    ``publisher``, whether a state controls it, ``title``, day ``published`` and ``url``. Values
    that pages dispute come with every page that differs.

    Raises `UnknownEvent`, with the nearest identifiers.
    """
    import pandas as pd

    frame = pd.DataFrame(claims_of(event_id), columns=COLUMNS)
    frame["published"] = pd.to_datetime(frame["published"]).astype("datetime64[us]")
    return frame


def claims_of(event_id: str) -> list[dict[str, Any]]:
    """The rows of `evidence`, as plain values."""
    import pyarrow.compute as pc

    from autocoop.loading import read

    claims = read("claims")
    known = pc.unique(claims["event_id"]).to_pylist()
    if event_id not in known:
        from difflib import get_close_matches

        near = get_close_matches(str(event_id), known, n=10, cutoff=0.5)
        raise UnknownEvent(event_id, near or known)
    sources = {
        row["source_id"]: row
        for row in read("sources").filter(pc.field("event_id") == event_id).to_pylist()
    }
    publishers = {row["publisher_id"]: row for row in read("publishers").to_pylist()}
    order = {"supports": 0, "compatible": 1, "differs": 2, "not_adopted": 3}
    rows = []
    for claim in claims.filter(pc.field("event_id") == event_id).to_pylist():
        source = sources[claim["source_id"]]
        publisher = publishers[source["publisher_id"]]
        rows.append(
            {
                "field": claim["field"],
                "value": claim["event_value"],
                "relation": claim["relation"],
                "reported": claim["value"],
                "qualifier": claim["qualifier"],
                "publisher": publisher["name"],
                "is_state_controlled": publisher["is_state_controlled"],
                "title": source["title"],
                "published": source["published"],
                "url": source["url"],
            }
        )
    return sorted(
        rows,
        key=lambda row: (row["field"], row["reported"], order[row["relation"]], row["url"]),
    )
