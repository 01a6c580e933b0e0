"""The school."""

from uuid import UUID

from sqlmodel import Field, SQLModel

from models.tables.columns import uuid_key


class Organisation(SQLModel, table=True):
    """A school. A region has thousands; everything below belongs to one of them."""

    id: UUID = uuid_key()
    name: str = Field(unique=True)
    zone: str
