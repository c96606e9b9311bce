"""Reading anything that holds a table: frames, Arrow data, relations and files, in batches.

Files may be hostile: no cell, row, header, number of columns or unpacked size is taken without a
limit, and what cannot be read raises `Unreadable`, which says why.
"""

import codecs
import csv
import io
import json
import zipfile
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from autocoop.checking.casting import MAX_UNPACKED
from autocoop.errors import MissingPackage, Unreadable, UnsupportedData, shortened

#: Rows of a batch.
BATCH = 131_072

#: Columns that a file may have.
MAX_COLUMNS = 1_000

#: Bytes of a row of a text file, its header included.
MAX_ROW = 4 * 2**20

#: Rows of a text file that may be no rows before the file is none.
MAX_REFUSED = 100_000

#: Members of lists, per row of a row group on average, that a Parquet file may hold.
MAX_MEMBERS = 1_000

SUFFIXES = (".csv", ".parquet", ".pq", ".jsonl", ".ndjson", ".xlsx")

#: A batch: each column as Arrow, or as a list of Python values of mixed kinds.
Batch = tuple[int, dict[str, "pa.Array | list[Any]"]]


@dataclass
class Source:
    """A table to be read, as often as it `is_replayable`.

    ``columns`` are the names in their order; None where each row names its own, which are
    ``seen`` once it was read. ``read`` gives the rows of the columns asked for. ``is_text`` says
    that all cells are text, so that an empty one is a missing value.
    """

    name: str | None
    columns: list[str] | None
    read: Callable[[list[str]], Iterator[Batch]]
    rows: int | None = None
    is_text: bool = False
    is_replayable: bool = True
    lines: Callable[[list[int]], dict[int, int]] | None = None
    seen: set[str] = field(default_factory=set)
    #: Rows that are none, by number of the record: column, value, check, rule, fix.
    refused: dict[int, tuple[str, str | None, str, str, str]] = field(default_factory=dict)

    def refuse(self, record: int, check: str, rule: str, fix: str = "") -> None:
        """A record that is no row."""
        if len(self.refused) >= MAX_REFUSED:
            raise Unreadable(f"{self.name}: more than {MAX_REFUSED:,} rows are none; one {rule}")
        self.refused[record] = ("", None, check, rule, fix)

    def batches(self, columns: list[str]) -> Iterator[Batch]:
        """The number of rows and the columns of each batch; what fails to be read is named."""
        self.refused.clear()
        with reading(self.name or "the data"):
            yield from self.read(columns)

    def record(self, position: int) -> int:
        """Number of the record, refused ones included, of the n-th row that was read."""
        before = [number - index for index, number in enumerate(sorted(self.refused))]
        return position + bisect_right(before, position)


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Whatever a reader raises on broken input, as `Unreadable`."""
    try:
        yield
    except (Unreadable, UnsupportedData, MissingPackage):
        raise
    except MemoryError as error:
        raise Unreadable(
            f"{name}: cannot be read: it asks for more memory than there is"
        ) from error
    except (
        OSError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        EOFError,
        RecursionError,
        NotImplementedError,
        csv.Error,
        zipfile.BadZipFile,
        pa.ArrowException,
    ) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise Unreadable(f"{name}: cannot be read: {_first_line(reason)}") from error


def _first_line(text: str) -> str:
    """The first line of a message, without signs that a terminal would obey."""
    line = text.strip().splitlines()[0] if text.strip() else text
    line = "".join(sign if sign.isprintable() else "?" for sign in line)
    return line if len(line) <= 300 else f"{line[:300]}…"


def open_sources(data: Any) -> list[Source]:
    """The sources of `data`: one, or one a file for a folder or a list of paths.

    Raises `UnsupportedData` for what holds no table, `Unreadable` for a file that is not what its
    name says.
    """
    if isinstance(data, (str, Path)):
        return _open_path(Path(data))
    if isinstance(data, (list, tuple)) and data and all(isinstance(p, (str, Path)) for p in data):
        return [source for path in data for source in _open_path(Path(path))]
    if isinstance(data, pa.Table):
        return [_of_table(data)]
    if isinstance(data, pa.RecordBatch):
        return [_of_table(pa.Table.from_batches([data]))]
    if isinstance(data, pa.RecordBatchReader):
        return [_of_reader(data)]
    package = type(data).__module__.partition(".")[0]
    if package == "pandas" and hasattr(data, "iloc") and hasattr(data, "columns"):
        return [_of_pandas(data)]
    if package == "polars" and hasattr(data, "lazy"):
        # A lazy frame is collected: validated lazily, bad data would pass unseen.
        return [_of_polars(data.collect() if hasattr(data, "collect") else data)]
    if package in ("duckdb", "_duckdb") and hasattr(data, "fetch_record_batch"):
        return [_of_relation(data)]
    if package == "pyarrow" and hasattr(data, "to_batches") and hasattr(data, "schema"):
        return [_of_dataset(data)]
    raise UnsupportedData(
        f"a table cannot be read from {type(data).__name__}; give a pandas or polars frame, an "
        "Arrow table or dataset, a DuckDB relation, a path or a list of paths"
    )


# --- in memory ------------------------------------------------------------------------------------


def _of_table(table: pa.Table) -> Source:
    def read(columns: list[str]) -> Iterator[Batch]:
        for begin in range(0, table.num_rows, BATCH):
            part = table.slice(begin, BATCH)
            yield part.num_rows, {name: _column(part, name) for name in columns}

    return Source(None, table.column_names, read, table.num_rows)


def _column(table: Any, name: str) -> Any:
    return table.column(table.schema.get_field_index(name))


def _of_batches(batches: Any, columns: list[str]) -> Iterator[Batch]:
    for batch in batches:
        for begin in range(0, batch.num_rows, BATCH):
            part = batch.slice(begin, BATCH)
            yield part.num_rows, {name: _column(part, name) for name in columns}


def _of_reader(reader: pa.RecordBatchReader) -> Source:
    return Source(
        None,
        reader.schema.names,
        lambda columns: _of_batches(reader, columns),
        is_replayable=False,
    )


def _of_dataset(dataset: Any) -> Source:
    def read(columns: list[str]) -> Iterator[Batch]:
        # Few batches are read ahead, so that memory stays bounded.
        batches = dataset.to_batches(
            columns=columns, batch_size=BATCH, batch_readahead=2, fragment_readahead=1
        )
        return _of_batches(batches, columns)

    return Source(None, dataset.schema.names, read)


def _of_relation(relation: Any) -> Source:
    def read(columns: list[str]) -> Iterator[Batch]:
        quoted = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
        chosen = relation.project(quoted) if columns else relation
        fetch = getattr(chosen, "to_arrow_reader", None) or chosen.fetch_record_batch
        return _of_batches(fetch(BATCH), columns)

    return Source(None, list(relation.columns), read)


def _of_polars(frame: Any) -> Source:
    def read(columns: list[str]) -> Iterator[Batch]:
        for begin in range(0, frame.height, BATCH):
            part = frame.slice(begin, BATCH)
            yield part.height, {name: _of_series(part.get_column(name)) for name in columns}

    return Source(None, list(frame.columns), read, frame.height)


def _of_series(series: Any) -> Any:
    """A polars series as Arrow; as Python values where Arrow has no type for it."""
    try:
        return series.to_arrow()
    except Exception:  # polars raises exceptions of its own, and panics
        return series.to_list()


def _of_pandas(frame: Any) -> Source:
    names = [str(name) for name in frame.columns]

    def read(columns: list[str]) -> Iterator[Batch]:
        for begin in range(0, len(frame), BATCH):
            part = frame.iloc[begin : begin + BATCH]
            cells: dict[str, Any] = {}
            for name in columns:
                values = part.iloc[:, names.index(name)]
                if values.dtype == object:
                    # Arrow would read the whole column as what its first cells are.
                    cells[name] = values.tolist()
                    continue
                try:
                    cells[name] = pa.Array.from_pandas(values)
                except (pa.ArrowException, OverflowError, TypeError, ValueError):
                    cells[name] = values.tolist()
            yield len(part), cells

    return Source(None, names, read, len(frame))


# --- files --------------------------------------------------------------------------------------


def _open_path(path: Path) -> list[Source]:
    shown = path.as_posix()
    with reading(shown):
        if path.is_dir():
            files = sorted(
                file
                for file in path.rglob("*")
                if file.suffix in (".parquet", ".pq")
                and not any(part.startswith((".", "_")) for part in file.relative_to(path).parts)
            )
            if not files:
                raise Unreadable(f"{shown}: holds no Parquet files")
            return [source for file in files for source in _open_path(file)]
        if not path.exists():
            raise Unreadable(f"{shown}: there is no such file")
        if not path.is_file():
            raise Unreadable(f"{shown}: is no regular file")
        suffix = path.suffix.lower()
        if suffix == ".csv":
            return [_open_csv(path, shown)]
        if suffix in (".parquet", ".pq"):
            return [_open_parquet(path, shown)]
        if suffix in (".jsonl", ".ndjson"):
            return [_open_json_lines(path, shown)]
        if suffix == ".xlsx":
            return [_open_excel(path, shown)]
    raise Unreadable(f"{shown}: is of no known format; there are: {shortened(list(SUFFIXES))}")


def _check_columns(shown: str, columns: Collection[Any]) -> None:
    if len(columns) > MAX_COLUMNS:
        raise Unreadable(f"{shown}: has {len(columns):,} columns; the limit is {MAX_COLUMNS:,}")


# --- CSV ---


def _open_csv(path: Path, shown: str) -> Source:
    columns = _csv_header(path, shown)
    _check_columns(shown, columns)
    source = Source(shown, columns, lambda names: iter(()), is_text=True)
    source.read = lambda names: _read_csv(path, shown, columns, names, source)
    source.lines = lambda rows: _csv_lines(path, rows)
    return source


def _csv_header(path: Path, shown: str) -> list[str]:
    with path.open("rb") as file:
        start = file.read(MAX_ROW + 1)
    if not start.strip():
        raise Unreadable(f"{shown}: is empty")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Unreadable(f"{shown}: is UTF-16; save the file as UTF-8")
    if b"\0" in start:
        raise Unreadable(f"{shown}: holds zero bytes; it is no CSV file in UTF-8")
    text = codecs.getincrementaldecoder("utf-8-sig")("replace").decode(start)
    reader = csv.reader(io.StringIO(text, newline=""))
    with _long_cells():
        header = next((cells for cells in reader if cells), [])
    if len(start) > MAX_ROW and reader.line_num >= text.count("\n") + 1:
        raise Unreadable(f"{shown}:1: the header is longer than {MAX_ROW:,} bytes")
    if "\ufffd" in "".join(header):
        raise Unreadable(f"{shown}:1: the header is not UTF-8; save the file as UTF-8")
    return header


@contextmanager
def _long_cells() -> Iterator[None]:
    """Cells up to the length of a row; csv's own limit is lower."""
    usual = csv.field_size_limit(MAX_ROW)
    try:
        yield
    finally:
        csv.field_size_limit(usual)


def _read_csv(
    path: Path, shown: str, columns: list[str], names: list[str], source: Source
) -> Iterator[Batch]:
    """The rows as Arrow reads them; from the first block on that it refuses, as csv does.

    Nothing of Python is called from Arrow's reader (neither a stream nor a handler of bad rows):
    its threads may do so when the reader was left, and crash.
    """
    import pyarrow.csv as pacsv

    rows = 0
    try:
        reader = pacsv.open_csv(
            path,
            read_options=pacsv.ReadOptions(use_threads=False, block_size=MAX_ROW),
            parse_options=pacsv.ParseOptions(newlines_in_values=True),
            convert_options=pacsv.ConvertOptions(
                include_columns=names or columns[:1],
                column_types=dict.fromkeys(names or columns[:1], pa.string()),
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
        with reader:
            for count, cells in _of_batches(reader, names):
                yield count, cells
                rows += count
        return
    except pa.ArrowInvalid as error:
        reason = str(error)
        if "straddl" in reason:
            raise _too_long(shown) from error
        if "UTF8" in reason:
            raise _not_utf8(path, shown) from error
        if "Empty CSV file" in reason:
            return
        if "CSV parse error" not in reason:
            raise
    yield from _read_csv_by_row(path, shown, columns, names, source, rows)


def _too_long(shown: str) -> Unreadable:
    return Unreadable(
        f"{shown}: a row is longer than {MAX_ROW:,} bytes; is a quotation mark left open?"
    )


def _not_utf8(path: Path, shown: str) -> Unreadable:
    return Unreadable(
        f"{shown}:{_line_not_utf8(path)}: holds bytes that are not UTF-8; save the file as UTF-8"
    )


def _read_csv_by_row(
    path: Path, shown: str, columns: list[str], names: list[str], source: Source, skipped: int
) -> Iterator[Batch]:
    """The rows after those that were read; those of another width are refused."""
    places = [columns.index(name) for name in names]
    width = len(columns)

    def lines() -> Iterator[str]:
        with path.open(encoding="utf-8-sig", newline="") as file:
            while line := file.readline(MAX_ROW + 1):
                if len(line) > MAX_ROW:
                    raise _too_long(shown)
                yield line

    def batch(found: list[list[str]]) -> Batch:
        return len(found), {
            name: pa.array([cells[place] or None for cells in found], pa.string())
            for name, place in zip(names, places, strict=True)
        }

    records = (cells for cells in csv.reader(lines()) if cells)
    numbered = islice(enumerate(records, -1), 1 + skipped, None)
    while True:
        try:
            with _long_cells():
                chunk = list(islice(numbered, 4_096))
        except UnicodeDecodeError as error:
            raise _not_utf8(path, shown) from error
        except csv.Error as error:
            raise _too_long(shown) from error
        if not chunk:
            return
        found = []
        for record, cells in chunk:
            if len(cells) == width:
                found.append(cells)
                continue
            fix = "write every cell, also the empty ones"
            if len(cells) > width:
                fix = "quote a cell that holds a comma"
            source.refuse(record, "cells", f"has {len(cells)} cells, not {width}", fix)
        yield batch(found)


def _line_not_utf8(path: Path) -> int:
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    with path.open("rb") as file:
        while chunk := file.read(2**20):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                return line + error.object.count(b"\n", 0, error.start)
            line += chunk.count(b"\n")
    return line


def _csv_lines(path: Path, rows: list[int]) -> dict[int, int]:
    """Record -> line on which it begins, for sorted records."""
    lines: dict[int, int] = {}
    wanted = set(rows)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file, _long_cells():
        reader = csv.reader(file)
        record, begin = -1, 1
        try:
            for cells in reader:
                if cells:
                    if record in wanted:
                        lines[record] = begin
                        if len(lines) == len(wanted):
                            break
                    record += 1
                begin = reader.line_num + 1
        except csv.Error:
            return lines
    return lines


# --- Parquet ---


def _open_parquet(path: Path, shown: str) -> Source:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        columns = file.schema_arrow.names
        _check_columns(shown, columns)
        metadata = file.metadata
        encoded = _check_chunks(metadata, shown)
        rows = metadata.num_rows

    def read(names: list[str]) -> Iterator[Batch]:
        # A dictionary is read as one: a small file may repeat a long cell a million times.
        options = {"read_dictionary": encoded, "buffer_size": 2**20, "pre_buffer": False}
        with pq.ParquetFile(path, **options) as file:
            for batch in _ahead(file.iter_batches(BATCH, columns=names)):
                yield batch.num_rows, {name: _column(batch, name) for name in names}

    return Source(shown, columns, read, rows)


def _ahead(batches: Iterator[Any]) -> Iterator[Any]:
    """The batches, the next one being read while one is checked."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=1) as reader:
        coming = reader.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = reader.submit(next, batches, None)
            yield batch


def _check_chunks(metadata: Any, shown: str) -> list[str]:
    """The limits on what a Parquet file unpacks to; the paths of its dictionary-encoded text."""
    encoded: set[str] = set()
    for group in range(metadata.num_row_groups):
        facts = metadata.row_group(group)
        for index in range(facts.num_columns):
            chunk = facts.column(index)
            size = chunk.total_uncompressed_size
            if size > MAX_UNPACKED:
                raise Unreadable(
                    f"{shown}: {chunk.path_in_schema} unpacks to {size:,} bytes in one row group; "
                    f"the limit is {MAX_UNPACKED:,}; write smaller row groups"
                )
            if chunk.num_values > MAX_MEMBERS * max(facts.num_rows, 1):
                raise Unreadable(
                    f"{shown}: {chunk.path_in_schema} has {chunk.num_values:,} members in "
                    f"{facts.num_rows:,} rows; the limit is {MAX_MEMBERS:,} a row"
                )
            is_text = chunk.physical_type == "BYTE_ARRAY" and "." not in chunk.path_in_schema
            if is_text and any("DICTIONARY" in name for name in chunk.encodings):
                encoded.add(chunk.path_in_schema)
    return sorted(encoded)


# --- JSON Lines ---


class _Repeated(ValueError):
    """A key stands twice in an object."""


def _open_json_lines(path: Path, shown: str) -> Source:
    if path.stat().st_size == 0:
        raise Unreadable(f"{shown}: is empty")
    source = Source(shown, None, lambda names: iter(()))
    places: dict[int, int] = {}
    source.read = lambda names: _read_json_lines(path, shown, names, source)

    def lines(rows: list[int]) -> dict[int, int]:
        places.clear()
        wanted = set(rows)
        for record, (line, _) in enumerate(_json_rows(path, shown)):
            if record in wanted:
                places[record] = line
        return dict(places)

    source.lines = lines
    return source


def _json_rows(path: Path, shown: str) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        line = 0
        while raw := file.readline(MAX_ROW + 1):
            line += 1
            if len(raw) > MAX_ROW:
                raise Unreadable(f"{shown}:{line}: the line is longer than {MAX_ROW:,} bytes")
            if raw.strip():
                yield line, raw


def _object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Repeated
    return found


def _read_json_lines(path: Path, shown: str, names: list[str], source: Source) -> Iterator[Batch]:
    rows = enumerate(_json_rows(path, shown))
    while chunk := list(islice(rows, 4_096)):
        found: list[dict[str, Any]] = []
        for record, (_, raw) in chunk:
            try:
                text = raw.decode("utf-8-sig" if record == 0 else "utf-8")
                row = json.loads(text, object_pairs_hook=_object_of)
            except UnicodeDecodeError:
                source.refuse(record, "encoding", "is not UTF-8", "save the file as UTF-8")
                continue
            except _Repeated:
                source.refuse(record, "columns", "has a key that stands twice", "keep one of them")
                continue
            except (ValueError, RecursionError) as error:
                source.refuse(record, "json", f"is not JSON: {_first_line(str(error))}")
                continue
            if not isinstance(row, Mapping):
                source.refuse(record, "json", "is no JSON object", "write {column: value, …}")
                continue
            found.append(row)
            source.seen.update(row)
            _check_columns(shown, source.seen)
        yield len(found), {name: [row.get(name) for row in found] for name in names}


# --- Excel ---


def _open_excel(path: Path, shown: str) -> Source:
    try:
        import openpyxl
    except ImportError as error:
        raise MissingPackage(
            "reading .xlsx needs openpyxl: pip install 'autocoop[validate]'"
        ) from (error)
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile as error:
        raise Unreadable(f"{shown}: is no Excel workbook") from error
    if size > MAX_UNPACKED:
        raise Unreadable(f"{shown}: unpacks to {size:,} bytes; the limit is {MAX_UNPACKED:,}")

    def rows() -> Iterator[tuple[Any, ...]]:
        try:
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            try:
                yield from book.worksheets[0].iter_rows(values_only=True)
            finally:
                book.close()
        except Unreadable:
            raise
        except Exception as error:  # openpyxl raises whatever its parsers raise
            reason = _first_line(str(error)) or type(error).__name__
            raise Unreadable(f"{shown}: is no Excel workbook that can be read: {reason}") from error

    header = next(rows(), ())
    while header and header[-1] is None:
        header = header[:-1]
    if not header:
        raise Unreadable(f"{shown}: its first sheet is empty")
    _check_columns(shown, header)
    columns = ["" if name is None else str(name) for name in header]

    def read(names: list[str]) -> Iterator[Batch]:
        places = [columns.index(name) for name in names]
        stored = (row for row in islice(rows(), 1, None))
        while chunk := list(islice(stored, 4_096)):
            found = [row for row in chunk if any(cell is not None for cell in row)]
            cells = {
                name: [row[place] if place < len(row) else None for row in found]
                for name, place in zip(names, places, strict=True)
            }
            yield len(found), cells

    return Source(shown, columns, read, is_text=True)
