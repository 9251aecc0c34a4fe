"""The demo library on disk: real tagged audio, made once."""

import numpy as np
import pytest
from mutagen.flac import FLAC

from server_stub.demo import artwork, drums, instruments, library
from server_stub.demo.mixing import render
from server_stub.demo.score import Part, Piece, Tone, song

VOICES = [
    *(instruments.pluck, instruments.electric_piano, instruments.bell, instruments.marimba),
    *(instruments.pad, instruments.strings, instruments.organ, instruments.brass),
    *(instruments.round_bass, instruments.synth_bass, instruments.saw_lead, instruments.chip),
    *(instruments.singer, drums.kick, drums.snare, drums.brush, drums.closed_hat),
    *(drums.open_hat, drums.clap, drums.shaker, drums.rim, drums.vinyl),
]


def short_piece() -> Piece:
    notes, words = song("A4:1:Hel- C5:1:lo")
    return Piece(
        title="Short",
        artist="Somebody",
        album="Longwave",
        number=3,
        year=2026,
        genre="Test",
        songwriter="A; B",
        label="Label",
        isrc="ZZSEG2699999",
        bpm=120,
        beats=2,
        reverb_s=1.5,
        lyrics=words,
        kicks=(0.0,),
        parts=(
            Part(voice=instruments.singer, notes=notes, echo=0.3, ducked=True),
            Part(voice=drums.kick, notes=notes[:1]),
        ),
    )


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.__name__)
def test_every_voice_is_finite_and_of_moderate_level(voice):
    wave = voice(Tone(220.0, 0.5, 0.8, "la"))
    assert wave.dtype == np.float32
    assert np.isfinite(wave).all()
    assert 0.01 < np.abs(wave).max() < 2.5


def test_a_mix_is_stereo_never_clips_and_fades_to_silence():
    mix = render(short_piece())
    assert mix.shape[1] == 2
    assert 0.05 < np.abs(mix).max() <= 0.9
    assert np.abs(mix[-10:]).max() < 1e-3


def test_written_files_carry_tags_cover_and_lyrics(tmp_path, monkeypatch):
    monkeypatch.setattr(library, "COMPOSITIONS", (short_piece,))
    steps = list(library.write_library(tmp_path, 1))
    assert steps == [(0, 1), (1, 1)]
    place = tmp_path / "Somebody" / "Longwave" / "03 Short.flac"
    tags = FLAC(place)
    assert tags["composer"] == ["A", "B"]
    assert tags["isrc"] == ["ZZSEG2699999"]
    assert "creativecommons.org/publicdomain/zero" in tags["license"][0]
    assert tags.pictures[0].data.startswith(b"\xff\xd8")
    assert tags.info.length == pytest.approx(short_piece().seconds, abs=0.001)
    assert "<00:00.00>Hello" in place.with_suffix(".lrc").read_text()
    assert not list(tmp_path.rglob("*.part"))


def test_a_second_run_makes_only_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(library, "COMPOSITIONS", (short_piece,))
    list(library.write_library(tmp_path, 1))
    kept = tmp_path / "mine.txt"
    kept.write_text("left alone")
    assert list(library.write_library(tmp_path, 1)) == [(1, 1)]
    assert kept.exists()


@pytest.mark.parametrize("album", sorted({c().album for c in library.COMPOSITIONS}))
def test_every_album_has_a_cover(album):
    assert len(artwork.cover(album)) > 10_000
