"""Releases: the shipped one and archived ones, their files checked before they are read."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from autocoop.errors import BrokenRelease, UnknownTable


@cache
def shipped() -> Path:
    """The folder of the shipped release: in the installed package, else in the repository."""
    package = Path(__file__).parent
    for candidate in (package / "release", package.parents[1] / "data" / "release"):
        if (candidate / "manifest.json").is_file():
            return candidate
    raise BrokenRelease(
        f"{package / 'release'}: no release is there; reinstall the package, or run "
        "`autocoop compile` in a checkout of the project"
    )


def file(name: str, version: str | None = None) -> Path:
    """A file of a release; one of an older release is fetched where it is not there yet."""
    if version is None or version == manifest()["version"]:
        return shipped() / name
    from autocoop.archive import fetched

    return fetched(version, name)


def parsed_json(path: Path, what: str) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BrokenRelease(f"{path}: is no {what} ({error}); reinstall the package") from error


@cache
def manifest(version: str | None = None) -> dict[str, Any]:
    """Version, tables, sizes and hashes of a release (the shipped one, by default)."""
    path = shipped() / "manifest.json" if version is None else file("manifest.json", version)
    return parsed_json(path, "manifest")


@cache
def codebook(version: str | None = None) -> dict[str, dict[str, Any]]:
    """The codebook's record of every table."""
    records = parsed_json(file("codebook.json", version), "codebook")
    return {record["table"]: record for record in records}


def facts(table: str, version: str | None = None) -> dict[str, Any]:
    """What the manifest says of a table."""
    tables = manifest(version)["tables"]
    if not isinstance(table, str) or table not in tables:
        raise UnknownTable(table, tables)
    return tables[table]


def read_bytes(table: str, version: str | None = None) -> bytes:
    """The bytes of a table's Parquet file, once they are known to be the released ones."""
    expected = facts(table, version)
    return checked_bytes(file(expected["file"], version), expected, manifest(version)["version"])


def checked_bytes(path: Path, expected: dict[str, Any], version: str) -> bytes:
    """The bytes of a file that has the size and the hash its release says, or `BrokenRelease`."""
    import hashlib

    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BrokenRelease(f"{path}: cannot be read ({error}); reinstall the package") from error
    if len(raw) != expected["bytes"]:
        raise BrokenRelease(
            f"{path}: has {len(raw)} bytes, the release {version} has {expected['bytes']}; the "
            "file is truncated or altered and was not read"
        )
    found = hashlib.sha256(raw).hexdigest()
    if found != expected["sha256"]:
        raise BrokenRelease(
            f"{path}: has sha256 {found}, the release {version} has {expected['sha256']}; the "
            "file is altered and was not read"
        )
    return raw
