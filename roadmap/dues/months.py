"""Whole-month arithmetic."""

from datetime import date, timedelta

_LENGTHS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def month_length(year: int, month: int) -> int:
    """The number of days in a month, 28 to 31."""
    if month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0):
        return 29
    return _LENGTHS[month]


def is_month_end(day: date) -> bool:
    """Whether a day is the last one of its month."""
    return day.day == month_length(day.year, day.month)


def month_end(day: date) -> date:
    """The last day of the month a day lies in."""
    return day.replace(day=month_length(day.year, day.month))


def months_between(earlier: date, later: date) -> int:
    """How many months to move one date by so that it lies in the month of the other.

    Counts calendar months and ignores days: 31 August and 1 September are one month apart.
    Negative when `later` lies in an earlier month.
    """
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def shift_month(day: date, months: int) -> date:
    """The same day some months later (earlier when negative).

    A day that the new month lacks becomes its last one: 31 January + 1 is 28 or 29 February.
    Raises ValueError beyond the years 1–9999.
    """
    ordinal = day.year * 12 + day.month - 1 + months
    year, month = ordinal // 12, ordinal % 12 + 1
    return date(year, month, min(day.day, month_length(year, month)))


def shift_span(
    start: date | None, end: date | None, months: int
) -> tuple[date | None, date | None]:
    """Move a span of days by whole months, either end may be open.

    A span of whole months stays one: 1–30 September moved to February ends with its last day.
    """
    new_start = start and shift_month(start, months)
    new_end = end and shift_month(end, months)
    if start and end and new_end and start.day == 1 and is_month_end(end):
        new_end = month_end(new_end)
    return new_start, new_end


def day_after(day: date) -> date:
    """The next day."""
    return day + timedelta(days=1)


def day_before(day: date) -> date:
    """The day before."""
    return day - timedelta(days=1)
