"""Where the files of the second reading stand, what their columns are, and how cases are read."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from autocoop.compile.form import PREFIX

ROOT = Path(__file__).parents[2]
RELIABILITY = ROOT / "validation" / "reliability"
FIRST, SECOND = RELIABILITY / "first_reading", RELIABILITY / "second_reading"
ANOTHER = RELIABILITY / "another_event"
SAMPLE = RELIABILITY / "sample.csv"
SAMPLE_COLUMNS = (
    *("case", "event_id", "type", "seed", "count", "version", "drawn_on"),
    *("grade", "region", "span", "outcome"),
)
PAGES = RELIABILITY / "pages.csv"
PAGES_COLUMNS = ("event_id", "url", "events_first", "events_second")
DIFFERENCES = RELIABILITY / "differences.csv"
DIFFERENCES_COLUMNS = ("event_id", "variable", "first", "second", "right", "cause")

#: Reads every scalar as text.
TextLoader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@contextmanager
def alone() -> Iterator[None]:
    """One command at a time: what is kept is read and written while no other one may do so."""
    import fcntl

    folder = SAMPLE.parent
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        # Given back by the system, too, where the process dies.
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


class Refused(SystemExit):
    """What was asked cannot be done, and nothing was; the message says why, a line a mistake."""


def cases_of(folder: Path) -> dict[str, dict[str, Any]]:
    """Case -> what the second reader got. Raises `Refused` where it is not what `draw` wrote."""
    path = folder / "cases.yaml"
    try:
        cases = {case["case"]: case for case in yaml.safe_load(path.read_text("utf-8"))}
        # Looked up here, so that no later step meets a case without them.
        for case in cases.values():
            _ = PREFIX[case["type"]], [page["url"] for page in case["pages"]]
    except FileNotFoundError:
        raise Refused(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, KeyError):
        raise Refused(f"{path}: is not a list of cases as `draw` writes it") from None
    return cases


def plain(path: Path) -> dict[str, Any]:
    """An event file with every scalar as text; nothing where it cannot be read."""
    try:
        found = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=TextLoader)
    except (UnicodeDecodeError, yaml.YAMLError):
        return {}
    return found if isinstance(found, dict) else {}


def urls_of(plain: dict[str, Any]) -> list[str]:
    """The addresses that an event file cites, as far as it has the form of one."""
    sources = plain.get("sources")
    if not isinstance(sources, list):
        return []
    found = [source.get("url") for source in sources if isinstance(source, dict)]
    return [url for url in found if isinstance(url, str)]
