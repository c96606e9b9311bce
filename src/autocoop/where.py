"""Conditions on a table, said as a researcher would say them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from autocoop.errors import BadFilter, UnknownActor, UnknownColumn, UnknownValue

_COMPARISONS = {">=": pc.greater_equal, "<=": pc.less_equal, ">": pc.greater, "<": pc.less}

#: Columns that hold the actors of a wide table, observers aside.
_ACTOR_COLUMNS = (
    "supplier",
    "recipient",
    "organisers",
    "hosts",
    "participants",
    "interveners",
    "target",
    "contingents",
    "provider",
    "recipients",
    "actor_id",
)


def apply(data: pa.Table, table: str, record: dict[str, Any], where: Mapping[str, Any]) -> pa.Table:
    """The rows that meet all conditions."""
    if not isinstance(where, Mapping):
        raise BadFilter(f"where is a mapping of column to value, not {type(where).__name__}")
    columns = {column["column"]: column for column in record["columns"]}
    for name, condition in where.items():
        if name in ("actor", "actors") and name not in columns:
            present = [column for column in _ACTOR_COLUMNS if column in columns]
            if not present:
                raise UnknownColumn(name, columns, where=table)
            masks = [_mask(data, columns[column], condition) for column in present]
            mask = masks[0]
            for other in masks[1:]:
                mask = pc.or_kleene(mask, other)
        else:
            mask = _mask(data, columns[_resolve(name, columns, table)], condition)
        data = data.filter(pc.fill_null(mask, False))
    return data


def _resolve(name: str, columns: Mapping[str, Any], table: str) -> str:
    """The column meant: itself, or its singular or plural."""
    for candidate in (name, f"{name}s", name.removesuffix("s")):
        if candidate in columns:
            return candidate
    raise UnknownColumn(name, columns, where=table)


def _mask(data: pa.Table, column: dict[str, Any], condition: Any) -> Any:
    name = column["column"]
    values = data[name]
    if condition is None:
        return pc.is_null(values)
    if isinstance(condition, slice):
        if condition.step is not None:
            raise BadFilter(f"where[{name!r}]: a slice has two ends and no step")
        return _between(values, column, condition.start, condition.stop)
    if isinstance(condition, str) and column["type"] in ("integer", "date"):
        text = condition.strip()
        for sign, compare in _COMPARISONS.items():
            if text.startswith(sign):
                bound = _scalar(column, text.removeprefix(sign).strip())
                return compare(values, bound)
        if ".." in text:
            low, _, high = text.partition("..")
            return _between(values, column, low.strip() or None, high.strip() or None)
    if isinstance(condition, (range, list, tuple, set, frozenset)) or (
        hasattr(condition, "__iter__") and not isinstance(condition, (str, bytes, Mapping))
    ):
        members = list(condition)
    else:
        members = [condition]
    wants_missing = any(member is None for member in members)
    members = [member for member in members if member is not None]
    if column["type"] == "list of text":
        mask = _holds_any(values, [_text(column, member) for member in members])
    elif column["type"] == "date" and all(isinstance(member, str) for member in members):
        mask = pa.chunked_array([pa.array([False] * len(values))])
        for member in members:
            mask = pc.or_kleene(mask, _within(values, column, member))
    else:
        kind = pa.date32() if column["type"] == "date" else values.type
        typed = [_scalar(column, member) for member in members]
        mask = pc.is_in(values, value_set=pa.array(typed, kind))
    return pc.or_(mask, pc.is_null(values)) if wants_missing else mask


def _between(values: Any, column: dict[str, Any], low: Any, high: Any) -> Any:
    mask = pc.is_valid(values)
    if low is not None:
        mask = pc.and_kleene(mask, pc.greater_equal(values, _scalar(column, low)))
    if high is not None:
        mask = pc.and_kleene(mask, pc.less_equal(values, _scalar(column, high, is_last=True)))
    return mask


def _within(values: Any, column: dict[str, Any], text: str) -> Any:
    """A day, or any day of a month or year."""
    return _between(values, column, text, text)


def _scalar(column: dict[str, Any], value: Any, *, is_last: bool = False) -> Any:
    """A condition's value in the column's type."""
    name, kind = column["column"], column["type"]
    if kind == "integer":
        if isinstance(value, bool) or not (isinstance(value, str) or hasattr(value, "__index__")):
            raise BadFilter(f"where[{name!r}]: {value!r} is not a whole number")
        try:
            return int(value)
        except ValueError as error:
            raise BadFilter(
                f"where[{name!r}]: {value!r} is not a whole number; write 2015, '>=2015', "
                "'2010..2015' or range(2010, 2016)"
            ) from error
    if kind == "boolean":
        if not isinstance(value, bool):
            raise BadFilter(f"where[{name!r}]: {value!r} is neither True nor False")
        return value
    if kind == "date":
        return _day(name, value, is_last)
    return _text(column, value)


def _day(name: str, value: Any, is_last: bool) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value)
    parts = text.split("-")
    try:
        if len(parts) == 3:
            return date.fromisoformat(text)
        year = int(parts[0])
        month = int(parts[1]) if len(parts) == 2 else (12 if is_last else 1)
        if len(parts) > 2:
            raise ValueError(text)
        if not is_last:
            return date(year, month, 1)
        following = date(year + (month == 12), month % 12 + 1, 1)
        return date.fromordinal(following.toordinal() - 1)
    except ValueError as error:
        raise BadFilter(
            f"where[{name!r}]: {value!r} is not a date; write 2015, '2015-06' or '2015-06-30'"
        ) from error


def _text(column: dict[str, Any], value: Any) -> str:
    """A text the column can hold: a term of its vocabulary, an actor, or free text."""
    name = column["column"]
    if not isinstance(value, str):
        raise BadFilter(f"where[{name!r}]: {value!r} is not text")
    if column["values"]:
        if value not in column["values"]:
            raise UnknownValue(value, column["values"], where=name)
        return value
    if column["references"] == "actors":
        return resolve_actor(value)
    return value


def resolve_actor(value: str) -> str:
    """The actor_id of an actor given by id, name or alias."""
    from autocoop.loading import read

    actors = read("actors", ["actor_id", "name", "aliases"]).to_pylist()
    ids = {row["actor_id"] for row in actors}
    if value in ids:
        return value
    wanted = value.casefold().strip()
    for row in actors:
        names = [row["actor_id"], row["name"], *(row["aliases"] or [])]
        if wanted in (name.casefold() for name in names):
            return row["actor_id"]
    names = [name for row in actors for name in (row["actor_id"], row["name"])]
    raise UnknownActor(value, names)


def _holds_any(values: Any, members: list[str]) -> Any:
    """For each list, whether one of its members is among `members`; null lists hold none."""
    flat = values.combine_chunks()
    if isinstance(flat, pa.ChunkedArray):
        flat = flat.chunk(0) if flat.num_chunks else pa.array([], values.type)
    is_wanted = pc.is_in(pc.list_flatten(flat), value_set=pa.array(members, pa.string()))
    rows = pc.unique(pc.list_parent_indices(flat).filter(is_wanted))
    positions = pa.array(range(len(flat)), rows.type)
    return pa.chunked_array([pc.is_in(positions, value_set=rows)])
