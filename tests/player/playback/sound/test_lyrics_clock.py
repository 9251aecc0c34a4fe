"""Lyrics follow the sink: a word is lit within 20 ms of the sample that it is sung on."""

import pytest

from player.playback.sound.equaliser import PRESETS
from player.playback.sound.plan import UNTOUCHED, SoundPlan
from player.widgets.lyrics_model import Score
from player.widgets.model import PlayerState, Sound
from sync.wire.catalog import LyricLine, Lyrics, LyricWord
from tests.player.playback.test_output import RATE, Bench, a, eventually

WORDS_MS = (500, 730, 1_010, 1_480, 1_790, 2_222)
NEAR_MS = 20.0
STEP = 88
"""Frames between two looks: 2 ms."""


@pytest.fixture
def bench():
    bench = Bench()
    yield bench
    bench.output.close()


def score():
    words = tuple(LyricWord(ms, "la ") for ms in WORDS_MS)
    line = LyricLine(text="la " * len(words), start_ms=WORDS_MS[0], words=words)
    return Score(Lyrics(track_id="a", kind="word", lines=(line,)))


def look(bench):
    """Play one step. A decoder that is late would be a stall, of which views are told anew."""
    ring = bench.output._current.ring
    eventually(lambda: ring.level_frames >= STEP)
    bench.hear(STEP)


@pytest.mark.parametrize(
    "plan",
    [
        UNTOUCHED,
        SoundPlan(curve=PRESETS["voice"], mono=True, levels=True),
        SoundPlan(speed=1.5),
        SoundPlan(speed=0.5, levels=True),
    ],
    ids=["off", "processed", "fast", "slow"],
)
def test_words_are_lit_when_their_sample_is_heard(bench, plan):
    bench.output.arrange(plan)
    bench.output.play_from("a", 0, 1)
    bench.submit(a().pieces)
    bench.hear(STEP)
    # What the engine tells once; the view goes on from there by the clock alone.
    told = PlayerState(
        status="playing",
        position_ms=bench.output.position()[1] * 1000 // RATE,
        at=bench.clock(),
        sound=Sound(plan.speed),
    )
    lit, song = {}, score()
    while len(lit) < len(WORDS_MS):
        look(bench)
        sung = song.at(told.position(bench.clock()))
        for word in range(sung.words):
            lit.setdefault(word, bench.frames)
    for word, ms in enumerate(WORDS_MS):
        sample_heard = lit[word] * plan.speed
        late_ms = (sample_heard / RATE * 1000 - ms) / plan.speed
        assert -NEAR_MS < late_ms < NEAR_MS
        assert bench.output.position()[1] == pytest.approx(bench.frames * plan.speed, abs=2)
