"""ID3 tags, in MP3 and WAV files."""

from typing import Any

from mutagen.id3 import ID3

from server_stub.catalog.model.lyrics import SongText, parse_lyrics, richest, timed_text
from server_stub.catalog.model.text import clean
from server_stub.engines.embedded.tags_fields import Fields
from server_stub.engines.embedded.tags_vorbis import FRONT_COVER
from sync.wire.catalog import LyricLine, LyricWord

_TEXTS = {
    "TIT2": "title",
    "TPE1": "artist",
    "TPE2": "albumartist",
    "TALB": "album",
    "TCMP": "compilation",
    "TPOS": "discnumber",
    "TRCK": "tracknumber",
    "TSRC": "isrc",
    "TPUB": "label",
    "TCOM": "composer",
    "TDRC": "date",
    "TYER": "year",
    "TDOR": "originaldate",
    "TORY": "originaldate",
}
_RECORDING = "http://musicbrainz.org"
_MILLISECONDS = 2
_LYRICS = 1
_UNKNOWN_LANGUAGES = frozenset({"", "xxx", "und", "\0\0\0"})


def id3_fields(tags: ID3 | None) -> Fields:
    """Frames as fields."""
    fields = Fields()
    pictures: list[Any] = []
    lyrics: list[SongText | None] = []
    for frame in tags.values() if tags is not None else ():
        name = frame.FrameID
        if name in _TEXTS:
            fields.add(_TEXTS[name], map(str, frame.text))
        elif name == "TXXX":
            fields.add(frame.desc, frame.text)
        elif name == "APIC":
            pictures.append(frame)
        elif name in _SPECIAL:
            _SPECIAL[name](frame, fields, lyrics)
    if pictures:
        fields.picture = min(pictures, key=lambda frame: frame.type != FRONT_COVER).data
    fields.lyrics = richest(*lyrics)
    return fields


def _genre(frame: Any, fields: Fields, _lyrics: list[SongText | None]) -> None:
    fields.add("genre", frame.genres)


def _recording(frame: Any, fields: Fields, _lyrics: list[SongText | None]) -> None:
    if frame.owner == _RECORDING:
        fields.add("musicbrainztrackid", (frame.data.decode("latin-1"),))


def _volume(frame: Any, fields: Fields, _lyrics: list[SongText | None]) -> None:
    """RVA2, the older form of ReplayGain. A text field of the same meaning goes first."""
    kind = frame.desc.lower()
    if kind in ("track", "album") and not fields.get(f"replaygain{kind}gain"):
        fields.add(f"replaygain{kind}gain", (f"{frame.gain:.2f} dB",))
        if frame.peak:
            fields.add(f"replaygain{kind}peak", (f"{frame.peak:.6f}",))


def _plain(frame: Any, _fields: Fields, lyrics: list[SongText | None]) -> None:
    lyrics.append(parse_lyrics(frame.text, _language(frame)))


def _timed(frame: Any, _fields: Fields, lyrics: list[SongText | None]) -> None:
    if frame.format == _MILLISECONDS and frame.type <= _LYRICS:
        lyrics.append(timed_text(_lines(frame.text), _language(frame)))


_SPECIAL = {
    "TCON": _genre,
    "UFID": _recording,
    "RVA2": _volume,
    "USLT": _plain,
    "SYLT": _timed,
}


def _language(frame: Any) -> str | None:
    language = str(frame.lang).strip().lower()
    return None if language in _UNKNOWN_LANGUAGES else clean(language, 16)


def _lines(entries: list[tuple[str, int]]) -> list[LyricLine]:
    """SYLT entries are lines, or, when line breaks occur in them, syllables and words of lines."""
    entries = [(str(text), max(0, int(at))) for text, at in entries]
    if not any("\n" in text.strip("\r") for text, _at in entries):
        return [LyricLine(text=clean(text), start_ms=at) for text, at in entries]
    lines: list[list[LyricWord]] = [[]]
    for text, at in entries:
        if text.startswith(("\n", "\r")) and lines[-1]:
            lines.append([])
        if text.strip():
            lines[-1].append(LyricWord(at, _word(text)))
        if text.endswith(("\n", "\r")) and text.strip():
            lines.append([])
    return [_line(words) for words in lines if words]


def _line(words: list[LyricWord]) -> LyricLine:
    text = "".join(word.text for word in words).strip()
    return LyricLine(
        text=text, start_ms=words[0].start_ms, words=tuple(words) if len(words) > 1 else ()
    )


def _word(text: str) -> str:
    text = text.strip("\r\n")
    spaced = clean(text)
    lead = " " if text[:1].isspace() else ""
    return f"{lead}{spaced} " if text[-1:].isspace() else f"{lead}{spaced}"
