"""What a look at the end of a file tells without decoding it."""

import io

import pytest
from mutagen.flac import FLAC

from server_stub.engines.embedded.tags_damage import flac_damage
from tests.server_stub.catalog.music import sound


def flac(tmp_path, data):
    path = tmp_path / "a.flac"
    path.write_bytes(data)
    with path.open("rb") as stream:
        return flac_damage(stream, FLAC(io.BytesIO(data)).info, len(data))


@pytest.mark.parametrize("seconds", [0.05, 3.0, 15.0])
def test_a_whole_flac_file_is_whole(tmp_path, seconds):
    """15 s have more than 128 frames: their numbers take two bytes."""
    assert flac(tmp_path, sound(".flac", seconds)) is None


def test_a_flac_file_is_known_to_break_off_about_where_it_does(tmp_path):
    data = sound(".flac", 15.0)
    said = flac(tmp_path, data[: len(data) * 2 // 3])
    assert float(said.split()[-2]) == pytest.approx(10, abs=0.5)


def test_a_flac_file_without_a_frame_near_its_end_has_lost_the_last(tmp_path):
    data = sound(".flac", 3.0)
    holed = data[: len(data) // 2] + bytes(1 << 20)
    assert "last frame is missing" in flac(tmp_path, holed)


def test_bytes_that_look_like_a_frame_are_none(tmp_path):
    data = sound(".flac", 3.0)
    for lie in (b"\xff\xf8", b"\xff\xf8\xc9\x18\xff\x00\x00\x00", b"\xff\xf8\xc9\x18\x05\x00\x00"):
        assert flac(tmp_path, data + lie) is None
