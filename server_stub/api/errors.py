"""What the HTTP edge itself refuses."""

from server_stub.kernel.errors import Kind, SegueError


class ApiError(SegueError):
    """Base of the edge's own refusals."""


class SignInRequiredError(ApiError):
    """The route needs a bearer token and none came."""

    kind = Kind.UNAUTHENTICATED
    code = "sign-in-required"


class UndeclaredPolicyError(ApiError):
    """A route forgot to say who may use it; nobody may."""

    kind = Kind.FORBIDDEN
    code = "forbidden"


class AddressForgedError(ApiError):
    """A media address whose signature does not hold."""

    kind = Kind.FORBIDDEN
    code = "address-forged"


class AddressExpiredError(ApiError):
    """A media address past its end."""

    kind = Kind.GONE
    code = "address-expired"


class TooManyAttemptsError(ApiError):
    """Someone tries too often."""

    kind = Kind.LIMITED
    code = "too-many-attempts"


class TruncatedError(ApiError):
    """A stored file is shorter than it was said to be."""

    kind = Kind.CORRUPT
    code = "media-truncated"
