"""What shows that a step was done."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlmodel import Field, SQLModel

from models.tables.columns import Instant, uuid_key


class Evidence(SQLModel, table=True):
    """A file or link that shows a step was done. A file's bytes lie in `EvidenceContent`."""

    __table_args__ = (
        Index("ix_evidence_step", "step_id"),
        CheckConstraint("(url IS NULL) <> (sha256 IS NULL)", name="link_or_file"),
    )

    id: UUID = uuid_key()
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
