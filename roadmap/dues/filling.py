"""The years that plans leave out: from the neighbours in a list, or from the programme's period."""

from datetime import date
from itertools import pairwise
from typing import NamedTuple

from roadmap.dues.months import day_before
from roadmap.dues.parts import Part, Span
from roadmap.dues.values import Doubt, Period
from roadmap.terms import Term

Spans = tuple[tuple[date | None, date | None], ...]

FIRST_MONTH = 8
"""A school year's plan begins in August."""


class Candidates(NamedTuple):
    """The dates that spans may mean, the likeliest first; `yearless`: the text says no year.

    `unusual`: what makes sense too if the programme's period has a place for it.
    """

    dates: tuple[Spans, ...]
    yearless: bool = False
    unusual: tuple[Spans, ...] = ()


def candidate_dates(
    spans: tuple[Span, ...], period: Period | None, terms: tuple[Term, ...]
) -> Candidates | Doubt:
    """Every year that makes sense for the spans. No dates: nothing says a year.

    A Doubt when a day does not exist in the years said.
    """
    if all(_year(span) is None for span in map(_complete, spans)):
        return _of_period(spans, period, terms) if period else Candidates((), True)
    found: list[Spans] = []
    unusual: list[Spans] = []
    refused: Doubt | None = None
    for each in _senses(spans):
        same = _in_named_year(each)
        for filled, listed in ((_fill_years(each), found), (same, unusual)):
            if filled is None:
                continue
            dated = dates_of(filled, terms)
            if isinstance(dated, Doubt):
                refused = refused or dated
            elif (ordered := _ordered(dated)) not in found:
                listed.append(ordered)
        if same and unusual and not _in_school_order(spans):
            found, unusual = [*unusual, *found], []
    if not found and not unusual:
        return refused or Candidates(())
    return Candidates(tuple(found), unusual=tuple(unusual))


def _in_school_order(spans: tuple[Span, ...]) -> bool:
    """«октябрь, март»: later months first only where autumn goes before spring."""
    months = [(span.first or span.last).order[0] for span in spans]
    return all(one <= other or (one >= FIRST_MONTH > other) for one, other in pairwise(months))


def _senses(spans: tuple[Span, ...]) -> tuple[tuple[Span, ...], ...]:
    """«1 полугодие 2022» is January to June, or the first half of the school year."""
    taught = tuple(
        span._replace(
            first=span.first and _taught_half(span.first),
            last=span.last and _taught_half(span.last),
        )
        for span in spans
    )
    sorts = {part.term is None for span in taught for part in span[:2] if part}
    return (spans, taught) if taught != spans and len(sorts) == 1 else (spans,)


def _taught_half(part: Part) -> Part:
    """The half of a school year that begins in a calendar year; other parts as they are."""
    if part.term or part.high[1] != -1 or part.low[1] != 1:
        return part
    if (part.low[0], part.high[0]) == (1, 6):
        return Part(part.year, term=("half-year", 1))
    if (part.low[0], part.high[0]) == (7, 12):
        return Part(part.year and part.year - 1, term=("half-year", 2))
    return part


def _calendar_halves(spans: tuple[Span, ...]) -> tuple[Span, ...] | None:
    """Half-years without a year as those of a calendar year; None when there are others."""
    parts = [part for span in spans for part in _parts(span)]
    if not all(part.term and part.term[0] == "half-year" for part in parts):
        return None

    def half(part: Part | None) -> Part | None:
        last = part.term[1] * 6 if part else 0
        return part and Part(part.year, (last - 5, 1), (last, -1))

    return tuple(span._replace(first=half(span.first), last=half(span.last)) for span in spans)


def _in_named_year(spans: tuple[Span, ...]) -> tuple[Span, ...] | None:
    """A list with one year that is out of order: all of it in that year, whatever the order.

    «май, апрель 2022» can be nothing else; «октябрь, март 2022» and «октябрь 2022, март» are the
    school year's order first.
    """
    complete = [_complete(span) for span in spans]
    named = {_year(span) for span in complete} - {None}
    if len(spans) == 1 or len(named) != 1 or any(part.term for s in complete for part in _parts(s)):
        return None
    (year,) = named
    return tuple(_with_last_year(s, year) if _year(s) is None else s for s in complete)


def _parts(span: Span) -> list[Part]:
    return [part for part in span[:2] if part]


def _of_period(
    spans: tuple[Span, ...], period: Period, terms: tuple[Term, ...]
) -> Candidates | Doubt:
    """In the order written where the period holds them so; else each where the period has it."""
    years = range(period.start.year - 1, period.end.year + 2)
    senses = (spans,)
    if period.start.month == 1 and (halves := _calendar_halves(spans)) is not None:
        senses = (halves, spans)  # in a plan for a calendar year «1 полугодие» may be its first
    filled = tuple(_fill_years(each, year) for each in senses for year in years)
    chains = _dated(filled, terms)
    if len(spans) == 1 or any(_within(chain, period) for chain in chains):
        return Candidates(tuple(chains), True)
    places: list[list[Spans]] = []
    for span in spans:
        alone = _dated(tuple(_fill_years((span,), year) for year in years), terms)
        inside = [each for each in alone if _within(each, period)]
        if not inside:
            return Candidates(tuple(chains), True)
        places.append(inside)
    # Where one of them comes round more than once, the next reading takes its later time.
    count = max(map(len, places))
    found: list[Spans] = []
    for number in range(count):
        chosen = [each[min(number, len(each) - 1)] for each in places]
        ordered = _ordered(tuple(one for each in chosen for one in each))
        if ordered not in found:
            found.append(ordered)
    return Candidates(tuple(found), True)


def _dated(filled: tuple[tuple[Span, ...] | None, ...], terms: tuple[Term, ...]) -> list[Spans]:
    dated = (dates_of(each, terms) for each in filled if each is not None)
    return [_ordered(each) for each in dated if not isinstance(each, Doubt)]


def _ordered(spans: Spans) -> Spans:
    """In the order of time, what was said twice only once."""
    return tuple(
        sorted(dict.fromkeys(spans), key=lambda each: (each[0] or each[1], each[1] or date.max))
    )


def _within(spans: Spans, period: Period) -> bool:
    days = [day for pair in spans for day in pair if day]
    return period.start <= min(days) and max(days) <= period.end


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
        last = last._replace(year=year if forward(first, last) else year + 1)
    return span._replace(first=first._replace(year=year), last=last)


def _with_last_year(span: Span, year: int) -> Span:
    first, last = span.first, span.last
    if last is None:
        return span._replace(first=first._replace(year=year))
    if first and first.year is None:
        first = first._replace(year=year if forward(first, last) else year - 1)
    return span._replace(first=first, last=last._replace(year=year))


def forward(first: Part, last: Part) -> bool:
    if first.term:
        return first.order <= last.order
    return first.low <= (last.high[0], last.high[1] if last.high[1] >= 0 else 31)


def dates_of(spans: tuple[Span, ...], terms: tuple[Term, ...]) -> Spans | Doubt:
    """The days of spans that have every year; a Doubt when one does not exist."""
    found = []
    for span in spans:
        start = end = None
        if span.first:
            days = span.first.dates(span.first.year, terms)
            if days is None:
                return no_such_date(span.first)
            start = days[0]
        if span.last:
            days = span.last.dates(span.last.year, terms)
            if days is None:
                return no_such_date(span.last)
            end = day_before(days[0]) if span.exclusive else days[1]
        if start and end and end < start:
            return Doubt("due-end-before-start", f"конец раньше начала: {span}", "error")
        found.append((start, end))
    return tuple(found)


def no_such_date(part: Part) -> Doubt:
    """A doubt about a day that no calendar has."""
    return Doubt("due-no-such-date", f"{part} нет в календаре", "error")
