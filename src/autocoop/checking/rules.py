"""The checks of a pandera model, run on a batch of Arrow columns.

The model stays the only definition. The checks that the schemas use most are run by Arrow, from
the statistics that pandera keeps of them; every other check is pandera's own, on the columns that
it looks at. A test holds both to the same verdict.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from autocoop.checking.casting import Words, any_member, decoded
from autocoop.errors import shortened, suggestion
from autocoop.schemas import MODELS, ColumnInfo, TableInfo, describe
from autocoop.schemas.describe import to_pandas

#: Longer words are no misspelling of a term, and comparing them takes long.
_WORD = 100


@dataclass(frozen=True)
class RowCheck:
    """A check on several columns of a row."""

    name: str
    rule: str
    columns: tuple[str, ...]
    check: Any


@dataclass(frozen=True)
class Plan:
    """What a table must satisfy, as the model says it."""

    info: TableInfo
    checks: dict[str, tuple[Any, ...]]
    keys: tuple[tuple[str, ...], ...]
    row_checks: tuple[RowCheck, ...]

    @property
    def references(self) -> dict[str, str]:
        """Column -> the table whose key its values are."""
        return {column.name: column.references for column in self.info.columns if column.references}


@cache
def plan(table: str) -> Plan:
    """The plan of a table."""
    schema = MODELS[table].to_schema()
    keys = [(name,) for name, column in schema.columns.items() if column.unique]
    if schema.unique:
        keys.append(tuple(schema.unique))
    empty = to_pandas(describe(table).arrow_schema().empty_table())
    return Plan(
        info=describe(table),
        checks={name: tuple(column.checks) for name, column in schema.columns.items()},
        keys=tuple(keys),
        row_checks=tuple(
            RowCheck(
                name=check.name,
                rule=f"breaks the rule: {check.error or check.name}",
                columns=_columns_used(check, empty),
                check=check,
            )
            for check in schema.checks
        ),
    )


class _Recorder:
    """Stands for a frame and notes which of its columns are asked for."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self.used: dict[str, None] = {}

    def __getitem__(self, name: str) -> pd.Series:
        self.used[name] = None
        return self.frame[name]


def _columns_used(check: Any, empty: pd.DataFrame) -> tuple[str, ...]:
    """The columns that a check on rows looks at; all, where it does more than look at columns."""
    recorder = _Recorder(empty)
    try:
        check._check_fn(recorder)
    except (AttributeError, TypeError):
        return tuple(empty.columns)
    return tuple(recorder.used)


# --- a column -----------------------------------------------------------------------------------


def missing(values: pa.Array) -> pa.Array:
    """True where a cell is empty."""
    return pc.is_null(values)


def broken(check: Any, values: pa.Array, column: ColumnInfo) -> pa.Array | None:
    """True where a cell breaks a check; None where none does."""
    if pa.types.is_dictionary(values.type):
        bad = broken(check, values.dictionary, column)
        bad = None if bad is None else pc.take(bad, values.indices)
    else:
        fast = _FAST.get(check.name)
        try:
            bad = fast(check.statistics, values) if fast else _by_pandera(check, values, column)
        except pa.ArrowInvalid:
            # A pattern that Arrow's engine does not know.
            bad = _by_pandera(check, values, column)
    if bad is None or not pc.any(bad).as_py():
        return None
    return pc.fill_null(bad, False)


def _not_among(statistics: dict[str, Any], values: pa.Array) -> pa.Array:
    allowed = pa.array(list(statistics["allowed_values"]), values.type)
    return pc.and_(pc.invert(pc.is_in(values, value_set=allowed)), pc.is_valid(values))


def _below(statistics: dict[str, Any], values: pa.Array) -> pa.Array:
    return pc.less(values, statistics["min_value"])


def _unmatched(statistics: dict[str, Any], values: pa.Array) -> pa.Array:
    return pc.invert(pc.match_substring_regex(values, rf"\A(?:{statistics['pattern']})\z"))


def _unsafe(statistics: dict[str, Any], values: pa.Array) -> pa.Array:
    # The class of signs is that of `schemas.columns.spreadsheet_safe`.
    return pc.match_substring_regex(values, r"\A[=+\-@\t\r]")


def _members_not_among(statistics: dict[str, Any], values: pa.Array) -> pa.Array:
    members = pc.list_flatten(values)
    allowed = pa.array(list(statistics["values"]), pa.string())
    return any_member(values, pc.invert(pc.is_in(members, value_set=allowed)))


_FAST: dict[str, Callable[[dict[str, Any], pa.Array], pa.Array]] = {
    "isin": _not_among,
    "greater_than_or_equal_to": _below,
    "matches": _unmatched,
    "spreadsheet_safe": _unsafe,
    "members_in": _members_not_among,
}


def _by_pandera(check: Any, values: pa.Array, column: ColumnInfo) -> pa.Array:
    series = to_pandas(pa.table({column.name: values}))[column.name]
    passed = check(series).check_output
    if not isinstance(passed, pd.Series):
        return pa.array([not passed] * len(values))
    passed = passed.reindex(series.index, fill_value=True).fillna(True).astype(bool)
    return pa.array(~passed.to_numpy())


def words(check: Any, value: Any, column: ColumnInfo) -> Words:
    """What is said of a cell that breaks a check."""
    say = _WORDS.get(check.name)
    if say is None:
        return value, f"breaks the rule: {check.error or check.name}", ""
    return (value, *say(check.statistics, value, column))


def _near(value: Any, known: Sequence[str]) -> str:
    text = str(value)
    near = suggestion(text, known).removeprefix("; ") if len(text) <= _WORD else ""
    return near or (f"values: {shortened(list(known))}" if len(known) <= 20 else "")


def _say_not_among(statistics: dict[str, Any], value: Any, column: ColumnInfo) -> tuple[str, str]:
    known = list(map(str, statistics["allowed_values"]))
    return f"is not a value of {column.name}", _near(value, known)


def _say_below(statistics: dict[str, Any], value: Any, column: ColumnInfo) -> tuple[str, str]:
    return f"is less than {statistics['min_value']}", ""


def _say_unmatched(statistics: dict[str, Any], value: Any, column: ColumnInfo) -> tuple[str, str]:
    pattern = statistics["pattern"]
    rule = f"is not of the form {pattern}"
    if len(value) > _WORD:
        return rule, ""
    slug = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")
    for text in (value.strip(), value.strip().upper(), value.strip().lower(), slug):
        if re.fullmatch(pattern, text):
            return rule, f"write {text!r}"
    return rule, ""


def _say_unsafe(statistics: dict[str, Any], value: Any, column: ColumnInfo) -> tuple[str, str]:
    return f"begins with {value[0]!r}, which a spreadsheet would run", "begin with a word"


def _say_members(statistics: dict[str, Any], value: Any, column: ColumnInfo) -> tuple[str, str]:
    known = list(statistics["values"])
    wrong = next(member for member in value if member not in known)
    shown = wrong if wrong is None or len(wrong) <= _WORD else f"{wrong[:_WORD]}…"
    return f"has a member that is not a value of {column.name}: {shown!r}", _near(wrong, known)


_WORDS: dict[str, Callable[[dict[str, Any], Any, ColumnInfo], tuple[str, str]]] = {
    "isin": _say_not_among,
    "greater_than_or_equal_to": _say_below,
    "matches": _say_unmatched,
    "spreadsheet_safe": _say_unsafe,
    "members_in": _say_members,
}

# --- a row --------------------------------------------------------------------------------------


def broken_rows(check: RowCheck, cells: dict[str, pa.Array]) -> pa.Array | None:
    """True where a row breaks a check on several columns; None where none does."""
    columns = {name: decoded(cells[name]) for name in check.columns}
    frame = to_pandas(pa.table(columns))
    # pandera passes a row whose cells are all missing, so one more cell keeps it from that.
    frame["is_row"] = True
    passed = check.check(frame).check_output
    if not isinstance(passed, pd.Series):
        return None if passed else pa.array([True] * len(frame))
    bad = ~passed.fillna(True).astype(bool).to_numpy()
    return pa.array(bad) if bad.any() else None
