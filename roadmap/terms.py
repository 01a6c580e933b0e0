"""The school year and its parts: the school's own where it names them, else the usual ones.

A school year is named by the calendar year it begins in: 2021 is «2021–2022 учебный год».
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

TermKind = Literal["quarter", "trimester", "half-year", "year"]

TERMS_IN_YEAR: dict[TermKind, int] = {"quarter": 4, "trimester": 3, "half-year": 2, "year": 1}


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a school year, both ends included; `number` counts from 1 within the year."""

    kind: TermKind
    number: int
    start: date
    end: date

    @property
    def school_year(self) -> int:
        return school_year_of(self.start)


@dataclass(frozen=True, slots=True)
class Vacation:
    """Days without lessons, both ends included. Staff work on their working days."""

    name: str
    start: date
    end: date


def school_year_of(day: date) -> int:
    """The school year a day belongs to. August prepares the year to come."""
    return day.year if day.month >= 8 else day.year - 1


def term(kind: TermKind, number: int, school_year: int, declared: tuple[Term, ...] = ()) -> Term:
    """One part of a school year: the declared one, else made of declared parts, else the usual.

    Two declared quarters make a half-year, all quarters, trimesters or half-years the year.
    Raises ValueError for a number that the kind does not have.
    """
    if not 1 <= number <= TERMS_IN_YEAR[kind]:
        raise ValueError(f"no {kind} number {number}")
    for own in declared:
        if own.kind == kind and own.number == number and own.school_year == school_year:
            return own
    return _composed(kind, number, school_year, declared) or usual_term(kind, number, school_year)


def terms_within(
    kind: TermKind, start: date, end: date, declared: tuple[Term, ...] = ()
) -> Iterator[Term]:
    """Every part of this kind that shares a day with the span, in order."""
    for school_year in range(start.year - 1, end.year + 1):
        for number in range(1, TERMS_IN_YEAR[kind] + 1):
            found = term(kind, number, school_year, declared)
            if found.start <= end and found.end >= start:
                yield found


@lru_cache(maxsize=1024)
def usual_term(kind: TermKind, number: int, school_year: int) -> Term:
    """The part of a school year as Russian schools have it unless they say otherwise.

    Quarters are those of the Ministry's yearly recommendation: autumn and spring vacations of nine
    days from the fourth Saturday of October and of March, winter's from 31 December to the end of
    the New Year holidays, lessons until 26 May. Plans name the longer parts in whole months, so
    those are September–December and January–May, December–February, September–May.
    """
    year, following = school_year, school_year + 1
    if kind == "quarter":
        start, end = (
            lambda: (date(year, 9, 1), _fourth_saturday(year, 10) - timedelta(days=1)),
            lambda: (_after_autumn_vacation(year), _weekday_by(date(year, 12, 30))),
            lambda: (
                _after_new_year(following),
                _fourth_saturday(following, 3) - timedelta(days=1),
            ),
            lambda: (
                _fourth_saturday(following, 3) + timedelta(days=9),
                _weekday_by(date(following, 5, 26)),
            ),
        )[number - 1]()
        return Term(kind, number, start, end)
    december, may = date(year, 12, 31), date(following, 5, 31)
    february = date(following, 3, 1) - timedelta(days=1)
    spans = {
        ("trimester", 1): (date(year, 9, 1), date(year, 11, 30)),
        ("trimester", 2): (date(year, 12, 1), february),
        ("trimester", 3): (date(following, 3, 1), may),
        ("half-year", 1): (date(year, 9, 1), december),
        ("half-year", 2): (date(following, 1, 1), may),
        ("year", 1): (date(year, 9, 1), may),
    }
    return Term(kind, number, *spans[kind, number])


def usual_vacations(school_year: int) -> tuple[Vacation, ...]:
    """The gaps between the usual quarters, and the summer after them."""
    quarters = [usual_term("quarter", number, school_year) for number in (1, 2, 3, 4)]
    names = ("осенние каникулы", "зимние каникулы", "весенние каникулы", "летние каникулы")
    ends = [quarter.start - timedelta(days=1) for quarter in quarters[1:]]
    ends.append(date(school_year + 1, 8, 31))
    return tuple(
        Vacation(name, quarter.end + timedelta(days=1), end)
        for name, quarter, end in zip(names, quarters, ends, strict=True)
    )


_PARTS: dict[tuple[TermKind, int], tuple[tuple[TermKind, int, int], ...]] = {
    ("half-year", 1): (("quarter", 1, 2),),
    ("half-year", 2): (("quarter", 3, 4),),
    ("year", 1): (("quarter", 1, 4), ("trimester", 1, 3), ("half-year", 1, 2)),
}


def _composed(
    kind: TermKind, number: int, school_year: int, declared: tuple[Term, ...]
) -> Term | None:
    own = {(t.kind, t.number): t for t in declared if t.school_year == school_year}
    for part, first, last in _PARTS.get((kind, number), ()):
        if (part, first) in own and (part, last) in own:
            return Term(kind, number, own[part, first].start, own[part, last].end)
    return None


def _fourth_saturday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(5 - first.weekday()) % 7 + 21)


def _weekday_by(day: date) -> date:
    """The day itself, or the Friday before when it is a Saturday or a Sunday."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def _after_autumn_vacation(year: int) -> date:
    monday = _fourth_saturday(year, 10) + timedelta(days=9)
    unity_day = date(year, 11, 4)
    if monday in (unity_day - timedelta(days=1), unity_day):
        return unity_day + timedelta(days=1)
    if unity_day.weekday() >= 5 and unity_day < monday <= unity_day + timedelta(days=2):
        return monday + timedelta(days=1)  # the holiday fell on a weekend and took Monday
    return monday


def _after_new_year(year: int) -> date:
    day = date(year, 1, 9)
    # Nobody begins a quarter on a Friday.
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= 4 else day
