"""Tables of licensing. Users belong to another context, so they are named without a foreign key."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, String, Table, Text

from server_stub.engines.relational.schema import metadata

devices = Table(
    "devices",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("user_id", String(22), nullable=False),
    Column("name", Text, nullable=False),
    Column("public_key", LargeBinary(32), nullable=False),
    Column("session_id", String(22), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Index("ix_devices_user_id", "user_id", "created_at"),
)
