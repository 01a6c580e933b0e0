"""The school's calendar: working days, terms, vacations, and the day in its own time zone."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from roadmap.days_off import holiday_name, national_year
from roadmap.terms import (
    Term,
    TermKind,
    Vacation,
    school_year_of,
    term,
    terms_within,
    usual_vacations,
)

__all__ = ["DueOnDayOff", "SchoolCalendar", "Term", "Vacation", "known_zone"]

DueOnDayOff = Literal["before", "after", "keep"]

_END_OF_DAY = time(23, 59, 59)


def known_zone(zone: str) -> bool:
    """Whether a name such as «Asia/Magadan» is a time zone."""
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return False
    return bool(zone)


@dataclass(frozen=True)
class SchoolCalendar:
    """One school's days.

    `zone`: IANA time zone; an unknown one raises ZoneInfoNotFoundError or ValueError at once.
    `terms`, `vacations`: the school's own; for a school year that they do not name, the usual ones.
    `extra_days_off` and `extra_working_days` win over the national calendar – a regional holiday,
    a quarantine, a worked Saturday; on a day in both the school works.
    `due_on_day_off`: where a deadline on a day off moves: to the last working day `before`, to the
    next one `after`, or nowhere, `keep`.
    """

    zone: str
    terms: tuple[Term, ...] = ()
    vacations: tuple[Vacation, ...] = ()
    extra_days_off: frozenset[date] = frozenset()
    extra_working_days: frozenset[date] = frozenset()
    six_day_week: bool = False
    due_on_day_off: DueOnDayOff = "before"
    # Working days of the years asked for so far: computed from the fields above, never compared.
    _years: dict[int, tuple[tuple[date, ...], frozenset[date]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        ZoneInfo(self.zone)
        for name, kind in (
            ("terms", tuple),
            ("vacations", tuple),
            ("extra_days_off", frozenset),
            ("extra_working_days", frozenset),
        ):
            object.__setattr__(self, name, kind(getattr(self, name)))

    # -- working days -------------------------------------------------------------------------

    def is_working_day(self, day: date) -> bool:
        return day in self._year(day.year)[1]

    def next_working_day(self, day: date) -> date:
        """The first working day after this one."""
        return self.add_working_days(day, 1)

    def previous_working_day(self, day: date) -> date:
        """The last working day before this one."""
        return self.add_working_days(day, -1)

    def move_off_day_off(self, day: date, direction: Literal["before", "after"] = "before") -> date:
        """The day itself when it is a working day, else the nearest one in that direction."""
        if self.is_working_day(day):
            return day
        return self.add_working_days(day, -1 if direction == "before" else 1)

    def deadline(self, last_day: date) -> date:
        """The day by which what is due on `last_day` must be done: a day off moves."""
        if self.due_on_day_off == "keep":
            return last_day
        return self.move_off_day_off(last_day, self.due_on_day_off)

    def add_working_days(self, day: date, amount: int) -> date:
        """The working day that is `amount` of them after a day; before it when negative.

        The day itself is not counted; 0 is the day itself, working or not.
        """
        if amount == 0:
            return day
        year = day.year
        if amount > 0:
            days = self._year(year)[0]
            index = bisect_right(days, day) + amount - 1
            while index >= len(days):
                index -= len(days)
                year += 1
                days = self._year(year)[0]
            return days[index]
        days = self._year(year)[0]
        index = bisect_left(days, day) + amount
        while index < 0:
            year -= 1
            days = self._year(year)[0]
            index += len(days)
        return days[index]

    def working_days_between(self, earlier: date, later: date) -> int:
        """How many working days come after one day, up to and with another; negative backwards.

        A step due on Friday and done on Monday is one working day late.
        """
        if later < earlier:
            return -self.working_days_between(later, earlier)
        first = bisect_right(self._year(earlier.year)[0], earlier)
        last = bisect_right(self._year(later.year)[0], later)
        whole = sum(len(self._year(year)[0]) for year in range(earlier.year, later.year))
        return whole + last - first

    def day_off_name(self, day: date) -> str | None:
        """Why a day is off – «День Победы», «суббота» –, None for a working day."""
        if self.is_working_day(day):
            return None
        if day in self.extra_days_off:
            return "выходной день школы"
        if day.weekday() >= 5:
            return holiday_name(day) or ("суббота", "воскресенье")[day.weekday() - 5]
        return holiday_name(day) or "выходной день"

    def moves_known(self, year: int) -> bool:
        """Whether the government's moves of days off in a year are known yet.

        Where they are not, working days follow the Labour Code's rule and may still change.
        """
        return national_year(year, self.six_day_week).moves_known

    def caution(self, year: int) -> str | None:
        """What to tell people about a year whose days off may still be moved, or None."""
        if self.moves_known(year):
            return None
        return (
            f"переносы выходных дней {year} года неизвестны: рабочие дни посчитаны "
            "по статье 112 Трудового кодекса и могут измениться"
        )

    def _year(self, year: int) -> tuple[tuple[date, ...], frozenset[date]]:
        found = self._years.get(year)
        if found is None:
            days = national_year(year, self.six_day_week).working_days
            off = {day for day in self.extra_days_off if day.year == year}
            on = {day for day in self.extra_working_days if day.year == year}
            if off or on:
                days = tuple(sorted((set(days) - off) | on))
            found = self._years[year] = (days, frozenset(days))
        return found

    # -- the school year ----------------------------------------------------------------------

    def term(self, kind: TermKind, number: int, school_year: int) -> Term:
        """A quarter, trimester, half-year or the year that began in `school_year`."""
        return term(kind, number, school_year, self.terms)

    def term_on(self, day: date, kind: TermKind = "quarter") -> Term | None:
        """The term a day lies in; None between terms."""
        return next(terms_within(kind, day, day, self.terms), None)

    def vacation_on(self, day: date) -> Vacation | None:
        """The vacation a day lies in, if any."""
        school_year = school_year_of(day)
        own = [v for v in self.vacations if school_year_of(v.start) == school_year]
        for vacation in own or self._undeclared_vacations(school_year, day):
            if vacation.start <= day <= vacation.end:
                return vacation
        return None

    def is_school_day(self, day: date) -> bool:
        """Whether lessons are held: a working day outside every vacation."""
        return self.is_working_day(day) and self.vacation_on(day) is None

    def _undeclared_vacations(self, school_year: int, day: date) -> tuple[Vacation, ...]:
        # August belongs to the plan of the year to come, but to the summer of the year before.
        usual = usual_vacations(school_year)
        return (*usual_vacations(school_year - 1), *usual) if day.month == 8 else usual

    # -- the day in the school's zone -----------------------------------------------------------

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def today(self, now: datetime) -> date:
        """The date at the school at a moment; `now` must know its zone."""
        if now.tzinfo is None:
            raise ValueError("now must be an aware datetime")
        return now.astimezone(self.tz).date()

    def start_of_day(self, day: date) -> datetime:
        """The first moment of a day at the school."""
        return datetime.combine(day, time.min, self.tz)

    def end_of_day(self, day: date) -> datetime:
        """23:59:59 of a day at the school: the last moment of a deadline."""
        return datetime.combine(day, _END_OF_DAY, self.tz)

    def days_left(self, due: date, now: datetime) -> int:
        """Calendar days until a deadline, 0 on the day itself, negative when late."""
        return (due - self.today(now)) // timedelta(days=1)


def school_day(moment: datetime, zone: str) -> date:
    """The school's date at a moment."""
    return moment.astimezone(ZoneInfo(zone)).date()
