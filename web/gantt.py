"""Geometry of the Gantt strip: plan, present dates and fact of every step, on one axis of days."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from roadmap.states import StepState
from services.overview import ProgrammeView, StepView

LEFT = 52
WIDTH = 1000
ROW = 20
STAGE_ROW = 26
TOP = 34

_MONTHS = ("янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")


@dataclass(frozen=True, slots=True)
class Bar:
    """A horizontal bar in user units of the picture."""

    x: float
    width: float
    tone: str


@dataclass(frozen=True, slots=True)
class Row:
    """One step: `plan` of the first plan, `now` the dates in force, `fact` opened to finished."""

    y: float
    code: str
    href: str
    hint: str
    plan: Bar | None
    now: Bar | None
    fact: Bar | None


@dataclass(frozen=True, slots=True)
class Heading:
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str
    is_year: bool


@dataclass(frozen=True, slots=True)
class Gantt:
    """The whole picture. `today` is None when it lies outside."""

    width: int
    height: int
    ticks: tuple[Tick, ...]
    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]
    today: float | None


def gantt_of(view: ProgrammeView) -> Gantt | None:
    """The strip of a programme; None when not one of its steps is dated."""
    days = [
        day
        for s in view.steps
        for day in (s.start, s.end, s.plan_start, s.plan_end, s.opened_on, s.finished_on)
        if day is not None
    ]
    if not days:
        return None
    first = min(days).replace(day=1)
    last = _next_month(max(*days, min(view.today, max(days) + timedelta(days=92))))
    scale = (WIDTH - LEFT) / (last - first).days

    def x(day: date) -> float:
        return round(LEFT + (day - first).days * scale, 1)

    def bar(start: date | None, end: date | None, tone: str) -> Bar | None:
        if end is None:
            return None
        begin = start or end
        return Bar(x(begin), round(max(((end - begin).days + 1) * scale, 3), 1), tone)

    rows: list[Row] = []
    headings: list[Heading] = []
    y = float(TOP)
    for stage in view.stages:
        headings.append(Heading(y + 17, f"{stage.code}. {stage.title}"))
        y += STAGE_ROW
        for step in stage.steps:
            fact = None
            if step.opened_on is not None:
                fact = bar(step.opened_on, step.finished_on or view.today, _tone(step))
            plan = bar(step.plan_start, step.plan_end, "plan")
            now = bar(step.start, step.end, "moved") if step.moved else None
            rows.append(Row(y, step.code, f"/steps/{step.id}", _hint(step), plan, now, fact))
            y += ROW
    return Gantt(
        width=WIDTH,
        height=int(y + 8),
        ticks=tuple(_ticks(first, last, x)),
        headings=tuple(headings),
        rows=tuple(rows),
        today=x(view.today) if first <= view.today < last else None,
    )


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _ticks(first: date, last: date, x: Callable[[date], float]) -> list[Tick]:
    ticks = []
    months = (last.year - first.year) * 12 + last.month - first.month
    every = 1 if months <= 20 else 3 if months <= 48 else 6
    day = first
    while day < last:
        if (day.month - 1) % every == 0 or day == first:
            new_year = day.month == 1 or day == first
            label = f"{_MONTHS[day.month - 1]} {day.year}" if new_year else _MONTHS[day.month - 1]
            ticks.append(Tick(x(day), label, new_year))
        day = _next_month(day)
    return ticks


def _tone(step: StepView) -> str:
    if step.late_days:
        return "late"
    return step.state.value


def _hint(step: StepView) -> str:
    words = [f"{step.code} {step.title}", f"срок: {step.due}", step.state_words]
    if step.state is StepState.DONE and step.finished_on:
        words[-1] = f"выполнено {step.finished_on:%d.%m.%Y}"
    return " · ".join(words)
