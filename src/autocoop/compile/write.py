"""Writing a release: deterministic bytes, a manifest, and all of it or nothing."""

import hashlib
import json
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from autocoop.errors import ReleaseNotWritten
from autocoop.schemas import TableInfo

#: What numpy and pandas types a bare `pd.read_parquet` gives each Arrow type.
_PANDAS_TYPES = {
    pa.string(): ("unicode", "string"),
    pa.int64(): ("int64", "Int64"),
    pa.bool_(): ("bool", "boolean"),
    pa.date32(): ("date", "object"),
    pa.list_(pa.string()): ("list[unicode]", "object"),
}


def content_sha256(table: pa.Table) -> str:
    """Hash of names, types and values, whatever version of pyarrow wrote the file."""
    digest = hashlib.sha256()
    for name, column in zip(table.column_names, table.columns, strict=True):
        text = json.dumps(
            [name, str(column.type), column.to_pylist()], default=str, ensure_ascii=False
        )
        digest.update(text.encode())
        digest.update(b"\n")
    return digest.hexdigest()


def _pandas_metadata(info: TableInfo) -> bytes:
    """The block from which a bare `pd.read_parquet` restores nullable integers and booleans."""
    columns = []
    for column in info.columns:
        pandas_type, numpy_type = _PANDAS_TYPES[column.arrow_type]
        columns.append(
            {
                "name": column.name,
                "field_name": column.name,
                "pandas_type": pandas_type,
                "numpy_type": numpy_type,
                "metadata": None,
            }
        )
    block = {
        "index_columns": [],
        "column_indexes": [],
        "columns": columns,
        "creator": {"library": "autocoop"},
    }
    return json.dumps(block, sort_keys=True).encode()


def write_table(path: Path, table: pa.Table, info: TableInfo, version: str) -> None:
    """One Parquet file; the same table gives the same bytes with the same pyarrow."""
    codebook = json.dumps(info.as_record(), ensure_ascii=False, sort_keys=True)
    metadata = {
        b"autocoop_codebook": codebook.encode(),
        b"autocoop_version": version.encode(),
        b"pandas": _pandas_metadata(info),
    }
    dictionary = [column.name for column in info.columns if column.vocabulary or column.references]
    pq.write_table(
        table.replace_schema_metadata(metadata),
        path,
        compression="zstd",
        compression_level=9,
        version="2.6",
        use_dictionary=[name for name in dictionary if not info.column(name).is_list],
        write_statistics=True,
        store_schema=True,
    )


def file_facts(path: Path) -> dict[str, Any]:
    raw = path.read_bytes()
    return {"file": path.name, "bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}


def table_facts(path: Path, table: pa.Table) -> dict[str, Any]:
    return {
        "rows": table.num_rows,
        "columns": table.num_columns,
        **file_facts(path),
        "content_sha256": content_sha256(table),
    }


@contextmanager
def replaced_folder(target: Path) -> Iterator[Path]:
    """A new folder to write into, which takes the place of `target` when the block succeeds.

    Nothing is seen of it before. An error or an interrupt inside the block removes it and leaves
    `target` as it was; the exchange itself is shielded from interrupts, and one that was cut off
    by a crash is mended at the next call.
    """
    old = target.with_name(f".{target.name}-old")
    try:
        _mend(target, old)
        target.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=f".{target.name}-new-", dir=target.parent))
    except OSError as error:
        raise ReleaseNotWritten(_refusal(target, error)) from error
    try:
        yield new
        new.chmod(0o755)
        with _uninterrupted():
            if target.exists():
                os.rename(target, old)
            try:
                os.rename(new, target)
            except OSError:
                if old.exists():
                    os.rename(old, target)
                raise
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise ReleaseNotWritten(_refusal(target, error)) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _mend(target: Path, old: Path) -> None:
    if not old.exists():
        return
    if target.exists():
        shutil.rmtree(old)
    else:
        os.rename(old, target)


def _refusal(target: Path, error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"{target}: the release was not written ({reason}); what was there is unchanged"


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Holds an interrupt back until the block is done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[int] = []
    usual = signal.signal(signal.SIGINT, lambda number, frame: held.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
        if held:
            raise KeyboardInterrupt


def write_text(path: Path, text: str) -> None:
    """A text file, whole or not at all."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
