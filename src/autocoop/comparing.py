"""What differs between two releases: rows added, retired and changed, field by field."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, overload

from autocoop import release
from autocoop.errors import UnknownFormat
from autocoop.parties import EVENT_TYPE

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("pandas", "text")

#: Left out of comparisons: `events` repeats the wide tables, `regimes` follows from its spells.
REPEATED_TABLES = frozenset({"events"})


@dataclass(frozen=True)
class Change:
    """One difference. ``table`` and ``change`` always; key, field, old and new where they apply."""

    table: str
    change: str
    key: str | None = None
    field: str | None = None
    old: str | None = None
    new: str | None = None


@overload
def diff(
    old: str, new: str | None = None, *, format: Literal["pandas"] = "pandas"
) -> "pd.DataFrame": ...
@overload
def diff(old: str, new: str | None = None, *, format: Literal["text"]) -> str: ...


def diff(old: str, new: str | None = None, *, format: str = "pandas") -> Any:
    """What changed from release `old` to release `new` (this package's own, by default).

    Returns one row a difference, sorted: ``table``; ``change`` (``table added``, ``table
    removed``, ``column added``, ``column removed``, ``column retyped``, ``row added``, ``row
    retired``, ``value changed``); the row's ``key``, parts joined with a space; ``field``, ``old``
    and ``new`` as text. No rows mean that the two hold the same. ``format="text"`` gives a
    summary to read, ``no change`` where there is none.

    Raises `UnknownVersion` with the versions there are.
    """
    if format not in FORMATS:
        raise UnknownFormat(format, FORMATS)
    changes = differences(old, new)
    if format == "text":
        return as_text(changes)
    import pandas as pd

    return pd.DataFrame(
        [vars(change) for change in changes],
        columns=["table", "change", "key", "field", "old", "new"],
        dtype="str",
    )


def differences(old: str | None, new: str | None) -> list[Change]:
    """The changes from one release to another; None is the shipped one."""
    before, after = _Version(old), _Version(new)
    changes = []
    for table in dict.fromkeys([*before.tables, *after.tables]):
        if table not in after.tables:
            changes.append(Change(table, "table removed"))
        elif table not in before.tables:
            changes.append(Change(table, "table added"))
        else:
            changes += _columns(table, before.columns(table), after.columns(table))
            if table not in REPEATED_TABLES:
                changes += _rows(table, before, after)
    return changes


class _Version:
    """The tables of a release, as plain rows."""

    def __init__(self, version: str | None) -> None:
        shipped = release.manifest()["version"]
        self.version = None if version == shipped else version
        self.tables = release.manifest(self.version)["tables"]
        self._codebook = release.codebook(self.version)

    def columns(self, table: str) -> dict[str, str]:
        """Name -> type of a table's columns."""
        return {column["column"]: column["type"] for column in self._codebook[table]["columns"]}

    def content(self, table: str) -> str:
        return self.tables[table]["content_sha256"]

    def rows(self, table: str, key: Iterable[str]) -> dict[str, dict[str, str | None]]:
        """Key -> values as text, of a table's rows."""
        from autocoop.loading import read

        key = list(key)
        return {
            " ".join(_text(row[name]) or "-" for name in key): {
                name: _text(value) for name, value in row.items()
            }
            for row in read(table, version=self.version).to_pylist()
        }


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, list):
        return ";".join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _columns(table: str, before: dict[str, str], after: dict[str, str]) -> list[Change]:
    changes = []
    for name in dict.fromkeys([*before, *after]):
        if name not in after:
            changes.append(Change(table, "column removed", field=name, old=before[name]))
        elif name not in before:
            changes.append(Change(table, "column added", field=name, new=after[name]))
        elif before[name] != after[name]:
            changes.append(
                Change(table, "column retyped", field=name, old=before[name], new=after[name])
            )
    return changes


def _rows(table: str, old: _Version, new: _Version) -> list[Change]:
    if old.content(table) == new.content(table):
        return []
    key = [
        name for name in release.codebook(new.version)[table]["key"] if name in old.columns(table)
    ]
    before, after = old.rows(table, key), new.rows(table, key)
    shared = [name for name in new.columns(table) if name in old.columns(table)]
    changes = []
    for row_key in sorted(before.keys() | after.keys()):
        if row_key not in after:
            changes.append(Change(table, "row retired", row_key))
        elif row_key not in before:
            changes.append(Change(table, "row added", row_key))
        else:
            changes += [
                Change(table, "value changed", row_key, name, was, now)
                for name in shared
                if (was := before[row_key][name]) != (now := after[row_key][name])
            ]
    return changes


def as_text(changes: list[Change]) -> str:
    """The changes to read: how many of each kind in each table, then the events one by one."""
    if not changes:
        return "no change"
    from collections import Counter

    counts = Counter((change.table, change.change) for change in changes)
    rows = Counter(
        (change.table, change.key) for change in changes if change.change == "value changed"
    )
    changed_rows = Counter(table for table, _ in rows)
    lines = []
    for (table, kind), count in counts.items():
        more = f" in {changed_rows[table]} rows" if kind == "value changed" else ""
        lines.append(f"- `{table}`: {count} x {kind}{more}")
    for change in changes:
        if change.change.startswith(("table", "column")):
            lines.append(f"- {change.change}: `{change.table}` {change.field or ''}".rstrip())
    wide = [table for table in release.manifest()["tables"] if table in _WIDE]
    for kind, title in (("row added", "Events added"), ("row retired", "Events retired")):
        keys = [c.key for c in changes if c.table in wide and c.change == kind and c.key]
        if keys:
            lines += ["", f"{title} ({len(keys)}):", "", *(f"- `{key}`" for key in keys)]
    corrected = [c for c in changes if c.table in wide and c.change == "value changed"]
    if corrected:
        lines += ["", "Events corrected:", ""]
        lines += [_correction(change) for change in corrected]
    return "\n".join(lines)


_WIDE = frozenset(EVENT_TYPE)

#: Tables whose keys other tables refer to, or that a reader looks single rows of up in.
_REFERENCE = frozenset(
    {"publishers", "actors", "memberships", "regimes", "series", "searches", "retired_ids"}
)

#: Derived columns of an event that tell of a correction all the same: no other cell of it does.
_TELLING = frozenset({"items", "categories"})

#: Columns of a deal that follow from the dates of its order and deliveries.
_OF_A_DEAL = frozenset({"start_date", "start_precision", "end_date", "end_precision"})

#: Change of a row -> the word for it.
_ROW_CHANGES = {"row added": "added", "row retired": "retired", "value changed": "changed"}


def as_summary(changes: list[Change]) -> str:
    """The changes from a release to the shipped one, as its CHANGELOG tells them.

    Counts of what was added, with the years of events; what was retired and corrected one by one.
    Cells that follow from a corrected one are left out; `as_text` lists everything.
    """
    if not changes:
        return "no change"
    blocks = [
        [f"- {change.change}: `{change.table}`" for change in changes if _is_of_table(change)]
        + _summed_columns(changes),
        _summed_rows(changes),
    ]
    for table in dict.fromkeys(change.table for change in changes):
        keys = [c.key for c in changes if c.table == table and c.change == "row retired" and c.key]
        if keys and table in _WIDE | _REFERENCE:
            blocks.append([f"Retired from `{table}` ({len(keys)}):"])
            blocks.append([f"- `{key}`" for key in keys])
    corrected = [c for c in changes if c.table in _WIDE and c.change == "value changed"]
    cells = {(change.key, change.field) for change in corrected}
    lines = [_correction(change) for change in corrected if not _follows(change, cells)]
    if lines:
        blocks += [["Events corrected:"], lines]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _is_of_table(change: Change) -> bool:
    return change.change in ("table added", "table removed")


def _summed_columns(changes: list[Change]) -> list[str]:
    """A line a change of a column, with the tables in which it happened."""
    tables: dict[tuple[str, str], list[str]] = {}
    for change in changes:
        if change.change.startswith("column") and change.field:
            types = f": {change.old} -> {change.new}" if change.change == "column retyped" else ""
            what = (change.change, f"`{change.field}`{types}")
            tables.setdefault(what, []).append(f"`{change.table}`")
    return [f"- {kind} {field} ({', '.join(names)})" for (kind, field), names in tables.items()]


def _summed_rows(changes: list[Change]) -> list[str]:
    """A line a table: rows added (of events, with their years), retired and changed."""
    from autocoop.loading import read

    events = read("events", columns=["event_id", "year"]).to_pydict()
    year_of = dict(zip(events["event_id"], events["year"], strict=True))
    lines = []
    for table in dict.fromkeys(change.table for change in changes):
        keys: dict[str, list[str | None]] = {}
        for change in changes:
            if change.table == table and change.change in _ROW_CHANGES:
                keys.setdefault(change.change, []).append(change.key)
        parts = []
        for kind, word in _ROW_CHANGES.items():
            found = set(keys.get(kind, []))
            years = [year_of[key] for key in found if key in year_of]
            span = f" ({min(years)}-{max(years)})" if years and kind == "row added" else ""
            if found:
                parts.append(f"{len(found):,} {word}{span}")
        if parts:
            lines.append(f"- `{table}`: {', '.join(parts)}")
    return lines


def _follows(change: Change, cells: set[tuple[str | None, str | None]]) -> bool:
    """Whether a changed cell of an event follows from others; ``cells`` are all that changed."""
    from autocoop.schemas import describe

    field = change.field or ""
    if change.table == "arms_transfers" and field in _OF_A_DEAL:
        return True
    if field.endswith("_precision"):
        # Where a date stayed and only its precision changed, that is the correction.
        return (change.key, field.replace("_precision", "_date")) in cells
    column = describe(change.table).column(field)
    is_derived = column.form is None and column.as_record()["derived"] is not None
    return is_derived and field not in _TELLING


def _correction(change: Change) -> str:
    return (
        f"- `{change.key}` {change.field}: {change.old or 'missing'} -> {change.new or 'missing'}"
    )


def required_bump(changes: list[Change]) -> str:
    """The least step of the version that changes ask for: major, minor or patch.

    Data semver: a table or column removed, renamed or retyped is major; rows or values added,
    retired or corrected, and new tables or columns, are minor; the rest is patch.
    """
    kinds = {change.change for change in changes}
    if kinds & {"table removed", "column removed", "column retyped"}:
        return "major"
    return "minor" if kinds else "patch"
