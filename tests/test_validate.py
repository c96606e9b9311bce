"""Other people's tables against the schemas: what is accepted, what is said, by which door."""

import csv
import io
import json
import weakref
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest
from conftest import REPOSITORY

import autocoop
from autocoop import errors, validate
from autocoop.checking import rules, sources
from autocoop.checking.report import KEPT, Report
from autocoop.cli import main
from autocoop.loading import ENGINES
from autocoop.progress import progress_on
from autocoop.schemas import MODELS, describe
from autocoop.validating import validate_release

RELEASE = REPOSITORY / "data" / "release"
TABLE = "joint_exercises"


def flat(table: str = TABLE, rows: int | None = None) -> pa.Table:
    """A table as flat text has it: lists joined, no categoricals."""
    data = autocoop.load(table, engine="arrow").slice(0, rows)
    for index, field in enumerate(data.schema):
        if pa.types.is_list(field.type):
            data = data.set_column(index, field.name, pc.binary_join(data.column(index), ";"))
        elif pa.types.is_dictionary(field.type):
            data = data.set_column(index, field.name, data.column(index).cast(pa.string()))
    return data


def with_cells(data: pa.Table, cells: dict[tuple[int, str], object]) -> pa.Table:
    """The table with other cells, given by row and column."""
    for (row, name), value in cells.items():
        values = data[name].to_pylist()
        values[row] = value
        is_text = isinstance(value, str)
        kind = pa.string() if is_text else data.schema.field(name).type
        values = [str(v) if is_text and v is not None else v for v in values]
        data = data.set_column(data.column_names.index(name), name, pa.array(values, kind))
    return data


def write(data: pa.Table, path: Path) -> Path:
    """The table as a file of the kind that the path says."""
    if path.suffix == ".csv":
        pa.csv.write_csv(data, path)
    elif path.suffix == ".parquet":
        pq.write_table(data, path, row_group_size=50)
    elif path.suffix == ".jsonl":
        rows = (json.dumps(row, default=str, ensure_ascii=False) for row in data.to_pylist())
        path.write_text("\n".join(rows) + "\n", "utf-8")
    else:
        openpyxl = pytest.importorskip("openpyxl")
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet()
        sheet.append(data.column_names)
        for row in data.to_pylist():
            sheet.append(list(row.values()))
        book.save(path)
    return path


SUFFIXES = (".csv", ".parquet", ".jsonl", ".xlsx")

# --- what is right ------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("table", MODELS)
def test_what_load_returns_is_valid_as_it_is(table: str, engine: str) -> None:
    data = autocoop.load(table, engine=engine)
    report = validate(data, table, references="release")
    assert report, str(report)
    assert report.rows == len(data)
    assert report.notes == []


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("table", ["joint_exercises", "actors", "claims", "memberships"])
def test_what_is_written_flat_is_valid(tmp_path: Path, table: str, suffix: str) -> None:
    data = flat(table)
    report = validate(write(data, tmp_path / f"x{suffix}"), table)
    assert report, str(report)
    assert report.rows == data.num_rows


def test_text_in_a_typed_file_is_read_and_said(tmp_path: Path) -> None:
    report = validate(write(flat(), tmp_path / "x.parquet"), TABLE)
    assert report
    assert "participants: text read as list of text" in report.notes


def test_the_release_as_csv_from_pandas(tmp_path: Path) -> None:
    """pandas writes True, and days without a time."""
    frame = autocoop.load("interventions")
    for name in frame:
        if isinstance(frame[name].dtype, pd.ArrowDtype):
            frame[name] = [None if cell is pd.NA else ";".join(cell) for cell in frame[name]]
    frame.to_csv(tmp_path / "x.csv", index=False)
    report = validate(tmp_path / "x.csv", "interventions")
    assert report, str(report)


def doors(data: pa.Table, folder: Path) -> dict[str, Callable[[], object]]:
    """Every kind of object that holds a table."""
    (folder / "parts").mkdir()
    pq.write_table(data.slice(0, 30), folder / "parts" / "a.parquet")
    pq.write_table(data.slice(30), folder / "parts" / "b.parquet")
    return {
        "pandas": lambda: data.to_pandas(),
        "polars": lambda: pl.from_arrow(data),
        "polars lazy": lambda: pl.from_arrow(data).lazy(),
        "arrow": lambda: data,
        "reader": lambda: data.to_reader(max_chunksize=40),
        "dataset": lambda: pa.dataset.dataset(folder / "parts"),
        "folder": lambda: folder / "parts",
        "files": lambda: [folder / "parts" / "a.parquet", str(folder / "parts" / "b.parquet")],
    }


@pytest.mark.parametrize(
    "door", ["pandas", "polars", "polars lazy", "arrow", "reader", "dataset", "folder", "files"]
)
def test_every_door_gives_the_same_answer(
    tmp_path: Path, door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "BATCH", 16)
    good = autocoop.load("participants", engine="arrow").slice(0, 100)
    bad = with_cells(good, {(1, "personnel_low"): -5, (99, "personnel_high"): -7})
    (tmp_path / "good").mkdir()
    (tmp_path / "bad").mkdir()
    report = validate(doors(good, tmp_path / "good")[door](), "participants")
    assert report, str(report)
    assert report.rows == 100
    failures = validate(doors(bad, tmp_path / "bad")[door](), "participants").failures
    below = failures[failures["check"] == "greater_than_or_equal_to"]
    shift = 30 if door in ("folder", "files") else 0
    assert below["row"].tolist() == [1, 99 - shift]
    assert below["value"].tolist() == ["-5", "-7"]
    assert below["file"].notna().all() == bool(shift)


def test_duckdb_relations(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "p.parquet"
    pq.write_table(flat("participants"), path)
    relation = duckdb.connect().read_parquet(str(path))
    report = validate(relation, "participants")
    assert report, str(report)
    columns = ", ".join(
        "-5 AS personnel_low" if n == "personnel_low" else n for n in relation.columns
    )
    report = validate(relation.project(columns).limit(3), "participants")
    assert (report.failures["value"] == "-5").sum() == 3


# --- what is wrong ------------------------------------------------------------------------------

WRONG = {
    "status": ("complted", "is not a value of status; did you mean 'completed'?"),
    "start_date": ("2015-06", "is not a day; write its first day and set start_precision"),
    "end_date": ("2015-02-30", "is no day of the calendar"),
    "year": ("2015.0", "is not a whole number; write 2015"),
    "personnel_best": ("3,000", "is not a whole number; write 3000"),
    "is_double_read": ("0", "is neither true nor false; write false"),
    "participants": ("RUS; CHN", "is not a list; write 'RUS;CHN'"),
    "format": ("live_fire;amfibious", "'amfibious'; did you mean 'amphibious'?"),
    "event_id": ("JE Peace Mission 2007", "; write 'je-peace-mission-2007'"),
    "summary": ("-cmd()", "begins with '-', which a spreadsheet would run; begin with a word"),
    "evidence_grade": ("", "is empty; fill it in: no evidence_grade may be missing"),
    "framework": ("SOC", "is not in actors"),
}


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("column", WRONG)
def test_a_wrong_cell_is_named_with_its_rule_and_fix(
    tmp_path: Path, column: str, suffix: str
) -> None:
    value, says = WRONG[column]
    data = flat(rows=6)
    # A cell of its own kind first, for a framework that is missing there.
    path = write(with_cells(data, {(3, column): value}), tmp_path / f"x{suffix}")
    report = validate(path, TABLE, references="release")
    failures = report.failures
    (failure,) = failures[failures["column"] == column].to_dict("records")
    assert failure["row"] == 3
    assert failure["line"] == 5 or suffix == ".xlsx"
    assert failure["file"] == path.as_posix()
    assert value in ("", failure["value"]) or value in failure["value"]
    assert says in str(report)


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    """Records of several lines, empty lines and rows that are none do not shift the lines."""
    rows = list(csv.reader(io.StringIO(_csv(flat(rows=6)))))
    summary, status = rows[0].index("summary"), rows[0].index("status")
    rows[1][summary] = "two\nlines"
    rows[3].append("too many")
    rows[5][status] = "odd"
    path = tmp_path / "x.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        for number, row in enumerate(rows):
            writer.writerow(row)
            if number == 3:
                file.write("\n")
    failures = validate(path, TABLE).failures
    assert failures[["row", "line", "check"]].values.tolist() == [[2, 5, "cells"], [4, 8, "isin"]]
    text = path.read_text("utf-8").split("\n")
    assert ",odd," in text[8 - 1].replace('"', "")


def _csv(data: pa.Table) -> str:
    sink = pa.BufferOutputStream()
    pa.csv.write_csv(data, sink)
    return sink.getvalue().to_pybytes().decode()


def test_headers(tmp_path: Path) -> None:
    data = flat(rows=3)
    names = data.column_names
    missing = data.drop_columns(["status"])
    assert "status: is missing" in str(validate(missing, TABLE))
    renamed = data.rename_columns(["stauts" if name == "status" else name for name in names])
    says = str(validate(renamed, TABLE))
    assert "status: is missing; rename 'stauts'" in says
    assert "'stauts' is no column of joint_exercises; did you mean 'status'?" in says
    report = validate(data.select([names[1], names[0], *names[2:]]), TABLE)
    assert report.failures["rule"].tolist() == ["is not the order of the columns"]
    path = write(missing, tmp_path / "x.csv")
    assert validate(path, TABLE).failures["line"].tolist() == [1]


def test_a_column_of_another_type_is_one_failure() -> None:
    data = flat(rows=5)
    numbers = pa.array(range(5))
    data = data.set_column(data.column_names.index("name"), "name", numbers)
    moments = pa.array([datetime(2010, 1, 1)] * 5, pa.timestamp("us", tz="UTC"))
    data = data.set_column(data.column_names.index("start_date"), "start_date", moments)
    failures = validate(data, TABLE).failures
    assert failures["rule"].tolist() == [
        "is of type int64, not text",
        "is of type timestamp[us, tz=UTC], not date",
    ]
    assert failures["row"].isna().all()


def test_rows_are_held_to_rules_on_several_columns() -> None:
    data = autocoop.load(TABLE, engine="arrow").slice(0, 4)
    late, early = date(2018, 5, 2), date(2018, 5, 1)
    data = with_cells(data, {(2, "start_date"): late, (2, "end_date"): early})
    (failure,) = validate(data, TABLE).failures.to_dict("records")
    assert failure["row"] == 2
    assert set(failure["column"].split(",")) == {"start_date", "end_date"}
    assert "start_date=2018-05-02" in failure["value"]
    assert failure["rule"] == "breaks the rule: end_date is not before start_date"
    undated = with_cells(data, {(2, "start_date"): None, (2, "end_date"): None})
    assert validate(undated, TABLE).failures["check"].tolist() == ["dated"]


def test_checks_of_other_kinds_are_left_to_pandera() -> None:
    """A check that Arrow has no kernel for, and one on whole frames, are still run."""
    import pandera.pandas as pda

    column = describe(TABLE).column("name")
    values = pa.array(["short", None, "a much longer name"])
    check = pda.Check.str_length(max_value=8)
    assert rules.broken(check, values, column).to_pylist() == [False, False, True]
    backtracking = pda.Check.str_matches("x")
    assert rules.broken(backtracking, values, column).to_pylist() == [True, False, True]
    whole = pda.Check(lambda frame: len(frame.columns) > 40, name="wide")
    empty = rules.to_pandas(describe(TABLE).arrow_schema().empty_table())
    assert rules._columns_used(whole, empty) == tuple(empty.columns)


# --- keys across batches --------------------------------------------------------------------------


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "BATCH", 7)


@pytest.mark.usefixtures("small_batches")
def test_duplicates_across_batches_and_files(tmp_path: Path) -> None:
    data = flat(rows=40)
    first, twin = data["event_id"].to_pylist()[2], (33, "event_id")
    report = validate(with_cells(data, {twin: first}), TABLE)
    (failure,) = report.failures.to_dict("records")
    assert (failure["row"], failure["value"], failure["check"]) == (33, first, "unique")
    assert failure["rule"] == "stands twice, first in row 2"
    a = write(data.slice(0, 20), tmp_path / "a.csv")
    b = write(with_cells(data, {twin: first}).slice(20), tmp_path / "b.csv")
    assert validate(a, TABLE)
    assert validate(b, TABLE)
    (failure,) = validate([a, b], TABLE).failures.to_dict("records")
    assert (failure["file"], failure["row"], failure["line"]) == (b.as_posix(), 13, 15)
    assert failure["rule"] == f"stands twice, first in line 4 of {a.as_posix()}"


@pytest.mark.usefixtures("small_batches")
def test_keys_of_several_columns_hold_missing_cells_equal() -> None:
    """As pandera has it: two claims without a qualifier are the same claim."""
    claims = flat("claims", rows=20)
    plain = claims.filter(pc.is_null(claims["qualifier"]))
    doubled = pa.concat_tables([plain, plain.slice(0, 1)])
    (failure,) = validate(doubled, "claims").failures.to_dict("records")
    assert failure["row"] == plain.num_rows
    assert failure["column"] == "event_id,source_id,field,value,qualifier"


def test_equal_hashes_are_no_duplicates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all keys have the same hash, the keys themselves decide."""
    from autocoop.checking import keys

    monkeypatch.setattr(keys, "row_hashes", lambda columns: keys.np.zeros(len(columns[0]), "u8"))
    data = flat(rows=20)
    assert validate(data, TABLE)
    first = data["event_id"].to_pylist()[0]
    report = validate(with_cells(data, {(9, "event_id"): first, (12, "event_id"): first}), TABLE)
    assert report.failures["row"].tolist() == [9, 12]
    assert report.count == 2


@pytest.mark.usefixtures("small_batches")
def test_references_across_batches() -> None:
    actors = flat("actors", rows=30)
    ids = actors["actor_id"].to_pylist()
    # A reference of the table to itself, from the first batch to the last.
    data = with_cells(actors, {(0, "parent"): ids[29], (1, "parent"): "XQX"})
    failures = validate(data, "actors").failures
    wrong = failures[failures["check"] == "references"]
    assert "XQX" in wrong["value"].tolist()
    assert 0 not in wrong["row"].tolist()


def test_references_are_looked_up_where_it_is_said(tmp_path: Path) -> None:
    items = flat("participants", rows=10)
    actors = flat("actors")
    some = sorted(set(items["actor_id"].to_pylist()))
    fewer = actors.filter(pc.invert(pc.equal(actors["actor_id"], some[0])))
    write(fewer, tmp_path / "actors.csv")
    assert validate(items, "participants")
    assert validate(items, "participants", references="release")
    for place in (tmp_path, {"actors": fewer}):
        failures = validate(items, "participants", references=place).failures
        assert set(failures["value"]) == {some[0]}
        assert set(failures["check"]) == {"references"}


# --- the report ---------------------------------------------------------------------------------


def test_many_failures_are_counted_and_some_kept() -> None:
    data = flat("participants")
    count = data.num_rows
    odd = pa.array(["odd"] * count)
    report = validate(data.set_column(data.column_names.index("role"), "role", odd), "participants")
    failures = report.failures
    kept = failures[failures["check"] == "isin"]
    assert len(kept) == min(KEPT, count)
    assert report.count >= count
    assert f"… and {report.count - len(failures):,} more of the same kinds" in str(report)
    assert repr(report).startswith(f"<Report: participants fails, {report.count:,} failures")


def test_lazy_or_the_first_only() -> None:
    data = with_cells(flat(rows=9), {(2, "status"): "odd", (3, "status"): "odd"})
    assert validate(data, TABLE).count == 2
    assert validate(data, TABLE, lazy=False).count == 1


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: validate([], "event"), errors.UnknownTable, "did you mean 'events'?"),
        (lambda: validate(5, "events"), errors.UnsupportedData, "cannot be read from int"),
        (lambda: validate({"a": 1}, "events"), errors.UnsupportedData, "from dict"),
        (lambda: validate("no.csv", "events"), errors.Unreadable, "no.csv: there is no such file"),
        (
            lambda: validate(pa.table({}), "events", references={"evnts": 1}),
            errors.UnknownTable,
            "did you mean 'events'?",
        ),
        (lambda: validate_release("no"), errors.Unreadable, "no: there is no such folder"),
    ],
)
def test_misuse_is_answered(call: Callable, error: type[Exception], says: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert says in str(caught.value)
    assert isinstance(caught.value, errors.AutocoopError)


# --- several tables -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tables() -> dict[str, pa.Table]:
    return {table: autocoop.load(table, engine="arrow") for table in MODELS}


def release_of(tables: dict[str, pa.Table], folder: Path) -> Path:
    for table, data in tables.items():
        pq.write_table(data, folder / f"{table}.parquet")
    return folder


def test_the_release_is_valid_as_a_release() -> None:
    report = validate_release(RELEASE)
    assert report, str(report)
    assert report.rows == sum(
        facts["rows"] for facts in autocoop.release.manifest()["tables"].values()
    )
    assert report.notes == []


def test_events_of_ones_own_use_the_actors_of_the_release(
    tables: dict[str, pa.Table], tmp_path: Path
) -> None:
    write(flat(), tmp_path / "joint_exercises.csv")
    report = validate_release(tmp_path)
    assert report, str(report)
    assert "actors is not in the folder; the release's was used" in report.notes
    assert "every_value_is_reported was not checked: it needs claims" in report.notes


def test_dangling_references_between_tables(tables: dict[str, pa.Table], tmp_path: Path) -> None:
    claims = tables["claims"]
    gone = claims["event_id"][0].as_py()
    spoiled = dict(tables)
    for table in ("events", TABLE, "arms_transfers", "interventions", "pme_programs"):
        spoiled[table] = tables[table].filter(pc.not_equal(tables[table]["event_id"], gone))
    report = validate_release(release_of(spoiled, tmp_path))
    failures = report.failures
    assert set(failures["check"]) == {"references"}
    assert set(failures["value"]) == {gone}
    assert {"claims", "sources", "participants"} <= set(failures["table"])
    assert any("rules across tables were not run" in note for note in report.notes)


def test_evidence_rules(tables: dict[str, pa.Table], tmp_path: Path) -> None:
    exercises = tables[TABLE]
    row = (
        exercises["personnel_best"]
        .to_pylist()
        .index(next(value for value in exercises["personnel_best"].to_pylist() if value))
    )
    figures = {(row, f"personnel_{end}"): 123_457 for end in ("low", "best", "high")}
    spoiled = tables | {TABLE: with_cells(exercises, figures)}
    report = validate_release(release_of(spoiled, tmp_path))
    (failure,) = report.failures.to_dict("records")
    assert failure["check"] == "every_value_is_reported"
    event_id = exercises["event_id"][row].as_py()
    assert f"joint_exercises.personnel_best of {event_id}: 123457 by no page" in failure["rule"]


def test_a_folder_with_a_table_twice_or_a_near_name(tmp_path: Path) -> None:
    write(flat("series"), tmp_path / "series.csv")
    write(flat("series"), tmp_path / "serie.csv")
    report = validate_release(tmp_path)
    assert "serie.csv is no table; did you mean 'series'?" in report.notes
    write(flat("series"), tmp_path / "series.parquet")
    with pytest.raises(errors.Unreadable, match="series is there more than once"):
        validate_release(tmp_path)


# --- the command line ---------------------------------------------------------------------------


def run(capsys: pytest.CaptureFixture, *arguments: str) -> tuple[int, str, str]:
    code = main(["validate", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def good_and_bad(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "bad").mkdir()
    good = write(flat(rows=9), tmp_path / f"{TABLE}.csv")
    cells = {(4, "status"): "complted", (5, "start_date"): "June"}
    return good, write(with_cells(flat(rows=9), cells), tmp_path / "bad" / f"{TABLE}.csv")


def test_exit_codes(
    capsys: pytest.CaptureFixture, tmp_path: Path, good_and_bad: tuple[Path, Path]
) -> None:
    good, bad = map(str, good_and_bad)
    assert run(capsys, good) == (0, "joint_exercises: valid, 9 rows read\n", "")
    code, out, err = run(capsys, bad, "--table", TABLE)
    assert (code, err) == (1, "")
    assert f"{bad}:6 status: 'complted'" in out
    assert out.endswith("joint_exercises: 2 failures, 9 rows read\n")
    assert run(capsys, bad, "--first")[1].count("\n") == 2
    for arguments, says in (
        ((str(tmp_path / "joint_exercises.parquet"),), "there is no such file"),
        ((good, "--table", "joint_exercise"), "did you mean 'joint_exercises'?"),
        ((str(tmp_path / "mine.csv"),), "say which one with --table"),
        ((good, "--format", "xml"), "sarif"),
        ((), "takes files, or --release FOLDER"),
        ((good, "--release", "x"), "takes files, or --release FOLDER"),
    ):
        code, out, err = run(capsys, *arguments)
        assert (code, out) == (2, "")
        assert says in err
        assert "Traceback" not in err


def test_release_at_the_command_line(capsys: pytest.CaptureFixture, tmp_path: Path) -> None:
    write(flat("series"), tmp_path / "series.csv")
    code, out, _ = run(capsys, "--release", str(tmp_path))
    assert code == 0
    assert out.endswith(": valid, " + f"{len(autocoop.load('series')):,} rows read\n")


def test_json(capsys: pytest.CaptureFixture, good_and_bad: tuple[Path, Path]) -> None:
    code, out, _ = run(capsys, str(good_and_bad[1]), "--format", "json")
    document = json.loads(out)
    assert (code, document["is_valid"]) == (1, False)
    (report,) = document["reports"]
    assert (report["rows"], report["count"]) == (9, 2)
    assert report["failures"][0] == {
        "table": TABLE,
        "file": good_and_bad[1].as_posix(),
        "line": 6,
        "row": 4,
        "column": "status",
        "value": "complted",
        "check": "isin",
        "rule": "is not a value of status",
        "fix": "did you mean 'completed'?",
    }


def test_github_annotations_cannot_be_forged(capsys: pytest.CaptureFixture, tmp_path: Path) -> None:
    path = write(
        with_cells(flat(rows=3), {(1, "status"): "x\n::error file=a::b%0A"}), tmp_path / "a,b:c.csv"
    )
    code, out, _ = run(capsys, str(path), "--table", TABLE, "--format", "github")
    assert code == 1
    first, last = out.splitlines()
    name = path.as_posix().replace(":", "%3A").replace(",", "%2C")
    assert first.startswith(f"::error file={name},line=3,title=autocoop joint_exercises isin::")
    assert r"x\n::error file=a::b%250A" in first
    assert last == "joint_exercises: 1 failure, 3 rows read"


def test_sarif(
    capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch, good_and_bad: tuple[Path, Path]
) -> None:
    monkeypatch.chdir(good_and_bad[0].parent)
    code, out, _ = run(capsys, f"bad/{TABLE}.csv", "--format", "sarif")
    document = json.loads(out)
    assert (code, document["version"]) == (1, "2.1.0")
    (done,) = document["runs"]
    result = done["results"][0]
    assert result["ruleId"] in {rule["id"] for rule in done["tool"]["driver"]["rules"]}
    assert "did you mean 'completed'?" in result["message"]["text"]
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": f"bad/{TABLE}.csv"},
                "region": {"startLine": 6},
            }
        }
    ]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal_and_wiped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autocoop.progress._PAUSE", 0)
    monkeypatch.setattr(sources, "BATCH", 4)
    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        with progress_on(stream) as progress:
            assert validate(flat(rows=9), TABLE, progress=progress)
    shown = [part.strip() for part in terminal.getvalue().split("\r")]
    assert shown == [
        "",
        "joint_exercises: 4 of 9 rows",
        "joint_exercises: 8 of 9 rows",
        "joint_exercises: 9 of 9 rows",
        "",
        "",
    ]
    assert pipe.getvalue() == ""


# --- large files --------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_large_file_is_checked_in_batches_that_are_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    """`python -m benchmarks validate` measures the memory: how far Arrow reads ahead varies."""
    data = flat("participants").slice(0, 3_000).combine_chunks()
    column = data.column_names.index("event_id")
    path = tmp_path / f"x{suffix}"
    kind = pa.csv.CSVWriter if suffix == ".csv" else pq.ParquetWriter
    with kind(path, data.schema) as writer:
        for number in range(100):
            ids = pc.binary_join_element_wise(data["event_id"], str(number), "-")
            writer.write_table(data.set_column(column, "event_id", ids))
    sizes, seen, alive = [], [], []
    usual = sources.Source.batches

    def batches(self: sources.Source, columns: list[str]) -> Iterator[sources.Batch]:
        for count, cells in usual(self, columns):
            sizes.append(count)
            seen.append(weakref.ref(cells["event_id"]))
            alive.append(sum(array() is not None for array in seen))
            yield count, cells

    monkeypatch.setattr(sources, "BATCH", 10_000)
    monkeypatch.setattr(sources.Source, "batches", batches)
    report = validate(path, "participants")
    assert report, str(report)
    assert report.rows == sum(sizes) == 100 * data.num_rows
    assert max(sizes) <= 10_000
    # The one that is checked, and the one before it while the next is fetched.
    assert max(alive) <= 2


def test_the_same_schema_runs_on_dask() -> None:
    """On a local scheduler, as docs/validate.md shows it."""
    pytest.importorskip("dask.dataframe")
    import dask.dataframe as dd

    from autocoop.loading import read
    from autocoop.schemas.describe import to_pandas

    model = MODELS["participants"]
    frame = to_pandas(read("participants"))
    good = dd.from_pandas(frame, npartitions=4)
    assert len(model.validate(good).compute(scheduler="sync")) == len(frame)
    wrong = frame.copy()
    wrong.loc[len(wrong) - 1, "role"] = "odd"
    checked = model.validate(dd.from_pandas(wrong, npartitions=4))
    from pandera.errors import SchemaError

    with pytest.raises(SchemaError, match="role"):
        checked.compute(scheduler="sync")


def test_a_report_asserts_itself() -> None:
    report = Report("events", rows=3)
    report.assert_valid()
    with pytest.raises(AssertionError, match="did you mean 'completed'"):
        validate(with_cells(flat(rows=3), {(1, "status"): "complted"}), TABLE).assert_valid()
