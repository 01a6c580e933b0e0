"""plan(board, now) → actions: the one place that decides. No I/O, no clock.

The live service, the rehearsal and the tests all run this function. Applying its actions and
planning again yields nothing: a pass may run any number of times.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from roadmap.board import Board, StepFact
from roadmap.calendar import SchoolCalendar
from roadmap.digest import Week, digest_of
from roadmap.gates import Open, stage_gate, step_gate
from roadmap.redating import new_dates
from roadmap.states import FINISHED, IN_HAND, ProgrammeState, StageState, StepState

DAILY_AT = time(7, 30)
"""When the daily pass is due, in the school's own time."""


class LetterKind(StrEnum):
    """Letters the planner asks for."""

    OPENED = "opened"
    DAILY = "daily"
    DIGEST = "digest"


class Why(StrEnum):
    """Why a step stands in a daily letter, in the order of urgency."""

    DIRECTOR_LATE = "director-late"
    CURATOR_LATE = "curator-late"
    LATE = "late"
    TODAY = "today"
    SOON = "soon"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class OpenStage:
    stage: str


@dataclass(frozen=True, slots=True)
class OpenStep:
    step: str


@dataclass(frozen=True, slots=True)
class CloseStage:
    """Every step of the stage is finished."""

    stage: str


@dataclass(frozen=True, slots=True)
class ReopenStage:
    """A step of a finished stage came back: the stage goes on, later ones stay as they are."""

    stage: str


@dataclass(frozen=True, slots=True)
class FinishProgramme:
    pass


@dataclass(frozen=True, slots=True)
class ResumeProgramme:
    """A step of a finished programme came back."""


@dataclass(frozen=True, slots=True)
class SetDue:
    """The due date of a step that follows an event moves with it; None: not known yet."""

    step: str
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Mention:
    """A step in a daily letter and why: `days` to its due date, or working days late.

    With `Why.NEW` the step opened since the last letter; `days` is 0.
    """

    step: str
    why: Why
    days: int


@dataclass(frozen=True, slots=True)
class QueueLetter:
    """One letter to one person (`to` is their key) about one or several steps.

    `on` is the school date it belongs to; with kind, person and steps it makes the unique key.
    """

    kind: LetterKind
    to: str
    steps: tuple[str, ...]
    on: date
    mentions: tuple[Mention, ...] = ()
    digest: Week | None = None


@dataclass(frozen=True, slots=True)
class EndDaily:
    """The daily pass of this school date has been done, also when it sent nothing."""

    on: date


@dataclass(frozen=True, slots=True)
class EndDigest:
    """The digest of this school date's week has been done, also when there was nothing to say."""

    on: date


Action = (
    OpenStage
    | OpenStep
    | CloseStage
    | ReopenStage
    | FinishProgramme
    | ResumeProgramme
    | SetDue
    | QueueLetter
    | EndDaily
    | EndDigest
)


def plan(board: Board, now: datetime) -> list[Action]:
    """What must happen to `board` at `now` (aware), in order; empty when all is as it should be."""
    if board.state not in (ProgrammeState.RUNNING, ProgrammeState.DONE):
        return []
    today = board.calendar.today(now)
    actions, settled = _settle(board, today)
    if settled.state is ProgrammeState.RUNNING:
        redated, settled = _redate(settled, today)
        actions += redated
        actions += _opening_letters(settled, today)
        actions += _daily(settled, now)
    return actions


def _settle(board: Board, today: date) -> tuple[list[Action], Board]:
    """Opens and closes until nothing changes any more."""
    actions: list[Action] = []
    while True:
        step = _next_settling(board, today)
        if step is None:
            return actions, board
        made, board = step
        actions += made


def _next_settling(board: Board, today: date) -> tuple[list[Action], Board] | None:
    for stage in board.stages:
        if stage.state is StageState.CLOSED:
            if isinstance(stage_gate(board, stage), Open):
                opened = replace(stage, state=StageState.OPEN, opened_on=today)
                return [OpenStage(stage.code)], board.with_stage(opened)
            continue
        ready = {
            s.code
            for s in stage.steps
            if s.state is StepState.WAITING and isinstance(step_gate(board, stage, s.needs), Open)
        }
        if ready:
            steps = tuple(
                replace(s, state=StepState.OPEN, opened_on=today) if s.code in ready else s
                for s in stage.steps
            )
            opens: list[Action] = [OpenStep(s.code) for s in stage.steps if s.code in ready]
            if stage.state is StageState.DONE:
                reopened = replace(stage, state=StageState.OPEN, steps=steps, closed_on=None)
                return [ReopenStage(stage.code), *opens], board.with_stage(reopened)
            return opens, board.with_stage(replace(stage, steps=steps))
        finished = all(s.state in FINISHED for s in stage.steps)
        if finished and stage.state is StageState.OPEN:
            closed = replace(stage, state=StageState.DONE, closed_on=today)
            return [CloseStage(stage.code)], board.with_stage(closed)
        if not finished and stage.state is StageState.DONE:
            reopened = replace(stage, state=StageState.OPEN, closed_on=None)
            return [ReopenStage(stage.code)], board.with_stage(reopened)
    done = all(stage.state is StageState.DONE for stage in board.stages)
    if done and board.state is ProgrammeState.RUNNING:
        return [FinishProgramme()], replace(board, state=ProgrammeState.DONE)
    if not done and board.state is ProgrammeState.DONE:
        return [ResumeProgramme()], replace(board, state=ProgrammeState.RUNNING)
    return None


def _redate(board: Board, today: date) -> tuple[list[Action], Board]:
    """Counts anew the due dates that follow events."""
    actions: list[Action] = []
    for code, (start, end) in new_dates(board).items():
        actions.append(SetDue(code, start, end))
        board = board.with_step(redated(board, code, start, end, today))
    return actions, board


def redated(board: Board, code: str, start: date | None, end: date | None, today: date) -> StepFact:
    """The step with a due date that came into force today."""
    step = board.step(code)
    due = board.calendar.deadline(end) if end else None
    return replace(step, start=start, end=end, due=due, due_set_on=today)


def _opening_letters(board: Board, today: date) -> list[Action]:
    """One letter for each person about all steps that are theirs now and that they do not know."""
    news: dict[str, list[str]] = {}
    for step, person in _untold(board, today):
        if person not in board.daily_readers:
            news.setdefault(person, []).append(step.code)
    return [
        QueueLetter(LetterKind.OPENED, person, tuple(codes), today)
        for person, codes in news.items()
    ]


def _untold(board: Board, today: date) -> list[tuple[StepFact, str]]:
    """Steps in hand with whoever is to know of them today and does not."""
    found = []
    for step in board.steps:
        if step.state in IN_HAND:
            person = board.addressee(step.owner, today)
            if step.told != person:
                found.append((step, person))
    return found


def is_daily_due(board: Board, now: datetime) -> bool:
    """Whether the daily pass of today is still to be done. A missed day is not replayed."""
    today = board.calendar.today(now)
    if board.daily_done is not None and board.daily_done >= today:
        return False
    return now.astimezone(board.calendar.tz).time() >= DAILY_AT


def _daily(board: Board, now: datetime) -> list[Action]:
    """Letters of the day, one for each person: what needs attention and, once a week, the digest.

    On a day off nothing is done: the next working day looks back.
    """
    if not is_daily_due(board, now):
        return []
    calendar = board.calendar
    today = calendar.today(now)
    if not calendar.is_working_day(today):
        return []
    mentions: dict[str, list[Mention]] = {}
    for stage in board.stages:
        if stage.state is StageState.OPEN:
            for step in stage.steps:
                for person, mention in _mentions(board, step, today, calendar):
                    mentions.setdefault(board.addressee(person, today), []).append(mention)
    for step, person in _untold(board, today):
        if person in board.daily_readers:
            mentions.setdefault(person, []).append(Mention(step.code, Why.NEW, 0))
    ends: list[Action] = [EndDaily(today)]
    digest: Week | None = None
    readers: tuple[str, ...] = ()
    if _is_digest_due(board, today):
        ends.append(EndDigest(today))
        digest = digest_of(board, today, since=board.digest_done)
        if digest.is_empty:
            digest = None
        else:
            leaders = (*board.curators, *board.directors)
            readers = tuple(dict.fromkeys(board.addressee(p, today) for p in leaders))
    letters: list[Action] = []
    for person in dict.fromkeys((*mentions, *readers)):
        urgent = _most_urgent_first(mentions.get(person, []))
        codes = [mention.step for mention in urgent]
        told = digest if digest is not None and person in readers else None
        kind = LetterKind.DAILY if told is None else LetterKind.DIGEST
        codes += told.codes if told is not None else ()
        letters.append(
            QueueLetter(kind, person, tuple(dict.fromkeys(codes)), today, tuple(urgent), told)
        )
    return [*letters, *ends]


def _is_digest_due(board: Board, today: date) -> bool:
    """On the first working day of a week, or as soon after as there is a pass."""
    monday = today - timedelta(days=today.weekday())
    last = board.digest_done or board.started_on
    return board.policy.digest and (last is None or last < monday)


def _most_urgent_first(mentions: list[Mention]) -> list[Mention]:
    """In order, each step once: for its most urgent reason."""
    order = list(Why)
    urgent = sorted(mentions, key=lambda m: (order.index(m.why), _urgency(m)))
    return list({mention.step: mention for mention in reversed(urgent)}.values())[::-1]


def _urgency(mention: Mention) -> int:
    """Smaller is more urgent: the longest late, the soonest due."""
    return mention.days if mention.why is Why.SOON else -mention.days


def _mentions(
    board: Board, step: StepFact, today: date, calendar: SchoolCalendar
) -> list[tuple[str, Mention]]:
    """Who is to be reminded of this step today, and why.

    A reminder comes when its threshold was crossed since the last daily pass, so a day on which
    the service was off is made up once and nothing is doubled. Somebody who got the step, or a new
    date, when it was already late has the same number of days before the next nudge as others.
    """
    if step.state not in IN_HAND or step.due is None or step.opened_on == today:
        return []  # what opened today has its own letter today
    known = [day for day in (board.daily_done, step.opened_on) if day is not None and day < today]
    before = max(known, default=date.fromordinal(today.toordinal() - 1))
    policy = board.policy
    left = (step.due - today).days
    if left > 0:
        # Up to the eve of the next working day: what falls on a day off comes before it.
        ahead = (step.due - _eve_of_next_working_day(today, calendar)).days
        was_ahead = (step.due - _eve_of_next_working_day(before, calendar)).days
        crossed = any(ahead <= days < was_ahead for days in policy.remind_days_before)
        return [(step.owner, Mention(step.code, Why.SOON, left))] if crossed else []
    if left == 0:
        return [(step.owner, Mention(step.code, Why.TODAY, 0))] if policy.remind_on_due_day else []
    late = calendar.working_days_between(step.due, today)
    begun = max(day for day in (step.due, step.opened_on, step.due_set_on) if day is not None)
    since = calendar.working_days_between(begun, today)
    was_since = calendar.working_days_between(begun, before) if before > begun else 0
    found: dict[str, Mention] = {}
    if since // policy.late_every_working_days > was_since // policy.late_every_working_days:
        found[step.owner] = Mention(step.code, Why.LATE, late)
    if was_since < policy.curator_after_working_days <= since:
        for person in board.curators:
            found.setdefault(person, Mention(step.code, Why.CURATOR_LATE, late))
    if was_since < policy.director_after_working_days <= since:
        for person in board.directors:
            found.setdefault(person, Mention(step.code, Why.DIRECTOR_LATE, late))
    return list(found.items())


def _eve_of_next_working_day(day: date, calendar: SchoolCalendar) -> date:
    tomorrow = date.fromordinal(day.toordinal() + 1)
    if calendar.is_working_day(tomorrow):
        return day
    return date.fromordinal(calendar.next_working_day(tomorrow).toordinal() - 1)
