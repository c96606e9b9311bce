"""Networks: the edges are the events of the panel, by year and over all years."""

import sys

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autocoop
from autocoop import errors
from autocoop.covering import world
from autocoop.loading import read
from autocoop.panels import by_year
from autocoop.parties import EVENT_TYPE

FOUR = ["RUS", "CHN", "IRN", "PRK"]


def edges_of_panel(table: str, **options) -> dict:
    directed = table != "joint_exercises"
    panel = autocoop.panel("dyad-year", tables=table, directed=directed, **options)
    some = panel[panel["coverage"] == "events"]
    return {
        (row.actor_id_a, row.actor_id_b, row.year): getattr(row, table) for row in some.itertuples()
    }


@settings(max_examples=12)
@given(st.sampled_from(sorted(EVENT_TYPE)), st.booleans(), st.booleans())
def test_edges_are_the_dyad_years_with_events(table, span, attribute_parents) -> None:
    options = {"span": span, "attribute_parents": attribute_parents}
    edges = autocoop.network(table, **options)
    found = {
        (row.actor_id_a, row.actor_id_b, row.year): row.event_count for row in edges.itertuples()
    }
    assert found == edges_of_panel(table, **options)
    keys = list(zip(edges["actor_id_a"], edges["actor_id_b"], edges["year"], strict=True))
    assert keys == sorted(keys)
    assert (edges["event_ids"].list.len() == edges["event_count"]).all()


def test_each_event_of_an_edge_has_both_ends() -> None:
    together = {
        row["event_id"]: set(row["participants"]) for row in read("joint_exercises").to_pylist()
    }
    edges = autocoop.network()
    for row in edges.itertuples():
        for event_id in row.event_ids:
            assert {row.actor_id_a, row.actor_id_b} <= together[event_id]


def test_over_all_years_an_event_counts_once() -> None:
    yearly = autocoop.network("interventions", span=True)
    total = autocoop.network("interventions", span=True, yearly=False)
    assert "year" not in total
    both = yearly.explode("event_ids").groupby(["actor_id_a", "actor_id_b"])["event_ids"].nunique()
    assert both.tolist() == total["event_count"].tolist()
    assert total["event_count"].sum() < yearly["event_count"].sum()


def test_graph_of_exercises_is_weighted_and_undirected() -> None:
    graph = autocoop.network(states=FOUR, yearly=False, format="networkx")
    assert type(graph) is nx.Graph
    # North Korea is named: it is a node though it has no edge.
    assert sorted(graph) == sorted(FOUR)
    edges = autocoop.network(states=FOUR, yearly=False)
    weights = {
        frozenset((row.actor_id_a, row.actor_id_b)): row.event_count for row in edges.itertuples()
    }
    assert {frozenset(e[:2]): e[2] for e in graph.edges(data="weight")} == weights
    assert graph["RUS"]["CHN"]["weight"] == len(graph["RUS"]["CHN"]["event_ids"].split(";")) > 10
    assert graph.nodes["CHN"] == {
        "name": "China",
        "cow_code": 710,
        "gw_code": 710,
        "vdem_id": 110,
    }


def test_graphs_by_year_hold_every_year_and_its_states() -> None:
    graphs = autocoop.network(
        "arms_transfers", years="2009..2012", states=["SSD", "RUS", "CHN"], format="networkx"
    )
    assert list(graphs) == [2009, 2010, 2011, 2012]
    assert all(type(graph) is nx.DiGraph for graph in graphs.values())
    assert [("SSD" in graph) for graph in graphs.values()] == [False, False, True, True]
    assert graphs[2012].nodes["CHN"]["regime"] == 0


def test_direction_is_from_supplier_to_recipient() -> None:
    graph = autocoop.network("arms_transfers", yearly=False, format="networkx")
    deals = {(row["supplier"], row["recipient"]) for row in read("arms_transfers").to_pylist()}
    assert set(graph.edges) <= deals
    assert graph.has_edge("RUS", "DZA")
    assert not graph.has_edge("DZA", "RUS")


def test_an_edge_begins_when_both_states_exist() -> None:
    of = world()
    a, b = of.positions("UGA")[0], of.positions("SSD")[0]
    pair = {"event_id": ["x"], "a": [a], "b": [b], "first": [2010], "last": [2012], "figure": [0]}
    assert by_year(pd.DataFrame(pair), of)["year"].tolist() == [2011, 2012]


def test_no_edges_is_an_empty_table() -> None:
    edges = autocoop.network(states=["VAT", "MCO"])
    full = autocoop.network()
    assert len(edges) == 0
    pd.testing.assert_series_equal(edges.dtypes, full.dtypes)


def test_missing_networkx_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "networkx", None)
    assert len(autocoop.network()) > 0
    with pytest.raises(errors.MissingPackage, match=r"pip install autocoop\[network\]"):
        autocoop.network(format="networkx")


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: autocoop.network("exercises"), errors.UnknownTable, "joint_exercises"),
        (lambda: autocoop.network(format="igraph"), errors.UnknownFormat, "networkx"),
        (lambda: autocoop.network(states="RUS"), errors.BadFilter, "two"),
        (lambda: autocoop.network(states=["Rusia", "CHN"]), errors.UnknownActor, "mean 'Russia'"),
    ],
)
def test_mistakes_are_answered_with_what_there_is(call, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        call()
