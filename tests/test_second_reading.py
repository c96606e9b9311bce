"""The blind second reading: what is drawn, what is handed out, and how agreement is computed."""

import csv
import dataclasses
import re
import shutil
import threading
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml

from autocoop import __version__
from autocoop.compile.documents import AGREEMENT_MARK, AGREEMENT_TABLES, with_agreement
from validation import agreement, second_reading, tabular
from validation.second_reading import __main__ as command_line
from validation.second_reading import comparing, drawing, places, taking

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
        monkeypatch.setattr(places, name, tmp_path / "kept" / path)
    (tmp_path / "kept").mkdir()
    return tmp_path / "kept"


def coded_anew(folder, change):
    """The second reader's files: the first coding under the number of the case, changed."""
    sample = {row["case"]: row for row in tabular.rows_of(places.SAMPLE)}
    cases = yaml.safe_load((folder / "cases.yaml").read_text("utf-8"))
    for case in (case["case"] for case in cases):
        event_id = sample[case]["event_id"]
        (first,) = places.FIRST.rglob(f"{event_id}.yaml")
        text = first.read_text("utf-8").replace(f"id: {event_id}", f"id: {case}", 1)
        (folder / f"{case}.yaml").write_text(change(text), "utf-8")
    tabular.write_rows(
        folder / "pages.csv",
        ("case", "url", "events"),
        [
            {"case": case["case"], "url": page["url"], "events": 1}
            for case in cases
            for page in case["pages"]
        ],
    )


def test_the_second_reader_gets_addresses_and_nothing_of_the_coding(kept, tmp_path):
    (event,) = drawing.draw(1, 1, "joint_exercise", tmp_path / "out")
    (case,) = yaml.safe_load((tmp_path / "out" / "cases.yaml").read_text("utf-8"))
    assert {"case", "type", "pages"} <= set(case) <= {"case", "type", "pages", "event"}
    assert all(set(page) <= {"url", "title", "language"} for page in case["pages"])
    (first,) = places.FIRST.rglob("*.yaml")
    assert first.stem == event
    assert event not in (tmp_path / "out" / "cases.yaml").read_text("utf-8")


def test_an_event_whose_pages_are_cited_for_others_is_named(kept, tmp_path):
    plain = {path.stem: places.plain(path) for path in (ROOT / "data").rglob("events/*/*/*.yaml")}
    held = Counter(url for event in plain.values() for url in set(places.urls_of(event)))
    drawing.draw(1, 60, "pme_program", tmp_path / "out")
    cases = yaml.safe_load((tmp_path / "out" / "cases.yaml").read_text("utf-8"))
    events = {row["case"]: row["event_id"] for row in tabular.rows_of(places.SAMPLE)}
    named = {case["case"]: case["event"] for case in cases if "event" in case}
    shared = {
        case["case"]: plain[events[case["case"]]]["name"]
        for case in cases
        if min(held[page["url"]] for page in case["pages"]) > 1
    }
    assert named == shared
    assert 0 < len(named) < len(cases)


def test_no_event_is_drawn_twice_and_a_seed_draws_the_same(kept, tmp_path):
    one = drawing.draw(5, 4, "intervention", tmp_path / "one")
    two = drawing.draw(5, 4, "intervention", tmp_path / "two")
    assert len(one) == len(two) == 4
    assert not set(one) & set(two)
    cases = [row["case"] for row in tabular.rows_of(places.SAMPLE)]
    assert len(set(cases)) == 8
    places.SAMPLE.unlink()
    assert drawing.draw(5, 4, "intervention", tmp_path / "three") == one


def test_the_draw_is_balanced_over_strata():
    strata = {
        f"e{number}": {"grade": "A" if number < 90 else "D", "region": "Asia", "span": "2000-2004"}
        for number in range(100)
    }
    drawn = drawing.chosen(strata, 10, seed=3)
    assert sum(strata[event]["grade"] == "D" for event in drawn) == 5


def test_two_equal_readings_agree_in_everything(kept, tmp_path):
    drawing.draw(2, 3, "pme_program", tmp_path / "out")
    coded_anew(tmp_path / "out", lambda text: text)
    assert taking.check(tmp_path / "out") == []
    assert len(taking.take(tmp_path / "out")) == 3
    assert comparing.unsettled() == []
    first, second = comparing.both_readings()
    assert first.keys() == second.keys()
    assert len(first) == 3


def differing_in_status(folder):
    """The differences of events that a second reader gave another status."""
    drawing.draw(2, 40, "pme_program", folder)
    coded_anew(folder, lambda text: text.replace("status: completed", "status: under_way"))
    taking.take(folder)
    found = comparing.unsettled()
    assert found
    return found


def test_a_difference_is_listed_until_it_is_settled(kept, tmp_path):
    found = differing_in_status(tmp_path / "out")
    assert {(row["variable"], row["first"], row["second"]) for row in found} == {
        ("status", "completed", "under_way")
    }
    with places.DIFFERENCES.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, places.DIFFERENCES_COLUMNS)
        writer.writeheader()
        writer.writerows(row | {"right": "first", "cause": "a test"} for row in found[1:])
    assert comparing.unsettled() == found[:1]


def test_a_coding_of_another_event_is_kept_and_not_compared(kept, tmp_path):
    events = drawing.draw(2, 2, "pme_program", tmp_path / "out")
    coded_anew(tmp_path / "out", lambda text: text)
    taking.take(tmp_path / "out")
    taking.put_aside(events[:1])
    assert set(comparing.both_readings()[1]) == {events[1]}
    assert [path.stem for path in places.ANOTHER.rglob("*.yaml")] == events[:1]
    outcomes = {r["event_id"]: r["outcome"] for r in tabular.rows_of(places.SAMPLE)}
    assert outcomes == {events[0]: "another_event", events[1]: "coded"}


def test_a_second_coding_with_mistakes_is_told_so(kept, tmp_path):
    drawing.draw(2, 2, "joint_exercise", tmp_path / "out")
    coded_anew(tmp_path / "out", lambda text: text.replace("\nstatus: ", "\nstatus: quite "))
    cases = sorted((tmp_path / "out").glob("je-case-*.yaml"))
    cases[0].unlink()
    wrong = taking.check(tmp_path / "out")
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

    read_twice = {path.stem for path in places.SECOND.rglob("*.yaml")}
    events = load("events", columns=["event_id", "is_double_read"])
    # One that left the release is still compared.
    read_twice &= set(events["event_id"])
    assert set(events.loc[events["is_double_read"], "event_id"]) == read_twice


def test_every_difference_is_settled():
    assert comparing.unsettled() == []
    rows = tabular.rows_of(places.DIFFERENCES)
    assert all(row["right"] in comparing.VERDICTS for row in rows)
    assert all(row["cause"] for row in rows)


def contents(folder):
    """Every file below a folder, and what it holds."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def outcomes():
    return {row["event_id"]: row["outcome"] for row in tabular.rows_of(places.SAMPLE)}


# -- drawing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "event_type", "allowed", "says"),
    [
        (1, "coup", None, "coup: is no type of event; there are arms_transfer, "),
        (0, "intervention", None, "0 events cannot be drawn"),
        (100_000, "intervention", None, r"asked for are 100000, left to draw are \d+"),
        (1, "intervention", {"iv-of-nobody"}, "iv-of-nobody: is no intervention of the release"),
        (2, "intervention", {"iv-chad-sudan-2006"}, "asked for are 2, left to draw are 1"),
    ],
)
def test_a_draw_that_cannot_be_made_is_refused(kept, tmp_path, count, event_type, allowed, says):
    with pytest.raises(SystemExit, match=says):
        drawing.draw(1, count, event_type, tmp_path / "out", allowed)
    assert not (tmp_path / "out").exists()
    assert contents(kept) == {}


def test_events_drawn_before_are_not_left_to_draw(kept, tmp_path):
    two = {"iv-chad-sudan-2006", "iv-chad-sudan-2008"}
    assert set(drawing.draw(1, 2, "intervention", tmp_path / "out", two)) == two
    with pytest.raises(SystemExit, match="asked for are 1, left to draw are 0"):
        drawing.draw(2, 1, "intervention", tmp_path / "more", two)


@pytest.mark.parametrize("text", ["- case: [", "nothing but words", "", "- {case: iv-case-900}"])
def test_a_folder_whose_cases_cannot_be_read_gets_no_more(kept, tmp_path, text):
    cases = tmp_path / "out" / "cases.yaml"
    cases.parent.mkdir()
    cases.write_text(text, "utf-8")
    with pytest.raises(SystemExit, match="is not a list of cases as `draw` writes it"):
        drawing.draw(1, 1, "intervention", tmp_path / "out")
    assert cases.read_text("utf-8") == text
    assert contents(kept) == {}


def test_a_second_draw_into_a_folder_is_added(kept, tmp_path):
    drawing.draw(1, 2, "intervention", tmp_path / "out")
    drawing.draw(2, 1, "pme_program", tmp_path / "out")
    cases = yaml.safe_load((tmp_path / "out" / "cases.yaml").read_text("utf-8"))
    assert [case["case"] for case in cases] == ["iv-case-001", "iv-case-002", "pme-case-001"]


def test_events_without_a_file_or_with_another_release_are_not_drawn(kept, tmp_path, monkeypatch):
    only = {"iv-chad-sudan-2006"}
    data = tmp_path / "copy" / "data"
    shutil.copytree(
        ROOT / "data", data, ignore=shutil.ignore_patterns("release", "archive", "events")
    )
    (data / "events").mkdir()
    with monkeypatch.context() as patched:
        patched.setattr(places, "ROOT", data.parent)
        with pytest.raises(SystemExit, match="iv-chad-sudan-2006: has no file below data/events"):
            drawing.draw(1, 1, "intervention", tmp_path / "out", only)
        (first,) = (ROOT / "data" / "events").rglob("iv-chad-sudan-2006.yaml")
        copy = data / first.relative_to(ROOT / "data")
        copy.parent.mkdir(parents=True)
        text = first.read_text("utf-8")
        # The same event nine years later, in the files alone.
        copy = copy.parents[1] / "2015" / copy.name
        copy.parent.mkdir()
        copy.write_text(re.sub(r"(?<=: )2006(?=-|$)", "2015", text, flags=re.MULTILINE), "utf-8")
        with pytest.raises(SystemExit, match="is not what data/release says; compile first"):
            drawing.draw(1, 1, "intervention", tmp_path / "out", only)
    assert contents(kept) == {}
    assert drawing.draw(1, 1, "intervention", tmp_path / "out", only) == [*only]


def test_the_balance_counts_what_was_drawn_before():
    strata = {
        f"e{number}": {"grade": "AD"[number % 2], "region": "Asia", "span": "2000-2004"}
        for number in range(20)
    }
    earlier = [{"grade": "A", "region": "Asia", "span": "2000-2004"}] * 4
    drawn = drawing.chosen(strata, 6, 3, earlier)
    assert sum(strata[event]["grade"] == "D" for event in drawn) == 5


def test_the_sample_says_how_many_were_asked_for_and_of_which_version(kept, tmp_path):
    drawing.draw(7, 3, "intervention", tmp_path / "out")
    rows = tabular.rows_of(places.SAMPLE)
    assert {(row["seed"], row["count"], row["version"]) for row in rows} == {
        ("7", "3", __version__)
    }


# -- taking in ------------------------------------------------------------------------------------


def test_what_was_put_aside_stays_aside(kept, tmp_path):
    events = drawing.draw(2, 2, "pme_program", tmp_path / "out")
    coded_anew(tmp_path / "out", lambda text: text)
    taking.take(tmp_path / "out")
    taking.put_aside(events[:1])
    assert taking.take(tmp_path / "out") == []
    assert outcomes() == {events[0]: "another_event", events[1]: "coded"}
    assert [path.stem for path in places.SECOND.rglob("*.yaml")] == events[1:]


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ("pme-of-nobody", "pme-of-nobody: is not in sample.csv"),
        ("an uncoded one", "has no second coding"),
        ("one put aside", "is put aside already"),
    ],
)
def test_nothing_is_put_aside_where_one_event_cannot_be(kept, tmp_path, other, says):
    events = drawing.draw(2, 3, "pme_program", tmp_path / "out")
    coded_anew(tmp_path / "out", lambda text: text)
    (tmp_path / "out" / "pme-case-002.yaml").unlink()
    taking.take(tmp_path / "out")
    taking.put_aside(events[2:])
    (aside,) = places.ANOTHER.rglob("*.yaml")
    before = contents(kept)
    named = {"an uncoded one": events[1], "one put aside": events[2]}.get(other, other)
    with pytest.raises(SystemExit, match=says):
        taking.put_aside([events[0], named])
    assert contents(kept) == before
    assert aside.stem == events[2]


def test_one_mistake_keeps_everything_out(kept, tmp_path):
    drawing.draw(2, 3, "pme_program", tmp_path / "out")
    coded_anew(tmp_path / "out", lambda text: text)
    last = tmp_path / "out" / "pme-case-003.yaml"
    right = last.read_text("utf-8")
    last.write_text(right.replace("\nstatus: ", "\nstatus: quite "), "utf-8")
    (tmp_path / "out" / "pme-case-099.yaml").write_text(right, "utf-8")
    before = contents(kept)
    with pytest.raises(SystemExit) as refused:
        taking.take(tmp_path / "out")
    assert "pme-case-003.yaml:" in str(refused.value)
    assert "pme-case-099: is no case of cases.yaml" in str(refused.value)
    assert contents(kept) == before


def test_a_failing_disk_keeps_everything_out(kept, tmp_path, monkeypatch):
    drawing.draw(2, 2, "pme_program", tmp_path / "out")
    coded_anew(tmp_path / "out", lambda text: text)
    before, write = contents(kept), tabular.write_text

    def failing(path, text):
        if path == places.PAGES:
            raise OSError("no space left on device")
        return write(path, text)

    with monkeypatch.context() as patched:
        patched.setattr(tabular, "write_text", failing)
        with pytest.raises(OSError, match="no space left"):
            taking.take(tmp_path / "out")
    assert contents(kept) == before
    assert len(taking.take(tmp_path / "out")) == 2


def test_one_command_at_a_time_writes_what_is_kept(kept, tmp_path):
    waits = threading.Thread(target=drawing.draw, args=(1, 2, "pme_program", tmp_path / "late"))
    with places.alone():
        waits.start()
        waits.join(0.3)
        assert waits.is_alive()
        assert not places.SAMPLE.exists()
    waits.join()
    assert len(tabular.rows_of(places.SAMPLE)) == 2


def test_a_coding_is_not_filed_under_an_event_of_other_pages(kept, tmp_path):
    """As after two draws of copies of the sample, which gave one number to two events."""
    drawing.draw(2, 2, "pme_program", tmp_path / "out")
    coded_anew(tmp_path / "out", lambda text: text)
    rows = tabular.rows_of(places.SAMPLE)
    rows[0]["event_id"], rows[1]["event_id"] = rows[1]["event_id"], rows[0]["event_id"]
    tabular.write_rows(places.SAMPLE, places.SAMPLE_COLUMNS, rows)
    before = contents(kept)
    with pytest.raises(places.Refused, match="its pages are not those of"):
        taking.take(tmp_path / "out")
    assert contents(kept) == before


def test_a_verdict_that_is_none_settles_nothing(kept, tmp_path):
    found = differing_in_status(tmp_path / "out")
    for verdict in ({"right": "", "cause": "a test"}, {"right": "second", "cause": ""}):
        rows = [row | verdict for row in found]
        tabular.write_rows(places.DIFFERENCES, places.DIFFERENCES_COLUMNS, rows)
        assert comparing.unsettled() == found


def test_cases_that_are_not_coded_keep_nothing_out(kept, tmp_path):
    events = drawing.draw(2, 2, "pme_program", tmp_path / "out")
    coded_anew(tmp_path / "out", lambda text: text)
    (tmp_path / "out" / "pme-case-001.yaml").unlink()
    assert taking.take(tmp_path / "out") == events[1:]
    assert outcomes() == {events[0]: "", events[1]: "coded"}


def test_a_coding_that_is_there_already_is_coded_and_not_changed(kept, tmp_path):
    (event,) = drawing.draw(2, 1, "pme_program", tmp_path / "out")
    coded_anew(tmp_path / "out", lambda text: text)
    taking.take(tmp_path / "out")
    before = contents(places.SECOND)
    rows = tabular.rows_of(places.SAMPLE)
    tabular.write_rows(places.SAMPLE, places.SAMPLE_COLUMNS, [rows[0] | {"outcome": ""}])
    coded_anew(tmp_path / "out", lambda text: f"{text}# a second thought\n")
    assert taking.take(tmp_path / "out") == []
    assert contents(places.SECOND) == before
    assert outcomes() == {event: "coded"}


@pytest.mark.parametrize("line", ['id: "{}"  # a case', "id:   {} # x", "id : '{}'", "id: {}   "])
def test_the_case_becomes_the_event_however_its_line_is_written(kept, tmp_path, line):
    (event,) = drawing.draw(2, 1, "pme_program", tmp_path / "out")
    coded_anew(
        tmp_path / "out", lambda text: re.sub("(?m)^id: (.*)$", lambda m: line.format(m[1]), text)
    )
    assert taking.take(tmp_path / "out") == [event]
    assert set(comparing.both_readings()[1]) == {event}


def test_an_arms_transfer_goes_into_the_year_of_its_earliest_date(kept, tmp_path):
    event = "at-china-serbia-hq-17-2024"
    drawing.draw(1, 1, "arms_transfer", tmp_path / "out", {event})
    # Delivered, as far as pages say, before the year in which it was announced.
    line = r"(?m)^( *(?:details\.)?)announced_date: 2024.*$"
    coded_anew(
        tmp_path / "out", lambda text: re.sub(line, r"\g<0>\n\1delivery_start_date: 2023", text)
    )
    assert taking.check(tmp_path / "out") == []
    assert taking.take(tmp_path / "out") == [event]
    (kept_file,) = places.SECOND.rglob("*.yaml")
    assert kept_file.parent.name == "2023"


# -- checking -------------------------------------------------------------------------------------


@pytest.fixture
def coded(kept, tmp_path):
    """Two coded cases without a mistake; the first is for a test to break."""
    drawing.draw(2, 2, "pme_program", tmp_path / "out")
    coded_anew(tmp_path / "out", lambda text: text)
    assert taking.check(tmp_path / "out") == []
    return tmp_path / "out"


def line_away(name):
    return lambda text: re.sub(rf"(?m)^{name}: .*\n", "", text)


def instead(name, value):
    return lambda text: re.sub(rf"(?m)^( *){name}: .*$", rf"\g<1>{name}: {value}", text)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text + "\n- {[", "not YAML"),
        (lambda text: "", "the file is empty"),
        (lambda text: "- a list\n", "an event file is a mapping"),
        (line_away("type"), "type: is missing"),
        (instead("type", "coup"), "type: 'coup' is not the type of the case, pme_program"),
        (instead("type", "intervention"), "is not the type of the case, pme_program"),
        (lambda text: f"{text}start: [2019, 2020]\n", "takes one value, not a list"),
        (lambda text: f"{text}start: spring 2019\n", "'spring 2019' is not a date"),
        (lambda text: text, "no date is given"),
    ],
)
def test_each_mistake_is_one_sentence_and_hides_no_other(coded, change, says):
    first, second = sorted(coded.glob("pme-case-*.yaml"))
    without = first.read_text("utf-8")
    for name in ("start", "end"):
        without = re.sub(rf"(?m)^ *{name}: .*\n", "", without)
    first.write_text(change(without), "utf-8")
    text = second.read_text("utf-8")
    second.write_text(text.replace("\nstatus: ", "\nstatus: quite ", 1), "utf-8")
    wrong = taking.check(coded)
    mine = [sentence for sentence in wrong if sentence.startswith(first.name)]
    assert len(mine) == 1
    assert says in mine[0]
    assert any(
        sentence.startswith(f"{second.name}:") and "status" in sentence for sentence in wrong
    )


def test_bytes_that_are_no_text_are_said_to_be_so(coded):
    (coded / "pme-case-001.yaml").write_bytes(b"id: pme-case-001\nname: \xff\xfe\n")
    assert any("not UTF-8" in sentence for sentence in taking.check(coded))


def test_a_page_that_was_not_handed_out_is_a_mistake(coded):
    path = coded / "pme-case-001.yaml"
    text = path.read_text("utf-8")
    url = re.search(r"url: (\S+)", text)[1]
    path.write_text(text.replace(url, "https://elsewhere.example/page"), "utf-8")
    assert taking.check(coded) == [
        "pme-case-001.yaml: https://elsewhere.example/page is no page of the case"
    ]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"case": "pme-case-077"}, "'pme-case-077' is no case of cases.yaml"),
        (
            {"url": "https://elsewhere.example"},
            "'https://elsewhere.example' is no page of pme-case",
        ),
        ({"events": "some"}, "'some' is no number of events"),
        ({"events": ""}, "'' is no number of events"),
        ({"events": "-1"}, "'-1' is no number of events"),
        (None, "pme-case-001 has no count for http"),
    ],
)
def test_a_wrong_count_of_a_page_is_told_so(coded, change, says):
    rows = tabular.rows_of(coded / "pages.csv")
    changed = [rows[0] | change] if change else []
    tabular.write_rows(coded / "pages.csv", rows[0], [*changed, *rows[1:]])
    wrong = taking.check(coded)
    assert any(sentence.startswith("pages.csv") and says in sentence for sentence in wrong)


def test_counts_under_other_headings_or_none_are_told_so(coded):
    rows = tabular.rows_of(coded / "pages.csv")
    (coded / "pages.csv").write_text("case;url;events\n", "utf-8")
    assert any("has no count for" in sentence for sentence in taking.check(coded))
    (coded / "pages.csv").write_text("case;url;events\na;b;1\n", "utf-8")
    assert taking.check(coded) == ["pages.csv: its first line is not case,url,events"]
    (coded / "pages.csv").unlink()
    assert taking.check(coded) == ["pages.csv: there is no such file"]
    tabular.write_rows(coded / "pages.csv", rows[0], [*rows, rows[0]])
    assert any("stands twice for pme-case-001" in s for s in taking.check(coded))


def test_a_corrected_count_replaces_the_earlier_one(coded):
    taking.take(coded)
    rows = tabular.rows_of(coded / "pages.csv")
    tabular.write_rows(coded / "pages.csv", rows[0], [rows[0] | {"events": "7"}, *rows[1:]])
    taking.take(coded)
    kept_counts = {row["url"]: row["events_second"] for row in tabular.rows_of(places.PAGES)}
    assert kept_counts[rows[0]["url"]] == "7"
    assert sorted(kept_counts.values()) == [*["1"] * (len(kept_counts) - 1), "7"]


# -- the command lines ----------------------------------------------------------------------------


def test_the_exit_status_says_whether_there_are_mistakes(coded, capsys):
    assert command_line.main(["check", str(coded)]) == 0
    assert capsys.readouterr().out == "no mistakes\n"
    (coded / "pme-case-001.yaml").write_text("", "utf-8")
    assert command_line.main(["check", str(coded)]) == 1
    assert "the file is empty" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("module", "arguments", "says"),
    [
        (command_line, ["settle"], "invalid choice: 'settle'"),
        (command_line, [], "COMMAND"),
        (command_line, ["check", "/no/such/folder"], "/no/such/folder: there is no such folder"),
        (command_line, ["take", "/no/such/folder"], "/no/such/folder: there is no such folder"),
        (command_line, ["draw", "1", "many", "intervention", "out"], "invalid int value: 'many'"),
        (command_line, ["draw", "1", "1", "coup", "out"], "invalid choice: 'coup'"),
        (command_line, ["draw", "1", "1", "intervention", "out", "/no/ids"], "/no/ids: there is"),
        (agreement, ["--wirte"], "unrecognized arguments: --wirte"),
    ],
)
def test_misuse_is_named(capsys, module, arguments, says):
    with pytest.raises(SystemExit) as stopped:
        module.main(arguments)
    assert stopped.value.code == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("module", "steps"), [(command_line, second_reading), (agreement, agreement)]
)
def test_help_gives_the_order_of_the_steps(capsys, module, steps):
    with pytest.raises(SystemExit) as stopped:
        module.main(["--help"])
    assert stopped.value.code == 0
    assert steps.__doc__.strip().splitlines()[-1] in capsys.readouterr().out


def test_differences_of_an_event_that_was_not_read_twice_are_not_none(kept):
    with pytest.raises(SystemExit, match="iv-of-nobody: has no second coding"):
        command_line.main(["differences", "iv-of-nobody"])


# -- agreement ------------------------------------------------------------------------------------


def reading(pages, **values):
    """An intervention as one reader coded it, from pages that bear out fields and values."""
    wide = dict.fromkeys([variable.name for variable in comparing.variables("intervention")])
    assert set(values) <= set(wide)
    return {"e": comparing.Reading("e", "intervention", wide | values, {}, pages)}


def test_what_only_a_lost_page_bears_out_is_not_compared_on_the_same_pages():
    first = reading(
        {
            "https://found": {("start", "2020-01"), ("details.force_types", "air")},
            "https://lost": {
                ("end", "2020-03-01"),
                ("details.force_types", "naval"),
                ("status", "completed"),
            },
        },
        start_date=date(2020, 1, 1),
        start_precision="month",
        end_date=date(2020, 3, 1),
        end_precision="day",
        status="completed",
        force_types=["air", "naval"],
    )
    second = reading({"https://found": set()}, status="under_way", force_types=["air"])
    found = {pair.variable.name: pair for pair in comparing.pairs(first, second)}
    assert found["start_date"].found_again == date(2020, 1, 1)
    assert found["start_precision"].found_again == "month"
    assert found["end_date"].found_again is comparing.UNSEEN
    assert found["end_precision"].found_again is comparing.UNSEEN
    assert found["force_types"].found_again == {"air"}
    assert found["trigger"].found_again is None
    lines = {line.variable: line for line in agreement.table(found.values())}
    assert (lines["force_types"].agreement, lines["force_types"].agreement_same_pages) == (0, 1)
    assert (lines["status"].compared, lines["status"].compared_same_pages) == (1, 0)


def test_a_term_of_a_lost_page_is_left_out_of_both_readings():
    pages = {
        "https://found": {("details.force_types", "air")},
        "https://lost": {("details.force_types", "naval")},
    }
    first = reading(pages, force_types=["air", "naval"])
    for terms, left in ((["air", "naval"], {"air"}), (["regular"], {"regular"})):
        second = reading({"https://found": set()}, force_types=terms)
        (pair,) = [p for p in comparing.pairs(first, second) if p.label == "force_types"]
        assert (pair.found_again, pair.second_again) == ({"air"}, left)


def test_of_a_set_that_is_lost_as_a_whole_nothing_is_compared():
    lost = {"https://lost": {("details.force_types", "naval")}}
    first = reading(lost, force_types=["naval"])
    for second in (["naval"], [], ["air"]):
        coded = reading({"https://found": set()}, force_types=second)
        lines = {line.variable: line for line in agreement.table(comparing.pairs(first, coded))}
        assert (lines["force_types"].compared, lines["force_types"].compared_same_pages) == (1, 0)


def deal(pages, items=(), **values):
    """An arms transfer as one reader coded it."""
    wide = dict.fromkeys([variable.name for variable in comparing.variables("arms_transfer")])
    assert set(values) <= set(wide)
    return {"e": comparing.Reading("e", "arms_transfer", wide | values, {}, pages, dict(items))}


def test_what_follows_from_a_lost_page_is_not_compared_either():
    first = deal(
        {
            "https://found": {
                ("details.announced_date", "2014"),
                ("details.items", "tank"),
                ("details.items.tank.quantity_ordered", "14"),
            },
            "https://lost": {
                ("details.order_date", "2014-03-05"),
                ("details.items", "howitzer"),
                ("details.items.howitzer.quantity_ordered", "20"),
            },
        },
        items={"tank": "armoured_vehicles", "howitzer": "artillery"}.items(),
        start_date=date(2014, 3, 5),
        start_precision="day",
        announced_date=date(2014, 1, 1),
        order_date=date(2014, 3, 5),
        quantity_ordered_best=34,
        categories=["armoured_vehicles", "artillery"],
    )
    second = deal({"https://found": set()})
    found = {pair.variable.name: pair for pair in comparing.pairs(first, second)}
    assert found["announced_date"].found_again == date(2014, 1, 1)
    for name in ("start_date", "start_precision", "order_date", "quantity_ordered_best"):
        assert found[name].found_again is comparing.UNSEEN, name
    assert found["categories"].found_again == {"armoured_vehicles"}


@pytest.mark.parametrize("event_type", ["intervention", "joint_exercise", "pme_program"])
def test_where_every_page_came_back_both_tables_say_the_same(kept, tmp_path, event_type):
    drawing.draw(2, 12, event_type, tmp_path / "out")
    coded_anew(tmp_path / "out", lambda text: text)
    taking.take(tmp_path / "out")
    for line in agreement.table(comparing.pairs(*comparing.both_readings())):
        if line.type != "all":
            assert line.compared_same_pages == line.compared
            assert line.alpha_same_pages == line.alpha


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"drawn_on": "2026-11-24"}, {"drawn_on": "2026-11-25"}),
        ({"version": "0.9.0"}, {"version": "0.10.0"}),
    ],
    ids=["by day", "by version"],
)
def test_what_was_drawn_last_is_shown_apart(kept, tmp_path, before, after):
    for seed, folder in ((2, tmp_path / "before"), (3, tmp_path / "after")):
        drawing.draw(seed, 12, "intervention", folder)
        coded_anew(folder, lambda text: text)
        taking.take(folder)
    rows = tabular.rows_of(places.SAMPLE)
    last = [row for row in rows if row["seed"] == "3"]
    for row in rows:
        row |= after if row in last else before
    places.SAMPLE.write_text(tabular.as_csv(places.SAMPLE_COLUMNS, rows), "utf-8")
    lines = {
        line.variable: line for line in agreement.table(comparing.pairs(*comparing.both_readings()))
    }
    assert lines["force_types"].compared == len(rows) == 24
    assert lines["force_types"].compared_latest == len(last)
    assert lines["force_types"].alpha_latest == 1
    pages = [row for row in tabular.rows_of(places.PAGES) if row["events_second"]]
    recent = [row for row in pages if row["event_id"] in {row["event_id"] for row in last}]
    assert lines["events on a page"].compared == len(pages)
    assert lines["events on a page"].compared_latest == len(recent) > 0


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        # The values are 1 1 2 3 4 4; only one unit differs. Observed and expected disagreement,
        # by hand: interval 1/3 and 114/30; ordinal (ranks) 1/3 and 198/30;
        ("interval", 1 - (1 / 3) / (114 / 30)),
        ("ordinal", 1 - (1 / 3) / (198 / 30)),
        # ratio: squares of difference by sum, (1/5)^2 observed.
        (
            "ratio",
            1
            - (2 * (1 / 5) ** 2 / 6)
            / (
                2
                * (
                    2 * (1 / 3) ** 2
                    + 2 * (2 / 4) ** 2
                    + 4 * (3 / 5) ** 2
                    + (1 / 5) ** 2
                    + 2 * (2 / 6) ** 2
                    + 2 * (1 / 7) ** 2
                )
                / 30
            ),
        ),
    ],
)
def test_alpha_at_each_level_is_what_a_hand_gets(level, expected):
    assert agreement.alpha([(1, 1), (2, 3), (4, 4)], level) == pytest.approx(expected)


def test_precisions_are_ordered_by_fineness_and_not_by_the_alphabet():
    # Year and day are the two ends of the order; as words, day stands before month.
    far = [("year", "day"), ("month", "month"), ("day", "day"), ("year", "year")]
    near = [("year", "month"), ("month", "month"), ("day", "day"), ("year", "year")]
    assert agreement.alpha(near, "ordinal") > agreement.alpha(far, "ordinal")


def test_the_interval_is_of_events_and_not_of_values():
    # Twelve events with eight equal values each say no more than twelve events with one.
    one = [("a", "a"), ("b", "b"), ("a", "b"), ("b", "b")] * 3
    events = [f"e{number}" for number in range(12)]
    single = agreement.of_units("t", "v", "nominal", one, events)
    many = agreement.of_units(
        "t",
        "v",
        "nominal",
        [unit for unit in one for _ in range(8)],
        [event for event in events for _ in range(8)],
    )
    apart = agreement.of_units("t", "v", "nominal", [unit for unit in one for _ in range(8)])
    width = single.alpha_high - single.alpha_low
    assert many.alpha_high - many.alpha_low == pytest.approx(width, rel=0.1)
    assert apart.alpha_high - apart.alpha_low < width / 2
    assert many.compared == 96


def test_ten_values_of_two_events_are_too_few():
    units = [("a", "a"), ("b", "b")] * 5
    line = agreement.of_units("t", "v", "nominal", units, ["e1"] * 5 + ["e2"] * 5)
    assert (line.compared, line.agreement, line.alpha) == (10, 1, None)


def test_one_odd_event_among_many_gives_no_interval():
    # A third of the resamples do without it, and do not vary.
    line = agreement.of_units("t", "v", "nominal", [("a", "a")] * 20 + [("a", "b")])
    assert line.alpha is not None
    assert (line.alpha_low, line.alpha_high) == (None, None)


def test_dates_that_are_a_month_apart_are_near():
    units = [
        (date(2010, 1, 1), date(2010, 1, 1)),
        (date(2010, 1, 1), date(2010, 2, 1)),
        (date(2010, 2, 2), date(2010, 1, 1)),
        (date(2010, 1, 1), date(2011, 1, 1)),
        (date(2010, 1, 1), None),
    ]
    line = agreement.of_units("t", "v", "interval", units)
    assert (line.agreement, line.within_31_days, line.both_empty) == (0.25, 0.5, None)
    assert agreement.of_units("t", "v", "ratio", [(1, 2)]).within_31_days is None


def test_sets_that_both_readings_leave_empty_are_counted():
    empty, air = frozenset(), frozenset({"air"})
    line = agreement.of_units("t", "v", "set", [(empty, empty), (empty, air), (air, air)])
    assert (line.compared, line.both_empty) == (3, 1)
    assert line.agreement == pytest.approx(2 / 3)


def test_the_verdicts_add_up_by_type(kept, tmp_path):
    from autocoop import load

    completed = set(load("pme_programs", where={"status": "completed"})["event_id"])
    drawing.draw(2, 2, "pme_program", tmp_path / "out", completed)
    drawing.draw(2, 1, "intervention", tmp_path / "out")
    coded_anew(tmp_path / "out", lambda text: text)
    path = tmp_path / "out" / "pme-case-001.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("status: completed", "status: under_way"), "utf-8")
    taking.take(tmp_path / "out")
    (row,) = comparing.unsettled()
    tabular.write_rows(
        places.DIFFERENCES,
        places.DIFFERENCES_COLUMNS,
        [row | {"right": "second", "cause": "a test"}],
    )
    tally = agreement.verdicts(comparing.pairs(*comparing.both_readings()))
    shown = {line.pop("type"): line for line in tally}
    assert list(shown) == ["intervention", "pme_program", "all"]
    values = {name: int(line.pop("values")) for name, line in shown.items()}
    assert values["all"] == values["intervention"] + values["pme_program"]
    assert min(values.values()) > 3
    nothing = {"first": "0", "second": "0", "both": "0", "neither": "0"}
    assert shown["intervention"] == {
        "events": "1", "events_alike": "1", "values_differ": "0", **nothing
    }  # fmt: skip
    assert shown["pme_program"] == {
        "events": "2", "events_alike": "1", "values_differ": "1", **nothing, "second": "1"
    }  # fmt: skip
    assert shown["all"] == shown["pme_program"] | {"events": "3", "events_alike": "2"}


def test_values_that_neither_reading_states_are_not_among_the_verdicts():
    def pair(name, level, first, second):
        variable = comparing.Variable(name, level)
        return comparing.Pair("e", "intervention", variable, name, *2 * (first, second))

    tally = agreement.verdicts(
        [
            pair("trigger", "nominal", None, None),
            pair("contingents", "set", frozenset(), frozenset()),
            pair("end_date", "interval", None, date(2020, 1, 1)),
            pair("end_precision", "ordinal", None, "day"),
            pair("is_invited", "nominal", False, False),
        ]
    )
    assert [(line["values"], line["values_differ"]) for line in tally] == [("2", "1")] * 2


def test_a_term_is_counted_by_reader():
    def pair(found_again, second):
        variable = comparing.Variable("domain", "set")
        sets = (frozenset(found_again), frozenset(second))
        return comparing.Pair("e", "joint_exercise", variable, "domain", *sets, *sets)

    lost = dataclasses.replace(pair(["air"], ["air"]), found_again=comparing.UNSEEN)
    pairs = [pair(["sea"], ["sea"]), pair(["sea", "air"], ["sea"]), pair([], ["land"]), lost]
    rows = {row["term"]: row for row in agreement.terms(pairs)}
    assert list(rows) == ["land", "sea", "air"]
    counts = {
        term: tuple(int(row[name]) for name in ("compared", "first", "second", "both"))
        for term, row in rows.items()
    }
    assert counts == {"land": (3, 0, 1, 0), "sea": (3, 2, 2, 2), "air": (3, 1, 0, 0)}
    # Fewer than ten events give no coefficient.
    assert {row["alpha"] for row in rows.values()} == {""}
    rows = {row["term"]: row for row in agreement.terms(pairs * 4)}
    assert rows["sea"]["alpha"] == "1.000"
    assert float(rows["air"]["alpha"]) < 0


def test_stale_tables_are_told_so_and_written(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(agreement, "RESAMPLES", 2)
    monkeypatch.setattr(agreement, "AGREEMENT", tmp_path / "agreement.csv")
    monkeypatch.setattr(agreement, "TERMS", tmp_path / "terms.csv")
    monkeypatch.setattr(agreement, "VERDICTS_TABLE", tmp_path / "verdicts.csv")
    assert agreement.main(["--write"]) == 0
    assert agreement.main([]) == 0
    (tmp_path / "verdicts.csv").write_text("type\n", "utf-8")
    capsys.readouterr()
    assert agreement.main([]) == 1
    assert capsys.readouterr().out.splitlines()[-3:] == [
        "agreement.csv is current",
        "terms.csv is current",
        "verdicts.csv is stale: run with --write",
    ]


def test_the_verdicts_are_short_enough_for_the_front_page(capsys):
    assert agreement.main(["--verdicts"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) < 100
    assert lines[0].split() == list(agreement.VERDICTS_COLUMNS)
    assert lines[-1].startswith("all ")


def test_the_codebook_shows_agreement_and_verdicts(tmp_path):
    for name in AGREEMENT_TABLES:
        shutil.copy(places.RELIABILITY / name, tmp_path / name)
    page = with_agreement(AGREEMENT_MARK, tmp_path).splitlines()
    rows = [line.strip("| ").split(" | ") for line in page if line.startswith("| ")]
    tally = tabular.rows_of(tmp_path / "verdicts.csv")
    assert rows[-len(tally) :] == [list(row.values()) for row in tally]
    assert "both empty" in page[0]
    columns = (agreement.COLUMNS, agreement.TERMS_COLUMNS, agreement.VERDICTS_COLUMNS)
    widths = {line.count("|") for line in page if line.startswith("| ")}
    assert widths == {len(names) + 1 for names in columns}


# -- what is kept ---------------------------------------------------------------------------------


def test_the_tables_of_agreement_are_what_the_readings_give(capsys):
    assert agreement.main([]) == 0


def test_every_verdict_is_on_a_difference_that_is_there():
    assert comparing.orphans() == []


def test_a_verdict_on_no_difference_is_an_orphan(coded):
    taking.take(coded)
    row = {
        "event_id": "pme-of-nobody", "variable": "status", "first": "completed",
        "second": "announced", "right": "both", "cause": "a test",
    }  # fmt: skip
    tabular.write_rows(places.DIFFERENCES, places.DIFFERENCES_COLUMNS, [row])
    assert comparing.orphans() == [row]


def test_the_sample_says_what_came_of_each_event():
    second = {path.stem for path in places.SECOND.rglob("*.yaml")}
    another = {path.stem for path in places.ANOTHER.rglob("*.yaml")}
    first = {path.stem for path in places.FIRST.rglob("*.yaml")}
    assert outcomes().keys() == first
    assert not second & another
    assert outcomes() == {
        event: "coded" if event in second else "another_event" if event in another else ""
        for event in first
    }


def test_the_sample_holds_no_draw_that_cannot_be_repeated():
    rows = tabular.rows_of(places.SAMPLE)
    assert all(row["version"] and row["seed"] for row in rows)
    seeds = {(row["type"], row["seed"]): row["count"] for row in rows}
    for (event_type, seed), count in seeds.items():
        drawn = [row for row in rows if (row["type"], row["seed"]) == (event_type, seed)]
        assert len(drawn) == int(count)
