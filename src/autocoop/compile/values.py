"""From the text of a file to a typed value: one parser a kind, one message a mistake."""

import calendar
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from autocoop.errors import shortened, suggestion

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_INTEGER = re.compile(r"[0-9]+")
#: A number with its thousands set apart.
_GROUPED = re.compile(r"\d{1,3}([,.\s_']\d{3})+")
_ISO_639_1 = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da "
    "de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy "
    "hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg "
    "li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or "
    "os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta "
    "te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
#: The codes of ISO 639-1.
LANGUAGES = frozenset(_ISO_639_1.split())
_UNSAFE = re.compile(r"[=+\-@\t\r]")


class NotAValue(ValueError):
    """The text is not of its kind: the rule it breaks, and the likely fix."""

    def __init__(self, rule: str, fix: str = "") -> None:
        super().__init__(rule)
        self.rule = rule
        self.fix = fix


@dataclass(frozen=True)
class PartialDate:
    """A date as precise as the sources give it: a day, a month or a year."""

    text: str
    precision: str
    first: date
    last: date


def parse_date(text: str) -> PartialDate:
    match = _DATE.fullmatch(text)
    if not match:
        raise NotAValue("is not a date", "write 2007, 2007-08 or 2007-08-09")
    year, month, day = (int(part) if part else None for part in match.groups())
    if month is None:
        return PartialDate(text, "year", _date(year, 1, 1), _date(year, 12, 31))
    if not 1 <= month <= 12:
        raise NotAValue("has no such month", "months go from 01 to 12")
    length = calendar.monthrange(max(year, 1), month)[1]
    if day is None:
        return PartialDate(text, "month", _date(year, month, 1), _date(year, month, length))
    if not 1 <= day <= length:
        raise NotAValue("is no day of the calendar", f"that month has {length} days")
    return PartialDate(text, "day", _date(year, month, day), _date(year, month, day))


def last_day(first: date, precision: str) -> date:
    """The last day of a date as tables hold it: its first day, and year, month or day."""
    length = {"year": 4, "month": 7, "day": 10}[precision]
    return parse_date(first.isoformat()[:length]).last


def _date(year: int, month: int, day: int) -> date:
    if year < 1:
        raise NotAValue("has no such year", "write a year of four digits")
    return date(year, month, day)


def parse_integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        digits = re.sub(r"[,.\s_']", "", text)
        fix = f"write {digits}" if _GROUPED.fullmatch(text) else "write digits only"
        raise NotAValue("is not a whole number", fix)
    # Before it is read as a number: Python refuses some thousand digits.
    if len(text.lstrip("0")) > 19 or int(text) > 9_223_372_036_854_775_807:
        raise NotAValue("is larger than any figure can be")
    return int(text)


def parse_boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise NotAValue("is neither true nor false")
    return text == "true"


def parse_text(text: str) -> str:
    cleaned = " ".join(text.split())
    if not cleaned:
        raise NotAValue("is empty", "leave the field out when no page says it")
    if _UNSAFE.match(cleaned):
        raise NotAValue(
            f"begins with {cleaned[0]!r}, which a spreadsheet would run", "begin with a word"
        )
    return cleaned


def one_of(
    known: Collection[str], what: str, hints: Mapping[str, str] | None = None
) -> Callable[[str], str]:
    """A parser that takes only the values of a vocabulary.

    ``hints`` gives, for other words (case-folded), the value that was likely meant.
    """

    def parse(text: str) -> str:
        if text in known:
            return text
        hint = (hints or {}).get(text.casefold().strip())
        near = f"did you mean {hint!r}?" if hint else suggestion(text, known)
        few = f"values: {shortened(list(known))}" if len(known) <= 20 else ""
        table = what.removeprefix("in ")
        add = f"add it to data/{table}" if table.endswith(".csv") else ""
        raise NotAValue(f"is not {what}", near or add or few)

    return parse
