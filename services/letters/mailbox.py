"""Letters left in the built-in mailbox, sent once there is a mail server."""

from uuid import UUID

from sqlalchemy.orm import aliased
from sqlmodel import col, select

from models.database import AsyncSession
from models.tables import Letter, LetterStep, Person, Programme, Step
from notifications.letters import ASKING_TO_ACT
from roadmap.errors import MoveRefused
from roadmap.states import IN_HAND, ProgrammeState
from services.actor import Actor
from services.karta import Karta
from services.letters.copies import send_again


async def left_in_mailbox(session: AsyncSession, organisation_id: UUID) -> list[Letter]:
    """Letters that only the built-in mailbox has and whose step still waits for its owner."""
    copy = aliased(Letter)
    found = await session.exec(
        select(Letter)
        .join(Person, col(Person.id) == col(Letter.person_id))
        .join(LetterStep, col(LetterStep.letter_id) == col(Letter.id))
        .join(Step, col(Step.id) == col(LetterStep.step_id))
        .join(Programme, col(Programme.id) == col(Step.programme_id))
        .where(
            Person.organisation_id == organisation_id,
            col(Person.active),
            Letter.transport == "mailbox",
            col(Letter.kind).in_(ASKING_TO_ACT),
            col(Step.state).in_(IN_HAND),
            Step.owner_id == Letter.person_id,
            Programme.state == ProgrammeState.RUNNING,
            ~select(copy.id).where(copy.copy_of == Letter.id).exists(),
        )
        .distinct()
        .order_by(col(Letter.created_at), col(Letter.id))
    )
    return list(found)


async def send_what_is_left(karta: Karta, *, by: Actor) -> int:
    """Sends by mail what only the built-in mailbox has; how many letters. Raises `MoveRefused`."""
    by = by.require_curator("Отправить письма из ящика")
    if karta.settings.mail_server is None:
        raise MoveRefused("почтовый сервер не указан; письма остаются во встроенном ящике")
    async with karta.transaction() as session:
        letters = await left_in_mailbox(session, by.organisation_id)
    sent = 0
    for letter in letters:
        try:
            await send_again(karta, letter.id, by=by)
            sent += 1
        except MoveRefused:
            continue  # one of its steps has another owner now, who has a letter of their own
    return sent
