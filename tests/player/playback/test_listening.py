"""What the person sets of the sound, and the sleep timer, through a whole player."""

import asyncio
import math

import msgspec
import pytest

from player.errors import NotFoundError
from player.playback.hearing import Hearing, SoundStock, follows
from player.playback.lane import Lane
from player.playback.sound.equaliser import PRESETS
from player.playback.sound.head import SphericalHead
from player.playback.sound.shape import PLAIN
from player.settings import SoundSettings
from sync.wire.catalog import AlbumRef, Gain, Track
from sync.wire.playback import Manifest
from tests.player.playback.stage import Stage, scenario
from tests.player.playback.virtual_time import run_virtual

PIECE_S = 65_536 / 44_100
with_ = msgspec.structs.replace


def track(identifier, album, number, *, disc=1, gain=None):
    return Track(
        id=identifier,
        title=identifier,
        artists=(),
        album=AlbumRef(album, album),
        duration_ms=1,
        disc=disc,
        number=number,
        gain=gain,
    )


class Shelf:
    def __init__(self, *tracks):
        self.tracks = {one.id: one for one in tracks}

    def track(self, track_id):
        return self.tracks.get(track_id)


class Ears:
    """Remembers the plan; nothing sounds here."""

    plan = None

    def arrange(self, plan):
        self.plan = plan


def lane(identifier, lufs=None, *, samples=441_000, album_lufs=None, exact=True):
    made = Lane(f"e-{identifier}", identifier, "aac")
    manifest = Manifest(
        track_id=identifier,
        sample_rate=44_100,
        channels=2,
        duration_samples=samples,
        exact=exact,
        renditions=(),
        loudness_lufs=lufs,
        album_loudness_lufs=album_lufs,
    )

    class Granted:
        def __init__(self):
            self.manifest = manifest
            self.track_id = identifier

    made.granted = Granted()
    return made


ALBUM = (track("one", "A", 1), track("two", "A", 2), track("other", "B", 1))


def hearing(*tracks, **values):
    ears = Ears()
    made = Hearing(ears, Shelf(*(tracks or ALBUM)), SoundStock(SoundSettings(**values)))
    return made, ears


def gain_db(shape):
    return 20 * math.log10(shape.gain)


@pytest.mark.parametrize(
    ("before", "after", "answer"),
    [
        (track("a", "A", 1), track("b", "A", 2), True),
        (track("a", "A", 2), track("b", "A", 1), False),
        (track("a", "A", 1), track("b", "A", 3), False),
        (track("a", "A", 9), track("b", "A", 1, disc=2), True),
        (track("a", "A", 1), track("b", "B", 2), False),
        (track("a", "A", 0), track("b", "A", 0), True),
        (track("a", "A", 0), track("a", "A", 0), False),
    ],
)
def test_what_follows_on_an_album(before, after, answer):
    assert follows(before, after) is answer


def test_with_everything_off_every_shape_is_plain():
    made, ears = hearing()
    assert made.shape(lane("one", -8.0), [lane("one")]) is PLAIN
    assert ears.plan.idle


def test_a_track_is_brought_to_the_target():
    made, _ = hearing(normalise="track", target_lufs=-18, preamp_db=2)
    one = lane("one", -8.0)
    assert gain_db(made.shape(one, [one])) == pytest.approx(-8)
    assert made.shown(one)["gain_db"] == -8.0


def test_an_album_in_order_keeps_its_balance_and_other_tracks_do_not():
    made, _ = hearing(normalise="auto")
    one, two, other = lane("one", -10.0), lane("two", -20.0), lane("other", -20.0)
    lanes = [one, two, other]
    first, second, third = (made.shape(each, lanes) for each in lanes)
    assert gain_db(first) == pytest.approx(-4)  # of the album only this one was known
    assert gain_db(second) == pytest.approx(-14 + 12.6, abs=0.1)
    assert gain_db(third) == pytest.approx(6)
    assert made.shape(one, lanes) == first  # no step in the middle of a track


def test_the_servers_album_loudness_is_best_then_the_tags_then_what_is_known():
    tagged = track("one", "A", 1, gain=Gain(album_gain_db=-6.0, track_gain_db=-2.0))
    made, _ = hearing(tagged, ALBUM[1], normalise="album")
    told, silent = lane("one", -10.0, album_lufs=-12.0), lane("one", -10.0)
    assert gain_db(made.shape(told, [told])) == pytest.approx(-2)
    assert gain_db(made.shape(silent, [silent])) == pytest.approx(-14 + 12)


def test_a_track_that_was_not_measured_is_as_its_tag_says_or_left():
    tagged = track("one", "A", 1, gain=Gain(track_gain_db=-2.0))
    made, _ = hearing(tagged, ALBUM[1], normalise="track")
    one, two = lane("one"), lane("two")
    assert gain_db(made.shape(one, [one])) == pytest.approx(2)
    assert made.shape(two, [two]).gain == 1.0


def test_fades_are_between_albums_only():
    made, ears = hearing(crossfade_s=5)
    lanes = [lane("one"), lane("two"), lane("other")]
    first, second, third = (made.shape(each, lanes) for each in lanes)
    assert (first.fade_in_s, first.fade_out_s, first.total) == (0, 0, 441_000)
    assert (second.fade_in_s, second.fade_out_s) == (0, 5)
    assert (third.fade_in_s, third.fade_out_s) == (5, 0)
    assert ears.plan.levels
    assert made.lead_s == 5


def test_what_was_heard_before_counts_and_an_unknown_length_is_not_told():
    made, _ = hearing(crossfade_s=5)
    made.before = lambda: "other"
    one = lane("one", exact=False)
    shape = made.shape(one, [one])
    assert (shape.fade_in_s, shape.total) == (5, None)


def test_a_wish_that_does_not_exist_changes_nothing():
    made, ears = hearing(mono=True)
    with pytest.raises(NotFoundError, match="flute"):
        made.set(SoundSettings(eq="flute"))
    assert made.settings.mono
    assert ears.plan.mono


def test_settings_that_name_nothing_do_not_keep_the_player_from_starting():
    made, ears = hearing(eq="flute", mono=True)
    assert "flute" in made.trouble
    assert (made.settings.eq, ears.plan.mono) == ("off", True)


def test_only_what_is_heard_differently_begins_anew():
    made, _ = hearing()
    assert made.set(with_(made.settings, eq="bass"))
    assert not made.set(with_(made.settings, sleep_fade_s=3))
    assert made.set(with_(made.settings, spatial="synthetic"))
    assert not made.set(with_(made.settings, spatial="synthetic"))
    assert made.set(with_(made.settings, normalise="track"))
    assert made.shown(None)["spatial"] == "synthetic"


# ------------------------------------------------------------------ with a player


async def playing(stage, *tracks):
    stage.controller.play(tracks)
    await asyncio.sleep(2)


@scenario()
async def test_a_change_is_heard_at_once_from_the_same_place(stage):
    stage.server.add_track("t1", 20 * PIECE_S)
    await playing(stage, "t1")
    listening = stage.controller.listening
    heard = stage.controller.state()["position_ms"]
    listening.set(with_(listening.settings, eq="bass", spatial="synthetic", mono=True))
    assert stage.sound.plan.curve is PRESETS["bass"]
    assert stage.sound.plan.head == SphericalHead()
    assert stage.controller.state()["position_ms"] == pytest.approx(heard, abs=2)
    assert stage.controller.state()["sound"]["eq"] == "bass"
    await asyncio.sleep(1)
    assert stage.controller.state()["position_ms"] == pytest.approx(heard + 1000, abs=60)
    assert stage.stalls() == 0


@scenario()
async def test_shapes_reach_the_sound_path(stage):
    for name in ("t1", "t2"):
        stage.server.add_track(name, 4 * PIECE_S)
    listening = stage.controller.listening
    listening.set(with_(listening.settings, crossfade_s=2, normalise="track"))
    await playing(stage, "t1", "t2")
    shape = stage.sound.shapes["t1"]
    assert shape.total == 4 * 65_536
    assert shape.gain != 0


@scenario()
async def test_sleep_by_time_goes_down_slowly_and_holds(stage):
    stage.server.add_track("t1", 40 * PIECE_S)
    await playing(stage, "t1")
    listening = stage.controller.listening
    stage.controller.set_volume(80)
    listening.sleep_after_s(20)
    assert stage.controller.state()["sound"]["sleep"]["left_s"] == 20
    await asyncio.sleep(9)
    assert stage.sound.volume == 80
    await asyncio.sleep(6)
    assert stage.sound.volume == pytest.approx(40, abs=1)
    assert stage.controller.state()["volume"] == 80
    await asyncio.sleep(5.2)
    assert stage.controller.state()["status"] == "paused"
    assert stage.controller.state()["sound"]["sleep"] is None
    assert stage.sound.volume == 80
    stage.controller.resume()
    await asyncio.sleep(1)
    assert stage.controller.state()["status"] == "playing"


@scenario()
async def test_sleep_after_this_track_leaves_the_next_one_waiting(stage):
    for name in ("t1", "t2"):
        stage.server.add_track(name, 8 * PIECE_S)
    await playing(stage, "t1", "t2")
    stage.controller.listening.sleep_after_tracks(1)
    await asyncio.sleep(8 * 65_536 / 44_100 - 2 - 1)
    assert stage.sound.volume < 30
    await asyncio.sleep(3)
    state = stage.controller.state()
    assert (state["status"], state["track"]["id"], state["position_ms"]) == ("paused", "t2", 0)
    assert {heard.piece.track_id for heard in stage.sound.heard} == {"t1"}
    assert stage.sound.volume == 100
    stage.controller.resume()
    await asyncio.sleep(1)
    assert stage.controller.state()["status"] == "playing"
    assert stage.controller.state()["track"]["id"] == "t2"


@scenario()
async def test_sleep_after_two_tracks_counts_them(stage):
    for name in ("t1", "t2", "t3"):
        stage.server.add_track(name, 4 * PIECE_S)
    await playing(stage, "t1", "t2", "t3")
    stage.controller.listening.sleep_after_tracks(2)
    await asyncio.sleep(4 * 65_536 / 44_100)
    assert stage.controller.state()["sound"]["sleep"]["tracks"] == 1
    await asyncio.sleep(8)
    state = stage.controller.state()
    assert (state["status"], state["track"]["id"]) == ("paused", "t3")


@scenario()
async def test_staying_awake_after_all(stage):
    for name in ("t1", "t2"):
        stage.server.add_track(name, 4 * PIECE_S)
    await playing(stage, "t1", "t2")
    stage.controller.listening.sleep_after_tracks(1)
    await asyncio.sleep(1)
    stage.controller.listening.stay_awake()
    assert stage.sound.volume == 100
    await asyncio.sleep(5)
    assert stage.controller.state()["track"]["id"] == "t2"
    assert stage.controller.state()["status"] == "playing"


def test_the_clock_of_the_state_follows_the_speed():
    async def scene():
        stage = Stage()
        async with stage.running():
            stage.server.add_track("t1", 20 * PIECE_S)
            listening = stage.controller.listening
            listening.set(with_(listening.settings, speed=2.0))
            stage.controller.play(["t1"])
            await asyncio.sleep(1)
            state = stage.controller.state()
            assert state["sound"]["speed"] == 2.0
            transport = stage.controller._transport
            assert transport.left_s() == pytest.approx(transport._left_s() / 2)

    run_virtual(scene())
