"""Russia's working days: weekends, holidays, and the days off moved by the government.

Holidays and moves come from the `holidays` library; it is heavy and is imported on first use.
"""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

_MOVED_FROM = re.compile(r"\(перенесено с (\d\d)\.(\d\d)\.(\d{4})\)")
_OBSERVED = " (выходной)"
_SATURDAY, _SUNDAY = 5, 6


class NationalYear(NamedTuple):
    """A year's working days in order; `moves_known`: the government's moves are in them."""

    working_days: tuple[date, ...]
    moves_known: bool


@lru_cache(maxsize=256)
def national_year(year: int, six_day_week: bool = False) -> NationalYear:
    """Working days of a year in the whole of Russia, of a five-day or a six-day week.

    Days off come from holidays, from the government's yearly moves and from the Labour Code's
    article 112, part 2: a holiday on a day off that the government has not moved gives the next
    working day instead, except 1–8 January. For a year whose moves are not known yet the article
    alone is applied. In a six-day week Saturday is no day off, and what is moved from a Saturday
    is not moved.
    """
    names, worked_weekends = _library_year(year)
    weekend = (_SUNDAY,) if six_day_week else (_SATURDAY, _SUNDAY)
    holidays = {day for day, name in names.items() if not _is_moved(name)}
    origins = {day: _origin(name) for day, name in names.items()}
    moves = {day: origin for day, origin in origins.items() if origin is not None}
    off = holidays | {day for day, origin in moves.items() if origin.weekday() in weekend}
    off |= _moved_by_law(holidays - set(moves.values()), off, weekend)
    if not six_day_week:
        off |= names.keys()
    first = date(year, 1, 1).toordinal()
    last = date(year, 12, 31).toordinal()
    days = map(date.fromordinal, range(first, last + 1))
    return NationalYear(
        tuple(
            day
            for day in days
            if day not in off and (day.weekday() not in weekend or day in worked_weekends)
        ),
        moves_known=bool(moves),
    )


def holiday_name(day: date) -> str | None:
    """«День Победы», «выходной день, перенесённый с 02.01.2021»; None for any other day."""
    name = _library_year(day.year)[0].get(day)
    if not name:
        return None
    first = name.split("; ")[0]
    origin = _origin(first)
    return f"выходной день, перенесённый с {origin:%d.%m.%Y}" if origin else first


@lru_cache(maxsize=256)
def _library_year(year: int) -> tuple[dict[date, str], frozenset[date]]:
    import holidays

    found = holidays.country_holidays("RU", years=year, language="ru")
    names = {day: name for day, name in found.items() if day.year == year}
    return names, frozenset(found.weekend_workdays)


def _is_moved(name: str) -> bool:
    # Several names of one day are joined; one of them may be a holiday of its own.
    return all(part.endswith(_OBSERVED) or _origin(part) for part in name.split("; "))


def _origin(name: str) -> date | None:
    match = _MOVED_FROM.search(name)
    return date(int(match[3]), int(match[2]), int(match[1])) if match else None


def _moved_by_law(holidays: set[date], off: set[date], weekend: tuple[int, ...]) -> set[date]:
    moved: set[date] = set()
    for day in sorted(holidays):
        if day.weekday() not in weekend or (day.month == 1 and day.day <= 8):
            continue
        instead = day + timedelta(days=1)
        while instead.weekday() in weekend or instead in off or instead in moved:
            instead += timedelta(days=1)
        moved.add(instead)
    return moved
