"""Loading: types, filters, engines, and what is said of a mistake or a broken file."""

import json
import shutil
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from conftest import REPOSITORY

import autocoop
from autocoop import errors, release
from autocoop.loading import ENGINES, read
from autocoop.regions import region_of
from autocoop.schemas import MODELS, describe

WIDE = ("arms_transfers", "joint_exercises", "interventions", "pme_programs")


@pytest.mark.parametrize("table", MODELS)
def test_pandas_types_are_those_of_the_schema(table: str) -> None:
    frame = autocoop.load(table)
    for column in describe(table).columns:
        dtype = frame[column.name].dtype
        if column.vocabulary and not column.is_list:
            assert list(dtype.categories) == list(column.vocabulary)
            assert dtype.ordered == bool(column.metadata.get("is_ordered"))
        elif column.is_list:
            assert dtype == pd.ArrowDtype(pa.list_(pa.string()))
            cells = frame[column.name].dropna()
            assert all(isinstance(cell, list) for cell in cells)
        else:
            assert (
                str(dtype)
                == {
                    "text": "str",
                    "integer": "Int64",
                    "boolean": "boolean",
                    "date": "datetime64[us]",
                }[column.type_name]
            )


@pytest.mark.parametrize("table", MODELS)
def test_engines_give_the_same_rows(table: str) -> None:
    arrow = autocoop.load(table, engine="arrow")
    frame = autocoop.load(table)
    polars = autocoop.load(table, engine="polars")
    assert isinstance(polars, pl.DataFrame)
    assert arrow.num_rows == len(frame) == polars.height == release.facts(table)["rows"]
    assert arrow.column_names == list(frame.columns) == polars.columns
    key = describe(table).key[0]
    assert arrow[key].to_pylist() == frame[key].tolist() == polars[key].to_list()


@pytest.mark.parametrize("table", MODELS)
def test_rows_are_sorted_and_keys_are_unique(table: str) -> None:
    info = describe(table)
    keys = [
        tuple((value is not None, str(value)) for value in row.values())
        for row in read(table, list(info.key)).to_pylist()
    ]
    assert len(set(keys)) == len(keys)
    assert keys == sorted(keys)


def test_dates_compare_with_text() -> None:
    frame = autocoop.load("events")
    late = frame[frame["start_date"] >= "2015-01-01"]
    assert 0 < len(late) < len(frame)


def test_lists_explode() -> None:
    frame = autocoop.load("joint_exercises", columns=["event_id", "participants"])
    assert "RUS" in set(frame.explode("participants")["participants"])


def principals(row: dict) -> set[str]:
    """The states of an exercise; its organisations are passed over."""
    took_part = {*row["organisers"], *(row["hosts"] or []), *(row["participants"] or [])}
    return took_part & {actor["actor_id"] for actor in states()}


@cache
def states() -> tuple[dict, ...]:
    return tuple(actor for actor in read("actors").to_pylist() if actor["kind"] == "state")


@cache
def regimes() -> dict[tuple[str, int], int]:
    return {(row["actor_id"], row["year"]): row["regime"] for row in read("regimes").to_pylist()}


def classes(row: dict) -> set[int | None]:
    return {regimes().get((state, row["year"])) for state in principals(row)}


def memberships(organisation: str, row: dict) -> set[bool]:
    """Whether the event's states were members at some time of its year: yes, no, or both."""
    day = date(row["year"], 1, 1), date(row["year"], 12, 31)
    members = {
        spell["actor_id"]
        for spell in spells()
        if spell["organisation"] == organisation
        and (spell["from_date"] or day[1]) <= day[1]
        and (spell["to_date"] or day[0]) >= day[0]
    }
    return {state in members for state in principals(row)}


@cache
def spells() -> tuple[dict, ...]:
    return tuple(read("memberships").to_pylist())


def exercises() -> list[dict]:
    return read("joint_exercises").to_pylist()


def region(actor: str) -> str | None:
    rows = {row["actor_id"]: row for row in read("actors").to_pylist()}
    return region_of(rows[actor]["cow_code"]) if rows[actor]["kind"] == "state" else None


FILTERS = [
    ({"participants": "RUS"}, lambda row: "RUS" in row["participants"]),
    ({"participant": "Russia"}, lambda row: "RUS" in row["participants"]),
    ({"participants": ["KAZ", "BLR"]}, lambda row: {"KAZ", "BLR"} & set(row["participants"])),
    ({"year": 2015}, lambda row: row["year"] == 2015),
    ({"years": range(2010, 2016)}, lambda row: 2010 <= row["year"] <= 2015),
    ({"years": "2010..2015"}, lambda row: 2010 <= row["year"] <= 2015),
    ({"years": slice(2010, 2015)}, lambda row: 2010 <= row["year"] <= 2015),
    ({"year": ">=2020"}, lambda row: row["year"] >= 2020),
    ({"start_date": "2018"}, lambda row: row["start_date"] and row["start_date"].year == 2018),
    ({"personnel_best": None}, lambda row: row["personnel_best"] is None),
    ({"is_all_autocratic": True}, lambda row: row["is_all_autocratic"]),
    (
        {"status": ["announced", "cancelled"]},
        lambda row: row["status"] in ("announced", "cancelled"),
    ),
    (
        {"organisers": "China", "evidence_grade": "A"},
        lambda row: "CHN" in row["organisers"] and row["evidence_grade"] == "A",
    ),
    ({"actor": "China"}, lambda row: "CHN" in row["participants"]),
    (
        {"participants": {"all": ["Russia", "CHN"]}},
        lambda row: {"RUS", "CHN"} <= set(row["participants"]),
    ),
    ({"start_date": 2018}, lambda row: row["start_date"] and row["start_date"].year == 2018),
    ({"year": 2018.0}, lambda row: row["year"] == 2018),
    ({"is_all_autocratic": np.True_}, lambda row: row["is_all_autocratic"]),
    ({"personnel_best": pd.NA}, lambda row: row["personnel_best"] is None),
    ({"hosts": "region:Africa"}, lambda row: "Africa" in {region(a) for a in row["hosts"] or ()}),
    (
        {"actors": ["region: middle east", "CUB"]},
        lambda row: (
            {"Middle East", "CUB"} & {x for a in row["participants"] for x in (a, region(a))}
        ),
    ),
    (
        {"participants": {"all": ["region:Europe", "CHN"]}},
        lambda row: (
            "CHN" in row["participants"]
            and any(region(actor) == "Europe" for actor in row["participants"])
        ),
    ),
    ({"regime": "autocracy"}, lambda row: row["is_all_autocratic"]),
    ({"regime": [0, "electoral autocracy"]}, lambda row: row["is_all_autocratic"]),
    ({"regime": 0}, lambda row: classes(row) == {0}),
    ({"regime": ["0", "democracy"]}, lambda row: classes(row) and classes(row) <= {0, 2, 3}),
    ({"member_of": "CSTO"}, lambda row: memberships("CSTO", row) == {True}),
    ({"member_of": "any:Shanghai Five"}, lambda row: True in memberships("SCO", row)),
    (
        {"member_of": ["CSTO", "all:SCO"]},
        lambda row: {True} in (memberships("CSTO", row), memberships("SCO", row)),
    ),
]


@pytest.mark.parametrize(("where", "keeps"), FILTERS)
def test_where_keeps_the_rows_meant(where: dict, keeps) -> None:
    expected = [row["event_id"] for row in exercises() if keeps(row)]
    assert expected, "the release holds no such row; choose another example"
    for engine in ENGINES:
        found = autocoop.load("joint_exercises", where=where, engine=engine, columns=["event_id"])
        column = found["event_id"]
        assert (column.to_pylist() if engine == "arrow" else list(column)) == expected


def test_regime_and_membership_choose_the_same_events_in_every_table() -> None:
    where = {"regime": "autocracy", "member_of": "any:SCO"}

    def chosen(*tables: str, where: dict = where) -> set[str]:
        frames = [autocoop.load(table, where=where, columns=["event_id"]) for table in tables]
        return {event_id for frame in frames for event_id in frame["event_id"]}

    assert chosen("events") == chosen(*WIDE) == chosen("claims") == chosen("sources")
    members = {"member_of": "any:SCO"}
    assert chosen("events", where=members) == chosen("participants", where=members)
    assert chosen("events") < chosen("events", where=members)


def test_regime_of_a_participant_is_its_own() -> None:
    frame = autocoop.load("participants", where={"regime": "democracy"})
    assert set(frame["regime"]) == {2, 3}
    again = autocoop.load("participants", where={"regime": ">=2"})
    assert len(again) == len(frame)


def test_companies_count_as_their_state() -> None:
    """Wagner stands for Russia, which is a member of the CSTO throughout."""
    wagner = {"interveners": "Wagner"}
    everything = autocoop.load("interventions", where=wagner)
    assert len(everything) > 0
    counted = autocoop.load("interventions", where={**wagner, "member_of": "any:CSTO"})
    assert counted["event_id"].tolist() == everything["event_id"].tolist()


def test_supplier_and_recipients() -> None:
    deals = autocoop.load("arms_transfers", where={"supplier": "RUS", "recipients": ["Algeria"]})
    assert len(deals) > 0
    assert set(deals["supplier"]) == {"RUS"}
    assert set(deals["recipient"]) == {"DZA"}


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: autocoop.load("joint_exercise"), errors.UnknownTable, "mean 'joint_exercises'"),
        (lambda: autocoop.load("events", columns=["yaer"]), errors.UnknownColumn, "mean 'year'"),
        (
            lambda: autocoop.load("events", where={"stauts": "completed"}),
            errors.UnknownColumn,
            "mean 'status'",
        ),
        (
            lambda: autocoop.load("events", where={"status": "complete"}),
            errors.UnknownValue,
            "postponed",
        ),
        (
            lambda: autocoop.load("arms_transfers", where={"supplier": "Rusia"}),
            errors.UnknownActor,
            "mean 'Russia'",
        ),
        (
            lambda: autocoop.load("arms_transfers", where={"recipient": "region:Afrika"}),
            errors.UnknownRegion,
            "mean 'Africa'",
        ),
        (lambda: autocoop.panel(states="region:x"), errors.UnknownRegion, "Middle East"),
        (lambda: autocoop.load("events", where={"year": "now"}), errors.BadFilter, "2010..2015"),
        (
            lambda: autocoop.load("events", where={"regime": "autocracies"}),
            errors.UnknownValue,
            "mean 'autocracy'",
        ),
        (lambda: autocoop.load("events", where={"regime": 4}), errors.UnknownValue, "0, 1, 2, 3"),
        (
            lambda: autocoop.load("events", where={"member_of": "some:SCO"}),
            errors.BadFilter,
            "any:SCO",
        ),
        (lambda: autocoop.load("events", where={"member_of": 7}), errors.BadFilter, "write 'SCO'"),
        (
            lambda: autocoop.load("events", where={"member_of": "RUS"}),
            errors.UnknownValue,
            "CSTO",
        ),
        (
            lambda: autocoop.load("actors", where={"member_of": "SCO"}),
            errors.UnknownColumn,
            "valid_from",
        ),
        (lambda: autocoop.load("events", where=["year"]), errors.BadFilter, "is a mapping"),
        (lambda: autocoop.load("events", where={"year": 10**30}), errors.BadFilter, "larger"),
        (lambda: autocoop.load("events", where={1: 1}), errors.UnknownColumn, "column 1"),
        (lambda: autocoop.load("events", columns=5), errors.UnknownColumn, "column 5"),
        (lambda: autocoop.load(["events"]), errors.UnknownTable, "mean 'events'"),
        (lambda: autocoop.evidence(pd.Series(["x"])), errors.UnknownEvent, "There are"),
        (lambda: autocoop.panel(states=[365]), errors.UnknownActor, "actor 365"),
        (lambda: autocoop.panel(role=[]), errors.BadFilter, "at least one role"),
        (lambda: autocoop.export("events", None), errors.UnknownFormat, ".parquet"),
        (lambda: autocoop.load("events", engine="dask"), errors.UnknownEngine, "polars"),
        (lambda: autocoop.codebook("evnts"), errors.UnknownTable, "mean 'events'"),
        (lambda: autocoop.codebook(format="html"), errors.UnknownFormat, "pandas"),
        (lambda: autocoop.cite("mla"), errors.UnknownStyle, "bibtex"),
        (lambda: autocoop.evidence("je-joint-see-2012"), errors.UnknownEvent, "je-joint-sea-2012"),
    ],
)
def test_unknown_names_list_what_exists(call, error: type[Exception], says: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert says in str(caught.value)
    assert isinstance(caught.value, errors.AutocoopError)


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A copy of the release in place of the shipped one."""
    folder = tmp_path / "release"
    shutil.copytree(REPOSITORY / "data" / "release", folder)
    caches = (release.shipped, release.manifest, release.codebook)
    for cached in caches:
        cached.cache_clear()
    monkeypatch.setattr(release, "shipped", lambda: folder)
    yield folder
    for cached in caches[1:]:
        cached.cache_clear()


def test_truncated_file_is_named_and_not_read(shipped: Path) -> None:
    path = shipped / "events.parquet"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(errors.BrokenRelease, match=r"events\.parquet: has \d+ bytes"):
        autocoop.load("events")


def test_altered_file_is_named_and_not_read(shipped: Path) -> None:
    path = shipped / "events.parquet"
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    with pytest.raises(errors.BrokenRelease, match=r"events\.parquet: has sha256"):
        autocoop.load("events")


def test_missing_file_and_broken_manifest_are_named(shipped: Path) -> None:
    (shipped / "claims.parquet").unlink()
    with pytest.raises(errors.BrokenRelease, match=r"claims\.parquet: cannot be read"):
        autocoop.load("claims")
    (shipped / "manifest.json").write_text("{")
    release.manifest.cache_clear()
    with pytest.raises(errors.BrokenRelease, match="is no manifest"):
        autocoop.tables()


def test_evidence_shows_support_and_dissent() -> None:
    claims = read("claims").to_pylist()
    disputed = next(row for row in claims if row["relation"] == "differs")
    frame = autocoop.evidence(disputed["event_id"])
    rows = frame[frame["field"] == disputed["field"]]
    assert {"supports", "differs"} <= set(rows["relation"])
    assert rows["url"].str.startswith("http").all()
    assert len(frame) == sum(row["event_id"] == disputed["event_id"] for row in claims)


def test_codebook_as_text_and_as_a_table() -> None:
    frame = autocoop.codebook("joint_exercises", format="pandas")
    assert list(frame["column"]) == list(autocoop.load("joint_exercises").columns)
    assert autocoop.codebook("joint_exercises") in (REPOSITORY / "CODEBOOK.md").read_text("utf-8")


def test_citation_names_the_version() -> None:
    for style in ("text", "apa", "bibtex"):
        assert autocoop.__version__ in autocoop.cite(style)
    manifest = json.loads((REPOSITORY / "data" / "release" / "manifest.json").read_text("utf-8"))
    assert manifest["version"] == autocoop.__version__
    assert f"version: {autocoop.__version__}\n" in (REPOSITORY / "CITATION.cff").read_text("utf-8")
    assert f"## {autocoop.__version__}" in (REPOSITORY / "CHANGELOG.md").read_text("utf-8")


def test_bare_pandas_reads_nullable_types() -> None:
    frame = pd.read_parquet(REPOSITORY / "data" / "release" / "joint_exercises.parquet")
    assert str(frame["personnel_best"].dtype) == "Int64"
    assert str(frame["is_double_read"].dtype) == "boolean"


@pytest.mark.parametrize("table", WIDE)
def test_wide_tables_hold_events_of_every_type(table: str) -> None:
    assert len(autocoop.load(table)) >= 20
