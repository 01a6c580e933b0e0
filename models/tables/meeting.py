"""When and where the people of a step meet."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.tables.columns import Instant, uuid_key


class Meeting(SQLModel, table=True):
    """When and where the people of a step come together; one live meeting for each step."""

    __table_args__ = (Index("ix_meeting_step", "step_id"),)

    id: UUID = uuid_key()
    step_id: UUID = Field(foreign_key="step.id", ondelete="CASCADE")
    starts_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)
    place: str = ""
    sequence: int = 0
    changed_at: datetime = Field(sa_type=Instant)
    changed_by: UUID = Field(foreign_key="person.id")
    cancelled_at: datetime | None = Field(default=None, sa_type=Instant)
