"""An event file checked against the form and the evidence rules, and flattened into rows."""

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from autocoop.compile import coding, form, values
from autocoop.compile.problems import Problems
from autocoop.compile.read import Mapping, Scalar, Sequence, Value, read_yaml
from autocoop.compile.reference import References
from autocoop.compile.values import NotAValue, PartialDate
from autocoop.schemas import columns as c
from autocoop.schemas import vocabularies as v

FIRST_YEAR = 2000

#: Event type -> the role whose holder has to be an autocracy.
LEADING_ROLE = {
    "arms_transfer": "supplier",
    "joint_exercise": "organiser",
    "intervention": "intervener",
    "pme_program": "provider",
}

#: Fields that may not be left out where they stand.
NEEDED = frozenset(
    {
        *form.REQUIRED_TOP_LEVEL,
        *form.REQUIRED_SOURCE_KEYS,
        "actor",
        "role",
        "designation",
        "category",
    }
)

_URL = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Claim:
    """What a page says about a field: one member, for a list; one end, for a range."""

    path: str
    value: Any
    text: str
    qualifier: str | None
    source_id: str
    line: int


@dataclass(frozen=True)
class Released:
    """A value of the event, or a member of a list, with the line it stands in."""

    value: Any
    text: str
    line: int


@dataclass
class Event:
    """An event's rows, by table, and what cross-event rules ask for."""

    event_id: str
    file: str
    line: int
    year: int
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def source_id(event_id: str, url: str) -> str:
    return f"{event_id}:{hashlib.sha256(url.encode()).hexdigest()[:8]}"


def as_text(value: Any) -> str:
    """A value as claims hold it."""
    if isinstance(value, PartialDate):
        return value.text
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def principal_items(category_of: dict[str, str]) -> set[str]:
    """The items of a deal that its quantities count: all but accessories, where there are others.

    `category_of` holds each item's category.
    """
    found = {
        item for item, category in category_of.items() if category not in v.ACCESSORY_CATEGORIES
    }
    return found or set(category_of)


def folded(text: str) -> str:
    return " ".join(text.casefold().split())


#: What dates a deal without a date of its order: the earliest of them.
OTHER_DATES_OF_A_DEAL = ("announced_date", "delivery_start_date", "delivery_end_date")


class EventFile:
    """One event file: read, checked, flattened. Problems go to `problems`; nothing is raised."""

    def __init__(
        self,
        path: Path,
        shown: str,
        references: References,
        problems: Problems,
        facts: "Facts",
        *,
        is_filed: bool = True,
    ) -> None:
        self.path = path
        self.shown = shown
        self.references = references
        self.problems = problems
        self.facts = facts
        #: The file lies where the events of the dataset lie, in the folder of its type and year.
        self.is_filed = is_filed
        self.type = ""
        self.event_id = ""
        self.released: dict[str, list[Released]] = {}
        self.claims: list[Claim] = []
        self.sources: list[dict[str, Any]] = []
        self.participants: list[dict[str, Any]] = []
        self.items: list[dict[str, Any]] = []

    # -- small helpers --------------------------------------------------------------------------

    def problem(self, line: int, name: str, value: str | None, rule: str, fix: str = "") -> None:
        self.problems.add(self.shown, line, name, value, rule, fix)

    def has_problem_in(self, fields: str) -> bool:
        """Whether a field of this file whose name a pattern matches as a whole has a problem."""
        return self.problems.has(self.shown, fields)

    def parse(self, node: Scalar, name: str, parse: Callable[[str], Any]) -> Any:
        """The typed value, or None and a problem."""
        text = node.text
        try:
            return parse(text)
        except NotAValue as error:
            self.problem(node.line, name, text, error.rule, error.fix)
            return None

    def scalar(self, mapping: Mapping, key: str, name: str) -> Scalar | None:
        node = mapping.get(key)
        if node is None:
            return None
        if not isinstance(node, Scalar):
            self.problem(
                mapping.key_lines[key],
                name,
                None,
                "takes one value, not a list or map",
                "qualifiers and ranges stand under reports",
            )
            return None
        if not node.text.strip():
            is_needed = key in NEEDED
            fix = "every event has it: fill it in" if is_needed else "leave the field out"
            self.problem(mapping.key_lines[key], name, "", "is empty", fix)
            return None
        return node

    def keys(self, mapping: Mapping, known: Iterable[str], required: Iterable[str], name: str):
        """Unknown and missing keys of a mapping."""
        known = list(known)
        prefix = f"{name}." if name else ""
        for key in mapping.entries:
            if key not in known:
                self.problems.unknown(
                    self.shown,
                    mapping.key_lines[key],
                    f"{prefix}{key}",
                    key,
                    known,
                    "is not a field of the form",
                )
        for key in required:
            if key not in mapping.entries:
                self.problem(
                    mapping.line, f"{prefix}{key}", None, "is missing", "every file has it"
                )

    def text_of(self, mapping: Mapping, key: str, name: str) -> str | None:
        node = self.scalar(mapping, key, name)
        return self.parse(node, name, values.parse_text) if node else None

    def sequence(self, mapping: Mapping, key: str, name: str) -> list[Value]:
        node = mapping.get(key)
        if node is None:
            return []
        if not isinstance(node, Sequence):
            self.problem(mapping.key_lines[key], name, None, "takes a list", "[a, b]")
            return []
        if not node.items:
            self.problem(
                mapping.key_lines[key],
                name,
                "[]",
                "is an empty list",
                "leave the field out",
            )
        return list(node.items)

    def release(self, path: str, value: Any, line: int) -> None:
        if value is not None:
            self.released.setdefault(path, []).append(Released(value, as_text(value), line))

    def one(self, path: str) -> Any:
        found = self.released.get(path)
        return found[0].value if found else None

    def many(self, path: str) -> list[Any] | None:
        found = self.released.get(path)
        return [item.value for item in found] if found else None

    # -- reading ----------------------------------------------------------------------------------

    def read(self) -> Event | None:
        """The event; None where the file cannot be read or has problems."""
        before = len(self.problems)
        root = read_yaml(self.path, self.shown, self.problems)
        if root is None:
            return None
        if not self.read_identity(root):
            return None
        self.keys(root, form.TOP_LEVEL, form.REQUIRED_TOP_LEVEL, "")
        name = self.text_of(root, "name", "name")
        summary = self.text_of(root, "summary", "summary")
        date_note = self.text_of(root, "date_note", "date_note")
        series = self.read_series(root)
        for key in ("start", "end", "status", "framework"):
            self.read_field(root, key, form.common_fields()[key], key)
        self.read_location(root)
        self.read_participants(root)
        self.read_details(root)
        self.read_sources(root)
        self.derive_arms_dates()
        year = self.check_dates(root)
        # What rests on a date, an actor or a term that was refused says nothing.
        if year is not None and not self.has_problem_in(r"start|end|details\.\w+_date"):
            if self.is_filed:
                self.check_folder(year, root)
            if not self.has_problem_in(r"participants(\[\d+\](\.actor|\.role)?)?"):
                self.check_actors_existed(year)
                self.check_scope(year, root)
            if self.is_filed and not self.has_problem_in(
                r"(status|participants|details|location).*"
            ):
                self.check_coding(root, year)
        self.check_support(root)
        if year is None or len(self.problems) > before:
            return None
        return self.flatten(root, year, name, summary, date_note, series)

    def read_identity(self, root: Mapping) -> bool:
        type_node = self.scalar(root, "type", "type")
        id_node = self.scalar(root, "id", "id")
        if type_node is None or id_node is None:
            for key, node in (("type", type_node), ("id", id_node)):
                if node is None and key not in root.entries:
                    self.problem(root.line, key, None, "is missing", "add it")
            return False
        self.type = self.parse(type_node, "type", values.one_of(v.EVENT_TYPE, "an event type"))
        if self.type is None:
            return False
        event_id = id_node.text
        self.event_id = event_id
        prefix = form.PREFIX[self.type]
        if not re.fullmatch(c.EVENT_ID_PATTERN, event_id) or not event_id.startswith(f"{prefix}-"):
            self.problem(
                id_node.line,
                "id",
                event_id,
                "is not an identifier of this type",
                f"write {prefix}- and lower-case words with hyphens",
            )
        if self.path.name != f"{event_id}.yaml":
            self.problem(
                id_node.line,
                "id",
                event_id,
                f"is not the name of its file, {self.path.name}",
                "give the event and its file the same name",
            )
        if event_id in self.references.retired:
            retired = self.references.retired[event_id]
            self.problem(
                id_node.line,
                "id",
                event_id,
                f"was retired in {retired['retired_in']} and is never used again",
                "choose another identifier",
            )
        return True

    def read_series(self, root: Mapping) -> str | None:
        node = self.scalar(root, "series", "series")
        if node is None:
            return None
        series = self.parse(node, "series", values.one_of(self.references.series, "in series.csv"))
        of = self.references.series[series]["type"] if series else None
        if of not in (None, self.type):
            self.problem(
                node.line,
                "series",
                series,
                f"is a series of {of}",
                f"name a series of {self.type}, or leave it out",
            )
        return series

    def read_field(self, mapping: Mapping, key: str, spec: form.Field, name: str) -> None:
        """One field of the form, scalar or list, into `released`."""
        if key not in mapping.entries:
            return
        parse = form.parser(spec, self.references)
        if not spec.is_list:
            node = self.scalar(mapping, key, name)
            if node is not None:
                self.release(spec.path, self.parse(node, name, parse), node.line)
            return
        seen: set[str] = set()
        for index, node in enumerate(self.sequence(mapping, key, name)):
            inner = f"{name}[{index}]"
            if not isinstance(node, Scalar):
                self.problem(node.line, inner, None, "takes one value, not a list or map")
                continue
            if node.text in seen:
                self.problem(node.line, inner, node.text, "stands twice in the list")
                continue
            seen.add(node.text)
            self.release(spec.path, self.parse(node, inner, parse), node.line)

    def read_location(self, root: Mapping) -> None:
        fields = form.common_fields()
        countries: set[str] = set()
        for index, node in enumerate(self.sequence(root, "location", "location")):
            name = f"location[{index}]"
            if not isinstance(node, Mapping):
                self.problem(node.line, name, None, "is not a map", "{country: CHN, place: Urumqi}")
                continue
            self.keys(node, form.LOCATION_KEYS, (), name)
            country = self.scalar(node, "country", f"{name}.country")
            if country is not None:
                parse = form.parser(fields["location.country"], self.references)
                code = self.parse(country, f"{name}.country", parse)
                if code is not None and not self.references.is_state(code):
                    self.problem(country.line, f"{name}.country", code, "is not a state")
                elif code is not None and code not in countries:
                    countries.add(code)
                    self.release("location.country", code, country.line)
            place = self.scalar(node, "place", f"{name}.place")
            if place is not None:
                text = self.parse(place, f"{name}.place", values.parse_text)
                self.release("location.place", text, place.line)

    def read_participants(self, root: Mapping) -> None:
        roles = form.ROLES[self.type]
        counts = dict.fromkeys(roles, 0)
        seen: set[tuple[str, str]] = set()
        first_line = root.key_lines.get("participants", root.line)
        for index, node in enumerate(self.sequence(root, "participants", "participants")):
            name = f"participants[{index}]"
            if not isinstance(node, Mapping):
                self.problem(node.line, name, None, "is not a map", "{actor: RUS, role: organiser}")
                continue
            self.keys(node, form.PARTICIPANT_KEYS, ("actor", "role"), name)
            actor_node = self.scalar(node, "actor", f"{name}.actor")
            role_node = self.scalar(node, "role", f"{name}.role")
            if actor_node is None or role_node is None:
                continue
            actor = self.parse(actor_node, f"{name}.actor", self.references.parse_actor)
            role = self.parse(
                role_node, f"{name}.role", values.one_of(roles, f"a role of {self.type}")
            )
            if actor is None or role is None:
                continue
            if (actor, role) in seen:
                self.problem(actor_node.line, name, actor, f"stands twice as {role}")
                continue
            seen.add((actor, role))
            counts[role] += 1
            self.release(f"participants.{role}", actor, actor_node.line)
            row: dict[str, Any] = {"actor_id": actor, "role": role}
            for key, spec in form.participant_fields().items():
                value_node = self.scalar(node, key, f"{name}.{key}")
                if value_node is None:
                    continue
                parse = form.parser(spec, self.references)
                value = self.parse(value_node, f"{name}.{key}", parse)
                path = f"participants.{actor}.{key}"
                if value is None:
                    continue
                if path in self.released and self.one(path) != value:
                    self.problem(
                        value_node.line, f"{name}.{key}", as_text(value), f"differs for {actor}"
                    )
                elif path not in self.released:
                    self.release(path, value, value_node.line)
                row[key] = value
            self.participants.append(row)
        for role, (least, most) in roles.items():
            if counts[role] < least:
                self.problem(first_line, "participants", None, f"has no {role}", "add it")
            elif most is not None and counts[role] > most:
                self.problem(
                    first_line,
                    "participants",
                    None,
                    f"has {counts[role]} of {role}, where an event has {most}",
                    "split the event",
                )

    def read_details(self, root: Mapping) -> None:
        node = root.get("details")
        if node is None:
            return
        if not isinstance(node, Mapping):
            self.problem(root.key_lines["details"], "details", None, "is not a map")
            return
        specs = form.details(self.type)
        has_items = self.type == "arms_transfer"
        self.keys(node, [*specs, *(["items"] if has_items else [])], (), "details")
        for key, spec in specs.items():
            self.read_field(node, key, spec, f"details.{key}")
        if has_items:
            self.read_items(node)

    def read_items(self, details: Mapping) -> None:
        specs = form.item_fields()
        seen: set[str] = set()
        for index, node in enumerate(self.sequence(details, "items", "details.items")):
            name = f"details.items[{index}]"
            if not isinstance(node, Mapping):
                self.problem(node.line, name, None, "is not a map", "{id: t-72b1, …}")
                continue
            self.keys(node, specs, ("id", "designation", "category"), name)
            id_node = self.scalar(node, "id", f"{name}.id")
            if id_node is None:
                continue
            item = id_node.text
            if not re.fullmatch(c.SLUG_PATTERN, item):
                self.problem(
                    id_node.line, f"{name}.id", item, "is not lower-case words with hyphens"
                )
                continue
            if item in seen:
                self.problem(id_node.line, f"{name}.id", item, "stands twice")
                continue
            seen.add(item)
            self.release(form.ITEMS, item, id_node.line)
            row: dict[str, Any] = {"item_id": item}
            for key, spec in specs.items():
                if key == "id":
                    continue
                value_node = self.scalar(node, key, f"{name}.{key}")
                if value_node is None:
                    continue
                value = self.parse(value_node, f"{name}.{key}", form.parser(spec, self.references))
                row[key] = value
                if key not in form.CODED_ITEM_FIELDS:
                    self.release(f"{form.ITEMS}.{item}.{key}", value, value_node.line)
            self.items.append(row)

    # -- sources and claims -----------------------------------------------------------------------

    def read_sources(self, root: Mapping) -> None:
        seen: dict[str, int] = {}
        for index, node in enumerate(self.sequence(root, "sources", "sources")):
            name = f"sources[{index}]"
            if not isinstance(node, Mapping):
                self.problem(node.line, name, None, "is not a map")
                continue
            self.keys(node, form.SOURCE_KEYS, form.REQUIRED_SOURCE_KEYS, name)
            url_node = self.scalar(node, "url", f"{name}.url")
            url = url_node.text if url_node else ""
            if url_node is not None:
                if not _URL.fullmatch(url):
                    self.problem(
                        url_node.line, f"{name}.url", url, "is not an address", "https://…"
                    )
                if url in seen:
                    self.problem(
                        url_node.line, f"{name}.url", url, f"is cited in line {seen[url]} too"
                    )
                seen.setdefault(url, url_node.line)
            row = {
                "source_id": source_id(self.event_id, url),
                "url": url,
                "publisher_id": self.read_publisher(node, "publisher", name),
                "origin_id": self.read_publisher(node, "origin", name),
                "title": self.read_title(node, name),
            }
            published = self.scalar(node, "published", f"{name}.published")
            day = published and self.parse(published, f"{name}.published", values.parse_date)
            row["published"] = day.first if day else None
            row["published_precision"] = day.precision if day else None
            language = self.scalar(node, "language", f"{name}.language")
            if language is not None and language.text not in values.LANGUAGES:
                self.problem(
                    language.line,
                    f"{name}.language",
                    language.text,
                    "is no code of ISO 639-1",
                    "en",
                )
            row["language"] = language.text if language else None
            row["read"] = self.read_day_of_reading(node, name)
            if row["read"] and row["published"] and row["published"] > row["read"]:
                self.problem(
                    node.key_lines["published"],
                    f"{name}.published",
                    day.text,
                    f"is after the page was read, {row['read'].isoformat()}",
                    "check the year",
                )
            self.sources.append(row)
            self.read_reports(node, row["source_id"], name)

    def read_title(self, node: Mapping, name: str) -> str | None:
        """A title is quoted from the page, so it may begin with any character."""
        title = self.scalar(node, "title", f"{name}.title")
        return " ".join(title.text.split()) if title else None

    def read_publisher(self, node: Mapping, key: str, name: str) -> str | None:
        publisher = self.scalar(node, key, f"{name}.{key}")
        if publisher is None:
            return None
        known = self.references.publisher_ids.get(publisher.text.casefold())
        if known is None:
            names = [cells["name"] for cells in self.references.publishers.values()]
            self.problems.unknown(
                self.shown,
                publisher.line,
                f"{name}.{key}",
                publisher.text,
                names,
                "is not in publishers.csv",
            )
        return known

    def read_day_of_reading(self, node: Mapping, name: str) -> date | None:
        read = self.scalar(node, "read", f"{name}.read")
        if read is None:
            return None
        day = self.parse(read, f"{name}.read", values.parse_date)
        if day is not None and day.precision != "day":
            self.problem(read.line, f"{name}.read", read.text, "is not a day", "write 2007-08-09")
        elif day is not None and day.first > (latest := max(self.facts.released, date.today())):
            self.problem(
                read.line,
                f"{name}.read",
                read.text,
                f"is still to come: it is after {latest.isoformat()}",
                "write the day on which the page was read",
            )
        return day.first if day else None

    def read_reports(self, node: Mapping, of: str, name: str) -> None:
        reports = node.get("reports")
        if reports is None:
            return
        where = f"{name}.reports"
        if not isinstance(reports, Mapping) or not reports.entries:
            self.problem(
                node.key_lines["reports"],
                where,
                None,
                "reports nothing",
                "say what the page says, field by field, or drop the source",
            )
            return
        for path, value in reports.entries.items():
            line = reports.key_lines[path]
            spec = form.claim_field(self.type, path)
            if spec is None:
                self.problems.unknown(
                    self.shown,
                    line,
                    f"{where}.{path}",
                    path,
                    form.claimable(self.type),
                    "is not a field that a source reports",
                )
                continue
            head, _, rest = path.partition(".")
            actor = rest.rpartition(".")[0]
            if head == "participants" and actor and actor not in self.references.actors:
                self.problems.unknown(
                    self.shown,
                    line,
                    f"{where}.{path}",
                    actor,
                    self.references.actors,
                    "is not in actors.csv",
                )
            self.read_claim(path, spec, value, of, f"{where}.{path}")

    def read_claim(self, path: str, spec: form.Field, node: Value, of: str, name: str) -> None:
        """The claims of one field: a value, a qualified value, a range, or a list of these."""
        if isinstance(node, Sequence):
            if not node.items:
                self.problem(node.line, name, "[]", "is an empty list", "leave the field out")
            for index, item in enumerate(node.items):
                if isinstance(item, Sequence):
                    self.problem(item.line, f"{name}[{index}]", None, "is a list in a list")
                else:
                    self.read_claim(path, spec, item, of, f"{name}[{index}]")
            return
        parse = form.parser(spec, self.references)
        if isinstance(node, Scalar):
            self.claim(path, self.parse(node, name, parse), None, of, node.line)
            return
        self.keys(node, form.CLAIM_KEYS, (), name)
        qualifier_node = self.scalar(node, "qualifier", f"{name}.qualifier")
        qualifier = qualifier_node and self.parse(
            qualifier_node, f"{name}.qualifier", values.one_of(v.QUALIFIER, "a qualifier")
        )
        ends = {
            key: self.parse(end, f"{name}.{key}", parse)
            for key in ("low", "high")
            if (end := self.scalar(node, key, f"{name}.{key}")) is not None
        }
        value_node = self.scalar(node, "value", f"{name}.value")
        if (value_node is None) == (not ends):
            self.problem(node.line, name, None, "takes either value, or low and high")
            return
        if value_node is not None:
            self.claim(
                path, self.parse(value_node, f"{name}.value", parse), qualifier, of, node.line
            )
        if len(ends) == 2 and None not in ends.values() and ends["high"] < ends["low"]:
            self.problem(node.line, name, str(ends["high"]), f"is less than low, {ends['low']}")
        for key, end in ends.items():
            self.claim(path, end, f"range_{key}", of, node.line)

    def claim(self, path: str, value: Any, qualifier: str | None, of: str, line: int) -> None:
        if value is not None:
            claim = Claim(path, value, as_text(value), qualifier, of, line)
            key = (claim.path, claim.text, claim.qualifier, claim.source_id)
            known = {(k.path, k.text, k.qualifier, k.source_id) for k in self.claims[-40:]}
            if key not in known:
                self.claims.append(claim)

    # -- evidence ---------------------------------------------------------------------------------

    def claims_on(self, path: str) -> list[Claim]:
        return [claim for claim in self.claims if claim.path == path]

    def supporting(self, path: str, item: Released) -> list[Claim]:
        """The claims that report a released value."""
        paths = {path}
        head, _, role = path.partition(".")
        if head == "participants" and role in form.TOOK_PART:
            paths |= {"participants", *(f"participants.{other}" for other in form.TOOK_PART)}
        if head == "participants" and role in ("organiser", "host"):
            paths -= {f"participants.{other}" for other in form.TOOK_PART - {role}}
        return [
            claim
            for claim in self.claims
            if claim.path in paths and supports(claim.value, item.value)
        ]

    def check_support(self, root: Mapping) -> None:
        """Promise 1: every released value is reported by at least one source."""
        if not self.sources:
            return
        for path, items in self.released.items():
            if path == "start" and self.is_start_derived:
                continue
            if path == "end" and self.is_end_derived:
                continue
            for item in items:
                if self.supporting(path, item):
                    continue
                others = sorted({claim.text for claim in self.claims_on(path)})
                fix = (
                    f"sources report {', '.join(others)}"
                    if others
                    else f"add `{path}: {item.text}` under reports of the page that says it, "
                    "or leave the value out"
                )
                self.problem(item.line, path, item.text, "is reported by no source", fix)

    is_start_derived = False
    is_end_derived = False

    def derive_arms_dates(self) -> None:
        """The start and end of a deal follow from its own dates."""
        if self.type != "arms_transfer":
            return
        order = self.released.get("details.order_date")
        first_known = [
            item
            for name in OTHER_DATES_OF_A_DEAL
            for item in self.released.get(f"details.{name}", [])
        ]
        given = self.released.get("start")
        if order and given and given[0].text != order[0].text:
            self.problem(
                given[0].line,
                "start",
                given[0].text,
                f"is not the order date {order[0].text}",
                "leave start out: it follows from details.order_date",
            )
        elif not given and (order or first_known):
            source = order[0] if order else min(first_known, key=lambda item: item.value.first)
            self.released["start"] = [source]
            self.is_start_derived = True
        if "end" not in self.released and (end := self.released.get("details.delivery_end_date")):
            self.released["end"] = [end[0]]
            self.is_end_derived = True

    def check_dates(self, root: Mapping) -> int | None:
        """The year in which the event counts; None, and a problem, where there is none."""
        start, end = self.one("start"), self.one("end")
        if start is None and end is None:
            is_deal = self.type == "arms_transfer"
            names = ("order_date", *OTHER_DATES_OF_A_DEAL) if is_deal else ("start", "end")
            node = root.get("details") if is_deal else root
            # A date that was refused is a problem of its own.
            if not isinstance(node, Mapping) or not node.entries.keys() & set(names):
                where = "details." if is_deal else ""
                fix = f"give {where}{' or '.join(names)}"
                self.problem(root.line, "start", None, "no date is given", fix)
            return None
        self.check_order("start", "end")
        for actor in {row["actor_id"] for row in self.participants}:
            self.check_order(f"participants.{actor}.start", f"participants.{actor}.end")
        if self.type == "arms_transfer":
            for begin, finish in (
                ("order_date", "delivery_start_date"),
                ("order_date", "delivery_end_date"),
                ("delivery_start_date", "delivery_end_date"),
            ):
                self.check_order(f"details.{begin}", f"details.{finish}")
        year = (start or end).first.year
        last_day = self.facts.coverage_end
        line = self.released["start" if start else "end"][0].line
        if year < FIRST_YEAR:
            ongoing = end is None or end.last.year >= FIRST_YEAR
            if not (self.type == "intervention" and ongoing and start is not None):
                self.problem(line, "start", str(year), f"is before {FIRST_YEAR}, out of scope")
        if (start or end).first > last_day:
            self.problem(
                line,
                "start",
                (start or end).text,
                f"is after the release's coverage ends, {last_day.isoformat()}",
            )
        return max(year, FIRST_YEAR)

    def check_order(self, begin: str, finish: str) -> None:
        first, last = self.released.get(begin), self.released.get(finish)
        if first and last and last[0].value.last < first[0].value.first:
            self.problem(
                last[0].line,
                finish,
                last[0].text,
                f"is before {begin} {first[0].text}",
                "check the year and the order of the two",
            )

    def check_folder(self, year: int, root: Mapping) -> None:
        folder = f"{self.type}/{year}"
        if self.path.parent.as_posix().split("/")[-2:] != folder.split("/"):
            self.problem(
                root.key_lines.get("id", 1),
                "id",
                self.event_id,
                "is not in the folder of its type and year",
                f"move the file to events/{folder}/",
            )

    def check_actors_existed(self, year: int) -> None:
        """No actor takes part in an event that is over before it began, or begins after its end.

        One that begins later may join an event that goes on.
        """
        end = self.one("end")
        is_open = end is None and self.one("status") == "under_way"
        last = None if is_open else (end.last.year if end else year)
        for row in self.participants:
            actor = row["actor_id"]
            cells = self.references.actors[actor]
            begin, gone = cells["valid_from"], cells["valid_to"]
            if (begin and last is not None and last < begin.year) or (gone and gone.year < year):
                of_role = self.released[f"participants.{row['role']}"]
                line = next((item.line for item in of_role if item.text == actor), of_role[0].line)
                span = f"from {begin}" if begin else f"to {gone}"
                self.problem(line, "participants", actor, f"did not exist in {year}: {span}")

    def check_coding(self, root: Mapping, year: int) -> None:
        """The rules of coding that an event keeps by itself."""
        for wrong in coding.broken(self.coded_rows(year)):
            claims = [
                claim.line
                for claim in self.claims_on(wrong.field)
                if claim.source_id == wrong.source_id and claim.text == wrong.value
            ]
            own = self.released.get(wrong.field, [])
            lines = claims or [item.line for item in own if item.text == wrong.value]
            lines = lines or [item.line for item in own]
            line = next(iter([*lines, root.key_lines.get(wrong.field.split(".")[0], root.line)]))
            self.problem(line, wrong.field, wrong.value, wrong.rule, wrong.fix)

    def check_scope(self, year: int, root: Mapping) -> None:
        """The event is one of an autocracy (design, scope).

        A state leads for itself, a private military company for its parent. An organisation or
        coalition counts as autocratic where at least half of its members, or of the contingents
        it sends, are autocracies in that year.
        """
        role = LEADING_ROLE[self.type]
        leaders = [row["actor_id"] for row in self.participants if row["role"] == role]
        contingents = [row["actor_id"] for row in self.participants if row["role"] == "participant"]
        groups: list[list[str]] = []
        for leader in leaders:
            actor = self.references.behind(leader)
            if self.references.is_state(actor):
                groups.append([actor])
            else:
                groups += [self.references.members(actor, year), contingents]
        regimes = [
            [found[0] for state in group if (found := self.references.regime(state, year))]
            for group in groups
        ]
        known = [group for group in regimes if group]
        if not known or any(
            sum(regime <= 1 for regime in group) * 2 >= len(group) for group in known
        ):
            return
        self.problem(
            root.key_lines.get("participants", root.line),
            "participants",
            ";".join(leaders),
            f"out of scope: no autocracy as {role} in {year}",
            "leave the event out",
        )

    # -- flattening -------------------------------------------------------------------------------

    def figure(self, path: str) -> dict[str, int | None]:
        """low, best and high of a figure, from the event's value and the claims on it.

        Planned and interim figures count only where no page gives another.
        """
        best = self.one(path)
        claims = self.claims_on(path)
        final = [claim for claim in claims if claim.qualifier not in ("planned", "so_far")]
        claims = final or claims
        is_range = any((claim.qualifier or "").startswith("range_") for claim in claims)
        if best is None and not is_range:
            return {"low": None, "best": None, "high": None}
        reported = [claim.value for claim in claims] + ([] if best is None else [best])
        return {"low": min(reported), "best": best, "high": max(reported)}

    def date_cells(self, path: str, column: str, bound: str) -> dict[str, Any]:
        found: PartialDate | None = self.one(path)
        return date_cells(found, column, bound)

    def last_reported(self) -> date | None:
        """The latest publication of a page that reports the event as under way, while it is."""
        if self.one("status") != "under_way" or self.one("end") is not None:
            return None
        seeing = {
            claim.source_id for claim in self.claims_on("status") if claim.value == "under_way"
        }
        begin = self.one("start")
        earliest = begin.first if begin else date.min
        days = [row["published"] for row in self.sources if row["source_id"] in seeing]
        return max((day for day in days if day and day >= earliest), default=None)

    def is_end_confirmed(self) -> bool | None:
        """Whether a page that reports the event as completed gives its end; None without one."""
        if not (items := self.released.get("end")):
            return None
        path = "details.delivery_end_date" if self.is_end_derived else "end"
        status = {claim.source_id: claim.value for claim in self.claims_on("status")}
        return any(
            claim.qualifier != "planned" and status.get(claim.source_id) == "completed"
            for claim in self.supporting(path, items[0])
        )

    def grade(self, principals: set[str]) -> tuple[int, str]:
        """Number of publishers, and the evidence grade."""
        publishers = {row["origin_id"] or row["publisher_id"] for row in self.sources}
        controllers = {
            publisher: self.references.publishers[publisher]["controlled_by"]
            for publisher in publishers
        }
        is_free = {
            publisher: controller is None
            or not (self.references.is_state(controller) or controller in principals)
            for publisher, controller in controllers.items()
        }
        is_party = any(controller in principals for controller in controllers.values())
        if len(publishers) >= 2:
            return len(publishers), "A" if any(is_free.values()) else "B"
        return len(publishers), "D" if is_party else "C"

    def is_all_autocratic(self, year: int) -> bool | None:
        states = {
            actor
            for row in self.participants
            if row["role"] in form.PRINCIPALS
            and self.references.is_state(actor := self.references.behind(row["actor_id"]))
        }
        regimes = [self.references.regime(state, year) for state in states]
        if any(found is not None and found[0] > 1 for found in regimes):
            return False
        return None if not regimes or None in regimes else True

    def flatten(
        self,
        root: Mapping,
        year: int,
        name: str,
        summary: str,
        date_note: str | None,
        series: str | None,
    ) -> Event:
        parties = {self.references.behind(row["actor_id"]) for row in self.participants}
        parties |= {row["actor_id"] for row in self.participants}
        if framework := self.one("framework"):
            parties.add(framework)
        publisher_count, grade = self.grade(parties)
        common = {
            "name": name,
            "series_id": series,
            "last_reported_date": self.last_reported(),
            "is_end_confirmed": self.is_end_confirmed(),
            "summary": summary,
            "source_count": len(self.sources),
            "publisher_count": publisher_count,
            "evidence_grade": grade,
            "is_double_read": self.event_id in self.facts.double_read,
            "is_all_autocratic": self.is_all_autocratic(year),
            "version_added": self.facts.version_added.get(self.event_id, self.facts.version),
        }
        rows = self.coded_rows(year)
        rows["events"][0] |= common | {"date_note": date_note}
        rows[form.WIDE_TABLE[self.type]][0] |= common
        rows["participants"] = [self.participant_row(row, year) for row in self.participants]
        return Event(self.event_id, self.shown, root.line, year, rows)

    def coded_rows(self, year: int) -> dict[str, list[dict[str, Any]]]:
        """The rows as far as they follow from what is coded, and no publisher is needed."""
        places = self.many("location.place")
        common = {
            "event_id": self.event_id,
            **self.date_cells("start", "start_date", "first"),
            **self.date_cells("end", "end_date", "last"),
            "year": year,
            "status": self.one("status"),
            "framework": self.one("framework"),
            "location_iso3": self.many("location.country"),
            "place": "; ".join(dict.fromkeys(places)) if places else None,
        }
        rows: dict[str, list[dict[str, Any]]] = {
            "events": [common | {"type": self.type}],
            form.WIDE_TABLE[self.type]: [common | self.roles() | self.detail_cells()],
            "sources": [row | {"event_id": self.event_id} for row in self.sources],
            "claims": [self.claim_row(claim) for claim in self.claims],
        }
        if self.type == "arms_transfer":
            rows["arms_items"] = [self.item_row(item) for item in self.items]
        return rows

    def roles(self) -> dict[str, Any]:
        """The wide table's columns of actors by role."""

        def of(role: str) -> list[str]:
            return [row["actor_id"] for row in self.participants if row["role"] == role]

        if self.type == "arms_transfer":
            return {"supplier": of("supplier")[0], "recipient": of("recipient")[0]}
        if self.type == "joint_exercise":
            taking_part = dict.fromkeys([*of("organiser"), *of("host"), *of("participant")])
            return {
                "organisers": of("organiser"),
                "hosts": of("host") or None,
                "participants": list(taking_part),
                "observers": of("observer") or None,
            }
        if self.type == "intervention":
            return {
                "interveners": of("intervener"),
                "target": of("target")[0],
                "contingents": of("participant") or None,
            }
        recipients = of("trainee")
        return {
            "provider": of("provider")[0],
            "recipients": recipients or None,
            "recipients_named": len(recipients),
        }

    def detail_cells(self) -> dict[str, Any]:
        """The wide table's columns of ``details``."""
        cells: dict[str, Any] = {}
        for spec in form.details(self.type).values():
            if spec.kind == "figure":
                ends = self.figure(spec.path)
                cells |= {f"{spec.column}_{end}": value for end, value in ends.items()}
            elif spec.kind == "date":
                bound = "last" if spec.column == "delivery_end_date" else "first"
                cells |= self.date_cells(spec.path, spec.column, bound)
            else:
                cells[spec.column] = self.many(spec.path) if spec.is_list else self.one(spec.path)
        if self.type == "arms_transfer":
            for column, key in (("items", "designation"), ("categories", "category")):
                cells[column] = list(dict.fromkeys(item[key] for item in self.items)) or None
            for stem in ("quantity_ordered", "quantity_delivered"):
                if cells[f"{stem}_low"] is None:
                    cells |= self.deal_quantity(stem)
        return cells

    def deal_quantity(self, stem: str) -> dict[str, int | None]:
        """Units of the deal: the sum over its principal items, where each has a figure.

        Things of different categories are not added up, nor cartridges and shells.
        """
        category_of = {item["item_id"]: item["category"] for item in self.items}
        of_deal = principal_items(category_of)
        principal = [item for item in self.items if item["item_id"] in of_deal]
        figures = [self.figure(f"{form.ITEMS}.{item['item_id']}.{stem}") for item in principal]
        categories = {item["category"] for item in principal}
        is_of_a_kind = len(principal) == 1 or (
            len(categories) == 1 and not categories & v.UNLIKE_CATEGORIES
        )
        return {
            f"{stem}_{end}": sum(figure[end] for figure in figures)
            if is_of_a_kind and all(figure[end] is not None for figure in figures)
            else None
            for end in ("low", "best", "high")
        }

    def item_row(self, item: dict[str, Any]) -> dict[str, Any]:
        item_id = item["item_id"]
        row = {
            "event_id": self.event_id,
            "item_id": item_id,
            "designation": item["designation"],
            "category": item["category"],
            "unroca": item.get("unroca") or ("SALW" if item["category"] == "small_arms" else None),
            "condition": item.get("condition"),
            "maker": item.get("maker"),
        }
        for stem in ("quantity_ordered", "quantity_delivered"):
            ends = self.figure(f"{form.ITEMS}.{item_id}.{stem}")
            row |= {f"{stem}_{end}": value for end, value in ends.items()}
        return row

    def participant_row(self, row: dict[str, Any], year: int) -> dict[str, Any]:
        actor = row["actor_id"]
        regime = self.references.regime(actor, year)
        cells: dict[str, Any] = {
            "event_id": self.event_id,
            "actor_id": actor,
            "role": row["role"],
            **date_cells(row.get("start"), "start_date", "first"),
            **date_cells(row.get("end"), "end_date", "last"),
            "regime": regime[0] if regime else None,
            "is_regime_carried": regime[1] if regime else None,
        }
        is_given = "personnel" in row or f"participants.{actor}.personnel" not in self.released
        ends = self.figure(f"participants.{actor}.personnel") if is_given else {}
        return cells | {f"personnel_{end}": ends.get(end) for end in ("low", "best", "high")}

    def claim_row(self, claim: Claim) -> dict[str, Any]:
        """The claim beside the value that is released for its field."""
        path = claim.path
        spec = form.claim_field(self.type, path)
        is_list = spec is not None and spec.is_list
        if path == "participants":
            items = [
                item for role in form.TOOK_PART for item in self.released.get(f"{path}.{role}", [])
            ]
        else:
            items = self.released.get(path, [])
        event_value, relation = None, "not_adopted"
        if is_list:
            match = next((item for item in items if supports(claim.value, item.value)), None)
            if match:
                event_value, relation = match.text, "supports"
        elif items:
            item = items[0]
            event_value = item.text
            if supports(claim.value, item.value):
                relation = "supports"
            elif is_compatible(path, claim, item):
                relation = "compatible"
            else:
                relation = "differs"
        return {
            "event_id": self.event_id,
            "source_id": claim.source_id,
            "field": path,
            "value": claim.text,
            "qualifier": claim.qualifier,
            "event_value": event_value,
            "relation": relation,
        }


@dataclass(frozen=True)
class Facts:
    """What the compiler knows from outside the event's file."""

    version: str
    coverage_end: date
    released: date
    version_added: dict[str, str] = field(default_factory=dict)
    double_read: frozenset[str] = frozenset()


def supports(claimed: Any, released: Any) -> bool:
    """Whether a claim reports a released value: the same, or a more precise date."""
    if isinstance(claimed, PartialDate) and isinstance(released, PartialDate):
        return claimed.text.startswith(released.text)
    if isinstance(claimed, str) and isinstance(released, str):
        return folded(claimed) == folded(released)
    return claimed == released


#: How an event goes on; a page from an earlier stage does not contradict a later one.
STAGES = ("announced", "contracted", "under_way", "completed")


def is_compatible(path: str, claim: Claim, item: Released) -> bool:
    """Whether a claim leaves room for a released value: a less precise date, an earlier stage."""
    if path == "status":
        return (
            claim.text in STAGES
            and item.text in STAGES
            and STAGES.index(claim.text) < STAGES.index(item.text)
        )
    return isinstance(item.value, PartialDate) and item.text.startswith(claim.text)


def date_cells(found: PartialDate | None, column: str, bound: str) -> dict[str, Any]:
    day = None if found is None else (found.first if bound == "first" else found.last)
    precision = f"{column.removesuffix('_date')}_precision"
    return {column: day, precision: found.precision if found else None}
