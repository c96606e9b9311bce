"""Runs every rule on the release and says what breaks it."""

import sys

from validation import failures


def main() -> int:
    found = failures()
    for name, wrong in found.items():
        print(f"{'FAIL' if wrong else 'ok  '} {name}")
        for sentence in wrong:
            print(f"     {sentence}")
    broken = sum(bool(wrong) for wrong in found.values())
    print(f"{len(found) - broken} rules hold, {broken} do not")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
