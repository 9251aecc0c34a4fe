"""Tables of the collection. Users and entities belong to others: no foreign keys."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from server_stub.engines.relational.schema import metadata

marks = Table(
    "marks",
    metadata,
    Column("user_id", String(22), primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("target", String(22), primary_key=True),
    Column("value", Integer, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Index("ix_marks_revision", "user_id", "revision"),
    Index("ix_marks_newest", "user_id", "kind", "at_ms"),
)
