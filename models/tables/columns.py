"""Columns that many tables have."""

from typing import Any
from uuid import uuid4

from sqlalchemy import DateTime, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

Instant = DateTime(timezone=True)

Json = dict[str, Any]
"""A JSON object as its column keeps it; who reads it validates it."""


def uuid_key() -> Any:  # as `Field` is typed: it stands for a column's value
    return Field(default_factory=uuid4, primary_key=True)


def empty_list() -> list[Any]:  # of whatever its column holds
    # Pydantic reads a factory's signature for every row, and that of `list` itself is twenty times
    # as dear.
    return []


def code_list() -> Any:  # as above
    return Field(default_factory=empty_list, sa_type=ARRAY(String))
