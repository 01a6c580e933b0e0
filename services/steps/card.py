"""Everything a step's page shows: what, why, who, when, its evidence, its history."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from models.database import AsyncSession
from models.repository import ProgrammeRows, load_programme
from models.tables import Event, Evidence, Step, Substitution
from roadmap.errors import NotFound
from roadmap.kinds import KINDS, EvidenceRule
from roadmap.states import FINISHED, Move, ProgrammeState, StepState, moves_from
from services.actor import Actor
from services.journal.record import name_of, who_acted
from services.karta import Karta
from services.programme.open_proposals import RequestView, open_requests
from services.programme.view import ProgrammeView, StageView, StepView, programme_view
from services.steps.meeting_rows import MeetingView, live_meeting, meeting_view
from services.steps.workspaces import WORKSPACES, Lacking


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """A file or link. `at` in the school's zone; `size_kb` None for a link."""

    id: UUID
    title: str
    href: str
    is_link: bool
    size_kb: int | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A journal entry; `at` in the school's zone."""

    at: datetime
    who: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class OwnerChoice:
    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class StepCard:
    """A step for one reader; `moves` are those this reader may make now.

    is_own: the reader answers for it – instead_of: for whom, when they stand in for the owner.
    was_deputy: the reader stood in for the owner, and does so no more.
    requests: those that wait for an answer and concern the reader.
    workspace: the template of the part of the page where the step's kind is worked on.
    lacking: what keeps it from being done, None when nothing does.
    """

    programme: ProgrammeView
    stage: StageView
    step: StepView
    kind: str
    ask: str
    attach: str
    is_required: bool
    result: str
    report_note: str
    return_reason: str
    evidence: tuple[EvidenceView, ...]
    history: tuple[HistoryEntry, ...]
    moves: frozenset[str]
    is_own: bool
    instead_of: str
    was_deputy: bool
    owners: tuple[OwnerChoice, ...]
    meeting: MeetingView | None
    requests: tuple[RequestView, ...]
    workspace: str
    lacking: Lacking | None


async def card_of(karta: Karta, step_id: UUID, actor: Actor) -> StepCard:
    """The step's page now for `actor`. Raises `NotFound`, also for a step of another school."""
    async with karta.transaction() as session:
        found = await session.exec(select(Step.programme_id).where(Step.id == step_id))
        programme_id = found.one_or_none()
        if programme_id is None:
            raise NotFound("такого мероприятия нет")
        rows = await load_programme(session, programme_id)
        if rows.organisation.id != actor.organisation_id:
            raise NotFound("такого мероприятия нет")
        return await step_card(session, rows, step_id, actor, karta.clock.now())


async def step_card(
    session: AsyncSession, rows: ProgrammeRows, step_id: UUID, actor: Actor, now: datetime
) -> StepCard:
    """The step's page for `actor`. Raises `NotFound`."""
    step = rows.step_by_id(step_id)
    view = programme_view(rows, now)
    stage = next(s for s in view.stages if any(x.id == step_id for x in s.steps))
    shown = next(s for s in stage.steps if s.id == step_id)
    zone = ZoneInfo(rows.organisation.zone)
    card, workspace = KINDS[step.kind], WORKSPACES[step.kind]
    meeting = await live_meeting(session, step.id, now)
    requests = await open_requests(session, rows, actor, step.id)
    return StepCard(
        programme=view,
        stage=stage,
        step=shown,
        kind=card.title,
        ask=card.ask,
        attach=card.evidence,
        is_required=step.evidence is EvidenceRule.REQUIRED,
        result=step.result,
        report_note=step.report_note,
        return_reason=step.return_reason if step.state is StepState.RETURNED else "",
        evidence=await _evidence(session, rows, step, zone),
        history=await _history(session, rows, step, zone),
        moves=_moves(rows, step, actor, requests)
        | _meeting_moves(rows, step, actor, meeting is not None),
        is_own=actor.answers_for(step.owner_id),
        instead_of=actor.instead_of(step.owner_id),
        was_deputy=await _was_deputy(session, step, actor, view.today),
        owners=tuple(
            OwnerChoice(p.id, p.display)
            for p in sorted(rows.people.values(), key=lambda p: p.short)
            if p.active and p.id != step.owner_id and set(p.roles) != {"observer"}
        ),
        meeting=meeting_view(meeting, rows.organisation.zone) if meeting else None,
        requests=requests,
        workspace=workspace.page,
        lacking=await workspace.lacking(session, step),
    )


def _moves(
    rows: ProgrammeRows, step: Step, actor: Actor, requests: tuple[RequestView, ...]
) -> frozenset[str]:
    """The names of the forms this person may use: moves of the table, changes and requests."""
    if rows.programme.state is ProgrammeState.STOPPED:
        return frozenset()
    answers = {"agree", "refuse"} if any(r.can_answer for r in requests) else set()
    if any(r.can_withdraw for r in requests):
        answers.add("withdraw")
    return frozenset(answers | _own_moves(step, actor))


def _own_moves(step: Step, actor: Actor) -> set[str]:
    possible = {move.value for move in moves_from(step.state)} - {Move.OPEN.value, Move.NEXT.value}
    if Move.ACCEPT.value in possible:
        possible.discard(Move.DONE.value)  # one button for both
    if actor.is_curator:
        possible.add("owner")
        if step.state not in (StepState.DONE, StepState.SKIPPED):
            possible.add("due")
        return possible
    if not actor.answers_for(step.owner_id):
        return set()
    asks = set() if step.state in FINISHED else {"ask-due", "ask-owner"}
    return (possible & {Move.REPORT.value}) | asks


async def _was_deputy(session: AsyncSession, step: Step, actor: Actor, today: date) -> bool:
    if actor.is_curator or actor.answers_for(step.owner_id):
        return False
    found = await session.exec(
        select(Substitution.id).where(
            Substitution.deputy_id == actor.person_id,
            Substitution.person_id == step.owner_id,
            Substitution.first_day <= today,
        )
    )
    return found.first() is not None


def _meeting_moves(
    rows: ProgrammeRows, step: Step, actor: Actor, has_meeting: bool
) -> frozenset[str]:
    """What this person may do with the step's meeting: `meeting` sets or changes it."""
    is_theirs = actor.is_curator or actor.answers_for(step.owner_id)
    if rows.programme.state is ProgrammeState.STOPPED or not is_theirs:
        return frozenset()
    possible = set() if step.state in FINISHED else {"meeting"}
    if has_meeting:
        possible.add("meeting-cancel")
    return frozenset(possible)


async def _evidence(
    session: AsyncSession, rows: ProgrammeRows, step: Step, zone: ZoneInfo
) -> tuple[EvidenceView, ...]:
    found = await session.exec(
        select(Evidence).where(Evidence.step_id == step.id).order_by(col(Evidence.added_at))
    )
    return tuple(
        EvidenceView(
            id=e.id,
            title=e.file_name or e.url or "",
            href=e.url or f"/files/{e.id}",
            is_link=e.url is not None,
            size_kb=max(1, e.size // 1024) if e.size is not None else None,
            by=name_of(rows.people, e.added_by),
            at=e.added_at.astimezone(zone),
        )
        for e in found
    )


async def _history(
    session: AsyncSession, rows: ProgrammeRows, step: Step, zone: ZoneInfo
) -> tuple[HistoryEntry, ...]:
    found = await session.exec(
        select(Event).where(Event.step_id == step.id).order_by(col(Event.id).desc()).limit(200)
    )
    return tuple(
        HistoryEntry(e.at.astimezone(zone), who_acted(rows.people, e), e.text, e.reason)
        for e in found
    )
