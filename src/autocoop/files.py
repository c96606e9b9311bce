"""Writing a table to a file that others read."""

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from autocoop.errors import AutocoopError, UnknownFormat
from autocoop.loading import load

SUFFIXES = (".csv", ".parquet")


class NotWritten(AutocoopError, OSError):
    """A file could not be written; nothing was left half-written."""


def write_file(
    table: str,
    path: Path,
    *,
    columns: Iterable[str] | None = None,
    where: Mapping[str, Any] | None = None,
) -> int:
    """Write a table to a .csv (lists joined with ';') or .parquet file; returns its rows."""
    if path.suffix not in SUFFIXES:
        raise UnknownFormat(path.suffix or path.name, SUFFIXES)
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv
    import pyarrow.parquet

    data = load(table, columns=columns, where=where, engine="arrow")
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        os.close(handle)
        if path.suffix == ".parquet":
            pa.parquet.write_table(data, temporary, compression="zstd")
        else:
            for index, field in enumerate(data.schema):
                if pa.types.is_list(field.type):
                    joined = pc.binary_join(data.column(index), ";")
                    data = data.set_column(index, field.name, joined)
                elif pa.types.is_dictionary(field.type):
                    text = data.column(index).cast(pa.string())
                    data = data.set_column(index, field.name, text)
            pa.csv.write_csv(data, temporary)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None and os.path.exists(temporary):
            os.unlink(temporary)
        raise NotWritten(f"{path}: not written ({error.strerror or error})") from error
    return data.num_rows
