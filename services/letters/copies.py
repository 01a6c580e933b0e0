"""Sending a letter again, and settling one of which nobody knows whether it arrived."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, select

from models.database import AsyncSession, notify
from models.tables import Letter, LetterState, LetterStep, Meeting, Person, Programme, Step
from notifications.letters import LETTER_TYPES, MeetingLetter, letter_from
from roadmap.errors import MoveRefused, NotFound
from roadmap.states import ProgrammeState
from services.actor import Actor, acting_person
from services.journal.kinds import EventKind
from services.journal.record import record
from services.karta import Karta
from services.letters.outbox import queue_letter

PRESSED_TWICE = timedelta(minutes=1)
"""A copy sent so short a time ago is the one that is asked for again."""


async def send_again(karta: Karta, letter_id: UUID, *, by: Actor) -> UUID:
    """Queues the letter anew, to the person's present address; the id of the new letter.

    A letter that waits for its next attempt is tried now instead of being doubled; pressed twice
    it is one letter. Raises `NotFound`, `MoveRefused`.
    """
    by = by.require_curator("Отправить письмо ещё раз")
    now = karta.clock.now()
    async with karta.transaction() as session:
        letter = await session.get(Letter, letter_id, with_for_update=True)
        person = await session.get(Person, letter.person_id) if letter else None
        if letter is None or person is None or person.organisation_id != by.organisation_id:
            raise NotFound("такого письма нет")
        if LETTER_TYPES[letter.kind].signs_in:
            raise MoveRefused("письмо для входа не отправляют заново; запросите новое на входе")
        if letter.state is LetterState.SENDING:
            raise MoveRefused("письмо сейчас отправляется; обновите страницу через минуту")
        if letter.state is LetterState.QUEUED:
            letter.not_before = min(letter.not_before, now)
            session.add(letter)
            await notify(session, "karta_letters")
            return letter.id
        found = await session.exec(
            select(Step)
            .join(LetterStep, col(LetterStep.step_id) == col(Step.id))
            .where(LetterStep.letter_id == letter.id)
        )
        steps = list(found)
        await _refuse_senseless(session, letter, person, steps, now)
        return await _queue_copy(karta, session, letter, person, steps, by, now)


async def settle_letter(karta: Karta, letter_id: UUID, *, by: Actor) -> None:
    """A curator says that a letter in trouble needs nothing more. Raises `NotFound`."""
    by = by.require_curator("Отметить письмо разобранным")
    async with karta.transaction() as session:
        letter = await session.get(Letter, letter_id, with_for_update=True)
        person = await session.get(Person, letter.person_id) if letter else None
        if letter is None or person is None or person.organisation_id != by.organisation_id:
            raise NotFound("такого письма нет")
        if letter.state not in (LetterState.UNDELIVERABLE, LetterState.UNCLEAR):
            return
        letter.state = LetterState.SETTLED
        session.add(letter)
        programme = (
            await session.get(Programme, letter.programme_id) if letter.programme_id else None
        )
        record(
            session, EventKind.LETTER_SETTLED, f"Письмо «{letter.subject}» разобрано",
            at=karta.clock.now(), by=by, programme=programme, letter=str(letter.id),
        )  # fmt: skip


async def _refuse_senseless(
    session: AsyncSession, letter: Letter, person: Person, steps: list[Step], now: datetime
) -> None:
    programme = await session.get(Programme, letter.programme_id) if letter.programme_id else None
    if programme is not None and programme.state is ProgrammeState.STOPPED:
        raise MoveRefused("дорожная карта остановлена, письма по ней больше не отправляются")
    if not person.active:
        raise MoveRefused(f"{person.short} больше не работает с Картой; письмо слать некому")
    if not LETTER_TYPES[letter.kind].for_owner_only:
        return
    payload = letter_from(letter.payload)
    if isinstance(payload, MeetingLetter):
        meeting = await session.get(Meeting, payload.meeting.id)
        if meeting is None or meeting.sequence != payload.meeting.sequence:
            raise MoveRefused("встреча с тех пор изменена или отменена: об этом есть новое письмо")
    actor = await acting_person(session, person, now)
    for step in steps:
        if not actor.answers_for(step.owner_id):
            # The copy's link would open a step that is no longer this person's.
            owner = await session.get_one(Person, step.owner_id)
            raise MoveRefused(
                f"за мероприятие {step.code} теперь отвечает {owner.short}; своё письмо этот "
                "сотрудник получает сам"
            )


async def _queue_copy(
    karta: Karta,
    session: AsyncSession,
    letter: Letter,
    person: Person,
    steps: list[Step],
    by: Actor,
    now: datetime,
) -> UUID:
    first_id = letter.copy_of or letter.id
    copies = list(
        await session.exec(
            select(Letter)
            .where(Letter.copy_of == first_id)
            .order_by(col(Letter.created_at).desc(), col(Letter.id))
        )
    )
    for copy in copies:
        pressed_twice = copy.sent_at is not None and now - copy.sent_at < PRESSED_TWICE
        if copy.state in (LetterState.QUEUED, LetterState.SENDING) or pressed_twice:
            return copy.id
    key = f"again:{first_id}:{len(copies) + 1}"
    is_new = await queue_letter(
        karta,
        session,
        letter_from(letter.payload),
        key=key,
        to=person,
        now=now,
        programme_id=letter.programme_id,
        step_ids=tuple(step.id for step in steps),
        copy_of=first_id,
    )
    if is_new:
        programme = (
            await session.get(Programme, letter.programme_id) if letter.programme_id else None
        )
        record(
            session,
            EventKind.LETTER_AGAIN,
            f"Письмо «{letter.subject}» отправлено ещё раз",
            at=now,
            by=by,
            programme=programme,
            letter=str(letter.id),
        )
    return (await session.exec(select(Letter.id).where(Letter.key == key))).one()
