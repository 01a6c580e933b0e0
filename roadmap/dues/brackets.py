"""What stands in brackets explains a date: «сентябрь (до 15-го)», «I квартал (январь – март)».

It never is one more date. A bracket is read inside what it explains; where the two do not agree,
both readings are named.
"""

import re
from datetime import date, timedelta
from typing import NamedTuple

from roadmap.dues.certain import certain
from roadmap.dues.filling import Spans
from roadmap.dues.listing import read_readings
from roadmap.dues.parts import Part, Span
from roadmap.dues.rules import is_whole_period
from roadmap.dues.spans import read_span
from roadmap.dues.values import Doubt, Period
from roadmap.dues.wording import days, without_weekday, words
from roadmap.dues.years import (
    Dated,
    date_readings,
    date_spans,
    sensible_dates,
    settled,
    two_readings,
)
from roadmap.terms import Term

_BRACKET = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_FOOTNOTE = re.compile(r"\[\s*(?:\d{1,2}|[*]+)\s*\]")
_ORDINAL = re.compile(r"(\d{1,2}) ?- ?(?:го|е|ое|му)\b")
_SMALL_NUMBER = re.compile(r"\d{1,2}")
_YEARS = re.compile(r"s?\d{4}(?:(?:-|, | и )s?\d{4})*|uyear")
_WEEKDAY = re.compile(r"(?:в )?w\d")
_NAMES_DATE = re.compile(
    r"m\d\d|u[a-z]+|w\d|\d|spring|summer|autumn|winter|начало|середина|конец|декада|половина"
)
_OF_MONTH = r"(?: числ\w+)?(?: umonth)?"
_SEPARATOR = re.compile(r"[,;](?![^(\[]*[)\]])")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_NEAR = timedelta(days=92)
_LIST = re.compile(r", | и ")
# Figures that count something else: «5 классы», «кабинет 12».
_COUNTED = re.compile(
    r"\b\d{1,3}(?:(?:-|, | и )\d{1,3})* (?:класс|кл\b|групп|чел|учащ|учен|педагог)\w*"
    r"|\b(?:кабинет|каб|аудитория|ауд|группа|корпус|школа|класс|кл)\b ?№? ?\d{1,4}"
)
_UNTIL_DAY = re.compile(rf"(?:до|latest(?: до)?|по|к) (\d{{1,2}}){_OF_MONTH}")
_DAYS = re.compile(rf"(?:с )?(\d{{1,2}})(?:-| по | до )(\d{{1,2}}){_OF_MONTH}")
_DAY = re.compile(rf"(\d{{1,2}})(?: числ\w+)?{_OF_MONTH}")
_ROUGH = re.compile(
    r"((?:\d-)?(?:начало|середина|конец|(?:\d|last) (?:декада|половина|uweek)))(?: umonth)?"
)


class Bracketed(NamedTuple):
    """A text without its brackets, and the one that explains the date, in canonical words.

    `ignored`: what stood in the others and names no date.
    """

    outer: str
    inner: str
    ignored: tuple[str, ...] = ()


def taken_apart(text: str) -> Bracketed | None:
    """The text and its explanation; None with two explanations, or brackets in brackets."""
    ignored: list[str] = []
    inner: list[str] = []

    def left(match: re.Match[str]) -> str:
        said = words(match[1])
        phrase = days(said)
        if said == "incl":
            return f" {match[1]} "
        if not phrase:  # a time of day, a mark
            return " "
        if _WEEKDAY.fullmatch(phrase):
            return f" , {match[1]} , "
        if _YEARS.fullmatch(phrase):
            return f" {match[1]} "
        if not _NAMES_DATE.search(_COUNTED.sub("", phrase)):
            ignored.append(" ".join(match[1].split()))
            return " "
        inner.append(phrase)
        return " "

    text = _ORDINAL.sub(r"\1 числа", text)
    outer = _BRACKET.sub(left, _FOOTNOTE.sub(" ", text))
    if len(inner) > 1 or "(" in outer or "[" in outer:
        return None
    return Bracketed(outer, inner[0] if inner else "", tuple(ignored))


def date_bracketed(
    found: Bracketed, period: Period | None, terms: tuple[Term, ...]
) -> tuple[Dated | Doubt, tuple[Span, ...]] | None:
    """Dates for a text and its explanation, with the spans read; None when they are not dates."""
    phrase, weekday = without_weekday(days(words(found.outer)))
    if found.inner and _YEARS.fullmatch(phrase):
        # «2022–2024 (май)»: each May of these years
        months, weekday = without_weekday(found.inner)
        if joined := read_readings(f"{phrase}, {months}"):
            return _said(date_readings(joined, period, terms, weekday), found.ignored), joined[0]
    outer = read_readings(phrase)
    if not outer:
        # «(сентябрь 2022)», «в течение года (сентябрь – май)»
        alone = found.inner if not phrase or is_whole_period(phrase) else ""
        phrase, weekday = without_weekday(alone)
        outer = read_readings(phrase) if phrase else ()
        if not outer:
            return None
        return date_readings(outer, period, terms, weekday), outer[0]
    if not found.inner:
        dated = date_readings(outer, period, terms, weekday)
        return _said(dated, found.ignored), outer[0]
    if narrowed := _narrowed(outer[0], found.inner):
        dated = date_spans(narrowed, period, terms)
        if _SMALL_NUMBER.fullmatch(found.inner) and isinstance(dated, Dated):
            # «сентябрь (1)»: the first of September, or a footnote
            month = date_spans(outer[0], period, terms)
            dated = _differ(dated, month) if isinstance(month, Dated) else dated
        return _said(dated, found.ignored), narrowed
    phrase, weekday = without_weekday(found.inner)
    inner = read_readings(phrase)
    if not inner or len(outer) != 1:
        return None
    inside = _inside(outer, inner, weekday, period, terms)
    return (_said(inside, found.ignored), inner[0]) if inside else None


def read_bracketed(text: str) -> tuple[Span, ...]:
    """The spans that a text and its explanation name, years as they stand; none: not dates."""
    found = taken_apart(text)
    if found is None:
        return ()
    outer = read_readings(without_weekday(days(words(found.outer)))[0])
    if not outer:
        return ()
    if not found.inner:
        return outer[0]
    if narrowed := _narrowed(outer[0], found.inner):
        return narrowed
    inner = read_readings(without_weekday(found.inner)[0])
    return inner[0] if inner else ()


def date_list(
    text: str, period: Period | None, terms: tuple[Term, ...]
) -> tuple[Dated, tuple[Span, ...]] | None:
    """Dates for a list whose items have each its own bracket, with its own year or none has one."""
    items = _SEPARATOR.split(text)
    named = [_YEAR.search(item) is not None for item in items]
    if len(items) < 2 or not _BRACKET.search(text) or (any(named) and not all(named)):
        return None
    dates: list[tuple[date | None, date | None]] = []
    doubts: tuple[Doubt, ...] = ()
    spans: tuple[Span, ...] = ()
    taken = [taken_apart(item) for item in items]
    explained = [bool(apart and apart.inner) for apart in taken]
    if explained[-1] and not all(explained):
        return None  # the last bracket may explain the whole list
    for apart in taken:
        found = date_bracketed(apart, period, terms) if apart else None
        if found is None or isinstance(found[0], Doubt):
            return None
        if any(part.is_year for span in found[1] for part in span[:2] if part):
            return None  # a year alone may belong to the item before it
        dates += found[0].spans
        doubts += found[0].doubts
        spans += found[1]
    ordered = sorted(dict.fromkeys(dates), key=lambda each: certain(each[0] or each[1]))
    return Dated(tuple(ordered), tuple(dict.fromkeys(doubts))), spans


def _said(dated: Dated | Doubt, ignored: tuple[str, ...]) -> Dated | Doubt:
    if isinstance(dated, Doubt) or not ignored:
        return dated
    shown = "», «".join(ignored)
    doubt = Doubt(
        "due-words-ignored",
        f"слова в скобках «{shown}» на дату не повлияли; если они её меняют, назовите дату",
        "info",
    )
    return dated._replace(doubts=(*dated.doubts, doubt))


def _narrowed(outer: tuple[Span, ...], inner: str) -> tuple[Span, ...] | None:
    """«сентябрь (15–20)»: days whose month stands outside the bracket."""
    span, month = outer[0], outer[0].last
    if len(outer) != 1 or month is None or month.term or month.low == month.high:
        return None
    if month.low[0] != month.high[0]:
        return None

    def day(number: str) -> Part:
        low = (month.low[0], int(number))
        return Part(month.year, low, low)

    if match := _UNTIL_DAY.fullmatch(inner):
        return (Span(span.first, day(match[1])),)
    if not month.is_month and (_ROUGH.fullmatch(inner) or _DAY.fullmatch(inner)):
        return None
    if span.first != span.last:
        return None
    found = []
    for item in _LIST.split(inner):
        if match := _DAYS.fullmatch(item):
            found.append(Span(day(match[1]), day(match[2])))
        elif match := _DAY.fullmatch(item):
            found.append(Span(day(match[1]), day(match[1])))
    if len(found) == len(_LIST.split(inner)):
        return tuple(found)
    if match := _ROUGH.fullmatch(inner):
        year = f" {month.year}" if month.year else ""
        rough = read_span(f"{match[1]} m{month.low[0]:02d}{year}")
        return (rough,) if rough else None
    return None


def _inside(
    outer: tuple[tuple[Span, ...], ...],
    inner: tuple[tuple[Span, ...], ...],
    weekday: int | None,
    period: Period | None,
    terms: tuple[Term, ...],
) -> Dated | Doubt | None:
    """What is said inside, dated within what is said outside."""
    around = sensible_dates(outer, period, terms)
    if isinstance(around, Doubt):
        alone = date_readings(inner, period, terms, weekday)
        if isinstance(alone, Doubt) or around.code != "due-no-year":
            return around
        year = certain(alone.spans[0][1] or alone.spans[0][0]).year
        around = sensible_dates(outer, Period(date(year, 1, 1), date(year, 12, 31)), terms)
        if isinstance(around, Doubt):
            return around
    nested = []
    for dates in around.dates:
        if (each := _nested(dates, inner, weekday, terms)) and each not in nested:
            nested.append(each)
    if nested:
        return settled(around._replace(dates=tuple(nested)), period)
    outside = settled(around, period)
    if isinstance(outside, Doubt):
        return outside
    start, end = outside.spans[0]
    if len(outside.spans) != 1 or end is None:
        return None
    near = Period((start or end) - _NEAR, end + _NEAR)
    found = date_readings(inner, near, terms, weekday)
    if isinstance(found, Doubt):
        return found if found.severity == "error" else None
    inner_days = [(first or last, last) for first, last in found.spans if last is not None]
    if len(inner_days) != len(found.spans):
        return None
    touching = start and all(a <= end and b >= start for a, b in inner_days)
    return _differ(found, outside) if touching else _differ(outside, found)


def _nested(
    outer: Spans, inner: tuple[tuple[Span, ...], ...], weekday: int | None, terms: tuple[Term, ...]
) -> Spans | None:
    """The inner dates if they lie within the outer ones. A last day alone begins with the outer."""
    start, end = outer[0]
    if len(outer) != 1 or end is None:
        return None
    window = Period(start or end, end)
    found = date_readings(inner, window, terms, weekday)
    if isinstance(found, Doubt):
        return None
    inner_days = [(first or last, last) for first, last in found.spans if last is not None]
    if len(inner_days) != len(found.spans):
        return None
    if start is None:
        # «до 20 мая (май)» says the month again.
        first, last = inner_days[0]
        return outer if len(inner_days) == 1 and first <= end <= last else None
    if not all(start <= first and last <= end for first, last in inner_days):
        return None
    if len(found.spans) == 1 and found.spans[0][0] is None:
        return ((start, found.spans[0][1]),)
    return found.spans


def _differ(chosen: Dated, other: Dated) -> Dated:
    return Dated(chosen.spans, (*chosen.doubts, two_readings(chosen.spans, other.spans)))
