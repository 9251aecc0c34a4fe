"""The promises of joins and switches, on real recordings where they are installed."""

from pathlib import Path

import av
import numpy as np
import pytest

from player.playback.render import render
from sync.wire.playback import CROSSFADE_SAMPLES, PIECE_SAMPLES
from tests.player.playback.sound_material import encode
from tests.player.playback.test_render import read_wav

FOLDERS = sorted(Path("/usr/share/games/wesnoth").glob("*/data/core/music"))
TRACKS = ("transience.ogg", "love_theme.ogg")
PLAN = (96, 320, 160)
LENGTH = 10 * PIECE_SAMPLES + 4_321

pytestmark = pytest.mark.skipif(not FOLDERS, reason="no music of Wesnoth on this machine")


def excerpt(name):
    """Part of a recording, as float stereo."""
    with av.open(str(FOLDERS[-1] / name)) as container:
        blocks, have = [], 0
        for frame in container.decode(audio=0):
            blocks.append(frame.to_ndarray())
            have += frame.samples
            if have >= LENGTH + 20 * 44_100:
                break
    return np.concatenate(blocks, 1).T[20 * 44_100 :][:LENGTH].copy()


def step(error, border):
    """Largest step of the error from sample to sample around a border."""
    return np.abs(np.diff(error[border - CROSSFADE_SAMPLES - 8 : border + 9], axis=0)).max()


@pytest.fixture(scope="module", params=["aac", "vorbis"])
def album(request, tmp_path_factory):
    """Originals, renditions, and the album rendered with another rung at every border."""
    path = tmp_path_factory.mktemp("album") / "out.wav"
    originals = [excerpt(name) for name in TRACKS]
    renditions = [
        {kbps: encode(pcm, request.param, kbps, track_id=name) for kbps in PLAN}
        for pcm, name in zip(originals, TRACKS, strict=True)
    ]
    pieces = [
        ladder[PLAN[number % 3]].pieces[number]
        for ladder in renditions
        for number in range(len(ladder[96].pieces))
    ]
    summary = render(pieces, path)
    return originals, renditions, summary, read_wav(path)[1]


def test_the_length_is_that_of_the_originals(album):
    originals, _renditions, summary, pcm = album
    assert summary.frames == len(pcm) == sum(map(len, originals))
    assert summary.tracks == len(originals)


def test_outside_the_windows_every_bit_is_the_linear_decodes(album):
    originals, renditions, _summary, pcm = album
    begin = 0
    for original, ladder in zip(originals, renditions, strict=True):
        track = pcm[begin : begin + len(original)]
        begin += len(original)
        last = (len(original) - 1) // PIECE_SAMPLES
        for number in range(last + 1):
            at, end = number * PIECE_SAMPLES, (number + 1) * PIECE_SAMPLES
            end = len(original) if number == last else end - CROSSFADE_SAMPLES
            linear = ladder[PLAN[number % 3]].linear
            assert np.array_equal(track[at:end], linear[at:end])


def test_no_switch_steps_further_than_the_renditions_own_error(album):
    originals, renditions, _summary, pcm = album
    begin = 0
    for original, ladder in zip(originals, renditions, strict=True):
        error = pcm[begin : begin + len(original)] - original
        begin += len(original)
        for border in range(PIECE_SAMPLES, len(original), PIECE_SAMPLES):
            number = border // PIECE_SAMPLES
            own = max(
                step(ladder[PLAN[k % 3]].linear - original, border) for k in (number - 1, number)
            )
            assert step(error, border) <= own * 1.001


def test_the_join_of_the_tracks_is_as_true_as_the_rest(album):
    originals, renditions, _summary, pcm = album
    join = len(originals[0])
    error = pcm - np.concatenate(originals)
    last_rung = PLAN[(join - 1) // PIECE_SAMPLES % 3]
    own = max(
        np.abs(np.diff(ladder[kbps].linear - original, axis=0)).max()
        for original, ladder, kbps in zip(originals, renditions, (last_rung, PLAN[0]), strict=True)
    )
    assert np.abs(error[join] - error[join - 1]).max() <= own
