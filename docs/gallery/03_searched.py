"""What was searched, and what was not.

Providers of military education: the darker, the better the year was searched. Only the darkest
cells can hold a zero.
"""

import matplotlib.pyplot as plt

import autocoop

cells = autocoop.coverage("pme_programs")
order = ["out_of_scope", "not_searched", "named_only", "partly_searched", "searched"]
cells["level"] = cells["search"].cat.reorder_categories(order, ordered=True).cat.codes
levels = cells.pivot(index="actor_id", columns="year", values="level")
levels = levels[levels.max(axis=1) > 1]
plt.figure(figsize=(9, 0.2 * len(levels) + 1), layout="constrained")
plt.pcolormesh(levels.columns, levels.index, levels, cmap="Greens", vmax=4, edgecolor="white")
plt.colorbar(ticks=range(5)).set_ticklabels([level.replace("_", " ") for level in order])
