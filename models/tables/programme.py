"""A road map under way: its revisions and stages."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.tables.columns import Instant, Json, code_list, uuid_key
from roadmap.states import ProgrammeState, StageState


class Programme(SQLModel, table=True):
    """One road map run by one organisation in one period."""

    __table_args__ = (Index("ix_programme_organisation", "organisation_id"),)

    id: UUID = uuid_key()
    organisation_id: UUID = Field(foreign_key="organisation.id")
    title: str
    state: ProgrammeState
    revision: int = 1
    shift_months: int = 0
    #: `Policy` of the revision, as JSON.
    policy: Json = Field(default_factory=dict, sa_type=JSONB)
    #: `CalendarSpec` of the revision, as JSON.
    calendar: Json = Field(default_factory=dict, sa_type=JSONB)
    created_at: datetime = Field(sa_type=Instant)
    started_at: datetime | None = Field(default=None, sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    #: School date of the last daily pass.
    daily_done: date | None = None
    #: School date of the last weekly digest.
    digest_done: date | None = None
    #: Raised by every change.
    version: int = 1
    #: The version that Prefect shows.
    shown_version: int = 0
    #: The programme's run in Prefect, None before the first pass.
    flow_run_id: UUID | None = None


class Revision(SQLModel, table=True):
    """The text of the road map a programme was started with or revised to, kept for ever."""

    __table_args__ = (UniqueConstraint("programme_id", "number"),)

    id: UUID = uuid_key()
    programme_id: UUID = Field(foreign_key="programme.id", ondelete="CASCADE")
    number: int
    file_name: str
    #: The text of the road map, as it was read.
    source: str
    shift_months: int
    at: datetime = Field(sa_type=Instant)
    by_id: UUID | None = Field(default=None, foreign_key="person.id")
    reason: str = ""


class Stage(SQLModel, table=True):
    """A stage of a running programme."""

    __table_args__ = (UniqueConstraint("programme_id", "code"),)

    id: UUID = uuid_key()
    programme_id: UUID = Field(foreign_key="programme.id", ondelete="CASCADE")
    code: str
    position: int
    title: str
    goal: str = ""
    task: str = ""
    result: str = ""
    #: Codes of the stages it waits for.
    after: list[str] = code_list()
    state: StageState = StageState.CLOSED
    opened_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    opened_early_by: UUID | None = Field(default=None, foreign_key="person.id")
    opened_early_reason: str = ""
    shown_state: str | None = None

    @property
    def opened_early(self) -> bool:
        return bool(self.opened_early_reason)
