"""The trouble spots of country codes, one golden line each."""

import pytest

from autocoop.loading import read
from autocoop.where import resolve_actor

# actor_id, COW number, COW abbreviation, Gleditsch-Ward number, V-Dem country_id: from COW State
# System Membership v2016, Gleditsch & Ward's list and V-Dem's country units.
GOLDEN = [
    ("COG", 484, "CON", 484, 112),
    ("COD", 490, "DRC", 490, 111),
    ("PRK", 731, "PRK", 731, 41),
    ("KOR", 732, "ROK", 732, 42),
    ("SDN", 625, "SUD", 625, 33),
    ("SSD", 626, "SSD", 626, 32),
    ("SRB", 345, "YUG", 340, 198),
    ("MNE", 341, "MNG", 341, 183),
    ("XKX", 347, "KOS", 347, 43),
    ("PSE", None, None, None, 128),
    ("TWN", 713, "TAW", 713, 48),
    ("VNM", 816, "DRV", 816, 34),
    ("YEM", 679, "YEM", 678, 14),
    ("DEU", 255, "GMY", 260, 77),
    ("NAM", 565, "NAM", 565, 127),
    ("GIN", 438, "GUI", 438, 63),
    ("GNB", 404, "GNB", 404, 119),
    ("GNQ", 411, "EQG", 411, 160),
    ("MMR", 775, "MYA", 775, 10),
]


@pytest.mark.parametrize("golden", GOLDEN, ids=[row[0] for row in GOLDEN])
def test_trouble_spot(golden: tuple) -> None:
    rows = {row["actor_id"]: row for row in read("actors").to_pylist()}
    row = rows[golden[0]]
    found = tuple(row[k] for k in ("actor_id", "cow_code", "cow_abbr", "gw_code", "vdem_id"))
    assert found == golden
    assert (row["kind"], row["iso3"]) == ("state", golden[0])


def test_new_states_begin_when_they_began() -> None:
    begins = {row["actor_id"]: row["valid_from"] for row in read("actors").to_pylist()}
    found = {state: begins[state].isoformat() for state in ("TLS", "MNE", "XKX", "SSD")}
    assert found == {
        "TLS": "2002-05-20",
        "MNE": "2006-06-03",
        "XKX": "2008-02-17",
        "SSD": "2011-07-09",
    }
    assert begins["RUS"] is None


@pytest.mark.parametrize(
    ("name", "actor"),
    [
        ("DR Congo", "COD"),
        ("Congo", "COG"),
        ("North Korea", "PRK"),
        ("oman", "OMN"),
        ("Namibia", "NAM"),
        ("niger", "NER"),
        ("Nigeria", "NGA"),
        ("Guinea", "GIN"),
        ("Sudan", "SDN"),
        ("Burma", "MMR"),
    ],
)
def test_names_are_matched_whole(name: str, actor: str) -> None:
    assert resolve_actor(name) == actor


def test_codes_are_unique() -> None:
    rows = read("actors").to_pylist()
    for code in ("cow_code", "gw_code", "vdem_id", "iso3"):
        values = [row[code] for row in rows if row[code] is not None]
        assert len(values) == len(set(values)), code


def test_regimes_hold_known_classes() -> None:
    classes = {(r["actor_id"], r["year"]): r["regime"] for r in read("regimes").to_pylist()}
    assert {classes["CHN", year] for year in range(2000, 2026)} == {0}
    assert classes["RUS", 2018] == 1
    assert classes["DEU", 2010] == 3
    assert {actor for actor, _ in classes} >= {"PRK", "SSD", "TWN", "XKX", "PSE"}
