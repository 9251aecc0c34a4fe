"""What accounts refuses. An `oauth` code is one of RFC 6749 §5.2 or RFC 8628 §3.5."""

from server_stub.kernel.errors import InvalidError, Kind, NotFoundError, SegueError


class AccountsError(SegueError):
    """Base of this context's refusals that no kernel error fits."""


class NameTakenError(AccountsError):
    """Another user has this name."""

    kind = Kind.CONFLICT
    code = "name-taken"


class AccountInvalidError(InvalidError):
    """A name, password, tier or region that cannot be."""

    code = "invalid-account"


class UserNotFoundError(NotFoundError):
    """There is no such user."""

    code = "user-not-found"


class SessionNotFoundError(NotFoundError):
    """The user has no such session or script token."""

    code = "session-not-found"


class WrongPasswordError(AccountsError):
    """Name and password do not belong together (it does not say which of them is wrong)."""

    kind = Kind.UNAUTHENTICATED
    code = "wrong-password"


class TooManyAttemptsError(AccountsError):
    """Too many failed attempts; `retry_after_s` says when the next one is looked at."""

    kind = Kind.LIMITED
    code = "too-many-attempts"


class BusyError(AccountsError):
    """More sign-ins at once than this server checks; `retry_after_s` says when to come back."""

    kind = Kind.UNAVAILABLE
    code = "sign-in-busy"


class TokenRejectedError(AccountsError):
    """The bearer token is not valid, or not any more."""

    kind = Kind.UNAUTHENTICATED
    code = "token-rejected"


class UserCodeUnknownError(NotFoundError):
    """No sign-in waits under this code: mistyped, used or too old."""

    code = "user-code-unknown"


class GrantError(AccountsError):
    """Base of the token route's refusals; `oauth` is the error as the client reads it."""

    kind = Kind.INVALID
    code = "invalid-grant"
    oauth = "invalid_grant"


class InvalidGrantError(GrantError):
    """The device code or refresh token is unknown, used or revoked."""


class AuthorizationPendingError(GrantError):
    """The user has not decided yet."""

    code = "authorization-pending"
    oauth = "authorization_pending"


class SlowDownError(GrantError):
    """The client polls too often: it must wait five seconds longer from now on."""

    code = "slow-down"
    oauth = "slow_down"


class CodeExpiredError(GrantError):
    """The device code is too old."""

    code = "expired-token"
    oauth = "expired_token"


class AccessDeniedError(GrantError):
    """The user said no."""

    code = "access-denied"
    oauth = "access_denied"
