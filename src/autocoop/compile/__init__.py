"""From the data folder to a release: read, resolve, check, flatten, validate, write."""

import hashlib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from autocoop import __version__
from autocoop.archive import as_numbers
from autocoop.compile import documents, write
from autocoop.compile.events import Event, EventFile, Facts
from autocoop.compile.form import PREFIX
from autocoop.compile.problems import InvalidData, Problem, Problems
from autocoop.compile.reference import References, read_references
from autocoop.errors import NotADataFolder, ReleaseNotWritten
from autocoop.schemas import MODELS, describe
from autocoop.schemas.describe import to_pandas

__all__ = [
    "Compiled",
    "InvalidData",
    "Problem",
    "check",
    "compile_release",
    "find_data",
    "read_events",
    "stale",
]


@dataclass
class Compiled:
    """A release in memory: a table of Arrow for each table, and what goes beside them."""

    tables: dict[str, pa.Table]
    about: dict[str, Any]


def find_data(start: Path | None = None) -> Path:
    """The `data` folder of the project that `start` (by default the current folder) lies in."""
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        for candidate in (folder, folder / "data"):
            if (candidate / "events").is_dir() and (candidate / "actors.csv").is_file():
                return candidate
    raise NotADataFolder(
        f"{start}: no data folder here or above; run this inside a checkout of the project, "
        "or name the folder with --data"
    )


def read_about(data: Path) -> dict[str, Any]:
    """Title, authors, licences and coverage of the dataset."""
    path = data / "about.toml"
    try:
        about = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NotADataFolder(f"{path}: the file is missing") from error
    except tomllib.TOMLDecodeError as error:
        raise NotADataFolder(f"{path}: not TOML: {error}") from error
    return {
        key: value.isoformat() if isinstance(value, date) else value for key, value in about.items()
    }


def _shown(data: Path, path: Path) -> str:
    is_inside = path.is_relative_to(data.parent)
    return (path.relative_to(data.parent) if is_inside else path).as_posix()


def _references(data: Path, about: dict[str, Any], problems: Problems) -> References:
    """The reference tables. Where one of their files cannot be read, events make no sense."""
    return read_references(data, lambda path: _shown(data, path), problems, about)


def event_files(data: Path) -> list[Path]:
    """Every file under `data/events`, whatever its name."""
    return sorted(path for path in (data / "events").rglob("*") if path.is_file())


def facts_of(data: Path) -> Facts:
    """What the compiler knows from outside the event files."""
    reliability = data.parent / "validation" / "reliability" / "second_reading"
    about = read_about(data)
    version_added: dict[str, str] = {}
    for folder in archived(data):
        table = pq.read_table(folder / "events.parquet", columns=["event_id"])
        for event_id in table["event_id"].to_pylist():
            version_added.setdefault(event_id, folder.name)
    return Facts(
        version=__version__,
        coverage_end=date.fromisoformat(about["coverage_end"]),
        released=date.fromisoformat(about["released"]),
        version_added=version_added,
        double_read=frozenset(path.stem for path in reliability.rglob("*.yaml")),
    )


def _read_events(
    data: Path,
    paths: Iterable[Path],
    references: References,
    facts: Facts,
    problems: Problems,
    *,
    is_filed: bool = True,
) -> list[Event]:
    events = []
    for path in paths:
        shown = _shown(data, path)
        if path.suffix != ".yaml":
            problems.add(shown, 1, "", None, "is not an event file", "name it <event-id>.yaml")
            continue
        event = EventFile(path, shown, references, problems, facts, is_filed=is_filed).read()
        if event is not None:
            events.append(event)
    return events


def read_events(data: Path, paths: Iterable[Path]) -> tuple[list[Event], list[Problem]]:
    """The events of files in the form of an event file, wherever they lie, and what is wrong.

    An event whose file has a problem is left out.
    """
    problems = Problems()
    references = _references(data, read_about(data), problems)
    if references.unread:
        return [], problems.sorted()
    events = _read_events(data, paths, references, facts_of(data), problems, is_filed=False)
    return events, problems.sorted()


def _check_ids(data: Path, paths: Iterable[Path], problems: Problems) -> None:
    """No identifier stands in two files."""
    first: dict[str, Path] = {}
    for path in paths:
        if path.stem in first:
            problems.add(
                _shown(data, path),
                1,
                "id",
                path.stem,
                f"is the identifier of {_shown(data, first[path.stem])} too",
                "merge the two files or rename the new one",
            )
        first.setdefault(path.stem, path)


def _check_searches(references: References, event_ids: set[str], problems: Problems) -> None:
    """The ledger names only events that exist, and are of the type that was searched for."""
    for row in references.rows["searches"]:
        of = row.cells["type"]
        for event_id in row.cells["event_ids"] or []:
            if event_id not in event_ids:
                problems.unknown(
                    row.file, row.line, "event_ids", event_id, event_ids, "is no event"
                )
            elif of and not event_id.startswith(f"{PREFIX[of]}-"):
                problems.add(
                    row.file,
                    row.line,
                    "event_ids",
                    event_id,
                    f"is no {of}, which the search was for",
                    "log it under a search of its own type",
                )


def check(data: Path, paths: Iterable[Path] | None = None) -> list[Problem]:
    """The problems of the named event files and of the reference tables.

    Without paths, of everything that compiling would refuse.
    """
    if paths is None:
        try:
            assemble(data)
        except InvalidData as error:
            return error.problems
        return []
    problems = Problems()
    everything = event_files(data)
    references = _references(data, read_about(data), problems)
    if references.unread:
        return problems.sorted()
    _check_ids(data, everything, problems)
    chosen = []
    for path in (Path(path).resolve() for path in paths):
        if not path.exists():
            raise NotADataFolder(f"{path}: there is no such file or folder")
        if not path.is_relative_to(data):
            raise NotADataFolder(f"{path}: is not inside {data}")
        if path.is_dir():
            chosen += [file for file in everything if file.is_relative_to(path)]
        elif path.is_relative_to(data / "events"):
            chosen.append(path)
    _read_events(data, chosen, references, facts_of(data), problems)
    _check_searches(references, {path.stem for path in everything}, problems)
    return problems.sorted()


def assemble(data: Path) -> Compiled:
    """The release in memory.

    Raises `InvalidData` with every problem of every file where there is one.
    """
    problems = Problems()
    about = read_about(data)
    references = _references(data, about, problems)
    if references.unread:
        raise InvalidData(problems.sorted())
    paths = event_files(data)
    _check_ids(data, paths, problems)
    events = _read_events(data, paths, references, facts_of(data), problems)
    _check_searches(references, {path.stem for path in paths}, problems)
    if len(problems):
        raise InvalidData(problems.sorted())
    rows: dict[str, list[dict[str, Any]]] = {table: [] for table in MODELS}
    for event in events:
        for table, found in event.rows.items():
            rows[table] += found
    for table, found in references.rows.items():
        rows[table] = [row.cells for row in found]
    last_year = int(about["coverage_end"][:4])
    rows["regimes"] = _regime_years(references, last_year)
    tables = {table: _as_arrow(table, rows[table]) for table in MODELS}
    places = {("events", event.event_id): (event.file, event.line) for event in events}
    for table, found in references.rows.items():
        key = describe(table).key[0]
        places |= {(table, row.cells[key]): (row.file, row.line) for row in found}
    _validate(tables, places, problems)
    if len(problems):
        raise InvalidData(problems.sorted())
    return Compiled(tables, about)


def _regime_years(references: References, last_year: int) -> list[dict[str, Any]]:
    """A row a state and year, from 2000; years after the source's last are carried forward."""
    rows = []
    for actor in sorted({actor for actor, _ in references.regimes}):
        for year in range(2000, max(last_year, references.regimes_last_year) + 1):
            found = references.regime(actor, year)
            if found is not None:
                rows.append(
                    {
                        "actor_id": actor,
                        "year": year,
                        "regime": found[0],
                        "is_regime_carried": found[1],
                    }
                )
    return rows


def _as_arrow(table: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as Arrow, sorted by the table's key."""
    info = describe(table)
    ordered = sorted(
        rows,
        key=lambda row: (
            tuple((row[name] is not None, row[name] or "") for name in info.key)
            if all(not isinstance(row[name], (int, date)) for name in info.key)
            else tuple((row[name] is not None, str(row[name])) for name in info.key)
        ),
    )
    return pa.Table.from_pylist(ordered, schema=info.arrow_schema())


def _validate(
    tables: dict[str, pa.Table], places: dict[tuple[str, str], tuple[str, int]], problems: Problems
) -> None:
    """Every table against its pandera model; a failure names the file and line it comes from."""
    from pandera.errors import SchemaErrors

    for table, model in MODELS.items():
        frame = to_pandas(tables[table])
        try:
            model.validate(frame, lazy=True)
        except SchemaErrors as errors:
            for error in errors.schema_errors:
                _report(table, frame, error, places, problems)


def _report(
    table: str,
    frame: Any,
    error: Any,
    places: dict[tuple[str, str], tuple[str, int]],
    problems: Problems,
) -> None:
    column = getattr(error.schema, "name", None) or ""
    rule = str(getattr(error.check, "error", None) or error.check or error.reason_code)
    cases = error.failure_cases
    indices = sorted(set(cases["index"].dropna())) if hasattr(cases, "columns") else []
    if not indices:
        problems.add(table, 1, str(column), None, f"breaks {rule}: {cases}")
    for index in indices:
        row = frame.loc[index]
        own = (table, row[describe(table).key[0]])
        file, line = places.get(own) or places.get(("events", row.get("event_id"))) or (table, 1)
        value = str(row[column]) if column in frame.columns else None
        problems.add(file, line, f"{table}.{column}".rstrip("."), value, f"breaks the rule: {rule}")


def _write_into(folder: Path, compiled: Compiled, data: Path) -> None:
    manifest: dict[str, Any] = {
        "name": compiled.about["name"],
        "version": __version__,
        "pyarrow": pa.__version__,
        "about": compiled.about,
        "tables": {},
        "documents": {},
    }
    for table, rows in compiled.tables.items():
        info = describe(table)
        path = folder / f"{table}.parquet"
        write.write_table(path, rows, info, __version__)
        manifest["tables"][table] = {
            "title": info.title,
            "row": info.row,
            **write.table_facts(path, rows),
        }
    about = compiled.about
    for name, text in {
        "codebook.json": documents.as_json(documents.codebook_records()),
        "counts.csv": documents.counts_csv(compiled.tables["events"].to_pylist()),
        "croissant.json": documents.as_json(documents.croissant(about, manifest)),
        "datacite.json": documents.as_json(documents.datacite(about, __version__)),
        "datapackage.json": documents.as_json(documents.data_package(about, manifest)),
        "schema_org.json": documents.as_json(documents.schema_org(about, manifest)),
        "versions.json": documents.as_json(predecessors(data)),
    }.items():
        path = folder / name
        path.write_text(text, encoding="utf-8", newline="\n")
        manifest["documents"][name] = write.file_facts(path)
    manifest_text = documents.as_json(manifest)
    (folder / "manifest.json").write_text(manifest_text, encoding="utf-8", newline="\n")


def archived(data: Path) -> list[Path]:
    """The folders of archived releases, oldest first."""
    folders = [path for path in (data / "archive").glob("*") if path.is_dir()]
    return sorted(folders, key=lambda path: as_numbers(path.name))


def predecessors(data: Path) -> dict[str, dict[str, Any]]:
    """Version -> day of release and sha256 of the manifest, of every earlier archived release."""
    found = {}
    for folder in archived(data):
        if folder.name == __version__:
            continue
        raw = (folder / "manifest.json").read_bytes()
        found[folder.name] = {
            "released": json.loads(raw)["about"]["released"],
            "manifest_sha256": hashlib.sha256(raw).hexdigest(),
        }
    return found


def _pages(data: Path, about: dict[str, Any]) -> dict[Path, str]:
    """The generated documents at the top of the repository."""
    introduction = documents.with_agreement(
        (data / "codebook_introduction.md").read_text(encoding="utf-8"),
        data.parent / "validation" / "reliability",
    )
    return {
        data.parent / "CODEBOOK.md": documents.codebook_page(introduction),
        data.parent / "CITATION.cff": documents.citation_cff(about, __version__),
    }


def compile_release(data: Path) -> dict[str, Any]:
    """Compile `data` into `data/release`; returns the manifest.

    Raises `InvalidData` with every problem where there is one, `ReleaseNotWritten` where the
    folder cannot be written. In both cases the old release stays as it was.
    """
    compiled = assemble(data)
    with write.replaced_folder(data / "release") as folder:
        _write_into(folder, compiled, data)
    try:
        for path, text in _pages(data, compiled.about).items():
            write.write_text(path, text)
    except OSError as error:
        raise ReleaseNotWritten(f"{error.filename}: could not be written: {error}") from error
    return json.loads((data / "release" / "manifest.json").read_text(encoding="utf-8"))


def stale(data: Path) -> list[str]:
    """What of the release and the generated documents is not what compiling gives now."""
    import tempfile

    compiled = assemble(data)
    differences = []
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        _write_into(fresh, compiled, data)
        release = data / "release"
        new = {path.name for path in fresh.iterdir()}
        old = {path.name for path in release.iterdir()} if release.is_dir() else set()
        differences += [f"data/release/{name}: missing" for name in sorted(new - old)]
        differences += [f"data/release/{name}: extra" for name in sorted(old - new)]
        for name in sorted(new & old):
            difference = _difference(release / name, fresh / name)
            if difference:
                differences.append(f"data/release/{name}: {difference}")
    for path, text in _pages(data, compiled.about).items():
        is_current = path.is_file() and path.read_text(encoding="utf-8") == text
        if not is_current:
            differences.append(f"{path.name}: is not what the schemas and data give now")
    return differences


def _difference(old: Path, new: Path) -> str | None:
    """How two files of a release differ; Parquet files by content, since the bytes also depend
    on the version of pyarrow."""
    if old.suffix == ".parquet":
        before, after = pq.read_table(old), pq.read_table(new)
        if before.schema.equals(after.schema, check_metadata=True) and before.equals(after):
            return None
        missing = [name for name in after.column_names if name not in before.column_names]
        extra = [name for name in before.column_names if name not in after.column_names]
        return (
            f"{before.num_rows} rows, should be {after.num_rows}"
            f"; columns missing {missing}, extra {extra}"
        )
    if old.name in _HOLDING_HASHES:
        before, after = (
            _without_hashes(json.loads(path.read_text("utf-8"))) for path in (old, new)
        )
        return None if before == after else "does not describe the tables"
    before_lines, after_lines = (path.read_text("utf-8").splitlines() for path in (old, new))
    missing = [line for line in after_lines if line not in set(before_lines)][:5]
    extra = [line for line in before_lines if line not in set(after_lines)][:5]
    return f"missing {missing}, extra {extra}" if before_lines != after_lines else None


#: Documents that hold sizes and hashes of Parquet files, which depend on the version of pyarrow.
_HOLDING_HASHES = {"manifest.json", "datapackage.json", "croissant.json", "schema_org.json"}
_HASHES = {"bytes", "sha256", "hash", "pyarrow", "contentSize", "documents"}


def _without_hashes(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_hashes(inner) for key, inner in value.items() if key not in _HASHES}
    if isinstance(value, list):
        return [_without_hashes(inner) for inner in value]
    return value
