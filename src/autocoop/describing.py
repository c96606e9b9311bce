"""What the tables are and what their columns mean."""

from typing import TYPE_CHECKING, Any, Literal, overload

from autocoop import release
from autocoop.errors import UnknownFormat

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("text", "pandas")


def tables() -> dict[str, str]:
    """Name of every table -> what one row is, and how many there are."""
    return {
        table: f"one row is {facts['row']} ({facts['rows']:,} rows)"
        for table, facts in release.manifest()["tables"].items()
    }


@overload
def codebook(table: str | None = None, *, format: Literal["text"] = "text") -> str: ...
@overload
def codebook(table: str | None = None, *, format: Literal["pandas"]) -> "pd.DataFrame": ...


def codebook(table: str | None = None, *, format: str = "text") -> Any:
    """The codebook of one table, or of all.

    Parameters
    ----------
    table
        A name that `tables()` lists; all tables by default.
    format
        ``"text"``: Markdown, which needs no other package. ``"pandas"``: a frame of one row a
        column, with ``table, column, type, description, unit, standard, values, is_nullable,
        is_ordered, references, form, derived``.
    """
    if format not in FORMATS:
        raise UnknownFormat(format, FORMATS)
    if table is not None:
        release.facts(table)
    records = release.codebook()
    chosen = [records[table]] if table is not None else list(records.values())
    if format == "text":
        from autocoop.text import codebook_markdown

        return "\n".join(codebook_markdown(record) for record in chosen)
    import pandas as pd

    rows = [
        {"table": record["table"], **column, "values": list(column["values"] or [])}
        for record in chosen
        for column in record["columns"]
    ]
    return pd.DataFrame(rows)
