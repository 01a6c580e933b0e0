"""People of a road map, entered into the organisation's list."""

from datetime import datetime

from sqlmodel import select

from models.database import AsyncSession
from models.tables import Organisation, Person
from roadmap.errors import InputWrong
from roadmap.spec import PersonSpec
from services.journal.kinds import EventKind
from services.journal.record import record


async def enlist(
    session: AsyncSession, organisation: Organisation, people: dict[str, PersonSpec], now: datetime
) -> dict[str, Person]:
    """All the organisation's people by key; those of the road map who are new are added.

    Somebody already known keeps the name, post, address and roles that the «Люди» page has.
    Raises `InputWrong` when an address already belongs to somebody else there.
    """
    known = await session.exec(select(Person).where(Person.organisation_id == organisation.id))
    by_key = {person.key: person for person in known}
    by_email = {person.email.lower(): person for person in by_key.values()}
    for key, spec in people.items():
        if key in by_key:
            continue
        other = by_email.get(spec.email.lower())
        if other is not None:
            raise InputWrong(
                f"сотрудник {key}: адрес {spec.email} уже есть у «{other.key}» ({other.display}); "
                "назовите его в people так же или укажите другой адрес"
            )
        person = Person(
            organisation_id=organisation.id,
            key=key,
            name=spec.name,
            post=spec.post,
            email=spec.email,
            roles=sorted(spec.roles),
        )
        session.add(person)
        by_key[key] = person
        record(
            session, EventKind.PERSON_ADDED, f"В список людей внесён {person.display}", at=now,
            organisation_id=organisation.id,
        )  # fmt: skip
    await session.flush()
    return by_key
