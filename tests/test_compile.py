"""From event files to a release: what is derived, and what is refused."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import EXERCISE, TRANSFER, Project

from autocoop.compile import InvalidData
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
        26,
        "read: 2026-11-24\n    reports:\n      start",
        "read: 2096-01-01\n    reports:\n      start",
        "is after the release",
    ),
    (
        "sources[0].published",
        24,
        "published: 2018-08-18",
        "published: 2027-01-01",
        "is after the page was read",
    ),
    (
        "sources[0].reports.details.personnel",
        39,
        "personnel: 4000\n  -",
        "personnel: {low: 4000, high: 300}\n  -",
        "is less than low",
    ),
    ("details.personnel", 18, "  personnel: 4000\n", "  personnel: 500.5\n", "write digits only"),
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
        18,
        "  personnel: 4000\n",
        "  personnel: 4500\n",
        "reported by no source",
    ),
    ("details.personnel", 18, "  personnel: 4000\n", "  personnel: 4,000\n", "write 4000"),
    ("details.domain[0]", 17, "domain: [land]\n  p", "domain: [lnad]\n  p", "mean 'land'?"),
    ("status", 6, "status: completed\nf", "status: complete\nf", "did you mean 'completed'?"),
    ("statsu", 6, "status: completed\nf", "statsu: completed\nf", "did you mean 'status'?"),
    ("status", 6, "status: completed\nf", "status:\nf", "is empty"),
    ("sources[0].publisher", 22, "publisher: Reuters", "publisher: Reutres", "mean 'Reuters'?"),
    ("sources[0].url", 21, "https://one.example", "one.example", "is not an address"),
    ("details.format[1]", 16, "live_fire]\n  d", "field_exercise]\n  d", "stands twice"),
    (
        "details.format",
        18,
        "\n  domain: [land]\n",
        "\n  domain: [land]\n  format: [air]\n",
        "stands twice",
    ),
    ("id", 1, "id: je-test-drill-2018", "id: je-test-drill-2017", "is not the name of its file"),
    ("id", 1, "id: je-test-drill-2018", "id: at-test-drill-2018", "not an identifier of this type"),
    ("summary", 19, "summary: A", "summary: =A", "which a spreadsheet would run"),
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
    begin = time.monotonic()
    assert any("is an alias" in text for text in project.problems())
    assert time.monotonic() - begin < 20


def test_state_before_its_independence(project: Project) -> None:
    path = project.data / "actors.csv"
    text = path.read_text("utf-8").replace("2011-07-09", "2019-07-09")
    path.write_text(text, "utf-8")
    project.exercise(EXERCISE.replace("KAZ", "SSD"))
    assert any(
        "'SSD' did not exist in 2018: from 2019-07-09" in text for text in project.problems()
    )
