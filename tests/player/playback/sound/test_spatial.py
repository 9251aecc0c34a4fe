"""Directions are heard as they are: by time, by level, for every layout, from either head."""

import numpy as np
import pytest

from player.adapters.head_sofa import SofaHead, system_file
from player.playback.errors import HeadUnreadableError
from player.playback.sound.chain import Chain
from player.playback.sound.convolve import Convolver
from player.playback.sound.head import Direction, SphericalHead
from player.playback.sound.plan import SoundPlan
from player.playback.sound.processor import QUANTUM
from player.playback.sound.spatial import CHANNELS_OF, LAYOUTS, Surround, binaural_filters
from tests.player.playback.sound.runs import RATE, rms_db, run
from tests.player.playback.sound_material import music

HEADS = [SphericalHead()]
if system_file() is not None:
    HEADS.append(SofaHead(system_file()))
EVERY_HEAD = pytest.mark.parametrize("head", HEADS, ids=lambda head: head.name)


def ears_of(filters, gains):
    """Responses at the two ears to channels with these gains."""
    return np.einsum("c,cne->ne", np.array(gains, float), filters)


def difference(ears):
    """How much earlier (in ms) and louder (in dB) it is on the left than on the right."""
    spectra = np.fft.rfft(ears, 1 << 14, axis=0)
    low = slice(40, 400)
    phase = np.unwrap(np.angle(spectra[low, 0] / spectra[low, 1]))
    slope = np.polyfit(np.arange(40, 400), phase, 1)[0]
    earlier_ms = slope / (2 * np.pi) * (1 << 14) / RATE * 1e3
    energy = np.sum(np.abs(spectra[800:4_000]) ** 2, axis=0)
    return earlier_ms, 10 * np.log10(energy[0] / energy[1])


@EVERY_HEAD
@pytest.mark.parametrize(
    ("azimuth", "earlier_ms"), [(0, 0.0), (30, 0.26), (90, 0.66), (-90, -0.66), (180, 0.0)]
)
def test_a_direction_is_heard_by_time_and_level(head, azimuth, earlier_ms):
    earlier, louder = difference(head.responses([Direction(azimuth)], RATE)[0])
    assert earlier == pytest.approx(earlier_ms, abs=0.2)
    assert louder * np.sign(earlier_ms) >= 4 if earlier_ms else abs(louder) < 1


@EVERY_HEAD
@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_responses_fit_the_rate(head, rate):
    ears = head.responses([Direction(90)], rate)[0]
    onsets = [int(np.argmax(np.abs(ears[:, ear]))) for ear in (0, 1)]
    assert 0.3e-3 < (onsets[1] - onsets[0]) / rate < 1.2e-3


@EVERY_HEAD
def test_two_speakers_are_as_loud_as_two_channels_and_bass_is_there(head):
    filters = binaural_filters(head, "stereo", RATE)
    assert np.sum(filters**2) == pytest.approx(2.0, abs=0.01)
    spectrum = np.abs(np.fft.rfft(filters.sum(axis=0)[:, 0], 1 << 15))
    hz = np.fft.rfftfreq(1 << 15, 1 / RATE)
    bass = 20 * np.log10(spectrum[(hz > 30) & (hz < 100)])
    assert bass.min() > -6
    assert np.ptp(bass) < 3


@EVERY_HEAD
@pytest.mark.parametrize("layout", LAYOUTS)
def test_left_and_right_are_mirrored(head, layout):
    """What stands left of the middle is earlier and louder at the left ear."""
    filters = binaural_filters(head, layout, RATE)
    assert filters.shape[0] == CHANNELS_OF[layout]
    gains = {"stereo": (1, 0), "5.1": (0, 0, 0, 0, 1, 0), "ambix": (1, 1, 0, 0)}[layout]
    earlier, louder = difference(ears_of(filters, gains))
    assert earlier > 0.1
    assert louder > 3


@EVERY_HEAD
def test_a_turning_source_of_ambisonics_goes_round_the_head(head):
    filters = binaural_filters(head, "ambix", RATE)
    levels = {}
    for azimuth in range(0, 360, 45):
        turn = np.radians(azimuth)
        ears = ears_of(filters, (1.0, np.sin(turn), 0.0, np.cos(turn)))
        levels[azimuth] = difference(ears)[1]
    assert max(levels, key=levels.get) == 90 or levels[90] > 5
    assert min(levels, key=levels.get) == 270 or levels[270] < -5
    assert abs(levels[0]) < 1.5 > abs(levels[180])


@EVERY_HEAD
def test_the_middle_and_the_bass_of_5_1_have_no_side(head):
    filters = binaural_filters(head, "5.1", RATE)
    for channel in (2, 3):
        gains = [float(channel == one) for one in range(6)]
        assert abs(difference(ears_of(filters, gains))[1]) < 1


def test_convolving_in_blocks_is_convolving():
    rng = np.random.default_rng(3)
    filters = rng.standard_normal((3, 5_000, 2))
    channels = rng.standard_normal((4 * QUANTUM, 3)).astype(np.float32)
    convolver = Convolver(filters)
    blocks = [
        convolver.process(channels[at : at + QUANTUM]) for at in range(0, 4 * QUANTUM, QUANTUM)
    ]
    got = np.concatenate(blocks)
    for ear in (0, 1):
        wanted = sum(
            np.convolve(channels[:, one].astype(float), filters[one, :, ear]) for one in range(3)
        )[: len(got)]
        assert np.abs(got[:, ear] - wanted).max() < 1e-3 * np.abs(wanted).max()


def test_music_keeps_its_level_and_gets_wider_than_mono():
    pcm = music(3 * RATE) * 0.5
    out = run(Chain(lambda: SoundPlan(head=SphericalHead()).steps(RATE)), pcm)
    assert abs(rms_db(out) - rms_db(pcm)) < 4
    left_only = pcm * np.array([1, 0], np.float32)
    heard = run(Chain(lambda: SoundPlan(head=SphericalHead()).steps(RATE)), left_only)
    assert rms_db(heard[:, :1]) > rms_db(heard[:, 1:]) > -60


def test_surround_takes_the_channels_of_its_layout():
    surround = Surround(SphericalHead(), "5.1", RATE)
    channels = np.zeros((QUANTUM, 6), np.float32)
    channels[0, 5] = 1.0
    out = surround.process(channels)
    assert np.abs(out[:, 1]).max() > 2 * np.abs(out[:, 0]).max() > 0


def test_equal_heads_share_their_filters():
    assert binaural_filters(SphericalHead(), "stereo", 44_100) is binaural_filters(
        SphericalHead(), "stereo", 44_100
    )


def test_what_is_no_sofa_file_is_said(tmp_path):
    if system_file() is None:
        pytest.skip("no libmysofa here")
    (tmp_path / "x.sofa").write_bytes(b"nothing of the kind")
    with pytest.raises(HeadUnreadableError, match="cannot be read"):
        SofaHead(tmp_path / "x.sofa").check()
