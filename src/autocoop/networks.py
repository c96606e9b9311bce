"""Who exercises with, arms, trains or intervenes for whom, as a network."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from autocoop.covering import World, world
from autocoop.errors import BadFilter, MissingPackage, UnknownFormat
from autocoop.panels import Counting, by_year, dyads
from autocoop.parties import is_directed, wide_tables

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("pandas", "networkx")


def network(
    table: str = "joint_exercises",
    *,
    years: Any = None,
    states: str | Iterable[str] | None = None,
    yearly: bool = True,
    format: str = "pandas",
    statuses: str | Iterable[str] | None = None,
    span: bool = False,
    attribute_parents: bool = False,
    where: Mapping[str, Any] | None = None,
    version: str | None = None,
) -> Any:
    """The network of states that a kind of event makes: weighted, by year or over all years.

    An edge joins two states that take part in the same exercise; in the other tables it leads
    from supplier to recipient, intervener to target, provider to trainee. Its weight is the
    number of events, as `panel` counts them. There is an edge only where the release holds an
    event: that two states have none does not say that somebody looked (`panel` does).

    Parameters
    ----------
    table
        ``joint_exercises`` (undirected), ``arms_transfers``, ``interventions`` or
        ``pme_programs`` (directed).
    years, states, statuses, span, attribute_parents, where, version
        As in `panel`. Both ends of an edge are among `states`.
    yearly
        `True`: a network for each year. `False`: one over all years, in which an event counts
        once however long it lasts.
    format
        ``"pandas"``: the edge list. ``"networkx"``: a `networkx.Graph`, or a `networkx.DiGraph`
        for directed tables; where `yearly`, a dictionary of year -> graph, years without an edge
        included. Needs networkx (``pip install autocoop[network]``).

    Returns
    -------
    The edge list has one row an edge (and year), sorted: ``actor_id_a``, ``actor_id_b`` (in
    alphabetical order where undirected), ``year`` where yearly, ``event_count`` and
    ``event_ids``, the events that make the edge.

    Nodes of a graph are states by `actor_id`: those with an edge and, where `states` are named,
    all of these that existed in the time of the graph. They carry ``name``, ``cow_code``,
    ``gw_code`` and ``vdem_id`` (where there is one) and, where yearly, ``regime``; edges carry
    ``weight`` and ``event_ids``, joined by ``;`` so that every format of graph can hold them.

    Raises
    ------
    UnknownTable, UnknownActor, UnknownRegion, UnknownValue, UnknownFormat
        With what there is.
    BadFilter
        Years that the release does not cover, or fewer than two states.
    MissingPackage
        ``format="networkx"`` without networkx.
    """
    if format not in FORMATS:
        raise UnknownFormat(format, FORMATS)
    (table,) = wide_tables([table])
    of = world(version)
    chosen_years, chosen = of.chosen_years(years), of.positions(states)
    if len(chosen) < 2:
        raise BadFilter("states: an edge joins two; name at least two states, or none for all")
    how = Counting(statuses, span, attribute_parents, where, version=version)
    counted = dyads(table, of, how, directed=is_directed(table))
    spread = by_year(counted, of)
    spread = spread[
        spread["year"].isin(chosen_years) & spread["a"].isin(chosen) & spread["b"].isin(chosen)
    ]
    edges = _edges(spread, of, yearly)
    if format == "pandas":
        return edges
    named = [] if states is None else chosen
    if not yearly:
        return _graph(edges, of, is_directed(table), named, chosen_years)
    return {
        year: _graph(edges[edges["year"] == year], of, is_directed(table), named, [year])
        for year in chosen_years
    }


def _edges(spread: "pd.DataFrame", of: World, yearly: bool) -> "pd.DataFrame":
    """The edge list of dyads that count."""
    import pandas as pd
    import pyarrow as pa

    key = ["a", "b", "year"] if yearly else ["a", "b"]
    # Positions of states are in the order of their names.
    events = spread.groupby(key)["event_id"].agg(lambda ids: sorted(set(ids))).reset_index()
    ids = events["event_id"].tolist()
    data = {
        f"actor_id_{side}": pd.array([of.states[index] for index in events[side]], dtype="str")
        for side in ("a", "b")
    }
    if yearly:
        data["year"] = events["year"].astype("Int64")
    data["event_count"] = pd.array([len(members) for members in ids], dtype="Int64")
    data["event_ids"] = pd.array(ids, dtype=pd.ArrowDtype(pa.list_(pa.string())))
    return pd.DataFrame(data)


def _graph(
    edges: "pd.DataFrame", of: World, directed: bool, named: list[int], years: list[int]
) -> Any:
    """The graph of an edge list, and of the named states that existed in one of the years."""
    try:
        import networkx as nx
    except ImportError as error:
        raise MissingPackage(
            "format='networkx' needs networkx: pip install autocoop[network]"
        ) from error
    graph = nx.DiGraph() if directed else nx.Graph()
    at = {state: index for index, state in enumerate(of.states)}
    columns = [year - of.years[0] for year in years]
    nodes = {at[state] for side in ("a", "b") for state in edges[f"actor_id_{side}"]}
    nodes |= {index for index in named if of.exists[index, columns].any()}
    for index in sorted(nodes):
        facts: dict[str, Any] = {"name": of.names[index]}
        facts |= {
            name: of.codes[name][index]
            for name in ("cow_code", "gw_code", "vdem_id")
            if of.codes[name][index] is not None
        }
        if len(columns) == 1 and of.regime[index, columns[0]] >= 0:
            facts["regime"] = int(of.regime[index, columns[0]])
        graph.add_node(of.states[index], **facts)
    for row in edges.itertuples(index=False):
        graph.add_edge(
            row.actor_id_a,
            row.actor_id_b,
            weight=int(row.event_count),
            event_ids=";".join(row.event_ids),
        )
    return graph
