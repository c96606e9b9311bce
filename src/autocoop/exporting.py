"""Writing tables for other programs: spreadsheets, Stata, R, DuckDB."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autocoop import release
from autocoop.errors import (
    AutocoopError,
    BadFilter,
    MissingPackage,
    NotWritten,
    UnknownColumn,
    UnknownFormat,
)

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

SUFFIXES = (".csv", ".parquet", ".dta", ".xlsx", ".duckdb")

#: The name under which all tables together are exported.
ALL = "all"

#: The formats that can hold more than one table.
_OF_MANY = (".xlsx", ".duckdb")

#: A text that begins so is taken for a formula by a spreadsheet that opens a CSV file.
_FORMULA = r"\A[=+\-@\t\r]"

# What a sheet of an Excel file, and one of its cells, can hold.
_SHEET_ROWS = 1_048_576
_CELL_CHARACTERS = 32_767

# What Stata's .dta format 118 can hold.
_STATA_NAME = 32
_STATA_LABEL = 80
_STATA_TEXT = 2045
_STATA_LEVELS = 65_536

#: Identifiers of states, by which other data are merged; of dyads, with a suffix for the side.
_KEYS = ("actor_id", "iso3")
_STATA_INTEGER = 2**53
_STATA_RESERVED = (
    "_all _b byte _coef _cons double float if in int long _n _N _pi _pred _rc _skip strL using with"
)

#: Columns of coded integers, whose meanings the vocabulary of that name has.
_CODED = ("regime", "direction", "activity")


class _Unfit(Exception):
    """What is to be written does not fit the format; the text says why."""


@dataclass(frozen=True)
class Exported:
    """What was written: the file, the rows of each table, and what had to be changed for it.

    ``neutralised`` is the number of cells that got a leading apostrophe, so that no spreadsheet
    takes them for a formula (.csv only); ``renamed`` maps columns to the names they have in the
    file where it does not allow their own (.dta only).
    """

    path: Path
    rows: dict[str, int]
    neutralised: int = 0
    renamed: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        total = f"{sum(self.rows.values()):,} rows"
        text = f"{self.path}: " + (f"{len(self.rows)} tables, " if len(self.rows) > 1 else "")
        text += total
        if self.neutralised:
            cells = "1 cell" if self.neutralised == 1 else f"{self.neutralised:,} cells"
            text += f"; {cells} beginning with = + - @ tab or return got a leading apostrophe"
        for name, new in self.renamed.items():
            text += f"; {name} is named {new}"
        return text


@dataclass(frozen=True)
class _Part:
    """One table to write: plain Arrow data, and what the codebook says of each column."""

    name: str
    title: str
    data: "pa.Table"
    columns: dict[str, dict[str, Any]]
    manifest: dict[str, Any]
    key: tuple[str, ...] = ()
    row: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


def export(
    table: "str | pd.DataFrame | pa.Table",
    path: str | os.PathLike[str],
    *,
    columns: Iterable[str] | None = None,
    where: Mapping[str, Any] | None = None,
    version: str | None = None,
) -> Exported:
    """Write a table to a file in the format of its suffix.

    Parameters
    ----------
    table
        A name that `tables()` lists; ``"all"`` for every table in one .duckdb or .xlsx file; or a
        frame of your own (pandas, polars, Arrow), such as a panel. Its columns are labelled by
        ``frame.attrs["labels"]`` (column -> text), else where the codebook means one thing by
        their name.
    path
        The file; one that is there is replaced, only once the new one is whole.

        ``.csv``: UTF-8, lists joined with ``;``. Text that begins with ``= + - @``, a tab or a
        return gets a leading apostrophe, so that no spreadsheet runs it; the result says how often.
        ``.parquet``: lists and categoricals as they are, the codebook in the metadata.
        ``.dta``: Stata 14 or later. Variable labels from the codebook, categoricals and coded
        integers with value labels (identifiers of states as text, to merge by), dates as ``%td``,
        booleans as 0/1, lists joined with ``;``.
        ``.xlsx``: the table on one sheet, the codebook on the next, text never as a formula; needs
        XlsxWriter. ``.duckdb``: tables with keys, the codebook as comments; needs duckdb.
        The same release gives the same bytes (.duckdb aside) with the same versions of packages.
    columns, where, version
        As for `load`; with a frame of your own only `columns`.

    Returns
    -------
    `Exported`: the path, rows by table, number of neutralised cells, renamed columns; as text a
    line that says so.

    Raises
    ------
    UnknownFormat
        The suffix is none of these; and what `load` raises.
    MissingPackage
        A package that the format needs is not installed.
    NotWritten
        The file could not be written; what was there is unchanged.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise UnknownFormat(path, SUFFIXES, where="path, which names a file")
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UnknownFormat(path.suffix or path.name, SUFFIXES)
    if isinstance(table, str) and table == ALL:
        if suffix not in _OF_MANY:
            raise UnknownFormat(path.suffix, _OF_MANY, where="an export of all tables")
        if columns is not None or where:
            raise BadFilter("export('all') takes no columns and no where; export one table")
        tables = release.manifest(version)["tables"]
        parts = [_released(name, None, None, version) for name in tables]
    elif isinstance(table, str):
        parts = [_released(table, columns, where, version)]
    else:
        if where or version is not None:
            raise BadFilter("where and version go with the name of a table, not with a frame")
        parts = [_own(table, path, columns)]
    if not all(part.data.num_columns for part in parts):
        raise NotWritten(f"{path}: not written (there is no column)")
    with _replacing(path) as temporary:
        if suffix == ".duckdb" and os.path.exists(f"{os.path.realpath(path)}.wal"):
            # DuckDB would apply the old database's log to the new one.
            raise _Unfit(f"{path.name}.wal is there: the old database is open, or was not closed")
        changes = _WRITERS[suffix](parts, temporary)
    return Exported(path, {part.name: part.data.num_rows for part in parts}, **changes)


def _released(
    table: str,
    columns: Iterable[str] | None,
    where: Mapping[str, Any] | None,
    version: str | None,
) -> _Part:
    from autocoop.loading import load

    data = load(table, columns=columns, where=where, engine="arrow", version=version)
    record = release.codebook(version)[table]
    known = {column["column"]: column for column in record["columns"]}
    return _Part(
        name=table,
        title=record["title"],
        data=data,
        columns={name: known[name] for name in data.column_names},
        manifest=release.manifest(version),
        key=tuple(record["key"]),
        row=record["row"],
    )


def _own(table: Any, path: Path, columns: Iterable[str] | None) -> _Part:
    """A frame of the user's own as a table to write."""
    import pyarrow as pa

    try:
        if isinstance(table, pa.Table):
            data = table
        elif hasattr(table, "to_arrow"):
            data = table.to_arrow()
        else:
            has_names = any(name is not None for name in table.index.names)
            frame = table.reset_index() if has_names else table
            data = pa.Table.from_pandas(frame, preserve_index=False)
        if len(set(data.column_names)) < data.num_columns:
            raise ValueError("two columns have the same name")
        data = _plain(data)
    except (pa.ArrowException, AttributeError, TypeError, ValueError) as error:
        raise NotWritten(
            f"{path}: not written ({type(table).__name__} is neither the name of a table nor a "
            f"frame of plain columns: {error})"
        ) from error
    if columns is not None:
        chosen = [columns] if isinstance(columns, str) else list(columns)
        for name in chosen:
            if name not in data.column_names:
                raise UnknownColumn(name, data.column_names, where="the frame")
        data = data.select(chosen)
    meant = _meant_everywhere()
    known = {name: meant[name] for name in data.column_names if name in meant}
    labels = getattr(table, "attrs", {}).get("labels", {})
    return _Part("data", "data", data, known, release.manifest(), labels=labels)


def _meant_everywhere() -> dict[str, dict[str, Any]]:
    """The columns of the codebook whose text is the same in every table that has them."""
    texts: dict[str, set[str]] = {}
    records: dict[str, dict[str, Any]] = {}
    for record in release.codebook().values():
        for column in record["columns"]:
            texts.setdefault(column["column"], set()).add(column["description"])
            records.setdefault(column["column"], column)
    return {name: records[name] for name, found in texts.items() if len(found) == 1}


def _plain(data: "pa.Table") -> "pa.Table":
    """The same data in the types the release has, floating-point numbers and times beside them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text_list = pa.list_(pa.string())
    for index, item in enumerate(data.schema):
        column, kind = data.column(index), item.type
        if pa.types.is_dictionary(kind) and not _is_text(kind.value_type):
            column = column.cast(kind.value_type)
            kind = kind.value_type
        if pa.types.is_dictionary(kind):
            column = _with_plain_levels(column)
        elif pa.types.is_integer(kind):
            column = column.cast(pa.int64())
        elif pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            column = column.cast(pa.float64())
            column = pc.if_else(pc.is_nan(column), pa.scalar(None, pa.float64()), column)
        elif pa.types.is_timestamp(kind):
            days = column.cast(pa.timestamp("us"), safe=False)
            is_midnight = pc.all(pc.equal(days, pc.floor_temporal(days, unit="day"))).as_py()
            column = days.cast(pa.date32()) if is_midnight is not False else days
        elif pa.types.is_date(kind):
            column = column.cast(pa.date32())
        elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
            column = column.cast(text_list)
        elif not pa.types.is_boolean(kind):
            column = column.cast(pa.string())
        data = data.set_column(index, item.name, column)
    return data.replace_schema_metadata(None)


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    is_kind = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(matches(kind) for matches in is_kind)


def _with_plain_levels(column: Any) -> Any:
    """A categorical column in one piece, its codes and levels in the types the release has."""
    import pyarrow as pa

    whole = _in_one_piece(column)
    return pa.DictionaryArray.from_arrays(
        whole.indices.cast(pa.int32()),
        whole.dictionary.cast(pa.string()),
        ordered=column.type.ordered,
    )


def _in_one_piece(column: Any) -> Any:
    import pyarrow as pa

    whole = column.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.chunk(0) if whole.num_chunks else pa.array([], whole.type)
    return whole


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A file to write, which takes the place of `path` when the block succeeds.

    It is written in a hidden folder beside `path`, where a program may also keep its own
    temporary files; an error or an interrupt removes the folder and leaves `path` as it was.
    """
    target = Path(os.path.realpath(path))
    folder = None
    try:
        folder = Path(tempfile.mkdtemp(prefix=".autocoop-", dir=target.parent))
        yield folder / target.name
        os.replace(folder / target.name, target)
    except AutocoopError:
        raise
    except _Unfit as error:
        raise NotWritten(f"{path}: not written ({error})") from error
    except OSError as error:
        raise NotWritten(f"{path}: not written ({error.strerror or error})") from error
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _joined(column: Any) -> Any:
    """A column of lists as text."""
    import pyarrow.compute as pc

    return pc.binary_join(column, ";")


def _flat(part: _Part) -> "pa.Table":
    """The data with lists joined and categoricals as text."""
    import pyarrow as pa

    data = part.data
    for index, item in enumerate(data.schema):
        if pa.types.is_list(item.type):
            data = data.set_column(index, item.name, _joined(data.column(index)))
        elif pa.types.is_dictionary(item.type):
            data = data.set_column(index, item.name, data.column(index).cast(pa.string()))
    return data


# --- CSV ----------------------------------------------------------------------------------------


def _write_csv(parts: list[_Part], path: Path) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import csv

    data = _flat(parts[0])
    count = 0
    for index, item in enumerate(data.schema):
        if not pa.types.is_string(item.type):
            continue
        column = data.column(index)
        is_formula = pc.fill_null(pc.match_substring_regex(column, _FORMULA), False)
        found = pc.sum(is_formula).as_py() or 0
        if found:
            count += found
            # Not by `if_else`, which garbles parts of longer arrays of text in Arrow 21.
            mark = pa.array(["", "'"]).take(is_formula.cast(pa.int8()).combine_chunks())
            marked = pc.binary_join_element_wise(mark, column.combine_chunks(), "")
            data = data.set_column(index, item.name, marked)
    names = [f"'{name}" if re.match(_FORMULA, name) else name for name in data.column_names]
    count += sum(name.startswith("'") for name in names)
    csv.write_csv(data.rename_columns(names), path)
    return {"neutralised": count}


# --- Parquet ------------------------------------------------------------------------------------


def _write_parquet(parts: list[_Part], path: Path) -> dict[str, Any]:
    import json

    import pyarrow.parquet as pq

    (part,) = parts
    metadata = {
        b"autocoop_version": part.manifest["version"].encode(),
        b"pandas": json.dumps(_pandas_block(part.data), sort_keys=True).encode(),
    }
    if part.key:
        record = {
            "table": part.name,
            "title": part.title,
            "row": part.row,
            "key": list(part.key),
            "columns": list(part.columns.values()),
        }
        codebook = json.dumps(record, ensure_ascii=False, sort_keys=True)
        metadata[b"autocoop_codebook"] = codebook.encode()
    data = part.data.replace_schema_metadata(dict(sorted(metadata.items())))
    pq.write_table(data, path, compression="zstd", compression_level=9, version="2.6")
    return {}


def _pandas_block(data: "pa.Table") -> dict[str, Any]:
    """What a bare `pd.read_parquet` needs to restore nullable integers and booleans."""
    import pyarrow as pa

    columns = []
    for item in data.schema:
        names, facts = ("unicode", "object"), None
        if pa.types.is_int64(item.type):
            names = ("int64", "Int64")
        elif pa.types.is_boolean(item.type):
            names = ("bool", "boolean")
        elif pa.types.is_floating(item.type):
            names = ("float64", "float64")
        elif pa.types.is_date(item.type):
            names = ("date", "object")
        elif pa.types.is_timestamp(item.type):
            names = ("datetime", "datetime64[us]")
        elif pa.types.is_list(item.type):
            names = ("list[unicode]", "object")
        elif pa.types.is_dictionary(item.type):
            names = ("categorical", "int32")
            facts = {"num_categories": None, "ordered": item.type.ordered}
        else:
            names = ("unicode", "string")
        columns.append(
            {
                "name": item.name,
                "field_name": item.name,
                "pandas_type": names[0],
                "numpy_type": names[1],
                "metadata": facts,
            }
        )
    return {
        "index_columns": [],
        "column_indexes": [],
        "columns": columns,
        "creator": {"library": "autocoop"},
    }


# --- Stata --------------------------------------------------------------------------------------


def _write_stata(parts: list[_Part], path: Path) -> dict[str, Any]:
    from datetime import datetime

    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    (part,) = parts
    names = _stata_names(part.data.column_names)
    series: dict[str, pd.Series] = {}
    value_labels: dict[str, dict[int, str]] = {}
    formats: dict[str, str] = {}
    long_texts = []
    nullable = {pa.int8(): pd.Int8Dtype(), pa.int32(): pd.Int32Dtype(), pa.int64(): pd.Int64Dtype()}
    for name, stata in names.items():
        column = part.data[name]
        codes = _codes(name, column)
        levels = []
        if pa.types.is_dictionary(column.type):
            whole = _in_one_piece(column)
            levels = whole.dictionary.to_pylist()
            # Identifiers stay text: numbers of ours would merge with nobody's.
            if len(levels) > _STATA_LEVELS or name.removesuffix("_a").removesuffix("_b") in _KEYS:
                column, levels = column.cast(pa.string()), []
        kind = column.type
        if pa.types.is_dictionary(kind):
            # pandas numbers categoricals from 0 and cannot write those of an empty frame.
            value_labels[stata] = {place + 1: level for place, level in enumerate(levels)}
            size = pa.int8() if len(levels) <= 100 else pa.int32()
            column = pc.add(whole.indices, pa.scalar(1, pa.int32())).cast(size)
        elif pa.types.is_int64(kind) and (pc.max(pc.abs(column)).as_py() or 0) > _STATA_INTEGER:
            raise _Unfit(f"{name} has integers that Stata cannot hold exactly")
        elif codes or pa.types.is_boolean(kind):
            value_labels[stata] = codes or {0: "no", 1: "yes"}
            column = column.cast(pa.int8())
        elif pa.types.is_date(kind) or pa.types.is_timestamp(kind):
            formats[stata] = "td" if pa.types.is_date(kind) else "tc"
            column = column.cast(pa.timestamp("us"))
        elif pa.types.is_string(kind) or pa.types.is_list(kind):
            column = pc.fill_null(_joined(column) if pa.types.is_list(kind) else column, "")
            if (pc.max(pc.binary_length(column)).as_py() or 0) > _STATA_TEXT:
                long_texts.append(stata)
        series[stata] = column.to_pandas(types_mapper=nullable.get)
        if pa.types.is_string(column.type):
            series[stata] = series[stata].astype("object")
    labels = {
        names[name]: _cut(part.labels.get(name) or _label(name, part.columns.get(name)))
        for name in names
    }
    about = part.manifest["about"]
    frame = pd.DataFrame(series, index=range(part.data.num_rows))
    try:
        frame.to_stata(
            path,
            write_index=False,
            version=118,
            time_stamp=datetime.fromisoformat(about["released"]),
            data_label=_cut(f"{about['name']} {part.manifest['version']}: {part.title}"),
            variable_labels=labels,
            value_labels=value_labels,
            convert_dates=formats,
            convert_strl=long_texts,
        )
    except (ValueError, NotImplementedError) as error:
        raise _Unfit(f"Stata cannot hold it: {error}") from error
    return {"renamed": {name: stata for name, stata in names.items() if name != stata}}


def _stata_names(names: list[str]) -> dict[str, str]:
    """Column -> a name that Stata allows, no two the same."""
    chosen: dict[str, str] = {}
    for name in names:
        plain = re.sub(r"\W", "_", name, flags=re.ASCII)
        is_reserved = plain in _STATA_RESERVED.split() or re.fullmatch(r"str\d+", plain)
        if not plain or plain[0].isdigit() or is_reserved:
            plain = f"_{plain}"
        short, number = plain[:_STATA_NAME], 1
        while short in chosen.values() or (short != name and short in names):
            number += 1
            short = f"{plain[: _STATA_NAME - len(str(number)) - 1]}_{number}"
        chosen[name] = short
    return chosen


def _codes(name: str, column: Any) -> dict[int, str] | None:
    """The meanings of a column of coded integers; one word of its name says which they are
    (``regime``, ``regime_supplier``), and no other value may stand in it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    word = next((word for word in name.split("_") if word in _CODED), None)
    if word is None or not pa.types.is_int64(column.type):
        return None
    from autocoop.schemas import vocabularies

    meanings = {int(code): text for code, text in getattr(vocabularies, word.upper()).items()}
    found = pc.unique(column.drop_null()).to_pylist()
    return meanings if set(found) <= set(meanings) else None


def _label(name: str, column: dict[str, Any] | None) -> str:
    """A variable label: the description's first sentence and the unit, as far as they fit."""
    if column is None:
        return ""
    text = column["description"].split(". ")[0].rstrip(".")
    end = name.rpartition("_")[2]
    if end in ("low", "best", "high") and ": " in text:
        text = text.partition(": ")[2]
        text = f"{text[0].upper()}{text[1:]}, {end}"
    elif len(text) > _STATA_LABEL:
        text = re.split(r"[:;(]", text)[0].strip()
    with_unit = f"{text} ({column['unit']})"
    return with_unit if column["unit"] and len(with_unit) <= _STATA_LABEL else _cut(text)


def _cut(text: str, length: int = _STATA_LABEL) -> str:
    """The text, cut at a word where it is too long."""
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:(") + "…"


# --- Excel --------------------------------------------------------------------------------------


def _write_excel(parts: list[_Part], path: Path) -> dict[str, Any]:
    from datetime import datetime

    try:
        import xlsxwriter
        from xlsxwriter.exceptions import XlsxWriterException
    except ImportError as error:
        raise MissingPackage("export to .xlsx needs XlsxWriter: pip install XlsxWriter") from error
    for part in parts:
        if part.data.num_rows >= _SHEET_ROWS:
            raise _Unfit(
                f"{part.name} has {part.data.num_rows:,} rows, a sheet holds {_SHEET_ROWS - 1:,}; "
                "write .csv or .parquet"
            )
    manifest = parts[0].manifest
    about = manifest["about"]
    try:
        book = xlsxwriter.Workbook(os.fspath(path), {"nan_inf_to_errors": True})
        book.set_properties(
            {
                "title": about["title"],
                "author": about["authors"],
                "comments": f"Version {manifest['version']}, {about['data_licence']}",
                "created": datetime.fromisoformat(about["released"]),
            }
        )
        heading = book.add_format({"bold": True})
        formats = {
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        for part in parts:
            _write_sheet(book, part.name, _flat(part), heading, formats)
        _write_sheet(book, "codebook", _codebook_table(parts), heading, formats)
        book.close()
    except (XlsxWriterException, TypeError, ValueError) as error:
        raise _Unfit(str(error)) from error
    return {}


def _write_sheet(
    book: Any, name: str, data: "pa.Table", heading: Any, formats: dict[str, Any]
) -> None:
    import pyarrow as pa

    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for place, item in enumerate(data.schema):
        sheet.write_string(0, place, item.name, heading)
        values = data.column(place).to_pylist()
        if pa.types.is_string(item.type):
            longest = max((len(value) for value in values if value), default=0)
            if longest > _CELL_CHARACTERS:
                raise _Unfit(
                    f"a cell of {name}.{item.name} has {longest:,} characters, one of a sheet "
                    f"holds {_CELL_CHARACTERS:,}; write .csv or .parquet"
                )
            # Unlike `write`, this makes no formula, link or number of a text.
            write, extra, width = sheet.write_string, (), longest
        elif pa.types.is_boolean(item.type):
            write, extra, width = sheet.write_boolean, (), 6
        elif pa.types.is_date(item.type):
            write, extra, width = sheet.write_datetime, (formats["date"],), 11
        elif pa.types.is_timestamp(item.type):
            write, extra, width = sheet.write_datetime, (formats["time"],), 20
        else:
            write, extra, width = sheet.write_number, (), 11
        sheet.set_column(place, place, min(max(width, len(item.name)) + 2, 50))
        for row, value in enumerate(values):
            if value is not None and value != "":
                write(row + 1, place, value, *extra)
    if data.num_columns:
        sheet.autofilter(0, 0, data.num_rows, data.num_columns - 1)


def _codebook_table(parts: list[_Part]) -> "pa.Table":
    """The codebook of the columns that are written, one row each."""
    import pyarrow as pa

    heads = ("table", "column", "type", "description", "unit", "standard", "values", "derived")
    rows = []
    for part in parts:
        for name in part.data.column_names:
            column = part.columns.get(name, {})
            values = [f"{value}: {text}" for value, text in (column.get("values") or {}).items()]
            rows.append(
                {head: column.get(head) for head in heads}
                | {"table": part.name, "column": name, "values": "; ".join(values) or None}
            )
    return pa.Table.from_pylist(rows, schema=pa.schema([(head, pa.string()) for head in heads]))


# --- DuckDB -------------------------------------------------------------------------------------


def _write_duckdb(parts: list[_Part], path: Path) -> dict[str, Any]:
    try:
        import duckdb
    except ImportError as error:
        raise MissingPackage("export to .duckdb needs duckdb: pip install duckdb") from error
    references = {part.name: _foreign_keys(part, parts) for part in parts}
    try:
        with duckdb.connect(os.fspath(path)) as connection:
            for part in _referenced_first(parts, references):
                _create(connection, part, references[part.name])
    except duckdb.Error as error:
        raise _Unfit(str(error)) from error
    return {}


def _create(connection: Any, part: _Part, references: dict[str, tuple[str, str]]) -> None:
    import pyarrow as pa

    types = {pa.int64(): "BIGINT", pa.float64(): "DOUBLE", pa.bool_(): "BOOLEAN"}
    types |= {pa.date32(): "DATE", pa.timestamp("us"): "TIMESTAMP"}
    types |= {pa.list_(pa.string()): "VARCHAR[]"}
    data = part.data
    for index, item in enumerate(data.schema):
        if pa.types.is_dictionary(item.type):
            data = data.set_column(index, item.name, data.column(index).cast(pa.string()))
    lines = []
    for item in data.schema:
        is_required = not part.columns.get(item.name, {}).get("is_nullable", True)
        never_missing = " NOT NULL" if is_required else ""
        lines.append(f"{_quoted(item.name)} {types.get(item.type, 'VARCHAR')}{never_missing}")
    if _has_key(part):
        columns = ", ".join(map(_quoted, part.key))
        can_miss = any(part.columns[name]["is_nullable"] for name in part.key)
        lines.append(f"{'UNIQUE' if can_miss else 'PRIMARY KEY'} ({columns})")
    for name, (target, key) in references.items():
        lines.append(f"FOREIGN KEY ({_quoted(name)}) REFERENCES {_quoted(target)} ({_quoted(key)})")
    table = _quoted(part.name)
    connection.execute(f"CREATE TABLE {table} ({', '.join(lines)})")
    for wave in _waves(part, references):
        connection.register("incoming", data.take(pa.array(wave, pa.int64())))
        connection.execute(f"INSERT INTO {table} SELECT * FROM incoming")
        connection.unregister("incoming")
    text = f"{part.title}: one row is {part.row}. " if part.row else ""
    text += f"autocoop {part.manifest['version']}"
    connection.execute(f"COMMENT ON TABLE {table} IS {_literal(text)}")
    for name, column in part.columns.items():
        comment = _literal(_comment(column))
        connection.execute(f"COMMENT ON COLUMN {table}.{_quoted(name)} IS {comment}")


def _comment(column: dict[str, Any]) -> str:
    text = column["description"]
    if column["unit"]:
        text += f" Unit: {column['unit']}."
    if column["standard"]:
        text += f" Standard: {column['standard']}."
    if column["values"]:
        meanings = "; ".join(f"{value}: {text}" for value, text in column["values"].items())
        text += f" Values: {meanings}."
    return text


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _has_key(part: _Part) -> bool:
    return bool(part.key) and set(part.key) <= set(part.data.column_names)


def _foreign_keys(part: _Part, parts: list[_Part]) -> dict[str, tuple[str, str]]:
    """Column -> table and key it refers to, where every value is there and at least one is.

    An `event_id` outside `events` refers to `events`, which its schema does not say; those of
    `retired_ids` are by their nature not there, and so get no key.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    keys = {other.name: other for other in parts if len(other.key) == 1 and _has_key(other)}
    found = {}
    for name, column in part.columns.items():
        is_event = name == "event_id" and part.name != "events"
        target = "events" if is_event else column["references"]
        values = part.data[name].drop_null()
        if target not in keys or pa.types.is_list(values.type) or not len(values):
            continue
        key = keys[target].key[0]
        known = pc.unique(keys[target].data[key])
        reference = {name: (target, key)}
        if pc.all(pc.is_in(values, value_set=known)).as_py() and _waves(part, reference):
            found |= reference
    return found


def _waves(part: _Part, references: dict[str, tuple[str, str]]) -> list[list[int]]:
    """The rows of a table in the order in which they can be inserted: first those that refer to
    no row of the table itself, then those that refer to them, and so on; none for a circle."""
    own = [name for name, (target, _) in references.items() if target == part.name]
    rows = list(range(part.data.num_rows))
    if not own:
        return [rows]
    keys = part.data[part.key[0]].to_pylist()
    parents = list(zip(*(part.data[name].to_pylist() for name in own), strict=True))
    waves, done = [], {None}
    while rows:
        wave = [row for row in rows if set(parents[row]) <= done]
        if not wave:
            return []
        waves.append(wave)
        done |= {keys[row] for row in wave}
        rows = [row for row in rows if keys[row] not in done]
    return waves


def _referenced_first(
    parts: list[_Part], references: dict[str, dict[str, tuple[str, str]]]
) -> list[_Part]:
    """The tables in an order in which each comes after those that it refers to."""
    from graphlib import TopologicalSorter

    graph = {
        name: {target for target, _ in found.values()} - {name}
        for name, found in references.items()
    }
    by_name = {part.name: part for part in parts}
    return [by_name[name] for name in TopologicalSorter(graph).static_order()]


_WRITERS = {
    ".csv": _write_csv,
    ".parquet": _write_parquet,
    ".dta": _write_stata,
    ".xlsx": _write_excel,
    ".duckdb": _write_duckdb,
}
