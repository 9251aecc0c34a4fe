"""Tables of the catalog: what is in the library, where its files lie, and what changed when.

`sort_*` columns hold folded text and order the lists; the two link tables repeat it, so that a page
of one artist or one genre is a walk along one index. Paths are bytes, as the file system has them.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
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

artists = Table(
    "artists",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("sort_name", Text, nullable=False),
    Column("mbid", Text),
    Column("cover", String(22)),
    Column("album_count", Integer, nullable=False, default=0),
    Column("track_count", Integer, nullable=False, default=0),
    Index("ix_artists_order", "sort_name", "id"),
)

albums = Table(
    "albums",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("sort_title", Text, nullable=False),
    Column("compilation", Boolean, nullable=False, default=False),
    Column("release_mbid", Text),
    Column("year", Integer),
    Column("label", Text),
    Column("cover", String(22)),
    Column("genres", Text, nullable=False, default="[]"),
    Column("track_count", Integer, nullable=False, default=0),
    Column("duration_ms", BigInteger, nullable=False, default=0),
    Column("added_at", BigInteger, nullable=False),
    Index("ix_albums_order", "sort_title", "id"),
)

album_artists = Table(
    "album_artists",
    metadata,
    Column("album_id", ForeignKey("albums.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("artist_id", ForeignKey("artists.id"), nullable=False),
    Column("sort_title", Text, nullable=False),
    Index("ix_album_artists_order", "artist_id", "sort_title", "album_id"),
)

tracks = Table(
    "tracks",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("album_id", ForeignKey("albums.id"), nullable=False),
    Column("title", Text, nullable=False),
    Column("sort_title", Text, nullable=False),
    Column("disc", Integer, nullable=False, default=1),
    Column("number", Integer, nullable=False, default=0),
    Column("duration_ms", BigInteger, nullable=False),
    Column("year", Integer),
    Column("genres", Text, nullable=False, default="[]"),
    Column("cover", String(22)),
    Column("lyrics", String(5), nullable=False, default="none"),
    Column("isrc", Text),
    Column("recording_mbid", Text),
    Column("label", Text),
    Column("composers", Text, nullable=False, default="[]"),
    Column("track_gain_db", Float),
    Column("track_peak", Float),
    Column("album_gain_db", Float),
    Column("album_peak", Float),
    Column("added_at", BigInteger, nullable=False),
    Column("damage", Text),
    Index("ix_tracks_order", "sort_title", "id"),
    Index("ix_tracks_album_order", "album_id", "disc", "number", "id"),
    Index("ix_tracks_cover", "cover"),
)

track_artists = Table(
    "track_artists",
    metadata,
    Column("track_id", ForeignKey("tracks.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("artist_id", ForeignKey("artists.id"), nullable=False),
    Column("sort_title", Text, nullable=False),
    Index("ix_track_artists_order", "artist_id", "sort_title", "track_id"),
)

track_genres = Table(
    "track_genres",
    metadata,
    Column("track_id", ForeignKey("tracks.id", ondelete="CASCADE"), primary_key=True),
    Column("genre", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("sort_title", Text, nullable=False),
    Index("ix_track_genres_order", "genre", "sort_title", "track_id"),
)

lyrics = Table(
    "lyrics",
    metadata,
    Column("track_id", ForeignKey("tracks.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(5), nullable=False),
    Column("language", Text),
    Column("lines", LargeBinary, nullable=False),
)

files = Table(
    "files",
    metadata,
    Column("track_id", ForeignKey("tracks.id", ondelete="CASCADE"), primary_key=True),
    Column("path", LargeBinary, nullable=False, unique=True),
    Column("folder", LargeBinary, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("inode", BigInteger, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("sidecars", Text, nullable=False, default=""),
    Column("cover_file", LargeBinary),
    Column("codec", Text, nullable=False),
    Column("duration_ms", BigInteger, nullable=False),
    Column("sample_rate", Integer, nullable=False),
    Column("channels", Integer, nullable=False),
    Column("album_tag", Text, nullable=False),
    Column("lone_artist", Text),
    Index("ix_files_folder", "folder", "album_tag"),
)

failed_files = Table(
    "failed_files",
    metadata,
    Column("path", LargeBinary, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("inode", BigInteger, nullable=False),
    Column("sidecars", Text, nullable=False, default=""),
    Column("reason", Text, nullable=False),
)

changes = Table(
    "changes",
    metadata,
    Column("kind", String(6), primary_key=True),
    Column("id", String(22), primary_key=True),
    Column("seq", BigInteger, nullable=False, unique=True),
    Column("removed", Boolean, nullable=False, default=False),
)

search_entries = Table(
    "search_entries",
    metadata,
    Column("entry", Integer, primary_key=True),
    Column("kind", String(6), nullable=False),
    Column("id", String(22), nullable=False),
    Column("name", Text, nullable=False),
    Column("joined", Text, nullable=False),
    Column("context", Text, nullable=False),
    Index("ix_search_entries_id", "id", unique=True),
    Index("ix_search_entries_name", "kind", "name"),
)
