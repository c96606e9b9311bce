"""From whatever type a column has to the schema's, cell by cell: what cannot be cast is named.

Nothing is coerced by pandera: a bad cell would spoil its column or vanish. Here each cell that has
no value of the column's type is marked, with its rule and the likely fix, and left out of all
later checks.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from math import isfinite
from numbers import Integral, Real
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from autocoop.errors import Unreadable
from autocoop.schemas import ColumnInfo

#: Bytes of the longest text that a cell may hold.
MAX_CELL = 1_000_000

#: Bytes to which a spreadsheet, a column of a row group of a Parquet file, or a column of a batch
#: may unpack.
MAX_UNPACKED = 512 * 2**20

_TEXT = pa.string()
_DICTIONARY = pa.dictionary(pa.int32(), pa.string())
_LIST = pa.list_(pa.string())

_DATE = r"\A\d{4}-\d{2}-\d{2}\z"
_INTEGER = r"\A-?\d{1,18}\z"
_LOOSE_LIST = r"(?:\A|;)(?:\s|;|\z)|\s(?:;|\z)"

#: What is said of a cell: its value, the rule it breaks, the likely fix.
Words = tuple[Any, str, str]


class WrongType(ValueError):
    """A whole column is of a type that cannot hold the schema's values."""

    def __init__(self, rule: str, fix: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.fix = fix


@dataclass(frozen=True)
class Cast:
    """A column in its type: text is `string` or a dictionary of it, bad cells are null.

    ``bad`` marks the cells that could not be cast; ``words`` says of one of them, by its
    position, what is wrong. ``note`` is the type that was read as another one.
    """

    values: pa.Array
    bad: pa.BooleanArray | None = None
    words: Callable[[int], Words] | None = None
    note: str | None = None


def cast(values: pa.Array, column: ColumnInfo, *, is_text: bool = False) -> Cast:
    """A column of a batch in the schema's type.

    ``is_text`` says that the source knows only text, where an empty cell is a missing value.
    Raises `WrongType` where no cell of the column can be right.
    """
    values = _plain(values)
    kind = values.type
    if pa.types.is_null(kind):
        return Cast(pa.nulls(len(values), column.arrow_type))
    if _is_text(kind):
        values, too_long = _short(values)
        if too_long is not None:
            return Cast(
                values,
                too_long,
                lambda position: (None, f"is longer than {MAX_CELL:,} bytes", "shorten it"),
            )
        if column.type_name == "text":
            return _utf8(values if not is_text else _missing_where_empty(values))
        values = decoded(values)
        utf8 = _utf8(values)
        if utf8.bad is not None:
            return Cast(pa.nulls(len(values), column.arrow_type), utf8.bad, utf8.words)
        done = _FROM_TEXT[column.type_name](_missing_where_empty(values), column)
        note = None if is_text else f"{column.name}: text read as {column.type_name}"
        return Cast(done.values, done.bad, done.words, note)
    if pa.types.is_dictionary(kind):
        return cast(decoded(values), column)
    return _FROM_TYPED[column.type_name](values, column)


def cast_objects(cells: Sequence[Any], column: ColumnInfo, *, is_text: bool = False) -> Cast:
    """As `cast`, from Python values of any kinds mixed."""
    found: list[Any] = []
    bad: dict[int, Words] = {}
    for position, cell in enumerate(cells):
        try:
            found.append(_object(cell, column, is_text))
        except _BadCell as error:
            found.append(None)
            bad[position] = (error.value, error.rule, error.fix)
    values = pa.array(found, column.arrow_type)
    if not bad:
        return Cast(values)
    mask = pa.array([position in bad for position in range(len(found))], pa.bool_())
    return Cast(values, mask, bad.__getitem__)


def _plain(values: Any) -> pa.Array:
    """One array, without extension types."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
        if isinstance(values, pa.ChunkedArray):
            values = values.chunk(0) if values.num_chunks else pa.array([], values.type)
    if isinstance(values, pa.ExtensionArray):
        values = values.storage
    return values


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    return (
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def _short(values: pa.Array) -> tuple[pa.Array, pa.BooleanArray | None]:
    """Text as `string` or a dictionary of it; cells over the limit are marked and left out."""
    is_encoded = pa.types.is_dictionary(values.type)
    words = values.dictionary if is_encoded else values
    if pa.types.is_string_view(words.type):
        words = words.cast(pa.large_string())
    lengths = pc.binary_length(words)
    longest = pc.max(lengths).as_py()
    too_long = None
    if longest is not None and longest > MAX_CELL:
        over = pc.fill_null(pc.greater(lengths, MAX_CELL), False)
        words = without(words, over)
        too_long = pc.fill_null(pc.take(over, values.indices), False) if is_encoded else over
        if not pc.any(too_long).as_py():
            too_long = None
    words = words if words.type == _TEXT else words.cast(_TEXT)
    if not is_encoded:
        return words, too_long
    indices = values.indices
    indices = indices if indices.type == pa.int32() else indices.cast(pa.int32())
    if words.null_count:
        # A null that stands in the dictionary is a missing value like any other.
        return pc.take(words, indices), too_long
    if len(words) > len(indices) // 2:
        # A batch of a file has the dictionary of all batches: only what it uses is checked.
        used = indices.dictionary_encode()
        words, indices = pc.take(words, used.dictionary), used.indices
    return pa.DictionaryArray.from_arrays(indices, words), too_long


def decoded(values: pa.Array) -> pa.Array:
    """The values of a dictionary, one a row, if memory holds them; other arrays as they are."""
    if not pa.types.is_dictionary(values.type):
        return values
    if _is_text(values.type):
        words = values.dictionary
        if pa.types.is_string_view(words.type):
            words = words.cast(pa.large_string())
        size = pc.sum(pc.take(pc.binary_length(words), values.indices)).as_py() or 0
        if size > MAX_UNPACKED:
            raise Unreadable(
                f"the data: a column unpacks to {size:,} bytes in {len(values):,} rows; the limit "
                f"is {MAX_UNPACKED:,}"
            )
    return values.dictionary_decode()


def _missing_where_empty(values: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(values.type):
        return _missing_where_empty(decoded(values))
    is_empty = pc.equal(values, "")
    return without(values, is_empty) if pc.any(is_empty).as_py() else values


def without(values: pa.Array, marks: pa.Array) -> pa.Array:
    """The values, those marked missing.

    Not by `if_else`: in Arrow 21 it garbles text that is part of a longer array, and it keeps the
    text of what it makes missing.
    """
    import numpy as np

    is_marked = pc.fill_null(marks, False).to_numpy(zero_copy_only=False)
    return values.take(pa.array(np.arange(len(values)), mask=is_marked))


def _utf8(values: pa.Array) -> Cast:
    words = values.dictionary if pa.types.is_dictionary(values.type) else values
    try:
        words.validate(full=True)
    except pa.ArrowInvalid:
        raw = decoded(values).cast(pa.binary()).to_pylist()
        bad = [cell is not None and not _is_utf8(cell) for cell in raw]
        good = [None if is_bad else cell for is_bad, cell in zip(bad, raw, strict=True)]
        return Cast(
            pa.array([None if cell is None else cell.decode() for cell in good], _TEXT),
            pa.array(bad, pa.bool_()),
            lambda position: (
                repr(raw[position][:40])[2:-1],
                "are bytes that are not UTF-8",
                "save the text as UTF-8",
            ),
        )
    return Cast(values)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


# --- from text ----------------------------------------------------------------------------------


def _from_text(
    values: pa.Array, good: pa.Array, target: pa.DataType, words: Callable[[str], tuple[str, str]]
) -> Cast:
    """Text of which the cells marked good can be cast by Arrow."""
    good = pc.fill_null(good, True)
    if pc.all(good).as_py() is not False:
        return Cast(values.cast(target))
    kept = without(values, pc.invert(good)).cast(target)

    def say(position: int) -> Words:
        text = values[position].as_py()
        return (text, *words(text))

    return Cast(kept, pc.invert(good), say)


def _integer_from_text(values: pa.Array, column: ColumnInfo) -> Cast:
    return _from_text(
        values, pc.match_substring_regex(values, _INTEGER), pa.int64(), _integer_words
    )


def _integer_words(text: str) -> tuple[str, str]:
    if re.fullmatch(r"-?\d+", text, re.ASCII):
        return "is larger than any figure can be", ""
    whole = re.fullmatch(r"\+?(-?\d{1,18})(?:\.0*)?", text.strip(), re.ASCII)
    digits = whole[1] if whole else re.sub(r"[,.\s_']", "", text)
    fix = f"write {digits}" if re.fullmatch(r"\d{1,18}", digits, re.ASCII) else "write digits only"
    return "is not a whole number", fix


def _boolean_from_text(values: pa.Array, column: ColumnInfo) -> Cast:
    lower = pc.utf8_lower(values)
    good = pc.is_in(lower, value_set=pa.array(["true", "false"]))
    good = pc.or_(good, pc.is_null(values))
    done = _from_text(lower, good, pa.bool_(), lambda text: _boolean_words(text))
    if done.bad is None:
        return done
    return Cast(
        done.values,
        done.bad,
        lambda position: (
            values[position].as_py(),
            *_boolean_words(values[position].as_py()),
        ),
    )


def _boolean_words(text: str) -> tuple[str, str]:
    known = {"1": "true", "0": "false", "yes": "true", "no": "false", "t": "true", "f": "false"}
    meant = known.get(text.strip().casefold())
    return "is neither true nor false", f"write {meant}" if meant else "write true or false"


def _date_from_text(values: pa.Array, column: ColumnInfo) -> Cast:
    good = pc.fill_null(pc.match_substring_regex(values, _DATE), True)
    candidates = values if pc.all(good).as_py() is not False else without(values, pc.invert(good))
    try:
        days = candidates.cast(pa.date32())
    except pa.ArrowInvalid:
        # Some day is not in the calendar; which one, Arrow does not say.
        wrong = [text for text in pc.unique(candidates).to_pylist() if not _is_day(text)]
        is_day = pc.invert(pc.is_in(values, value_set=pa.array(wrong, _TEXT)))
        good = pc.and_(good, is_day)
        days = without(values, pc.invert(good)).cast(pa.date32())
    if pc.all(good).as_py() is not False:
        return Cast(days)

    def say(position: int) -> Words:
        text = values[position].as_py()
        return (text, *_date_words(text, column))

    return Cast(days, pc.invert(good), say)


def _is_day(text: str | None) -> bool:
    if text is None:
        return True
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _date_words(text: str, column: ColumnInfo) -> tuple[str, str]:
    if re.fullmatch(r"\d{4}(-\d{2})?", text, re.ASCII):
        day = column.metadata.get("bound")
        precision = f"{column.name.removesuffix('_date')}_precision"
        fix = f"write its {day} day and set {precision}" if day else "write a day: 2007-08-09"
        return "is not a day", fix
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return "is no day of the calendar", ""
    begin = re.match(r"\d{4}-\d{2}-\d{2}(?=[T ])", text)
    return "is not a date", f"write {begin[0]}" if begin else "write a day: 2007-08-09"


def _list_from_text(values: pa.Array, column: ColumnInfo) -> Cast:
    loose = pc.fill_null(pc.match_substring_regex(values, _LOOSE_LIST), False)
    lists = pc.split_pattern(values, ";")
    if not pc.any(loose).as_py():
        return Cast(lists)

    def say(position: int) -> Words:
        text = values[position].as_py()
        members = [member.strip() for member in text.split(";")]
        fix = ";".join(filter(None, members))
        return (
            text,
            "is not a list",
            f"write {fix!r}" if fix and len(fix) < 100 else "join members with ';', no spaces",
        )

    return Cast(without(lists, loose), loose, say)


_FROM_TEXT: dict[str, Callable[[pa.Array, ColumnInfo], Cast]] = {
    "integer": _integer_from_text,
    "boolean": _boolean_from_text,
    "date": _date_from_text,
    "list of text": _list_from_text,
}

# --- from other types ---------------------------------------------------------------------------


def _wrong(kind: pa.DataType, column: ColumnInfo, fix: str = "") -> WrongType:
    return WrongType(f"is of type {kind}, not {column.type_name}", fix)


def _marked(
    values: pa.Array, bad: pa.Array, target: pa.DataType, words: Callable[[Any], tuple[str, str]]
) -> Cast:
    """Typed values of which the cells that are not bad can be cast by Arrow."""
    bad = pc.fill_null(bad, False)
    if not pc.any(bad).as_py():
        return Cast(values.cast(target, safe=False))
    kept = without(values, bad).cast(target, safe=False)

    def say(position: int) -> Words:
        value = values[position].as_py()
        return (value, *words(value))

    return Cast(kept, bad, say)


def _integer_from_typed(values: pa.Array, column: ColumnInfo) -> Cast:
    kind = values.type
    if kind == pa.int64():
        return Cast(values)
    if pa.types.is_uint64(kind):
        over = pc.greater(values, pa.scalar(2**63 - 1, pa.uint64()))
        return _marked(
            values, over, pa.int64(), lambda value: ("is larger than any figure can be", "")
        )
    if pa.types.is_integer(kind):
        return Cast(values.cast(pa.int64()))
    if pa.types.is_decimal(kind):
        values = values.cast(pa.float64())
        kind = values.type
    if pa.types.is_floating(kind):
        values = values.cast(pa.float64())
        # NaN differs from itself; beyond 2**63 no float is an int64.
        good = pc.and_(pc.equal(values, pc.floor(values)), pc.less(pc.abs(values), 2.0**63))
        done = _marked(values, pc.invert(good), pa.int64(), _float_words)
        return Cast(done.values, done.bad, done.words, f"{column.name}: {kind} read as integer")
    raise _wrong(kind, column, "write whole numbers")


def _float_words(value: float) -> tuple[str, str]:
    fix = "write a whole number" if isfinite(value) else "leave the cell empty"
    return "is not a whole number", fix


def _boolean_from_typed(values: pa.Array, column: ColumnInfo) -> Cast:
    if pa.types.is_boolean(values.type):
        return Cast(values)
    raise _wrong(values.type, column, "write true and false")


def _date_from_typed(values: pa.Array, column: ColumnInfo) -> Cast:
    kind = values.type
    if pa.types.is_date32(kind):
        return Cast(values)
    if pa.types.is_date64(kind):
        return Cast(values.cast(pa.date32(), safe=False))
    if pa.types.is_timestamp(kind):
        if kind.tz is not None:
            raise _wrong(kind, column, "write days, without a time zone")
        midnight = pc.floor_temporal(values, unit="day")
        return _marked(
            values,
            pc.not_equal(values, midnight),
            pa.date32(),
            lambda value: ("has a time of day", f"write {str(value)[:10]}"),
        )
    raise _wrong(kind, column, "write days: 2007-08-09")


def _list_from_typed(values: pa.Array, column: ColumnInfo) -> Cast:
    kind = values.type
    is_list = (
        pa.types.is_list(kind)
        or pa.types.is_large_list(kind)
        or pa.types.is_fixed_size_list(kind)
        or pa.types.is_list_view(kind)
        or pa.types.is_large_list_view(kind)
    )
    member = kind.value_type if is_list else None
    if member is None or not (_is_text(member) or pa.types.is_null(member)):
        raise _wrong(kind, column, "write lists of text, or text joined by ';'")
    if not pa.types.is_list(kind):
        values = values.cast(pa.list_(member))
    if member != _TEXT:
        flat = _plain(values.values)
        flat = decoded(flat)
        if pa.types.is_null(flat.type):
            flat = pa.nulls(len(flat), _TEXT)
        flat, too_long = _short(flat)
        mask = values.is_null() if values.null_count else None
        values = pa.ListArray.from_arrays(values.offsets, flat, type=_LIST, mask=mask)
    else:
        too_long = _short(pc.list_flatten(values))[1]
    values = values if values.type == _LIST else values.cast(_LIST)
    if too_long is not None:
        raise WrongType(f"holds a member of more than {MAX_CELL:,} bytes", "shorten it")
    members = pc.list_flatten(values)
    utf8 = _utf8(members)
    if utf8.bad is None and not members.null_count:
        return Cast(values)
    wrong = members.is_null() if utf8.bad is None else pc.or_(members.is_null(), utf8.bad)
    bad = any_member(values, wrong)
    kept = without(values, bad)
    return Cast(
        kept, bad, lambda position: (None, "has a member that is empty or not UTF-8", "name it")
    )


def any_member(lists: pa.ListArray, marks: pa.BooleanArray) -> pa.BooleanArray:
    """For each list, whether one of its members is marked; ``marks`` goes by `list_flatten`."""
    import numpy as np

    rows = pc.list_parent_indices(lists).filter(pc.fill_null(marks, False))
    found = np.zeros(len(lists), dtype=bool)
    found[rows.to_numpy(zero_copy_only=False)] = True
    return pa.array(found)


def _text_from_typed(values: pa.Array, column: ColumnInfo) -> Cast:
    raise _wrong(values.type, column, "write text")


_FROM_TYPED: dict[str, Callable[[pa.Array, ColumnInfo], Cast]] = {
    "text": _text_from_typed,
    "integer": _integer_from_typed,
    "boolean": _boolean_from_typed,
    "date": _date_from_typed,
    "list of text": _list_from_typed,
}

# --- from Python values -------------------------------------------------------------------------


class _BadCell(ValueError):
    def __init__(self, value: Any, rule: str, fix: str = "") -> None:
        super().__init__(rule)
        self.value = value
        self.rule = rule
        self.fix = fix


def _object(cell: Any, column: ColumnInfo, is_text: bool) -> Any:
    """One Python value as a value of the column."""
    if _is_missing(cell):
        return None
    if isinstance(cell, str):
        if not cell and (is_text or column.type_name != "text"):
            return None
        _check_text(cell)
        if column.type_name == "text":
            return cell
        done = _FROM_TEXT[column.type_name](pa.array([cell], _TEXT), column)
        if done.words is not None:
            raise _BadCell(*done.words(0))
        return done.values[0].as_py()
    kind = column.type_name
    if kind == "integer" and not isinstance(cell, bool):
        if isinstance(cell, Integral):
            if not -(2**63) <= int(cell) < 2**63:
                raise _BadCell(f"{cell:.3e}", "is larger than any figure can be")
            return int(cell)
        if isinstance(cell, Real):
            if isfinite(cell) and float(cell).is_integer() and abs(cell) < 2**63:
                return int(cell)
            raise _BadCell(str(cell), *_float_words(float(cell)))
    if kind == "boolean" and (isinstance(cell, bool) or type(cell).__name__ in ("bool_", "bool")):
        return bool(cell)
    if kind == "date" and isinstance(cell, date):
        if not isinstance(cell, datetime):
            return cell
        if cell.tzinfo is None and cell.time() == time():
            return cell.date()
        raise _BadCell(str(cell), "has a time of day", f"write {cell.date()}")
    if kind == "list of text" and hasattr(cell, "__iter__") and not isinstance(cell, (dict, bytes)):
        members = list(cell)
        for member in members:
            if not isinstance(member, str):
                raise _BadCell(members, "has a member that is not text")
            _check_text(member)
        return members
    raise _BadCell(str(cell)[: MAX_CELL // 1000], f"is {type(cell).__name__}, not {kind}")


def _check_text(text: str) -> None:
    if len(text) > MAX_CELL:
        raise _BadCell(None, f"is longer than {MAX_CELL:,} bytes", "shorten it")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _BadCell(ascii(text)[1:-1], "is not Unicode text", "save it as UTF-8") from error


def _is_missing(cell: Any) -> bool:
    """None, NaN, NaT or pandas' NA."""
    if cell is None or type(cell).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(cell, float) and cell != cell
