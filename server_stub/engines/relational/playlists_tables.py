"""Tables of playlists. Users belong to another context: no foreign keys to them."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from server_stub.engines.relational.schema import metadata

playlists = Table(
    "playlists",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("owner_id", String(22), nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("cover", String(64)),
    Column("visibility", String(8), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("entry_count", Integer, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("deleted_at", BigInteger),
    Column("first", LargeBinary, nullable=False),
    Column("snapshot", LargeBinary, nullable=False),
    Index("ix_playlists_owner_id", "owner_id"),
)

playlist_revisions = Table(
    "playlist_revisions",
    metadata,
    Column("playlist_id", String(22), ForeignKey("playlists.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("author", String(22), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

playlist_members = Table(
    "playlist_members",
    metadata,
    Column("playlist_id", String(22), ForeignKey("playlists.id"), primary_key=True),
    Column("user_id", String(22), primary_key=True),
    Column("part", String(8), nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Index("ix_playlist_members_user_id", "user_id"),
)
