"""The outbox."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.tables.columns import Instant, Json, uuid_key


class LetterState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNDELIVERABLE = "undeliverable"
    UNCLEAR = "unclear"
    SETTLED = "settled"


class Letter(SQLModel, table=True):
    """A row of the outbox, queued with the change that caused it.

    A letter in trouble is `settled` when a copy of it is sent, or when somebody says that it is.
    """

    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_letter_due", "not_before", postgresql_where="state IN ('QUEUED', 'SENDING')"),
        Index("ix_letter_programme", "programme_id"),
        Index("ix_letter_copy_of", "copy_of"),
    )

    id: UUID = uuid_key()
    #: Unique, built of ids and ISO dates.
    key: str
    #: Fixed by the key.
    message_id: str
    programme_id: UUID | None = Field(default=None, foreign_key="programme.id", ondelete="CASCADE")
    person_id: UUID = Field(foreign_key="person.id")
    to_address: str
    kind: str
    subject: str
    #: What the template needs, as JSON; no token and no rendered text is stored.
    payload: Json = Field(default_factory=dict, sa_type=JSONB)
    state: LetterState = LetterState.QUEUED
    #: `smtp` or `mailbox` once sent.
    transport: str | None = None
    attempts: int = 0
    unclear_attempts: int = 0
    created_at: datetime = Field(sa_type=Instant)
    #: Earliest next attempt; while the letter is being sent, the end of its sender's lease.
    not_before: datetime = Field(sa_type=Instant)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    #: The letter this one was sent again for.
    copy_of: UUID | None = Field(default=None, foreign_key="letter.id", ondelete="SET NULL")
    last_error: str = ""


class LetterStep(SQLModel, table=True):
    """Which steps a letter speaks of."""

    __tablename__ = "letter_step"
    __table_args__ = (Index("ix_letter_step_step", "step_id"),)

    letter_id: UUID = Field(primary_key=True, foreign_key="letter.id", ondelete="CASCADE")
    step_id: UUID = Field(primary_key=True, foreign_key="step.id", ondelete="CASCADE")
