"""Errors of listening."""

from server_stub.kernel.errors import Kind, SegueError


class ListeningError(SegueError):
    """Base of what listening refuses."""

    kind = Kind.INVALID
    code = "listening-invalid"


class TooManyReportsError(ListeningError):
    """A batch is too long."""

    code = "too-many-reports"


class CursorError(ListeningError):
    """A cursor that was not made here."""

    code = "cursor-invalid"
