"""dates that recur, follow events and are asked to move; substitutions, meetings, calendars"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _add_filled(table: str, column: sa.Column, value: str) -> None:
    """Adds a column that rows already there get a value for, and new ones must bring."""
    column.server_default = sa.DefaultClause(value)
    op.add_column(table, column)
    op.alter_column(table, column.name, server_default=None)


def upgrade() -> None:
    op.create_table(
        "dropped_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("due_end", sa.Date(), nullable=True),
        sa.Column("turns", postgresql.JSONB(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_dropped_step_programme", "dropped_step", ["programme_id"], unique=False)
    op.create_table(
        "substitution",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("deputy_id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["deputy_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_substitution_organisation", "substitution", ["organisation_id"], unique=False
    )
    op.create_table(
        "meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_meeting_step", "meeting", ["step_id"], unique=False)
    op.create_table(
        "request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Enum("DUE", "OWNER", name="requestkind"), nullable=False),
        sa.Column(
            "state",
            sa.Enum("OPEN", "AGREED", "REFUSED", "WITHDRAWN", name="requeststate"),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("due_end", sa.Date(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_request_open",
        "request",
        ["step_id", "kind"],
        unique=True,
        postgresql_where="state = 'OPEN'",
    )
    op.create_index("ix_request_step", "request", ["step_id"], unique=False)
    op.add_column("access", sa.Column("programme_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(None, "access", "programme", ["programme_id"], ["id"], ondelete="CASCADE")
    op.add_column("event", sa.Column("for_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(None, "event", "person", ["for_id"], ["id"])
    rhythm = sa.Enum("AT_ONCE", "DAILY", name="rhythm")
    rhythm.create(op.get_bind())
    _add_filled("person", sa.Column("rhythm", rhythm, nullable=False), "AT_ONCE")
    op.execute("ALTER TYPE accesskind ADD VALUE IF NOT EXISTS 'CALENDAR'")
    op.execute("ALTER TYPE letterstate ADD VALUE IF NOT EXISTS 'SETTLED'")
    op.add_column("letter", sa.Column("copy_of", sa.Uuid(), nullable=True))
    op.create_foreign_key(None, "letter", "letter", ["copy_of"], ["id"], ondelete="SET NULL")
    op.create_index("ix_letter_copy_of", "letter", ["copy_of"])
    _add_filled("programme", sa.Column("calendar", postgresql.JSONB(), nullable=False), "{}")
    op.add_column("programme", sa.Column("digest_done", sa.Date(), nullable=True))
    op.add_column("step", sa.Column("due_set_on", sa.Date(), nullable=True))
    op.add_column("step", sa.Column("relative", postgresql.JSONB(), nullable=True))
    _add_filled("step", sa.Column("turns", postgresql.JSONB(), nullable=False), "[]")
    _add_filled("step", sa.Column("last_form", sa.String(), nullable=False), "")
    op.add_column("step", sa.Column("turn_since", sa.DateTime(timezone=True), nullable=True))
    _add_filled("step", sa.Column("turn", sa.Integer(), nullable=False), "0")


def _narrow(table: str, column: str, name: str, labels: tuple[str, ...]) -> None:
    """Makes an enum anew with these labels alone: PostgreSQL takes no label out of one."""
    op.execute(f"ALTER TYPE {name} RENAME TO {name}_wide")
    sa.Enum(*labels, name=name).create(op.get_bind())
    op.execute(
        f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {name} USING {column}::text::{name}"
    )
    op.execute(f"DROP TYPE {name}_wide")


def downgrade() -> None:
    """What the older version has no word for goes: calendars' addresses, meetings, proposals,
    substitutions. A settled letter becomes an undeliverable one again.
    """
    for column in ("turn", "turn_since", "last_form", "turns", "relative", "due_set_on"):
        op.drop_column("step", column)
    op.drop_column("programme", "digest_done")
    op.drop_column("programme", "calendar")
    op.drop_index("ix_letter_copy_of", table_name="letter")
    op.drop_column("letter", "copy_of")
    op.execute("UPDATE letter SET state = 'UNDELIVERABLE' WHERE state = 'SETTLED'")
    op.drop_index("ix_letter_due", table_name="letter")  # its condition names the enum's labels
    _narrow(
        "letter",
        "state",
        "letterstate",
        ("QUEUED", "SENDING", "SENT", "UNDELIVERABLE", "UNCLEAR"),
    )
    op.create_index(
        "ix_letter_due",
        "letter",
        ["not_before"],
        unique=False,
        postgresql_where="state IN ('QUEUED', 'SENDING')",
    )
    op.execute("DELETE FROM access WHERE kind = 'CALENDAR'")
    op.drop_column("access", "programme_id")
    _narrow("access", "kind", "accesskind", ("STEP", "SIGN_IN", "SESSION"))
    op.drop_column("person", "rhythm")
    op.drop_column("event", "for_id")
    for table in ("request", "meeting", "substitution", "dropped_step"):
        op.drop_table(table)
    for name in ("rhythm", "requeststate", "requestkind"):
        op.execute(f"DROP TYPE {name}")
