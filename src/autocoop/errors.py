"""The exceptions a user of autocoop can meet; each says what is wrong and what would be right."""

from collections.abc import Iterable


class AutocoopError(Exception):
    """Base of all exceptions of this package."""


class UnknownName(AutocoopError, ValueError):
    """A table, column, value, event or option that does not exist."""

    kind = "name"

    def __init__(
        self, name: object, known: Iterable[str], *, where: str = "", became: str | None = None
    ) -> None:
        self.name = name
        self.known = list(known)
        place = f" in {where}" if where else ""
        near = became or suggestion(str(name), self.known) or "."
        super().__init__(
            f"there is no {self.kind} {name!r}{place}{near} There are: {shortened(self.known)}"
        )


class UnknownTable(UnknownName):
    kind = "table"


class UnknownColumn(UnknownName):
    kind = "column"


class UnknownValue(UnknownName):
    kind = "value"


class UnknownActor(UnknownName):
    kind = "actor"


class UnknownRegion(UnknownName):
    kind = "region"


class UnknownEvent(UnknownName):
    kind = "event"


class UnknownUnit(UnknownName):
    kind = "unit"


class UnknownRole(UnknownName):
    kind = "role"


class UnknownEngine(UnknownName):
    kind = "engine"


class UnknownVersion(UnknownName):
    kind = "version"


class UnknownStyle(UnknownName):
    kind = "style"


class UnknownFormat(UnknownName):
    kind = "format"


class BadFilter(AutocoopError, ValueError):
    """A condition in `where` that cannot be applied to its column."""


class BadQuery(AutocoopError, ValueError):
    """A text to search for that holds nothing to look for."""


class MissingPackage(AutocoopError, ImportError):
    """A package that only some functions need is not installed."""


class BrokenRelease(AutocoopError, OSError):
    """A shipped file is missing, truncated or altered; it was not read."""


class ArchiveUnavailable(AutocoopError, OSError):
    """An older release is not at hand, and could not be fetched or kept."""


class NotWritten(AutocoopError, OSError):
    """A file could not be written; what was there is unchanged, and nothing is half-written."""


class NotADataFolder(AutocoopError, OSError):
    """A command that works on the project's `data` folder was run without one."""


class ReleaseNotWritten(AutocoopError, OSError):
    """The compiled release could not be written; the old one is whole."""


class Unreadable(AutocoopError, OSError):
    """Data that were to be validated cannot be read as what they are said to be."""


class UnsupportedData(AutocoopError, TypeError):
    """An object that holds no table was given to be validated."""


class InvalidTable(AutocoopError, AssertionError):
    """A table breaks its schema; the message lists the failures."""


def suggestion(name: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` for the nearest of `known`, or nothing."""
    from difflib import get_close_matches

    by_key = {candidate.casefold().strip(): candidate for candidate in known}
    wanted = name.casefold().strip()
    near = get_close_matches(wanted, by_key, n=1, cutoff=0.75 if len(wanted) > 4 else 0.6)
    return f"; did you mean {by_key[near[0]]!r}?" if near else ""


def shortened(names: list[str], limit: int = 40) -> str:
    """The names, comma-separated; past `limit` the number of the rest."""
    shown = ", ".join(map(str, names[:limit]))
    rest = len(names) - limit
    return f"{shown} … and {rest} more" if rest > 0 else shown
