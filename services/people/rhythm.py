"""When a person is told of new steps."""

from uuid import UUID

from models.tables import Rhythm
from roadmap.errors import InputWrong
from services.actor import Actor
from services.journal.kinds import EventKind
from services.journal.record import record
from services.karta import Karta
from services.people.finding import person_of_organisation
from services.people.words import RHYTHM_WORDS


async def choose_rhythm(karta: Karta, person_id: UUID, *, by: Actor, rhythm: Rhythm) -> None:
    """When new steps are told of: at once, or in the letter of the day. Raises `MoveRefused`.

    Everybody chooses for themselves; a curator for anybody.
    """
    if by.person_id != person_id:
        by = by.require_curator("Выбрать за сотрудника, когда приходят письма,")
    now = karta.clock.now()
    async with karta.transaction() as session:
        person = await person_of_organisation(session, person_id, by)
        if person.rhythm is rhythm:
            return
        person.rhythm = rhythm
        session.add(person)
        record(
            session, EventKind.PERSON_CHANGED,
            f"{person.display}: новые мероприятия – {RHYTHM_WORDS[rhythm]}", at=now, by=by,
            person=str(person.id),
        )  # fmt: skip


def rhythm_of(value: str) -> Rhythm:
    """The rhythm of this name; raises `InputWrong`."""
    for rhythm in Rhythm:
        if rhythm.value == value.strip().lower():
            return rhythm
    raise InputWrong(f"«{value[:40]}» не подходит; можно: {', '.join(r.value for r in Rhythm)}")
