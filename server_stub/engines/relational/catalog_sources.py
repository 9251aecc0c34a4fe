"""The read model for whoever opens the music files: streaming's `Sources` stands on it."""

import os
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from server_stub.engines.relational.catalog_tables import files, tracks


@dataclass(frozen=True, slots=True)
class AudioFile:
    """Where a track's sound lies, and what its headers say of it (a decoder knows better)."""

    track_id: str
    path: str
    """May hold undecodable bytes as surrogates, as `os.fsdecode` gives them; fit for `open()`."""
    codec: str
    """vorbis, opus, flac, mp3, aac, alac or wav."""
    duration_ms: int
    sample_rate: int
    channels: int
    size: int
    mtime_ns: int
    """With `size`, what tells whether something made from this file is still of this file."""
    damage: str | None


def select_audio_files() -> Select[Any]:
    """Rows for `audio_file`, to be narrowed: `files` and `tracks` are joined in it."""
    return select(
        files.c.track_id,
        files.c.path,
        files.c.codec,
        files.c.duration_ms,
        files.c.sample_rate,
        files.c.channels,
        files.c.size,
        files.c.mtime_ns,
        tracks.c.damage,
    ).join_from(files, tracks, tracks.c.id == files.c.track_id)


def audio_file(row: Row[Any]) -> AudioFile:
    """A row of `select_audio_files()`."""
    return AudioFile(
        track_id=row.track_id,
        path=os.fsdecode(row.path),
        codec=row.codec,
        duration_ms=row.duration_ms,
        sample_rate=row.sample_rate,
        channels=row.channels,
        size=row.size,
        mtime_ns=row.mtime_ns,
        damage=row.damage,
    )


def find_audio_file(connection: Connection, track_id: str) -> AudioFile | None:
    """The file of one track; None if there is no such track."""
    row = connection.execute(select_audio_files().where(files.c.track_id == track_id)).first()
    return None if row is None else audio_file(row)
