"""A person's address: checked, corrected, and what follows for letters."""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import select

from models.database import AsyncSession
from models.repository import lock_organisation
from models.tables import Letter, LetterState, Person
from roadmap.errors import InputWrong
from roadmap.spec import EMAIL
from services.access.links import revoke_sent
from services.actor import Actor
from services.journal.kinds import EventKind
from services.journal.record import record
from services.karta import Karta
from services.letters.lost import queue_lost_letters
from services.people.finding import people_of, person_of_organisation
from services.people.rights import require_directors_right


async def address_changed(
    karta: Karta, session: AsyncSession, person: Person, by: Actor, now: datetime
) -> None:
    """Letters queued or lost go to the new address; what was sent to the old one opens nothing."""
    await queue_lost_letters(session, person, by=by, now=now)
    await session.flush()
    queued = await session.exec(
        select(Letter).where(Letter.person_id == person.id, Letter.state == LetterState.QUEUED)
    )
    waiting = set()
    for letter in queued:
        letter.to_address = person.email
        session.add(letter)
        waiting.add(letter.id)
    await revoke_sent(karta, session, person.id, now, waiting)


async def correct_address(karta: Karta, person_id: UUID, *, by: Actor, email: str) -> Person:
    """Puts an address right that does not work: letters that wait or were lost go to the new one.

    Raises `InputWrong`, `MoveRefused`, `NotFound`.
    """
    by = by.require_curator("Исправить адрес")
    now = karta.clock.now()
    email = checked_address(email)
    async with karta.transaction() as session:
        await lock_organisation(session, by.organisation_id)
        person = await person_of_organisation(session, person_id, by)
        before = person.email
        if email == before:
            raise InputWrong(f"{email} – это прежний адрес; впишите тот, на который письма дойдут")
        require_free_address(await people_of(session, by.organisation_id), email, person.id)
        if "director" in person.roles:
            require_directors_right(by)
        person.email = email
        session.add(person)
        await address_changed(karta, session, person, by, now)
        record(
            session, EventKind.PERSON_CHANGED, f"Исправлен адрес: {person.display}", at=now, by=by,
            person=str(person.id), changed={"email": [before, email]},
        )  # fmt: skip
        return person


def checked_address(email: str) -> str:
    """A trimmed e-mail address; raises `InputWrong`."""
    trimmed = email.strip()
    if "@" in trimmed and not trimmed.isascii():
        raise InputWrong(
            f"«{trimmed[:80]}»: почта с русскими буквами в адресе доходит не всегда; укажите адрес "
            "латиницей (домен .рф можно записать как xn--…)"
        )
    if not re.match(EMAIL, trimmed) or len(trimmed) > 254:
        raise InputWrong(f"«{trimmed[:80]}» не похоже на адрес электронной почты")
    return trimmed


def require_free_address(people: Sequence[Person], email: str, own: UUID | None) -> None:
    for other in people:
        if other.email.lower() == email.lower() and other.id != own:
            raise InputWrong(f"адрес {email} уже указан у сотрудника {other.display}")
