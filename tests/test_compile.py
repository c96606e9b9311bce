"""From event files to a release: what is derived, and what is refused."""

import json
import os
import re
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import EXERCISE, REPOSITORY, TRANSFER, Project

from autocoop.compile import InvalidData, check
from autocoop.compile.values import NotAValue, parse_date, parse_integer
from autocoop.errors import ReleaseNotWritten


def rows(release: Path, table: str) -> list[dict]:
    return pq.read_table(release / f"{table}.parquet").to_pylist()


def test_exercise_is_flattened_with_its_evidence(project: Project) -> None:
    project.exercise()
    release = project.compile()
    (drill,) = rows(release, "joint_exercises")
    assert drill["start_date"] == date(2018, 8, 9)
    assert (drill["start_precision"], drill["year"]) == ("day", 2018)
    assert drill["participants"] == ["RUS", "CHN", "KAZ"]
    assert drill["observers"] == ["IRN"]
    figures = [drill[f"personnel_{end}"] for end in ("low", "best", "high")]
    assert figures == [3500, 4000, 4000]
    assert (drill["source_count"], drill["publisher_count"]) == (2, 2)
    assert drill["evidence_grade"] == "A"
    assert drill["is_all_autocratic"] is True
    claims = {(row["field"], row["value"]): row for row in rows(release, "claims")}
    assert claims["details.personnel", "3500"]["relation"] == "differs"
    assert claims["end", "2018-08"]["relation"] == "compatible"
    assert claims["details.personnel", "3500"]["qualifier"] == "more_than"
    people = {row["actor_id"]: row for row in rows(release, "participants")}
    assert people["RUS"]["personnel_best"] == 2000
    assert people["RUS"]["regime"] == 1
    assert people["CHN"]["regime"] == 0


@pytest.mark.parametrize(
    ("status", "is_confirmed"),
    [
        ("completed", True),
        ("under_way", False),
        ("announced", False),
        ("cancelled", False),
        (None, False),
    ],
)
def test_an_end_is_confirmed_by_a_page_that_reports_the_event_as_completed(
    project: Project, status: str | None, is_confirmed: bool
) -> None:
    """The first page gives the month alone; the day stands on the second."""
    first, second = EXERCISE.split("  - url: https://two.example/drill")
    second = re.sub(r"      status: .*\n", "", second)
    line = f"      status: {status}\n" if status else ""
    second = second.replace("    reports:\n", f"    reports:\n{line}")
    project.exercise(f"{first}  - url: https://two.example/drill{second}")
    (drill,) = rows(project.compile(), "joint_exercises")
    assert drill["end_date"] == date(2018, 8, 17)
    assert drill["is_end_confirmed"] is is_confirmed


def test_an_event_without_an_end_has_none_to_confirm(project: Project) -> None:
    project.exercise(re.sub(r" *end: .*\n", "", EXERCISE))
    (drill,) = rows(project.compile(), "joint_exercises")
    assert (drill["end_date"], drill["is_end_confirmed"]) == (None, None)


def test_deal_dates_quantities_and_values(project: Project) -> None:
    project.transfer()
    release = project.compile()
    (deal,) = rows(release, "arms_transfers")
    assert (deal["order_date"], deal["order_precision"]) == (date(2014, 3, 1), "month")
    assert deal["start_date"] == deal["order_date"]
    assert deal["delivery_start_date"] == date(2015, 1, 1)
    assert deal["delivery_end_date"] == deal["end_date"] == date(2016, 12, 31)
    values = [deal[f"value_usd_{end}"] for end in ("low", "best", "high")]
    assert values == [1_000_000_000, 1_200_000_000, 1_500_000_000]
    # Missiles are accessories of the aircraft, so the deal has the aircraft's quantity.
    quantities = [deal[f"quantity_ordered_{end}"] for end in ("low", "best", "high")]
    assert quantities == [14, 14, 16]
    assert deal["quantity_delivered_best"] is None
    assert (deal["items"], deal["categories"]) == (["Su-30", "R-77"], ["aircraft", "missiles"])
    items = {row["item_id"]: row for row in rows(release, "arms_items")}
    assert (items["r-77"]["unroca"], items["su-30"]["unroca"]) == (None, "IV")


@pytest.mark.parametrize(
    ("publishers", "grade"),
    [
        (["Reuters", "Xinhua"], "A"),
        (["TASS", "Xinhua"], "B"),
        (["Reuters"], "C"),
        (["Xinhua"], "D"),
    ],
)
def test_grade_follows_from_publishers(project: Project, publishers: list[str], grade: str) -> None:
    first, _, second = EXERCISE.partition("  - url: https://two")
    text = first.replace("publisher: Reuters", f"publisher: {publishers[0]}")
    text = text.replace("end: 2018-08\n      status", "end: 2018-08-17\n      status")
    if len(publishers) == 2:
        text += f"  - url: https://two{second.replace('Xinhua', publishers[1])}"
    project.exercise(text)
    (event,) = rows(project.compile(), "events")
    assert event["evidence_grade"] == grade


def test_wire_copy_is_the_same_publisher(project: Project) -> None:
    project.exercise(
        EXERCISE.replace("publisher: Xinhua", "publisher: Xinhua\n    origin: Reuters")
    )
    (event,) = rows(project.compile(), "events")
    assert (event["publisher_count"], event["evidence_grade"]) == (1, "C")


def test_norway_stays_norway(project: Project) -> None:
    # Read by YAML's own rules, NO would be the boolean false.
    project.exercise(EXERCISE.replace("RUS, place: Chebarkul", "NO, place: Chebarkul"))
    (problem,) = [text for text in project.problems() if "location[0].country" in text]
    assert "'NO' is not in actors.csv" in problem


BAD = [
    (
        "sources[0].read",
        27,
        "read: 2026-11-24\n    reports:\n      start",
        "read: 2096-01-01\n    reports:\n      start",
        "is still to come",
    ),
    (
        "sources[0].published",
        25,
        "published: 2018-08-18",
        "published: 2027-01-01",
        "is after the page was read",
    ),
    (
        "sources[0].reports.details.personnel",
        40,
        "personnel: 4000\n  -",
        "personnel: {low: 4000, high: 300}\n  -",
        "is less than low",
    ),
    ("details.personnel", 19, "  personnel: 4000\n", "  personnel: 500.5\n", "write digits only"),
    ("name", 3, "name: Test Drill 2018", "name:", "fill it in"),
    (
        "series",
        4,
        "name: Test Drill 2018",
        "name: Test Drill\nseries: zzzzzz",
        "add it to data/series.csv",
    ),
    (
        "participants",
        13,
        "{actor: KAZ, role: participant}",
        "{actor: UTOPIA, role: participant}",
        "'UTOPIA' is not in actors.csv; add it to data/actors.csv",
    ),
    ("participants[1].actor", 12, "actor: CHN", "actor: CNH", "did you mean 'CHN'?"),
    ("participants[0].actor", 11, "actor: RUS", "actor: 'RUS '", "did you mean 'RUS'?"),
    ("end", 5, "end: 2018-08-17\nstatus", "end: 2018-08-01\nstatus", "is before start 2018-08-09"),
    ("start", 4, "start: 2018-08-09\nend", "start: 2018-02-30\nend", "has 28 days"),
    ("start", 4, "start: 2018-08-09\nend", "start: 9 August\nend", "is not a date"),
    (
        "details.personnel",
        19,
        "  personnel: 4000\n",
        "  personnel: 4500\n",
        "reported by no source",
    ),
    ("details.personnel", 19, "  personnel: 4000\n", "  personnel: 4,000\n", "write 4000"),
    ("details.domain[0]", 18, "domain: [land]\n  p", "domain: [lnad]\n  p", "mean 'land'?"),
    ("status", 6, "status: completed\nf", "status: complete\nf", "did you mean 'completed'?"),
    ("statsu", 6, "status: completed\nf", "statsu: completed\nf", "did you mean 'status'?"),
    ("status", 6, "status: completed\nf", "status:\nf", "is empty"),
    ("sources[0].publisher", 23, "publisher: Reuters", "publisher: Reutres", "mean 'Reuters'?"),
    ("sources[0].url", 22, "https://one.example", "one.example", "is not an address"),
    ("details.format[1]", 17, "live_fire]\n  d", "field_exercise]\n  d", "stands twice"),
    (
        "details.format",
        19,
        "\n  domain: [land]\n",
        "\n  domain: [land]\n  format: [air]\n",
        "stands twice",
    ),
    ("id", 1, "id: je-test-drill-2018", "id: je-test-drill-2017", "is not the name of its file"),
    ("id", 1, "id: je-test-drill-2018", "id: at-test-drill-2018", "not an identifier of this type"),
    ("summary", 20, "summary: A", "summary: =A", "which a spreadsheet would run"),
    ("", 2, "joint_exercise\n", "joint_exercise: x\n", "not YAML"),
    ("participants", 10, "role: organiser", "role: observer", "has no organiser"),
    ("series", 3, "name: Test Drill 2018", "name: &a Test\nseries: *a", "is an alias"),
    ("name", 3, "name: Test Drill 2018", "name: !!int 5", "is a tag"),
    ("<<", 3, "name: Test Drill 2018", "<<: {name: x}", "is a merge key"),
]


@pytest.mark.parametrize(("field", "line", "old", "new", "says"), BAD)
def test_mistake_is_named(
    project: Project, field: str, line: int, old: str, new: str, says: str
) -> None:
    assert old in EXERCISE
    project.exercise(EXERCISE.replace(old, new))
    found = [text for text in project.problems() if says in text]
    assert found, project.problems()
    where = f"data/events/joint_exercise/2018/je-test-drill-2018.yaml:{line}"
    assert any(text.startswith((f"{where} {field}", f"{where}:")) for text in found), found
    with pytest.raises(InvalidData):
        project.compile()
    assert not (project.data / "release").exists()


def test_source_that_reports_nothing(project: Project) -> None:
    reports = TRANSFER.rindex("    reports:")
    project.transfer(TRANSFER[:reports] + "    reports: {}\n")
    assert any("sources[1].reports: reports nothing" in text for text in project.problems())


def test_bytes_that_are_not_utf8(project: Project) -> None:
    project.exercise(EXERCISE.encode().replace(b"Chebarkul}", b"Chebark\xfcl}"))
    (problem,) = project.problems()
    assert problem.startswith("data/events/joint_exercise/2018/je-test-drill-2018.yaml:9:")
    assert "not UTF-8" in problem


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_empty_file(project: Project, text: str) -> None:
    project.exercise(text)
    (problem,) = project.problems()
    assert "2018.yaml:1: the file is empty" in problem


def test_duplicate_id(project: Project) -> None:
    project.exercise()
    project.write(EXERCISE, "je-test-drill-2018", "joint_exercise/2019")
    assert any("is the identifier of" in text for text in project.problems())


def test_retired_id_is_not_used_again(project: Project) -> None:
    with (project.data / "retired_ids.csv").open("a", encoding="utf-8") as file:
        file.write("je-test-drill-2018,0.1.0,,merged\n")
    project.exercise()
    assert any("was retired in 0.1.0" in text for text in project.problems())


def test_democracy_as_organiser_is_out_of_scope(project: Project) -> None:
    text = EXERCISE.replace(
        "{actor: RUS, role: organiser, personnel: 2000}", "{actor: DEU, role: organiser}"
    )
    text = text.replace("{actor: CHN, role: organiser}", "{actor: FRA, role: organiser}")
    text = text.replace("[RUS, CHN, KAZ]", "[DEU, FRA, KAZ]")
    project.exercise(text)
    assert any("out of scope: no autocracy as organiser" in text for text in project.problems())


def test_all_mistakes_are_told_at_once(project: Project) -> None:
    project.exercise(
        EXERCISE.replace("actor: CHN", "actor: CNH")
        .replace("start: 2018-08-09\nend", "start: 2018-13\nend")
        .replace("publisher: Xinhua", "publisher: Xinhau")
    )
    project.transfer(TRANSFER.replace("mode: sale\n  order", "mode: sold\n  order"))
    problems = project.problems()
    for says in ("'CNH'", "'2018-13'", "'Xinhau'", "'sold'"):
        assert any(says in text for text in problems), says


def test_folder_and_scope_are_told_beside_other_mistakes(project: Project) -> None:
    text = EXERCISE.replace("actor: RUS", "actor: DEU").replace("actor: CHN", "actor: FRA")
    text = text.replace("publisher: Xinhua", "publisher: Xinhau")
    project.write(text, "je-test-drill-2018", "joint_exercise/2017")
    problems = project.problems()
    for says in ("move the file to events/joint_exercise/2018/", "out of scope", "'Xinhau'"):
        assert any(says in text for text in problems), says
    # Of actors that are not known nothing can be said.
    project.exercise(text.replace("actor: FRA", "actor: FRN"))
    problems = [text for text in project.problems() if "joint_exercise/2018" in text]
    assert any("'FRN'" in text for text in problems)
    assert not any("out of scope" in text for text in problems)


@pytest.mark.parametrize(
    ("field", "line", "old", "new", "says"),
    [
        ("location.country", 9, "  - {actor: RUS, role: host}\n", "", "{actor: RUS, role: host}"),
        ("details.domain", 18, "domain: [land]", "domain: [land, sea]", "format amphibious or"),
        ("details.format", 17, ", live_fire]", ", live_fire, naval]", "give details.domain sea"),
        (
            "status",
            31,
            "published: 2018-08-18",
            "published: 2018-08-10",
            "is reported by https://one.example/drill of 2018-08-10, before 2018-08-17",
        ),
    ],
)
def test_what_an_exercise_breaks_by_itself_is_named_by_line(
    project: Project, field: str, line: int, old: str, new: str, says: str
) -> None:
    assert old in EXERCISE
    project.exercise(EXERCISE.replace(old, new))
    where = f"data/events/joint_exercise/2018/je-test-drill-2018.yaml:{line} {field}: "
    assert [text for text in project.problems() if text.startswith(where) and says in text]


def test_what_a_deal_breaks_by_itself_is_named_by_line(project: Project) -> None:
    text = TRANSFER.replace("maker: BLR", "maker: RUS")
    text = text.replace("value_usd", "value_original").replace("unroca: IV", "unroca: I")
    project.transfer(text)
    where = "data/events/arms_transfer/2014/at-test-deal-2014.yaml"
    assert [problem.split(";")[0] for problem in project.problems()] == [
        f"{where}:13 details.value_original: '1200000000' stands without details.value_currency",
        f"{where}:16 details.items: 'su-30' breaks the rule: An item's UN Register class is one "
        "its category can fall in.",
        f"{where}:17 details.items.su-30.maker: 'RUS' is the supplier",
    ]


def test_what_an_event_breaks_by_itself_is_told_beside_other_mistakes(project: Project) -> None:
    text = EXERCISE.replace("domain: [land]", "domain: [land, sea]").replace("Xinhua", "Xinhau")
    project.exercise(text.replace("url: https://one.example", "url: one.example"))
    problems = project.problems()
    for says in ("'Xinhau'", "is not an address", "'sea' stands without a format"):
        assert any(says in text for text in problems), says
    # Of a list with a word that is not known nothing more can be said.
    project.exercise(text.replace("[land, sea]", "[lnad, sea]"))
    assert not any("without a format" in text for text in project.problems())


@pytest.mark.parametrize(
    ("event_type", "event_id", "old", "new", "field", "says"),
    [
        (
            "intervention",
            "iv-turkey-syria-2018",
            "is_invited: false",
            "is_invited: true",
            "details.is_invited",
            "write false, or another direction",
        ),
        (
            "intervention",
            "iv-turkey-syria-2018",
            "direction: 4",
            "direction: 1",
            "details.direction",
            "does not go with the supported side, opposition",
        ),
        (
            "pme_program",
            "pme-mli-ema-23-2022",
            "trainees: 5\n",
            "trainees: 50\n",
            "details.trainees",
            "more than class_total",
        ),
    ],
)
def test_what_other_events_break_by_themselves_is_named_by_line(
    project: Project, event_type: str, event_id: str, old: str, new: str, field: str, says: str
) -> None:
    (path,) = (REPOSITORY / "data" / "events" / event_type).rglob(f"{event_id}.yaml")
    text = path.read_text("utf-8")
    assert old in text
    changed = text.replace(old, new)
    project.write(changed, event_id, f"{event_type}/{path.parent.name}")
    (problem,) = [text for text in project.problems() if says in text]
    place, _, rest = problem.partition(" ")
    assert rest.startswith(f"{field}:")
    line = changed.splitlines()[int(place.rpartition(":")[2]) - 1]
    assert line.strip().startswith(field.removeprefix("details."))


def test_a_series_and_a_search_are_of_the_events_type(project: Project) -> None:
    project.transfer(TRANSFER.replace("name: Test deal", "name: Test deal\nseries: peace-mission"))
    project.exercise()
    with (project.data / "searches.csv").open("a", encoding="utf-8") as file:
        file.write(
            "s0001,arms_transfer,RUS,DZA,,2014,2014,named,en,query,2026-11-24,1,"
            "je-test-drill-2018,found,\n"
        )
    of_series, of_search = project.problems()
    assert "4 series: 'peace-mission' is a series of joint_exercise" in of_series
    assert "searches.csv:2 event_ids: 'je-test-drill-2018' is no arms_transfer" in of_search


def test_bad_reference_table_is_named_by_line(project: Project) -> None:
    path = project.data / "publishers.csv"
    lines = path.read_text("utf-8").count("\n")
    with path.open("a", encoding="utf-8") as file:
        file.write("odd,Odd,,XX,newspaper,,\n")
        file.write("odder,Odder,,USA,paper,,\n")
        file.write("oddest,Oddest\n")
    found = [text for text in project.problems() if "publishers.csv" in text]
    assert f"data/publishers.csv:{lines + 1} country: 'XX' is not in actors.csv" in found[0]
    assert any("'paper' is not a value of kind" in text for text in found)
    assert any("has 2 cells" in text for text in found)


def replaced(project: Project, file: str, old: str, new: str) -> None:
    path = project.data / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("\nreuters,Reuters", '\nreuters,"Reuters', None, "not CSV"),
        ("publisher_id,name", "publisher,name", 1, "is not the header of this table"),
        ("\nreuters,Reuters", "\nreuters,Re\udcfcters", None, "are bytes that are not UTF-8"),
    ],
    ids=["open quote", "header", "bytes"],
)
def test_broken_reference_file_is_the_only_problem(
    project: Project, old: str, new: str, line: int | None, says: str
) -> None:
    project.exercise(EXERCISE.replace("actor: CHN", "actor: CNH"))
    path = project.data / "publishers.csv"
    text = path.read_text("utf-8")
    place = line or text[: text.index(old)].count("\n") + 2
    path.write_bytes(text.replace(old, new, 1).encode("utf-8", "surrogateescape"))
    event = project.data / "events" / "joint_exercise" / "2018" / "je-test-drill-2018.yaml"
    for found in (project.problems(), [str(problem) for problem in check(project.data, [event])]):
        (problem,) = found
        assert problem.startswith(f"data/publishers.csv:{place}: ")
        assert says in problem
        assert "events are not checked" in problem


def test_open_quote_in_the_last_row_is_named_there(project: Project) -> None:
    path = project.data / "series.csv"
    lines = path.read_text("utf-8").count("\n")
    with path.open("a", encoding="utf-8") as file:
        file.write('odd,"Odd,joint_exercise,,,\neven,Even,joint_exercise,,,\n')
    (problem,) = project.problems()
    assert problem.startswith(f"data/series.csv:{lines + 1}: 'odd,\"Odd,joint_exercise,,,' not CSV")


def test_a_row_with_a_mistake_is_there(project: Project) -> None:
    """What refers to it is not called unknown, and the rest of the row is checked too."""
    project.exercise()
    project.transfer()
    replaced(project, "actors.csv", "RUS,Russia,state,RUS,365", "RUS,Russia,sate,RUs,36x")
    replaced(project, "actors.csv", "CHN,China,state", "CHN,China,state,")
    replaced(project, "publishers.csv", "\nreuters,Reuters,", "\nReuters,Reuters,")
    problems = project.problems()
    for says in ("'sate'", "'RUs' has not the form", "'36x'", "has 14 cells", "'Reuters' has not"):
        assert any(says in text for text in problems), says
    assert len(problems) == 5


#: A row added to a reference table, and the problem it is.
BAD_ROWS = [
    (
        "memberships.csv",
        "SCO,BLR,2010,2009-05,https://one.example,Reuters,2026-11-24",
        "to_date: '2009-05' is before from_date 2010; exchange the two",
    ),
    (
        "memberships.csv",
        "SCO,BLX,2010,,https://one.example,,2026-11-24",
        "actor_id: 'BLX' is not in actors.csv; did you mean",
    ),
    (
        "memberships.csv",
        "SCO,BLX,2010,,https://one.example,,2026-11-24",
        "source_publisher: '' is empty",
    ),
    (
        "actors.csv",
        "ODD,Odd,armed_group,,,,,,2012-05-01,2011-05-01,,,",
        "valid_to: '2011-05-01' is before valid_from 2012-05-01; exchange the two",
    ),
    ("actors.csv", "ODD,Russia,other,,,,,,,,,,", "name: 'Russia' stands in line"),
    ("actors.csv", "odd,Odd,other,,,,,,,,,,", "actor_id: 'odd' has not the form"),
    (
        "regimes.csv",
        "ZWE,2026,2030,1",
        "to_year: '2030' is after the last year of the source, 2025; later years are carried",
    ),
    ("regimes.csv", "ZWE,1998,1999,1", "from_year: '1998' is before 1999; begin the spell in"),
    ("regimes.csv", "ZWE,2004,2003,1", "to_year: '2003' is before from_year 2004; exchange"),
    ("regimes.csv", "ZWE,2010,2012,1", "from_year: '2010' overlaps the spell "),
    ("regimes.csv", "ZWF,1999,1999,9", "regime: '9' is not a class of 0 to 3"),
    ("regimes.csv", "ZWF,1999,1999,9", "actor_id: 'ZWF' is not in actors.csv; did you mean"),
    ("regimes.csv", "Utopia,1999,1999,0", "is not in actors.csv; add it to data/actors.csv"),
    ("regimes.csv", "SCO,1999,1999,0", "'SCO' is no state: its kind is organisation; delete"),
    ("series.csv", "odd,Odd,joint_exercise,RUS,,", "framework: 'RUS' is no organisation: its kind"),
    (
        "searches.csv",
        "s0001,joint_exercise,RUS,,,2012,2011,open,en,drill,2026-11-24,1,,none,",
        "year_to: '2011' is before year_from 2012; exchange the two",
    ),
    (
        "searches.csv",
        "s0001,joint_exercise,RUS,,,2012,2031,open,en,drill,2026-11-24,1,,none,",
        "year_to: '2031' is outside the coverage, 2000-2025; log the years within it",
    ),
    (
        "searches.csv",
        "s0001,joint_exercise,RUS,,,1998,2011,open,en,drill,2026-11-24,1,,none,",
        "year_from: '1998' is less than 2000",
    ),
    (
        "searches.csv",
        "s0001,joint_exercise,RUS,,,2012,2013,open,en,drill,2096-01-01,1,,none,",
        "searched_on: '2096-01-01' is still to come: it is after",
    ),
    (
        "searches.csv",
        "s0001,joint_exercise,RUS,,,2012,2013,open,en;eng,drill,2026-11-24,1,,none,",
        "languages: 'eng' is no code of ISO 639-1; write the code of two letters",
    ),
    (
        "searches.csv",
        "s0001,joint_exercise,RUS,,,2012,2013,open,en,drill,2026-11-24,1,,found,",
        "outcome: 'found' names no event; list event_ids, or write none or unclear",
    ),
    (
        "searches.csv",
        "s0001,joint_exercise,RUS,,,2012,2013,open,en,drill,2026-11-24,1,je-test-drill-2018,none,",
        "outcome: 'none' names events: je-test-drill-2018; write found (or unclear), or take",
    ),
]


@pytest.mark.parametrize(("file", "row", "says"), BAD_ROWS, ids=[row[2][:20] for row in BAD_ROWS])
def test_mistake_in_a_reference_table_is_named(
    project: Project, file: str, row: str, says: str
) -> None:
    replaced(project, "about.toml", about_line(project, "released"), "released = 2026-11-24")
    replaced(
        project, "about.toml", about_line(project, "coverage_end"), "coverage_end = 2025-12-31"
    )
    project.exercise()
    path = project.data / file
    line = path.read_text("utf-8").count("\n") + 1
    with path.open("a", encoding="utf-8") as target:
        target.write(f"{row}\n")
    problems = project.problems()
    assert [text for text in problems if text.startswith(f"data/{file}:{line} ") and says in text]
    assert all(text.startswith(f"data/{file}:{line} ") for text in problems), problems
    assert "data/is not" not in "".join(problems)


def about_line(project: Project, name: str) -> str:
    lines = (project.data / "about.toml").read_text("utf-8").splitlines()
    return next(line for line in lines if line.startswith(f"{name} = "))


def test_a_row_that_is_in_order_is_no_problem(project: Project) -> None:
    rows = {
        "memberships.csv": "SCO,CUB,2010-05,2010,https://one.example,Reuters,2026-11-24",
        "actors.csv": "ODD,Odd,armed_group,,,,,,2012-05-01,2012-05-01,,,",
        "regimes.csv": "ZWE,1999,1999,1",
        "series.csv": "odd,Odd,joint_exercise,SCO,,",
        "searches.csv": (
            "s0001,joint_exercise,RUS,,odd,2012,2012,named,en;zh,drill,2026-11-24,1,"
            "je-test-drill-2018,found,"
        ),
    }
    project.exercise()
    for file, row in rows.items():
        with (project.data / file).open("a", encoding="utf-8") as target:
            target.write(f"{row}\n")
    assert project.problems() == []


def test_compiling_twice_gives_the_same_bytes(project: Project) -> None:
    project.exercise()
    project.transfer()
    release = project.compile()
    first = {path.name: path.read_bytes() for path in release.iterdir()}
    project.compile()
    assert {path.name: path.read_bytes() for path in release.iterdir()} == first


def test_failed_compile_leaves_the_old_release(project: Project) -> None:
    project.exercise()
    release = project.compile()
    before = {path.name: path.read_bytes() for path in release.iterdir()}
    project.transfer(TRANSFER.replace("actor: DZA", "actor: DZZ"))
    with pytest.raises(InvalidData, match="'DZZ' is not in actors"):
        project.compile()
    assert {path.name: path.read_bytes() for path in release.iterdir()} == before


def test_error_while_writing_leaves_the_old_release(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.exercise()
    release = project.compile()
    before = {path.name: path.read_bytes() for path in release.iterdir()}
    project.transfer()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("autocoop.compile.write.table_facts", full)
    with pytest.raises(ReleaseNotWritten, match="No space left on device"):
        project.compile()
    assert {path.name: path.read_bytes() for path in release.iterdir()} == before
    assert [path.name for path in project.data.iterdir() if path.name.startswith(".")] == []


def test_interrupt_while_writing_leaves_the_old_release(project: Project) -> None:
    project.exercise()
    release = project.compile()
    before = {path.name: path.read_bytes() for path in release.iterdir()}
    project.transfer()
    script = (
        "import sys, time; from pathlib import Path\n"
        "from autocoop.compile import compile_release, write\n"
        "facts = write.table_facts\n"
        "def slow(*a):\n"
        "    print('writing', flush=True); time.sleep(30); return facts(*a)\n"
        "write.table_facts = slow\n"
        "compile_release(Path(sys.argv[1]))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(project.data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout as output:
        assert output.readline() == "writing\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) != 0
    assert {path.name: path.read_bytes() for path in release.iterdir()} == before
    assert [path.name for path in project.data.iterdir() if path.name.startswith(".")] == []


def test_crash_between_the_two_renames_is_mended(project: Project) -> None:
    project.exercise()
    release = project.compile()
    before = {path.name: path.read_bytes() for path in release.iterdir()}
    release.rename(project.data / ".release-old")
    project.transfer(TRANSFER.replace("actor: DZA", "actor: DZZ"))
    with pytest.raises(InvalidData):
        project.compile()
    (project.data / "events" / "arms_transfer" / "2014" / "at-test-deal-2014.yaml").unlink()
    project.compile()
    assert {path.name: path.read_bytes() for path in release.iterdir()} == before


def test_folder_that_cannot_be_written(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.exercise()
    release = project.compile()
    before = {path.name: path.read_bytes() for path in release.iterdir()}
    if os.geteuid() == 0:
        # Root may write everywhere; what the system would answer is put in its place.
        def refused(*_: object, **__: object) -> str:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("autocoop.compile.write.tempfile.mkdtemp", refused)
    else:
        project.data.chmod(0o555)
    try:
        with pytest.raises(ReleaseNotWritten, match="Permission denied"):
            project.compile()
    finally:
        project.data.chmod(0o755)
    assert {path.name: path.read_bytes() for path in release.iterdir()} == before


def test_manifest_describes_the_files(project: Project) -> None:
    import hashlib

    project.exercise()
    release = project.compile()
    manifest = json.loads((release / "manifest.json").read_text("utf-8"))
    for table, facts in manifest["tables"].items():
        raw = (release / facts["file"]).read_bytes()
        assert facts["bytes"] == len(raw)
        assert facts["sha256"] == hashlib.sha256(raw).hexdigest()
        read = pq.read_table(release / facts["file"])
        assert (facts["rows"], facts["columns"]) == read.shape, table


def test_many_aliases_end_at_once(project: Project) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    project.exercise("\n".join(lines) + "\n")
    assert any("is an alias" in text for text in project.problems())


def test_state_before_its_independence(project: Project) -> None:
    path = project.data / "actors.csv"
    text = path.read_text("utf-8").replace("2011-07-09", "2019-07-09")
    path.write_text(text, "utf-8")
    project.exercise(EXERCISE.replace("KAZ", "SSD"))
    assert any(
        "'SSD' did not exist in 2018: from 2019-07-09" in text for text in project.problems()
    )


@pytest.mark.parametrize("text", ["9" * 5_000, "١٦٠", "１６０"])
def test_figures_that_are_none_are_told_so(text: str) -> None:
    with pytest.raises(NotAValue):
        parse_integer(text)


def test_days_are_written_with_plain_digits() -> None:
    with pytest.raises(NotAValue):
        parse_date("２０１９-03-04")


@pytest.mark.parametrize(
    ("old", "new", "line", "fix"),
    [
        ("  - {actor: RUS", "\t- {actor: RUS", "  - {actor: RUS", "a tab cannot indent"),
        ("name: Test", 'name: "Test', "name: ", "close the quotation mark"),
        ("format: [", "format: [[", "domain: ", "close the bracket"),
        ("\nstatus: ", "\n  status: ", "status: ", "indent the line like those beside it"),
        ("name: Test", "name: Test: again", "name: ", "quote a text that holds"),
    ],
)
def test_what_is_no_yaml_is_told_where_and_how(
    project: Project, old: str, new: str, line: str, fix: str
) -> None:
    assert old in EXERCISE
    text = EXERCISE.replace(old, new, 1)
    project.exercise(text)
    number = 1 + next(n for n, own in enumerate(text.splitlines()) if line.strip() in own)
    (problem,) = [text for text in project.problems() if "not YAML" in text]
    assert fix in problem
    assert f":{number}: not YAML" in problem


def test_an_actor_that_did_not_exist_is_named_in_its_own_line(project: Project) -> None:
    late = "  - {actor: ZWE, role: participant}\n  - {actor: SSD, role: participant}\n"
    text = EXERCISE.replace("details:", f"{late}details:", 1).replace("2018", "2008")
    project.write(
        text.replace("je-test-drill-2008", "je-old-2008"), "je-old-2008", "joint_exercise/2008"
    )
    number = 1 + next(n for n, own in enumerate(text.splitlines()) if "actor: SSD" in own)
    found = [problem for problem in project.problems() if "did not exist" in problem]
    assert found
    assert all(f":{number} participants" in problem for problem in found)
