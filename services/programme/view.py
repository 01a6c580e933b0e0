"""The programme at a glance: rows → values for the board, the commands and Prefect's picture."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from models.dues import due_words, turns_of
from models.repository import ProgrammeRows
from models.situation import Situation
from models.tables import Person, Step
from roadmap.calendar import SchoolCalendar
from roadmap.dues import print_span
from roadmap.states import (
    FINISHED,
    PROGRAMME_STATE_WORDS,
    STAGE_STATE_WORDS,
    STEP_STATE_WORDS,
    ProgrammeState,
    StageState,
    StepState,
)


@dataclass(frozen=True, slots=True)
class StepView:
    """One step to be shown.

    due: words of the date in force; due_source: the document's words; deadline: the day by which it
    must be done, `end` moved off a day off – then day_off says what day `end` is –; late_days:
    calendar days, 0 when not late; days_left: to the deadline, None when late, finished or undated;
    missing: codes the step waits for, empty once it is open. plan: words of the date of the first
    plan; moved: the date differs from it. turn, turns: which time of how many, 1 of 1 unless it
    recurs; turn_ends: the last days of all its times, empty unless it recurs.
    """

    id: UUID
    code: str
    title: str
    state: StepState
    state_words: str
    owner_id: UUID
    owner: str
    owner_post: str
    due: str
    due_source: str
    start: date | None
    end: date | None
    deadline: date | None
    day_off: str
    turn: int
    turns: int
    turn_ends: tuple[date, ...]
    plan: str
    plan_start: date | None
    plan_end: date | None
    moved: bool
    late_days: int
    days_left: int | None
    missing: tuple[str, ...]
    mandatory: bool
    opened_on: date | None
    finished_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class StageView:
    """One stage to be shown; `missing` holds codes of the steps its gate waits for."""

    id: UUID
    code: str
    title: str
    goal: str
    task: str
    result: str
    state: StageState
    state_words: str
    finished: int
    missing: tuple[str, ...]
    opened_on: date | None
    opened_early_reason: str
    steps: tuple[StepView, ...]

    @property
    def gate_words(self) -> str:
        """«откроется, когда будут выполнены 4.1, 4.4»; "" for a stage that has opened."""
        if not self.missing:
            return ""
        verb = "будет выполнено" if len(self.missing) == 1 else "будут выполнены"
        return f"откроется, когда {verb} {', '.join(self.missing)}"


@dataclass(frozen=True, slots=True)
class ProgrammeView:
    """One programme to be shown, as of `today` in the school's zone."""

    id: UUID
    title: str
    organisation: str
    zone: str
    state: ProgrammeState
    state_words: str
    today: date
    finished: int
    total: int
    late: int
    stages: tuple[StageView, ...]

    @property
    def steps(self) -> tuple[StepView, ...]:
        return tuple(step for stage in self.stages for step in stage.steps)


def programme_view(rows: ProgrammeRows, now: datetime) -> ProgrammeView:
    """The programme as it is to be shown at `now`."""
    situation = Situation(rows, now)
    stages = []
    for stage in rows.stages:
        steps = tuple(_step(situation, s) for s in rows.steps_of(stage))
        finished = sum(s.state in FINISHED for s in steps)
        words = STAGE_STATE_WORDS[stage.state]
        if stage.state is StageState.OPEN:
            words = f"{words}: {finished} из {len(steps)}"
        stages.append(
            StageView(
                id=stage.id,
                code=stage.code,
                title=stage.title,
                goal=stage.goal,
                task=stage.task,
                result=stage.result,
                state=stage.state,
                state_words=words,
                finished=finished,
                missing=situation.missing(stage),
                opened_on=situation.day(stage.opened_at) if stage.opened_at else None,
                opened_early_reason=stage.opened_early_reason,
                steps=steps,
            )
        )
    everything = [step for stage in stages for step in stage.steps]
    return ProgrammeView(
        id=rows.programme.id,
        title=rows.programme.title,
        organisation=rows.organisation.name,
        zone=rows.organisation.zone,
        state=rows.programme.state,
        state_words=PROGRAMME_STATE_WORDS[rows.programme.state],
        today=situation.today,
        finished=sum(s.state in FINISHED for s in everything),
        total=len(everything),
        late=sum(s.late_days > 0 for s in everything),
        stages=tuple(stages),
    )


def _step(situation: Situation, step: Step) -> StepView:
    owner: Person = situation.rows.owner(step)
    calendar = situation.calendar
    late = situation.late_days(step)
    finished = step.state in FINISHED
    due = situation.deadline(step)
    left = None if late or finished or due is None else (due - situation.today).days
    turns = turns_of(step)
    as_planned = turns[step.turn] if turns else (step.plan_start, step.plan_end)
    return StepView(
        id=step.id,
        code=step.code,
        title=step.title,
        state=step.state,
        state_words=STEP_STATE_WORDS[step.state],
        owner_id=owner.id,
        owner=owner.display,
        owner_post=owner.post,
        due=due_words(step),
        due_source=step.due_text,
        start=step.due_start,
        end=step.due_end,
        deadline=due,
        day_off=_day_off(calendar, step.due_end, due),
        turn=step.turn + 1,
        turns=max(1, len(step.turns)),
        turn_ends=tuple(end for _, end in turns),
        plan=print_span(step.plan_start, step.plan_end),
        plan_start=step.plan_start,
        plan_end=step.plan_end,
        moved=(step.due_start, step.due_end) != as_planned,
        late_days=late,
        days_left=left,
        missing=situation.missing(step),
        mandatory=step.mandatory,
        opened_on=situation.day(step.opened_at) if step.opened_at else None,
        finished_on=situation.day(step.finished_at) if step.finished_at else None,
        version=step.version,
    )


def _day_off(calendar: SchoolCalendar, end: date | None, deadline: date | None) -> str:
    """What day off a due date falls on, "" where it stays where it is."""
    if end is None or deadline == end:
        return ""
    return calendar.day_off_name(end) or ""
