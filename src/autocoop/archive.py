"""Older releases: where they are found, fetched whole and checked, and kept.

A release knows its predecessors by the hash of their manifests (`versions.json`), and a manifest
knows its files by theirs, so what comes from a mirror is either the released bytes or refused.

`AUTOCOOP_ARCHIVE` names the mirror: a folder, or an http(s) address, that holds one folder a
version. Without it the archive of the checkout is used, that of the package or the one that the
current folder lies in. `AUTOCOOP_CACHE` moves the folder that
fetched files are kept in, and `AUTOCOOP_OFFLINE=1` forbids the network.
"""

import hashlib
import os
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from autocoop import release
from autocoop.errors import ArchiveUnavailable, BrokenRelease, UnknownVersion

#: Seconds without a byte after which a mirror counts as gone.
TIMEOUT = 30


@cache
def predecessors() -> dict[str, dict[str, Any]]:
    """Version -> day of release and sha256 of the manifest, of every archived release."""
    return release.parsed_json(release.shipped() / "versions.json", "list of versions")


def versions() -> dict[str, str]:
    """Every version that can be loaded -> the day of its release; the newest first."""
    current = release.manifest()
    known = {version: facts["released"] for version, facts in predecessors().items()}
    known[current["version"]] = current["about"]["released"]
    return dict(sorted(known.items(), key=lambda pair: as_numbers(pair[0]), reverse=True))


def as_numbers(version: str) -> tuple[int, ...]:
    """A version as numbers, to be put in order."""
    return tuple(int(part) for part in version.split("."))


def _expected(version: str, name: str) -> str:
    """The sha256 that a file of an archived release has."""
    if name == "manifest.json":
        return predecessors()[version]["manifest_sha256"]
    manifest = release.manifest(version)
    for facts in [*manifest["tables"].values(), *manifest["documents"].values()]:
        if facts["file"] == name:
            return facts["sha256"]
    raise BrokenRelease(f"release {version} has no file {name}")


def fetched(version: str, name: str) -> Path:
    """The path of a file of an archived release, whose bytes are the released ones.

    Raises `UnknownVersion`, `ArchiveUnavailable` (no mirror, no network, no room) or
    `BrokenRelease` (other bytes than the released ones).
    """
    if version not in predecessors():
        raise UnknownVersion(version, versions())
    expected = _expected(version, name)
    mirror = os.environ.get("AUTOCOOP_ARCHIVE") or _checkout_archive(version)
    scheme = urlsplit(mirror).scheme if mirror else ""
    if mirror and scheme not in ("http", "https"):
        return _from_folder(Path(mirror.removeprefix("file://")), version, name, expected)
    kept = cache_folder() / version / name
    if _has_hash(kept, expected):
        return kept
    if mirror is None:
        raise ArchiveUnavailable(
            f"release {version} is not at hand; set AUTOCOOP_ARCHIVE to a folder or an address "
            "that holds the project's data/archive"
        )
    if os.environ.get("AUTOCOOP_OFFLINE") == "1":
        raise ArchiveUnavailable(
            f"release {version}, {name}: not in {kept.parent}, and AUTOCOOP_OFFLINE=1 forbids "
            "fetching it"
        )
    return _download(f"{mirror.rstrip('/')}/{version}/{name}", kept, expected)


def _checkout_archive(version: str) -> str | None:
    """The archive of the checkout that the package is in, else the current folder, if it holds
    the version."""
    own = release.shipped().parent / "archive"
    if own.is_dir():
        return str(own)
    here = Path.cwd()
    archives = (
        folder / "data" / "archive"
        for folder in (here, *here.parents)
        if (folder / "src" / "autocoop" / "archive.py").is_file()
    )
    return next((str(archive) for archive in archives if (archive / version).is_dir()), None)


def cache_folder() -> Path:
    """Where fetched files are kept: AUTOCOOP_CACHE, else the system's folder for caches."""
    named = os.environ.get("AUTOCOOP_CACHE")
    if named:
        return Path(named)
    import pooch

    return Path(pooch.os_cache("autocoop"))


def _has_hash(path: Path, expected: str) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == expected
    except OSError:
        return False


def _from_folder(folder: Path, version: str, name: str, expected: str) -> Path:
    path = folder / version / name
    if not path.is_file():
        raise ArchiveUnavailable(f"{path}: is not there; is {folder} the project's data/archive?")
    if not _has_hash(path, expected):
        raise BrokenRelease(
            f"{path}: is not the file of release {version} (sha256 {expected}); it was not read"
        )
    return path


def _download(url: str, kept: Path, expected: str) -> Path:
    """Fetch a file whole into the cache; another content than the released one is not kept."""
    import logging

    import pooch
    import requests

    # pooch reports each download on its logger; a library stays silent when all is well.
    pooch.get_logger().setLevel(logging.WARNING)
    try:
        pooch.retrieve(
            url,
            known_hash=f"sha256:{expected}",
            fname=kept.name,
            path=kept.parent,
            downloader=_no_downgrade(pooch.HTTPDownloader(timeout=TIMEOUT)),
        )
    except requests.RequestException as error:
        raise ArchiveUnavailable(f"{url}: cannot be fetched ({error})") from error
    except ValueError as error:
        raise BrokenRelease(
            f"{url}: is not the released file (its sha256 is not {expected}); it was not kept"
        ) from error
    except OSError as error:
        raise ArchiveUnavailable(
            f"{kept.parent}: cannot keep {kept.name} ({error.strerror or error}); set "
            "AUTOCOOP_CACHE to a folder that can be written"
        ) from error
    return kept


def _no_downgrade(downloader: Any) -> Any:
    """The downloader, refusing a redirect that leaves the scheme of the address asked for."""
    import requests

    def refuse(response: requests.Response, *_: Any, **__: Any) -> None:
        if response.is_redirect:
            target = urlsplit(response.headers["location"]).scheme
            asked = urlsplit(response.url).scheme
            if target and target != asked:
                raise requests.exceptions.InvalidSchema(
                    f"redirected from {asked} to {target}, which is not followed"
                )

    downloader.kwargs["hooks"] = {"response": refuse}
    return downloader


def verify(version: str | None = None) -> dict[str, str]:
    """Check every file of a release against its manifest.

    Returns file -> ``"ok"``, or what is wrong with it; an older version is fetched for it.
    """
    manifest = release.manifest(version)
    found = {}
    for facts in [*manifest["tables"].values(), *manifest["documents"].values()]:
        name = facts["file"]
        try:
            release.checked_bytes(release.file(name, version), facts, manifest["version"])
        except (BrokenRelease, ArchiveUnavailable) as error:
            found[name] = str(error)
        else:
            found[name] = "ok"
    return found
