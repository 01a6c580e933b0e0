"""Links, sessions and codes by which a person is let in."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.tables.columns import Instant, uuid_key


class AccessKind(StrEnum):
    STEP = "step"
    SIGN_IN = "sign_in"
    SESSION = "session"
    CALENDAR = "calendar"


class Access(SQLModel, table=True):
    """A 256-bit token's SHA-256: a letter's link to one step, a sign-in link, a session, or a
    calendar's address (with `programme_id` that of a whole programme, else of the person's steps).
    """

    __table_args__ = (UniqueConstraint("hash"), Index("ix_access_person", "person_id"))

    id: UUID = uuid_key()
    kind: AccessKind
    #: SHA-256 of the token, in hex.
    hash: str
    person_id: UUID = Field(foreign_key="person.id", ondelete="CASCADE")
    step_id: UUID | None = Field(default=None, foreign_key="step.id", ondelete="CASCADE")
    #: For a calendar: the whole programme's; None: that of the person's steps.
    programme_id: UUID | None = Field(default=None, foreign_key="programme.id", ondelete="CASCADE")
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)


class SignInCode(SQLModel, table=True):
    """A six-digit code sent by e-mail: short-lived, a handful of tries."""

    __tablename__ = "sign_in_code"
    __table_args__ = (Index("ix_sign_in_code_person", "person_id"),)

    id: UUID = uuid_key()
    person_id: UUID = Field(foreign_key="person.id", ondelete="CASCADE")
    hash: str
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    tries: int = 0
    used_at: datetime | None = Field(default=None, sa_type=Instant)
