"""Errors of the event log."""

from server_stub.kernel.errors import Kind, SegueError


class EventError(SegueError):
    """Base of what can be wrong with events."""

    kind = Kind.CORRUPT
    code = "event-failed"


class EventDamagedError(EventError):
    """An event cannot be read: not what its type says, or not sealed with its subject's key."""

    code = "event-damaged"


class EventTooNewError(EventError):
    """An event of a later version of this program. Whoever reads it must be renewed first."""

    kind = Kind.UNAVAILABLE
    code = "event-too-new"


class MovedError(EventError):
    """A consumer goes on from another place: a rebuilt projection has taken over."""

    kind = Kind.CONFLICT
    code = "consumer-moved"
