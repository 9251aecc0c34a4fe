"""Tables of listening: a projection of reports, in builds. Times are Unix ms."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table

from server_stub.engines.relational.schema import metadata

listens = Table(
    "listens",
    metadata,
    Column("build", Integer, primary_key=True, autoincrement=False),
    Column("user_id", String(22), primary_key=True),
    Column("id", String(22), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("track_id", String(22), nullable=False),
    Column("heard_ms", BigInteger, nullable=False),
    Column("counted", Boolean, nullable=False),
    Column("skipped", Boolean, nullable=False),
    Index("ix_listens_order", "build", "user_id", "at", "id"),
)

play_counts = Table(
    "play_counts",
    metadata,
    Column("build", Integer, primary_key=True, autoincrement=False),
    Column("user_id", String(22), primary_key=True),
    Column("track_id", String(22), primary_key=True),
    Column("plays", BigInteger, nullable=False),
    Column("skips", BigInteger, nullable=False),
    Column("heard_ms", BigInteger, nullable=False),
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
)
