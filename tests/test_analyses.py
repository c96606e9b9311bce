"""The worked analyses: each runs, and prints what the tables hold."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from conftest import REPOSITORY

import autocoop
from autocoop.parties import HELD as HELD_BY_TABLE
from autocoop.where import members_by_year
from validation import published_counts
from validation.published_counts import PUBLISHED, Published, compare

HELD = HELD_BY_TABLE["joint_exercises"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], Path]:
    """What each analysis prints, by the first word of its title, and the folder of figures."""
    folder = tmp_path_factory.mktemp("figures") / "new"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "analyses", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        cwd=REPOSITORY,
        env={**os.environ, "MPLBACKEND": "agg", "PYTHONPATH": "src"},
    )
    assert done.returncode == 0, done.stderr
    blocks = re.split(r"^== ", done.stdout, flags=re.MULTILINE)[1:]
    assert len(blocks) == 3
    return {block.split("\n", 1)[0]: block for block in blocks}, folder


def block(run: tuple[dict[str, str], Path], word: str) -> str:
    """The output of the analysis whose title holds a word."""
    (text,) = [text for title, text in run[0].items() if word in title]
    return text


def rows(text: str, first: str) -> dict[str, list[str]]:
    """First cell -> other cells, of the printed lines whose first cell matches a pattern."""
    cells = (line.split() for line in text.splitlines() if line.split())
    return {row[0]: row[1:] for row in cells if re.fullmatch(first, row[0]) and len(row) > 1}


def exercises() -> list[dict]:
    return autocoop.load("joint_exercises", engine="arrow").to_pylist()


def test_each_saves_its_figure_and_says_what_the_data_cannot_show(
    run: tuple[dict[str, str], Path],
) -> None:
    texts, folder = run
    names = {"csto_sco.png", "african_suppliers.png", "exercise_network.png"}
    assert {path.name for path in folder.iterdir()} == names
    for text in texts.values():
        assert "What the data cannot show:" in text
        assert str(folder) in text
    for path in folder.iterdir():
        assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
        assert path.stat().st_size > 10_000


def test_held_editions_are_counted_by_year(run: tuple[dict[str, str], Path]) -> None:
    expected = {
        framework: Counter(
            row["year"]
            for row in exercises()
            if row["framework"] == framework and row["status"] in HELD
        )
        for framework in ("CSTO", "SCO")
    }
    covered = autocoop.coverage("joint_exercises", actors=["CSTO", "SCO"])
    searched = {(row.actor_id, row.year): row.search == "searched" for row in covered.itertuples()}
    printed = rows(block(run, "CSTO"), r"20\d\d")
    assert len(printed) > 15
    for year, cells in printed.items():
        for framework, cell in zip(("CSTO", "SCO"), cells, strict=True):
            count = expected[framework][int(year)]
            nothing = "0" if searched[framework, int(year)] else "."
            assert cell == (str(count) if count else nothing), (framework, year)
    assert sum(expected["CSTO"].values()) == sum(int(a) for a, _ in printed.values() if a != ".")


@pytest.mark.parametrize(("framework", "at_least"), [("CSTO", 38), ("SCO", 22)])
def test_counts_are_held_against_the_published_ones(
    run: tuple[dict[str, str], Path], framework: str, at_least: int
) -> None:
    held = sum(
        row["framework"] == framework and row["status"] in HELD and 2002 <= row["year"] <= 2016
        for row in exercises()
    )
    result = "met" if held >= at_least else f"short by {at_least - held}"
    sentence = f"{framework} 2002-2016: {held} held here, at least {at_least} published: {result}"
    assert sentence in block(run, "CSTO")
    assert sentence in published_counts.report()
    assert "De Haas" in block(run, "CSTO")
    assert "not split the same way" in block(run, "CSTO")


def test_a_count_is_met_or_short_and_editions_not_held_do_not_count() -> None:
    (csto, _) = PUBLISHED
    own = compare(csto)
    rows = [row for row in exercises() if csto.first <= row["year"] <= csto.last]
    inside = [row for row in rows if row["framework"] == "CSTO"]
    assert own.held == sorted(row["event_id"] for row in inside if row["status"] in HELD)
    assert own.not_held == sorted(row["event_id"] for row in inside if row["status"] not in HELD)
    series = {row["series_id"] for row in exercises() if row["framework"] == "CSTO"}
    for row in rows:
        if row["event_id"] in own.outside:
            assert row["framework"] != "CSTO"
            assert row["series_id"] in series
    met = compare(Published("CSTO", csto.first, csto.last, len(own.held), "a test"))
    short = compare(Published("CSTO", csto.first, csto.last, len(own.held) + 1, "a test"))
    assert (met.short_by, short.short_by) == (0, 1)
    assert str(met).endswith("published: met")
    assert "short by 1, reached with exercises of members alone that pages put into no" in str(
        short
    )


def test_exercises_of_members_alone_explain_what_is_short() -> None:
    (csto, _) = PUBLISHED
    own = compare(csto)
    rows = {row["event_id"]: row for row in exercises()}
    members = members_by_year()["CSTO"]
    assert own.of_members
    for event_id in own.of_members:
        row = rows[event_id]
        assert row["framework"] is None
        assert len(row["participants"]) > 1
        assert row["status"] in HELD
        assert all(row["year"] in members[who] for who in row["participants"])
    assert not {*own.held, *own.outside} & set(own.of_members)
    far = compare(Published("CSTO", csto.first, csto.last, 10_000, "a test"))
    assert str(far).endswith(f"published: short by {10_000 - len(own.held)}")


def test_african_suppliers_are_those_of_the_deals(run: tuple[dict[str, str], Path]) -> None:
    text = block(run, "African")
    codes = {
        row["actor_id"]: row["cow_code"]
        for row in autocoop.load("actors", engine="arrow").to_pylist()
        if row["cow_code"] is not None
    }
    # Egypt, Sudan and Mozambique are African states, Iran and Syria are not.
    assert [codes[state] for state in ("EGY", "SDN", "MOZ", "IRN", "SYR")] == [
        *(651, 625, 541),
        *(630, 652),
    ]
    deals = [
        row
        for row in autocoop.load("arms_transfers", engine="arrow").to_pylist()
        if row["status"] in ("contracted", *HELD)
        and (402 <= codes.get(row["recipient"], 0) <= 626 or row["recipient"] == "EGY")
    ]
    assert f"{len(deals)} deals with {len({row['recipient'] for row in deals})} African" in text
    counts = Counter(row["supplier"] for row in deals)
    printed = rows(text.split("What the data")[0], r"[A-Z]{3,}")
    assert {supplier: int(cells[0]) for supplier, cells in printed.items()} == counts
    for supplier, cells in printed.items():
        assert float(cells[1]) == pytest.approx(100 * counts[supplier] / len(deals), abs=0.051)
        assert sum(int(cell) for cell in cells[3:] if cell != ".") == counts[supplier]
    valued = sum(row["value_usd_best"] is not None for row in deals)
    assert f"Of {len(deals)} deals\n  {valued} have a value" in text


def test_exercise_network_counts_partners(run: tuple[dict[str, str], Path]) -> None:
    states = {
        row["actor_id"]
        for row in autocoop.load("actors", engine="arrow").to_pylist()
        if row["kind"] == "state"
    }
    four = ("RUS", "CHN", "IRN", "PRK")
    sides = {
        row["event_id"]: (row["year"], set(row["participants"] or []) & states)
        for row in exercises()
        if row["status"] in HELD
    }
    printed = rows(block(run, "network"), r"20\d\d")
    assert len(printed) > 15
    for year_text, cells in printed.items():
        year = int(year_text)
        for index, state in enumerate(four):
            joined = [(when, with_) for when, with_ in sides.values() if state in with_]
            in_year = set().union(*(with_ for when, with_ in joined if when == year)) - {state}
            so_far = set().union(*(with_ for when, with_ in joined if when <= year)) - {state}
            assert cells[index] == str(len(in_year) or "."), (state, year)
            assert cells[4 + index] == str(len(so_far)), (state, year)
        among = sum(when == year and len(with_ & set(four)) > 1 for when, with_ in sides.values())
        assert cells[8] == str(among), year


def test_a_zero_is_printed_only_where_somebody_looked(
    run: tuple[dict[str, str], Path],
) -> None:
    cells = autocoop.coverage("joint_exercises", actors=["RUS", "CHN", "IRN", "PRK"])
    searched = {(row.actor_id, row.year) for row in cells.itertuples() if row.search == "searched"}
    printed = rows(block(run, "network"), r"20\d\d")
    for year, row in printed.items():
        for state, cell in zip(("RUS", "CHN", "IRN", "PRK"), row[:4], strict=True):
            assert cell != "." or (state, int(year)) not in searched
            assert cell != "0" or (state, int(year)) in searched
