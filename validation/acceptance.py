"""What the second reading of the accepted slices found, in numbers."""

from pathlib import Path

from autocoop.text import columns_of_text
from validation.tabular import rows_of

ACCEPTANCE = Path(__file__).parent / "reliability" / "acceptance.csv"
#: The name under which the random samples of all slices stand.
ALL = "all drawn"
COUNTS = ("pages_cited", "pages_found", "values_compared", "values_wrong", "values_not_stated")


def slices() -> dict[str, list[dict[str, str]]]:
    """Slice -> the events of it that were read again; last `all drawn`, the random samples.

    Where a slice was read whole, the events that were not drawn stand apart.
    """
    found: dict[str, list[dict[str, str]]] = {}
    drawn = []
    for row in rows_of(ACCEPTANCE):
        is_drawn = bool(row["seed"])
        name = row["slice"] if is_drawn else f"{row['slice']}, not drawn"
        found.setdefault(name, []).append(row)
        drawn += [row] if is_drawn else []
    return found | {ALL: drawn}


def totals() -> dict[str, dict[str, int]]:
    """Slice, as in `slices` -> events read, pages, and values compared, wrong and not stated."""
    found = {}
    for name, rows in sorted(slices().items(), key=lambda item: (item[0] == ALL, item[0])):
        sums = {count: sum(int(row[count]) for row in rows) for count in COUNTS}
        found[name] = {"events": len(rows), **sums}
    return found


def main() -> None:
    rows = [["slice", "events", *(name.replace("_", " ") for name in COUNTS)]]
    rows += [[name, *map(str, sums.values())] for name, sums in totals().items()]
    print(columns_of_text(rows))


if __name__ == "__main__":
    main()
