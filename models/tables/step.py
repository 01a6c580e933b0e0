"""Steps under way, and those that a revision dropped."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.tables.columns import Instant, Json, code_list, empty_list, uuid_key
from roadmap.kinds import EvidenceRule, Kind
from roadmap.states import StepState


class Step(SQLModel, table=True):
    """A step of a running programme."""

    __table_args__ = (
        UniqueConstraint("programme_id", "code"),
        Index("ix_step_stage", "stage_id"),
        Index("ix_step_owner", "owner_id"),
    )

    id: UUID = uuid_key()
    programme_id: UUID = Field(foreign_key="programme.id", ondelete="CASCADE")
    stage_id: UUID = Field(foreign_key="stage.id", ondelete="CASCADE")
    code: str
    position: int
    title: str
    result: str = ""
    kind: Kind
    evidence: EvidenceRule
    mandatory: bool = True
    needs: list[str] = code_list()
    owner_id: UUID = Field(foreign_key="person.id")
    #: The owner whose opening letter was queued last.
    told_id: UUID | None = Field(default=None, foreign_key="person.id")
    #: The source's words.
    due_text: str
    #: From here to `due_end`: the dates in force, None if undetermined.
    due_start: date | None = None
    due_end: date | None = None
    #: From here to `plan_end`: the dates of the first plan, for comparing plan and fact.
    plan_start: date | None = None
    plan_end: date | None = None
    #: School date on which the due date in force was given; None: with the plan.
    due_set_on: date | None = None
    #: `Offset` as JSON when the due date follows an event and nobody has fixed it by hand.
    relative: Json | None = Field(default=None, sa_type=JSONB)
    #: Every time a recurring step comes round, as [start, end] in ISO.
    turns: list[list[str | None]] = Field(default_factory=empty_list, sa_type=JSONB)
    #: Number of the present turn.
    turn: int = 0
    #: When the turn before was done.
    turn_since: datetime | None = Field(default=None, sa_type=Instant)
    state: StepState = StepState.WAITING
    report_note: str = ""
    return_reason: str = ""
    opened_at: datetime | None = Field(default=None, sa_type=Instant)
    reported_at: datetime | None = Field(default=None, sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    #: Raised by every change of the step; a form carries the one it showed.
    version: int = 1
    #: Digest of the form that made the last change: the same one sent twice is known by it.
    last_form: str = ""
    shown_state: str | None = None


class DroppedStep(SQLModel, table=True):
    """A step that a revision took out of the road map: calendars are told that it is cancelled."""

    __tablename__ = "dropped_step"
    __table_args__ = (Index("ix_dropped_step_programme", "programme_id"),)

    id: UUID = Field(primary_key=True)
    programme_id: UUID = Field(foreign_key="programme.id", ondelete="CASCADE")
    owner_id: UUID = Field(foreign_key="person.id")
    code: str
    title: str
    due_end: date | None = None
    #: As the step had them.
    turns: list[list[str | None]] = Field(default_factory=empty_list, sa_type=JSONB)
    #: As the step had it.
    turn: int = 0
    version: int
    dropped_at: datetime = Field(sa_type=Instant)
