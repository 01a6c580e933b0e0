"""Dates for spans: which of the sensible readings is meant, and the days that do not exist."""

from datetime import date
from typing import NamedTuple

from roadmap.dues.filling import FIRST_MONTH, Spans, candidate_dates, forward, no_such_date
from roadmap.dues.parts import Part, Span
from roadmap.dues.printing import print_day, print_span
from roadmap.dues.values import Doubt, Period
from roadmap.terms import Term

# Outside these years a figure is a slip of the pen: «сентябрь 1021».
FIRST_YEAR, LAST_YEAR = 1900, 2199
_LEAP_YEAR = 2000


WEEKDAYS = (
    "понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье",
)  # fmt: skip


class Dated(NamedTuple):
    """The spans with their dates, and what a person should know about the years chosen."""

    spans: Spans
    doubts: tuple[Doubt, ...] = ()


def date_spans(
    spans: tuple[Span, ...], period: Period | None, terms: tuple[Term, ...]
) -> Dated | Doubt:
    """Dates for the spans of one reading; see `date_readings`."""
    return date_readings((spans,), period, terms)


def date_readings(
    readings: tuple[tuple[Span, ...], ...],
    period: Period | None,
    terms: tuple[Term, ...],
    weekday: int | None = None,
) -> Dated | Doubt:
    """Dates for what a text may mean; years left out come from the neighbours or the period.

    Of several sensible readings one that alone lies in the period is meant; else the first is
    taken and a doubt names the others. `weekday` (0 is Monday) is that of the day named. A Doubt
    alone when there is no such day, an end lies before its start, or no year can be found.
    """
    found = sensible_dates(readings, period, terms)
    return found if isinstance(found, Doubt) else settled(found, period, weekday)


class Sensible(NamedTuple):
    """What a text may mean, the likeliest first.

    `shown`: how the text itself is named to people; `yearless`: it says no year.
    """

    dates: tuple[Spans, ...]
    shown: str
    yearless: bool = False


def sensible_dates(
    readings: tuple[tuple[Span, ...], ...], period: Period | None, terms: tuple[Term, ...]
) -> Sensible | Doubt:
    """All dates that a text may mean in some year; a Doubt when there are none."""
    found: list[Spans] = []
    unusual: list[Spans] = []
    refused: Doubt | None = None
    yearless = False
    for reading in readings:
        if doubt := _wrong(reading):
            refused = refused or doubt
            continue
        candidates = candidate_dates(reading, period, terms)
        if isinstance(candidates, Doubt):
            refused = refused or candidates
            continue
        yearless = yearless or candidates.yearless
        found += [each for each in candidates.dates if each not in found]
        unusual += candidates.unusual
    if period:
        found += [each for each in unusual if _inside(each, period)]
    shown = ", ".join(map(str, readings[0]))
    if not found:
        return refused or _no_year(shown, period, [])
    return Sensible(tuple(found), shown, yearless)


def settled(found: Sensible, period: Period | None, weekday: int | None = None) -> Dated | Doubt:
    """The one that is meant, with a doubt that names the others; a Doubt when none can be."""
    dates = list(found.dates)
    fitting = [each for each in dates if weekday is None or _falls_on(each, weekday)]
    chosen, other = _chosen(fitting or dates, period, found.yearless)
    if chosen is None:
        return _no_year(found.shown, period, dates)
    doubts = (_two_readings(found.shown, chosen, other, found.yearless),) if other else ()
    if not fitting:
        doubts += (_other_weekday(chosen, weekday),)
    return Dated(chosen, doubts)


def _wrong(spans: tuple[Span, ...]) -> Doubt | None:
    for span in spans:
        for part in span[:2]:
            if part and (doubt := impossible(part)):
                return doubt
        if _turns_back(span):
            return Doubt("due-end-before-start", f"конец раньше начала: {span}", "error")
    return None


def _chosen(
    found: list[Spans], period: Period | None, yearless: bool
) -> tuple[Spans | None, list[Spans]]:
    """The reading to take, and the others that make as much sense."""
    if period is None:
        return found[0], found[1:]
    inside = [each for each in found if _inside(each, period)]
    if not inside:
        inside = [each for each in found if _touches(each, period)]
        if inside and yearless:
            return inside[0], inside[1:]
    if inside:
        return inside[0], inside[1:]
    return (None, found) if yearless else (found[0], found[1:])


def _days(spans: Spans) -> list[date]:
    return [day for pair in spans for day in pair if day]


def _inside(spans: Spans, period: Period) -> bool:
    days = _days(spans)
    return period.start <= min(days) and max(days) <= period.end


def _touches(spans: Spans, period: Period) -> bool:
    days = _days(spans)
    return min(days) <= period.end and max(days) >= period.start


def _falls_on(spans: Spans, weekday: int) -> bool:
    return all(day.weekday() == weekday for day in _days(spans))


def print_spans(spans: Spans) -> str:
    """The dates of a reading as they are printed and read back."""
    return ", ".join(print_span(*each) for each in spans)


def _two_readings(shown: str, chosen: Spans, other: list[Spans], yearless: bool) -> Doubt:
    first, *rest = (print_spans(each) for each in (chosen, *other[:2]))
    either = " или ".join((first, *rest))
    settled = " или ".join(f'due: "{each}"' for each in (first, *rest))
    if yearless:
        message = (
            f"в период программы этот срок попадает не один раз: {shown}; это {either}; "
            f"взят первый, {first} – напишите, какой нужен: {settled}"
        )
        return Doubt("due-year-chosen", message, "info")
    message = (
        f"срок можно понять по-разному: {either}; взято первое – напишите, что верно: {settled}"
    )
    return Doubt("due-two-readings", message, "info")


def two_readings(first: Spans, second: Spans) -> Doubt:
    """A doubt that names both readings, the first taken, and how to settle it."""
    return _two_readings("", first, [second], False)


def _other_weekday(spans: Spans, weekday: int) -> Doubt:
    (day, *_) = _days(spans)
    return Doubt(
        "due-two-readings",
        f"{print_day(day)} – {WEEKDAYS[day.weekday()]}, а написано «{WEEKDAYS[weekday]}»; взята "
        f'дата: если она верна, напишите due: "{print_spans(spans)}", иначе исправьте её',
        "info",
    )


def _no_year(shown: str, period: Period | None, outside: list[Spans]) -> Doubt:
    if period is None:
        return Doubt(
            "due-no-year",
            f"не указан год: {shown}; допишите год или укажите период программы",
            "warning",
        )
    before = [each for each in outside if max(_days(each)) < period.start]
    after = [each for each in outside if min(_days(each)) > period.end]
    near = [*before[-1:], *after[:1]] or outside[:2]
    settled = " или ".join(f'due: "{print_spans(each)}"' for each in near)
    return Doubt(
        "due-no-year",
        f"не указан год, а в период программы ({print_day(period.start)} – "
        f"{print_day(period.end)}) этот срок не попадает: {shown}; допишите год"
        + (f": {settled}" if settled else ""),
        "warning",
    )


def _turns_back(span: Span) -> bool:
    """«май – апрель 2021», «15 мая – 10 мая 2021»: no school year runs so.

    «Ноябрь – март 2022» does: from August on a plan means the year before.
    """
    first, last = span.first, span.last
    if not first or not last or first.term or last.term or last.year is None:
        return False
    return first.year is None and not forward(first, last) and (
        first.low[0] < FIRST_MONTH or first.low[0] == last.low[0]
    )  # fmt: skip


def impossible(part: Part) -> Doubt | None:
    """A doubt about what exists in no year, or about a year that cannot be meant."""
    if part.year is not None and not FIRST_YEAR <= part.year <= LAST_YEAR:
        return Doubt(
            "due-no-such-date", f"{part.year} год не похож на год плана: проверьте год", "error"
        )
    if part.term is None and part.dates(part.year or _LEAP_YEAR, ()) is None:
        return no_such_date(part)
    return None
