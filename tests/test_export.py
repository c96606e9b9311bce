"""Exports, read back by other programs."""

import csv
import errno
import io
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from datetime import datetime
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
from conftest import REPOSITORY
from hypothesis import given, settings
from hypothesis import strategies as st

import autocoop
from autocoop import errors, exporting, release
from autocoop.cli import main
from autocoop.loading import read
from autocoop.schemas import MODELS, describe
from autocoop.schemas import vocabularies as v

CODES = {"regime": v.REGIME, "direction": v.DIRECTION, "activity": v.ACTIVITY}
RISKY = ("=1+1", "+1", "-1", "@A1", "\t=1", "\r=1")


def rows_of(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def query(text: str, connection: duckdb.DuckDBPyConnection | None = None) -> list[tuple]:
    if connection is not None:
        return connection.execute(text).fetchall()
    with duckdb.connect() as own:
        return own.execute(text).fetchall()


def flat(value: object) -> object:
    return ";".join(value) if isinstance(value, list) else value


# --- CSV ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", MODELS)
def test_csv_holds_every_cell(table: str, tmp_path: Path) -> None:
    done = autocoop.export(table, tmp_path / "x.csv")
    head, *rows = rows_of(tmp_path / "x.csv")
    data = read(table)
    assert head == data.column_names
    assert done.rows == {table: data.num_rows}
    assert done.neutralised == 0
    booleans = {True: "true", False: "false", None: ""}
    for name, cells in zip(head, zip(*rows, strict=True), strict=False):
        expected = [flat(value) for value in data[name].to_pylist()]
        if pa.types.is_boolean(data[name].type):
            expected = [booleans[value] for value in expected]
        assert list(cells) == ["" if value is None else str(value) for value in expected], name


def test_cells_that_begin_like_formulas_are_neutralised_and_counted(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "text": [*RISKY, "a=1", None, "'=1"],
            "number": [-1] * 9,
            "level": pd.Categorical(["+a"] * 2 + ["b"] * 7),
            "list": pd.Series([["=1", "b"]] + [["a", "=1"]] * 8),
        }
    )
    done = autocoop.export(frame, tmp_path / "x.csv")
    assert done.neutralised == 6 + 2 + 1
    assert "9 cells beginning with = + - @ tab or return got a leading apostrophe" in str(done)
    _, *rows = rows_of(tmp_path / "x.csv")
    columns = list(zip(*rows, strict=True))
    assert list(columns[0]) == [*(f"'{text}" for text in RISKY), "a=1", "", "'=1"]
    assert set(columns[1]) == {"-1"}
    assert columns[2][0] == "'+a"
    assert [columns[3][0], columns[3][1]] == ["'=1;b", "a;=1"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
def test_no_text_of_a_csv_is_a_formula(texts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        frame = pd.DataFrame({"a": pd.Series(texts, dtype="str"), "b": range(len(texts))})
        done = autocoop.export(frame, path)
        cells = [row[0] for row in rows_of(path)[1:]]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    changed = [(cell, text) for cell, text in zip(cells, texts, strict=True) if cell != text]
    assert len(changed) == done.neutralised
    assert all(cell == f"'{text}" for cell, text in changed)


# --- Parquet ------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", MODELS)
def test_parquet_is_what_load_gives_and_plain(table: str, tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    autocoop.export(table, path)
    assert pq.read_table(path).equals(autocoop.load(table, engine="arrow").combine_chunks())
    plain = {"BYTE_ARRAY", "INT32", "INT64", "BOOLEAN", None}
    for file in (path, REPOSITORY / "data" / "release" / f"{table}.parquet"):
        schema = pq.read_schema(file)
        assert not [f for f in schema if isinstance(f.type, pa.BaseExtensionType)]
        assert b"ARROW:extension:name" not in {key for f in schema for key in f.metadata or {}}
        kinds = query(f"SELECT DISTINCT type FROM parquet_schema('{file}')")
        assert {kind for (kind,) in kinds} <= plain
        assert query(f"SELECT count(*) FROM '{file}'") == [(release.facts(table)["rows"],)]


def test_bare_pandas_reads_the_types_and_the_codebook_goes_with_them(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    columns = ["event_id", "personnel_best", "is_all_autocratic", "evidence_grade", "hosts"]
    autocoop.export("joint_exercises", path, columns=columns, where={"year": ">=2015"})
    frame = pd.read_parquet(path)
    assert frame.columns.tolist() == columns
    kinds = [str(frame[name].dtype) for name in columns]
    assert kinds[1:4] == ["Int64", "boolean", "category"]
    assert frame["evidence_grade"].cat.ordered
    metadata = pq.read_schema(path).metadata
    record = json.loads(metadata[b"autocoop_codebook"])
    assert [column["column"] for column in record["columns"]] == columns
    assert metadata[b"autocoop_version"].decode() == autocoop.__version__
    assert pl.read_parquet(path).height == len(frame)


# --- Stata --------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", MODELS)
def test_stata_file_read_back(table: str, tmp_path: Path) -> None:
    path = tmp_path / "x.dta"
    done = autocoop.export(table, path)
    assert done.renamed == {}
    data = read(table)
    found = pd.read_stata(path)
    assert found.columns.tolist() == data.column_names
    for name in data.column_names:
        wanted = [flat(value) for value in data[name].to_pylist()]
        kind = data[name].type
        if pa.types.is_boolean(kind):
            words = {True: "yes", False: "no", None: None}
            wanted = [words[value] for value in wanted]
        elif name in CODES:
            words = {None: None} | {int(code): text for code, text in CODES[name].items()}
            wanted = [words[value] for value in wanted]
        elif describe(table).column(name).vocabulary is None and not pa.types.is_integer(kind):
            wanted = ["" if value is None and kind != pa.date32() else value for value in wanted]
        values = found[name].astype(object).where(found[name].notna(), None).tolist()
        if kind == pa.date32():
            values = [None if pd.isna(day) else day.date() for day in values]
        if pa.types.is_list(kind):
            wanted = [value or "" for value in wanted]
        assert values == wanted, name


@pytest.mark.parametrize("table", MODELS)
def test_stata_labels_and_formats(table: str, tmp_path: Path) -> None:
    path = tmp_path / "x.dta"
    autocoop.export(table, path)
    _, meta = pyreadstat.read_dta(str(path))
    assert meta.file_label.startswith(f"autocoop {autocoop.__version__}: ")
    for column in describe(table).columns:
        label = meta.column_names_to_labels[column.name]
        assert 0 < len(label) <= 80
        assert len(column.name) <= 32
        labels = meta.variable_value_labels.get(column.name)
        if column.vocabulary and not column.is_list:
            assert list(labels.values()) == list(column.vocabulary)
            assert list(labels) == list(range(1, len(labels) + 1))
        elif column.name in CODES:
            assert labels == {int(code): text for code, text in CODES[column.name].items()}
        elif column.type_name == "boolean":
            assert labels == {0: "no", 1: "yes"}
        else:
            assert labels is None
        if column.type_name == "date":
            assert meta.original_variable_types[column.name] == "%td"


def test_stata_labels_say_what_a_column_is(tmp_path: Path) -> None:
    autocoop.export("arms_transfers", tmp_path / "x.dta")
    with pd.io.stata.StataReader(tmp_path / "x.dta") as reader:
        labels = reader.variable_labels()
    assert labels["quantity_ordered_low"] == "Units ordered in the deal, low (units)"
    assert labels["year"] == "Year in which the event counts (calendar year)"
    for name, label in labels.items():
        start = re.split(r", (?:low|best|high)\b|…| \(", label)[0].casefold()
        assert start in describe("arms_transfers").column(name).description.casefold()


def test_dates_and_missing_values_in_stata(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "day": pd.to_datetime(["1999-12-31", None]).astype("datetime64[us]"),
            "moment": pd.to_datetime(["2018-01-01 12:30", None]).astype("datetime64[us]"),
            "dollars": pd.array([5_000_000_000, None], dtype="Int64"),
            "share": [0.25, float("nan")],
            "is_so": pd.array([True, None], dtype="boolean"),
            "text": ["ä" * 3000, None],
            "nothing": [None, None],
            "level": pd.Categorical([None, "b"], categories=["a", "b"]),
            "regime": pd.array([0, None], dtype="Int64"),
        }
    )
    autocoop.export(frame, tmp_path / "x.dta")
    found, meta = pyreadstat.read_dta(str(tmp_path / "x.dta"))
    first, second = found.to_dict("records")
    assert str(first["day"])[:10] == "1999-12-31"
    assert meta.original_variable_types["moment"] == "%tc"
    assert (first["dollars"], first["share"], first["is_so"]) == (5_000_000_000, 0.25, 1)
    assert (first["text"], first["nothing"]) == ("ä" * 3000, "")
    assert (second["level"], first["regime"]) == (2, 0)
    assert (second["text"], second["nothing"]) == ("", "")
    for name in ("day", "moment", "dollars", "share", "is_so", "regime"):
        assert pd.isna(second[name]), name
    assert pd.isna(first["level"])


def test_more_levels_than_stata_can_label_are_text(tmp_path: Path) -> None:
    names = [f"x{number}" for number in range(65_537)]
    autocoop.export(pd.DataFrame({"a": pd.Categorical(names)}), tmp_path / "x.dta")
    assert pd.read_stata(tmp_path / "x.dta")["a"].astype("str").tolist() == names


def test_names_that_stata_does_not_allow(tmp_path: Path) -> None:
    names = ["x" * 40, "x" * 41, "2018", "if", "größe", "a b", "fine", "str5"]
    done = autocoop.export(pd.DataFrame({name: [1] for name in names}), tmp_path / "x.dta")
    found = pd.read_stata(tmp_path / "x.dta").columns.tolist()
    assert found == [
        *("x" * 32, f"{'x' * 30}_2", "_2018", "_if", "gr__e", "a_b", "fine", "_str5"),
    ]
    assert done.renamed == {
        name: new for name, new in zip(names, found, strict=True) if name != new
    }
    assert "a b is named a_b" in str(done)


def test_a_panel_goes_to_stata(tmp_path: Path) -> None:
    frame = autocoop.panel("country-year", tables="joint_exercises", years="2017..2018")
    frame.attrs["labels"] |= {"joint_exercises": "Joint exercises that year"}
    autocoop.export(frame, tmp_path / "x.dta")
    found, meta = pyreadstat.read_dta(str(tmp_path / "x.dta"))
    # Identifiers are text, so that other data merge with them.
    for name in ("actor_id", "iso3"):
        assert found[name].tolist() == frame[name].astype("object").fillna("").tolist()
        assert name not in meta.variable_value_labels
    assert all(meta.column_names_to_labels.values())
    assert found.columns.tolist() == frame.columns.tolist()
    assert found["joint_exercises"].tolist()[:5] == pytest.approx(
        frame["joint_exercises"].astype("float64").tolist()[:5], nan_ok=True
    )
    assert meta.column_names_to_labels["joint_exercises"] == "Joint exercises that year"
    assert meta.column_names_to_labels["cow_code"].startswith("Number of the state")
    assert meta.variable_value_labels["regime"][0] == "closed autocracy"


def test_codes_are_those_that_the_codebook_explains() -> None:
    for record in release.codebook().values():
        for column in record["columns"]:
            if column["column"] in exporting._CODED:
                for code, meaning in CODES[column["column"]].items():
                    assert f"{code} {meaning}" in column["description"]


# --- Excel --------------------------------------------------------------------------------------


def test_excel_holds_the_table_and_its_codebook(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    autocoop.export("joint_exercises", path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["joint_exercises", "codebook"]
    head, *rows = book["joint_exercises"].iter_rows(values_only=True)
    data = read("joint_exercises")
    assert list(head) == data.column_names
    for name, cells in zip(head, zip(*rows, strict=True), strict=True):
        expected = [flat(value) for value in data[name].to_pylist()]
        found = [cell.date() if isinstance(cell, datetime) else cell for cell in cells]
        assert found == expected, name
    _, *explained = book["codebook"].iter_rows(values_only=True)
    assert [row[1] for row in explained] == list(head)
    assert explained[3][3] == describe("joint_exercises").column("start_date").description


def test_no_cell_of_a_sheet_is_a_formula_or_a_link(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    texts = [*RISKY, "{=1}", "https://one.example", "mailto:a", "internal:b", "1e5", "<b>&\x01"]
    done = autocoop.export(pd.DataFrame({"=name": texts}), path)
    assert done.neutralised == 0
    with zipfile.ZipFile(path) as archive:
        sheets = "".join(
            archive.read(name).decode() for name in archive.namelist() if "sheet1" in name
        )
    assert "<f>" not in sheets
    assert "hyperlink" not in sheets
    cells = [cell for (cell,) in openpyxl.load_workbook(path)["data"].iter_rows(min_row=1)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells][1:4] == list(RISKY[:3])


def test_all_tables_in_one_workbook(tmp_path: Path) -> None:
    done = autocoop.export("all", tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx", read_only=True)
    assert book.sheetnames == [*MODELS, "codebook"]
    assert done.rows == {table: release.facts(table)["rows"] for table in MODELS}


# --- DuckDB -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("duckdb") / "autocoop.duckdb"
    done = autocoop.export("all", path)
    assert str(done).startswith(f"{path}: {len(MODELS)} tables, ")
    assert os.listdir(path.parent) == ["autocoop.duckdb"]
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize("table", MODELS)
def test_database_holds_every_row(database: duckdb.DuckDBPyConnection, table: str) -> None:
    data = read(table)
    found = [
        dict(zip(data.column_names, row, strict=True))
        for row in query(f"SELECT {', '.join(data.column_names)} FROM {table}", database)
    ]
    by_row = {json.dumps(row, default=str, sort_keys=True) for row in found}
    assert by_row == {json.dumps(row, default=str, sort_keys=True) for row in data.to_pylist()}
    assert len(found) == data.num_rows


def constraints(database: duckdb.DuckDBPyConnection, kind: str) -> set[tuple]:
    rows = query(
        "SELECT table_name, constraint_column_names, referenced_table FROM duckdb_constraints() "
        f"WHERE constraint_type = '{kind}'",
        database,
    )
    return {(table, tuple(columns), target) for table, columns, target in rows}


def test_database_has_the_keys_of_the_schemas(database: duckdb.DuckDBPyConnection) -> None:
    keys = constraints(database, "PRIMARY KEY") | constraints(database, "UNIQUE")
    assert {(table, columns) for table, columns, _ in keys} == {
        (table, describe(table).key) for table in MODELS
    }
    foreign = constraints(database, "FOREIGN KEY")
    for wanted in [
        ("claims", ("source_id",), "sources"),
        ("claims", ("event_id",), "events"),
        ("joint_exercises", ("event_id",), "events"),
        ("arms_transfers", ("supplier",), "actors"),
        ("sources", ("publisher_id",), "publishers"),
        ("actors", ("parent",), "actors"),
        ("events", ("series_id",), "series"),
    ]:
        assert wanted in foreign
    assert not [key for key in foreign if key[0] == "retired_ids"]
    for table in MODELS:
        for column in describe(table).columns:
            values = [value for value in read(table)[column.name].to_pylist() if value is not None]
            if column.references and not column.is_list and values:
                assert (table, (column.name,), column.references) in foreign


def test_database_explains_itself(database: duckdb.DuckDBPyConnection) -> None:
    tables = dict(query("SELECT table_name, comment FROM duckdb_tables()", database))
    columns = query("SELECT table_name, column_name, comment FROM duckdb_columns()", database)
    for table in MODELS:
        assert describe(table).row in tables[table]
        assert autocoop.__version__ in tables[table]
    texts = {(table, column): comment for table, column, comment in columns}
    for table in MODELS:
        for column in describe(table).columns:
            assert texts[table, column.name].startswith(column.description)
    assert "completed: held" in texts["events", "status"]


def test_a_database_with_an_open_log_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "x.duckdb").write_text("old")
    (tmp_path / "x.duckdb.wal").write_text("log")
    with pytest.raises(errors.NotWritten, match=r"x\.duckdb\.wal is there"):
        autocoop.export("series", tmp_path / "x.duckdb")
    assert (tmp_path / "x.duckdb").read_text() == "old"


def test_circular_references_get_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    actors = read("actors").to_pylist()
    actors[0]["parent"], actors[1]["parent"] = actors[1]["actor_id"], actors[0]["actor_id"]
    circular = pa.Table.from_pylist(actors, schema=read("actors").schema)
    monkeypatch.setattr("autocoop.loading.load", lambda *args, **options: circular)
    autocoop.export("actors", tmp_path / "x.duckdb")
    with duckdb.connect(str(tmp_path / "x.duckdb"), read_only=True) as connection:
        assert constraints(connection, "FOREIGN KEY") == set()
        assert query("SELECT count(*) FROM actors", connection) == [(len(actors),)]


# --- every format -------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", exporting.SUFFIXES)
def test_frames_of_ones_own(suffix: str, tmp_path: Path) -> None:
    frame = autocoop.load("events", columns=["event_id", "year", "start_date", "status"])
    shapes = [
        frame,
        frame.set_index("event_id"),
        pl.from_pandas(frame),
        pa.Table.from_pandas(frame),
    ]
    contents = []
    for number, shape in enumerate(shapes):
        path = tmp_path / f"{number}{suffix}"
        done = autocoop.export(shape, path, columns=["event_id", "start_date"])
        assert done.rows == {"data": len(frame)}
        contents.append(path.read_bytes())
    if suffix != ".duckdb":
        assert len(set(contents)) == 1


def test_an_order_of_levels_is_kept(tmp_path: Path) -> None:
    grades = autocoop.load("events", columns=["evidence_grade", "status"])
    autocoop.export(grades, tmp_path / "x.parquet")
    found = pd.read_parquet(tmp_path / "x.parquet")
    assert found["evidence_grade"].dtype == grades["evidence_grade"].dtype
    assert found["status"].dtype == grades["status"].dtype


@pytest.mark.parametrize("suffix", exporting.SUFFIXES)
@pytest.mark.parametrize("table", ["joint_exercises", "retired_ids"])
def test_no_rows(suffix: str, table: str, tmp_path: Path) -> None:
    where = {"year": 1999} if table == "joint_exercises" else None
    done = autocoop.export(table, tmp_path / f"x{suffix}", where=where)
    assert sum(done.rows.values()) == 0
    assert (tmp_path / f"x{suffix}").stat().st_size > 0


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".dta", ".xlsx"])
def test_the_same_bytes_every_time(suffix: str, tmp_path: Path) -> None:
    one, two = tmp_path / f"1{suffix}", tmp_path / f"2{suffix}"
    for path in (one, two):
        autocoop.export("interventions", path)
    assert one.read_bytes() == two.read_bytes()
    released = datetime.fromisoformat(release.manifest()["about"]["released"])
    if suffix == ".dta":
        with pd.io.stata.StataReader(one) as reader:
            assert datetime.strptime(reader.time_stamp, "%d %b %Y %H:%M") == released
    if suffix == ".xlsx":
        assert openpyxl.load_workbook(one).properties.created == released
        with zipfile.ZipFile(one) as archive:
            assert {info.date_time[0] for info in archive.infolist()} == {1980}


def spoiled(parts: list, path: Path) -> dict:
    path.write_bytes(b"half")
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def interrupted(parts: list, path: Path) -> dict:
    path.write_bytes(b"half")
    raise KeyboardInterrupt


@pytest.mark.parametrize("suffix", exporting.SUFFIXES)
@pytest.mark.parametrize("writer", [spoiled, interrupted])
def test_what_was_there_stays_where_writing_fails(
    suffix: str, writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"x{suffix}"
    path.write_text("old")
    monkeypatch.setitem(exporting._WRITERS, suffix, writer)
    wanted = errors.NotWritten if writer is spoiled else KeyboardInterrupt
    with pytest.raises(wanted) as caught:
        autocoop.export("series", path)
    if writer is spoiled:
        assert str(caught.value) == f"{path}: not written (No space left on device)"
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("suffix", exporting.SUFFIXES)
def test_a_file_that_is_there_is_replaced(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"x{suffix}"
    path.write_text("old")
    autocoop.export("series", path)
    assert path.read_bytes() != b"old"
    (tmp_path / "usual").touch()
    assert path.stat().st_mode == (tmp_path / "usual").stat().st_mode
    link = tmp_path / f"link{suffix}"
    link.symlink_to(path)
    before = path.stat().st_ino
    autocoop.export("series", link)
    assert link.is_symlink()
    assert path.stat().st_ino != before


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (("series", "x.doc"), errors.UnknownFormat, ".parquet"),
        (("series", "x"), errors.UnknownFormat, ".duckdb"),
        (("serie", "x.csv"), errors.UnknownTable, "mean 'series'"),
        (("all", "x.csv"), errors.UnknownFormat, ".xlsx, .duckdb"),
        ((pd.DataFrame({"a": [1j]}), "x.csv"), errors.NotWritten, "DataFrame is neither"),
        ((3, "x.csv"), errors.NotWritten, "int is neither the name of a table"),
        ((pd.DataFrame({"a": ["x" * 40_000]}), "x.xlsx"), errors.NotWritten, "40,000"),
        ((pd.DataFrame({"a": [math.inf]}), "x.dta"), errors.NotWritten, "Stata cannot hold it"),
        ((pd.DataFrame({"a": [2**60]}), "x.dta"), errors.NotWritten, "a has integers that"),
        ((pd.DataFrame(), "x.dta"), errors.NotWritten, "there is no column"),
        ((pa.table([[1], [2]], names=["a", "a"]), "x.dta"), errors.NotWritten, "the same name"),
        (("series", "no/such/x.csv"), errors.NotWritten, "No such file or directory"),
        (("series", "folder.csv"), errors.NotWritten, "not written"),
    ],
)
def test_mistakes_are_named(call: tuple, error: type[Exception], says: str, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(error) as caught:
        autocoop.export(call[0], tmp_path / call[1])
    assert says in str(caught.value)
    assert os.listdir(tmp_path) == ["folder.csv"]


@pytest.mark.parametrize(
    ("table", "options", "error"),
    [
        ("all", {"columns": ["year"]}, errors.BadFilter),
        ("all", {"where": {"year": 2015}}, errors.BadFilter),
        (pd.DataFrame({"a": [1]}), {"where": {"a": 1}}, errors.BadFilter),
        (pd.DataFrame({"a": [1]}), {"version": "0.1.0"}, errors.BadFilter),
        (pd.DataFrame({"a": [1]}), {"columns": ["b"]}, errors.UnknownColumn),
        ("events", {"columns": ["yaer"]}, errors.UnknownColumn),
        ("events", {"where": {"status": "complete"}}, errors.UnknownValue),
    ],
)
def test_options_that_do_not_fit_are_refused(
    table, options: dict, error: type[Exception], tmp_path: Path
) -> None:
    with pytest.raises(error):
        autocoop.export(table, tmp_path / "x.duckdb", **options)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(("suffix", "package"), [(".xlsx", "xlsxwriter"), (".duckdb", "duckdb")])
def test_missing_package_says_what_to_install(
    suffix: str, package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(errors.MissingPackage) as caught:
        autocoop.export("series", tmp_path / f"x{suffix}")
    assert f"pip install {package}" in str(caught.value).lower()
    assert os.listdir(tmp_path) == []


def test_formats_import_only_what_they_need(tmp_path: Path) -> None:
    code = (
        f"import sys, autocoop; autocoop.export('series', {str(tmp_path / 'x.csv')!r}); "
        "print({'pandera', 'duckdb', 'xlsxwriter', 'polars'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


# --- command line and R -------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", exporting.SUFFIXES)
def test_load_out_takes_every_suffix(
    suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    path = tmp_path / f"x{suffix.upper()}"
    assert main(["load", "interventions", "--where", "year>=2010", "--out", str(path)]) == 0
    rows = len(autocoop.load("interventions", where={"year": ">=2010"}))
    assert capsys.readouterr().out == f"{path}: {rows:,} rows\n"
    assert os.listdir(tmp_path) == [path.name]


def test_the_version_asked_for_is_the_one_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, load = [], autocoop.load

    def noting(*arguments, version=None, **options):
        asked.append(version)
        return load(*arguments, **options)

    monkeypatch.setattr("autocoop.loading.load", noting)
    autocoop.export("series", tmp_path / "x.csv", version=autocoop.__version__)
    assert asked == [autocoop.__version__]


def test_an_unknown_version_is_not_silently_this_one(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    arguments = ["load", "series", "--version", "0.0.0", "--out", str(tmp_path / "x.csv")]
    assert main(arguments) == 1
    assert "0.0.0" in capsys.readouterr().err
    assert os.listdir(tmp_path) == []


def test_recipe_for_r_makes_its_files_and_its_queries_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (REPOSITORY / "docs" / "r.md").read_text("utf-8")
    monkeypatch.chdir(tmp_path)
    shell = re.search(r"```sh\n(.*?)```", page, re.DOTALL).group(1).splitlines()
    for line in shell:
        assert main(next(csv.reader(io.StringIO(line), delimiter=" "))[1:]) == 0
    exec(re.search(r"```python\n(.*?)```", page, re.DOTALL).group(1), {})
    made = set(os.listdir(tmp_path))
    assert set(re.findall(r'"([\w.]+\.(?:parquet|dta|duckdb))"', page)) <= made
    with duckdb.connect("autocoop.duckdb", read_only=True) as connection:
        for text in re.findall(r'dbGetQuery\(con, "(.*?)"\)', page, re.DOTALL):
            assert query(text, connection)
    read_dta, _ = pyreadstat.read_dta("joint_exercises.dta")
    assert set(re.findall(r"exercises\$(\w+)", page)) <= set(read_dta.columns)
    chosen = re.search(r"col_select = c\((.*?)\)", page).group(1)
    schema = pq.read_schema("joint_exercises.parquet")
    for name in re.findall(r'"(\w+)"', chosen):
        assert not pa.types.is_list(schema.field(name).type)


def test_part_of_a_longer_table_is_neutralised_cell_by_cell(tmp_path: Path) -> None:
    texts = ["first", "=1+1", "plain", None, "@x", "last"]
    whole = pa.table({"number": range(6), "text": texts})
    path = tmp_path / "part.csv"
    assert autocoop.export(whole.slice(1, 4), path).neutralised == 2
    with path.open(newline="", encoding="utf-8") as file:
        cells = [row["text"] for row in csv.DictReader(file)]
    assert cells == ["'=1+1", "plain", "", "'@x"]
