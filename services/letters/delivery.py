"""Delivering the outbox: claim, compose, send, mark. Nothing is ever silently dropped."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, literal_column, update
from sqlmodel import col, select

from models.database import AsyncSession, notify
from models.tables import Letter, LetterState, Organisation, Person, Programme
from notifications.address import UNUSABLE, is_usable, own_name, parse_sender
from notifications.compose import Links, compose, render_letter
from notifications.letters import LETTER_TYPES, UndeliverableLetter, letter_from
from notifications.mailer import MailboxMailer, Mailer, Patience, SmtpMailer
from notifications.outcome import (
    GIVE_UP_AFTER,
    UNCLEAR_PAUSE,
    Refused,
    SendOutcome,
    Sent,
    TryLater,
    Unclear,
    next_attempt,
)
from roadmap.states import ProgrammeState
from services.journal.kinds import EventKind
from services.journal.record import record
from services.karta import Karta
from services.letters.attachment import letter_calendar
from services.letters.links import letter_links
from services.letters.outbox import queue_letter
from services.letters.payloads.frame import hello

log = logging.getLogger("karta.letters")

LEASE = timedelta(seconds=60)
"""How long a claimed letter is its sender's: longer than a mailer's patience with a letter."""

LAST_LETTER_SECONDS = 5
"""How long a process that is told to stop still waits for the letter in flight."""

# The words of the partial index on letters that are still to go, so that it can serve.
_PENDING: ColumnElement[bool] = literal_column("letter.state IN ('QUEUED', 'SENDING')")


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A letter that is ours until its lease ends; `attempt` tells this claim from a later one."""

    letter: Letter
    person: Person
    links: Links
    attempt: int
    stopped: bool


def make_mailer(karta: Karta) -> Mailer:
    """The mailer the settings ask for. Raises `InputWrong` for settings that cannot work."""
    server = karta.settings.mail_server
    if server is None:
        return MailboxMailer()
    parse_sender(karta.settings.mail_from)
    public = urlsplit(karta.settings.public_url or "").hostname
    return SmtpMailer(server, own_name=own_name(public), patience=Patience())


async def deliver_due(karta: Karta, mailer: Mailer) -> int:
    """Sends every letter that is due; how many attempts were made.

    Several processes, and several tasks of one, may do this at once: each letter is claimed by
    one of them. Cancelled, it gives the letter in flight a few seconds to come to its end.
    """
    attempts = 0
    while True:
        one = asyncio.ensure_future(_deliver_one(karta, mailer))
        try:
            if not await asyncio.shield(one):
                return attempts
        except asyncio.CancelledError:
            done, _ = await asyncio.wait({one}, timeout=LAST_LETTER_SECONDS)
            if not done:
                one.cancel()
            raise
        attempts += 1


async def _deliver_one(karta: Karta, mailer: Mailer) -> bool:
    async with mailer.turn:  # before claiming: a claimed letter must not wait for another one
        claimed = await _claim(karta)
        if claimed is None:
            return False
        outcome = await _send(karta, mailer, claimed)
        await _mark(karta, mailer, claimed, outcome)
        return True


async def next_due(karta: Karta) -> datetime | None:
    """When the next letter is to be tried, None when none waits."""
    async with karta.transaction() as session:
        moment = await session.exec(
            select(Letter.not_before).where(_PENDING).order_by(col(Letter.not_before)).limit(1)
        )
        return moment.first()


async def retry_waiting(karta: Karta) -> int:
    """Makes every letter that waits for its next attempt due now; how many.

    For a start: the settings may have been put right, or the server be back.
    """
    now = karta.clock.now()
    async with karta.transaction() as session:
        made = await session.exec(
            update(Letter)
            .where(col(Letter.state) == LetterState.QUEUED, col(Letter.not_before) > now)
            .values(not_before=now)
        )
        await notify(session, "karta_letters")
        return made.rowcount


async def _claim(karta: Karta) -> _Claimed | None:
    now = karta.clock.now()
    async with karta.transaction() as session:
        # not_before of a claimed letter is the end of its lease: one index serves both.
        found = await session.exec(
            select(Letter, Person, col(Programme.state) == ProgrammeState.STOPPED)
            .join(Person, col(Person.id) == Letter.person_id)
            .outerjoin(Programme, col(Programme.id) == Letter.programme_id)
            .where(_PENDING, col(Letter.not_before) <= now)
            .order_by(col(Letter.not_before), col(Letter.created_at))
            .limit(1)
            .with_for_update(of=Letter, skip_locked=True)
        )
        claimed = found.first()
        if claimed is None:
            return None
        letter, person, stopped = claimed
        if letter.state is LetterState.SENDING:
            # Its sender died, or lost the database, in the middle: the server may have it.
            letter.unclear_attempts += 1
        letter.state = LetterState.SENDING
        letter.attempts += 1
        letter.not_before = now + LEASE
        session.add(letter)
        links = await letter_links(karta, session, letter)
        return _Claimed(letter, person, links, letter.attempts, bool(stopped))


async def _send(karta: Karta, mailer: Mailer, claimed: _Claimed) -> SendOutcome:
    letter = claimed.letter
    if claimed.stopped:
        return Refused("дорожная карта остановлена раньше, чем письмо ушло")
    if letter.unclear_attempts > 1:
        return Unclear(letter.last_error or "отправка дважды оборвалась на полуслове")
    if not is_usable(letter.to_address):
        return Refused(UNUSABLE)
    try:
        sender = parse_sender(karta.settings.mail_from)
        payload = letter_from(letter.payload)
        if payload.is_stale(karta.clock.now() - letter.created_at):
            return Refused("пока почтовый сервер не принимал письмо, ссылка и код устарели")
        async with karta.transaction() as session:
            calendar = await letter_calendar(karta, session, letter, payload)
        message = compose(
            render_letter(payload, claimed.links),
            sender=sender,
            to_name=claimed.person.name,
            to_address=letter.to_address,
            message_id=letter.message_id,
            at=letter.created_at,
            reply_to=payload.reply_to,
            calendar=calendar,
        )
    except Exception as error:
        # Our own fault, which the next version or a corrected setting repairs: nothing is lost.
        log.exception("письмо %s не составить", letter.id)
        return TryLater(f"письмо не удалось составить ({type(error).__name__})")
    return await mailer.send(message, sender.address, letter.to_address)


async def _mark(karta: Karta, mailer: Mailer, claimed: _Claimed, outcome: SendOutcome) -> None:
    now = karta.clock.now()
    async with karta.transaction() as session:
        letter = await session.get_one(Letter, claimed.letter.id, with_for_update=True)
        ours = letter.state is LetterState.SENDING and letter.attempts == claimed.attempt
        if not ours and not isinstance(outcome, Sent):
            return  # our lease was over and another sender has it: only a success counts still
        match outcome:
            case Sent():
                letter.state, letter.sent_at = LetterState.SENT, now
                letter.transport, letter.last_error = mailer.transport, ""
                await _settle_earlier(session, letter)
            case TryLater(reason=reason):
                again = next_attempt(letter.created_at, now, letter.attempts, outcome)
                if again is not None:
                    letter.state, letter.not_before = LetterState.QUEUED, again
                    letter.last_error = reason
                elif letter.unclear_attempts:
                    await _unclear(session, letter, reason, now)
                else:
                    days = GIVE_UP_AFTER.days
                    said = f"за {days} суток так и не принято; последний ответ: {reason}"
                    await _undeliverable(karta, session, letter, said, now)
            case Refused(reason=reason):
                await _undeliverable(karta, session, letter, reason, now)
            case Unclear(reason=reason) if letter.unclear_attempts:
                await _unclear(session, letter, reason, now)
            case Unclear(reason=reason):
                letter.unclear_attempts, letter.last_error = 1, reason
                letter.state, letter.not_before = LetterState.QUEUED, now + UNCLEAR_PAUSE
        session.add(letter)


async def _settle_earlier(session: AsyncSession, letter: Letter) -> None:
    """A copy has left: the letter it was sent again for, and earlier copies, are in order now."""
    if letter.copy_of is None:
        return
    await session.exec(
        update(Letter)
        .where(
            (col(Letter.id) == letter.copy_of) | (col(Letter.copy_of) == letter.copy_of),
            col(Letter.state).in_((LetterState.UNDELIVERABLE, LetterState.UNCLEAR)),
        )
        .values(state=LetterState.SETTLED)
    )


async def _unclear(session: AsyncSession, letter: Letter, reason: str, now: datetime) -> None:
    letter.state, letter.last_error = LetterState.UNCLEAR, reason
    await _tell(session, letter, EventKind.LETTER_UNCLEAR, "Неясно, доставлено ли", now)


async def _undeliverable(
    karta: Karta, session: AsyncSession, letter: Letter, reason: str, now: datetime
) -> None:
    letter.state, letter.last_error = LetterState.UNDELIVERABLE, reason
    await _tell(session, letter, EventKind.LETTER_UNDELIVERABLE, "Не доставлено", now)
    if letter.programme_id is None or not LETTER_TYPES[letter.kind].told_when_lost:
        return
    programme = await session.get_one(Programme, letter.programme_id)
    if programme.state is ProgrammeState.STOPPED:
        return
    organisation = await session.get_one(Organisation, programme.organisation_id)
    whom = await session.get_one(Person, letter.person_id)
    people = list(
        await session.exec(
            select(Person)
            .where(Person.organisation_id == organisation.id)
            .order_by(col(Person.key))
        )
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
    session: AsyncSession, letter: Letter, kind: EventKind, words: str, now: datetime
) -> None:
    programme = await session.get(Programme, letter.programme_id) if letter.programme_id else None
    person = await session.get_one(Person, letter.person_id)
    record(
        session, kind, f"{words} письмо «{letter.subject}» на {letter.to_address}", at=now,
        organisation_id=person.organisation_id, programme=programme, reason=letter.last_error,
        letter=str(letter.id),
    )  # fmt: skip
