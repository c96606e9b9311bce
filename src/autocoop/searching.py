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

#: Cyrillic in Latin letters, after the BGN/PCGN romanisation of Russian without its signs.
_CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщыэюяєіїґўәғқңөұүһ"
_ROMAN = (
    "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch y e yu ya "
    "ye i yi g u a gh q ng o u u h"
)

#: Latin letters that do not fall apart into a base and an accent.
_LATIN = "øłđıæœðþəħ"
_PLAIN = "o l d i ae oe d th a h"

#: Signs that stand inside words and are passed over.
_SIGNS = "ъь'’‘ʼʻʹ`´"

_LETTERS = str.maketrans(
    dict(zip(_CYRILLIC + _LATIN, [*_ROMAN.split(), *_PLAIN.split()], strict=True))
    | dict.fromkeys(_SIGNS, "")
)

_LETTER = r"[^\W\d_]"
_RUNS = re.compile(rf"{_LETTER}+|\d+")
_INNER_HYPHEN = re.compile(rf"(?<={_LETTER})[-‐‑](?={_LETTER})")

#: Scripts that are written without spaces: a word may begin and end anywhere.
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")

#: A field that matches only as a whole: its words are those of the name.
_WHOLE = "id"

#: Fields that name the record itself; one that is the whole of the text comes first.
_NAMES = ("name", "alias", _WHOLE)


def search(text: str) -> "pd.DataFrame":
    """What the release holds under a name: one row a hit, the nearest first.

    Looked through are names, items, series (with their aliases), places and institutions of
    events, names and aliases of actors and series, and names, descriptions and values of the
    variables; identifiers where `text` is the whole of one.

    Case, accents and hyphens make no difference, and Cyrillic is read in Latin letters:
    ``"S-400"``, ``"s400"`` and ``"С-400"`` find the same. Words are matched from their beginning
    (``"exerc"`` finds exercises), words of one or two letters as a whole (``"su"`` finds Su-30,
    not Sudan), and so are numbers (``"S-30"`` does not find S-300). The words of `text` have to
    stand together; where they do so nowhere, a hit holds each of them somewhere, for events also
    among the names of their actors and in their year (``"S-400 India"``). Names in other scripts
    are found where the release holds them as aliases; nothing is translated.

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
    if not isinstance(text, str) or not _RUNS.search(_folded(text)):
        raise BadQuery(f"search({text!r}): write a word or a number to look for")
    records = list(_records())
    whole = _folded(text)
    finds = _finder(text)
    found = []
    for record in records:
        matched = [pair for pair in record["fields"] if finds(*pair)]
        exact = [pair for pair in matched if pair[0] in _NAMES and _folded(pair[1]) == whole]
        if matched:
            # The first field that holds it says why the record is there.
            found.append(_hit(record, (exact or matched)[:1], is_exact=bool(exact)))
    words = [word for word in text.split() if _RUNS.search(_folded(word))]
    if not found and len(words) > 1:
        finders = [_finder(word) for word in words]
        for record in records:
            matched = _each(record["fields"] + record["context"], finders)
            if matched:
                found.append(_hit(record, matched, is_exact=False))
    return [row for _, row in sorted(found, key=lambda pair: pair[0])]


def _folded(text: str) -> str:
    """Lower case, without accents, Cyrillic and all digits in Latin ones."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    text = "".join(
        str(unicodedata.decimal(letter)) if letter.isdecimal() else letter
        for letter in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(letter)
    )
    return unicodedata.normalize("NFC", text).strip()


def _finder(text: str) -> Callable[[str, str], bool]:
    """Whether a field's text holds `text`; see `search` for what that means."""
    whole = _folded(text)
    runs = _RUNS.findall(whole)
    first, last = runs[0], runs[-1]
    begin = r"(?<!\d)" if first.isdecimal() else rf"(?<!{_LETTER})"
    if last.isdecimal():
        end = r"(?!\d)"
    else:
        end = "" if len(last) > 2 or len(runs) > 1 else rf"(?!{_LETTER})"
    begin = "" if _UNSPACED.match(first[0]) else begin
    end = "" if _UNSPACED.match(last[-1]) else end
    pattern = re.compile(begin + r"[\W_]*".join(map(re.escape, runs)) + end)

    def finds(field: str, candidate: str) -> bool:
        candidate = _folded(candidate)
        if field == _WHOLE:
            return candidate == whole
        joined = _INNER_HYPHEN.sub("", candidate)
        return bool(pattern.search(candidate) or pattern.search(joined))

    return finds


def _each(
    pairs: list[tuple[str, str]], finders: list[Callable[[str, str], bool]]
) -> list[tuple[str, str]]:
    """For each finder the first pair it finds; none at all where one of them finds nothing."""
    matched = []
    for finds in finders:
        pair = next((pair for pair in pairs if finds(*pair)), None)
        if pair is None:
            return []
        matched.append(pair)
    return list(dict.fromkeys(matched))


def _hit(
    record: dict[str, Any], matched: list[tuple[str, str]], *, is_exact: bool
) -> tuple[tuple, dict[str, Any]]:
    """The row of a hit, after what it is sorted by."""
    row = {name: record[name] for name in ("kind", "id", "name", "type", "year")}
    row["matched_in"] = ", ".join(dict.fromkeys(field for field, _ in matched))
    row["match"] = "; ".join(text for _, text in matched)
    fields = [field for field, _ in record["fields"] + record["context"]]
    place = list(dict.fromkeys(fields)).index(matched[0][0])
    kind = KINDS.index(record["kind"])
    return (not is_exact, kind, place, record["year"] or 0, record["id"]), row


def search_text(text: str) -> str:
    """The hits for a terminal, by kind."""
    from autocoop.errors import suggestion

    rows = hits(text)
    if not rows:
        near = suggestion(text, (record["name"] for record in _records()))
        return f"nothing is found for {text!r}{near}"
    blocks = []
    for kind, title in zip(KINDS, ("actors", "series", "events", "variables"), strict=True):
        chosen = [row for row in rows if row["kind"] == kind]
        lines = [f"{title} ({len(chosen):,})"]
        for row in chosen:
            words = [row["id"]] if row["name"] == row["id"] else [row["id"], row["name"]]
            if row["matched_in"] != "name":
                words.append(f"[{row['matched_in']}: {row['match']}]")
            lines.append("  " + "  ".join(words))
        if chosen:
            blocks.append("\n".join(_cut(line) for line in lines))
    return "\n\n".join(blocks)


def _cut(line: str, width: int = 100) -> str:
    return line if len(line) <= width else f"{line[: width - 1]}…"


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
        fields = [("name", row["name"]), *aliases, (_WHOLE, row["actor_id"])]
        yield _record("actor", row["actor_id"], row["name"], fields)
    series: dict[str, list[tuple[str, str]]] = {}
    for row in read("series", ["series_id", "name", "type", "aliases"]).to_pylist():
        own = [row["name"], *(row["aliases"] or [])]
        series[row["series_id"]] = [("series", text) for text in own]
        fields = [("name" if text == row["name"] else "alias", text) for text in own]
        fields.append((_WHOLE, row["series_id"]))
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
            (_WHOLE, event_id),
        ]
        context = [*dict.fromkeys(actors.get(event_id, [])), ("year", str(row["year"]))]
        yield _record(
            "event", event_id, row["name"], fields, context, type=row["type"], year=row["year"]
        )
    for table, record in release.codebook().items():
        for column in record["columns"]:
            key = f"{table}.{column['column']}"
            fields = [("name", column["column"]), (_WHOLE, key)]
            fields.append(("description", column["description"]))
            for value, meaning in (column["values"] or {}).items():
                fields += [("value", value), ("meaning", meaning)]
            yield _record("variable", key, column["column"], fields)


def _record(
    kind: str,
    key: str,
    name: str,
    fields: list[tuple[str, str | None]],
    context: list[tuple[str, str]] | None = None,
    **facts: Any,
) -> dict[str, Any]:
    return {
        "kind": kind,
        "id": key,
        "name": name,
        "fields": [(field, text) for field, text in fields if text],
        "context": context or [],
        "type": facts.get("type"),
        "year": facts.get("year"),
    }
