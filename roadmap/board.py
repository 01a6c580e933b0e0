"""The board: one programme's facts at a moment, as the planner sees them. Frozen values."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

from roadmap.spec import Policy
from roadmap.states import ProgrammeState, StageState, StepState


@dataclass(frozen=True, slots=True)
class StepFact:
    """One step as it is now.

    owner: key of the person who answers for it.
    told: key of the person whose «ваше мероприятие» letter was queued last, None if nobody's.
    due: last day of the due date, None when it is not determined.
    opened_on: school date on which it opened, None while it waits.
    """

    code: str
    state: StepState
    owner: str
    mandatory: bool = True
    needs: tuple[str, ...] = ()
    due: date | None = None
    told: str | None = None
    opened_on: date | None = None


@dataclass(frozen=True, slots=True)
class StageFact:
    """One stage as it is now; `after` holds the codes of the stages it waits for."""

    code: str
    state: StageState
    steps: tuple[StepFact, ...]
    after: tuple[str, ...] = ()
    opened_early: bool = False


@dataclass(frozen=True)
class Board:
    """Everything `plan` may know about one programme.

    zone: IANA name of the school's time zone.
    daily_done: school date of the last daily pass, None before the first.
    curators, directors: keys of people with these roles, for escalations.
    """

    state: ProgrammeState
    stages: tuple[StageFact, ...]
    zone: str
    policy: Policy = field(default_factory=Policy)
    daily_done: date | None = None
    curators: tuple[str, ...] = ()
    directors: tuple[str, ...] = ()
    started_at: datetime | None = None

    @cached_property
    def step_states(self) -> dict[str, StepState]:
        return {step.code: step.state for stage in self.stages for step in stage.steps}

    @cached_property
    def _stages(self) -> dict[str, StageFact]:
        return {stage.code: stage for stage in self.stages}

    @cached_property
    def steps(self) -> tuple[StepFact, ...]:
        return tuple(step for stage in self.stages for step in stage.steps)

    def stage(self, code: str) -> StageFact:
        return self._stages[code]

    def stage_of(self, step_code: str) -> StageFact:
        return next(s for s in self.stages if any(step.code == step_code for step in s.steps))

    def with_stage(self, changed: StageFact) -> "Board":
        """The same board with one stage replaced."""
        stages = tuple(changed if s.code == changed.code else s for s in self.stages)
        return replace(self, stages=stages)
