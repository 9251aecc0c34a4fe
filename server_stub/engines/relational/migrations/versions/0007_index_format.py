"""Streaming: indexes have another form, so what was prepared is prepared anew."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _prepare_anew()


def downgrade() -> None:
    _prepare_anew()


def _prepare_anew() -> None:
    op.execute("UPDATE renditions SET state = 'doomed'")
    op.execute("UPDATE preparations SET state = 'waiting', attempts = 0, retry_at = 0")
