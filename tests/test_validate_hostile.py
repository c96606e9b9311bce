"""Hostile input: a clear answer each time, and nothing touched, whatever a file holds."""

import json
import os
import random
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from conftest import EXERCISE, TRANSFER
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import autocoop
from autocoop.checking import casting, sources
from autocoop.compile.problems import Problems
from autocoop.compile.read import read_yaml
from autocoop.errors import AutocoopError, Unreadable
from autocoop.loading import read
from autocoop.schemas import MODELS, describe
from autocoop.schemas.describe import to_pandas
from autocoop.validating import validate, validate_release

TABLE = "joint_exercises"
SEED = 20261124


def flat(table: str = TABLE, rows: int = 8) -> pa.Table:
    """The first rows of a table, with lists joined as in a CSV file."""
    data = autocoop.load(table, engine="arrow").slice(0, rows)
    for index, field in enumerate(data.schema):
        if pa.types.is_list(field.type):
            joined = pa.compute.binary_join(data.column(index), ";")
            data = data.set_column(index, field.name, joined)
    return data


def csv_bytes() -> bytes:
    return written(flat())


def written(data: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pa.csv.write_csv(data, sink)
    return sink.getvalue().to_pybytes()


def json_bytes() -> bytes:
    rows = autocoop.load(TABLE, engine="arrow").slice(0, 8).to_pylist()
    return "".join(json.dumps(row, default=str) + "\n" for row in rows).encode()


def parquet_bytes() -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(autocoop.load(TABLE, engine="arrow").slice(0, 8), sink)
    return sink.getvalue().to_pybytes()


def answer(path: Path, table: str = TABLE) -> str:
    """What is said of a file: its report, or why it cannot be read."""
    try:
        report = validate(path, table)
    except Unreadable as error:
        says = str(error)
        return says if says.startswith(path.as_posix()) else f"the file is not named: {says}"
    frame = report.failures
    assert bool(report) == (len(frame) == 0)
    return str(report)


# --- one test a trick ---------------------------------------------------------------------------


def changed(column: str, value: str) -> bytes:
    """The CSV file with another text in the first cell of a column."""
    data = flat()
    text = data[column].cast(pa.string()).to_pylist()
    return written(
        data.set_column(data.column_names.index(column), column, pa.array([value, *text[1:]]))
    )


WIDTH = len(describe(TABLE).columns)

TRICKS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "empty": ("csv", lambda: b"", "is empty"),
    "blank": ("csv", lambda: b"\n\n \n", "is empty"),
    "header only": ("csv", lambda: csv_bytes().splitlines(True)[0], "valid, 0 rows"),
    "truncated in a row": ("csv", lambda: csv_bytes()[:-40], f"cells, not {WIDTH}"),
    "open quotation mark": (
        "csv",
        lambda: csv_bytes() + b'"' + b"x" * 12_000_000,
        "quotation mark left open",
    ),
    "UTF-16": ("csv", lambda: csv_bytes().decode().encode("utf-16"), "is UTF-16"),
    "Latin-1": (
        "csv",
        lambda: changed("name", "Manœuvre Élysée").decode().replace("œ", "o").encode("latin-1"),
        ":2: holds bytes that are not UTF-8",
    ),
    "Latin-1 header": ("csv", lambda: b"event_id,nam\xe9\n1,2\n", "header is not UTF-8"),
    "zero bytes": ("csv", lambda: b"event_id\0,name\n", "zero bytes"),
    "mixed line ends": (
        "csv",
        lambda: b"\r\n".join(csv_bytes().split(b"\n", 2)).replace(b"\n", b"\r", 3),
        "valid, 8 rows",
    ),
    "byte order mark": ("csv", lambda: b"\xef\xbb\xbf" + csv_bytes(), "valid, 8 rows"),
    "duplicate header": (
        "csv",
        lambda: csv_bytes().replace(b'"name"', b'"event_id"', 1),
        "event_id: stands twice in the header",
    ),
    "a row of too many cells": (
        "csv",
        lambda: csv_bytes() + csv_bytes().splitlines(True)[-1].replace(b"\n", b",x\n"),
        f":10 has {WIDTH + 1} cells, not {WIDTH}; quote a cell that holds a comma",
    ),
    "rows that are none": (
        "csv",
        lambda: csv_bytes() + b"x\n" * 200_000,
        "more than 100,000 rows are none; one",
    ),
    "tabs": (
        "csv",
        lambda: csv_bytes().replace(b",", b"\t"),
        "separate the columns with commas",
    ),
    "10,000 columns": (
        "csv",
        lambda: ",".join(f"c{n}" for n in range(10_000)).encode() + b"\n",
        "has 10,000 columns; the limit is 1,000",
    ),
    "NaN": ("csv", lambda: changed("personnel_low", "NaN"), "'NaN' is not a whole number"),
    "infinity": ("csv", lambda: changed("personnel_low", "inf"), "'inf' is not a whole number"),
    "a huge number": ("csv", lambda: changed("personnel_low", "9" * 30), "larger than any figure"),
    "other digits": ("csv", lambda: changed("year", "٢٠١٨"), "is not a whole number"),
    "a cell of two megabytes": (
        "csv",
        lambda: changed("summary", "a" * 2_000_000),
        "is longer than 1,000,000 bytes",
    ),
    "a workflow command": (
        "csv",
        lambda: changed("status", "x\n::error::gotcha"),
        r"'x\n::error::gotcha' is not a value of status",
    ),
    "no JSON": ("jsonl", lambda: b"{\n" + json_bytes(), "is not JSON"),
    "truncated JSON": ("jsonl", lambda: json_bytes()[:-20], "is not JSON"),
    "a list": ("jsonl", lambda: b"[1]\n" + json_bytes(), "is no JSON object"),
    "a key twice": ("jsonl", lambda: b'{"name": 1, "name": 2}\n', "a key that stands twice"),
    "deep JSON": ("jsonl", lambda: b"[" * 100_000 + b"\n", "is not JSON"),
    "JSON not in UTF-8": ("jsonl", lambda: b'{"name": "\xe9"}\n', "is not UTF-8"),
    "half a surrogate": ("jsonl", lambda: b'{"name": "\\ud800"}\n', "is not Unicode text"),
    "NaN in JSON": ("jsonl", lambda: b'{"year": Infinity}\n', "is not a whole number"),
    "an object for a cell": ("jsonl", lambda: b'{"year": {"a": 1}}\n', "is dict, not integer"),
    "unknown keys": ("jsonl", lambda: b'{"yaer": 2018}\n', "'yaer' is no column"),
    "digits without end": (
        "jsonl",
        lambda: b'{"year": ' + b"9" * 5_000 + b"}\n",
        "is not JSON",
    ),
    "a line of five megabytes": (
        "jsonl",
        lambda: b'{"name": "' + b"a" * 5_000_000 + b'"}\n',
        ":1: the line is longer than",
    ),
    "no Parquet": ("parquet", csv_bytes, "cannot be read"),
    "half a Parquet file": ("parquet", lambda: parquet_bytes()[:2_000], "cannot be read"),
    "no workbook": ("xlsx", csv_bytes, "is no Excel workbook"),
    "another format": ("doc", csv_bytes, "is of no known format"),
    "compressed CSV": ("gz", csv_bytes, "is of no known format"),
}


@pytest.mark.parametrize("name", TRICKS)
def test_tricks_are_answered(tmp_path: Path, name: str) -> None:
    suffix, content, says = TRICKS[name]
    path = tmp_path / f"data.{suffix}"
    path.write_bytes(content())
    assert says in answer(path)
    assert os.listdir(tmp_path) == [path.name]


def test_a_cell_of_four_hundred_megabytes_is_not_held(tmp_path: Path) -> None:
    """How far Arrow reads ahead depends on the machine's load, never on the cell's length."""
    path = tmp_path / "data.csv"
    header = csv_bytes().splitlines(True)[0]
    with path.open("wb") as file:
        file.write(header + b'je-x,"')
        for _ in range(400):
            file.write(b"a" * 1_000_000)
        file.write(b'"\n')
    before = pa.total_allocated_bytes()
    peak = pa.default_memory_pool().max_memory()
    tracemalloc.start()
    try:
        assert "a row is longer than" in answer(path)
        _, python = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    grown = max(pa.default_memory_pool().max_memory() - max(peak, before), 0)
    assert python < 60_000_000
    assert grown < 200_000_000


def test_a_parquet_bomb_of_one_long_cell(tmp_path: Path) -> None:
    """A dictionary of one long text that all rows share takes a few kilobytes on disk."""
    path = tmp_path / "bomb.parquet"
    rows = 200_000
    long = pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(rows, np.int32)), pa.array(["a" * 2_000_000])
    )
    pq.write_table(pa.table({"name": long}), path, compression="zstd", store_schema=False)
    assert path.stat().st_size < 100_000
    peak = pa.default_memory_pool().max_memory()
    says = answer(path)
    assert "is longer than 1,000,000 bytes" in says
    assert f"{rows:,} rows read" in says
    assert pa.default_memory_pool().max_memory() - peak < 200_000_000


@pytest.mark.parametrize("column", ["name", "participants", "year"])
def test_a_parquet_bomb_of_cells_within_the_limit(tmp_path: Path, column: str) -> None:
    path = tmp_path / "bomb.parquet"
    cells = pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(100_000, np.int32)), pa.array(["1" * 900_000])
    )
    pq.write_table(pa.table({column: cells}), path, compression="zstd", store_schema=False)
    peak = pa.default_memory_pool().max_memory()
    says = answer(path)
    if column == "name":
        assert "event_id: is missing" in says
        assert "name: " not in says
    else:
        assert "a column unpacks to 90,000,000,000 bytes in 100,000 rows" in says
    assert pa.default_memory_pool().max_memory() - peak < 200_000_000


def test_a_parquet_bomb_of_large_chunks_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bomb.parquet"
    plain = pa.table({"name": pa.array(["a" * 100_000] * 50)})
    pq.write_table(plain, path, compression="zstd", use_dictionary=False)
    monkeypatch.setattr(sources, "MAX_UNPACKED", 1_000_000)
    assert "name unpacks to 5,0" in answer(path)


def test_a_parquet_bomb_of_members_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "bomb.parquet"
    pq.write_table(pa.table({"participants": [["RUS"] * 200_000]}), path)
    assert "participants.list.element has 200,000 members in 1 rows" in answer(path)


def test_a_spreadsheet_bomb_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 5_000_000)
    monkeypatch.setattr(sources, "MAX_UNPACKED", 1_000_000)
    assert "unpacks to 5,000,000 bytes; the limit is 1,000,000" in answer(path)


def test_paths_that_climb_out_lead_nowhere(tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    inside = tmp_path / "inside"
    inside.mkdir()
    with zipfile.ZipFile(inside / "joint_exercises.xlsx", "w") as archive:
        archive.writestr("../../escaped.txt", "out")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    manifest = {"tables": {"events": {"file": "../../secret.parquet"}}}
    (inside / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(Unreadable, match=r"joint_exercises\.xlsx: is no Excel workbook"):
        validate_release(inside)
    (inside / "joint_exercises.xlsx").unlink()
    with pytest.raises(Unreadable, match="holds no table"):
        validate_release(inside)
    assert sorted(os.listdir(tmp_path)) == ["inside"]


def test_an_event_whose_id_climbs_out_is_refused(project) -> None:
    before = sorted(project.data.parent.rglob("*"))
    path = project.exercise(EXERCISE.replace("id: je-test-drill-2018", "id: ../../../je-x-2018"))
    assert any("'../../../je-x-2018'" in problem for problem in project.problems())
    with pytest.raises(AutocoopError):
        project.compile()
    made = set(project.data.parent.rglob("*")) - set(before)
    assert made <= {path, *path.parents}


@pytest.mark.parametrize("name", ["fifo", "folder"])
def test_what_is_no_file_is_not_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / "data.csv"
    if name == "fifo":
        os.mkfifo(path)
    else:
        path.mkdir()
    assert ("is no regular file" if name == "fifo" else "holds no Parquet files") in answer(path)


# --- frames -------------------------------------------------------------------------------------


class Odd:
    def __str__(self) -> str:
        return "odd"


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("year", float("inf"), "inf is not a whole number"),
        ("year", 2018.5, "2018.5 is not a whole number"),
        ("year", 2**70, "is larger than any figure can be"),
        ("year", True, "is bool, not integer"),
        ("name", 5, "is int, not text"),
        ("name", Odd(), "is Odd, not text"),
        ("name", b"bytes", "is bytes, not text"),
        ("is_double_read", 1, "is int, not boolean"),
        ("start_date", pd.Timestamp("2018-01-01 12:30"), "has a time of day"),
        ("start_date", 20180101, "is int, not date"),
        ("participants", ["RUS", None], "has a member that is not text"),
        ("participants", {"RUS": 1}, "is dict, not list of text"),
    ],
)
def test_mixed_objects_are_answered_cell_by_cell(column: str, value: object, says: str) -> None:
    frame = autocoop.load(TABLE).head(5).astype({column: object})
    frame.at[2, column] = value
    report = validate(frame, TABLE)
    failures = report.failures
    wrong = failures[(failures["column"] == column) & (failures["check"] == "type")]
    assert wrong["row"].tolist() == [2]
    assert says.removeprefix(f"{value} ") in str(report)


def test_nan_in_arrow_is_no_missing_value() -> None:
    data = autocoop.load(TABLE, engine="arrow").slice(0, 3)
    index = data.column_names.index("personnel_low")
    data = data.set_column(index, "personnel_low", pa.array([float("nan"), None, float("-inf")]))
    failures = validate(data, TABLE).failures
    assert failures[failures["column"] == "personnel_low"]["row"].tolist() == [0, 2]


def test_text_that_is_not_utf8_in_arrow_is_found() -> None:
    raw = pa.array([b"good", b"\xff\xfe", b"more"], pa.binary())
    broken = pa.StringArray.from_buffers(3, raw.buffers()[1], raw.buffers()[2])
    data = autocoop.load(TABLE, engine="arrow").slice(0, 3)
    data = data.set_column(data.column_names.index("name"), "name", broken)
    failures = validate(data, TABLE).failures
    assert failures[["row", "column"]].values.tolist() == [[1, "name"]]
    assert "not UTF-8" in failures["rule"].iloc[0]


@pytest.mark.parametrize(
    "columns",
    [["event_id", "event_id"], [], [("a", "b")], [0, 1]],
    ids=["twice", "none", "pairs", "numbers"],
)
def test_odd_headers_of_frames(columns: list) -> None:
    frame = pd.DataFrame([["x"] * len(columns)] * 2)
    frame.columns = pd.Index(columns, tupleize_cols=False)
    report = validate(frame, TABLE)
    assert not report
    assert set(report.failures["check"]) == {"columns"}


# --- properties -----------------------------------------------------------------------------------

CELLS = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.sampled_from(
        ["2018-08-09", "2018-02-30", "2018", "true", "True", "7", "-7", "+07", "RUS;CHN", ";", "A"]
    ),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.lists(st.one_of(st.none(), st.text(max_size=4)), max_size=3),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(CELLS, min_size=1, max_size=5), st.sampled_from(describe(TABLE).columns))
def test_any_cell_is_cast_or_named(cells: list, column) -> None:
    """A cell becomes a value of the column's type, a missing value, or a failure: nothing else."""
    done = casting.cast_objects(cells, column)
    assert done.values.type == column.arrow_type
    assert len(done.values) == len(cells)
    for position, cell in enumerate(cells):
        is_bad = done.bad is not None and done.bad[position].as_py()
        if is_bad:
            _, rule, _ = done.words(position)
            assert rule
            assert not done.values[position].is_valid
        elif not done.values[position].is_valid:
            assert cell is None or cell == "" or cell != cell


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=12)), min_size=1, max_size=6))
def test_text_reads_the_same_cell_by_cell_and_as_a_column(cells: list) -> None:
    for column in describe(TABLE).columns:
        whole = casting.cast(pa.array(cells, pa.string()), column, is_text=True)
        alone = casting.cast_objects(cells, column, is_text=True)
        assert casting.decoded(whole.values).to_pylist() == alone.values.to_pylist()
        marks = [cast.bad.to_pylist() if cast.bad else None for cast in (whole, alone)]
        assert marks[0] == marks[1]


def pool(column) -> list:
    """Cells of a column's type, right and wrong ones."""
    terms = list(column.vocabulary or [])[:3]
    if column.is_list:
        return [[], ["RUS"], terms, [*terms, "nonsense"], [""]]
    return {
        "integer": [-1, 0, 3, 1999, 2000, 10**12],
        "boolean": [True, False],
        "date": [date(1999, 1, 1), date(2010, 6, 1), date(2300, 1, 1)],
        "text": [*terms, "RUS", "je-x", "je-x-2018", "je-x\n", "1.2.3", "=1", "-", "", "İx", "\t"],
    }[column.type_name]


def failed_by_model(table: str, data: pa.Table) -> set[tuple[str, int | None]]:
    """Check and row of all that the pandera model itself finds; of duplicates only that."""
    from pandera.errors import SchemaErrors

    found: set[tuple[str, int | None]] = set()
    try:
        MODELS[table].validate(to_pandas(data), lazy=True)
    except SchemaErrors as errors:
        for error in errors.schema_errors:
            name = str(getattr(error.check, "name", None) or error.check)
            if "DUPLICATES" in error.reason_code.name:
                found.add(("unique", None))
                continue
            name = {"not_nullable": "not_null"}.get(name, name)
            found |= {(name, int(row)) for row in error.failure_cases["index"].dropna()}
    return found


@pytest.mark.parametrize("table", MODELS)
def test_the_verdict_is_that_of_the_model(table: str) -> None:
    """Checks run by Arrow and checks run by pandera fail the same rows."""
    info = describe(table)
    chance = random.Random(SEED)
    schema = pa.schema([(column.name, column.arrow_type) for column in info.columns])
    rows = read(table).slice(0, 40).to_pylist() or [dict.fromkeys(schema.names)]
    spoiled_ones = 0
    for _ in range(12):
        drawn = [dict(chance.choice(rows)) for _ in range(6)]
        for _ in range(chance.randint(0, 5)):
            column = chance.choice(info.columns)
            chance.choice(drawn)[column.name] = chance.choice([None, *pool(column)])
        data = pa.Table.from_pylist(drawn, schema=schema)
        expected = failed_by_model(table, data)
        failures = validate(data, table).failures
        found = {
            (check, None if check == "unique" else int(row))
            for check, row in zip(failures["check"], failures["row"], strict=True)
            if check != "references"
        }
        assert found == expected
        spoiled_ones += bool(expected)
    assert spoiled_ones > 0


# --- a fuzzer -----------------------------------------------------------------------------------


def spoiled(raw: bytes, chance: random.Random) -> bytes:
    """The bytes truncated, altered, doubled, or with something put in."""
    data = bytearray(raw)
    for _ in range(chance.randint(1, 4)):
        kind = chance.randrange(6)
        at = chance.randrange(len(data) + 1)
        if kind == 0:
            del data[at:]
        elif kind == 1 and data:
            data[at % len(data)] = chance.randrange(256)
        elif kind == 2:
            del data[at : at + chance.randint(1, 40)]
        elif kind == 3:
            end = at + chance.randint(1, 60)
            data[at:at] = data[at:end]
        elif kind == 4:
            data[at:at] = chance.choice(
                [
                    b"\0",
                    b"\xff",
                    b'"',
                    b"\r",
                    b"\n",
                    b",",
                    b"{",
                    b"[",
                    b"&a ",
                    b"*a",
                    b"\xed\xa0\x80",
                ]
            ) * chance.randint(1, 3)
        else:
            data[at : at + 8] = bytes(chance.randrange(256) for _ in range(8))
    return bytes(data)


@pytest.mark.parametrize(
    ("suffix", "whole", "rounds"),
    [("csv", csv_bytes, 150), ("jsonl", json_bytes, 150), ("parquet", parquet_bytes, 150)],
)
def test_spoiled_files_are_answered(
    tmp_path: Path, suffix: str, whole: Callable[[], bytes], rounds: int
) -> None:
    raw = whole()
    path = tmp_path / f"data.{suffix}"
    path.write_bytes(raw)
    assert "valid, 8 rows" in answer(path)
    chance = random.Random(SEED)
    answers = set()
    for _ in range(rounds):
        path.write_bytes(spoiled(raw, chance))
        answers.add(answer(path))
    assert not [says for says in answers if says.startswith("the file is not named")]
    assert len(answers) > 4
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("text", [EXERCISE, TRANSFER], ids=["exercise", "transfer"])
def test_spoiled_events_are_answered(tmp_path: Path, text: str) -> None:
    path = tmp_path / "event.yaml"
    chance = random.Random(SEED)
    for _ in range(300):
        path.write_bytes(spoiled(text.encode(), chance))
        problems = Problems()
        event = read_yaml(path, "event.yaml", problems)
        assert (event is None) == (len(problems) > 0)


LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}]\n"
    for a, b in zip("abcdefghijkl", "bcdefghijklm", strict=True)
)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (LAUGHS, "is an alias"),
        ("a: &a [*a]\n", "is an alias"),
        ("[" * 100_000, "not YAML"),
        ("a: " + "{a: " * 20_000, "not YAML"),
        ("- " * 50_000 + "x", "not YAML"),
        ("a: !!python/object/apply:os.system ['true']\n", "is a tag"),
        ("<<: {a: 1}\n", "is a merge key"),
        ("a: 1\na: 2\n", "stands twice"),
        ("? [a]\n: 1\n", "a key is a word"),
        ("a: 1\n--- \nb: 2\n", "not YAML"),
        ("a: \x07\n", "not YAML"),
        ("a: x" * 500_000, "longer than"),
    ],
    ids=[
        *("laughs", "itself", "brackets", "braces", "dashes", "python", "merge", "twice"),
        *("list as key", "two documents", "bell", "two megabytes"),
    ],
)
def test_yaml_tricks_are_answered(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "event.yaml"
    path.write_text(text, "utf-8")
    problems = Problems()
    assert read_yaml(path, "event.yaml", problems) is None
    assert says in str(problems.sorted()[0])


def test_polars_objects_are_answered() -> None:
    frame = pl.DataFrame({"year": pl.Series([Odd(), Odd()], dtype=pl.Object)})
    failures = validate(frame, TABLE).failures
    wrong = failures[(failures["column"] == "year") & (failures["check"] == "type")]
    assert len(wrong) > 0


def test_parts_of_longer_arrays_are_read_whole() -> None:
    """Batches are slices; the text of one must not leak into another."""
    column = describe(TABLE).column("summary")
    cells = ["", "é" * 9, None, "x" * 40, "", "true", "é"]
    for begin in range(len(cells)):
        part = pa.array(cells, pa.string()).slice(begin)
        done = casting.cast(part, column, is_text=True)
        assert done.values.to_pylist() == [cell or None for cell in cells[begin:]]
