"""What was searched, and where a zero therefore means that somebody looked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autocoop import release
from autocoop.errors import BadFilter
from autocoop.parties import ACTING, EVENT_TYPE, HELD, is_directed, wide_tables
from autocoop.schemas.vocabularies import YEARS_A_QUERY

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

#: How well a cell was searched, best first, with what it means.
SEARCH = {
    "searched": (
        f"open searches cover the whole cell, with a query for every {YEARS_A_QUERY} years at "
        "least: no event means that none was found (announced, cancelled and intercepted ones do "
        "not count)"
    ),
    "partly_searched": (
        "open searches cover only some partners, one series or one side of the cell, were made "
        "for an organisation or with few queries for many years, or found something that no page "
        "makes codable"
    ),
    "named_only": "only events known by name were looked up",
    "not_searched": "nothing was looked up",
    "out_of_scope": (
        "the acting side is a democracy in that year: the dataset holds no such event, and "
        "nobody would have coded one"
    ),
}

#: Why a cell of a panel holds what it holds.
COVERAGE = {
    "events": "the release holds events, searched for or not",
    "open_ended": "an intervention without a known end began before, and may have gone on",
    **SEARCH,
}

# Levels of search as numbers, so that the better of two searches is the larger one. A level of
# OUT is left aside wherever cells are taken together.
OUT, NOT_SEARCHED, NAMED_ONLY, PARTLY, SEARCHED = -1, 0, 1, 2, 3
_NAMES = {
    SEARCHED: "searched",
    PARTLY: "partly_searched",
    NAMED_ONLY: "named_only",
    NOT_SEARCHED: "not_searched",
    OUT: "out_of_scope",
}


@dataclass(frozen=True)
class World:
    """The states of a release and the years it covers.

    Arrays have a row a state, in the order of `states`, and a column a year.
    """

    states: list[str]
    years: range
    names: list[str]
    codes: dict[str, list[Any]]
    #: The state existed at some time of the year.
    exists: "np.ndarray"
    #: Regimes of the World class, -1 where there is none.
    regime: "np.ndarray"
    is_regime_carried: "np.ndarray"
    #: Actor that is no state -> the state behind it.
    behind: dict[str, str]
    #: Those of them that can deploy: all but territories, which have an ISO code.
    groups: list[str]
    #: Organisation -> state -> years of membership.
    members: dict[str, dict[str, set[int]]]

    def positions(self, names: Iterable[str] | str | None) -> list[int]:
        """Rows of the states named by id, name, alias or region; all by default.

        Raises `UnknownActor`, with the states there are.
        """
        from autocoop.where import resolve_actors

        if names is None:
            return list(range(len(self.states)))
        at = {state: index for index, state in enumerate(self.states)}
        found = set()
        for name in [names] if isinstance(names, str) else names:
            actors = resolve_actors(name, at, "the states of the release")
            found |= {at[actor] for actor in actors}
        return sorted(found)

    def chosen_years(self, years: Any) -> list[int]:
        """The years meant, all by default; the release covers each of them, or `BadFilter`."""
        first, last = self.years[0], self.years[-1]
        if years is None:
            return list(self.years)
        try:
            if isinstance(years, str):
                low, dots, high = (part.strip() for part in years.partition(".."))
                years_ = slice(low or None, high or None) if dots else [low]
            else:
                years_ = years
            if isinstance(years_, slice):
                low = first if years_.start is None else int(years_.start)
                high = last if years_.stop is None else int(years_.stop)
                years_ = range(low, high + 1)
            elif isinstance(years_, int) or getattr(years_, "ndim", None) == 0:
                years_ = [years_]
            chosen = sorted({int(year) for year in years_})
        except (TypeError, ValueError) as error:
            raise BadFilter(
                f"years={years!r} are no years; write 2015, '2010..2015' or range(2010, 2016)"
            ) from error
        if not chosen or chosen[0] < first or chosen[-1] > last:
            raise BadFilter(f"years={years!r}: this release covers {first} to {last}")
        return chosen


def world(version: str | None = None) -> World:
    """The states and years of a release (the shipped one, by default)."""
    import numpy as np

    from autocoop.loading import read
    from autocoop.where import members_by_year

    about = release.manifest(version)["about"]
    # A panel ends where the release's coverage does, whatever the day is today.
    first, last = (int(about[f"coverage_{end}"][:4]) for end in ("start", "end"))
    years = range(first, last + 1)
    actors = read("actors", version=version).to_pylist()
    rows = sorted(
        (row for row in actors if row["kind"] == "state"), key=lambda row: row["actor_id"]
    )
    exists = np.array([[existed(row, year) for year in years] for row in rows])
    regime = np.full(exists.shape, -1, np.int8)
    carried = np.zeros(exists.shape, bool)
    at = {row["actor_id"]: index for index, row in enumerate(rows)}
    regimes = read("regimes", version=version)
    columns = (regimes[name].to_pylist() for name in regimes.column_names)
    found = dict(zip(regimes.column_names, columns, strict=True))
    for actor, year, class_, is_carried in zip(
        found["actor_id"],
        found["year"],
        found["regime"],
        found["is_regime_carried"],
        strict=True,
    ):
        if actor in at and first <= year <= last:
            regime[at[actor], year - first] = class_
            carried[at[actor], year - first] = is_carried
    return World(
        states=list(at),
        years=years,
        names=[row["name"] for row in rows],
        codes={
            name: [row[name] for row in rows] for name in ("iso3", "cow_code", "gw_code", "vdem_id")
        },
        exists=exists,
        regime=regime,
        is_regime_carried=carried,
        behind={
            row["actor_id"]: row["parent"]
            for row in actors
            if row["kind"] != "state" and row["parent"] in at
        },
        groups=sorted(
            row["actor_id"]
            for row in actors
            if row["kind"] != "state" and row["parent"] in at and row["iso3"] is None
        ),
        members=members_by_year(version),
    )


def existed(actor: Mapping[str, Any], year: int) -> bool:
    """The actor existed on at least one day of the year."""
    begin, end = actor["valid_from"], actor["valid_to"]
    return (begin is None or begin.year <= year) and (end is None or end.year >= year)


def combined(levels: "np.ndarray", axis: int) -> "np.ndarray":
    """The level of cells taken together.

    Searched where each of them is, partly searched where one of them is at least that, else the
    best of them; those out of scope are left aside, and out of scope are all together only
    where each of them is.
    """
    import numpy as np

    is_out = levels == OUT
    best = levels.max(axis)
    whole = ((levels == SEARCHED) | is_out).all(axis)
    partly = np.where(best >= PARTLY, PARTLY, best)
    return np.where(is_out.all(axis), OUT, np.where(whole, SEARCHED, partly)).astype(np.int8)


def asks_for_any_event(search: Mapping[str, Any]) -> bool:
    """Whether a search asked for whatever there is in its cell.

    One for the editions of a series says nothing of other events.
    """
    return search["scope"] == "open" and search["series_id"] is None


def has_enough_queries(search: Mapping[str, Any]) -> bool:
    """Whether a search asked often enough for the years it spans."""
    years = search["year_to"] - search["year_from"] + 1
    return len(search["queries"].split(" | ")) * YEARS_A_QUERY >= years


def strength(search: Mapping[str, Any]) -> int:
    """What a search can show at best, its partners aside.

    Only an open search of the whole cell can show that there was nothing; one that found what no
    page makes codable cannot say "none".
    """
    if search["scope"] != "open":
        return NAMED_ONLY
    is_whole = asks_for_any_event(search) and has_enough_queries(search)
    return SEARCHED if is_whole and search["outcome"] != "unclear" else PARTLY


def dyad_levels(
    table: str,
    world: World,
    searches: Iterable[Mapping[str, Any]],
    *,
    attribute_parents: bool = False,
) -> "np.ndarray":
    """How well each dyad-year was searched.

    Shape ``(states + 1, states + 1, years)``: who acts, on whom, when; the last row and column
    stand for all actors that are no states. For exercises the two sides are alike. States that
    did not exist, pairs of one state and, where one side acts on the other, democracies that act
    are `OUT`.

    A row of `searches` covers the pairs of each of its actors with each of its partners or, in an
    open search that names none, with everybody. Several actors of an exercise were searched for
    together: they cover the pairs among themselves alone. A search for an organisation's
    exercises covers the pairs of its members, partly.
    """
    import numpy as np

    directed = is_directed(table)
    # A zero of the state is then one of the groups behind which it stands, too: each of them has
    # to be searched. Only in interventions do groups act.
    groups = world.groups if attribute_parents and table == "interventions" else []
    count = len(world.states)
    ids = [*world.states, *groups]
    at = {actor: index for index, actor in enumerate(ids)}
    others = len(ids)
    levels = np.zeros((others + 1, others + 1, len(world.years)), np.int8)
    first = world.years[0]

    def cover(acting: list[int], receiving: Any, years: Any, level: int) -> None:
        for a in acting:
            cells = levels[a, receiving, years]
            levels[a, receiving, years] = np.maximum(cells, level)
            if not directed:
                cells = levels[receiving, a, years]
                levels[receiving, a, years] = np.maximum(cells, level)

    for search in searches:
        if search["type"] != EVENT_TYPE[table]:
            continue
        begin = max(search["year_from"] - first, 0)
        years = slice(begin, max(search["year_to"] - first + 1, begin))
        level = strength(search)
        actors, partners = search["actor_ids"], search["partner_ids"]
        together = not directed and len(actors) > 1
        for actor in actors:
            # One group does not stand for all that are no states.
            own = level if actor in at else min(level, PARTLY)
            a = at.get(actor, others)
            for partner in [*(partners or []), *(actors if together else [])]:
                if partner != actor:
                    b = at.get(partner, others)
                    cover([a], b, years, own if partner in at else min(own, PARTLY))
            if not partners and (together or level == NAMED_ONLY):
                # The event had, or the search asked for, some other partner, not any.
                cover([a], others, years, min(own, PARTLY))
            elif not partners and (directed or actor in at):
                cover([a], slice(None), years, own)
        if not directed:
            for year in world.years[years]:
                members = [
                    at[state]
                    for actor in actors
                    for state, spell in world.members.get(actor, {}).items()
                    if year in spell and state in at
                ]
                named = [at[partner] for partner in partners or [] if partner in at]
                cover(members, named or members, year - first, min(level, PARTLY))

    for group in groups:
        parent, own = at[world.behind[group]], at[group]
        levels[parent] = combined(np.stack([levels[parent], levels[own]]), 0)
    kept = [*range(count), others]
    levels = levels[kept][:, kept]
    is_gone = ~world.exists
    acting, receiving = levels[:count], levels[:, :count]
    acting[np.broadcast_to(is_gone[:, None, :], acting.shape)] = OUT
    receiving[np.broadcast_to(is_gone, receiving.shape)] = OUT
    levels[range(count), range(count)] = OUT
    if directed:
        acting[np.broadcast_to((world.regime >= 2)[:, None, :], acting.shape)] = OUT
        if table != "interventions":
            # Suppliers and providers are states; interveners may be organisations.
            levels[count] = OUT
    return levels


def state_levels(levels: "np.ndarray", table: str, roles: Iterable[str]) -> "np.ndarray":
    """How well each state-year was searched in the roles: what its dyads are, taken together."""
    import numpy as np

    roles, count = set(roles), len(levels) - 1
    sides = []
    if roles & set(ACTING[table]):
        sides.append(levels[:count])
    if roles - set(ACTING[table]):
        sides.append(levels[:, :count].swapaxes(0, 1))
    return combined(np.concatenate(sides, axis=1), 1)


def names_of(
    levels: "np.ndarray",
    has_events: "np.ndarray | None" = None,
    is_open: "np.ndarray | None" = None,
) -> "pd.Categorical":
    """Levels as a categorical of their names; where given, with whether there are events or one
    that may have gone on.
    """
    import numpy as np
    import pandas as pd

    names = list(SEARCH if has_events is None else COVERAGE)
    code_of_level = np.array([names.index(_NAMES[level]) for level in range(OUT, SEARCHED + 1)])
    codes = code_of_level.astype(np.int8)[levels - OUT]
    if is_open is not None:
        codes[is_open] = names.index("open_ended")
    if has_events is not None:
        codes[has_events] = names.index("events")
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(names), validate=False)


def coverage(
    table: str,
    *,
    years: Any = None,
    actors: str | Iterable[str] | None = None,
    version: str | None = None,
) -> "pd.DataFrame":
    """What was searched for a kind of event, in which languages, and what came of it.

    Parameters
    ----------
    table
        ``arms_transfers``, ``joint_exercises``, ``interventions`` or ``pme_programs``.
    years
        ``2015``, ``"2010..2015"``, a `range`, a `slice` or a list; all the release covers by
        default.
    actors
        Actors by id, name, alias or region; by default all states, and the other actors searched
        for.
    version
        An older release that `versions()` lists.

    Returns
    -------
    One row an actor and year, sorted. The actor is the one that acts (supplier, intervener,
    provider; any side of an exercise), as which the searches are filed.

    - ``actor_id``, ``year``
    - ``search``: how well the actor's events of the year were searched (categorical;
      `autocoop.covering.SEARCH` says what each level means); only ``searched`` supports a zero.
    - ``open_count``, ``named_count``: searches of scope open and named that name the actor; a
      state's cell can be partly searched by an organisation's rows, which stand under its name.
    - ``found_count``, ``none_count``, ``unclear_count``: what came of them.
    - ``languages``: of their queries; missing where nothing was searched.
    - ``partner_ids``: partners that open searches asked for; missing where one asked for any,
      or none was made.
    - ``event_count``: events of the year, held, in which the actor acts.
    - ``search_ids``: the searches, to look up in ``load("searches")``.

    Raises
    ------
    UnknownTable, UnknownActor, UnknownRegion
        With what there is.
    BadFilter
        Years that the release does not cover.
    """
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    from autocoop.loading import read
    from autocoop.where import resolve_actors

    (table,) = wide_tables([table])
    states = world(version)
    chosen = states.chosen_years(years)
    rows_of_actors = {
        row["actor_id"]: row
        for row in read("actors", ["actor_id", "valid_from", "valid_to"], version).to_pylist()
    }
    searches = [
        search
        for search in read("searches", version=version).to_pylist()
        if search["type"] == EVENT_TYPE[table]
    ]
    searched = {actor for search in searches for actor in search["actor_ids"]}
    if actors is None:
        wanted = sorted({*states.states, *searched})
    else:
        named = [actors] if isinstance(actors, str) else actors
        wanted = sorted(
            {actor for name in named for actor in resolve_actors(name, rows_of_actors, "actors")}
        )
    by_cell: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for search in searches:
        named = set(search["actor_ids"])
        if not is_directed(table):
            named |= set(search["partner_ids"] or ())
        for actor in named:
            for year in range(search["year_from"], search["year_to"] + 1):
                by_cell.setdefault((actor, year), []).append(search)
    levels = state_levels(dyad_levels(table, states, searches), table, ACTING[table])
    at = {state: index for index, state in enumerate(states.states)}
    held = _acting(table, version)
    rows, found = [], []
    for actor in wanted:
        for year in chosen:
            if not existed(rows_of_actors[actor], year):
                continue
            own = by_cell.get((actor, year), [])
            opened = [search for search in own if search["scope"] == "open"]
            outcomes = [search["outcome"] for search in own]
            partners = [_partners(search, actor, is_directed(table)) for search in opened]
            if actor in at:
                found.append(levels[at[actor], year - states.years[0]])
            else:
                found.append(_level_of_group(own))
            rows.append(
                {
                    "actor_id": actor,
                    "year": year,
                    "open_count": len(opened),
                    "named_count": len(own) - len(opened),
                    **{f"{name}_count": outcomes.count(name) for name in _OUTCOMES},
                    "languages": _union(search["languages"] for search in own),
                    "partner_ids": _union(partners) if all(partners) else None,
                    "event_count": held.get((actor, year), 0),
                    "search_ids": sorted(search["search_id"] for search in own) or None,
                }
            )
    integers = ["year", "open_count", "named_count", *(f"{name}_count" for name in _OUTCOMES)]
    kinds = {name: pd.Int64Dtype() for name in [*integers, "event_count"]}
    text_list = pd.ArrowDtype(pa.list_(pa.string()))
    kinds |= dict.fromkeys(("languages", "partner_ids", "search_ids"), text_list)
    columns = ["actor_id", *integers, "languages", "partner_ids", "event_count", "search_ids"]
    frame = pd.DataFrame(rows, columns=columns)
    frame = pd.DataFrame(
        {
            name: pd.array(frame[name].tolist(), dtype=kinds[name])
            if name in kinds
            else frame[name].astype("str")
            for name in columns
        }
    )
    frame.insert(2, "search", names_of(np.array(found, np.int8)))
    return frame


_OUTCOMES = ("found", "none", "unclear")


def _partners(search: Mapping[str, Any], actor: str, directed: bool) -> list[str] | None:
    """Whom a search asked for beside the actor; nothing where it asked for any partner."""
    partners = search["partner_ids"] or []
    if directed:
        return partners or None
    return [name for name in [*search["actor_ids"], *partners] if name != actor] or None


def _union(lists: Iterable[list[str] | None]) -> list[str] | None:
    """The distinct members, sorted; nothing where there are none."""
    return sorted({member for members in lists for member in members or ()}) or None


def _level_of_group(searches: list[dict[str, Any]]) -> int:
    """How well an actor that is no state was searched."""
    levels = [
        min(strength(search), PARTLY) if search["partner_ids"] else strength(search)
        for search in searches
    ]
    return max(levels, default=NOT_SEARCHED)


def _acting(table: str, version: str | None) -> dict[tuple[str, int], int]:
    """Actor and year -> events held in which it acts."""
    from autocoop.loading import read

    years = {
        row["event_id"]: row["year"]
        for row in read(table, ["event_id", "year", "status"], version).to_pylist()
        if row["status"] in HELD[table]
    }
    pairs = {
        (row["event_id"], row["actor_id"])
        for row in read("participants", ["event_id", "actor_id", "role"], version).to_pylist()
        if row["role"] in ACTING[table] and row["event_id"] in years
    }
    if not is_directed(table):
        # An organisation acts in the exercises of its framework, listed among the sides or not.
        pairs |= {
            (row["event_id"], row["framework"])
            for row in read(table, ["event_id", "framework"], version).to_pylist()
            if row["framework"] is not None and row["event_id"] in years
        }
    counts: dict[tuple[str, int], int] = {}
    for event_id, actor in pairs:
        cell = (actor, years[event_id])
        counts[cell] = counts.get(cell, 0) + 1
    return counts
