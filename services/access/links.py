"""Links from letters: what they open, and their end."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select

from models.database import AsyncSession
from models.tables import (
    Access,
    AccessKind,
    LetterStep,
    Person,
    Step,
)
from roadmap.errors import LinkDead
from services.karta import Karta
from services.letters.links import step_token
from services.tokens import token_hash


@dataclass(frozen=True, slots=True)
class StepAccess:
    """What a letter's link opens: one step for one person."""

    person: Person
    step_id: UUID


async def live_access(
    session: AsyncSession, kind: AccessKind, token: str, now: datetime
) -> tuple[Access, Person] | None:
    found = await session.exec(
        select(Access, Person)
        .join(Person, col(Person.id) == col(Access.person_id))
        .where(
            Access.hash == token_hash(token),
            Access.kind == kind,
            Access.expires_at > now,
            col(Access.revoked_at).is_(None),
            col(Person.active),
        )
    )
    return found.first()


async def step_of_link(karta: Karta, session: AsyncSession, token: str) -> StepAccess:
    """The person and step of a letter's link; changes nothing. Raises `LinkDead`."""
    live = await live_access(session, AccessKind.STEP, token, karta.clock.now())
    if live is None or live[0].step_id is None:
        raise LinkDead(
            "ссылка из письма устарела или отозвана, либо мероприятие передано другому; войдите по "
            "адресу своей почты – ваши мероприятия найдутся на странице «Мои мероприятия»"
        )
    access, person = live
    step = await session.get_one(Step, access.step_id)
    return StepAccess(person, step.id)


async def revoke_sent(
    karta: Karta, session: AsyncSession, person_id: UUID, now: datetime, waiting: Collection[UUID]
) -> None:
    """Ends what letters to a person's former address have opened: links to steps and sign-ins.

    waiting: ids of letters not sent yet; their links go to the new address. Sessions end too: one
    may be the stranger's to whom a mistyped address belongs.
    """
    links = await session.exec(select(LetterStep).where(col(LetterStep.letter_id).in_(waiting)))
    kept = {token_hash(step_token(karta, link.letter_id, link.step_id)) for link in links}
    rows = await session.exec(
        select(Access).where(
            Access.person_id == person_id,
            Access.kind != AccessKind.CALENDAR,
            col(Access.revoked_at).is_(None),
        )
    )
    for access in rows:
        if access.hash not in kept:
            access.revoked_at = now
            session.add(access)


async def revoke_all(session: AsyncSession, person_id: UUID, now: datetime) -> None:
    """Ends every session and link of a person."""
    rows = await session.exec(
        select(Access).where(Access.person_id == person_id, col(Access.revoked_at).is_(None))
    )
    for access in rows:
        access.revoked_at = now
        session.add(access)


async def end_links(session: AsyncSession, step: Step, former: Person, now: datetime) -> None:
    """The former owner's links to the step open it no more."""
    await session.exec(
        update(Access)
        .where(
            col(Access.step_id) == step.id,
            col(Access.person_id) == former.id,
            col(Access.kind) == AccessKind.STEP,
            col(Access.revoked_at).is_(None),
        )
        .values(revoked_at=now)
    )
