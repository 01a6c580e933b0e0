"""What owners ask of the curator."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.tables.columns import Instant, uuid_key


class RequestKind(StrEnum):
    """What an owner may ask of the curator."""

    DUE = "due"
    OWNER = "owner"


class RequestState(StrEnum):
    OPEN = "open"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Request(SQLModel, table=True):
    """An owner's «прошу перенести срок» (with `due_end`) or «это не моё» (with `owner_id`)."""

    __table_args__ = (
        Index("ix_request_step", "step_id"),
        Index("ix_request_open", "step_id", "kind", unique=True, postgresql_where="state = 'OPEN'"),
    )

    id: UUID = uuid_key()
    step_id: UUID = Field(foreign_key="step.id", ondelete="CASCADE")
    kind: RequestKind
    state: RequestState = RequestState.OPEN
    reason: str
    #: The date asked for, when the kind is `due`.
    due_end: date | None = None
    #: The owner proposed, when the kind is `owner`.
    owner_id: UUID | None = Field(default=None, foreign_key="person.id")
    at: datetime = Field(sa_type=Instant)
    by_id: UUID = Field(foreign_key="person.id")
    answer: str = ""
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    answered_by: UUID | None = Field(default=None, foreign_key="person.id")
