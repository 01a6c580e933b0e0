"""What a calendar's address answers: a person's own dates, or a whole programme's."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlmodel import col, func, select

from models.database import AsyncSession
from models.repository import ProgrammeRows, load_programme, programmes_of
from models.situation import Situation
from models.tables import (
    Access,
    AccessKind,
    DroppedStep,
    Event,
    Meeting,
    Organisation,
    Person,
    Revision,
    Step,
)
from notifications.calendar import Entry, feed
from roadmap.errors import LinkDead, NotFound
from services.calendars.addresses import SHOWN, WHOLE_PROGRAMME
from services.calendars.entries import Entries
from services.karta import Karta
from services.tokens import token_hash


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar as it is sent; `etag` changes whenever the content does."""

    content: bytes
    etag: str


async def feed_of(karta: Karta, token: str) -> Feed:
    """The calendar behind an address, as of now.

    Raises `NotFound` for an address that never was, `LinkDead` for one that works no more.
    """
    now = karta.clock.now()
    async with karta.transaction() as session:
        found = await session.exec(
            select(Access, Person)
            .join(Person, col(Person.id) == col(Access.person_id))
            .where(Access.hash == token_hash(token), Access.kind == AccessKind.CALENDAR)
        )
        row = found.first()
        if row is None:
            raise NotFound("такого календаря нет; проверьте адрес на странице «Календарь»")
        access, person = row
        if access.revoked_at is not None or access.expires_at <= now or not person.active:
            raise LinkDead(
                "этот адрес календаря заменён или отключён; возьмите новый на странице «Календарь»"
            )
        if access.programme_id is None:
            content = await _own(karta, session, person, now)
        elif not set(person.roles) & WHOLE_PROGRAMME:
            raise LinkDead(
                "календарь всей дорожной карты вам больше не открыт; ваши мероприятия – "
                "в календаре со страницы «Календарь»"
            )
        else:
            content = await _whole(karta, session, access.programme_id, now)
    return Feed(content, f'"{sha256(content).hexdigest()[:32]}"')


async def _own(karta: Karta, session: AsyncSession, person: Person, now: datetime) -> bytes:
    organisation = await session.get_one(Organisation, person.organisation_id)
    entries: list[Entry] = []
    # The oldest programme first: what is added does not move what was there.
    for programme in reversed(await programmes_of(session, organisation.id)):
        if programme.state in SHOWN:
            rows = await load_programme(session, programme.id)
            made = Entries(Situation(rows, now), karta.settings.base_url)
            own = {step.id for step in rows.steps if made.concerns(step, person)}
            entries += await _entries(session, made, own, dropped_of=person.id)
    return feed(f"Мои мероприятия – {organisation.name}", entries, zone=organisation.zone)


async def _whole(karta: Karta, session: AsyncSession, programme_id: UUID, now: datetime) -> bytes:
    rows = await load_programme(session, programme_id)
    entries: list[Entry] = []
    if rows.programme.state in SHOWN:
        made = Entries(Situation(rows, now), karta.settings.base_url)
        entries = await _entries(session, made, {step.id for step in rows.steps})
    return feed(rows.programme.title, entries, zone=rows.organisation.zone)


async def _entries(
    session: AsyncSession, made: Entries, step_ids: set[UUID], *, dropped_of: UUID | None = None
) -> list[Entry]:
    """Everything that a calendar has of these steps; with `dropped_of` only that owner's."""
    rows = made.rows
    changed = await _changes(session, rows)
    entries: list[Entry] = []
    for step in rows.steps:
        if step.id in step_ids:
            entries += made.of_step(step, changed_at=changed[step.id])
    meetings = await session.exec(
        select(Meeting)
        .join(Step, col(Step.id) == col(Meeting.step_id))
        .where(Step.programme_id == rows.programme.id)
        .order_by(col(Meeting.starts_at), col(Meeting.id))
    )
    entries += [made.of_meeting(m) for m in meetings if m.step_id in step_ids]
    dropped = await session.exec(
        select(DroppedStep)
        .where(DroppedStep.programme_id == rows.programme.id)
        .order_by(col(DroppedStep.dropped_at), col(DroppedStep.id))
    )
    for gone in dropped:
        if dropped_of is None or gone.owner_id == dropped_of:
            entries += made.of_dropped(gone)
    return entries


async def _changes(session: AsyncSession, rows: ProgrammeRows) -> dict[UUID, datetime]:
    """When each step was last changed: by its journal, or with all others by a revision."""
    revised = await session.exec(
        select(func.max(Revision.at)).where(Revision.programme_id == rows.programme.id)
    )
    start = revised.one() or rows.programme.created_at
    found = await session.exec(
        select(Event.step_id, func.max(Event.at))
        .where(Event.programme_id == rows.programme.id, col(Event.step_id).is_not(None))
        .group_by(col(Event.step_id))
    )
    told = dict(found.all())
    return {step.id: max(start, told.get(step.id, start)) for step in rows.steps}
