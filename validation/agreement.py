"""How far two readers agree: computed from the files of both readings, and never typed.

``python -m validation.agreement`` prints the tables of agreement, by variable and by term of a
list, and the verdicts on what differs, and says whether ``agreement.csv``, ``terms.csv`` and
``verdicts.csv`` in ``reliability`` are what the files give; with ``--write`` they are written.
``--verdicts`` prints the verdicts alone.

Alpha is Krippendorff's, at the level of measurement of each variable; the distance of two sets is
MASI (Passonneau 2006), that of two numbers or dates the usual one of ratio or interval scales. The
interval is the middle 95% of alpha over resampled events, each drawn with all its values.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import krippendorff
import numpy as np

from autocoop.compile.form import WIDE_TABLE
from autocoop.schemas import describe
from autocoop.text import columns_of_text
from validation.second_reading import places
from validation.second_reading.comparing import (
    UNSEEN,
    VERDICTS,
    Pair,
    both_readings,
    differences,
    is_beside_its_date,
    pairs,
)
from validation.tabular import as_csv, rows_of, write_all

AGREEMENT = places.RELIABILITY / "agreement.csv"
COLUMNS = (
    "type",
    "variable",
    "level",
    "compared",
    "stated_by_one",
    "both_empty",
    "agreement",
    "within_31_days",
    "alpha",
    "alpha_low",
    "alpha_high",
    "compared_same_pages",
    "agreement_same_pages",
    "alpha_same_pages",
    "compared_latest",
    "agreement_latest",
    "alpha_latest",
)
TERMS = places.RELIABILITY / "terms.csv"
TERMS_COUNTS = ("compared", "first", "second", "both", "alpha")
TERMS_COLUMNS = ("type", "variable", "term", *TERMS_COUNTS, *(f"{n}_latest" for n in TERMS_COUNTS))
VERDICTS_TABLE = places.RELIABILITY / "verdicts.csv"
VERDICTS_COLUMNS = ("type", "events", "events_alike", "values", "values_differ", *VERDICTS)

#: Fewer events than this give no coefficient worth the name.
FEWEST = 10
RESAMPLES = 1000
#: Where more than this share of the resamples do not vary, the rest give no interval.
MOST_CONSTANT = 0.05
#: Days between two dates that are nearly the same: a day stated and its month taken.
NEAR = 31
SEED = 20261124


def masi(one: frozenset[str], two: frozenset[str]) -> float:
    """Distance of two sets: 0 the same, 1 disjoint, less where one holds the other."""
    if one == two:
        return 0.0
    common = one & two
    if not common:
        return 1.0
    monotony = 2 / 3 if one <= two or two <= one else 1 / 3
    return 1 - len(common) / len(one | two) * monotony


@dataclass(frozen=True)
class Agreement:
    """One line of the table: `agreement` and `within_31_days` are shares of `compared`.

    `both_empty` is of sets, `within_31_days` of dates, and None elsewhere. `alpha` is None where
    there are too few events or nothing varies. Those of the same pages leave out what the first
    reader has from pages that the second did not find again; the latest are of
    the same pages, and of the events that `drawn_latest` gives.
    """

    type: str
    variable: str
    level: str
    compared: int
    stated_by_one: int
    both_empty: int | None
    agreement: float | None
    within_31_days: float | None
    alpha: float | None
    alpha_low: float | None
    alpha_high: float | None
    compared_same_pages: int | None = None
    agreement_same_pages: float | None = None
    alpha_same_pages: float | None = None
    compared_latest: int | None = None
    agreement_latest: float | None = None
    alpha_latest: float | None = None

    def cells(self) -> dict[str, str]:
        return {name: _text(getattr(self, name)) for name in COLUMNS}


def _text(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _codes(units: list[tuple[Any, Any]], level: str) -> tuple[np.ndarray, Any]:
    """Units as two rows of numbers, and the metric that `krippendorff.alpha` takes."""
    if level in ("interval", "ratio"):
        plain = [[v.toordinal() if isinstance(v, date) else v for v in unit] for unit in units]
        return np.array(plain, dtype=float).T, level
    values = {value for unit in units for value in unit}
    order = _PRECISIONS if values <= set(_PRECISIONS) else sorted(values, key=_sortable)
    data = np.array([[order.index(value) for value in unit] for unit in units], dtype=float).T
    if level != "set":
        return data, level
    distances = np.array([[masi(one, two) for two in order] for one in order])

    def metric(v1: Any, v2: Any, i1: Any, i2: Any, n_v: Any, dtype: Any = float) -> Any:
        return distances[v1.astype(int), v2.astype(int)].astype(dtype)

    return data, metric


_PRECISIONS = ["year", "month", "day"]


def _sortable(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value


def alpha(units: list[tuple[Any, Any]], level: str) -> float | None:
    """Krippendorff's alpha of two readings; None where no value differs from any other."""
    data, metric = _codes(units, level)
    return _alpha(data, metric)


def _alpha(data: np.ndarray, metric: Any, *, is_alike: bool = False) -> float | None:
    if len(np.unique(data)) < 2:
        return None
    if is_alike:
        return 1.0
    return float(krippendorff.alpha(reliability_data=data, level_of_measurement=metric))


def of_units(
    event_type: str,
    variable: str,
    level: str,
    units: list[tuple[Any, Any]],
    events: Sequence[str] | None = None,
    *,
    with_interval: bool = True,
) -> Agreement:
    """Agreement over all units of a variable; (None, None) is a unit that neither reading has.

    `events` names the event of each unit; without it, each unit is of an event of its own. A set is
    never missing: an empty one says that the reader found none. The interval takes most of the
    time.
    """
    of = [*range(len(units))] if events is None else events
    stated = [(event, unit) for event, unit in zip(of, units, strict=True) if None not in unit]
    both = [unit for _, unit in stated]
    one = sum((unit[0] is None) != (unit[1] is None) for unit in units)
    coefficient = low = high = None
    if len({event for event, _ in stated}) >= FEWEST:
        data, metric = _codes(both, level)
        coefficient = _alpha(data, metric)
        if coefficient is not None and with_interval:
            low, high = _interval(data, metric, [event for event, _ in stated])
    return Agreement(
        event_type,
        variable,
        level,
        compared=len(both),
        stated_by_one=one,
        both_empty=sum(not (first or second) for first, second in both) if level == "set" else None,
        agreement=_share(first == second for first, second in both),
        within_31_days=_share(abs((first - second).days) <= NEAR for first, second in both)
        if level == "interval"
        else None,
        alpha=coefficient,
        alpha_low=low,
        alpha_high=high,
    )


def _share(held: Iterable[bool]) -> float | None:
    found = list(held)
    return sum(found) / len(found) if found else None


def _interval(
    data: np.ndarray, metric: Any, events: Sequence[Any]
) -> tuple[float, float] | tuple[None, None]:
    """The middle 95% of alpha over resampled events; none where too many resamples do not vary."""
    members: dict[Any, list[int]] = {}
    for unit, event in enumerate(events):
        members.setdefault(event, []).append(unit)
    units = [np.array(found) for found in members.values()]
    draws = np.random.default_rng(SEED).integers(0, len(units), (RESAMPLES, len(units)))
    samples = (data[:, np.concatenate([units[k] for k in draw])] for draw in draws)
    # Two readings that are alike are alike in every sample: computing it takes the most time.
    is_alike = (data[0] == data[1]).all()
    resampled = [
        found
        for sample in samples
        if (found := _alpha(sample, metric, is_alike=is_alike)) is not None
    ]
    if len(resampled) < (1 - MOST_CONSTANT) * RESAMPLES:
        return None, None
    low, high = np.quantile(resampled, (0.025, 0.975))
    return float(low), float(high)


def table(found: Iterable[Pair]) -> list[Agreement]:
    """A line a type and variable, in the order of the schema."""
    newest = drawn_latest()
    by_variable: dict[tuple[str, str, str], list[Pair]] = {}
    for pair in found:
        key = (pair.type, pair.variable.name, pair.variable.level)
        by_variable.setdefault(key, []).append(pair)
    lines = []
    for key, own in by_variable.items():
        line = of_units(*key, [(p.first, p.second) for p in own], [p.event_id for p in own])
        seen = [pair for pair in own if pair.found_again is not UNSEEN]
        parts = {"same_pages": seen, "latest": [p for p in seen if p.event_id in newest]}
        lines.append(_with_parts(line, {name: _again(key, part) for name, part in parts.items()}))
    order = list(dict.fromkeys(line.type for line in lines))
    return [*sorted(lines, key=lambda line: order.index(line.type)), *unitising()]


def drawn_latest() -> set[str]:
    """The events of each type drawn on the last day of drawing from the last version drawn from."""
    last: dict[str, tuple[Any, str]] = {}
    rows = [(row["event_id"], row["type"], _drawn(row)) for row in rows_of(places.SAMPLE)]
    for _, event_type, drawn in rows:
        last[event_type] = max(drawn, last.get(event_type, drawn))
    return {event_id for event_id, event_type, drawn in rows if drawn == last[event_type]}


def _drawn(row: dict[str, str]) -> tuple[tuple[int, ...], str]:
    return tuple(map(int, row["version"].split("."))), row["drawn_on"]


def _again(key: tuple[str, str, str], own: list[Pair]) -> Agreement:
    units = [(pair.found_again, pair.second_again) for pair in own]
    return of_units(*key, units, [pair.event_id for pair in own], with_interval=False)


def _with_parts(line: Agreement, parts: dict[str, Agreement]) -> Agreement:
    """A line with what its parts give: "same_pages" fills the columns that end so."""
    return replace(
        line,
        **{
            f"{name}_{part}": getattr(own, name)
            for part, own in parts.items()
            for name in ("compared", "agreement", "alpha")
        },
    )


def unitising() -> list[Agreement]:
    """How many events each page holds, of its type, as both readers count them."""
    newest = drawn_latest()
    rows = [row for row in rows_of(places.PAGES) if row["events_second"]]
    if not rows:
        return []

    def counted(rows: list[dict[str, str]], *, with_interval: bool) -> Agreement:
        units = [(int(row["events_first"]), int(row["events_second"])) for row in rows]
        events = [row["event_id"] for row in rows]
        name = "events on a page"
        return of_units("all", name, "ratio", units, events, with_interval=with_interval)

    recent = counted([row for row in rows if row["event_id"] in newest], with_interval=False)
    return [_with_parts(counted(rows, with_interval=True), {"latest": recent})]


def terms(found: Iterable[Pair]) -> list[dict[str, str]]:
    """How far the readers agree on each term of a list with a vocabulary: a row a type and term.

    Of the `compared` events, on the pages that both readers saw, the `first` reader coded the term
    in so many, the `second` in so many, and `both` in so many of the same; then the same of the
    events drawn last. Alpha is nominal, and missing where there are too few events or nothing
    varies. A term that nobody coded has no row.
    """
    newest = drawn_latest()
    by_variable: dict[tuple[str, str], list[Pair]] = {}
    for pair in found:
        if pair.variable.level == "set" and pair.found_again is not UNSEEN:
            by_variable.setdefault((pair.type, pair.variable.name), []).append(pair)
    rows = []
    for (event_type, name), own in by_variable.items():
        latest = [pair for pair in own if pair.event_id in newest]
        for term in describe(WIDE_TABLE[event_type]).column(name).vocabulary or ():
            if any(term in pair.found_again | pair.second_again for pair in own):
                cells = map(_text, (*_of_term(term, own), *_of_term(term, latest)))
                row = zip(TERMS_COLUMNS, (event_type, name, term, *cells), strict=True)
                rows.append(dict(row))
    return rows


def _of_term(term: str, own: Sequence[Pair]) -> tuple[int, int, int, int, float | None]:
    units = [(term in pair.found_again, term in pair.second_again) for pair in own]
    first, second = (sum(unit[reader] for unit in units) for reader in (0, 1))
    coefficient = alpha(units, "nominal") if len(units) >= FEWEST else None
    return len(units), first, second, sum(map(all, units)), coefficient


def verdicts(found: Iterable[Pair]) -> list[dict[str, str]]:
    """What the pages bear out where two readings differ: a row a type, and one of all.

    `events` were read twice, `events_alike` of them without any difference. `values` are those that
    at least one reading states, and `values_differ` those of them that differ, as `differences`
    lists them; then how many of these the pages bear out in which reading. A difference that is not
    settled yet stands under no verdict.
    """
    right = {
        (row["event_id"], row["variable"], row["first"], row["second"]): row["right"]
        for row in rows_of(places.DIFFERENCES)
    }
    counts: dict[str, Counter[str]] = {}
    events: dict[str, set[str]] = {}
    differing: dict[str, set[str]] = {}
    for pair in found:
        different = differences([pair])
        for name in (pair.type, "all"):
            count = counts.setdefault(name, Counter())
            events.setdefault(name, set()).add(pair.event_id)
            count["values"] += _is_stated(pair)
            for row in different:
                count["values_differ"] += 1
                count[right.get(tuple(row.values()), "")] += 1
                differing.setdefault(name, set()).add(pair.event_id)
    rows = []
    for name in sorted(counts, key=lambda name: (name == "all", name)):
        of_both = {
            "events": len(events[name]),
            "events_alike": len(events[name] - differing.get(name, set())),
        }
        cells = {"type": name, **counts[name], **of_both}
        rows.append({column: str(cells.get(column, 0)) for column in VERDICTS_COLUMNS})
    return rows


def _is_stated(pair: Pair) -> bool:
    """Whether a reading states the value; a precision beside a date of one reading goes with it."""
    is_stated = any(value not in (None, frozenset()) for value in (pair.first, pair.second))
    return is_stated and not is_beside_its_date(pair)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where the files are current, 1 where one is stale, 2 for misuse."""
    parser = argparse.ArgumentParser(
        prog="python -m validation.agreement",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--write", action="store_true", help="write the tables")
    only.add_argument("--verdicts", action="store_true", help="print the verdicts alone")
    options = parser.parse_args(arguments)
    found = list(pairs(*both_readings()))
    tables = {VERDICTS_TABLE: (VERDICTS_COLUMNS, verdicts(found))}
    if not options.verdicts:
        by_variable = [line.cells() for line in table(found)]
        by_term = terms(found)
        tables = {AGREEMENT: (COLUMNS, by_variable), TERMS: (TERMS_COLUMNS, by_term), **tables}
    shown = [
        columns_of_text([columns, *(row.values() for row in rows)])
        for columns, rows in tables.values()
    ]
    print("\n\n".join(shown))
    if options.verdicts:
        return 0
    texts = {path: as_csv(columns, rows) for path, (columns, rows) in tables.items()}
    if options.write:
        write_all(texts)
        return 0
    stale = [path for path, text in texts.items() if not _holds(path, text)]
    for path in texts:
        print(f"{path.name} is {'stale: run with --write' if path in stale else 'current'}")
    return 1 if stale else 0


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
