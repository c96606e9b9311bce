"""The definitions of the tables, and the Arrow and plain forms that are generated from them."""

from autocoop.schemas.describe import ColumnInfo, TableInfo, describe
from autocoop.schemas.tables import MODELS

__all__ = ["MODELS", "ColumnInfo", "TableInfo", "describe"]
