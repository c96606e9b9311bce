"""Interventions by their length.

A line runs from the first to the last day that pages give; a point has no known end.
"""

import matplotlib.pyplot as plt

import autocoop

held = {"status": ["under_way", "completed"], "years": "2010.."}
rows = autocoop.load("interventions", where=held).sort_values("start_date", ascending=False)
rows = rows.dropna(subset="start_date").reset_index()
plt.figure(figsize=(9, 0.17 * len(rows) + 1), layout="constrained")
plt.hlines(rows.index, rows["start_date"], rows["end_date"].fillna(rows["start_date"]), lw=3)
plt.plot(rows["start_date"], rows.index, "|", color="black")
plt.yticks(rows.index, rows["name"].str.slice(0, 60), fontsize=6)
