"""The grammar of what recurs: «май, ежегодно с 2023», «до 25 числа каждого месяца»."""

import re
from typing import NamedTuple

from roadmap.dues.months import month_length
from roadmap.dues.parts import Part, Span
from roadmap.dues.spans import read_span
from roadmap.dues.values import Rule, Unit, YearDay, YearSpan

_UNITS: dict[str, Unit] = {
    "uyear": "year", "uschool": "year", "uhalf": "half-year", "uterm": "term", "utri": "trimester",
    "uquarter": "quarter", "umonth": "month", "uweek": "week", "uday": "day",
}  # fmt: skip

_ALWAYS = re.compile(
    r"постоянно|на постоянной основе|в постоянном режиме|регулярно|систематически|непрерывно"
)
_AS_NEEDED = re.compile(
    r"по мере (?:необходимости|(?:возникновения|поступления)(?: \w+)?)"
    r"|(?:при|по|в случае) необходимости|по запрос(?:у|ам)"
)
_WEEKDAY = re.compile(r"(?:every uweek,? )?(?:every|по) w(\d)(?: (?:every uweek|every$))?")
_EVERY = re.compile(
    r"(?:(?:в|по|к|на|до) конец )?every (?:(\d{1,2}) )?(u[a-z]+)"
    r"|(?:не (?:реже|менее),? ?(?:чем )?)?(?:(\d{1,2}) )?раз в (?:(\d{1,2}) )?(u[a-z]+)"
)
_AFTER_UNIT = re.compile(
    r"числа umonth,? следующего за (?:отчетным|истекшим|прошедшим)(?: (uquarter|umonth))?"
)
_DAY = re.compile(
    r"(?P<until>до |latest |к |latest до )?(?P<day>\d{1,2}) числ[ао]"
    r"(?:(?P<following> следующего umonth| umonth,? следующего за (?:отчетным|истекшим|прошедшим)"
    r"(?: uquarter| umonth| периодом)?)"
    r"|(?P<last> last umonth uquarter)| umonth)?"
)
_ENDS_IN_YEARS = re.compile(r"(.*m\d\d) (\d{4}-\d{4})")
_THEN = re.compile(
    r",? ?(?:и |а )?\b(?:далее|затем|потом|впоследствии|в дальнейшем)\b[ ,-]*(?=every|\d* ?раз)"
)
_COMMAS = re.compile(r" ?,[ ,]*")
_SINCE = re.compile(r"(.+) ((?:начиная )?с .+)")
_EDGES = " ,-"
_LEAP_YEAR = 2000
_WHOLE_PERIOD = re.compile(
    r"(?:(?:в течение|течение|на протяжении|весь|за весь|в) (?:всего |весь )?|всего )"
    r"(?:периода?|срока?|времени|время|calendar uyear|uyear)"
    r"(?: (?:реализации|действия|исполнения|выполнения))?"
    r"(?: (?:программы|проекта|плана|дорожной карты))?(?: наставничества)?"
)
_NOT_WHOLE = frozenset({"в периода", "в период", "в срок", "в срока", "в uyear", "в время"})


class Recurring(NamedTuple):
    """A rule, and the window that the source gives it, if any.

    `window` None: the programme's period. `vague`: a rough word was used. `parts`: the parts of
    each year as they were named, to be checked.
    """

    rule: Rule
    window: Span | None
    vague: bool = False
    parts: tuple[Part, ...] = ()


def read_rule(phrase: str) -> Recurring | None:
    """The recurrence a canonical phrase says; None when it says none, or something besides it."""
    begun = _THEN.search(phrase) is not None
    if begun:
        phrase = _COMMAS.sub(", ", _THEN.sub(", ", phrase)).strip(_EDGES)
    rule, rest = _cut_rule(phrase)
    if rule is None:
        return None
    pieces = [piece.strip(_EDGES) for piece in rest.split(",")]
    pieces = [piece for piece in pieces if piece and not is_whole_period(piece)]
    if rule.every == "year" and not rule.day:
        first_time = begun or phrase.startswith(("до ", "latest ", "к "))
        return _read_yearly(rule, pieces, first_time)
    if not pieces:
        return Recurring(rule, None)
    window = read_span(pieces[0]) if len(pieces) == 1 else None
    if window and _is_one_day(window) and "-" not in pieces[0] and pieces[0][:2] != "с ":
        return None  # «каждый понедельник, 11.10»: a time, or one day on which nothing recurs
    return Recurring(rule, window, window.vague) if window else None


def is_whole_period(phrase: str) -> bool:
    """Whether a canonical phrase says «в течение года», «весь период реализации программы»."""
    return phrase not in _NOT_WHOLE and _WHOLE_PERIOD.fullmatch(phrase) is not None


def _cut_rule(phrase: str) -> tuple[Rule | None, str]:
    """The rule without its months, and the phrase without the words that said it."""
    for pattern, every in ((_ALWAYS, "always"), (_AS_NEEDED, "as-needed")):
        if match := pattern.search(phrase):
            return Rule(every), _without(phrase, match)
    if match := _WEEKDAY.search(phrase):
        rest = _without(phrase, match)
        interval = 1
        if (every := _EVERY.search(rest)) and _UNITS.get(every[2] or every[5]) == "week":
            interval, rest = int(every[1] or every[4] or 1), _without(rest, every)
        return _sane(Rule("week", interval, weekday=int(match[1]))), rest
    match = _AFTER_UNIT.search(phrase)
    if match and not _EVERY.search(phrase):
        # «до 10 числа месяца, следующего за отчётным кварталом»: each one, needless to say.
        phrase = f"every {match[1] or 'umonth'}, {phrase}"
    match = _EVERY.search(phrase)
    unit = _UNITS.get(match[2] or match[5]) if match else None
    if unit is None:
        return None, phrase
    rule = Rule(unit, int(match[1] or match[4] or 1), int(match[3] or 1))
    rest = _without(phrase, match)
    if match := _DAY.search(rest):
        following, last = bool(match["following"]), bool(match["last"])
        fits = not last if unit == "month" else unit == "quarter" and (following or last)
        if not fits or (rule.times, rule.interval) != (1, 1):
            return None, phrase
        rule = Rule(
            unit, day=int(match["day"]), following=following, exact=not match["until"],
        )  # fmt: skip
        if not 1 <= rule.day <= 31:
            return None, phrase
        rest = _without(rest, match)
    return _sane(rule), rest


def _without(phrase: str, match: re.Match[str]) -> str:
    return f"{phrase[: match.start()]}, {phrase[match.end() :]}".strip(_EDGES)


def _sane(rule: Rule) -> Rule | None:
    if not (1 <= rule.interval <= 24 and 1 <= rule.times <= 31):
        return None
    if rule.every in ("term", "trimester", "half-year") and rule.interval > 1:
        return None
    return rule


def _read_yearly(rule: Rule, pieces: list[str], first_time: bool) -> Recurring | None:
    """Pieces without a year are parts of each year; those with one bound the years.

    `first_time`: one with a year is the first time, as in «до 15.05.2022, далее ежегодно».
    """
    within: list[YearSpan] = []
    parts: list[Part] = []
    window: Span | None = None
    vague = False
    for piece in _separated(pieces):
        span = read_span(piece)
        if span is None:
            return None
        vague = vague or span.vague
        named = [part for part in span[:2] if part]
        years = [part.year for part in named]
        if all(year is None for year in years):
            part = _year_span(span)
            if part is None or span.last is None:
                return None
            if part not in within:  # «5 октября (День учителя)»
                within.append(part)
                parts += named
            continue
        if window:
            return None
        once = span.first == span.last and "-" not in piece and not piece.startswith("с ")
        if (once or (first_time and span.last)) and not any(map(_is_year, named)):
            # «сентябрь 2021, ежегодно»: each September from that one on.
            part = _year_span(span)
            if part is None or span.exclusive:
                return None
            within.append(part)
            parts += named
            span = Span(_since(span), None)
        elif span.first is None and not any(map(_is_year, named)):
            return None  # «ежегодно до 1 октября 2024»: each 1 October, or until that one?
        window = span
    # «2 раза в год (сентябрь, май)» names each of the times.
    if within and rule.times not in (1, len(within)):
        return None
    found = Rule("year", rule.interval, 1 if within else rule.times, tuple(within))
    return Recurring(found, window, vague, tuple(parts))


def _since(span: Span) -> Part:
    """The part that the first time begins with, with its year."""
    first, last = span.first or span.last, span.last
    if first.year is None:
        return first._replace(year=last.year - (first.order > last.order))
    return first


def _separated(pieces: list[str]) -> list[str]:
    found = []
    for piece in pieces:
        match = _ENDS_IN_YEARS.fullmatch(piece)
        if match is None and read_span(piece) is None:
            match = _SINCE.fullmatch(piece)
        if match:
            found += [match[1], match[2]]
        elif " и " in piece:
            found += piece.split(" и ")
        else:
            found.append(piece)
    return found


def _is_one_day(span: Span) -> bool:
    part = span.first
    return part is not None and part == span.last and not part.term and part.low == part.high


def _is_year(part: Part) -> bool:
    return part.term is not None or (part.low, part.high) == ((1, 1), (12, -1))


def _year_span(span: Span) -> YearSpan | None:
    if any(part and part.term for part in span[:2]):
        return None
    if span.last is None:
        return None
    if span.exclusive:
        month, day = span.last.low
        last = YearDay((month - 2) % 12 + 1) if day == 1 else None
    else:
        last = _year_day(span.last.high)
    if last is None:
        return None
    if span.first is None:
        return None, last
    first = _year_day(span.first.low)
    if first is None:
        return None
    if last.day == 0:
        # Whole months have no days; a part of one ends on a day, in February on the 29th.
        if first.day == 1:
            return YearDay(first.month), last
        return first, YearDay(last.month, month_length(_LEAP_YEAR, last.month))
    return first, last


def _year_day(month_day: tuple[int, int]) -> YearDay | None:
    month, day = month_day
    # A day counted from the month's end, but for the last one, has no place in a rule.
    return YearDay(month, max(day, 0)) if day >= -1 else None
