"""A commented skeleton of an event file, made from the schemas."""

from autocoop.compile import form
from autocoop.schemas import vocabularies as v


def skeleton(event_type: str, today: str, event_id: str = "") -> str:
    """The text of a new event file of a type: every field, each with its meaning."""
    prefix = form.PREFIX[event_type]
    common = form.common_fields()
    lines = [
        f"# {v.EVENT_TYPE[event_type]}",
        "# Delete every line that no page supports; leave no field empty.",
        f"# File: data/events/{event_type}/<year>/<id>.yaml",
        f"id: {event_id or prefix + '-'}",
        f"type: {event_type}",
        "name: ",
        "series:             # identifier in series.csv",
    ]
    if event_type == "arms_transfer":
        lines.append("# start and end follow from details.order_date and the delivery dates")
    else:
        lines += [
            "start:              # 2007, 2007-08 or 2007-08-09, as precise as a page",
            "end: ",
        ]
    lines += [
        "date_note:          # how a relative or disputed date was settled",
        f"status:             # {', '.join(v.STATUS)}",
        f"framework:          # {common['framework'].description}",
    ]
    # A deal has no place (CONTRIBUTING.md, rules of coding).
    if event_type != "arms_transfer":
        lines += ["location:", "  - {country: , place: }"]
    lines += ["participants:"]
    for role, (least, most) in form.ROLES[event_type].items():
        number = "exactly one" if most == 1 else ("one or more" if least else "any number")
        lines.append(f"  - {{actor: , role: {role}}}    # {number}: {v.ROLE[role]}")
    lines += ["    # also, where pages say: personnel, start, end", "details:"]
    for name, field in form.details(event_type).items():
        values = f" ({', '.join(field.vocabulary)})" if field.vocabulary else ""
        if field.codes:
            values = f" ({', '.join(map(str, field.codes))})"
        shape = "[]" if field.is_list else ""
        lines.append(f"  {name}: {shape}".rstrip() + f"    # {field.description}{values}")
    if event_type == "arms_transfer":
        lines.append("  items:")
        keys = ", ".join(f"{name}: " for name in form.item_fields())
        lines.append(f"    - {{{keys}}}")
        for name in ("category", "condition"):
            field = form.item_fields()[name]
            lines.append(f"    # {name}: {', '.join(field.vocabulary or {})}")
    lines += [
        "summary:            # one to three sentences in your own words",
        "sources:",
        "  - url: https://",
        "    publisher:      # name in publishers.csv",
        "    origin:         # only where the page repeats another publisher's text",
        "    title: ",
        "    published:      # leave out where the page does not say",
        "    language: en    # ISO 639-1",
        f"    read: {today}",
        "    reports:        # what THIS page says; figures also {value: 1500, qualifier: about}",
    ]
    lines += [f"      # {path}: " for path in form.claimable(event_type)]
    return "\n".join(lines) + "\n"
