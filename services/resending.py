"""A curator looks at a letter and sends it again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from models.database import AsyncSession
from models.tables import Letter, LetterState, LetterStep, Person, Programme, Step
from notifications.compose import Links, Rendered, render_letter
from notifications.letters import letter_from
from roadmap.errors import MoveRefused, NotFound
from roadmap.states import ProgrammeState
from services.actor import Actor
from services.journal import record
from services.outbox import letter_links, queue_letter
from services.wiring import Karta

_TO_THE_OWNER = ("opened", "returned")
"""Kinds of letters that make sense for the step's owner alone."""


async def send_again(karta: Karta, letter_id: UUID, *, by: Actor) -> UUID:
    """Queues the letter anew, to the person's present address; the id of the new letter.

    A letter that waits for its next attempt is tried now instead of being doubled; pressed twice
    within a minute it is one letter. Raises `NotFound`, `MoveRefused`.
    """
    by.require_curator("Отправить письмо ещё раз")
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
        await _refuse_senseless(session, letter, person, steps)
        return await _queue_copy(karta, session, letter, person, steps, by, now)


async def _refuse_senseless(
    session: AsyncSession, letter: Letter, person: Person, steps: list[Step]
) -> None:
    programme = await session.get(Programme, letter.programme_id) if letter.programme_id else None
    if programme is not None and programme.state is ProgrammeState.STOPPED:
        raise MoveRefused("дорожная карта остановлена, письма по ней больше не отправляются")
    if not person.active:
        raise MoveRefused(f"{person.short} больше не работает с Картой; письмо слать некому")
    if letter.kind not in _TO_THE_OWNER:
        return
    for step in steps:
        if step.owner_id != person.id:
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
    key = f"again:{letter.id}:{now.isoformat(timespec='minutes')}"
    is_new = await queue_letter(
        karta,
        session,
        letter_from(letter.payload),
        key=key,
        to=person,
        now=now,
        programme_id=letter.programme_id,
        step_ids=tuple(step.id for step in steps),
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
