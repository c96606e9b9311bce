"""The documents that are generated from the schemas and the release, and never typed."""

import csv
import json
from pathlib import Path
from typing import Any

from autocoop.schemas import MODELS, TableInfo, describe
from autocoop.text import codebook_markdown, markdown_table

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


#: Where the codebook's introduction shows how far two readers agree.
AGREEMENT_MARK = "<!-- agreement -->"

#: The tables that it shows there -> how many of their first columns hold no numbers.
AGREEMENT_TABLES = {"agreement.csv": 3, "terms.csv": 3, "verdicts.csv": 1}


def with_agreement(introduction: str, folder: Path) -> str:
    """The codebook's introduction with the tables that `validation/agreement.py` wrote."""
    if AGREEMENT_MARK not in introduction:
        return introduction
    agreement, terms, verdicts = (
        _csv_table(folder / name, texts) for name, texts in AGREEMENT_TABLES.items()
    )
    parts = (
        agreement,
        "Lists have terms on which readers agree more than on others. Of the `compared` events, on "
        "the pages that both readers saw, the first coded a term in so many, the second in so "
        "many, and both in so many of the same; alpha is of each term by itself, and `latest` are "
        "the events drawn last.",
        terms,
        "Where the two readings differ, the second reader said, by the pages, which of them is "
        "right: the first, the second, both (either is defensible, or a page was not found again) "
        "or neither. `events alike` are events read twice without any difference, `values` those "
        "that at least one reading states.",
        verdicts,
    )
    return introduction.replace(AGREEMENT_MARK, "\n\n".join(parts))


def _csv_table(path: Path, texts: int) -> str:
    """A CSV file as a Markdown table; its first columns, `texts` of them, hold no numbers."""
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    right = "".join(chr(97 + n) for n in range(texts, len(header)))
    return markdown_table((name.replace("_", " ") for name in header), rows, right=right)


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


CROISSANT_TYPES = {
    "text": "sc:Text",
    "integer": "sc:Integer",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
    "list of text": "sc:Text",
}

#: The JSON-LD context that the Croissant 1.0 specification prescribes.
CROISSANT_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def _described(about: dict[str, Any], version: str) -> dict[str, Any]:
    """What schema.org's Dataset says of the dataset as a whole."""
    return {
        "name": about["name"],
        "alternateName": about["title"],
        "description": about["description"],
        "version": version,
        "license": about["data_licence_url"],
        "creator": {"@type": "Organization", "name": about["authors"]},
        "publisher": {"@type": "Organization", "name": about["authors"]},
        "datePublished": about["released"],
        "keywords": about["keywords"],
        "inLanguage": "en",
        "isAccessibleForFree": True,
        "temporalCoverage": f"{about['coverage_start']}/{about['coverage_end']}",
    }


def schema_org(about: dict[str, Any], manifest: dict[str, Any]) -> dict[str, Any]:
    """The release as a schema.org Dataset, in JSON-LD."""
    columns = dict.fromkeys(
        (column.name, column.description)
        for table in manifest["tables"]
        for column in describe(table).columns
    )
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        **_described(about, manifest["version"]),
        "variableMeasured": [
            {"@type": "PropertyValue", "name": name, "description": description}
            for name, description in columns
        ],
        "distribution": [
            {
                "@type": "DataDownload",
                "name": table,
                "contentUrl": facts["file"],
                "encodingFormat": "application/vnd.apache.parquet",
                "contentSize": f"{facts['bytes']} B",
                "sha256": facts["sha256"],
            }
            for table, facts in manifest["tables"].items()
        ],
    }


def croissant(about: dict[str, Any], manifest: dict[str, Any]) -> dict[str, Any]:
    """The release in the Croissant format (MLCommons), version 1.0."""
    files, records = [], []
    for table, facts in manifest["tables"].items():
        info = describe(table)
        files.append(
            {
                "@type": "cr:FileObject",
                "@id": facts["file"],
                "name": facts["file"],
                "description": f"One row is {info.row}.",
                "contentUrl": facts["file"],
                "contentSize": f"{facts['bytes']} B",
                "encodingFormat": "application/x-parquet",
                "sha256": facts["sha256"],
            }
        )
        records.append(
            {
                "@type": "cr:RecordSet",
                "@id": table,
                "name": table,
                "description": f"One row is {info.row}.",
                "key": [{"@id": f"{table}/{name}"} for name in info.key],
                "field": [
                    {
                        "@type": "cr:Field",
                        "@id": f"{table}/{column.name}",
                        "name": column.name,
                        "description": column.description,
                        "dataType": CROISSANT_TYPES[column.type_name],
                        **({"repeated": True} if column.is_list else {}),
                        "source": {
                            "fileObject": {"@id": facts["file"]},
                            "extract": {"column": column.name},
                        },
                    }
                    for column in info.columns
                ],
            }
        )
    return {
        "@context": CROISSANT_CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        **_described(about, manifest["version"]),
        "citeAs": f"{about['authors']}: {about['title']}. Version {manifest['version']}.",
        "distribution": files,
        "recordSet": records,
    }


def datacite(about: dict[str, Any], version: str) -> dict[str, Any]:
    """The fields with which DataCite (schema 4.5) registers a release; a DOI is added there."""
    return {
        "titles": [{"title": about["title"], "lang": "en"}],
        "creators": [{"name": about["authors"], "nameType": "Organizational"}],
        "publisher": {"name": about["authors"]},
        "publicationYear": about["released"][:4],
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Event dataset"},
        "subjects": [{"subject": word} for word in about["keywords"]],
        "dates": [
            {"date": about["released"], "dateType": "Issued"},
            {
                "date": f"{about['coverage_start']}/{about['coverage_end']}",
                "dateType": "Other",
                "dateInformation": "period covered",
            },
        ],
        "language": "en",
        "version": version,
        "rightsList": [
            {
                "rights": about["data_licence_title"],
                "rightsUri": about["data_licence_url"],
                "rightsIdentifier": about["data_licence"],
            }
        ],
        "descriptions": [
            {"description": about["description"], "descriptionType": "Abstract", "lang": "en"}
        ],
        "schemaVersion": "http://datacite.org/schema/kernel-4",
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
