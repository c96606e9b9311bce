"""Writes the pages into ``build/docs`` and has zensical make ``site`` of them.

``python -m docs`` (or ``hatch run docs``); ``--pages-only`` stops before zensical. A broken link
between pages fails the build.
"""

import argparse
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from docs import explorer, figures
from docs.pages import HERE, REPOSITORY, pages

#: The folder, beside that of the pages, in which zensical makes the site.
MADE = "made"


def write_pages(folder: Path) -> dict[str, str]:
    """Write every page, figure and asset into an empty folder; returns path -> Markdown."""
    shutil.rmtree(folder, ignore_errors=True)
    written = pages()
    for name, text in written.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    figures.draw_all(folder)
    (folder / "explorer.html").write_text(explorer.page(), encoding="utf-8", newline="\n")
    shutil.copy(HERE / "site.css", folder / "site.css")
    return written


def configuration(written: dict[str, str], folder: Path) -> dict[str, Any]:
    """mkdocs.yml for a folder of pages: its sections ``NAME/`` filled, pages it forgets added."""
    import yaml

    settings = yaml.safe_load((REPOSITORY / "mkdocs.yml").read_text("utf-8"))
    named: set[str] = set()
    navigation = []
    for entry in settings["nav"]:
        ((title, target),) = entry.items()
        if target.endswith("/"):
            inside = [name for name in written if name.startswith(target)]
            target = sorted(inside, key=lambda name: not name.endswith("/index.md"))
            named.update(target)
        else:
            named.add(target)
        navigation.append({title: target})
    navigation += [name for name in written if name not in named]
    return settings | {"nav": navigation, "docs_dir": folder.name, "site_dir": MADE}


def build_site(folder: Path, site: Path) -> list[str]:
    """Write the pages into a folder, make the site of them, and return its broken links."""
    import yaml

    written = write_pages(folder)
    settings = folder.parent / "mkdocs.yml"
    text = yaml.safe_dump(configuration(written, folder), sort_keys=False)
    settings.write_text(text, encoding="utf-8")
    # zensical writes below its own configuration only.
    made = folder.parent / MADE
    shutil.rmtree(made, ignore_errors=True)
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean"]
    subprocess.run([*command, "--config-file", str(settings)], check=True)
    shutil.rmtree(site, ignore_errors=True)
    shutil.move(made, site)
    return broken_links(site)


class _Links(HTMLParser):
    """The addresses a page refers to, and the places it has."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [given[name] for name in ("href", "src") if given.get(name)]
        self.places.update(given[name] for name in ("id", "name") if given.get(name))


def broken_links(site: Path) -> list[str]:
    """Links between the files of a site that lead nowhere, as ``page: link``."""
    parsed = {}
    for path in sorted(site.rglob("*.html")):
        parsed[path.resolve()] = reader = _Links()
        reader.feed(path.read_text("utf-8"))
    broken = []
    for path, reader in parsed.items():
        if path.name in ("404.html", "explorer.html"):
            # The first has addresses from the root; the second is no page of links.
            continue
        for link in dict.fromkeys(reader.links):
            address = urlsplit(link)
            if address.scheme or address.netloc:
                continue
            target = path.parent / unquote(address.path) if address.path else path
            target = target.resolve()
            target = target / "index.html" if target.is_dir() else target
            place = unquote(address.fragment)
            # The explorer reads its fragment as filters; the theme makes places of its own.
            is_free = target.name == "explorer.html" or place.startswith("__") or not place
            is_there = target.is_file() and (is_free or place in parsed[target].places)
            if not is_there:
                broken.append(f"{path.relative_to(site.resolve())}: {link}")
    return broken


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="docs", description="Builds the documentation site.")
    parser.add_argument("--pages-only", action="store_true", help="stop before zensical")
    given = parser.parse_args(arguments)
    folder, site = REPOSITORY / "build" / "docs", REPOSITORY / "site"
    if given.pages_only:
        write_pages(folder)
        print(f"pages in {folder}")
        return 0
    broken = build_site(folder, site)
    for link in broken:
        print(f"broken link: {link}")
    print(f"site in {site}; open {site / 'index.html'} or {site / 'explorer.html'}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
