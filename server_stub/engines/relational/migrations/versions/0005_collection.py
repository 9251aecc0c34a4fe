"""The collection: what each listener marked."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "marks",
        sa.Column("user_id", sa.String(length=22), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("target", sa.String(length=22), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "kind", "target", name="pk_marks"),
    )
    op.create_index("ix_marks_revision", "marks", ["user_id", "revision"])
    op.create_index("ix_marks_newest", "marks", ["user_id", "kind", "at_ms"])


def downgrade() -> None:
    op.drop_table("marks")
