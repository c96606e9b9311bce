"""The rules on the project's release: those that any release must satisfy, and its own."""

from autocoop.checking import together
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
