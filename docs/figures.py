"""The figures of the site: the gallery's scripts, run as they are shown, and the timelines."""

import ast
from pathlib import Path

from docs.pages import part

GALLERY = Path(__file__).parent / "gallery"

#: Figures of the coverage page that are no part of the gallery.
TIMELINE = Path(__file__).parent / "timeline.py"


def gallery_scripts() -> list[Path]:
    """The scripts of the gallery, in the order in which they are shown."""
    return sorted(GALLERY.glob("*.py"))


def split(script: Path) -> tuple[str, str, str]:
    """Title, caption and code of a script: its docstring's first line, the rest, what follows."""
    text = script.read_text("utf-8")
    tree = ast.parse(text)
    title, _, caption = (ast.get_docstring(tree) or script.stem).partition("\n")
    code = "\n".join(text.splitlines()[tree.body[0].end_lineno :]).strip()
    return title.rstrip("."), caption.strip(), code


def draw(script: Path, target: Path) -> None:
    """Run a script and save the figure it leaves as SVG, the same bytes for the same release."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    plt.close("all")
    # Dates and random identifiers would change the file with each build.
    with matplotlib.rc_context({"svg.hashsalt": "autocoop"}):
        exec(compile(script.read_text("utf-8"), script, "exec"), {"__name__": "__main__"})
        target.parent.mkdir(parents=True, exist_ok=True)
        plt.savefig(target, metadata={"Date": None})
    plt.close("all")


def draw_all(folder: Path) -> None:
    """Every figure of the site, as ``figures/NAME.svg`` in a folder."""
    for script in [*gallery_scripts(), TIMELINE]:
        draw(script, folder / "figures" / f"{script.stem}.svg")


@part
def gallery() -> str:
    blocks = []
    for script in gallery_scripts():
        title, caption, code = split(script)
        picture = f"![{title}](figures/{script.stem}.svg)"
        blocks.append(f"## {title}\n\n{picture}\n\n{caption}\n\n```python\n{code}\n```")
    return "\n\n".join(blocks)


@part
def timeline() -> str:
    title, caption, _ = split(TIMELINE)
    return f"![{title}](figures/{TIMELINE.stem}.svg)\n\n{caption}"
