"""The board: one programme's facts at a moment, as the planner sees them. Frozen values."""

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from roadmap.calendar import SchoolCalendar
from roadmap.dues import Offset
from roadmap.spec import Policy
from roadmap.states import ProgrammeState, StageState, StepState


@dataclass(frozen=True, slots=True)
class StepFact:
    """One step as it is now.

    owner: key of the person who answers for it.
    told: key of the person whose «ваше мероприятие» letter was queued last, None if nobody's.
    start, end: the days that its due date names, None when they are not determined.
    due: the day by which it must be done – `end`, moved off a day off –, None when undetermined.
    relative: how the due date is counted, when it follows an event; None also once it is fixed.
    turns: every time it comes round, as (start, end); empty unless it recurs. `turn`: the present.
    opened_on: school date on which it opened, None while it waits.
    finished_on: school date on which it was done or became not needed, None before.
    due_set_on: school date on which the due date in force was given, None: with the plan.
    plan_end: the last day in the first plan, None when that named none.
    """

    code: str
    state: StepState
    owner: str
    mandatory: bool = True
    needs: tuple[str, ...] = ()
    due: date | None = None
    told: str | None = None
    opened_on: date | None = None
    finished_on: date | None = None
    start: date | None = None
    end: date | None = None
    due_set_on: date | None = None
    relative: Offset | None = None
    turns: tuple[tuple[date | None, date], ...] = ()
    turn: int = 0
    plan_end: date | None = None

    @property
    def next_turn(self) -> tuple[date | None, date] | None:
        """The turn after the present one, None when this is the last."""
        following = self.turn + 1
        return self.turns[following] if following < len(self.turns) else None


@dataclass(frozen=True, slots=True)
class StageFact:
    """One stage as it is now; `after` holds the codes of the stages it waits for."""

    code: str
    state: StageState
    steps: tuple[StepFact, ...]
    after: tuple[str, ...] = ()
    opened_early: bool = False
    opened_on: date | None = None
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Substitution:
    """From `start` to `end`, both included, `deputy` gets and does what is `person`'s (keys)."""

    person: str
    deputy: str
    start: date
    end: date


@dataclass(frozen=True)
class Board:
    """Everything `plan` may know about one programme.

    calendar: the school's, with its time zone.
    daily_done: school date of the last daily pass, None before the first.
    digest_done: school date of the last weekly digest, None before the first.
    curators, directors: keys of people with these roles, for escalations.
    daily_readers: keys of people who want new steps in the letter of the day, not at once.
    """

    state: ProgrammeState
    stages: tuple[StageFact, ...]
    calendar: SchoolCalendar
    policy: Policy = field(default_factory=Policy)
    daily_done: date | None = None
    digest_done: date | None = None
    curators: tuple[str, ...] = ()
    directors: tuple[str, ...] = ()
    daily_readers: frozenset[str] = frozenset()
    substitutions: tuple[Substitution, ...] = ()
    started_on: date | None = None

    @cached_property
    def step_states(self) -> dict[str, StepState]:
        return {step.code: step.state for stage in self.stages for step in stage.steps}

    @cached_property
    def _stages(self) -> dict[str, StageFact]:
        return {stage.code: stage for stage in self.stages}

    @cached_property
    def steps(self) -> tuple[StepFact, ...]:
        return tuple(step for stage in self.stages for step in stage.steps)

    def step(self, code: str) -> StepFact:
        return next(step for step in self.steps if step.code == code)

    def stage(self, code: str) -> StageFact:
        return self._stages[code]

    def stage_of(self, step_code: str) -> StageFact:
        return next(s for s in self.stages if any(step.code == step_code for step in s.steps))

    def addressee(self, person: str, today: date) -> str:
        """Who gets a person's letters on a day: themselves, or whoever stands in for them."""
        seen = {person}
        while True:
            deputy = next(
                (s.deputy for s in self.substitutions
                 if s.person == person and s.start <= today <= s.end),
                None,
            )  # fmt: skip
            if deputy is None or deputy in seen:
                return person
            seen.add(deputy)
            person = deputy

    def with_step(self, changed: StepFact) -> "Board":
        """The same board with one step replaced."""
        stage = self.stage_of(changed.code)
        steps = tuple(changed if s.code == changed.code else s for s in stage.steps)
        return self.with_stage(replace(stage, steps=steps))

    def with_stage(self, changed: StageFact) -> "Board":
        """The same board with one stage replaced."""
        stages = tuple(changed if s.code == changed.code else s for s in self.stages)
        return replace(self, stages=stages)
