"""The documentation site and the explorer, as a reader meets them."""

import base64
import csv
import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

import pytest
from conftest import REPOSITORY, Project
from test_versions import OLD
from test_versions import project as archived  # noqa: F401  (a fixture)

import autocoop
from autocoop import release
from autocoop.parties import EVENT_TYPE
from docs import explorer, figures, pages
from docs.__main__ import broken_links, build_site

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)

browser = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no chromium is installed (apt-get install chromium)"
    ),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site, built anew; a broken link fails every test."""
    folder = tmp_path_factory.mktemp("docs")
    assert build_site(folder / "pages", folder / "site") == []
    return folder / "site"


class Elements(HTMLParser):
    """Every element of a page: tag, attributes, text directly and deeper inside."""

    VOID = {"meta", "link", "input", "img", "br", "hr", "source"}

    def __init__(self, text: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str], list[str]]] = []
        self.open: list[tuple[str, dict[str, str], list[str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = (tag, {name: value or "" for name, value in attrs}, [])
        self.all.append(element)
        if tag not in self.VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element[2].append(data)

    def find(self, tag: str, **wanted: str) -> list[tuple[dict[str, str], str]]:
        """Attributes and text of the elements that have these attributes."""
        names = {name.replace("_", "-"): value for name, value in wanted.items()}
        return [
            (attributes, "".join(text))
            for name, attributes, text in self.all
            if name == tag and names.items() <= attributes.items()
        ]


def read(path: Path) -> Elements:
    return Elements(path.read_text("utf-8"))


# --- the site -----------------------------------------------------------------------------------


def test_every_table_and_version_has_its_page(site: Path) -> None:
    for table in autocoop.tables():
        text = (site / "codebook" / f"{table}.html").read_text("utf-8")
        for column in release.codebook()[table]["columns"]:
            assert f"<code>{column['column']}</code>" in text
            for value in column["values"] or []:
                assert f"<code>{value}</code>" in text
    for version, day in autocoop.versions().items():
        text = (site / "versions" / f"{version}.html").read_text("utf-8")
        assert day in text
        for facts in release.manifest(version)["tables"].values():
            assert facts["sha256"] in text


def test_version_pages_say_what_changed(archived: Project) -> None:  # noqa: F811
    made = pages.versions()
    new = made[f"versions/{autocoop.__version__}.md"]
    assert f"## What changed since [{OLD}]({OLD}.md)" in new
    for line in ("- `at-test-deal-2014`", "- `je-other-drill-2018`", "4000 -> 4100"):
        assert line in new
    assert "This is the first version." in made[f"versions/{OLD}.md"]
    rows = re.findall(r"^\| \[([\d.]+)\]", made["versions/index.md"], re.MULTILINE)
    assert rows == [autocoop.__version__, OLD]


def test_every_written_page_is_in_the_site_and_its_navigation(site: Path) -> None:
    links = {
        attributes.get("href", "").removeprefix("./")
        for attributes, _ in read(site / "index.html").find("a")
    }
    names = {path.stem for path in (REPOSITORY / "docs").glob("*.md")}
    assert {f"{name}.html" for name in names | {"explorer"}} <= links


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    found = []
    for path in site.rglob("*.html"):
        elements = read(path)
        for tag, attribute in (("link", "href"), ("script", "src"), ("img", "src")):
            found += [
                (path.name, attributes[attribute])
                for attributes, _ in elements.find(tag)
                if re.match(r"(\w+:)?//", attributes.get(attribute, ""))
            ]
    for path in site.rglob("*.css"):
        found += re.findall(r"(?:@import|url\()\s*[\"']?https?:[^)]*", path.read_text("utf-8"))
    assert found == []


def test_broken_links_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<h1 id="top">A</h1><a href="b.html#here">b</a><a href="b.html#gone">x</a>'
        '<a href="#top">t</a><img src="none.svg"><a href="https://example.org/">out</a>'
    )
    (tmp_path / "b.html").write_text('<p id="here"></p><a href="c.html">c</a>')
    assert broken_links(tmp_path) == [
        *("a.html: b.html#gone", "a.html: none.svg"),
        "b.html: c.html",
    ]


def test_coding_rules_are_those_of_contributing() -> None:
    page = pages.pages()["rules.md"]
    text = (REPOSITORY / "CONTRIBUTING.md").read_text("utf-8")
    rules = text.partition("## Rules of coding")[2].partition("\n## ")[0]
    assert rules.strip()
    assert rules.strip() in page


def test_a_page_that_asks_for_what_is_not_there_says_so() -> None:
    with pytest.raises(SystemExit, match=r"no part 'nothing'; there are: .*overview"):
        pages.filled("<!-- part: nothing -->")
    with pytest.raises(SystemExit, match=r"CHANGELOG\.md has no section 'Gone', which x\.md shows"):
        pages.section("CHANGELOG.md", "Gone", "x.md")


def test_index_and_citation_are_of_this_release() -> None:
    made = pages.pages()
    events = len(autocoop.load("events"))
    assert f"{events:,} events" in made["index.md"]
    for style in ("text", "apa", "bibtex"):
        assert autocoop.cite(style) in made["cite.md"]


def test_reliability_adds_up_what_the_second_readers_found() -> None:
    path = REPOSITORY / "validation" / "reliability" / "acceptance.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    page = pages.pages()["reliability.md"]
    table = {
        line.split(" | ")[0].strip("| *"): [cell.strip(" |") for cell in line.split(" | ")[1:]]
        for line in page.splitlines()
        if line.startswith("| ")
    }
    for row in rows:
        # What was read without a draw is no sample, and stands apart.
        row["slice"] += "" if row["seed"] else ", not drawn"
    for slice_ in [*{row["slice"] for row in rows}, "all drawn"]:
        own = [
            row for row in rows if slice_ == row["slice"] or (slice_ == "all drawn" and row["seed"])
        ]
        wrong = sum(int(row["values_wrong"]) for row in own)
        missing = sum(int(row["values_not_stated"]) for row in own)
        compared = sum(int(row["values_compared"]) for row in own)
        assert table[slice_][0] == str(len(own))
        assert table[slice_][4:7] == [str(compared), str(wrong), str(missing)]
        share, low, high = map(float, re.findall(r"([\d.]+)%", table[slice_][7]))
        assert share == pytest.approx(100 * (wrong + missing) / compared, abs=0.06)
        assert low <= share <= high
    mistaken = {
        row["event_id"]
        for row in rows
        if int(row["values_wrong"]) + int(row["values_not_stated"]) > 0
    }
    assert set(re.findall(r"#event=([\w-]+)\)", page)) == mistaken


@pytest.mark.parametrize("table", EVENT_TYPE)
def test_matrix_shows_searches_and_counts(table: str) -> None:
    cells = {
        attributes["title"]: (attributes["class"], text)
        for attributes, text in Elements(pages.matrix(table)).find("td")
        if "title" in attributes
    }
    names = pages.actor_names()
    shown = 0
    for row in autocoop.coverage(table).itertuples():
        events = f"{row.event_count} {'event' if row.event_count == 1 else 'events'}"
        title = f"{names[row.actor_id]} {row.year}: {pages.words(row.search)}, {events}"
        if title in cells:
            shown += 1
            assert cells[title] == (row.search, str(row.event_count or ""))
        else:
            # An actor is left out only where nothing was looked for and nothing found.
            assert row.search in ("not_searched", "out_of_scope")
            assert row.event_count == 0
    assert shown == len(cells) > 0


def test_gallery_shows_the_code_that_ran(site: Path) -> None:
    page = pages.pages()["gallery.md"]
    scripts = figures.gallery_scripts()
    assert len(scripts) >= 6
    for script in scripts:
        title, caption, code = figures.split(script)
        assert title
        assert caption
        assert script.read_text("utf-8").endswith(f'"""\n\n{code}\n')
        assert f"```python\n{code}\n```" in page
        lines = [line for line in code.splitlines() if line and not line.startswith("import ")]
        assert len(lines) <= 10, script.name
        picture = site / "figures" / f"{script.stem}.svg"
        assert picture.read_text("utf-8").count("<path") > 20, script.name


def test_figures_are_the_same_at_each_build(site: Path, tmp_path: Path) -> None:
    script = figures.gallery_scripts()[0]
    figures.draw(script, tmp_path / "again.svg")
    assert (tmp_path / "again.svg").read_bytes() == (
        site / "figures" / f"{script.stem}.svg"
    ).read_bytes()


# --- the explorer -------------------------------------------------------------------------------


def test_explorer_is_one_page_that_may_load_nothing(site: Path) -> None:
    text = (site / "explorer.html").read_text("utf-8")
    elements = Elements(text)
    ((meta, _),) = elements.find("meta", http_equiv="Content-Security-Policy")
    policy = meta["content"]
    assert "default-src 'none'" in policy
    for tag in ("style", "script"):
        (part,) = (
            text for given, text in elements.find(tag) if given.get("type") != "application/json"
        )
        digest = base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
        assert "http" not in part.replace(explorer_namespace(), "").replace("https?", "")
        for unsafe in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval("):
            assert unsafe not in part
    assert not elements.find("link")
    assert not elements.find("img")
    assert [given for given, _ in elements.find("script") if "src" in given] == []


def explorer_namespace() -> str:
    """The one address in the page's code: a name, which nothing fetches."""
    return "http://www.w3.org/2000/svg"


def test_embedded_data_cannot_leave_its_element() -> None:
    hostile = {"a": "</script><script>alert(1)</script><!--", "b": "\u2028&amp;"}
    text = explorer.embedded(hostile)
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == hostile


def test_explorer_holds_every_event_source_and_claim() -> None:
    data = explorer.data()
    assert {event["id"] for event in data["events"]} == set(autocoop.load("events")["event_id"])
    claims = Counter(autocoop.load("claims")["event_id"])
    sources = Counter(autocoop.load("sources")["event_id"])
    for event in data["events"]:
        assert sum(len(group[2]) for group in event["claims"]) == claims[event["id"]]
        assert len(event["sources"]) == sources[event["id"]]


def chromium(address: str, folder: Path, *options: str) -> str:
    """What headless Chromium, with a profile of its own, prints for an address."""
    profile = tempfile.mkdtemp(dir=folder)
    command = [
        *(CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
        *("--virtual-time-budget=8000", f"--user-data-dir={profile}"),
    ]
    done = subprocess.run(
        [*command, *options, address], capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout


def opened(page: Path, folder: Path, *fragments: dict[str, str]) -> list[Elements]:
    """The explorer as it stands in the browser, opened from the disk with each set of filters."""

    def one(fragment: dict[str, str]) -> Elements:
        text = chromium(f"{page.as_uri()}#{urlencode(fragment)}", folder, "--dump-dom")
        return Elements(
            re.sub(r'<script type="application/json".*?</script>', "", text, flags=re.S)
        )

    # A browser mostly waits while it starts.
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(one, fragments))


def listed(elements: Elements) -> list[str]:
    return [given["data-id"] for given, _ in elements.find("li") if "data-id" in given]


FILTERS = [
    ({"type": "joint_exercise", "actor": "RUS", "year": "2018"}, "joint_exercises"),
    ({"type": "arms_transfer", "actor": "Algeria", "status": "completed"}, "arms_transfers"),
    ({"type": "intervention", "year": "2010..2015", "grade": "A"}, "interventions"),
    ({"type": "pme_program", "actor": "CHN"}, "pme_programs"),
    ({"year": "2003"}, "events"),
]


WORDS = {"q": "PEACE misŝion 2018"}
NO_WORDS = {"q": "no such drill"}
UNKNOWN = {"actor": "Atlantis", "year": "late"}


@pytest.fixture(scope="module")
def filtered(
    site: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[dict[str, str]], Elements]:
    """Gives the explorer as it stands with some filters; all are opened at once."""
    fragments = [*(fragment for fragment, _ in FILTERS), WORDS, NO_WORDS, UNKNOWN]
    folder = tmp_path_factory.mktemp("filters")
    found = opened(site / "explorer.html", folder, *fragments)
    return lambda fragment: found[fragments.index(fragment)]


@pytest.mark.parametrize("number", range(len(FILTERS)))
class TestFilters:
    pytestmark = browser

    def test_explorer_finds_what_load_finds(
        self, filtered: Callable[[dict[str, str]], Elements], number: int
    ) -> None:
        fragment, table = FILTERS[number]
        elements = filtered(fragment)
        where = {
            {"grade": "evidence_grade", "year": "years"}.get(name, name): value
            for name, value in fragment.items()
            if name != "type"
        }
        if table == "events":
            where = {"year": int(fragment["year"])}
        expected = autocoop.load(table, where=where)["event_id"].tolist()
        assert sorted(listed(elements)) == sorted(expected)
        assert expected
        total = len(autocoop.load("events"))
        ((_, count),) = elements.find("p", id="count")
        assert count == f"{len(expected):,} of {total:,} events"
        # The page says how to have these rows in Python, and is right.
        (code,) = (text for _, text in elements.find("code") if text.startswith("autocoop.load"))
        assert len(eval(code, {"autocoop": autocoop})) == len(expected)


class TestBrowser:
    pytestmark = browser

    def test_words_are_found_without_case_and_accents(
        self, filtered: Callable[[dict[str, str]], Elements]
    ) -> None:
        assert "je-peace-mission-2018" in listed(filtered(WORDS))
        assert "je-peace-mission-2016" not in listed(filtered(WORDS))
        assert listed(filtered(NO_WORDS)) == []

    def test_unknown_filters_are_named(
        self, filtered: Callable[[dict[str, str]], Elements]
    ) -> None:
        elements = filtered(UNKNOWN)
        ((_, count),) = elements.find("p", id="count")
        assert "there is no actor “Atlantis”" in count
        assert "“late” is no year" in count
        assert listed(elements) == []

    def test_an_event_shows_values_pages_and_differing_claims(
        self, site: Path, tmp_path: Path
    ) -> None:
        claims = autocoop.load("claims")
        differing = claims[claims["relation"] == "differs"].groupby("event_id").size()
        event_id = differing.idxmax()
        (elements,) = opened(site / "explorer.html", tmp_path, {"event": event_id})
        name = autocoop.load("events", where={"event_id": event_id})["name"].iloc[0]
        assert name in [text for _, text in elements.find("h2")]
        differ = [text for given, text in elements.find("div") if given.get("class") == "differs"]
        assert len(differ) == differing.max()
        pages_of_event = autocoop.sources(event_id)
        links = {given.get("href") for given, _ in elements.find("a")}
        assert set(pages_of_event["url"]) <= links
        fields = {given["title"] for given, _ in elements.find("th") if "title" in given}
        assert fields == set(claims.loc[claims["event_id"] == event_id, "field"])

    def test_no_event_is_told_apart_from_not_searched(self, site: Path, tmp_path: Path) -> None:
        cells = autocoop.coverage("pme_programs")
        states = set(autocoop.load("actors", where={"kind": "state"})["actor_id"])
        empty = cells[cells["actor_id"].isin(states) & (cells["event_count"] == 0)]
        provided = autocoop.load("events", where={"type": "pme_program"})
        parts = autocoop.load("participants", where={"event_id": provided["event_id"].tolist()})
        # A state that is in no programme of the year, neither teaching nor taught.
        parts = parts.merge(provided[["event_id", "year"]], on="event_id")
        taken = set(zip(parts["actor_id"], parts["year"], strict=True))
        empty = empty[
            [pair not in taken for pair in zip(empty["actor_id"], empty["year"], strict=True)]
        ]
        levels = empty.groupby("search", observed=True).tail(1)
        assert len(levels) > 1
        rows = levels.to_dict("records")
        fragments = (
            {"type": "pme_program", "actor": row["actor_id"], "year": str(row["year"])}
            for row in rows
        )
        found = opened(site / "explorer.html", tmp_path, *fragments)
        for row, elements in zip(rows, found, strict=True):
            assert listed(elements) == []
            ((_, note),) = elements.find("p", id="searched")
            is_searched = row["search"] == "searched"
            assert f"open searches cover {is_searched:d} of 1 year whole" in note
            assert note.endswith(pages.words(row["search"]))

    def test_hostile_text_stays_text(self, tmp_path: Path) -> None:
        data = explorer.data()
        event = data["events"][0]
        markup = "<img src=x onerror=document.title='broken'></p><script>1</script>"
        event |= {"name": markup, "summary": markup, "place": markup, "where": markup}
        for page in event["sources"]:
            page |= {"title": markup, "url": "javascript:document.title='broken'"}
        path = tmp_path / "hostile.html"
        path.write_text(explorer.page(data), "utf-8")
        (elements,) = opened(path, tmp_path, {"event": event["id"]})
        assert [text for _, text in elements.find("h2")] == [markup]
        assert not elements.find("img")
        links = [given.get("href", "") for given, _ in elements.find("a")]
        assert not [link for link in links if link.startswith("javascript")]
        (_, title), *_ = elements.find("title")
        assert title.startswith(markup)

    def test_keyboard_reaches_and_leaves_an_event(self, tmp_path: Path) -> None:
        """Keys are sent by a script that a copy of the page, without its policy, lets run."""
        script = """
          // The page's own listener came first: it has drawn when this one is called.
          const changed = (act) => new Promise((done) => {
            addEventListener("hashchange", done, { once: true }); act(); });
          const press = (key) => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", { key, bubbles: true }));
          (async () => {
            const seen = [];
            const note = () => seen.push(document.activeElement.closest("li")?.dataset.id
              || document.activeElement.id);
            document.querySelector("#list a").focus(); note();
            press("ArrowDown"); note();
            await changed(() => document.activeElement.click()); note();
            await changed(() => press("Escape")); note();
            press("ArrowUp"); note();
            document.body.dataset.seen = JSON.stringify(seen);
            document.body.dataset.hash = location.hash;
          })();"""
        text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", explorer.page())
        path = tmp_path / "keys.html"
        path.write_text(text.replace("</body>", f"<script>{script}</script></body>"), "utf-8")
        (elements,) = opened(path, tmp_path, {"type": "intervention"})
        first, second = listed(elements)[:2]
        ((body, _),) = elements.find("body")
        assert json.loads(body["data-seen"]) == [first, second, "detail", second, first]
        assert body["data-hash"] == "#type=intervention"

    def test_every_control_has_a_label(
        self, filtered: Callable[[dict[str, str]], Elements]
    ) -> None:
        elements = filtered(WORDS)
        controls = len(elements.find("select")) + len(elements.find("input"))
        labels = [text.strip() for _, text in elements.find("label")]
        assert len(labels) == controls >= 7
        assert all(labels)

    def test_page_fits_a_phone(self, site: Path, tmp_path: Path) -> None:
        """Measured once the frames have loaded, not after a time that a slow machine overruns."""
        page = site / "explorer.html"
        (event_id,) = autocoop.load("events").event_id.head(1)
        wrapper = "".join(
            f'<iframe width="360" height="700" src="{page.as_uri()}{fragment}"></iframe>'
            for fragment in ("", f"#event={event_id}")
        )
        script = """
          onload = () => {
            const frames = [...document.querySelectorAll("iframe")];
            document.body.dataset.seen = JSON.stringify(frames.map((frame) => {
              const page = frame.contentDocument;
              const width = (id) => page.querySelector(id).offsetWidth;
              return [page.documentElement.scrollWidth, width("#find") > 0, width("#detail") > 0];
            }));
          };"""
        path = tmp_path / "phone.html"
        path.write_text(f"<!doctype html><body>{wrapper}<script>{script}</script></body>", "utf-8")
        # Pages opened from the disk may not look into each other unless they are let.
        text = chromium(path.as_uri(), tmp_path, "--dump-dom", "--allow-file-access-from-files")
        ((body, _),) = Elements(text).find("body")
        (list_width, *list_shows), (event_width, *event_shows) = json.loads(body["data-seen"])
        # Nothing is wider than the screen, and an opened event takes the place of the list.
        assert max(list_width, event_width) <= 360
        assert (list_shows, event_shows) == ([True, False], [False, True])

    def test_screenshots_show_a_page_in_light_and_dark(self, site: Path, tmp_path: Path) -> None:
        from PIL import Image

        brightness = {}
        for name, scheme in (("light", "1"), ("dark", "0")):
            target = tmp_path / f"{name}.png"
            chromium(
                f"{(site / 'explorer.html').as_uri()}#type=joint_exercise&actor=RUS",
                tmp_path,
                *("--window-size=1200,900", f"--screenshot={target}"),
                f"--blink-settings=preferredColorScheme={scheme}",
            )
            with Image.open(target) as image:
                assert image.size == (1200, 900)
                grey = image.convert("L")
                colours = image.convert("RGB").getcolors(maxcolors=2**24)
            assert len(colours) > 200
            # Text and bars cover a part of the page, its ground most of it.
            most, _ = max(colours)
            assert 0.3 < most / (1200 * 900) < 0.97
            histogram = grey.histogram()
            brightness[name] = sum(i * n for i, n in enumerate(histogram)) / sum(histogram)
        assert brightness["dark"] < 80 < 200 < brightness["light"]
