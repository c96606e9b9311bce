"""Runs every worked analysis; figures go to the folder named on the command line."""

import sys
from pathlib import Path

from analyses import african_suppliers, csto_sco, exercise_network

ALL = (csto_sco, african_suppliers, exercise_network)


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: python -m analyses FOLDER", file=sys.stderr)
        return 2
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for analysis in ALL:
        print(f"== {analysis.__doc__.splitlines()[0]}\n")
        print(f"\n{analysis.main(folder)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
