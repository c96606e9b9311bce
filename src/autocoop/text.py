"""Text forms of codebook, tables and citations; standard library only."""

from collections.abc import Iterable
from typing import Any


def codebook_markdown(record: dict[str, Any]) -> str:
    """One table of the codebook as Markdown."""
    lines = [
        f"## `{record['table']}`: {record['title']}",
        "",
        f"One row is {record['row']}. Key: {', '.join(f'`{name}`' for name in record['key'])}.",
        "",
        "| column | type | what it holds | unit | standard | comes from |",
        "|---|---|---|---|---|---|",
    ]
    for column in record["columns"]:
        kind = column["type"] + ("" if column["is_nullable"] else ", never missing")
        if column["references"]:
            kind += f", in `{column['references']}`"
        if column["derived"]:
            origin = f"derived: {column['derived']}"
        else:
            origin = f"`{column['form']}`" if column["form"] else ""
        cells = (
            f"`{column['column']}`",
            kind,
            column["description"],
            column["unit"] or "",
            column["standard"] or "",
            origin,
        )
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    with_values = [column for column in record["columns"] if column["values"]]
    if with_values:
        lines += ["", "Values:", ""]
        for column in with_values:
            meanings = "; ".join(f"`{key}` {text}" for key, text in column["values"].items())
            lines.append(f"- `{column['column']}`: {meanings}")
    return "\n".join(lines) + "\n"


def markdown_table(header: Iterable[str], rows: Iterable[Iterable[object]], right: str = "") -> str:
    """A Markdown table; the columns named in `right`, by their letter, go to the right."""
    header = list(header)
    lines = [
        "| " + " | ".join(header) + " |",
        "|" + "|".join("---:" if chr(97 + n) in right else "---" for n in range(len(header))) + "|",
    ]
    for row in rows:
        cells = ("" if cell is None else str(cell).replace("|", "\\|") for cell in row)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def columns_of_text(rows: Iterable[Iterable[Any]], indent: str = "") -> str:
    """Rows as aligned text; a column of numbers under its heading goes to the right."""
    table = [["" if cell is None else str(cell) for cell in row] for row in rows]
    columns = list(zip(*table, strict=True))
    widths = [max(map(len, column)) for column in columns]
    is_number = [
        len(column) > 1 and all(cell.replace(",", "").isdigit() for cell in column[1:])
        for column in columns
    ]
    lines = []
    for row in table:
        cells = [
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, is_number, strict=True)
        ]
        lines.append((indent + "  ".join(cells)).rstrip())
    return "\n".join(lines)
