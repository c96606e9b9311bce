"""The command line, as a user types it."""

import csv
import os
from pathlib import Path

import pandas as pd
import pytest
from conftest import EXERCISE, Project

import autocoop
from autocoop.cli import EVENT_TYPES, main
from autocoop.compile import form
from autocoop.schemas import vocabularies


def run(capsys: pytest.CaptureFixture, *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_show_counts_what_is_there(capsys: pytest.CaptureFixture) -> None:
    code, out, _ = run(capsys, "show")
    assert code == 0
    total = len(autocoop.load("events"))
    assert f"{total:,} events" in out
    assert "Russia" in out
    assert max(map(len, out.splitlines())) <= 100


def test_tables(capsys: pytest.CaptureFixture) -> None:
    code, out, _ = run(capsys, "tables")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == list(autocoop.tables())


def test_load_to_csv(capsys: pytest.CaptureFixture, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    code, _, _ = run(
        capsys,
        *("load", "joint_exercises", "--where", "participants=RUS", "--where", "year>=2015"),
        *("--out", str(target)),
    )
    assert code == 0
    where = {"participants": "RUS", "year": ">=2015"}
    expected = autocoop.load("joint_exercises", where=where)
    with target.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["event_id"] for row in rows] == expected["event_id"].tolist()
    assert rows[0]["participants"].split(";") == expected["participants"].iloc[0]
    assert os.listdir(tmp_path) == ["out.csv"]


def test_load_to_parquet(capsys: pytest.CaptureFixture, tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    assert run(capsys, "load", "arms_items", "--out", str(target))[0] == 0
    assert len(pd.read_parquet(target)) == len(autocoop.load("arms_items"))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("load", "event"), "did you mean 'events'?"),
        (("load", "events", "--where", "year"), "COLUMN=VALUE"),
        (("load", "events", "--where", "year=2018", "--where", "year=2019"), "stands twice"),
        (("load", "events", "--out", "x.doc"), ".parquet"),
        (("load", "events", "--out", "/no/such/folder/x.csv"), "not written"),
        (("evidence", "je-x"), "there is no event"),
        (("codebook", "x"), "there is no table"),
        (("cite", "--style", "x"), "there is no style"),
    ],
)
def test_mistakes_are_one_sentence_and_status_1(
    capsys: pytest.CaptureFixture, arguments: tuple[str, ...], says: str
) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (1, "")
    assert says in err
    assert "Traceback" not in err


def test_evidence_lists_pages(capsys: pytest.CaptureFixture) -> None:
    code, out, _ = run(capsys, "evidence", "je-joint-sea-2012")
    assert code == 0
    for url in autocoop.evidence("je-joint-sea-2012")["url"].unique():
        assert url in out


def test_codebook_and_cite(capsys: pytest.CaptureFixture) -> None:
    assert "`personnel_best`" in run(capsys, "codebook", "joint_exercises")[1]
    assert run(capsys, "cite", "--style", "bibtex")[1].startswith("@misc{autocoop")


def test_check_and_compile(capsys: pytest.CaptureFixture, project: Project) -> None:
    path = project.exercise()
    data = str(project.data)
    assert run(capsys, "check", str(path), "--data", data)[:2] == (0, "no problems\n")
    code, out, _ = run(capsys, "compile", "--data", data)
    assert code == 0
    assert "1 events" in out or "1 event" in out
    assert run(capsys, "compile", "--dry-run", "--data", data)[0] == 0
    path.write_text(EXERCISE.replace("actor: CHN", "actor: China"), "utf-8")
    code, out, _ = run(capsys, "check", "--data", data)
    assert code == 1
    assert "je-test-drill-2018.yaml:12 participants[1].actor: 'China'" in out
    assert "did you mean 'CHN'?" in out
    assert run(capsys, "compile", "--data", data)[0] == 1


def test_check_outside_a_checkout(
    capsys: pytest.CaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = run(capsys, "check")
    assert code == 1
    assert "no data folder here or above" in err


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_new_writes_a_skeleton_of_every_field(
    capsys: pytest.CaptureFixture, tmp_path: Path, event_type: str
) -> None:
    target = tmp_path / "new" / "x.yaml"
    assert run(capsys, "new", event_type, "--out", str(target))[0] == 0
    text = target.read_text("utf-8")
    for name in form.details(event_type):
        assert f"  {name}:" in text
    for path in form.claimable(event_type):
        assert f"# {path}: " in text
    code, _, err = run(capsys, "new", event_type, "--out", str(target))
    assert code == 2
    assert "not written" in err
    assert target.read_text("utf-8") == text


def test_types_of_the_command_line_are_those_of_the_schema() -> None:
    assert list(EVENT_TYPES) == list(vocabularies.EVENT_TYPE)


def test_both_members_and_every_row_in_a_pipe(capsys: pytest.CaptureFixture) -> None:
    code, out, _ = run(capsys, "load", "joint_exercises", "--where", "participants=RUS+CHN")
    where = {"participants": {"all": ["RUS", "CHN"]}}
    expected = autocoop.load("joint_exercises", where=where)
    assert code == 0
    assert len(expected) > 40
    assert [line.split()[0] for line in out.splitlines()[1:-1]] == expected["event_id"].tolist()


def test_one_problem_is_one(capsys: pytest.CaptureFixture, project: Project) -> None:
    with (project.data / "series.csv").open("a", encoding="utf-8") as file:
        file.write("odd,Odd,joint_exercise,RUS,,\n")
    code, out, _ = run(capsys, "check", "--data", str(project.data))
    assert code == 1
    assert out.splitlines()[-1] == "1 problem"
    with (project.data / "series.csv").open("a", encoding="utf-8") as file:
        file.write("odder,Odder,joint_exercise,CHN,,\n")
    _, out, _ = run(capsys, "check", "--data", str(project.data))
    assert out.splitlines()[-1] == "2 problems"


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_a_deal_is_asked_for_no_location(capsys: pytest.CaptureFixture, event_type: str) -> None:
    _, out, _ = run(capsys, "new", event_type)
    assert ("\nlocation:\n" in out) == (event_type != "arms_transfer")
    assert "\nparticipants:\n" in out
