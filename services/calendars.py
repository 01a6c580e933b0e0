"""Calendars to be followed: a private address for each person and each programme."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID, uuid4

from sqlmodel import col, func, select

from models.database import AsyncSession
from models.repository import ProgrammeRows, load_programme
from models.tables import (
    Access,
    AccessKind,
    DroppedStep,
    Event,
    Meeting,
    Organisation,
    Person,
    Programme,
    Revision,
    Step,
)
from notifications.calendar import Entry, feed
from roadmap.errors import MoveRefused, NotFound
from roadmap.states import ProgrammeState
from services.access import LinkDead
from services.actor import Actor
from services.boards import school_day
from services.calendar_entries import Entries
from services.programmes import programmes_of
from services.tokens import derived_token, token_hash
from services.wiring import Karta

WHOLE_PROGRAMME = frozenset({"curator", "director", "observer"})
"""Roles that follow all steps of a programme."""

NEVER = datetime(9000, 1, 1, tzinfo=UTC)
"""A calendar's address works until it is replaced or switched off."""

SHOWN = (ProgrammeState.RUNNING, ProgrammeState.DONE)
"""Programmes whose steps stand in calendars: those of a finished one keep their «✓»."""


@dataclass(frozen=True, slots=True)
class CalendarAddress:
    """A calendar that a person may follow; both addresses are "" until it is switched on.

    programme_id: None for the person's own steps. webcal: for a button that opens the calendar
    program; https: to be copied (http:// where the board has no certificate).
    """

    programme_id: UUID | None
    title: str
    https: str
    webcal: str

    @property
    def is_on(self) -> bool:
        return bool(self.https)


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar as it is sent; `etag` changes whenever the content does."""

    content: bytes
    etag: str


async def calendars_for(karta: Karta, by: Actor) -> tuple[CalendarAddress, ...]:
    """The calendars a person may follow, their own first; looking makes no address."""
    async with karta.transaction() as session:
        places: list[tuple[UUID | None, str]] = [(None, "Мои мероприятия")]
        if by.roles & WHOLE_PROGRAMME:
            programmes = await programmes_of(session, by.organisation_id)
            places += [(p.id, p.title) for p in programmes if p.state in SHOWN]
        addresses = []
        for programme_id, title in places:
            access = await _access(session, by.person_id, programme_id)
            https = _address(karta, access) if access is not None else ""
            webcal = f"webcal://{https.partition('://')[2]}" if https else ""
            addresses.append(CalendarAddress(programme_id, title, https, webcal))
        return tuple(addresses)


async def renew_calendar(karta: Karta, programme_id: UUID | None = None, *, by: Actor) -> None:
    """Gives the calendar a new address; the old one stops working.

    Raises `MoveRefused` for a whole programme that the person may not follow, `NotFound`.
    """
    now = karta.clock.now()
    async with karta.transaction() as session:
        await _lock(session, by)
        if programme_id is not None:
            programme = await session.get(Programme, programme_id)
            if programme is None or programme.organisation_id != by.organisation_id:
                raise NotFound("такой дорожной карты в вашей школе нет")
            if not by.roles & WHOLE_PROGRAMME:
                raise MoveRefused(
                    "календарь всей дорожной карты видят куратор, директор и наблюдатель; "
                    "для ваших мероприятий есть свой календарь"
                )
        await _revoke(session, by.person_id, programme_id, now)
        access_id = uuid4()
        session.add(
            Access(
                id=access_id,
                kind=AccessKind.CALENDAR,
                hash=token_hash(_token(karta, access_id)),
                person_id=by.person_id,
                programme_id=programme_id,
                created_at=now,
                expires_at=NEVER,
            )
        )


async def switch_off_calendar(karta: Karta, programme_id: UUID | None = None, *, by: Actor) -> None:
    """Makes the calendar's address stop working; without one nothing happens."""
    async with karta.transaction() as session:
        await _lock(session, by)
        await _revoke(session, by.person_id, programme_id, karta.clock.now())


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
            content = await _whole(karta, session, access.programme_id)
    return Feed(content, f'"{sha256(content).hexdigest()[:32]}"')


async def _own(karta: Karta, session: AsyncSession, person: Person, now: datetime) -> bytes:
    organisation = await session.get_one(Organisation, person.organisation_id)
    today = school_day(now, organisation.zone)
    entries: list[Entry] = []
    # The oldest programme first: what is added does not move what was there.
    for programme in reversed(await programmes_of(session, organisation.id)):
        if programme.state in SHOWN:
            rows = await load_programme(session, programme.id)
            made = Entries(rows, karta.settings.base_url)
            own = {step.id for step in rows.steps if made.concerns(step, person, today)}
            entries += await _entries(session, made, own, dropped_of=person.id)
    return feed(f"Мои мероприятия – {organisation.name}", entries, zone=organisation.zone)


async def _whole(karta: Karta, session: AsyncSession, programme_id: UUID) -> bytes:
    rows = await load_programme(session, programme_id)
    entries: list[Entry] = []
    if rows.programme.state in SHOWN:
        made = Entries(rows, karta.settings.base_url)
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
    for step in dropped:
        if dropped_of is None or step.owner_id == dropped_of:
            entries += made.of_dropped(step)
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


async def _lock(session: AsyncSession, by: Actor) -> None:
    """Two clicks of one person wait for each other: there is one address at a time."""
    await session.exec(select(Person.id).where(Person.id == by.person_id).with_for_update())


async def _live(session: AsyncSession, person_id: UUID, programme_id: UUID | None) -> list[Access]:
    found = await session.exec(
        select(Access).where(
            Access.person_id == person_id,
            Access.kind == AccessKind.CALENDAR,
            col(Access.programme_id).is_not_distinct_from(programme_id),
            col(Access.revoked_at).is_(None),
        )
    )
    return list(found)


async def _access(
    session: AsyncSession, person_id: UUID, programme_id: UUID | None
) -> Access | None:
    return next(iter(await _live(session, person_id, programme_id)), None)


async def _revoke(
    session: AsyncSession, person_id: UUID, programme_id: UUID | None, now: datetime
) -> None:
    for access in await _live(session, person_id, programme_id):
        access.revoked_at = now
        session.add(access)


def _token(karta: Karta, access_id: UUID) -> str:
    return derived_token(karta.secret, "calendar", access_id)


def _address(karta: Karta, access: Access) -> str:
    return f"{karta.settings.base_url}/calendar/{_token(karta, access.id)}.ics"
