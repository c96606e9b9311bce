"""From events to panels: a row a state-year or dyad-year, with zeros only where somebody looked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autocoop import release
from autocoop.covering import (
    SEARCHED,
    World,
    combined,
    dyad_levels,
    names_of,
    state_levels,
    world,
)
from autocoop.errors import BadFilter, UnknownColumn, UnknownRole, UnknownUnit, UnknownValue
from autocoop.parties import DYAD, HELD, LASTING, PRINCIPALS, is_directed, wide_tables
from autocoop.where import asks_for_actors

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

UNITS = ("country-year", "dyad-year")
VALUES = ("count", "any")


def panel(
    unit: str = "country-year",
    *,
    tables: str | Iterable[str] | None = None,
    years: Any = None,
    states: str | Iterable[str] | None = None,
    partners: str | Iterable[str] | None = None,
    value: str = "count",
    directed: bool | None = None,
    role: str | Iterable[str] | None = None,
    statuses: str | Iterable[str] | None = None,
    span: bool = False,
    attribute_parents: bool = False,
    where: Mapping[str, Any] | None = None,
    version: str | None = None,
) -> "pd.DataFrame":
    """A panel of states or pairs of states by year.

    Parameters
    ----------
    unit
        ``"country-year"``: a row a state and year. ``"dyad-year"``: a row a pair of states and
        year.
    tables
        Kinds of event to count: one or several of ``arms_transfers``, ``joint_exercises``,
        ``interventions``, ``pme_programs``; all by default. Each gives a column of its own.
    years
        ``2015``, ``"2010..2015"``, a `range`, a `slice` or a list; by default all that the
        release covers. A panel ends where the release's coverage does, never today.
    states
        States by id, name, alias or region (``"region:Africa"``); all by default. Of dyads, both
        sides are among them, or one where `partners` names the other.
    partners
        For dyads: the states on the other side, named like `states`. Directed, ``a`` is among
        `states` and ``b`` among `partners`; undirected, either way round.
    value
        ``"count"``: number of events. ``"any"``: whether there is one. ``"sum:<column>"``: the
        sum of a numeric column of the wide table, such as ``"sum:personnel_best"``; an event's
        figure counts whole in every row the event counts in, so that rows cannot be added up
        where an event has several states on a side.
    directed
        For dyads: `True` gives a row for each of (a, b) and (b, a), where ``a`` supplies,
        intervenes (also with a contingent of a mission or coalition) or provides and ``b`` is
        recipient, target or trainee; an exercise counts in both rows. `False` gives one row a
        pair, ``a`` before ``b`` in the alphabet, with what
        passes either way. By default directed unless exercises alone are counted.
    role
        For country-years: the role or roles in which the state takes part. By default any
        principal one: supplier and recipient; organiser, host and participant; intervener,
        target and contingent (``participant``); provider and trainee. Observers never count.
    statuses
        Events that count, by `status`. By default those held: ``under_way`` and ``completed``,
        for arms also ``contracted``.
    span
        `False`: an event counts once, in its ``year``. `True`: it counts in every year from its
        first day to its last, or from a participant's own first day to its own last where those
        are known; without a known end, up to `last_reported_date`, or in its first year only.
        Later cells of an intervention without a known end are missing, ``open_ended``.
    attribute_parents
        Whether actors that are no states (``WAGNER``) count as the state behind them. By default
        they are left out, as organisations always are.
    where
        Further conditions on the events, as in `load`, on columns that every table has. Actors
        are not among them: `states`, `partners` and `role` name the sides of a cell.
    version
        An older release that `versions()` lists.

    Returns
    -------
    One row for each unit whose states existed on at least one day of the year, sorted by key.

    - Keys: ``actor_id``, ``year``; for dyads ``actor_id_a``, ``actor_id_b``, ``year``. With them
      ``iso3``, ``cow_code``, ``gw_code`` and ``vdem_id`` (``_a`` and ``_b`` for dyads), missing
      where a code list has no such state, to join other datasets by.
    - ``regime``, ``is_regime_carried``: Regimes of the World class in that year, of each side.
    - For each table a column of its name (for sums ``<table>_<column>``, with
      ``<table>_<column>_missing_count``, the number of events without a figure; where it is not
      0 the sum is missing). Whatever the release holds counts. A zero (or `False`) stands only
      where open searches cover the whole cell; elsewhere the cell is missing.
    - ``coverage`` (``<table>_coverage``, with several tables): why the cell holds what it holds:
      ``events``, ``open_ended``, ``searched``, ``partly_searched``, ``named_only``,
      ``not_searched``, ``out_of_scope``; `autocoop.covering.COVERAGE` says what each means.
      Searches are made for the side that acts: a state's cell in both its roles, or as
      recipient, needs the searches of all suppliers to hold a zero; with ``role="supplier"``
      its own are enough.

    Raises
    ------
    UnknownUnit, UnknownTable, UnknownActor, UnknownRegion, UnknownRole, UnknownValue, UnknownColumn
        With what there is, and the nearest name.
    BadFilter
        Years that the release does not cover, fewer than two states of a dyad, an option that
        the unit does not have.
    """
    import pandas as pd

    if unit not in UNITS:
        raise UnknownUnit(unit, UNITS)
    chosen = wide_tables(tables)
    if not chosen:
        raise BadFilter("tables=[]: name at least one table")
    is_dyad = unit == "dyad-year"
    if is_dyad and role is not None:
        raise BadFilter("role= is for country-years; the sides of a dyad have theirs")
    if not is_dyad and directed is not None:
        raise BadFilter("directed= is for dyad-years")
    if not is_dyad and partners is not None:
        raise BadFilter("partners= is for dyad-years")
    for name in where or ():
        if asks_for_actors(name):
            raise BadFilter(
                f"where[{name!r}]: leaving events of other actors out would make zeros of their "
                "cells; name the sides of a cell with states=, partners= and role="
            )
    for name, flag in {"span": span, "attribute_parents": attribute_parents}.items():
        if flag not in (True, False):
            raise BadFilter(f"{name}={flag!r}: write True or False")
    if directed not in (None, True, False):
        raise BadFilter(f"directed={directed!r}: write True, False or None")
    column = _column_to_sum(value, chosen, version)
    roles = _roles(role, chosen)
    if directed is None:
        directed = any(is_directed(table) for table in chosen)
    how = Counting(statuses, span, attribute_parents, where, column, version)
    of = world(version)
    sides, wanted = of.positions(states), of.chosen_years(years)
    if is_dyad:
        others = sides if partners is None else of.positions(partners)
        mask = _dyad_rows(of, sides, others, wanted, directed)
    else:
        mask = _state_rows(of, sides, wanted)
    data = _keys(of, mask)
    from autocoop.loading import read

    searches = read("searches", version=version).to_pylist()
    for table in chosen:
        levels = dyad_levels(table, of, searches, attribute_parents=attribute_parents)
        if is_dyad:
            counted = dyads(table, of, how, directed=directed)
            levels = levels[:-1, :-1]
            if not directed and is_directed(table):
                levels = _either_way(levels)
        else:
            counted = parts(table, of, how, roles=roles[table])
            levels = state_levels(levels, table, roles[table])
        name = "coverage" if len(chosen) == 1 else f"{table}_coverage"
        data |= _cells(table, value, column, counted, levels, mask, of, name)
    frame = pd.DataFrame(data, copy=False)
    frame.attrs["labels"] = _labels(frame.columns, chosen, value, is_dyad, version)
    return frame


def _labels(
    columns: Iterable[str], tables: list[str], value: str, is_dyad: bool, version: str | None
) -> dict[str, str]:
    """Column -> what it holds in a few words, for files that carry labels."""
    known = {
        record["column"]: record["description"].partition(". ")[0].rstrip(".")
        for table in ("actors", "regimes")
        for record in release.codebook(version)[table]["columns"]
    }
    labels = {"year": "Calendar year"}
    for name in columns:
        stem = name[:-2] if is_dyad and name.endswith(("_a", "_b")) else name
        if stem in known and stem != "year":
            side = f"Side {name[-1]}: " if stem != name else ""
            labels[name] = f"{side}{known[stem]}"
        elif name.endswith("coverage"):
            labels[name] = "Why the cell holds what it holds"
        elif name.endswith("_missing_count"):
            labels[name] = "Events without a figure"
        elif name in tables:
            what = "Whether there is an event" if value == "any" else "Number of events"
            labels[name] = f"{what}: {name.replace('_', ' ')}"
        elif name != "year":
            labels[name] = f"Sum of {value.partition(':')[2]} over events"
    return labels


# --- what is asked for ------------------------------------------------------------------------


def _column_to_sum(value: str, tables: list[str], version: str | None) -> str | None:
    """The column of ``"sum:<column>"``; every table has it, and its figures can be added up."""
    if value in VALUES:
        return None
    kind, colon, column = str(value).partition(":")
    if kind != "sum" or not colon:
        raise UnknownValue(value, [*VALUES, "sum:<column>"], where="value")
    for table in tables:
        # Codes have no unit; years and amounts in mixed currencies do not add up.
        known = [
            record["column"]
            for record in release.codebook(version)[table]["columns"]
            if record["type"] == "integer"
            and record["unit"] not in (None, "calendar year", "units of value_currency")
        ]
        if column not in known:
            where = f"{table} (of tables=), among those that can be summed"
            raise UnknownColumn(column, known, where=where)
    return column


def _roles(role: str | Iterable[str] | None, tables: list[str]) -> dict[str, tuple[str, ...]]:
    """Table -> the roles meant, all principal ones by default."""
    if role is None:
        return {table: PRINCIPALS[table] for table in tables}
    wanted = (role,) if isinstance(role, str) else tuple(role)
    if not wanted:
        raise BadFilter("role=[]: name at least one role")
    for table in tables:
        for name in wanted:
            if name not in PRINCIPALS[table]:
                raise UnknownRole(name, PRINCIPALS[table], where=f"{table} (of tables=)")
    return dict.fromkeys(tables, wanted)


def _statuses(statuses: str | Iterable[str] | None, table: str, version: str | None) -> list[str]:
    if statuses is None:
        return list(HELD[table])
    record = next(
        record
        for record in release.codebook(version)[table]["columns"]
        if record["column"] == "status"
    )
    wanted = [statuses] if isinstance(statuses, str) else list(statuses)
    for status in wanted:
        if status not in record["values"]:
            raise UnknownValue(status, record["values"], where="status")
    return wanted


# --- which events count where -----------------------------------------------------------------


@dataclass(frozen=True)
class Counting:
    """Which events count and in which years, in the terms of `panel`."""

    statuses: str | Iterable[str] | None
    span: bool
    attribute_parents: bool
    where: Mapping[str, Any] | None
    #: The column whose figures are summed, if any.
    column: str | None = None
    version: str | None = None


def parts(table: str, of: World, how: Counting, *, roles: Iterable[str]) -> "pd.DataFrame":
    """A row an event and state that takes part in one of the roles.

    Columns: ``event_id``; ``a``, the state's position in the world; ``first`` and ``last`` year
    in which it counts there; ``figure`` of the event in the column summed, if any; ``is_open``,
    whether it may have gone on after its last year.
    """
    found = _roles_held(table, of, how)
    found = found[found["role"].isin(list(roles))]
    return _merged_spells(found, ["event_id", "a"])


def dyads(table: str, of: World, how: Counting, *, directed: bool) -> "pd.DataFrame":
    """A row an event and pair of states on its two sides.

    Columns as in `parts`, with the other side's position ``b``; undirected, ``a`` < ``b``.
    """
    held = _roles_held(table, of, how)
    acting, receiving = (held[held["role"].isin(roles)] for roles in DYAD[table])
    pairs = _merged_spells(acting, ["event_id", "a"]).merge(
        _merged_spells(receiving, ["event_id", "a"])
        .rename(columns={"a": "b", "first": "first_b", "last": "last_b", "is_open": "is_open_b"})
        .drop(columns="figure"),
        on="event_id",
    )
    pairs = pairs[pairs["a"] != pairs["b"]]
    # Both take part: in the years that their parts have in common.
    first = pairs[["first", "first_b"]].max(axis=1)
    # While one acts, an intervention without a known end has not ended.
    goes_on = pairs["last_b"].where(~pairs["is_open_b"], pairs[["last", "last_b"]].max(axis=1))
    last = pairs["last"].clip(upper=goes_on)
    is_open = pairs["is_open"] & pairs["is_open_b"]
    pairs = pairs.assign(first=first, last=last, is_open=is_open)[first <= last]
    if not directed:
        low, high = pairs[["a", "b"]].min(axis=1), pairs[["a", "b"]].max(axis=1)
        pairs = pairs.assign(a=low, b=high)
    return _merged_spells(pairs, ["event_id", "a", "b"])


def _merged_spells(found: "pd.DataFrame", key: list[str]) -> "pd.DataFrame":
    """One row a key, from its first year to its last: an actor in two roles counts once."""
    return found.groupby(key, as_index=False, sort=True).agg(
        first=("first", "min"),
        last=("last", "max"),
        figure=("figure", "first"),
        is_open=("is_open", "any"),
    )


def _roles_held(table: str, of: World, how: Counting) -> "pd.DataFrame":
    """A row a state in a role in an event that counts, with the years in which it counts."""
    from autocoop.loading import load

    columns = ["event_id", "year", "status", "start_date", "end_date"]
    # Releases before 0.2.0 do not have it.
    known = {record["column"] for record in release.codebook(how.version)[table]["columns"]}
    columns += ["last_reported_date"] if "last_reported_date" in known else []
    columns += [how.column] if how.column else []
    events = load(table, columns=columns, where=how.where, version=how.version)
    events = events[events["status"].isin(_statuses(how.statuses, table, how.version))]
    people = load(
        "participants",
        columns=["event_id", "actor_id", "role", "start_date", "end_date"],
        version=how.version,
    )
    found = people.merge(events, on="event_id", suffixes=("_own", ""))
    at = {state: index for index, state in enumerate(of.states)}
    if how.attribute_parents:
        at |= {actor: at[parent] for actor, parent in of.behind.items()}
    position = found["actor_id"].map(at)
    found = found.assign(a=position)[position.notna()]
    first = last = found["year"].astype("int64")
    is_open = found["end_date_own"].isna() & found["end_date"].isna()
    is_open &= how.span and table in LASTING
    if how.span:
        begins = [found[name].dt.year for name in ("start_date_own", "start_date")]
        first = begins[0].fillna(begins[1]).fillna(first).astype("int64")
        last = found["end_date_own"].dt.year
        for name in ("end_date", "last_reported_date"):
            last = last.fillna(found[name].dt.year) if name in found else last
        last = last.fillna(first).astype("int64")
        last = last.where(last >= first, first)
    figure = found[how.column] if how.column else 0
    return found[["event_id", "role"]].assign(
        a=found["a"].astype("int64"),
        first=first.clip(lower=of.years[0]),
        last=last.clip(upper=of.years[-1]),
        figure=figure,
        is_open=is_open,
    )


def by_year(counted: "pd.DataFrame", of: World) -> "pd.DataFrame":
    """A row for each year in which a part or dyad counts and its states existed.

    Columns: those of `counted`, with ``year`` for ``first`` and ``last``.
    """
    import numpy as np

    # Of no events at all, pandas forgets that years and positions are whole numbers.
    whole = dict.fromkeys(counted.columns.intersection(["a", "b", "first", "last"]), np.int64)
    counted = counted.astype(whole)
    lengths = (counted["last"] - counted["first"] + 1).to_numpy().clip(0)
    spread = counted.loc[counted.index.repeat(lengths)].reset_index(drop=True)
    offset = np.arange(len(spread)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    year = spread["first"].to_numpy() + offset
    at = year - of.years[0]
    is_there = of.exists[spread["a"].to_numpy(), at]
    if "b" in spread:
        is_there &= of.exists[spread["b"].to_numpy(), at]
    return spread.assign(year=year).drop(columns=["first", "last"])[is_there]


# --- rows and columns -------------------------------------------------------------------------


def _state_rows(of: World, states: list[int], years: list[int]) -> "np.ndarray":
    """Mask of the state-years of the panel, shape (states, years)."""
    import numpy as np

    mask = np.zeros(of.exists.shape, bool)
    mask[np.ix_(states, [year - of.years[0] for year in years])] = True
    return mask & of.exists


def _dyad_rows(
    of: World, states: list[int], partners: list[int], years: list[int], directed: bool
) -> "np.ndarray":
    """Mask of the dyad-years of the panel, shape (states, states, years)."""
    import numpy as np

    if len({*states, *partners}) < 2:
        raise BadFilter(
            "states: a dyad has two; name at least two states, or partners=, or none for all"
        )
    a, b = (_state_rows(of, side, years) for side in (states, partners))
    mask = a[:, None, :] & b[None, :, :]
    mask[range(len(a)), range(len(a))] = False
    if not directed:
        mask |= mask.swapaxes(0, 1)
        mask[np.tri(len(a), dtype=bool)] = False
    return mask


def _keys(of: World, mask: "np.ndarray") -> dict[str, Any]:
    """Keys, codes and regimes of the rows of a mask, in its order."""
    import numpy as np
    import pandas as pd

    *sides, at = np.nonzero(mask)
    suffixes = [""] if len(sides) == 1 else ["_a", "_b"]
    pairs = [(suffix, side.astype(np.int16)) for suffix, side in zip(suffixes, sides, strict=True)]
    data: dict[str, Any] = {
        f"actor_id{suffix}": _categories(of.states, side) for suffix, side in pairs
    }
    data["year"] = pd.arrays.IntegerArray(at + of.years[0], np.zeros(len(at), bool))
    for suffix, side in pairs:
        data[f"iso3{suffix}"] = _categories(of.codes["iso3"], side)
        for name in ("cow_code", "gw_code", "vdem_id"):
            codes = of.codes[name]
            numbers = np.array([code or 0 for code in codes], np.int64)
            is_missing = np.array([code is None for code in codes])
            data[name + suffix] = pd.arrays.IntegerArray(numbers[side], is_missing[side])
    for suffix, side in pairs:
        regime = of.regime[side, at]
        is_missing = regime < 0
        data[f"regime{suffix}"] = pd.arrays.IntegerArray(regime.astype(np.int64), is_missing)
        carried = of.is_regime_carried[side, at]
        data[f"is_regime_carried{suffix}"] = pd.arrays.BooleanArray(carried, is_missing.copy())
    return data


def _categories(names: list[str], positions: "np.ndarray") -> "pd.Categorical":
    import pandas as pd

    return pd.Categorical.from_codes(positions, dtype=pd.CategoricalDtype(names), validate=False)


def _either_way(levels: "np.ndarray") -> "np.ndarray":
    """How well a pair was searched where either side may act: both ways have to be."""
    import numpy as np

    return combined(np.stack([levels, levels.swapaxes(0, 1)]), 0)


def _cells(
    table: str,
    value: str,
    column: str | None,
    counted: "pd.DataFrame",
    levels: "np.ndarray",
    mask: "np.ndarray",
    of: World,
    coverage: str,
) -> dict[str, Any]:
    """The columns of a table: its values, and why they are what they are."""
    import numpy as np
    import pandas as pd

    spread = by_year(counted, of)
    sides = [spread[name].to_numpy() for name in ("a", "b") if name in spread]
    cells = (*sides, spread["year"].to_numpy() - of.years[0])
    counts = np.zeros(mask.shape, np.int32)
    np.add.at(counts, cells, 1)
    may_go_on = np.zeros(mask.shape, bool)
    after = counted[counted["is_open"]]
    after = by_year(after.assign(first=after["last"] + 1, last=of.years[-1]), of)
    may_go_on[
        (
            *(after[name].to_numpy() for name in ("a", "b") if name in after),
            after["year"].to_numpy() - of.years[0],
        )
    ] = True
    counts, levels, may_go_on = counts[mask], levels[mask], may_go_on[mask]
    has_events = counts > 0
    is_missing = ~has_events & ((levels != SEARCHED) | may_go_on)
    why = {coverage: names_of(levels, has_events, may_go_on)}
    if value == "any":
        return {table: pd.arrays.BooleanArray(has_events, is_missing)} | why
    if column is None:
        return {table: pd.arrays.IntegerArray(counts.astype(np.int64), is_missing)} | why
    sums, unknown = np.zeros(mask.shape, np.int64), np.zeros(mask.shape, np.int32)
    np.add.at(sums, cells, spread["figure"].fillna(0).to_numpy(np.int64))
    np.add.at(unknown, cells, spread["figure"].isna().to_numpy(np.int32))
    sums, unknown = sums[mask], unknown[mask]
    name = f"{table}_{column}"
    none_missing = np.zeros(len(unknown), bool)
    return {
        name: pd.arrays.IntegerArray(sums, is_missing | (unknown > 0)),
        f"{name}_missing_count": pd.arrays.IntegerArray(unknown.astype(np.int64), none_missing),
    } | why
