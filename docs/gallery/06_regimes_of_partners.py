"""The regimes of those whom autocracies teach.

Trainees in programmes of military education by their regime in the year (Regimes of the World).
"""

import matplotlib.pyplot as plt

import autocoop

classes = {0: "closed autocracy", 1: "electoral autocracy", 2: "electoral", 3: "liberal"}
taught = autocoop.load("participants", where={"role": "trainee"})
taught = taught.merge(autocoop.load("events", columns=["event_id", "year"]), on="event_id")
span = (taught["year"] // 5 * 5).rename("five years from")
counts = taught.groupby([span, "regime"]).size().unstack(fill_value=0).rename(columns=classes)
counts.plot.bar(stacked=True, rot=0, figsize=(8, 4), colormap="RdYlBu").set(ylabel="trainee states")
plt.legend(frameon=False)
plt.tight_layout()
