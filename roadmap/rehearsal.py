"""A rehearsal: the planner run over virtual days, with people who follow a scenario.

No database, no Prefect, no mail: the board is built from the road map, the planner decides, its
actions and people's acts change the board. What the live service does with the same acts at the
same moments is the same, letter by letter.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from roadmap.applying import apply_all, finish
from roadmap.board import Board, StepFact
from roadmap.declared import board_of_roadmap
from roadmap.dues.months import shift_month
from roadmap.errors import InputWrong
from roadmap.planner import DAILY_AT, LetterKind, QueueLetter, plan
from roadmap.quiet_days import next_daily_letter, next_digest
from roadmap.scenarios import Earliest, Scenario
from roadmap.spec import RoadMap
from roadmap.states import IN_HAND, ProgrammeState

START_AT = time(10, 0)
"""When the road map is started on its first day, in the school's own time."""

ACTS_AT = time(15, 0)
"""When people mark steps done on working days, in the school's own time."""

HORIZON_MONTHS = 60
"""How long after the plan's last day a rehearsal gives up."""


@dataclass(frozen=True, slots=True)
class StageRun:
    """When a stage opened and closed, as school dates; None: it did not."""

    code: str
    opened: date | None
    closed: date | None


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A letter, with its school date; `to`: key of the person."""

    on: date
    to: str
    kind: LetterKind
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepRun:
    """A step from its opening to its end; a recurring one has a run for each of its turns.

    since: the day it opened or came round again. due: the deadline that was in force at the end.
    finished: None when it never was. as_of: the day on which it was finished, or the last one of
    the rehearsal.
    """

    code: str
    owner: str
    turn: int
    since: date
    due: date | None
    finished: date | None
    as_of: date

    @property
    def days_late(self) -> int:
        """Calendar days after its deadline; 0 in time."""
        return max(0, (self.as_of - self.due).days) if self.due else 0


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody marks a step done at a moment (aware)."""

    at: datetime
    step: str


@dataclass(frozen=True, slots=True)
class EarliestEnd:
    """The end of the fastest run that keeps to the plan's months, and the steps done last in it."""

    end: date
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Rehearsal:
    """What happened.

    end: the day the programme was done, None when it was not by `last_day`, the horizon.
    earliest: None when even the fastest run does not end by its horizon.
    """

    started: datetime
    last_day: date
    end: date | None
    stages: tuple[StageRun, ...]
    letters: tuple[SentLetter, ...]
    steps: tuple[StepRun, ...]
    acts: tuple[Act, ...]
    earliest: EarliestEnd | None

    @property
    def late(self) -> tuple[StepRun, ...]:
        """Every step, and every turn, that was not done by its deadline; the earliest due first."""
        found = [run for run in self.steps if run.days_late]
        return tuple(sorted(found, key=lambda run: run.due or date.max))

    @property
    def unfinished(self) -> tuple[StepRun, ...]:
        """The steps still in hand on the last day."""
        return tuple(run for run in self.steps if run.finished is None)

    def load(self) -> dict[str, dict[date, tuple[str, ...]]]:
        """person → Monday of an ISO week → the steps they had in hand on some day of that week."""
        found: dict[str, dict[date, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
        for run in self.steps:
            monday = run.since - timedelta(days=run.since.weekday())
            while monday <= run.as_of:
                found[run.owner][monday][run.code] = None
                monday += timedelta(days=7)
        return {
            person: {monday: tuple(weeks[monday]) for monday in sorted(weeks)}
            for person, weeks in found.items()
        }


def first_day(roadmap: RoadMap) -> date:
    """The day a rehearsal starts: the first working day of the period, or of the first month.

    Raises `InputWrong` when the plan has neither a period nor a single date.
    """
    if roadmap.period is not None:
        day = roadmap.period.start
    else:
        month = roadmap.first_month()
        if month is None:
            raise InputWrong(
                "в дорожной карте нет ни одной даты: назовите месяц начала, например --from 2026-09"
            )
        day = date(*month, 1)
    return roadmap.school_calendar.move_off_day_off(day, "after")


def rehearse(roadmap: RoadMap, scenario: Scenario, start: date | None = None) -> Rehearsal:
    """Runs the road map from `start` (default: `first_day`) until it is done, or the horizon."""
    started = start or first_day(roadmap)
    run = _Run(roadmap, scenario, started)
    run.day_by_day()
    return run.result(_earliest_end(roadmap, started))


def _earliest_end(roadmap: RoadMap, started: date) -> EarliestEnd | None:
    run = _Run(roadmap, Earliest(), started)
    run.act_by_act()
    if run.board.state is not ProgrammeState.DONE:
        return None
    end = max(step.finished_on for step in run.board.steps if step.finished_on is not None)
    return EarliestEnd(end, tuple(s.code for s in run.board.steps if s.finished_on == end))


@dataclass(frozen=True, slots=True)
class _Foreseen:
    """A step in hand, the day it will be done, the next day it comes into a daily letter."""

    step: StepFact
    done_on: date
    next_letter: date | None


class _Run:
    """One programme on its way through virtual time."""

    def __init__(self, roadmap: RoadMap, scenario: Scenario, started: date) -> None:
        self.scenario = scenario
        self.calendar = roadmap.school_calendar
        self.board = board_of_roadmap(roadmap, started)
        self.day = started
        self.started = self._moment(START_AT)
        self.horizon = _horizon(self.board, started)
        self.letters: list[SentLetter] = []
        self.steps: list[StepRun] = []
        self.acts: list[Act] = []
        self._foreseen: dict[str, _Foreseen] = {}
        self._next_act: date | None = None
        self._pass(self.started)

    def day_by_day(self) -> None:
        """The daily pass, and people's acts, on every working day on which anything happens.

        On the others, and on days off, the planner would find nothing to do but to note the day:
        nobody acts, no letter of the day is due, a second pass over an unchanged board is empty.
        """
        while self._acted() and self.day < self.horizon:
            following = self._next_day()
            if following is None or following > self.horizon:
                self.day = self.horizon
                return
            eve = self.calendar.previous_working_day(following)
            if eve > self.day:
                self.board = replace(self.board, daily_done=eve)
            self.day = following
            self._pass(self._moment(DAILY_AT))

    def _next_day(self) -> date | None:
        """The next working day on which somebody acts or a letter of the day is due."""
        days = [each.next_letter for each in self._foreseen.values()]
        days += [self._next_act, next_digest(self.board)]
        soonest = min((day for day in days if day is not None), default=None)
        if soonest is None or soonest > self.day:
            return soonest
        return self.calendar.next_working_day(self.day)

    def act_by_act(self) -> None:
        """Only the days on which somebody acts: for when stages open and close.

        The daily pass writes letters; neither a gate nor a due date depends on it.
        """
        while self._acted() and self._next_act is not None and self._next_act <= self.horizon:
            self.day = self._next_act

    def _acted(self) -> bool:
        """Has everything done that is to be done today; whether the programme still runs."""
        while self._next_act is not None and self._next_act <= self.day:
            if not self.calendar.is_working_day(self.day):
                break
            moment = self._moment(ACTS_AT)
            for each in tuple(self._foreseen.values()):
                if each.done_on <= self.day:
                    self._finish(each.step.code, moment)
        return self.board.state is ProgrammeState.RUNNING

    def _finish(self, code: str, moment: datetime) -> None:
        step = self.board.step(code)  # an act before it today may have moved its due date
        self.steps.append(_run_of(step, self.day, finished=True))
        self.acts.append(Act(moment, code))
        self.board = finish(self.board, code, moment)
        self._pass(moment)

    def _pass(self, now: datetime) -> None:
        actions = plan(self.board, now)
        self.letters += [
            SentLetter(each.on, each.to, each.kind, each.steps)
            for each in actions
            if isinstance(each, QueueLetter)
        ]
        self.board = apply_all(self.board, actions, now)
        self._foresee()

    def _foresee(self) -> None:
        """What comes next for each step in hand; counted anew only when that may have changed."""
        known, self._foreseen = self._foreseen, {}
        for step in self._in_hand():
            found = known.get(step.code)
            if found is None or found.step is not step:
                day = self.scenario.done_on(step, self.calendar)
                found = _Foreseen(step, day, next_daily_letter(self.board, step, self.day))
            elif found.next_letter is not None and found.next_letter <= self.day:
                following = next_daily_letter(self.board, step, self.day)
                found = _Foreseen(step, found.done_on, following)
            self._foreseen[step.code] = found
        self._next_act = min((each.done_on for each in self._foreseen.values()), default=None)

    def _in_hand(self) -> list[StepFact]:
        return [step for step in self.board.steps if step.state in IN_HAND]

    def _moment(self, at: time) -> datetime:
        return datetime.combine(self.day, at, self.calendar.tz)

    def result(self, earliest: EarliestEnd | None) -> Rehearsal:
        done = self.board.state is ProgrammeState.DONE
        open_still = [_run_of(step, self.day, finished=False) for step in self._in_hand()]
        return Rehearsal(
            started=self.started,
            last_day=self.day,
            end=self.day if done else None,
            stages=tuple(StageRun(s.code, s.opened_on, s.closed_on) for s in self.board.stages),
            letters=tuple(self.letters),
            steps=(*self.steps, *open_still),
            acts=tuple(self.acts),
            earliest=earliest,
        )


def _run_of(step: StepFact, today: date, *, finished: bool) -> StepRun:
    since = step.opened_on or today
    if step.turn and step.due_set_on is not None:
        since = max(since, step.due_set_on)
    return StepRun(
        step.code, step.owner, step.turn, since, step.due, today if finished else None, today
    )


def _horizon(board: Board, started: date) -> date:
    """So long after the plan's last day that no more is to be expected."""
    ends = [end for step in board.steps for _, end in ((None, step.end), *step.turns) if end]
    return shift_month(max(started, *ends, started), HORIZON_MONTHS)
