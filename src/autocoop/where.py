"""Conditions on a table, said as a researcher would say them."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from autocoop.errors import BadFilter, UnknownActor, UnknownColumn, UnknownValue
from autocoop.regions import PREFIX, REGIONS, states_of

#: The largest number that the tables' integers hold.
_LARGEST = 2**63 - 1

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


#: What `regime` may say, beside a class -> the classes it means.
_REGIMES = {
    "autocracy": {0, 1},
    "democracy": {2, 3},
    "closed autocracy": {0},
    "electoral autocracy": {1},
    "electoral democracy": {2},
    "liberal democracy": {3},
}


def apply(
    data: pa.Table,
    table: str,
    record: dict[str, Any],
    where: Mapping[str, Any],
    version: str | None = None,
) -> pa.Table:
    """The rows that meet all conditions."""
    columns = {column["column"]: column for column in record["columns"]}
    for name, condition in where.items():
        if not isinstance(name, str):
            raise UnknownColumn(name, columns, where=table)
        if name == "regime" and name in columns and _is_named_regime(condition):
            mask = _mask(data, columns[name], sorted(_classes(condition)))
        elif name in ("regime", "member_of") and "event_id" in columns and name not in columns:
            find = _events_of_regime if name == "regime" else _events_of_members
            found = pa.array(sorted(find(condition, version)), pa.string())
            mask = pc.is_in(data["event_id"], value_set=found)
        elif "actor" in _spellings(name) and name not in columns:
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


def asks_for_actors(name: Any) -> bool:
    """Whether a condition is on the actors of an event, in the singular or plural."""
    known = {"actor", *_ACTOR_COLUMNS}
    return isinstance(name, str) and not known.isdisjoint(_spellings(name))


def _spellings(name: str) -> tuple[str, ...]:
    """A name as given, then its plural and its singular."""
    return name, f"{name}s", name.removesuffix("s")


def _resolve(name: str, columns: Mapping[str, Any], table: str) -> str:
    """The column meant: itself, or its singular or plural."""
    for candidate in _spellings(name):
        if candidate in columns:
            return candidate
    raise UnknownColumn(name, columns, where=table)


def _mask(data: pa.Table, column: dict[str, Any], condition: Any) -> Any:
    name = column["column"]
    values = data[name]
    if _is_missing(condition):
        return pc.is_null(values)
    if isinstance(condition, Mapping):
        if set(condition) != {"all"} or column["type"] != "list of text":
            raise BadFilter(
                f"where[{name!r}]: {condition!r} is no condition; a column of lists takes "
                "{'all': [...]}, which asks for all of the members"
            )
        mask = pc.is_valid(values)
        for member in _members_of(condition["all"]):
            mask = pc.and_(mask, _holds_any(values, _texts(column, member)))
        return mask
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
    wants_missing = any(_is_missing(member) for member in members)
    members = [member for member in members if not _is_missing(member)]
    if column["type"] == "list of text":
        mask = _holds_any(values, [text for member in members for text in _texts(column, member)])
    elif column["type"] == "date" and all(_is_partial_date(member) for member in members):
        mask = pa.chunked_array([pa.array([False] * len(values))])
        for member in members:
            mask = pc.or_kleene(mask, _within(values, column, str(member)))
    else:
        kind = pa.date32() if column["type"] == "date" else values.type
        typed = [value for member in members for value in _scalars(column, member)]
        mask = pc.is_in(values, value_set=pa.array(typed, kind))
    return pc.or_(mask, pc.is_null(values)) if wants_missing else mask


def _is_missing(value: Any) -> bool:
    """None, and what pandas and numpy have in its place."""
    return (
        value is None
        or (not hasattr(value, "__len__") and type(value).__name__ in ("NAType", "NaTType"))
        or (isinstance(value, float) and value != value)
    )


def _is_partial_date(value: Any) -> bool:
    """A text, or a year given as a number."""
    return isinstance(value, str) or (hasattr(value, "__index__") and not isinstance(value, bool))


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
        is_whole = hasattr(value, "is_integer") and value.is_integer()
        if isinstance(value, bool) or not (
            isinstance(value, str) or hasattr(value, "__index__") or is_whole
        ):
            raise BadFilter(f"where[{name!r}]: {value!r} is not a whole number")
        try:
            number = int(value)
        except ValueError as error:
            raise BadFilter(
                f"where[{name!r}]: {value!r} is not a whole number; write 2015, '>=2015', "
                "'2010..2015' or range(2010, 2016)"
            ) from error
        if abs(number) > _LARGEST:
            raise BadFilter(f"where[{name!r}]: {value!r} is larger than any figure can be")
        return number
    if kind == "boolean":
        said = str(value).casefold()
        if said not in ("true", "false"):
            raise BadFilter(f"where[{name!r}]: {value!r} is neither True nor False")
        return said == "true"
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
    """A text the column can hold: a term of its vocabulary, or free text."""
    name = column["column"]
    if not isinstance(value, str):
        raise BadFilter(f"where[{name!r}]: {value!r} is not text")
    if column["values"]:
        if value not in column["values"]:
            raise UnknownValue(value, column["values"], where=name)
        return value
    return value


def _texts(column: dict[str, Any], value: Any) -> list[str]:
    """The texts that a member of a condition means: several, where it is a region of actors."""
    if column["references"] == "actors":
        return resolve_actors(value)
    return [_text(column, value)]


def _scalars(column: dict[str, Any], value: Any) -> list[Any]:
    """The values of the column's type that a member of a condition means."""
    return _texts(column, value) if column["type"] == "text" else [_scalar(column, value)]


def resolve_actors(value: str, among: Collection[str] | None = None, where: str = "") -> list[str]:
    """The actor_ids of an actor given by id, name or alias, or of a ``region:``.

    Of a region those `among` some; an actor that is not among them is an `UnknownActor` in `where`.
    """
    of_region = states_of(value) if isinstance(value, str) else None
    if of_region is not None:
        return [actor for actor in of_region if among is None or actor in among]
    actor = resolve_actor(value)
    if among is not None and actor not in among:
        raise UnknownActor(actor, sorted(among), where=where)
    return [actor]


def resolve_actor(value: str) -> str:
    """The actor_id of an actor given by id, name or alias."""
    from autocoop.loading import read

    actors = read("actors", ["actor_id", "name", "aliases"]).to_pylist()
    ids = {row["actor_id"] for row in actors}
    if not isinstance(value, str):
        raise UnknownActor(value, sorted(ids))
    if value in ids:
        return value
    wanted = value.casefold().strip()
    for row in actors:
        names = [row["actor_id"], row["name"], *(row["aliases"] or [])]
        if wanted in (name.casefold() for name in names):
            return row["actor_id"]
    names = [name for row in actors for name in (row["actor_id"], row["name"])]
    region = next((name for _, name in REGIONS if name.casefold() == wanted), None)
    raise UnknownActor(value, names, became=region and f"; did you mean '{PREFIX}{region}'?")


def _holds_any(values: Any, members: list[str]) -> Any:
    """For each list, whether one of its members is among `members`; null lists hold none."""
    flat = values.combine_chunks()
    if isinstance(flat, pa.ChunkedArray):
        flat = flat.chunk(0) if flat.num_chunks else pa.array([], values.type)
    is_wanted = pc.is_in(pc.list_flatten(flat), value_set=pa.array(members, pa.string()))
    rows = pc.unique(pc.list_parent_indices(flat).filter(is_wanted))
    positions = pa.array(range(len(flat)), rows.type)
    return pa.chunked_array([pc.is_in(positions, value_set=rows)])


def _members_of(condition: Any) -> list[Any]:
    """The alternatives of a condition: its members, or itself."""
    is_one = isinstance(condition, (str, bytes, Mapping)) or not hasattr(condition, "__iter__")
    return [condition] if is_one else list(condition)


def _is_named_regime(condition: Any) -> bool:
    return any(isinstance(member, str) and member in _REGIMES for member in _members_of(condition))


def _classes(condition: Any) -> set[int]:
    """Classes of Regimes of the World that a condition on `regime` means."""
    known = [*map(str, range(4)), *_REGIMES]
    classes: set[int] = set()
    for member in _members_of(condition):
        name = str(member).strip().casefold()
        if isinstance(member, bool) or name not in known:
            raise UnknownValue(member, known, where="regime")
        classes |= _REGIMES.get(name) or {int(name)}
    return classes


def _principals(version: str | None) -> dict[str, tuple[int, set[str]]]:
    """Event -> its year and its principal states.

    The principals are those of `is_all_autocratic`: a private military company counts as the
    state behind it, an organisation is passed over.
    """
    from autocoop.loading import read
    from autocoop.parties import PRINCIPALS

    actors = read("actors", ["actor_id", "kind", "parent"], version).to_pylist()
    states = {row["actor_id"] for row in actors if row["kind"] == "state"}
    behind = {row["actor_id"]: row["parent"] for row in actors if row["parent"]}
    roles = {role for of_table in PRINCIPALS.values() for role in of_table}
    found = {
        row["event_id"]: (row["year"], set())
        for row in read("events", ["event_id", "year"], version).to_pylist()
    }
    for row in read("participants", ["event_id", "actor_id", "role"], version).to_pylist():
        actor = row["actor_id"]
        actor = actor if actor in states else behind.get(actor)
        if row["role"] in roles and actor in states:
            found[row["event_id"]][1].add(actor)
    return found


def _events_of_regime(condition: Any, version: str | None) -> set[str]:
    """Events all of whose principal states are known to be of the classes in the event's year."""
    from autocoop.loading import read

    classes = _classes(condition)
    regimes = {
        (row["actor_id"], row["year"]): row["regime"]
        for row in read("regimes", ["actor_id", "year", "regime"], version).to_pylist()
    }
    return {
        event_id
        for event_id, (year, states) in _principals(version).items()
        if states and all(regimes.get((state, year)) in classes for state in states)
    }


def _events_of_members(condition: Any, version: str | None) -> set[str]:
    """Events whose principal states, all or (``any:``) some, are members in the event's year."""
    spells = members_by_year(version)
    events = _principals(version)
    found: set[str] = set()
    for member in _members_of(condition):
        if not isinstance(member, str):
            raise BadFilter(f"where['member_of']: {member!r} is no organisation; write 'SCO'")
        quantity, colon, name = member.partition(":")
        if colon and quantity.strip() not in ("any", "all"):
            raise BadFilter(f"where['member_of']: {member!r}; write 'SCO' or 'any:SCO'")
        organisation = resolve_actor((name if colon else member).strip())
        if organisation not in spells:
            raise UnknownValue(organisation, sorted(spells), where="memberships.organisation")
        is_met = any if colon and quantity.strip() == "any" else all
        found |= {
            event_id
            for event_id, (year, states) in events.items()
            if states and is_met(year in spells[organisation].get(state, ()) for state in states)
        }
    return found


def members_by_year(version: str | None = None) -> dict[str, dict[str, set[int]]]:
    """Organisation -> state -> the years at some time of which it was a member.

    Of the years that the release covers.
    """
    from autocoop import release
    from autocoop.loading import read

    about = release.manifest(version)["about"]
    first, last = (int(about[f"coverage_{end}"][:4]) for end in ("start", "end"))
    spells: dict[str, dict[str, set[int]]] = {}
    columns = ["organisation", "actor_id", "from_date", "to_date"]
    for row in read("memberships", columns, version).to_pylist():
        begin = row["from_date"].year if row["from_date"] else first
        end = row["to_date"].year if row["to_date"] else last
        years = spells.setdefault(row["organisation"], {}).setdefault(row["actor_id"], set())
        years.update(range(max(begin, first), min(end, last) + 1))
    return spells
