"""Likely duplicates: pairs of events that may be one, unless `distinct.csv` says why not."""

from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path

from validation import Tables, rule
from validation.tabular import rows_of

DISTINCT = Path(__file__).parent / "distinct.csv"
COLUMNS = ["event_a", "event_b", "reason"]


def distinct_pairs() -> dict[frozenset[str], str]:
    """Pairs settled as two events -> the reason."""
    return {frozenset((row["event_a"], row["event_b"])): row["reason"] for row in rows_of(DISTINCT)}


def _days_apart(a: dict, b: dict) -> int:
    """Days between two events; 0 where they overlap."""
    begin_a, begin_b = a["start_date"] or a["end_date"], b["start_date"] or b["end_date"]
    end_a, end_b = a["end_date"] or begin_a, b["end_date"] or begin_b
    return max((max(begin_a, begin_b) - min(end_a, end_b)).days, 0)


def _alike(a: str, b: str) -> float:
    return SequenceMatcher(None, a.casefold(), b.casefold()).ratio()


def _shared(a: list | None, b: list | None) -> float:
    """Members in common as a share of the shorter list."""
    left, right = set(a or []), set(b or [])
    return len(left & right) / min(len(left), len(right)) if left and right else 0.0


def _deals(a: dict, b: dict) -> bool:
    return (
        (a["supplier"], a["recipient"]) == (b["supplier"], b["recipient"])
        and _shared(a["items"], b["items"]) >= 0.5
        and _days_apart(a, b) <= 366
    )


def _exercises(a: dict, b: dict) -> bool:
    return (
        _shared(a["participants"], b["participants"]) == 1.0
        and len(set(a["participants"]) & set(b["participants"])) >= 2
        and _days_apart(a, b) <= 10
        and (_shared(a["domain"], b["domain"]) > 0 or not a["domain"] or not b["domain"])
    )


def _interventions(a: dict, b: dict) -> bool:
    return (
        a["target"] == b["target"]
        and _shared(a["interveners"], b["interveners"]) > 0
        and _days_apart(a, b) <= 183
    )


def _programs(a: dict, b: dict) -> bool:
    return (
        a["provider"] == b["provider"]
        and a["kind"] == b["kind"]
        and _alike(a["institution"] or a["name"], b["institution"] or b["name"]) >= 0.8
        and _days_apart(a, b) <= 60
    )


ALIKE = {
    "arms_transfers": _deals,
    "joint_exercises": _exercises,
    "interventions": _interventions,
    "pme_programs": _programs,
}


def likely_duplicates(tables: Tables) -> list[tuple[str, str]]:
    """Pairs of event identifiers, sorted."""
    found = []
    for table, is_alike in ALIKE.items():
        for a, b in combinations(tables[table], 2):
            if is_alike(a, b):
                found.append(tuple(sorted((a["event_id"], b["event_id"]))))
    return sorted(found)


@rule
def likely_duplicates_are_settled(tables: Tables) -> list[str]:
    """Every likely duplicate is merged, or listed in distinct.csv with a reason."""
    settled = distinct_pairs()
    return [
        f"{a} and {b}: merge them, or add them to validation/distinct.csv with a reason"
        for a, b in likely_duplicates(tables)
        if frozenset((a, b)) not in settled
    ]


@rule
def settled_pairs_are_still_alike(tables: Tables) -> list[str]:
    """No pair stays in distinct.csv once it is not a likely duplicate any more."""
    found = {frozenset(pair) for pair in likely_duplicates(tables)}
    return [" and ".join(sorted(pair)) for pair in distinct_pairs() if pair not in found]
