"""Holding a table, or a folder of tables, to the schemas, at any size."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autocoop.errors import UnknownTable, Unreadable, UnsupportedData, shortened, suggestion

if TYPE_CHECKING:
    import pyarrow as pa

    from autocoop.checking.keys import KeySet
    from autocoop.checking.report import Report
    from autocoop.checking.rules import Plan
    from autocoop.checking.sources import Source

#: Called after each batch with the name of the source, the rows read and those there are.
Progress = Callable[[str, int, int | None], None]

#: Rows with the key of another row that are compared and listed; more are only counted.
_COMPARED = 100_000

#: Rows of all tables together that the rules across tables hold in memory.
MAX_TOGETHER = 5_000_000


def validate(
    data: Any,
    table: str,
    *,
    lazy: bool = True,
    references: "str | Path | Mapping[str, Any] | None" = None,
    progress: Progress | None = None,
) -> "Report":
    """Hold a table to its schema.

    Parameters
    ----------
    data
        A pandas or polars frame, a polars lazy frame, an Arrow table, dataset or reader, a DuckDB
        relation; a path to a .csv, .parquet, .jsonl or .xlsx file or to a folder of Parquet
        files; or a list of paths, whose rows are one table. Files are read in batches.
    table
        The table whose schema it is, a name that `tables()` lists.
    lazy
        Report all failures; otherwise only the first one found.
    references
        Where values that refer to other tables (actors, publishers, series …) are looked up:
        ``"release"`` (the release at hand), a folder of tables, or table -> data. By default
        only references of the table to itself are followed.
    progress
        Called after each batch with the source's name, the rows read, and the rows there are
        (None where that is not known).

    Returns
    -------
    A report that is true where the data are valid: ``report.rows``, ``report.failures`` (a frame
    of ``table, file, line, row, column, value, check, rule, fix``), ``str(report)``. Types that
    mean the same are taken for the schema's (categoricals, timestamps at midnight, whole floats);
    text is read as it would be in a CSV file: ISO 8601 days, numbers, ``true`` and ``false``,
    lists joined by ``;``. Such readings stand in ``report.notes``.

    Raises
    ------
    UnknownTable
        With the tables there are.
    UnsupportedData, MissingPackage
        An object that holds no table; a format that needs another package.
    Unreadable
        A file that is not there, or not what its name says, or beyond the limits.
    """
    from autocoop.checking.report import Report, Stop
    from autocoop.checking.rules import plan
    from autocoop.checking.sources import open_sources

    _known(table)
    sources = open_sources(data)
    report = Report(table, is_lazy=lazy)
    with suppress(Stop):
        targets = _open_references(references)
        targets.setdefault(table, sources)
        key_sets = _key_sets(plan(table).references, targets, report)
        _check_table(sources, plan(table), key_sets, report, progress)
    _place(sources, report)
    return report


def validate_release(
    folder: str | Path, *, lazy: bool = True, progress: Progress | None = None
) -> "Report":
    """Hold a folder of tables (``events.csv``, ``sources.parquet`` …) to what a release must be.

    Each table is held to its schema; references, also those to events, are followed across the
    tables; when all that holds, so are the evidence rules and the other rules across tables.
    Reference tables that the folder leaves out (actors, publishers, series) are the release's at
    hand; what else is left out is not checked, and the report's notes say so.

    Raises `Unreadable` where the folder or a file cannot be read.
    """
    from autocoop.checking import together
    from autocoop.checking.report import Report, Stop
    from autocoop.checking.rules import plan

    folder = Path(folder)
    report = Report(folder.as_posix(), is_lazy=lazy)
    found = _tables_of(folder, report)
    targets = dict(found)
    for target in sorted({name for table in found for name in together.references(table).values()}):
        if target not in targets:
            _take_from_release(target, targets, report)
    with suppress(Stop):
        for table, sources in found.items():
            key_sets = _key_sets(together.references(table), targets, report)
            _check_table(sources, plan(table), key_sets, report, progress)
        if report:
            _check_together(targets, found, report)
        else:
            report.notes.append(
                "the rules across tables were not run; they need tables that satisfy their schemas"
            )
    for sources in found.values():
        _place(sources, report)
    return report


def table_named(path: str | Path) -> str | None:
    """The table that a file is named for, or None."""
    from autocoop.schemas import MODELS

    return Path(path).stem if Path(path).stem in MODELS else None


def _known(table: str) -> None:
    from autocoop.schemas import MODELS

    if table not in MODELS:
        raise UnknownTable(table, MODELS)


def _place(sources: list["Source"], report: "Report") -> None:
    """The lines of the failures in text files, which are read again for them."""
    for source in sources:
        if source.lines is not None and source.name is not None:
            report.place(source.name, source.lines)


# --- what is looked up elsewhere ------------------------------------------------------------------


def _open_references(references: Any) -> dict[str, list["Source"]]:
    from autocoop.checking.sources import open_sources

    if references is None:
        return {}
    if isinstance(references, Mapping):
        for table in references:
            _known(table)
        return {table: open_sources(data) for table, data in references.items()}
    if references == "release":
        from autocoop.schemas import MODELS

        return {table: _of_release(table) for table in MODELS}
    if not isinstance(references, (str, Path)):
        raise UnsupportedData("references is 'release', a folder, or a mapping of table to data")
    return _tables_of(Path(references), None)


def _of_release(table: str) -> list["Source"]:
    from autocoop.checking.sources import open_sources
    from autocoop.loading import read

    return open_sources(read(table))


def _tables_of(folder: Path, report: "Report | None") -> dict[str, list["Source"]]:
    """The tables of a folder, by the names of its files."""
    from autocoop.checking.sources import SUFFIXES, open_sources
    from autocoop.schemas import MODELS

    if not folder.is_dir():
        raise Unreadable(f"{folder.as_posix()}: there is no such folder")
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in SUFFIXES and not (path.is_dir() and path.name in MODELS):
            continue
        if path.stem in MODELS:
            found.setdefault(path.stem, []).append(path)
        elif report is not None and suggestion(path.stem, MODELS):
            report.notes.append(f"{path.name} is no table{suggestion(path.stem, MODELS)}")
    for table, paths in found.items():
        if len(paths) > 1:
            names = ", ".join(path.name for path in paths)
            raise Unreadable(f"{folder.as_posix()}: {table} is there more than once: {names}")
    if not found:
        raise Unreadable(
            f"{folder.as_posix()}: holds no table; name the files for them: "
            f"{shortened(list(MODELS))}"
        )
    return {table: open_sources(found[table][0]) for table in MODELS if table in found}


def _take_from_release(target: str, targets: dict[str, list["Source"]], report: "Report") -> None:
    from autocoop.schemas import describe

    if describe(target).file is None:
        report.notes.append(f"{target} is not in the folder; references to it were not checked")
        return
    targets[target] = _of_release(target)
    report.notes.append(f"{target} is not in the folder; the release's was used")


def _key_sets(
    references: Mapping[str, str], targets: Mapping[str, list["Source"]], report: "Report"
) -> dict[str, tuple[str, "KeySet"]]:
    """Column -> the table it refers to, and the keys there are in it."""
    from autocoop.checking.casting import WrongType
    from autocoop.checking.keys import KeySet
    from autocoop.schemas import describe

    sets: dict[str, KeySet] = {}
    for target in dict.fromkeys(references.values()):
        sources = targets.get(target)
        if sources is None:
            continue
        info = describe(target)
        key = info.column(info.key[0])
        is_there = all(
            source.is_replayable and (source.columns is None or source.columns.count(key.name) == 1)
            for source in sources
        )
        if not is_there:
            report.notes.append(f"references to {target} were not checked: it has no {key.name}")
            continue

        def keys(sources: list["Source"] = sources, key: Any = key) -> Iterator["pa.Array"]:
            for source in sources:
                for _, cells in source.batches([key.name]):
                    yield _cast(cells[key.name], key, source).values

        try:
            sets[target] = KeySet(keys())
        except WrongType as error:
            report.notes.append(f"references to {target} were not checked: {key.name} {error.rule}")
    return {
        column: (target, sets[target]) for column, target in references.items() if target in sets
    }


# --- one table ------------------------------------------------------------------------------------


def _cast(cells: Any, column: Any, source: "Source") -> Any:
    from autocoop.checking.casting import cast, cast_objects

    if isinstance(cells, list):
        return cast_objects(cells, column, is_text=source.is_text)
    return cast(cells, column, is_text=source.is_text)


def _check_table(
    sources: list["Source"],
    plan: "Plan",
    key_sets: Mapping[str, tuple[str, "KeySet"]],
    report: "Report",
    progress: Progress | None,
) -> None:
    """Every check of a table on all its sources."""
    from autocoop.checking.keys import Keys

    keys = {names: Keys() for names in plan.keys}
    readings = []
    for source in sources:
        reading = _Reading(source, plan, key_sets, report)
        readings.append(reading)
        reading.check(keys, progress)
    for names, found in keys.items():
        _check_duplicates(names, found, readings, report)


class _Reading:
    """One source being read and checked."""

    def __init__(
        self,
        source: "Source",
        plan: "Plan",
        key_sets: Mapping[str, tuple[str, "KeySet"]],
        report: "Report",
    ) -> None:
        self.source = source
        self.plan = plan
        self.key_sets = key_sets
        self.report = report
        self.names: list[str] = []
        self.wrong: set[str] = set()
        self.rows = 0

    def fail(
        self,
        row: int | None,
        column: str,
        value: Any,
        check: str,
        rule: str,
        fix: str = "",
        count: int = 1,
    ) -> None:
        from autocoop.checking.report import Failure, shown

        # What concerns the header of a text file stands in its first line.
        line = 1 if row is None and self.source.is_text and self.source.lines else None
        table, file = self.plan.info.name, self.source.name
        self.report.add(
            Failure(table, file, line, row, column, shown(value), check, rule, fix), count
        )

    def found(
        self, column: str, check: str, bad: Any, words: Callable[[int], tuple[Any, str, str]]
    ) -> None:
        """The cells of the batch that are marked bad."""
        import numpy as np

        places = np.flatnonzero(bad.to_numpy(zero_copy_only=False))
        table, file = self.plan.info.name, self.source.name
        room = self.report.room(table, file, column, check)
        for place in places[:room].tolist():
            value, rule, fix = words(place)
            self.fail(self.source.record(self.rows + place), column, value, check, rule, fix)
        if len(places) > room:
            self.report.more((table, file, column, check), len(places) - room)

    def check(self, keys: Mapping[tuple[str, ...], Any], progress: Progress | None) -> None:
        self.names = self._header()
        if not self.names:
            return
        shown = self.source.name or self.plan.info.name
        for count, cells in self.source.batches(self.names):
            self._batch(cells, keys)
            self.rows += count
            if progress is not None:
                progress(shown, self.rows, self.source.rows)
        self.report.rows += self.rows + len(self.source.refused)
        for record, (column, value, check, rule, fix) in sorted(self.source.refused.items()):
            self.fail(record, column, value, check, rule, fix)
        self._extra(sorted(self.source.seen), [])

    def _header(self) -> list[str]:
        """The columns that can be read; failures where they are not the schema's."""
        wanted = [column.name for column in self.plan.info.columns]
        present = self.source.columns
        if present is None:
            return wanted
        twice = sorted({name for name in present if present.count(name) > 1})
        for name in twice:
            self.fail(None, name, None, "columns", "stands twice in the header", "keep one of them")
        if twice:
            return []
        missing = [name for name in wanted if name not in present]
        extra = [name for name in present if name not in wanted]
        for name in missing:
            near = suggestion(name, extra).replace("; did you mean", "rename").rstrip("?")
            hint = "separate the columns with commas" if len(missing) == len(wanted) else ""
            self.fail(None, name, None, "columns", "is missing", near or hint)
        self._extra(present, missing)
        if not missing and not extra and present != wanted:
            self.fail(
                None,
                "",
                ",".join(present),
                "columns",
                "is not the order of the columns",
                f"write {','.join(wanted)}",
            )
        return [name for name in wanted if name in present]

    def _extra(self, present: list[str], missing: list[str]) -> None:
        wanted = {column.name for column in self.plan.info.columns}
        for name in present:
            if name not in wanted:
                near = suggestion(name, missing) if len(name) < 100 else ""
                rule = f"is no column of {self.plan.info.name}"
                self.fail(None, "", name, "columns", rule, near.removeprefix("; "))

    def _batch(self, cells: dict[str, Any], keys: Mapping[tuple[str, ...], Any]) -> None:
        from autocoop.checking import rules
        from autocoop.checking.casting import WrongType

        typed: dict[str, Any] = {}
        bad: dict[str, Any] = {}
        for name in self.names:
            if name in self.wrong:
                continue
            column = self.plan.info.column(name)
            try:
                cast = _cast(cells[name], column, self.source)
            except WrongType as error:
                self.wrong.add(name)
                self.fail(None, name, None, "type", error.rule, error.fix)
                continue
            if cast.note and cast.note not in self.report.notes:
                self.report.notes.append(cast.note)
            if cast.bad is not None:
                self.found(name, "type", cast.bad, cast.words)
                bad[name] = cast.bad
            typed[name] = cast.values
        for name, values in typed.items():
            self._column(name, values, bad.get(name))
        for check in self.plan.row_checks:
            if not typed.keys() >= set(check.columns):
                continue
            broken = rules.broken_rows(check, typed)
            broken = _but_not(broken, [bad[name] for name in check.columns if name in bad])
            if broken is not None:
                self.found(
                    ",".join(check.columns),
                    check.name,
                    broken,
                    lambda place, check=check: (
                        ", ".join(f"{n}={typed[n][place].as_py()}" for n in check.columns),
                        check.rule,
                        "",
                    ),
                )
        for names, found in keys.items():
            if typed.keys() >= set(names):
                found.add([typed[name] for name in names], _any([bad.get(name) for name in names]))

    def _column(self, name: str, values: Any, bad: Any) -> None:
        from autocoop.checking import rules

        column = self.plan.info.column(name)
        if not column.is_nullable and values.null_count:
            empty = _but_not(rules.missing(values), [bad] if bad is not None else [])
            if empty is not None:
                fix = f"fill it in: no {name} may be missing"
                self.found(name, "not_null", empty, lambda place: (None, "is empty", fix))
        for check in self.plan.checks[name]:
            broken = rules.broken(check, values, column)
            if broken is not None:
                self.found(
                    name,
                    check.name,
                    broken,
                    lambda place, check=check: rules.words(check, values[place].as_py(), column),
                )
        if name in self.key_sets:
            target, known = self.key_sets[name]
            dangling = known.dangling(values)
            if dangling is not None:
                self.found(
                    name,
                    "references",
                    dangling,
                    lambda place: _say_dangling(values[place].as_py(), target, known),
                )


def _say_dangling(value: Any, target: str, known: "KeySet") -> tuple[Any, str, str]:
    members = value if isinstance(value, list) else [value]
    wrong = next(member for member in members if not known.has(member))
    near = suggestion(wrong, known.names) if known.names and len(wrong) < 100 else ""
    return wrong, f"is not in {target}", near.removeprefix("; ")


def _but_not(marks: Any, bad: list[Any]) -> Any:
    """The marks on cells that could be read; None where there are none."""
    import pyarrow.compute as pc

    if marks is None:
        return None
    for other in bad:
        marks = pc.and_(marks, pc.invert(other))
    return marks if pc.any(marks).as_py() else None


def _any(masks: list[Any]) -> Any:
    import pyarrow.compute as pc

    found = None
    for mask in masks:
        if mask is not None:
            found = mask if found is None else pc.or_(found, mask)
    return found


def _check_duplicates(
    names: tuple[str, ...], keys: Any, readings: list[_Reading], report: "Report"
) -> None:
    """The rows whose key an earlier row has, compared by their values."""
    rows = keys.candidates()
    if not len(rows):
        return
    column = ",".join(names)
    compared = rows[:_COMPARED]
    first: dict[Any, tuple[_Reading, int]] = {}
    twins: list[tuple[_Reading, int, Any, _Reading, int]] = []
    begin = 0
    for reading in readings:
        inside = compared[(compared >= begin) & (compared < begin + reading.rows)] - begin
        cells = _keys_at(reading, names, inside.tolist())
        for place in inside.tolist():
            value = cells.get(place)
            key = value or keys.hash_at(place + begin)
            if key in first:
                twins.append((reading, place, value, *first[key]))
            else:
                first[key] = (reading, place)
        begin += reading.rows
    places = _firsts(twins)
    for reading, place, value, earlier, there in twins:
        where = places[earlier, there]
        if earlier is not reading:
            where += f" of {earlier.source.name}"
        shown = ",".join("" if cell is None else str(cell) for cell in value) if value else None
        rule = f"stands twice, first in {where}"
        record = reading.source.record(place)
        fix = "merge the rows or give one another key"
        reading.fail(record, column, shown, "unique", rule, fix)
    rest = keys.repeated(rows) - keys.repeated(compared)
    if rest:
        report.more((readings[0].plan.info.name, readings[0].source.name, column, "unique"), rest)


def _firsts(twins: list[tuple[_Reading, int, Any, _Reading, int]]) -> dict[Any, str]:
    """Where the first of each pair stands: its line in a text file, else its row."""
    firsts: dict[_Reading, set[int]] = {}
    for *_, earlier, there in twins:
        firsts.setdefault(earlier, set()).add(there)
    places = {}
    for reading, theirs in firsts.items():
        records = {place: reading.source.record(place) for place in theirs}
        find = reading.source.lines
        lines = find(sorted(records.values())) if find is not None else {}
        for place, record in records.items():
            is_placed = record in lines
            places[reading, place] = f"line {lines[record]}" if is_placed else f"row {record}"
    return places


def _keys_at(
    reading: _Reading, names: tuple[str, ...], places: list[int]
) -> dict[int, tuple[Any, ...]]:
    """The keys of some rows, read again; none where that cannot be."""
    if not places or not reading.source.is_replayable:
        return {}
    columns = [reading.plan.info.column(name) for name in names]
    found: dict[int, tuple[Any, ...]] = {}
    wanted = iter(places)
    place = next(wanted)
    begin = 0
    for count, cells in reading.source.batches(list(names)):
        inside = []
        while place is not None and place < begin + count:
            inside.append(place - begin)
            place = next(wanted, None)
        if inside:
            values = [
                _cast(cells[column.name], column, reading.source).values for column in columns
            ]
            for position in inside:
                found[position + begin] = tuple(value[position].as_py() for value in values)
        if place is None:
            break
        begin += count
    return found


# --- several tables -------------------------------------------------------------------------------


def _check_together(
    targets: Mapping[str, list["Source"]], found: Mapping[str, list["Source"]], report: "Report"
) -> None:
    """The rules across tables, on tables that satisfy their schemas."""
    from autocoop.checking import together
    from autocoop.checking.report import Failure

    if report.rows > MAX_TOGETHER:
        raise Unreadable(
            f"{report.table}: has {report.rows:,} rows; the rules across tables take up to "
            f"{MAX_TOGETHER:,}; each table satisfies its schema"
        )
    tables = {table: _rows_of(table, sources) for table, sources in targets.items()}
    for name, rule in together.RULES.items():
        if name == "references_exist":
            continue
        missing = [table for table in together.NEEDS[name] if table not in tables]
        if missing:
            report.notes.append(f"{name} was not checked: it needs {', '.join(missing)}")
            continue
        text = (rule.__doc__ or name).strip().splitlines()[0].rstrip(".")
        for sentence in rule(tables):
            report.add(
                Failure(report.table, None, None, None, "", None, name, f"{sentence} ({text})", "")
            )


def _rows_of(table: str, sources: list["Source"]) -> list[dict[str, Any]]:
    from autocoop.checking.casting import decoded
    from autocoop.schemas import describe

    info = describe(table)
    rows = []
    for source in sources:
        for _, cells in source.batches([column.name for column in info.columns]):
            lists = [
                decoded(_cast(cells[column.name], column, source).values).to_pylist()
                for column in info.columns
            ]
            names = [column.name for column in info.columns]
            rows += [dict(zip(names, row, strict=True)) for row in zip(*lists, strict=True)]
    return rows
