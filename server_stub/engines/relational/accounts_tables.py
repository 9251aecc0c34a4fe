"""Tables of accounts. Passwords and tokens stand here as hashes only."""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from server_stub.engines.relational.schema import metadata

users = Table(
    "users",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("tier", String(16), nullable=False),
    Column("region", String(2), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("password_hash", Text, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("user_id", String(22), ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("label", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Index("ix_sessions_user_id", "user_id", "created_at"),
)

session_tokens = Table(
    "session_tokens",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("session_id", String(22), ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    Column("used_at", BigInteger),
    Column("successor_hash", LargeBinary(32)),
    Index("ix_session_tokens_session_id", "session_id"),
)

device_flows = Table(
    "device_flows",
    metadata,
    Column("code_hash", LargeBinary(32), primary_key=True),
    Column("user_code", String(8), nullable=False, unique=True),
    Column("client_name", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
    Column("interval_s", Integer, nullable=False),
    Column("polled_at", Float),
    Column("state", String(8), nullable=False),
    Column("user_id", String(22), ForeignKey("users.id", ondelete="CASCADE")),
    Index("ix_device_flows_expires_at", "expires_at"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Float, nullable=False),
    Index("ix_attempts_last_at", "last_at"),
)
