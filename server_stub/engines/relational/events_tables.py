"""Tables of the event log: events, places of consumers, keys of subjects, builds and snapshots.

A number of an event is never used again, also when the newest events are trimmed: places count on
it. `event_keys.key` is null once it was shredded, so that no new one is made for that subject. A
build is `filling`, `live` or `gone`; its number is never used again either.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from server_stub.engines.relational.schema import metadata

events = Table(
    "events",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("id", String(64), nullable=False),
    Column("source", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("subject", String(64), nullable=False),
    Column("time_ms", BigInteger, nullable=False),
    Column("stored_ms", BigInteger, nullable=False),
    Column("sealed", Boolean, nullable=False),
    Column("data", LargeBinary, nullable=False),
    UniqueConstraint("subject", "id"),
    sqlite_autoincrement=True,
)

event_places = Table(
    "event_places",
    metadata,
    Column("place", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
)

event_keys = Table(
    "event_keys",
    metadata,
    Column("subject", String(64), primary_key=True),
    Column("key", LargeBinary(32)),
)

event_builds = Table(
    "event_builds",
    metadata,
    Column("name", Text, primary_key=True),
    Column("build", Integer, primary_key=True, autoincrement=False),
    Column("state", String(7), nullable=False),
)

event_snapshots = Table(
    "event_snapshots",
    metadata,
    Column("name", Text, primary_key=True),
    Column("subject", String(64), primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

event_snapshot_positions = Table(
    "event_snapshot_positions",
    metadata,
    Column("name", Text, primary_key=True),
    Column("position", Text, nullable=False),
)
