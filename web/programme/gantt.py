"""Geometry of the Gantt: plan, present dates and fact of every step, on one axis of days.

Positions are percents of the chart's width, so that it fills whatever room there is; heights are
the template's business.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from roadmap.dues import print_day
from roadmap.russian import SHORT
from roadmap.states import FINISHED, StepState
from services.programme.view import ProgrammeView, StepView


@dataclass(frozen=True, slots=True)
class Bar:
    """A horizontal bar; the right edge is the end of its last day."""

    x: float
    width: float

    @property
    def end(self) -> float:
        return round(self.x + self.width, 2)


@dataclass(frozen=True, slots=True)
class Row:
    """One step: `plan` of the first plan, `now` the dates in force where they differ from it.

    fact: from its opening to its end or today; late: the part of it after the due date in force;
    finished: where it ended. turns: the last days of a recurring step's times. words: all of it.
    """

    code: str
    title: str
    tone: str
    words: str
    plan: Bar | None
    now: Bar | None
    fact: Bar | None
    late: Bar | None
    finished: float | None
    turns: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """A stage and its steps."""

    code: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """The beginning of a month; `year` only where a new one is to be written."""

    x: float
    label: str
    year: str


@dataclass(frozen=True, slots=True)
class Gantt:
    """The whole picture; `today` and `forecast` (the expected end) are None when outside it."""

    ticks: tuple[Tick, ...]
    bands: tuple[Band, ...]
    today: float | None
    forecast: float | None


def gantt_of(view: ProgrammeView, expected_end: date | None = None) -> Gantt | None:
    """The picture of a programme; None when not one of its steps is dated."""
    days = [
        day
        for s in view.steps
        for day in (s.start, s.end, s.plan_start, s.plan_end, s.opened_on, s.finished_on)
        if day is not None
    ]
    if not days:
        return None
    # A programme that was left to itself does not stretch the axis over the years since.
    latest = max(*days, min(view.today, max(days) + timedelta(days=92)))
    if expected_end is not None:
        latest = max(latest, min(expected_end, max(days) + timedelta(days=366)))
    first, last = min(days).replace(day=1), _next_month(latest)
    scale = 100 / (last - first).days

    def x(day: date) -> float:
        return round((day - first).days * scale, 2)

    def bar(start: date | None, end: date | None) -> Bar | None:
        if end is None:
            return None
        begin = min(start or end, end)
        return Bar(x(begin), round(((end - begin).days + 1) * scale, 2))

    def inside(day: date | None) -> float | None:
        return x(day) if day is not None and first <= day < last else None

    return Gantt(
        ticks=tuple(_ticks(first, last, x)),
        bands=tuple(
            Band(s.code, s.title, tuple(_row(step, view.today, bar) for step in s.steps))
            for s in view.stages
        ),
        today=inside(view.today),
        forecast=inside(expected_end),
    )


def _row(step: StepView, today: date, bar: Callable[[date | None, date | None], Bar | None]) -> Row:
    fact = late = None
    until = step.finished_on or today
    if step.opened_on is not None and step.state is not StepState.SKIPPED:
        fact = bar(step.opened_on, until)
        if (
            step.deadline is not None
            and until > step.deadline
            and (step.late_days or step.state in FINISHED)
        ):
            late = bar(max(step.opened_on, step.deadline + timedelta(days=1)), until)
    turns = [found.end for end in step.turn_ends if (found := bar(None, end)) is not None]
    return Row(
        code=step.code,
        title=step.title,
        tone=step.state.value,
        words=_words(step),
        plan=bar(step.plan_start, step.plan_end),
        now=bar(step.start, step.end) if step.moved else None,
        fact=fact,
        late=late,
        finished=fact.end if fact and step.state is StepState.DONE else None,
        turns=tuple(turns),
    )


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _ticks(first: date, last: date, x: Callable[[date], float]) -> list[Tick]:
    ticks: list[Tick] = []
    months = (last.year - first.year) * 12 + last.month - first.month
    every = 1 if months <= 20 else 3 if months <= 48 else 6
    day = first
    while day < last:
        if (day.month - 1) % every == 0 or day == first:
            year = str(day.year) if day.month == 1 or day == first else ""
            ticks.append(Tick(x(day), SHORT[day.month], year))
        day = _next_month(day)
    return ticks


def _words(step: StepView) -> str:
    """What the row shows, for those who hear it and for whoever points at it."""
    words = [f"{step.code}: первый план – {step.plan}"]
    if step.moved:
        words.append(f"сейчас – {step.due}")
    if step.opened_on is not None:
        began = f"факт – с {print_day(step.opened_on)}"
        ended = f" по {print_day(step.finished_on)}" if step.finished_on else ""
        words.append(began + ended)
    words.append("просрочено" if step.late_days else step.state_words)
    return "; ".join(words)
