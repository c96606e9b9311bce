"""Where the shipped release lies, and its files, checked before they are read."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from autocoop.errors import BrokenRelease, UnknownTable


@cache
def folder() -> Path:
    """The folder of the release: inside the installed package, else in the repository."""
    package = Path(__file__).parent
    for candidate in (package / "release", package.parents[1] / "data" / "release"):
        if (candidate / "manifest.json").is_file():
            return candidate
    raise BrokenRelease(
        f"{package / 'release'}: no release is there; reinstall the package, or run "
        "`autocoop compile` in a checkout of the project"
    )


@cache
def manifest() -> dict[str, Any]:
    """Version, tables, sizes and hashes of the release."""
    path = folder() / "manifest.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BrokenRelease(f"{path}: is no manifest ({error}); reinstall the package") from error


def facts(table: str) -> dict[str, Any]:
    """What the manifest says of a table."""
    tables = manifest()["tables"]
    if table not in tables:
        raise UnknownTable(table, tables)
    return tables[table]


@cache
def codebook() -> dict[str, dict[str, Any]]:
    """The codebook's record of every table."""
    path = folder() / "codebook.json"
    try:
        return {record["table"]: record for record in json.loads(path.read_text("utf-8"))}
    except (OSError, ValueError) as error:
        raise BrokenRelease(f"{path}: is no codebook ({error}); reinstall the package") from error


def read_bytes(table: str) -> bytes:
    """The bytes of a table's Parquet file, once they are known to be the released ones."""
    import hashlib

    expected = facts(table)
    path = folder() / expected["file"]
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BrokenRelease(f"{path}: cannot be read ({error}); reinstall the package") from error
    if len(raw) != expected["bytes"]:
        raise BrokenRelease(
            f"{path}: has {len(raw)} bytes, the release {manifest()['version']} has "
            f"{expected['bytes']}; the file is truncated or altered and was not read"
        )
    found = hashlib.sha256(raw).hexdigest()
    if found != expected["sha256"]:
        raise BrokenRelease(
            f"{path}: has sha256 {found}, the release {manifest()['version']} has "
            f"{expected['sha256']}; the file is altered and was not read"
        )
    return raw
