"""The pages of an event: which of them reports which value, and which differs."""

from typing import TYPE_CHECKING, Any

from autocoop import release
from autocoop.errors import UnknownEvent

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "field",
    "value",
    "relation",
    "reported",
    "qualifier",
    "publisher",
    "is_state_controlled",
    "published",
    "title",
    "url",
)

SOURCE_COLUMNS = (
    "publisher",
    "publisher_kind",
    "country",
    "controlled_by",
    "is_state_controlled",
    "origin",
    "language",
    "published",
    "published_precision",
    "read",
    "claims_count",
    "title",
    "url",
    "source_id",
)


def evidence(event_id: str) -> "pd.DataFrame":
    """The claims behind an event: one row a field and page.

    Columns: ``field`` of the event's file; ``value`` released for it (missing where the event
    leaves the claim out); ``relation`` of the claim to it (``supports``, ``compatible``,
    ``differs``, ``not_adopted``); what the page ``reported``, with its ``qualifier``; the page's
    ``publisher``, whether a state controls it, day ``published``, ``title`` and ``url``. Values
    that pages dispute come with every page that differs. ``relation`` and ``qualifier`` are
    categoricals with the levels of the codebook.

    Raises `UnknownEvent`, with the nearest identifiers.
    """
    import pandas as pd

    frame = pd.DataFrame(claims_of(event_id), columns=list(COLUMNS))
    texts = ("field", "value", "reported", "publisher", "title", "url")
    return frame.astype(
        {
            **dict.fromkeys(texts, "str"),
            "relation": _levels("claims", "relation"),
            "qualifier": _levels("claims", "qualifier"),
            "is_state_controlled": "boolean",
            "published": "datetime64[us]",
        }
    )


def sources(event_id: str) -> "pd.DataFrame":
    """The pages behind an event: one row a page, the earliest published first.

    Columns: ``publisher`` of the page, its ``publisher_kind`` and the ``country`` it is based in,
    the actor that it is ``controlled_by`` (missing where none does), whether that
    ``is_state_controlled``; ``origin``, the publisher whose text the page repeats; ``language``;
    day ``published`` with its precision, and day ``read``; ``claims_count``, the number of claims
    the release takes from it; ``title``, ``url`` and ``source_id``.

    Raises `UnknownEvent`, with the nearest identifiers.
    """
    import pandas as pd

    frame = pd.DataFrame(sources_of(event_id), columns=list(SOURCE_COLUMNS))
    texts = ("publisher", "country", "controlled_by", "origin", "language", "title", "url")
    return frame.astype(
        {
            **dict.fromkeys((*texts, "source_id"), "str"),
            "publisher_kind": _levels("publishers", "kind"),
            "published_precision": _levels("sources", "published_precision"),
            "is_state_controlled": "boolean",
            "published": "datetime64[us]",
            "read": "datetime64[us]",
            "claims_count": "Int64",
        }
    )


def _levels(table: str, column: str) -> "pd.CategoricalDtype":
    """The categorical of a column, with every level of the codebook."""
    import pandas as pd

    records = release.codebook()[table]["columns"]
    record = next(record for record in records if record["column"] == column)
    return pd.CategoricalDtype(list(record["values"]), ordered=record["is_ordered"])


def _refuse_unknown(event_id: str, known: list[str]) -> None:
    if isinstance(event_id, str) and event_id in known:
        return
    from difflib import get_close_matches

    from autocoop.loading import read

    became = None
    for row in read("retired_ids").to_pylist():
        if row["event_id"] == event_id:
            successor = f", replaced by {row['replaced_by']!r}" if row["replaced_by"] else ""
            became = f"; it was retired in {row['retired_in']}{successor} ({row['reason']})."
    near = get_close_matches(str(event_id), known, n=10, cutoff=0.5)
    raise UnknownEvent(event_id, near or known, became=became)


def sources_of(event_id: str) -> list[dict[str, Any]]:
    """The rows of `sources`, as plain values."""
    from collections import Counter

    import pyarrow.compute as pc

    from autocoop.loading import read

    pages = read("sources")
    _refuse_unknown(event_id, pc.unique(pages["event_id"]).to_pylist())
    publishers = {row["publisher_id"]: row for row in read("publishers").to_pylist()}
    claims = Counter(read("claims", ["source_id"])["source_id"].to_pylist())
    rows = []
    for page in pages.filter(pc.field("event_id") == event_id).to_pylist():
        publisher = publishers[page["publisher_id"]]
        rows.append(
            {
                "publisher": publisher["name"],
                "publisher_kind": publisher["kind"],
                "country": publisher["country"],
                "controlled_by": publisher["controlled_by"],
                "is_state_controlled": publisher["is_state_controlled"],
                "origin": publishers[page["origin_id"]]["name"] if page["origin_id"] else None,
                "language": page["language"],
                "published": page["published"],
                "published_precision": page["published_precision"],
                "read": page["read"],
                "claims_count": claims[page["source_id"]],
                "title": page["title"],
                "url": page["url"],
                "source_id": page["source_id"],
            }
        )
    return sorted(
        rows, key=lambda row: (row["published"] is None, str(row["published"]), row["url"])
    )


def claims_of(event_id: str) -> list[dict[str, Any]]:
    """The rows of `evidence`, as plain values: by field, what supports the value first."""
    import pyarrow.compute as pc

    from autocoop.loading import read

    claims = read("claims")
    _refuse_unknown(event_id, pc.unique(claims["event_id"]).to_pylist())
    pages = {
        row["source_id"]: row
        for row in read("sources").filter(pc.field("event_id") == event_id).to_pylist()
    }
    publishers = {row["publisher_id"]: row for row in read("publishers").to_pylist()}
    order = {"supports": 0, "compatible": 1, "differs": 2, "not_adopted": 3}
    rows = []
    for claim in claims.filter(pc.field("event_id") == event_id).to_pylist():
        page = pages[claim["source_id"]]
        publisher = publishers[page["publisher_id"]]
        rows.append(
            {
                "field": claim["field"],
                "value": claim["event_value"],
                "relation": claim["relation"],
                "reported": claim["value"],
                "qualifier": claim["qualifier"],
                "publisher": publisher["name"],
                "is_state_controlled": publisher["is_state_controlled"],
                "published": page["published"],
                "title": page["title"],
                "url": page["url"],
            }
        )
    return sorted(
        rows,
        key=lambda row: (row["field"], order[row["relation"]], row["reported"], row["url"]),
    )
