"""A damaged file from the scan to the doctor, with the real encoder between."""

import asyncio

from server_stub.bootstrap import administration, composition
from server_stub.bootstrap.composition import Ground
from server_stub.bootstrap.folder import DataFolder
from server_stub.catalog.model.queries import PageRequest, TrackQuery
from server_stub.kernel.clock import SystemClock
from server_stub.settings import Settings
from tests.server_stub.catalog.music import sound


async def test_damage_that_only_the_encoder_sees_reaches_everyone_who_asks(tmp_path):
    music, folder = tmp_path / "music", DataFolder(tmp_path / "data")
    music.mkdir()
    (music / "whole.mp3").write_bytes(sound(".mp3", 3.0))
    (music / "holed.flac").write_bytes(_with_a_hole(sound(".flac", 3.0)))
    (music / "noise.ogg").write_bytes(b"noise" * 100)
    ground = await asyncio.to_thread(Ground.open, folder, Settings(), SystemClock())
    importer = composition.importer(ground.database, ground.clock)
    first = await importer.run([music])
    assert [file.path for file in first.failed] == [str(music / "noise.ogg")]

    streaming = composition.streaming(ground)
    await streaming.preparer.idle()
    await streaming.close()

    catalog = composition.catalog(folder, ground.database)
    tracks = (await catalog.tracks(TrackQuery(), PageRequest(10))).items
    damage = {track.title: track.damage for track in tracks}
    assert damage["whole"] is None
    assert damage["holed"].startswith("breaks off after")
    again = await importer.run([music])
    assert {file.path for file in again.failed} == {
        str(music / "noise.ogg"),
        str(music / "holed.flac"),
    }
    await asyncio.to_thread(ground.database.close)
    found = await administration.examine(folder)
    assert found.ok
    assert {file.path for file in found.damaged} == {file.path for file in again.failed}
    details = {finding.name: finding.detail for finding in found.findings}
    assert details["files"] == "2 damaged, 0 whole but odd"
    assert details["database"].startswith("2 tracks, 1 album, 1 artist, 0 genres")


def _with_a_hole(data: bytes) -> bytes:
    """The same length, but a part in the middle says nothing."""
    middle = len(data) // 2
    return data[:middle] + bytes(2000) + data[middle + 2000 :]
