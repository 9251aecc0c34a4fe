"""The server's error tree: every refusal carries a kind, a stable code and what to do next."""

from enum import Enum


class Kind(Enum):
    """What went wrong, in terms an edge can map to its own status."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    GONE = "gone"
    LIMITED = "limited"
    UNAVAILABLE = "unavailable"
    CORRUPT = "corrupt"


class SegueError(Exception):
    """Base of everything the server refuses.

    `code` is stable and machine readable, `detail` says what happened, `remedy` what to do next.
    """

    kind = Kind.INVALID
    code = "invalid"

    def __init__(
        self, detail: str, *, remedy: str = "", retry_after_s: float | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy
        self.retry_after_s = retry_after_s


class NotFoundError(SegueError):
    """The thing asked for does not exist (or must not be known to exist)."""

    kind = Kind.NOT_FOUND
    code = "not-found"


class InvalidError(SegueError):
    """The request cannot be understood."""

    kind = Kind.INVALID
    code = "invalid-request"


class UnavailableError(SegueError):
    """Something needed is not there right now; trying again may help."""

    kind = Kind.UNAVAILABLE
    code = "unavailable"
