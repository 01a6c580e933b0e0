"""The calendar section of a road map file: its terms, and what cannot be right in it."""

from datetime import date

from roadmap.dues import parse_one_date
from roadmap.problems import Problem, problem
from roadmap.terms import TERMS_IN_YEAR, Term
from roadmap.yaml_tree import Mapping, Node, Scalar, Sequence

_LONGEST_DAYS = 400
"""No term and no vacation is longer than a school year."""

_SECTIONS = {"terms": "учебный отрезок", "vacations": "каникулы"}


def span_of_node(node: Mapping) -> tuple[date | None, date | None]:
    """The days that `start` and `end` of a mapping name, None where they name none."""
    first, last = (node.items.get(key) for key in ("start", "end"))
    return _day(first), _day(last)


def terms_of(tree: Mapping) -> tuple[Term, ...]:
    """The school's own terms, as far as they are right."""
    found: list[Term] = []
    for node in _entries(tree, "terms"):
        kind = _text(node, "kind") or "quarter"
        number = _text(node, "number") or "1"
        start, end = span_of_node(node)
        if start and end and start <= end and kind in TERMS_IN_YEAR and number.isdigit():
            found.append(Term(kind, int(number), start, end))
    return tuple(found)


def calendar_problems(tree: Mapping, file: str) -> list[Problem]:
    """Spans that end before they start or are too long, and terms that a year does not have."""
    found: list[Problem] = []
    for section, name in _SECTIONS.items():
        for position, node in enumerate(_entries(tree, section), 1):
            names = {
                "where": f"calendar, {section} № {position}",
                "where_ru": f"календарь, {name} № {position}",
            }
            start, end = span_of_node(node)
            if start and end and (end < start or (end - start).days > _LONGEST_DAYS):
                shown = {"start": f"{start:%d.%m.%Y}", "end": f"{end:%d.%m.%Y}"}
                line = node.key_lines.get("end", node.line)
                found.append(problem("span-wrong", file, line, **names, **shown))
            kind, number = _text(node, "kind") or "quarter", _text(node, "number")
            if section == "terms" and kind in TERMS_IN_YEAR and number.isdigit():
                most = TERMS_IN_YEAR[kind]
                if not 1 <= int(number) <= most:
                    line = node.key_lines["number"]
                    found.append(
                        problem("no-such-term", file, line, value=number, most=most, **names)
                    )
    return found


def _entries(tree: Mapping, section: str) -> list[Mapping]:
    calendar = tree.items.get("calendar")
    listed = calendar.items.get(section) if isinstance(calendar, Mapping) else None
    items = listed.items if isinstance(listed, Sequence) else ()
    return [item for item in items if isinstance(item, Mapping)]


def _text(node: Mapping, key: str) -> str:
    value = node.items.get(key)
    return value.value.strip() if isinstance(value, Scalar) else ""


def _day(value: Node | None) -> date | None:
    return parse_one_date(value.value) if isinstance(value, Scalar) else None
