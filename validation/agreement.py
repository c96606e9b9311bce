"""How far two readers agree: computed from the files of both readings, and never typed.

``python -m validation.agreement`` prints the table and says whether ``reliability/agreement.csv``
is what the files give; with ``--write`` it is written. Alpha is Krippendorff's, at the level of
measurement of each variable; the distance of two sets is MASI (Passonneau 2006), that of two
numbers or dates the usual one of ratio or interval scales. The interval is the middle 95% of alpha
over resampled events.
"""

import csv
import io
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import krippendorff
import numpy as np

from autocoop.text import columns_of_text
from validation.second_reading import PAGES, RELIABILITY, Pair, both_readings, pairs, rows_of

AGREEMENT = RELIABILITY / "agreement.csv"
COLUMNS = (
    "type",
    "variable",
    "level",
    "compared",
    "stated_by_one",
    "agreement",
    "alpha",
    "alpha_low",
    "alpha_high",
)

#: Fewer units than this give no coefficient worth the name.
FEWEST = 10
RESAMPLES = 200
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
    """One line of the table. `alpha` is None where there are too few units or nothing varies."""

    type: str
    variable: str
    level: str
    compared: int
    stated_by_one: int
    agreement: float | None
    alpha: float | None
    alpha_low: float | None
    alpha_high: float | None

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


def _alpha(data: np.ndarray, metric: Any) -> float | None:
    if len(np.unique(data)) < 2:
        return None
    return float(krippendorff.alpha(reliability_data=data, level_of_measurement=metric))


def of_units(event_type: str, variable: str, level: str, units: list[tuple[Any, Any]]) -> Agreement:
    """Agreement over all units of a variable; (None, None) is a unit that neither reading has.

    A set is never missing: an empty one says that the reader found none.
    """
    both = [unit for unit in units if None not in unit]
    one = sum((unit[0] is None) != (unit[1] is None) for unit in units)
    share = sum(first == second for first, second in both) / len(both) if both else None
    coefficient = low = high = None
    if len(both) >= FEWEST:
        data, metric = _codes(both, level)
        coefficient = _alpha(data, metric)
        generator = np.random.default_rng(SEED)
        draws = generator.integers(0, len(both), (RESAMPLES, len(both)))
        resampled = [
            found for draw in draws if (found := _alpha(data[:, draw], metric)) is not None
        ]
        if coefficient is not None and resampled:
            low, high = (float(np.quantile(resampled, q)) for q in (0.025, 0.975))
    return Agreement(event_type, variable, level, len(both), one, share, coefficient, low, high)


def table(found: Iterable[Pair]) -> list[Agreement]:
    """A line a type and variable, in the order of the schema."""
    units: dict[tuple[str, str, str], list[tuple[Any, Any]]] = {}
    for pair in found:
        key = (pair.type, pair.variable.name, pair.variable.level)
        units.setdefault(key, []).append((pair.first, pair.second))
    lines = [of_units(*key, values) for key, values in units.items()]
    order = list(dict.fromkeys(line.type for line in lines))
    return [*sorted(lines, key=lambda line: order.index(line.type)), *unitising()]


def unitising() -> list[Agreement]:
    """How many events each page holds, of its type, as both readers count them."""
    counted = [
        (int(row["events_first"]), int(row["events_second"]))
        for row in rows_of(PAGES)
        if row["events_second"]
    ]
    return [of_units("all", "events on a page", "ratio", counted)] if counted else []


def as_csv(lines: Iterable[Agreement]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(line.cells() for line in lines)
    return text.getvalue()


def main() -> int:
    lines = table(pairs(*both_readings()))
    print(columns_of_text([list(COLUMNS), *(list(line.cells().values()) for line in lines)]))
    text = as_csv(lines)
    if "--write" in sys.argv[1:]:
        AGREEMENT.write_text(text, encoding="utf-8", newline="\n")
        return 0
    is_current = AGREEMENT.is_file() and AGREEMENT.read_text(encoding="utf-8") == text
    print("agreement.csv is current" if is_current else "agreement.csv is stale: run with --write")
    return 0 if is_current else 1


if __name__ == "__main__":
    sys.exit(main())
