"""Keys, growing files and the relational read model."""

import os
import stat

import pytest
from sqlalchemy import delete, insert, update

from drm.format import envelope
from server_stub.engines.embedded.blobs_growing import WorkFolder
from server_stub.engines.embedded.blobs_keys import MasterKeyWrap
from server_stub.engines.relational import streaming_tables
from server_stub.engines.relational.catalog_tables import albums, changes, files, tracks
from server_stub.engines.relational.schema import metadata
from server_stub.engines.relational.streaming_sources import RelationalSources
from server_stub.engines.relational.streaming_store import RelationalPreparations
from server_stub.streaming.errors import BlobMissingError, KeyDamagedError
from server_stub.streaming.model.muxing import ClearPiece
from server_stub.streaming.model.sealing import Sealer
from sync.wire.index import digest
from tests.engines_postgres import RELATIONAL

RENDITION = "R" * 22


def test_a_content_key_opens_only_for_its_rendition_and_server(tmp_path):
    key = envelope.new_content_key()
    path = tmp_path / "secrets" / "content.key"
    wrapped = MasterKeyWrap.at(path).wrap(RENDITION, key)
    assert key not in wrapped
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = MasterKeyWrap.at(path)
    assert again.unwrap(RENDITION, wrapped) == key
    for keys, name, sealed in (
        (again, "other", wrapped),
        (again, RENDITION, wrapped[:-1] + bytes((wrapped[-1] ^ 1,))),
        (again, RENDITION, b""),
        (MasterKeyWrap(os.urandom(32)), RENDITION, wrapped),
    ):
        with pytest.raises(KeyDamagedError):
            keys.unwrap(name, sealed)


def test_a_damaged_master_key_is_not_replaced(tmp_path):
    path = tmp_path / "content.key"
    path.write_bytes(b"short")
    with pytest.raises(KeyDamagedError):
        MasterKeyWrap.at(path)
    assert path.read_bytes() == b"short"


def test_a_growing_file_stays_readable_while_it_is_moved_away(tmp_path):
    work = WorkFolder(tmp_path / "work")
    with pytest.raises(BlobMissingError):
        work.read(RENDITION, 0, 1)
    work.path_of(RENDITION).write_bytes(b"0123456789")
    assert work.read(RENDITION, 2, 5) == b"234"
    with pytest.raises(BlobMissingError):
        work.read(RENDITION, 5, 11)
    work.path_of(RENDITION).rename(tmp_path / "moved")
    assert work.read(RENDITION, 0, 10) == b"0123456789"
    work.forget(RENDITION)
    work.forget(RENDITION)
    with pytest.raises(BlobMissingError):
        work.read(RENDITION, 0, 1)


def test_sealed_pieces_decrypt_and_verify_as_ranges_of_one_file():
    key = envelope.new_content_key()
    sealer = Sealer(key)
    clear = [b"beginning" * 7, os.urandom(1000), os.urandom(333)]
    stored = sealer.beginning(clear[0])
    first = sealer.piece(ClearPiece(clear[1], 0, 0, 1024))
    second = sealer.piece(ClearPiece(clear[2], 100, 40, 2048))
    stored += first.data + second.data
    assert sealer.size == len(stored)
    assert envelope.apply(key, 0, stored) == b"".join(clear)
    for piece in (first.entry, second.entry):
        assert piece.digest == digest(stored[piece.start : piece.end])
    assert second.entry.offset - second.entry.start == 100


@pytest.fixture(params=RELATIONAL)
def database(request, open_database):
    return open_database(request.param)


async def test_the_migration_makes_the_tables_of_the_code(database):
    def compare(connection):
        from alembic.autogenerate import compare_metadata
        from alembic.migration import MigrationContext

        ours = set(streaming_tables.__dict__) & {"preparations", "renditions"}
        found = compare_metadata(MigrationContext.configure(connection), metadata)
        return [one for one in found if any(name in str(one) for name in ours)]

    assert await database.read(compare) == []


def imported(connection, track_id, path, *, size=10, mtime_ns=1, added_at=5, seq=1):
    """A track as the catalog writes it, reduced to what must be there."""
    connection.execute(
        insert(tracks).values(
            id=track_id,
            album_id="A" * 22,
            title="t",
            sort_title="t",
            duration_ms=1,
            added_at=added_at,
        )
    )
    connection.execute(
        insert(files).values(
            track_id=track_id,
            path=path,
            folder=b"/music",
            size=size,
            mtime_ns=mtime_ns,
            inode=1,
            fingerprint=b"",
            codec="flac",
            duration_ms=61_000,
            sample_rate=44_100,
            channels=2,
            album_tag="",
        )
    )
    connection.execute(insert(changes).values(kind="track", id=track_id, seq=seq))


async def test_the_read_model_over_the_catalog(database):
    first, second, third = ("1" * 22, "2" * 22, "3" * 22)

    def fill(connection):
        connection.execute(
            insert(albums).values(id="A" * 22, key="a", title="a", sort_title="a", added_at=1)
        )
        imported(connection, first, b"/music/b\xff.ogg", seq=1)
        imported(connection, second, b"/music/a.ogg", seq=2)
        imported(connection, third, b"/music/0.ogg", added_at=9, seq=3)

    sources, store = RelationalSources(database), RelationalPreparations(database)
    assert await sources.version() == 0
    await database.write(fill)
    assert await sources.version() == 3
    found = await sources.unprepared(10)
    assert [one.track_id for one in found] == [second, first, third]
    assert found[1].path == b"/music/b\xff.ogg"
    assert found[1].duration_ms == 61_000
    assert await sources.source(first) == found[1]
    assert await sources.source("none") is None
    assert len(await sources.unprepared(2)) == 2

    await store.enroll(found)
    assert await sources.unprepared(10) == []
    await database.write(
        lambda connection: (
            connection.execute(
                update(files).where(files.c.track_id == first).values(mtime_ns=2)
            ).rowcount
        )
    )
    (changed,) = await sources.unprepared(10)
    assert changed.track_id == first
    assert changed.revision != found[1].revision
    await store.enroll([changed])

    assert await sources.vanished(10) == []
    await database.write(
        lambda connection: connection.execute(delete(tracks).where(tracks.c.id == second)).rowcount
    )
    assert await sources.vanished(10) == [second]
    await store.remove([second])
    assert await sources.vanished(10) == []


async def test_an_album_is_as_loud_as_its_tracks_once_all_are_measured(database):
    first, second = ("1" * 22, "2" * 22)

    def fill(connection):
        connection.execute(
            insert(albums).values(id="A" * 22, key="a", title="a", sort_title="a", added_at=1)
        )
        imported(connection, first, b"/music/1.ogg", seq=1)
        imported(connection, second, b"/music/2.ogg", seq=2)

    def measured(track_id, lufs):
        return lambda connection: (
            connection.execute(
                update(streaming_tables.preparations)
                .where(streaming_tables.preparations.c.track_id == track_id)
                .values(measured=1, lufs=lufs)
            ).rowcount
        )

    sources, store = RelationalSources(database), RelationalPreparations(database)
    await database.write(fill)
    assert await sources.album_lufs(first) is None
    await store.enroll(await sources.unprepared(10))
    await database.write(measured(first, -10.0))
    assert await sources.album_lufs(first) is None
    await database.write(measured(second, -20.0))
    assert await sources.album_lufs(first) == await sources.album_lufs(second) == -12.6
    await database.write(measured(second, None))
    assert await sources.album_lufs(first) == -10.0
    assert await sources.album_lufs("none") is None
