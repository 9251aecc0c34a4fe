"""What every store of preparations promises."""

from dataclasses import replace

import pytest

from server_stub.engines.memory.streaming import MemoryPreparations
from server_stub.engines.relational.streaming_store import RelationalPreparations
from server_stub.streaming.model.encoding import Loudness
from server_stub.streaming.model.renditions import (
    DraftRendition,
    FailedTrack,
    NotedTrack,
    Outcome,
    SourceFile,
    StoredRendition,
)
from sync.wire.ids import new_id
from sync.wire.playback import Edges
from tests.engines_postgres import ADAPTERS

FIRST, SECOND, THIRD = (
    SourceFile(letter * 22, b"/music/\xff" + letter.encode(), "10-1", 1000) for letter in "abc"
)
LOUDNESS = Loudness(lufs=-14.5, true_peak_dbtp=-0.3, edges=Edges(lead_in=10, lead_out=20))


@pytest.fixture(params=ADAPTERS)
def store(request, open_database):
    if request.param == "memory":
        yield MemoryPreparations()
        return
    yield RelationalPreparations(open_database(request.param))


def draft(source, codec="aac", kbps=160):
    wrapped = b"\x01" * 60
    return DraftRendition(
        new_id(), source.track_id, source.revision, codec, kbps, wrapped, 1_800_000_000.0
    )


def stored(one):
    return StoredRendition(
        one.id,
        one.track_id,
        one.revision,
        one.codec,
        one.kbps,
        5000,
        700,
        3,
        "ff" * 32,
        44_100,
        190_000,
        one.wrapped_key,
        one.created_at,
    )


async def completed(store, source, *drafts, whole, loudness=None, damage=""):
    await store.begin(drafts)
    made = tuple(map(stored, drafts))
    await store.complete(Outcome(source.track_id, source.revision, made, damage, loudness, whole))
    return made


async def test_tracks_are_claimed_in_import_order_and_requested_ones_first(store):
    await store.enroll([FIRST, SECOND, THIRD])
    await store.request(THIRD, 5.0)
    assert await store.claim(10.0, ()) == THIRD.track_id
    assert await store.claim(10.0, {FIRST.track_id}) == SECOND.track_id
    assert await store.claim(10.0, ()) == FIRST.track_id
    assert await store.claim(10.0, ()) is None
    progress = await store.progress()
    assert (progress.tracks, progress.working, progress.waiting) == (3, 3, 0)


async def test_the_first_to_be_requested_goes_first(store):
    await store.enroll([FIRST])
    await store.request(THIRD, 6.0)
    await store.request(SECOND, 5.0)
    assert [await store.claim(9.0, ()) for _ in range(3)] == [
        SECOND.track_id,
        THIRD.track_id,
        FIRST.track_id,
    ]


async def test_enrolling_again_changes_nothing(store):
    await store.enroll([FIRST])
    assert await store.claim(1.0, ()) == FIRST.track_id
    await store.enroll([FIRST])
    assert await store.claim(1.0, ()) is None


async def test_a_rendition_is_there_only_when_it_is_complete(store):
    await store.enroll([FIRST])
    one = draft(FIRST)
    await store.begin([one])
    assert await store.rendition(one.id) is None
    assert (await store.track(FIRST.track_id)).renditions == ()
    await store.complete(
        Outcome(FIRST.track_id, FIRST.revision, (stored(one),), "breaks off", None, whole=False)
    )
    track = await store.track(FIRST.track_id)
    assert track.renditions == (stored(one),)
    assert (track.state, track.loudness, track.damage) == ("waiting", None, "breaks off")
    assert track.rungs_of(FIRST.revision) == {("aac", 160)}
    assert track.rungs_of("another") == set()
    assert await store.rendition(one.id) == stored(one)
    assert await store.track("unknown") is None
    assert await store.rendition("unknown") is None


async def test_a_whole_ladder(store):
    await store.request(FIRST, 1.0)
    assert await store.claim(1.0, ()) == FIRST.track_id
    made = await completed(
        store, FIRST, draft(FIRST), draft(FIRST, "vorbis"), whole=True, loudness=LOUDNESS
    )
    track = await store.track(FIRST.track_id)
    assert (track.state, track.loudness) == ("ready", LOUDNESS)
    assert set(track.renditions) == set(made)
    progress = await store.progress()
    assert (progress.ready, progress.renditions_ready, progress.bytes_ready) == (1, 2, 10_000)
    assert progress.notes == ()


async def test_what_is_odd_about_a_source_is_said_until_it_changes(store):
    await store.enroll([FIRST])
    made = (stored(draft(FIRST)),)
    odd = Outcome(FIRST.track_id, FIRST.revision, made, "", LOUDNESS, whole=True, note="odd end")
    await store.complete(odd)
    assert (await store.progress()).notes == (NotedTrack(FIRST.track_id, "odd end"),)
    await store.complete(replace(odd, note=""))
    assert (await store.progress()).notes == ()


async def test_a_changed_file_is_prepared_again_and_then_replaces_the_old_one(store):
    await store.enroll([FIRST])
    await store.claim(1.0, ())
    (old,) = await completed(store, FIRST, draft(FIRST), whole=True)
    changed = replace(FIRST, revision="11-2")
    await store.enroll([changed])
    track = await store.track(FIRST.track_id)
    assert (track.state, track.revision, track.renditions) == ("waiting", "11-2", (old,))
    assert await store.claim(1.0, ()) == FIRST.track_id

    (new,) = await completed(store, changed, draft(changed), whole=True, loudness=LOUDNESS)

    assert (await store.track(FIRST.track_id)).renditions == (new,)
    assert await store.rendition(old.id) is None
    doomed = await store.doomed(10)
    assert [(one.id, one.codec) for one in doomed] == [(old.id, "aac")]
    await store.erase([old.id])
    assert await store.doomed(10) == []


async def test_a_file_that_changes_while_it_is_encoded_waits_again(store):
    await store.enroll([FIRST])
    await store.claim(1.0, ())
    await store.enroll([replace(FIRST, revision="11-2")])
    await completed(store, FIRST, draft(FIRST), whole=True)
    track = await store.track(FIRST.track_id)
    assert (track.state, len(track.renditions)) == ("waiting", 1)


async def test_failures_are_tried_later_or_given_up(store):
    await store.enroll([FIRST])
    await store.claim(1.0, ())
    one = draft(FIRST)
    await store.begin([one])
    await store.fail(FIRST.track_id, [one.id], "lost", 50.0)
    assert [found.id for found in await store.doomed(9)] == [one.id]
    assert await store.claim(49.0, ()) is None
    assert await store.claim(50.0, ()) == FIRST.track_id
    assert (await store.track(FIRST.track_id)).attempts == 1
    await store.fail(FIRST.track_id, (), "no audio", None)
    assert await store.claim(99.0, ()) is None
    progress = await store.progress()
    assert (progress.failed, progress.failures) == (1, (FailedTrack(FIRST.track_id, "no audio"),))
    await store.enroll([replace(FIRST, revision="12-3")])
    assert await store.claim(99.0, ()) == FIRST.track_id
    assert (await store.track(FIRST.track_id)).attempts == 0


async def test_recovery_after_a_crash(store):
    await store.enroll([FIRST, SECOND])
    await store.claim(1.0, ())
    (kept,) = await completed(store, FIRST, draft(FIRST), whole=False)
    one = draft(FIRST, "vorbis")
    await store.begin([one])

    await store.claim(1.0, ())
    await store.fail(SECOND.track_id, (), "no audio", None)

    await store.recover()

    assert await store.claim(1.0, ()) == FIRST.track_id
    assert await store.claim(1.0, ()) == SECOND.track_id
    assert [found.id for found in await store.doomed(9)] == [one.id]
    assert (await store.track(FIRST.track_id)).renditions == (kept,)


async def test_a_removed_track_leaves_nothing(store):
    await store.enroll([FIRST])
    (old,) = await completed(store, FIRST, draft(FIRST), whole=False)
    late = draft(FIRST, "vorbis")
    await store.begin([late])
    await store.remove([FIRST.track_id])
    assert await store.track(FIRST.track_id) is None
    assert await store.rendition(old.id) is None
    assert {one.id for one in await store.doomed(9)} == {old.id, late.id}

    # Its encoder may end later: that brings nothing back.
    await store.complete(
        Outcome(FIRST.track_id, FIRST.revision, (stored(late),), "", None, whole=True)
    )
    assert await store.rendition(late.id) is None
    await store.erase([old.id, late.id])
    assert await store.doomed(9) == []
