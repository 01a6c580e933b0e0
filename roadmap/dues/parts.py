"""The parts that a span of days is written with: a day, a month, a quarter, a school term."""

from datetime import date
from typing import NamedTuple

from roadmap.dues.certain import certain
from roadmap.dues.months import month_length
from roadmap.russian import GENITIVE, NOMINATIVE
from roadmap.terms import Term, TermKind, term

_TERM_NAMES = {
    "quarter": "{} четверть",
    "trimester": "{} триместр",
    "half-year": "{} полугодие",
    "year": "учебный год",
}


class Part(NamedTuple):
    """A day, month, quarter, year, or – with `term` – a part of a school year.

    `low` and `high` are (month, day); a negative day counts from the month's end, −1 is the last.
    `year` is a calendar year, for a term its school year, None when not said.
    """

    year: int | None
    low: tuple[int, int] = (0, 0)
    high: tuple[int, int] = (0, 0)
    term: tuple[TermKind, int] | None = None

    @property
    def is_month(self) -> bool:
        return self.term is None and self.low == (self.high[0], 1) and self.high[1] == -1

    @property
    def is_year(self) -> bool:
        """A calendar year as a whole."""
        return self.term is None and (self.low, self.high) == ((1, 1), (12, -1))

    @property
    def order(self) -> tuple[int, int]:
        """Where in its year the part begins, to be compared with parts of the same sort."""
        return (self.term[1], 0) if self.term else self.low

    def dates(self, year: int, terms: tuple[Term, ...]) -> tuple[date, date] | None:
        """First and last day in a year; None when one of them does not exist."""
        if self.term:
            found = term(*self.term, year, terms)
            return found.start, found.end
        first, last = _day(year, self.low), _day(year, self.high)
        return (first, last) if first and last else None

    def __str__(self) -> str:
        (month, day), last = self.low, self.high
        if self.term:
            return _TERM_NAMES[self.term[0]].format(self.term[1], self.year)
        if not 1 <= month <= 12:
            return f"{day:02d}.{month:02d}" + (f".{self.year}" if self.year else "")
        if (month, day) == last:
            return f"{day} {GENITIVE[month]}" + (f" {self.year} года" if self.year else "")
        year = f" {self.year}" if self.year else ""
        if self.is_month:
            return NOMINATIVE[month] + year
        if (self.low, last) == ((1, 1), (12, -1)):
            return f"{self.year} год"
        if month == last[0]:
            length = month_length(self.year or 2000, month)
            ends = (each if each > 0 else length + 1 + each for each in (day, last[1]))
            return "{}–{} ".format(*ends) + GENITIVE[month] + year
        return f"{NOMINATIVE[month]} – {NOMINATIVE[last[0]]}{year}"


class Span(NamedTuple):
    """From the first day of `first` to the last of `last`; one of them may be missing.

    `exclusive`: until the day before `last` («до мая»). `vague`: a rough word was used.
    """

    first: Part | None
    last: Part | None
    exclusive: bool = False
    vague: bool = False

    @property
    def opening(self) -> Part:
        """The part it begins with, as far as it is said."""
        return certain(self.first or self.last)

    @property
    def closing(self) -> Part:
        """The part it ends with, as far as it is said."""
        return certain(self.last or self.first)

    def __str__(self) -> str:
        if self.first is None:
            return f"до {self.last}"
        if self.last is None:
            return f"с {self.first}"
        return str(self.first) if self.first == self.last else f"{self.first} – {self.last}"


def _day(year: int, month_day: tuple[int, int]) -> date | None:
    month, day = month_day
    if not 1 <= month <= 12:
        return None
    length = month_length(year, month)
    if day < 0:
        day += length + 1
    return date(year, month, day) if 1 <= day <= length else None
