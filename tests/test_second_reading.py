"""The blind second reading: what is drawn, what is handed out, and how agreement is computed."""

import csv
from datetime import date
from pathlib import Path

import pytest
import yaml

from validation import agreement, second_reading

ROOT = Path(__file__).parents[1]


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A folder of its own for what the second reading keeps."""
    for name, path in (
        ("FIRST", "first_reading"),
        ("SECOND", "second_reading"),
        ("ANOTHER", "another_event"),
        ("SAMPLE", "sample.csv"),
        ("PAGES", "pages.csv"),
        ("DIFFERENCES", "differences.csv"),
    ):
        monkeypatch.setattr(second_reading, name, tmp_path / "kept" / path)
    monkeypatch.setattr(agreement, "PAGES", tmp_path / "kept" / "pages.csv")
    (tmp_path / "kept").mkdir()
    return tmp_path / "kept"


def coded_anew(folder, change):
    """The second reader's files: the first coding under the number of the case, changed."""
    sample = {row["case"]: row for row in second_reading.rows_of(second_reading.SAMPLE)}
    for case, row in sample.items():
        (first,) = second_reading.FIRST.rglob(f"{row['event_id']}.yaml")
        text = first.read_text("utf-8").replace(f"id: {row['event_id']}", f"id: {case}", 1)
        (folder / f"{case}.yaml").write_text(change(text), "utf-8")
    cases = yaml.safe_load((folder / "cases.yaml").read_text("utf-8"))
    second_reading.write_rows(
        folder / "pages.csv",
        ("case", "url", "events"),
        [
            {"case": case["case"], "url": page["url"], "events": 1}
            for case in cases
            for page in case["pages"]
        ],
    )


def test_the_second_reader_gets_addresses_and_nothing_of_the_coding(kept, tmp_path):
    (event,) = second_reading.draw(1, 1, "joint_exercise", tmp_path / "out")
    (case,) = yaml.safe_load((tmp_path / "out" / "cases.yaml").read_text("utf-8"))
    assert set(case) == {"case", "type", "pages"}
    assert all(set(page) <= {"url", "title", "language"} for page in case["pages"])
    (first,) = second_reading.FIRST.rglob("*.yaml")
    assert first.stem == event
    assert event not in (tmp_path / "out" / "cases.yaml").read_text("utf-8")


def test_no_event_is_drawn_twice_and_a_seed_draws_the_same(kept, tmp_path):
    one = second_reading.draw(5, 4, "intervention", tmp_path / "one")
    two = second_reading.draw(5, 4, "intervention", tmp_path / "two")
    assert len(one) == len(two) == 4
    assert not set(one) & set(two)
    cases = [row["case"] for row in second_reading.rows_of(second_reading.SAMPLE)]
    assert len(set(cases)) == 8
    second_reading.SAMPLE.unlink()
    assert second_reading.draw(5, 4, "intervention", tmp_path / "three") == one


def test_the_draw_is_balanced_over_strata():
    strata = {
        f"e{number}": {"grade": "A" if number < 90 else "D", "region": "Asia", "span": "2000-2004"}
        for number in range(100)
    }
    drawn = second_reading.chosen(strata, 10, seed=3)
    assert sum(strata[event]["grade"] == "D" for event in drawn) == 5


def test_two_equal_readings_agree_in_everything(kept, tmp_path):
    second_reading.draw(2, 3, "pme_program", tmp_path / "out")
    coded_anew(tmp_path / "out", lambda text: text)
    assert second_reading.check(tmp_path / "out") == []
    assert len(second_reading.take(tmp_path / "out")) == 3
    assert second_reading.unsettled() == []
    first, second = second_reading.both_readings()
    assert first.keys() == second.keys()
    assert len(first) == 3


def test_a_difference_is_listed_until_it_is_settled(kept, tmp_path):
    second_reading.draw(2, 40, "pme_program", tmp_path / "out")
    coded_anew(
        tmp_path / "out", lambda text: text.replace("status: completed", "status: under_way")
    )
    second_reading.take(tmp_path / "out")
    found = second_reading.unsettled()
    assert found
    assert {(row["variable"], row["first"], row["second"]) for row in found} == {
        ("status", "completed", "under_way")
    }
    with second_reading.DIFFERENCES.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, second_reading.DIFFERENCES_COLUMNS)
        writer.writeheader()
        writer.writerows(row | {"right": "first", "cause": "a test"} for row in found[1:])
    assert second_reading.unsettled() == found[:1]


def test_a_coding_of_another_event_is_kept_and_not_compared(kept, tmp_path):
    events = second_reading.draw(2, 2, "pme_program", tmp_path / "out")
    coded_anew(tmp_path / "out", lambda text: text)
    second_reading.take(tmp_path / "out")
    second_reading.put_aside(events[:1])
    assert set(second_reading.both_readings()[1]) == {events[1]}
    assert [path.stem for path in second_reading.ANOTHER.rglob("*.yaml")] == events[:1]
    outcomes = {r["event_id"]: r["outcome"] for r in second_reading.rows_of(second_reading.SAMPLE)}
    assert outcomes == {events[0]: "another_event", events[1]: "coded"}


def test_a_second_coding_with_mistakes_is_told_so(kept, tmp_path):
    second_reading.draw(2, 2, "joint_exercise", tmp_path / "out")
    coded_anew(tmp_path / "out", lambda text: text.replace("\nstatus: ", "\nstatus: quite "))
    cases = sorted((tmp_path / "out").glob("je-case-*.yaml"))
    cases[0].unlink()
    wrong = second_reading.check(tmp_path / "out")
    assert wrong[0] == f"{cases[0].stem}: is not coded yet"
    assert any(cases[1].name in sentence and "status" in sentence for sentence in wrong[1:])


def test_alpha_of_known_readings():
    # Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", section B: two observers,
    # nominal data, twelve units: alpha 0.692.
    one = ["a", "a", "b", "b", "d", "c", "c", "c", "e", "d", "d", "a"]
    two = ["b", "a", "b", "b", "b", "c", "c", "c", "e", "d", "d", "d"]
    assert agreement.alpha(list(zip(one, two, strict=True)), "nominal") == pytest.approx(
        0.692, abs=5e-4
    )


def test_sets_that_share_terms_agree_in_part():
    one, two = frozenset({"land", "air"}), frozenset({"land"})
    assert agreement.masi(one, one) == 0
    assert agreement.masi(one, frozenset({"sea"})) == 1
    assert agreement.masi(one, two) == pytest.approx(1 - 1 / 2 * 2 / 3)
    assert agreement.masi(frozenset(), frozenset()) == 0


def test_what_one_reader_alone_states_is_counted_apart():
    days = [(date(2010, 1, day), date(2010, 1, day)) for day in range(1, 12)]
    line = agreement.of_units("t", "v", "interval", [*days, (date(2011, 1, 1), None), (None, None)])
    assert (line.compared, line.stated_by_one) == (11, 1)
    assert line.alpha == 1
    assert (line.alpha_low, line.alpha_high) == (1, 1)


def test_too_few_units_or_no_variation_give_no_coefficient():
    assert agreement.of_units("t", "v", "nominal", [("a", "a")] * 3).alpha is None
    line = agreement.of_units("t", "v", "nominal", [("a", "a")] * 30)
    assert (line.agreement, line.alpha) == (1, None)


def test_every_event_read_twice_says_so():
    from autocoop import load

    read_twice = {path.stem for path in second_reading.SECOND.rglob("*.yaml")}
    events = load("events", columns=["event_id", "is_double_read"])
    assert set(events.loc[events["is_double_read"], "event_id"]) == read_twice


def test_every_difference_is_settled():
    assert second_reading.unsettled() == []
    rows = second_reading.rows_of(second_reading.DIFFERENCES)
    assert all(row["right"] in second_reading.VERDICTS for row in rows)
    assert all(row["cause"] for row in rows)
