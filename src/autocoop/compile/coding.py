"""The rules of coding that an event keeps by itself: one small function a rule.

They take the rows of one event, by table, as they are released. `check` runs them on a file and
names its line; `validation/` runs them on the compiled tables, so that they also catch a mistake of
the compiler.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from autocoop.checking import together
from autocoop.compile.form import ITEMS, WIDE_TABLE
from autocoop.compile.values import last_day

Row = Mapping[str, Any]
#: The rows of one event, by table; no rows for a table that it has none in.
Rows = Mapping[str, list[Row]]


@dataclass(frozen=True)
class Broken:
    """What is wrong, in a field of the event's file, and what would be right."""

    field: str
    value: str | None
    rule: str
    fix: str = ""
    #: The source whose report of the field is meant; None for the event's own value.
    source_id: str | None = None


#: The wide row of an event and all its rows in, what is wrong out.
Rule = Callable[[Row, Rows], Iterator[Broken]]

#: Name of a rule -> the wide tables whose events it is for, and the rule.
RULES: dict[str, tuple[frozenset[str], Rule]] = {}


def _of(*tables: str) -> Callable[[Rule], Rule]:
    """Registers a rule for the events of wide tables."""

    def register(function: Rule) -> Rule:
        RULES[function.__name__] = (frozenset(tables), function)
        return function

    return register


def broken(rows: Rows) -> list[Broken]:
    """What is wrong in one event, also by the rules of any release that look at one event."""
    rows = defaultdict(list, rows)
    (event,) = rows["events"]
    wide = WIDE_TABLE[event["type"]]
    found = [
        problem
        for tables, function in RULES.values()
        if wide in tables
        for problem in function(rows[wide][0], rows)
    ]
    for name, field in FIELD_OF_RULE.items():
        if together.RULES[name](rows):
            found.append(Broken(field, None, _said(name)))
    # One item at a time, so that it can be named.
    name = "vocabularies_map_to_unroca"
    found += [
        Broken(ITEMS, item["item_id"], _said(name))
        for item in rows["arms_items"]
        if together.RULES[name](defaultdict(list, arms_items=[item]))
    ]
    return found


#: Rule of any release that looks at one event at a time -> the field that it is about.
FIELD_OF_RULE = {
    "nobody_deals_with_himself": "participants",
    "exercises_have_two_sides": "participants",
    "status_and_dates_agree": "status",
}


def _said(name: str) -> str:
    return f"breaks the rule: {(together.RULES[name].__doc__ or '').splitlines()[0]}"


@_of("arms_transfers")
def makers_are_not_the_suppliers(deal: Row, rows: Rows) -> Iterator[Broken]:
    """`maker` is for arms that another state than the supplier made; elsewhere it is left out."""
    for item in rows["arms_items"]:
        if item["maker"] == deal["supplier"]:
            yield Broken(
                f"{ITEMS}.{item['item_id']}.maker",
                item["maker"],
                "is the supplier",
                "leave maker out where the supplier made the item",
            )


@_of("arms_transfers")
def arms_have_no_place(deal: Row, rows: Rows) -> Iterator[Broken]:
    """Where arms were handed over is not coded."""
    own = [("country", state) for state in deal["location_iso3"] or ()]
    for field, value in [*own, ("place", deal["place"])]:
        if value is not None:
            rule = "is not coded for arms transfers"
            yield Broken(f"location.{field}", value, rule, "leave location out")


@_of("arms_transfers")
def amounts_have_a_currency(deal: Row, rows: Rows) -> Iterator[Broken]:
    """An amount in another currency than dollars stands beside the currency it is in."""
    pair = ("value_original", "value_currency")
    for name, other in (pair, pair[::-1]):
        if deal[name] is not None and deal[other] is None:
            yield Broken(
                f"details.{name}",
                str(deal[name]),
                f"stands without details.{other}",
                "give both, or value_usd for dollars",
            )


#: Domain of an exercise -> the formats one of which goes with it where forces act.
FORMATS_OF = {
    "sea": {"naval", "amphibious", "passing_exercise"},
    "air": {"air", "airborne"},
    "land": {"field_exercise"},
}
#: Format of an exercise in which forces act -> the domains one of which goes with it.
DOMAINS_OF = {
    "naval": {"sea"},
    "air": {"air"},
    "field_exercise": {"land"},
    "airborne": {"land", "air"},
    "special_forces": {"land", "sea", "air"},
}
#: Formats of exercises in which no forces need to act.
AT_THE_DESK = {"command_post", "table_top", "cyber", "logistics", "medical"}


@_of("joint_exercises")
def formats_go_with_domains(exercise: Row, rows: Rows) -> Iterator[Broken]:
    """Where ships, aircraft or ground troops act, domain and format both say so."""
    formats, domains = set(exercise["format"] or ()), set(exercise["domain"] or ())
    if formats and formats <= AT_THE_DESK:
        return
    for field, of, present, other in (
        ("domain", FORMATS_OF, domains, formats),
        ("format", DOMAINS_OF, formats, domains),
    ):
        counterpart = {"domain": "format", "format": "domain"}[field]
        for value, able in of.items():
            if value in present and not able & other:
                yield Broken(
                    f"details.{field}",
                    value,
                    f"stands without a {counterpart} that goes with it",
                    f"give details.{counterpart} {' or '.join(sorted(able))} where a page tells "
                    f"of it, or leave {value} out",
                )


@_of("joint_exercises")
def counted_aircraft_act_in_the_air(exercise: Row, rows: Rows) -> Iterator[Broken]:
    """Aircraft that are counted among the forces of an exercise make `air`."""
    if exercise["aircraft_count"] and "air" not in (exercise["domain"] or ()):
        yield Broken(
            "details.domain",
            None,
            f"lacks air, where aircraft_count is {exercise['aircraft_count']}",
            "add air to details.domain and details.format, and to what the page reports",
        )


@_of("joint_exercises")
def exercises_are_hosted_where_they_were_held(exercise: Row, rows: Rows) -> Iterator[Broken]:
    """A state that takes part in an exercise on its own territory is a host of it."""
    there = set(exercise["location_iso3"] or ()) & set(exercise["participants"] or ())
    for state in sorted(there - set(exercise["hosts"] or ())):
        yield Broken(
            "location.country",
            state,
            "takes part on its own territory and is no host",
            f"add {{actor: {state}, role: host}} to the participants",
        )


@_of("joint_exercises")
def observers_do_not_take_part(exercise: Row, rows: Rows) -> Iterator[Broken]:
    """Nobody is observer of an exercise and takes part in it."""
    for actor in exercise["observers"] or ():
        if actor in exercise["participants"]:
            yield Broken(
                "participants.observer",
                actor,
                "takes part in the exercise that it observes",
                "leave one of the two roles out",
            )


@_of("pme_programs")
def parts_fit_into_wholes(programme: Row, rows: Rows) -> Iterator[Broken]:
    """Foreign trainees are part of the class, the states named part of all that sent some."""
    for part, whole, field in (
        ("trainees_best", "class_total", "details.trainees"),
        ("recipients_named", "recipients_total", "details.recipients_total"),
    ):
        low, high = programme[part], programme[whole]
        if low is not None and high is not None and low > high:
            yield Broken(field, None, f"{part} is {low}, more than {whole}, {high}")


#: Side that an intervention supports -> the directions that go with it.
WITH_A_SIDE = {"government": {1, 2}, "opposition": {3, 4}}


@_of("interventions")
def directions_fit_sides(intervention: Row, rows: Rows) -> Iterator[Broken]:
    """Who supports the government does not oppose it, nor is neutral; so with its opponents."""
    side, direction = intervention["supported_side"], intervention["direction"]
    own = WITH_A_SIDE.get(side)
    if own and direction in {0, 1, 2, 3, 4} - own:
        yield Broken(
            "details.direction",
            str(direction),
            f"does not go with the supported side, {side}",
            f"give {' or '.join(map(str, sorted(own)))}, or another side",
        )


@_of("interventions")
def nobody_invites_his_opponent(intervention: Row, rows: Rows) -> Iterator[Broken]:
    """A government that the intervener fights has not asked for it."""
    if intervention["is_invited"] and intervention["direction"] in WITH_A_SIDE["opposition"]:
        yield Broken(
            "details.is_invited",
            "true",
            f"does not go with direction {intervention['direction']}, against the government",
            "write false, or another direction",
        )


@_of(*WIDE_TABLE.values())
def no_page_reports_what_was_to_come(row: Row, rows: Rows) -> Iterator[Broken]:
    """A page published before an event was over does not report it as completed.

    A closing report may appear on the eve of the last day, by the clock of another continent.
    """
    (event,) = rows["events"]
    is_short = event["type"] in ("joint_exercise", "pme_program")
    day = event["end_date"] if is_short and event["end_precision"] == "day" else None
    day = day or event["start_date"]
    pages = {page["source_id"]: page for page in rows["sources"]}
    for claim in rows["claims"]:
        if day is None or (claim["field"], claim["value"]) != ("status", "completed"):
            continue
        page = pages[claim["source_id"]]
        if page["published"] is None:
            continue
        published = last_day(page["published"], page["published_precision"])
        if published < day - timedelta(days=1):
            yield Broken(
                "status",
                "completed",
                f"is reported by {page['url']} of {published}, before {day}",
                "take the report out, or check the dates",
                claim["source_id"],
            )
