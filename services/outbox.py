"""Queueing letters in the transaction that causes them, each under its unique key."""

from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select

from models.database import AsyncSession
from models.tables import Access, AccessKind, Letter, LetterStep, Person
from notifications.address import parse_sender
from notifications.compose import Links, message_id_of, one_line
from notifications.letters import Payload
from services.tokens import derived_code, derived_token, token_hash
from services.wiring import Karta


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
) -> bool:
    """Queues the letter once: False when a letter with this key is already there.

    Makes the links to its steps valid; the tokens themselves are stored nowhere.
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
            not_before=now,
            state="QUEUED",
            attempts=0,
            unclear_attempts=0,
            last_error="",
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(Letter.id)
    )
    if made.first() is None:
        return False
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
    await session.exec(text("SELECT pg_notify('karta_letters', '')"))
    return True


def step_token(karta: Karta, letter_id: UUID, step_id: UUID) -> str:
    """The token of the link to `step_id` in this letter."""
    return derived_token(karta.secret, "step", letter_id, step_id)


def sign_in_token(karta: Karta, letter_id: UUID) -> str:
    """The token of the link in a sign-in letter."""
    return derived_token(karta.secret, "sign-in", letter_id)


def sign_in_code(karta: Karta, letter_id: UUID) -> str:
    """The six digits in a sign-in letter."""
    return derived_code(karta.secret, "sign-in-code", letter_id)


async def letter_links(karta: Karta, session: AsyncSession, letter: Letter) -> Links:
    """Every address the letter's buttons open, for its recipient."""
    step_ids = await session.exec(
        select(LetterStep.step_id).where(LetterStep.letter_id == letter.id)
    )
    base = karta.settings.base_url
    signs_in = letter.kind == "sign_in"
    return Links(
        board=f"{base}/",
        letters=f"{base}/letters",
        people=f"{base}/people",
        steps={i: f"{base}/l/{step_token(karta, letter.id, i)}" for i in step_ids},
        sign_in=f"{base}/enter/{sign_in_token(karta, letter.id)}" if signs_in else "",
        code=sign_in_code(karta, letter.id) if signs_in else "",
    )
