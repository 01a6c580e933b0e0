"""What a deadline is: the source's words and the dates they mean."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, NamedTuple, Protocol

from roadmap.dues.fixed_days import is_fixed, shifted_fixed
from roadmap.dues.months import month_length, shift_span

Severity = Literal["error", "warning", "info"]
Unit = Literal[
    "year", "half-year", "term", "trimester", "quarter", "month", "week", "day",
    "always", "as-needed", "dates",
]  # fmt: skip

_LEAP_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something about a deadline that a person should look at.

    `code` is stable, `message` a Russian sentence. An `error` leaves the deadline without dates;
    with a `warning` they are missing or incomplete until somebody adds a year or a period; `info`
    tells how words were understood, or that they name no date at all.
    """

    code: str
    message: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day of a programme, or of any window of days."""

    start: date
    end: date


class Occurrence(NamedTuple):
    """One time that a deadline comes round; `start` is None when only the last day is said."""

    start: date | None
    end: date


class YearDay(NamedTuple):
    """A day of any year; `day` 0 is the whole month – its first day or its last."""

    month: int
    day: int = 0

    def shifted(self, months: int) -> "YearDay":
        """The same day some months later, whatever the year."""
        month = (self.month - 1 + months) % 12 + 1
        # In a leap year, so that 29 February stays possible.
        return YearDay(month, min(self.day, month_length(_LEAP_YEAR, month)))

    def on(self, year: int, *, last: bool) -> date:
        """The day in a year; 29 February of a common year is the 28th."""
        length = month_length(year, self.month)
        return date(year, self.month, min(self.day or (length if last else 1), length))


DateSpan = tuple[date | None, date]
YearSpan = tuple[YearDay | None, YearDay]


@dataclass(frozen=True, slots=True)
class Rule:
    """How a deadline comes round between its due's `start` and `end`.

    `every` `interval` units, `times` in each; `always` and `as-needed` do not come round at all,
    `dates` are the `spans` listed by the source. What comes round may be narrowed to
    - `within`: parts of each year («май, ежегодно»); a first day of None: only the last is said,
    - `day` of the month – the unit's last month or, with `following`, the month after the unit
      («ежеквартально не позднее 10 числа следующего месяца»); until that day, or `exact` on it,
    - `weekday` (0 is Monday) of each week.
    """

    every: Unit
    interval: int = 1
    times: int = 1
    within: tuple[YearSpan, ...] = ()
    day: int = 0
    following: bool = False
    exact: bool = False
    weekday: int | None = None
    spans: tuple[DateSpan, ...] = ()

    def shifted(self, months: int) -> "Rule":
        """The rule moved by whole months; what does not name a month stays as it is."""
        if not self.within and not self.spans:
            return self
        return replace(
            self,
            within=tuple(
                (first and first.shifted(months), last.shifted(months))
                for first, last in self.within
            ),
            spans=tuple(shift_span(start, end, months) for start, end in self.spans),
        )


STAGE, PROGRAMME = "stage", "programme"

OffsetUnit = Literal["working-day", "day", "week", "month"]


@dataclass(frozen=True, slots=True)
class Offset:
    """A deadline counted from an event instead of a calendar.

    `anchor` names the event: a step's code («5.4»), `stage` – the opening of the step's own stage,
    `stage end` – its completion, `stage 5`, `stage 5 end` – another stage's, `programme`,
    `programme end` – the whole programme's.
    `within`: any day from the event on («в течение»), otherwise the very day («через»).
    """

    anchor: str
    side: Literal["after", "before"]
    amount: int
    unit: OffsetUnit
    within: bool = False


class WorkingDays(Protocol):
    """The part of a school's calendar that counting working days needs."""

    def add_working_days(self, day: date, amount: int) -> date: ...


Anchors = Mapping[str, date]


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline: the source's words, kept for ever, and the days they mean.

    «до 15.09.2021» has an `end` and no `start`; a month runs from its first to its last day.
    With a `rule`, `start` and `end` are the first and the last day of all its occurrences.
    With `relative`, both are None until `resolve` has counted them, and it stays, so that they
    can be counted anew when the event moves. Both ends are included.
    """

    text: str
    start: date | None = None
    end: date | None = None
    rule: Rule | None = None
    relative: Offset | None = None
    doubts: tuple[Doubt, ...] = ()

    @property
    def dated(self) -> bool:
        """Whether the last day is known, so that the step can be late."""
        return self.end is not None

    @property
    def fixed(self) -> bool:
        """Whether it is one day that is kept on its date: 1 сентября, 9 мая, День учителя."""
        if self.end is None or self.start != self.end or self.rule is not None:
            return False
        return is_fixed(self.end, self.text)

    def shifted(self, months: int) -> "Due":
        """The deadline moved by whole months: the dates move, the words do not.

        Whole months stay whole months; 9 May stays 9 May, of the nearest year. Raises
        ValueError beyond the years 1–9999.
        """
        if months == 0 or (self.start is None and self.end is None and self.rule is None):
            return self
        if self.fixed:
            day = shifted_fixed(self.end, months)
            return Due(self.text, day, day, None, self.relative, self.doubts)
        start, end = shift_span(self.start, self.end, months)
        rule = self.rule and self.rule.shifted(months)
        return Due(self.text, start, end, rule, self.relative, self.doubts)
