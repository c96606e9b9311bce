"""Loading a table: typed, filtered, for pandas, Arrow or polars."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, overload

from autocoop import release
from autocoop.errors import BadFilter, MissingPackage, UnknownColumn, UnknownEngine

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

ENGINES = ("pandas", "arrow", "polars")


@overload
def load(
    table: str,
    *,
    columns: Iterable[str] | None = None,
    where: Mapping[str, Any] | None = None,
    engine: Literal["pandas"] = "pandas",
    version: str | None = None,
) -> "pd.DataFrame": ...
@overload
def load(
    table: str,
    *,
    columns: Iterable[str] | None = None,
    where: Mapping[str, Any] | None = None,
    engine: Literal["arrow"],
    version: str | None = None,
) -> "pa.Table": ...
@overload
def load(
    table: str,
    *,
    columns: Iterable[str] | None = None,
    where: Mapping[str, Any] | None = None,
    engine: Literal["polars"],
    version: str | None = None,
) -> "pl.DataFrame": ...


def load(
    table: str,
    *,
    columns: Iterable[str] | None = None,
    where: Mapping[str, Any] | None = None,
    engine: str = "pandas",
    version: str | None = None,
) -> Any:
    """Load a table of the release.

    Parameters
    ----------
    table
        A name that `tables()` lists. ``arms_transfers``, ``joint_exercises``, ``interventions``
        and ``pme_programs`` have one wide row an event; the others are the normalised tables.
    columns
        Columns to keep, in this order; all by default.
    where
        Conditions, all of which a row must meet: column -> value. A list, tuple or set means any
        of its members; for a column of lists, that the row's list holds one of them (``{"all":
        [...]}``: all of them). A `range`
        means itself, a `slice` or a text ``"2010..2015"`` both ends included. A text that begins
        with ``>=``, ``<=``, ``>`` or ``<`` compares (numbers and dates). `None` means missing.
        Actors may be named by `actor_id`, name or alias (``"Russia"``), states also by their
        region (``"region:Africa"``; Africa, Americas, Asia, Europe, Middle East and Oceania by the
        numbers of the Correlates of War, which count North Africa, Sudan and South Sudan to the
        Middle East; within ``{"all": [...]}`` one of its states). ``years`` is ``year``,
        ``actor`` any actor of the event in any role but observer; singular and plural of a
        column mean the same (``recipient``, ``recipients``). Two conditions look at the event's
        principal states (those of `is_all_autocratic`) in the event's year: ``regime``, a class
        0-3, ``"autocracy"`` or ``"democracy"``, that all of them are known to have;
        ``member_of``, an organisation of which all, or with ``"any:SCO"`` at least one, were
        members at some time of the year.
    engine
        ``"pandas"``: nullable integers are `Int64`, booleans `boolean`, dates `datetime64[us]`,
        categoricals carry the levels of the codebook, lists are Arrow lists (each cell a Python
        list). ``"arrow"``: a `pyarrow.Table`. ``"polars"``: a `polars.DataFrame`.

    version
        An older release that `versions()` lists; this package's own by default. It is read from
        the archive (see `autocoop.archive`), checked, and kept.

    Returns
    -------
    One row per key of the table (see `codebook(table)`), sorted by key.

    Raises
    ------
    UnknownTable, UnknownColumn, UnknownValue, UnknownActor, UnknownRegion, UnknownEngine
        With what there is, and the nearest name.
    BadFilter
        A condition that does not fit its column.
    UnknownVersion, ArchiveUnavailable
        There is no such release, or it cannot be had now.
    BrokenRelease
        The file is truncated or altered; it was not read.
    """
    if engine not in ENGINES:
        raise UnknownEngine(engine, ENGINES)
    if where is not None and not isinstance(where, Mapping):
        raise BadFilter(f"where is a mapping of column to value, not {type(where).__name__}")
    release.facts(table, version)
    record = release.codebook(version)[table]
    known = [column["column"] for column in record["columns"]]
    if isinstance(columns, str):
        columns = [columns]
    if columns is not None and not hasattr(columns, "__iter__"):
        raise UnknownColumn(columns, known, where=table)
    chosen = list(columns) if columns is not None else known
    for name in chosen:
        if name not in known:
            raise unknown_column(name, record)
    data = read(table, None if where else chosen, version)
    if where:
        from autocoop.where import apply

        data = apply(data, table, record, where, version).select(chosen)
    levels = {
        column["column"]: list(column["values"])
        for column in record["columns"]
        if column["values"] and column["type"] == "text" and column["column"] in chosen
    }
    ordered = {column["column"] for column in record["columns"] if column["is_ordered"]}
    if engine == "polars":
        return _to_polars(data, levels)
    data = _with_levels(data, levels, ordered)
    return data if engine == "arrow" else _to_pandas(data)


def unknown_column(name: str, record: dict[str, Any]) -> UnknownColumn:
    """The error for a column a table has not; a former name says what became of it."""
    known = [column["column"] for column in record["columns"]]
    now = [column["column"] for column in record["columns"] if name in column.get("formerly", [])]
    became = f"; it is called {now[0]!r} now." if now else None
    return UnknownColumn(name, known, where=record["table"], became=became)


def read(table: str, columns: list[str] | None = None, version: str | None = None) -> "pa.Table":
    """The table as it is stored, from bytes that were checked."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    raw = release.read_bytes(table, version)
    data = pq.ParquetFile(pa.BufferReader(raw)).read(columns=columns, use_threads=False)
    data = data.select(columns) if columns is not None else data
    text_list = pa.list_(pa.string())
    for index, field in enumerate(data.schema):
        if pa.types.is_list(field.type):
            # Parquet names the members of a list otherwise than Arrow does.
            members = data.column(index).cast(text_list)
            data = data.set_column(index, field.with_type(text_list), members)
    return data.replace_schema_metadata(None)


def _with_levels(data: "pa.Table", levels: dict[str, list[str]], ordered: set[str]) -> "pa.Table":
    """Categorical columns as dictionaries that hold every level, used or not."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for name, values in levels.items():
        index = data.column_names.index(name)
        dictionary = pa.array(values, pa.string())
        chunks = [
            pa.DictionaryArray.from_arrays(
                pc.index_in(chunk, value_set=dictionary), dictionary, ordered=name in ordered
            )
            for chunk in data.column(index).chunks
        ]
        kind = pa.dictionary(pa.int32(), pa.string(), ordered=name in ordered)
        field = data.schema.field(index).with_type(kind)
        data = data.set_column(index, field, pa.chunked_array(chunks, kind))
    return data


def _to_pandas(data: "pa.Table") -> "pd.DataFrame":
    import pandas as pd
    import pyarrow as pa

    for index, field in enumerate(data.schema):
        if pa.types.is_date32(field.type):
            days = data.column(index).cast(pa.timestamp("us"))
            data = data.set_column(index, field.name, days)
    types = {
        pa.string(): pd.StringDtype(na_value=float("nan")),
        pa.int64(): pd.Int64Dtype(),
        pa.bool_(): pd.BooleanDtype(),
        pa.list_(pa.string()): pd.ArrowDtype(pa.list_(pa.string())),
    }
    return data.to_pandas(types_mapper=types.get, use_threads=False)


def _to_polars(data: "pa.Table", levels: dict[str, list[str]]) -> "pl.DataFrame":
    try:
        import polars as pl
    except ImportError as error:
        raise MissingPackage("engine='polars' needs polars: pip install polars") from error
    frame = pl.from_arrow(data)
    return frame.with_columns(pl.col(name).cast(pl.Enum(values)) for name, values in levels.items())
