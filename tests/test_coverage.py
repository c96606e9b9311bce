"""What was searched: a zero needs an open search of the whole cell, and `coverage` shows which."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autocoop
from autocoop import errors
from autocoop.covering import (
    COVERAGE,
    PARTLY,
    SEARCH,
    SEARCHED,
    World,
    dyad_levels,
    state_levels,
    strength,
)
from autocoop.loading import read
from autocoop.parties import ACTING, EVENT_TYPE, HELD, PRINCIPALS, is_directed

STATES = ["AAA", "BBB", "CCC", "DDD"]
YEARS = range(2000, 2004)


def small_world() -> World:
    """Four autocracies, of which DDD exists from 2002 and CCC is a democracy in 2003."""
    exists = np.ones((4, 4), bool)
    exists[3, :2] = False
    regime = np.zeros((4, 4), np.int8)
    regime[2, 3] = 2
    return World(
        states=STATES,
        years=YEARS,
        names=STATES,
        codes={"iso3": STATES},
        exists=exists,
        regime=regime,
        is_regime_carried=np.zeros((4, 4), bool),
        behind={"PMC_A": "AAA"},
        groups=["PMC_A"],
        members={"ORG": {"AAA": {2000, 2001}, "BBB": {2001}}},
    )


def search(actors, partners=None, years=(2000, 2003), **changes) -> dict:
    return {
        "type": "arms_transfer",
        "actor_ids": list(actors),
        "partner_ids": list(partners) if partners else None,
        "series_id": None,
        "year_from": years[0],
        "year_to": years[1],
        "scope": "open",
        "outcome": "found",
        "queries": "what | when | where",
        **changes,
    }


def level(table: str, rows: list[dict], a: str, b: str, year: int, **options) -> int:
    levels = dyad_levels(table, small_world(), rows, **options)
    return levels[STATES.index(a), STATES.index(b), year - 2000]


searches = st.builds(
    search,
    st.lists(st.sampled_from([*STATES, "ORG", "PMC_A"]), min_size=1, max_size=3, unique=True),
    st.none() | st.lists(st.sampled_from([*STATES, "GROUP"]), min_size=1, max_size=2, unique=True),
    st.tuples(st.integers(2000, 2003), st.integers(0, 3)).map(lambda y: (y[0], y[0] + y[1])),
    type=st.sampled_from(sorted(EVENT_TYPE.values())),
    scope=st.sampled_from(["open", "named"]),
    outcome=st.sampled_from(["found", "none", "unclear"]),
    series_id=st.sampled_from([None, None, "some-series"]),
)


def supports_a_zero(row: dict, table: str, a: str, b: str, year: int) -> bool:
    """The rule as it is documented, cell by cell."""
    if row["type"] != EVENT_TYPE[table] or row["scope"] != "open":
        return False
    if row["series_id"] or row["outcome"] == "unclear":
        return False
    if not row["year_from"] <= year <= row["year_to"]:
        return False
    actors, partners = row["actor_ids"], row["partner_ids"]
    if is_directed(table):
        return a in actors and (partners is None or b in partners)
    if len(actors) > 1:
        with_partner = {(x, y) for x in actors for y in partners or []}
        return {a, b} <= set(actors) or bool({(a, b), (b, a)} & with_partner)
    one, other = (a, b) if a in actors else (b, a)
    return one in actors and (partners is None or other in partners)


@settings(max_examples=150)
@given(st.lists(searches, max_size=5), st.sampled_from(sorted(EVENT_TYPE)))
def test_zeros_stand_where_an_open_search_covers_the_cell_and_nowhere_else(rows, table) -> None:
    levels = dyad_levels(table, small_world(), rows)
    for i, a in enumerate(STATES):
        for j, b in enumerate(STATES):
            for year in YEARS:
                is_unit = a != b and not ("DDD" in (a, b) and year < 2002)
                in_scope = not (is_directed(table) and a == "CCC" and year == 2003)
                is_covered = any(supports_a_zero(row, table, a, b, year) for row in rows)
                expected = is_unit and in_scope and is_covered
                assert (levels[i, j, year - 2000] == SEARCHED) == expected, (a, b, year)


@settings(max_examples=100)
@given(st.lists(searches, max_size=4), searches, st.sampled_from(sorted(EVENT_TYPE)))
def test_one_more_search_never_makes_a_cell_less_searched(rows, row, table) -> None:
    before = dyad_levels(table, small_world(), rows)
    after = dyad_levels(table, small_world(), [*rows, row])
    assert (after >= before).all()
    for roles in ([role] for role in PRINCIPALS[table]):
        assert (state_levels(after, table, roles) >= state_levels(before, table, roles)).all()


def test_few_queries_do_not_answer_for_many_years() -> None:
    wide = {"year_from": 2000, "year_to": 2025}
    assert strength(search("AAA", queries="one | two | three", **wide)) == SEARCHED
    assert strength(search("AAA", queries="one | two", **wide)) == PARTLY
    assert strength(search("AAA", queries="one", years=(2001, 2010))) == SEARCHED
    assert strength(search("AAA", queries="one", years=(2001, 2011))) == PARTLY
    assert strength(search("AAA", queries="one | two | three", scope="named", **wide)) < PARTLY


def test_an_organisation_acts_in_the_exercises_of_its_framework() -> None:
    exercises = autocoop.load("joint_exercises", where={"framework": "SCO"})
    held = exercises[exercises["status"].isin(HELD["joint_exercises"])]
    counted = autocoop.coverage("joint_exercises", actors="SCO").set_index("year")["event_count"]
    expected = held.groupby("year").size().reindex(counted.index, fill_value=0)
    assert (counted >= expected).all()
    assert expected.sum() > 10


def test_a_search_is_filed_under_the_side_that_acts() -> None:
    rows = [search(["AAA"])]
    levels = dyad_levels("arms_transfers", small_world(), rows)
    assert level("arms_transfers", rows, "AAA", "BBB", 2001) == SEARCHED
    assert level("arms_transfers", rows, "BBB", "AAA", 2001) < SEARCHED
    supplier = state_levels(levels, "arms_transfers", ["supplier"])
    recipient = state_levels(levels, "arms_transfers", ["recipient"])
    both = state_levels(levels, "arms_transfers", ["supplier", "recipient"])
    assert (supplier[0] == SEARCHED).all()
    assert (recipient < SEARCHED).all()
    assert (both < SEARCHED).all()


def test_recipients_are_searched_once_every_supplier_is() -> None:
    levels = dyad_levels("arms_transfers", small_world(), [search(STATES)])
    assert (state_levels(levels, "arms_transfers", ["recipient"])[0] == SEARCHED).all()


def test_named_partners_say_nothing_of_the_whole_state() -> None:
    levels = dyad_levels("arms_transfers", small_world(), [search(["AAA"], ["BBB", "CCC"])])
    assert (state_levels(levels, "arms_transfers", ["supplier"])[0] < SEARCHED).all()


def test_a_state_is_searched_for_interventions_by_its_companies_only_if_they_are() -> None:
    own = search(["AAA"], type="intervention")
    theirs = search(["PMC_A"], type="intervention")
    cell = ("AAA", "BBB", 2001)
    assert level("interventions", [own], *cell) == SEARCHED
    assert level("interventions", [own], *cell, attribute_parents=True) < SEARCHED
    assert level("interventions", [own, theirs], *cell, attribute_parents=True) == SEARCHED


def test_an_organisations_search_covers_pairs_of_its_members_in_part() -> None:
    row = search(["ORG"], type="joint_exercise")
    levels = dyad_levels("joint_exercises", small_world(), [row])
    touched = {
        (STATES[i], STATES[j], 2000 + k) for i, j, k in np.argwhere(levels[:4, :4] > 0).tolist()
    }
    assert touched == {("AAA", "BBB", 2001), ("BBB", "AAA", 2001)}
    assert levels.max() < SEARCHED


# --- coverage() -------------------------------------------------------------------------------


@pytest.mark.parametrize("table", sorted(EVENT_TYPE))
def test_coverage_shows_every_search_of_the_ledger(table: str) -> None:
    frame = autocoop.coverage(table)
    assert not frame.duplicated(["actor_id", "year"]).any()
    shown = set(frame["search_ids"].dropna().explode())
    ledger = {
        row["search_id"] for row in read("searches").to_pylist() if row["type"] == EVENT_TYPE[table]
    }
    assert shown == ledger
    looked_up = frame["open_count"] + frame["named_count"]
    assert (looked_up == frame[["found_count", "none_count", "unclear_count"]].sum(axis=1)).all()
    assert (frame["languages"].notna() == (looked_up > 0)).all()
    assert (looked_up[frame["search"] == "searched"] > 0).all()


def test_coverage_of_a_cell_is_what_the_ledger_says() -> None:
    frame = autocoop.coverage("pme_programs", actors="China", years=2015)
    (row,) = frame.to_dict("records")
    ledger = [
        search
        for search in read("searches").to_pylist()
        if search["type"] == "pme_program"
        and "CHN" in search["actor_ids"]
        and search["year_from"] <= 2015 <= search["year_to"]
    ]
    opened = [search for search in ledger if search["scope"] == "open"]
    assert row["open_count"] == len(opened)
    assert row["named_count"] == len(ledger) - len(opened)
    assert row["found_count"] == sum(search["outcome"] == "found" for search in ledger)
    assert set(row["languages"]) == {lang for search in ledger for lang in search["languages"]}
    taught = autocoop.load(
        "pme_programs",
        where={"provider": "CHN", "year": 2015, "status": ["under_way", "completed"]},
    )
    assert row["event_count"] == len(taught) > 0


@pytest.mark.parametrize("table", sorted(EVENT_TYPE))
def test_coverage_and_panel_agree(table: str) -> None:
    roles = ACTING[table]
    panel = autocoop.panel(tables=table, role=roles)
    cells = panel.merge(autocoop.coverage(table), on=["actor_id", "year"])
    assert len(cells) == len(panel)
    empty = cells["coverage"] != "events"
    assert (cells["coverage"].astype(str) == cells["search"].astype(str))[empty].all()
    assert (cells["event_count"] == cells[table].fillna(0)).all()


def test_levels_are_explained() -> None:
    frame = autocoop.coverage("interventions", years=2018, actors=["RUS", "Wagner"])
    assert frame["actor_id"].tolist() == ["RUS", "WAGNER"]
    assert list(frame["search"].cat.categories) == list(SEARCH)
    assert list(COVERAGE) == ["events", "open_ended", *SEARCH]
    assert str(frame["languages"].dtype).startswith("list")
    assert isinstance(frame["year"].dtype, pd.Int64Dtype)


def test_mistakes_are_answered_with_what_there_is() -> None:
    with pytest.raises(errors.UnknownTable, match="mean 'interventions'"):
        autocoop.coverage("intervention")
    with pytest.raises(errors.UnknownActor, match="mean 'Russia'"):
        autocoop.coverage("interventions", actors="Rusia")
    with pytest.raises(errors.BadFilter, match="covers 2000 to"):
        autocoop.coverage("interventions", years=range(1990, 2001))
