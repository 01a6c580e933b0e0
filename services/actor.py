"""Who acts: a person with roles, or the service itself."""

from dataclasses import dataclass
from uuid import UUID

from models.tables import Person, Step
from roadmap.errors import MoveRefused


@dataclass(frozen=True, slots=True)
class Actor:
    """A person who does something. `name` is what the journal's readers see."""

    person_id: UUID
    name: str
    roles: frozenset[str]
    organisation_id: UUID

    @property
    def is_director(self) -> bool:
        return "director" in self.roles

    @property
    def is_curator(self) -> bool:
        """Curators run the programme; a director may do all they do."""
        return bool(self.roles & {"curator", "director"})

    def require_curator(self, what: str) -> None:
        """Raises `MoveRefused` unless the actor is a curator or director."""
        if not self.is_curator:
            raise MoveRefused(f"{what} может куратор или директор; обратитесь к ним")

    def require_director(self, what: str) -> None:
        """Raises `MoveRefused` unless the actor is the director."""
        if not self.is_director:
            raise MoveRefused(f"{what} может только директор; обратитесь к нему")

    def require_owner_or_curator(self, step: Step, what: str) -> None:
        """Raises `MoveRefused` unless the step is the actor's own or they are a curator."""
        if step.owner_id != self.person_id and not self.is_curator:
            raise MoveRefused(f"{what} может ответственный за мероприятие или куратор")


def actor_of(person: Person) -> Actor:
    return Actor(person.id, person.short, frozenset(person.roles), person.organisation_id)
