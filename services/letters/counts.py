"""How many letters of an organisation are in each state."""

from collections import Counter
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from models.database import AsyncSession
from models.tables import Letter, LetterState, Person


async def letter_counts(session: AsyncSession, organisation_id: UUID) -> Counter[LetterState]:
    """Letters by state; a state without letters counts zero."""
    found = await session.exec(
        select(Letter.state, func.count())
        .join(Person, col(Person.id) == col(Letter.person_id))
        .where(Person.organisation_id == organisation_id)
        .group_by(col(Letter.state))
    )
    counts: Counter[LetterState] = Counter()
    for state, count in found:
        counts[LetterState(state)] = count
    return counts
