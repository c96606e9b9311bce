"""The rules that the tables of a release must satisfy together: one small function a rule.

They take tables as lists of rows, so that they read as they are said, and expect each table to
satisfy its own schema. `autocoop validate --release` runs them on a folder of tables, and
``validation/`` on the project's release.
"""

from collections import defaultdict
from collections.abc import Callable
from urllib.parse import urlsplit

from autocoop.schemas import MODELS, ColumnInfo, describe
from autocoop.schemas import vocabularies as v

Tables = dict[str, list[dict]]
Rule = Callable[[Tables], list[str]]

#: Name of every rule -> the rule.
RULES: dict[str, Rule] = {}

#: Name of every rule -> the tables that it cannot do without.
NEEDS: dict[str, tuple[str, ...]] = {}

#: Event type -> its wide table.
WIDE = {
    info.event_type: table for table in MODELS if (info := describe(table)).event_type is not None
}

#: Tables whose rows belong to an event.
PARTS = ("participants", "arms_items", "claims", "sources")

#: Roles that "took part" supports, without a page naming the role.
TOOK_PART = v.TOOK_PART


def needing(*tables: str) -> Callable[[Rule], Rule]:
    """Registers a rule: tables as lists of rows in, sentences on what is wrong out."""

    def register(function: Rule) -> Rule:
        RULES[function.__name__] = function
        NEEDS[function.__name__] = tables
        return function

    return register


def references(table: str) -> dict[str, str]:
    """Column -> the table whose key its values are; the event of a part is one."""
    found = {
        column.name: column.references for column in describe(table).columns if column.references
    }
    return found | ({"event_id": "events"} if table in PARTS else {})


def fields(table: str) -> dict[str, ColumnInfo]:
    """Field of the event's file -> the column of a wide table that a source has to support."""
    common = ("start", "end", "status", "framework", "location.country")
    return {
        column.form: column
        for column in describe(table).columns
        if column.form
        and (column.form in common or column.form.startswith("details."))
        and not column.name.endswith(("_low", "_high"))
    }


@needing()
def references_exist(tables: Tables) -> list[str]:
    """Every value that refers to another table is a key of it."""
    wrong = []
    for table, rows in tables.items():
        for name, target in references(table).items():
            if target not in tables:
                continue
            key = describe(target).key[0]
            known = {row[key] for row in tables[target]}
            for row in rows:
                value = row[name]
                for member in value if isinstance(value, list) else [value]:
                    if member is not None and member not in known:
                        wrong.append(f"{table}.{name}: {member!r} of {_name(row)}")
    return wrong


@needing("events")
def wide_tables_hold_all_events(tables: Tables) -> list[str]:
    """Each event stands in the wide table of its type, once, with the same common columns."""
    wrong = []
    common = [column.name for column in describe("events").columns]
    for event_type, wide in WIDE.items():
        if wide not in tables:
            continue
        rows = {row["event_id"]: row for row in tables[wide]}
        events = {row["event_id"]: row for row in tables["events"] if row["type"] == event_type}
        wrong += [f"{wide}: {event_id} is missing" for event_id in events.keys() - rows.keys()]
        wrong += [f"{wide}: {event_id} is no event" for event_id in rows.keys() - events.keys()]
        for event_id in events.keys() & rows.keys():
            for name in common:
                if name in rows[event_id] and rows[event_id][name] != events[event_id][name]:
                    wrong.append(f"{wide}.{name} of {event_id} differs from events")
    return wrong


def _claims(tables: Tables) -> dict[str, dict[str, set[str]]]:
    claims: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in tables["claims"]:
        claims[row["event_id"]][row["field"]].add(row["value"])
    return claims


def _is_reported(value: str, reported: set[str], kind: str) -> bool:
    if kind == "date":
        return any(claim.startswith(value) for claim in reported)
    return value.casefold() in {claim.casefold() for claim in reported}


def _as_reported(row: dict, column: str, kind: str) -> str:
    value = row[column]
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "date":
        precision = row[f"{column.removesuffix('_date')}_precision"]
        return value.isoformat()[: {"month": 7, "year": 4}.get(precision, 10)]
    return str(value)


@needing("claims")
def every_value_is_reported(tables: Tables) -> list[str]:
    """Promise 1, on the compiled tables: a released value stands in a claim of its event."""
    wrong = []
    claims = _claims(tables)
    adopted = {
        (row["event_id"], row["field"])
        for row in tables["claims"]
        if row["event_value"] is not None
    }
    for event_type, wide in WIDE.items():
        for row in tables.get(wide, []):
            reported = claims[row["event_id"]]
            for path, column in fields(wide).items():
                name, kind = column.name, column.type_name
                if row[name] is None:
                    continue
                is_typed = (row["event_id"], path) in adopted
                if not is_typed and event_type == "arms_transfer" and name in DERIVED_OF_DEALS:
                    continue
                for member in row[name] if column.is_list else [row[name]]:
                    text = str(member) if column.is_list else _as_reported(row, name, kind)
                    if not _is_reported(text, reported[path], kind):
                        wrong.append(f"{wide}.{name} of {row['event_id']}: {text} by no page")
    for row in tables.get("participants", []):
        reported = claims[row["event_id"]]
        names = {f"participants.{row['role']}"}
        if row["role"] in TOOK_PART:
            names |= {"participants", *(f"participants.{role}" for role in TOOK_PART)}
        if not any(row["actor_id"] in reported[name] for name in names):
            wrong.append(f"participants: {row['actor_id']} as {row['role']} of {row['event_id']}")
    for row in tables.get("arms_items", []):
        if row["item_id"] not in claims[row["event_id"]]["details.items"]:
            wrong.append(f"arms_items: {row['item_id']} of {row['event_id']} by no page")
    return wrong


#: Columns of a deal that follow from its other fields where no page states them.
DERIVED_OF_DEALS = {
    "start_date",
    "end_date",
    "quantity_ordered_best",
    "quantity_delivered_best",
}


@needing("claims", "sources")
def sources_report_something(tables: Tables) -> list[str]:
    """No page is cited that no claim comes from."""
    used = {row["source_id"] for row in tables["claims"]}
    return [row["source_id"] for row in tables["sources"] if row["source_id"] not in used]


@needing("events", "participants", "sources", "publishers", "actors")
def grades_follow_from_publishers(tables: Tables) -> list[str]:
    """The evidence grade is the one that the event's publishers give (design, evidence rules)."""
    publishers = {row["publisher_id"]: row for row in tables["publishers"]}
    parents = {row["actor_id"]: row["parent"] for row in tables["actors"]}
    states = {row["actor_id"] for row in tables["actors"] if row["kind"] == "state"}
    parties: dict[str, set[str | None]] = defaultdict(set)
    for row in tables["participants"]:
        parties[row["event_id"]] |= {row["actor_id"], parents.get(row["actor_id"])} - {None}
    seen: dict[str, set[str]] = defaultdict(set)
    for row in tables["sources"]:
        seen[row["event_id"]].add(row["origin_id"] or row["publisher_id"])
    wrong = []
    for row in tables["events"]:
        event_id = row["event_id"]
        principals = parties[event_id] | {row["framework"]} - {None}
        controllers = [publishers[name]["controlled_by"] for name in seen[event_id]]
        if not controllers:
            wrong.append(f"{event_id}: has no source")
            continue
        has_free = any(name is None or name not in states | principals for name in controllers)
        if len(controllers) >= 2:
            grade = "A" if has_free else "B"
        else:
            grade = "D" if controllers[0] in principals else "C"
        if grade != row["evidence_grade"] or len(controllers) != row["publisher_count"]:
            wrong.append(f"{event_id}: {row['evidence_grade']}, should be {grade}")
    return wrong


@needing("sources", "publishers")
def pages_are_filed_under_their_site(tables: Tables) -> list[str]:
    """A page on a known publisher's domain is that publisher's (its text's origin aside)."""
    owners = {
        domain: row["publisher_id"]
        for row in tables["publishers"]
        for domain in row["domains"] or []
    }
    wrong = []
    for row in tables["sources"]:
        host = (urlsplit(row["url"]).hostname or "").lower().split(".")
        suffixes = [".".join(host[index:]) for index in range(len(host))]
        owner = next((owners[suffix] for suffix in suffixes if suffix in owners), None)
        if owner not in (None, row["publisher_id"]):
            wrong.append(f"{row['source_id']} ({row['url']}): {row['publisher_id']}, not {owner}")
    return wrong


@needing()
def nobody_deals_with_himself(tables: Tables) -> list[str]:
    """Supplier and recipient, intervener and target, provider and trainee are two actors."""
    wrong = [
        row["event_id"]
        for row in tables.get("arms_transfers", [])
        if row["supplier"] == row["recipient"]
    ]
    wrong += [
        row["event_id"]
        for row in tables.get("interventions", [])
        if row["target"] in (row["interveners"] or [])
    ]
    wrong += [
        row["event_id"]
        for row in tables.get("pme_programs", [])
        if row["provider"] in (row["recipients"] or [])
    ]
    return wrong


@needing("joint_exercises")
def exercises_have_two_sides(tables: Tables) -> list[str]:
    """A joint exercise has two or more participants, unless it stands for an organisation."""
    return [
        row["event_id"]
        for row in tables["joint_exercises"]
        if len(row["participants"] or []) < 2 and row["framework"] is None
    ]


@needing("participants", "events", "actors")
def actors_existed(tables: Tables) -> list[str]:
    """No actor takes part in an event that was over before it began, or began after its end."""
    spells = {row["actor_id"]: (row["valid_from"], row["valid_to"]) for row in tables["actors"]}
    years = {row["event_id"]: row["year"] for row in tables["events"]}
    last: dict[str, int | None] = {}
    for row in tables["events"]:
        is_open = row["end_date"] is None and row["status"] == "under_way"
        last[row["event_id"]] = None if is_open else (row["end_date"] or row["start_date"]).year
    wrong = []
    for row in tables["participants"]:
        begin, end = spells[row["actor_id"]]
        year, until = years[row["event_id"]], last[row["event_id"]]
        if (begin and until is not None and until < begin.year) or (end and year > end.year):
            wrong.append(f"{row['actor_id']} in {row['event_id']} ({year})")
    return wrong


@needing("arms_transfers")
def status_and_dates_agree(tables: Tables) -> list[str]:
    """What is only announced or contracted has no delivery."""
    return [
        row["event_id"]
        for row in tables["arms_transfers"]
        if row["status"] in ("announced", "contracted")
        and (row["quantity_delivered_best"] or 0) > 0
    ]


@needing("arms_items")
def vocabularies_map_to_unroca(tables: Tables) -> list[str]:
    """An item's UN Register class is one its category can fall in."""
    return [
        f"{row['event_id']} {row['item_id']}: {row['unroca']} for {row['category']}"
        for row in tables["arms_items"]
        if row["unroca"] and row["unroca"] not in v.UNROCA_OF_CATEGORY[row["category"]]
    ]


def _name(row: dict) -> str:
    return str(next(iter(row.values())))
