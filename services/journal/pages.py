"""Reading the journal: a step's history, and the organisation's journal page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from models.database import AsyncSession
from models.tables import Event, Organisation, Person, Programme, Stage, Step
from services.journal.record import who_acted

Row = TypeVar("Row", Person, Step)


PAGE = 50
"""Entries on one page of the journal."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry to be shown; `at` is in the school's zone, `who` is a person or «Карта»."""

    id: int
    at: datetime
    who: str
    kind: str
    text: str
    reason: str
    step_id: UUID | None
    step_code: str


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """What of the journal to show; None means all.

    person_id: what this person did, or others standing in for them.
    by_service: only what the service did itself.
    since, until: school dates, both included. before: only entries older than this one.
    """

    programme_id: UUID | None = None
    stage_id: UUID | None = None
    step_id: UUID | None = None
    person_id: UUID | None = None
    by_service: bool = False
    kind: str | None = None
    since: date | None = None
    until: date | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Entries newest first; `older` is the `before` of the next page, None on the last one."""

    entries: tuple[Entry, ...]
    older: int | None


@dataclass(frozen=True, slots=True)
class JournalChoices:
    """What the journal can be narrowed down to: (id, words) in road map order and by name."""

    programmes: tuple[tuple[UUID, str], ...]
    stages: tuple[tuple[UUID, str], ...]
    steps: tuple[tuple[UUID, str], ...]
    people: tuple[tuple[UUID, str], ...]


async def journal_page(
    session: AsyncSession, organisation_id: UUID, wanted: JournalFilter
) -> JournalPage:
    """One page of the organisation's journal, newest first."""
    organisation = await session.get_one(Organisation, organisation_id)
    zone = ZoneInfo(organisation.zone)
    query = (
        select(Event)
        .where(Event.organisation_id == organisation_id)
        .order_by(col(Event.id).desc())
        .limit(PAGE + 1)
    )
    for column, value in (
        (Event.programme_id, wanted.programme_id),
        (Event.stage_id, wanted.stage_id),
        (Event.step_id, wanted.step_id),
        (Event.kind, wanted.kind),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.person_id is not None:
        query = query.where(
            (col(Event.by_id) == wanted.person_id) | (col(Event.for_id) == wanted.person_id)
        )
    if wanted.by_service:
        query = query.where(col(Event.by_id).is_(None))
    if wanted.since is not None:
        query = query.where(Event.at >= _midnight(wanted.since, zone))
    if wanted.until is not None:
        query = query.where(Event.at < _midnight(wanted.until + timedelta(days=1), zone))
    if wanted.before is not None:
        query = query.where(col(Event.id) < wanted.before)
    found = list(await session.exec(query))
    shown = found[:PAGE]
    entries = await _entries(session, shown, zone)
    return JournalPage(entries, entries[-1].id if len(found) > PAGE else None)


async def journal_choices(
    session: AsyncSession, organisation_id: UUID, programme_id: UUID | None
) -> JournalChoices:
    """The filter's choices; stages and steps of one programme, by default of the newest."""
    programmes = list(
        await session.exec(
            select(Programme)
            .where(Programme.organisation_id == organisation_id)
            .order_by(col(Programme.created_at).desc())
        )
    )
    chosen = programme_id or (programmes[0].id if programmes else None)
    stages: Sequence[Stage] = []
    steps: Sequence[Step] = []
    if chosen in {p.id for p in programmes}:
        stages = list(
            await session.exec(
                select(Stage).where(Stage.programme_id == chosen).order_by(col(Stage.position))
            )
        )
        steps = list(
            await session.exec(
                select(Step).where(Step.programme_id == chosen).order_by(col(Step.position))
            )
        )
    people = await session.exec(select(Person).where(Person.organisation_id == organisation_id))
    return JournalChoices(
        programmes=tuple((p.id, p.title) for p in programmes),
        stages=tuple((s.id, f"{s.code}. {s.title}") for s in stages),
        steps=tuple((s.id, f"{s.code}. {s.title}") for s in steps),
        people=tuple(sorted(((p.id, p.display) for p in people), key=lambda pair: pair[1].lower())),
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


async def _entries(
    session: AsyncSession, events: Sequence[Event], zone: ZoneInfo
) -> tuple[Entry, ...]:
    ids = {person for e in events for person in (e.by_id, e.for_id) if person}
    people = await _named(session, Person, ids)
    steps = await _named(session, Step, {e.step_id for e in events if e.step_id})
    return tuple(
        Entry(
            id=event.id or 0,
            at=event.at.astimezone(zone),
            who=who_acted(people, event),
            kind=event.kind,
            text=event.text,
            reason=event.reason,
            step_id=event.step_id if event.step_id in steps else None,
            step_code=steps[event.step_id].code if event.step_id in steps else "",
        )
        for event in events
    )


async def _named(session: AsyncSession, table: type[Row], ids: set[UUID]) -> dict[UUID, Row]:
    if not ids:
        return {}
    return {row.id: row for row in await session.exec(select(table).where(col(table.id).in_(ids)))}
