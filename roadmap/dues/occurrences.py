"""When a deadline comes round."""

from collections.abc import Iterator
from datetime import date, timedelta

from roadmap.dues.certain import certain
from roadmap.dues.months import day_before, month_end, month_length, shift_month
from roadmap.dues.values import Due, Occurrence, Period, Rule
from roadmap.terms import Term, TermKind, terms_within

_TERM_KINDS: dict[str, TermKind] = {
    "term": "quarter",
    "trimester": "trimester",
    "half-year": "half-year",
}
_MONTHS = {"year": 12, "quarter": 3, "month": 1}
_WEEK = timedelta(days=7)


def occurrences(
    due: Due, period: Period | None = None, terms: tuple[Term, ...] = ()
) -> tuple[Occurrence, ...]:
    """Every time a deadline comes round, in order; only those that touch `period` when given.

    A deadline without a rule comes round once. A rule runs between the due's own dates and takes
    from `period` what they leave open; with no end at all, and for «по мере необходимости», there
    is nothing to list. `terms` are the school's own quarters and half-years.
    """
    rule = due.rule
    start, end = due.start, due.end
    if rule and period:
        start, end = start or period.start, end or period.end
    if end is None or (rule and rule.every == "as-needed"):
        return ()
    if rule is None or rule.every == "always":
        found: tuple[Occurrence, ...] = (Occurrence(start, end),)
    elif rule.every == "dates":
        found = tuple(Occurrence(first, last) for first, last in rule.spans)
    elif start is None:
        return ()
    else:
        found = tuple(comes_round(rule, start, end, terms))
    if period is None:
        return found
    return tuple(
        each
        for each in found
        if each.end >= period.start and (each.start or each.end) <= period.end
    )


def span_of(
    rule: Rule, start: date, end: date, terms: tuple[Term, ...] = ()
) -> tuple[date, date] | None:
    """First and last day of all occurrences in a window; None when there is none."""
    if rule.every in ("always", "as-needed", "day"):
        return start, end
    if rule.every in ("year", "quarter", "month", "week") and not (
        rule.within or rule.day or rule.weekday is not None
    ):
        return start, end  # units follow each other without a gap
    found = list(comes_round(rule, start, end, terms))
    if not found:
        return None
    return min(each.start or each.end for each in found), max(each.end for each in found)


def comes_round(
    rule: Rule, start: date, end: date, terms: tuple[Term, ...] = ()
) -> Iterator[Occurrence]:
    """The occurrences of a rule in a window, both ends included.

    Spans are cut to the window; what has only a last day comes round when that day is in it.
    """
    if rule.within:
        yield from _within_years(rule, start, end)
    elif rule.weekday is not None:
        yield from _weekdays(rule, start, end)
    elif rule.day:
        yield from _month_days(rule, start, end)
    else:
        for first, last in _units(rule, start, end, terms):
            for part_first, part_last in _divided(rule, first, last):
                if part_last >= start and part_first <= end:
                    yield Occurrence(max(part_first, start), min(part_last, end))


def _within_years(rule: Rule, start: date, end: date) -> Iterator[Occurrence]:
    found: list[tuple[int, Occurrence]] = []
    for year in range(start.year - 1, end.year + 1):
        for first, last in rule.within:
            if first is None:
                last_day = last.on(year, last=True)
                if start <= last_day <= end:
                    found.append((year, Occurrence(None, last_day)))
                continue
            first_day, last_day = first.on(year, last=False), last.on(year, last=True)
            if last_day < first_day:
                last_day = last.on(year + 1, last=True)
            if last_day >= start and first_day <= end:
                found.append((year, Occurrence(max(first_day, start), min(last_day, end))))
    found.sort(key=lambda each: each[1].end)
    for year, occurrence in found:
        if (year - found[0][0]) % rule.interval == 0:
            yield occurrence


def _weekdays(rule: Rule, start: date, end: date) -> Iterator[Occurrence]:
    day = start + timedelta(days=(certain(rule.weekday) - start.weekday()) % 7)
    while day <= end:
        yield Occurrence(day, day)
        day += _WEEK * rule.interval


def _month_days(rule: Rule, start: date, end: date) -> Iterator[Occurrence]:
    months = _MONTHS[rule.every]
    first = _unit_start(rule, start)
    if rule.following:
        first = shift_month(first, -months)
    while first <= end:
        following = shift_month(first, months)
        month = following if rule.following else shift_month(following, -1)
        due = month.replace(day=min(rule.day, month_length(month.year, month.month)))
        if start <= due <= end:
            opens = due if rule.exact else max(month if rule.following else first, start)
            yield Occurrence(opens, due)
        first = following


def _unit_start(rule: Rule, day: date) -> date:
    month = day.month if rule.every == "month" else (day.month - 1) // 3 * 3 + 1
    return date(day.year, month, 1)


def _units(
    rule: Rule, start: date, end: date, terms: tuple[Term, ...]
) -> Iterator[tuple[date, date]]:
    """Whole units that cover the window; years are counted from its first day."""
    if rule.every in _TERM_KINDS:
        for term in terms_within(_TERM_KINDS[rule.every], start, end, terms):
            yield term.start, term.end
        return
    if rule.every in ("week", "day"):
        length = timedelta(days=(7 if rule.every == "week" else 1) * rule.interval)
        first = start - timedelta(days=start.weekday()) if rule.every == "week" else start
        while first <= end:
            yield first, first + length - timedelta(days=1)
            first += length
        return
    months = _MONTHS[rule.every] * rule.interval
    anchor = start if rule.every == "year" else _unit_start(rule, start)
    first, count = anchor, 0
    while first <= end:
        count += 1
        following = shift_month(anchor, months * count)
        yield first, day_before(following)
        first = following


def _divided(rule: Rule, first: date, last: date) -> Iterator[tuple[date, date]]:
    """A unit in `times` equal parts: by months where they divide it, else by days."""
    times = rule.times
    months = _MONTHS.get(rule.every, 0) * rule.interval
    if times > 1 and months and months % times == 0 and first.day == 1:
        for number in range(times):
            opens = shift_month(first, months // times * number)
            yield opens, month_end(shift_month(opens, months // times - 1))
        return
    length = (last - first).days + 1
    for number in range(times):
        before, through = length * number // times, length * (number + 1) // times
        if through > before:
            yield first + timedelta(days=before), first + timedelta(days=through - 1)
