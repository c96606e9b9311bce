"""The rules on the release hold, and each can fail."""

import copy
from datetime import date

import pytest

from validation import RULES, Tables, failures, release


def test_release_satisfies_every_rule() -> None:
    assert {name: wrong for name, wrong in failures().items() if wrong} == {}


def _set(table: str, column: str, value: object):
    def spoil(tables: Tables) -> None:
        row = next(row for row in tables[table] if row[column] is not None)
        row[column] = value

    return spoil


def _copy_event(tables: Tables) -> None:
    row = dict(tables["arms_transfers"][0])
    row["event_id"] += "-again"
    tables["arms_transfers"].append(row)


def _drop(table: str):
    return lambda tables: tables[table].pop(0)


def _deal_with_oneself(tables: Tables) -> None:
    row = tables["arms_transfers"][0]
    row["recipient"] = row["supplier"]


def _too_early(tables: Tables) -> None:
    tables["participants"][0]["actor_id"] = "SSD"
    event_id = tables["participants"][0]["event_id"]
    event = next(row for row in tables["events"] if row["event_id"] == event_id)
    event["year"], event["end_date"] = 2005, date(2005, 12, 31)


def _delivered_though_announced(tables: Tables) -> None:
    row = tables["arms_transfers"][0]
    row["status"], row["quantity_delivered_best"] = "announced", 3


def _alone(tables: Tables) -> None:
    row = tables["joint_exercises"][0]
    row["participants"], row["framework"] = ["RUS"], None


def _other_site(tables: Tables) -> None:
    row = next(row for row in tables["sources"] if row["publisher_id"] != "tass")
    row["url"] = "https://tass.com/world/1"


def _no_class(tables: Tables) -> None:
    row = next(row for row in tables["participants"] if row["role"] == "supplier")
    row["regime"] = None


def _made_by_the_supplier(tables: Tables) -> None:
    deal = tables["arms_transfers"][0]
    item = next(row for row in tables["arms_items"] if row["event_id"] == deal["event_id"])
    item["maker"] = deal["supplier"]


def _without_hosts(tables: Tables) -> None:
    next(row for row in tables["joint_exercises"] if row["hosts"])["hosts"] = None


def _ships_on_land_alone(tables: Tables) -> None:
    row = next(row for row in tables["joint_exercises"] if "naval" in (row["format"] or ()))
    row["domain"] = ["land"]


def _aircraft_on_land_alone(tables: Tables) -> None:
    row = next(row for row in tables["joint_exercises"] if row["aircraft_count"])
    row["domain"] = ["land"]


def _somewhere(tables: Tables) -> None:
    tables["arms_transfers"][0]["place"] = "Moscow"


def _no_currency(tables: Tables) -> None:
    row = next(row for row in tables["arms_transfers"] if row["value_original"] is not None)
    row["value_currency"] = None


def _too_many_trainees(tables: Tables) -> None:
    row = tables["pme_programs"][0]
    row["trainees_best"], row["class_total"] = 50, 20


def _against_the_side_supported(tables: Tables) -> None:
    row = tables["interventions"][0]
    row["supported_side"], row["direction"] = "government", 4


def _invited_by_its_opponent(tables: Tables) -> None:
    row = next(row for row in tables["interventions"] if row["direction"] == 3)
    row["is_invited"] = True


def _observer_takes_part(tables: Tables) -> None:
    row = next(row for row in tables["joint_exercises"] if row["observers"])
    row["observers"] = [row["participants"][0]]


def _foreseen(tables: Tables) -> None:
    claim = next(
        row for row in tables["claims"] if (row["field"], row["value"]) == ("status", "completed")
    )
    page = next(row for row in tables["sources"] if row["source_id"] == claim["source_id"])
    page["published"], page["published_precision"] = date(1999, 1, 1), "day"


SPOILERS = {
    "formats_go_with_domains": _ships_on_land_alone,
    "counted_aircraft_act_in_the_air": _aircraft_on_land_alone,
    "exercises_are_hosted_where_they_were_held": _without_hosts,
    "amounts_have_a_currency": _no_currency,
    "arms_have_no_place": _somewhere,
    "parts_fit_into_wholes": _too_many_trainees,
    "directions_fit_sides": _against_the_side_supported,
    "observers_do_not_take_part": _observer_takes_part,
    "nobody_invites_his_opponent": _invited_by_its_opponent,
    "no_page_reports_what_was_to_come": _foreseen,
    "makers_are_not_the_suppliers": _made_by_the_supplier,
    "references_exist": _set("sources", "publisher_id", "nobody"),
    "wide_tables_hold_all_events": _drop("joint_exercises"),
    "every_value_is_reported": _set("joint_exercises", "personnel_best", 123_457),
    "sources_report_something": lambda tables: tables["claims"].clear(),
    "grades_follow_from_publishers": _set("events", "evidence_grade", "Z"),
    "pages_are_filed_under_their_site": _other_site,
    "nobody_deals_with_himself": _deal_with_oneself,
    "exercises_have_two_sides": _alone,
    "actors_existed": _too_early,
    "states_have_regimes": _no_class,
    "status_and_dates_agree": _delivered_though_announced,
    "vocabularies_map_to_unroca": _set("arms_items", "unroca", "SALW-X"),
    "likely_duplicates_are_settled": _copy_event,
    "settled_pairs_are_still_alike": lambda tables: tables["joint_exercises"].clear(),
}


def test_every_rule_is_tried() -> None:
    failures()
    assert set(SPOILERS) == set(RULES)


@pytest.mark.parametrize("name", SPOILERS)
def test_rule_can_fail(name: str) -> None:
    failures()
    tables = copy.deepcopy(release())
    SPOILERS[name](tables)
    assert RULES[name](tables)
