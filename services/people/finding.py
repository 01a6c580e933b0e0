"""Finding people of an organisation."""

from uuid import UUID

from sqlmodel import col, func, or_, select

from models.database import AsyncSession
from models.tables import Person
from roadmap.errors import NotFound
from services.actor import Actor


async def people_of(session: AsyncSession, organisation_id: UUID) -> list[Person]:
    """Everybody of the organisation, those who left last, by name."""
    found = await session.exec(select(Person).where(Person.organisation_id == organisation_id))
    return sorted(found, key=lambda p: (not p.active, p.short.lower()))


async def person_of_organisation(session: AsyncSession, person_id: UUID, by: Actor) -> Person:
    person = await session.get(Person, person_id)
    if person is None or person.organisation_id != by.organisation_id:
        raise NotFound("такого сотрудника нет")
    return person


async def person_by(session: AsyncSession, wanted: str, organisation_id: UUID) -> Person:
    """The active person with this key or address; raises `NotFound` naming the keys."""
    found = await session.exec(
        select(Person).where(
            Person.organisation_id == organisation_id,
            or_(col(Person.key) == wanted, func.lower(Person.email) == wanted.lower()),
            col(Person.active),
        )
    )
    person = found.first()
    if person is None:
        people = await people_of(session, organisation_id)
        known = ", ".join(p.key for p in people if p.active)
        raise NotFound(f"сотрудника «{wanted}» нет; есть: {known}")
    return person
