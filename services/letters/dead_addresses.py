"""Addresses that letters do not reach."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from models.database import AsyncSession
from models.tables import (
    Letter,
    LetterState,
    Person,
)


@dataclass(frozen=True, slots=True)
class DeadAddress:
    """Somebody whom letters do not reach; `said` is the mail server's last answer.

    letters: how many were lost at this address.
    is_director: whose card the director alone may change.
    """

    person_id: UUID
    person: str
    email: str
    said: str
    letters: int
    is_director: bool


async def dead_addresses(session: AsyncSession, organisation_id: UUID) -> tuple[DeadAddress, ...]:
    """Active people whose present address could not be reached, by name."""
    found = await session.exec(
        select(Person, Letter.last_error)
        .join(Letter, col(Letter.person_id) == col(Person.id))
        .where(
            Person.organisation_id == organisation_id,
            col(Person.active),
            Letter.state == LetterState.UNDELIVERABLE,
            Letter.to_address == Person.email,
        )
        .order_by(col(Letter.created_at))
    )
    rows = list(found)
    lost = Counter(person.id for person, _ in rows)
    newest = {person.id: (person, said) for person, said in rows}
    return tuple(
        DeadAddress(
            person_id=person.id,
            person=person.display,
            email=person.email,
            said=said,
            letters=lost[person.id],
            is_director="director" in person.roles,
        )
        for person, said in sorted(newest.values(), key=lambda pair: pair[0].display.lower())
    )
