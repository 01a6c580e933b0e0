"""Members of staff and who stands in for whom."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, func, text
from sqlmodel import Field, SQLModel

from models.tables.columns import Instant, code_list, uuid_key


class Rhythm(StrEnum):
    """When a person wants to hear of new steps."""

    AT_ONCE = "at-once"
    DAILY = "daily"


class Person(SQLModel, table=True):
    """A member of staff. `key` is the road map's name for the person («director»)."""

    __table_args__ = (
        UniqueConstraint("organisation_id", "key"),
        Index("ix_person_address", "organisation_id", func.lower(text("email")), unique=True),
        Index("ix_person_email", func.lower(text("email"))),
    )

    id: UUID = uuid_key()
    organisation_id: UUID = Field(foreign_key="organisation.id")
    key: str
    name: str = ""
    post: str = ""
    email: str
    roles: list[str] = code_list()
    active: bool = True
    rhythm: Rhythm = Rhythm.AT_ONCE

    @property
    def display(self) -> str:
        """«Москвина Т.Н., директор школы»."""
        return ", ".join(part for part in (self.name, self.post) if part)

    @property
    def short(self) -> str:
        """The name, or the post when the document names nobody."""
        return self.name or self.post


class Substitution(SQLModel, table=True):
    """From `first_day` to `last_day`, both included, `deputy_id` stands in for `person_id`."""

    __table_args__ = (Index("ix_substitution_organisation", "organisation_id"),)

    id: UUID = uuid_key()
    organisation_id: UUID = Field(foreign_key="organisation.id")
    person_id: UUID = Field(foreign_key="person.id")
    deputy_id: UUID = Field(foreign_key="person.id")
    first_day: date
    last_day: date
    reason: str = ""
    created_at: datetime = Field(sa_type=Instant)
    created_by: UUID = Field(foreign_key="person.id")
    cancelled_at: datetime | None = Field(default=None, sa_type=Instant)
