"""Who exercises with whom.

The twelve states with most joint exercises; the number is that of exercises both took part in.
"""

import matplotlib.pyplot as plt

import autocoop

edges = autocoop.network("joint_exercises", yearly=False)
pairs = edges.pivot(index="actor_id_a", columns="actor_id_b", values="event_count")
pairs = pairs.add(pairs.T, fill_value=0).astype(float)
top = pairs.sum().nlargest(12).index
plt.figure(figsize=(7, 6), layout="constrained")
plt.imshow(pairs.loc[top, top], cmap="Blues")
plt.xticks(range(12), top, rotation=90)
plt.yticks(range(12), top)
plt.colorbar(label="exercises together", shrink=0.8)
