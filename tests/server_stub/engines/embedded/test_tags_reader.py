"""Tags, lyrics and covers of real files in every format."""

import base64
import struct

import pytest
from mutagen import flac, id3, mp4, oggopus, oggvorbis

from server_stub.catalog.model.scan import FoundFile, Stamp
from server_stub.engines.embedded.artwork_files import picture_id
from server_stub.engines.embedded.tags_reader import MutagenReader, embedded_picture
from sync.wire.catalog import Gain
from tests.server_stub.catalog.music import sound, write

JPEG = b"\xff\xd8\xff\xe0" + bytes(200)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
MBID = "0f0f0f0f-1111-2222-3333-444444444444"


def read(path, **beside):
    found = path.stat()
    stamp = Stamp(found.st_size, found.st_mtime_ns, found.st_ino)
    return MutagenReader().read(FoundFile(str(path), stamp, "mark", **beside))


def packed(data, kind=3):
    picture = flac.Picture()
    picture.data, picture.type, picture.mime = data, kind, "image/jpeg"
    return base64.b64encode(picture.write()).decode()


COMMENTS = {
    "ARTIST": ["Ada feat. Bob"],
    "ARTISTS": ["Ada", "Bob"],
    "MUSICBRAINZ_ARTISTID": [MBID, MBID[:-1] + "5"],
    "ALBUM ARTIST": ["Ada"],
    "COMPILATION": ["1"],
    "DISCNUMBER": ["2/2"],
    "ISRC": ["DE-ABC-24-00001"],
    "MUSICBRAINZ_TRACKID": [MBID],
    "MUSICBRAINZ_ALBUMID": [MBID],
    "ORGANIZATION": ["Attic"],
    "COMPOSER": ["Cy; Di"],
    "REPLAYGAIN_TRACK_GAIN": ["-6.50 dB"],
    "REPLAYGAIN_TRACK_PEAK": ["0.9"],
    "UNSYNCEDLYRICS": ["plain"],
    "SYNCEDLYRICS": ["[00:01.00]timed"],
}


@pytest.mark.parametrize("ending", [".ogg", ".flac"])
def test_vorbis_comments(tmp_path, ending):
    path = write(tmp_path / f"a{ending}")
    file = flac.FLAC(path) if ending == ".flac" else oggvorbis.OggVorbis(path)
    file.update({**COMMENTS, "METADATA_BLOCK_PICTURE": [packed(PNG, 4), packed(JPEG), "x", "AAAA"]})
    file.save()
    found = read(path)
    tags = found.tags
    assert (tags.artists, tags.album_artists, tags.compilation) == (("Ada", "Bob"), ("Ada",), True)
    assert (tags.disc, tags.isrc, tags.label) == (2, "DEABC2400001", "Attic")
    assert (tags.recording_mbid, tags.release_mbid, tags.artist_mbids[0]) == (MBID, MBID, MBID)
    assert tags.composers == ("Cy", "Di")
    assert tags.gain == Gain(track_gain_db=-6.5, track_peak=0.9)
    assert (found.lyrics.kind, found.lyrics.lines[0].text) == ("line", "timed")
    assert found.cover == picture_id(JPEG)
    assert embedded_picture(str(path)) == JPEG


def test_opus_gains_are_brought_to_replaygain(tmp_path):
    path = write(tmp_path / "a.opus")
    file = oggopus.OggOpus(path)
    file.update({"R128_TRACK_GAIN": ["-512"], "R128_ALBUM_GAIN": ["256"]})
    file.save()
    found = read(path)
    assert found.tags.gain == Gain(track_gain_db=3.0, album_gain_db=6.0)
    assert (found.audio.codec, found.audio.sample_rate) == ("opus", 48_000)


def test_flac_blocks_and_a_tag_where_it_does_not_belong(tmp_path):
    path = write(tmp_path / "a.flac", title="Song")
    file = flac.FLAC(path)
    picture = flac.Picture()
    picture.data, picture.type = JPEG, 3
    file.add_picture(picture)
    file.save()
    path.write_bytes(b"ID3\x04\0\0\0\0\0\x0a" + bytes(10) + path.read_bytes())
    found = read(path)
    assert (found.audio.codec, found.tags.title) == ("flac", "Song")
    assert found.cover == picture_id(JPEG)


def mp3(path, *frames):
    path.write_bytes(sound(".mp3"))
    tags = id3.ID3()
    for frame in frames:
        tags.add(frame)
    tags.save(path)
    return path


def test_id3_frames(tmp_path):
    path = mp3(
        tmp_path / "a.mp3",
        id3.TIT2(3, ["Song"]),
        id3.TPE1(3, ["Ada", "Bob"]),
        id3.TPE2(3, ["Ada"]),
        id3.TALB(3, ["First"]),
        id3.TCMP(3, ["1"]),
        id3.TRCK(3, ["3/12"]),
        id3.TDRC(3, ["1997-05"]),
        id3.TCON(3, ["(17)", "Jazz"]),
        id3.TXXX(3, "MusicBrainz Album Id", [MBID]),
        id3.TXXX(3, "replaygain_album_gain", ["-3 dB"]),
        id3.UFID("http://musicbrainz.org", MBID.encode()),
        id3.UFID("other", b"x"),
        id3.RVA2("track", 1, -6.5, 0.5),
        id3.APIC(3, "image/png", 4, "back", PNG),
        id3.APIC(3, "image/jpeg", 3, "front", JPEG),
        id3.USLT(3, "eng", "", "One\nTwo"),
    )
    found = read(path)
    tags = found.tags
    assert (tags.title, tags.artists, tags.album) == ("Song", ("Ada", "Bob"), "First")
    assert (tags.compilation, tags.number, tags.year) == (True, 3, 1997)
    assert tags.genres == ("Rock", "Jazz")
    assert (tags.release_mbid, tags.recording_mbid) == (MBID, MBID)
    assert tags.gain == Gain(track_gain_db=-6.5, track_peak=0.5, album_gain_db=-3.0)
    assert found.cover == picture_id(JPEG)
    assert (found.lyrics.kind, found.lyrics.language) == ("plain", "eng")


@pytest.mark.parametrize(
    ("entries", "kind", "lines"),
    [
        ([("One", 1000), ("Two", 2000)], "line", [(1000, "One"), (2000, "Two")]),
        (
            [("\nGuten", 1000), (" Tag", 1500), ("\nWelt", 2000)],
            "word",
            [(1000, "Guten Tag"), (2000, "Welt")],
        ),
        ([("Gu", 1000), ("ten\n", 1200), ("Tag", 1500)], "word", [(1000, "Guten"), (1500, "Tag")]),
    ],
)
def test_timed_lyrics_of_id3(tmp_path, entries, kind, lines):
    path = mp3(tmp_path / "a.mp3", id3.SYLT(3, "xxx", 2, 1, "", entries))
    found = read(path).lyrics
    assert (found.kind, found.language) == (kind, None)
    assert [(line.start_ms, line.text) for line in found.lines] == lines


def test_mp4_atoms(tmp_path):
    path = write(tmp_path / "a.m4a")
    file = mp4.MP4(path)
    file["\xa9nam"] = ["Song"]
    file["\xa9ART"] = ["Ada"]
    file["trkn"], file["disk"] = [(3, 12)], [(2, 2)]
    file["cpil"] = True
    file["\xa9lyr"] = ["[00:01.00]la"]
    file["covr"] = [mp4.MP4Cover(JPEG)]
    file["----:com.apple.iTunes:ISRC"] = [mp4.MP4FreeForm(b"DEABC2400001")]
    file["----:com.apple.iTunes:MusicBrainz Track Id"] = [mp4.MP4FreeForm(MBID.encode())]
    file.save()
    found = read(path)
    tags = found.tags
    assert (tags.title, tags.artists, tags.number, tags.disc) == ("Song", ("Ada",), 3, 2)
    assert (tags.compilation, tags.isrc, tags.recording_mbid) == (True, "DEABC2400001", MBID)
    assert (found.lyrics.kind, found.cover, found.audio.codec) == ("line", picture_id(JPEG), "aac")
    path.write_bytes(path.read_bytes()[:-100])
    assert "breaks off" in (read(path).damage or "")


def test_wav_chunks(tmp_path):
    info = b"INFO" + b"".join(
        struct.pack("<4sI", name, len(value)) + value
        for name, value in ((b"INAM", b"Song\0\0"), (b"IART", b"Ada\0"), (b"ICRD", b"1997"))
    )
    path = tmp_path / "a.wav"
    path.write_bytes(sound(".wav") + struct.pack("<4sI", b"LIST", len(info)) + info)
    tags = read(path).tags
    assert (tags.title, tags.artists, tags.year) == ("Song", ("Ada",), 1997)


def test_an_mp3_shorter_than_its_header_says(tmp_path):
    path = tmp_path / "a.mp3"
    path.write_bytes(sound(".mp3", 3.0)[:-9000])
    assert "breaks off" in read(path).damage


def test_a_cover_file_serves_when_nothing_is_embedded(tmp_path):
    cover = tmp_path / "cover.jpg"
    cover.write_bytes(JPEG)
    found = read(write(tmp_path / "a.ogg"), cover_file=str(cover))
    assert (found.cover, found.cover_file) == (picture_id(JPEG), str(cover))
    cover.write_bytes(b"no picture")
    found = read(write(tmp_path / "a.ogg"), cover_file=str(cover))
    assert (found.cover, found.cover_file) == (None, None)


def test_the_finest_lyrics_are_taken_wherever_they_lie(tmp_path):
    path = write(tmp_path / "a.ogg")
    file = oggvorbis.OggVorbis(path)
    file["LYRICS"] = ["[00:01.00]<00:01.00>word"]
    file.save()
    beside = tmp_path / "a.lrc"
    beside.write_text("[00:01.00]line")
    assert read(path, lyrics_file=str(beside)).lyrics.kind == "word"
    assert read(path, lyrics_file=str(tmp_path / "gone.lrc")).lyrics.kind == "word"


def test_a_fingerprint_survives_new_tags(tmp_path):
    path = tmp_path / "a.flac"
    path.write_bytes(sound(".flac", 90.0))
    reader = MutagenReader()
    before = reader.fingerprint(str(path))
    file = flac.FLAC(path)
    file["title"] = ["x" * 90_000]
    file.save()
    assert reader.fingerprint(str(path)) == before
    assert reader.fingerprint(str(tmp_path / "gone")) is None


def test_hostile_tags_are_made_safe(tmp_path):
    path = mp3(
        tmp_path / "a.mp3",
        id3.TIT2(3, ["\x1b]0;owned\x07So\u202eng\x00"]),
        id3.TRCK(3, ["99999999999999999999"]),
        id3.TXXX(3, "replaygain_track_gain", ["1e999 dB"]),
        id3.APIC(3, "image/jpeg", 3, "", b"no picture"),
        id3.TPE1(3, [f"Artist {n}" for n in range(5000)]),
    )
    found = read(path)
    assert (found.tags.title, found.tags.number, found.cover) == ("Song", 0, None)
    assert len(found.tags.artists) == 50
