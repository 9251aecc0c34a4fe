"""Streaming: the preparation of each track, and its renditions."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "preparations",
        sa.Column("track_id", sa.String(length=22), nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("requested_at", sa.Float(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("damage", sa.Text(), nullable=False),
        sa.Column("measured", sa.Integer(), nullable=False),
        sa.Column("lufs", sa.Float(), nullable=True),
        sa.Column("true_peak_dbtp", sa.Float(), nullable=True),
        sa.Column("lead_in", sa.BigInteger(), nullable=False),
        sa.Column("lead_out", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("track_id", name="pk_preparations"),
    )
    op.create_index("ix_preparations_queue", "preparations", ["state", "requested_at", "position"])
    op.create_index("ix_preparations_position", "preparations", ["position"])
    op.create_table(
        "renditions",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("track_id", sa.String(length=22), nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("codec", sa.String(length=6), nullable=False),
        sa.Column("kbps", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("init_bytes", sa.Integer(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("index_sha256", sa.String(length=64), nullable=False),
        sa.Column("sample_rate", sa.Integer(), nullable=False),
        sa.Column("duration_samples", sa.BigInteger(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_renditions"),
    )
    op.create_index("ix_renditions_track_id", "renditions", ["track_id", "state"])
    op.create_index("ix_renditions_state", "renditions", ["state"])


def downgrade() -> None:
    op.drop_table("renditions")
    op.drop_table("preparations")
