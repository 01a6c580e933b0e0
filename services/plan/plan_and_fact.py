"""Plan and fact of a programme: its first plan, its present dates, what happened, how late."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import col, select

from models.database import AsyncSession
from models.repository import ProgrammeRows
from models.situation import Situation
from models.tables import Event, Step
from roadmap.calendar import SchoolCalendar
from roadmap.dues import print_day
from roadmap.errors import KartaError
from roadmap.lateness import Lateness, Punctuality, lateness
from roadmap.russian import day_month_year, plural
from roadmap.states import StepState
from services.journal.kinds import EventKind
from services.plan.forecast import ToldForecast, forecast_of, later_words
from services.programme.view import ProgrammeView, StageView, StepView, programme_view


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One step's words: `now` is "" while the first plan is in force, `fact` before it opens.

    deviation: how far from the first plan, "" when there is nothing to say; tone: `late`, `early`,
    `moved`, `even` or "".
    """

    step: StepView
    now: str
    fact: str
    deviation: str
    tone: str


@dataclass(frozen=True, slots=True)
class PlanStage:
    """One stage; `outlook` says when it is expected to go on or end, "" without a forecast."""

    stage: StageView
    rows: tuple[PlanRow, ...]
    outlook: str


@dataclass(frozen=True, slots=True)
class PlanAndFact:
    """Everything of a programme; `forecast` None with `no_forecast` saying why."""

    view: ProgrammeView
    stages: tuple[PlanStage, ...]
    forecast: ToldForecast | None
    no_forecast: str
    by_stage: tuple[Lateness[str], ...]
    by_person: tuple[Lateness[str], ...]


async def plan_and_fact(session: AsyncSession, rows: ProgrammeRows, now: datetime) -> PlanAndFact:
    """Plan and fact as of `now`."""
    view = programme_view(rows, now)
    situation = Situation(rows, now)
    told, why = None, ""
    try:
        told = forecast_of(rows, view.today)
    except KartaError as error:
        why = str(error)
    ended = await _ended(session, situation)
    names = {person.id: person.display for person in rows.people.values()}
    by_person = lateness(Punctuality(names[o.owner_id], o.days, o.finished) for o in ended)
    return PlanAndFact(
        view=view,
        stages=tuple(
            PlanStage(
                stage=stage,
                rows=tuple(_row(step, view.today, situation.calendar) for step in stage.steps),
                outlook=_outlook(told, stage.code),
            )
            for stage in view.stages
        ),
        forecast=told,
        no_forecast=why,
        by_stage=lateness(Punctuality(o.stage, o.days, o.finished) for o in ended),
        by_person=tuple(sorted(by_person, key=lambda x: (-x.late - x.late_now, x.group))),
    )


def _outlook(told: ToldForecast | None, code: str) -> str:
    if told is None:
        return ""
    stage = next(s for s in told.forecast.stages if s.code == code)
    if stage.finished:
        return ""
    later = ""
    if stage.planned_end is not None:
        later = later_words((stage.ends - stage.planned_end).days)
    words = f"завершится около {day_month_year(stage.ends)}"
    return f"{words}, {later} плана" if later else f"{words}, по плану"


# -- a step's words ---------------------------------------------------------------------------


def _row(step: StepView, today: date, calendar: SchoolCalendar) -> PlanRow:
    deviation, tone = _deviation(step, today, calendar)
    return PlanRow(step, step.due if step.moved else "", _fact(step), deviation, tone)


def _fact(step: StepView) -> str:
    if step.state is StepState.SKIPPED:
        return "не требуется"
    if step.opened_on is None:
        return ""
    if step.finished_on is None:
        return f"с {print_day(step.opened_on)}"
    if step.finished_on == step.opened_on:
        return print_day(step.opened_on)
    began = print_day(step.opened_on)
    if step.opened_on.year == step.finished_on.year:
        began = began[: -len(".2026")]
    return f"{began} – {print_day(step.finished_on)}"


def _deviation(step: StepView, today: date, calendar: SchoolCalendar) -> tuple[str, str]:
    if step.plan_end is None or step.state is StepState.SKIPPED:
        return "", ""
    planned = calendar.deadline(step.plan_end)
    if step.finished_on is not None:
        days = (step.finished_on - planned).days
        if days > 0:
            return f"на {_days(days)} позже", "late"
        return (f"на {_days(-days)} раньше", "early") if days < 0 else ("день в день", "even")
    if step.late_days and today > planned:
        return f"уже на {_days((today - planned).days)} позже", "late"
    if step.moved and step.deadline is not None and step.turns == 1:
        days = (step.deadline - planned).days
        if days:
            where = "позже" if days > 0 else "раньше"
            return f"сдвинут на {_days(abs(days))} {where}", "moved"
    return "", ""


def _days(count: int) -> str:
    return plural(count, "день", "дня", "дней")


# -- lateness ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Ended:
    stage: str
    owner_id: UUID
    days: int
    finished: bool


async def _ended(session: AsyncSession, situation: Situation) -> list[_Ended]:
    """Every dated step and turn that is finished or late, by the due date of that time.

    A turn counts for whoever answered for it then; the days are until the owner's report.
    """
    rows = situation.rows
    found = await session.exec(
        select(Event)
        .where(Event.programme_id == rows.programme.id, Event.kind == EventKind.STEP_DONE)
        .order_by(col(Event.id))
    )
    done = {(event.step_id, event.details.get("turn", 0)): event for event in found}
    ended: list[_Ended] = []
    for stage in rows.stages:
        title = f"{stage.code}. {stage.title}"
        for step in rows.steps_of(stage):
            if situation.deadline(step) is None:
                continue
            for turn in _finished_turns(step):
                event = done.get((step.id, turn))
                if event is not None:
                    owner = event.details.get("owner")
                    owner_id = UUID(owner) if owner else step.owner_id
                    ended.append(_Ended(title, owner_id, event.details["late_days"], True))
            late = situation.late_days(step)
            if late:
                ended.append(_Ended(title, step.owner_id, late, False))
    return ended


def _finished_turns(step: Step) -> Iterator[int]:
    yield from range(step.turn)
    if step.state is StepState.DONE:
        yield step.turn
