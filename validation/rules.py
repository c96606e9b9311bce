"""Rules on the tables of a release taken together."""

from collections import defaultdict
from urllib.parse import urlsplit

from autocoop.compile import form
from autocoop.schemas import MODELS, describe
from autocoop.schemas import vocabularies as v
from validation import Tables, rule


@rule
def references_exist(tables: Tables) -> list[str]:
    """Every value that refers to another table is a key of it."""
    wrong = []
    for table in MODELS:
        for column in describe(table).columns:
            if not column.references:
                continue
            key = describe(column.references).key[0]
            known = {row[key] for row in tables[column.references]}
            for row in tables[table]:
                value = row[column.name]
                for member in value if isinstance(value, list) else [value]:
                    if member is not None and member not in known:
                        wrong.append(f"{table}.{column.name}: {member!r} of {_name(row)}")
    return wrong


@rule
def wide_tables_hold_all_events(tables: Tables) -> list[str]:
    """Each event stands in the wide table of its type, once, with the same common columns."""
    wrong = []
    common = [column.name for column in describe("events").columns]
    for event_type, wide in form.WIDE_TABLE.items():
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
        return value.isoformat()[: {"day": 10, "month": 7, "year": 4}[precision]]
    return str(value)


@rule
def every_value_is_reported(tables: Tables) -> list[str]:
    """Promise 1, on the compiled tables: a released value stands in a claim of its event."""
    wrong = []
    claims = _claims(tables)
    adopted = {
        (row["event_id"], row["field"])
        for row in tables["claims"]
        if row["event_value"] is not None
    }
    for event_type, wide in form.WIDE_TABLE.items():
        fields = [*form.common_fields().values(), *form.details(event_type).values()]
        for row in tables[wide]:
            reported = claims[row["event_id"]]
            for field in fields:
                if field.path == "location.place":
                    continue
                column = f"{field.column}_best" if field.kind == "figure" else field.column
                if row[column] is None:
                    continue
                is_typed = (row["event_id"], field.path) in adopted
                if not is_typed and event_type == "arms_transfer" and column in DERIVED_OF_DEALS:
                    continue
                members = row[column] if field.is_list else [row[column]]
                for member in members:
                    text = str(member) if field.is_list else _as_reported(row, column, field.kind)
                    if not _is_reported(text, reported[field.path], field.kind):
                        wrong.append(f"{wide}.{column} of {row['event_id']}: {text} by no page")
    for row in tables["participants"]:
        reported = claims[row["event_id"]]
        names = {f"participants.{row['role']}"}
        if row["role"] in form.TOOK_PART:
            names |= {"participants", *(f"participants.{role}" for role in form.TOOK_PART)}
        if not any(row["actor_id"] in reported[name] for name in names):
            wrong.append(f"participants: {row['actor_id']} as {row['role']} of {row['event_id']}")
    for row in tables["arms_items"]:
        if row["item_id"] not in claims[row["event_id"]][form.ITEMS]:
            wrong.append(f"arms_items: {row['item_id']} of {row['event_id']} by no page")
    return wrong


#: Columns of a deal that follow from its other fields where no page states them.
DERIVED_OF_DEALS = {
    "start_date",
    "end_date",
    "quantity_ordered_best",
    "quantity_delivered_best",
}


@rule
def sources_report_something(tables: Tables) -> list[str]:
    """No page is cited that no claim comes from."""
    used = {row["source_id"] for row in tables["claims"]}
    return [row["source_id"] for row in tables["sources"] if row["source_id"] not in used]


@rule
def grades_follow_from_publishers(tables: Tables) -> list[str]:
    """The evidence grade is the one that the event's publishers give (design, evidence rules)."""
    publishers = {row["publisher_id"]: row for row in tables["publishers"]}
    parents = {row["actor_id"]: row["parent"] for row in tables["actors"]}
    states = {row["actor_id"] for row in tables["actors"] if row["kind"] == "state"}
    parties: dict[str, set[str | None]] = defaultdict(set)
    for row in tables["participants"]:
        parties[row["event_id"]] |= {row["actor_id"], parents[row["actor_id"]]} - {None}
    seen: dict[str, set[str]] = defaultdict(set)
    for row in tables["sources"]:
        seen[row["event_id"]].add(row["origin_id"] or row["publisher_id"])
    wrong = []
    for row in tables["events"]:
        event_id = row["event_id"]
        principals = parties[event_id] | {row["framework"]} - {None}
        controllers = [publishers[name]["controlled_by"] for name in seen[event_id]]
        has_free = any(name is None or name not in states | principals for name in controllers)
        if len(controllers) >= 2:
            grade = "A" if has_free else "B"
        else:
            grade = "D" if controllers[0] in principals else "C"
        if grade != row["evidence_grade"] or len(controllers) != row["publisher_count"]:
            wrong.append(f"{event_id}: {row['evidence_grade']}, should be {grade}")
    return wrong


@rule
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


@rule
def nobody_deals_with_himself(tables: Tables) -> list[str]:
    """Supplier and recipient, intervener and target, provider and trainee are two actors."""
    wrong = [
        row["event_id"] for row in tables["arms_transfers"] if row["supplier"] == row["recipient"]
    ]
    wrong += [
        row["event_id"] for row in tables["interventions"] if row["target"] in row["interveners"]
    ]
    wrong += [
        row["event_id"]
        for row in tables["pme_programs"]
        if row["provider"] in (row["recipients"] or [])
    ]
    return wrong


@rule
def exercises_have_two_sides(tables: Tables) -> list[str]:
    """A joint exercise has two or more participants, unless it stands for an organisation."""
    return [
        row["event_id"]
        for row in tables["joint_exercises"]
        if len(row["participants"] or []) < 2 and row["framework"] is None
    ]


@rule
def actors_existed(tables: Tables) -> list[str]:
    """No actor takes part before it existed or after it was gone."""
    spells = {row["actor_id"]: (row["valid_from"], row["valid_to"]) for row in tables["actors"]}
    years = {row["event_id"]: row["year"] for row in tables["events"]}
    wrong = []
    for row in tables["participants"]:
        begin, end = spells[row["actor_id"]]
        year = years[row["event_id"]]
        if (begin and year < begin.year) or (end and year > end.year):
            wrong.append(f"{row['actor_id']} in {row['event_id']} ({year})")
    return wrong


@rule
def states_have_regimes(tables: Tables) -> list[str]:
    """A leading state without a class in the event's year is a known gap of the source."""
    leading = {"supplier", "organiser", "intervener", "provider"}
    states = {row["actor_id"] for row in tables["actors"] if row["kind"] == "state"}
    classified = {row["actor_id"] for row in tables["regimes"]}
    return [
        f"{row['actor_id']} in {row['event_id']}"
        for row in tables["participants"]
        if row["role"] in leading
        and row["actor_id"] in states & classified
        and row["regime"] is None
        and (row["actor_id"], row["event_id"]) not in KNOWN_REGIME_GAPS
    ]


#: Leading states in years that Regimes of the World leaves unclassified.
KNOWN_REGIME_GAPS: set[tuple[str, str]] = set()


@rule
def status_and_dates_agree(tables: Tables) -> list[str]:
    """What is only announced or contracted has no delivery."""
    return [
        row["event_id"]
        for row in tables["arms_transfers"]
        if row["status"] in ("announced", "contracted")
        and (row["quantity_delivered_best"] or 0) > 0
    ]


@rule
def vocabularies_map_to_unroca(tables: Tables) -> list[str]:
    """An item's UN Register class is one its category can fall in."""
    return [
        f"{row['event_id']} {row['item_id']}: {row['unroca']} for {row['category']}"
        for row in tables["arms_items"]
        if row["unroca"] and row["unroca"] not in v.UNROCA_OF_CATEGORY[row["category"]]
    ]


def _name(row: dict) -> str:
    return str(next(iter(row.values())))
