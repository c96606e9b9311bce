"""The rules on the project's release: those that any release must satisfy, and its own."""

from datetime import timedelta

from autocoop.checking import together
from autocoop.compile.values import parse_date
from validation import Tables, rule

for _function in together.RULES.values():
    rule(_function)


@rule
def states_have_regimes(tables: Tables) -> list[str]:
    """A leading state without a class in the event's year is a known gap of the source."""
    leading = {"supplier", "organiser", "intervener", "provider"}
    states = {row["actor_id"] for row in tables["actors"] if row["kind"] == "state"}
    classified = {row["actor_id"] for row in tables["regimes"]}
    years = {row["event_id"]: row["year"] for row in tables["events"]}
    return [
        f"{row['actor_id']} in {row['event_id']}"
        for row in tables["participants"]
        if row["role"] in leading
        and row["actor_id"] in states & classified
        and row["regime"] is None
        and (row["actor_id"], years[row["event_id"]]) not in KNOWN_REGIME_GAPS
    ]


#: States in years that Regimes of the World leaves unclassified.
KNOWN_REGIME_GAPS = {("EGY", 2014)}


@rule
def makers_are_not_the_suppliers(tables: Tables) -> list[str]:
    """`maker` is for arms that another state than the supplier made; elsewhere it is left out."""
    suppliers = {row["event_id"]: row["supplier"] for row in tables["arms_transfers"]}
    return [
        f"{row['event_id']}: {row['item_id']} has its supplier, {row['maker']}, as maker"
        for row in tables["arms_items"]
        if row["maker"] == suppliers.get(row["event_id"], "nobody")
    ]


#: Domain of an exercise -> the formats one of which goes with it where forces act.
FORMATS_OF = {
    "sea": {"naval", "amphibious", "passing_exercise"},
    "air": {"air", "airborne"},
    "land": {"field_exercise"},
}
#: Formats of exercises in which no forces need to act.
AT_THE_DESK = {"command_post", "table_top", "cyber", "logistics", "medical"}


@rule
def formats_go_with_domains(tables: Tables) -> list[str]:
    """Where ships, aircraft or ground troops act, domain and format both say so."""
    wrong = []
    for row in tables["joint_exercises"]:
        formats, domains = set(row["format"] or ()), set(row["domain"] or ())
        if formats and formats <= AT_THE_DESK:
            continue
        wrong += [
            f"{row['event_id']}: domain {domain} without a format of it"
            for domain, own in FORMATS_OF.items()
            if domain in domains and not own & formats
        ]
        for format_, able in (
            ("naval", {"sea"}),
            ("air", {"air"}),
            ("field_exercise", {"land", "internal_security"}),
        ):
            if format_ in formats and not able & domains:
                wrong.append(f"{row['event_id']}: format {format_} without its domain")
    return wrong


@rule
def arms_have_no_place(tables: Tables) -> list[str]:
    """Where arms were handed over is not coded."""
    return [
        row["event_id"]
        for row in tables["arms_transfers"]
        if row["location_iso3"] or row["place"] is not None
    ]


@rule
def parts_fit_into_wholes(tables: Tables) -> list[str]:
    """Foreign trainees are part of the class, the states named part of all that sent some."""
    wrong = []
    for row in tables["pme_programs"]:
        for part, whole in (
            ("trainees_best", "class_total"),
            ("recipients_named", "recipients_total"),
        ):
            if row[part] is not None and row[whole] is not None and row[part] > row[whole]:
                wrong.append(f"{row['event_id']}: {part} {row[part]}, {whole} {row[whole]}")
    return wrong


#: Directions of an intervention that one side is supported by, and that are against it.
WITH_A_SIDE = {"government": {1, 2}, "opposition": {3, 4}}


@rule
def directions_fit_sides(tables: Tables) -> list[str]:
    """Who supports the government does not oppose it, nor is neutral; so with its opponents."""
    return [
        f"{row['event_id']}: direction {row['direction']}, supported side {row['supported_side']}"
        for row in tables["interventions"]
        for side, own in WITH_A_SIDE.items()
        if row["supported_side"] == side and row["direction"] in {0, 1, 2, 3, 4} - own
    ]


@rule
def no_page_reports_what_was_to_come(tables: Tables) -> list[str]:
    """A page published before an event was over does not report it as completed.

    A closing report may appear on the eve of the last day, by the clock of another continent.
    """
    events = {row["event_id"]: row for row in tables["events"]}
    sources = {row["source_id"]: row for row in tables["sources"]}
    wrong = []
    for claim in tables["claims"]:
        if (claim["field"], claim["value"]) != ("status", "completed"):
            continue
        page, event = sources[claim["source_id"]], events[claim["event_id"]]
        is_short = event["type"] in ("joint_exercise", "pme_program")
        day = event["end_date"] if is_short and event["end_precision"] == "day" else None
        day = day or event["start_date"]
        if page["published"] is None or day is None:
            continue
        length = {"year": 4, "month": 7}.get(page["published_precision"], 10)
        published = parse_date(page["published"].isoformat()[:length]).last
        if published < day - timedelta(days=1):
            wrong.append(f"{event['event_id']}: {page['url']} of {published}, before {day}")
    return wrong


@rule
def exercises_are_hosted_where_they_were_held(tables: Tables) -> list[str]:
    """A state that takes part in an exercise on its own territory is a host of it."""
    return [
        f"{row['event_id']}: {state} is no host"
        for row in tables["joint_exercises"]
        for state in sorted(
            (set(row["location_iso3"] or ()) & set(row["participants"] or ()))
            - set(row["hosts"] or ())
        )
    ]
