"""The command line of the second reading."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from autocoop.compile.form import PREFIX
from validation import second_reading
from validation.second_reading import places
from validation.second_reading.comparing import unsettled
from validation.second_reading.drawing import draw
from validation.second_reading.places import Refused
from validation.second_reading.taking import check, put_aside, take
from validation.tabular import as_csv


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m validation.second_reading",
        description=second_reading.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    draw_ = commands.add_parser("draw", help="draw events, and write the second reader's cases")
    draw_.add_argument("seed", type=int, metavar="SEED")
    draw_.add_argument("count", type=int, metavar="COUNT", help="how many events")
    draw_.add_argument("type", metavar="TYPE", choices=PREFIX, help=", ".join(PREFIX))
    draw_.add_argument("folder", type=Path, metavar="FOLDER", help="for the second reader")
    draw_.add_argument(
        "ids", type=_file, nargs="?", metavar="IDS", help="draw of the events in this file only"
    )
    check_ = commands.add_parser("check", help="list the mistakes in second codings; 1 if any")
    check_.add_argument("folder", type=_folder, metavar="FOLDER")
    take_ = commands.add_parser("take", help="take second codings in, all or none")
    take_.add_argument("folder", type=_folder, metavar="FOLDER")
    another = commands.add_parser("another", help="put aside second codings of another event")
    another.add_argument("events", nargs="+", metavar="EVENT_ID")
    differences_ = commands.add_parser(
        "differences", help="print the differences without a verdict"
    )
    differences_.add_argument("events", nargs="*", metavar="EVENT_ID")
    return parser


def _folder(text: str) -> Path:
    if not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"{text}: there is no such folder")
    return Path(text)


def _file(text: str) -> Path:
    if not Path(text).is_file():
        raise argparse.ArgumentTypeError(f"{text}: there is no such file")
    return Path(text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 where all is well, 1 for mistakes, 2 for misuse."""
    options = build_parser().parse_args(arguments)
    if options.command == "draw":
        allowed = set(options.ids.read_text("utf-8").split()) if options.ids else None
        drawn = draw(options.seed, options.count, options.type, options.folder, allowed)
        print(f"{len(drawn)} events drawn; {options.folder}/cases.yaml is for the second reader")
    elif options.command == "check":
        wrong = check(options.folder)
        print("\n".join(wrong) or "no mistakes")
        return 1 if wrong else 0
    elif options.command == "take":
        print("\n".join(take(options.folder)) or "nothing new")
    elif options.command == "another":
        put_aside(options.events)
    else:
        coded = {path.stem for path in places.SECOND.rglob("*.yaml")}
        unread = [event for event in options.events if event not in coded]
        if unread:
            raise Refused("\n".join(f"{event}: has no second coding" for event in unread))
        wanted = set(options.events)
        rows = [row for row in unsettled() if not wanted or row["event_id"] in wanted]
        print(as_csv(places.DIFFERENCES_COLUMNS, rows), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
