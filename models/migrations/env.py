"""Alembic's environment: runs on the connection that `models.migrate` gives it."""

from alembic import context
from sqlmodel import SQLModel

from models import tables

assert tables.Programme  # importing the module fills the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    transactional_ddl=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
