"""Keeps the README's outputs those of its code.

A fenced ``text`` block that follows ``<!-- output -->`` is what the code block before it prints:
``python`` blocks are run as scripts, ``console`` blocks as the command after ``$``. Run with
``--write`` to bring the blocks up to date; without it, the first difference is printed.
"""

import difflib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"

_PAIR = re.compile(
    r"```(?P<kind>python|console)\n(?P<code>.*?)```\n\n<!-- output -->\n```text\n(?P<out>.*?)```\n",
    re.DOTALL,
)


def output_of(kind: str, code: str) -> str:
    """What a block of the README prints."""
    if kind == "console":
        words = code.strip().removeprefix("$ ").split()
        command = [sys.executable, "-m", *words]
    else:
        command = [sys.executable, "-c", code]
    # What a block writes, it writes into a folder that is thrown away.
    paths = [str(README.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=folder, env=environment, check=False
        )
    if done.returncode != 0:
        raise SystemExit(f"README.md: the block fails:\n{code}\n{done.stderr}")
    return "\n".join(line.rstrip() for line in done.stdout.splitlines()) + "\n"


def refreshed(text: str) -> str:
    """The README with the outputs of its code as they are now."""

    def replace(match: re.Match[str]) -> str:
        kind, code = match["kind"], match["code"]
        output = output_of(kind, code)
        return f"```{kind}\n{code}```\n\n<!-- output -->\n```text\n{output}```\n"

    return _PAIR.sub(replace, text)


def main() -> int:
    old = README.read_text(encoding="utf-8")
    new = refreshed(old)
    if "--write" in sys.argv[1:]:
        README.write_text(new, encoding="utf-8", newline="\n")
        return 0
    difference = list(
        difflib.unified_diff(old.splitlines(), new.splitlines(), "README.md", "now", lineterm="")
    )
    print("\n".join(difference) or "README.md shows what its code prints")
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main())
