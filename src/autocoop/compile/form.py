"""The form of an event file, derived from the schemas.

A field of an event file exists because a column of a table says, in its ``form``, that it comes
from there. What kind of value the field takes follows from the column's type and metadata.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from autocoop.compile import values
from autocoop.compile.reference import References
from autocoop.schemas import ColumnInfo, describe
from autocoop.schemas import vocabularies as v
from autocoop.schemas.tables import ITEM

#: Event type -> prefix of its identifiers, its wide table, and the folder's name (the type).
PREFIX = {
    "arms_transfer": "at",
    "joint_exercise": "je",
    "intervention": "iv",
    "pme_program": "pme",
}
WIDE_TABLE = {
    "arms_transfer": "arms_transfers",
    "joint_exercise": "joint_exercises",
    "intervention": "interventions",
    "pme_program": "pme_programs",
}

#: Event type -> role -> how many actors hold it: at least, at most (None: any number).
ROLES: dict[str, dict[str, tuple[int, int | None]]] = {
    "arms_transfer": {"supplier": (1, 1), "recipient": (1, 1)},
    "joint_exercise": {
        "organiser": (1, None),
        "host": (0, None),
        "participant": (0, None),
        "observer": (0, None),
    },
    "intervention": {
        "intervener": (1, None),
        "target": (1, 1),
        "participant": (0, None),
        "supported": (0, None),
        "opposed": (0, None),
    },
    "pme_program": {"provider": (1, 1), "trainee": (0, None)},
}

#: Roles that "took part" supports, without a page naming the role.
TOOK_PART = v.TOOK_PART

#: Roles whose holders' regimes make an event all-autocratic or not.
PRINCIPALS = frozenset(
    {
        "supplier",
        "recipient",
        "organiser",
        "host",
        "participant",
        "intervener",
        "target",
        "provider",
        "trainee",
    }
)

TOP_LEVEL = (
    "id",
    "type",
    "name",
    "series",
    "start",
    "end",
    "date_note",
    "status",
    "framework",
    "location",
    "participants",
    "details",
    "summary",
    "sources",
)
REQUIRED_TOP_LEVEL = ("id", "type", "name", "status", "participants", "summary", "sources")
PARTICIPANT_KEYS = ("actor", "role", "start", "end", "personnel", "note")
LOCATION_KEYS = ("country", "place")
SOURCE_KEYS = (
    "url",
    "publisher",
    "origin",
    "title",
    "published",
    "language",
    "read",
    "reports",
    "note",
)
REQUIRED_SOURCE_KEYS = ("url", "publisher", "language", "read", "reports")
CLAIM_KEYS = ("value", "low", "high", "qualifier")


@dataclass(frozen=True)
class Field:
    """What a field of the form takes.

    ``kind`` is text, term, actor, integer, figure, boolean or date; ``is_list`` says whether it
    takes several; ``column`` is the column it fills (its stem, for a figure).
    """

    path: str
    kind: str
    is_list: bool
    column: str
    description: str
    vocabulary: dict[str, str] | None = None
    codes: tuple[int, ...] = ()


def _field(path: str, column: ColumnInfo, codes: Collection[int] = ()) -> Field:
    is_figure = column.name.endswith("_best")
    type_name = column.type_name
    if column.references == "actors":
        kind = "actor"
    elif column.vocabulary:
        kind = "term"
    elif is_figure:
        kind = "figure"
    else:
        kind = {"text": "text", "list of text": "text"}.get(type_name, type_name)
    return Field(
        path=path,
        kind=kind,
        is_list=column.is_list,
        column=column.name.removesuffix("_best") if is_figure else column.name,
        description=column.description,
        vocabulary=column.vocabulary,
        codes=tuple(codes),
    )


_CODES = {
    "direction": tuple(int(key) for key in v.DIRECTION),
    "activity": tuple(int(key) for key in v.ACTIVITY),
}


def _fields_under(table: str, prefix: str) -> dict[str, Field]:
    found = {}
    for column in describe(table).columns:
        form = column.form or ""
        if not form.startswith(prefix) or column.name.endswith(("_low", "_high")):
            continue
        name = form.removeprefix(prefix)
        found[name] = _field(form, column, _CODES.get(column.name, ()))
    return found


@cache
def details(event_type: str) -> dict[str, Field]:
    """Name -> field of the type's ``details``, items aside."""
    return _fields_under(WIDE_TABLE[event_type], "details.")


@cache
def item_fields() -> dict[str, Field]:
    """Name -> field of an item of an arms transfer."""
    return _fields_under("arms_items", f"{ITEM}.")


#: Where the items of an arms transfer stand.
ITEMS = "details.items"

#: Fields of an item that the coder assigns; no page has to say them.
CODED_ITEM_FIELDS = frozenset({"id", "designation", "category", "unroca"})


@cache
def common_fields() -> dict[str, Field]:
    """Path -> field of what every event has outside ``details`` and ``participants``."""
    columns = {column.form: column for column in describe("events").columns if column.form}
    fields = {
        path: _field(path, columns[path])
        for path in ("start", "end", "status", "framework", "location.country", "location.place")
    }
    # The table joins the places of an event; in the file, and for sources, they are a list.
    fields["location.place"] = replace(fields["location.place"], is_list=True)
    return fields


@cache
def participant_fields() -> dict[str, Field]:
    """Name -> field of a participant that a source can report, apart from its role."""
    return _fields_under("participants", "participants.<actor>.")


def claim_field(event_type: str, path: str) -> Field | None:
    """The field that a claim under ``reports`` speaks of, or None where there is none."""
    if path in common_fields():
        return common_fields()[path]
    if path == "participants":
        return Field(path, "actor", True, "participants", "actors that took part with forces")
    head, _, rest = path.partition(".")
    if head == "participants":
        if rest in ROLES[event_type]:
            return Field(path, "actor", True, "participants", v.ROLE[rest])
        actor, _, name = rest.rpartition(".")
        field = participant_fields().get(name)
        return field if actor and "." not in actor else None
    if path == ITEMS and event_type == "arms_transfer":
        return Field(path, "text", True, "items", "items that the page names")
    if path.startswith(f"{ITEMS}.") and event_type == "arms_transfer":
        item, _, name = path.removeprefix(f"{ITEMS}.").rpartition(".")
        if item and "." not in item and name not in CODED_ITEM_FIELDS:
            return item_fields().get(name)
        return None
    return details(event_type).get(rest) if head == "details" else None


def claimable(event_type: str) -> list[str]:
    """Every path that may stand under ``reports``, for messages."""
    paths = [*common_fields(), "participants"]
    paths += [f"participants.{role}" for role in ROLES[event_type]]
    paths += [f"participants.<ACTOR>.{name}" for name in participant_fields()]
    paths += [f"details.{name}" for name in details(event_type)]
    if event_type == "arms_transfer":
        paths.append(ITEMS)
        paths += [
            f"{ITEMS}.<item>.{name}" for name in item_fields() if name not in CODED_ITEM_FIELDS
        ]
    return paths


def parser(field: Field, references: References) -> Callable[[str], Any]:
    """The parser of one value (one member, for a list) of a field."""
    if field.kind == "actor":
        return references.parse_actor
    if field.kind == "term":
        return values.one_of(field.vocabulary or {}, f"a value of {field.path}")
    if field.kind == "date":
        return values.parse_date
    if field.kind == "boolean":
        return values.parse_boolean
    if field.codes:
        known = [str(code) for code in field.codes]

        def parse_code(text: str) -> int:
            return int(values.one_of(known, f"a code of {field.path}")(text))

        return parse_code
    if field.kind in ("integer", "figure"):
        return values.parse_integer
    return values.parse_text
