"""Events by type and year.

Each panel is a type of event, each bar a year; the lighter part are events that were announced,
postponed, cancelled or intercepted.
"""

import matplotlib.pyplot as plt

import autocoop
from autocoop.parties import EVENT_TYPE, HELD

figure, axes = plt.subplots(2, 2, figsize=(9, 5), sharex=True, layout="constrained")
colours = ("#c2540a", "#0b6aa8", "#9c2f6e", "#0a7d5c")
for axis, table, colour in zip(axes.flat, EVENT_TYPE, colours, strict=True):
    events = autocoop.load(table, columns=["year", "status"])
    is_held = events["status"].isin(HELD[table])
    for chosen, opacity in ((events, 0.35), (events[is_held], 1)):
        counts = chosen["year"].value_counts()
        axis.bar(counts.index, counts, color=colour, alpha=opacity, width=0.8)
    axis.set_title(table.replace("_", " "), loc="left", fontsize=10)
    axis.yaxis.get_major_locator().set_params(integer=True)
    axis.spines[["top", "right"]].set_visible(False)
