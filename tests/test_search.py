"""Finding events, series, actors and variables by a word, and the pages of an event."""

import re
import subprocess
import sys

import pandas as pd
import pytest

import autocoop
from autocoop import errors
from autocoop.cli import main
from autocoop.loading import read
from autocoop.schemas import vocabularies

S_400 = {
    row["event_id"]
    for row in read("arms_items").to_pylist()
    if re.search(r"\bS-400\b", row["designation"])
}


def found(text: str, kind: str) -> list[str]:
    frame = autocoop.search(text)
    return frame.loc[frame["kind"] == kind, "id"].tolist()


@pytest.mark.parametrize("text", ["S-400", "s400", "С-400", "с400", "S 400", "  s‑400 "])
def test_every_way_to_write_a_designation_finds_its_deals(text: str) -> None:
    assert len(S_400) >= 3
    assert set(found(text, "event")) == S_400


def test_numbers_and_short_words_are_matched_whole() -> None:
    assert found("S-40", "event") == []
    names = autocoop.search("su")
    assert len(names) > 5
    assert names["match"].str.contains(r"\bSu\b", regex=True).all()


def test_words_are_matched_from_their_beginning() -> None:
    assert "Russia" in set(autocoop.search("russ")["name"])
    assert "RUS" not in found("ussia", "actor")


@pytest.mark.parametrize(
    ("text", "kind", "key", "field"),
    [
        ("Peace Mission", "series", "peace-mission", "name"),
        ("МИРНАЯ МИССИЯ", "series", "peace-mission", "alias"),
        ("和平友谊", "series", "aman-youyi", "alias"),
        ("友谊", "series", "aman-youyi", "alias"),
        ("أمن الخليج", "series", "arab-gulf-security", "alias"),
        ("Burma", "actor", "MMR", "alias"),
        ("prk", "actor", "PRK", "id"),
        ("Côte d’Ivoire", "actor", "CIV", "name"),
        ("evidence grade", "variable", "events.evidence_grade", "name"),
        ("public_order", "variable", "joint_exercises.focus", "value"),
        ("joint_exercises.focus", "variable", "joint_exercises.focus", "id"),
        ("in the coder's own words", "variable", "events.summary", "description"),
    ],
)
def test_field_that_matched_is_named(text: str, kind: str, key: str, field: str) -> None:
    rows = autocoop.search(text)
    row = rows[(rows["kind"] == kind) & (rows["id"] == key)]
    assert row["matched_in"].tolist() == [field]


def test_accents_and_case_make_no_difference() -> None:
    for one, other in [("Bérengo", "BERENGO"), ("Türkiye", "turkiye")]:
        first, second = autocoop.search(one), autocoop.search(other)
        assert len(first) > 0
        assert set(first["id"]) == set(second["id"])


def test_a_hyphenated_word_finds_the_word_joined_and_in_two() -> None:
    hyphened, joined, apart = (
        set(autocoop.search(text)["id"])
        for text in ("counter-terrorism", "counterterrorism", "counter terrorism")
    )
    assert joined < apart
    assert hyphened == apart


@pytest.mark.parametrize("column", ["place", "institution"])
def test_places_and_institutions_are_found(column: str) -> None:
    table = "events" if column == "place" else "pme_programs"
    row = next(row for row in read(table).to_pylist() if row[column] and ";" not in row[column])
    assert row["event_id"] in found(row[column], "event")


def test_events_of_a_series_are_found_by_its_alias() -> None:
    editions = {
        row["event_id"] for row in read("events").to_pylist() if row["series_id"] == "peace-mission"
    }
    assert editions <= set(found("Мирная миссия", "event"))


def test_every_identifier_finds_its_event() -> None:
    for event_id in read("events")["event_id"].to_pylist()[::40]:
        frame = autocoop.search(event_id)
        assert frame["id"].iloc[0] == event_id


def test_parts_of_identifiers_are_no_names() -> None:
    assert "id" not in set(autocoop.search("russia")["matched_in"])


def test_whole_names_come_first() -> None:
    assert found("Congo", "actor")[0] == "COG"
    assert set(found("Congo", "actor")) >= {"COG", "COD"}


def test_words_apart_are_looked_for_in_all_fields() -> None:
    assert set(found("S-400 India", "event")) == {
        row["event_id"]
        for row in read("arms_transfers").to_pylist()
        if row["event_id"] in S_400 and row["recipient"] == "IND"
    }
    frame = autocoop.search("Kazakhstan Peace Mission 2018")
    assert frame["id"].tolist() == ["je-peace-mission-2018"]
    assert set(frame["matched_in"].iloc[0].split(", ")) == {"actor", "name"}
    assert (
        "KAZ"
        in autocoop.load("joint_exercises")
        .set_index("event_id")
        .participants.loc["je-peace-mission-2018"]
    )


def test_frame_is_typed_and_says_what_events_are() -> None:
    frame = autocoop.search("Peace Mission")
    assert list(frame.columns) == ["kind", "id", "name", "matched_in", "match", "type", "year"]
    assert type(frame) is pd.DataFrame
    assert list(frame["kind"].cat.categories) == ["actor", "series", "event", "variable"]
    assert list(frame["type"].cat.categories) == list(vocabularies.EVENT_TYPE)
    assert str(frame["year"].dtype) == "Int64"
    events = frame[frame["kind"] == "event"]
    assert (events["type"] == "joint_exercise").all()
    assert events["year"].notna().all()
    assert events["year"].is_monotonic_increasing


def test_nothing_found_is_an_empty_frame_of_the_same_columns() -> None:
    nothing, something = autocoop.search("zzzz qqqq"), autocoop.search("S-400")
    assert len(nothing) == 0
    assert nothing.dtypes.equals(something.dtypes)


@pytest.mark.parametrize("text", ["", "  ", "-?!", None, 400])
def test_text_that_says_nothing_is_refused(text: object) -> None:
    with pytest.raises(errors.BadQuery, match="a word or a number"):
        autocoop.search(text)


def test_command_line(capsys: pytest.CaptureFixture) -> None:
    assert main(["search", "peace", "mission"]) == 0
    out = capsys.readouterr().out
    assert "series (1)\n  peace-mission  Peace Mission\n" in out
    assert "je-peace-mission-2018" in out
    assert max(map(len, out.splitlines())) <= 100
    assert main(["search", "Peece Mission"]) == 0
    assert "did you mean 'Peace Mission'?" in capsys.readouterr().out
    assert main(["search", "?"]) == 1
    assert "a word or a number" in capsys.readouterr().err


def test_searching_on_the_command_line_needs_no_pandas_frame() -> None:
    code = "import sys; from autocoop.cli import main; main(['search', 's-400']); "
    code += "assert 'pandera' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_sources_are_the_pages_of_the_event() -> None:
    event_id = "je-peace-mission-2018"
    frame = autocoop.sources(event_id)
    pages = [row for row in read("sources").to_pylist() if row["event_id"] == event_id]
    assert sorted(frame["url"]) == sorted(row["url"] for row in pages)
    claims = autocoop.evidence(event_id)
    counts = claims.groupby("url").size().to_dict()
    assert dict(zip(frame["url"], frame["claims_count"], strict=True)) == counts
    known = frame["published"].dropna()
    assert known.is_monotonic_increasing
    assert frame["published"].isna().tolist() == sorted(frame["published"].isna())
    publishers = {row["name"]: row for row in read("publishers").to_pylist()}
    for row in frame.to_dict("records"):
        publisher = publishers[row["publisher"]]
        assert row["is_state_controlled"] == publisher["is_state_controlled"]
        assert row["publisher_kind"] == publisher["kind"]


@pytest.mark.parametrize("function", [autocoop.sources, autocoop.evidence])
def test_frames_of_an_event_have_the_same_types_for_every_event(function) -> None:
    events = read("events")["event_id"].to_pylist()[::60]
    types = {str(function(event_id).dtypes.to_dict()) for event_id in events}
    assert len(types) == 1
    assert type(function(events[0])) is pd.DataFrame
    with pytest.raises(errors.UnknownEvent, match="did you mean 'je-joint-sea-2012'"):
        function("je-joint-see-2012")


def test_evidence_has_the_levels_of_the_codebook_and_support_first() -> None:
    disputed = next(row for row in read("claims").to_pylist() if row["relation"] == "differs")
    frame = autocoop.evidence(disputed["event_id"])
    assert list(frame["relation"].cat.categories) == list(vocabularies.RELATION)
    assert list(frame["qualifier"].cat.categories) == list(vocabularies.QUALIFIER)
    relations = frame.loc[frame["field"] == disputed["field"], "relation"]
    assert relations.iloc[0] == "supports"
    assert relations.iloc[-1] != "supports"
