"""The grammar of spans: from a canonical phrase to parts, years as they stand."""

import re

from roadmap.dues.parts import Part, Span
from roadmap.terms import TERMS_IN_YEAR, TermKind

_KINDS: dict[str, TermKind] = {"uterm": "quarter", "utri": "trimester", "uhalf": "half-year"}

_LEADING = re.compile(
    r"(?:(?:в течение|течение|в период|на период|период|на протяжении|в|во|на|за) "
    r"(?:всего |весь )?|весь )"
)
_UNTIL = re.compile(r"(?:(до)|(latest)(?: до)?|(по)|(к)) (?:(конец) |(начало) )?(.+)")
_LIST = re.compile(r", (?:и )?| и ")
_DAY_OR_MONTH = re.compile(r"(?:(\d{1,2}) )?m(\d\d)(?: (\d{4}))?")
_YEAR = re.compile(r"\d{4}")
_UNIT = re.compile(r"(\d) (uquarter|uterm|utri|uhalf)(?: (uschool|s?(\d{4})))?")
_SCHOOL_YEAR = re.compile(r"(?:s(\d{4})|uschool)")
_ROUGHLY = re.compile(
    r"(начало|середина|конец|(?:[123]|last) декада|[12] половина|(?:[1-4]|last) uweek)"
    r" m(\d\d)(?: (\d{4}))?"
)
_SHORT = re.compile(r"\d{1,2}")

# What the rough words mean, in days of a month; those in the second table only approximately.
_THIRDS = {
    "1 декада": (1, 10), "2 декада": (11, 20), "3 декада": (21, -1), "last декада": (21, -1),
    "1 половина": (1, 15), "2 половина": (16, -1),
}  # fmt: skip
_VAGUE = {
    "начало": (1, 10), "середина": (11, 20), "конец": (21, -1),
    "1 uweek": (1, 7), "2 uweek": (8, 14), "3 uweek": (15, 21), "4 uweek": (22, 28),
    "last uweek": (-7, -1),
}  # fmt: skip


def read_spans(phrase: str) -> tuple[Span, ...] | None:
    """The spans a canonical phrase lists, years as they stand; None when it is something else."""
    items = _LIST.split(phrase) if "," in phrase or " и " in phrase else [phrase]
    spans: list[Span] = []
    for item in reversed(items):
        if _SHORT.fullmatch(item) and spans and spans[0].first:
            # «1 и 15 сентября», «I, II квартал»: the unit is said once, at the end.
            part = _shortened(item, spans[0].first)
            span = Span(part, part) if part else None
        else:
            span = read_span(item)
        if span is None:
            return None
        spans.insert(0, span)
    return tuple(spans) if spans and _of_one_sort(spans) else None


def read_span(phrase: str) -> Span | None:
    """One span of a canonical phrase: a part, «с … по …», «…–…», «до …», «с …»."""
    if match := _LEADING.match(phrase):
        phrase = phrase[match.end() :]
    if match := _UNTIL.fullmatch(phrase):
        return _read_until(match)
    phrase = phrase.removeprefix("начиная ")
    since = phrase.startswith(("с ", "от "))
    if since:
        phrase = phrase.split(" ", 1)[1]
    if since and " по " in phrase:
        ends = phrase.split(" по ")
    elif since and " до " in phrase:
        ends = phrase.split(" до ")
    else:
        ends = phrase.split("-")
    last = _point(ends[-1])
    if last is None:
        return None
    if len(ends) == 1:
        return Span(last[0], None if since else last[0], vague=last[1])
    parts = [_point(end) for end in ends[1:-1]]
    first = _point(ends[0]) or ((p := _shortened(ends[0], last[0])) and (p, False))
    if first is None or None in parts:
        return None
    span = Span(first[0], last[0], vague=first[1] or last[1])
    return span if _of_one_sort([span]) else None


def _read_until(match: re.Match[str]) -> Span | None:
    before, _, _, by, at_end, at_start, rest = match.groups()
    point = _point(rest)
    if point is None:
        return None
    part, vague = point
    if part.low == part.high and not part.term:
        return None if at_end or at_start else Span(None, part)
    exclusive = bool(at_start or ((before or by) and not at_end)) and not vague
    # «до мая» leaves open whether May is meant too; «до начала мая», «до конца мая» do not.
    return Span(None, part, exclusive, vague or (exclusive and not at_start))


def _point(phrase: str) -> tuple[Part, bool] | None:
    """A part and whether it is only rough."""
    if match := _DAY_OR_MONTH.fullmatch(phrase):
        day, month, year = match.groups()
        number = int(month)
        low = (number, int(day) if day else 1)
        return Part(year and int(year), low, low if day else (number, -1)), False
    if _YEAR.fullmatch(phrase):
        return Part(int(phrase), (1, 1), (12, -1)), False
    if match := _SCHOOL_YEAR.fullmatch(phrase):
        return Part(match[1] and int(match[1]), term=("year", 1)), False
    if match := _UNIT.fullmatch(phrase):
        part = _unit(int(match[1]), match[2], match[3])
        return (part, False) if part else None
    if match := _ROUGHLY.fullmatch(phrase):
        word, month, year = match.groups()
        first, last = _THIRDS.get(word) or _VAGUE[word]
        part = Part(year and int(year), (int(month), first), (int(month), last))
        return part, word in _VAGUE
    return None


def _unit(number: int, unit: str, year: str | None) -> Part | None:
    plain_year = int(year) if year and year.isdigit() else None
    if unit == "uquarter":
        if not 1 <= number <= 4 or (year and plain_year is None):
            return None
        return Part(plain_year, (number * 3 - 2, 1), (number * 3, -1))
    kind = _KINDS[unit]
    if not 1 <= number <= TERMS_IN_YEAR[kind]:
        return None
    if kind == "half-year" and plain_year:
        # A half of a named calendar year is January–June or July–December.
        return Part(plain_year, (number * 6 - 5, 1), (number * 6, -1))
    if plain_year:
        # «3 четверть 2022»: the one that is taught in 2022.
        autumn = number <= (2 if kind == "quarter" else 1)
        return Part(plain_year if autumn else plain_year - 1, term=(kind, number))
    school_year = int(year[1:]) if year and year != "uschool" else None
    return Part(school_year, term=(kind, number))


def _shortened(figure: str, other: Part) -> Part | None:
    """«1» of «1–15 сентября 2021» or of «1–2 четверть»: the rest is said by the other end."""
    if not _SHORT.fullmatch(figure):
        return None
    number = int(figure)
    if other.term:
        kind = other.term[0]
        return other._replace(term=(kind, number)) if 1 <= number <= TERMS_IN_YEAR[kind] else None
    if other.low == other.high:
        return other._replace(low=(other.low[0], number), high=(other.low[0], number))
    if other.low[1] == 1 and other.high[0] - other.low[0] == 2 and 1 <= number <= 4:
        return other._replace(low=(number * 3 - 2, 1), high=(number * 3, -1))
    return None


def _of_one_sort(spans: list[Span]) -> bool:
    """Whether all parts are of the calendar or all of the school year: years then compare."""
    sorts = {part.term is None for span in spans for part in span[:2] if part}
    return len(sorts) == 1
