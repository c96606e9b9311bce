"""Cutting a release: what must hold, the difference into the CHANGELOG, the bytes into the archive.

The release is copied, never compiled anew, so that what was cited stays what it was.
"""

import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

from autocoop import __version__, release
from autocoop.archive import as_numbers
from autocoop.comparing import Change, as_summary, differences, required_bump
from autocoop.compile import archived, stale, write
from autocoop.errors import AutocoopError, ReleaseNotWritten
from autocoop.loading import read
from autocoop.parties import EVENT_TYPE

BEGIN = "<!-- difference -->"
END = "<!-- /difference -->"

#: Words of a section that say nothing yet.
UNWRITTEN = frozenset({"", "in preparation", "unreleased", "to be written"})


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
    for module in ("validation", "validation.agreement"):
        reasons += [f"{module}: {line}" for line in _failures(data, module)]
    if (data / "archive" / __version__).exists():
        reasons.append(f"{__version__} is in the archive already: raise __version__")
    reasons += _wanting(_changelog(data).read_text(encoding="utf-8")) + _after_the_release()
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
    reasons += _unaccounted(changes)
    step, needed = bump_between(last, __version__), required_bump(changes)
    order = ("patch", "minor", "major")
    if step is None:
        reasons.append(f"{__version__} does not come after {last}")
    elif order.index(step) < order.index(needed):
        reasons.append(
            f"from {last} to {__version__} is a {step} step, the changes ask for {needed}"
        )
    return reasons, changes, last


def _unaccounted(changes: list[Change]) -> list[str]:
    """Events of the last release that are gone, and of which nothing says what became."""
    retired = set(read("retired_ids", ["event_id"])["event_id"].to_pylist())
    return [
        f"{change.key} is gone: add it to data/retired_ids.csv, with what took its place and why"
        for change in changes
        if change.table in EVENT_TYPE
        and change.change == "row retired"
        and change.key not in retired
    ]


def _after_the_release() -> list[str]:
    """The day of the release is not before the last page was read or the last search made."""
    released = date.fromisoformat(release.manifest()["about"]["released"])
    last = max(
        (
            day
            for table, column in (("sources", "read"), ("searches", "searched_on"))
            for day in read(table, [column])[column].to_pylist()
        ),
        default=released,
    )
    if last <= released:
        return []
    return [f"`released` in about.toml is {released}, pages were read on {last}: move it"]


def cut(data: Path) -> str:
    """Release the version at hand; returns what changed, as text.

    Raises `NotReleased` with every reason against it, `ReleaseNotWritten` where archive or
    changelog cannot be written; in both cases both are as they were.
    """
    if release.shipped().resolve() != (data / "release").resolve():
        raise NotReleased(
            [f"this package does not read {data / 'release'}: run it in its checkout"]
        )
    reasons, changes, last = reasons_against(data)
    if reasons:
        raise NotReleased(reasons)
    text = f"Since {last}:\n\n{as_summary(changes or [])}" if last else "The first release."
    target = data / "archive" / __version__
    changelog = _changelog(data)
    before = changelog.read_text(encoding="utf-8")
    after = _with_difference(before, text)
    try:
        with write.replaced_folder(target) as folder:
            for path in sorted((data / "release").iterdir()):
                shutil.copyfile(path, folder / path.name)
            # Before the archive is in its place: a changelog written twice stays the same, an
            # archive that is there is refused.
            try:
                write.write_text(changelog, after)
            except OSError as error:
                reason = error.strerror or str(error)
                raise ReleaseNotWritten(f"{changelog}: could not be written: {reason}") from error
    except BaseException:
        if not target.exists() and changelog.read_text(encoding="utf-8") == after:
            write.write_text(changelog, before)
        raise
    return text


def _failures(data: Path, module: str) -> list[str]:
    """What a module that checks the checkout finds wrong: its failures, else its last words."""
    done = subprocess.run(
        [sys.executable, "-m", module],
        cwd=data.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return []
    said = done.stdout.splitlines()
    broken = [line for line in said if line.startswith("FAIL") or " is stale" in line]
    if broken:
        return broken
    is_answer = done.stdout.strip() and "Traceback" not in done.stderr
    last = (done.stdout if is_answer else done.stderr).strip().splitlines()[-1:]
    return last or [f"ended with status {done.returncode}"]


def _wanting(changelog: str) -> list[str]:
    """What the version's section of the changelog lacks."""
    section = _heading().search(changelog)
    if not section:
        return [f"CHANGELOG.md has no heading '## {__version__}'"]
    parts = _parts(section[0])
    if parts is None:
        return [f"CHANGELOG.md: {BEGIN} and {END} do not stand once, in this order, or not at all"]
    _, _, words = parts[0].partition("\n")
    said = words + parts[1]
    if " ".join(said.split()).rstrip(".… ").casefold() in UNWRITTEN:
        return [f"CHANGELOG.md does not say in words what {__version__} changes, and why"]
    return [
        f"CHANGELOG.md still says {paragraph.strip()!r} of {__version__}: take it out"
        for paragraph in said.split("\n\n")
        if paragraph.strip() and paragraph.strip().rstrip(".… ").casefold() in UNWRITTEN
    ]


def _parts(section: str) -> tuple[str, str] | None:
    """A section before and after its difference; None where the marks are not a pair."""
    if BEGIN not in section and END not in section:
        return section, ""
    if section.count(BEGIN) != 1 or section.count(END) != 1:
        return None
    before, _, rest = section.partition(BEGIN)
    _, found, after = rest.partition(END)
    return (before, after) if found else None


def _changelog(data: Path) -> Path:
    return data.parent / "CHANGELOG.md"


def _heading() -> re.Pattern[str]:
    return re.compile(rf"^## {re.escape(__version__)}$.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def _with_difference(changelog: str, text: str) -> str:
    """The changelog with the difference where its marks stand, else at the section's end."""

    def replace(match: re.Match[str]) -> str:
        before, after = _parts(match[0]) or (match[0], "")
        difference = f"{BEGIN}\n\n{text}\n\n{END}"
        parts = (before.rstrip(), difference, after.strip())
        return "\n\n".join(part for part in parts if part) + "\n\n"

    return _heading().sub(replace, changelog, count=1).rstrip() + "\n"
