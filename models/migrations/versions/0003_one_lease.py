"""a letter's lease ends at `not_before`; `claimed_until`, which nobody read, goes"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("letter", "claimed_until")


def downgrade() -> None:
    op.add_column("letter", sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True))
