"""Reading YAML and CSV: every value stays text and knows its line.

YAML is read without any resolution of types (`NO` stays Norway, dates stay text), and without
the parts of the language that an event file has no use for: aliases, merge keys, tags.
"""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from autocoop.compile.problems import Problems
from autocoop.errors import MissingPackage

try:
    import yaml
except ImportError as error:
    raise MissingPackage(
        "reading event files needs PyYAML: pip install 'autocoop[contribute]'"
    ) from error


@dataclass(frozen=True)
class Scalar:
    text: str
    line: int


@dataclass(frozen=True)
class Sequence:
    items: tuple["Value", ...]
    line: int


@dataclass(frozen=True)
class Mapping:
    entries: dict[str, "Value"]
    key_lines: dict[str, int]
    line: int

    def get(self, key: str) -> "Value | None":
        return self.entries.get(key)


Value = Scalar | Sequence | Mapping

_BaseLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _TextLoader(_BaseLoader):
    """A loader that resolves nothing: all plain scalars are text."""

    yaml_implicit_resolvers: ClassVar[dict] = {}


#: Bytes of the longest event file that is read.
MAX_EVENT = 1_000_000

_PLAIN_TAGS = {
    "tag:yaml.org,2002:str",
    "tag:yaml.org,2002:seq",
    "tag:yaml.org,2002:map",
}


#: What a broken reference file keeps from being done.
NOT_CHECKED = "until then events are not checked"


def read_text(
    path: Path,
    shown: str,
    problems: Problems,
    *,
    fix_bytes: str = "save the file as UTF-8",
    fix_empty: str = "write the event or delete the file",
) -> str | None:
    """The file as text; None, and a problem, where it is not UTF-8 or is empty."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problems.add(
            shown,
            line,
            "",
            repr(raw[error.start : error.start + 4])[2:-1],
            "are bytes that are not UTF-8",
            fix_bytes,
        )
        return None
    if not text.strip():
        problems.add(shown, 1, "", None, "the file is empty", fix_empty)
        return None
    return text


def _yaml_fix(lines: list[str], line: int, what: str) -> str:
    """What would be right where a file is not YAML."""
    here = lines[line - 1] if line <= len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())]:
        return "indent with spaces: a tab cannot indent"
    if "quoted scalar" in what:
        return "close the quotation mark, or take it out"
    if "flow" in what:
        return "close the bracket that was opened, or take it out"
    if "block" in what or "mapping values" in what:
        return (
            "indent the line like those beside it; quote a text that holds ': ' or ' #' or begins "
            "with a special character"
        )
    return "quote a text that holds ': ' or ' #' or begins with a special character"


def read_yaml(path: Path, shown: str, problems: Problems) -> Mapping | None:
    """The file as a mapping whose every value knows its line.

    None, and problems, where it cannot be read so.
    """
    if path.stat().st_size > MAX_EVENT:
        problems.add(shown, 1, "", None, f"the file is longer than {MAX_EVENT:,} bytes")
        return None
    text = read_text(path, shown, problems)
    if text is None:
        return None
    try:
        root = yaml.compose(text, Loader=_TextLoader)
    except yaml.MarkedYAMLError as error:
        # A quotation that is never closed is found at the end; what is wrong is where it begins.
        is_open = "quoted scalar" in (error.context or "")
        mark = (error.context_mark if is_open else None) or error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        what = " ".join(filter(None, (error.context, error.problem)))
        problems.add(
            shown,
            line,
            "",
            None,
            f"not YAML: {what}",
            _yaml_fix(text.splitlines(), line, what),
        )
        return None
    except yaml.YAMLError as error:
        problems.add(shown, 1, "", None, f"not YAML: {error}")
        return None
    before = len(problems)
    value = _build(root, shown, "", problems, set())
    if not isinstance(value, Mapping):
        problems.add(shown, 1, "", None, "an event file is a mapping of fields")
        return None
    return value if len(problems) == before else None


def _build(node: Any, shown: str, path: str, problems: Problems, seen: set[int]) -> Value | None:
    line = node.start_mark.line + 1
    if id(node) in seen:
        problems.add(shown, line, path, None, "is an alias", "write the value out")
        return None
    seen.add(id(node))
    if node.tag not in _PLAIN_TAGS:
        problems.add(shown, line, path, node.tag, "is a tag", "leave tags out: all values are text")
        return None
    if isinstance(node, yaml.ScalarNode):
        return Scalar(node.value, line)
    if isinstance(node, yaml.SequenceNode):
        items = [
            _build(item, shown, f"{path}[{index}]", problems, seen)
            for index, item in enumerate(node.value)
        ]
        return Sequence(tuple(item for item in items if item is not None), line)
    entries: dict[str, Value] = {}
    key_lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        key_line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            problems.add(shown, key_line, path, None, "a key is a word")
            continue
        key = key_node.value
        inner = f"{path}.{key}" if path else key
        if key == "<<":
            problems.add(shown, key_line, inner, None, "is a merge key", "write the fields out")
            continue
        if key in entries:
            problems.add(
                shown,
                key_line,
                inner,
                None,
                f"stands twice, first in line {key_lines[key]}",
                "keep one of them",
            )
            continue
        value = _build(value_node, shown, inner, problems, seen)
        if value is not None:
            entries[key] = value
            key_lines[key] = key_line
    return Mapping(entries, key_lines, line)


@dataclass(frozen=True)
class Record:
    """A record of a CSV file. Cells are by column; where the number of cells is not right, they
    are those that there are, from the first on, and ``is_whole`` is false."""

    line: int
    cells: dict[str, str]
    is_whole: bool


def read_csv(path: Path, shown: str, columns: list[str], problems: Problems) -> list[Record] | None:
    """The records of a reference table, each with the line it begins in.

    A record of the wrong width is a problem and is returned all the same. None, and one problem,
    where the file cannot be read: it is missing, not UTF-8, has another header or an open quote.
    """
    restore = f"restore it; {NOT_CHECKED}"
    if not path.exists():
        problems.add(shown, 1, "", None, "the file is missing", restore)
        return None
    fix = f"save the file as UTF-8; {NOT_CHECKED}"
    text = read_text(path, shown, problems, fix_bytes=fix, fix_empty=restore)
    if text is None:
        return None
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(lines, strict=True)
    records: list[Record] = []
    odd: list[tuple[Record, list[str]]] = []
    line = 1
    broken = ""
    try:
        header = next(reader)
        if header != columns:
            missing = [name for name in columns if name not in header]
            extra = [name for name in header if name not in columns]
            problems.add(
                shown,
                1,
                "",
                ",".join(header),
                "is not the header of this table"
                + (f", missing {missing}" if missing else "")
                + (f", extra {extra}" if extra else "")
                + ("" if missing or extra else ", the order differs"),
                f"write {','.join(columns)}; {NOT_CHECKED}",
            )
            return None
        line = reader.line_num + 1
        for cells in reader:
            is_whole = len(cells) == len(columns)
            if not is_whole and reader.line_num > line:
                # Two quotes of two records that found each other.
                broken = f"the record goes on to line {reader.line_num}"
                break
            record = Record(line, dict(zip(columns, cells, strict=False)), is_whole)
            records.append(record)
            if not is_whole:
                odd.append((record, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        broken = str(error)
    if broken:
        # What looks wrong after an open quote is not: only the record that it stands in is named.
        begin = lines[line - 1].strip()
        problems.add(
            shown,
            line,
            "",
            f"{begin[:60]}…" if len(begin) > 60 else begin,
            f"not CSV: {broken}",
            f"close its quote, and write a quote inside a quoted cell twice; {NOT_CHECKED}",
        )
        return None
    for record, cells in odd:
        problems.add(
            shown,
            record.line,
            "",
            ",".join(cells),
            f"has {len(cells)} cells, not {len(columns)}",
            "quote a cell that holds a comma"
            if len(cells) > len(columns)
            else "an empty cell keeps its comma",
        )
    return records
