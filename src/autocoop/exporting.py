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
from autocoop.errors import AutocoopError, BadFilter, MissingPackage, NotWritten
from autocoop.errors import UnknownColumn, UnknownFormat

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
_STATA_RESERVED = frozenset(
    "_all _b byte _coef _cons double float if in int long _n _N _pi _pred _rc _skip strL using "
    "with".split()
)


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
    key: tuple[str, ...] = ()
    row: str = ""


def export(
    table: "str | pd.DataFrame | pa.Table",
    path: str | os.PathLike[str],
    *,
    columns: Iterable[str] | None = None,
    where: Mapping[str, Any] | None = None,
) -> Exported:
    """Write a table to a file in the format of its suffix.

    Parameters
    ----------
    table
        A name that `tables()` lists; ``"all"`` for every table in one .duckdb or .xlsx file; or a
        frame of your own (pandas, polars, Arrow), whose columns are labelled where the codebook
        means one thing by their name.
    path
        The file; one that is there is replaced, only once the new one is whole.

        ``.csv``: UTF-8, lists joined with ``;``. Text that begins with ``= + - @``, a tab or a
        return gets a leading apostrophe, so that no spreadsheet runs it; the result says how often.
        ``.parquet``: lists and categoricals as they are, the codebook in the metadata.
        ``.dta``: Stata 14 or later. Variable labels from the codebook, categoricals and coded
        integers with value labels, dates as ``%td``, booleans as 0/1, lists joined with ``;``.
        ``.xlsx``: the table on one sheet, the codebook on the next, text never as a formula; needs
        XlsxWriter. ``.duckdb``: tables with keys, the codebook as comments; needs duckdb.
        The same release gives the same bytes (.duckdb aside) with the same versions of packages.
    columns, where
        As for `load`; `where` only with the name of a table.

    Returns
    -------
    `Exported`: the path, rows by table, number of neutralised cells, renamed columns; as text a
    line that says so.

    Raises
    ------
    UnknownFormat, UnknownTable, UnknownColumn, BadFilter
        With what there is.
    MissingPackage
        A package that the format needs is not installed.
    NotWritten
        The file could not be written; what was there is unchanged.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UnknownFormat(path.suffix or path.name, SUFFIXES)
    if isinstance(table, str) and table == ALL:
        if suffix not in _OF_MANY:
            raise UnknownFormat(path.suffix, _OF_MANY, where="export('all'), which has many tables")
        if columns is not None or where:
            raise BadFilter("export('all') takes no columns and no where; export one table")
        parts = [_released(name, None, None) for name in release.manifest()["tables"]]
    elif isinstance(table, str):
        parts = [_released(table, columns, where)]
    else:
        if where:
            raise BadFilter("where goes with the name of a table; filter a frame of your own first")
        parts = [_own(table, path, columns)]
    with _replacing(path) as temporary:
        changes = _WRITERS[suffix](parts, temporary)
    return Exported(path, {part.name: part.data.num_rows for part in parts}, **changes)


def _released(
    table: str, columns: Iterable[str] | None, where: Mapping[str, Any] | None
) -> _Part:
    from autocoop.loading import load

    data = load(table, columns=columns, where=where, engine="arrow")
    record = release.codebook()[table]
    known = {column["column"]: column for column in record["columns"]}
    return _Part(
        table,
        record["title"],
        data,
        {name: known[name] for name in data.column_names},
        tuple(record["key"]),
        record["row"],
    )


def _own(frame: Any, path: Path, columns: Iterable[str] | None) -> _Part:
    """A frame of the user's own as a table to write."""
    import pyarrow as pa

    try:
        if isinstance(frame, pa.Table):
            data = frame
        elif hasattr(frame, "to_arrow"):
            data = frame.to_arrow()
        else:
            named = [name for name in frame.index.names if name is not None]
            frame = frame.reset_index() if named else frame
            data = pa.Table.from_pandas(frame, preserve_index=False)
        data = _plain(data)
    except (pa.ArrowException, AttributeError, TypeError, ValueError) as error:
        raise NotWritten(
            f"{path}: not written (neither the name of a table nor a frame of plain columns: "
            f"{error})"
        ) from error
    if columns is not None:
        chosen = [columns] if isinstance(columns, str) else list(columns)
        for name in chosen:
            if name not in data.column_names:
                raise UnknownColumn(name, data.column_names, where="the frame")
        data = data.select(chosen)
    meant = _meant_everywhere()
    columns = {
        name: meant[name] for name in data.column_names if name in meant
    }
    return _Part("data", "data", data, columns)


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
    levels = pa.dictionary(pa.int32(), pa.string())
    for index, item in enumerate(data.schema):
        column, kind = data.column(index), item.type
        if pa.types.is_dictionary(kind) and (
            pa.types.is_string(kind.value_type) or pa.types.is_large_string(kind.value_type)
        ):
            target = pa.dictionary(pa.int32(), pa.string(), ordered=kind.ordered)
            column = column.cast(levels).cast(target)
        elif pa.types.is_dictionary(kind):
            data = data.set_column(index, item.name, column.cast(kind.value_type))
            return _plain(data)
        elif pa.types.is_integer(kind):
            column = column.cast(pa.int64())
        elif pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            column = column.cast(pa.float64())
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
    import pyarrow.csv

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
            marked = pc.binary_join_element_wise("'", column, "")
            data = data.set_column(index, item.name, pc.if_else(is_formula, marked, column))
    names = [f"'{name}" if re.match(_FORMULA, name) else name for name in data.column_names]
    count += sum(name.startswith("'") for name in names)
    pa.csv.write_csv(data.rename_columns(names), path)
    return {"neutralised": count}


# --- Parquet ------------------------------------------------------------------------------------


def _write_parquet(parts: list[_Part], path: Path) -> dict[str, Any]:
    import json

    import pyarrow.parquet as pq

    (part,) = parts
    metadata = {
        b"autocoop_version": release.manifest()["version"].encode(),
        b"pandas": json.dumps(_pandas_block(part.data), sort_keys=True).encode(),
    }
    if part.key:
        record = release.codebook()[part.name] | {"columns": list(part.columns.values())}
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
    for name, stata in names.items():
        column = part.data[name]
        kind = column.type
        codes = _codes(name, part.data)
        if pa.types.is_dictionary(kind):
            # pandas numbers categoricals from 0 and cannot write those of an empty frame.
            whole = column.unify_dictionaries().combine_chunks()
            whole = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
            levels = whole.dictionary.to_pylist()
            value_labels[stata] = {place + 1: level for place, level in enumerate(levels)}
            series[stata] = pd.Series(pc.add(whole.indices, 1).to_pylist(), dtype="Int16")
        elif codes:
            value_labels[stata] = codes
            series[stata] = pd.Series(column.to_pylist(), dtype="Int8")
        elif pa.types.is_boolean(kind):
            value_labels[stata] = {0: "no", 1: "yes"}
            series[stata] = pd.Series(column.cast(pa.int8()).to_pylist(), dtype="Int8")
        elif pa.types.is_int64(kind):
            series[stata] = pd.Series(column.to_pylist(), dtype="Int64")
        elif pa.types.is_floating(kind):
            series[stata] = pd.Series(column.to_pylist(), dtype="float64")
        elif pa.types.is_date(kind) or pa.types.is_timestamp(kind):
            formats[stata] = "td" if pa.types.is_date(kind) else "tc"
            series[stata] = pd.Series(column.to_pylist(), dtype="datetime64[us]")
        else:
            column = _joined(column) if pa.types.is_list(kind) else column
            texts = [text or "" for text in column.to_pylist()]
            series[stata] = pd.Series(texts, dtype="object")
            if any(len(text.encode()) > 2045 for text in texts):
                long_texts.append(stata)
    labels = {names[name]: _label(part.columns.get(name)) for name in names}
    about = release.manifest()["about"]
    frame = pd.DataFrame(series, index=range(part.data.num_rows))
    try:
        frame.to_stata(
            path,
            write_index=False,
            version=118,
            time_stamp=datetime.fromisoformat(about["released"]),
            data_label=_cut(f"{about['name']} {release.manifest()['version']}: {part.title}"),
            variable_labels=labels,
            value_labels=value_labels,
            convert_dates=formats,
            convert_strl=long_texts,
        )
    except (ValueError, NotImplementedError) as error:
        raise NotWritten(f"{path.name}: not written (Stata cannot hold it: {error})") from error
    return {"renamed": {name: stata for name, stata in names.items() if name != stata}}


def _stata_names(names: list[str]) -> dict[str, str]:
    """Column -> a name that Stata allows, no two the same."""
    chosen: dict[str, str] = {}
    for name in names:
        plain = re.sub(r"\W", "_", name, flags=re.ASCII)
        is_reserved = plain in _STATA_RESERVED or re.fullmatch(r"str\d+", plain)
        if not plain or plain[0].isdigit() or is_reserved:
            plain = f"_{plain}"
        short, number = plain[:_STATA_NAME], 1
        while short in chosen.values() or (short != name and short in names):
            number += 1
            short = f"{plain[: _STATA_NAME - len(str(number)) - 1]}_{number}"
        chosen[name] = short
    return chosen


def _codes(name: str, data: "pa.Table") -> dict[int, str] | None:
    """The meanings of a column of coded integers; the name says which (``regime``,
    ``supplier_regime``), and no other value may stand in it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from autocoop.schemas import vocabularies as v

    if not pa.types.is_int64(data[name].type):
        return None
    coded = {"regime": v.REGIME, "direction": v.DIRECTION, "activity": v.ACTIVITY}
    for word in name.split("_"):
        if word in coded:
            meanings = {int(code): meaning for code, meaning in coded[word].items()}
            found = pc.unique(data[name].drop_null()).to_pylist()
            return meanings if set(found) <= set(meanings) else None
    return None


def _label(column: dict[str, Any] | None) -> str:
    """A variable label: the description's first sentence and the unit, as far as they fit."""
    if column is None:
        return ""
    text = re.split(r"(?<=[^.]{3})[.;:](?:\s|$)", column["description"])[0]
    unit = column["unit"]
    with_unit = f"{text} ({unit})"
    return with_unit if unit and len(with_unit) <= _STATA_LABEL else _cut(text)


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
        raise MissingPackage(
            "export to .xlsx needs XlsxWriter: pip install XlsxWriter"
        ) from error
    for part in parts:
        if part.data.num_rows >= _SHEET_ROWS:
            raise NotWritten(
                f"{path.name}: not written ({part.name} has {part.data.num_rows:,} rows, a sheet "
                f"holds {_SHEET_ROWS - 1:,}; write .csv or .parquet)"
            )
    manifest = release.manifest()
    about = manifest["about"]
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    try:
        book = xlsxwriter.Workbook(os.fspath(path), options)
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
            _write_sheet(book, part.name, _flat(part), heading, formats, path)
        _write_sheet(book, "codebook", _codebook_table(parts), heading, formats, path)
        book.close()
    except XlsxWriterException as error:
        raise NotWritten(f"{path.name}: not written ({error})") from error
    return {}


def _write_sheet(
    book: Any, name: str, data: "pa.Table", heading: Any, formats: dict[str, Any], path: Path
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
                raise NotWritten(
                    f"{path.name}: not written (a cell of {name}.{item.name} has {longest:,} "
                    f"characters, one of a sheet holds {_CELL_CHARACTERS:,}; write .csv or "
                    ".parquet)"
                )
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
        raise NotWritten(f"{path.name}: not written ({error})") from error
    return {}


def _create(connection: Any, part: _Part, references: dict[str, tuple[str, str]]) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

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
        lines.append(
            f"FOREIGN KEY ({_quoted(name)}) REFERENCES {_quoted(target)} ({_quoted(key)})"
        )
    table = _quoted(part.name)
    connection.execute(f"CREATE TABLE {table} ({', '.join(lines)})")
    for rows in _waves(data, part, references):
        connection.register("incoming", rows)
        connection.execute(f"INSERT INTO {table} SELECT * FROM incoming")
        connection.unregister("incoming")
    version = release.manifest()["version"]
    text = f"{part.title}: one row is {part.row}. autocoop {version}" if part.row else part.title
    connection.execute(f"COMMENT ON TABLE {table} IS {_literal(text)}")
    for name, column in part.columns.items():
        comment = _literal(_comment(column))
        connection.execute(f"COMMENT ON COLUMN {table}.{_quoted(name)} IS {comment}")
    assert pc.equal(
        connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0], data.num_rows
    ).as_py()


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
        target = column["references"]
        if name == "event_id" and part.name != "events":
            target = "events"
        values = part.data[name]
        if target not in keys or pa.types.is_list(values.type):
            continue
        key = keys[target].key[0]
        known = keys[target].data[key].combine_chunks()
        present = values.drop_null()
        is_known = pc.all(pc.is_in(present, value_set=known.cast(pa.string()))).as_py()
        is_cyclic = target == part.name and _waves(part.data, part, {name: (target, key)}) is None
        if len(present) and is_known and not is_cyclic:
            found[name] = (target, key)
    return found
