"""The pages of the site as Markdown: those written by hand, their parts filled in, and the rest.

A line ``<!-- part: NAME -->`` of a page stands for what the function `NAME` of this module makes
from the release. No number is typed into a page.
"""

import html
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import autocoop
from autocoop import release
from autocoop.compile.documents import with_agreement
from autocoop.covering import SEARCH
from autocoop.loading import read
from autocoop.parties import EVENT_TYPE
from autocoop.show import overview as shown
from autocoop.text import markdown_table as table
from validation.acceptance import ACCEPTANCE, ALL, slices
from validation.tabular import rows_of

HERE = Path(__file__).parent
REPOSITORY = HERE.parent

_PART = re.compile(r"^<!-- part: (\w+) -->$", re.MULTILINE)

PARTS: dict[str, Callable[[], str]] = {}

#: Documents of the repository that are pages here.
_PAGE_OF = {"CONTRIBUTING.md": "rules.md", "CODEBOOK.md": "codebook/index.md"}


def part(function: Callable[[], str]) -> Callable[[], str]:
    """Registers a part of a page: nothing in, Markdown out."""
    PARTS[function.__name__] = function
    return function


def pages() -> dict[str, str]:
    """Path of every page below the site's root -> its Markdown."""
    import docs.figures  # noqa: F401  (registers its parts)

    written = {path.name: path.read_text("utf-8") for path in sorted(HERE.glob("*.md"))}
    return {name: filled(text) for name, text in written.items()} | codebook() | versions()


def filled(text: str) -> str:
    """A page with its parts put in."""

    def made(match: re.Match[str]) -> str:
        if match[1] not in PARTS:
            raise SystemExit(f"there is no part {match[1]!r}; there are: {', '.join(PARTS)}")
        return PARTS[match[1]]().strip()

    return _PART.sub(made, text)


def section(document: str, heading: str, page: str) -> str:
    """A section of a document of the repository, with its heading, its links made those of `page`.

    Raises `SystemExit` where the document has no such heading.
    """
    text = (REPOSITORY / document).read_text("utf-8")
    found = re.search(rf"^## {re.escape(heading)}\n.*?(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    if found is None:
        raise SystemExit(f"{document} has no section {heading!r}, which {page} shows")
    return relinked(found[0].strip(), page)


def relinked(text: str, page: str) -> str:
    """Links to documents of the repository as links to the pages that they are here."""
    up = "../" * page.count("/")

    def link(match: re.Match[str]) -> str:
        words, target = match.groups()
        if re.match(r"[a-z]+:|#", target):
            return match[0]
        return f"[{words}]({up}{_PAGE_OF[target]})" if target in _PAGE_OF else match[0]

    return re.sub(r"\[([^\]]+)\]\(([^)\s]+)\)", link, text)


# --- parts ------------------------------------------------------------------------------------


@part
def overview() -> str:
    return f"```text\n{shown()}\n```"


@part
def tables() -> str:
    rows = (
        (f"[`{name}`](codebook/{name}.md)", facts["row"], f"{facts['rows']:,}")
        for name, facts in release.manifest()["tables"].items()
    )
    return table(("table", "one row is", "rows"), rows, right="c")


@part
def rules() -> str:
    headings = ("What a page must say", "Rules of coding")
    return "\n\n".join(section("CONTRIBUTING.md", heading, "rules.md") for heading in headings)


@part
def citations() -> str:
    blocks = (("Text", "text"), ("APA", "apa"), ("BibTeX", "bibtex"))
    return "\n\n".join(
        f"## {title}\n\n```text\n{autocoop.cite(style)}\n```" for title, style in blocks
    )


@part
def licences() -> str:
    return f"```text\n{(REPOSITORY / 'LICENSE-DATA').read_text('utf-8').strip()}\n```"


@part
def levels() -> str:
    rows = "\n".join(
        f'<tr><td class="{name}"></td><td>{words(name)}</td><td>{html.escape(meaning)}</td></tr>'
        for name, meaning in SEARCH.items()
    )
    return f'<table class="levels"><tbody>\n{rows}\n</tbody></table>'


@part
def matrices() -> str:
    return "\n\n".join(matrix(name) for name in EVENT_TYPE)


def matrix(name: str) -> str:
    """Actor by year: how well each cell was searched, and how many events it has."""
    cells = autocoop.coverage(name)
    is_blank = ~cells["search"].isin(["searched", "partly_searched", "named_only"])
    is_blank &= cells["event_count"] == 0
    kept = cells[cells["actor_id"].isin(cells.loc[~is_blank, "actor_id"])]
    names = actor_names()
    found = {(row.actor_id, row.year): (row.search, row.event_count) for row in kept.itertuples()}
    years = sorted({year for _, year in found})
    lines = [
        f"### {release.facts(name)['title']}",
        "",
        '<div class="matrix"><table class="cells">',
        "<thead><tr>",
    ]
    lines.append('<th scope="col">actor</th>')
    lines += [f'<th scope="col">{year % 100:02d}</th>' for year in years]
    lines.append("</tr></thead><tbody>")
    for actor in sorted({actor for actor, _ in found}, key=lambda actor: names[actor]):
        row = [f'<tr><th scope="row">{html.escape(names[actor])}</th>']
        for year in years:
            level, count = found.get((actor, year), (None, 0))
            if level is None:
                row.append('<td class="gone"></td>')
                continue
            events = f"{count} {'event' if count == 1 else 'events'}"
            title = html.escape(f"{names[actor]} {year}: {words(level)}, {events}")
            row.append(f'<td class="{level}" title="{title}">{count or ""}</td>')
        lines.append("".join(row) + "</tr>")
    lines.append("</tbody></table></div>")
    return "\n".join(lines)


@part
def frame() -> str:
    from validation.frame import LEVELS, levels, summary

    header = ("part of the frame", "cells", *(words(name) for name in LEVELS))
    meanings = "\n".join(f"- *{words(name)}*: {meaning}" for name, meaning in LEVELS.items())
    return f"{table(header, summary(levels()), right='bcde')}\n\n{meanings}"


@part
def searches() -> str:
    names = actor_names()
    blocks = []
    for name in EVENT_TYPE:
        rows: dict[str, list[dict]] = {}
        for search in read("searches").to_pylist():
            if search["type"] == EVENT_TYPE[name]:
                for actor in search["actor_ids"]:
                    rows.setdefault(actor, []).append(search)
        lines = []
        for actor in sorted(rows, key=lambda actor: names[actor]):
            own = rows[actor]
            scopes = Counter(search["scope"] for search in own)
            outcomes = Counter(search["outcome"] for search in own)
            languages = Counter(code for search in own for code in search["languages"])
            first = min(search["year_from"] for search in own)
            last = max(search["year_to"] for search in own)
            lines.append(
                (
                    names[actor],
                    f"{first}-{last}",
                    scopes["open"],
                    scopes["named"],
                    *(outcomes[outcome] for outcome in ("found", "none", "unclear")),
                    ", ".join(f"{code} {count}" for code, count in sorted(languages.items())),
                )
            )
        header = ("actor", "years", "open", "named", "found", "none", "unclear", "languages")
        title = release.facts(name)["title"]
        blocks.append(f"### {title}: searches\n\n{table(header, lines, right='cdefg')}")
    return "\n\n".join(blocks)


@part
def reliability() -> str:
    body = [
        _verified(f"**{name}**" if name == ALL else name, rows) for name, rows in slices().items()
    ]
    header = (
        *("slice", "events", "with a mistake", "pages cited", "found again", "values compared"),
        *("wrong", "not stated", "share wrong or not stated"),
    )
    note = (
        "A page that was not found again says nothing about its values: they were not compared. "
        "The span is that of the middle 95 % of 10,000 samples of the events read, drawn anew with "
        "replacement, because mistakes of one event are not independent of each other."
    )
    return f"{table(header, body, right='bcdefgh')}\n\n{note}"


def _verified(title: str, rows: list[dict[str, str]]) -> tuple[object, ...]:
    import numpy as np

    counts = np.array(
        [
            [int(row[name]) for name in ("pages_cited", "pages_found", "values_compared")]
            + [int(row[name]) for name in ("values_wrong", "values_not_stated")]
            for row in rows
        ]
    )
    wrong = counts[:, 3:].sum(axis=1)
    # Seeded, so that the same file gives the same page.
    drawn = np.random.default_rng(0).integers(len(rows), size=(10_000, len(rows)))
    compared = np.maximum(counts[drawn, 2].sum(axis=1), 1)
    low, high = np.percentile(wrong[drawn].sum(axis=1) / compared, (2.5, 97.5))
    share = f"{wrong.sum() / counts[:, 2].sum():.1%} ({low:.1%} to {high:.1%})"
    return (title, len(rows), int((wrong > 0).sum()), *counts.sum(axis=0).tolist(), share)


@part
def mistakes() -> str:
    rows = [
        (f"[`{row['event_id']}`](explorer.html#event={row['event_id']})", _plain(row["note"]))
        for row in rows_of(ACCEPTANCE)
        if int(row["values_wrong"]) + int(row["values_not_stated"])
    ]
    return table(("event", "what the second reader found"), rows)


def _plain(text: str) -> str:
    """Text of the data that Markdown must not read as markup."""
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", text)


# --- pages made whole ---------------------------------------------------------------------------


def codebook() -> dict[str, str]:
    """The introduction of the codebook, and a page a table."""
    introduction = with_agreement(
        (REPOSITORY / "data" / "codebook_introduction.md").read_text("utf-8"),
        REPOSITORY / "validation" / "reliability",
    )
    # Its first paragraph speaks of the file it is a part of.
    _, _, rest = introduction.partition("\n## ")
    records = release.codebook()
    rows = ((f"[`{name}`]({name}.md)", record["row"]) for name, record in records.items())
    index = "# Codebook\n\n" + table(("table", "one row is"), rows) + "\n\n## " + rest
    made = {"codebook/index.md": relinked(index, "codebook/index.md")}
    for name, record in records.items():
        made[f"codebook/{name}.md"] = codebook_page(record)
    return made


def codebook_page(record: dict[str, Any]) -> str:
    """A table of the codebook: its columns, then the values of those that have a list of them."""
    key = ", ".join(f"`{name}`" for name in record["key"])
    facts = release.facts(record["table"])
    lines = [
        "---\nhide: [toc]\n---\n",
        f"# {record['title']}\n",
        f'`autocoop.load("{record["table"]}")`: one row is {record["row"]}. '
        f"{facts['rows']:,} rows, {len(record['columns'])} columns; the key is {key}.\n",
    ]
    rows = []
    for column in record["columns"]:
        name = column["column"]
        kind = column["type"] + ("" if column["is_nullable"] else ", never missing")
        if column["values"]:
            kind = f"[{kind}](#values-of-{name})"
        if column["references"]:
            kind += f", in [`{column['references']}`]({column['references']}.md)"
        measure = "; ".join(filter(None, (column["unit"], column["standard"])))
        origin = column["derived"] or (f"`{column['form']}`" if column["form"] else "")
        origin = f"derived: {origin}" if column["derived"] else origin
        holds = column["description"] + (f" *{measure}*" if measure else "")
        rows.append((f"`{name}`", holds, kind, origin))
    header = ("column", "what it holds, *unit and standard*", "type", "comes from")
    lines.append(table(header, rows) + "\n")
    for column in record["columns"]:
        if column["values"]:
            lines.append(f"## Values of `{column['column']}` {{#values-of-{column['column']}}}\n")
            meanings = ((f"`{value}`", text) for value, text in column["values"].items())
            lines.append(table(("value", "meaning"), meanings) + "\n")
    return "\n".join(lines)


def versions() -> dict[str, str]:
    """The list of versions, and a page for each: its files, and what changed since the last."""
    known = autocoop.versions()
    ordered = list(known)
    rows = [(f"[{version}]({version}.md)", day) for version, day in known.items()]
    made = {
        "versions/index.md": "# Versions\n\nThe newest first. A version is never changed; "
        "`autocoop.diff(OLD, NEW)` lists what differs between any two.\n\n"
        + table(("version", "released"), rows)
    }
    for version, older in zip(ordered, [*ordered[1:], None], strict=True):
        facts = release.manifest(version)["tables"]
        body = (
            (f"`{name}`", f"{each['rows']:,}", f"`{each['sha256']}`")
            for name, each in facts.items()
        )
        text = [f"# Version {version}", f"Released {known[version]}.", _notes(version)]
        if older is None:
            text.append("## What changed\n\nThis is the first version.")
        else:
            changes = autocoop.diff(older, version, format="text")
            text.append(f"## What changed since [{older}]({older}.md)\n\n{changes}")
        text.append("## Files\n\n" + table(("table", "rows", "sha256"), body, right="b"))
        made[f"versions/{version}.md"] = "\n\n".join(filter(None, text)) + "\n"
    return made


def _notes(version: str) -> str:
    """What CHANGELOG.md says of a version."""
    text = (REPOSITORY / "CHANGELOG.md").read_text("utf-8")
    found = re.search(
        rf"^## {re.escape(version)}\b[^\n]*\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE
    )
    return relinked(found[1].strip(), "versions/x.md") if found else ""


def actor_names() -> dict[str, str]:
    """actor_id -> name."""
    return {
        row["actor_id"]: row["name"] for row in read("actors", ["actor_id", "name"]).to_pylist()
    }


def words(term: str) -> str:
    """A term of a vocabulary as words."""
    return term.replace("_", " ")
