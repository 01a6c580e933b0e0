"""Who did what, when and why."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Identity, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.tables.columns import Instant, Json


class Event(SQLModel, table=True):
    """A journal entry: append-only, who did what, when and why."""

    __table_args__ = (
        Index("ix_event_organisation", "organisation_id", "id"),
        Index("ix_event_programme", "programme_id", "id"),
        Index("ix_event_step", "step_id"),
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    organisation_id: UUID = Field(foreign_key="organisation.id")
    programme_id: UUID | None = Field(default=None, foreign_key="programme.id", ondelete="CASCADE")
    stage_id: UUID | None = None
    step_id: UUID | None = None
    at: datetime = Field(sa_type=Instant)
    #: None when the service itself acted.
    by_id: UUID | None = Field(default=None, foreign_key="person.id")
    #: Whom the one who acted stood in for.
    for_id: UUID | None = Field(default=None, foreign_key="person.id")
    #: Dotted name, e.g. `step.done`.
    kind: str
    #: The sentence people read.
    text: str
    reason: str = ""
    #: From what and to what.
    details: Json = Field(default_factory=dict, sa_type=JSONB)
