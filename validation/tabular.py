"""CSV files of the validation: read, and written all of them or none."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from autocoop.compile.write import write_text


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file; none where there is no file."""
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def as_csv(columns: Iterable[str], rows: Iterable[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write_rows(path: Path, columns: Iterable[str], rows: Iterable[dict[str, Any]]) -> None:
    write_all({path: as_csv(columns, rows)})


def write_all(texts: dict[Path, str]) -> None:
    """Writes files, all of them or none: where one fails, the others are put back."""
    before: dict[Path, bytes | None] = {}
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            before[path] = path.read_bytes() if path.exists() else None
            write_text(path, text)
    except BaseException:
        for path, raw in before.items():
            if raw is not None:
                path.write_bytes(raw)
            else:
                path.unlink(missing_ok=True)
        raise
