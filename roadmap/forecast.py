"""When stages and the programme are expected to end, judged by the pace so far."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import ceil
from statistics import median

from roadmap.board import Board, StageFact, StepFact
from roadmap.states import FINISHED, StageState, StepState

FEWEST = 3
"""From so many finished steps on the pace is believed."""


class Because(StrEnum):
    """What decides on which day a step is expected; the first that leads to that day."""

    FINISHED = "finished"
    REPORTED = "reported"
    PLAN = "plan"
    MOVED = "moved"
    START = "start"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class StepForecast:
    """The day a step is expected to be finished, or was, and what decides it."""

    code: str
    on: date
    because: Because


@dataclass(frozen=True, slots=True)
class StageForecast:
    """One stage: `opens` and `ends` are real days where they have been, else expected ones.

    planned_end: the last day of the first plan, None when it names none.
    held_by: the stage whose end it waits for beyond dates of its own, None when none holds it.
    """

    code: str
    opens: date
    ends: date
    finished: bool
    planned_end: date | None
    held_by: str | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """The expected end of the programme and everything it was concluded from.

    measured: finished steps that had a date in the first plan.
    pace: the median of their lateness in working days, negative when early, None without any.
    added: the working days added to what remains: the pace, and 0 when early or measured too few.
    undated: unfinished steps with no date, of which only the start is known.
    """

    end: date
    planned_end: date | None
    finished: bool
    measured: int
    pace: int | None
    added: int
    undated: int
    stages: tuple[StageForecast, ...]
    steps: tuple[StepForecast, ...]

    @property
    def is_guess(self) -> bool:
        """Whether too little is finished to know a pace."""
        return self.measured < FEWEST

    def steps_because(self, because: Because) -> tuple[StepForecast, ...]:
        return tuple(step for step in self.steps if step.because is because)


def forecast(board: Board, today: date) -> Forecast:
    """The forecast of a board as of a school day.

    The pace is the median, over the finished steps, of how many working days after its deadline
    in the first plan each was finished. An unfinished step is expected on the latest of
    - its deadline in the first plan and the pace,
    - its deadline in force,
    - the day on which it begins – really, or by the gate of its stage and its `needs` – and the
      pace: what starts after its date still takes its time,
    - today, or the next working day.
    One that is reported only waits for its check and is expected today. A stage is expected to
    open when the mandatory steps of the stages before it are finished, and ends with its last
    step. With fewer than `FEWEST` finished steps, or an early pace, nothing is added: the plan's
    own dates go through the gates.
    """
    lateness = [
        board.calendar.working_days_between(planned, step.finished_on)
        for step in board.steps
        if step.state is StepState.DONE and step.finished_on is not None
        if (planned := _planned(board, step)) is not None
    ]
    pace = ceil(median(lateness)) if lateness else None
    added = max(0, pace) if pace is not None and len(lateness) >= FEWEST else 0
    expected, opens = _expected(board, today, added)
    ends = [day for step in board.steps if (day := _planned(board, step)) is not None]
    unfinished = [step for step in board.steps if step.state not in FINISHED]
    return Forecast(
        end=max((step.on for step in expected.values()), default=today),
        planned_end=max(ends, default=None),
        finished=not unfinished,
        measured=len(lateness),
        pace=pace,
        added=added,
        undated=sum(s.due is None and _planned(board, s) is None for s in unfinished),
        stages=tuple(_stage(board, stage, expected, opens) for stage in board.stages),
        steps=tuple(expected[step.code] for step in board.steps),
    )


def _planned(board: Board, step: StepFact) -> date | None:
    """The deadline in the first plan; of a recurring step, its last."""
    last = step.turns[-1][1] if step.turns else step.plan_end
    return board.calendar.deadline(last) if last else None


def _in_force(board: Board, step: StepFact) -> date | None:
    return board.calendar.deadline(step.turns[-1][1]) if step.turns else step.due


def _expected(
    board: Board, today: date, added: int
) -> tuple[dict[str, StepForecast], dict[str, date]]:
    """Every step's day and every stage's opening.

    Days only ever move later from one round to the next, and gates form no circle, so there are
    at most as many rounds as steps and stages.
    """
    opens = {stage.code: stage.opened_on or today for stage in board.stages}
    expected = {s.code: _step(board, s, s.opened_on or today, today, added) for s in board.steps}
    for _ in range(len(opens) + len(expected)):
        before = dict(opens), dict(expected)
        for stage in board.stages:
            if stage.state is StageState.CLOSED:
                opens[stage.code] = _gate(board, stage, expected, opens, today)
            for step in stage.steps:
                if step.state is StepState.WAITING:
                    starts = [opens[stage.code], *(expected[code].on for code in step.needs)]
                    begins = max(today, *starts)
                    expected[step.code] = _step(board, step, begins, today, added)
        if (opens, expected) == before:
            break
    return expected, opens


def _gate(
    board: Board,
    stage: StageFact,
    expected: dict[str, StepForecast],
    opens: dict[str, date],
    today: date,
) -> date:
    """When a closed stage opens."""
    if stage.opened_early:
        return today
    return max([today, *(_passes(board.stage(code), expected, opens) for code in stage.after)])


def _passes(stage: StageFact, expected: dict[str, StepForecast], opens: dict[str, date]) -> date:
    """When a stage lets those after it through."""
    return max([opens[stage.code], *(expected[s.code].on for s in stage.steps if s.mandatory)])


def _step(board: Board, step: StepFact, begins: date, today: date, added: int) -> StepForecast:
    calendar = board.calendar
    if step.state in FINISHED:
        return StepForecast(step.code, step.finished_on or today, Because.FINISHED)
    soonest = today if calendar.is_working_day(today) else calendar.next_working_day(today)
    if step.state is StepState.REPORTED:
        return StepForecast(step.code, soonest, Because.REPORTED)
    planned, in_force = _planned(board, step), _in_force(board, step)
    days: list[tuple[date, Because]] = []
    if planned is not None:
        days.append((calendar.add_working_days(planned, added), Because.PLAN))
    if in_force is not None:
        days.append((in_force, Because.MOVED))
    days.append((calendar.add_working_days(begins, added), Because.START))
    days.append((soonest, Because.OVERDUE))
    latest = max(day for day, _ in days)
    return StepForecast(step.code, latest, next(why for day, why in days if day == latest))


def _stage(
    board: Board, stage: StageFact, expected: dict[str, StepForecast], opens: dict[str, date]
) -> StageForecast:
    ends = [day for step in stage.steps if (day := _planned(board, step)) is not None]
    held_by = None
    if stage.state is StageState.CLOSED and not stage.opened_early and stage.after:
        dated = [s for s in stage.steps if _in_force(board, s) or _planned(board, s)]
        if any(expected[s.code].because is Because.START for s in dated):
            held_by = max(stage.after, key=lambda c: _passes(board.stage(c), expected, opens))
    return StageForecast(
        code=stage.code,
        opens=opens[stage.code],
        ends=stage.closed_on
        or max((expected[s.code].on for s in stage.steps), default=opens[stage.code]),
        finished=stage.state is StageState.DONE,
        planned_end=max(ends, default=None),
        held_by=held_by,
    )
