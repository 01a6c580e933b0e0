"""Delivering the outbox: claim, compose, send, mark. Nothing is ever silently dropped."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import col, select

from models.database import AsyncSession
from models.tables import Letter, LetterState, LetterStep, Organisation, Person, Programme
from notifications.compose import Links, Rendered, compose, render_letter
from notifications.letters import UndeliverableLetter, letter_from
from notifications.mailer import MailboxMailer, Mailer, SmtpMailer
from notifications.outcome import (
    GIVE_UP_AFTER,
    Outcome,
    Refused,
    Sent,
    TryLater,
    Unclear,
    next_attempt,
)
from roadmap.errors import MoveRefused, NotFound
from services.actor import Actor
from services.journal import record
from services.outbox import links_of, queue_letter
from services.wiring import Karta
from services.writing import hello

LEASE = timedelta(seconds=60)
"""How long a claimed letter is its sender's; longer than a mailer's timeout."""


@dataclass(frozen=True, slots=True)
class _Claimed:
    letter: Letter
    person: Person
    links: Links
    interrupted: bool


def make_mailer(karta: Karta) -> Mailer:
    """The mailer the settings ask for."""
    server = karta.settings.mail_server
    return SmtpMailer(server, timeout_seconds=25) if server else MailboxMailer()


async def deliver_due(karta: Karta, mailer: Mailer) -> int:
    """Sends every letter that is due; how many attempts were made.

    Several processes may do this at once: each letter is claimed by one of them.
    """
    attempts = 0
    while (claimed := await _claim(karta)) is not None:
        outcome = await _send(karta, mailer, claimed)
        await _mark(karta, mailer, claimed, outcome)
        attempts += 1
    return attempts


async def next_due(karta: Karta) -> datetime | None:
    """When the next letter is to be tried, None when none waits."""
    async with karta.transaction() as session:
        moment = await session.exec(
            select(Letter.not_before)
            .where(col(Letter.state).in_((LetterState.QUEUED, LetterState.SENDING)))
            .order_by(col(Letter.not_before))
            .limit(1)
        )
        return moment.first()


async def _claim(karta: Karta) -> _Claimed | None:
    now = karta.clock.now()
    async with karta.transaction() as session:
        # not_before of a claimed letter is the end of its lease: one index serves both.
        found = await session.exec(
            select(Letter)
            .where(
                or_(Letter.state == LetterState.QUEUED, Letter.state == LetterState.SENDING),
                Letter.not_before <= now,
            )
            .order_by(col(Letter.not_before), col(Letter.created_at))
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        letter = found.first()
        if letter is None:
            return None
        interrupted = letter.state is LetterState.SENDING
        if interrupted:
            letter.unclear_attempts += 1
        letter.state = LetterState.SENDING
        letter.attempts += 1
        letter.claimed_until = letter.not_before = now + LEASE
        session.add(letter)
        person = await session.get_one(Person, letter.person_id)
        return _Claimed(letter, person, await _links(karta, session, letter), interrupted)


async def _links(karta: Karta, session: AsyncSession, letter: Letter) -> Links:
    steps = await session.exec(select(LetterStep.step_id).where(LetterStep.letter_id == letter.id))
    return links_of(karta, letter, tuple(steps))


async def _send(karta: Karta, mailer: Mailer, claimed: _Claimed) -> Outcome:
    letter, person = claimed.letter, claimed.person
    if letter.unclear_attempts > 1:
        return Unclear(letter.last_error or "отправка дважды оборвалась")
    rendered = render_letter(letter_from(letter.payload), claimed.links)
    message = compose(
        rendered,
        sender=karta.settings.mail_from,
        to_name=person.name,
        to_address=letter.to_address,
        message_id=letter.message_id,
        at=letter.created_at,
    )
    sender = parseaddr(karta.settings.mail_from)[1]
    return await mailer.send(message, sender, letter.to_address)


async def _mark(karta: Karta, mailer: Mailer, claimed: _Claimed, outcome: Outcome) -> None:
    now = karta.clock.now()
    async with karta.transaction() as session:
        letter = await session.get_one(Letter, claimed.letter.id, with_for_update=True)
        if letter.state is not LetterState.SENDING:
            return  # somebody asked to send it again meanwhile
        letter.claimed_until = None
        match outcome:
            case Sent():
                letter.state, letter.sent_at = LetterState.SENT, now
                letter.transport, letter.last_error = mailer.transport, ""
            case TryLater(reason=reason):
                letter.last_error = reason
                again = next_attempt(letter.created_at, now, letter.attempts, outcome)
                if again is None:
                    days = GIVE_UP_AFTER.days
                    await _undeliverable(karta, session, letter, f"{reason} – {days} суток", now)
                else:
                    letter.state, letter.not_before = LetterState.QUEUED, again
            case Refused(reason=reason):
                await _undeliverable(karta, session, letter, reason, now)
            case Unclear(reason=reason):
                letter.last_error = reason
                if letter.unclear_attempts >= 1:
                    letter.state = LetterState.UNCLEAR
                    await _tell(session, letter, "letter.unclear", "Неясно, доставлено ли", now)
                else:
                    letter.unclear_attempts += 1
                    letter.state, letter.not_before = LetterState.QUEUED, now
        session.add(letter)


async def _undeliverable(
    karta: Karta, session: AsyncSession, letter: Letter, reason: str, now: datetime
) -> None:
    letter.state, letter.last_error = LetterState.UNDELIVERABLE, reason
    await _tell(session, letter, "letter.undeliverable", "Не доставлено", now)
    if letter.programme_id is None or letter.kind == "undeliverable":
        return
    programme = await session.get_one(Programme, letter.programme_id)
    organisation = await session.get_one(Organisation, programme.organisation_id)
    whom = await session.get_one(Person, letter.person_id)
    people = list(
        await session.exec(select(Person).where(Person.organisation_id == organisation.id))
    )
    active = [p for p in people if p.active and p.id != whom.id and p.email != letter.to_address]
    curators = [p for p in active if "curator" in p.roles]
    for curator in curators or [p for p in active if "director" in p.roles]:
        notice = UndeliverableLetter(
            school=organisation.name,
            programme=programme.title,
            hello=hello(curator),
            whom=whom.display,
            address=letter.to_address,
            about=letter.subject,
            said=reason,
        )
        await queue_letter(
            karta,
            session,
            notice,
            key=f"undeliverable:{letter.id}:{letter.attempts}:{curator.id}",
            to=curator,
            now=now,
            programme_id=programme.id,
        )


async def _tell(
    session: AsyncSession, letter: Letter, kind: str, words: str, now: datetime
) -> None:
    programme = await session.get(Programme, letter.programme_id) if letter.programme_id else None
    record(
        session, kind, f"{words} письмо «{letter.subject}» на {letter.to_address}", at=now,
        programme=programme, reason=letter.last_error, letter=str(letter.id),
    )  # fmt: skip


async def send_again(karta: Karta, letter_id: UUID, *, by: Actor) -> UUID:
    """Queues the letter anew, to the person's present address; the id of the new letter.

    A letter still on its way is not doubled. Raises `NotFound`, `MoveRefused`.
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
        if letter.state in (LetterState.QUEUED, LetterState.SENDING):
            raise MoveRefused("письмо ещё отправляется; дождитесь результата")
        steps = await session.exec(
            select(LetterStep.step_id).where(LetterStep.letter_id == letter.id)
        )
        key = f"again:{letter.id}:{now.isoformat(timespec='minutes')}"
        await queue_letter(
            karta,
            session,
            letter_from(letter.payload),
            key=key,
            to=person,
            now=now,
            programme_id=letter.programme_id,
            step_ids=tuple(steps),
        )
        programme = (
            await session.get(Programme, letter.programme_id) if letter.programme_id else None
        )
        record(
            session, "letter.again", f"Письмо «{letter.subject}» отправлено ещё раз", at=now, by=by,
            programme=programme, letter=str(letter.id),
        )  # fmt: skip
        made = await session.exec(select(Letter.id).where(Letter.key == key))
        return made.one()


async def read_letter(
    karta: Karta, session: AsyncSession, letter: Letter, *, with_links: bool
) -> Rendered:
    """The letter as its reader sees it; without links its buttons lead to the board only."""
    links = await _links(karta, session, letter)
    if not with_links:
        links = Links(
            board=links.board,
            steps=dict.fromkeys(links.steps, links.board),
            sign_in=links.board if links.sign_in else "",
            code="······" if links.code else "",
        )
    return render_letter(letter_from(letter.payload), links)
