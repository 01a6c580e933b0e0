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


def _empty_list() -> list:
    # Pydantic reads a factory's signature for every row, and that of `list` itself is twenty times
    # as dear.
    return []


def _codes() -> Any:
    return Field(default_factory=_empty_list, sa_type=ARRAY(String))


class Organisation(SQLModel, table=True):
    """A school. A region has thousands; everything below belongs to one of them."""

    id: UUID = _key()
    name: str = Field(unique=True)
    zone: str


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

    id: UUID = _key()
    organisation_id: UUID = Field(foreign_key="organisation.id")
    key: str
    name: str = ""
    post: str = ""
    email: str
    roles: list[str] = _codes()
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


class Programme(SQLModel, table=True):
    """One road map run by one organisation in one period.

    version: raised by every change; shown_version: the one Prefect shows.
    flow_run_id: the programme's run in Prefect, None before the first pass.
    policy, calendar: `Policy` and `CalendarSpec` of the revision, as JSON.
    daily_done, digest_done: school dates of the last daily pass and of the last weekly digest.
    """

    __table_args__ = (Index("ix_programme_organisation", "organisation_id"),)

    id: UUID = _key()
    organisation_id: UUID = Field(foreign_key="organisation.id")
    title: str
    state: ProgrammeState
    revision: int = 1
    shift_months: int = 0
    policy: dict = Field(default_factory=dict, sa_type=JSONB)
    calendar: dict = Field(default_factory=dict, sa_type=JSONB)
    created_at: datetime = Field(sa_type=Instant)
    started_at: datetime | None = Field(default=None, sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    daily_done: date | None = None
    digest_done: date | None = None
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
    relative: `Offset` as JSON when the due date follows an event and nobody has fixed it by hand.
    turns: every time a recurring step comes round, as [start, end] in ISO; turn: the present one.
    turn_since: when the turn before was done.
    due_set_on: school date on which the due date in force was given; None: with the plan.
    version: raised by every change of the step; a form carries the one it showed. last_form: digest
    of the form that made the last change, by which the same one sent twice is known.
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
    due_set_on: date | None = None
    relative: dict | None = Field(default=None, sa_type=JSONB)
    turns: list = Field(default_factory=_empty_list, sa_type=JSONB)
    turn: int = 0
    turn_since: datetime | None = Field(default=None, sa_type=Instant)
    state: StepState = StepState.WAITING
    report_note: str = ""
    return_reason: str = ""
    opened_at: datetime | None = Field(default=None, sa_type=Instant)
    reported_at: datetime | None = Field(default=None, sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    version: int = 1
    last_form: str = ""
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
    the service itself acted; `for_id`: whom the one who acted stood in for; `details` holds what
    from and to what.
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
    for_id: UUID | None = Field(default=None, foreign_key="person.id")
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
    SETTLED = "settled"


class Letter(SQLModel, table=True):
    """A row of the outbox, queued with the change that caused it.

    key: unique, built of ids and ISO dates; message_id: fixed by the key.
    payload: what the template needs, as JSON; no token and no rendered text is stored.
    transport: `smtp` or `mailbox` once sent.
    copy_of: the letter this one was sent again for. A letter in trouble is `settled` when a copy of
    it is sent, or when somebody says that it is.
    not_before: earliest next attempt; claimed_until: end of the lease of the process sending it.
    """

    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_letter_due", "not_before", postgresql_where="state IN ('QUEUED', 'SENDING')"),
        Index("ix_letter_programme", "programme_id"),
        Index("ix_letter_copy_of", "copy_of"),
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
    copy_of: UUID | None = Field(default=None, foreign_key="letter.id", ondelete="SET NULL")
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
    CALENDAR = "calendar"


class Access(SQLModel, table=True):
    """A 256-bit token's SHA-256: a letter's link to one step, a sign-in link, a session, or a
    calendar's address (with `programme_id` that of a whole programme, else of the person's steps).
    """

    __table_args__ = (UniqueConstraint("hash"), Index("ix_access_person", "person_id"))

    id: UUID = _key()
    kind: AccessKind
    hash: str
    person_id: UUID = Field(foreign_key="person.id", ondelete="CASCADE")
    step_id: UUID | None = Field(default=None, foreign_key="step.id", ondelete="CASCADE")
    programme_id: UUID | None = Field(default=None, foreign_key="programme.id", ondelete="CASCADE")
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


class Substitution(SQLModel, table=True):
    """From `first_day` to `last_day`, both included, `deputy_id` stands in for `person_id`."""

    __table_args__ = (Index("ix_substitution_organisation", "organisation_id"),)

    id: UUID = _key()
    organisation_id: UUID = Field(foreign_key="organisation.id")
    person_id: UUID = Field(foreign_key="person.id")
    deputy_id: UUID = Field(foreign_key="person.id")
    first_day: date
    last_day: date
    reason: str = ""
    created_at: datetime = Field(sa_type=Instant)
    created_by: UUID = Field(foreign_key="person.id")
    cancelled_at: datetime | None = Field(default=None, sa_type=Instant)


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

    id: UUID = _key()
    step_id: UUID = Field(foreign_key="step.id", ondelete="CASCADE")
    kind: RequestKind
    state: RequestState = RequestState.OPEN
    reason: str
    due_end: date | None = None
    owner_id: UUID | None = Field(default=None, foreign_key="person.id")
    at: datetime = Field(sa_type=Instant)
    by_id: UUID = Field(foreign_key="person.id")
    answer: str = ""
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    answered_by: UUID | None = Field(default=None, foreign_key="person.id")


class Meeting(SQLModel, table=True):
    """When and where the people of a step come together; one live meeting for each step."""

    __table_args__ = (Index("ix_meeting_step", "step_id"),)

    id: UUID = _key()
    step_id: UUID = Field(foreign_key="step.id", ondelete="CASCADE")
    starts_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)
    place: str = ""
    sequence: int = 0
    changed_at: datetime = Field(sa_type=Instant)
    changed_by: UUID = Field(foreign_key="person.id")
    cancelled_at: datetime | None = Field(default=None, sa_type=Instant)


class DroppedStep(SQLModel, table=True):
    """A step that a revision took out of the road map: calendars are told that it is cancelled.

    turns, turn: as the step had them.
    """

    __tablename__ = "dropped_step"
    __table_args__ = (Index("ix_dropped_step_programme", "programme_id"),)

    id: UUID = Field(primary_key=True)
    programme_id: UUID = Field(foreign_key="programme.id", ondelete="CASCADE")
    owner_id: UUID = Field(foreign_key="person.id")
    code: str
    title: str
    due_end: date | None = None
    turns: list = Field(default_factory=_empty_list, sa_type=JSONB)
    turn: int = 0
    version: int
    dropped_at: datetime = Field(sa_type=Instant)
