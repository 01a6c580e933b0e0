"""Writing the journal: append-only entries in the transaction of what they tell."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from models.database import AsyncSession
from models.tables import Event, Person, Programme, Stage, Step
from services.actor import Actor
from services.journal.kinds import EventKind

THE_SERVICE = "Карта"
"""Who acted when no person did."""


def record(
    session: AsyncSession,
    kind: EventKind,
    text: str,
    *,
    at: datetime,
    by: Actor | None = None,
    organisation_id: UUID | None = None,
    programme: Programme | None = None,
    stage: Stage | None = None,
    step: Step | None = None,
    reason: str = "",
    **details: Any,
) -> None:
    """One entry: `by` None means the service itself acted; `details` must be JSON.

    The organisation is the programme's, else the actor's, else the one given. Whose right the
    actor used is kept, when it was not their own. Raises `TypeError` for a kind that is not listed:
    nobody could look for such entries.
    """
    if not isinstance(kind, EventKind):
        raise TypeError(f"{kind!r} is no EventKind")
    if programme is not None:
        organisation_id = programme.organisation_id
    elif by is not None:
        organisation_id = by.organisation_id
    if organisation_id is None:
        raise TypeError(
            "an entry belongs to an organisation: give programme, by or organisation_id"
        )
    session.add(
        Event(
            organisation_id=organisation_id,
            programme_id=programme.id if programme else None,
            stage_id=stage.id if stage else (step.stage_id if step else None),
            step_id=step.id if step else None,
            at=at,
            by_id=by.person_id if by else None,
            for_id=by.acts_for if by else None,
            kind=kind.value,
            text=text,
            reason=reason,
            details=details,
        )
    )


def who_acted(people: Mapping[UUID, Person], event: Event) -> str:
    """«Петрова П.П.», «Петрова П.П. (вместо: Иванова И.И.)», or «Карта»."""
    if event.by_id is None:
        return THE_SERVICE
    who = name_of(people, event.by_id)
    return f"{who} (вместо: {name_of(people, event.for_id)})" if event.for_id else who


def name_of(people: Mapping[UUID, Person], person_id: UUID | None) -> str:
    """«Петрова П.П.»; without a person it was the service, and one not found has left."""
    if person_id is None:
        return THE_SERVICE
    return people[person_id].short if person_id in people else "бывший сотрудник"
