"""From a pandera model to plain descriptions and Arrow schemas."""

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pandas as pd
import pyarrow as pa
from pandera.engines import pandas_engine

from autocoop.schemas.tables import MODELS

ARROW_TYPES = (
    (pandas_engine.STRING, pa.string()),
    (pandas_engine.INT64, pa.int64()),
    (pandas_engine.BOOL, pa.bool_()),
    (pandas_engine.DateTime, pa.date32()),
    (pandas_engine.ArrowList, pa.list_(pa.string())),
)

TYPE_NAMES = {
    pa.string(): "text",
    pa.int64(): "integer",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.list_(pa.string()): "list of text",
}


@dataclass(frozen=True)
class ColumnInfo:
    """One column, without pandera."""

    name: str
    arrow_type: pa.DataType
    description: str
    is_nullable: bool
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def type_name(self) -> str:
        return TYPE_NAMES[self.arrow_type]

    @property
    def is_list(self) -> bool:
        return pa.types.is_list(self.arrow_type)

    @property
    def vocabulary(self) -> dict[str, str] | None:
        return self.metadata.get("vocabulary")

    @property
    def form(self) -> str | None:
        return self.metadata.get("form")

    @property
    def references(self) -> str | None:
        return self.metadata.get("references")

    def as_record(self) -> dict[str, Any]:
        """The column as the codebook lists it: plain values, the same keys for every column."""
        return {
            "column": self.name,
            "type": self.type_name,
            "description": self.description,
            "unit": self.metadata.get("unit"),
            "standard": self.metadata.get("standard"),
            "values": self.vocabulary,
            "is_nullable": self.is_nullable,
            "is_ordered": bool(self.metadata.get("is_ordered")),
            "references": self.references,
            "form": self.form,
            "derived": self.metadata.get("derived"),
            "formerly": self.metadata.get("formerly", []),
        }


@dataclass(frozen=True)
class TableInfo:
    """One table, without pandera."""

    name: str
    title: str
    row: str
    key: tuple[str, ...]
    columns: tuple[ColumnInfo, ...]
    event_type: str | None
    file: str | None

    def column(self, name: str) -> ColumnInfo:
        return next(column for column in self.columns if column.name == name)

    def as_record(self) -> dict[str, Any]:
        return {
            "table": self.name,
            "title": self.title,
            "row": self.row,
            "key": list(self.key),
            "columns": [column.as_record() for column in self.columns],
        }

    def arrow_schema(self) -> pa.Schema:
        """The Arrow schema, each field with its description, unit, standard and values."""
        fields = []
        for column in self.columns:
            record = column.as_record()
            metadata = {
                "description": record["description"],
                "unit": record["unit"],
                "standard": record["standard"],
                "values": json.dumps(record["values"], ensure_ascii=False)
                if record["values"]
                else None,
                "is_ordered": "true" if record["is_ordered"] else None,
            }
            fields.append(
                pa.field(
                    column.name,
                    column.arrow_type,
                    nullable=True,
                    metadata={key: text for key, text in sorted(metadata.items()) if text},
                )
            )
        return pa.schema(fields)


def _arrow_type(dtype: Any) -> pa.DataType:
    for engine_type, arrow_type in ARROW_TYPES:
        if isinstance(dtype, engine_type):
            return arrow_type
    raise TypeError(f"no Arrow type is set for {dtype!r}")


@cache
def describe(table: str) -> TableInfo:
    """What the model of `table` says, as plain values."""
    schema = MODELS[table].to_schema()
    facts = MODELS[table].__config__.metadata
    return TableInfo(
        name=table,
        title=facts["title"],
        row=facts["row"],
        key=tuple(facts["key"]),
        event_type=facts.get("event_type"),
        file=facts.get("file"),
        columns=tuple(
            ColumnInfo(
                name=name,
                arrow_type=_arrow_type(column.dtype),
                description=column.description,
                is_nullable=column.nullable,
                metadata=column.metadata or {},
            )
            for name, column in schema.columns.items()
        ),
    )


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """An Arrow table as the frame that the models validate: categoricals stay text."""
    types = {
        pa.string(): pd.StringDtype(na_value=float("nan")),
        pa.int64(): pd.Int64Dtype(),
        pa.bool_(): pd.BooleanDtype(),
        pa.list_(pa.string()): pd.ArrowDtype(pa.list_(pa.string())),
    }
    for index, item in enumerate(table.schema):
        if pa.types.is_date32(item.type):
            table = table.set_column(index, item.name, table[item.name].cast(pa.timestamp("us")))
    return table.to_pandas(types_mapper=types.get)
