"""How large exercises are.

Each point is an exercise with a figure on some page; the line spans what the pages say.
"""

import matplotlib.pyplot as plt

import autocoop

columns = ["start_date", "personnel_low", "personnel_best", "personnel_high"]
sizes = autocoop.load("joint_exercises", columns=columns).dropna().set_index("start_date")
low, best, high = (sizes[f"personnel_{end}"].astype(float) for end in ("low", "best", "high"))
plt.figure(figsize=(9, 4), layout="constrained")
plt.vlines(sizes.index, low, high, color="#8bb8d9")
plt.plot(sizes.index, best, "o", markersize=3, color="#0b6aa8")
plt.yscale("log")
plt.ylabel("personnel")
