"""Alembic migrations; run by `models.migrate.upgrade`."""
