"""The arms suppliers of African states, by share of deals.

``python -m analyses.african_suppliers FOLDER``
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt

import autocoop

#: A signed contract counts; an announcement, a cancelled and an intercepted deal do not.
STATUSES = ["contracted", "under_way", "completed"]

CANNOT_SHOW = """\
What the data cannot show:
- Shares of the market. Only transfers by autocracies are in scope: deals of democracies, such as
  the United States or France, are not in the sum that the shares are of.
- Volumes. Deals are counted: one may be two patrol boats, another forty fighters. Of {deals} deals
  {valued} have a value in dollars; shares of money are not given.
- Absence. Of {years} years, open searches cover whole, by supplier: {searched}.
  In the others it may have supplied more than is found here, and suppliers that are not in the
  table may not have been searched for at all."""


def african_states() -> list[str]:
    """States whose Correlates of War number is one of Africa's: 402 to 626, and 651, Egypt."""
    states = autocoop.load("actors", where={"kind": "state"})
    is_african = states["cow_code"].between(402, 626) | (states["cow_code"] == 651)
    return states.loc[is_african.fillna(False), "actor_id"].tolist()


def main(folder: Path) -> Path:
    """Print the shares, save the figure; returns its path."""
    deals = autocoop.load(
        "arms_transfers", where={"recipient": african_states(), "status": STATUSES}
    )
    # Columns are five years each, named after the first.
    span = (deals["year"] // 5 * 5).rename("five years from")
    table = deals.groupby("supplier").agg(
        deals=("event_id", "size"), recipients=("recipient", "nunique")
    )
    table.insert(1, "share", (100 * table["deals"] / len(deals)).round(1))
    table = table.sort_values(["deals", "recipients"], ascending=False)
    by_span = deals.groupby(["supplier", span]).size().unstack(fill_value=0).loc[table.index]

    cells = autocoop.coverage("arms_transfers", actors=table.index)
    is_searched = cells["search"] == "searched"
    whole = is_searched.groupby(cells["actor_id"]).sum()
    is_zero = is_searched.groupby([cells["actor_id"], cells["year"] // 5 * 5]).all().unstack()
    shown = by_span.astype("Int64").where((by_span > 0) | is_zero.reindex_like(by_span))
    print(f"{len(deals)} deals with {deals['recipient'].nunique()} African states; share in %;")
    print("then deals in the five years from (. none found, but not searched whole: no zero)")
    print(table.join(shown.astype("object").fillna(".")).to_string())
    notes = {
        "valued": deals["value_usd_best"].notna().sum(),
        "deals": len(deals),
        "years": cells["year"].nunique(),
        "searched": ", ".join(f"{actor} {whole[actor]}" for actor in table.index),
    }
    print(f"\n{CANNOT_SHOW.format(**notes)}")

    shares = 100 * by_span / by_span.sum()
    axis = shares.T.plot.bar(stacked=True, rot=0, figsize=(8, 4.5), width=0.8)
    totals = by_span.sum()
    axis.set_xticklabels([f"{first}\n{count} deals" for first, count in totals.items()])
    axis.set(xlabel="five years from", ylabel="% of the deals held in the data")
    axis.legend(title="", frameon=False, bbox_to_anchor=(1, 1))
    axis.set_title("Autocratic suppliers of African states", loc="left")
    path = folder / "african_suppliers.png"
    axis.figure.savefig(path, dpi=150, bbox_inches="tight")
    plt.close(axis.figure)
    return path


if __name__ == "__main__":
    print(f"\n{main(Path(sys.argv[1]))}")
