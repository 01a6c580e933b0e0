"""Queueing letters in the transaction that causes them, each under its unique key."""

from datetime import date, datetime, timedelta
from functools import partial
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from models.database import AsyncSession, notify
from models.tables import Access, AccessKind, Letter, LetterStep, Person
from notifications.address import parse_sender
from notifications.compose import message_id_of, one_line
from notifications.letters import DayLetter, letter_from, merged
from notifications.payload import Payload
from services.karta import Karta
from services.letters.links import step_token
from services.tokens import token_hash

GATHER = timedelta(seconds=20)
"""How long a letter of the day waits for what other programmes of the school have to say."""


async def queue_letter(
    karta: Karta,
    session: AsyncSession,
    letter: Payload,
    *,
    key: str,
    to: Person,
    now: datetime,
    programme_id: UUID | None = None,
    step_ids: tuple[UUID, ...] = (),
    wait: timedelta = timedelta(0),
    copy_of: UUID | None = None,
) -> bool:
    """Queues the letter once: False when a letter with this key is already there.

    Makes the links to its steps valid; the tokens themselves are stored nowhere. `wait`: how long
    it stays before it is sent; `copy_of`: the letter it is sent again for.
    """
    letter_id = uuid5(NAMESPACE_URL, f"karta:letter:{key}")
    domain = parse_sender(karta.settings.mail_from).domain
    made = await session.exec(
        insert(Letter)
        .values(
            id=letter_id,
            key=key,
            message_id=message_id_of(key, domain),
            programme_id=programme_id,
            person_id=to.id,
            to_address=to.email,
            kind=letter.kind,
            subject=one_line(letter.subject),
            payload=letter.model_dump(mode="json"),
            created_at=now,
            not_before=now + wait,
            state="QUEUED",
            copy_of=copy_of,
            attempts=0,
            unclear_attempts=0,
            last_error="",
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(col(Letter.id))
    )
    if made.first() is None:
        return False
    _link_steps(karta, session, letter_id, to, step_ids, now)
    await notify(session, "karta_letters")
    return True


async def queue_daily_letter(
    karta: Karta,
    session: AsyncSession,
    letter: DayLetter,
    *,
    to: Person,
    on: date,
    now: datetime,
    programme_id: UUID,
    step_ids: tuple[UUID, ...],
) -> None:
    """Queues a person's one letter of the day; a second programme's is written into the first's.

    That is why it waits a moment. Where the first has already left, the second goes by itself.
    """
    key = f"daily:{to.id}:{on.isoformat()}"
    queue = partial(
        queue_letter, karta, session, letter,
        to=to, now=now, programme_id=programme_id, step_ids=step_ids,
    )  # fmt: skip
    if await queue(key=key, wait=GATHER):
        return
    waiting = await session.exec(
        select(Letter).where(Letter.key == key, Letter.state == "QUEUED").with_for_update()
    )
    first = waiting.first()
    if first is None or first.programme_id == programme_id:
        await queue(key=f"{key}:{programme_id}")
        return
    earlier = letter_from(first.payload)
    assert isinstance(earlier, DayLetter)  # its key says so
    both = merged(earlier, letter)
    first.payload, first.kind = both.model_dump(mode="json"), both.kind
    first.subject = one_line(both.subject)
    session.add(first)
    known = await session.exec(select(LetterStep.step_id).where(LetterStep.letter_id == first.id))
    new = tuple(set(step_ids) - set(known))
    _link_steps(karta, session, first.id, to, new, now)


def _link_steps(
    karta: Karta,
    session: AsyncSession,
    letter_id: UUID,
    to: Person,
    step_ids: tuple[UUID, ...],
    now: datetime,
) -> None:
    """Makes the letter's links to these steps valid."""
    expires = now + timedelta(days=karta.settings.link_days)
    for step_id in dict.fromkeys(step_ids):
        session.add(LetterStep(letter_id=letter_id, step_id=step_id))
        token = step_token(karta, letter_id, step_id)
        session.add(
            Access(
                kind=AccessKind.STEP,
                hash=token_hash(token),
                person_id=to.id,
                step_id=step_id,
                created_at=now,
                expires_at=expires,
            )
        )
