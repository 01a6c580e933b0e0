"""Private addresses of calendars: made, shown, renewed, switched off."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlmodel import col, select

from models.database import AsyncSession
from models.repository import programmes_of
from models.tables import (
    Access,
    AccessKind,
    Person,
    Programme,
)
from roadmap.errors import MoveRefused, NotFound
from roadmap.states import ProgrammeState
from services.actor import Actor
from services.karta import Karta
from services.tokens import derived_token, token_hash

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
