"""How to cite the version at hand."""

from autocoop import release
from autocoop.errors import UnknownStyle

STYLES = ("text", "apa", "bibtex")


def cite(style: str = "text") -> str:
    """The citation of this version, as text.

    ``style`` is ``"text"`` (one line), ``"apa"`` or ``"bibtex"``.
    """
    if style not in STYLES:
        raise UnknownStyle(style, STYLES)
    manifest = release.manifest()
    about, version = manifest["about"], manifest["version"]
    year = about["released"][:4]
    if style == "apa":
        return f"{about['authors']}. ({year}). {about['title']} (Version {version}) [Data set]."
    if style == "bibtex":
        key = f"{about['name']}_{version.replace('.', '_')}"
        return "\n".join(
            [
                f"@misc{{{key},",
                f"  author = {{{{{about['authors']}}}}},",
                f"  title = {{{{{about['title']}}}}},",
                f"  year = {{{year}}},",
                f"  version = {{{version}}},",
                "  note = {Data set}",
                "}",
            ]
        )
    return (
        f"{about['authors']} ({year}): {about['title']}. Version {version}. "
        f"Data: {about['data_licence']}."
    )
