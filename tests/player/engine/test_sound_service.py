"""The sound's commands: heard at once, remembered over a restart, refused with the reason."""

from typing import NamedTuple

import pytest

from player.bootstrap.probes import sound_probe
from player.engine.curve_shelf import CurveShelf
from player.engine.lyric_offsets import LyricOffsets
from player.engine.services.desk import Desk
from player.engine.services.sound import SoundService
from player.engine.sound_wishes import SoundWishes
from player.errors import NotFoundError, UsageError
from player.playback.errors import CurveUnreadableError
from player.playback.hearing import SoundStock
from player.settings import SoundSettings
from tests.player.playback.stage import Stage

AUTOEQ = "Preamp: -6.0 dB\nFilter 1: ON PK Fc 105 Hz Gain 4.0 dB Q 0.70\n"


class Books(NamedTuple):
    wishes: SoundWishes
    shelf: CurveShelf
    offsets: LyricOffsets


class Furnished(Stage):
    """A player that begins with what is kept."""

    def __init__(self, books):
        self.books = books
        super().__init__()

    def stock(self):
        return SoundStock(self.books.wishes.settings, self.books.shelf.curve)


class World:
    """An engine's sound service over a folder; another one over it is a restart."""

    def __init__(self, folder, settings=None):
        self.books = Books(
            SoundWishes(folder / "sound.json", settings or SoundSettings()),
            CurveShelf(folder / "curves"),
            LyricOffsets(folder / "lyrics.json"),
        )
        self.stage = Furnished(self.books)
        self.controller = self.stage.controller
        listening = self.controller.listening
        self.desk = Desk([SoundService(listening, self.books, self.state)], {})
        self.track = None

    def state(self):
        track = None if self.track is None else {"id": self.track}
        return {**self.controller.state(), "track": track}

    async def __call__(self, command, **args):
        return await self.desk.run(command, args)

    @property
    def sound(self):
        return self.state()["sound"]


@pytest.fixture
async def world(tmp_path):
    return World(tmp_path)


async def test_what_is_set_is_in_force_shown_and_remembered(world, tmp_path):
    answer = await world("sound.set", normalise="auto", target_lufs=-18, crossfade_s=6)
    assert answer["sound"]["target_lufs"] == -18
    await world("sound.set", eq="bass", speed=1.5, spatial="synthetic")
    await world("sound.mono")
    plan = world.stage.sound.plan
    assert (plan.speed, plan.mono, plan.levels) == (1.5, True, True)
    again = World(tmp_path)
    assert again.sound == world.sound
    assert again.stage.sound.plan == plan


async def test_asking_changes_nothing_and_writes_nothing(world, tmp_path):
    assert (await world("sound.set"))["sound"]["eq"] == "off"
    assert not (tmp_path / "sound.json").exists()


async def test_a_change_of_the_settings_file_counts_more_than_an_older_choice(world, tmp_path):
    await world("sound.set", crossfade_s=6, mono=True)
    again = World(tmp_path, SoundSettings(crossfade_s=2))
    assert (again.sound["crossfade_s"], again.sound["mono"]) == (2, True)


async def test_back_to_the_settings_file(world, tmp_path):
    await world("sound.set", crossfade_s=6)
    await world("sound.reset")
    assert world.sound["crossfade_s"] == 0
    assert World(tmp_path).sound["crossfade_s"] == 0


@pytest.mark.parametrize("text", ["", "{", '{"chosen": {"speed": 99}, "settings": {"speed": 1.0}}'])
async def test_a_damaged_file_is_as_none(tmp_path, text):
    (tmp_path / "sound.json").write_text(text)
    assert World(tmp_path).sound["speed"] == 1.0


@pytest.mark.parametrize(
    "args", [{"speed": 4}, {"crossfade_s": 13}, {"normalise": "loud"}, {"target_lufs": 3}]
)
async def test_what_is_out_of_range_is_refused_and_changes_nothing(world, args):
    before = world.sound
    with pytest.raises(UsageError):
        await world("sound.set", **args)
    assert world.sound == before


async def test_a_curve_that_is_not_there_is_refused_and_not_remembered(world, tmp_path):
    with pytest.raises(NotFoundError, match="flute"):
        await world("sound.set", eq="flute")
    assert World(tmp_path).sound["eq"] == "off"


async def test_a_curve_is_imported_used_and_listed(world, tmp_path):
    answer = await world("eq.import", name="HD 600", text=AUTOEQ)
    assert answer == {"eq": "HD 600", "bands": 1, "preamp_db": -6.0}
    assert world.stage.sound.plan.curve.bands[0].hz == 105
    listed = await world("eq.list")
    assert "bass" in listed["presets"]
    assert (listed["imported"], listed["eq"]) == (["HD 600"], "HD 600")
    assert World(tmp_path).sound["eq"] == "HD 600"


async def test_bands_can_be_typed_and_typed_again(world):
    await world("eq.bands", bands="PK 1000 -3 1.4")
    await world("eq.bands", bands="LSC 100 4; PK 2000 -2")
    curve = world.stage.sound.plan.curve
    assert [band.kind for band in curve.bands] == ["low_shelf", "peak"]
    assert curve.preamp_db == pytest.approx(-4, abs=0.1)
    assert world.sound["eq"] == "custom"


@pytest.mark.parametrize(
    ("name", "text", "error"),
    [
        ("../../etc", AUTOEQ, UsageError),
        ("", AUTOEQ, UsageError),
        ("bass", AUTOEQ, UsageError),
        ("off", AUTOEQ, UsageError),
        ("fine", "no curve", CurveUnreadableError),
    ],
)
async def test_what_cannot_be_imported_is_said(world, name, text, error):
    with pytest.raises(error):
        await world("eq.import", name=name, text=text)
    assert (await world("eq.list"))["imported"] == []


@pytest.mark.parametrize(
    ("when", "left_s", "tracks"),
    [
        ("30", 1800, None),
        ("1.5", 90, None),
        ("45 min", 2700, None),
        ("1h 30m", 5400, None),
        ("2h", 7200, None),
        ("track", None, 1),
        ("3 tracks", None, 3),
    ],
)
async def test_times_to_sleep_at(world, when, left_s, tracks):
    sleep = (await world("sleep", when=when))["sound"]["sleep"]
    assert sleep["tracks"] == tracks
    assert sleep["left_s"] == (None if left_s is None else pytest.approx(left_s, abs=5))
    assert (await world("sleep"))["sound"]["sleep"] is not None
    assert (await world("sleep", when="off"))["sound"]["sleep"] is None


@pytest.mark.parametrize("when", ["yesterday", "0", "-5", "0 tracks", "99999 tracks", "100h"])
async def test_no_time_to_sleep_at(world, when):
    with pytest.raises(UsageError):
        await world("sleep", when=when)
    assert world.sound["sleep"] is None


async def test_lyrics_are_shifted_for_their_track_and_stay_so(world, tmp_path):
    with pytest.raises(NotFoundError):
        await world("lyrics.offset", ms=100)
    world.track = "t1"
    assert await world("lyrics.offset", delta_ms=200) == {"track": "t1", "ms": 200}
    await world("lyrics.offset", delta_ms=-500)
    await world("lyrics.offset", track="t2", ms=99_999)
    again = World(tmp_path)
    assert (again.books.offsets.of("t1"), again.books.offsets.of("t2")) == (-300, 60_000)
    world.track = "t2"
    await world("lyrics.offset", ms=0)
    assert World(tmp_path).books.offsets.of("t2") == 0


async def test_doctor_says_what_of_the_settings_was_left_out(tmp_path):
    world = World(tmp_path, SoundSettings(eq="flute", mono=True))
    probe = sound_probe(world.stage.sound, "", world.controller.listening.trouble)
    check = await probe()
    assert (check.status, "flute" in check.detail) == ("warn", True)
    assert world.sound["mono"]
    assert (await sound_probe(world.stage.sound, "")()).status == "ok"
