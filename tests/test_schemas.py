"""The schemas are the single definition: complete, and everything generated from them current."""

import json
from pathlib import Path

import frictionless
import pyarrow.parquet as pq
import pytest
from conftest import REPOSITORY

from autocoop.compile import coding, form, stale
from autocoop.schemas import MODELS, describe, vocabularies

RELEASE = REPOSITORY / "data" / "release"


@pytest.mark.parametrize("table", MODELS)
def test_every_column_is_described(table: str) -> None:
    for column in describe(table).columns:
        assert column.description.endswith("."), column.name
        is_number = column.type_name == "integer"
        codes = {"regime", "direction", "activity", "cow_code", "gw_code", "vdem_id"}
        if is_number and column.name not in codes:
            assert column.metadata.get("unit"), f"{column.name} has no unit"
        if column.type_name == "date" or column.name in codes or column.references == "actors":
            assert column.metadata.get("standard"), f"{column.name} follows no standard"


def test_shared_columns_mean_the_same_everywhere() -> None:
    common = {column.name: column for column in describe("events").columns}
    for wide in form.WIDE_TABLE.values():
        for column in describe(wide).columns:
            if column.name in common:
                assert column == common[column.name]
    texts = {describe(t).column("event_id").description for t in ("claims", "sources", "events")}
    assert len(texts) == 1


def test_rules_of_coding_know_no_other_words_than_the_vocabularies() -> None:
    formats, domains = set(vocabularies.EXERCISE_FORMAT), set(vocabularies.DOMAIN)
    assert set(coding.DOMAINS_OF) | coding.AT_THE_DESK <= formats
    assert set().union(*coding.FORMATS_OF.values()) <= formats
    assert set(coding.FORMATS_OF) | set().union(*coding.DOMAINS_OF.values()) <= domains
    assert set(coding.WITH_A_SIDE) <= set(vocabularies.SUPPORTED_SIDE)
    assert set().union(*coding.WITH_A_SIDE.values()) <= {*map(int, vocabularies.DIRECTION)}


def test_release_and_documents_are_current() -> None:
    assert stale(REPOSITORY / "data") == []


def test_stale_files_are_told_apart(project) -> None:
    project.exercise()
    release = project.compile()
    assert stale(project.data) == []
    (release / "codebook.json").write_text("[]\n")
    (release / "odd.txt").write_text("odd")
    (release / "events.parquet").unlink()
    page = project.data.parent / "CODEBOOK.md"
    page.write_text(page.read_text("utf-8").replace("Series", "Serials"), "utf-8")
    found = stale(project.data)
    assert "data/release/events.parquet: missing" in found
    assert "data/release/odd.txt: extra" in found
    assert any(text.startswith("data/release/codebook.json: missing [") for text in found)
    assert any(text.startswith("CODEBOOK.md") for text in found)


@pytest.mark.parametrize("table", MODELS)
def test_files_have_the_schema_and_carry_the_codebook(table: str) -> None:
    info = describe(table)
    stored = pq.read_schema(RELEASE / f"{table}.parquet")
    assert stored.names == [column.name for column in info.columns]
    for column in info.columns:
        field = stored.field(column.name)
        if column.is_list:
            assert str(field.type.value_type) == "string"
        else:
            assert field.type == column.arrow_type
        assert field.metadata[b"description"].decode() == column.description
    assert json.loads(stored.metadata[b"autocoop_codebook"])["table"] == table


def test_data_package_is_valid_frictionless() -> None:
    descriptor = json.loads((RELEASE / "datapackage.json").read_text("utf-8"))
    package = frictionless.Package.from_descriptor(descriptor)
    assert package.resource_names == list(MODELS)
    fields = package.get_resource("joint_exercises").schema.field_names
    assert fields == [column.name for column in describe("joint_exercises").columns]


def test_promised_columns_are_there() -> None:
    promised = (Path(__file__).parent / "promised_columns.json").read_text("utf-8")
    for table, columns in json.loads(promised).items():
        names = {column.name for column in describe(table).columns}
        assert set(columns) <= names, f"{table}: {set(columns) - names}"
