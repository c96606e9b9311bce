"""The documents that are generated from the schemas and the release, and never typed."""

import json
from typing import Any

from autocoop.schemas import MODELS, TableInfo, describe
from autocoop.text import codebook_markdown

FRICTIONLESS_TYPES = {
    "text": "string",
    "integer": "integer",
    "boolean": "boolean",
    "date": "date",
    "list of text": "array",
}


def codebook_records() -> list[dict[str, Any]]:
    return [describe(table).as_record() for table in MODELS]


def as_json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def codebook_page(introduction: str) -> str:
    """CODEBOOK.md: the hand-written introduction, then every table."""
    tables = "\n".join(codebook_markdown(record) for record in codebook_records())
    return f"{introduction.rstrip()}\n\n{tables}"


def _foreign_keys(info: TableInfo) -> list[dict[str, Any]]:
    keys = []
    for column in info.columns:
        if column.references and not column.is_list:
            target = describe(column.references)
            keys.append(
                {
                    "fields": [column.name],
                    "reference": {
                        "resource": "" if target.name == info.name else target.name,
                        "fields": [target.key[0]],
                    },
                }
            )
    return keys


def _field(info: TableInfo, name: str) -> dict[str, Any]:
    column = info.column(name)
    record = column.as_record()
    constraints: dict[str, Any] = {}
    if not column.is_nullable:
        constraints["required"] = True
    if record["values"] and not column.is_list:
        constraints["enum"] = list(record["values"])
    field = {
        "name": name,
        "type": FRICTIONLESS_TYPES[record["type"]],
        "description": record["description"],
    }
    if record["unit"]:
        field["unit"] = record["unit"]
    if record["standard"]:
        field["standard"] = record["standard"]
    if constraints:
        field["constraints"] = constraints
    return field


def data_package(about: dict[str, Any], manifest: dict[str, Any]) -> dict[str, Any]:
    """The Frictionless data package descriptor of a release."""
    resources = []
    for table, facts in manifest["tables"].items():
        info = describe(table)
        resources.append(
            {
                "name": table,
                "title": info.title,
                "description": f"One row is {info.row}.",
                "path": facts["file"],
                "format": "parquet",
                "mediatype": "application/vnd.apache.parquet",
                "bytes": facts["bytes"],
                "hash": f"sha256:{facts['sha256']}",
                "schema": {
                    "fields": [_field(info, column.name) for column in info.columns],
                    "primaryKey": list(info.key),
                    "foreignKeys": _foreign_keys(info),
                },
            }
        )
    return {
        "name": about["name"],
        "title": about["title"],
        "description": about["description"],
        "version": manifest["version"],
        "licenses": [
            {
                "name": about["data_licence"],
                "path": about["data_licence_url"],
                "title": about["data_licence_title"],
            }
        ],
        "contributors": [{"title": about["authors"], "role": "author"}],
        "temporal": {"start": about["coverage_start"], "end": about["coverage_end"]},
        "resources": resources,
    }


def citation_cff(about: dict[str, Any], version: str) -> str:
    """CITATION.cff of the release."""
    lines = [
        "cff-version: 1.2.0",
        "message: If you use autocoop, cite the version you used.",
        "type: dataset",
        f"title: {json.dumps(about['title'])}",
        f"abstract: {json.dumps(about['description'])}",
        "authors:",
        f"  - name: {json.dumps(about['authors'])}",
        f"version: {version}",
        f"date-released: {about['released']}",
        f"license: {about['data_licence']}",
        "keywords:",
        *[f"  - {word}" for word in about["keywords"]],
    ]
    return "\n".join(lines) + "\n"


def counts_csv(events: list[dict[str, Any]]) -> str:
    """Events by type and year, sorted: what a reviewer looks at first."""
    counts: dict[tuple[str, int], int] = {}
    for row in events:
        key = (row["type"], row["year"])
        counts[key] = counts.get(key, 0) + 1
    lines = [f"{kind},{year},{count}" for (kind, year), count in sorted(counts.items())]
    return "\n".join(["type,year,events", *lines]) + "\n"
