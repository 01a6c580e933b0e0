"""What stands in brackets explains a date: «сентябрь (до 15-го)», «I квартал (январь – март)».

It never is one more date. A bracket is read inside what it explains; where the two do not agree,
both readings are named.
"""

import re
from datetime import date
from typing import NamedTuple

from roadmap.dues.listing import read_readings
from roadmap.dues.parts import Part, Span
from roadmap.dues.spans import read_span
from roadmap.dues.values import Doubt, Period
from roadmap.dues.wording import days, without_weekday, words
from roadmap.dues.years import Dated, date_readings, date_spans, two_readings
from roadmap.terms import Term

_BRACKET = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_FOOTNOTE = re.compile(r"\[\s*(?:\d{1,2}|[*]+)\s*\]")
_YEARS = re.compile(r"s?\d{4}(?:-s?\d{4})?|uyear")
_WEEKDAY = re.compile(r"(?:в )?w\d")
_NAMES_DATE = re.compile(
    r"m\d\d|u[a-z]+|w\d|\d|spring|summer|autumn|winter|начало|середина|конец|декада|половина"
)
_OF_MONTH = r"(?: числ\w+)?(?: umonth)?"
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
        if not _NAMES_DATE.search(phrase):
            ignored.append(" ".join(match[1].split()))
            return " "
        inner.append(phrase)
        return " "

    outer = _BRACKET.sub(left, _FOOTNOTE.sub(" ", text))
    if len(inner) > 1 or "(" in outer or "[" in outer:
        return None
    return Bracketed(outer, inner[0] if inner else "", tuple(ignored))


def date_bracketed(
    found: Bracketed, period: Period | None, terms: tuple[Term, ...]
) -> tuple[Dated | Doubt, tuple[Span, ...]] | None:
    """Dates for a text and its explanation, with the spans read; None when they are not dates."""
    phrase, weekday = without_weekday(days(words(found.outer)))
    outer = read_readings(phrase)
    if not outer:
        return None
    if not found.inner:
        dated = date_readings(outer, period, terms, weekday)
        return _said(dated, found.ignored), outer[0]
    if narrowed := _narrowed(outer[0], found.inner):
        return _said(date_spans(narrowed, period, terms), found.ignored), narrowed
    phrase, weekday = without_weekday(found.inner)
    inner = read_readings(phrase)
    if not inner or len(outer) != 1:
        return None
    dated = _inside(outer, inner, weekday, period, terms)
    return (_said(dated, found.ignored), inner[0]) if dated else None


def read_bracketed(text: str) -> tuple[Span, ...]:
    """The spans that a text and its explanation name, years as they stand; none: not dates."""
    found = taken_apart(text)
    outer = found and read_readings(without_weekday(days(words(found.outer)))[0])
    if not outer:
        return ()
    if not found.inner:
        return outer[0]
    if narrowed := _narrowed(outer[0], found.inner):
        return narrowed
    inner = read_readings(without_weekday(found.inner)[0])
    return inner[0] if inner else ()


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
    span = outer[0]
    month = span.last
    if len(outer) != 1 or span.first is None or month is None or not month.is_month:
        return None

    def day(number: str) -> Part:
        low = (month.low[0], int(number))
        return Part(month.year, low, low)

    if match := _UNTIL_DAY.fullmatch(inner):
        return (Span(span.first, day(match[1])),)
    if span.first != span.last:
        return None
    if match := _DAYS.fullmatch(inner):
        return (Span(day(match[1]), day(match[2])),)
    if match := _DAY.fullmatch(inner):
        return (Span(day(match[1]), day(match[1])),)
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
    around = date_readings(outer, period, terms)
    if isinstance(around, Doubt):
        alone = date_readings(inner, period, terms, weekday)
        if isinstance(alone, Doubt) or around.code != "due-no-year":
            return around
        year = (alone.spans[0][1] or alone.spans[0][0]).year
        around = date_readings(outer, Period(date(year, 1, 1), date(year, 12, 31)), terms)
        if isinstance(around, Doubt):
            return around
    if len(around.spans) != 1 or around.spans[0][1] is None:
        return None
    start, end = around.spans[0]
    window = Period(start or end, end)
    found = date_readings(inner, window if start else period, terms, weekday)
    if isinstance(found, Doubt):
        found = date_readings(inner, period, terms, weekday)
        if isinstance(found, Doubt):
            return found if found.severity == "error" else None
    if any(last is None for _, last in found.spans):
        return None
    if start is None:
        return found if found.spans == around.spans else _differ(around, found)
    if all(window.start <= (first or last) and last <= end for first, last in found.spans):
        if len(found.spans) == 1 and found.spans[0][0] is None:
            return found._replace(spans=((start, found.spans[0][1]),))
        return found._replace(doubts=(*around.doubts, *found.doubts))
    touching = all((first or last) <= end and last >= start for first, last in found.spans)
    return _differ(found, around) if touching else _differ(around, found)


def _differ(chosen: Dated, other: Dated) -> Dated:
    return Dated(chosen.spans, (*chosen.doubts, two_readings(chosen.spans, other.spans)))
