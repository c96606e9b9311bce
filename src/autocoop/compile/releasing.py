"""Cutting a release: what must hold, the difference into the CHANGELOG, the bytes into the archive.

The release is copied, never compiled anew, so that what was cited stays what it was.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from autocoop import __version__, release
from autocoop.archive import as_numbers
from autocoop.comparing import Change, as_text, differences, required_bump
from autocoop.compile import archived, stale, write
from autocoop.errors import AutocoopError

BEGIN = "<!-- difference -->"
END = "<!-- /difference -->"


class NotReleased(AutocoopError):
    """A release was refused; `reasons` says all that stands against it."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__("\n".join(["not released:", *(f"- {reason}" for reason in reasons)]))


def bump_between(old: str, new: str) -> str | None:
    """The step from one version to the next: major, minor, patch, or None where it is none."""
    before, after = as_numbers(old), as_numbers(new)
    if after <= before:
        return None
    if before[0] == 0 == after[0]:
        # Before 1.0.0 the middle number takes major and minor alike.
        return "major" if after[1] > before[1] else "patch"
    for index, name in enumerate(("major", "minor", "patch")):
        if after[index] > before[index]:
            return name
    return None


def reasons_against(data: Path) -> tuple[list[str], list[Change] | None, str | None]:
    """What stands against releasing now; the changes since the last release, and its version."""
    reasons = [f"stale: {difference}" for difference in stale(data)]
    done = subprocess.run(
        [sys.executable, "-m", "validation"],
        cwd=data.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        broken = [line for line in done.stdout.splitlines() if line.startswith("FAIL")]
        reasons += [f"validation: {line}" for line in broken or [done.stderr.strip()[-300:]]]
    if (data / "archive" / __version__).exists():
        reasons.append(f"{__version__} is in the archive already: raise __version__")
    if not _heading(data).search(_changelog(data).read_text(encoding="utf-8")):
        reasons.append(f"CHANGELOG.md has no heading '## {__version__}'")
    if reasons:
        return reasons, None, None
    earlier = [folder.name for folder in archived(data)]
    if not earlier:
        return [], [], None
    last = earlier[-1]
    try:
        changes = differences(last, None)
    except AutocoopError as error:
        return [f"the difference from {last} cannot be made: {error}"], None, last
    step, needed = bump_between(last, __version__), required_bump(changes)
    order = ("patch", "minor", "major")
    if step is None:
        reasons.append(f"{__version__} does not come after {last}")
    elif order.index(step) < order.index(needed):
        reasons.append(
            f"from {last} to {__version__} is a {step} step, the changes ask for {needed}"
        )
    return reasons, changes, last


def cut(data: Path) -> str:
    """Release the version at hand; returns what changed, as text.

    Raises `NotReleased` with every reason against it; then nothing was written.
    """
    if release.shipped().resolve() != (data / "release").resolve():
        raise NotReleased(
            [f"this package does not read {data / 'release'}: run it in its checkout"]
        )
    reasons, changes, last = reasons_against(data)
    if reasons:
        raise NotReleased(reasons)
    text = f"Since {last}:\n\n{as_text(changes or [])}" if last else "The first release."
    target = data / "archive" / __version__
    with write.replaced_folder(target) as folder:
        for path in sorted((data / "release").iterdir()):
            shutil.copyfile(path, folder / path.name)
    changelog = _changelog(data)
    write.write_text(changelog, _with_difference(data, changelog.read_text("utf-8"), text))
    return text


def _changelog(data: Path) -> Path:
    return data.parent / "CHANGELOG.md"


def _heading(data: Path) -> re.Pattern[str]:
    return re.compile(rf"^## {re.escape(__version__)}$.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def _with_difference(data: Path, changelog: str, text: str) -> str:
    """The changelog with the generated difference at the end of the version's section."""

    def replace(match: re.Match[str]) -> str:
        section = match[0].split(BEGIN)[0].rstrip()
        return f"{section}\n\n{BEGIN}\n\n{text}\n\n{END}\n\n"

    return _heading(data).sub(replace, changelog).rstrip() + "\n"
