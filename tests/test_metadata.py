"""Metadata for harvesters, held to the standards' own tools."""

import json
import logging

import mlcroissant
import pytest
from conftest import REPOSITORY
from datacite import schema45

import autocoop
from autocoop import release
from autocoop.schemas import MODELS, describe

RELEASE = REPOSITORY / "data" / "release"


def read(name: str) -> dict:
    return json.loads((RELEASE / name).read_text("utf-8"))


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_croissant_is_valid_and_holds_every_column(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        dataset = mlcroissant.Dataset(str(RELEASE / "croissant.json"))
    assert dataset.metadata.issues.errors == set()
    assert [record for record in caplog.records if "not standard" in record.message] == []
    fields = {field.id for record in dataset.metadata.record_sets for field in record.fields}
    assert fields == {f"{t}/{column.name}" for t in MODELS for column in describe(t).columns}


def test_datacite_fields_are_valid() -> None:
    schema45.validator.validate(read("datacite.json"))
    assert read("datacite.json")["version"] == autocoop.__version__


def test_schema_org_names_files_and_hashes() -> None:
    dataset = read("schema_org.json")
    assert (dataset["@context"], dataset["@type"]) == ("https://schema.org/", "Dataset")
    for name in ("name", "description", "license", "version", "creator", "temporalCoverage"):
        assert dataset[name]
    hashes = {file["contentUrl"]: file["sha256"] for file in dataset["distribution"]}
    tables = release.manifest()["tables"].values()
    assert hashes == {facts["file"]: facts["sha256"] for facts in tables}
