"""Which roles act, which receive, and which events count; nothing heavy is imported here."""

from collections.abc import Iterable

from autocoop.errors import UnknownTable

#: Wide table -> the type of its events.
EVENT_TYPE = {
    "arms_transfers": "arms_transfer",
    "joint_exercises": "joint_exercise",
    "interventions": "intervention",
    "pme_programs": "pme_program",
}

#: Wide table -> roles of the side that acts; in an exercise, of all sides alike. The searches are
#: filed under this side.
ACTING = {
    "arms_transfers": ("supplier",),
    "joint_exercises": ("organiser", "host", "participant"),
    "interventions": ("intervener", "participant"),
    "pme_programs": ("provider",),
}

#: Wide table -> roles of the side that is acted on; an exercise has none.
RECEIVING = {
    "arms_transfers": ("recipient",),
    "joint_exercises": (),
    "interventions": ("target",),
    "pme_programs": ("trainee",),
}

#: Wide table -> the roles whose holders are principals of the event; observers are not, nor are
#: the supported and the opposed side of an intervention.
PRINCIPALS = {table: ACTING[table] + RECEIVING[table] for table in EVENT_TYPE}

#: Wide table -> roles of the two sides of its dyads.
DYAD = {
    "arms_transfers": (("supplier",), ("recipient",)),
    "joint_exercises": (ACTING["joint_exercises"], ACTING["joint_exercises"]),
    "interventions": (ACTING["interventions"], ("target",)),
    "pme_programs": (("provider",), ("trainee",)),
}

#: Wide tables whose events last: one without a known end may have gone on.
LASTING = frozenset({"interventions"})

#: Wide table -> statuses of events that were held; a signed contract for arms counts as one.
HELD = {
    "arms_transfers": ("contracted", "under_way", "completed"),
    "joint_exercises": ("under_way", "completed"),
    "interventions": ("under_way", "completed"),
    "pme_programs": ("under_way", "completed"),
}


def is_directed(table: str) -> bool:
    """One side acts on the other, as it does in all but exercises."""
    return bool(RECEIVING[table])


def wide_tables(tables: str | Iterable[str] | None) -> list[str]:
    """The wide tables meant, in their order; all by default.

    Raises `UnknownTable`, with the wide tables there are.
    """
    chosen = list(EVENT_TYPE) if tables is None else tables
    chosen = [chosen] if isinstance(chosen, str) else list(chosen)
    for table in chosen:
        if not isinstance(table, str) or table not in EVENT_TYPE:
            raise UnknownTable(table, EVENT_TYPE)
    return [table for table in EVENT_TYPE if table in chosen]
