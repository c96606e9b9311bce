"""In which languages the pages are.

The pages that are cited, by the language they were read in; the scale is logarithmic.
"""

import matplotlib.pyplot as plt

import autocoop

pages = autocoop.load("sources", columns=["language"])
counts = pages["language"].value_counts().iloc[::-1]
plt.figure(figsize=(8, 0.2 * len(counts) + 1), layout="constrained")
plt.plot(counts, counts.index, "o", color="#0b6aa8")
plt.hlines(counts.index, 1, counts, color="#8bb8d9")
plt.xscale("log")
plt.xlabel("pages")
