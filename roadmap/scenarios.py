"""When people do their steps in a rehearsal: on time, late, ill, by chance – or as soon as can be.

A scenario names one working day for a step in hand; whoever answers for it marks it done that day.
What must be attached does not hinder: a rehearsal is about time.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Protocol

from roadmap.board import StepFact
from roadmap.calendar import SchoolCalendar
from roadmap.declared import declared_due
from roadmap.dues import parse_one_date
from roadmap.errors import InputWrong
from roadmap.spec import RoadMap

CATCH_UP_WORKING_DAYS = 5
"""How long a step takes that opens too late for its due date, or has none: a week of work."""

LONGEST_DELAY_DAYS = 1000

EARLY, LATE, USUAL = -10, 15, 0
"""Working days from the due date in the scenario `random`: the least, the most, the likeliest."""

KNOWN = "on-time, late:5, owner-ill:social:2026-10-05–2026-10-23, random:7"


class Scenario(Protocol):
    """Who does what when."""

    def done_on(self, step: StepFact, calendar: SchoolCalendar) -> date:
        """The working day on which an open step is marked done, never before it opened."""
        ...


@dataclass(frozen=True, slots=True)
class OnTime:
    """Every step is done on the last working day by its deadline.

    One that opens – or, when it recurs, comes round again – after that day, or that has no due
    date, is done `CATCH_UP_WORKING_DAYS` after it opened.
    """

    def done_on(self, step: StepFact, calendar: SchoolCalendar) -> date:
        begun = _begun(step)
        if step.due is not None:
            last = calendar.move_off_day_off(step.due, "before")
            if last >= begun:
                return last
        return calendar.add_working_days(begun, CATCH_UP_WORKING_DAYS)


@dataclass(frozen=True, slots=True)
class Late:
    """Every step is done so many calendar days after its day in `OnTime`, or the next working day.

    A step done on a Friday with 1 day's delay is done on Monday.
    """

    days: int

    def done_on(self, step: StepFact, calendar: SchoolCalendar) -> date:
        day = OnTime().done_on(step, calendar) + timedelta(days=self.days)
        return calendar.move_off_day_off(day, "after")


@dataclass(frozen=True, slots=True)
class OwnerIll:
    """Everybody is on time, but one owner (a key of people) does nothing from a day to a day.

    What fell into these days is done on the first working day after them. Nobody stands in, so
    their letters go to them as ever.
    """

    owner: str
    first: date
    last: date

    def done_on(self, step: StepFact, calendar: SchoolCalendar) -> date:
        day = OnTime().done_on(step, calendar)
        if step.owner == self.owner and self.first <= day <= self.last:
            return calendar.next_working_day(self.last)
        return day


@dataclass(frozen=True, slots=True)
class Chance:
    """Every step, and every turn of one that recurs, has a delay of its own.

    delays: (step code, turn) → working days from the deadline, negative when early; a step that
    opens too late for that, or has no due date, is done `CATCH_UP_WORKING_DAYS` after it opened.
    """

    delays: Mapping[tuple[str, int], int]

    @classmethod
    def drawn(cls, roadmap: RoadMap, random: Random) -> "Chance":
        """Delays drawn in road map order from the triangular distribution EARLY … USUAL … LATE.

        About six steps in ten are late, by five working days on average.
        """
        return cls(
            {
                (step.id, turn): int(random.triangular(EARLY, LATE, USUAL))
                for step in roadmap.steps
                for turn in range(max(1, len(declared_due(roadmap, step).turns)))
            }
        )

    def done_on(self, step: StepFact, calendar: SchoolCalendar) -> date:
        begun = _begun(step)
        if step.due is not None:
            last = calendar.move_off_day_off(step.due, "before")
            day = calendar.add_working_days(last, self.delays.get((step.code, step.turn), 0))
            if day >= begun:
                return day
        return calendar.add_working_days(begun, CATCH_UP_WORKING_DAYS)


@dataclass(frozen=True, slots=True)
class Earliest:
    """Every step is done on the first working day that the plan gives it, or on opening if later.

    «Ноябрь 2026» is not begun before 1 November: a step with a first day waits for it. So this is
    the fastest run that still keeps to the plan's own months.
    """

    def done_on(self, step: StepFact, calendar: SchoolCalendar) -> date:
        begun = _begun(step)
        first = begun if step.start is None else max(begun, step.start)
        return calendar.move_off_day_off(first, "after")


def _begun(step: StepFact) -> date:
    """When the step, or its present turn or date, became its owner's business."""
    if step.opened_on is None:
        raise ValueError(f"step {step.code} is not open")
    return max(step.opened_on, step.due_set_on or step.opened_on)


def scenario_from(text: str, roadmap: RoadMap) -> Scenario:
    """The scenario a command names; raises `InputWrong`.

    `on-time`, `late:DAYS`, `owner-ill:NAME:FROM-TO` – NAME a key of people, a name or a post,
    dates as 05.10.2026 or 2026-10-05 –, `random:SEED`.
    """
    kind, _, rest = text.strip().partition(":")
    match kind.strip().lower():
        case "on-time" if not rest:
            return OnTime()
        case "late":
            return Late(_delay(rest))
        case "owner-ill":
            name, _, days = rest.rpartition(":")
            first, last = _span(days)
            return OwnerIll(_owner(name, roadmap), first, last)
        case "random":
            return Chance.drawn(roadmap, Random(_seed(rest)))
    raise InputWrong(f"сценария «{text}» нет; есть, например: {KNOWN}")


def _delay(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text.strip()) or not 1 <= int(text) <= LONGEST_DELAY_DAYS:
        raise InputWrong(
            f"late:{text} – после двоеточия нужно число дней от 1 до {LONGEST_DELAY_DAYS}, "
            "например late:5"
        )
    return int(text)


def _seed(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", text.strip()):
        raise InputWrong(f"random:{text} – после двоеточия нужно целое число, например random:7")
    return int(text)


_DAY = r"\d{4}-\d{2}-\d{2}|\d{1,2}\.\d{1,2}\.\d{4}"
_SPAN = re.compile(rf"\s*({_DAY})\s*(?:-|–|—|\.\.)\s*({_DAY})\s*")


def _span(text: str) -> tuple[date, date]:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise InputWrong(
            f"«{text}» – нужны первый и последний день болезни, например "
            "owner-ill:social:2026-10-05–2026-10-23 или owner-ill:social:05.10.2026-23.10.2026"
        )
    first, last = (_known_day(each) for each in found.groups())
    if last < first:
        raise InputWrong(
            f"болезнь кончается ({last:%d.%m.%Y}) раньше, чем начинается ({first:%d.%m.%Y}); "
            "поменяйте даты местами"
        )
    return first, last


def _known_day(words: str) -> date:
    day = parse_one_date(words)
    if day is None:
        raise InputWrong(f"такого дня нет: {words}; проверьте дату в сценарии")
    return day


def _owner(name: str, roadmap: RoadMap) -> str:
    if name.strip() in roadmap.people:
        return name.strip()
    wanted = name.strip().casefold()
    found = [
        key
        for key, person in roadmap.people.items()
        if wanted and wanted in (key.casefold(), person.name.casefold(), person.post.casefold())
    ]
    if len(found) == 1:
        return found[0]
    known = ", ".join(roadmap.people)
    if found:
        raise InputWrong(
            f"«{name}» подходит нескольким: {', '.join(found)}; назовите ключ из people"
        )
    raise InputWrong(f"сотрудника «{name}» нет в people; есть: {known}")
