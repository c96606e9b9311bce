"""Exercises of the CSTO and the SCO by year, against the published counts.

``python -m analyses.csto_sco FOLDER``
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt

import autocoop
from validation.published_counts import PUBLISHED, compare, report

CANNOT_SHOW = """\
What the data cannot show:
- Which editions are wanting. Of the published count only the total is compared here, so that even a
  count that is met does not show that the two lists hold the same editions.
- A like-for-like count. The lists are not split the same way: one edition with several stages or
  several named parts is one event here and may be several there, and an exercise of a few members,
  or under a bilateral treaty, may stand in one list alone.
- A trend. A year without a bar is a year in which nothing was found, and the early 2000s have fewer
  pages that can still be read."""


def main(folder: Path) -> Path:
    """Print the counts, save the figure; returns its path."""
    held = autocoop.load(
        "joint_exercises",
        where={"framework": ["CSTO", "SCO"], "status": ["under_way", "completed"]},
    )
    years = range(min(each.first for each in PUBLISHED), held["year"].max() + 1)
    counts = held.groupby(["year", "framework"]).size().unstack(fill_value=0)
    counts = counts.reindex(years, fill_value=0).rename_axis(None, axis=1)
    cells = autocoop.coverage("joint_exercises", actors=counts.columns, years=years)
    is_searched = cells.pivot(index="year", columns="actor_id", values="search") == "searched"
    shown = counts.astype("Int64").where((counts > 0) | is_searched.reindex_like(counts))
    print("Editions held, by year (. nothing found, but not searched whole: no zero)")
    print(shown.astype("object").fillna(".").to_string())
    print(f"\nAgainst the published counts\n{report()}\n\n{CANNOT_SHOW}")

    figure, axes = plt.subplots(2, 1, figsize=(8, 5), sharex=True, sharey=True)
    for axis, published in zip(axes, PUBLISHED, strict=True):
        axis.bar(counts.index, counts[published.framework], color="#0b6aa8")
        axis.axvspan(published.first - 0.5, published.last + 0.5, color="#0b6aa8", alpha=0.08)
        axis.set_title(str(compare(published)), loc="left", fontsize=10)
        axis.set_ylabel("editions held")
        axis.yaxis.get_major_locator().set_params(integer=True)
    figure.tight_layout()
    path = folder / "csto_sco.png"
    figure.savefig(path, dpi=150)
    plt.close(figure)
    return path


if __name__ == "__main__":
    print(f"\n{main(Path(sys.argv[1]))}")
