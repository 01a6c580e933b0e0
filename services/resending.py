"""A curator looks at a letter and sends it again."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from models.database import AsyncSession
from models.tables import Letter, LetterState, LetterStep, Meeting, Person, Programme, Step
from notifications.compose import CalendarPart, Links, Rendered, render_letter
from notifications.letters import MeetingLetter, letter_from
from roadmap.errors import MoveRefused, NotFound
from roadmap.states import IN_HAND, ProgrammeState
from services.actor import Actor
from services.journal import record
from services.letter_calendar import letter_calendar
from services.outbox import letter_links, queue_letter
from services.substitutions import acting_person
from services.wiring import Karta

PRESSED_TWICE = timedelta(minutes=1)
"""A copy sent so short a time ago is the one that is asked for again."""

_ASKS_TO_ACT = ("opened", "returned")
"""Kinds of letters that wait for something to be done with the step."""

_TO_THE_OWNER = (*_ASKS_TO_ACT, "meeting")
"""Kinds of letters that make sense for the step's owner alone, or whoever stands in for them."""


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
        if letter.kind == "sign_in":
            raise MoveRefused("письмо для входа не отправляют заново; запросите новое на входе")
        if letter.state is LetterState.SENDING:
            raise MoveRefused("письмо сейчас отправляется; обновите страницу через минуту")
        if letter.state is LetterState.QUEUED:
            letter.not_before = min(letter.not_before, now)
            session.add(letter)
            await session.exec(text("SELECT pg_notify('karta_letters', '')"))
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
            session, "letter.settled", f"Письмо «{letter.subject}» разобрано",
            at=karta.clock.now(), by=by, programme=programme, letter=str(letter.id),
        )  # fmt: skip


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
            col(Letter.kind).in_(_ASKS_TO_ACT),
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


async def _refuse_senseless(
    session: AsyncSession, letter: Letter, person: Person, steps: list[Step], now: datetime
) -> None:
    programme = await session.get(Programme, letter.programme_id) if letter.programme_id else None
    if programme is not None and programme.state is ProgrammeState.STOPPED:
        raise MoveRefused("дорожная карта остановлена, письма по ней больше не отправляются")
    if not person.active:
        raise MoveRefused(f"{person.short} больше не работает с Картой; письмо слать некому")
    if letter.kind not in _TO_THE_OWNER:
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
            session, "letter.again", f"Письмо «{letter.subject}» отправлено ещё раз", at=now, by=by,
            programme=programme, letter=str(letter.id),
        )  # fmt: skip
    return (await session.exec(select(Letter.id).where(Letter.key == key))).one()


async def read_letter(
    karta: Karta, session: AsyncSession, letter: Letter, *, with_links: bool
) -> Rendered:
    """The letter as its reader sees it; without links its buttons lead to the board only.

    The built-in mailbox shows links; the letters' page, which others may read, does not.
    """
    links = await letter_links(karta, session, letter)
    if not with_links:
        links = Links(
            board=links.board,
            letters=links.letters,
            people=links.people,
            steps=dict.fromkeys(links.steps, links.board),
            sign_in=links.board if links.sign_in else "",
            code="······" if links.code else "",
        )
    return render_letter(letter_from(letter.payload), links)


async def calendar_file(karta: Karta, session: AsyncSession, letter: Letter) -> CalendarPart | None:
    """The calendar that the letter brings, for those who read it here; None when it brings none."""
    return await letter_calendar(karta, session, letter, letter_from(letter.payload))
