"""Reading one audio file with mutagen: what it is, what its tags say, whether it is whole.

The format is told by the first bytes, not by the name, and the file is opened once.
"""

import hashlib
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from mutagen import MutagenError
from mutagen.flac import FLAC
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4
from mutagen.oggflac import OggFLAC
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

from server_stub.catalog.errors import UnreadableFileError
from server_stub.catalog.model.encodings import decode_text
from server_stub.catalog.model.lyrics import SongText, parse_lyrics, richest
from server_stub.catalog.model.scan import FoundFile
from server_stub.catalog.model.tags import Audio, ScannedFile
from server_stub.catalog.model.text import clean
from server_stub.engines.embedded.artwork_files import picture_id
from server_stub.engines.embedded.tags_damage import flac_damage, mp3_damage, mp4_damage, ogg_damage
from server_stub.engines.embedded.tags_fields import Fields, lyrics_of, tags_of
from server_stub.engines.embedded.tags_id3 import id3_fields
from server_stub.engines.embedded.tags_mp4 import mp4_fields
from server_stub.engines.embedded.tags_vorbis import front, vorbis_fields
from server_stub.engines.embedded.tags_wave import read_wave

LYRICS_BYTES = 1 << 20
OPUS_RATE = 48_000
_BLOCK = 4096
_BLOCKS = (16_384, 262_144)
"""Distances from the end of the file of the blocks that mark its sound: tags lie in front."""

Opened = tuple[Audio, Fields, str | None]
"""Stream facts, raw tags, and the damage that could be seen at a glance."""


class MutagenReader:
    """The catalog's tag reader."""

    def __init__(self) -> None:
        self._covers: dict[str, str | None] = {}
        """Picture ids of folder covers by path and mark: one cover serves a whole folder."""

    def read(self, file: FoundFile) -> ScannedFile:
        """Tags, stream facts, lyrics and cover. Raises UnreadableFileError."""
        try:
            with _reading(file.path) as stream:
                audio, fields, damage = _opened(stream, file.stamp.size)
                mark = _fingerprint(stream, file.stamp.size)
        except UnreadableFileError:
            raise
        except OSError as error:
            raise UnreadableFileError(error.strerror or "the file cannot be read") from error
        except MutagenError as error:
            raise UnreadableFileError(f"the file is damaged: {_short(error)}") from error
        except Exception as error:  # a hostile file finds every hole in a parser
            raise UnreadableFileError(f"the file cannot be understood: {_short(error)}") from error
        if audio.duration_ms <= 0:
            raise UnreadableFileError("there is no sound in the file")
        cover = picture_id(fields.picture) if fields.picture else None
        cover_file = file.cover_file if cover is None else None
        if cover_file:
            cover = self._folder_cover(file, cover_file)
        return ScannedFile(
            audio=audio,
            tags=tags_of(fields),
            fingerprint=mark,
            cover=cover,
            cover_file=cover_file if cover else None,
            lyrics=richest(_lyrics_beside(file), lyrics_of(fields)),
            damage=damage,
        )

    def fingerprint(self, path: str) -> bytes | None:
        """A mark of the sound that survives moving and retagging; None if it cannot be read."""
        try:
            with Path(path).open("rb") as stream:
                return _fingerprint(stream, os.fstat(stream.fileno()).st_size)
        except OSError:
            return None

    def _folder_cover(self, file: FoundFile, path: str) -> str | None:
        key = f"{path}|{file.sidecars.rpartition('|')[2]}"
        if key not in self._covers:
            if len(self._covers) > 1024:
                self._covers.clear()
            try:
                self._covers[key] = picture_id(Path(path).read_bytes())
            except OSError:
                self._covers[key] = None
        return self._covers[key]


def _reading(path: str) -> BinaryIO:
    """A file to read, without a path object between: for ten thousand files that counts."""
    return io.BufferedReader(io.FileIO(path), _BLOCK)


def _opened(stream: BinaryIO, size: int) -> Opened:
    head = stream.read(64)
    stream.seek(0)
    if not head:
        raise UnreadableFileError("the file is empty")
    for found, reader in _FORMATS:
        if found(head):
            return reader(stream, size)
    return (_flac if _is_tagged_flac(stream, head) else _mp3)(stream, size)


def _is_tagged_flac(stream: BinaryIO, head: bytes) -> bool:
    """Whether an ID3 tag stands before a FLAC stream, where it does not belong."""
    if not head.startswith(b"ID3") or len(head) < 10:
        return False
    length = sum(
        (byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True)
    )
    return os.pread(stream.fileno(), 4, 10 + length) == b"fLaC"


def _audio(codec: str, info: Any) -> Audio:
    return Audio(codec, round(info.length * 1000), int(info.sample_rate), int(info.channels))


def _ogg(stream: BinaryIO, size: int) -> Opened:
    head = stream.read(64)
    stream.seek(0)
    if b"OpusHead" in head:
        opus: Any = OggOpus(stream)
        audio = Audio("opus", round(opus.info.length * 1000), OPUS_RATE, opus.info.channels)
        comments = opus.tags
    elif b"\x7fFLAC" in head:
        flac = OggFLAC(stream)
        audio, comments = _audio("flac", flac.info), flac.tags
    elif b"\x01vorbis" in head:
        vorbis = OggVorbis(stream)
        audio, comments = _audio("vorbis", vorbis.info), vorbis.tags
    else:
        raise UnreadableFileError("the Ogg file holds no Vorbis, Opus or FLAC sound")
    return audio, vorbis_fields(comments), ogg_damage(stream, size)


def _flac(stream: BinaryIO, size: int) -> Opened:
    flac: Any = FLAC(stream)
    fields = vorbis_fields(flac.tags)
    fields.picture = front(flac.pictures) or fields.picture
    return _audio("flac", flac.info), fields, flac_damage(stream, flac.info, size)


def _mp3(stream: BinaryIO, size: int) -> Opened:
    """Frames are taken as they stand, of whatever version: bringing them to the newest one is half
    the work of reading a tag. The old tag at the end is looked for where there is none in front."""
    head = os.pread(stream.fileno(), 3, 0)
    mp3 = MP3(stream, translate=False, load_v1=head != b"ID3")
    damage = mp3_damage(mp3.info, size)
    return _audio("mp3", mp3.info), id3_fields(mp3.tags), damage


def _mp4(stream: BinaryIO, size: int) -> Opened:
    mp4: Any = MP4(stream)
    codec = "alac" if mp4.info.codec == "alac" else "aac"
    return _audio(codec, mp4.info), mp4_fields(mp4.tags), mp4_damage(stream, size)


def _wave(stream: BinaryIO, size: int) -> Opened:
    wave = read_wave(stream, size)
    if wave is None:
        raise UnreadableFileError("the WAV file has no sound that could be played")
    damage = "the file breaks off: its sound is shorter than it says" if wave.broken else None
    return wave.audio, wave.fields, damage


_FORMATS: tuple[tuple[Callable[[bytes], bool], Callable[[BinaryIO, int], Opened]], ...] = (
    (lambda head: head.startswith(b"OggS"), _ogg),
    (lambda head: head.startswith(b"fLaC"), _flac),
    (lambda head: head[4:8] == b"ftyp", _mp4),
    (lambda head: head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE", _wave),
)


def _fingerprint(stream: BinaryIO, size: int) -> bytes:
    mark = hashlib.blake2b(digest_size=12)
    number = stream.fileno()
    for distance in _BLOCKS:
        if distance <= size or distance == _BLOCKS[0]:
            mark.update(os.pread(number, _BLOCK, max(size - distance, size // 2)))
    return mark.digest()


def _lyrics_beside(file: FoundFile) -> SongText | None:
    if file.lyrics_file is None:
        return None
    try:
        with Path(file.lyrics_file).open("rb") as stream:
            return parse_lyrics(decode_text(stream.read(LYRICS_BYTES)))
    except OSError:
        return None


def _short(error: Exception) -> str:
    return clean(str(error), 200) or type(error).__name__


def embedded_picture(path: str) -> bytes | None:
    """The cover inside an audio file. Raises UnreadableFileError or OSError."""
    with Path(path).open("rb") as stream:
        try:
            _audio_facts, fields, _damage = _opened(stream, os.fstat(stream.fileno()).st_size)
        except Exception as error:  # a hostile file finds every hole in a parser
            raise UnreadableFileError(_short(error)) from error
    return fields.picture
