"""Owners' requests that wait for an answer: finding them, and dropping those that have no point."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from models.database import AsyncSession
from models.repository import ProgrammeRows
from models.tables import Programme, Request, RequestKind, RequestState, Step
from roadmap.russian import day_month_year
from services.actor import Actor
from services.journal.kinds import EventKind
from services.journal.record import record

BOTH = frozenset(RequestKind)
DUE_ONLY = frozenset({RequestKind.DUE})
NONE: frozenset[RequestKind] = frozenset()

REQUEST_WORDS: dict[RequestKind, str] = {
    RequestKind.DUE: "просьба перенести срок",
    RequestKind.OWNER: "просьба сменить ответственного",
}


@dataclass(frozen=True, slots=True)
class RequestView:
    """An open request to be shown; `asks` is what follows the name of the one who asks.

    proposed: «30 ноября 2026», a colleague's name, or "" when nobody was named. `at` is in the
    school's zone. can_answer, can_withdraw: what the reader may do.
    """

    id: UUID
    step_id: UUID
    kind: RequestKind
    who: str
    asks: str
    proposed: str
    reason: str
    at: datetime
    can_answer: bool
    can_withdraw: bool


async def open_requests(
    session: AsyncSession, rows: ProgrammeRows, actor: Actor, step_id: UUID | None = None
) -> tuple[RequestView, ...]:
    """Open requests of a programme, or of one step, that concern this reader, oldest first.

    They concern curators, the step's owner and whoever stands in for one of them.
    """
    wanted = [s.id for s in rows.steps if step_id is None or s.id == step_id]
    found = await session.exec(
        select(Request)
        .where(col(Request.step_id).in_(wanted), Request.state == RequestState.OPEN)
        .order_by(col(Request.at), col(Request.id))
    )
    zone = ZoneInfo(rows.organisation.zone)
    shown = []
    for request in found:
        is_own = actor.answers_for(rows.step_by_id(request.step_id).owner_id)
        if not (is_own or actor.is_curator):
            continue
        proposed = proposed_words(rows, request)
        shown.append(
            RequestView(
                id=request.id,
                step_id=request.step_id,
                kind=request.kind,
                who=rows.people[request.by_id].short,
                asks=asks_words(request.kind, proposed),
                proposed=proposed,
                reason=request.reason,
                at=request.at.astimezone(zone),
                can_answer=actor.is_curator,
                can_withdraw=is_own,
            )
        )
    return tuple(shown)


def proposed_words(rows: ProgrammeRows, request: Request) -> str:
    """The date or the person that a request proposes."""
    if request.due_end is not None:
        return day_month_year(request.due_end)
    return rows.people[request.owner_id].display if request.owner_id in rows.people else ""


def asks_words(kind: RequestKind, proposed: str) -> str:
    """«просит перенести срок на 30 ноября 2026»."""
    if kind is RequestKind.DUE:
        return f"просит перенести срок на {proposed}"
    named = f", предлагает: {proposed}" if proposed else ""
    return f"пишет: «это не моё мероприятие»{named}"


async def withdraw_open(
    session: AsyncSession,
    programme: Programme,
    step: Step,
    kinds: Iterable[RequestKind],
    *,
    at: datetime,
    why: str,
    besides: UUID | None = None,
) -> None:
    """Drops the step's open requests of these kinds, since what they asked for has no point now.

    `besides` is kept: the one being answered. Called before the change is recorded: a form sent
    twice is known by the last entry.
    """
    found = await session.exec(
        select(Request).where(
            Request.step_id == step.id,
            Request.state == RequestState.OPEN,
            col(Request.kind).in_(list(kinds)),
        )
    )
    for request in found:
        if request.id == besides:
            continue
        request.state, request.answered_at = RequestState.WITHDRAWN, at
        session.add(request)
        record(
            session,
            EventKind.REQUEST_WITHDRAWN,
            f"{step.code}: {REQUEST_WORDS[request.kind]} снята",
            at=at,
            programme=programme,
            step=step,
            reason=why,
            request=str(request.id),
        )


def is_future(day: date, today: date) -> bool:
    """Whether a proposed day lies ahead and within the calendar people use."""
    return today < day and day.year <= 2100
