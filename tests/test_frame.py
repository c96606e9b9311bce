"""What was to be searched, and what the ledger answers."""

import pytest

from validation import frame, release
from validation.frame import Asked, Cell


def asked(
    first=2000,
    last=2025,
    *,
    actors="RUS",
    partners="DZA",
    is_open=True,
    is_whole=True,
    type_="arms_transfer",
):
    sides = frozenset(actors.split()), frozenset(partners.split())
    return Asked(type_, *sides, first, last, is_open, is_whole=is_open and is_whole)


CELL = Cell("a part", "arms_transfer", "RUS", "DZA", 2000, 2009)
DRILL = Cell("a part", "joint_exercise", "CHN", "THA", 2000, 2025)


@pytest.mark.parametrize(
    ("cell", "searches", "level"),
    [
        (CELL, [], "not_asked"),
        (CELL, [asked(2010, 2025)], "not_asked"),
        (CELL, [asked(partners="SYR")], "not_asked"),
        (CELL, [asked(actors="DZA", partners="RUS")], "not_asked"),
        (CELL, [asked(type_="intervention")], "not_asked"),
        (CELL, [asked(is_open=False)], "named"),
        (CELL, [asked(partners="", is_open=False)], "not_asked"),
        (CELL, [asked(2000, 2008)], "named"),
        (CELL, [asked(2000, 2004), asked(2005, 2009)], "open"),
        (CELL, [asked(partners="")], "open"),
        (CELL, [asked(partners="", is_whole=False)], "named"),
        (DRILL, [asked(actors="CHN RUS", partners="", type_="joint_exercise")], "not_asked"),
        (DRILL, [asked(actors="THA", partners="", type_="joint_exercise")], "open"),
        (DRILL, [asked(actors="THA", partners="CHN", type_="joint_exercise")], "open"),
        (DRILL, [asked(actors="CHN THA", partners="", type_="joint_exercise")], "open"),
        (
            Cell("a part", "arms_transfer", "RUS", None, 2000, 2025),
            [asked(partners="DZA")],
            "named",
        ),
        (
            Cell("a part", "intervention", None, "DZA", 2000, 2025),
            [asked(type_="intervention")],
            "open",
        ),
    ],
)
def test_how_well_a_cell_was_searched(cell, searches, level):
    assert frame.level(cell, searches) == level


def test_an_event_that_was_found_answers_for_its_year_and_sides():
    tables = release()
    search = next(
        row for row in tables["searches"] if row["type"] == "arms_transfer" and row["event_ids"]
    )
    event_id = search["event_ids"][0]
    event = next(row for row in tables["arms_transfers"] if row["event_id"] == event_id)
    blind = {**tables, "searches": [{**search, "actor_ids": ["PRK"], "partner_ids": None}]}
    year = event["year"]
    cell = Cell("a part", "arms_transfer", event["supplier"], event["recipient"], year, year)
    assert frame.level(cell, frame.ledger(blind)) == "named"


def test_every_part_of_the_frame_is_summed_up(capsys):
    found = frame.levels()
    rows = frame.summary(found)
    assert sum(row[1] for row in rows) == len(found)
    assert all(sum(row[2:]) == row[1] for row in rows)
    frame.main([])
    said = capsys.readouterr().out
    assert all(f"{title}: {total} cells" in said for title, total, *_ in rows)


def test_names_that_are_no_actor_are_told_at_once(tmp_path, monkeypatch):
    text = frame.FRAME.read_text("utf-8")
    bad = tmp_path / "frame.toml"
    bad.write_text(text.replace('"PAK", "THA"', '"PAKISTAN", "THAI"', 1), "utf-8")
    monkeypatch.setattr(frame, "FRAME", bad)
    with pytest.raises(SystemExit, match=r"(?s)region: PAKISTAN.*region: THAI"):
        list(frame.cells(release()))


def test_an_organisation_is_asked_for_from_its_beginning():
    years = [cell.first for cell in frame.cells(release()) if cell.actor == "ALBA"]
    assert years == list(range(2004, 2026))


def test_kinds_of_intervener_stand_for_their_members():
    cell = next(
        cell
        for cell in frame.cells(release())
        if (cell.actor, cell.partner) == ("military company", "MLI")
    )
    assert "WAGNER" in cell.members
    row = asked(actors="WAGNER", partners="MLI", type_="intervention")
    # One company does not stand for all of them.
    assert frame.level(cell, [row]) == "named"
    other = asked(actors="RUS", partners="MLI", type_="intervention")
    assert frame.level(cell, [other]) == "not_asked"


def test_sides_of_an_event_are_not_exchanged():
    tables = release()
    row = next(row for row in tables["interventions"] if row["target"] == "SOM")
    search = tables["searches"][0] | {"actor_ids": ["PRK"], "partner_ids": None, "series_id": None}
    asked = frame.ledger({**tables, "searches": [search | {"event_ids": [row["event_id"]]}]})
    year = row["year"]
    there = Cell("a part", "intervention", row["interveners"][0], "SOM", year, year)
    assert frame.level(there, asked) == "named"
    turned = Cell("a part", "intervention", "SOM", row["interveners"][0], year, year)
    assert frame.level(turned, asked) == "not_asked"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('type = "pme_program"', 'type = "pme"', "no type of event: pme"),
        ("by_kind = true", "kinds = true", "no key of a part: kinds"),
        ("[2000, 2009]", "[2009, 2000]", r"no span of years: \[2009, 2000\]"),
        ('type = "intervention"\n', "", "has no type"),
        ("[[part]]", "[[part", "cannot be read"),
    ],
)
def test_a_frame_that_cannot_be_meant_is_refused(tmp_path, monkeypatch, old, new, says):
    text = frame.FRAME.read_text("utf-8")
    assert old in text
    bad = tmp_path / "frame.toml"
    bad.write_text(text.replace(old, new, 1), "utf-8")
    monkeypatch.setattr(frame, "FRAME", bad)
    with pytest.raises(SystemExit, match=says):
        list(frame.cells(release()))


def test_cells_of_what_did_not_exist_yet_are_not_asked_for():
    spans = {
        (cell.first, cell.last)
        for cell in frame.cells(release())
        if cell.partner == "SSD" and cell.type == "arms_transfer"
    }
    assert spans == {(2010, 2017), (2018, 2025)}
