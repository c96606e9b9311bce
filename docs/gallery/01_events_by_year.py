"""Events by type and year.

What the release holds, not what happened: where nobody searched, nothing is shown.
"""

import matplotlib.pyplot as plt

import autocoop

events = autocoop.load("events", columns=["type", "year"])
counts = events.groupby(["year", "type"], observed=True).size().unstack(fill_value=0)
axis = counts.plot.bar(stacked=True, width=0.85, figsize=(9, 4))
axis.set(xlabel="", ylabel="events")
axis.legend(frameon=False)
plt.tight_layout()
