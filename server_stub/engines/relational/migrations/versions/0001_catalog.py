"""The catalog: artists, albums, tracks, their files, the change feed and the search index."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "artists",
    "albums",
    "album_artists",
    "tracks",
    "track_artists",
    "track_genres",
    "lyrics",
    "files",
    "failed_files",
    "changes",
    "search_entries",
)


def upgrade() -> None:
    _albums()
    _tracks()
    _track_links()
    _files()
    _feed()
    _full_text()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_text")
    for table in reversed(TABLES):
        op.drop_table(table)


def _albums() -> None:
    op.create_table(
        "artists",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_name", sa.Text(), nullable=False),
        sa.Column("mbid", sa.Text(), nullable=True),
        sa.Column("cover", sa.String(length=22), nullable=True),
        sa.Column("album_count", sa.Integer(), nullable=False),
        sa.Column("track_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_artists"),
        sa.UniqueConstraint("key", name="uq_artists_key"),
    )
    op.create_index("ix_artists_order", "artists", ["sort_name", "id"])
    op.create_table(
        "albums",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sort_title", sa.Text(), nullable=False),
        sa.Column("compilation", sa.Boolean(), nullable=False),
        sa.Column("release_mbid", sa.Text(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("cover", sa.String(length=22), nullable=True),
        sa.Column("genres", sa.Text(), nullable=False),
        sa.Column("track_count", sa.Integer(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_albums"),
        sa.UniqueConstraint("key", name="uq_albums_key"),
    )
    op.create_index("ix_albums_order", "albums", ["sort_title", "id"])
    op.create_table(
        "album_artists",
        sa.Column("album_id", sa.String(length=22), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("artist_id", sa.String(length=22), nullable=False),
        sa.Column("sort_title", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["album_id"], ["albums.id"], name="fk_album_artists_album_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["artist_id"], ["artists.id"], name="fk_album_artists_artist_id"),
        sa.PrimaryKeyConstraint("album_id", "position", name="pk_album_artists"),
    )
    op.create_index(
        "ix_album_artists_order", "album_artists", ["artist_id", "sort_title", "album_id"]
    )


def _tracks() -> None:
    op.create_table(
        "tracks",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("album_id", sa.String(length=22), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sort_title", sa.Text(), nullable=False),
        sa.Column("disc", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("genres", sa.Text(), nullable=False),
        sa.Column("cover", sa.String(length=22), nullable=True),
        sa.Column("lyrics", sa.String(length=5), nullable=False),
        sa.Column("isrc", sa.Text(), nullable=True),
        sa.Column("recording_mbid", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("composers", sa.Text(), nullable=False),
        sa.Column("track_gain_db", sa.Float(), nullable=True),
        sa.Column("track_peak", sa.Float(), nullable=True),
        sa.Column("album_gain_db", sa.Float(), nullable=True),
        sa.Column("album_peak", sa.Float(), nullable=True),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("damage", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["album_id"], ["albums.id"], name="fk_tracks_album_id"),
        sa.PrimaryKeyConstraint("id", name="pk_tracks"),
    )
    op.create_index("ix_tracks_album_order", "tracks", ["album_id", "disc", "number", "id"])
    op.create_index("ix_tracks_cover", "tracks", ["cover"])
    op.create_index("ix_tracks_order", "tracks", ["sort_title", "id"])


def _track_links() -> None:
    op.create_table(
        "track_artists",
        sa.Column("track_id", sa.String(length=22), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("artist_id", sa.String(length=22), nullable=False),
        sa.Column("sort_title", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["artist_id"], ["artists.id"], name="fk_track_artists_artist_id"),
        sa.ForeignKeyConstraint(
            ["track_id"], ["tracks.id"], name="fk_track_artists_track_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("track_id", "position", name="pk_track_artists"),
    )
    op.create_index(
        "ix_track_artists_order", "track_artists", ["artist_id", "sort_title", "track_id"]
    )
    op.create_table(
        "track_genres",
        sa.Column("track_id", sa.String(length=22), nullable=False),
        sa.Column("genre", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_title", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["track_id"], ["tracks.id"], name="fk_track_genres_track_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("track_id", "genre", name="pk_track_genres"),
    )
    op.create_index("ix_track_genres_order", "track_genres", ["genre", "sort_title", "track_id"])
    op.create_table(
        "lyrics",
        sa.Column("track_id", sa.String(length=22), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["track_id"], ["tracks.id"], name="fk_lyrics_track_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("track_id", name="pk_lyrics"),
    )


def _files() -> None:
    op.create_table(
        "files",
        sa.Column("track_id", sa.String(length=22), nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.Column("folder", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=False),
        sa.Column("inode", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("sidecars", sa.Text(), nullable=False),
        sa.Column("cover_file", sa.LargeBinary(), nullable=True),
        sa.Column("codec", sa.Text(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("sample_rate", sa.Integer(), nullable=False),
        sa.Column("channels", sa.Integer(), nullable=False),
        sa.Column("album_tag", sa.Text(), nullable=False),
        sa.Column("lone_artist", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["track_id"], ["tracks.id"], name="fk_files_track_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("track_id", name="pk_files"),
        sa.UniqueConstraint("path", name="uq_files_path"),
    )
    op.create_index("ix_files_folder", "files", ["folder", "album_tag"])
    op.create_table(
        "failed_files",
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=False),
        sa.Column("inode", sa.BigInteger(), nullable=False),
        sa.Column("sidecars", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("path", name="pk_failed_files"),
    )


def _feed() -> None:
    op.create_table(
        "changes",
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name="pk_changes"),
        sa.UniqueConstraint("seq", name="uq_changes_seq"),
    )
    op.create_table(
        "search_entries",
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("joined", sa.Text(), nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry", name="pk_search_entries"),
    )
    op.create_index("ix_search_entries_id", "search_entries", ["id"], unique=True)
    op.create_index("ix_search_entries_name", "search_entries", ["kind", "name"])


def _full_text() -> None:
    """Search goes by trigrams over `search_entries`: SQLite keeps them in a table of its own, in
    step by triggers; PostgreSQL in an index."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        op.execute(
            "CREATE INDEX ix_search_entries_trigrams ON search_entries"
            " USING gin (name gin_trgm_ops, joined gin_trgm_ops, context gin_trgm_ops)"
        )
        return
    op.execute(
        "CREATE VIRTUAL TABLE search_text USING fts5(name, joined, context,"
        " content='search_entries', content_rowid='entry', tokenize='trigram case_sensitive 1')"
    )
    gone = (
        "INSERT INTO search_text(search_text, rowid, name, joined, context)"
        " VALUES ('delete', old.entry, old.name, old.joined, old.context);"
    )
    come = (
        "INSERT INTO search_text(rowid, name, joined, context)"
        " VALUES (new.entry, new.name, new.joined, new.context);"
    )
    for event, steps in (("INSERT", come), ("DELETE", gone), ("UPDATE", gone + come)):
        op.execute(
            f"CREATE TRIGGER search_entries_{event.lower()} AFTER {event} ON search_entries"
            f" BEGIN {steps} END"
        )
