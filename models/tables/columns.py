"""Columns that many tables have."""

from typing import Any
from uuid import uuid4

from sqlalchemy import DateTime, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

Instant = DateTime(timezone=True)


def uuid_key() -> Any:
    return Field(default_factory=uuid4, primary_key=True)


def empty_list() -> list:
    # Pydantic reads a factory's signature for every row, and that of `list` itself is twenty times
    # as dear.
    return []


def code_list() -> Any:
    return Field(default_factory=empty_list, sa_type=ARRAY(String))
