"""Filters have the response that the cookbook says, and curves of AutoEq are read as written."""

import numpy as np
import pytest

from player.playback.errors import CurveUnreadableError
from player.playback.sound.autoeq import read_curve, typed_curve
from player.playback.sound.biquad import Band, response_db, section_of
from player.playback.sound.chain import Chain
from player.playback.sound.equaliser import PRESETS, Curve
from player.playback.sound.plan import SoundPlan
from tests.player.playback.sound.runs import RATE, rms_db, run, tone

AUTOEQ = """Preamp: -6.2 dB
Filter 1: ON LSC Fc 105 Hz Gain 5.5 dB Q 0.70
Filter 2: ON PK Fc 193 Hz Gain -2.3 dB Q 0.95
Filter 3: OFF PK Fc 900 Hz Gain 9.0 dB Q 1.00
# a remark
Filter 4: ON HSC Fc 10000 Hz Gain -1.5 dB Q 0.70
"""


def heard_db(curve, hz):
    """Gain of the running equaliser at a frequency."""
    before = tone(hz, 1.0, 0.05)
    after = run(Chain(lambda: SoundPlan(curve=curve).steps(RATE)), before)
    return rms_db(after[RATE // 2 :]) - rms_db(before[RATE // 2 :])


@pytest.mark.parametrize("hz", [40, 250, 1_000, 6_000, 15_000])
@pytest.mark.parametrize("name", ["bass", "voice", "loudness"])
def test_a_preset_does_what_its_response_says(name, hz):
    curve = PRESETS[name]
    sections = [section_of(band, RATE) for band in curve.bands]
    expected = float(response_db(sections, RATE, hz)) + curve.preamp_db
    assert heard_db(curve, hz) == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(
    ("band", "hz", "db"),
    [
        (Band("peak", 1_000, 6.0, 1.0), 1_000, 6.0),
        (Band("peak", 1_000, -12.0, 4.0), 1_000, -12.0),
        (Band("low_shelf", 200, 5.0), 20, 5.0),
        (Band("low_shelf", 200, 5.0), 200, 2.5),
        (Band("high_shelf", 4_000, -6.0), 16_000, -6.0),
        (Band("high_shelf", 4_000, -6.0), 4_000, -3.0),
        (Band("low_pass", 1_000), 1_000, -3.01),
        (Band("high_pass", 1_000), 1_000, -3.01),
        (Band("high_pass", 1_000), 100, -40.0),
    ],
)
def test_bands_are_the_cookbooks(band, hz, db):
    assert float(response_db([section_of(band, 48_000)], 48_000, hz)) == pytest.approx(db, abs=0.1)


def test_a_notch_takes_its_frequency_out():
    notch = [section_of(Band("notch", 1_000, q=5.0), RATE)]
    assert heard_db(Curve((Band("notch", 1_000, q=5.0),)), 1_000) < -60
    assert float(response_db(notch, RATE, 1_300)) > -2


def test_presets_leave_room_for_their_boosts():
    for curve in PRESETS.values():
        assert curve.peak_db(RATE) + curve.preamp_db <= 0.1
        assert not curve.flat


def test_an_unstable_place_beyond_half_the_rate_stays_finite():
    curve = Curve((Band("peak", 30_000, 12.0, 1.0),))
    out = run(Chain(lambda: SoundPlan(curve=curve).steps(RATE)), tone(1_000, 0.5))
    assert np.isfinite(out).all()


def test_autoeq_is_read():
    curve = read_curve(AUTOEQ)
    assert curve.preamp_db == -6.2
    assert curve.bands == (
        Band("low_shelf", 105.0, 5.5, 0.70),
        Band("peak", 193.0, -2.3, 0.95),
        Band("high_shelf", 10_000.0, -1.5, 0.70),
    )


def test_windows_line_ends_and_a_byte_order_mark_are_nothing():
    assert read_curve("\ufeff" + AUTOEQ.replace("\n", "\r\n")) == read_curve(AUTOEQ)


def test_bands_can_be_typed_and_make_room_for_themselves():
    curve = typed_curve("PK 1000 -3 1.4; lsc 105 4")
    assert curve.bands[0] == Band("peak", 1_000.0, -3.0, 1.4)
    assert curve.bands[1].kind == "low_shelf"
    assert curve.preamp_db == pytest.approx(-4, abs=0.2)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "no filter in it"),
        ("hello", "line 1 is no filter"),
        ("Filter 1: ON XX Fc 100 Hz Gain 1 dB Q 1", "there is no filter XX"),
        ("Filter 1: ON PK Gain 1 dB Q 1", "the frequency is missing"),
        ("Filter 1: ON PK Fc 100 Hz Gain 99 dB Q 1", "gain 99"),
        ("Filter 1: ON PK Fc 1.2.3 Hz Gain 1 dB Q 1", "a number cannot be read"),
        ("Preamp: -6 dB\nFilter 1: ON PK Fc 1 Hz Gain 1 dB Q 1", "line 2: frequency"),
        ("\n".join(["Filter: ON PK Fc 100 Hz Gain 1 dB Q 1"] * 40), "more than 32"),
    ],
)
def test_what_is_no_curve_is_named(text, what):
    with pytest.raises(CurveUnreadableError, match=what):
        read_curve(text)


def test_typed_nonsense_is_named():
    with pytest.raises(CurveUnreadableError, match="no band"):
        typed_curve("louder please")
