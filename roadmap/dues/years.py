"""Dates for spans: the years that plans leave out, and the days that do not exist."""

from datetime import date
from typing import NamedTuple

from roadmap.dues.months import day_before
from roadmap.dues.parts import Part, Span
from roadmap.dues.printing import print_day, print_span
from roadmap.dues.values import Doubt, Period
from roadmap.terms import Term

# Outside these years a figure is a slip of the pen: «сентябрь 1021».
FIRST_YEAR, LAST_YEAR = 1900, 2199
_LEAP_YEAR = 2000
_FIRST_MONTH = 8
"""A school year's plan begins in August."""


class Dated(NamedTuple):
    """The spans with their dates, and what a person should know about the years chosen."""

    spans: tuple[tuple[date | None, date | None], ...]
    doubts: tuple[Doubt, ...] = ()


def date_spans(
    spans: tuple[Span, ...], period: Period | None, terms: tuple[Term, ...]
) -> Dated | Doubt:
    """Dates for the spans; years left out come from the neighbours, else from the period.

    The first time within the period is taken. A Doubt when there is no such day, an end lies
    before its start, or no year can be found.
    """
    for span in spans:
        for part in span[:2]:
            if part and (doubt := impossible(part)):
                return doubt
        if _turns_back(span):
            return Doubt("due-end-before-start", f"конец раньше начала: {span}", "error")
    years = _fill_years(spans)
    if years is not None:
        dated = _dates(years, terms)
        return dated if isinstance(dated, Doubt) else Dated(dated)
    shown = ", ".join(map(str, spans))
    if period is None:
        return Doubt(
            "due-no-year",
            f"не указан год: {shown}; допишите год или укажите период программы",
            "warning",
        )
    inside, touching = [], []
    for year in range(period.start.year - 1, period.end.year + 1):
        dated = _dates(_fill_years(spans, year), terms)
        if isinstance(dated, Doubt):
            continue
        days = [day for pair in dated for day in pair if day]
        if period.start <= min(days) and max(days) <= period.end:
            inside.append(dated)
        elif min(days) <= period.end and max(days) >= period.start:
            touching.append(dated)
    if not inside and not touching:
        return Doubt(
            "due-no-year",
            f"не указан год, а в период программы ({print_day(period.start)} – "
            f"{print_day(period.end)}) этот срок не попадает: {shown}; допишите год",
            "warning",
        )
    if len(inside) > 1:
        doubt = Doubt(
            "due-year-chosen",
            f"в период программы этот срок попадает не один раз: {shown}; "
            f"взят первый, {print_span(*inside[0][0])} – если нужен другой, допишите год",
            "info",
        )
        return Dated(inside[0], (doubt,))
    return Dated((inside or touching)[0])


def _turns_back(span: Span) -> bool:
    """«май – апрель 2021», «15 мая – 10 мая 2021»: no school year runs so.

    «Ноябрь – март 2022» does: from August on a plan means the year before.
    """
    first, last = span.first, span.last
    if not first or not last or first.term or last.term or last.year is None:
        return False
    return first.year is None and not _forward(first, last) and (
        first.low[0] < _FIRST_MONTH or first.low[0] == last.low[0]
    )  # fmt: skip


def _fill_years(spans: tuple[Span, ...], start: int | None = None) -> tuple[Span, ...] | None:
    """The spans with every year; None when nothing says one. `start` is the first span's."""
    filled = [_complete(span) for span in spans]
    if start is not None:
        filled[0] = _with_first_year(filled[0], start)
    for index in range(len(filled) - 2, -1, -1):
        this, following = filled[index], filled[index + 1]
        if _year(this) is None and _year(following) is not None:
            last, then = this.last or this.first, following.first or following.last
            year = then.year if last.order <= then.order else then.year - 1
            filled[index] = _with_last_year(this, year)
    for index in range(1, len(filled)):
        previous, this = filled[index - 1], filled[index]
        if _year(this) is None and _year(previous) is not None:
            last, then = previous.last or previous.first, this.first or this.last
            year = last.year if last.order <= then.order else last.year + 1
            filled[index] = _with_first_year(this, year)
    return tuple(filled) if all(_year(span) is not None for span in filled) else None


def _year(span: Span) -> int | None:
    return (span.first or span.last).year


def _complete(span: Span) -> Span:
    """One end gives the other its year; «сентябрь – май» runs over New Year."""
    first, last = span.first, span.last
    if first and last and (first.year is None) != (last.year is None):
        if first.year is None:
            return _with_last_year(span, last.year)
        return _with_first_year(span, first.year)
    return span


def _with_first_year(span: Span, year: int) -> Span:
    first, last = span.first, span.last
    if first is None:
        return span._replace(last=last._replace(year=year))
    if last and last.year is None:
        last = last._replace(year=year if _forward(first, last) else year + 1)
    return span._replace(first=first._replace(year=year), last=last)


def _with_last_year(span: Span, year: int) -> Span:
    first, last = span.first, span.last
    if last is None:
        return span._replace(first=first._replace(year=year))
    if first and first.year is None:
        first = first._replace(year=year if _forward(first, last) else year - 1)
    return span._replace(first=first, last=last._replace(year=year))


def _forward(first: Part, last: Part) -> bool:
    if first.term:
        return first.order <= last.order
    return first.low <= (last.high[0], last.high[1] if last.high[1] >= 0 else 31)


def _dates(
    spans: tuple[Span, ...], terms: tuple[Term, ...]
) -> tuple[tuple[date | None, date | None], ...] | Doubt:
    found = []
    for span in spans:
        start = end = None
        if span.first:
            days = span.first.dates(span.first.year, terms)
            if days is None:
                return _no_such_date(span.first)
            start = days[0]
        if span.last:
            days = span.last.dates(span.last.year, terms)
            if days is None:
                return _no_such_date(span.last)
            end = day_before(days[0]) if span.exclusive else days[1]
        if start and end and end < start:
            return Doubt("due-end-before-start", f"конец раньше начала: {span}", "error")
        found.append((start, end))
    return tuple(found)


def impossible(part: Part) -> Doubt | None:
    """A doubt about what exists in no year, or about a year that cannot be meant."""
    if part.year is not None and not FIRST_YEAR <= part.year <= LAST_YEAR:
        return Doubt(
            "due-no-such-date", f"{part.year} год не похож на год плана: проверьте год", "error"
        )
    if part.term is None and part.dates(part.year or _LEAP_YEAR, ()) is None:
        return _no_such_date(part)
    return None


def _no_such_date(part: Part) -> Doubt:
    return Doubt("due-no-such-date", f"{part} нет в календаре", "error")
