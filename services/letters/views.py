"""Reading the outbox: an organisation's letters, those in trouble first."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import case
from sqlmodel import col, select

from models.database import AsyncSession
from models.tables import Letter, LetterState, Organisation, Person
from notifications.letters import LETTER_KIND_WORDS, SIGNING_IN
from roadmap.errors import NotFound
from services.actor import Actor

PAGE = 50

STATE_WORDS: dict[LetterState, str] = {
    LetterState.QUEUED: "в очереди",
    LetterState.SENDING: "отправляется",
    LetterState.SENT: "отправлено",
    LetterState.UNDELIVERABLE: "не доставлено",
    LetterState.UNCLEAR: "неясно, дошло ли",
    LetterState.SETTLED: "разобрано",
}


@dataclass(frozen=True, slots=True)
class LetterView:
    """A letter to be shown; times in the school's zone."""

    id: UUID
    subject: str
    kind: str
    to_name: str
    to_address: str
    person_id: UUID
    state: LetterState
    state_words: str
    created: datetime
    sent: datetime | None
    next_attempt: datetime | None
    attempts: int
    error: str
    message_id: str
    in_mailbox: bool


def _view(letter: Letter, person: Person, zone: ZoneInfo) -> LetterView:
    waits = letter.state is LetterState.QUEUED and letter.attempts > 0
    return LetterView(
        id=letter.id,
        subject=letter.subject,
        kind=LETTER_KIND_WORDS.get(letter.kind, letter.kind),
        to_name=person.display,
        to_address=letter.to_address,
        person_id=person.id,
        state=letter.state,
        state_words=STATE_WORDS[letter.state],
        created=letter.created_at.astimezone(zone),
        sent=letter.sent_at.astimezone(zone) if letter.sent_at else None,
        next_attempt=letter.not_before.astimezone(zone) if waits else None,
        attempts=letter.attempts,
        error=letter.last_error,
        message_id=letter.message_id,
        in_mailbox=letter.transport == "mailbox",
    )


async def letters_for(
    session: AsyncSession,
    actor: Actor,
    *,
    state: LetterState | None = None,
    page: int = 1,
    with_sign_in: bool = False,
    newest_first: bool = False,
) -> tuple[tuple[LetterView, ...], bool]:
    """A page of letters the actor may see and whether there are more.

    Curators and directors see the organisation's, others their own. Those in trouble come first,
    unless `newest_first`.
    """
    organisation = await session.get_one(Organisation, actor.organisation_id)
    query = (
        select(Letter, Person)
        .join(Person, col(Person.id) == col(Letter.person_id))
        .where(Person.organisation_id == actor.organisation_id)
    )
    if not actor.is_curator:
        query = query.where(Person.id == actor.person_id)
    if not with_sign_in:
        query = query.where(col(Letter.kind).not_in(SIGNING_IN))
    if state is not None:
        query = query.where(Letter.state == state)
    urgency = case(
        (col(Letter.state) == LetterState.UNDELIVERABLE, 0),
        (col(Letter.state) == LetterState.UNCLEAR, 1),
        (col(Letter.state).in_((LetterState.QUEUED, LetterState.SENDING)), 2),
        else_=3,
    )
    if not newest_first:
        query = query.order_by(urgency)
    query = query.order_by(col(Letter.created_at).desc(), col(Letter.id))
    found = list(await session.exec(query.offset((max(page, 1) - 1) * PAGE).limit(PAGE + 1)))
    zone = ZoneInfo(organisation.zone)
    return tuple(_view(letter, person, zone) for letter, person in found[:PAGE]), len(found) > PAGE


async def letter_for(
    session: AsyncSession, actor: Actor, letter_id: UUID
) -> tuple[Letter, LetterView]:
    """One letter the actor may read; raises `NotFound` for others' too."""
    letter = await session.get(Letter, letter_id)
    person = await session.get(Person, letter.person_id) if letter else None
    if letter is None or person is None or person.organisation_id != actor.organisation_id:
        raise NotFound("такого письма нет")
    if not actor.is_curator and person.id != actor.person_id:
        raise NotFound("такого письма нет")
    organisation = await session.get_one(Organisation, actor.organisation_id)
    return letter, _view(letter, person, ZoneInfo(organisation.zone))


async def letters_of_programme(session: AsyncSession, programme_id: UUID) -> list[Letter]:
    """Every letter of a programme, newest first."""
    found = await session.exec(
        select(Letter)
        .where(Letter.programme_id == programme_id)
        .order_by(col(Letter.created_at).desc())
    )
    return list(found)
