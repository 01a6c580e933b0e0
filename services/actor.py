"""Who acts: a person with roles, their own or of those they stand in for, or the service itself."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self
from uuid import UUID

from sqlmodel import col, select

from models.database import AsyncSession
from models.tables import Organisation, Person, Step, Substitution
from roadmap.calendar import school_day
from roadmap.errors import MoveRefused

CURATING = frozenset({"curator", "director"})
"""Roles that run the programme: a director may do all that curators do."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """Somebody whose rights the actor has today besides their own."""

    person_id: UUID
    name: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person who does something. `name` is what the journal's readers see.

    stands_for: whom the actor stands in for on the day of acting.
    acts_for: whose right is used, None for the actor's own; the journal keeps it. `require_…`
    answer with the actor that has it set, own rights before borrowed ones.
    """

    person_id: UUID
    name: str
    roles: frozenset[str]
    organisation_id: UUID
    stands_for: tuple[StandIn, ...] = ()
    acts_for: UUID | None = None

    @property
    def is_director(self) -> bool:
        return self._with(frozenset({"director"})) is not None

    @property
    def is_curator(self) -> bool:
        return self._with(CURATING) is not None

    @property
    def person_ids(self) -> frozenset[UUID]:
        """The actor and everybody they stand in for."""
        return frozenset({self.person_id, *(s.person_id for s in self.stands_for)})

    def answers_for(self, owner_id: UUID) -> bool:
        """Whether steps of this owner are the actor's to do."""
        return owner_id in self.person_ids

    def instead_of(self, owner_id: UUID) -> str:
        """The name of the owner the actor stands in for; "" for the actor's own."""
        return next((s.name for s in self.stands_for if s.person_id == owner_id), "")

    def require_curator(self, what: str) -> Self:
        """Raises `MoveRefused` unless the actor is a curator or director."""
        found = self._with(CURATING)
        if found is None:
            raise MoveRefused(f"{what} может куратор или директор; обратитесь к ним")
        return found

    def require_director(self, what: str) -> Self:
        """Raises `MoveRefused` unless the actor is the director."""
        found = self._with(frozenset({"director"}))
        if found is None:
            raise MoveRefused(f"{what} может только директор; обратитесь к нему")
        return found

    def require_owner(self, step: Step, what: str) -> Self:
        """Raises `MoveRefused` unless the step is the actor's own or of one they stand in for."""
        found = self._as_owner(step)
        if found is None:
            raise MoveRefused(f"{what} может только ответственный за мероприятие")
        return found

    def require_owner_or_curator(self, step: Step, what: str) -> Self:
        """Raises `MoveRefused` unless the step is the actor's to do or they are a curator.

        Who stands in for the owner acts in the owner's name, also when they are a curator.
        """
        found = self._as_owner(step) or self._with(CURATING)
        if found is None:
            raise MoveRefused(f"{what} может ответственный за мероприятие или куратор")
        return found

    def _with(self, roles: frozenset[str]) -> Self | None:
        if self.roles & roles:
            return replace(self, acts_for=None)
        lent = (s.person_id for s in self.stands_for if s.roles & roles)
        lender = next(lent, None)
        return replace(self, acts_for=lender) if lender else None

    def _as_owner(self, step: Step) -> Self | None:
        if step.owner_id == self.person_id:
            return replace(self, acts_for=None)
        if self.answers_for(step.owner_id):
            return replace(self, acts_for=step.owner_id)
        return None


def actor_of(person: Person, stands_for: tuple[Person, ...] = ()) -> Actor:
    """The person acting, today also with the rights of those they stand in for."""
    lent = tuple(StandIn(p.id, p.short, frozenset(p.roles)) for p in stands_for)
    return Actor(person.id, person.short, frozenset(person.roles), person.organisation_id, lent)


async def acting_person(session: AsyncSession, person: Person, now: datetime) -> Actor:
    """The person as they act at this moment: with the rights of all they stand in for today."""
    organisation = await session.get_one(Organisation, person.organisation_id)
    today = school_day(now, organisation.zone)
    found = await session.exec(
        select(Substitution, Person)
        .join(Person, col(Person.id) == col(Substitution.person_id))
        .where(
            Substitution.organisation_id == organisation.id,
            col(Substitution.cancelled_at).is_(None),
            Substitution.first_day <= today,
            Substitution.last_day >= today,
        )
        .order_by(col(Substitution.created_at), col(Substitution.id))
    )
    away = {s.person_id: (s.deputy_id, who) for s, who in found}
    lent: dict[UUID, Person] = {}
    reached = [person.id]
    while reached:  # who stands in for a deputy stands in for those the deputy stood in for
        deputy = reached.pop()
        for person_id, (deputy_id, who) in away.items():
            is_new = person_id not in lent and person_id != person.id
            if deputy_id == deputy and is_new and who.active:
                reached.append(person_id)
                lent[person_id] = who
    return actor_of(person, tuple(lent.values()))
