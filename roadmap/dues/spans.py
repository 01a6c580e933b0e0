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
_DAY_OR_MONTH = re.compile(r"(?:(\d{1,2}) )?m(\d\d)(?: (s?\d{4}))?")
_YEAR = re.compile(r"\d{4}")
_UNIT = re.compile(r"(\d) (uquarter|uterm|utri|uhalf)(?: (uschool|s?(\d{4})))?")
_SCHOOL_YEAR = re.compile(r"(?:s(\d{4})|uschool)")
_ROUGHLY = re.compile(
    r"(начало|середина|конец|(?:[123]|last) декада|[12] половина|(?:[1-5]|last) uweek)"
    r" m(\d\d)(?: (s?\d{4}))?"
)
_SEASON = re.compile(r"(spring|summer|autumn|winter)(?: (s?\d{4}))?")
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11)}
_FIRST_MONTH = 8
_SHORT = re.compile(r"\d{1,2}")

# What the rough words mean, in days of a month; those in the second table only approximately.
_THIRDS = {
    "1 декада": (1, 10), "2 декада": (11, 20), "3 декада": (21, -1), "last декада": (21, -1),
    "1 половина": (1, 15), "2 половина": (16, -1),
}  # fmt: skip
_VAGUE = {
    "начало": (1, 10), "середина": (11, 20), "конец": (21, -1),
    "1 uweek": (1, 7), "2 uweek": (8, 14), "3 uweek": (15, 21), "4 uweek": (22, 28),
    "5 uweek": (29, -1), "last uweek": (-7, -1),
}  # fmt: skip


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
    if len(ends) == 1 and not since and (winter := _read_winter(phrase)):
        return winter
    last = _point(ends[-1])
    if last is None:
        return None
    if len(ends) == 1:
        return Span(last[0], None if since else last[0], vague=last[1])
    parts = [_point(end) for end in ends[1:-1]]
    first = _point(ends[0]) or ((p := shortened(ends[0], last[0])) and (p, last[1]))
    if first is None or not all(part and part[0].is_month and not part[0].year for part in parts):
        return None
    if not since and last[0].is_year and first[0].year is not None and not first[0].is_year:
        return None  # «май 2022–2024» names years, not an end
    if _SHORT.fullmatch(ends[0]) and _is_day(first[0]) and first[0].low > last[0].low:
        # «29–04.11», «с 28 по 5 октября»: the first day is in the month before.
        first = _month_before(first[0]), first[1]
    span = Span(first[0], last[0], vague=first[1] or last[1])
    return span if of_one_sort([span]) else None


def _read_winter(phrase: str) -> Span | None:
    """Winter is named by the year it ends in, as «зима 2022», or by its school year."""
    match = _SEASON.fullmatch(phrase)
    if match is None or match[1] != "winter":
        return None
    year = _year(match[2], 1)
    return Span(Part(year and year - 1, (12, 1), (12, -1)), Part(year, (2, 1), (2, -1)))


def _is_day(part: Part) -> bool:
    return part.term is None and part.low == part.high


def _month_before(part: Part) -> Part:
    month, day = part.low
    low = (month - 1, day) if month > 1 else (12, day)
    year = part.year - 1 if part.year is not None and month == 1 else part.year
    return Part(year, low, low)


def _year(said: str | None, month: int) -> int | None:
    """A calendar year, or the one in which a school year («s2021») has this month."""
    if not said:
        return None
    if said[0] != "s":
        return int(said)
    return int(said[1:]) + (month < _FIRST_MONTH)


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
        return Part(_year(year, number), low, low if day else (number, -1)), False
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
        part = Part(_year(year, int(month)), (int(month), first), (int(month), last))
        return part, word in _VAGUE
    if (match := _SEASON.fullmatch(phrase)) and match[1] != "winter":
        first, last = _SEASONS[match[1]]
        return Part(_year(match[2], first), (first, 1), (last, -1)), False
    return None


def _unit(number: int, unit: str, year: str | None) -> Part | None:
    plain_year = int(year) if year and year.isdigit() else None
    if unit == "uquarter":
        if not 1 <= number <= 4 or year == "uschool":
            return None
        return Part(_year(year, number * 3 - 2), (number * 3 - 2, 1), (number * 3, -1))
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


def shortened(figure: str, other: Part) -> Part | None:
    """«1» of «1–15 сентября 2021», «1–2 четверть», «3–4 неделя»: the other end says the rest."""
    if not _SHORT.fullmatch(figure):
        return None
    number = int(figure)
    if other.term:
        kind = other.term[0]
        return other._replace(term=(kind, number)) if 1 <= number <= TERMS_IN_YEAR[kind] else None
    if other.low == other.high:
        return other._replace(low=(other.low[0], number), high=(other.low[0], number))
    month, first = other.low
    if first == 1 and other.high == (month + 2, -1) and month % 3 == 1 and 1 <= number <= 4:
        return other._replace(low=(number * 3 - 2, 1), high=(number * 3, -1))
    if first == 1 and other.high == (month + 5, -1) and month in (1, 7) and 1 <= number <= 2:
        return other._replace(low=(number * 6 - 5, 1), high=(number * 6, -1))
    if other.high == (month, first + 6) and 1 <= number <= 4:
        return other._replace(low=(month, number * 7 - 6), high=(month, number * 7))
    if (first, other.high[1]) in ((1, 10), (11, 20), (21, -1)) and 1 <= number <= 3:
        first, last = _THIRDS[f"{number} декада"]
        return other._replace(low=(month, first), high=(month, last))
    return None


def of_one_sort(spans: list[Span]) -> bool:
    """Whether all parts are of the calendar or all of the school year: years then compare."""
    sorts = {part.term is None for span in spans for part in span[:2] if part}
    return len(sorts) == 1
