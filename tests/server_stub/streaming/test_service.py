"""The streaming service on its fakes: requested first, snapshots, failures, changes."""

import asyncio
import contextlib
import hashlib
from types import SimpleNamespace

import pytest

from drm.format import envelope
from server_stub.engines.embedded.blobs_growing import WorkFolder
from server_stub.engines.embedded.blobs_keys import MasterKeyWrap
from server_stub.engines.memory.streaming import (
    MemoryBlobs,
    MemoryFindings,
    MemoryPreparations,
    MemorySources,
)
from server_stub.engines.memory.streaming_encoder import MemoryEncoder
from server_stub.kernel.clock import ManualClock
from server_stub.streaming.errors import (
    BlobMissingError,
    EncoderLostError,
    NotReadyError,
    PreparationFailedError,
    RenditionUnknownError,
    SnapshotUnknownError,
    SourceDamagedError,
    TrackUnknownError,
)
from server_stub.streaming.model.renditions import LADDER, SourceFile, data_name
from server_stub.streaming.service import (
    PreparingSettings,
    Stores,
    StreamingService,
    StreamingSettings,
)
from sync.wire.index import decode_index, digest
from sync.wire.playback import Edges, manifest_from_bytes

SONG, OTHER = "S" * 22, "T" * 22


@contextlib.asynccontextmanager
async def streaming(folder, *, pieces=3, held=False, wait_s=5.0):
    preparations, blobs = MemoryPreparations(), MemoryBlobs()
    sources, encoder, clock = (
        MemorySources(preparations),
        MemoryEncoder(pieces, held=held),
        ManualClock(),
    )
    stores = Stores(
        preparations,
        blobs,
        WorkFolder(folder / "work"),
        MasterKeyWrap(bytes(32)),
        MemoryFindings(),
    )
    settings = StreamingSettings(
        first_wait_s=0.0,
        first_piece_timeout_s=wait_s,
        preparing=PreparingSettings(poll_s=3600, full_scan_polls=1),
    )
    service = StreamingService(sources, stores, encoder, clock, settings)
    for track_id in (SONG, OTHER):
        sources.put(SourceFile(track_id, b"/music/song.ogg", "1", 200_000))
    yield SimpleNamespace(
        service=service, sources=sources, encoder=encoder, clock=clock, stores=stores
    )
    encoder.permit(1000)
    await service.close()


async def all_bytes_are_right(service, prepared):
    """Every rendition of a manifest can be fetched, verified and decrypted."""
    for rendition in prepared.manifest.renditions:
        index = await service.index(rendition.id, rendition.pieces)
        assert hashlib.sha256(index).hexdigest() == rendition.index_sha256
        decoded = decode_index(index)
        assert len(decoded.pieces) == rendition.pieces
        init = await service.read(rendition.id, 0, rendition.init_bytes)
        assert digest(init) == decoded.init_digest
        assert len(envelope.apply(prepared.keys[rendition.id], 0, init)) == rendition.init_bytes
        for piece in decoded.pieces:
            assert digest(await service.read(rendition.id, piece.start, piece.end)) == piece.digest
        assert decoded.pieces[-1].end == rendition.bytes


async def test_a_prepared_track_has_its_whole_ladder(tmp_path):
    async with streaming(tmp_path) as world:
        await world.service.preparer.idle()
        prepared = await world.service.manifest(SONG, codec="vorbis")
        manifest = manifest_from_bytes(prepared.data)
        assert manifest == prepared.manifest
        assert [(one.codec, one.kbps) for one in manifest.renditions] == list(LADDER)
        assert (manifest.exact, manifest.duration_samples) == (True, 3 * 65_536 - 1)
        assert (manifest.loudness_lufs, manifest.true_peak_dbtp) == (-23.0, -1.0)
        assert manifest.edges == Edges(lead_in=1, lead_out=2)
        assert set(prepared.keys) == {one.id for one in manifest.renditions}
        assert all(one.complete for one in manifest.renditions)
        await all_bytes_are_right(world.service, prepared)
        media = await world.service.media(manifest.renditions[0].id)
        assert (media.size, media.complete) == (manifest.renditions[0].bytes, True)
        assert (media.media_type, media.etag) == ("audio/mp4", manifest.renditions[0].id)
        progress = await world.service.progress()
        assert (progress.tracks, progress.ready, progress.renditions_ready) == (2, 2, 12)
        assert (await world.service.manifest(SONG, codec="aac")).data == prepared.data


async def test_a_manifest_tells_how_loud_the_album_is(tmp_path):
    async with streaming(tmp_path) as world:
        world.sources.group("album", [SONG, OTHER])
        await world.service.preparer.idle()
        prepared = await world.service.manifest(SONG, codec="vorbis")
        assert prepared.manifest.album_loudness_lufs == -23.0
        alone = manifest_from_bytes(prepared.data)
        assert alone.album_loudness_lufs == -23.0


async def test_a_requested_track_grows_under_the_listener(tmp_path):
    async with streaming(tmp_path, pieces=6, held=True) as world:
        service = world.service
        world.encoder.permit(2)
        first = await service.manifest(SONG, codec="vorbis")
        (rendition,) = first.manifest.renditions
        assert (rendition.codec, rendition.kbps, rendition.complete) == ("vorbis", 160, False)
        assert not first.manifest.exact
        assert first.manifest.duration_samples == 200 * 44_100
        await all_bytes_are_right(service, first)
        before = await service.media(rendition.id)
        assert (before.size, before.complete) == (rendition.bytes, False)

        world.encoder.permit(2)
        while (await service.media(rendition.id)).size == before.size:
            await asyncio.sleep(0)
        later = await service.manifest(SONG, codec="vorbis")
        assert later.manifest.renditions[0].id == rendition.id
        assert later.manifest.renditions[0].pieces > rendition.pieces
        assert (await service.media(rendition.id)).etag != before.etag
        await all_bytes_are_right(service, later)
        await all_bytes_are_right(service, first)

        world.encoder.permit(1000)
        while not (await service.media(rendition.id)).complete:
            await asyncio.sleep(0)
        whole = await service.manifest(SONG, codec="vorbis")
        assert whole.manifest.exact
        assert whole.manifest.renditions[0].id == rendition.id
        assert whole.keys == first.keys
        for known in (first, later, whole):
            await all_bytes_are_right(service, known)

        await service.preparer.idle()
        ladder = await service.manifest(SONG, codec="vorbis")
        assert len(ladder.manifest.renditions) == 6
        assert rendition.id in ladder.keys
        assert [len(task.targets) for task in world.encoder.tasks] == [1, 5, 6]
        assert [task.measure for task in world.encoder.tasks] == [False, True, True]


async def test_what_only_a_decoder_sees_is_passed_on(tmp_path):
    async with streaming(tmp_path) as world:
        world.encoder.damage = "breaks off after 80.0 s"
        await world.service.manifest(SONG, codec="aac")
        assert world.stores.findings.reasons == {SONG: "breaks off after 80.0 s"}
        world.encoder.damage, world.encoder.note = "", "stops in full sound"
        await world.service.preparer.idle()
        noted = (await world.service.progress()).notes
        assert {(one.track_id, one.note) for one in noted} == {
            (SONG, "stops in full sound"),
            (OTHER, "stops in full sound"),
        }
        assert list(world.stores.findings.reasons) == [SONG]


async def test_two_listeners_share_one_encode(tmp_path):
    async with streaming(tmp_path, held=True) as world:
        asked = [asyncio.create_task(world.service.manifest(SONG, codec="aac")) for _ in range(2)]
        asked.append(asyncio.create_task(world.service.manifest(SONG, codec="vorbis")))
        world.encoder.permit(4)  # all three pieces of the first, one of the second
        one, two, other = await asyncio.gather(*asked)
        assert one.keys == two.keys
        assert other.keys.keys().isdisjoint(one.keys)
        assert [task.targets[0].codec for task in world.encoder.tasks] == ["aac", "vorbis"]
        assert all(task.urgent for task in world.encoder.tasks)


async def test_a_track_that_is_being_prepared_anyway_is_hurried(tmp_path):
    async with streaming(tmp_path, held=True) as world:
        await world.service.preparer.turn()
        while not world.encoder.tasks:
            await asyncio.sleep(0)
        world.encoder.permit(1)
        growing = await world.service.manifest(SONG, codec="aac")
        assert [one.kbps for one in growing.manifest.renditions] == [96, 160, 320]
        assert len({one.pieces for one in growing.manifest.renditions}) == 1
        assert world.encoder.hurried == [world.encoder.tasks[0].id]
        await all_bytes_are_right(world.service, growing)
        world.encoder.permit(100)
        await world.service.preparer.idle()


async def test_a_listener_who_comes_as_a_job_begins_causes_no_second_encode(tmp_path):
    async with streaming(tmp_path, held=True) as world:
        world.sources.drop(OTHER)
        await world.service.preparer.turn()  # claimed, but its pass has not begun
        world.encoder.permit(1)
        await world.service.manifest(SONG, codec="aac")
        world.encoder.permit(100)
        await world.service.preparer.idle()
        ladder = await world.service.manifest(SONG, codec="aac")
        assert [(one.codec, one.kbps) for one in ladder.manifest.renditions] == list(LADDER)
        assert sum(len(task.targets) for task in world.encoder.tasks) == len(LADDER)


async def test_the_first_piece_does_not_come_in_time(tmp_path):
    async with streaming(tmp_path, held=True, wait_s=0.01) as world:
        with pytest.raises(NotReadyError) as caught:
            await world.service.manifest(SONG, codec="aac")
        assert caught.value.retry_after_s


async def test_unknown_things(tmp_path):
    async with streaming(tmp_path) as world:
        with pytest.raises(TrackUnknownError):
            await world.service.manifest("U" * 22, codec="aac")
        with pytest.raises(RenditionUnknownError):
            await world.service.media("U" * 22)
        with pytest.raises(RenditionUnknownError):
            await world.service.index("U" * 22)
        with pytest.raises(RenditionUnknownError):
            await world.service.read("U" * 22, 0, 1)
        await world.service.preparer.idle()
        rendition = (await world.service.manifest(SONG, codec="aac")).manifest.renditions[0]
        with pytest.raises(SnapshotUnknownError):
            await world.service.index(rendition.id, 4)
        with pytest.raises(BlobMissingError):
            await world.service.read(rendition.id, 0, rendition.bytes + 1)
        assert len(decode_index(await world.service.index(rendition.id, 2)).pieces) == 2


async def test_bytes_that_are_not_written_yet(tmp_path):
    async with streaming(tmp_path, held=True) as world:
        world.encoder.permit(1)
        (rendition,) = (await world.service.manifest(SONG, codec="aac")).manifest.renditions
        with pytest.raises(BlobMissingError):
            await world.service.read(rendition.id, 0, rendition.bytes + 1)
        with pytest.raises(SnapshotUnknownError):
            await world.service.index(rendition.id, 2)


async def test_a_damaged_source_is_refused_until_its_file_changes(tmp_path):
    async with streaming(tmp_path) as world:
        world.encoder.failures.append(SourceDamagedError("holds no audio"))
        with pytest.raises(PreparationFailedError, match="holds no audio"):
            await world.service.manifest(SONG, codec="aac")
        while (await world.service.progress()).failed != 1:
            await asyncio.sleep(0)
        with pytest.raises(PreparationFailedError, match="holds no audio"):
            await world.service.manifest(SONG, codec="aac")
        await world.service.preparer.idle()
        progress = await world.service.progress()
        assert [failure.track_id for failure in progress.failures] == [SONG]
        assert world.stores.findings.reasons == {SONG: "holds no audio"}
        assert len(world.encoder.tasks) == 2  # the refused one, and the ladder of the other track

        world.sources.touch(SONG, "2")
        await world.service.preparer.idle()
        assert (await world.service.progress()).ready == 2
        assert not world.stores.preparations.condemned


async def test_a_lost_encoder_is_tried_again_a_few_times(tmp_path):
    async with streaming(tmp_path) as world:
        world.sources.drop(OTHER)
        world.encoder.failures += [EncoderLostError("ended")] * 2
        await world.service.preparer.idle()
        assert (await world.service.progress()).waiting == 1
        await world.service.preparer.idle()
        assert len(world.encoder.tasks) == 1  # not before its time
        world.clock.advance(30)
        await world.service.preparer.idle()
        world.clock.advance(60)
        await world.service.preparer.idle()
        assert (await world.service.progress()).ready == 1
        assert len(world.encoder.tasks) == 3


async def test_a_track_is_given_up_after_three_tries_and_tried_again_at_the_next_start(tmp_path):
    async with streaming(tmp_path) as world:
        world.sources.drop(OTHER)
        world.encoder.failures += [EncoderLostError("ended")] * 3
        for _ in range(4):
            await world.service.preparer.idle()
            world.clock.advance(1000)
        assert (await world.service.progress()).failed == 1
        await world.stores.preparations.recover()
        await world.service.preparer.idle()
        assert (await world.service.progress()).ready == 1


async def test_a_fault_of_ours_does_not_stop_the_others(tmp_path):
    async with streaming(tmp_path) as world:
        world.encoder.failures.append(RuntimeError("a bug"))
        await world.service.preparer.idle()
        progress = await world.service.progress()
        assert (progress.ready, progress.failed) == (1, 1)
        assert "a bug" in progress.failures[0].reason


async def test_a_changed_file_replaces_its_renditions_and_their_bytes(tmp_path):
    async with streaming(tmp_path) as world:
        await world.service.preparer.idle()
        old = await world.service.manifest(SONG, codec="aac")
        world.sources.touch(SONG, "2")
        await world.service.preparer.idle()
        new = await world.service.manifest(SONG, codec="aac")
        assert new.keys.keys().isdisjoint(old.keys)
        await all_bytes_are_right(world.service, new)
        for rendition in old.manifest.renditions:
            with pytest.raises(RenditionUnknownError):
                await world.service.media(rendition.id)
            with pytest.raises(BlobMissingError):
                await world.stores.blobs.size(data_name(rendition.id, rendition.codec))


async def test_a_removed_track_leaves_neither_bytes_nor_keys(tmp_path):
    async with streaming(tmp_path) as world:
        await world.service.preparer.idle()
        gone = await world.service.manifest(SONG, codec="aac")
        await world.service.media(gone.manifest.renditions[0].id)
        world.sources.drop(SONG)
        await world.service.preparer.idle()
        assert (await world.service.progress()).tracks == 1
        with pytest.raises(TrackUnknownError):
            await world.service.manifest(SONG, codec="aac")
        for rendition in gone.manifest.renditions:
            with pytest.raises(RenditionUnknownError):
                await world.service.media(rendition.id)
            with pytest.raises(BlobMissingError):
                await world.stores.blobs.size(data_name(rendition.id, rendition.codec))


async def test_what_a_killed_server_left_is_cleared_and_done_again(tmp_path):
    async with streaming(tmp_path, held=True) as world:
        world.encoder.permit(1)
        (rendition,) = (await world.service.manifest(SONG, codec="aac")).manifest.renditions
        part = world.stores.workspace.path_of(rendition.id)
        assert part.exists()
        data = part.read_bytes()
        world.service.preparer.wake()
        # A new server on the same stores: nothing of the old one's memory, only what it kept.
        encoder = MemoryEncoder()
        again = StreamingService(world.sources, world.stores, encoder, world.clock)
        await world.stores.preparations.recover()
        part.write_bytes(data)
        await again.preparer.idle()
        assert not part.exists()
        with pytest.raises(RenditionUnknownError):
            await again.media(rendition.id)
        assert (await again.progress()).ready == 2
        await again.close()


async def test_the_loop_of_the_workers(tmp_path):
    async with streaming(tmp_path) as world:
        workers = asyncio.create_task(world.service.run_workers())
        while (await world.service.progress()).ready < 2:
            await asyncio.sleep(0)
        world.sources.put(SourceFile("V" * 22, b"/music/new.ogg", "1", 1000))
        world.service.library_changed()
        while (await world.service.progress()).ready < 3:
            await asyncio.sleep(0)
        workers.cancel()
        with pytest.raises(asyncio.CancelledError):
            await workers
