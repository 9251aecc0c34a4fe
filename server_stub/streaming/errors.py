"""What the streaming context refuses."""

from server_stub.kernel.errors import Kind, NotFoundError, SegueError, UnavailableError


class TrackUnknownError(NotFoundError):
    """No such track, or its audio is gone."""

    code = "track-not-found"


class RenditionUnknownError(NotFoundError):
    """No such rendition: it was replaced, removed, or never existed."""

    code = "rendition-not-found"


class SnapshotUnknownError(NotFoundError):
    """The index was asked for more pieces than the rendition has."""

    code = "index-snapshot-not-found"


class NotReadyError(UnavailableError):
    """The first piece is not written yet; asking again soon will help."""

    code = "rendition-not-ready"


class PreparationFailedError(SegueError):
    """The source cannot be turned into a rendition."""

    kind = Kind.CORRUPT
    code = "source-unreadable"


class SourceDamagedError(PreparationFailedError):
    """The source file holds no audio that can be decoded. Trying again does not help."""


class EncoderLostError(UnavailableError):
    """The encoder process ended before its task was done. Trying again may help."""

    code = "encoder-lost"


class StreamDamagedError(SegueError):
    """The encoder's packets do not form the stream that was promised."""

    kind = Kind.CORRUPT
    code = "encoder-output"


class BlobMissingError(NotFoundError):
    """The store has no such blob, or not that range of it."""

    code = "blob-not-found"


class BlobWriteError(UnavailableError):
    """The store did not take the bytes: full, read-only, or out of reach."""

    code = "blob-not-stored"


class KeyDamagedError(SegueError):
    """A wrapped content key does not open with this server's master key."""

    kind = Kind.CORRUPT
    code = "content-key-damaged"
