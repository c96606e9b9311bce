"""What the second reading of the accepted slices found, in numbers."""

from pathlib import Path

from autocoop.text import columns_of_text
from validation.tabular import rows_of

ACCEPTANCE = Path(__file__).parent / "reliability" / "acceptance.csv"
COUNTS = ("pages_cited", "pages_found", "values_compared", "values_wrong", "values_not_stated")


def totals() -> dict[str, dict[str, int]]:
    """Slice -> events read, pages, and values compared, wrong and not stated; `all` last."""
    found: dict[str, dict[str, int]] = {}
    for row in rows_of(ACCEPTANCE):
        for name in (row["slice"], "all"):
            sums = found.setdefault(name, dict.fromkeys(("events", *COUNTS), 0))
            sums["events"] += 1
            for count in COUNTS:
                sums[count] += int(row[count])
    return {name: found[name] for name in [*sorted(found.keys() - {"all"}), "all"]}


def main() -> None:
    rows = [["slice", "events", *(name.replace("_", " ") for name in COUNTS)]]
    rows += [[name, *map(str, sums.values())] for name, sums in totals().items()]
    print(columns_of_text(rows))


if __name__ == "__main__":
    main()
