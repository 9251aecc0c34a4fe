"""An invented catalog of any size, made up row by row as it is asked for."""

from collections.abc import Sequence

from sync.wire.catalog import (
    Album,
    AlbumRef,
    Artist,
    ArtistRef,
    LyricLine,
    Lyrics,
    LyricWord,
    Track,
)
from sync.wire.ids import encode

PER_ALBUM = 10

_ARTISTS = [
    "Okto Vale",
    "Junia Sable",
    "Mirrel & Ash",
    "Low Meridiem",
    "Dell Tarrow",
    "Isbrandt",
    "Quill Ostra",
    "Halden Coastline",
    "Sundry Choir",
    "The Brasswing Six",
    "Amaru Pellin",
    "Petra Vuil",
]
_ALBUMS = [
    "Slow Cartography",
    "Salt & Static",
    "The Understudy Moon",
    "Glasswork for Beginners",
    "Small Engines",
    "North of the Kettle",
    "Paper Weather",
    "An Orchard in Reverse",
    "Five Quiet Neighbours",
    "Tidewater Radio Hour",
    "Longwave",
    "Hollow Kilometres",
]
_TITLES = [
    "Lanterns Over Halden",
    "Slow Left Turn",
    "The Cartographer's Daughter Counts to Nine",
    "A Map of My Own Street",
    "Inlet",
    "Bearing",
    "Hachures",
    "Contour, Contour",
    "Legend",
    "Salt Flats, 4 a.m.",
    "Understudy",
    "Paper Weather",
    "Kiln",
    "Everything the Orchard Forgot",
    "Two-Stroke Heart",
    "Harbour Frequencies",
    "Kilometre 90",
    "Carrier Wave",
    "The Third Neighbour",
    "Kettle Song",
    "Glass, Breath, Glass",
    "Dry Dock Waltz",
    "Moth Season",
    "Ember Count",
    "Ferrywake",
    "Spare Parts",
    "Understorey",
    "Nine Windows",
    "Polar Kitchen",
    "Loop Road",
    "Shortwave Lullaby",
    "Paper Lantern, Wet Street",
    "Lanternfish",
    "The Lantern Keeper's Rota",
    "Why Kettles Sing",
    "Night Ferry, Empty Deck",
]
_WORDS = [
    "Harbour",
    "Glass",
    "Winter",
    "Copper",
    "Signal",
    "Lantern",
    "Orchard",
    "Meadow",
    "Static",
    "Velvet",
    "Ferry",
]
_SUNG = (
    (77_000, "and every window learns your name"),
    (82_000, "I kept the radio on low"),
    (87_000, "in case the static called you home"),
    (92_000, ""),
    (98_000, "We crossed the dark on borrowed time"),
    (105_600, "and the lanterns over Halden burn"),
    (110_500, "for anyone who's late returning"),
    (116_000, ""),
    (122_000, "Hold the rail and hold the note"),
    (128_000, "the harbour keeps what we let go"),
    (134_000, "and the lanterns over Halden burn"),
    (140_000, "for anyone who's late returning"),
)


def _id(kind: int, number: int) -> str:
    return encode((kind << 120) + number * 7_919 + 11)


class FakeCatalog:
    """Tracks by number; ten to an album, albums going round the artists."""

    def __init__(self, tracks: int = 100_000) -> None:
        self.track_count = tracks
        self.album_count = -(-tracks // PER_ALBUM)
        self.artist_count = min(self.album_count, max(len(_ARTISTS), self.album_count // 8))

    def artist(self, number: int) -> Artist:
        """An artist by number."""
        albums = len(range(number, self.album_count, self.artist_count))
        return Artist(
            id=_id(3, number),
            name=self._artist_name(number),
            album_count=albums,
            track_count=albums * PER_ALBUM,
        )

    def album(self, number: int) -> Album:
        """An album by number."""
        tracks = [self.track(n) for n in self.tracks_of(number)]
        return Album(
            id=_id(2, number),
            title=self._album_title(number),
            artists=tracks[0].artists,
            track_count=len(tracks),
            duration_ms=sum(track.duration_ms for track in tracks),
            year=2026 - number % 9,
        )

    def track(self, number: int) -> Track:
        """A track by number."""
        album, place = divmod(number, PER_ALBUM)
        artist = album % self.artist_count
        lyrics = ("word", "plain", "line", "none")[min(3, number)]
        return Track(
            id=_id(1, number),
            title=_title(number),
            artists=(ArtistRef(_id(3, artist), self._artist_name(artist)),),
            album=AlbumRef(_id(2, album), self._album_title(album)),
            duration_ms=252_000 if not number else 140_000 + number * 37_813 % 260_000,
            number=place + 1,
            year=2026 - album % 9,
            lyrics=lyrics,  # type: ignore[arg-type]  # one of the four words above
            composers=("O. Vale", "J. Ruhn") if not album else (),
        )

    def tracks_of(self, album: int) -> Sequence[int]:
        """Numbers of the tracks of an album."""
        first = album * PER_ALBUM
        return range(first, min(first + PER_ALBUM, self.track_count))

    def number_of(self, kind: str, identifier: str) -> int | None:
        """The number behind an id, or None if it is unknown."""
        size = {"track": self.track_count, "album": self.album_count, "artist": self.artist_count}
        table = {"track": 1, "album": 2, "artist": 3}
        from_first = _decode(identifier) - (table[kind] << 120) - 11
        number, rest = divmod(from_first, 7_919)
        return number if rest == 0 and 0 <= number < size[kind] else None

    def lyrics(self, number: int) -> Lyrics:
        """Word-timed for the first track, plain and by line for the next two, else none."""
        identifier = self.track(number).id
        kind = self.track(number).lyrics
        if kind == "none":
            return Lyrics(track_id=identifier, kind="none", lines=())
        lines = []
        for place, (start, text) in enumerate(_SUNG):
            end = _SUNG[place + 1][0] if place + 1 < len(_SUNG) else start + 5_000
            lines.append(
                LyricLine(
                    text=text,
                    start_ms=None if kind == "plain" else start,
                    end_ms=None if kind == "plain" else end,
                    words=_words(text, start, end) if kind == "word" else (),
                )
            )
        return Lyrics(track_id=identifier, kind=kind, lines=tuple(lines))

    def _artist_name(self, number: int) -> str:
        name = _ARTISTS[number % len(_ARTISTS)]
        turn = number // len(_ARTISTS)
        return name if not turn else f"{name} & the {_WORDS[turn % len(_WORDS)]} {turn}"

    def _album_title(self, number: int) -> str:
        name = _ALBUMS[number % len(_ALBUMS)]
        turn = number // len(_ALBUMS)
        return name if not turn else f"{name}, vol. {turn + 1}"


def _title(number: int) -> str:
    name = _TITLES[number % len(_TITLES)]
    turn = number // len(_TITLES)
    return name if not turn else f"{name} ({_WORDS[turn % len(_WORDS)]} {turn})"


def _words(text: str, start: int, end: int) -> tuple[LyricWord, ...]:
    words = text.split()
    step = (end - start - 600) // max(1, len(words))
    last = len(words) - 1
    return tuple(
        LyricWord(start + place * step, word if place == last else word + " ")
        for place, word in enumerate(words)
    )


def _decode(identifier: str) -> int:
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    number = 0
    for character in identifier:
        number = number * 62 + max(0, alphabet.find(character))
    return number
