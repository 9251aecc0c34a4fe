"""What the catalog refuses.

SegueError
├── NotFoundError
│   ├── TrackNotFoundError, AlbumNotFoundError, ArtistNotFoundError
│   └── LyricsNotFoundError, PictureNotFoundError
├── InvalidError
│   └── BadCursorError
└── UnreadableFileError
"""

from server_stub.kernel.errors import InvalidError, Kind, NotFoundError, SegueError


class TrackNotFoundError(NotFoundError):
    """No such track."""

    code = "track-not-found"


class AlbumNotFoundError(NotFoundError):
    """No such album."""

    code = "album-not-found"


class ArtistNotFoundError(NotFoundError):
    """No such artist."""

    code = "artist-not-found"


class LyricsNotFoundError(NotFoundError):
    """The track has no lyrics."""

    code = "lyrics-not-found"


class PictureNotFoundError(NotFoundError):
    """No such picture, or its file has changed or gone."""

    code = "picture-not-found"


class BadCursorError(InvalidError):
    """The cursor was not made by this list."""

    code = "bad-cursor"


class UnreadableFileError(SegueError):
    """A file that cannot be imported; `detail` is the reason, fit for people."""

    kind = Kind.CORRUPT
    code = "unreadable-file"
