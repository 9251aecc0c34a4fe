"""From the fields of any tag format to the catalog's tags.

Each format's reader gives `Fields`: lists of raw text under compact names (lower case, without
spaces and underscores), which are those of Vorbis comments.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from server_stub.catalog.model import tags as rules
from server_stub.catalog.model.lyrics import SongText, parse_lyrics, richest
from server_stub.catalog.model.tags import Tags
from sync.wire.catalog import Gain

_LYRICS = ("syncedlyrics", "lyrics", "unsyncedlyrics", "unsynchedlyrics")


@dataclass(slots=True)
class Fields:
    """Raw tags of one file."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    picture: bytes | None = None
    lyrics: SongText | None = None
    """Lyrics the format keeps in a form of its own; text ones lie in `texts`."""

    def add(self, name: str, values: Iterable[object]) -> None:
        """Append text values under the compact form of a name."""
        kept = [value for value in values if isinstance(value, str) and value]
        if kept:
            self.texts.setdefault(compact(name), []).extend(kept[: rules.MANY])

    def get(self, *names: str) -> list[str]:
        """Values of the first of these fields that has any."""
        for name in names:
            values = self.texts.get(name)
            if values:
                return values
        return []


def compact(name: str) -> str:
    """The one form of `MusicBrainz Album Id`, `musicbrainz_albumid` and the like."""
    return name.lower().replace("_", "").replace(" ", "")


def tags_of(fields: Fields) -> Tags:
    """Read the fields by the catalog's rules."""
    get = fields.get
    return Tags(
        title=rules.first(get("title")),
        artists=_artists(fields, "artists", "artist"),
        artist_mbids=rules.mbids(get("musicbrainzartistid")),
        album=rules.first(get("album")),
        album_artists=_artists(fields, "albumartists", "albumartist", "ensemble"),
        album_artist_mbids=rules.mbids(get("musicbrainzalbumartistid")),
        compilation=rules.flag(get("compilation", "itunescompilation")),
        disc=rules.ordinal(get("discnumber", "disc")),
        number=rules.ordinal(get("tracknumber", "track")),
        year=rules.year(get("date", "year", "originaldate", "originalyear")),
        genres=rules.genre_names(get("genre")),
        isrc=rules.isrc(get("isrc")),
        recording_mbid=rules.mbid(get("musicbrainztrackid")),
        release_mbid=rules.mbid(get("musicbrainzalbumid")),
        label=rules.first(get("label", "organization", "publisher")) or None,
        composers=rules.people(get("composer", "songwriter", "writer")),
        gain=_gain(fields),
    )


def lyrics_of(fields: Fields) -> SongText | None:
    """The finest lyrics inside the file."""
    texts = [parse_lyrics(value) for name in _LYRICS for value in fields.get(name)[:4]]
    return richest(fields.lyrics, *texts)


def _artists(fields: Fields, *names: str) -> tuple[str, ...]:
    """A field with several values beats the one meant for display."""
    for name in names:
        found = rules.artist_names(fields.get(name))
        if found:
            return found
    return ()


def _gain(fields: Fields) -> Gain | None:
    get = fields.get
    gain = Gain(
        track_gain_db=_first_of(
            rules.decibels(get("replaygaintrackgain")), rules.r128(get("r128trackgain"))
        ),
        track_peak=rules.peak(get("replaygaintrackpeak")),
        album_gain_db=_first_of(
            rules.decibels(get("replaygainalbumgain")), rules.r128(get("r128albumgain"))
        ),
        album_peak=rules.peak(get("replaygainalbumpeak")),
    )
    return None if gain == Gain() else gain


def _first_of(one: float | None, other: float | None) -> float | None:
    return other if one is None else one
