"""Panels: keys, zeros, totals against the events one by one, and other datasets joined by key."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from conftest import EXERCISE, TRANSFER, Project
from hypothesis import given, settings
from hypothesis import strategies as st

import autocoop
from autocoop import errors, release
from autocoop.compile import form
from autocoop.covering import COVERAGE
from autocoop.loading import read
from autocoop.parties import DYAD, EVENT_TYPE, HELD, PRINCIPALS, is_directed

LAST = int(release.manifest()["about"]["coverage_end"][:4])
TABLES = sorted(EVENT_TYPE)
NEW_STATES = {"TLS": 2002, "MNE": 2006, "XKX": 2008, "SSD": 2011}

# --- the same counts, event by event ----------------------------------------------------------


def held(table: str, statuses: list[str] | None) -> list[dict]:
    wanted = statuses or HELD[table]
    return [row for row in read(table).to_pylist() if row["status"] in wanted]


def stays(table: str, roles, span: bool, parents: bool, statuses) -> dict:
    """Event -> state -> (first, last) year in which it counts, by the documented rule."""
    actors = {row["actor_id"]: row for row in read("actors").to_pylist()}
    events = {row["event_id"]: row for row in held(table, statuses)}
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for row in read("participants").to_pylist():
        event = events.get(row["event_id"])
        if event is None or row["role"] not in roles:
            continue
        actor = actors[row["actor_id"]]
        if actor["kind"] != "state" and parents and actor["parent"]:
            actor = actors[actor["parent"]]
        if actor["kind"] != "state":
            continue
        first = last = event["year"]
        if span:
            begin, end = (row[side] or event[side] for side in ("start_date", "end_date"))
            end = end or event["last_reported_date"]
            first = begin.year if begin else first
            last = max(end.year if end else first, first)
        first, last = max(first, 2000), min(last, LAST)
        old = found.setdefault(event["event_id"], {}).get(actor["actor_id"], (first, last))
        found[event["event_id"]][actor["actor_id"]] = (min(first, old[0]), max(last, old[1]))
    return found


def lives(state: str, year: int) -> bool:
    return year >= NEW_STATES.get(state, 0)


def state_counts(table: str, roles, **options) -> Counter:
    counts: Counter = Counter()
    for states in stays(table, roles, **options).values():
        for state, (first, last) in states.items():
            counts.update((state, y) for y in range(first, last + 1) if lives(state, y))
    return counts


def dyad_counts(table: str, directed: bool, **options) -> Counter:
    counts: Counter = Counter()
    acting, receiving = (stays(table, roles, **options) for roles in DYAD[table])
    may_go_on = {
        row["event_id"]
        for row in read(table).to_pylist()
        if table == "interventions" and options["span"] and row["end_date"] is None
    }
    for event_id, states in acting.items():
        cells = set()
        for a, (first_a, last_a) in states.items():
            for b, (first_b, last_b) in receiving.get(event_id, {}).items():
                last_b = max(last_b, last_a) if event_id in may_go_on else last_b
                pair = (a, b) if directed else tuple(sorted((a, b)))
                years = range(max(first_a, first_b), min(last_a, last_b) + 1)
                if a != b:
                    cells |= {(*pair, y) for y in years if lives(a, y) and lives(b, y)}
        counts.update(cells)
    return counts


def shown(panel: pd.DataFrame, column: str) -> dict:
    keys = [name for name in panel.columns if name.startswith("actor_id")] + ["year"]
    positive = panel[(panel[column] > 0).fillna(False)]
    cells = positive[keys].astype(object).itertuples(index=False, name=None)
    return dict(zip(cells, positive[column].tolist(), strict=True))


options = st.fixed_dictionaries(
    {
        "span": st.booleans(),
        "attribute_parents": st.booleans(),
        "statuses": st.sampled_from([None, ["completed"], ["announced", "contracted"]]),
    }
)


def as_documented(given_options: dict) -> dict:
    return {
        "span": given_options["span"],
        "parents": given_options["attribute_parents"],
        "statuses": given_options["statuses"],
    }


@settings(max_examples=25)
@given(st.sampled_from(TABLES), options, st.data())
def test_state_years_reconcile_with_the_events(table, options, data) -> None:
    roles = data.draw(
        st.none() | st.lists(st.sampled_from(PRINCIPALS[table]), min_size=1, unique=True)
    )
    panel = autocoop.panel(tables=table, role=roles, **options)
    expected = state_counts(table, roles or PRINCIPALS[table], **as_documented(options))
    assert shown(panel, table) == dict(expected)


@settings(max_examples=20)
@given(st.sampled_from(TABLES), options, st.booleans())
def test_dyad_years_reconcile_with_the_events(table, options, directed) -> None:
    panel = autocoop.panel("dyad-year", tables=table, directed=directed, **options)
    assert shown(panel, table) == dict(dyad_counts(table, directed, **as_documented(options)))


states = st.lists(
    st.sampled_from(["RUS", "CHN", "SSD", "MNE", "XKX", "TLS", "VAT", "USA", "KAZ", "AFG"]),
    min_size=2,
    unique=True,
)
spells = st.tuples(st.integers(2000, LAST), st.integers(2000, LAST)).map(sorted)


@settings(max_examples=25)
@given(
    st.sampled_from(["country-year", "dyad-year"]),
    st.lists(st.sampled_from(TABLES), min_size=1, unique=True),
    st.sampled_from(["count", "any"]),
    states,
    spells,
    st.booleans(),
)
def test_keys_are_unique_and_columns_never_change_rows(
    unit, tables, value, states, spell, span
) -> None:
    years = range(spell[0], spell[1] + 1)
    directed = {"directed": True} if unit == "dyad-year" else {}
    panel = autocoop.panel(
        unit, tables=tables, years=years, states=states, value=value, span=span, **directed
    )
    keys = [name for name in panel.columns if name.startswith("actor_id")] + ["year"]
    assert not panel.duplicated(keys).any()
    sides = len(keys) - 1
    living = [sum(lives(state, year) for state in states) for year in years]
    assert len(panel) == sum(n if sides == 1 else n * (n - 1) for n in living)
    cells = list(panel[keys].astype(object).itertuples(index=False, name=None))
    assert cells == sorted(cells)
    alone = autocoop.panel(unit, tables=tables[0], years=years, states=states, **directed)
    pd.testing.assert_frame_equal(alone[keys], panel[keys])


@settings(max_examples=12)
@given(st.sampled_from(TABLES), st.booleans(), states, spells)
def test_a_part_of_a_panel_is_the_panels_part(table, span, states, spell) -> None:
    """Choosing states and years chooses rows, and changes no cell."""
    part = autocoop.panel(
        "dyad-year", tables=table, span=span, states=states, years=f"{spell[0]}..{spell[1]}"
    )
    whole = autocoop.panel("dyad-year", tables=table, span=span)
    keep = whole["actor_id_a"].isin(states) & whole["actor_id_b"].isin(states)
    keep &= whole["year"].between(*spell)
    pd.testing.assert_frame_equal(part, whole[keep].reset_index(drop=True))


# --- zeros ------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["country-year", "dyad-year"])
def test_a_cell_is_missing_unless_events_or_a_search_fill_it(unit: str) -> None:
    panel = autocoop.panel(unit)
    for table in TABLES:
        why = panel[f"{table}_coverage"]
        assert list(why.cat.categories) == list(COVERAGE)
        assert (panel[table].isna() == ~why.isin(["events", "searched"])).all()
        assert (panel.loc[why == "searched", table] == 0).all()
        assert (panel.loc[why == "events", table] > 0).all()


def test_zeros_of_the_release_have_an_open_search_each() -> None:
    panel = autocoop.panel("dyad-year", tables=["arms_transfers", "pme_programs"])
    ledger = [row for row in read("searches").to_pylist() if row["scope"] == "open"]
    zeros = 0
    for table in ("arms_transfers", "pme_programs"):
        empty = panel[(panel[table] == 0).fillna(False)]
        zeros += len(empty)
        for a, b, year in {
            (row.actor_id_a, row.actor_id_b, row.year)
            for row in empty.iloc[:: max(len(empty) // 500, 1)].itertuples()
        }:
            assert any(
                row["type"] == EVENT_TYPE[table]
                and a in row["actor_ids"]
                and (row["partner_ids"] is None or b in row["partner_ids"])
                and row["year_from"] <= year <= row["year_to"]
                for row in ledger
            ), (a, b, year)
    assert zeros > 0, "the release holds no zero; choose other tables"


def test_democracies_hold_no_zero_where_they_act() -> None:
    panel = autocoop.panel(tables="pme_programs", role="provider")
    democratic = panel[(panel["regime"] >= 2).fillna(False)]
    assert set(democratic["coverage"]) <= {"out_of_scope", "events"}


# --- a small release, every cell of which is known --------------------------------------------

DEPLOYMENT = """\
id: iv-test-deployment-2010
type: intervention
name: Test deployment
start: 2010-05
end: 2012-03-01
status: completed
participants:
  - {actor: WAGNER, role: intervener}
  - {actor: UGA, role: intervener}
  - {actor: SSD, role: participant, start: 2011-09}
  - {actor: KEN, role: participant, start: 2013-01}
  - {actor: CAF, role: target}
details: {personnel: 300}
summary: A deployment that only the tests know.
sources:
  - url: https://one.example/deployment
    publisher: Reuters
    language: en
    read: 2026-11-24
    reports:
      start: 2010-05
      end: 2012-03-01
      status: completed
      participants: [SSD, KEN]
      participants.intervener: [WAGNER, UGA]
      participants.target: [CAF]
      participants.SSD.start: 2011-09
      participants.KEN.start: 2013-01
      details.personnel: 300
"""

OPEN_ENDED = "".join(
    line
    for line in DEPLOYMENT.replace("iv-test-deployment-2010", "iv-test-open-2010")
    .replace("status: completed", "status: under_way")
    .splitlines(keepends=True)
    if "end: " not in line and "personnel" not in line
)

SEARCHES = """\
s9001,intervention,UGA,,,2008,2012,open,en,anything,2026-11-24,3,iv-test-deployment-2010,found,
s9002,intervention,UGA;TCD,,,2013,2013,named,en,one event,2026-11-24,3,,none,
s9003,intervention,TCD,CAF,,2010,2011,open,en,anything,2026-11-24,3,,none,
s9004,joint_exercise,RUS,,peace-mission,2018,2019,open,en,drills,2026-11-24,3,je-test-drill-2018,found,
s9005,joint_exercise,CHN,,,2018,2019,open,en,anything,2026-11-24,3,je-test-drill-2018,found,
s9006,joint_exercise,KAZ,,,2018,2019,open,en,anything,2026-11-24,3,,unclear,
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of four events and six searches."""
    project = Project(tmp_path_factory.mktemp("small"))
    project.exercise(EXERCISE)
    project.transfer(TRANSFER)
    project.write(DEPLOYMENT, "iv-test-deployment-2010", "intervention/2010")
    project.write(OPEN_ENDED, "iv-test-open-2010", "intervention/2010")
    ledger = project.data / "searches.csv"
    ledger.write_text(ledger.read_text("utf-8") + SEARCHES, "utf-8")
    return project.compile()


@pytest.fixture
def small(compiled: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The small release in place of the shipped one."""
    monkeypatch.setattr(release, "shipped", lambda: compiled)
    for cached in (release.manifest, release.codebook):
        cached.cache_clear()
    yield compiled
    for cached in (release.manifest, release.codebook):
        cached.cache_clear()


def cells(panel: pd.DataFrame, column: str, state: str) -> dict[int, object]:
    rows = panel[panel["actor_id"] == state]
    values = [None if pd.isna(value) else value for value in rows[column]]
    return dict(zip(rows["year"].tolist(), values, strict=True))


def test_an_event_counts_in_its_year_or_in_its_span(small: Path) -> None:
    once = cells(autocoop.panel(tables="interventions", role="intervener"), "interventions", "UGA")
    assert {year: n for year, n in once.items() if n} == {2010: 2}
    spanned = autocoop.panel(tables="interventions", role="intervener", span=True)
    spans = cells(spanned, "interventions", "UGA")
    # The one without a known end counts in its first year only.
    assert {year: n for year, n in spans.items() if n} == {2010: 2, 2011: 1, 2012: 1}
    assert spans[2008] == spans[2009] == 0
    assert spans[2013] is None


def test_without_an_end_an_event_counts_until_it_was_last_reported(tmp_path, monkeypatch) -> None:
    project = Project(tmp_path)
    seen = OPEN_ENDED.replace("    language: en\n", "    published: 2013-06-30\n    language: en\n")
    project.write(seen, "iv-test-open-2010", "intervention/2010")
    folder = project.compile()
    monkeypatch.setattr(release, "shipped", lambda: folder)
    for cached in (release.manifest, release.codebook):
        cached.cache_clear()
    panel = autocoop.panel(tables="interventions", role="intervener", span=True)
    for cached in (release.manifest, release.codebook):
        cached.cache_clear()
    counts = cells(panel, "interventions", "UGA")
    assert {year for year, n in counts.items() if n} == {2010, 2011, 2012, 2013}


def test_years_after_an_open_end_are_missing_not_zero(small: Path) -> None:
    span = autocoop.panel(tables="interventions", role="intervener", span=True)
    why = cells(span, "coverage", "UGA")
    # The search of 2008 to 2012 covers them, but the open-ended event may have gone on.
    assert (why[2010], why[2012], why[2013]) == ("events", "events", "open_ended")
    assert why[2009] == "searched"
    assert cells(span, "interventions", "UGA")[2013] is None
    once = cells(autocoop.panel(tables="interventions", role="intervener"), "coverage", "UGA")
    assert once[2012] == "searched"


@pytest.mark.parametrize("flag", ["span", "attribute_parents"])
def test_a_flag_that_is_none_is_refused(flag: str) -> None:
    with pytest.raises(errors.BadFilter, match=f"{flag}='no': write True or False"):
        autocoop.panel(tables="interventions", **{flag: "no"})


def test_contingents_of_a_mission_are_dyads_with_its_target(small: Path) -> None:
    dyads = autocoop.panel("dyad-year", tables="interventions", span=True)
    found = shown(dyads, "interventions")
    assert found[("SSD", "CAF", 2011)] == 2
    assert ("CAF", "SSD", 2011) not in found


def test_late_joiners_count_from_their_own_start(small: Path) -> None:
    once = autocoop.panel(tables="interventions", role="participant")
    spans = autocoop.panel(tables="interventions", role="participant", span=True)
    # Not in the event's year, in which the state did not exist.
    assert set(once.loc[once["coverage"] == "events", "actor_id"]) == {"KEN"}
    joined = cells(spans, "interventions", "SSD")
    assert {year: n for year, n in joined.items() if n} == {2011: 2, 2012: 1}
    assert min(joined) == 2011
    # One that came when the event was over, by its known end, still counts when it came.
    assert {year: n for year, n in cells(spans, "interventions", "KEN").items() if n} == {2013: 2}


def test_companies_count_as_their_state_only_when_asked(small: Path) -> None:
    plain = autocoop.panel(tables="interventions")
    attributed = autocoop.panel(tables="interventions", attribute_parents=True)
    assert cells(plain, "interventions", "RUS")[2010] is None
    assert cells(attributed, "interventions", "RUS")[2010] == 2
    dyads = autocoop.panel("dyad-year", tables="interventions", attribute_parents=True)
    assert shown(dyads, "interventions") == {
        ("KEN", "CAF", 2010): 2,
        ("RUS", "CAF", 2010): 2,
        ("UGA", "CAF", 2010): 2,
    }


def test_coverage_says_why_a_cell_is_empty(small: Path) -> None:
    acting = autocoop.panel(tables="interventions", role="intervener")
    uganda = cells(acting, "coverage", "UGA")
    assert [uganda[year] for year in (2007, 2009, 2010, 2013)] == [
        *("not_searched", "searched", "events", "named_only")
    ]
    assert cells(acting, "coverage", "TCD")[2010] == "partly_searched"
    assert cells(acting, "coverage", "DEU")[2010] == "out_of_scope"
    dyads = autocoop.panel("dyad-year", tables="interventions", states=["TCD", "CAF", "UGA"])
    why = {
        (row.actor_id_a, row.actor_id_b, row.year): (row.interventions, row.coverage)
        for row in dyads.itertuples()
    }
    assert why["TCD", "CAF", 2010] == (0, "searched")
    assert why["TCD", "UGA", 2010] == (pd.NA, "not_searched")
    assert why["UGA", "TCD", 2012] == (0, "searched")
    assert why["UGA", "CAF", 2010] == (2, "events")


def test_undirected_pairs_need_both_ways_searched(small: Path) -> None:
    pair = {"tables": "interventions", "states": ["TCD", "UGA"], "years": 2012}
    (either,) = autocoop.panel("dyad-year", directed=False, **pair)["coverage"]
    assert either == "partly_searched"


def test_a_series_or_an_unclear_outcome_supports_no_zero(small: Path) -> None:
    panel = autocoop.panel(tables="joint_exercises", years=2019)
    assert cells(panel, "joint_exercises", "CHN") == {2019: 0}
    assert cells(panel, "coverage", "RUS") == {2019: "partly_searched"}
    assert cells(panel, "coverage", "KAZ") == {2019: "partly_searched"}


def test_observers_do_not_take_part(small: Path) -> None:
    panel = autocoop.panel("dyad-year", tables="joint_exercises", directed=False)
    assert shown(panel, "joint_exercises") == {
        ("CHN", "KAZ", 2018): 1,
        ("CHN", "RUS", 2018): 1,
        ("KAZ", "RUS", 2018): 1,
    }


def test_deals_count_from_order_to_last_delivery(small: Path) -> None:
    panel = autocoop.panel("dyad-year", tables="arms_transfers", span=True)
    assert shown(panel, "arms_transfers") == {("RUS", "DZA", y): 1 for y in (2014, 2015, 2016)}


def test_sums_say_how_many_figures_are_missing(small: Path) -> None:
    panel = autocoop.panel(
        tables="interventions", role="intervener", span=True, value="sum:personnel_best"
    )
    name = "interventions_personnel_best"
    sums, missing = cells(panel, name, "UGA"), cells(panel, f"{name}_missing_count", "UGA")
    assert (sums[2010], missing[2010]) == (None, 1)
    assert (sums[2011], missing[2011]) == (300, 0)
    assert (sums[2009], missing[2009]) == (0, 0)
    assert (sums[2013], missing[2013]) == (None, 0)


def test_a_panel_ends_where_the_release_does(small: Path) -> None:
    path = small / "manifest.json"
    text = path.read_text("utf-8")
    manifest = json.loads(text)
    manifest["about"]["coverage_end"] = "2011-12-31"
    path.write_text(json.dumps(manifest))
    release.manifest.cache_clear()
    try:
        panel = autocoop.panel(tables="interventions", role="intervener", span=True)
        assert panel["year"].max() == 2011
        assert panel["interventions"].sum() == 3
        with pytest.raises(errors.BadFilter, match="covers 2000 to 2011"):
            autocoop.panel(years=[2012])
    finally:
        path.write_text(text)
        release.manifest.cache_clear()


# --- the shipped release ----------------------------------------------------------------------


def test_states_enter_when_they_began() -> None:
    panel = autocoop.panel(tables="joint_exercises")
    first = panel.groupby("actor_id", observed=True)["year"].min()
    assert {state: first[state] for state in NEW_STATES} == NEW_STATES
    assert set(first.drop(list(NEW_STATES))) == {2000}
    assert panel["year"].max() == LAST


def test_regimes_are_those_of_the_year() -> None:
    panel = autocoop.panel("dyad-year", tables="arms_transfers", states=["KEN", "RUS"])
    regimes = {(row["actor_id"], row["year"]): row["regime"] for row in read("regimes").to_pylist()}
    for row in panel.itertuples():
        assert row.regime_a == regimes[row.actor_id_a, row.year]
        assert row.regime_b == regimes[row.actor_id_b, row.year]
    unclassified = autocoop.panel(tables="arms_transfers", states="Monaco")
    assert unclassified["regime"].isna().all()


def test_any_is_whether_there_is_one() -> None:
    counts = autocoop.panel(tables="pme_programs", role="provider")
    whether = autocoop.panel(tables="pme_programs", role="provider", value="any")
    assert whether["pme_programs"].dtype == "boolean"
    assert (whether["pme_programs"] == (counts["pme_programs"] > 0)).all()
    assert (whether["pme_programs"].isna() == counts["pme_programs"].isna()).all()


def test_conditions_choose_events_and_keep_rows() -> None:
    everything = autocoop.panel(tables="joint_exercises")
    some = autocoop.panel(tables="joint_exercises", where={"framework": "SCO"})
    assert len(some) == len(everything)
    frames = autocoop.load("joint_exercises", where={"framework": "SCO"})
    russian = frames[frames["participants"].apply(lambda members: "RUS" in members)]
    held_ones = russian["status"].isin(HELD["joint_exercises"]).sum()
    assert some.loc[some["actor_id"] == "RUS", "joint_exercises"].sum() == held_ones > 0


def test_roles_are_those_of_the_compiler() -> None:
    assert {role for roles in PRINCIPALS.values() for role in roles} == form.PRINCIPALS
    assert {kind: table for table, kind in EVENT_TYPE.items()} == form.WIDE_TABLE
    for table, roles in PRINCIPALS.items():
        assert set(roles) <= set(form.ROLES[EVENT_TYPE[table]])
        assert is_directed(table) == (table != "joint_exercises")


# --- joins ------------------------------------------------------------------------------------


def test_vdem_joins_in_one_line() -> None:
    vdem = pd.DataFrame(
        {"country_id": [11, 110, 11], "year": [2010, 2010, 2011], "v2x_polyarchy": [0.3, 0.1, 0.3]}
    )
    panel = autocoop.panel(tables="joint_exercises")
    joined = panel.merge(
        vdem, left_on=["vdem_id", "year"], right_on=["country_id", "year"], how="left"
    )
    assert len(joined) == len(panel)
    found = joined.dropna(subset="v2x_polyarchy")
    assert found[["actor_id", "year"]].astype(object).to_numpy().tolist() == [
        *(["CHN", 2010], ["RUS", 2010], ["RUS", 2011])
    ]


def test_cow_joins_in_one_line() -> None:
    cow = pd.DataFrame({"ccode": [365, 710], "year": [2012, 2012], "cinc": [0.04, 0.22]})
    panel = autocoop.panel(tables="joint_exercises")
    joined = panel.merge(cow, left_on=["cow_code", "year"], right_on=["ccode", "year"], how="left")
    assert len(joined) == len(panel)
    assert joined.dropna(subset="cinc")["actor_id"].tolist() == ["CHN", "RUS"]
    # The usual identifier of a dyad does not overflow.
    dyads = autocoop.panel("dyad-year", tables="arms_transfers", states=["RUS", "CHN"], years=2012)
    assert (dyads["cow_code_a"] * 1_000_000 + dyads["cow_code_b"] * 1_000).tolist() == [
        *(710_365_000, 365_710_000)
    ]


def test_ucdp_joins_both_sides_in_one_line() -> None:
    ucdp = pd.DataFrame({"gwno_a": [365], "gwno_b": [369], "year": [2014], "intensity_level": [1]})
    panel = autocoop.panel("dyad-year", tables="interventions")
    keys = ["gw_code_a", "gw_code_b", "year"]
    joined = panel.merge(ucdp, left_on=keys, right_on=["gwno_a", "gwno_b", "year"], how="left")
    assert len(joined) == len(panel)
    (row,) = joined.dropna(subset="intensity_level").to_dict("records")
    assert (row["iso3_a"], row["iso3_b"], row["year"]) == ("RUS", "UKR", 2014)


def test_memberships_and_regimes_join_by_actor_id() -> None:
    panel = autocoop.panel(tables="joint_exercises", years=2018)
    csto = autocoop.load("memberships", where={"organisation": "CSTO"})
    members = panel.merge(csto[["actor_id", "from_date"]], on="actor_id")
    assert {"RUS", "KAZ", "ARM"} <= set(members["actor_id"])


# --- mistakes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: autocoop.panel("dyad"), errors.UnknownUnit, "dyad-year"),
        (lambda: autocoop.panel(tables="events"), errors.UnknownTable, "pme_programs"),
        (lambda: autocoop.panel(tables=[]), errors.BadFilter, "at least one"),
        (lambda: autocoop.panel(states="Rusia"), errors.UnknownActor, "mean 'Russia'"),
        (lambda: autocoop.panel(states=["CSTO"]), errors.UnknownActor, "the states"),
        (lambda: autocoop.panel(years="now"), errors.BadFilter, r"2010\.\.2015"),
        (lambda: autocoop.panel(years=LAST + 1), errors.BadFilter, f"2000 to {LAST}"),
        (lambda: autocoop.panel(years=[]), errors.BadFilter, "covers"),
        (lambda: autocoop.panel(value="mean"), errors.UnknownValue, "sum:<column>"),
        (
            lambda: autocoop.panel(tables="joint_exercises", value="sum:personnel"),
            errors.UnknownColumn,
            "personnel_best",
        ),
        (
            lambda: autocoop.panel(tables="interventions", value="sum:direction"),
            errors.UnknownColumn,
            "that can be summed",
        ),
        (
            lambda: autocoop.panel(tables="arms_transfers", role="provider"),
            errors.UnknownRole,
            "supplier, recipient",
        ),
        (lambda: autocoop.panel(statuses="held"), errors.UnknownValue, "completed"),
        (lambda: autocoop.panel("dyad-year", role="host"), errors.BadFilter, "country-years"),
        (lambda: autocoop.panel(directed=True), errors.BadFilter, "dyad-years"),
        (lambda: autocoop.panel("dyad-year", states="CHN"), errors.BadFilter, "two"),
        (lambda: autocoop.panel(where={"yaer": 2015}), errors.UnknownColumn, "mean 'year'"),
        (lambda: autocoop.panel(partners="CHN"), errors.BadFilter, "partners= is for dyad-years"),
    ],
)
def test_mistakes_are_answered_with_what_there_is(call, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        call()


def test_states_may_be_named_by_region():
    africa = autocoop.panel(tables="arms_transfers", years=2020, states="region:Africa")
    everyone = autocoop.panel(tables="arms_transfers", years=2020)
    numbers = everyone.set_index("actor_id")["cow_code"].dropna().astype(int)
    # South of the Sahara, but for Sudan, by the numbers of the Correlates of War.
    assert set(africa["actor_id"]) == set(numbers[numbers.between(400, 599)].index)
    assert {"NGA", "MLI", "ETH"} < set(africa["actor_id"])
    assert not {"EGY", "SDN"} & set(africa["actor_id"])


@pytest.mark.parametrize("directed", [True, False])
def test_partners_are_the_other_side(directed: bool):
    asked = {"tables": "arms_transfers", "years": "2014..2016", "directed": directed}
    whole = autocoop.panel("dyad-year", **asked)
    some = autocoop.panel("dyad-year", **asked, states=["CHN", "RUS"], partners="region:Africa")
    africa = set(autocoop.panel(years=2015, states="region:Africa")["actor_id"])
    a, b = whole["actor_id_a"], whole["actor_id_b"]
    expected = a.isin(["CHN", "RUS"]) & b.isin(africa)
    if not directed:
        expected |= b.isin(["CHN", "RUS"]) & a.isin(africa)
    pd.testing.assert_frame_equal(some, whole[expected].reset_index(drop=True))
    assert some["arms_transfers"].sum() > 0


@pytest.mark.parametrize("name", ["recipient", "recipients", "actor", "supplier", "participants"])
def test_a_condition_on_actors_makes_no_zeros(name: str):
    with pytest.raises(errors.BadFilter, match="states=, partners= and role="):
        autocoop.panel("dyad-year", tables="arms_transfers", where={name: "KEN"})
