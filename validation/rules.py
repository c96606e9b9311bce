"""The rules on the project's release: those that any release must satisfy, and its own."""

from collections import defaultdict

from autocoop.checking import together
from autocoop.compile import coding
from validation import Rule, Tables, rule

for _function in together.RULES.values():
    rule(_function)

#: The tables that hold rows of a single event.
_OF_AN_EVENT = ("events", *together.WIDE.values(), *together.PARTS)


def _on_every_event(name: str) -> Rule:
    """A rule of coding, which is about one event, as one on the tables."""
    wide, function = coding.RULES[name]

    def holds(tables: Tables) -> list[str]:
        of: dict[str, dict[str, list[dict]]] = defaultdict(lambda: defaultdict(list))
        for table in _OF_AN_EVENT:
            for row in tables[table]:
                of[row["event_id"]][table].append(row)
        return [
            " ".join(filter(None, (f"{row['event_id']}: {wrong.field}:", wrong.value, wrong.rule)))
            for table in sorted(wide)
            for row in tables[table]
            for wrong in function(row, of[row["event_id"]])
        ]

    holds.__name__, holds.__doc__ = name, function.__doc__
    return holds


for _name in coding.RULES:
    rule(_on_every_event(_name))


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
