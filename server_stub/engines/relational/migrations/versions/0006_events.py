"""The event log, and listening as the first projection of it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = (
    "events",
    "event_places",
    "event_keys",
    "event_builds",
    "event_snapshots",
    "event_snapshot_positions",
    "listens",
    "play_counts",
)


def upgrade() -> None:
    _log()
    _projections()
    _listening()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _log() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "events",
        sa.Column("seq", number, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("time_ms", sa.BigInteger(), nullable=False),
        sa.Column("stored_ms", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_events"),
        sa.UniqueConstraint("subject", "id", name="uq_events_subject_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "event_places",
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_event_places"),
    )
    op.create_table(
        "event_keys",
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("key", sa.LargeBinary(length=32), nullable=True),
        sa.PrimaryKeyConstraint("subject", name="pk_event_keys"),
    )


def _projections() -> None:
    op.create_table(
        "event_builds",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("build", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.PrimaryKeyConstraint("name", "build", name="pk_event_builds"),
    )
    op.create_table(
        "event_snapshots",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", "subject", name="pk_event_snapshots"),
    )
    op.create_table(
        "event_snapshot_positions",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_event_snapshot_positions"),
    )


def _listening() -> None:
    op.create_table(
        "listens",
        sa.Column("build", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(length=22), nullable=False),
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("track_id", sa.String(length=22), nullable=False),
        sa.Column("heard_ms", sa.BigInteger(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("skipped", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("build", "user_id", "id", name="pk_listens"),
    )
    op.create_index("ix_listens_order", "listens", ["build", "user_id", "at", "id"])
    op.create_table(
        "play_counts",
        sa.Column("build", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(length=22), nullable=False),
        sa.Column("track_id", sa.String(length=22), nullable=False),
        sa.Column("plays", sa.BigInteger(), nullable=False),
        sa.Column("skips", sa.BigInteger(), nullable=False),
        sa.Column("heard_ms", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("build", "user_id", "track_id", name="pk_play_counts"),
    )
