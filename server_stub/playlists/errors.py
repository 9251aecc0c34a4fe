"""What playlists refuse."""

from server_stub.kernel.errors import InvalidError, Kind, NotFoundError, SegueError


class PlaylistsError(SegueError):
    """Base of this context's refusals that no kernel error fits."""


class PlaylistNotFoundError(NotFoundError):
    """There is no such playlist, or it must not be known."""

    code = "playlist-not-found"


class PersonNotFoundError(NotFoundError):
    """There is no such user."""

    code = "person-not-found"


class PlaylistInvalidError(InvalidError):
    """A name, id or operation that cannot be."""

    code = "invalid-playlist"


class PlaylistExistsError(PlaylistsError):
    """The id is taken."""

    kind = Kind.CONFLICT
    code = "playlist-exists"


class NotYoursError(PlaylistsError):
    """The user may see the playlist, and not do this."""

    kind = Kind.FORBIDDEN
    code = "not-your-playlist"


class PlaylistFullError(PlaylistsError):
    """As many entries as may be."""

    kind = Kind.CONFLICT
    code = "playlist-full"


class RevisionsMissingError(PlaylistsError):
    """The client knows revisions that this server does not: it must begin from the snapshot."""

    kind = Kind.CONFLICT
    code = "revisions-missing"


class BusyError(PlaylistsError):
    """Too many edit at the same time."""

    kind = Kind.UNAVAILABLE
    code = "playlist-busy"
