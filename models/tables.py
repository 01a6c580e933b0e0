"""The tables. Enums are stored by name; times are UTC; ids are UUIDs that we make ourselves."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from roadmap.kinds import EvidenceRule, Kind
from roadmap.states import ProgrammeState, StageState, StepState

Instant = DateTime(timezone=True)


def _key() -> Any:
    return Field(default_factory=uuid4, primary_key=True)


def _codes() -> Any:
    return Field(default_factory=list, sa_type=ARRAY(String))


class Organisation(SQLModel, table=True):
    """A school. A region has thousands; everything below belongs to one of them."""

    id: UUID = _key()
    name: str = Field(unique=True)
    zone: str


class Person(SQLModel, table=True):
    """A member of staff. `key` is the road map's name for the person («director»)."""

    __table_args__ = (
        UniqueConstraint("organisation_id", "key"),
        Index("ix_person_address", "organisation_id", func.lower(text("email")), unique=True),
        Index("ix_person_email", func.lower(text("email"))),
    )

    id: UUID = _key()
    organisation_id: UUID = Field(foreign_key="organisation.id")
    key: str
    name: str = ""
    post: str = ""
    email: str
    roles: list[str] = _codes()
    active: bool = True

    @property
    def display(self) -> str:
        """«Москвина Т.Н., директор школы»."""
        return ", ".join(part for part in (self.name, self.post) if part)

    @property
    def short(self) -> str:
        """The name, or the post when the document names nobody."""
        return self.name or self.post


class Programme(SQLModel, table=True):
    """One road map run by one organisation in one period.

    version: raised by every change; shown_version: the one Prefect shows.
    flow_run_id: the programme's run in Prefect, None before the first pass.
    policy: `Policy` of the revision, as JSON.
    """

    __table_args__ = (Index("ix_programme_organisation", "organisation_id"),)

    id: UUID = _key()
    organisation_id: UUID = Field(foreign_key="organisation.id")
    title: str
    state: ProgrammeState
    revision: int = 1
    shift_months: int = 0
    policy: dict = Field(default_factory=dict, sa_type=JSONB)
    created_at: datetime = Field(sa_type=Instant)
    started_at: datetime | None = Field(default=None, sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    daily_done: date | None = None
    version: int = 1
    shown_version: int = 0
    flow_run_id: UUID | None = None


class Revision(SQLModel, table=True):
    """The text of the road map a programme was started with or revised to, kept for ever."""

    __table_args__ = (UniqueConstraint("programme_id", "number"),)

    id: UUID = _key()
    programme_id: UUID = Field(foreign_key="programme.id", ondelete="CASCADE")
    number: int
    file_name: str
    source: str
    shift_months: int
    at: datetime = Field(sa_type=Instant)
    by_id: UUID | None = Field(default=None, foreign_key="person.id")
    reason: str = ""


class Stage(SQLModel, table=True):
    """A stage of a running programme. `after` holds codes of the stages it waits for."""

    __table_args__ = (UniqueConstraint("programme_id", "code"),)

    id: UUID = _key()
    programme_id: UUID = Field(foreign_key="programme.id", ondelete="CASCADE")
    code: str
    position: int
    title: str
    goal: str = ""
    task: str = ""
    result: str = ""
    after: list[str] = _codes()
    state: StageState = StageState.CLOSED
    opened_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    opened_early_by: UUID | None = Field(default=None, foreign_key="person.id")
    opened_early_reason: str = ""
    shown_state: str | None = None

    @property
    def opened_early(self) -> bool:
        return bool(self.opened_early_reason)


class Step(SQLModel, table=True):
    """A step of a running programme.

    due_text: the source's words; due_start, due_end: the dates in force, None if undetermined;
    plan_start, plan_end: the dates of the first plan, for comparing plan and fact.
    version: raised by every change of the step; a form carries the one it showed.
    told_id: the owner whose opening letter was queued last.
    """

    __table_args__ = (
        UniqueConstraint("programme_id", "code"),
        Index("ix_step_stage", "stage_id"),
        Index("ix_step_owner", "owner_id"),
    )

    id: UUID = _key()
    programme_id: UUID = Field(foreign_key="programme.id", ondelete="CASCADE")
    stage_id: UUID = Field(foreign_key="stage.id", ondelete="CASCADE")
    code: str
    position: int
    title: str
    result: str = ""
    kind: Kind
    evidence: EvidenceRule
    mandatory: bool = True
    needs: list[str] = _codes()
    owner_id: UUID = Field(foreign_key="person.id")
    told_id: UUID | None = Field(default=None, foreign_key="person.id")
    due_text: str
    due_start: date | None = None
    due_end: date | None = None
    plan_start: date | None = None
    plan_end: date | None = None
    state: StepState = StepState.WAITING
    report_note: str = ""
    return_reason: str = ""
    opened_at: datetime | None = Field(default=None, sa_type=Instant)
    reported_at: datetime | None = Field(default=None, sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    version: int = 1
    shown_state: str | None = None


class Evidence(SQLModel, table=True):
    """A file or link that shows a step was done. A file's bytes lie in `EvidenceContent`."""

    __table_args__ = (
        Index("ix_evidence_step", "step_id"),
        CheckConstraint("(url IS NULL) <> (sha256 IS NULL)", name="link_or_file"),
    )

    id: UUID = _key()
    step_id: UUID = Field(foreign_key="step.id", ondelete="CASCADE")
    url: str | None = None
    file_name: str | None = None
    media_type: str | None = None
    size: int | None = None
    sha256: str | None = None
    added_at: datetime = Field(sa_type=Instant)
    added_by: UUID = Field(foreign_key="person.id")


class EvidenceContent(SQLModel, table=True):
    """The bytes of one evidence file, apart so that lists never load them."""

    __tablename__ = "evidence_content"

    evidence_id: UUID = Field(primary_key=True, foreign_key="evidence.id", ondelete="CASCADE")
    content: bytes = Field(sa_type=LargeBinary)


class Event(SQLModel, table=True):
    """A journal entry: append-only, who did what, when and why.

    kind: dotted name, e.g. `step.done`; `text` is the sentence people read; `by_id` is None when
    the service itself acted; `details` holds what from and to what.
    """

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
    by_id: UUID | None = Field(default=None, foreign_key="person.id")
    kind: str
    text: str
    reason: str = ""
    details: dict = Field(default_factory=dict, sa_type=JSONB)


class LetterState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNDELIVERABLE = "undeliverable"
    UNCLEAR = "unclear"


class Letter(SQLModel, table=True):
    """A row of the outbox, queued with the change that caused it.

    key: unique, built of ids and ISO dates; message_id: fixed by the key.
    payload: what the template needs, as JSON; no token and no rendered text is stored.
    transport: `smtp` or `mailbox` once sent.
    not_before: earliest next attempt; claimed_until: end of the lease of the process sending it.
    """

    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_letter_due", "not_before", postgresql_where="state IN ('QUEUED', 'SENDING')"),
        Index("ix_letter_programme", "programme_id"),
    )

    id: UUID = _key()
    key: str
    message_id: str
    programme_id: UUID | None = Field(default=None, foreign_key="programme.id", ondelete="CASCADE")
    person_id: UUID = Field(foreign_key="person.id")
    to_address: str
    kind: str
    subject: str
    payload: dict = Field(default_factory=dict, sa_type=JSONB)
    state: LetterState = LetterState.QUEUED
    transport: str | None = None
    attempts: int = 0
    unclear_attempts: int = 0
    created_at: datetime = Field(sa_type=Instant)
    not_before: datetime = Field(sa_type=Instant)
    claimed_until: datetime | None = Field(default=None, sa_type=Instant)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    last_error: str = ""


class LetterStep(SQLModel, table=True):
    """Which steps a letter speaks of."""

    __tablename__ = "letter_step"
    __table_args__ = (Index("ix_letter_step_step", "step_id"),)

    letter_id: UUID = Field(primary_key=True, foreign_key="letter.id", ondelete="CASCADE")
    step_id: UUID = Field(primary_key=True, foreign_key="step.id", ondelete="CASCADE")


class AccessKind(StrEnum):
    STEP = "step"
    SIGN_IN = "sign_in"
    SESSION = "session"


class Access(SQLModel, table=True):
    """A 256-bit token's SHA-256: a letter's link to one step, a sign-in link, or a session."""

    __table_args__ = (UniqueConstraint("hash"), Index("ix_access_person", "person_id"))

    id: UUID = _key()
    kind: AccessKind
    hash: str
    person_id: UUID = Field(foreign_key="person.id", ondelete="CASCADE")
    step_id: UUID | None = Field(default=None, foreign_key="step.id", ondelete="CASCADE")
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)


class SignInCode(SQLModel, table=True):
    """A six-digit code sent by e-mail: short-lived, a handful of tries."""

    __tablename__ = "sign_in_code"
    __table_args__ = (Index("ix_sign_in_code_person", "person_id"),)

    id: UUID = _key()
    person_id: UUID = Field(foreign_key="person.id", ondelete="CASCADE")
    hash: str
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    tries: int = 0
    used_at: datetime | None = Field(default=None, sa_type=Instant)
