"""Moving a whole plan in time, as a person asks for it: by months, or to begin in a month."""

from datetime import date

from roadmap.dues import months_between
from roadmap.errors import InputWrong
from roadmap.spec import RoadMap


def months_to_begin_in(roadmap: RoadMap, year: int, month: int) -> int:
    """By how many whole months to move the plan so that it begins in this month."""
    first = roadmap.first_month()
    if first is None:
        raise InputWrong("в дорожной карте нет ни одной даты, переносить нечего")
    return months_between(date(*first, 1), date(year, month, 1))


def shifted(roadmap: RoadMap, months: int) -> RoadMap:
    """The plan moved by whole months; raises `InputWrong` beyond the calendar."""
    try:
        return roadmap.shifted(months)
    except (ValueError, OverflowError):
        raise InputWrong(f"на {months} мес. перенести нельзя: таких лет нет в календаре") from None
