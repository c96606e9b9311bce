"""Draws the events of a slice that are read again, the same ones for the same seed and files.

``python -m validation.sample SEED COUNT FOLDER [PATTERN]`` prints COUNT event files below a folder
of ``data/events`` whose names match a glob.
"""

import random
import sys
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"


def drawn(seed: int, count: int, folder: Path, pattern: str = "*.yaml") -> list[Path]:
    """`count` files, in random order, that depend on nothing but seed and names."""
    files = sorted(folder.rglob(pattern), key=lambda path: path.name)
    return random.Random(seed).sample(files, min(count, len(files)))


def main() -> None:
    seed, count, folder, *pattern = sys.argv[1:]
    for path in drawn(int(seed), int(count), DATA / "events" / folder, *pattern):
        print(path.relative_to(DATA.parent).as_posix())


if __name__ == "__main__":
    main()
