"""Letters that reached nobody, sent again once the address is right."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from models.database import AsyncSession, notify
from models.tables import (
    Letter,
    LetterState,
    LetterStep,
    Organisation,
    Person,
    Programme,
    Request,
    RequestState,
    Step,
)
from notifications.letters import letter_from
from notifications.payload import LetterFacts
from roadmap.calendar import school_day
from roadmap.states import IN_HAND, ProgrammeState, StepState
from services.actor import Actor, acting_person
from services.journal.kinds import EventKind
from services.journal.record import record


async def queue_lost_letters(
    session: AsyncSession, person: Person, *, by: Actor, now: datetime
) -> int:
    """Queues the person's undeliverable letters again, to their present address; how many.

    What has lost its point is settled: the reminder of a day gone by, a sign-in link, a step that
    is finished or somebody else's, a letter of which a later copy goes.
    """
    found = await session.exec(
        select(Letter)
        .where(Letter.person_id == person.id, Letter.state == LetterState.UNDELIVERABLE)
        .order_by(col(Letter.created_at).desc(), col(Letter.id))
        .with_for_update()
    )
    count = 0
    going: set[UUID] = set()
    for letter in found.all():
        programme = (
            await session.get(Programme, letter.programme_id) if letter.programme_id else None
        )
        stopped = programme is not None and programme.state is ProgrammeState.STOPPED
        first_id = letter.copy_of or letter.id
        facts = await _facts(session, letter, person, now)
        has_a_point = first_id not in going and letter_from(letter.payload).has_a_point(facts)
        session.add(letter)
        if stopped or not has_a_point:
            letter.state = LetterState.SETTLED
            continue
        going.add(first_id)
        letter.state, letter.to_address = LetterState.QUEUED, person.email
        letter.attempts = letter.unclear_attempts = 0
        # Patience with the new address begins now; when it was first lost is in the journal.
        letter.created_at = letter.not_before = now
        letter.last_error = ""
        record(
            session, EventKind.LETTER_AGAIN,
            f"Письмо «{letter.subject}» отправлено на новый адрес {person.email}", at=now, by=by,
            programme=programme, letter=str(letter.id),
        )  # fmt: skip
        count += 1
    if count:
        await notify(session, "karta_letters")
    return count


async def _facts(
    session: AsyncSession, letter: Letter, person: Person, now: datetime
) -> LetterFacts:
    organisation = await session.get_one(Organisation, person.organisation_id)
    zone = organisation.zone
    actor = await acting_person(session, person, now)
    steps = await _steps(session, letter)
    open_ones = await session.exec(
        select(Request.id).where(
            col(Request.step_id).in_([step.id for step in steps]),
            Request.state == RequestState.OPEN,
        )
    )
    return LetterFacts(
        same_day=school_day(letter.created_at, zone) == school_day(now, zone),
        in_hand=any(s.state in IN_HAND and actor.answers_for(s.owner_id) for s in steps),
        reported=any(s.state is StepState.REPORTED for s in steps),
        asked=open_ones.first() is not None,
    )


async def _steps(session: AsyncSession, letter: Letter) -> Sequence[Step]:
    found = await session.exec(
        select(Step)
        .join(LetterStep, col(LetterStep.step_id) == col(Step.id))
        .where(LetterStep.letter_id == letter.id)
    )
    return found.all()
