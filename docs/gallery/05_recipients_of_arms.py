"""Who receives arms from Russia, China, Turkey and Iran.

Deals contracted, under way or completed, by recipient. Deals are counted, not weighed: one may hold
two drones, another two submarines.
"""

import matplotlib.pyplot as plt

import autocoop

held = ["contracted", "under_way", "completed"]
suppliers = ["RUS", "CHN", "TUR", "IRN"]
deals = autocoop.load("arms_transfers", where={"supplier": suppliers, "status": held})
counts = deals.groupby(["recipient", "supplier"]).size().unstack(fill_value=0)
top = counts.loc[counts.sum(axis=1).nlargest(15).index].iloc[::-1]
top.plot.barh(stacked=True, figsize=(8, 5)).set(xlabel="deals", ylabel="")
plt.legend(frameon=False)
plt.tight_layout()
