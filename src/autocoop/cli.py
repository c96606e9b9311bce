"""The command line: look at the dataset, and, in a checkout, compile it."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from autocoop import __version__
from autocoop.errors import AutocoopError, BadFilter

EVENT_TYPES = ("arms_transfer", "joint_exercise", "intervention", "pme_program")
OUT_HELP = (
    "write to a .csv, .parquet, .dta, .xlsx or .duckdb file; TABLE may be `all` for the last two"
)


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="autocoop",
        description="Who arms, trains, exercises with and intervenes for whom among autocracies.",
    )
    parser.add_argument("--version", action="version", version=f"autocoop {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    commands.add_parser("show", help="what is in here, at a glance")
    commands.add_parser("tables", help="the tables, and what one row of each is")

    load = commands.add_parser("load", help="print a table, or write it to a file")
    load.add_argument("table")
    load.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="COLUMN=VALUE",
        help="condition; repeat it for other columns; VALUE may be a,b (either), a+b (both, in a "
        "list), 2010..2015 or >=1000",
    )
    load.add_argument("--version", help="an older version")
    load.add_argument("--columns", metavar="A,B,C", help="columns to keep")
    load.add_argument("--out", metavar="FILE", help=OUT_HELP)

    codebook = commands.add_parser("codebook", help="what the columns mean")
    codebook.add_argument("table", nargs="?")

    search = commands.add_parser("search", help="find events, series, actors and variables")
    search.add_argument("text", nargs="+", metavar="TEXT")

    evidence = commands.add_parser("evidence", help="which page reports which value of an event")
    evidence.add_argument("event_id")

    cite = commands.add_parser("cite", help="how to cite this version")
    cite.add_argument("--style", default="text", help="text, apa or bibtex")

    commands.add_parser("versions", help="the versions that can be loaded")
    verify = commands.add_parser("verify", help="check the files of a release against its hashes")
    verify.add_argument("version", nargs="?")

    diff = commands.add_parser("diff", help="what changed between two versions")
    diff.add_argument("old")
    diff.add_argument("new", nargs="?", help="this version by default")

    release = commands.add_parser(
        "release", help="archive this version, if all that must hold does"
    )
    release.add_argument("--data", type=Path, help="the data folder (found by default)")

    compile_ = commands.add_parser("compile", help="compile data/ into data/release/")
    compile_.add_argument("--data", type=Path, help="the data folder (found by default)")
    compile_.add_argument(
        "--dry-run", action="store_true", help="write nothing; fail if the release is stale"
    )

    check = commands.add_parser("check", help="check event files and reference tables")
    check.add_argument("paths", nargs="*", type=Path, help="files or folders; all by default")
    check.add_argument("--data", type=Path, help="the data folder (found by default)")

    validate = commands.add_parser(
        "validate", help="hold your own tables to the schemas: exit 0, 1 (fails), 2 (unreadable)"
    )
    validate.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help=".csv, .parquet, .jsonl, .xlsx, or a Parquet folder",
    )
    validate.add_argument("--table", help="whose schema; by default the table a file is named for")
    validate.add_argument(
        "--references",
        metavar="FOLDER",
        help="look references up in a folder of tables, or in 'release', the one at hand",
    )
    validate.add_argument(
        "--release", metavar="FOLDER", help="a folder of tables, with the rules across tables"
    )
    validate.add_argument("--format", default="text", help="text, json, github or sarif")
    validate.add_argument("--first", action="store_true", help="stop at the first failure")

    new = commands.add_parser("new", help="print a commented skeleton of an event file")
    new.add_argument("type", choices=EVENT_TYPES)
    new.add_argument("--out", type=Path, metavar="FILE", help="write to a file that is not there")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 where all is well, 1 where data or release are wrong, 2 for misuse."""
    options = build_parser().parse_args(arguments)
    try:
        return globals()[f"_{options.command}"](options)
    except AutocoopError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader (head, less) has gone; there is nobody to tell.
        sys.stderr.close()
        return 0
    except OSError as error:
        print(f"not written: {error.strerror or error}", file=sys.stderr)
        return 1


def _show(options: argparse.Namespace) -> int:
    from autocoop.show import overview

    print(overview())
    return 0


def _tables(options: argparse.Namespace) -> int:
    from autocoop import tables
    from autocoop.text import columns_of_text

    print(columns_of_text(tables().items()))
    return 0


def _condition(text: str) -> tuple[str, Any]:
    name, sign, value = text.partition("=")
    for comparison in (">", "<"):
        head, found, rest = text.partition(comparison)
        if found and (not sign or len(head) < len(name)):
            return head.strip(), f"{comparison}{rest.strip()}"
    if not sign:
        raise BadFilter(f"--where {text!r} is no condition; write COLUMN=VALUE")
    value = value.strip()
    if "+" in value:
        return name.strip(), {"all": [part.strip() for part in value.split("+")]}
    if "," in value:
        return name.strip(), [part.strip() for part in value.split(",")]
    return name.strip(), value or None


def _load(options: argparse.Namespace) -> int:
    from autocoop import load

    where: dict[str, Any] = {}
    for text in options.where:
        name, condition = _condition(text)
        if name in where:
            raise BadFilter(
                f"--where {name} stands twice; write {name}=A,B for either, {name}=A+B for both"
            )
        where[name] = condition
    columns = options.columns.split(",") if options.columns else None
    if options.out is None:
        frame = load(options.table, columns=columns, where=where, version=options.version)
        for name, values in frame.items():
            if any(isinstance(value, list) for value in values):
                frame[name] = [";".join(v) if isinstance(v, list) else None for v in values]
        # A terminal is shown the ends of a long table and of long texts; a pipe gets everything.
        most, width = (40, 30) if sys.stdout.isatty() else (None, None)
        print(frame.to_string(max_rows=most, max_colwidth=width, line_width=None, index=False))
        print(f"{len(frame):,} rows")
        return 0
    from autocoop import export

    done = export(options.table, options.out, columns=columns, where=where, version=options.version)
    print(done)
    return 0


def _codebook(options: argparse.Namespace) -> int:
    from autocoop import codebook

    print(codebook(options.table), end="")
    return 0


def _search(options: argparse.Namespace) -> int:
    from autocoop.searching import search_text

    print(search_text(" ".join(options.text)))
    return 0


def _evidence(options: argparse.Namespace) -> int:
    from autocoop.show import evidence_text

    print(evidence_text(options.event_id))
    return 0


def _cite(options: argparse.Namespace) -> int:
    from autocoop import cite

    print(cite(options.style))
    return 0


def _versions(options: argparse.Namespace) -> int:
    from autocoop import versions
    from autocoop.text import columns_of_text

    print(columns_of_text(versions().items()))
    return 0


def _verify(options: argparse.Namespace) -> int:
    from autocoop import verify

    found = verify(options.version)
    for name, state in found.items():
        print(f"{name}: {state}")
    return 0 if set(found.values()) == {"ok"} else 1


def _diff(options: argparse.Namespace) -> int:
    from autocoop import diff

    print(diff(options.old, options.new, format="text"))
    return 0


def _release(options: argparse.Namespace) -> int:
    from autocoop.compile import find_data
    from autocoop.compile.releasing import cut

    print(cut(find_data(options.data)))
    return 0


def _compile(options: argparse.Namespace) -> int:
    from autocoop.compile import compile_release, find_data, stale

    data = find_data(options.data)
    if options.dry_run:
        differences = stale(data)
        for difference in differences:
            print(difference, file=sys.stderr)
        print("the release is stale" if differences else "the release is current")
        return 1 if differences else 0
    manifest = compile_release(data)
    events = manifest["tables"]["events"]["rows"]
    print(f"{data / 'release'}: {events:,} events, {len(manifest['tables'])} tables")
    return 0


def _check(options: argparse.Namespace) -> int:
    from autocoop.compile import check, find_data
    from autocoop.compile.problems import counted

    problems = check(find_data(options.data), options.paths or None)
    for problem in problems:
        print(problem)
    print(counted(problems) if problems else "no problems")
    return 1 if problems else 0


def _validate(options: argparse.Namespace) -> int:
    from autocoop.checking.report import render

    try:
        reports = _reports(options)
        print(render(reports, options.format))
    except AutocoopError as error:
        print(error, file=sys.stderr)
        return 2
    return 0 if all(reports) else 1


def _reports(options: argparse.Namespace) -> list[Any]:
    """The reports that `validate` was asked for; files of one table are one."""
    from autocoop.errors import BadQuery
    from autocoop.progress import progress_on
    from autocoop.validating import table_named, validate, validate_release

    if bool(options.files) == (options.release is not None):
        raise BadQuery("autocoop validate takes files, or --release FOLDER")
    with progress_on(sys.stderr) as progress:
        if options.release is not None:
            if options.table is not None:
                raise BadQuery("--release takes each file for the table it is named for")
            return [validate_release(options.release, lazy=not options.first, progress=progress)]
        by_table: dict[str, list[str]] = {}
        for file in options.files:
            table = options.table or table_named(file)
            if table is None:
                raise BadQuery(f"{file}: is not named for a table; say which one with --table")
            by_table.setdefault(table, []).append(file)
        return [
            validate(
                files,
                table,
                lazy=not options.first,
                references=options.references,
                progress=progress,
            )
            for table, files in by_table.items()
        ]


def _new(options: argparse.Namespace) -> int:
    from autocoop.skeleton import skeleton

    event_id = options.out.stem if options.out else ""
    text = skeleton(options.type, date.today().isoformat(), event_id)
    if options.out is None:
        print(text, end="")
        return 0
    try:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        with options.out.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        print(f"{options.out}: not written ({error.strerror})", file=sys.stderr)
        return 2
    print(f"{options.out}: written; fill it in, then run `autocoop check {options.out}`")
    return 0
