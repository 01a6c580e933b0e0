"""the tables"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organisation_id", "key"),
    )
    op.create_index(
        "ix_person_address",
        "person",
        ["organisation_id", sa.literal_column("lower(email)")],
        unique=True,
    )
    op.create_index("ix_person_email", "person", [sa.literal_column("lower(email)")], unique=False)
    op.create_table(
        "programme",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("DRAFT", "RUNNING", "DONE", "STOPPED", name="programmestate"),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("shift_months", sa.Integer(), nullable=False),
        sa.Column("policy", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("daily_done", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("shown_version", sa.Integer(), nullable=False),
        sa.Column("flow_run_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_programme_organisation", "programme", ["organisation_id"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("stage_id", sa.Uuid(), nullable=True),
        sa.Column("step_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_event_organisation", "event", ["organisation_id", "id"], unique=False)
    op.create_index("ix_event_programme", "event", ["programme_id", "id"], unique=False)
    op.create_index("ix_event_step", "event", ["step_id"], unique=False)
    op.create_table(
        "letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("to_address", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "state",
            sa.Enum("QUEUED", "SENDING", "SENT", "UNDELIVERABLE", "UNCLEAR", name="letterstate"),
            nullable=False,
        ),
        sa.Column("transport", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("unclear_attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index(
        "ix_letter_due",
        "letter",
        ["not_before"],
        unique=False,
        postgresql_where="state IN ('QUEUED', 'SENDING')",
    )
    op.create_index("ix_letter_programme", "letter", ["programme_id"], unique=False)
    op.create_table(
        "revision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("shift_months", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("programme_id", "number"),
    )
    op.create_table(
        "sign_in_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_sign_in_code_person", "sign_in_code", ["person_id"], unique=False)
    op.create_table(
        "stage",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("goal", sa.String(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("after", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("state", sa.Enum("CLOSED", "OPEN", "DONE", name="stagestate"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_early_by", sa.Uuid(), nullable=True),
        sa.Column("opened_early_reason", sa.String(), nullable=False),
        sa.Column("shown_state", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["opened_early_by"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("programme_id", "code"),
    )
    op.create_table(
        "step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "TASK",
                "INFORMING",
                "SURVEY",
                "CONSENT",
                "REGISTER",
                "ASSESSMENT",
                "SELECTION",
                "TRAINING",
                "PAIRING",
                "MEETING",
                "FEEDBACK",
                "MONITORING",
                "EVENT",
                "CASE",
                "PUBLICATION",
                name="kind",
            ),
            nullable=False,
        ),
        sa.Column("evidence", sa.Enum("REQUIRED", "ASKED", name="evidencerule"), nullable=False),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        sa.Column("needs", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("told_id", sa.Uuid(), nullable=True),
        sa.Column("due_text", sa.String(), nullable=False),
        sa.Column("due_start", sa.Date(), nullable=True),
        sa.Column("due_end", sa.Date(), nullable=True),
        sa.Column("plan_start", sa.Date(), nullable=True),
        sa.Column("plan_end", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum("WAITING", "OPEN", "REPORTED", "RETURNED", "DONE", "SKIPPED", name="stepstate"),
            nullable=False,
        ),
        sa.Column("report_note", sa.String(), nullable=False),
        sa.Column("return_reason", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("shown_state", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["told_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("programme_id", "code"),
    )
    op.create_index("ix_step_owner", "step", ["owner_id"], unique=False)
    op.create_index("ix_step_stage", "step", ["stage_id"], unique=False)
    op.create_table(
        "access",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Enum("STEP", "SIGN_IN", "SESSION", name="accesskind"), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("hash"),
    )
    op.create_index("ix_access_person", "access", ["person_id"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("file_name", sa.String(), nullable=True),
        sa.Column("media_type", sa.String(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(url IS NULL) <> (sha256 IS NULL)", name="link_or_file"),
        sa.ForeignKeyConstraint(
            ["added_by"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_evidence_step", "evidence", ["step_id"], unique=False)
    op.create_table(
        "letter_step",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("letter_id", "step_id"),
    )
    op.create_index("ix_letter_step_step", "letter_step", ["step_id"], unique=False)
    op.create_table(
        "evidence_content",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("evidence_id"),
    )


def downgrade() -> None:
    op.drop_table("evidence_content")
    op.drop_index("ix_letter_step_step", table_name="letter_step")
    op.drop_table("letter_step")
    op.drop_index("ix_evidence_step", table_name="evidence")
    op.drop_table("evidence")
    op.drop_index("ix_access_person", table_name="access")
    op.drop_table("access")
    op.drop_index("ix_step_stage", table_name="step")
    op.drop_index("ix_step_owner", table_name="step")
    op.drop_table("step")
    op.drop_table("stage")
    op.drop_index("ix_sign_in_code_person", table_name="sign_in_code")
    op.drop_table("sign_in_code")
    op.drop_table("revision")
    op.drop_index("ix_letter_programme", table_name="letter")
    op.drop_index(
        "ix_letter_due", table_name="letter", postgresql_where="state IN ('QUEUED', 'SENDING')"
    )
    op.drop_table("letter")
    op.drop_index("ix_event_step", table_name="event")
    op.drop_index("ix_event_programme", table_name="event")
    op.drop_index("ix_event_organisation", table_name="event")
    op.drop_table("event")
    op.drop_index("ix_programme_organisation", table_name="programme")
    op.drop_table("programme")
    op.drop_index("ix_person_email", table_name="person")
    op.drop_index("ix_person_address", table_name="person")
    op.drop_table("person")
    op.drop_table("organisation")
    for name in (
        "accesskind",
        "kind",
        "evidencerule",
        "letterstate",
        "programmestate",
        "stagestate",
        "stepstate",
    ):
        op.execute(f"DROP TYPE {name}")
