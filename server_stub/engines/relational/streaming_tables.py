"""Tables of streaming: how far each track is prepared, and the renditions there are.

Tracks are named by id without a foreign key: what belongs to a track that left the library must be
found here until its bytes are deleted.
"""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, String, Table, Text

from server_stub.engines.relational.schema import metadata

preparations = Table(
    "preparations",
    metadata,
    Column("track_id", String(22), primary_key=True),
    Column("revision", Text, nullable=False),
    Column("state", String(7), nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("requested_at", Float),
    Column("attempts", Integer, nullable=False, default=0),
    Column("retry_at", Float, nullable=False, default=0),
    Column("reason", Text, nullable=False, default=""),
    Column("damage", Text, nullable=False, default=""),
    Column("note", Text, nullable=False, default="", server_default=""),
    Column("measured", Integer, nullable=False, default=0),
    Column("lufs", Float),
    Column("true_peak_dbtp", Float),
    Column("lead_in", BigInteger, nullable=False, default=0),
    Column("lead_out", BigInteger, nullable=False, default=0),
    Index("ix_preparations_queue", "state", "requested_at", "position"),
    Index("ix_preparations_position", "position"),
)

renditions = Table(
    "renditions",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("track_id", String(22), nullable=False),
    Column("revision", Text, nullable=False),
    Column("state", String(7), nullable=False),
    Column("codec", String(6), nullable=False),
    Column("kbps", Integer, nullable=False),
    Column("size", BigInteger, nullable=False, default=0),
    Column("init_bytes", Integer, nullable=False, default=0),
    Column("pieces", Integer, nullable=False, default=0),
    Column("index_sha256", String(64), nullable=False, default=""),
    Column("sample_rate", Integer, nullable=False, default=0),
    Column("duration_samples", BigInteger, nullable=False, default=0),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("created_at", Float, nullable=False),
    Index("ix_renditions_track_id", "track_id", "state"),
    Index("ix_renditions_state", "state"),
)
