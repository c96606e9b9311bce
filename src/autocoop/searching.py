"""Finding what the dataset holds, by a word: events, series, actors and variables."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from autocoop import release
from autocoop.errors import BadQuery

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("actor", "series", "event", "variable")
COLUMNS = ("kind", "id", "name", "matched_in", "match", "type", "year")

#: Cyrillic in Latin letters, after the BGN/PCGN romanisation without its signs, and the letters
#: that do not fall apart into a base and an accent.
_LATIN = str.maketrans(
    {
        **dict(zip("абвгдезийклмнопрстуфъыьэіїґўқғңұүһөә", "abvgdeziyklmnoprstuf*y*eiigukgnuuhoa")),
        **{"ъ": "", "ь": "", "ё": "yo", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh"},
        **{"щ": "shch", "ю": "yu", "я": "ya", "є": "ye"},
        **{"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"},
        **{"ə": "a", "ħ": "h"},
        **dict.fromkeys("'’ʼ‘ʻ`´ʹ", ""),
    }
)

#: Scripts that are written without spaces: a word may begin and end anywhere.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_RUNS = re.compile(r"[^\W\d_]+|\d+")


def search(text: str) -> "pd.DataFrame":
    """What the release holds under a name: one row a hit, the nearest first.

    Looked through are names, items, series (with their aliases), places and institutions of
    events, names and aliases of actors and series, and names, descriptions and values of the
    variables; identifiers where `text` is the whole of one.

    Case, accents, hyphens and spaces make no difference, and Cyrillic is read in Latin letters:
    ``"S-400"``, ``"s400"`` and ``"С-400"`` find the same. Words are matched from their beginning
    (``"exerc"`` finds exercises, ``"su"`` finds Su-30 but not Sudan: less than three letters have
    to be the whole word); numbers are matched whole (``"S-30"`` does not find S-300). Words of
    `text` have to stand together; where they do so nowhere, a hit holds each of them somewhere,
    for events also among the names of their actors and in their year (``"S-400 India"``). Names
    in other scripts are found where the release holds them as aliases; nothing is translated.

    Returns
    -------
    ``kind`` (``actor``, ``series``, ``event``, ``variable``), ``id`` (its key; of a variable
    ``table.column``), ``name``, ``matched_in`` (the field, or fields, that matched), ``match``
    (what stands there); for events, and where it is known for series, ``type``, and for events
    ``year``. Whole names come before parts of them. No hit: no row.

    Raises `BadQuery` where `text` holds no letter and no digit.
    """
    import pandas as pd

    frame = pd.DataFrame(hits(text), columns=list(COLUMNS))
    types = _values("events", "type")
    return frame.astype(
        {
            "kind": pd.CategoricalDtype(list(KINDS)),
            **dict.fromkeys(("id", "name", "matched_in", "match"), "str"),
            "type": pd.CategoricalDtype(types),
            "year": "Int64",
        }
    )


def hits(text: str) -> list[dict[str, Any]]:
    """The rows of `search`, as plain values."""
    if not isinstance(text, str) or not _RUNS.search(text):
        raise BadQuery(f"search({text!r}): write a word or a number to look for")
    records = list(_records())
    whole = _folded(text)
    phrase = _finder(text)
    found = [
        _hit(record, matched, whole)
        for record in records
        if (matched := [pair for pair in record["fields"] if phrase(*pair)])
    ]
    words = text.split()
    if not found and len(words) > 1:
        finders = [_finder(word) for word in words if _RUNS.search(word)]
        found = [
            _hit(record, matched, whole)
            for record in records
            if (matched := _spread(record["fields"] + record["context"], finders))
        ]
    return [row for _, row in sorted(found, key=lambda pair: pair[0])]


def search_text(text: str) -> str:
    """The hits for a terminal, by kind."""
    from autocoop.errors import suggestion
    from autocoop.text import columns_of_text

    rows = hits(text)
    if not rows:
        near = suggestion(text, (record["name"] for record in _records()))
        return f"nothing is found for {text!r}{near}"
    blocks = []
    for kind in KINDS:
        chosen = [row for row in rows if row["kind"] == kind]
        if not chosen:
            continue
        table = []
        for row in chosen:
            cells = [row["id"]] if kind == "event" else [row["id"], row["name"]]
            if row["matched_in"] != "name":
                where = f"{row['matched_in']}: {row['match']}"
                table.append([*cells, where if kind != "event" else f"{row['name']} ({where})"])
            else:
                table.append([*cells, row["name"] if kind == "event" else ""])
        title = {"series": "series", "variable": "variables"}.get(kind, f"{kind}s")
        lines = columns_of_text(table, "  ").splitlines()
        lines = [line if len(line) <= 100 else f"{line[:99]}…" for line in lines]
        blocks.append("\n".join([f"{title} ({len(chosen):,})", *lines]))
    return "\n\n".join(blocks)


def _values(table: str, column: str) -> list[str]:
    record = release.codebook()[table]
    return next(list(c["values"]) for c in record["columns"] if c["column"] == column)


def _records() -> Iterator[dict[str, Any]]:
    """Everything that can be found: kind, key, name, and its fields as pairs of name and text."""
    from autocoop.loading import read

    names = {}
    for row in read("actors", ["actor_id", "name", "aliases"]).to_pylist():
        names[row["actor_id"]] = row["name"]
        aliases = [("alias", alias) for alias in row["aliases"] or []]
        fields = [("name", row["name"]), *aliases, ("id", row["actor_id"])]
        yield _record("actor", row["actor_id"], row["name"], fields)
    series: dict[str, list[tuple[str, str]]] = {}
    for row in read("series", ["series_id", "name", "type", "aliases"]).to_pylist():
        own = [row["name"], *(row["aliases"] or [])]
        series[row["series_id"]] = [("series", text) for text in own]
        fields = [("name" if text == row["name"] else "alias", text) for text in own]
        fields.append(("id", row["series_id"]))
        yield _record("series", row["series_id"], row["name"], fields, type=row["type"])
    items: dict[str, list[tuple[str, str]]] = {}
    for row in read("arms_items", ["event_id", "designation"]).to_pylist():
        items.setdefault(row["event_id"], []).append(("item", row["designation"]))
    institutions = {
        row["event_id"]: row["institution"]
        for row in read("pme_programs", ["event_id", "institution"]).to_pylist()
    }
    actors: dict[str, list[tuple[str, str]]] = {}
    for row in read("participants", ["event_id", "actor_id"]).to_pylist():
        actors.setdefault(row["event_id"], []).append(("actor", names[row["actor_id"]]))
    columns = ["event_id", "name", "type", "year", "series_id", "place"]
    for row in read("events", columns).to_pylist():
        event_id = row["event_id"]
        fields = [
            ("name", row["name"]),
            *items.get(event_id, []),
            *series.get(row["series_id"], []),
            ("institution", institutions.get(event_id)),
            *(("place", place) for place in (row["place"] or "").split("; ")),
            ("id", event_id),
        ]
        context = [*dict.fromkeys(actors.get(event_id, [])), ("year", str(row["year"]))]
        yield _record(
            "event", event_id, row["name"], fields, context, type=row["type"], year=row["year"]
        )
    for table, record in release.codebook().items():
        for column in record["columns"]:
            fields = [("name", column["column"]), ("description", column["description"])]
            for value, meaning in (column["values"] or {}).items():
                fields += [("value", value), ("meaning", meaning)]
            yield _record("variable", f"{table}.{column['column']}", column["column"], fields)


def _record(
    kind: str,
    key: str,
    name: str,
    fields: list[tuple[str, str | None]],
    context: list[tuple[str, str]] | None = None,
    **facts: Any,
) -> dict[str, Any]:
    present = [(field, text) for field, text in fields if text]
    return {
        **{"kind": kind, "id": key, "name": name, "fields": present, "context": context or []},
        **{"type": facts.get("type"), "year": facts.get("year")},
    }


def _hit(
    record: dict[str, Any], matched: list[tuple[str, str]], whole: str
) -> tuple[tuple, dict[str, Any]]:
    """The row of a hit, and what it is sorted by."""
    exact = [pair for pair in matched if _folded(pair[1]) == whole]
    # The first field that matches says why the row is there; several only where each holds a part.
    shown = exact[:1] or matched[:1] if record["kind"] != "spread" else matched
    shown = matched if record.get("is_spread") else shown
    row = {key: record[key] for key in ("kind", "id", "name", "type", "year")}
    row["matched_in"] = ", ".join(dict.fromkeys(field for field, _ in shown))
    row["match"] = "; ".join(dict.fromkeys(text for _, text in shown))
    order = [field for field, _ in record["fields"] + record["context"]]
    rank = (not exact, KINDS.index(record["kind"]), order.index(shown[0][0]), record["year"] or 0)
    return (*rank, record["id"]), row
