"""How a column is declared: types, checks, and the columns that several tables share.

A column that stands in more than one table is a function here, so that it means the same, in
the same words, everywhere.
"""

from typing import Annotated, Any

import pandas as pd
import pandera.pandas as pda
import pyarrow as pa
from pandera import extensions
from pandera.typing import Series

from autocoop.schemas import vocabularies as v

Text = Series[str]
Integer = Series[pd.Int64Dtype]
Boolean = Series[pd.BooleanDtype]
Date = Series["datetime64[us]"]
TextList = Series[Annotated[pd.ArrowDtype, pa.list_(pa.string())]]

ISO_8601 = "ISO 8601"
ISO_3166 = "ISO 3166-1 alpha-3 (XKX for Kosovo)"
ISO_4217 = "ISO 4217"
ISO_639 = "ISO 639-1"
ROW_STANDARD = "Regimes of the World (Lührmann, Tannenberg & Lindberg 2018), V-Dem"
IMI_STANDARD = "International Military Intervention (Pickering & Kisangani 2009)"
SIPRI_STANDARD = "SIPRI weapon categories, extended"

EVENT_ID_PATTERN = r"(at|je|iv|pme)-[a-z0-9]+(-[a-z0-9]+)*"
ACTOR_ID_PATTERN = r"[A-Z][A-Z0-9_]*"
SLUG_PATTERN = r"[a-z0-9]+(-[a-z0-9]+)*"


@extensions.register_check_method(statistics=["pattern"])
def matches(series: pd.Series, *, pattern: str) -> pd.Series:
    """Whole-string match; `str_matches` of pandera lets a trailing line break pass."""
    return series.str.fullmatch(pattern)


@extensions.register_check_method(statistics=["values"])
def members_in(series: pd.Series, *, values: list[str]) -> pd.Series:
    """Every member of every list is an allowed value."""
    allowed = set(values)
    return series.map(lambda members: members is None or set(members) <= allowed).astype(bool)


@extensions.register_check_method(statistics=["is_safe"])
def spreadsheet_safe(series: pd.Series, *, is_safe: bool) -> pd.Series:
    """Free text that a spreadsheet would not run: it begins with none of ``= + - @``."""
    return ~series.str.match(r"[=+\-@\t\r]") if is_safe else series.notna()


def column(
    description: str,
    *,
    nullable: bool = False,
    unit: str | None = None,
    standard: str | None = None,
    vocabulary: dict[str, str] | None = None,
    references: str | None = None,
    form: str | None = None,
    derived: str | None = None,
    bound: str | None = None,
    members: dict[str, str] | None = None,
    is_text: bool = False,
    is_ordered: bool = False,
    formerly: tuple[str, ...] = (),
    pattern: str | None = None,
    **checks: Any,
) -> Any:
    """One column of a table.

    ``unit`` and ``standard`` say what the values are measured in and which published definition
    they follow. ``vocabulary`` (``members`` for a list) gives the allowed values and their
    meanings. ``references`` names the table whose key the values are. ``form`` is the field of an
    event file the column comes from, hence the field that a source has to report; ``derived``
    says how the compiler makes a column that nobody types. ``bound`` is ``first`` or ``last``: the
    day a date of lower precision stands for. ``is_text`` marks free text, ``is_ordered`` a
    vocabulary whose order means something, ``formerly`` names the column had in older releases.
    """
    metadata = {
        "unit": unit,
        "standard": standard,
        "vocabulary": vocabulary or members,
        "references": references,
        "form": form,
        "derived": derived,
        "bound": bound,
        "is_ordered": is_ordered or None,
        "formerly": list(formerly) or None,
    }
    if vocabulary:
        checks["isin"] = list(vocabulary)
    if members:
        checks["members_in"] = {"values": list(members)}
    if pattern:
        checks["matches"] = {"pattern": pattern}
    if is_text:
        checks["spreadsheet_safe"] = {"is_safe": True}
    return pda.Field(
        nullable=nullable,
        description=description,
        metadata={key: value for key, value in metadata.items() if value is not None},
        **checks,
    )


def event_id(**options: Any) -> Any:
    return column(
        "Identifier of the event: type prefix, then words. Never renamed or reused once released.",
        form="id",
        pattern=EVENT_ID_PATTERN,
        **options,
    )


def actor_id(description: str, **options: Any) -> Any:
    return column(
        description,
        standard=f"{ISO_3166} for states; capitals for organisations and others",
        references="actors",
        **options,
    )


def actor_list(description: str, **options: Any) -> Any:
    return column(
        description,
        nullable=True,
        standard=f"{ISO_3166} for states; capitals for organisations and others",
        references="actors",
        **options,
    )


def precision(of: str, **options: Any) -> Any:
    return column(
        f"Precision of {of}, as the sources give it.",
        nullable=True,
        vocabulary=v.DATE_PRECISION,
        derived=f"from how {of} is written in the event's file",
        **options,
    )


def date(description: str, *, bound: str, **options: Any) -> Any:
    day = "first" if bound == "first" else "last"
    return column(
        f"{description} The {day} possible day where only a month or a year is known.",
        nullable=True,
        standard=ISO_8601,
        bound=bound,
        **options,
    )


def figure(which: str, what: str, *, unit: str, form: str) -> Any:
    texts = {
        "low": f"Lowest figure any source gives for: {what}",
        "best": f"The figure taken, which at least one source gives, for: {what}",
        "high": f"Highest figure any source gives for: {what}",
    }
    aside = "planned and interim ones aside where there are others"
    derived = {
        "low": f"least of the claims on {form}, {aside}",
        "high": f"greatest of the claims on {form}, {aside}",
    }
    return column(
        texts[which],
        nullable=True,
        unit=unit,
        form=form,
        derived=derived.get(which),
        ge=0,
    )


def regime(description: str, **options: Any) -> Any:
    return column(
        description,
        standard=ROW_STANDARD,
        isin=[int(value) for value in v.REGIME],
        **options,
    )
