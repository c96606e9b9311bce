"""The growth of the exercise network of Russia, China, Iran and North Korea.

``python -m analyses.exercise_network FOLDER``
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

import autocoop

FOUR = ["RUS", "CHN", "IRN", "PRK"]

CANNOT_SHOW = """\
What the data cannot show:
- Growth apart from growth of reporting. Recent years have more pages on the web that can be read,
  and no count of pages corrects for that.
- Absence. Of the {cells} years of the four, open searches cover {searched} whole; in the others a
  state may have exercised with more than are found here. Without a partner in the data: {alone}.
- Depth. Two states are partners when both take part in one exercise, be it a bilateral landing or
  a multinational drill of ten; observers are not counted, and neither is the size of a force."""


def main(folder: Path) -> Path:
    """Print the network by year, save the figure; returns its path."""
    edges = autocoop.network("joint_exercises")
    years = range(edges["year"].min(), edges["year"].max() + 1)
    both_ways = pd.concat([edges, edges.rename(columns=_SWAPPED)])
    own = both_ways[both_ways["actor_id_a"].isin(FOUR)]
    # A partner is new in the year of the first exercise together.
    first = own.groupby(["actor_id_a", "actor_id_b"])["year"].min().reset_index()
    partners = _by_year(own.groupby(["year", "actor_id_a"])["actor_id_b"].nunique(), years)
    so_far = _by_year(first.groupby(["year", "actor_id_a"]).size(), years).cumsum()

    among = edges[edges["actor_id_a"].isin(FOUR) & edges["actor_id_b"].isin(FOUR)]
    exercises = among.explode("event_ids").groupby("year")["event_ids"].nunique()
    cells = autocoop.coverage("joint_exercises", actors=FOUR, years=years)
    is_searched = cells.pivot(index="year", columns="actor_id", values="search") == "searched"
    is_searched = is_searched.reindex_like(partners)
    table = pd.concat(
        {
            "partners in the year": partners.where((partners > 0) | is_searched),
            "partners so far": so_far,
            "exercises": exercises.reindex(years, fill_value=0).to_frame("of two or more of them"),
        },
        axis=1,
    )
    print("States exercised with (. none found, but not searched whole: no zero)")
    print(table.astype("Int64").astype("object").fillna(".").to_string())

    alone = [state for state in FOUR if not so_far[state].iloc[-1]]
    notes = {
        "cells": len(cells),
        "searched": (cells["search"] == "searched").sum(),
        "alone": ", ".join(alone) or "none of the four",
    }
    print(f"\n{CANNOT_SHOW.format(**notes)}")

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    so_far.plot(ax=left, drawstyle="steps-post")
    left.set_title("States exercised with so far", loc="left", fontsize=10)
    left.legend(frameon=False)
    right.bar(exercises.index, exercises, color="#0b6aa8")
    right.set_title("Exercises of at least two of the four", loc="left", fontsize=10)
    for axis in (left, right):
        axis.set_xlabel("")
        axis.xaxis.get_major_locator().set_params(integer=True)
    path = folder / "exercise_network.png"
    figure.savefig(path, dpi=150)
    plt.close(figure)
    return path


_SWAPPED = {"actor_id_a": "actor_id_b", "actor_id_b": "actor_id_a"}


def _by_year(counts: pd.Series, years: range) -> pd.DataFrame:
    """A row a year, a column for each of the four, 0 where nothing was counted."""
    table = counts.unstack().reindex(index=years, columns=FOUR)
    return table.fillna(0).astype(int).rename_axis(None, axis=1)


if __name__ == "__main__":
    print(f"\n{main(Path(sys.argv[1]))}")
